import { DlmsError } from '../core/errors.js';
import { formatHex } from '../core/hex.js';
import { allClasses } from '../cosem/all-classes.js';
import type { InterfaceClass } from '../cosem/interface-class.js';
import { buildLogicalDeviceName } from '../cosem/logical-device-name.js';
import type { Obis } from '../cosem/obis.js';
import { buildSystemTitle } from '../cosem/system-title.js';
import type { CompanionProfile, ProfileClient, ProfileObject } from '../idis/profile.js';
import { type ProfileRight, parseRights, type Rights } from '../idis/rights.js';
import { firstCode } from '../idis/view-of-profile.js';
import { InvocationCounters } from '../security/counters.js';
import { importKeys } from '../security/keys.js';
import { strictPolicy } from '../security/policy.js';
import type { Unprotected } from '../security/unprotected.js';
import type { AssociationConfig } from '../server/association.js';
import { type LogicalDevice, Meter } from '../server/meter.js';
import { AccessRefused, accessor, type CosemObject, cosemObject, ObjectStore } from '../server/object.js';
import { type AssociationLnOptions, associationLnObject } from '../server/objects/association-ln.js';
import { clockObject } from '../server/objects/clock.js';
import { disconnectControlObject } from '../server/objects/disconnect-control.js';
import { securitySetupObject } from '../server/objects/security-setup.js';
import { SecurityState } from '../server/objects/security-state.js';
import { VolatileStore } from '../store/store.js';
import type { ApduHandler } from '../transport/transport.js';
import { capturePeriod, LoadProfile } from './load-profile.js';
import { type PlainWorld, profileValue } from './profile-values.js';
import { type SimulatedMeterOptions, testKeysOf } from './simulated-meter.js';

/** Options of {@link profileMeter}. */
export interface ProfileMeterOptions
  extends Pick<
    SimulatedMeterOptions,
    | 'provider'
    | 'keys'
    | 'policy'
    | 'now'
    | 'deviationMinutes'
    | 'maxReceivePduSize'
    | 'maxSendPduSize'
    | 'conformance'
    | 'profileRows'
    | 'objects'
    | 'onError'
    | 'persist'
  > {
  readonly profile: CompanionProfile;
  /**
   * Options of the profile that the meter has (D, L, M, polyphase); objects of other options are left out. Default:
   * none.
   */
  readonly options?: readonly string[];
  /** Three letters of the manufacturer, for both names. Default: `SIM`. */
  readonly manufacturer?: string;
  /** Default: 1. */
  readonly serialNumber?: number;
}
/** A complete meter in memory, made from a companion profile. */
export interface ProfileMeter {
  readonly meter: Meter;
  readonly device: LogicalDevice;
  readonly systemTitle: Uint8Array;
  readonly logicalDeviceName: string;
  readonly security: SecurityState;
  /** The handler of a new connection. */
  connection(): ApduHandler;
}

/**
 * A meter with every object of a companion profile: the first code of each pattern, the first class version allowed,
 * the rights of each client as stated in the profile, and plausible values of the right types. Clock, disconnector,
 * load profile 1-0:99.1.0, associations, security setup and invocation counter work. Anything else that is written is
 * kept; other methods do nothing and say so (`temporary-failure`), except resets.
 *
 * If the profile does not state the rights of a client, the management client may read everything, and the others only
 * the logical name.
 * @throws DlmsError `service/unsupported` for a class or version that this library does not know
 */
