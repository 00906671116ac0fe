import type { PayloadElement, PushPayload } from '../profile.js';

const number = (name: string, obis: string, scaler?: number, unit?: string): PayloadElement => ({
  name,
  obis,
  types: ['double-long-unsigned'],
  ...(scaler === undefined ? {} : { scaler }),
  ...(unit === undefined ? {} : { unit }),
});
const octets = (name: string, obis: string, more: Partial<PayloadElement> = {}): PayloadElement => ({
  name,
  obis,
  types: ['octet-string', 'visible-string'],
  ...more,
});
const clock: PayloadElement = octets('Clock', '0-0:1.0.0*255', { length: 12 });
const energies = (): PayloadElement[] => [
  number('+A', '1-0:1.8.0*255'),
  number('-A', '1-0:2.8.0*255'),
  number('+R', '1-0:3.8.0*255'),
  number('-R', '1-0:4.8.0*255'),
];
const powers = (): PayloadElement[] => [
  number('+P', '1-0:1.7.0*255'),
  number('-P', '1-0:2.7.0*255'),
  number('+Q', '1-0:3.7.0*255'),
  number('-Q', '1-0:4.7.0*255'),
];

/**
 * Payloads of customer ports of the IDIS family with values in a fixed order. The sources do not give units, so there
 * are none.
 */
export const idisPayloads = (): PushPayload[] => [
  {
    name: 'Iskraemeco AM550, Wiener Netze',
    elements: [clock, ...energies(), ...powers()],
    source: ['AM550'],
    confidence: 'high',
    note: 'Optical customer port; general-glo-ciphering, encryption only',
  },
  {
    name: 'Iskraemeco AM550, Kaernten Netz',
    elements: [
      octets('Push setup', '0-6:25.9.0*255', { hex: '0006190900FF' }),
      octets('Meter number', '0-0:96.1.0*255'),
      { name: 'Local time', obis: '1-0:0.9.1*255', types: ['octet-string', 'time'], length: 4 },
      { name: 'Local date', obis: '1-0:0.9.2*255', types: ['octet-string', 'date'], length: 5 },
      ...energies(),
      ...powers(),
      octets('Consumer message text', '0-0:96.13.0*255'),
      octets('Consumer message code', '0-0:96.13.1*255'),
    ],
    source: ['AM550'],
    confidence: 'high',
    note: 'P1 plug',
  },
  {
    name: 'Kaifa MA309, Netz Burgenland',
    elements: [
      clock,
      octets('Logical device name', '0-0:42.0.0*255'),
      number('+A', '1-0:1.8.0*255'),
      number('-A', '1-0:2.8.0*255'),
      number('+P', '1-0:1.7.0*255'),
      number('-P', '1-0:2.7.0*255'),
      number('+R', '1-0:3.8.0*255'),
      number('-R', '1-0:4.8.0*255'),
    ],
    source: ['BGLD'],
    confidence: 'medium',
    note: 'Order as a public note gives it; types not seen',
  },
];

const register: readonly string[] = ['double-long-unsigned', 'long-unsigned', 'bit-string'];
export const smrPayloads = (): PushPayload[] => [
  {
    name: 'SMR 5 alarm',
    elements: [
      octets('Equipment identifier', '0-0:96.1.0*255', { length: 17 }),
      octets('Push setup', '0-1:25.9.0*255', { length: 6 }),
      { name: 'Alarm register 1', obis: '0-0:97.98.0*255', types: register },
      { name: 'Alarm register 2', obis: '0-0:97.98.1*255', types: register, optional: true },
    ],
    source: ['OSGP'],
    confidence: 'medium',
    note: 'Alarm register 2 from SMR 5.2 on',
  },
];

/** Lists of the Kaifa MA304H. A capture from the same meter family that includes OBIS codes confirms the order. */
export const kaifaPayloads = (): PushPayload[] => {
  const power = (obis: string, name: string, unit: string) => number(name, obis, 0, unit);
  const head = [
    octets('List version', '1-0:0.2.129*255', { hex: '4B464D5F303031' }),
    octets('Meter identification', '0-0:96.1.0*255'),
    octets('Meter type', '0-0:96.1.7*255'),
    power('1-0:1.7.0*255', '+P', 'W'),
    power('1-0:2.7.0*255', '-P', 'W'),
    power('1-0:3.7.0*255', '+Q', 'var'),
    power('1-0:4.7.0*255', '-Q', 'var'),
    ...[31, 51, 71].map((c, i) => number(`I${i + 1}`, `1-0:${c}.7.0*255`, -3, 'A')),
    ...[32, 52, 72].map((c, i) => number(`U${i + 1}`, `1-0:${c}.7.0*255`, -1, 'V')),
  ];
  const tail = [
    clock,
    power('1-0:1.8.0*255', '+A', 'Wh'),
    power('1-0:2.8.0*255', '-A', 'Wh'),
    power('1-0:3.8.0*255', '+R', 'varh'),
    power('1-0:4.8.0*255', '-R', 'varh'),
  ];
  const origin = {
    source: ['KAIFA', 'ENG'],
    confidence: 'medium',
    note: 'Order from captures; scalers and units from engineering knowledge (the message has none)',
  } as const;
  return [
    { name: 'Kaifa list 2, three phases', elements: head, ...origin },
    { name: 'Kaifa list 3, three phases', elements: [...head, ...tail], ...origin },
  ];
};
