import { Data } from '../../src/axdr/data.js';
import { octetString } from '../../src/axdr/index.js';
import { decode, encode } from '../../src/axdr/schema.js';
import { Client, type ClientOptions } from '../../src/client/index.js';
import { systemClock } from '../../src/core/clock.js';
import { DlmsError } from '../../src/core/index.js';
import type { MaybePromise } from '../../src/core/promise.js';
import { attribute, interfaceClass, method, writable } from '../../src/cosem/interface-class.js';
import { LogicalName } from '../../src/cosem/obis.js';
import { SecurityContext, type SecurityContextOptions } from '../../src/security/context.js';
import { InvocationCounters } from '../../src/security/counters.js';
import { importKeys } from '../../src/security/keys.js';
import { nodeProvider } from '../../src/security/providers/node-provider.js';
import type { KeyHandle } from '../../src/security/providers/provider.js';
import { Exchange } from '../../src/server/exchange.js';
import {
  type AssociationConfig,
  type Caller,
  cosemObject,
  type LogicalDevice,
  Meter,
  ObjectStore,
  objectRights,
} from '../../src/server/index.js';
import { defaultConformance, encodeAarq, encodeInitiateRequest, type Mechanism } from '../../src/session/index.js';
import { VolatileStore } from '../../src/store/store.js';
import { testKeys } from '../../src/testing/simulated-meter.js';
import type { ApduChannel, ApduHandler, Route } from '../../src/transport/index.js';
import { type Aarq, Apdu } from '../../src/xdlms/index.js';

export const provider = nodeProvider;
export const clientTitle: Uint8Array = Uint8Array.of(0x43, 0x4c, 0x49, 0, 0, 0, 0, 1);
export const serverTitle: Uint8Array = Uint8Array.of(0x53, 0x52, 0x56, 0, 0, 0, 0, 1);
export const octets = (n: number, salt = 0): Uint8Array =>
  Uint8Array.from({ length: n }, (_, i) => (i * 7 + (i >> 8) + salt) & 0xff);

/** A class of this test: one value to read and write, a method that answers its parameter, one that only takes it. */
export const Echo = interfaceClass({
  name: 'Echo',
  classId: 9000,
  version: 0,
  attributes: {
    logicalName: attribute(1, LogicalName),
    value: writable(attribute(2, octetString)),
    other: writable(attribute(3, octetString)),
  },
  methods: { echo: method(1, octetString, octetString), take: method(2, octetString) },
});
export const echoName = '0-0:96.1.0*255';

export interface TestMeter {
  readonly handler: ApduHandler;
  readonly device: LogicalDevice;
  /** What the methods were called with. */
  readonly calls: Uint8Array[];
  readonly errors: unknown[];
}
/** A meter with one object, and one association of client 1. */
export async function meterWith(
  config: Partial<AssociationConfig> = {},
  device: Partial<LogicalDevice> = {},
): Promise<TestMeter> {
  const calls: Uint8Array[] = [];
  const errors: unknown[] = [];
  const objects = new ObjectStore().add(
    cosemObject(
      Echo,
      echoName,
      { value: octets(10), other: octets(20, 3) },
      {
        echo: (p) => {
          calls.push(p.slice());
          return p.slice();
        },
        take: (p) => {
          calls.push(p.slice());
        },
      },
    ),
  );
  const whole: LogicalDevice = {
    sap: 1,
    objects,
    // As the objects themselves allow, save where a test says otherwise.
    associations: [
      {
        clientSap: 1,
        logicalName: '0-0:40.0.1*255',
        mechanism: 'none',
        ciphering: 'none',
        rights: objectRights,
        anybodyMayChange: true,
        ...config,
      },
    ],
    maxReceivePduSize: 0,
    maxSendPduSize: 0,
    onError: (e) => errors.push(e),
    ...device,
  };
  return { handler: new Meter(whole).connection(), device: whole, calls, errors };
}
export const route: Route = { clientSap: 1, serverSap: 1 };

export async function contextOf(
  side: 'client' | 'server',
  changes: Partial<SecurityContextOptions> = {},
): Promise<SecurityContext> {
  return new SecurityContext({
    provider,
    suite: 0,
    systemTitle: side === 'client' ? clientTitle : serverTitle,
    keys: await importKeys(provider, 0, testKeys),
    counters: new InvocationCounters(new VolatileStore()),
    ...changes,
  });
}
/** Association with HLS 5 and ciphering. */
export async function cipheredConfig(
  changes: Partial<SecurityContextOptions> = {},
): Promise<Partial<AssociationConfig>> {
  const counters = new InvocationCounters(new VolatileStore());
  const keys = await importKeys(provider, 0, testKeys);
  return {
    mechanism: 'hls-gmac',
    ciphering: 'required',
    security: () => new SecurityContext({ provider, suite: 0, systemTitle: serverTitle, keys, counters, ...changes }),
  };
}

