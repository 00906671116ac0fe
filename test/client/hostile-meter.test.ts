import { describe, expect, it } from 'vitest';
import { encode } from '../../src/axdr/schema.js';
import {
  agreeKeys,
  type ChangeKeysOptions,
  Client,
  type ClientEvent,
  type ClientOptions,
  resumeKeyChange,
  shortNames,
} from '../../src/client/index.js';
import { DlmsError } from '../../src/core/errors.js';
import { DataClass } from '../../src/cosem/classes/data.js';
import { InvocationCounters } from '../../src/security/counters.js';
import { importKeys } from '../../src/security/keys.js';
import { cosemObject, ObjectStore } from '../../src/server/index.js';
import { VolatileStore } from '../../src/store/store.js';
import { testKeys } from '../../src/testing/simulated-meter.js';
import { Inbox } from '../../src/transport/channels/inbox.js';
import type { ApduChannel } from '../../src/transport/index.js';
import {
  type Aare,
  Apdu,
  applicationContexts,
  type ConformanceBit,
  type InitiateResponse,
  mechanismName,
} from '../../src/xdlms/index.js';
import {
  cipheredConfig,
  connected,
  contextOf,
  DirectChannel,
  Echo,
  echoName,
  failureOf,
  meterWith,
  octets,
  provider,
  serverTitle,
} from '../server/support.js';
import { VirtualClock } from '../transport/virtual-clock.js';
import { settled } from './delayed.js';

const conformance: readonly ConformanceBit[] = [
  'get',
  'set',
  'action',
  'block-transfer-with-get-or-read',
  'multiple-references',
];
const initiated = (changes: Partial<InitiateResponse> = {}): Uint8Array =>
  encode(Apdu, {
    type: 'initiateResponse',
    negotiatedDlmsVersionNumber: 6,
    negotiatedConformance: [...conformance],
    serverMaxReceivePduSize: 500,
    vaaName: 7,
    ...changes,
  });
const aare = (changes: Partial<Aare> = {}, response = initiated()): Uint8Array =>
  encode(Apdu, {
    type: 'aare',
    applicationContextName: applicationContexts.LN_no_ciphering,
    result: 'accepted',
    resultSourceDiagnostic: { type: 'acse-service-user', value: 'null' },
    userInformation: response,
    ...changes,
  });

