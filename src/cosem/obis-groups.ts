// Meanings of the value groups, one per line: code (a number, a range or a comma list), sources as in obis-names.ts,
// meaning.

/** Group A: the medium. Other values are reserved; 2 appears only in recent editions (from memory). */
export const mediaTable: string = `
0 sg abstract objects
1 sg electricity
2 r direct current electricity
4 sg heat cost allocator
5 sg thermal energy, cooling
6 sg thermal energy, heating
7 sg gas
8 sg cold water
9 sg hot water
15 sg other media
`;

/** Group B: the channel. */
export const channelTable: string = `
0 gs no channel specified
1-64 gs channel 1 to 64
65-127 gs utility specific
128-199 gs manufacturer specific
200-255 gs reserved
`;

/** Group C of abstract objects (A = 0). */
export const abstractTable: string = `
0 gs General purpose objects
1 gs Clock
2 gs Modem configuration and related
10 gs Script tables
11 gs Special days tables
12 gs Schedules
13 gs Activity calendars
14 gs Register activation
15 gs Single action schedules
16 gs Register and parameter monitors
17 gs Limiters
18 gs Array managers
19 gs Payment metering
20 gs IEC local port setup
21 gs Standard readout
22 gs IEC HDLC setup
23 gs IEC twisted pair (1) setup
24 gs M-Bus
25 gs Internet, push, NTP, cellular, LPWAN, CoAP setup
26 gs S-FSK PLC
27 gs ISO/IEC 8802-2 LLC
28 gs PRIME PLC
29 gs G3-PLC
30 gs ZigBee
31 gs Wireless mode Q
32 gs ISO/IEC 14908 PLC
33 gs HS-PLC ISO/IEC 12139-1
34 gs Wi-SUN
40 gs Associations
41 gs SAP assignment
42 gs Logical device name
43 gs Security related
44 gs Image transfer, function control, port protection
65 gs Utility tables
66 gs Compact data
93 gs Consortia specific
94 gs Country specific
96 gs Service entries
97 gs Error and alarm registers
98 gs Lists
99 gs Data profiles
127 gs Inactive objects
128-199,240 gs Manufacturer specific
`;

/**
 * Group C of electricity (A = 1). 128 to 199 and 240 are manufacturer specific. The order of 100 to 107 is an
 * assumption.
 */
