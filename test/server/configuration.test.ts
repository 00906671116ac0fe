import { describe, expect, it } from 'vitest';
import { encode } from '../../src/axdr/schema.js';
import { isDlmsError } from '../../src/core/errors.js';
import type { SecurityContextOptions } from '../../src/security/context.js';
import { InvocationCounters } from '../../src/security/counters.js';
import { importKeys } from '../../src/security/keys.js';
import { protect } from '../../src/security/protect.js';
import {
  type AccessRights,
  type AssociationConfig,
  cosemObject,
  type LogicalDevice,
  Meter,
  ObjectStore,
  objectRights,
  readOnlyRights,
  SecurityState,
  serverShortNames,
} from '../../src/server/index.js';
import { defaultConformance, encodeAarq, encodeInitiateRequest } from '../../src/session/index.js';
import { VolatileStore } from '../../src/store/store.js';
import { testKeys } from '../../src/testing/index.js';
import { Apdu, conformanceBits } from '../../src/xdlms/index.js';
import {
  ask,
  cipheredConfig,
  clientTitle,
  contextOf,
  data,
  descriptor,
  Echo,
  echoName,
  invoke,
  meterWith,
  methodOf,
  octets,
  provider,
  serverTitle,
} from './support.js';

// Configurations under which a stranger could do what a client may: refused when the meter is made, by name.

const echo = cosemObject(Echo, echoName, { value: octets(3) }, { take: () => {} });
const security = () => contextOf('server');
const made = (config: Partial<AssociationConfig>, ...more: AssociationConfig[]): string => {
  const whole = {
    clientSap: 1,
    logicalName: '0-0:40.0.1*255',
    mechanism: 'none',
    ciphering: 'none',
    ...config,
  } as AssociationConfig;
  try {
    new Meter({ sap: 1, objects: new ObjectStore().add(echo), associations: [whole, ...more] });
    return 'made';
  } catch (e) {
    if (!isDlmsError(e)) throw e;
    expect((e.context as { what: string }).what).toContain('association 0-0:40.0.1*255 of client 1: ');
    return e.code;
  }
};
const numbers: Partial<LogicalDevice>[] = [
  ...[0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e-9].map((guessesPerSecond) => ({ guessesPerSecond })),
  ...[-1, Number.NaN, 1.5, 0x10000].flatMap((n) => [{ sap: n }, { maxReceivePduSize: n }, { maxSendPduSize: n }]),
  ...[-1, Number.NaN, 1.5, Number.POSITIVE_INFINITY].flatMap((n) => [
    { maxValueSize: n },
    { maxUnprovenSize: n },
    { maxResponseSize: n },
  ]),
  ...[-1, Number.NaN, Number.POSITIVE_INFINITY].map((maxRequestMs) => ({ maxRequestMs })),
  { maxRequestMs: '100' as unknown as number },
];
it.each(numbers)('a limit that bounds nothing, or a timer that never rests: %o', (number) => {
  expect(() => new Meter({ sap: 1, objects: new ObjectStore(), associations: [], ...number })).toThrow(
    expect.objectContaining({ code: 'configuration/invalid' }),
  );
});

it.each([0x1001, -8, 0xfff8, 0xfa08, 0x10000, Number.NaN])(
  'a base name with which the first request would fail: %d',
  (base) => {
    const fault = 'configuration/invalid';
    const at = (baseNames: Record<string, number>): unknown => {
      const objects = new ObjectStore().add(echo, cosemObject(Echo, '0-0:96.1.1*255', { value: octets(3) }));
      const referencing = serverShortNames({ baseNames });
      const open = { mechanism: 'none', ciphering: 'none', rights: readOnlyRights } as const;
      const associations = [{ clientSap: 1, logicalName: '0-0:40.0.1*255', ...open, referencing }] as const;
      return new Meter({ sap: 1, objects, associations });
    };
    expect(at({ [echoName]: 0x1000 })).toBeInstanceOf(Meter);
    expect(() => at({ [echoName]: base })).toThrow(expect.objectContaining({ code: fault }));
    expect(() => at({ [echoName]: 0x1000, '0-0:96.1.1*255': 0x1010 })).toThrow(
      expect.objectContaining({ code: fault }),
    );
  },
);

const writes: AccessRights = { attribute: (_, { index }) => ({ read: true, write: index === 2 }) };
const invokes: AccessRights = { method: () => ({ invoke: true }) };
const open = 'configuration/open-to-everybody';
const invalid = 'configuration/invalid';
const keys = await importKeys(provider, 0, testKeys);
const { globalUnicast, authentication } = keys;
const secret = await provider.importKey('secret', octets(16));