/** Answers each APDU with what `answer` says, at once or later. */
class Meter implements ApduChannel {
  readonly clock: VirtualClock = new VirtualClock();
  readonly sent: Uint8Array[] = [];
  readonly events: ClientEvent[] = [];
  readonly #inbox: Inbox = new Inbox(this.clock, 1000);
  readonly #answer: (request: Uint8Array, sent: number) => readonly Uint8Array[];
  constructor(answer: (request: Uint8Array, sent: number) => readonly Uint8Array[]) {
    this.#answer = answer;
  }
  client(options: ClientOptions = {}): Client {
    return new Client(this, { clock: this.clock, timeoutMs: 1000, onEvent: (e) => this.events.push(e), ...options });
  }
  async open(): Promise<void> {}
  async send(apdu: Uint8Array): Promise<void> {
    this.sent.push(apdu);
    for (const a of this.#answer(apdu, this.sent.length)) this.#inbox.deliver(a);
  }
  later(ms: number, apdu: Uint8Array): void {
    this.clock.after(ms, () => this.#inbox.deliver(apdu));
  }
  receive = this.#inbox.receive.bind(this.#inbox);
  async close(): Promise<void> {
    this.#inbox.fail(new DlmsError('transport/closed', { by: 'local', during: 'receiving' }));
  }
  of<T extends ClientEvent['type']>(type: T): Extract<ClientEvent, { type: T }>[] {
    return this.events.filter((e): e is Extract<ClientEvent, { type: T }> => e.type === type);
  }
}
const read = (client: Client) => client.get(Echo, echoName, 'value');
/** DataNotification with one unsigned. */
const push = (n: number): Uint8Array => Uint8Array.of(0x0f, 0, 0, 0, n, 0, 0x11, n);

describe('a challenge made to have a request tagged', () => {
  /** Reads as get-request-normal. */
  const poisoned = Uint8Array.of(0xc0, 1, 0xc1, 0, 8, 0, 0, 1, 0, 0, 255, 2, 0, 0x55, 0x55, 0x55);
  const meterThat = async (bad: number) => {
    const honest = await meterWith(await cipheredConfig());
    let asked = 0;
    const channel = new DirectChannel(honest.handler, (answers) =>
      answers.map((a) => {
        if (a[0] !== 0x61 || asked++ >= bad) return a;
        const at = a.findIndex((_, i) => a[i] === 0xaa && a[i + 2] === 0x80);
        const out = a.slice();
        out.set(poisoned.subarray(0, a[at + 3]), at + 4);
        return out;
      }),
    );
    return { channel, asked: () => asked };
  };
  it('is not answered; a new association with another one is', async () => {
    for (const bad of [1, 3, 7]) {
      const { channel, asked } = await meterThat(bad);
      const attempts: number[] = [];
      const client = new Client(channel, {
        authentication: { mechanism: 'hls-gmac' },
        security: await contextOf('client'),
        onEvent: (e) => e.type === 'retry' && attempts.push(e.attempt),
      });
      await client.connect();
      expect(asked()).toBe(bad + 1);
      expect(attempts).toEqual(Array.from({ length: bad }, (_, i) => i + 1));
      expect(channel.sent.filter((a) => a[0] === 0x60)).toHaveLength(bad + 1);
      expect(channel.sent.filter((a) => a[0] !== 0x60)).toHaveLength(1);
      expect(await read(client)).toEqual(octets(10));
    }
  });
  it('that always comes is refused after a bounded number of associations, and nothing was tagged', async () => {
    const { channel } = await meterThat(1e9);
    const client = new Client(channel, {
      authentication: { mechanism: 'hls-gmac' },
      security: await contextOf('client'),
    });
    expect(await failureOf(() => client.connect())).toMatch(/^association\/authentication-failed .*remote/);
    expect(channel.sent.map((a) => a[0])).toEqual(Array(8).fill(0x60));
  });
});

describe('forged counter errors', () => {
  it('move the counter once in each connect, and are told', async () => {
    const refusal = Uint8Array.of(0xd8, 1, 6, 0, 0x10, 0, 0);
    const meter = new Meter(() => [refusal]);
    const security = await contextOf('client', {
      counters: new InvocationCounters(new VolatileStore(), { initial: 1 }),
    });
    const client = meter.client({ authentication: { mechanism: 'hls-gmac' }, security });
    expect(await failureOf(() => settled(meter.clock, client.connect()))).toMatch(
      /^service\/exception .*invocation-counter-error/,
    );
    expect(meter.sent).toHaveLength(2);
    const [moved, ...more] = meter.of('counter');
    expect(moved).toMatchObject({ reported: 0x100000 });
    expect(moved?.next).toBeGreaterThan(0x100000);
    expect(more).toEqual([]);
    expect(meter.of('retry')).toHaveLength(1);
  });
  it('move nothing where that was switched off', async () => {
    const meter = new Meter(() => [Uint8Array.of(0xd8, 1, 6, 0, 0x10, 0, 0)]);
    const client = meter.client({
      authentication: { mechanism: 'hls-gmac' },
      security: await contextOf('client'),
      recoverCounter: false,
    });
    expect(await failureOf(() => settled(meter.clock, client.connect()))).toContain('invocation-counter-error');
    expect(meter.sent).toHaveLength(1);
    expect(meter.of('counter')).toEqual([]);
  });
});

describe('the AARE', () => {
  const required = { resultSourceDiagnostic: { type: 'acse-service-user', value: 'authentication-required' } } as const;
  it('that asks for authentication without a challenge opens nothing', async () => {
    const secret = await (await contextOf('client')).provider.importKey('secret', octets(9));
    for (const options of [
      {},
      { authentication: { mechanism: 'lls', password: octets(8) }, ciphering: 'none' },
      { authentication: { mechanism: 'hls-md5', secret }, security: await contextOf('client'), ciphering: 'none' },
    ] as const) {
      const meter = new Meter(() => [aare(required)]);
      const client = meter.client(options);
      expect(await failureOf(() => settled(meter.clock, client.connect()))).toBe(
        'association/rejected {"result":"accepted","diagnostic":"authentication required, but no challenge sent"}',
      );
      expect(meter.sent).toHaveLength(1);
      expect(await failureOf(() => read(client))).toContain('association/not-open');
    }
  });
  it('without a challenge, and without saying that it wants authentication, does not end HLS early', async () => {
    const secret = await (await contextOf('client')).provider.importKey('secret', octets(9));
    const meter = new Meter(() => [aare({ mechanismName: mechanismName(3) })]);
    const client = meter.client({
      authentication: { mechanism: 'hls-md5', secret },
      security: await contextOf('client'),
      ciphering: 'none',
    });
    expect(await failureOf(() => settled(meter.clock, client.connect()))).toMatch(
      /^association\/authentication-failed .*no challenge/,
    );
  });
  it('with a PDU size of 0 has no limit, and any other is kept', async () => {
    for (const [size, blocks] of [
      [0, false],
      [100, true],
      [1000, false],
    ] as const) {
      const meter = new Meter((r) =>
        r[0] === 0x60 ? [aare({}, initiated({ serverMaxReceivePduSize: size }))] : [Uint8Array.of(0xd8, 1, 1)],
      );
      const client = meter.client();
      await settled(meter.clock, client.connect());
      await failureOf(() => settled(meter.clock, client.set(Echo, echoName, 'value', octets(400))));
      // 1: normal, 2: with the first block.
      expect(meter.sent.at(-1)?.[1]).toBe(blocks ? 2 : 1);
    }
  });
  it('vaa-name 0007 for short names is a quirk of jDLMS, any other is refused', async () => {
    const short = (vaaName: number) =>
      aare(
        { applicationContextName: applicationContexts.SN_no_ciphering },
        initiated({ vaaName, negotiatedConformance: ['read'] }),
      );
    for (const [vaaName, outcome] of [
      [-1536, 'no error'],
      [7, 'no error'],
      [8, 'association/rejected {"result":"accepted","diagnostic":"vaa-name 8 instead of -1536"}'],
    ] as const) {
      const meter = new Meter(() => [short(vaaName)]);
      expect(await failureOf(() => settled(meter.clock, meter.client({ referencing: shortNames() }).connect()))).toBe(
        outcome,
      );
      expect(meter.of('quirk').map((q) => q.name)).toEqual(vaaName === 7 ? ['vaa-name'] : []);
    }
    const meter = new Meter(() => [aare({}, initiated({ vaaName: -1536 }))]);
    expect(await failureOf(() => settled(meter.clock, meter.client().connect()))).toContain(
      'vaa-name -1536 instead of 7',
    );
  });
  it('is waited for among notifications, but not for ever', async () => {
    const meter = new Meter(() => [push(1), aare()]);
    const client = meter.client();
    await settled(meter.clock, client.connect());
    expect(meter.of('dropped').map((d) => d.reason)).toEqual(['notification before the association is open']);
    const endless = new Meter(() => []);
    for (let i = 1; i < 100; i++) endless.later(i * 500, push(i));
    expect(await failureOf(() => settled(endless.clock, endless.client().connect()))).toMatch(
      /^transport\/timeout .*AARE among notifications/,
    );
    expect(endless.clock.now()).toBeLessThanOrEqual(2000);
  });
});

it.each<ClientOptions>([{}, { authentication: { mechanism: 'lls', password: octets(8) }, ciphering: 'none' }])(
  'a client without HLS does not take an association for open that waits for its proof: %o',
  async (options) => {
    const meter = new Meter(() => [
      aare({
        resultSourceDiagnostic: { type: 'acse-service-user', value: 'authentication-required' },
        mechanismName: mechanismName(5),
        respondingAuthenticationValue: { type: 'charstring', value: octets(16) },
      }),
    ]);
    const client = meter.client(options);
    expect(await failureOf(() => settled(meter.clock, client.connect()))).toMatch(
      /^association\/authentication-failed .*high level security/,
    );
    expect(client.association.state).toBe('failed');
    expect(meter.sent).toHaveLength(1);
  },
);

describe('a method carried out without the return data that its class declares', () => {
  const withoutData = (changes: Partial<Aare> = {}): Meter =>
    new Meter((r) => (r[0] === 0x60 ? [aare(changes)] : [Uint8Array.of(0xc7, 1, r[2] as number, 0, 0)]));
  it('is an error by name, not undefined in place of the result', async () => {
    const meter = withoutData();
    const client = meter.client();
    await settled(meter.clock, client.connect());
    expect(await failureOf(() => settled(meter.clock, client.action(Echo, echoName, 'echo', octets(3))))).toMatch(
      /^decode\/invalid-value .*return data of Echo .*success without any/,
    );
    await settled(meter.clock, client.action(Echo, echoName, 'take', octets(3)));
    expect(client.association.state).toBe('open');
  });
  it('a key agreement stays begun, because the meter may have switched, and is over once the old keys work', async () => {
    const meter = withoutData({ respondingAPTitle: serverTitle });
    const pair = await provider.generateKeyPair('ECDSA P-256');
    const security = await contextOf('client', {
      suite: 1,
      keys: { ...(await importKeys(provider, 0, testKeys)), signing: pair, peerSigning: pair.publicKey },
    });
    const client = meter.client({ security, ciphering: 'none' });
    await settled(meter.clock, client.connect());
    const pending = new VolatileStore();
    const options: ChangeKeysOptions = {
      pending,
      keep: () => {},
      connect: async () => connectedToEcho,
    };
    const honest = await meterWith(
      {},
      {
        objects: new ObjectStore().add(
          cosemObject(DataClass, '0-0:42.0.0*255', { value: { type: 'unsigned', value: 1 } }),
        ),
      },
    );
    const { client: connectedToEcho } = await connected(honest);
    expect(
      await failureOf(() => settled(meter.clock, agreeKeys(client, ['global-unicast-encryption-key'], options))),
    ).toMatch(/^decode\/invalid-value .*success without any/);
    expect(pending.entries('')).toHaveLength(1);
    expect(await resumeKeyChange(security, options)).toEqual({ result: 'old' });
    expect(pending.entries('')).toHaveLength(0);
  });
});

describe('notifications without end', () => {
  const pushing = async (every: number) => {
    const meter = new Meter((r) => (r[0] === 0x60 ? [aare()] : []));
    const heard: Apdu[] = [];
    const client = meter.client({ onNotification: (n) => heard.push(n) });
    await settled(meter.clock, client.connect());
    for (let i = 1; i < 100; i++) meter.later(i * every, push(i));
    return { meter, client, heard };
  };
  it('do not hold a request for ever: all waits together have a time-out, from the first notification on', async () => {
    const { meter, client, heard } = await pushing(400);
    expect(await failureOf(() => settled(meter.clock, read(client)))).toMatch(
      /^transport\/timeout .*"waitedMs":1200.*among notifications/,
    );
    expect(heard).toHaveLength(4);
  });
  it('may take exactly that long', async () => {
    const { meter, client, heard } = await pushing(500);
    meter.later(1900, Uint8Array.of(0xc4, 1, 0x41, 1, 3));
    // At 500, 1000 and 1500: a thousand milliseconds, and not one more.
    expect(await failureOf(() => settled(meter.clock, read(client)))).toMatch(/^service\/data-access/);
    expect(heard).toHaveLength(3);
  });
  it('an information report, which nobody asks for either, is not taken for the answer', async () => {
    const report = Uint8Array.of(0x18, 0, 1, 2, 0x12, 0x34, 1, 0x11, 5);
    const meter = new Meter((r) =>
      r[0] === 0x60 ? [report, aare()] : [report, Uint8Array.of(0xc4, 1, r[2] as number, 1, 3)],
    );
    const heard: Apdu[] = [];
    const client = meter.client({ onNotification: (n) => heard.push(n) });
    await settled(meter.clock, client.connect());
    expect(meter.of('dropped').map((d) => d.reason)).toEqual(['notification before the association is open']);
    expect(await failureOf(() => settled(meter.clock, read(client)))).toMatch(/^service\/data-access/);
    expect(heard).toMatchObject([{ type: 'informationReportRequest', listOfData: [{ type: 'unsigned', value: 5 }] }]);
  });
  it('are told when nobody listens, or when they cannot be read, and the request goes on', async () => {
    const meter = new Meter((r) =>
      r[0] === 0x60 ? [aare()] : [push(1), Uint8Array.of(0x0f, 1, 2), Uint8Array.of(0xc4, 1, r[2] as number, 1, 3)],
    );
    for (const onNotification of [undefined, () => {}]) {
      meter.events.length = 0;
      const client = meter.client(onNotification === undefined ? {} : { onNotification });
      await settled(meter.clock, client.connect());
      expect(await failureOf(() => settled(meter.clock, read(client)))).toMatch(/^service\/data-access/);
      expect(meter.of('dropped').map((d) => d.reason)).toEqual(
        onNotification === undefined
          ? ['notification that nobody listens to', 'notification that nobody listens to']
          : ['notification that cannot be read'],
      );
    }
  });
});

describe('values without end', () => {
  it('GET: blocks of one octet end after a while, long before the value would be too large', async () => {
    let blocks = 0;
    const meter = new Meter((r) => {
      if (r[0] === 0x60) return [aare()];
      blocks++;
      return [Uint8Array.of(0xc4, 2, r[2] as number, 0, 0, 0, blocks >> 8, blocks & 0xff, 0, 1, 7)];
    });
    const client = meter.client();
    await settled(meter.clock, client.connect());
    expect(await failureOf(() => settled(meter.clock, read(client)))).toMatch(
      /^protocol\/unexpected-apdu .*only 11\d\d octets in all blocks/,
    );
    expect(blocks).toBeLessThan(1200);
    expect(client.association.state).toBe('open');
  });
  it.each([
    ['the same', () => octets(3)],
    ['always another one', (n: number) => octets(3, n)],
  ])('general block transfer: block 1 repeated for ever is no progress (%s)', async (_, content) => {
    let n = 0;
    const meter = new Meter((r) => {
      if (r[0] === 0x60) return [aare()];
      return [Uint8Array.of(0xe0, 0x00, 0, 1, 0, 0, 3, ...content(++n))];
    });
    const client = meter.client();
    await settled(meter.clock, client.connect());
    expect(await failureOf(() => settled(meter.clock, read(client)))).toMatch(/^protocol\/block-transfer/);
    expect(n).toBeLessThan(300);
  });
});