export const electricityTable: string = `
0 gs General purpose objects
1 gs Sum of phases: Active power+ (QI+QIV)
2 gs Sum of phases: Active power- (QII+QIII)
3 gs Sum of phases: Reactive power+ (QI+QII)
4 gs Sum of phases: Reactive power- (QIII+QIV)
5 gs Sum of phases: Reactive power QI
6 gs Sum of phases: Reactive power QII
7 gs Sum of phases: Reactive power QIII
8 gs Sum of phases: Reactive power QIV
9 gs Sum of phases: Apparent power+ (QI+QIV)
10 gs Sum of phases: Apparent power- (QII+QIII)
11 gs Any phase: Current
12 gs Any phase: Voltage
13 gs Sum of phases: Power factor
14 gs Sum of phases: Supply frequency
15 gs Sum of phases: Active power |QI+QIV|+|QII+QIII|
16 gs Sum of phases: Active power |QI+QIV|-|QII+QIII|
17 gs Sum of phases: Active power QI
18 gs Sum of phases: Active power QII
19 gs Sum of phases: Active power QIII
20 gs Sum of phases: Active power QIV
21 gs L1: Active power+ (QI+QIV)
22 gs L1: Active power- (QII+QIII)
23 gs L1: Reactive power+ (QI+QII)
24 gs L1: Reactive power- (QIII+QIV)
25 gs L1: Reactive power QI
26 gs L1: Reactive power QII
27 gs L1: Reactive power QIII
28 gs L1: Reactive power QIV
29 gs L1: Apparent power+ (QI+QIV)
30 gs L1: Apparent power- (QII+QIII)
31 gs L1: Current
32 gs L1: Voltage
33 gs L1: Power factor
34 gs L1: Supply frequency
35 gs L1: Active power |QI+QIV|+|QII+QIII|
36 gs L1: Active power |QI+QIV|-|QII+QIII|
37 gs L1: Active power QI
38 gs L1: Active power QII
39 gs L1: Active power QIII
40 gs L1: Active power QIV
41 gs L2: Active power+ (QI+QIV)
42 gs L2: Active power- (QII+QIII)
43 gs L2: Reactive power+ (QI+QII)
44 gs L2: Reactive power- (QIII+QIV)
45 gs L2: Reactive power QI
46 gs L2: Reactive power QII
47 gs L2: Reactive power QIII
48 gs L2: Reactive power QIV
49 gs L2: Apparent power+ (QI+QIV)
50 gs L2: Apparent power- (QII+QIII)
51 gs L2: Current
52 gs L2: Voltage
53 gs L2: Power factor
54 gs L2: Supply frequency
55 gs L2: Active power |QI+QIV|+|QII+QIII|
56 gs L2: Active power |QI+QIV|-|QII+QIII|
57 gs L2: Active power QI
58 gs L2: Active power QII
59 gs L2: Active power QIII
60 gs L2: Active power QIV
61 gs L3: Active power+ (QI+QIV)
62 gs L3: Active power- (QII+QIII)
63 gs L3: Reactive power+ (QI+QII)
64 gs L3: Reactive power- (QIII+QIV)
65 gs L3: Reactive power QI
66 gs L3: Reactive power QII
67 gs L3: Reactive power QIII
68 gs L3: Reactive power QIV
69 gs L3: Apparent power+ (QI+QIV)
70 gs L3: Apparent power- (QII+QIII)
71 gs L3: Current
72 gs L3: Voltage
73 gs L3: Power factor
74 gs L3: Supply frequency
75 gs L3: Active power |QI+QIV|+|QII+QIII|
76 gs L3: Active power |QI+QIV|-|QII+QIII|
77 gs L3: Active power QI
78 gs L3: Active power QII
79 gs L3: Active power QIII
80 gs L3: Active power QIV
81 gs Angles between phases
82 gs Unitless quantity (pulses or pieces)
83 gs Transformer and line losses
84 gs Sum of phases: power factor-
85 gs L1: power factor-
86 gs L2: power factor-
87 gs L3: power factor-
88 gs Sum of phases: ampere-squared hours
89 gs Sum of phases: volt-squared hours
90 gs Sum of phases: current (sum of unsigned values)
91 gs L0: neutral current
92 gs L0: neutral voltage
93 s Consortia specific identifiers
94 gs Country specific identifiers
96 gs Service entries
97 gs Error registers
98 gs List objects
99 gs Data profiles
100 sr Sum of phases: reactive power, inductive
101 sr Sum of phases: reactive power, capacitive
102 sr L1: reactive power, inductive
103 sr L1: reactive power, capacitive
104 sr L2: reactive power, inductive
105 sr L2: reactive power, capacitive
106 sr L3: reactive power, inductive
107 sr L3: reactive power, capacitive
124 sg Line voltage L1-L2
125 sg Line voltage L2-L3
126 sg Line voltage L3-L1
`;

/**
 * Group D of electricity. Averaging scheme 1 uses measurement period 1, and so on; what the time integrals cover is
 * from memory. 56 was found only with harmonics.
 */
