import { DataClass } from '../cosem/classes/data.js';
import { Register } from '../cosem/classes/register.js';
import { SapAssignment } from '../cosem/classes/sap-assignment.js';
import type { Obis } from '../cosem/obis.js';
import type { UnitName } from '../cosem/units.js';
import type { Certificate } from '../security/certificates/certificate.js';
import type { RevocationPolicy } from '../security/certificates/chain.js';
import { CertificateStore, type CertificateStoreOptions } from '../security/certificates/store.js';
import { InvocationCounters } from '../security/counters.js';
import { llsMatches } from '../security/hls.js';
import { importKeys, type KeyMaterial } from '../security/keys.js';
import { type SecurityPolicy, strictPolicy } from '../security/policy.js';
import type { CryptoProvider } from '../security/providers/provider.js';
import type { Unprotected } from '../security/unprotected.js';
import type { AssociationConfig } from '../server/association.js';
import { type LogicalDevice, Meter } from '../server/meter.js';
import { accessor, type CosemObject, cosemObject, ObjectStore } from '../server/object.js';
import { associationLnObject } from '../server/objects/association-ln.js';
import { clockObject } from '../server/objects/clock.js';
import { disconnectControlObject } from '../server/objects/disconnect-control.js';
import { securitySetupObject } from '../server/objects/security-setup.js';
import { SecurityState, type SecurityStateOptions } from '../server/objects/security-state.js';
import { type AccessRights, objectRights, readOnlyRights } from '../server/rights.js';
import { VolatileStore } from '../store/store.js';
import type { ApduHandler } from '../transport/transport.js';
import type { ConformanceBit } from '../xdlms/initiate.js';
import { capturePeriod, LoadProfile } from './load-profile.js';

/** Options of {@link simulatedMeter}. */
export interface SimulatedMeterOptions {
  /** The cryptography provider, e.g. `nobleProvider`. */
  readonly provider: CryptoProvider;
  /** The system title, 8 octets. Default: `SIM`, then 00 00 00 00 01. */
  readonly systemTitle?: Uint8Array;
  /**
   * Keys of the management association, and of the signing association if there is a signing key. Default:
   * {@link testKeysOf}, which everybody knows.
   */
  readonly keys?: KeyMaterial;
  /** Security suite of the management association. Default: 0. */
  readonly suite?: number;
  /**
   * For suites 1 and 2: certificates (DER) of clients and of the meter, and those that vouch for them. Default: none.
   */
  readonly certificates?: readonly Uint8Array[];
  readonly anchors?: readonly Certificate[];
  /** How revocation is checked. Default: `when-available`, without lists. */
  readonly revocation?: RevocationPolicy;
  /** Stores changed keys and policies. Default: they last as long as the meter. */
  readonly persist?: Pick<SecurityStateOptions, 'persistKeys' | 'persistPolicy'> & {
    /** Stores changed certificates. */
    readonly persistCertificates?: CertificateStoreOptions['persist'];
  };
  /** Who may require signatures; see {@link SecurityStateOptions}. */
  readonly signing?: Pick<SecurityStateOptions, 'clients' | 'signingRoles'>;
  /** Default: authenticated and encrypted in both directions. */
  readonly policy?: SecurityPolicy;
  /** Password of the reading association. Default: `12345678`. */
  readonly password?: Uint8Array;
  /** Number of rows in the load profile. Default: 10 000. */
  readonly profileRows?: number;
  /** The current time in milliseconds since 1970. Default: the clock of this machine. */
  readonly now?: () => number;
  /** Minutes from local time to UTC, negative east of Greenwich. Default: -60. */
  readonly deviationMinutes?: number;
  /** Longest APDU that the meter accepts, in octets. Default: 1024. */
  readonly maxReceivePduSize?: number;
  /**
   * Longest APDU that the meter sends, in octets, even if the client accepts more; 0: as much as it accepts. Default:
   * 1024.
   */
  readonly maxSendPduSize?: number;
  /** Default: `serverConformance` of `dlms-cosem/server`. */
  readonly conformance?: readonly ConformanceBit[];
  /** More objects; they replace those with the same logical name. */
  readonly objects?: readonly CosemObject[];
  /** More associations; they replace those with the same client SAP. */
  readonly associations?: readonly AssociationConfig[];
  /** Called for internal errors of the meter; clients only see `other-reason`. */
  readonly onError?: (error: unknown) => void;
}

