/**
 * Event codes of the IDIS family, one per line: code; log; confidence and sources; name; remark. Confidence is as in
 * idis-objects.ts.
 */
export const idisEvents: string = `
1 | standard | h MCS301,SQLHES,OSGP | Power down
2 | standard | h MCS301,SQLHES,OSGP | Power up
3 | standard | h MCS301,SQLHES,OSGP | Daylight saving time enabled or disabled
4 | standard | h MCS301,SQLHES,OSGP | Clock adjusted, old time
5 | standard | h MCS301,SQLHES,OSGP | Clock adjusted, new time
6 | standard | h MCS301,SQLHES,OSGP | Clock invalid
7 | standard | h MCS301,SQLHES,OSGP | Replace battery
8 | standard | h MCS301,SQLHES,OSGP | Battery voltage low
9 | standard | h MCS301,SQLHES,OSGP | Tariff (TOU) activated
10 | standard | h MCS301,SQLHES,OSGP | Error register cleared
11 | standard | h MCS301,SQLHES,OSGP | Alarm register cleared
12 | standard | h MCS301,SQLHES,OSGP | Program memory error
13 | standard | h MCS301,SQLHES,OSGP | RAM error
14 | standard | h MCS301,SQLHES,OSGP | Non-volatile memory error
15 | standard | h MCS301,SQLHES,OSGP | Watchdog error
16 | standard | h MCS301,SQLHES,OSGP | Measurement system error
17 | standard | h MCS301,SQLHES,OSGP | Firmware ready for activation
18 | standard | h MCS301,SQLHES,OSGP | Firmware activated
19 | standard | h MCS301,SQLHES,OSGP | Passive tariff programmed
20 | standard | h MCS301,SQLHES | External alert at an input | SMR 5 uses 20 to 25 for other things
21 | standard | l MCS301,ENG | End of non-periodic billing interval | The manual lists the events in this order without visible numbers; SMR 5 uses the numbers otherwise
22 | standard | l MCS301,ENG | Load profile 1 capture enabled | The manual lists the events in this order without visible numbers; SMR 5 uses the numbers otherwise
23 | standard | l MCS301,ENG | Load profile 1 capture disabled | The manual lists the events in this order without visible numbers; SMR 5 uses the numbers otherwise
24 | standard | l MCS301,ENG | Load profile 2 capture enabled | The manual lists the events in this order without visible numbers; SMR 5 uses the numbers otherwise
25 | standard | l MCS301,ENG | Load profile 2 capture disabled | The manual lists the events in this order without visible numbers; SMR 5 uses the numbers otherwise
47 | standard | h MCS301,SQLHES,OSGP | One or more parameters changed
48 | standard | h MCS301,SQLHES | Global key changed | SMR 5: module cover opened
51 | standard | m SQLHES | Firmware verification failed | SMR 5: THD over limit L1
52 | standard | h MCS301,SQLHES | Unexpected consumption while disconnected | SMR 5: THD over limit L2
253 | standard | l SQLHES | Meter data cleared | Seen with one maker
254 | standard | m SQLHES,ENG | Load profile cleared
255 | all | h SQLHES,OSGP,MCS301 | Event log cleared | First entry after a clear
40 | fraud | h MCS301,SQLHES,OSGP | Terminal cover removed
41 | fraud | h MCS301,SQLHES,OSGP | Terminal cover closed
42 | fraud | h MCS301,SQLHES,OSGP | Strong DC magnetic field detected
43 | fraud | h MCS301,SQLHES,OSGP | Magnetic field gone
44 | fraud | h MCS301,SQLHES,OSGP | Meter cover removed
45 | fraud | h MCS301,SQLHES,OSGP | Meter cover closed
46 | fraud | h MCS301,SQLHES,OSGP | Association authentication failed n times
49 | fraud | h MCS301,SQLHES | Decryption or authentication failure, n times | SMR 5: module cover closed
50 | fraud | h MCS301,SQLHES | Replay attack (receive counter not higher)
200 | fraud | m MCS301 | Current without voltage L1 | Another maker uses 200 and 203 for under and over voltage
201 | fraud | m MCS301 | Current without voltage L2 | Another maker uses 200 and 203 for under and over voltage
202 | fraud | m MCS301 | Current without voltage L3 | Another maker uses 200 and 203 for under and over voltage
91 | fraud | m MCS301,SQLHES | Current reversal | In the fraud log in two sources, in the power quality list in others
59 | disconnector | m SQLHES | Disconnector ready for manual reconnection
60 | disconnector | m SQLHES | Manual disconnection
61 | disconnector | m SQLHES | Manual connection
62 | disconnector | m SQLHES | Remote disconnection
63 | disconnector | m SQLHES | Remote connection
64 | disconnector | m SQLHES | Local disconnection
65 | disconnector | m SQLHES | Limiter threshold exceeded
66 | disconnector | m SQLHES | Limiter threshold ok
67 | disconnector | m SQLHES | Limiter threshold changed
68 | disconnector | h SQLHES,MCS301 | Disconnect or reconnect failure
69 | disconnector | m SQLHES | Local reconnection
70 | disconnector | m SQLHES | Supervision monitor 1 threshold exceeded
71 | disconnector | m SQLHES | Supervision monitor 1 threshold ok
72 | disconnector | l ENG | Supervision monitor 2 threshold exceeded | Continues the order of 70 and 71
73 | disconnector | l ENG | Supervision monitor 2 threshold ok | Continues the order of 70 and 71
74 | disconnector | l ENG | Supervision monitor 3 threshold exceeded | Continues the order of 70 and 71
75 | disconnector | l ENG | Supervision monitor 3 threshold ok | Continues the order of 70 and 71
76 | power quality | l ENG | Under voltage L1 | SMR 5 has under voltage at 77 to 79
79 | power quality | l ENG | Over voltage L1 | SMR 5 has over voltage at 80 to 82
82 | power quality | m MCS301 | Missing voltage L1
85 | power quality | m MCS301 | Voltage normal L1
92 | power quality | m MCS301 | Bad voltage quality L1
77 | power quality | l ENG | Under voltage L2 | SMR 5 has under voltage at 77 to 79
80 | power quality | l ENG | Over voltage L2 | SMR 5 has over voltage at 80 to 82
83 | power quality | m MCS301 | Missing voltage L2
86 | power quality | m MCS301 | Voltage normal L2
93 | power quality | m MCS301 | Bad voltage quality L2
78 | power quality | l ENG | Under voltage L3 | SMR 5 has under voltage at 77 to 79
81 | power quality | l ENG | Over voltage L3 | SMR 5 has over voltage at 80 to 82
84 | power quality | m MCS301 | Missing voltage L3
87 | power quality | m MCS301 | Voltage normal L3
94 | power quality | m MCS301 | Bad voltage quality L3
88 | power quality | m MCS301 | Wrong phase sequence
89 | power quality | m MCS301 | Missing neutral
90 | power quality | m MCS301 | Phase asymmetry
140 | communication | m SQLHES | No connection time-out
141 | communication | m SQLHES | Modem initialisation failure
142 | communication | m SQLHES | SIM card failure
143 | communication | m SQLHES | SIM card ok
144 | communication | m SQLHES | GSM registration failure
145 | communication | m SQLHES | GPRS registration failure
146 | communication | m SQLHES | PDP context established
147 | communication | m SQLHES | PDP context destroyed
148 | communication | m SQLHES | PDP context failure
149 | communication | m SQLHES | Modem software reset
150 | communication | m SQLHES | Modem hardware reset
151 | communication | m SQLHES | GSM outgoing connection
152 | communication | m SQLHES | GSM incoming connection
153 | communication | m SQLHES | GSM hang-up
154 | communication | m SQLHES | Diagnostic failure
155 | communication | m SQLHES | User initialisation failure
156 | communication | m SQLHES | Signal quality low
157 | communication | m SQLHES | Auto answer call number exceeded
158 | communication | h SQLHES,MCS301 | Local communication attempt
100 | M-Bus | h OSGP,MCS301 | Communication error, M-Bus channel 1
101 | M-Bus | m OSGP | Communication ok, M-Bus channel 1
102 | M-Bus | h OSGP,MCS301 | Replace battery, M-Bus channel 1
103 | M-Bus | h OSGP,MCS301 | Fraud attempt, M-Bus channel 1
104 | M-Bus | m OSGP | Clock adjusted, M-Bus channel 1
105 | M-Bus | h OSGP,MCS301 | New device installed, M-Bus channel 1
106 | M-Bus | h OSGP,MCS301 | Permanent error, M-Bus channel 1
160 | M-Bus control 1 | m MCS301,ENG | Manual disconnection, M-Bus channel 1 | The manual lists the event without its number; the number follows from the valve alarm code and the order
161 | M-Bus control 1 | m MCS301,ENG | Manual connection, M-Bus channel 1 | The manual lists the event without its number; the number follows from the valve alarm code and the order
162 | M-Bus control 1 | m MCS301,ENG | Remote disconnection, M-Bus channel 1 | The manual lists the event without its number; the number follows from the valve alarm code and the order
163 | M-Bus control 1 | m MCS301,ENG | Remote connection, M-Bus channel 1 | The manual lists the event without its number; the number follows from the valve alarm code and the order
164 | M-Bus control 1 | m MCS301 | Valve alarm, M-Bus channel 1
165 | M-Bus control 1 | m MCS301,ENG | Local disconnection, M-Bus channel 1 | The manual lists the event without its number; the number follows from the valve alarm code and the order
166 | M-Bus control 1 | m MCS301,ENG | Local connection, M-Bus channel 1 | The manual lists the event without its number; the number follows from the valve alarm code and the order
110 | M-Bus | h OSGP,MCS301 | Communication error, M-Bus channel 2
111 | M-Bus | m OSGP | Communication ok, M-Bus channel 2
112 | M-Bus | h OSGP,MCS301 | Replace battery, M-Bus channel 2
113 | M-Bus | h OSGP,MCS301 | Fraud attempt, M-Bus channel 2
114 | M-Bus | m OSGP | Clock adjusted, M-Bus channel 2
115 | M-Bus | h OSGP,MCS301 | New device installed, M-Bus channel 2
116 | M-Bus | h OSGP,MCS301 | Permanent error, M-Bus channel 2
170 | M-Bus control 2 | m MCS301,ENG | Manual disconnection, M-Bus channel 2 | The manual lists the event without its number; the number follows from the valve alarm code and the order
171 | M-Bus control 2 | m MCS301,ENG | Manual connection, M-Bus channel 2 | The manual lists the event without its number; the number follows from the valve alarm code and the order
172 | M-Bus control 2 | m MCS301,ENG | Remote disconnection, M-Bus channel 2 | The manual lists the event without its number; the number follows from the valve alarm code and the order
173 | M-Bus control 2 | m MCS301,ENG | Remote connection, M-Bus channel 2 | The manual lists the event without its number; the number follows from the valve alarm code and the order
174 | M-Bus control 2 | m MCS301 | Valve alarm, M-Bus channel 2
175 | M-Bus control 2 | m MCS301,ENG | Local disconnection, M-Bus channel 2 | The manual lists the event without its number; the number follows from the valve alarm code and the order
176 | M-Bus control 2 | m MCS301,ENG | Local connection, M-Bus channel 2 | The manual lists the event without its number; the number follows from the valve alarm code and the order
120 | M-Bus | h OSGP,MCS301 | Communication error, M-Bus channel 3
121 | M-Bus | m OSGP | Communication ok, M-Bus channel 3
122 | M-Bus | h OSGP,MCS301 | Replace battery, M-Bus channel 3
123 | M-Bus | h OSGP,MCS301 | Fraud attempt, M-Bus channel 3
124 | M-Bus | m OSGP | Clock adjusted, M-Bus channel 3
125 | M-Bus | h OSGP,MCS301 | New device installed, M-Bus channel 3
126 | M-Bus | h OSGP,MCS301 | Permanent error, M-Bus channel 3
180 | M-Bus control 3 | m MCS301,ENG | Manual disconnection, M-Bus channel 3 | The manual lists the event without its number; the number follows from the valve alarm code and the order
181 | M-Bus control 3 | m MCS301,ENG | Manual connection, M-Bus channel 3 | The manual lists the event without its number; the number follows from the valve alarm code and the order
182 | M-Bus control 3 | m MCS301,ENG | Remote disconnection, M-Bus channel 3 | The manual lists the event without its number; the number follows from the valve alarm code and the order
183 | M-Bus control 3 | m MCS301,ENG | Remote connection, M-Bus channel 3 | The manual lists the event without its number; the number follows from the valve alarm code and the order
184 | M-Bus control 3 | m MCS301 | Valve alarm, M-Bus channel 3
185 | M-Bus control 3 | m MCS301,ENG | Local disconnection, M-Bus channel 3 | The manual lists the event without its number; the number follows from the valve alarm code and the order
186 | M-Bus control 3 | m MCS301,ENG | Local connection, M-Bus channel 3 | The manual lists the event without its number; the number follows from the valve alarm code and the order
130 | M-Bus | h OSGP,MCS301 | Communication error, M-Bus channel 4
131 | M-Bus | m OSGP | Communication ok, M-Bus channel 4
132 | M-Bus | h OSGP,MCS301 | Replace battery, M-Bus channel 4
133 | M-Bus | h OSGP,MCS301 | Fraud attempt, M-Bus channel 4
134 | M-Bus | m OSGP | Clock adjusted, M-Bus channel 4
135 | M-Bus | h OSGP,MCS301 | New device installed, M-Bus channel 4
136 | M-Bus | h OSGP,MCS301 | Permanent error, M-Bus channel 4
190 | M-Bus control 4 | m MCS301,ENG | Manual disconnection, M-Bus channel 4 | The manual lists the event without its number; the number follows from the valve alarm code and the order
191 | M-Bus control 4 | m MCS301,ENG | Manual connection, M-Bus channel 4 | The manual lists the event without its number; the number follows from the valve alarm code and the order
192 | M-Bus control 4 | m MCS301,ENG | Remote disconnection, M-Bus channel 4 | The manual lists the event without its number; the number follows from the valve alarm code and the order
193 | M-Bus control 4 | m MCS301,ENG | Remote connection, M-Bus channel 4 | The manual lists the event without its number; the number follows from the valve alarm code and the order
194 | M-Bus control 4 | m MCS301 | Valve alarm, M-Bus channel 4
195 | M-Bus control 4 | m MCS301,ENG | Local disconnection, M-Bus channel 4 | The manual lists the event without its number; the number follows from the valve alarm code and the order
196 | M-Bus control 4 | m MCS301,ENG | Local connection, M-Bus channel 4 | The manual lists the event without its number; the number follows from the valve alarm code and the order
`;