export const electricityProcessingTable: string = `
0 g Billing period average (since last reset)
1 g Cumulative minimum 1
2 g Cumulative maximum 1
3 g Minimum 1
4 g Current average 1
5 g Last average 1
6 g Maximum 1
7 g Instantaneous value
8 gr Time integral 1 (from start of measurement)
9 gr Time integral 2 (from start of billing period to now)
10 gr Time integral 3 (from start of billing period, only above threshold)
11 g Cumulative minimum 2
12 g Cumulative maximum 2
13 g Minimum 2
14 g Current average 2
15 g Last average 2
16 g Maximum 2
17 g Time integral 7
18 g Time integral 8
19 g Time integral 9
20 g Time integral 10
21 g Cumulative minimum 3
22 g Cumulative maximum 3
23 g Minimum 3
24 g Current average 3
25 g Last average 3
26 g Maximum 3
27 g Current average 5
28 g Current average 6
29 gr Time integral 5 (over recording interval 1 of the load profile)
30 gr Time integral 6 (over recording interval 2 of the load profile)
31 g Under limit threshold
32 g Under limit occurrence counter
33 g Under limit duration
34 g Under limit magnitude
35 g Over limit threshold
36 g Over limit occurrence counter
37 g Over limit duration
38 g Over limit magnitude
39 g Missing threshold
40 g Missing occurrence counter
41 g Missing duration
42 g Missing magnitude
43 g Time threshold for under limit
44 g Time threshold for over limit
45 g Time threshold for missing magnitude
46 g Contracted value
49 g Average for recording interval 1
50 g Average for recording interval 2
51 g Minimum for recording interval 1
52 g Minimum for recording interval 2
53 g Maximum for recording interval 1
54 g Maximum for recording interval 2
55 g Test average
56 g Current average 4 (harmonics)
58 gr Time integral 4 (test time integral)
`;

/**
 * Group E of transformer and line losses (C = 83). L2 and L3 follow the pattern of L1; one source has 10 ohm for the
 * normalised copper resistance of code 20.
 */
export const lossesTable: string = `
1 g Sum of phases: Active line losses +
2 g Sum of phases: Active line losses -
3 g Sum of phases: Active line losses
4 g Sum of phases: Active transformer losses +
5 g Sum of phases: Active transformer losses -
6 g Sum of phases: Active transformer losses
7 g Sum of phases: Active losses +
8 g Sum of phases: Active losses -
9 g Sum of phases: Active losses
10 g Sum of phases: Reactive line losses +
11 g Sum of phases: Reactive line losses -
12 g Sum of phases: Reactive line losses
13 g Sum of phases: Reactive transformer losses +
14 g Sum of phases: Reactive transformer losses -
15 g Sum of phases: Reactive transformer losses
16 g Sum of phases: Reactive losses +
17 g Sum of phases: Reactive losses -
18 g Sum of phases: Reactive losses
19 g Transformer losses with normalised RFe = 1 MOhm
20 g Line losses with normalised RCu = 1 Ohm
21 g Compensated active gross +
22 g Compensated active net +
23 g Compensated active gross -
24 g Compensated active net -
25 g Compensated reactive gross +
26 g Compensated reactive net +
27 g Compensated reactive gross -
28 g Compensated reactive net -
31 g L1: Active line losses +
32 g L1: Active line losses -
33 g L1: Active line losses
34 g L1: Active transformer losses +
35 g L1: Active transformer losses -
36 g L1: Active transformer losses
37 g L1: Active losses +
38 g L1: Active losses -
39 g L1: Active losses
40 g L1: Reactive line losses +
41 g L1: Reactive line losses -
42 g L1: Reactive line losses
43 g L1: Reactive transformer losses +
44 g L1: Reactive transformer losses -
45 g L1: Reactive transformer losses
46 g L1: Reactive losses +
47 g L1: Reactive losses -
48 g L1: Reactive losses
49 g L1: ampere-squared hours
50 g L1: volt-squared hours
51 g L2: Active line losses +
52 g L2: Active line losses -
53 g L2: Active line losses
54 g L2: Active transformer losses +
55 g L2: Active transformer losses -
56 g L2: Active transformer losses
57 g L2: Active losses +
58 g L2: Active losses -
59 g L2: Active losses
60 g L2: Reactive line losses +
61 g L2: Reactive line losses -
62 g L2: Reactive line losses
63 g L2: Reactive transformer losses +
64 g L2: Reactive transformer losses -
65 g L2: Reactive transformer losses
66 g L2: Reactive losses +
67 g L2: Reactive losses -
68 g L2: Reactive losses
69 g L2: ampere-squared hours
70 g L2: volt-squared hours
71 g L3: Active line losses +
72 g L3: Active line losses -
73 g L3: Active line losses
74 g L3: Active transformer losses +
75 g L3: Active transformer losses -
76 g L3: Active transformer losses
77 g L3: Active losses +
78 g L3: Active losses -
79 g L3: Active losses
80 g L3: Reactive line losses +
81 g L3: Reactive line losses -
82 g L3: Reactive line losses
83 g L3: Reactive transformer losses +
84 g L3: Reactive transformer losses -
85 g L3: Reactive transformer losses
86 g L3: Reactive losses +
87 g L3: Reactive losses -
88 g L3: Reactive losses
89 g L3: ampere-squared hours
90 g L3: volt-squared hours
`;

