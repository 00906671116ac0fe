import { bitRows, eventRows, lines, provenance } from './compact.js';
import { dsmrObjects } from './data/dsmr-objects.js';
import * as bits from './data/idis-bits.js';
import { idisEvents } from './data/idis-events.js';
import { kaifaPayloads, smrPayloads } from './data/push-payloads.js';
import { publicSources } from './data/sources.js';
import { clients, keys } from './packages.js';
import type {
  BitField,
  BitRow,
  CompanionProfile,
  EventCode,
  EventLog,
  ProfileObject,
  PushSetupRow,
} from './profile.js';

/**
 * The versions of the Dutch profiles and those that each builds on, as the lists show (inferred for 4.3, 5.1, 5.2 and
 * 5.5).
 */
const builds = {
  '2.2': [],
  '4.2.2': [],
  '4.3': ['4.2.2'],
  '5.0.0': [],
  '5.1': ['5.0.0'],
  '5.2': ['5.0.0', '5.1'],
  '5.5': ['5.0.0', '5.1', '5.2'],
} as const;
/** The versions of the Dutch profiles that {@link dsmr} knows. */
export type DsmrVersion = keyof typeof builds;

/**
 * The Dutch profiles DSMR (2.2, 4.2.2) and SMR (4.3, 5.x). They have ancestors in common with IDIS: the objects look
 * alike, but event codes from 20 on and alarm bits 2 to 4 and 24 to 31 have other meanings. Only meanings that a source
 * gives for these profiles are included; other codes stay numbers.
 */
export function dsmr(version: DsmrVersion): CompanionProfile {
  const five = version.startsWith('5');
  const prefix = version === '2.2' || version === '4.2.2' ? 'DSMR' : 'SMR';
  const objects = objectsOf(version);
  return {
    format: 'companion-profile/1',
    id: `${prefix.toLowerCase()}-${version}`,
    name: `${prefix} ${version} (estimate)`,
    note: 'The part of the profile that the Grid eXchange Fabric reads. Obligations are not known.',
    sources: publicSources,
    clients: clients(),
    suites: [],
    keys: keys(),
    titles: { systemTitle: free(), logicalDeviceName: free(), deviceTypes: [], functionTypes: [] },
    objects,
    eventLogs: eventLogs(objects),
    events: [...eventRows(idisEvents).filter((e) => e.source.includes('OSGP')), ...(five ? smr5Events() : [])],
    bitFields: bitFields(five),
    pushSetups: objects.filter((o) => o.classId === 40).map(pushSetup),
    pushPayloads: five ? smrPayloads() : [],
    scripts: [],
  };
}

/** Customer ports of Nordic meters with fixed lists: only push payloads, no object model. */
export const nordicCustomerPort = (): CompanionProfile => ({
  format: 'companion-profile/1',
  id: 'nordic-customer-port',
  name: 'Nordic customer ports with fixed lists',
  sources: publicSources,
  clients: [],
  suites: [],
  keys: [],
  titles: { systemTitle: free(), logicalDeviceName: free(), deviceTypes: [], functionTypes: [] },
  objects: [],
  eventLogs: [],
  events: [],
  bitFields: [],
  pushSetups: [],
  pushPayloads: kaifaPayloads(),
  scripts: [],
});

const free = (): CompanionProfile['titles']['systemTitle'] => ({
  layout: 'free',
  ...provenance('u OSGP', 'No rule is known'),
});

function objectsOf(version: DsmrVersion): ProfileObject[] {
  const wanted: readonly string[] = [...builds[version], version];
  const byName = new Map<string, ProfileObject>();
  for (const [since = '', obis = '', type = '', phases, rights = '', name = ''] of lines(dsmrObjects)) {
    if (!wanted.includes(since)) continue;
    const [classId = 0, classVersion = 0] = type.split('v').map(Number);
    // A later version that lists an object again replaces the earlier row.
    byName.set(`${obis} ${classId}`, {
      obis,
      classId,
      versions: [classVersion],
      name,
      group: '',
      mandatory: null,
      ...(phases === '3' ? { option: 'polyphase' } : {}),
      rights: { management: rights },
      rightsBasis: `OSGP, ${since}`,
      ...provenance('h OSGP'),
    });
  }
  return [...byName.values()];
}

const logNames: Readonly<Record<string, string>> = {
  '0': 'standard',
  '1': 'fraud',
  '3': 'M-Bus',
  '4': 'communication sessions',
  '5': 'power quality',
  '6': 'auxiliary',
  '7': 'power quality extended',
  '8': 'power quality THD',
};
const eventLogs = (objects: readonly ProfileObject[]): EventLog[] =>
  objects
    .filter((o) => o.obis.startsWith('0.0.99.98.'))
    .map((o) => {
      const e = o.obis.split('.')[4] ?? '';
      return {
        name: logNames[e] ?? o.name,
        profile: o.obis,
        eventObject: `0-0:96.11.${e}*255`,
        columns: ['clock', 'event code'],
        ...provenance('h OSGP'),
      };
    });

/** Codes with another meaning in SMR 5 than in IDIS; the source does not say in which log. */
const smr5Events = (): EventCode[] =>
  Object.entries({
    20: 'Self-check after firmware update passed',
    48: 'Module cover opened',
    49: 'Module cover closed',
    51: 'THD over limit L1',
    52: 'THD over limit L2',
    59: 'THD long over limit L3',
    71: 'Metrological maintenance',
    80: 'Over voltage L1 or voltage sag',
    83: 'Voltage L1 normal or voltage swell',
    88: 'Phase outage L3',
    93: 'Voltage sag L1',
  }).map(([code, name]) => ({ code: Number(code), log: 'unknown', name, ...provenance('m OSGP') }));

function bitFields(five: boolean): BitField[] {
  const shared = bitRows(bits.alarmRegister1).filter((b) => b.source.includes('OSGP'));
  const own = (bit: number, name: string, note?: string): BitRow => ({ bit, name, ...provenance('m OSGP', note) });
  const discovered = [1, 2, 3, 4].map((channel) => own(23 + channel, `New M-Bus device discovered channel ${channel}`));
  const smr5 = [
    own(2, 'Power up'),
    own(3, 'Auxiliary event'),
    own(4, 'Configuration changed'),
    ...[28, 29, 30, 31].map((bit) => own(bit, 'Phase outage', 'Which phase, or a test, is not known')),
  ];
  const status = bitRows(bits.profileStatus).filter((b) => b.source.includes('OSGP'));
  return [
    {
      id: 'alarm 1',
      objects: ['0-0:97.98.0*255', '0-0:97.98.10*255'],
      bits: [...shared, ...discovered, ...(five ? smr5 : [])].sort((a, b) => a.bit - b.bit),
    },
    {
      id: 'profile status',
      objects: ['0-0:96.10.2*255', '0.1-4.96.10.3-7.255'],
      bits: [...status, own(6, 'Recovered value')].sort((a, b) => a.bit - b.bit),
    },
  ];
}

const pushTriggers: Readonly<Record<string, string>> = { '0.1': 'alarm', '0.2': 'SMS wake-up', '0.3': 'UDP' };
const pushSetup = (o: ProfileObject): PushSetupRow => ({
  obis: o.obis,
  name: o.name,
  trigger: pushTriggers[o.obis.slice(0, 3)] ?? 'not known',
  ...provenance('h OSGP'),
});
