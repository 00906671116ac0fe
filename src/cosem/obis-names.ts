/**
 * Names of OBIS codes, for `describeObis`.
 *
 * Stability: stable.
 *
 * @module
 */
/**
 * Names of OBIS codes: 754 patterns, one per line: pattern, class ids, sources, name, and after ` # ` a remark.
 *
 * A pattern is six value groups, each a number, a range `lo-hi`, a comma list, or `b` (a channel, 0 to 64). Sources:
 * `g` Gurux libraries (a comparison found the pattern with these class ids), `s` DLMS SPODES project (the code is in a
 * range of the same object group), `j` OpenMUC jDLMS, `k` a public table of the Edition 16 classes, `b` a
 * manufacturer's OBIS page for water, `r` from memory, which no source confirms. The wording is this library's own;
 * nothing here is normative. Use `describeObis` to read it.
 */
export const obisNames: string = `
0.b.0.1.0.255 1,3,4 gs Billing period counter, scheme 1
0.b.0.1.0.0-99 1,3,4 g Billing period counter, scheme 1, historical value
0.b.0.1.1.255 1,3,4 gs Number of available billing periods, scheme 1
0.b.0.1.2.255 1,3,4 gs Time stamp of the last closed billing period, scheme 1
0.b.0.1.2.0-99 1,3,4 g Time stamp of billing period, scheme 1, historical value
0.b.0.1.3.255 1,3,4 gs Billing period counter, scheme 2
0.b.0.1.3.0-99 1,3,4 g Billing period counter, scheme 2, historical value
0.b.0.1.4.255 1,3,4 gs Number of available billing periods, scheme 2
0.b.0.1.5.255 1,3,4 gs Time stamp of the last closed billing period, scheme 2
0.b.0.1.5.0-99 1,3,4 g Time stamp of billing period, scheme 2, historical value
0.b.0.2.0.255 1,3,4 gs Active firmware identifier
0.b.0.2.1.255 1,3,4 gs Active firmware version
0.b.0.2.8.255 1,3,4 gs Active firmware signature
0.b.0.9.1.255 1,3,4 gs Local time
0.b.0.9.2.255 1,3,4 gs Local date
0.0.1.0.0.255 8 gsj Clock
0.b.1.0.0-127.255 8 gs Clock, further instance
0.b.1.1.0-127.255 1,3,4 gs UNIX clock
0.b.1.2.0-127.255 1,3,4 gs High resolution clock, milliseconds
0.b.2.0.0.255 27 gs Modem configuration
0.b.2.1.0.255 29 gs Auto connect
0.b.2.2.0.255 28 gs Auto answer
0.b.10.0.0.255 9 gs Global meter reset script table
0.b.10.0.1.255 9 gs MDI reset / end of billing period script table
0.b.10.0.100.255 9 gs Tariffication script table
0.b.10.0.101.255 9 gs Activate test mode script table
0.b.10.0.102.255 9 gs Activate normal mode script table
0.b.10.0.103.255 9 gs Set output signals script table
0.b.10.0.104.255 9 gs Switch optical test output script table
0.b.10.0.105.255 9 gs Power quality measurement management script table
0.b.10.0.106.255 9 gs Disconnect control script table
0.b.10.0.107.255 9 gs Image activation script table
0.b.10.0.108.255 9 gs Push script table
0.b.10.0.109.255 9 gs Load profile control script table
0.b.10.0.110.255 9 gs M-Bus profile control script table
0.b.10.0.111.255 9 gs Function control script table
0.b.10.0.125.255 9 gs Broadcast script table
0.b.11.0.0-127.255 11 gs Special days table
0.b.12.0.0-127.255 10 gs Schedule
0.b.13.0.0-127.255 20 gs Activity calendar
0.b.14.0.0-127.255 6 gs Register activation
0.b.15.0.0.255 22 gs End of billing period single action schedule
0.b.15.0.1.255 22 gs Disconnect control single action schedule
0.b.15.0.2.255 22 gs Image activation single action schedule
0.b.15.0.3.255 22 gs Output control single action schedule
0.b.15.0.4.255 22 gs Push single action schedule
0.b.15.0.5.255 22 gs Load profile control single action schedule
0.b.15.0.6.255 22 gs M-Bus profile control single action schedule
0.b.15.0.7.255 22 gs Function control single action schedule
0.b.16.0.0-127.255 21 gs Register monitor
0.b.16.1.0-9.255 21 gs Alarm monitor
0.b.16.2.0-127.255 65 gs Parameter monitor
0.b.17.0.0-127.255 71 gs Limiter
0.b.18.0.0-127.255 123 gs Array manager
0.b.19.0-9.0.255 111 gs Account
0.b.19.10-19.0-127.255 112 gs Credit
0.b.19.20-29.0-127.255 113 gs Charge
0.b.19.40-49.0-127.255 115 gs Token gateway
0.b.19.50-59.1.255 1,3,4 gs Maximum credit limit
0.b.19.50-59.2.255 1,3,4 gs Maximum vend limit
0.b.19.60-69.0.255 116 gk IEC 62055-41 attributes
0.b.20.0.0.255 19 gs IEC optical port setup
0.b.20.0.1.255 19 gs IEC electrical port setup
0.b.21.0.0.255 7 gs General local port readout
0.b.21.0.1.255 7 gs General display readout
0.b.21.0.2.255 7 gs Alternate display readout
0.b.21.0.3.255 7 gs Service display readout
0.b.21.0.4.255 7 gs List of configurable meter data
0.b.21.0.5-127.255 7 gs Additional readout profile
0.b.21.0.0-127.255 1 g Standard readout parametrisation # same value group as the readout profiles, distinguished by class
0.b.22.0.0.255 23 gs IEC HDLC setup
0.b.23.0.0.255 24 gs IEC twisted pair (1) setup
0.b.23.1.0.255 43 gs IEC twisted pair (1) MAC address setup
0.b.23.2.0.255 1,3,4 gs IEC twisted pair (1) fatal error register
0.b.23.3.0.255 7 gs IEC 62056-3-1 short readout
0.b.23.3.1.255 7 gs IEC 62056-3-1 long readout
0.b.23.3.2-9.255 7 gs IEC 62056-3-1 alternate readout profile
0.b.23.3.0-127.255 1 g IEC 62056-3-1 readout parametrisation
0.b.24.0.0.255 25 gs M-Bus slave port setup
0.b.24.1.0.255 72 gs M-Bus client
0.b.24.2.0-127.255 4 gs M-Bus value # E = 1 is customary for the first captured value
0.b.24.3.0-127.255 7 g M-Bus profile generic
0.b.24.4.0.255 70 gs M-Bus disconnect control
0.b.24.5.0.255 7 gs M-Bus control log
0.b.24.6.0.255 74 gs M-Bus master port setup
0.b.24.8.0-127.255 76 gs DLMS server M-Bus port setup
0.b.24.9.0-127.255 77 gs M-Bus diagnostic
0.b.25.0.0.255 41 gs TCP-UDP setup
0.b.25.1.0.255 42 gs IPv4 setup
0.b.25.2.0.255 43 gs MAC address setup
0.b.25.3.0.255 44 gs PPP setup
0.b.25.4.0.255 45 gs GPRS modem setup
0.b.25.5.0.255 46 gs SMTP setup
0.b.25.6.0.255 47 gs GSM diagnostic
0.b.25.7.0.255 48 gs IPv6 setup
0.b.25.9.0.255 40 gs Push setup
0.b.25.10.0.255 100 gs NTP setup
0.b.25.11.0.255 151 gs LTE monitoring
0.b.25.12.0.255 126 sr SCHC-LPWAN setup # DLMS SPODES lists D 12 to 15; the assignment to the classes is inferred
0.b.25.13.0.255 127 sr SCHC-LPWAN diagnostic # DLMS SPODES lists D 12 to 15; the assignment to the classes is inferred
0.b.25.14.0.255 128 sr LoRaWAN setup # DLMS SPODES lists D 12 to 15; the assignment to the classes is inferred
0.b.25.15.0.255 129 sr LoRaWAN diagnostic # DLMS SPODES lists D 12 to 15; the assignment to the classes is inferred
0.b.25.16.0.255 152 k CoAP setup
0.b.25.17.0.255 153 k CoAP diagnostic
0.b.26.0.0.255 50 gs S-FSK Phy&MAC set-up
0.b.26.1.0.255 51 gs S-FSK Active initiator
0.b.26.2.0.255 52 gs S-FSK MAC synchronization timeouts
0.b.26.3.0.255 53 gs S-FSK MAC counters
0.b.26.5.0.255 55 gs IEC 61334-4-32 LLC setup
0.b.26.6.0.255 56 gs S-FSK Reporting system list
0.b.27.0.0.255 57 gs ISO/IEC 8802-2 LLC Type 1 setup
0.b.27.1.0.255 58 gs ISO/IEC 8802-2 LLC Type 2 setup
0.b.27.2.0.255 59 gs ISO/IEC 8802-2 LLC Type 3 setup
0.b.28.0.0.255 80 gs 61334-4-32 LLC SSCS setup
0.b.28.1.0.255 81 gs PRIME physical layer counters
0.b.28.2.0.255 82 gs PRIME MAC setup
0.b.28.3.0.255 83 gs PRIME MAC functional parameters
0.b.28.4.0.255 84 gs PRIME MAC counters
0.b.28.5.0.255 85 gs PRIME MAC network administration data
0.b.28.6.0.255 43 gs PRIME MAC address setup
0.b.28.7.0.255 86 gs PRIME application identification
0.b.29.0.0.255 90 gs G3-PLC MAC layer counters
0.b.29.1.0.255 91 gs G3-PLC MAC setup
0.b.29.2.0.255 92 gs G3-PLC 6LoWPAN adaptation layer setup
0.b.30.0.0-127.255 101 gs ZigBee SAS startup
0.b.30.1.0-127.255 102 gs ZigBee SAS join
0.b.30.2.0-127.255 103 gs ZigBee SAS APS fragmentation
0.b.30.3.0-127.255 104 gs ZigBee network control
0.b.30.4.0-127.255 105 gs ZigBee tunnel setup
0.b.31.0.0.255 73 gs Wireless Mode Q channel
0.b.32.0.0.255 130 sk ISO/IEC 14908 identification
0.b.32.1.0.255 131 sk ISO/IEC 14908 protocol setup
0.b.32.2.0.255 132 sk ISO/IEC 14908 protocol status
0.b.32.3.0.255 133 sk ISO/IEC 14908 diagnostic
0.b.33.0.0.255 140 gs HS-PLC ISO/IEC 12139-1 MAC setup
0.b.33.1.0.255 141 gs HS-PLC ISO/IEC 12139-1 CPAS setup
0.b.33.2.0.255 142 gs HS-PLC ISO/IEC 12139-1 IP SSAS setup
0.b.33.3.0.255 143 gs HS-PLC ISO/IEC 12139-1 HDLC SSAS setup
0.b.34.0.0.255 95 sk Wi-SUN setup
0.b.34.1.0.255 96 sk Wi-SUN diagnostic
0.b.34.2.0.255 97 sk RPL diagnostic
0.b.34.3.0.255 98 sk MPL diagnostic
0.0.40.0.0.255 12,15 gsj Current association
0.0.40.0.1-127.255 12,15 gsj Association, instance E
0.0.41.0.0.255 17 gsj SAP assignment
0.0.42.0.0.255 1,3 gsj COSEM logical device name
0.0.43.0.0-127.255 64 gs Security setup, instance E
0.b.43.1.0-127.255 1,3,4 gs Invocation counter
0.b.43.2.0-127.255 30 gs Data protection
0.0.44.0.0-127.255 18 gsj Image transfer # some companion profiles allow B = channel; three sources fix B = 0
0.0.44.1.0-127.255 122 gs Function control
0.0.44.2.0-127.255 124 sk Communication port protection
0.b.65.0-15.0-127.255 26 gs Utility table: Standard tables, table number (D offset) * 128 + E
0.b.65.16-31.0-127.255 26 gs Utility table: Manufacturer tables, table number (D offset) * 128 + E
0.b.65.32-47.0-127.255 26 gs Utility table: Standard pending tables, table number (D offset) * 128 + E
0.b.65.48-63.0-127.255 26 gs Utility table: Manufacturer pending tables, table number (D offset) * 128 + E
0.b.66.0.0-127.255 62 gs Compact data
0.0.96.1.0.255 1,3,4 gsj Device ID 1, manufacturing number
0.b.96.1.1.255 1,3,4 gs Device ID 2
0.b.96.1.2.255 1,3,4 gs Device ID 3
0.b.96.1.3.255 1,3,4 gs Device ID 4
0.b.96.1.4.255 1,3,4 gs Device ID 5
0.b.96.1.5.255 1,3,4 gs Device ID 6
0.b.96.1.6.255 1,3,4 gs Device ID 7
0.b.96.1.7.255 1,3,4 gs Device ID 8
0.b.96.1.8.255 1,3,4 gs Device ID 9
0.b.96.1.9.255 1,3,4 gs Device ID 10
0.b.96.1.10.255 1,3,4 gs Metering point ID
0.b.96.1.255.255 7,61 gs Combined device ID
0.b.96.2.0.255 1,3,4 gs Number of configuration program changes
0.b.96.2.1.255 1,3,4 gs Date of last configuration program change
0.b.96.2.2.255 1,3,4 gs Date of last time switch program change
0.b.96.2.3.255 1,3,4 gs Date of last ripple control program change
0.b.96.2.4.255 1,3,4 gs Status of security switches
0.b.96.2.5.255 1,3,4 gs Date of last calibration
0.b.96.2.6.255 1,3,4 gs Date of next configuration program change
0.b.96.2.7.255 1,3,4 gs Date of activation of the passive calendar
0.b.96.2.10.255 1,3,4 gs Number of protected configuration program changes
0.b.96.2.11.255 1,3,4 gs Date of last protected configuration program change
0.b.96.2.12.255 1,3,4 gs Corrected date of last clock synchronisation or setting
0.b.96.2.13.255 1,3,4 gs Date of last firmware activation
0.b.96.3.0.255 1,3,4,7,61,63 gs Input/output control signal states, global
0.b.96.3.1.255 1,3,4,63 gs Input control signal states, status word 1
0.b.96.3.2.255 1,3,4,63 gs Output control signal states, status word 2
0.b.96.3.3.255 1,3,4,63 gs Input/output control signal states, status word 3
0.b.96.3.4.255 1,3,4,63 gs Input/output control signal states, status word 4
0.b.96.3.10.255 70 gs Disconnect control
0.b.96.3.20-29.255 68 gs Arbitrator
0.b.96.4.0.255 1,3,4,7,61,63 gs Internal control signal states, global
0.b.96.4.1.255 1,3,4,63 gs Internal control signal states, status word 1
0.b.96.4.2.255 1,3,4,63 gs Internal control signal states, status word 2
0.b.96.4.3.255 1,3,4,63 gs Internal control signal states, status word 3
0.b.96.4.4.255 1,3,4,63 gs Internal control signal states, status word 4
0.b.96.5.0.255 1,3,4,7,61,63 gs Internal operating status, global
0.b.96.5.1.255 1,3,4,63 gs Internal operating status, status word 1
0.b.96.5.2.255 1,3,4,63 gs Internal operating status, status word 2
0.b.96.5.3.255 1,3,4,63 gs Internal operating status, status word 3
0.b.96.5.4.255 1,3,4,63 gs Internal operating status, status word 4
0.b.96.6.0.255 1,3,4 gs Battery use time counter
0.b.96.6.1.255 1,3,4 gs Battery charge display
0.b.96.6.2.255 1,3,4 gs Date of next battery change
0.b.96.6.3.255 1,3,4 gs Battery voltage
0.b.96.6.4.255 1,3,4 gs Battery initial capacity
0.b.96.6.5.255 1,3,4 gs Battery installation date and time
0.b.96.6.6.255 1,3,4 gs Battery estimated remaining use time
0.b.96.6.10.255 1,3,4 g Auxiliary supply use time counter
0.b.96.6.11.255 1,3,4 g Auxiliary voltage, measured
0.0.96.7.0.255 1,3,4 gs Number of power failures, all three phases
0.0.96.7.1.255 1,3,4 gs Number of power failures, L1
0.0.96.7.2.255 1,3,4 gs Number of power failures, L2
0.0.96.7.3.255 1,3,4 gs Number of power failures, L3
0.0.96.7.4.255 1,3,4 gs Number of power failures, auxiliary supply
0.0.96.7.21.255 1,3,4 gs Number of power failures, any phase
0.0.96.7.5.255 1,3,4 gs Number of long power failures, all three phases
0.0.96.7.6.255 1,3,4 gs Number of long power failures, L1
0.0.96.7.7.255 1,3,4 gs Number of long power failures, L2
0.0.96.7.8.255 1,3,4 gs Number of long power failures, L3
0.0.96.7.9.255 1,3,4 gs Number of long power failures, any phase
0.0.96.7.10.255 1,3,4 gs Time of power failure, all three phases
0.0.96.7.11.255 1,3,4 gs Time of power failure, L1
0.0.96.7.12.255 1,3,4 gs Time of power failure, L2
0.0.96.7.13.255 1,3,4 gs Time of power failure, L3
0.0.96.7.14.255 1,3,4 gs Time of power failure, any phase
0.0.96.7.15.255 1,3,4 gs Duration of last long power failure, all three phases
0.0.96.7.16.255 1,3,4 gs Duration of last long power failure, L1
0.0.96.7.17.255 1,3,4 gs Duration of last long power failure, L2
0.0.96.7.18.255 1,3,4 gs Duration of last long power failure, L3
0.0.96.7.19.255 1,3,4 gs Duration of last long power failure, any phase
0.0.96.7.20.255 1,3,4 gs Time threshold for long power failure
0.b.96.8.0.255 1,3,4 gs Time of operation, total
0.b.96.8.1-63.255 1,3,4 gs Time of operation, rate E
0.b.96.9.0.255 3,4 gs Ambient temperature
0.b.96.9.1.255 3,4 gs Ambient pressure
0.b.96.9.2.255 3,4 gs Relative humidity
0.b.96.10.1.255 1,3,4,63 gs Status register 1
0.b.96.10.2.255 1,3,4,63 gs Status register 2
0.b.96.10.3.255 1,3,4,63 gs Status register 3
0.b.96.10.4.255 1,3,4,63 gs Status register 4
0.b.96.10.5.255 1,3,4,63 gs Status register 5
0.b.96.10.6.255 1,3,4,63 gs Status register 6
0.b.96.10.7.255 1,3,4,63 gs Status register 7
0.b.96.10.8.255 1,3,4,63 gs Status register 8
0.b.96.10.9.255 1,3,4,63 gs Status register 9
0.b.96.10.10.255 1,3,4,63 gs Status register 10
0.b.96.11.0-99.255 1,3,4 gs Event code of event log E
0.b.96.12.1.255 1,3,4 gs Communication port: number of connections
0.b.96.12.4.255 1,3,4 gs Communication port: parameter 1
0.b.96.12.5.255 1,3,4 gs Communication port: GSM field strength
0.b.96.12.6.255 1,3,4 gs Communication port: telephone number or communication address of the physical device
0.b.96.12.0.255 1,3,4 sr Communication port parameter, reserved 0
0.b.96.12.2.255 1,3,4 sr Communication port parameter, reserved 2
0.b.96.12.3.255 1,3,4 sr Communication port parameter, reserved 3
0.b.96.13.0.255 1,3,4 gs Consumer message via local consumer information port
0.b.96.13.1.255 1,3,4 gs Consumer message via meter display and/or consumer information port
0.b.96.14.0-15.255 1,3,4 gs Currently active tariff
0.b.96.15.0-99.255 1,3,4 gs Event counter
0.b.96.16.0-9.255 1,3,4 gs Profile entry digital signature
0.b.96.17.0-127.255 1,3,4 s Profile entry counter
0.b.96.20.0.255 1,3,4 gs Meter open event counter
0.b.96.20.1.255 1,3,4 gs Meter open current event, time stamp
0.b.96.20.2.255 1,3,4 gs Meter open current event, duration
0.b.96.20.3.255 1,3,4 gs Meter open events, cumulative duration
0.b.96.20.5.255 1,3,4 gs Terminal cover open event counter
0.b.96.20.6.255 1,3,4 gs Terminal cover open current event, time stamp
0.b.96.20.7.255 1,3,4 gs Terminal cover open current event, duration
0.b.96.20.8.255 1,3,4 gs Terminal cover open events, cumulative duration
0.b.96.20.10.255 1,3,4 gs Tilt event counter
0.b.96.20.11.255 1,3,4 gs Tilt current event, time stamp
0.b.96.20.12.255 1,3,4 gs Tilt current event, duration
0.b.96.20.13.255 1,3,4 gs Tilt events, cumulative duration
0.b.96.20.15.255 1,3,4 gs Strong DC magnetic field event counter
0.b.96.20.16.255 1,3,4 gs Strong DC magnetic field current event, time stamp
0.b.96.20.17.255 1,3,4 gs Strong DC magnetic field current event, duration
0.b.96.20.18.255 1,3,4 gs Strong DC magnetic field events, cumulative duration
0.b.96.20.20.255 1,3,4 gs Supply control switch or valve tamper event counter
0.b.96.20.21.255 1,3,4 gs Supply control switch or valve tamper current event, time stamp
0.b.96.20.22.255 1,3,4 gs Supply control switch or valve tamper current event, duration
0.b.96.20.23.255 1,3,4 gs Supply control switch or valve tamper events, cumulative duration
0.b.96.20.25.255 1,3,4 gs Metrology tamper event counter
0.b.96.20.26.255 1,3,4 gs Metrology tamper current event, time stamp
0.b.96.20.27.255 1,3,4 gs Metrology tamper current event, duration
0.b.96.20.28.255 1,3,4 gs Metrology tamper events, cumulative duration
0.b.96.20.30.255 1,3,4 gs Communication tamper event counter
0.b.96.20.31.255 1,3,4 gs Communication tamper current event, time stamp
0.b.96.20.32.255 1,3,4 gs Communication tamper current event, duration
0.b.96.20.33.255 1,3,4 gs Communication tamper events, cumulative duration
0.b.96.50-99.0-255.0-255 1,3,4,7,61,63 gs Manufacturer specific abstract object
0.b.97.97.0.255 1,3,4 gs Error register 1
0.b.97.97.1.255 1,3,4 gs Error register 2
0.b.97.97.2.255 1,3,4 gs Error register 3
0.b.97.97.3.255 1,3,4 gs Error register 4
0.b.97.97.4.255 1,3,4 gs Error register 5
0.b.97.97.5.255 1,3,4 gs Error register 6
0.b.97.97.6.255 1,3,4 gs Error register 7
0.b.97.97.7.255 1,3,4 gs Error register 8
0.b.97.97.8.255 1,3,4 gs Error register 9
0.b.97.97.9.255 1,3,4 gs Error register 10
0.b.97.97.255.255 7,61 gs Error profile
0.0.97.98.0.255 1,3,4 gs Alarm register 1
0.b.97.98.1-9.255 1,3,4 gs Alarm register 2 to 10
0.b.97.98.10-19.255 1,3,4 gs Alarm filter
0.b.97.98.20-29.255 1,3,4 gs Alarm descriptor
0.b.97.98.255.255 7,61 gs Alarm register profile
0.b.98.1.0-127,255.255 7 gs Data of billing period, scheme 1
0.b.98.2.0-127,255.255 7 gs Data of billing period, scheme 2
0.b.98.10.0-127.255 61 gs Register table, general use
0.b.99.1.0-127.255 7 gs Load profile with recording period 1
0.b.99.2.0-127.255 7 gs Load profile with recording period 2
0.b.99.12.0-127.255 7 gs Connection profile
0.b.99.13.0-127.255 7 gs GSM diagnostic profile
0.b.99.14.0-127.255 7 gs Charge collection history
0.b.99.15.0-127.255 7 gs Token credit history
0.b.99.16.0-127.255 7 gs Parameter monitor log
0.b.99.17.0-127.255 7 gs Token transfer log
0.b.99.18.0-127.255 7 gs LTE monitoring profile
0.b.99.98.0-127.255 7 gs Event log
0.b.99.3.0.255 7 gs Load profile during test
0.0.99.98.0.255 7 gr Standard event log (companion profile convention) # only the event log range is standard; the meaning of E is a common companion profile choice
0.0.99.98.1.255 7 gr Fraud detection log (companion profile convention) # only the event log range is standard; the meaning of E is a common companion profile choice
0.0.99.98.2.255 7 gr Disconnector control log (companion profile convention) # only the event log range is standard; the meaning of E is a common companion profile choice
0.0.99.98.3.255 7 gr M-Bus event log (companion profile convention) # only the event log range is standard; the meaning of E is a common companion profile choice
0.0.99.98.4.255 7 gr Power quality log (companion profile convention) # only the event log range is standard; the meaning of E is a common companion profile choice
0.0.99.98.5.255 7 gr Communication log (companion profile convention) # only the event log range is standard; the meaning of E is a common companion profile choice
0.0.21.0.5.255 7 r Instantaneous values profile (companion profile convention)
0.0.94.91.0.255 1,3,4,7 g Country specific object, India
0.b.127.0-255.0-255.0-255 1,3,4,7 gs Inactive object
1.b.0.0.0.255 1,3,4 gs Electricity ID 1
1.b.0.0.1.255 1,3,4 gs Electricity ID 2
1.b.0.0.2.255 1,3,4 gs Electricity ID 3
1.b.0.0.3.255 1,3,4 gs Electricity ID 4
1.b.0.0.4.255 1,3,4 gs Electricity ID 5
1.b.0.0.5.255 1,3,4 gs Electricity ID 6
1.b.0.0.6.255 1,3,4 gs Electricity ID 7
1.b.0.0.7.255 1,3,4 gs Electricity ID 8
1.b.0.0.8.255 1,3,4 gs Electricity ID 9
1.b.0.0.9.255 1,3,4 gs Electricity ID 10
1.b.0.0.255.255 7,61 gs Combined electricity ID
1.b.0.1.0.255 1,3,4 gs Electricity billing period counter, scheme 1
1.b.0.1.1.255 1,3,4 gs Electricity number of available billing periods, scheme 1
1.b.0.1.2.255 1,3,4 gs Electricity time stamp of the last closed billing period, scheme 1
1.b.0.1.3.255 1,3,4 gs Electricity billing period counter, scheme 2
1.b.0.1.4.255 1,3,4 gs Electricity number of available billing periods, scheme 2
1.b.0.1.5.255 1,3,4 gs Electricity time stamp of the last closed billing period, scheme 2
1.0.0.2.0.255 1,3,4 gs Active firmware identifier
1.b.0.2.1.255 1,3,4 gs Parameter record number
1.b.0.2.2.255 1,3,4 gs Time switch program number
1.b.0.2.3.255 1,3,4 gs Ripple control receiver program number
1.b.0.2.4.255 1,3,4 gs Meter connection diagram ID
1.b.0.2.7.255 1,3,4 gs Passive calendar name
1.b.0.2.8.255 1,3,4 gs Active firmware signature
1.b.0.2.1.1 1,3,4 g Parameter record number, line 1
1.b.0.3.0.255 1,3,4 gs Meter constant: Active energy, metrological LED
1.b.0.3.1.255 1,3,4 gs Meter constant: Reactive energy, metrological LED
1.b.0.3.2.255 1,3,4 gs Meter constant: Apparent energy, metrological LED
1.b.0.3.3.255 1,3,4 gs Meter constant: Active energy, output pulse
1.b.0.3.4.255 1,3,4 gs Meter constant: Reactive energy, output pulse
1.b.0.3.5.255 1,3,4 gs Meter constant: Apparent energy, output pulse
1.b.0.3.6.255 1,3,4 gs Meter constant: Volt-squared hours, metrological LED
1.b.0.3.7.255 1,3,4 gs Meter constant: Ampere-squared hours, metrological LED
1.b.0.3.8.255 1,3,4 gs Meter constant: Volt-squared hours, output pulse
1.b.0.3.9.255 1,3,4 gs Meter constant: Ampere-squared hours, output pulse
1.b.0.4.0.255 1,3,4 gs Reading factor for power
1.b.0.4.1.255 1,3,4 gs Reading factor for energy
1.b.0.4.2.255 1,3,4 gs Current transformer ratio, numerator
1.b.0.4.3.255 1,3,4 gs Voltage transformer ratio, numerator
1.b.0.4.4.255 1,3,4 gs Overall transformer ratio, numerator
1.b.0.4.5.255 1,3,4 gs Current transformer ratio, denominator
1.b.0.4.6.255 1,3,4 gs Voltage transformer ratio, denominator
1.b.0.4.7.255 1,3,4 gs Overall transformer ratio, denominator
1.b.0.5.1.1-4 3,4 g Demand limit F
1.b.0.5.2.1-9 3,4 g Demand limit, rate F
1.b.0.6.0.255 3,4 gs Nominal voltage
1.b.0.6.1.255 3,4 gs Basic or nominal current
1.b.0.6.2.255 3,4 gs Nominal frequency
1.b.0.6.3.255 3,4 gs Maximum current
1.b.0.6.4.255 3,4 gs Reference voltage for power quality measurement
1.b.0.6.5.255 3,4 gs Reference voltage of auxiliary power supply
1.b.0.7.0.255 3,4 gs Input pulse value or constant: active energy
1.b.0.7.1.255 3,4 gs Input pulse value or constant: reactive energy
1.b.0.7.2.255 3,4 gs Input pulse value or constant: apparent energy
1.b.0.7.3.255 3,4 gs Input pulse value or constant: volt-squared hours
1.b.0.7.4.255 3,4 gs Input pulse value or constant: ampere-squared hours
1.b.0.7.5.255 1,4 gs Input pulse value or constant: unitless quantities
1.b.0.7.10.255 3,4 gs Input pulse value or constant: active energy, export
1.b.0.7.11.255 3,4 gs Input pulse value or constant: reactive energy, export
1.b.0.7.12.255 3,4 gs Input pulse value or constant: apparent energy, export
1.b.0.8.0.255 1,3,4 gs Measurement period 1, averaging scheme 1
1.b.0.8.1.255 1,3,4 gs Measurement period 2, averaging scheme 2
1.b.0.8.2.255 1,3,4 gs Measurement period 3, instantaneous value
1.b.0.8.3.255 1,3,4 gs Measurement period 4, test value
1.b.0.8.4.255 1,3,4 gs Recording interval 1, load profile
1.b.0.8.5.255 1,3,4 gs Recording interval 2, load profile
1.b.0.8.6.255 1,3,4 gs Billing period 1
1.b.0.8.7.255 1,3,4 gs Billing period 2
1.b.0.8.8.255 1,3,4 gs Measurement period 4, harmonics
1.b.0.9.0.255 1,3,4 gs Time expired since last end of billing period, scheme 1
1.b.0.9.1.255 1,3,4 gs Local time
1.b.0.9.2.255 1,3,4 gs Local date
1.b.0.9.5.255 1,3,4 gs Week day
1.b.0.9.6.255 1,3,4 gs Time of last reset, scheme 1
1.b.0.9.7.255 1,3,4 gs Date of last reset, scheme 1
1.b.0.9.8.255 1,3,4 gs Output pulse duration
1.b.0.9.9.255 1,3,4 gs Clock synchronisation window
1.b.0.9.10.255 1,3,4 gs Clock synchronisation method
1.b.0.9.11.255 1,3,4 gs Clock time shift limit
1.b.0.9.12.255 1,3,4 gs Billing period reset lockout time, scheme 1
1.b.0.9.13.255 1,3,4 gs Time expired since last end of billing period, scheme 2
1.b.0.9.14.255 1,3,4 gs Time of last reset, scheme 2
1.b.0.9.15.255 1,3,4 gs Date of last reset, scheme 2
1.b.0.9.16.255 1,3,4 gs Billing period reset lockout time, scheme 2
1.b.0.10.0.255 3,4 gs Transformer magnetic losses Xm
1.b.0.10.1.255 3,4 gs Transformer iron losses RFe
1.b.0.10.2.255 3,4 gs Line resistance losses RCu
1.b.0.10.3.255 3,4 gs Line reactance losses Xs
1.b.0.11.1.255 1,3 gs Measurement algorithm: Active power
1.b.0.11.2.255 1,3 gs Measurement algorithm: Active energy
1.b.0.11.3.255 1,3 gs Measurement algorithm: Reactive power
1.b.0.11.4.255 1,3 gs Measurement algorithm: Reactive energy
1.b.0.11.5.255 1,3 gs Measurement algorithm: Apparent power
1.b.0.11.6.255 1,3 gs Measurement algorithm: Apparent energy
1.b.0.11.7.255 1,3 gs Measurement algorithm: Power factor
1.b.96.1.0.255 1,3 gs Electricity metering point ID 1
1.b.96.1.1.255 1,3 gs Electricity metering point ID 2
1.b.96.1.2.255 1,3 gs Electricity metering point ID 3
1.b.96.1.3.255 1,3 gs Electricity metering point ID 4
1.b.96.1.4.255 1,3 gs Electricity metering point ID 5
1.b.96.1.5.255 1,3 gs Electricity metering point ID 6
1.b.96.1.6.255 1,3 gs Electricity metering point ID 7
1.b.96.1.7.255 1,3 gs Electricity metering point ID 8
1.b.96.1.8.255 1,3 gs Electricity metering point ID 9
1.b.96.1.9.255 1,3 gs Electricity metering point ID 10
1.b.96.5.5.255 1,3,4 gs Meter started status flag
1.b.96.10.0.255 1,3,4 gs Status information: missing voltage
1.b.96.10.1.255 1,3,4 gs Status information: missing current
1.b.96.10.2.255 1,3,4 gs Status information: current without voltage
1.b.96.10.3.255 1,3,4 gs Status information: auxiliary power supply
1.0.98.1.0.255 7 gs Electricity data of billing period, scheme 1
1.b.98.2.0-127.255 7 gs Electricity data of billing period, scheme 2
1.b.98.10.0-127.255 61 gs Electricity register table
1.0.99.1.0.255 7 gr Electricity load profile with recording period 1
1.0.99.2.0.255 7 gr Electricity load profile with recording period 2
1.b.99.1.0-127.255 7 g Electricity load profile with recording period 1, instance E
1.b.99.2.0-127.255 7 g Electricity load profile with recording period 2, instance E
1.b.99.3.0.255 7 g Electricity load profile during test
1.b.99.10.1.255 7 g Dips voltage profile
1.b.99.10.2.255 7 g Swells voltage profile
1.b.99.10.3.255 7 g Cuts voltage profile
1.b.99.11.1-120,124-127.255 7 g Voltage harmonic profile E
1.b.99.12.1-120,124-127.255 7 g Current harmonic profile E
1.b.99.13.0.255 7 g Voltage unbalance profile
1.b.99.14.0-127.255 7 g Power quality profile
1.0.99.97.0.255 7 g Power failure event log
1.b.99.98.0-127.255 7 g Electricity event log
1.b.99.99.0-127.255 7 g Certification data log
1.0.1.8.0.255 3,4 gs Active import (+A, QI+QIV) energy, total
1.0.1.8.1-63.255 3,4 gs Active import (+A, QI+QIV) energy, rate E
1.0.1.7.0.255 3,4 gs Active import (+A, QI+QIV) instantaneous power
1.0.2.8.0.255 3,4 gs Active export (-A, QII+QIII) energy, total
1.0.2.8.1-63.255 3,4 gs Active export (-A, QII+QIII) energy, rate E
1.0.2.7.0.255 3,4 gs Active export (-A, QII+QIII) instantaneous power
1.0.3.8.0.255 3,4 gs Reactive import (+R, QI+QII) energy, total
1.0.3.8.1-63.255 3,4 gs Reactive import (+R, QI+QII) energy, rate E
1.0.3.7.0.255 3,4 gs Reactive import (+R, QI+QII) instantaneous power
1.0.4.8.0.255 3,4 gs Reactive export (-R, QIII+QIV) energy, total
1.0.4.8.1-63.255 3,4 gs Reactive export (-R, QIII+QIV) energy, rate E
1.0.4.7.0.255 3,4 gs Reactive export (-R, QIII+QIV) instantaneous power
1.0.5.8.0.255 3,4 gs Reactive QI energy, total
1.0.5.8.1-63.255 3,4 gs Reactive QI energy, rate E
1.0.5.7.0.255 3,4 gs Reactive QI instantaneous power
1.0.6.8.0.255 3,4 gs Reactive QII energy, total
1.0.6.8.1-63.255 3,4 gs Reactive QII energy, rate E
1.0.6.7.0.255 3,4 gs Reactive QII instantaneous power
1.0.7.8.0.255 3,4 gs Reactive QIII energy, total
1.0.7.8.1-63.255 3,4 gs Reactive QIII energy, rate E
1.0.7.7.0.255 3,4 gs Reactive QIII instantaneous power
1.0.8.8.0.255 3,4 gs Reactive QIV energy, total
1.0.8.8.1-63.255 3,4 gs Reactive QIV energy, rate E
1.0.8.7.0.255 3,4 gs Reactive QIV instantaneous power
1.0.9.8.0.255 3,4 gs Apparent import (QI+QIV) energy, total
1.0.9.8.1-63.255 3,4 gs Apparent import (QI+QIV) energy, rate E
1.0.9.7.0.255 3,4 gs Apparent import (QI+QIV) instantaneous power
1.0.10.8.0.255 3,4 gs Apparent export (QII+QIII) energy, total
1.0.10.8.1-63.255 3,4 gs Apparent export (QII+QIII) energy, rate E
1.0.10.7.0.255 3,4 gs Apparent export (QII+QIII) instantaneous power
1.0.1.4.0.255 3,4,5 gs Active import (+A, QI+QIV) demand, current average 1
1.0.1.5.0.255 3,4,5 gs Active import (+A, QI+QIV) demand, last average 1
1.0.1.6.0.255 3,4 gs Active import (+A, QI+QIV) maximum demand 1
1.0.1.6.1-63.255 3,4 gs Active import (+A, QI+QIV) maximum demand 1, rate E
1.0.1.2.0.255 3,4 gs Active import (+A, QI+QIV) cumulative maximum demand 1
1.0.1.29.0.255 3,4 g Active import (+A, QI+QIV) energy over the recording interval (time integral 5)
1.0.2.4.0.255 3,4,5 gs Active export (-A, QII+QIII) demand, current average 1
1.0.2.5.0.255 3,4,5 gs Active export (-A, QII+QIII) demand, last average 1
1.0.2.6.0.255 3,4 gs Active export (-A, QII+QIII) maximum demand 1
1.0.2.6.1-63.255 3,4 gs Active export (-A, QII+QIII) maximum demand 1, rate E
1.0.2.2.0.255 3,4 gs Active export (-A, QII+QIII) cumulative maximum demand 1
1.0.2.29.0.255 3,4 g Active export (-A, QII+QIII) energy over the recording interval (time integral 5)
1.0.3.4.0.255 3,4,5 gs Reactive import (+R, QI+QII) demand, current average 1
1.0.3.5.0.255 3,4,5 gs Reactive import (+R, QI+QII) demand, last average 1
1.0.3.6.0.255 3,4 gs Reactive import (+R, QI+QII) maximum demand 1
1.0.3.6.1-63.255 3,4 gs Reactive import (+R, QI+QII) maximum demand 1, rate E
1.0.3.2.0.255 3,4 gs Reactive import (+R, QI+QII) cumulative maximum demand 1
1.0.3.29.0.255 3,4 g Reactive import (+R, QI+QII) energy over the recording interval (time integral 5)
1.0.4.4.0.255 3,4,5 gs Reactive export (-R, QIII+QIV) demand, current average 1
1.0.4.5.0.255 3,4,5 gs Reactive export (-R, QIII+QIV) demand, last average 1
1.0.4.6.0.255 3,4 gs Reactive export (-R, QIII+QIV) maximum demand 1
1.0.4.6.1-63.255 3,4 gs Reactive export (-R, QIII+QIV) maximum demand 1, rate E
1.0.4.2.0.255 3,4 gs Reactive export (-R, QIII+QIV) cumulative maximum demand 1
1.0.4.29.0.255 3,4 g Reactive export (-R, QIII+QIV) energy over the recording interval (time integral 5)
1.0.9.4.0.255 3,4,5 gs Apparent import (QI+QIV) demand, current average 1
1.0.9.5.0.255 3,4,5 gs Apparent import (QI+QIV) demand, last average 1
1.0.9.6.0.255 3,4 gs Apparent import (QI+QIV) maximum demand 1
1.0.9.6.1-63.255 3,4 gs Apparent import (QI+QIV) maximum demand 1, rate E
1.0.9.2.0.255 3,4 gs Apparent import (QI+QIV) cumulative maximum demand 1
1.0.9.29.0.255 3,4 g Apparent import (QI+QIV) energy over the recording interval (time integral 5)
1.0.10.4.0.255 3,4,5 gs Apparent export (QII+QIII) demand, current average 1
1.0.10.5.0.255 3,4,5 gs Apparent export (QII+QIII) demand, last average 1
1.0.10.6.0.255 3,4 gs Apparent export (QII+QIII) maximum demand 1
1.0.10.6.1-63.255 3,4 gs Apparent export (QII+QIII) maximum demand 1, rate E
1.0.10.2.0.255 3,4 gs Apparent export (QII+QIII) cumulative maximum demand 1
1.0.10.29.0.255 3,4 g Apparent export (QII+QIII) energy over the recording interval (time integral 5)
1.0.15.8.0.255 3,4 gs Active energy, absolute sum |+A|+|-A|, total
1.0.15.7.0.255 3,4 gs Active power, absolute sum, instantaneous
1.0.16.7.0.255 3,4 gs Active power, difference +A - -A, instantaneous
1.0.16.8.0.255 3,4 gs Active energy, difference +A - -A, total
1.0.32.7.0.255 3,4 gs Voltage L1, instantaneous
1.0.31.7.0.255 3,4 gs Current L1, instantaneous
1.0.21.7.0.255 3,4 gs Active power import L1, instantaneous
1.0.22.7.0.255 3,4 gs Active power export L1, instantaneous
1.0.23.7.0.255 3,4 gs Reactive power import L1, instantaneous
1.0.24.7.0.255 3,4 gs Reactive power export L1, instantaneous
1.0.33.7.0.255 3,4 gs Power factor L1, instantaneous
1.0.21.8.0.255 3,4 gs Active energy import L1, total
1.0.22.8.0.255 3,4 gs Active energy export L1, total
1.0.29.7.0.255 3,4 gs Apparent power import L1, instantaneous
1.0.32.24.0.255 3,4,5 g Voltage L1, average 3
1.0.32.32.0.255 1,3 gs Voltage L1, under limit (sag) occurrence counter
1.0.32.36.0.255 1,3 gs Voltage L1, over limit (swell) occurrence counter
1.0.32.7.124.255 3,4 g Voltage L1, total harmonic distortion
1.0.31.7.124.255 3,4 g Current L1, total harmonic distortion
1.0.52.7.0.255 3,4 gs Voltage L2, instantaneous
1.0.51.7.0.255 3,4 gs Current L2, instantaneous
1.0.41.7.0.255 3,4 gs Active power import L2, instantaneous
1.0.42.7.0.255 3,4 gs Active power export L2, instantaneous
1.0.43.7.0.255 3,4 gs Reactive power import L2, instantaneous
1.0.44.7.0.255 3,4 gs Reactive power export L2, instantaneous
1.0.53.7.0.255 3,4 gs Power factor L2, instantaneous
1.0.41.8.0.255 3,4 gs Active energy import L2, total
1.0.42.8.0.255 3,4 gs Active energy export L2, total
1.0.49.7.0.255 3,4 gs Apparent power import L2, instantaneous
1.0.52.24.0.255 3,4,5 g Voltage L2, average 3
1.0.52.32.0.255 1,3 gs Voltage L2, under limit (sag) occurrence counter
1.0.52.36.0.255 1,3 gs Voltage L2, over limit (swell) occurrence counter
1.0.52.7.124.255 3,4 g Voltage L2, total harmonic distortion
1.0.51.7.124.255 3,4 g Current L2, total harmonic distortion
1.0.72.7.0.255 3,4 gs Voltage L3, instantaneous
1.0.71.7.0.255 3,4 gs Current L3, instantaneous
1.0.61.7.0.255 3,4 gs Active power import L3, instantaneous
1.0.62.7.0.255 3,4 gs Active power export L3, instantaneous
1.0.63.7.0.255 3,4 gs Reactive power import L3, instantaneous
1.0.64.7.0.255 3,4 gs Reactive power export L3, instantaneous
1.0.73.7.0.255 3,4 gs Power factor L3, instantaneous
1.0.61.8.0.255 3,4 gs Active energy import L3, total
1.0.62.8.0.255 3,4 gs Active energy export L3, total
1.0.69.7.0.255 3,4 gs Apparent power import L3, instantaneous
1.0.72.24.0.255 3,4,5 g Voltage L3, average 3
1.0.72.32.0.255 1,3 gs Voltage L3, under limit (sag) occurrence counter
1.0.72.36.0.255 1,3 gs Voltage L3, over limit (swell) occurrence counter
1.0.72.7.124.255 3,4 g Voltage L3, total harmonic distortion
1.0.71.7.124.255 3,4 g Current L3, total harmonic distortion
1.0.11.7.0.255 3,4 gs Current, any phase, instantaneous
1.0.12.7.0.255 3,4 gs Voltage, any phase, instantaneous
1.0.13.7.0.255 3,4 gs Power factor, total, instantaneous
1.0.14.7.0.255 3,4 gs Supply frequency, instantaneous
1.0.90.7.0.255 3,4 g Current, sum of all phases, instantaneous
1.0.91.7.0.255 3,4 g Neutral current, instantaneous
1.0.92.7.0.255 3,4 g Neutral voltage, instantaneous
1.0.12.31.0.255 3,4 gs Threshold for voltage sag
1.0.12.35.0.255 3,4 gs Threshold for voltage swell
1.0.12.39.0.255 3,4 gs Threshold for missing voltage
1.0.12.43.0.255 3,4 gs Time threshold for voltage sag
1.0.12.44.0.255 3,4 gs Time threshold for voltage swell
1.0.12.45.0.255 3,4 gs Time threshold for missing voltage
1.b.81.7.1.255 3 g Phase angle of U(L2) against U(L1)
1.b.81.7.2.255 3 g Phase angle of U(L3) against U(L1)
1.b.81.7.4.255 3 g Phase angle of I(L1) against U(L1)
1.b.81.7.5.255 3 g Phase angle of I(L2) against U(L1)
1.b.81.7.6.255 3 g Phase angle of I(L3) against U(L1)
1.b.81.7.7.255 3 g Phase angle of I(L0) against U(L1)
1.b.81.7.10.255 3 g Phase angle of U(L1) against U(L2)
1.b.81.7.12.255 3 g Phase angle of U(L3) against U(L2)
1.b.81.7.14.255 3 g Phase angle of I(L1) against U(L2)
1.b.81.7.15.255 3 g Phase angle of I(L2) against U(L2)
1.b.81.7.16.255 3 g Phase angle of I(L3) against U(L2)
1.b.81.7.17.255 3 g Phase angle of I(L0) against U(L2)
1.b.81.7.20.255 3 g Phase angle of U(L1) against U(L3)
1.b.81.7.21.255 3 g Phase angle of U(L2) against U(L3)
1.b.81.7.24.255 3 g Phase angle of I(L1) against U(L3)
1.b.81.7.25.255 3 g Phase angle of I(L2) against U(L3)
1.b.81.7.26.255 3 g Phase angle of I(L3) against U(L3)
1.b.81.7.27.255 3 g Phase angle of I(L0) against U(L3)
1.b.81.7.40.255 3 g Phase angle of U(L1) against I(L1)
1.b.81.7.41.255 3 g Phase angle of U(L2) against I(L1)
1.b.81.7.42.255 3 g Phase angle of U(L3) against I(L1)
1.b.81.7.45.255 3 g Phase angle of I(L2) against I(L1)
1.b.81.7.46.255 3 g Phase angle of I(L3) against I(L1)
1.b.81.7.47.255 3 g Phase angle of I(L0) against I(L1)
1.b.81.7.50.255 3 g Phase angle of U(L1) against I(L2)
1.b.81.7.51.255 3 g Phase angle of U(L2) against I(L2)
1.b.81.7.52.255 3 g Phase angle of U(L3) against I(L2)
1.b.81.7.54.255 3 g Phase angle of I(L1) against I(L2)
1.b.81.7.56.255 3 g Phase angle of I(L3) against I(L2)
1.b.81.7.57.255 3 g Phase angle of I(L0) against I(L2)
1.b.81.7.60.255 3 g Phase angle of U(L1) against I(L3)
1.b.81.7.61.255 3 g Phase angle of U(L2) against I(L3)
1.b.81.7.62.255 3 g Phase angle of U(L3) against I(L3)
1.b.81.7.64.255 3 g Phase angle of I(L1) against I(L3)
1.b.81.7.65.255 3 g Phase angle of I(L2) against I(L3)
1.b.81.7.67.255 3 g Phase angle of I(L0) against I(L3)
1.b.81.7.70.255 3 g Phase angle of U(L1) against I(L0)
1.b.81.7.71.255 3 g Phase angle of U(L2) against I(L0)
1.b.81.7.72.255 3 g Phase angle of U(L3) against I(L0)
1.b.81.7.74.255 3 g Phase angle of I(L1) against I(L0)
1.b.81.7.75.255 3 g Phase angle of I(L2) against I(L0)
1.b.81.7.76.255 3 g Phase angle of I(L3) against I(L0)
7.b.0.0.0.255 1,3,4 gs Gas ID 1
7.b.0.0.1.255 1,3,4 gs Gas ID 2
7.b.0.0.2.255 1,3,4 gs Gas ID 3
7.b.0.0.3.255 1,3,4 gs Gas ID 4
7.b.0.0.4.255 1,3,4 gs Gas ID 5
7.b.0.0.5.255 1,3,4 gs Gas ID 6
7.b.0.0.6.255 1,3,4 gs Gas ID 7
7.b.0.0.7.255 1,3,4 gs Gas ID 8
7.b.0.0.8.255 1,3,4 gs Gas ID 9
7.b.0.0.9.255 1,3,4 gs Gas ID 10
7.b.0.2.0.255 1,3,4 gs Gas: Program version
7.b.0.2.1.255 1,3,4 gs Gas: Firmware version
7.b.0.2.2.255 1,3,4 gs Gas: Software version
7.b.0.2.3.255 1,3,4 gs Gas: Device version
7.b.0.2.8.255 1,3,4 gs Gas: Active firmware signature
7.b.0.2.10.255 1,3,4 gs Gas: Number of device channels
7.b.0.2.11.255 1,3,4 gs Gas: Pressure sensor serial number
7.b.0.2.12.255 1,3,4 gs Gas: Temperature sensor serial number
7.b.0.2.13.255 1,3,4 gs Gas: Calculator serial number
7.b.0.2.14.255 1,3,4 gs Gas: Volume sensor serial number
7.b.0.2.15.255 1,3,4 gs Gas: Density sensor serial number
7.b.0.2.16.255 1,3,4 gs Gas: Sensor serial number, any medium
7.b.0.2.17.255 1,3,4 gs Gas: Digital output configuration
7.b.0.2.18.255 1,3,4 gs Gas: Analogue output configuration
7.b.0.3.0.255 3,4 gs Gas output pulse constant: volume forward, metering conditions
7.b.0.7.0.255 3,4 gs Gas input pulse constant: volume forward, metering conditions
7.b.0.3.1.255 3,4 gs Gas output pulse constant: volume reverse, metering conditions
7.b.0.7.1.255 3,4 gs Gas input pulse constant: volume reverse, metering conditions
7.b.0.3.2.255 3,4 gs Gas output pulse constant: volume absolute, metering conditions
7.b.0.7.2.255 3,4 gs Gas input pulse constant: volume absolute, metering conditions
7.b.0.3.3.255 3,4 gs Gas output pulse constant: volume forward, base conditions
7.b.0.7.3.255 3,4 gs Gas input pulse constant: volume forward, base conditions
7.b.0.3.4.255 3,4 gs Gas output pulse constant: volume reverse, base conditions
7.b.0.7.4.255 3,4 gs Gas input pulse constant: volume reverse, base conditions
7.b.0.3.5.255 3,4 gs Gas output pulse constant: volume absolute, base conditions
7.b.0.7.5.255 3,4 gs Gas input pulse constant: volume absolute, base conditions
7.b.0.5.11.255 3,4 g Gas limit setting: minimum temperature Tmin
7.b.0.5.12.255 3,4 g Gas limit setting: maximum temperature Tmax
7.b.0.5.13.255 3,4 g Gas limit setting: minimum pressure Pmin
7.b.0.5.14.255 3,4 g Gas limit setting: maximum pressure Pmax
7.b.0.6.1.255 3,4 gs Gas volume sensor nominal value: pressure
7.b.0.6.2.255 3,4 gs Gas volume sensor nominal value: temperature
7.b.0.6.3.255 3,4 gs Gas volume sensor nominal value: Qmin
7.b.0.6.4.255 3,4 gs Gas volume sensor nominal value: Qmax
7.b.0.9.3.255 1,3,4 gs Start of conventional gas day
7.b.0.9.4.255 1,3,4 gs Residual time shift
7.b.0.12.8.255 1,3,4 gs Gas analysis parameter: reference pressure
7.b.0.12.9.255 1,3,4 gs Gas analysis parameter: reference temperature
7.b.0.12.10.255 1,3,4 gs Gas analysis parameter: superior Wobbe number
7.b.0.12.11.255 1,3,4 gs Gas analysis parameter: inferior Wobbe number
7.b.0.12.12.255 1,3,4 gs Gas analysis parameter: methane number
7.b.0.12.13.255 1,3,4 gs Gas analysis parameter: total sulphur
7.b.0.12.14.255 1,3,4 gs Gas analysis parameter: hydrogen sulphide
7.b.0.12.15.255 1,3,4 gs Gas analysis parameter: mercaptans
7.b.0.12.16.255 1,3,4 gs Gas analysis parameter: water dew point
7.b.0.12.18.255 1,3,4 gs Gas analysis parameter: hydrocarbon dew point
7.b.0.12.19.255 1,3,4 gs Gas analysis parameter: inferior calorific value
7.b.0.12.45.255 1,3,4 gs Gas analysis parameter: density, base conditions
7.b.0.12.46.255 1,3,4 gs Gas analysis parameter: relative density
7.b.0.12.54.255 1,3,4 gs Gas analysis parameter: superior calorific value
7.b.0.12.60.255 1,3,4 gs Gas analysis parameter: nitrogen
7.b.0.12.61.255 1,3,4 gs Gas analysis parameter: hydrogen
7.b.0.12.62.255 1,3,4 gs Gas analysis parameter: oxygen
7.b.0.12.63.255 1,3,4 gs Gas analysis parameter: helium
7.b.0.12.64.255 1,3,4 gs Gas analysis parameter: argon
7.b.0.12.65.255 1,3,4 gs Gas analysis parameter: carbon monoxide
7.b.0.12.66.255 1,3,4 gs Gas analysis parameter: carbon dioxide
7.b.0.12.67.255 1,3,4 gs Gas analysis parameter: methane
7.b.0.12.68.255 1,3,4 gs Gas analysis parameter: ethene
7.b.0.12.69.255 1,3,4 gs Gas analysis parameter: ethane
7.b.0.12.70.255 1,3,4 gs Gas analysis parameter: propene
7.b.0.12.71.255 1,3,4 gs Gas analysis parameter: propane
7.b.0.12.72.255 1,3,4 gs Gas analysis parameter: i-butane
7.b.0.12.73.255 1,3,4 gs Gas analysis parameter: n-butane
7.b.0.12.74.255 1,3,4 gs Gas analysis parameter: neo-pentane
7.b.0.12.75.255 1,3,4 gs Gas analysis parameter: i-pentane
7.b.0.12.76.255 1,3,4 gs Gas analysis parameter: n-pentane
7.b.0.12.77.255 1,3,4 gs Gas analysis parameter: hexane
7.b.0.12.79.255 1,3,4 gs Gas analysis parameter: hexane plus higher
7.b.0.12.80.255 1,3,4 gs Gas analysis parameter: heptane
7.b.0.12.81.255 1,3,4 gs Gas analysis parameter: octane
7.b.0.12.82.255 1,3,4 gs Gas analysis parameter: nonane
7.b.0.12.83.255 1,3,4 gs Gas analysis parameter: decane
7.b.0.12.84.255 1,3,4 gs Gas analysis parameter: tetrahydrothiophene
7.b.0.15.0-127.255 67 gs Gas sensor manager
7.0.1.0.0.255 3,4 gr Gas forward undisturbed meter volume, index at metering conditions, total
7.0.1.2.0.255 3,4 gr Gas forward undisturbed meter volume, index at base conditions, total
7.0.1.1.0.255 3,4 gr Gas forward undisturbed meter volume, corrected index, total
7.0.2.0.0.255 3,4 gr Gas forward disturbed meter volume, index at metering conditions, total
7.0.2.2.0.255 3,4 gr Gas forward disturbed meter volume, index at base conditions, total
7.0.2.1.0.255 3,4 gr Gas forward disturbed meter volume, corrected index, total
7.0.3.0.0.255 3,4 gr Gas forward absolute meter volume, index at metering conditions, total
7.0.3.2.0.255 3,4 gr Gas forward absolute meter volume, index at base conditions, total
7.0.3.1.0.255 3,4 gr Gas forward absolute meter volume, corrected index, total
7.0.11.0.0.255 3,4 gr Gas forward undisturbed converter volume, index at metering conditions
7.0.11.2.0.255 3,4 gr Gas forward undisturbed converter volume, index at base conditions
7.0.12.0.0.255 3,4 gr Gas forward disturbed converter volume, index at metering conditions
7.0.12.2.0.255 3,4 gr Gas forward disturbed converter volume, index at base conditions
7.0.13.0.0.255 3,4 gr Gas forward absolute converter volume, index at metering conditions
7.0.13.2.0.255 3,4 gr Gas forward absolute converter volume, index at base conditions
7.0.41.0.0.255 3,4 gs Gas absolute temperature, current value at metering conditions
7.0.42.0.0.255 3,4 gs Gas absolute pressure, current value at metering conditions
7.0.43.0.0.255 3,4 g Gas flow rate, current value at metering conditions
7.0.44.0.0.255 3,4 gs Gas velocity of sound, current value at metering conditions
7.0.45.0.0.255 3,4 gs Gas density of gas, current value at metering conditions
7.0.46.0.0.255 3,4 gs Gas relative density, current value at metering conditions
7.0.47.0.0.255 3,4 gs Gas gauge pressure, current value at metering conditions
7.0.48.0.0.255 3,4 gs Gas differential pressure, current value at metering conditions
7.0.49.0.0.255 3,4 gs Gas density of air, current value at metering conditions
7.0.99.1.4.255 7 g Gas load profile with recording interval 1
7.0.99.99.1-4.255 7 g Gas load profile with fixed recording interval (E 1: 15 min, 2: 60 min, 3: day, 4: month)
7.b.98.1.0-127.255 7 gs Gas data of billing period, scheme 1
7.b.98.11.0-127.255 7 g Gas data of event triggered billing profile
8.0.1.0.0.255 3,4 sb Cold water accumulated volume, current value
9.0.1.0.0.255 3,4 sb Hot water accumulated volume, current value
8.0.2.0.0.255 3,4 sb Cold water flow rate, current value
9.0.2.0.0.255 3,4 sb Hot water flow rate, current value
9.0.3.0.0.255 3,4 sb Hot water forward temperature, current value
8.0.3.0.0.255 3,4 sb Cold water forward temperature, current value
8.b.99.1.0-127.255 7 sr Water consumption profile
6.0.1.0.0.255 3,4 sr Heat meter energy, current value
6.0.2.0.0.255 3,4 sr Heat meter accounted volume, current value
6.0.8.0.0.255 3,4 r Heat meter power, current value
6.0.9.0.0.255 3,4 r Heat meter flow rate, current value
6.0.10.0.0.255 3,4 sr Heat meter flow temperature, current value
6.0.11.0.0.255 3,4 sr Heat meter return temperature, current value
6.0.12.0.0.255 3,4 sr Heat meter differential temperature, current value
5.0.1.0.0.255 3,4 sr Cooling meter energy, current value
4.0.1.0.0.255 3,4 sr Heat cost allocator unrated integral, current value
4.0.2.0.0.255 3,4 sr Heat cost allocator rated integral, current value
`;