/**
 * Group C of gas (A = 7). Two sources confirm the ranges; the names of 1 to 36 and 51 to 66 are from memory. Flow rate
 * is 43 in one source and 42 in the other.
 */
export const gasTable: string = `
0 r General purpose objects
1 r Forward undisturbed meter volume
2 r Forward disturbed meter volume
3 r Forward absolute meter volume
4 r Reverse undisturbed meter volume
5 r Reverse disturbed meter volume
6 r Reverse absolute meter volume
7 r Forward absolute meter volume, encoder
8 r Reverse absolute meter volume, encoder
11 r Forward undisturbed converter volume
12 r Forward disturbed converter volume
13 r Forward absolute converter volume
14 r Reverse undisturbed converter volume
15 r Reverse disturbed converter volume
16 r Reverse absolute converter volume
21 r Forward undisturbed logger volume
22 r Forward disturbed logger volume
23 r Forward absolute logger volume
24 r Reverse undisturbed logger volume
25 r Reverse disturbed logger volume
26 r Reverse absolute logger volume
31 r Forward undisturbed energy
32 r Forward disturbed energy
33 r Forward absolute energy
34 r Reverse undisturbed energy
35 r Reverse disturbed energy
36 r Reverse absolute energy
41 g Absolute temperature
42 g Absolute pressure
43 g Flow rate
44 g Velocity of sound
45 g Density of gas
46 g Relative density
47 g Gauge pressure
48 g Differential pressure
49 g Density of air
51 r Correction factor
52 r Conversion factor
53 r Compressibility factor
54 r Superior calorific value
55 r Gas law deviation coefficient
61 r Forward undisturbed mass
62 r Forward disturbed mass
63 r Forward absolute mass
64 r Reverse undisturbed mass
65 r Reverse disturbed mass
66 r Reverse absolute mass
70 g Natural gas analysis
93 r Consortia specific identifiers
94 g Country specific identifiers
96 g Service entries
97 g Error registers
98 g List objects
99 g Data profiles
`;