export async function profileMeter(options: ProfileMeterOptions): Promise<ProfileMeter> {
  const { profile, provider } = options;
  const present = options.options ?? [];
  const rows = profile.objects.filter((row) => row.option === undefined || present.includes(row.option));
  const now = options.now ?? Date.now;
  const identity = identityOf(profile, present, options.serialNumber ?? 1);
  const manufacturer = options.manufacturer ?? 'SIM';
  const systemTitle = buildSystemTitle(manufacturer, identity);
  const world: PlainWorld = {
    logicalDeviceName: buildLogicalDeviceName(manufacturer, identity),
    serialNumber: identity.serialNumber,
    now,
    deviationMinutes: options.deviationMinutes ?? -60,
  };
  const policy = options.policy ?? strictPolicy;
  const suite = profile.suites.length === 0 ? 0 : Math.min(...profile.suites.map((s) => s.suite));
  const security = new SecurityState({
    provider,
    suite,
    systemTitle,
    keys: await importKeys(provider, suite, options.keys ?? testKeysOf(suite)),
    counters: new InvocationCounters(new VolatileStore()),
    request: policy.receive,
    response: policy.send,
    withoutReplayProtection: policy.withoutReplayProtection === true,
    ...options.persist,
  });
  let lastCounter = 0;
  const heard = ({ layers }: Unprotected): void => {
    for (const { authenticated, invocationCounter, key } of layers)
      if (authenticated && key === 'global-unicast-encryption-key')
        lastCounter = Math.max(lastCounter, invocationCounter ?? 0);
  };
  const rights = new Map(profile.clients.map((client) => [client.id, rightsByName(rows, client)]));
  const associations = profile.clients.map((client, i): AssociationConfig => {
    const config = configOf(client, `0-0:40.0.${i + 1}*255`, security, rights.get(client.id) as RightsByName, heard);
    return options.conformance === undefined ? config : { ...config, conformance: options.conformance };
  });

  const objects = new ObjectStore();
  const { maxReceivePduSize = 1024, maxSendPduSize = 1024 } = options;
  const shown: AssociationLnOptions = { objects, maxReceivePduSize, maxSendPduSize, secretListed: true };
  const newest = Math.floor(now() / (capturePeriod * 1000)) * capturePeriod * 1000;
  const load = new LoadProfile({ rows: options.profileRows ?? 100, newest, deviationMinutes: world.deviationMinutes });
  for (const row of rows) {
    const name = firstCode(row.obis);
    const definition = definitionOf(row);
    const alive = (): CosemObject | undefined => {
      if (row.classId === 8) return clockObject({ now, deviationMinutes: world.deviationMinutes, logicalName: name });
      if (row.classId === 70)
        return disconnectControlObject({ logicalName: name, version: definition.version === 0 ? 0 : 1 });
      if (row.classId === 64)
        return securitySetupObject(security, { logicalName: name, version: definition.version === 0 ? 0 : 1 });
      if (row.classId === 15) return associationRow(name, definition, associations, shown);
      if (name === '1-0:99.1.0*255' && row.classId === 7) return load.object();
      return undefined;
    };
    const counter = name === '0-0:43.1.0*255' ? () => lastCounter : undefined;
    const made = alive() ?? plainObject(definition, row, world, counter);
    objects.add(made);
  }
  objects.add(...(options.objects ?? []));

  const device: LogicalDevice = {
    sap: 1,
    objects,
    associations,
    maxReceivePduSize,
    ...(options.maxSendPduSize === undefined ? {} : { maxSendPduSize: options.maxSendPduSize }),
    ...(options.onError === undefined ? {} : { onError: options.onError }),
  };
  const meter = new Meter(device);
  return {
    meter,
    device,
    systemTitle,
    logicalDeviceName: world.logicalDeviceName,
    security,
    connection: () => meter.connection(),
  };
}

/** Device type and function type as numbered in the profile; any device if it does not number them. */
function identityOf(
  { titles }: CompanionProfile,
  present: readonly string[],
  serialNumber: number,
): Parameters<typeof buildSystemTitle>[1] {
  const types = titles.deviceTypes.map((t) => t.value);
  const functionType = titles.functionTypes.reduce(
    (sum, { bit, option }) => (present.includes(option) ? sum | (1 << bit) : sum),
    0,
  );
  return { deviceType: (present.includes('polyphase') ? types.at(-1) : types[0]) ?? 102, functionType, serialNumber };
}

// ── objects ────────────────────