/** Keys from examples all over the world: only for tests, never for a meter. */
export const testKeys = {
  globalUnicast: Uint8Array.from({ length: 16 }, (_, i) => i),
  authentication: Uint8Array.from({ length: 16 }, (_, i) => 0xd0 + i),
  globalBroadcast: Uint8Array.from({ length: 16 }, (_, i) => 0x0f - i),
  master: new Uint8Array(16).fill(0x31),
} satisfies KeyMaterial;

/** {@link testKeys} in the key length of a suite. */
export function testKeysOf(suite: number): KeyMaterial {
  if (suite !== 2) return testKeys;
  return Object.fromEntries(
    Object.entries(testKeys).map(([name, key]) => [
      name,
      Uint8Array.from({ length: 32 }, (_, i) => (key[i % 16] as number) ^ (i & 0x10)),
    ]),
  );
}

/** Client SAPs of the simulated meter, as used in companion profiles. */
export const simulatedClients = { public: 16, reading: 17, management: 1, signing: 2 } as const;

/**
 * A whole meter in memory. Serve it with `serveWrapper(transport, meter.connection())`, or pass APDUs directly to the
 * handler.
 */
export interface SimulatedMeter {
  readonly meter: Meter;
  readonly device: LogicalDevice;
  readonly systemTitle: Uint8Array;
  readonly profile: LoadProfile;
  /** Keys, policy and certificates, and their changes. */
  readonly security: SecurityState;
  /** The last invocation counter accepted from the management client. */
  readonly lastCounter: () => number;
  /** The handler of a new connection. */
  connection(): ApduHandler;
}

/**
 * Makes a meter with clock, energy registers, disconnector, identification, security setup, invocation counter and load
 * profile, and with three associations: public (no security, few objects), reading (LLS) and management (HLS 5,
 * ciphered as the policy says). With a signing key, in suites 1 and 2, there is also signing (HLS 7, ciphered).
 */
