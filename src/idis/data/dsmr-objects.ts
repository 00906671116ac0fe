/**
 * Objects of the Dutch DSMR and SMR profiles as the Grid eXchange Fabric (OSGP, Apache-2.0) reads them, one per line:
 * the version that adds or changes it; OBIS pattern; class `v` version; `3`: polyphase only; rights of the management
 * client; name. 4.3 adds to 4.2.2; 5.1, 5.2 and 5.5 each add to the one before (inferred from the lists).
 */
export const dsmrObjects: string = `
2.2 | 0.0.40.0.0.255 | 15v0 |  | 2,3,4,5,6,7,8:G | Association ln
2.2 | 0.0.96.1.0.255 | 1v0 |  | 2:G | Device id 1
2.2 | 0.0.96.1.1.255 | 1v0 |  | 2:G | Device id 2
2.2 | 0.0.1.0.0.255 | 8v0 |  | 4,7,9:G 2,3,5,6,8:GS | Clock
2.2 | 1.0.0.2.0.255 | 1v0 |  | 2:G | Active firmware identifier
2.2 | 1.1.0.2.0.255 | 1v0 |  | 2:G | Module active firmware identifier
2.2 | 1.2.0.2.0.255 | 1v0 |  | 2:G | Communication module active firmware identifier
2.2 | 1.0.1.8.0.255 | 3v0 |  | 2,3:G | Active energy import
2.2 | 1.0.1.8.1.255 | 3v0 |  | 2,3:G | Active energy import rate 1
2.2 | 1.0.1.8.2.255 | 3v0 |  | 2,3:G | Active energy import rate 2
2.2 | 1.0.2.8.0.255 | 3v0 |  | 2,3:G | Active energy export
2.2 | 1.0.2.8.1.255 | 3v0 |  | 2,3:G | Active energy export rate 1
2.2 | 1.0.2.8.2.255 | 3v0 |  | 2,3:G | Active energy export rate 2
2.2 | 1.0.32.36.0.255 | 1v0 |  | 2:G | Number of voltage swells for L1
2.2 | 1.0.52.36.0.255 | 1v0 | 3 | 2:G | Number of voltage swells for L2
2.2 | 1.0.72.36.0.255 | 1v0 | 3 | 2:G | Number of voltage swells for L3
2.2 | 1.0.32.32.0.255 | 1v0 |  | 2:G | Number of voltage sags for L1
2.2 | 1.0.52.32.0.255 | 1v0 | 3 | 2:G | Number of voltage sags for L2
2.2 | 1.0.72.32.0.255 | 1v0 | 3 | 2:G | Number of voltage sags for L3
2.2 | 0.0.96.7.9.255 | 1v0 |  | 2:G | Number of long power failures
2.2 | 0.0.96.7.21.255 | 1v0 |  | 2:G | Number of power failures
2.2 | 1.0.32.7.0.255 | 3v0 |  | 2:G 3:GS | Instantaneous voltage L1
2.2 | 1.0.52.7.0.255 | 3v0 | 3 | 2:G 3:GS | Instantaneous voltage L2
2.2 | 1.0.72.7.0.255 | 3v0 | 3 | 2:G 3:GS | Instantaneous voltage L3
2.2 | 1.0.32.24.0.255 | 3v0 |  | 2,3:G | Average voltage L1
2.2 | 1.0.52.24.0.255 | 3v0 | 3 | 2,3:G | Average voltage L2
2.2 | 1.0.72.24.0.255 | 3v0 | 3 | 2,3:G | Average voltage L3
2.2 | 1.0.31.7.0.255 | 3v0 |  | 2:G 3:GS | Instantaneous current L1
2.2 | 1.0.51.7.0.255 | 3v0 | 3 | 2:G 3:GS | Instantaneous current L2
2.2 | 1.0.71.7.0.255 | 3v0 | 3 | 2:G 3:GS | Instantaneous current L3
2.2 | 1.0.90.7.0.255 | 3v0 |  | 2,3:G | Instantaneous active current total over all phases
2.2 | 0.0.97.98.0.255 | 1v0 |  | 2:GS | Alarm register 1
2.2 | 0.0.97.98.10.255 | 1v0 |  | 2:GS | Alarm filter 1
2.2 | 0.1-4.24.3.0.255 | 7v1 |  | 2,3,4,5,6,7,8:G | Interval values g
2.2 | 1.0.99.2.0.255 | 7v1 |  | 2,3,4,5,6,7,8:G | Daily values combined
2.2 | 0.0.98.1.0.255 | 7v1 |  | 2,3,4,5,6,7,8:G | Monthly values combined
2.2 | 0.1-4.96.10.3.255 | 1v0 |  | 2:G | AMR profile status hourly g
2.2 | 0.0.96.10.2.255 | 1v0 |  | 2:G | AMR profile status
2.2 | 0.1-4.96.1.1.255 | 1v0 |  | 2:G | M-Bus device id 1
2.2 | 0.1-4.24.2.1.255 | 4v0 |  | 2,3,4,5:G | M-Bus master value
2.2 | 0.0.13.0.0.255 | 20v0 |  | 2,3,4,5:G 6,7,8,9,10:GS | Activity calendar
2.2 | 0.0.11.0.0.255 | 11v0 |  | 2:GS | Special days table
2.2 | 0.0.99.98.0.255 | 7v0 |  | 2,3,4,5,6,7,8:G | Standard event log
2.2 | 0.0.99.98.1.255 | 7v0 |  | 2,3,4,5,6,7,8:G | Fraud detection event log
2.2 | 0.0.99.98.3.255 | 7v0 |  | 2,3,4,5,6,7,8:G | M-Bus event log
2.2 | 0.0.96.11.0.255 | 1v0 |  | 2:G | Standard event code
2.2 | 0.0.96.11.1.255 | 1v0 |  | 2:G | Fraud detection event code
2.2 | 0.0.96.11.3.255 | 1v0 |  | 2:G | M-Bus event code
2.2 | 0.1-4.24.1.0.255 | 72v0 |  | 2,3,10,11,12:G 4,5,6,7,8,9:GS | M-Bus client setup
4.2.2 | 0.0.40.0.0.255 | 15v1 |  | 2,3,4,5,6,7,8,9:G | Association ln
4.2.2 | 0.0.96.1.0.255 | 1v0 |  | 2:G | Device id 1
4.2.2 | 0.0.96.1.1.255 | 1v0 |  | 2:G | Device id 2
4.2.2 | 0.0.1.0.0.255 | 8v0 |  | 4,7,9:G 2,3,5,6,8:GS | Clock
4.2.2 | 1.0.0.2.0.255 | 1v0 |  | 2:G | Active firmware identifier
4.2.2 | 1.0.0.2.8.255 | 1v0 |  | 2:G | Active firmware signature
4.2.2 | 1.1.0.2.0.255 | 1v0 |  | 2:G | Module active firmware identifier
4.2.2 | 1.1.0.2.8.255 | 1v0 |  | 2:G | Module firmware signature
4.2.2 | 1.2.0.2.0.255 | 1v0 |  | 2:G | Communication module active firmware identifier
4.2.2 | 1.2.0.2.8.255 | 1v0 |  | 2:G | Communication module firmware signature
4.2.2 | 1.3.0.2.0.255 | 1v0 |  | 2:G | P1 port version
4.2.2 | 1.0.1.8.0.255 | 3v0 |  | 2,3:G | Active energy import
4.2.2 | 1.0.1.8.1.255 | 3v0 |  | 2,3:G | Active energy import rate 1
4.2.2 | 1.0.1.8.2.255 | 3v0 |  | 2,3:G | Active energy import rate 2
4.2.2 | 1.0.2.8.0.255 | 3v0 |  | 2,3:G | Active energy export
4.2.2 | 1.0.2.8.1.255 | 3v0 |  | 2,3:G | Active energy export rate 1
4.2.2 | 1.0.2.8.2.255 | 3v0 |  | 2,3:G | Active energy export rate 2
4.2.2 | 0.1.94.31.6.255 | 7v1 |  | 2,5,6,7:G 3,4,8:GS | Definable load profile
4.2.2 | 1.0.32.36.0.255 | 1v0 |  | 2:G | Number of voltage swells for L1
4.2.2 | 1.0.52.36.0.255 | 1v0 | 3 | 2:G | Number of voltage swells for L2
4.2.2 | 1.0.72.36.0.255 | 1v0 | 3 | 2:G | Number of voltage swells for L3
4.2.2 | 1.0.32.32.0.255 | 1v0 |  | 2:G | Number of voltage sags for L1
4.2.2 | 1.0.52.32.0.255 | 1v0 | 3 | 2:G | Number of voltage sags for L2
4.2.2 | 1.0.72.32.0.255 | 1v0 | 3 | 2:G | Number of voltage sags for L3
4.2.2 | 0.0.96.7.9.255 | 1v0 |  | 2:G | Number of long power failures
4.2.2 | 0.0.96.7.21.255 | 1v0 |  | 2:G | Number of power failures
4.2.2 | 1.0.32.7.0.255 | 3v0 |  | 2:G 3:GS | Instantaneous voltage L1
4.2.2 | 1.0.52.7.0.255 | 3v0 | 3 | 2:G 3:GS | Instantaneous voltage L2
4.2.2 | 1.0.72.7.0.255 | 3v0 | 3 | 2:G 3:GS | Instantaneous voltage L3
4.2.2 | 1.0.32.24.0.255 | 3v0 |  | 2,3:G | Average voltage L1
4.2.2 | 1.0.52.24.0.255 | 3v0 | 3 | 2,3:G | Average voltage L2
4.2.2 | 1.0.72.24.0.255 | 3v0 | 3 | 2,3:G | Average voltage L3
4.2.2 | 1.0.31.7.0.255 | 3v0 |  | 2:G 3:GS | Instantaneous current L1
4.2.2 | 1.0.51.7.0.255 | 3v0 | 3 | 2:G 3:GS | Instantaneous current L2
4.2.2 | 1.0.71.7.0.255 | 3v0 | 3 | 2:G 3:GS | Instantaneous current L3
4.2.2 | 1.0.31.24.0.255 | 3v0 |  | 2,3:G | Average current L1
4.2.2 | 1.0.51.24.0.255 | 3v0 | 3 | 2,3:G | Average current L2
4.2.2 | 1.0.71.24.0.255 | 3v0 | 3 | 2,3:G | Average current L3
4.2.2 | 1.0.90.7.0.255 | 3v0 |  | 2,3:G | Instantaneous active current total over all phases
4.2.2 | 1.0.1.7.0.255 | 3v0 |  | 2,3:G | Instantaneous active power import
4.2.2 | 1.0.2.7.0.255 | 3v0 |  | 2,3:G | Instantaneous active power export
4.2.2 | 1.0.21.7.0.255 | 3v0 |  | 2,3:G | Instantaneous active power import L1
4.2.2 | 1.0.41.7.0.255 | 3v0 | 3 | 2,3:G | Instantaneous active power import L2
4.2.2 | 1.0.61.7.0.255 | 3v0 | 3 | 2,3:G | Instantaneous active power import L3
4.2.2 | 1.0.22.7.0.255 | 3v0 |  | 2,3:G | Instantaneous active power export L1
4.2.2 | 1.0.42.7.0.255 | 3v0 | 3 | 2,3:G | Instantaneous active power export L2
4.2.2 | 1.0.62.7.0.255 | 3v0 | 3 | 2,3:G | Instantaneous active power export L3
4.2.2 | 1.0.21.24.0.255 | 3v0 |  | 2,3:G | Average active power import L1
4.2.2 | 1.0.41.24.0.255 | 3v0 | 3 | 2,3:G | Average active power import L2
4.2.2 | 1.0.61.24.0.255 | 3v0 | 3 | 2,3:G | Average active power import L3
4.2.2 | 1.0.22.24.0.255 | 3v0 |  | 2,3:G | Average active power export L1
4.2.2 | 1.0.42.24.0.255 | 3v0 | 3 | 2,3:G | Average active power export L2
4.2.2 | 1.0.62.24.0.255 | 3v0 | 3 | 2,3:G | Average active power export L3
4.2.2 | 1.0.23.24.0.255 | 3v0 |  | 2,3:G | Average reactive power import L1
4.2.2 | 1.0.43.24.0.255 | 3v0 | 3 | 2,3:G | Average reactive power import L2
4.2.2 | 1.0.63.24.0.255 | 3v0 | 3 | 2,3:G | Average reactive power import L3
4.2.2 | 1.0.24.24.0.255 | 3v0 |  | 2,3:G | Average reactive power export L1
4.2.2 | 1.0.44.24.0.255 | 3v0 | 3 | 2,3:G | Average reactive power export L2
4.2.2 | 1.0.64.24.0.255 | 3v0 | 3 | 2,3:G | Average reactive power export L3
4.2.2 | 0.0.97.98.0.255 | 1v0 |  | 2:GS | Alarm register 1
4.2.2 | 0.0.97.98.10.255 | 1v0 |  | 2:GS | Alarm filter 1
4.2.2 | 0.1-4.24.3.0.255 | 7v1 |  | 2,3,4,5,6,7,8:G | Interval values g
4.2.2 | 1.0.99.2.0.255 | 7v1 |  | 2,3,4,5,6,7,8:G | Daily values combined
4.2.2 | 0.0.98.1.0.255 | 7v1 |  | 2,3,4,5,6,7,8:G | Monthly values combined
4.2.2 | 0.1-4.96.10.3.255 | 1v0 |  | 2:G | AMR profile status hourly g
4.2.2 | 0.0.96.10.2.255 | 1v0 |  | 2:G | AMR profile status
4.2.2 | 0.1-4.96.1.1.255 | 1v0 |  | 2:G | M-Bus device id 1
4.2.2 | 0.1-4.24.2.1.255 | 4v0 |  | 2,3,4,5:G | M-Bus master value
4.2.2 | 0.0.13.0.0.255 | 20v0 |  | 2,3,4,5:G 6,7,8,9,10:GS | Activity calendar
4.2.2 | 0.0.11.0.0.255 | 11v0 |  | 2:GS | Special days table
4.2.2 | 0.1.94.31.0.255 | 1v0 |  | 2:GS | Administrative in out
4.2.2 | 0.1.94.31.3.255 | 1v0 |  | 2:GS | Configuration object
4.2.2 | 0.1.94.31.12.255 | 1v0 |  | 2:GS | Randomisation settings
4.2.2 | 0.0.99.98.0.255 | 7v1 |  | 2,3,4,5,6,7,8:G | Standard event log
4.2.2 | 0.0.99.98.1.255 | 7v1 |  | 2,3,4,5,6,7,8:G | Fraud detection event log
4.2.2 | 0.0.99.98.3.255 | 7v1 |  | 2,3,4,5,6,7,8:G | M-Bus event log
4.2.2 | 0.0.99.98.4.255 | 7v1 |  | 2,3,4,5,6,7,8:G | Communication session event log
4.2.2 | 0.0.96.11.0.255 | 1v0 |  | 2:G | Standard event code
4.2.2 | 0.0.96.11.1.255 | 1v0 |  | 2:G | Fraud detection event code
4.2.2 | 0.0.96.11.3.255 | 1v0 |  | 2:G | M-Bus event code
4.2.2 | 0.0.96.11.4.255 | 1v0 |  | 2:G | Communication session event code
4.2.2 | 0.0.96.15.4.255 | 1v0 |  | 2:G | Communication session event counter
4.2.2 | 0.1.25.9.0.255 | 40v0 |  | 2,3,4,5,6,7:GS | Push setup alarm
4.2.2 | 0.2.25.9.0.255 | 40v0 |  | 2,3,4,5,6,7:GS | Push setup SMS
4.2.2 | 0.0.44.0.0.255 | 18v0 |  | 2,3,4,6,7:G 5:GS | Image transfer
4.2.2 | 0.1-4.24.1.0.255 | 72v0 |  | 2,3,10,11,12,13,14:G 4,5,6,7,8,9:GS | M-Bus client setup
4.3 | 0.1.94.31.6.255 | 7v1 |  | 2,5,6,7:G 3,4,8:GS | Definable load profile
4.3 | 0.1.25.6.0.255 | 47v0 |  | 2,3,4,5,6,7,8:G | CDMA diagnostic
5.0.0 | 0.0.40.0.0.255 | 15v3 |  | 2,3,4,5,6,7,8,9,10,11:G | Association ln
5.0.0 | 0.0.96.1.0.255 | 1v0 |  | 2:G | Device id 1
5.0.0 | 0.0.96.1.1.255 | 1v0 |  | 2:G | Device id 2
5.0.0 | 0.0.1.0.0.255 | 8v0 |  | 4,7,9:G 2,3,5,6,8:GS | Clock
5.0.0 | 1.0.0.2.0.255 | 1v0 |  | 2:G | Active firmware identifier
5.0.0 | 1.0.0.2.8.255 | 1v0 |  | 2:G | Active firmware signature
5.0.0 | 1.1.0.2.0.255 | 1v0 |  | 2:G | Module active firmware identifier
5.0.0 | 1.1.0.2.8.255 | 1v0 |  | 2:G | Module firmware signature
5.0.0 | 1.2.0.2.0.255 | 1v0 |  | 2:G | Communication module active firmware identifier
5.0.0 | 1.2.0.2.8.255 | 1v0 |  | 2:G | Communication module firmware signature
5.0.0 | 1.3.0.2.0.255 | 1v0 |  | 2:G | P1 port version
5.0.0 | 1.4.0.2.0.255 | 1v0 |  | 2:G | M-Bus driver active firmware identifier
5.0.0 | 1.4.0.2.8.255 | 1v0 |  | 2:G | M-Bus driver active firmware signature
5.0.0 | 1.0.1.8.0.255 | 3v0 |  | 2,3:G | Active energy import
5.0.0 | 1.0.1.8.1.255 | 3v0 |  | 2,3:G | Active energy import rate 1
5.0.0 | 1.0.1.8.2.255 | 3v0 |  | 2,3:G | Active energy import rate 2
5.0.0 | 1.0.2.8.0.255 | 3v0 |  | 2,3:G | Active energy export
5.0.0 | 1.0.2.8.1.255 | 3v0 |  | 2,3:G | Active energy export rate 1
5.0.0 | 1.0.2.8.2.255 | 3v0 |  | 2,3:G | Active energy export rate 2
5.0.0 | 0.1.94.31.6.255 | 7v1 |  | 2,5,6,7:G 3,4,8:GS | Definable load profile
5.0.0 | 1.0.99.1.1.255 | 7v1 |  | 2,4,5,6,7,8:G 3:GS | Power quality profile 1
5.0.0 | 1.0.99.1.2.255 | 7v1 |  | 2,4,5,6,7,8:G 3:GS | Power quality profile 2
5.0.0 | 1.0.1.7.0.255 | 3v0 |  | 2,3:G | Instantaneous active power import
5.0.0 | 1.0.2.7.0.255 | 3v0 |  | 2,3:G | Instantaneous active power export
5.0.0 | 1.0.21.7.0.255 | 3v0 |  | 2,3:G | Instantaneous active power import L1
5.0.0 | 1.0.41.7.0.255 | 3v0 | 3 | 2,3:G | Instantaneous active power import L2
5.0.0 | 1.0.61.7.0.255 | 3v0 | 3 | 2,3:G | Instantaneous active power import L3
5.0.0 | 1.0.22.7.0.255 | 3v0 |  | 2,3:G | Instantaneous active power export L1
5.0.0 | 1.0.42.7.0.255 | 3v0 | 3 | 2,3:G | Instantaneous active power export L2
5.0.0 | 1.0.62.7.0.255 | 3v0 | 3 | 2,3:G | Instantaneous active power export L3
5.0.0 | 1.0.90.7.0.255 | 3v0 |  | 2,3:G | Instantaneous active current total over all phases
5.0.0 | 1.0.31.7.0.255 | 3v0 |  | 2,3:G | Instantaneous current L1
5.0.0 | 1.0.51.7.0.255 | 3v0 | 3 | 2,3:G | Instantaneous current L2
5.0.0 | 1.0.71.7.0.255 | 3v0 | 3 | 2,3:G | Instantaneous current L3
5.0.0 | 1.0.32.7.0.255 | 3v0 |  | 2,3:G | Instantaneous voltage L1
5.0.0 | 1.0.52.7.0.255 | 3v0 | 3 | 2,3:G | Instantaneous voltage L2
5.0.0 | 1.0.72.7.0.255 | 3v0 | 3 | 2,3:G | Instantaneous voltage L3
5.0.0 | 1.0.22.4.0.255 | 3v0 |  | 2,3:G | Average active power export L1
5.0.0 | 1.0.42.4.0.255 | 3v0 | 3 | 2,3:G | Average active power export L2
5.0.0 | 1.0.62.4.0.255 | 3v0 | 3 | 2,3:G | Average active power export L3
5.0.0 | 1.0.21.4.0.255 | 3v0 |  | 2,3:G | Average active power import L1
5.0.0 | 1.0.41.4.0.255 | 3v0 | 3 | 2,3:G | Average active power import L2
5.0.0 | 1.0.61.4.0.255 | 3v0 | 3 | 2,3:G | Average active power import L3
5.0.0 | 1.0.23.4.0.255 | 3v0 |  | 2,3:G | Average reactive power import L1
5.0.0 | 1.0.43.4.0.255 | 3v0 | 3 | 2,3:G | Average reactive power import L2
5.0.0 | 1.0.63.4.0.255 | 3v0 | 3 | 2,3:G | Average reactive power import L3
5.0.0 | 1.0.24.4.0.255 | 3v0 |  | 2,3:G | Average reactive power export L1
5.0.0 | 1.0.44.4.0.255 | 3v0 | 3 | 2,3:G | Average reactive power export L2
5.0.0 | 1.0.64.4.0.255 | 3v0 | 3 | 2,3:G | Average reactive power export L3
5.0.0 | 1.0.31.24.0.255 | 3v0 |  | 2,3:G | Average current L1
5.0.0 | 1.0.51.24.0.255 | 3v0 | 3 | 2,3:G | Average current L2
5.0.0 | 1.0.71.24.0.255 | 3v0 | 3 | 2,3:G | Average current L3
5.0.0 | 1.0.32.24.0.255 | 3v0 |  | 2,3:G | Average voltage L1
5.0.0 | 1.0.52.24.0.255 | 3v0 | 3 | 2,3:G | Average voltage L2
5.0.0 | 1.0.72.24.0.255 | 3v0 | 3 | 2,3:G | Average voltage L3
5.0.0 | 0.0.96.7.21.255 | 1v0 |  | 2:G | Number of power failures
5.0.0 | 0.0.96.7.9.255 | 1v0 |  | 2:G | Number of long power failures
5.0.0 | 1.0.32.32.0.255 | 1v0 |  | 2:G | Number of voltage sags for L1
5.0.0 | 1.0.52.32.0.255 | 1v0 | 3 | 2:G | Number of voltage sags for L2
5.0.0 | 1.0.72.32.0.255 | 1v0 | 3 | 2:G | Number of voltage sags for L3
5.0.0 | 1.0.32.36.0.255 | 1v0 |  | 2:G | Number of voltage swells for L1
5.0.0 | 1.0.52.36.0.255 | 1v0 | 3 | 2:G | Number of voltage swells for L2
5.0.0 | 1.0.72.36.0.255 | 1v0 | 3 | 2:G | Number of voltage swells for L3
5.0.0 | 0.1.25.6.0.255 | 47v0 |  | 2,3,4,5,6,7,8:G | CDMA diagnostic
5.0.0 | 0.0.25.6.0.255 | 47v0 |  | 2,3,4,5,6,7,8:G | GPRS diagnostic
5.0.0 | 0.1-4.24.1.0.255 | 72v1 |  | 2,3,10,11,12,13,14:G 4,5,6,7,8,9:GS | M-Bus client setup
5.0.0 | 0.1-4.24.9.0.255 | 77v0 |  | 2,3,4,5,6,7,8,9:G | M-Bus diagnostic
5.0.0 | 0.0.97.98.0.255 | 1v0 |  | 2:GS | Alarm register 1
5.0.0 | 0.0.97.98.10.255 | 1v0 |  | 2:GS | Alarm filter 1
5.0.0 | 0.1-4.24.3.0.255 | 7v1 |  | 2,3,4,5,6,7,8:G | Interval values g
5.0.0 | 0.1-4.24.3.1.255 | 7v1 |  | 2,3,4,5,6,7,8:G | Daily values g
5.0.0 | 0.1-4.24.3.2.255 | 7v1 |  | 2,3,4,5,6,7,8:G | Monthly values g
5.0.0 | 0.1-4.96.10.3.255 | 1v0 |  | 2:G | AMR profile status hourly g
5.0.0 | 0.1-4.96.10.5.255 | 1v0 |  | 2:G | AMR profile status daily g
5.0.0 | 0.1-4.96.10.7.255 | 1v0 |  | 2:G | AMR profile status monthly g
5.0.0 | 0.1-4.96.1.1.255 | 1v0 |  | 2:G | M-Bus device id 1
5.0.0 | 0.1-4.24.2.1.255 | 4v0 |  | 2,3,4,5:G | M-Bus master value 5min
5.0.0 | 0.1-4.24.2.2.255 | 4v0 |  | 2,3,4,5:G | M-Bus master value
5.0.0 | 0.1-4.24.2.6.255 | 4v0 |  | 2,3,4,5:G | Read M-Bus status
5.0.0 | 0.1-4.24.2.7.255 | 4v0 |  | 2,3,4,5:G | M-Bus device config model
5.0.0 | 0.1-4.24.2.8.255 | 4v0 |  | 2,3,4,5:G | M-Bus device config hardware version
5.0.0 | 0.1-4.24.2.9.255 | 4v0 |  | 2,3,4,5:G | M-Bus device config metrology version
5.0.0 | 0.1-4.24.2.10.255 | 4v0 |  | 2,3,4,5:G | M-Bus device config other firmware version
5.0.0 | 0.1-4.24.2.11.255 | 4v0 |  | 2,3,4,5:G | M-Bus device config simple version info
5.0.0 | 0.0.13.0.0.255 | 20v0 |  | 2,3,4,5:G 6,7,8,9,10:GS | Activity calendar
5.0.0 | 0.0.11.0.0.255 | 11v0 |  | 2:GS | Special days table
5.0.0 | 0.1.94.31.0.255 | 1v0 |  | 2:GS | Administrative in out
5.0.0 | 0.1.94.31.3.255 | 1v0 |  | 2:GS | Configuration object
5.0.0 | 0.1.94.31.12.255 | 1v0 |  | 2:GS | Randomisation settings
5.0.0 | 0.0.99.98.0.255 | 7v1 |  | 2,3,4,5,6,7,8:G | Standard event log
5.0.0 | 0.0.99.98.1.255 | 7v1 |  | 2,3,4,5,6,7,8:G | Fraud detection event log
5.0.0 | 0.0.99.98.3.255 | 7v1 |  | 2,3,4,5,6,7,8:G | M-Bus event log
5.0.0 | 0.0.99.98.4.255 | 7v1 |  | 2,3,4,5,6,7,8:G | Communication session event log
5.0.0 | 0.0.99.98.5.255 | 7v1 |  | 2,3,4,5,6,7,8:G | Power quality event log
5.0.0 | 0.0.96.11.0.255 | 1v0 |  | 2:G | Standard event code
5.0.0 | 0.0.96.11.1.255 | 1v0 |  | 2:G | Fraud detection event code
5.0.0 | 0.0.96.11.3.255 | 1v0 |  | 2:G | M-Bus event code
5.0.0 | 0.0.96.11.4.255 | 1v0 |  | 2:G | Communication session event code
5.0.0 | 0.0.96.15.4.255 | 1v0 |  | 2:G | Communication session event counter
5.0.0 | 0.0.96.11.5.255 | 1v0 |  | 2:G | Power quality event code
5.0.0 | 0.1.25.9.0.255 | 40v0 |  | 2,3,4,5,6,7:GS | Push setup alarm
5.0.0 | 0.2.25.9.0.255 | 40v0 |  | 2,3,4,5,6,7:GS | Push setup SMS
5.0.0 | 0.0.44.0.0.255 | 18v0 |  | 2,3,4,6,7:G 5:GS | Image transfer
5.1 | 0.1-4.94.31.10.255 | 1v0 |  | 2:GS | Clear M-Bus status
5.1 | 0.0.15.1.4.255 | 22v0 | 3 | 2,3:G 4:GS | Phase outage test
5.1 | 0.0.99.98.6.255 | 7v1 |  | 2,3,4,5,6,7,8:G | Auxiliary event log
5.1 | 0.0.96.11.6.255 | 1v0 |  | 2:G | Auxiliary event code
5.2 | 0.1.94.31.6.255 | 7v1 |  | 2,5,6,7:G 3,4,8:GS | Definable load profile
5.2 | 0.2.25.6.0.255 | 47v0 |  | 2,3,4,5,6,7,8:G | LTE diagnostic
5.2 | 0.0.97.98.1.255 | 1v0 |  | 2:GS | Alarm register 2
5.2 | 0.0.97.98.11.255 | 1v0 |  | 2:GS | Alarm filter 2
5.2 | 0.0.99.98.7.255 | 7v1 |  | 2,3,4,5,6,7,8:G | Power quality extended event log
5.2 | 0.0.96.11.7.255 | 1v0 |  | 2:G | Power quality extended event code
5.2 | 0.0.96.11.20.255 | 1v0 |  | 2:G | Power quality extended event magnitude
5.2 | 0.0.96.11.21.255 | 1v0 |  | 2:G | Power quality extended event duration
5.2 | 0.0.99.98.8.255 | 7v1 |  | 2,3,4,5,6,7,8:G | Power quality THD event log
5.2 | 0.0.96.11.8.255 | 1v0 |  | 2:G | Power quality THD event code
5.2 | 0.0.96.11.22.255 | 1v0 |  | 2:G | Power quality THD event magnitude
5.2 | 1.0.32.34.0.255 | 3v0 |  | 2,3:G | Magnitude of last voltage sag in phase L1
5.2 | 1.0.52.34.0.255 | 3v0 |  | 2,3:G | Magnitude of last voltage sag in phase L2
5.2 | 1.0.72.34.0.255 | 3v0 |  | 2,3:G | Magnitude of last voltage sag in phase L3
5.2 | 1.0.32.38.0.255 | 3v0 |  | 2,3:G | Magnitude of last voltage swell in phase L1
5.2 | 1.0.52.38.0.255 | 3v0 |  | 2,3:G | Magnitude of last voltage swell in phase L2
5.2 | 1.0.72.38.0.255 | 3v0 |  | 2,3:G | Magnitude of last voltage swell in phase L3
5.2 | 1.0.32.33.0.255 | 3v0 |  | 2,3:G | Duration of last voltage sag in phase L1
5.2 | 1.0.52.33.0.255 | 3v0 |  | 2,3:G | Duration of last voltage sag in phase L2
5.2 | 1.0.72.33.0.255 | 3v0 |  | 2,3:G | Duration of last voltage sag in phase L3
5.2 | 1.0.32.37.0.255 | 3v0 |  | 2,3:G | Duration of last voltage swell in phase L1
5.2 | 1.0.52.37.0.255 | 3v0 |  | 2,3:G | Duration of last voltage swell in phase L2
5.2 | 1.0.72.37.0.255 | 3v0 |  | 2,3:G | Duration of last voltage swell in phase L3
5.2 | 1.0.31.38.124.255 | 3v0 |  | 2,3:G | Magnitude of last current over limit THD in phase L1
5.2 | 1.0.51.38.124.255 | 3v0 | 3 | 2,3:G | Magnitude of last current over limit THD in phase L2
5.2 | 1.0.71.38.124.255 | 3v0 | 3 | 2,3:G | Magnitude of last current over limit THD in phase L3
5.2 | 1.0.11.35.124.255 | 3v0 |  | 3:G 2:GS | THD value threshold
5.2 | 0.1.94.31.21.255 | 3v0 |  | 3:G 2:GS | THD value hysteresis
5.2 | 0.1.94.31.22.255 | 3v0 |  | 3:G 2:GS | THD min duration normal to over
5.2 | 0.1.94.31.23.255 | 3v0 |  | 3:G 2:GS | THD min duration over to normal
5.2 | 1.0.11.44.124.255 | 3v0 |  | 3:G 2:GS | THD time threshold
5.2 | 1.0.31.7.124.255 | 3v0 |  | 2,3:G | THD instantaneous current L1
5.2 | 1.0.51.7.124.255 | 3v0 | 3 | 2,3:G | THD instantaneous current L2
5.2 | 1.0.71.7.124.255 | 3v0 | 3 | 2,3:G | THD instantaneous current L3
5.2 | 0.1.94.31.24.255 | 1v0 |  | 2:G | THD instantaneous current fingerprint L1
5.2 | 0.1.94.31.25.255 | 1v0 | 3 | 2:G | THD instantaneous current fingerprint L2
5.2 | 0.1.94.31.26.255 | 1v0 | 3 | 2:G | THD instantaneous current fingerprint L3
5.2 | 1.0.31.36.124.255 | 3v0 |  | 2,3:G | THD current over limit counter L1
5.2 | 1.0.51.36.124.255 | 3v0 | 3 | 2,3:G | THD current over limit counter L2
5.2 | 1.0.71.36.124.255 | 3v0 | 3 | 2,3:G | THD current over limit counter L3
5.5 | 0.3.25.9.0.255 | 40v0 |  | 2,3,4,5,6,7:GS | Push setup UDP
5.5 | 0.0.97.98.2.255 | 1v0 |  | 2:GS | Alarm register 3
5.5 | 0.0.97.98.12.255 | 1v0 |  | 2:GS | Alarm filter 3
5.5 | 0.0.15.2.4.255 | 22v0 | 3 | 2,3:G 4:GS | Last gasp test
`;
