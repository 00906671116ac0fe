// Bits of registers and status words, one per line: bit; confidence and sources; events that set it; abbreviation;
// name; remark. Reserved bits are left out.

export const alarmRegister1: string = `
0 | h MCS301,OSGP | 6 |  | Clock invalid
1 | h MCS301,OSGP | 7 |  | Replace battery
8 | h MCS301,OSGP | 12 |  | Program memory error
9 | h MCS301,OSGP | 13 |  | RAM error
10 | h MCS301,OSGP | 14 |  | Non-volatile memory error
11 | h MCS301,OSGP | 16 |  | Measurement system error
12 | h MCS301,OSGP | 15 |  | Watchdog error
13 | h MCS301,OSGP | 40,42,44,46,49,50,200,201,202 |  | Fraud attempt
16 | h MCS301,OSGP | 100 |  | M-Bus communication error channel 1
17 | h MCS301,OSGP | 110 |  | M-Bus communication error channel 2
18 | h MCS301,OSGP | 120 |  | M-Bus communication error channel 3
19 | h MCS301,OSGP | 130 |  | M-Bus communication error channel 4
20 | h MCS301,OSGP | 103 |  | M-Bus fraud attempt channel 1
21 | h MCS301,OSGP | 113 |  | M-Bus fraud attempt channel 2
22 | h MCS301,OSGP | 123 |  | M-Bus fraud attempt channel 3
23 | h MCS301,OSGP | 133 |  | M-Bus fraud attempt channel 4
24 | m MCS301 | 106 |  | Permanent M-Bus error channel 1 | SMR: new M-Bus device discovered
25 | m MCS301 | 116 |  | Permanent M-Bus error channel 2 | SMR: new M-Bus device discovered
26 | m MCS301 | 126 |  | Permanent M-Bus error channel 3 | SMR: new M-Bus device discovered
27 | m MCS301 | 136 |  | Permanent M-Bus error channel 4 | SMR: new M-Bus device discovered
28 | m MCS301 | 102 |  | M-Bus battery low channel 1 | SMR 5: phase outage
29 | m MCS301 | 112 |  | M-Bus battery low channel 2 | SMR 5: phase outage
30 | m MCS301 | 122 |  | M-Bus battery low channel 3 | SMR 5: phase outage
31 | m MCS301 | 132 |  | M-Bus battery low channel 4 | SMR 5: phase outage
`;

export const alarmRegister2: string = `
0 | m MCS301 | 1 |  | Power down | Register 2 means other things in SMR 5.2
1 | m MCS301 | 2 |  | Power up
2 | m MCS301 | 82 |  | Voltage missing L1
3 | m MCS301 | 83 |  | Voltage missing L2
4 | m MCS301 | 84 |  | Voltage missing L3
5 | m MCS301 | 85 |  | Voltage normal L1
6 | m MCS301 | 86 |  | Voltage normal L2
7 | m MCS301 | 87 |  | Voltage normal L3
8 | m MCS301 | 89 |  | Missing neutral
9 | m MCS301 | 90 |  | Phase asymmetry
10 | m MCS301 | 91 |  | Current reversal
11 | m MCS301 | 88 |  | Wrong phase sequence
12 | m MCS301 | 52 |  | Unexpected consumption
13 | m MCS301 | 48 |  | Key changed
14 | m MCS301 | 92 |  | Bad voltage quality L1
15 | m MCS301 | 93 |  | Bad voltage quality L2
16 | m MCS301 | 94 |  | Bad voltage quality L3
17 | m MCS301 | 20 |  | External alert
18 | m MCS301 | 158 |  | Local communication attempt
19 | m MCS301 | 105 |  | New M-Bus device channel 1
20 | m MCS301 | 115 |  | New M-Bus device channel 2
21 | m MCS301 | 125 |  | New M-Bus device channel 3
22 | m MCS301 | 135 |  | New M-Bus device channel 4
27 | m MCS301 | 164 |  | M-Bus valve alarm channel 1
28 | m MCS301 | 174 |  | M-Bus valve alarm channel 2
29 | m MCS301 | 184 |  | M-Bus valve alarm channel 3
30 | m MCS301 | 194 |  | M-Bus valve alarm channel 4
31 | m MCS301 | 68 |  | Disconnect or reconnect failure
`;

export const errorRegister1: string = `
0 | l ENG |  |  | Clock invalid | Inferred from the alarm register; the table of the error object itself was not seen
1 | l ENG |  |  | Replace battery | Inferred from the alarm register; the table of the error object itself was not seen
8 | l ENG |  |  | Program memory error | Inferred from the alarm register; the table of the error object itself was not seen
9 | l ENG |  |  | RAM error | Inferred from the alarm register; the table of the error object itself was not seen
10 | l ENG |  |  | Non-volatile memory error | Inferred from the alarm register; the table of the error object itself was not seen
11 | l ENG |  |  | Measurement system error | Inferred from the alarm register; the table of the error object itself was not seen
12 | l ENG |  |  | Watchdog error | Inferred from the alarm register; the table of the error object itself was not seen
16 | l ENG |  |  | M-Bus communication error channel 1 | Inferred from the alarm register; the table of the error object itself was not seen
17 | l ENG |  |  | M-Bus communication error channel 2 | Inferred from the alarm register; the table of the error object itself was not seen
18 | l ENG |  |  | M-Bus communication error channel 3 | Inferred from the alarm register; the table of the error object itself was not seen
19 | l ENG |  |  | M-Bus communication error channel 4 | Inferred from the alarm register; the table of the error object itself was not seen
20 | l ENG |  |  | M-Bus fraud attempt channel 1 | Inferred from the alarm register; the table of the error object itself was not seen
21 | l ENG |  |  | M-Bus fraud attempt channel 2 | Inferred from the alarm register; the table of the error object itself was not seen
22 | l ENG |  |  | M-Bus fraud attempt channel 3 | Inferred from the alarm register; the table of the error object itself was not seen
23 | l ENG |  |  | M-Bus fraud attempt channel 4 | Inferred from the alarm register; the table of the error object itself was not seen
`;

/** The status octet in load profiles. */
export const profileStatus: string = `
0 | m OSGP |  | ERR | Critical error
1 | m OSGP |  | CIV | Clock invalid
2 | h OSGP,MCS301 |  | DNV | Data not valid
3 | h OSGP,MCS301 |  | DST | Daylight saving active
5 | h OSGP,MCS301 |  | CAD | Clock adjusted
7 | h OSGP,MCS301 |  | PDN | Power down
`;

/** The status octet of an M-Bus channel. */
export const mbusAlarm: string = `
0 | m MCS301 |  |  | Battery replacement
1 | m MCS301 |  |  | Fraud attempt
2 | m MCS301 |  |  | Manual disconnection
3 | m MCS301 |  |  | Manual connection
4 | m MCS301 |  |  | Remote disconnection
5 | m MCS301 |  |  | Remote connection
6 | m MCS301 |  |  | Local disconnection
7 | m MCS301 |  |  | Local connection
`;