function definitionOf(row: ProfileObject): InterfaceClass {
  const version = row.versions[0] ?? allClasses.versions(row.classId)[0] ?? 0;
  const found = allClasses.get(row.classId, version);
  if (found === undefined)
    throw new DlmsError('service/unsupported', { what: `class ${row.classId} version ${version}` });
  return found;
}
function associationRow(
  name: Obis,
  definition: InterfaceClass,
  associations: readonly AssociationConfig[],
  options: AssociationLnOptions,
): CosemObject | undefined {
  if (definition.version !== 1) return undefined;
  const shown = name === '0-0:40.0.0*255' ? associations : associations.find((a) => a.logicalName === name);
  return shown === undefined ? undefined : associationLnObject(shown, options);
}
/** An object with values of the types in its class, which keeps what is written. */
function plainObject(
  definition: InterfaceClass,
  row: ProfileObject,
  world: PlainWorld,
  counter: (() => number) | undefined,
): CosemObject {
  const name = firstCode(row.obis);
  const values = new Map<string, unknown>();
  const attributes: Record<string, unknown> = {};
  for (const [key, attribute] of Object.entries(definition.attributes)) {
    if (key === 'logicalName') continue;
    const initial = profileValue(
      definition,
      name,
      attribute,
      row.attributes?.find((a) => a.index === attribute.index),
      world,
    );
    values.set(key, initial);
    attributes[key] = accessor<unknown>({
      get: () =>
        counter !== undefined && attribute.index === 2
          ? { type: 'double-long-unsigned', value: counter() }
          : values.get(key),
      set: (value) => {
        values.set(key, value);
      },
    });
  }
  const methods: Record<string, () => void> = {};
  for (const key of Object.keys(definition.methods)) {
    methods[key] = () => {
      if (key !== 'reset') throw new AccessRefused('temporary-failure');
      for (const [resettable, value] of values)
        if (/^(value|currentAverageValue|lastAverageValue|buffer|entriesInUse)$/.test(resettable))
          values.set(resettable, zeroOf(value));
    };
  }
  // The profile, not the class, decides what may be written.
  const made = cosemObject(definition, name, attributes, methods);
  const writable = new Map(
    [...made.attributes].map(([index, a]) => [index, index === 1 ? a : { ...a, writable: true }]),
  );
  return { ...made, attributes: writable };
}
function zeroOf(value: unknown): unknown {
  if (typeof value === 'number') return 0;
  if (Array.isArray(value)) return [];
  const data = value as { type?: string; value?: unknown } | null;
  if (data === null || typeof data !== 'object' || data.type === undefined) return value;
  return {
    ...data,
    ...(typeof data.value === 'number'
      ? { value: 0 }
      : typeof data.value === 'bigint'
        ? { value: 0n }
        : Array.isArray(data.value)
          ? { value: [] }
          : {}),
  };
}

// ── clients ────────────────────

/** Rights by logical name; `unknown` if the profile does not state any. */
type RightsByName = ReadonlyMap<Obis, Rights | 'none' | 'unknown'>;
const rightsByName = (rows: readonly ProfileObject[], client: ProfileClient): RightsByName =>
  new Map(
    rows.map((row) => {
      const notation = row.rights[client.id];
      return [firstCode(row.obis), notation === undefined ? 'unknown' : parseRights(notation)];
    }),
  );

function configOf(
  client: ProfileClient,
  logicalName: Obis,
  security: SecurityState,
  rights: RightsByName,
  onMessage: (message: Unprotected) => void,
): AssociationConfig {
  const trusted = client.id === 'management';
  const common = {
    clientSap: client.sap,
    logicalName,
    role: client.id,
    rights: {
      attribute: (o: CosemObject, a: { index: number; readable: boolean; writable: boolean }) => {
        const right = attributeRightOf(rights.get(o.logicalName) ?? 'unknown', a.index, trusted);
        return { read: a.readable && right.includes('G'), write: right.includes('S') };
      },
      method: (o: CosemObject, m: { index: number }) => {
        const of = rights.get(o.logicalName) ?? 'unknown';
        return { invoke: typeof of === 'string' ? of === 'unknown' && trusted : of.methods.has(m.index) };
      },
    },
  };
  const said = client.authentication.toLowerCase();
  const ciphering = client.ciphered
    ? ({ ciphering: 'required', security: security.context, onMessage } as const)
    : ({ ciphering: 'none' } as const);
  if (said.includes('pre-established') || said.includes('without aarq'))
    return { ...common, ...ciphering, mechanism: 'none', preEstablished: true };
  if (said.includes('hls') || said.includes('gmac'))
    return { ...common, ...ciphering, security: security.context, mechanism: 'hls-gmac' };
  // If the profile lets a client without any security write something, so does this meter.
  return { ...common, ...ciphering, mechanism: 'none', ...(client.ciphered ? {} : { anybodyMayChange: true }) };
}
function attributeRightOf(rights: Rights | 'none' | 'unknown', index: number, trusted: boolean): ProfileRight {
  if (rights === 'none') return '-';
  if (index === 1) return 'G';
  if (rights === 'unknown') return trusted ? 'G' : '-';
  // The profile does not judge what it does not name, and a management client that could not read it would be of little
  // use.
  return rights.attributes.get(index) ?? (trusted ? 'G' : '-');
}

/** Both names of this meter, for a view, in the form that `checkProfile` compares. */
export const titlesOf = ({
  systemTitle,
  logicalDeviceName,
}: ProfileMeter): { systemTitle: string; logicalDeviceName: string } => ({
  systemTitle: formatHex(systemTitle),
  logicalDeviceName,
});