/** Group D of gas volume, mass and energy indexes. */
export const gasVolumeTable: string = `
0 g Index, current, value at metering conditions
1 g Index, current, corrected value
2 g Index, current, value at base conditions (converted)
3 g Index, current redundant value at metering conditions
6 g Index difference over measurement period 1, current period, value at metering conditions
7 g Index difference over measurement period 1, current period, corrected value
8 g Index difference over measurement period 1, current period, value at base conditions (converted)
9 g Index difference over measurement period 1, last period, value at metering conditions
10 g Index difference over measurement period 1, last period, corrected value
11 g Index difference over measurement period 1, last period, value at base conditions (converted)
12 g Index difference over measurement period 2, current period, value at metering conditions
13 g Index difference over measurement period 2, current period, corrected value
14 g Index difference over measurement period 2, current period, value at base conditions (converted)
15 g Index difference over measurement period 2, last period, value at metering conditions
16 g Index difference over measurement period 2, last period, corrected value
17 g Index difference over measurement period 2, last period, value at base conditions (converted)
18 g Index difference over measurement period 3, current period, value at metering conditions
19 g Index difference over measurement period 3, current period, corrected value
20 g Index difference over measurement period 3, current period, value at base conditions (converted)
21 g Index difference over measurement period 3, last period, value at metering conditions
22 g Index difference over measurement period 3, last period, corrected value
23 g Index difference over measurement period 3, last period, value at base conditions (converted)
24 g Billing period 1: index, historical, value at metering conditions
25 g Billing period 1: index, historical, corrected value
26 g Billing period 1: index, historical, value at base conditions (converted)
27 g Billing period 1: index difference, current period, value at metering conditions
28 g Billing period 1: index difference, current period, corrected value
29 g Billing period 1: index difference, current period, value at base conditions (converted)
30 g Billing period 1: index difference, last period, value at metering conditions
31 g Billing period 1: index difference, last period, corrected value
32 g Billing period 1: index difference, last period, value at base conditions (converted)
33 g Billing period 1: maximum of index differences over measurement period 1, value at metering conditions
34 g Billing period 1: maximum of index differences over measurement period 1, corrected value
35 g Billing period 1: maximum of index differences over measurement period 1, value at base conditions (converted)
36 g Billing period 1: maximum of index differences over measurement period 2, value at metering conditions
37 g Billing period 1: maximum of index differences over measurement period 2, corrected value
38 g Billing period 1: maximum of index differences over measurement period 2, value at base conditions (converted)
39 g Billing period 1: maximum of index differences over measurement period 3, value at metering conditions
40 g Billing period 1: maximum of index differences over measurement period 3, corrected value
41 g Billing period 1: maximum of index differences over measurement period 3, value at base conditions (converted)
42 g Billing period 2: index, historical, value at metering conditions
43 g Billing period 2: index, historical, corrected value
44 g Billing period 2: index, historical, value at base conditions (converted)
45 g Billing period 2: index difference, current period, value at metering conditions
46 g Billing period 2: index difference, current period, corrected value
47 g Billing period 2: index difference, current period, value at base conditions (converted)
48 g Billing period 2: index difference, last period, value at metering conditions
49 g Billing period 2: index difference, last period, corrected value
50 g Billing period 2: index difference, last period, value at base conditions (converted)
51 g Billing period 2: maximum of index differences over measurement period 1, value at metering conditions
52 g Billing period 2: maximum of index differences over measurement period 1, corrected value
53 g Billing period 2: maximum of index differences over measurement period 1, value at base conditions (converted)
54 g Billing period 2: maximum of index differences over measurement period 2, value at metering conditions
55 g Billing period 2: maximum of index differences over measurement period 2, corrected value
56 g Billing period 2: maximum of index differences over measurement period 2, value at base conditions (converted)
57 g Billing period 2: maximum of index differences over measurement period 3, value at metering conditions
58 g Billing period 2: maximum of index differences over measurement period 3, corrected value
59 g Billing period 2: maximum of index differences over measurement period 3, value at base conditions (converted)
60 g Billing period 2: maximum of index differences over billing period 1, value at metering conditions
61 g Billing period 2: maximum of index differences over billing period 1, corrected value
62 g Billing period 2: maximum of index differences over billing period 1, value at base conditions (converted)
63 g Billing period 3: index, historical, value at metering conditions
64 g Billing period 3: index, historical, corrected value
65 g Billing period 3: index, historical, value at base conditions (converted)
66 g Billing period 3: index difference, current period, value at metering conditions
67 g Billing period 3: index difference, current period, corrected value
68 g Billing period 3: index difference, current period, value at base conditions (converted)
69 g Billing period 3: index difference, last period, value at metering conditions
70 g Billing period 3: index difference, last period, corrected value
71 g Billing period 3: index difference, last period, value at base conditions (converted)
72 g Billing period 3: maximum of index differences over measurement period 1, value at metering conditions
73 g Billing period 3: maximum of index differences over measurement period 1, corrected value
74 g Billing period 3: maximum of index differences over measurement period 1, value at base conditions (converted)
75 g Billing period 3: maximum of index differences over measurement period 2, value at metering conditions
76 g Billing period 3: maximum of index differences over measurement period 2, corrected value
77 g Billing period 3: maximum of index differences over measurement period 2, value at base conditions (converted)
78 g Billing period 3: maximum of index differences over measurement period 3, value at metering conditions
79 g Billing period 3: maximum of index differences over measurement period 3, corrected value
80 g Billing period 3: maximum of index differences over measurement period 3, value at base conditions (converted)
81 g Billing period 4: index, historical, value at metering conditions
82 g Billing period 4: index, historical, corrected value
83 g Billing period 4: index, historical, value at base conditions (converted)
84 g Billing period 4: index difference, current period, value at metering conditions
85 g Billing period 4: index difference, current period, corrected value
86 g Billing period 4: index difference, current period, value at base conditions (converted)
87 g Billing period 4: index difference, last period, value at metering conditions
88 g Billing period 4: index difference, last period, corrected value
89 g Billing period 4: index difference, last period, value at base conditions (converted)
90 g Billing period 4: maximum of index differences over measurement period 1, value at metering conditions
91 g Billing period 4: maximum of index differences over measurement period 1, corrected value
92 g Billing period 4: maximum of index differences over measurement period 1, value at base conditions (converted)
93 g Billing period 4: maximum of index differences over measurement period 2, value at metering conditions
94 g Billing period 4: maximum of index differences over measurement period 2, corrected value
95 g Billing period 4: maximum of index differences over measurement period 2, value at base conditions (converted)
96 g Billing period 4: maximum of index differences over measurement period 3, value at metering conditions
97 g Billing period 4: maximum of index differences over measurement period 3, corrected value
98 g Billing period 4: maximum of index differences over measurement period 3, value at base conditions (converted)
`;

