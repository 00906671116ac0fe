import { bitRows, eventRows, objectRows, provenance } from './compact.js';
import * as bits from './data/idis-bits.js';
import { idisEvents } from './data/idis-events.js';
import { idisObjects } from './data/idis-objects.js';
import { idisPayloads } from './data/push-payloads.js';
import { publicSources } from './data/sources.js';
import type {
  BitField,
  CompanionProfile,
  DeviceTypeRow,
  EventLog,
  FunctionTypeRow,
  ProfileClient,
  ProfileKey,
  PushSetupRow,
  ScriptRow,
} from './profile.js';

const estimate =
  'An estimate from public material: the IDIS association sells the object model. Obligations are not known.';

/** IDIS package 1: S-FSK power line and optical port. */
export const idisPackage1 = (): CompanionProfile => ({
  ...common('1'),
  id: 'idis-package-1',
  name: 'IDIS package 1 (estimate)',
  note: estimate,
  titles: titles([
    deviceType(100, 'package 1 PLC single phase meter'),
    deviceType(101, 'package 1 PLC polyphase meter'),
  ]),
  pushSetups: [],
  pushPayloads: [],
});

/** IDIS package 2: IP networks, push, customer port. */
export const idisPackage2 = (): CompanionProfile => ({
  ...common('2'),
  id: 'idis-package-2',
  name: 'IDIS package 2 (estimate)',
  note: estimate,
  titles: titles([deviceType(102, 'package 2 IP single phase meter'), deviceType(103, 'package 2 IP polyphase meter')]),
  pushSetups: pushSetups(),
  pushPayloads: idisPayloads(),
});

type Common = Omit<CompanionProfile, 'id' | 'name' | 'titles' | 'pushSetups' | 'pushPayloads'>;
const common = (digit: '1' | '2'): Common => ({
  format: 'companion-profile/1',
  sources: publicSources,
  clients: clients(),
  suites: [{ suite: 0, algorithms: 'AES-128 GCM, AES-128 key wrap', ...provenance('h MCS301,CREOS,BGLD') }],
  keys: keys(),
  objects: objectRows(idisObjects, digit),
  eventLogs: eventLogs(),
  events: eventRows(idisEvents),
  bitFields: bitFields(),
  scripts: scripts(),
});

export const clients = (): ProfileClient[] => [
  {
    id: 'public',
    name: 'public client',
    sap: 16,
    authentication: 'none (lowest)',
    ciphered: false,
    use: 'identification, invocation counter',
    ...provenance('h OSGP,EPS'),
  },
  {
    id: 'management',
    name: 'management client',
    sap: 1,
    authentication: 'HLS mechanism 5 (GMAC)',
    ciphered: true,
    use: 'everything',
    ...provenance('h OSGP,EPS,BGLD'),
  },
  {
    id: 'preEstablished',
    name: 'pre-established client',
    sap: 102,
    authentication: 'none needed: the association exists without AARQ',
    ciphered: true,
    use: 'unconfirmed and broadcast services: image blocks, time, load switching, limiter groups',
    ...provenance('h OSGP,EPS', 'Access detail from engineering knowledge'),
  },
  {
    id: 'consumer',
    name: 'consumer information (customer port) client',
    sap: 103,
    authentication: 'pre-established, push only',
    ciphered: true,
    use: 'data notification on the customer port',
    ...provenance('h AM550,E450', 'Seen as HDLC destination in frames of two makers'),
  },
];

const key = (keyId: number | null, short: string, name: string, use: string, origin: string): ProfileKey => ({
  keyId,
  short,
  name,
  use,
  ...provenance(origin),
});
export const keys = (): ProfileKey[] => [
  key(0, 'GUEK', 'global unicast encryption key', 'unicast APDUs of the management client', 'h OSGP,GURUX'),
  key(1, 'GBEK', 'global broadcast encryption key', 'broadcast APDUs, pre-established client', 'm OSGP'),
  key(2, 'AK', 'global authentication key', 'part of the additional authenticated data; GMAC', 'm OSGP'),
  key(
    null,
    'KEK',
    'key encrypting (master) key',
    'wraps the keys in global_key_transfer and key_transfer',
    'h OSGP,MCS301',
  ),
  key(null, 'CIP key', 'consumer port key', 'customer port push, security setup 0-0:43.0.1', 'm MCS301'),
  key(null, 'DK', 'dedicated key', 'one association', 'l+ ENG'),
];

const deviceType = (value: number, name: string): DeviceTypeRow => ({
  value,
  name,
  ...provenance('m GURUX', 'Makers also use values of their own'),
});
const functionType = (bit: number, option: string, name: string): FunctionTypeRow => ({
  bit,
  option,
  name,
  ...provenance('h GURUX,MCS301,LABEL'),
});
const titles = (deviceTypes: DeviceTypeRow[]): CompanionProfile['titles'] => ({
  systemTitle: { layout: 'idis', ...provenance('h GURUX,MCS301') },
  logicalDeviceName: { layout: 'idis', ...provenance('m MCS301') },
  deviceTypes,
  functionTypes: [
    functionType(0, 'D', 'disconnector'),
    functionType(1, 'L', 'load management relay'),
    functionType(2, 'M', 'multi-utility (M-Bus)'),
  ],
});