describe('a meter is not made with an association that', () => {
  it.each<[string, Partial<AssociationConfig>, string]>([
    ['anybody opens, its rights not named', {}, open],
    ['is pre-established in clear, its rights not named', { preEstablished: true }, open],
    [
      'is pre-established in clear and names LLS, which is never carried out',
      { preEstablished: true, mechanism: 'lls', password: octets(8), rights: readOnlyRights },
      open,
    ],
    [
      'is pre-established in clear and names HLS, which is never carried out',
      { preEstablished: true, mechanism: 'hls-gmac', security, rights: readOnlyRights },
      open,
    ],
    ['anybody opens and writes through', { rights: writes }, open],
    ['anybody opens and invokes through', { rights: invokes }, open],
    ['anybody opens and may do everything in', { rights: objectRights }, open],
    ['is always open and may do everything', { rights: objectRights, preEstablished: true }, open],
    ['requires ciphering and has no security', { ciphering: 'required' }, invalid],
    ['does not say whether it is ciphered', { ciphering: undefined as never, rights: readOnlyRights }, invalid],
    ['uses HLS 5 without security', { mechanism: 'hls-gmac' }, invalid],
    ['uses HLS 7 without security', { mechanism: 'hls-ecdsa' }, invalid],
    ['uses HLS 3 without security', { mechanism: 'hls-md5', secret }, invalid],
    ['uses HLS 3 without a secret', { mechanism: 'hls-md5', security }, invalid],
    ['uses HLS 4 without a secret', { mechanism: 'hls-sha1', security }, invalid],
    ['uses HLS 6 without a secret', { mechanism: 'hls-sha256', security }, invalid],
    ['uses HLS 2 without the function of the manufacturer', { mechanism: 'hls-2', security }, invalid],
    ['uses LLS without a password', { mechanism: 'lls' }, invalid],
    ['uses LLS with an empty password', { mechanism: 'lls', password: new Uint8Array(0) }, invalid],
  ])('%s', (_, config, code) => expect(made(config)).toBe(code));
  it('has the client SAP of another', () => {
    const one: AssociationConfig = {
      clientSap: 1,
      logicalName: '0-0:40.0.1*255',
      mechanism: 'none',
      ciphering: 'none',
      rights: readOnlyRights,
    };
    expect(made({ rights: readOnlyRights }, one)).toBe(invalid);
    const device = { sap: 1, objects: new ObjectStore(), associations: [one] };
    expect(() => new Meter(device, device)).toThrowError(expect.objectContaining({ code: invalid }));
  });
  it('is made when it says what it means', () => {
    const right = { read: true, write: true, request: { authenticated: true } };
    for (const config of [
      { rights: readOnlyRights },
      { rights: objectRights, anybodyMayChange: true },
      { rights: { attribute: () => right, method: () => ({ invoke: true, request: { encrypted: true } }) } },
      { rights: {}, preEstablished: true },
      { mechanism: 'lls', password: octets(8) },
      { mechanism: 'lls', password: octets(8), rights: objectRights },
      { mechanism: 'hls-gmac', security },
      { mechanism: 'none', ciphering: 'required', security },
      { mechanism: 'none', ciphering: 'required', security, preEstablished: true, rights: objectRights },
    ] as const)
      expect(made(config)).toBe('made');
  });
});

it('rights that say yes after the meter was made still let nobody change anything', async () => {
  let now: AccessRights = readOnlyRights;
  const rights: AccessRights = { attribute: (...a) => now.attribute?.(...a), method: (...m) => now.method?.(...m) };
  const meter = await meterWith({ rights, anybodyMayChange: false, preEstablished: true });
  now = objectRights;
  const value = {
    type: 'set-request-normal',
    invokeIdAndPriority: invoke(),
    cosemAttributeDescriptor: descriptor(),
    value: data(octets(3)),
  } as const;
  expect(await ask(meter, { type: 'set-request', value })).toMatchObject({ value: { result: 'read-write-denied' } });
  const method = {
    type: 'action-request-normal',
    invokeIdAndPriority: invoke(),
    cosemMethodDescriptor: methodOf(2),
    methodInvocationParameters: data(octets(3)),
  } as const;
  expect(await ask(meter, { type: 'action-request', value: method })).toMatchObject({
    value: { singleResponse: { result: 'read-write-denied' } },
  });
  expect(meter.calls).toEqual([]);
});