/** Straight into the handler; `through` may change what arrives. */
export class DirectChannel implements ApduChannel {
  readonly sent: Uint8Array[] = [];
  readonly received: Uint8Array[] = [];
  readonly #handler: ApduHandler;
  readonly #route: Route;
  readonly #through: (answers: readonly Uint8Array[]) => readonly Uint8Array[];
  readonly #waiting: Uint8Array[] = [];
  constructor(
    handler: ApduHandler,
    through: (answers: readonly Uint8Array[]) => readonly Uint8Array[] = (a) => a,
    to: Route = route,
  ) {
    this.#handler = handler;
    this.#through = through;
    // Not part of what a program would print.
    for (const name of ['sent', 'received'] as const) Object.defineProperty(this, name, { enumerable: false });
    this.#route = to;
  }
  async open(): Promise<void> {}
  async send(apdu: Uint8Array): Promise<void> {
    this.sent.push(apdu);
    this.#waiting.push(...this.#through(await this.#handler.handle(apdu, this.#route)));
  }
  async receive(): Promise<Uint8Array> {
    const next = this.#waiting.shift();
    if (next === undefined) throw new DlmsError('transport/timeout', { waitedMs: 0, waitingFor: 'an answer' });
    this.received.push(next);
    return next;
  }
  async close(): Promise<void> {}
}
export async function connected(
  meter: TestMeter,
  options: ClientOptions = {},
): Promise<{ client: Client; channel: DirectChannel }> {
  const channel = new DirectChannel(meter.handler);
  const client = new Client(channel, options);
  await client.connect();
  return { client, channel };
}

export const callerOf = (changes: Partial<Caller> = {}): Caller => ({
  ...route,
  association: '0-0:40.0.1*255',
  mechanism: 'none',
  protection: {},
  signers: [],
  ...changes,
});
/** A request of such a caller, in an association that can protect its responses in any way, or in none. */
export const exchangeOf = (caller: Partial<Caller> = {}, sendSize = 1000, possible = true): Exchange =>
  new Exchange(
    callerOf(caller),
    { possible: () => possible, sendSize: () => sendSize },
    { octets: 0x800000, ms: 5000, clock: systemClock },
  );

/** One APDU in, one out, as the octets say. */
export async function ask(meter: TestMeter, apdu: Apdu | Uint8Array): Promise<Apdu | undefined> {
  const [answer] = await meter.handler.handle(apdu instanceof Uint8Array ? apdu : encode(Apdu, apdu), route);
  return answer === undefined ? undefined : decode(Apdu, answer);
}
export const invoke = (invokeId = 1): { invokeId: number; serviceClass: 'confirmed'; priority: 'high' } => ({
  invokeId,
  serviceClass: 'confirmed',
  priority: 'high',
});
export const data = (value: Uint8Array): Data => ({ type: 'octet-string', value });
export const dataOctets = (value: Uint8Array): Uint8Array => encode(Data, data(value));
export const descriptor = (attributeId = 2) => ({ classId: 9000, instanceId: echoName, attributeId }) as const;
export const methodOf = (methodId = 1) => ({ classId: 9000, instanceId: echoName, methodId }) as const;
/** The code of the error of a call, with its context. */
export async function failureOf(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (e) {
    if (e instanceof DlmsError) return `${e.code} ${JSON.stringify(e.context)}`;
    throw e;
  }
  return 'no error';
}

/** An InitiateRequest, and an AARQ around it with the usual fields: what a client sends who knows how. */
export const initiate = (changes: Partial<Parameters<typeof encodeInitiateRequest>[0]> = {}): Uint8Array =>
  encodeInitiateRequest({ conformance: defaultConformance, maxReceivePduSize: 0xffff, ...changes });
export const aarq = (
  mechanism: Mechanism,
  changes: Partial<Aarq> = {},
  user = initiate(),
  ciphered = false,
): Uint8Array => {
  const plain = decode(
    Apdu,
    encodeAarq({
      mechanism,
      referencing: 'LN',
      ciphered,
      userInformation: user,
      authenticationValue: octets(16),
      systemTitle: clientTitle,
    }),
  );
  return encode(Apdu, { ...plain, ...changes } as Apdu);
};
export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const secretOf = (text: string): MaybePromise<KeyHandle> => provider.importKey('secret', bytes(text));
/** The attribute of the test object. */
export const get: Uint8Array = encode(Apdu, {
  type: 'get-request',
  value: { type: 'get-request-normal', invokeIdAndPriority: invoke(), cosemAttributeDescriptor: descriptor() },
});