const log = (
  name: string,
  profile: string,
  eventObject: string | undefined,
  columns: readonly string[],
  origin: string,
): EventLog => ({
  name,
  profile,
  ...(eventObject === undefined ? {} : { eventObject }),
  columns,
  ...provenance(origin),
});
const clockAndCode = ['clock', 'event code'];
const eventLogs = (): EventLog[] => [
  log('standard', '0-0:99.98.0*255', '0-0:96.11.0*255', clockAndCode, 'h MCS301,OSGP'),
  log('fraud', '0-0:99.98.1*255', '0-0:96.11.1*255', clockAndCode, 'h MCS301,OSGP'),
  log(
    'disconnector',
    '0-0:99.98.2*255',
    '0-0:96.11.2*255',
    [...clockAndCode, 'active threshold of the limiter'],
    'm MCS301,ENG',
  ),
  log('M-Bus', '0-0:99.98.3*255', '0-0:96.11.3*255', clockAndCode, 'm OSGP'),
  log(
    'power quality',
    '0-0:99.98.4*255',
    '0-0:96.11.4*255',
    [...clockAndCode, '(maker: magnitude and duration)'],
    'm MCS301',
  ),
  log('communication', '0-0:99.98.5*255', '0-0:96.11.5*255', clockAndCode, 'm MCS301'),
  log('power failure', '1-0:99.97.0*255', undefined, ['clock', 'duration of last long power failure'], 'm MCS301,ENG'),
  ...[1, 2, 3, 4].map((channel) =>
    log(
      `M-Bus control ${channel}`,
      `0-${channel}:24.5.0*255`,
      `0-${channel}:96.11.4*255`,
      clockAndCode,
      'm MCS301,ENG',
    ),
  ),
];

const bitFields = (): BitField[] => [
  {
    id: 'alarm 1',
    objects: ['0-0:97.98.0*255', '0-0:97.98.10*255', '0-0:97.98.20*255'],
    bits: bitRows(bits.alarmRegister1),
  },
  {
    id: 'alarm 2',
    objects: ['0-0:97.98.1*255', '0-0:97.98.11*255', '0-0:97.98.21*255'],
    bits: bitRows(bits.alarmRegister2),
  },
  { id: 'error 1', objects: ['0-0:97.97.0*255'], bits: bitRows(bits.errorRegister1) },
  { id: 'profile status', objects: ['0.0-4.96.10.1-3.255'], bits: bitRows(bits.profileStatus) },
  { id: 'M-Bus alarm', objects: [], bits: bitRows(bits.mbusAlarm) },
];

const setup = (
  obis: string,
  name: string,
  trigger: string,
  origin: string,
  more: Partial<PushSetupRow> = {},
): PushSetupRow => ({
  obis,
  name,
  trigger,
  ...more,
  ...provenance(origin, more.note),
});
const pushSetups = (): PushSetupRow[] => [
  setup(
    '0-0:25.9.0*255',
    'on connectivity',
    'new IP connection (start of a connection window, reconnection, wake-up)',
    'm MCS301,ENG',
    {
      destination: 'head-end',
      payload: 'system title (in the protected APDU) and at least device identification and IP address',
      note: 'The instance number is engineering knowledge. The head-end registers the meter by this push',
    },
  ),
  ...[1, 2, 3].map((n) =>
    setup(`0-${n}:25.9.0*255`, `interval ${n}`, `push action scheduler interval ${n}`, 'm MCS301,ENG', {
      destination: 'head-end',
      payload: 'configurable list',
    }),
  ),
  setup(
    '0-4:25.9.0*255',
    'on alarm',
    'alarm monitor 1 or 2 calls script 4 of the push script table',
    'm MCS301,COM200',
    {
      destination: 'head-end',
      payload: 'logical device name or id, push setup name, alarm descriptors 1 and 2',
      note: 'DSMR and SMR use 0-1:25.9.0 for alarms',
    },
  ),
  setup('0-5:25.9.0*255', 'on power down', 'power loss (needs an energy reserve)', 'l ENG', {
    destination: 'head-end',
    payload: 'short notice',
  }),
  setup('0-6:25.9.0*255', 'consumer information', 'scheduler of the customer port (seconds)', 'h AM550', {
    destination: 'local customer port, client 103',
  }),
  setup('0-7:25.9.0*255', 'on installation', "installer's button menu on the meter", 'm COM200', {
    destination: 'head-end',
    payload: 'identification',
  }),
  setup('0-8:25.9.0*255', 'customer port list', 'scheduler of the customer port', 'm E450', {
    destination: 'local customer port, client 103',
    payload: 'self-describing list',
    note: 'Landis+Gyr E450: a vendor or national instance',
  }),
];

const script = (table: string, number: number, action: string, origin: string): ScriptRow => ({
  table,
  script: number,
  action,
  ...provenance(origin),
});
const scripts = (): ScriptRow[] => [
  script('0-0:10.0.108*255', 4, 'push of the alarm setup', 'm MCS301'),
  script('0-0:10.0.106*255', 1, 'remote disconnect', 'l+ ENG'),
  script('0-0:10.0.106*255', 2, 'remote reconnect', 'l+ ENG'),
  script('0-0:10.0.1*255', 1, 'end of billing period', 'm EPS'),
  script('0-0:10.0.107*255', 1, 'activate image', 'l- ENG'),
];
