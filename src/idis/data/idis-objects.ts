/**
 * Objects of the IDIS family, one per line, fields separated by ` | `: OBIS pattern; class `v` version; packages;
 * confidence (`h`igh, `m`edium, `l`ow; `+` strongly and `-` fairly plausible) and sources; whether every meter is
 * judged to have it (`y`, `n`, `?`: an estimate, never an obligation) and the option it belongs to (D, L, M, 3
 * polyphase); group; rights by client (P public, E pre-established, M management, C consumer); the source of the
 * management rights (empty: engineering knowledge); name; remark. The IDIS association sells the object model itself,
 * which is not included.
 */
export const idisObjects: string = `
0.0.42.0.0.255 | 1v0 | 123 | m MCS301 | y | identification | P 2:G; E -; M 2:G |  | COSEM logical device name
0.0.41.0.0.255 | 17v0 | 123 | l ENG | y | identification | P 2:G; E -; M 2:G |  | SAP assignment
0.0.40.0.0.255 | 15v1 | 123 | m OSGP,ENG | y | association | P 1-8:G; M 2,3,4,5,6,7,8:G | DSMR 2.2 | Current association (LN) | Version 0 in DSMR 2.2, version 1 in DSMR 4/SMR 5 (OSGP). Newer packages may use version 2 or 3
0.0.40.0.1.255 | 15v1 | 123 | l- ENG | y | association |  |  | Association of the public client
0.0.40.0.2.255 | 15v1 | 123 | l- ENG | y | association |  |  | Association of the management client
0.0.40.0.3.255 | 15v1 | 123 | l- ENG | y | association |  |  | Association of the pre-established client
0.0.43.0.0.255 | 64v0 | 123 | m OSGP,ENG | y | security | P -; E -; M 2-5:G 1-2:A |  | Security setup (management) | Version 1 from suite 1/2 on (package 3)
0.0.43.0.1.255 | 64v0 | 23 | m MCS301 | ? | security | P -; E -; M 2:A |  | Security setup for consumer information | Holds the key of the customer port; changed by the head-end with a KEK-wrapped key
0.0.43.1.0.255 | 1v0 | 123 | m OSGP | y | security | P 2:G; M 2:G |  | Invocation (frame) counter, unicast, management client | Readable by the public client so that a head-end can recover its counter
0.0.43.1.1.255 | 1v0 | 123 | l ENG | ? | security | P 2:G; M 2:G |  | Invocation (frame) counter, broadcast
0.0.1.0.0.255 | 8v0 | 123 | h OSGP,MCS301 | y | clock | M 4,7,9:G 2,3,5,6,8:GS | DSMR 2.2 | Clock
0.0.96.1.0.255 | 1v0 | 123 | h MCS301,OSGP | y | identification | M 2:G | DSMR 2.2 | Device ID 1: maker's serial number
0.0.96.1.1.255 | 1v0 | 123 | h MCS301,OSGP | y | identification | M 2:G | DSMR 2.2 | Device ID 2: identifier or type text
0.0.96.1.2.255 | 1v0 | 123 | m MCS301 | n | identification | M 2:G |  | Device ID 3: function location
0.0.96.1.3.255 | 1v0 | 123 | m MCS301 | n | identification | M 2:G |  | Device ID 4: location information
0.0.96.1.4.255 | 1v0 | 123 | m MCS301 | n | identification | M 2:GS |  | Device ID 5: general purpose | EPS list gives 0-0:96.1.4 as GET/SET for management only
0.0.96.1.5.255 | 1v0 | 123 | m MCS301 | n | identification | M 2:GS |  | Device ID 6: certification number (IDIS or other)
1.0.0.0.0.255 | 1v0 | 123 | m MCS301 | ? | identification | M 2:G |  | Device ID 7: utility device id (maker, type, year, serial)
1.0.0.2.0.255 | 1v0 | 123 | m OSGP | y | firmware | E -; M 2:G | DSMR 2.2 | Active firmware identifier (metrology)
1.1.0.2.0.255 | 1v0 | 123 | m OSGP | y | firmware | E -; M 2:G | DSMR 2.2 | Active firmware identifier (module)
1.0.0.2.8.255 | 1v0 | 123 | m OSGP | y | firmware | E -; M 2:G | DSMR 4.2.2 | Active firmware signature (metrology)
1.1.0.2.8.255 | 1v0 | 123 | m OSGP | y | firmware | E -; M 2:G | DSMR 4.2.2 | Active firmware signature (module)
0.0.44.0.0.255 | 18v0 | 123 | m OSGP | y | firmware | P -; E 2:A; M 2,3,4,6,7:G 5:GS | DSMR 4.2.2 | Image transfer
0.0.15.0.2.255 | 22v0 | 123 | l- ENG | y | firmware | P -; E -; M 4:GS |  | Image activation scheduler
0.0.10.0.107.255 | 9v0 | 123 | l- ENG | y | firmware | P -; E -; M 2:G |  | Image activation script table
0.0.97.97.0.255 | 1v0 | 123 | l- ENG | y | errors and alarms | P -; E -; M 2:GS |  | Error object 1
0.0.97.98.0.255 | 1v0 | 123 | h MCS301,OSGP | y | errors and alarms | P -; E -; M 2:GS | DSMR 2.2 | Alarm register 1
0.0.97.98.10.255 | 1v0 | 123 | h MCS301,OSGP | y | errors and alarms | P -; E -; M 2:GS | DSMR 2.2 | Alarm filter 1
0.0.97.98.20.255 | 1v0 | 23 | h MCS301,PUSH2 | y | errors and alarms | P -; E -; M 2:GS |  | Alarm descriptor 1 | Carries the alarms not yet acknowledged by the head-end; sent by the alarm push
0.0.16.1.0.255 | 21v0 | 23 | m MCS301 | y | errors and alarms | P -; E -; M 2-4:G |  | Alarm monitor 1 | Calls the alarm script of the push script table
0.0.97.98.1.255 | 1v0 | 23 | h MCS301,OSGP | y | errors and alarms | P -; E -; M 2:GS | SMR 5.2 | Alarm register 2
0.0.97.98.11.255 | 1v0 | 23 | h MCS301,OSGP | y | errors and alarms | P -; E -; M 2:GS | SMR 5.2 | Alarm filter 2
0.0.97.98.21.255 | 1v0 | 23 | h MCS301,PUSH2 | y | errors and alarms | P -; E -; M 2:GS |  | Alarm descriptor 2 | Carries the alarms not yet acknowledged by the head-end; sent by the alarm push
0.0.16.1.1.255 | 21v0 | 23 | m MCS301 | y | errors and alarms | P -; E -; M 2-4:G |  | Alarm monitor 2 | Calls the alarm script of the push script table
0.0.96.11.0.255 | 1v0 | 123 | h MCS301,OSGP | y | events | P -; E -; M 2:G | DSMR 2.2 | Standard event code
0.0.99.98.0.255 | 7v1 | 123 | h MCS301,OSGP | y | events | P -; E -; M 2,3,4,5,6,7,8:G | DSMR 2.2 | Standard event log
0.0.96.11.1.255 | 1v0 | 123 | h MCS301,OSGP | y | events | P -; E -; M 2:G | DSMR 2.2 | Fraud detection event code
0.0.99.98.1.255 | 7v1 | 123 | h MCS301,OSGP | y | events | P -; E -; M 2,3,4,5,6,7,8:G | DSMR 2.2 | Fraud detection event log
0.0.96.11.2.255 | 1v0 | 123 | m MCS301,OSGP | y | events | P -; E -; M 2:G |  | Disconnector control event code | The MCS301 manual prints another event object for this log; DSMR/SMR use 96.11.4/99.98.4 for communication sessions and 96.11.5/99.98.5 for power quality
0.0.99.98.2.255 | 7v1 | 123 | m MCS301,OSGP | y | events | P -; E -; M 2,3,7:G 1:A |  | Disconnector control event log | The MCS301 manual prints another event object for this log; DSMR/SMR use 96.11.4/99.98.4 for communication sessions and 96.11.5/99.98.5 for power quality
0.0.96.11.3.255 | 1v0 | 123 | h MCS301,OSGP | y | events | P -; E -; M 2:G | DSMR 2.2 | M-Bus event code
0.0.99.98.3.255 | 7v1 | 123 | h MCS301,OSGP | y | events | P -; E -; M 2,3,4,5,6,7,8:G | DSMR 2.2 | M-Bus event log
0.0.96.11.4.255 | 1v0 | 123 | m MCS301,OSGP | y | events | P -; E -; M 2:G | DSMR 4.2.2 | Power quality event code | The MCS301 manual prints another event object for this log; DSMR/SMR use 96.11.4/99.98.4 for communication sessions and 96.11.5/99.98.5 for power quality
0.0.99.98.4.255 | 7v1 | 123 | m MCS301,OSGP | y | events | P -; E -; M 2,3,4,5,6,7,8:G | DSMR 4.2.2 | Power quality event log | The MCS301 manual prints another event object for this log; DSMR/SMR use 96.11.4/99.98.4 for communication sessions and 96.11.5/99.98.5 for power quality
0.0.96.11.5.255 | 1v0 | 123 | m MCS301,OSGP | y | events | P -; E -; M 2:G | SMR 5.0.0 | Communication event code | The MCS301 manual prints another event object for this log; DSMR/SMR use 96.11.4/99.98.4 for communication sessions and 96.11.5/99.98.5 for power quality
0.0.99.98.5.255 | 7v1 | 123 | m MCS301,OSGP | y | events | P -; E -; M 2,3,4,5,6,7,8:G | SMR 5.0.0 | Communication event log | The MCS301 manual prints another event object for this log; DSMR/SMR use 96.11.4/99.98.4 for communication sessions and 96.11.5/99.98.5 for power quality
1.0.99.97.0.255 | 7v1 | 123 | m MCS301,ENG | y | events | P -; E -; M 2:G |  | Power failure event log | MCS301 prints 0-0:99.97.0; columns clock and duration 0-0:96.7.19
0.0.96.11.10.255 | 1v0 | 2 | m MCS301 | ? | events |  |  | Standard event sub-code (event parameter) | Vendor detail
0.0.96.7.19.255 | 3v0 | 123 | m MCS301 | ? | power quality | P -; E -; M 2:G |  | Duration of last long power failure
0.0.96.7.20.255 | 3v0 | 123 | l- ENG | ? | power quality | P -; E -; M 2:GS |  | Time threshold for long power failure
0.0.96.7.21.255 | 1v0 | 123 | m OSGP | ? | power quality | P -; E -; M 2:G | DSMR 2.2 | Number of power failures in any phase
0.0.96.7.9.255 | 1v0 | 123 | m OSGP | ? | power quality | P -; E -; M 2:G | DSMR 2.2 | Number of long power failures in any phase
1.0.32.32.0.255 | 1v0 | 123 | m OSGP | ? | power quality | P -; E -; M 2:G | DSMR 2.2 | Number of voltage sags L1
1.0.32.36.0.255 | 1v0 | 123 | m OSGP | ? | power quality | P -; E -; M 2:G | DSMR 2.2 | Number of voltage swells L1
1.0.32.33.0.255 | 3v0 | 123 | m OSGP | ? | power quality | P -; E -; M 2,3:G | SMR 5.2 | Duration of last voltage sag L1 | Present in SMR 5.2
1.0.32.34.0.255 | 3v0 | 123 | m OSGP | ? | power quality | P -; E -; M 2,3:G | SMR 5.2 | Magnitude of last voltage sag L1 | Present in SMR 5.2
1.0.32.37.0.255 | 3v0 | 123 | m OSGP | ? | power quality | P -; E -; M 2,3:G | SMR 5.2 | Duration of last voltage swell L1 | Present in SMR 5.2
1.0.32.38.0.255 | 3v0 | 123 | m OSGP | ? | power quality | P -; E -; M 2,3:G | SMR 5.2 | Magnitude of last voltage swell L1 | Present in SMR 5.2
1.0.32.7.0.255 | 3v0 | 123 | h OSGP,SCS | ? | instantaneous | P -; E -; M 2:G 3:GS | DSMR 2.2 | Instantaneous voltage L1
1.0.32.24.0.255 | 3v0 | 123 | m OSGP | ? | power quality | P -; E -; M 2,3:G | DSMR 2.2 | Average voltage L1
1.0.31.7.0.255 | 3v0 | 123 | h OSGP,SCS | ? | instantaneous | P -; E -; M 2:G 3:GS | DSMR 2.2 | Instantaneous current L1
1.0.52.32.0.255 | 1v0 | 123 | m OSGP | ?3 | power quality | P -; E -; M 2:G | DSMR 2.2 | Number of voltage sags L2
1.0.52.36.0.255 | 1v0 | 123 | m OSGP | ?3 | power quality | P -; E -; M 2:G | DSMR 2.2 | Number of voltage swells L2
1.0.52.33.0.255 | 3v0 | 123 | m OSGP | ?3 | power quality | P -; E -; M 2,3:G | SMR 5.2 | Duration of last voltage sag L2 | Present in SMR 5.2
1.0.52.34.0.255 | 3v0 | 123 | m OSGP | ?3 | power quality | P -; E -; M 2,3:G | SMR 5.2 | Magnitude of last voltage sag L2 | Present in SMR 5.2
1.0.52.37.0.255 | 3v0 | 123 | m OSGP | ?3 | power quality | P -; E -; M 2,3:G | SMR 5.2 | Duration of last voltage swell L2 | Present in SMR 5.2
1.0.52.38.0.255 | 3v0 | 123 | m OSGP | ?3 | power quality | P -; E -; M 2,3:G | SMR 5.2 | Magnitude of last voltage swell L2 | Present in SMR 5.2
1.0.52.7.0.255 | 3v0 | 123 | h OSGP,SCS | ?3 | instantaneous | P -; E -; M 2:G 3:GS | DSMR 2.2 | Instantaneous voltage L2
1.0.52.24.0.255 | 3v0 | 123 | m OSGP | ?3 | power quality | P -; E -; M 2,3:G | DSMR 2.2 | Average voltage L2
1.0.51.7.0.255 | 3v0 | 123 | h OSGP,SCS | ?3 | instantaneous | P -; E -; M 2:G 3:GS | DSMR 2.2 | Instantaneous current L2
1.0.72.32.0.255 | 1v0 | 123 | m OSGP | ?3 | power quality | P -; E -; M 2:G | DSMR 2.2 | Number of voltage sags L3
1.0.72.36.0.255 | 1v0 | 123 | m OSGP | ?3 | power quality | P -; E -; M 2:G | DSMR 2.2 | Number of voltage swells L3
1.0.72.33.0.255 | 3v0 | 123 | m OSGP | ?3 | power quality | P -; E -; M 2,3:G | SMR 5.2 | Duration of last voltage sag L3 | Present in SMR 5.2
1.0.72.34.0.255 | 3v0 | 123 | m OSGP | ?3 | power quality | P -; E -; M 2,3:G | SMR 5.2 | Magnitude of last voltage sag L3 | Present in SMR 5.2
1.0.72.37.0.255 | 3v0 | 123 | m OSGP | ?3 | power quality | P -; E -; M 2,3:G | SMR 5.2 | Duration of last voltage swell L3 | Present in SMR 5.2
1.0.72.38.0.255 | 3v0 | 123 | m OSGP | ?3 | power quality | P -; E -; M 2,3:G | SMR 5.2 | Magnitude of last voltage swell L3 | Present in SMR 5.2
1.0.72.7.0.255 | 3v0 | 123 | h OSGP,SCS | ?3 | instantaneous | P -; E -; M 2:G 3:GS | DSMR 2.2 | Instantaneous voltage L3
1.0.72.24.0.255 | 3v0 | 123 | m OSGP | ?3 | power quality | P -; E -; M 2,3:G | DSMR 2.2 | Average voltage L3
1.0.71.7.0.255 | 3v0 | 123 | h OSGP,SCS | ?3 | instantaneous | P -; E -; M 2:G 3:GS | DSMR 2.2 | Instantaneous current L3
1.0.12.31.0.255 | 3v0 | 123 | l- ENG | ? | power quality | P -; E -; M 2:GS |  | Voltage sag threshold | Seen with these names in public meter code
1.0.12.43.0.255 | 3v0 | 123 | l- ENG | ? | power quality | P -; E -; M 2:GS |  | Time threshold for sag | Seen with these names in public meter code
1.0.12.35.0.255 | 3v0 | 123 | l- ENG | ? | power quality | P -; E -; M 2:GS |  | Voltage swell threshold | Seen with these names in public meter code
1.0.12.44.0.255 | 3v0 | 123 | l- ENG | ? | power quality | P -; E -; M 2:GS |  | Time threshold for swell | Seen with these names in public meter code
1.0.12.39.0.255 | 3v0 | 123 | l- ENG | ? | power quality | P -; E -; M 2:GS |  | Voltage cut threshold | Seen with these names in public meter code
1.0.12.45.0.255 | 3v0 | 123 | l- ENG | ? | power quality | P -; E -; M 2:GS |  | Time threshold for cut | Seen with these names in public meter code
1.0.90.7.0.255 | 3v0 | 123 | m OSGP | ? | instantaneous | P -; E -; M 2,3:G | DSMR 2.2 | Sum of instantaneous currents
1.0.1.8.0.255 | 3v0 | 123 | m SCS,ENG | y | energy | P -; E -; M 2,3:G | DSMR 2.2 | Active energy import +A
1.0.1.8.1.255 | 3v0 | 123 | h OSGP,SCS | ? | energy | P -; E -; M 2,3:G | DSMR 2.2 | Active energy import +A rate 1
1.0.1.8.2.255 | 3v0 | 123 | h OSGP,SCS | ? | energy | P -; E -; M 2,3:G | DSMR 2.2 | Active energy import +A rate 2
1.0.1.8.3.255 | 3v0 | 123 | l- ENG | ? | energy | P -; E -; M 2,3:G |  | Active energy import +A rate 3
1.0.1.8.4.255 | 3v0 | 123 | l- ENG | ? | energy | P -; E -; M 2,3:G |  | Active energy import +A rate 4
1.0.2.8.0.255 | 3v0 | 123 | m SCS,ENG | y | energy | P -; E -; M 2,3:G | DSMR 2.2 | Active energy export -A
1.0.2.8.1.255 | 3v0 | 123 | h OSGP,SCS | ? | energy | P -; E -; M 2,3:G | DSMR 2.2 | Active energy export -A rate 1
1.0.2.8.2.255 | 3v0 | 123 | h OSGP,SCS | ? | energy | P -; E -; M 2,3:G | DSMR 2.2 | Active energy export -A rate 2
1.0.2.8.3.255 | 3v0 | 123 | l- ENG | ? | energy | P -; E -; M 2,3:G |  | Active energy export -A rate 3
1.0.2.8.4.255 | 3v0 | 123 | l- ENG | ? | energy | P -; E -; M 2,3:G |  | Active energy export -A rate 4
1.0.3.8.0.255 | 3v0 | 123 | m SCS,ENG | n | energy | P -; E -; M 2,3:G |  | Reactive energy +R
1.0.3.8.1.255 | 3v0 | 123 | l- ENG | ? | energy | P -; E -; M 2,3:G |  | Reactive energy +R rate 1
1.0.3.8.2.255 | 3v0 | 123 | l- ENG | ? | energy | P -; E -; M 2,3:G |  | Reactive energy +R rate 2
1.0.3.8.3.255 | 3v0 | 123 | l- ENG | ? | energy | P -; E -; M 2,3:G |  | Reactive energy +R rate 3
1.0.3.8.4.255 | 3v0 | 123 | l- ENG | ? | energy | P -; E -; M 2,3:G |  | Reactive energy +R rate 4
1.0.4.8.0.255 | 3v0 | 123 | m SCS,ENG | n | energy | P -; E -; M 2,3:G |  | Reactive energy -R
1.0.4.8.1.255 | 3v0 | 123 | l- ENG | ? | energy | P -; E -; M 2,3:G |  | Reactive energy -R rate 1
1.0.4.8.2.255 | 3v0 | 123 | l- ENG | ? | energy | P -; E -; M 2,3:G |  | Reactive energy -R rate 2
1.0.4.8.3.255 | 3v0 | 123 | l- ENG | ? | energy | P -; E -; M 2,3:G |  | Reactive energy -R rate 3
1.0.4.8.4.255 | 3v0 | 123 | l- ENG | ? | energy | P -; E -; M 2,3:G |  | Reactive energy -R rate 4
1.0.5.8.0.255 | 3v0 | 123 | m SCS,ENG | n | energy | P -; E -; M 2,3:G |  | Reactive energy QI
1.0.5.8.1.255 | 3v0 | 123 | l- ENG | ? | energy | P -; E -; M 2,3:G |  | Reactive energy QI rate 1
1.0.5.8.2.255 | 3v0 | 123 | l- ENG | ? | energy | P -; E -; M 2,3:G |  | Reactive energy QI rate 2
1.0.5.8.3.255 | 3v0 | 123 | l- ENG | ? | energy | P -; E -; M 2,3:G |  | Reactive energy QI rate 3
1.0.5.8.4.255 | 3v0 | 123 | l- ENG | ? | energy | P -; E -; M 2,3:G |  | Reactive energy QI rate 4
1.0.6.8.0.255 | 3v0 | 123 | m SCS,ENG | n | energy | P -; E -; M 2,3:G |  | Reactive energy QII
1.0.6.8.1.255 | 3v0 | 123 | l- ENG | ? | energy | P -; E -; M 2,3:G |  | Reactive energy QII rate 1
1.0.6.8.2.255 | 3v0 | 123 | l- ENG | ? | energy | P -; E -; M 2,3:G |  | Reactive energy QII rate 2
1.0.6.8.3.255 | 3v0 | 123 | l- ENG | ? | energy | P -; E -; M 2,3:G |  | Reactive energy QII rate 3
1.0.6.8.4.255 | 3v0 | 123 | l- ENG | ? | energy | P -; E -; M 2,3:G |  | Reactive energy QII rate 4
1.0.7.8.0.255 | 3v0 | 123 | m SCS,ENG | n | energy | P -; E -; M 2,3:G |  | Reactive energy QIII
1.0.7.8.1.255 | 3v0 | 123 | l- ENG | ? | energy | P -; E -; M 2,3:G |  | Reactive energy QIII rate 1
1.0.7.8.2.255 | 3v0 | 123 | l- ENG | ? | energy | P -; E -; M 2,3:G |  | Reactive energy QIII rate 2
1.0.7.8.3.255 | 3v0 | 123 | l- ENG | ? | energy | P -; E -; M 2,3:G |  | Reactive energy QIII rate 3
1.0.7.8.4.255 | 3v0 | 123 | l- ENG | ? | energy | P -; E -; M 2,3:G |  | Reactive energy QIII rate 4
1.0.8.8.0.255 | 3v0 | 123 | m SCS,ENG | n | energy | P -; E -; M 2,3:G |  | Reactive energy QIV
1.0.8.8.1.255 | 3v0 | 123 | l- ENG | ? | energy | P -; E -; M 2,3:G |  | Reactive energy QIV rate 1
1.0.8.8.2.255 | 3v0 | 123 | l- ENG | ? | energy | P -; E -; M 2,3:G |  | Reactive energy QIV rate 2
1.0.8.8.3.255 | 3v0 | 123 | l- ENG | ? | energy | P -; E -; M 2,3:G |  | Reactive energy QIV rate 3
1.0.8.8.4.255 | 3v0 | 123 | l- ENG | ? | energy | P -; E -; M 2,3:G |  | Reactive energy QIV rate 4
1.0.15.8.0.255 | 3v0 | 123 | l- ENG | n | energy | P -; E -; M 2,3:G |  | Active energy sum |+A|+|-A|
1.0.16.8.0.255 | 3v0 | 123 | l- ENG | n | energy | P -; E -; M 2,3:G |  | Active energy difference
1.0.9.8.0.255 | 3v0 | 123 | l- ENG | n | energy | P -; E -; M 2,3:G |  | Apparent energy +VA
1.0.10.8.0.255 | 3v0 | 123 | l- ENG | n | energy | P -; E -; M 2,3:G |  | Apparent energy -VA
1.0.1.7.0.255 | 3v0 | 123 | h OSGP,AM550,E450 | y | instantaneous | P -; E -; M 2,3:G | DSMR 4.2.2 | Instantaneous power +P
1.0.1.4.0.255 | 5v0 | 123 | l- ENG | ? | demand | P -; E -; M 2-9:G |  | Demand register +P
1.0.1.6.0.255 | 4v0 | 123 | l- ENG | ? | demand | P -; E -; M 2-5:G |  | Maximum demand +P
1.0.1.24.0.255 | 3v0 | 123 | m EPS,ENG | ? | demand | P -; E -; M 2,3:G |  | Average power +P over the averaging period | EPS prints instance B=1 for the limiter value 1-1:1.24.x
1.0.2.7.0.255 | 3v0 | 123 | h OSGP,AM550,E450 | y | instantaneous | P -; E -; M 2,3:G | DSMR 4.2.2 | Instantaneous power -P
1.0.2.4.0.255 | 5v0 | 123 | l- ENG | ? | demand | P -; E -; M 2-9:G |  | Demand register -P
1.0.2.6.0.255 | 4v0 | 123 | l- ENG | ? | demand | P -; E -; M 2-5:G |  | Maximum demand -P
1.0.2.24.0.255 | 3v0 | 123 | m EPS,ENG | ? | demand | P -; E -; M 2,3:G |  | Average power -P over the averaging period | EPS prints instance B=1 for the limiter value 1-1:1.24.x
1.0.3.7.0.255 | 3v0 | 123 | h OSGP,AM550,E450 | n | instantaneous | P -; E -; M 2,3:G |  | Instantaneous power +Q
1.0.3.4.0.255 | 5v0 | 123 | l- ENG | ? | demand | P -; E -; M 2-9:G |  | Demand register +Q
1.0.3.6.0.255 | 4v0 | 123 | l- ENG | ? | demand | P -; E -; M 2-5:G |  | Maximum demand +Q
1.0.3.24.0.255 | 3v0 | 123 | m EPS,ENG | ? | demand | P -; E -; M 2,3:G |  | Average power +Q over the averaging period | EPS prints instance B=1 for the limiter value 1-1:1.24.x
1.0.4.7.0.255 | 3v0 | 123 | h OSGP,AM550,E450 | n | instantaneous | P -; E -; M 2,3:G |  | Instantaneous power -Q
1.0.4.4.0.255 | 5v0 | 123 | l- ENG | ? | demand | P -; E -; M 2-9:G |  | Demand register -Q
1.0.4.6.0.255 | 4v0 | 123 | l- ENG | ? | demand | P -; E -; M 2-5:G |  | Maximum demand -Q
1.0.4.24.0.255 | 3v0 | 123 | m EPS,ENG | ? | demand | P -; E -; M 2,3:G |  | Average power -Q over the averaging period | EPS prints instance B=1 for the limiter value 1-1:1.24.x
1.0.13.7.0.255 | 3v0 | 123 | m SCS | ? | instantaneous | P -; E -; M 2,3:G |  | Instantaneous power factor
1.0.14.7.0.255 | 3v0 | 123 | m SCS | ? | instantaneous | P -; E -; M 2,3:G |  | Instantaneous net frequency
1.0.99.1.0.255 | 7v1 | 123 | h OSGP,MCS301 | y | profiles | P -; E -; M 2:G 3:GS 4:GS 1:A |  | Load profile 1 | Usual columns: clock, profile status 0-0:96.10.1, energies
1.0.99.2.0.255 | 7v1 | 123 | m OSGP | y | profiles | P -; E -; M 2,3,4,5,6,7,8:G | DSMR 2.2 | Load profile 2 | DSMR uses it for daily values
0.0.96.10.1.255 | 1v0 | 123 | l+ ENG | y | profiles | P -; E -; M 2:G |  | Profile status 1
0.0.96.10.2.255 | 1v0 | 123 | m OSGP | y | profiles | P -; E -; M 2:G | DSMR 2.2 | Profile status 2
0.0.96.10.3.255 | 1v0 | 123 | m OSGP | ?M | profiles | P -; E -; M 2:G |  | Profile status 3 (M-Bus) | 0-x:96.10.3 per channel
0.0.98.1.0.255 | 7v1 | 123 | h OSGP,EPS | y | profiles | P -; E -; M 2,3,4,5,6,7,8:G | DSMR 2.2 | Billing profile 1 (billing period) | EPS asks for at least 13 entries
0.0.98.2.0.255 | 7v1 | 23 | l- ENG | ? | profiles | P -; E -; M 2,3:G |  | Billing profile 2 (second billing period, often daily)
0.0.15.0.0.255 | 22v0 | 123 | l+ ENG | y | billing | P -; E -; M 4:GS |  | End of billing period 1 scheduler
0.0.10.0.1.255 | 9v0 | 123 | m EPS | y | billing | P -; E -; M 1:G 1:A | EPS | End of billing period / MDI reset script table | Access as EPS prints it for clients 16/102/1
0.0.13.0.0.255 | 20v0 | 123 | m OSGP | y | tariff | P -; M 2,3,4,5:G 6,7,8,9,10:GS | DSMR 2.2 | Activity calendar
0.0.11.0.0.255 | 11v0 | 123 | m OSGP | y | tariff | P -; M 2:GS | DSMR 2.2 | Special days table
0.0.10.0.100.255 | 9v0 | 123 | l+ ENG | y | tariff | P -; E -; M 2:G |  | Tariffication script table
0.0.14.0.1.255 | 6v0 | 123 | l- ENG | y | tariff | P -; E - |  | Register activation, energy
0.0.14.0.2.255 | 6v0 | 123 | l- ENG | ? | tariff | P -; E - |  | Register activation, maximum demand
0.0.96.14.0.255 | 1v0 | 123 | l+ ENG | y | tariff | E -; M 2:G |  | Currently active energy tariff
0.0.96.3.10.255 | 70v0 | 123 | l+ ENG | yD | disconnector | P -; M 1-2:A |  | Disconnect control
0.0.10.0.106.255 | 9v0 | 123 | m EPS | yD | disconnector | P -; M 2:G 1:A |  | Disconnector script table
0.0.15.0.1.255 | 22v0 | 123 | l+ ENG | ?D | disconnector | P -; E -; M 4:GS |  | Disconnect control scheduler
0.0.17.0.0.255 | 71v0 | 123 | h MCS301,EPS | ?D | disconnector | P -; M 9:GS 10:GS 11:G |  | Limiter | Actions point to the disconnector script table; emergency group ids serve broadcast limiting
1.0.31.4.0.255 | 21v0 | 123 | l- ENG | ?D | disconnector | P -; E -; M 2,4:GS |  | Supervision (fuse) monitor L1 | Events 70 to 75; monitored current 1-0:31.4.0 or 24.0 is package specific
1.0.51.4.0.255 | 21v0 | 123 | l- ENG | ?D | disconnector | P -; E -; M 2,4:GS |  | Supervision (fuse) monitor L2 | Events 70 to 75; monitored current 1-0:51.4.0 or 24.0 is package specific
1.0.71.4.0.255 | 21v0 | 123 | l- ENG | ?D | disconnector | P -; E -; M 2,4:GS |  | Supervision (fuse) monitor L3 | Events 70 to 75; monitored current 1-0:71.4.0 or 24.0 is package specific
0.1.96.3.10.255 | 70v0 | 123 | l- ENG | ?L | load management | P -; M 2-4:G 1-2:A |  | Load management relay control 1
0.1.15.0.1.255 | 22v0 | 123 | l- ENG | ?L | load management | P -; E -; M 4:GS |  | Relay control scheduler 1
0.2.96.3.10.255 | 70v0 | 123 | l- ENG | ?L | load management | P -; M 2-4:G 1-2:A |  | Load management relay control 2
0.2.15.0.1.255 | 22v0 | 123 | l- ENG | ?L | load management | P -; E -; M 4:GS |  | Relay control scheduler 2
0.0.10.0.103.255 | 9v0 | 123 | l- ENG | ?L | load management | P -; M 2:G |  | Load management script table
0.0.24.6.0.255 | 74v0 | 123 | l- ENG | ?M | M-Bus | P -; E -; M 2:GS |  | M-Bus master port setup
0.1-4.24.1.0.255 | 72v1 | 123 | m OSGP | ?M | M-Bus | P -; E -; M 2,3,10,11,12:G 4,5,6,7,8,9:GS | DSMR 2.2 | M-Bus client | class version 0 in package 1 style meters
0.1-4.24.2.1.255 | 4v0 | 123 | m OSGP | ?M | M-Bus | P -; E -; M 2,3,4,5:G | DSMR 2.2 | M-Bus master value 1
0.1-4.24.2.2.255 | 4v0 | 123 | m OSGP | ?M | M-Bus | P -; E -; M 2,3,4,5:G | SMR 5.0.0 | M-Bus master value 2
0.1-4.24.2.3.255 | 4v0 | 123 | l- ENG | ?M | M-Bus | P -; E - |  | M-Bus master value 3
0.1-4.24.2.4.255 | 4v0 | 123 | l- ENG | ?M | M-Bus | P -; E - |  | M-Bus master value 4
0.1-4.24.3.0.255 | 7v1 | 123 | m OSGP | ?M | M-Bus | P -; E -; M 2,3,4,5,6,7,8:G | DSMR 2.2 | M-Bus load profile
0.1-4.24.4.0.255 | 70v0 | 123 | l- ENG | ?M | M-Bus | P -; E - |  | M-Bus disconnect control (valve)
0.1-4.24.5.0.255 | 7v1 | 123 | l- ENG | ?M | M-Bus | P -; E - |  | M-Bus control log
0.1-4.96.11.4.255 | 1v0 | 123 | m MCS301 | ?M | M-Bus | P -; E - |  | M-Bus control event code
0.1-4.96.1.0.255 | 1v0 | 123 | l- ENG | ?M | M-Bus | P -; E - |  | M-Bus device id 1
0.1-4.96.1.1.255 | 1v0 | 123 | m OSGP | ?M | M-Bus | P -; E -; M 2:G | DSMR 2.2 | M-Bus device id 2
0.1-4.24.9.0.255 | 77v0 | 123 | m OSGP | ?M | M-Bus | P -; E -; M 2,3,4,5,6,7,8,9:G | SMR 5.0.0 | M-Bus diagnostic | SMR 5 only in the source
0.0.96.13.0.255 | 1v0 | 123 | h AM550 | y | consumer information | P -; E -; M 2:GS |  | Consumer message text
0.0.96.13.1.255 | 1v0 | 123 | h AM550 | y | consumer information | P -; E -; M 2:GS |  | Consumer message code
0.0.20.0.0.255 | 19v1 | 123 | l+ ENG | y | local port | P -; E - |  | IEC local port setup (optical)
0.0.22.0.0.255 | 23v1 | 123 | l+ ENG | y | local port | P -; E -; M 2:G 5-9:GS |  | HDLC setup (local port) | Inactivity time-out, addresses, information field and window sizes
0.0.25.0.0.255 | 41v0 | 23 | l+ ENG | ? | IP communication | P -; E - |  | TCP-UDP setup
0.0.25.1.0.255 | 42v0 | 23 | l+ ENG | ? | IP communication | P -; E - |  | IPv4 setup
0.0.25.7.0.255 | 48v0 | 23 | l- ENG | ? | IP communication | P -; E - |  | IPv6 setup
0.0.25.2.0.255 | 43v0 | 23 | l- ENG | ? | IP communication | P -; E - |  | MAC address setup
0.0.25.3.0.255 | 44v0 | 23 | l- ENG | ? | IP communication | P -; E - |  | PPP setup
0.0.25.4.0.255 | 45v0 | 23 | l+ ENG | ? | IP communication | P -; E - |  | GPRS modem setup
0.0.25.6.0.255 | 47v0 | 23 | m OSGP | ? | IP communication | P -; E -; M 2,3,4,5,6,7,8:G | SMR 5.0.0 | GSM diagnostic
0.0.2.1.0.255 | 29v2 | 23 | m MCS301 | ? | IP communication | P -; E - |  | Auto connect (modes 101 to 104)
0.0.2.2.0.255 | 28v2 | 23 | m MCS301 | ? | IP communication | P -; E - |  | Auto answer (wake-up by SMS or call)
0.0.2.0.0.255 | 27v1 | 23 | l- ENG | ? | IP communication | P -; E - |  | Modem configuration
0.0.26.0.0.255 | 50v1 | 1 | l- ENG | ? | PLC communication | P -; E - |  | S-FSK Phy and MAC setup
0.0.26.1.0.255 | 51v0 | 1 | l- ENG | ? | PLC communication | P -; E - |  | S-FSK active initiator
0.0.26.2.0.255 | 52v0 | 1 | l- ENG | ? | PLC communication | P -; E - |  | S-FSK MAC synchronisation time-outs
0.0.26.3.0.255 | 53v0 | 1 | l- ENG | ? | PLC communication | P -; E - |  | S-FSK MAC counters
0.0.26.5.0.255 | 55v1 | 1 | l- ENG | ? | PLC communication | P -; E - |  | IEC 61334-4-32 LLC setup
0.0.26.6.0.255 | 56v0 | 1 | l- ENG | ? | PLC communication | P -; E - |  | S-FSK reporting system list
0.0.29.0.0.255 | 90v1 | 23 | l ENG | ? | PLC communication | P -; E - |  | G3-PLC MAC layer counters | Only G3 devices; class versions differ by age
0.0.29.1.0.255 | 91v1 | 23 | l ENG | ? | PLC communication | P -; E - |  | G3-PLC MAC setup | Only G3 devices; class versions differ by age
0.0.29.2.0.255 | 92v1 | 23 | l ENG | ? | PLC communication | P -; E - |  | G3-PLC 6LoWPAN adaptation layer setup | Only G3 devices; class versions differ by age
0.0.25.9.0.255 | 40v0 | 23 | m MCS301,ENG | ? | push | P -; E -; M 2-7:GS 1:A |  | Push setup: on connectivity | The manual describes the operation; the instance number is engineering knowledge. The head-end registers the meter by this push
0.1.25.9.0.255 | 40v0 | 23 | m MCS301,ENG | ? | push | P -; E -; M 2,3,4,5,6,7:GS | DSMR 4.2.2 | Push setup: interval 1
0.2.25.9.0.255 | 40v0 | 23 | m MCS301,ENG | ? | push | P -; E -; M 2,3,4,5,6,7:GS | DSMR 4.2.2 | Push setup: interval 2
0.3.25.9.0.255 | 40v0 | 23 | m MCS301,ENG | ? | push | P -; E -; M 2,3,4,5,6,7:GS | SMR 5.5 | Push setup: interval 3
0.4.25.9.0.255 | 40v0 | 23 | m MCS301,COM200 | ? | push | P -; E -; M 2-7:GS 1:A |  | Push setup: on alarm | DSMR/SMR use 0-1:25.9.0 for alarms
0.5.25.9.0.255 | 40v0 | 23 | l ENG | ? | push | P -; E -; M 2-7:GS 1:A |  | Push setup: on power down
0.6.25.9.0.255 | 40v0 | 23 | h AM550 | ? | push | P -; E -; M 2-7:GS 1:A |  | Push setup: consumer information | The setup's own logical name is the first element in a captured payload
0.7.25.9.0.255 | 40v0 | 23 | m COM200 | ? | push | P -; E -; M 2-7:GS 1:A |  | Push setup: on installation
0.8.25.9.0.255 | 40v0 | 23 | m E450 | ? | push | P -; E -; M 2-7:GS 1:A |  | Push setup: customer port list (Landis+Gyr E450) | Vendor or national instance; not claimed for all IDIS meters
0.0.10.0.108.255 | 9v0 | 23 | m MCS301 | ? | push | P -; E -; M 2:G |  | Push script table | Script 4 is the alarm push
0.1.15.0.4.255 | 22v0 | 23 | m MCS301,ENG | ? | push | P -; E -; M 4:GS |  | Push action scheduler interval 1 | The manual names the scheduler; the instance number is engineering knowledge
0.2.15.0.4.255 | 22v0 | 23 | m MCS301,ENG | ? | push | P -; E -; M 4:GS |  | Push action scheduler interval 2 | The manual names the scheduler; the instance number is engineering knowledge
0.3.15.0.4.255 | 22v0 | 23 | m MCS301,ENG | ? | push | P -; E -; M 4:GS |  | Push action scheduler interval 3 | The manual names the scheduler; the instance number is engineering knowledge
0.4.15.0.4.255 | 22v0 | 23 | l ENG | ? | push | P -; E -; M 4:GS |  | Push action scheduler for consumer information
`;