describe('what only the security context shows is refused when an association is opened, and reported', () => {
  const get = encode(Apdu, {
    type: 'get-request',
    value: { type: 'get-request-normal', invokeIdAndPriority: invoke(), cosemAttributeDescriptor: descriptor() },
  });
  const opening = async (config: Partial<AssociationConfig>): Promise<string[]> => {
    const meter = await meterWith({ rights: objectRights, ...config });
    const client = await contextOf('client', { peerSystemTitle: serverTitle });
    const user = encodeInitiateRequest({ conformance: defaultConformance, maxReceivePduSize: 0 });
    const ciphered = config.ciphering === 'required';
    const userInformation = ciphered ? await protect(user, client) : user;
    const aarq = encodeAarq({
      mechanism: config.mechanism ?? 'none',
      referencing: 'LN',
      ciphered,
      userInformation,
      authenticationValue: octets(32),
      systemTitle: clientTitle,
    });
    for (const apdu of config.preEstablished === true
      ? [get, await protect(get, client, { form: 'general-glo' })]
      : [aarq, get])
      expect(await ask(meter, apdu)).toMatchObject({ type: 'exception-response' });
    return meter.errors.map(
      (e) => `${(e as Error & { code: string }).code} ${JSON.stringify((e as { context?: object }).context)}`,
    );
  };
  const of = async (changes: Partial<SecurityContextOptions>): Promise<Partial<AssociationConfig>> => ({
    ...(await cipheredConfig(changes)),
    mechanism: 'none',
  });
  const nothing = { send: {}, receive: {}, withoutReplayProtection: true };
  const encrypted = { send: { encrypted: true }, receive: { encrypted: true }, withoutReplayProtection: true };
  it.each<[string, () => Promise<Partial<AssociationConfig>>, RegExp]>([
    [
      'ciphering that applies nothing, and no mechanism',
      () => of({ policy: nothing }),
      /open-to-everybody.*nor its policy/,
    ],
    [
      'ciphering that only encrypts, and no mechanism',
      () => of({ policy: encrypted }),
      /open-to-everybody.*nor its policy/,
    ],
    [
      'ciphering that applies nothing, pre-established',
      async () => ({ ...(await of({ policy: nothing })), preEstablished: true }),
      /open-to-everybody/,
    ],
    [
      'ciphering that applies nothing, pre-established, with a mechanism that is never carried out',
      async () => ({ ...(await of({ policy: nothing })), mechanism: 'hls-gmac', preEstablished: true }),
      /open-to-everybody/,
    ],
    ['no encryption key', () => of({ keys: { authentication } }), /invalid.*global unicast encryption key/],
    ['no authentication key', () => of({ keys: { globalUnicast } }), /invalid.*authentication key/],
    [
      'no signature key',
      () => of({ policy: { send: { signed: true }, receive: { authenticated: true } } }),
      /invalid.*digital signature key/,
    ],
    [
      'signatures in suite 0',
      () => of({ policy: { send: {}, receive: { signed: true } } }),
      /invalid.*signatures in security suite 0/,
    ],
    [
      'HLS 5 in clear without its keys',
      async () => ({ mechanism: 'hls-gmac', security: () => contextOf('server', { keys: { globalUnicast } }) }),
      /authentication key/,
    ],
    ['HLS 7 in suite 0', async () => ({ mechanism: 'hls-ecdsa', security }), /hls-ecdsa in security suite 0/],
  ])('%s', async (_, config, fault) => {
    const errors = await opening(await config());
    expect(errors.length).toBeGreaterThan(0);
    for (const error of errors.slice(0, 1)) expect(error).toMatch(fault);
  });
});

it('a stranger adds nothing to a meter by AARQs that prove nothing', async () => {
  const state = new SecurityState({
    provider,
    suite: 0,
    systemTitle: serverTitle,
    keys: await importKeys(provider, 0, testKeys),
    counters: new InvocationCounters(new VolatileStore()),
  });
  const made: WeakRef<object>[] = [];
  const meter = await meterWith({
    mechanism: 'hls-gmac',
    ciphering: 'required',
    security: () => {
      const context = state.context();
      made.push(new WeakRef(context));
      return context;
    },
    conformance: conformanceBits,
  });
  const time = async (n: number): Promise<number> => {
    const began = performance.now();
    for (let i = 0; i < n; i++) {
      const title = Uint8Array.of(0x43, 0x4c, 0x49, 0, 0, i >> 8, i, 1);
      const userInformation = Uint8Array.of(0x21, 0x1f, 0x30, 0, 0, 0, 9, ...octets(26, i));
      const aarq = encodeAarq({
        mechanism: 'hls-gmac',
        referencing: 'LN',
        ciphered: true,
        userInformation,
        authenticationValue: octets(16),
        systemTitle: title,
      });
      expect((await meter.handler.handle(aarq, { clientSap: 1, serverSap: 1 }))[0]?.[0]).toBe(0xd8);
      meter.errors.length = 0;
    }
    return performance.now() - began;
  };
  await time(200);
  const first = await time(400);
  for (let i = 0; i < 5; i++) await time(400);
  // It was linear in all that came before: after 2400 more than ten times as slow.
  expect(await time(400)).toBeLessThan(first * 4);
  const { setFlagsFromString } = await import('node:v8');
  const { runInNewContext } = await import('node:vm');
  setFlagsFromString('--expose-gc');
  await new Promise((resume) => setImmediate(resume));
  runInNewContext('gc')();
  expect(made).toHaveLength(3000);
  expect(made.filter((m) => m.deref() !== undefined).length).toBeLessThan(20);
});