/** Group C of heat cost allocators (A = 4): the ranges are from one source, the names from memory. */
export const heatCostTable: string = `
0 sr General purpose objects
1 sr Unrated integral
2 sr Rated integral
3 sr Radiator surface temperature
4 sr Heating medium temperature
5 sr Flow (forward) temperature
6 sr Return temperature
7 sr Room temperature
97 sr Error registers
98 sr List objects
99 sr Data profiles
`;

/** Group C of thermal energy (A = 5 and 6): the ranges are from one source, the names from memory. */
export const thermalTable: string = `
0 sr General purpose objects
1 sr Energy
2 sr Accounted volume
3 sr Measured volume
4 sr Accounted mass
5 sr Measured mass
6 sr Flow volume (doubtful)
7 sr Return volume or mass (doubtful)
8 sr Power
9 sr Flow rate
10 sr Flow temperature
11 sr Return temperature
12 sr Differential temperature
13 sr Media pressure
97 sr Error registers
98 sr List objects
99 sr Data profiles
`;

/** Group C of water (A = 8 and 9). */
export const waterTable: string = `
0 sb General purpose objects
1 sb Accumulated volume
2 sb Flow rate
3 sb Forward temperature
97 sb Error registers
98 sb List objects
99 sb Data profiles
`;

/** Group D of water, heat cost allocators and thermal energy, common part. */
export const consumptionProcessingTable: string = `
0 bs Current value
1 bs Periodical value
2 bs Set date value
3 bs Billing date value
4 bs Minimum of value
5 bs Maximum of value
6 bs Test value
`;

/** Group D of country specific codes (C = 94). */
export const countryTable: string = `
0 g Finland
1 g USA
2 g Canada
3 g Serbia
7 g Russia
10 g Czech Republic
11 g Bulgaria
12 g Croatia
13 g Ireland
14 g Israel
15 g Ukraine
16 g Yugoslavia
20 g Egypt
27 g South Africa
30 g Greece
31 g Netherlands
32 g Belgium
33 g France
34 g Spain
35 g Portugal
36 g Hungary
37 g Lithuania
38 g Slovenia
39 g Italy
40 g Romania
41 g Switzerland
42 g Slovakia
43 g Austria
44 g United Kingdom
45 g Denmark
46 g Sweden
47 g Norway
48 g Poland
49 g Germany
51 g Peru
52 g South Korea
53 g Cuba
54 g Argentina
55 g Brazil
56 g Chile
57 g Colombia
58 g Venezuela
60 g Malaysia
61 g Australia
62 g Indonesia
63 g Philippines
64 g New Zealand
65 g Singapore
66 g Thailand
71 g Latvia
73 g Moldova
75 g Belarus
81 g Japan
85 g Hong Kong
86 g China
87 g Bosnia and Herzegovina
90 g Turkey
91 g India
92 g Pakistan
96 g Saudi Arabia
97 g United Arab Emirates
98 g Iran
`;

/** Group F: which stored value. */
export const storageTable: string = `
0-99 gs historical value: billing period number (VZ)
101-125 gs the last (F-100) billing periods together
126 gs unspecified number of most recent billing periods
127-254 gs reserved or manufacturer specific
255 gs current value / not used
`;