export async function simulatedMeter(options: SimulatedMeterOptions): Promise<SimulatedMeter> {
  const now = options.now ?? Date.now;
  const deviation = options.deviationMinutes ?? -60;
  const suite = options.suite ?? 0;
  const systemTitle = options.systemTitle ?? Uint8Array.of(0x53, 0x49, 0x4d, 0, 0, 0, 0, 1);
  const policy = options.policy ?? strictPolicy;
  const keys = await importKeys(options.provider, suite, options.keys ?? testKeysOf(suite));
  const security = new SecurityState({
    provider: options.provider,
    suite,
    systemTitle,
    keys,
    counters: new InvocationCounters(new VolatileStore()),
    request: policy.receive,
    response: policy.send,
    withoutReplayProtection: policy.withoutReplayProtection === true,
    ...options.persist,
    ...options.signing,
    ...(suite === 0
      ? {}
      : {
          certificates: new CertificateStore({
            systemTitle,
            verifier: options.provider,
            anchors: options.anchors ?? [],
            revocation: options.revocation ?? { policy: 'when-available', lists: [] },
            now: () => new Date(now()),
            certificates: options.certificates ?? [],
            ...(options.persist?.persistCertificates === undefined
              ? {}
              : { persist: options.persist.persistCertificates }),
          }),
        }),
  });
  const profile = new LoadProfile({
    rows: options.profileRows ?? 10_000,
    newest: Math.floor(now() / (capturePeriod * 1000)) * capturePeriod * 1000,
    deviationMinutes: deviation,
  });
  const password = options.password ?? new TextEncoder().encode('12345678');
  let lastCounter = 0;
  const heard = (message: Unprotected): void => {
    for (const layer of message.layers)
      if (layer.authenticated && layer.invocationCounter !== undefined && layer.key === 'global-unicast-encryption-key')
        lastCounter = Math.max(lastCounter, layer.invocationCounter);
  };

  const objects = new ObjectStore();
  const given = options.associations ?? [];
  const own: AssociationConfig[] = [
    {
      clientSap: simulatedClients.public,
      logicalName: '0-0:40.0.1*255',
      mechanism: 'none',
      ciphering: 'none',
      rights: publicRights,
    },
    {
      clientSap: simulatedClients.reading,
      logicalName: '0-0:40.0.2*255',
      mechanism: 'lls',
      ciphering: 'none',
      password: (given: Uint8Array) => llsMatches(password, given),
      rights: readOnlyRights,
    },
    {
      clientSap: simulatedClients.management,
      logicalName: '0-0:40.0.3*255',
      mechanism: 'hls-gmac',
      ciphering: 'required',
      role: 'management',
      rights: objectRights,
      security: security.context,
      onMessage: heard,
    },
    ...(keys.signing === undefined
      ? []
      : [
          {
            clientSap: simulatedClients.signing,
            logicalName: '0-0:40.0.4*255' as const,
            mechanism: 'hls-ecdsa' as const,
            ciphering: 'required' as const,
            role: 'signing',
            rights: objectRights,
            security: security.context,
            onMessage: heard,
          },
        ]),
  ];
  const associations = [...own.filter(({ clientSap }) => given.every((a) => a.clientSap !== clientSap)), ...given].map(
    (a) => (options.conformance === undefined ? a : { conformance: options.conformance, ...a }),
  );

  objects.add(
    clockObject({ now, deviationMinutes: deviation }),
    ...energyRegisters(profile),
    profile.object(),
    cosemObject(DataClass, '0-0:42.0.0*255', {
      value: { type: 'octet-string', value: new TextEncoder().encode('SIM0000000000001') },
    }),
    cosemObject(DataClass, '0-0:96.1.0*255', {
      value: { type: 'octet-string', value: new TextEncoder().encode('00000001') },
    }),
    cosemObject(DataClass, '0-0:96.10.1*255', { value: { type: 'unsigned', value: 0 } }),
    cosemObject(DataClass, '0-0:43.1.0*255', {
      value: accessor({ get: () => ({ type: 'double-long-unsigned', value: lastCounter }) }),
    }),
    cosemObject(SapAssignment, '0-0:41.0.0*255', {
      sapAssignmentList: [{ sap: 1, logicalDeviceName: new TextEncoder().encode('SIM0000000000001') }],
    }),
    // Version 0 if it can express the policy, because most meters of suite 0 have it.
    securitySetupObject(security, { version: suite === 0 && isSymmetric(policy) ? 0 : 1 }),
    disconnectControlObject(),
  );
  const { maxReceivePduSize = 1024, maxSendPduSize = 1024 } = options;
  for (const shown of [...associations, associations])
    objects.add(associationLnObject(shown, { objects, maxReceivePduSize, maxSendPduSize }));
  objects.add(...(options.objects ?? []));

  const device: LogicalDevice = {
    sap: 1,
    objects,
    associations,
    ...(options.maxReceivePduSize === undefined ? {} : { maxReceivePduSize: options.maxReceivePduSize }),
    ...(options.maxSendPduSize === undefined ? {} : { maxSendPduSize: options.maxSendPduSize }),
    ...(options.onError === undefined ? {} : { onError: options.onError }),
  };
  const meter = new Meter(device);
  return {
    meter,
    device,
    systemTitle,
    profile,
    security,
    lastCounter: () => lastCounter,
    connection: () => meter.connection(),
  };
}

/** The public client can identify the meter, and read its clock and invocation counter. */
const publicNames: ReadonlySet<Obis> = new Set<Obis>([
  '0-0:1.0.0*255',
  '0-0:42.0.0*255',
  '0-0:41.0.0*255',
  '0-0:43.1.0*255',
  '0-0:40.0.0*255',
  '0-0:40.0.1*255',
]);
const publicRights: AccessRights = {
  attribute: (o, a) => (publicNames.has(o.logicalName) ? { read: a.readable, write: false } : undefined),
};

function energyRegisters({ energy }: LoadProfile): CosemObject[] {
  const [a, b, c, d] = energy;
  const register = (name: Obis, value: number, unit: UnitName, scaler = 0): CosemObject =>
    cosemObject(Register, name, { value: { type: 'double-long-unsigned', value }, scalerUnit: { scaler, unit } });
  return [
    register('1-0:1.8.0*255', a, 'Wh'),
    register('1-0:2.8.0*255', b, 'Wh'),
    register('1-0:3.8.0*255', c, 'varh'),
    register('1-0:4.8.0*255', d, 'varh'),
    register('1-0:1.7.0*255', 486, 'W'),
    register('1-0:32.7.0*255', 2304, 'V', -1),
    register('1-0:31.7.0*255', 213, 'A', -2),
    register('1-0:14.7.0*255', 49_998, 'Hz', -3),
  ];
}

const isSymmetric = ({ send, receive }: SecurityPolicy): boolean =>
  (['authenticated', 'encrypted', 'signed'] as const).every(
    (kind) => (send[kind] ?? false) === (receive[kind] ?? false),
  ) && send.signed !== true;
