import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../src/axdr/schema.js';
import { Client } from '../../src/client/index.js';
import { isDlmsError } from '../../src/core/errors.js';
import { defaultConformance, encodeAarq, encodeInitiateRequest } from '../../src/session/index.js';
import type { ApduChannel } from '../../src/transport/index.js';
import { Apdu, conformanceBits } from '../../src/xdlms/index.js';
import {
  callerOf,
  cipheredConfig,
  clientTitle,
  connected,
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
  route,
  type TestMeter,
} from './support.js';

const password = new TextEncoder().encode('12345678');
const everything = conformanceBits.filter((b) => !b.startsWith('reserved'));
/** Meters in every state that a stranger can find or bring about. */
const states: Record<string, () => Promise<TestMeter>> = {
  'not associated': () => meterWith({ mechanism: 'lls', password, conformance: everything }),
  'HLS pending': async () => {
    const meter = await meterWith({
      mechanism: 'hls-sha256',
      secret: await provider.importKey('secret', octets(20)),
      security: (await cipheredConfig()).security!,
      conformance: everything,
    });
    const userInformation = encodeInitiateRequest({ conformance: defaultConformance, maxReceivePduSize: 0 });
    const apdu = encodeAarq({
      mechanism: 'hls-sha256',
      referencing: 'LN',
      ciphered: false,
      userInformation,
      authenticationValue: octets(16),
      systemTitle: clientTitle,
    });
    expect(decode(Apdu, (await meter.handler.handle(apdu, route))[0]!)).toMatchObject({ result: 'accepted' });
    return meter;
  },
  ciphered: async () => {
    const meter = await meterWith({ ...(await cipheredConfig()), conformance: everything });
    await connected(meter, {
      authentication: { mechanism: 'hls-gmac' },
      security: await contextOf('client'),
      conformance: everything,
    });
    return meter;
  },
  'pre-established, ciphered': async () =>
    meterWith({
      ...(await cipheredConfig({ peerSystemTitle: clientTitle })),
      mechanism: 'none',
      preEstablished: true,
      conformance: everything,
    }),
};
const opens = {
  'no security': async () => {
    const meter = await meterWith({ conformance: everything });
    await connected(meter, { conformance: everything });
    return meter;
  },
};

const samples: readonly Uint8Array[] = [
  encode(Apdu, {
    type: 'get-request',
    value: { type: 'get-request-normal', invokeIdAndPriority: invoke(), cosemAttributeDescriptor: descriptor() },
  }),
  encode(Apdu, {
    type: 'get-request',
    value: { type: 'get-request-next', invokeIdAndPriority: invoke(), blockNumber: 1 },
  }),
  encode(Apdu, {
    type: 'set-request',
    value: {
      type: 'set-request-normal',
      invokeIdAndPriority: invoke(),
      cosemAttributeDescriptor: descriptor(),
      value: data(octets(3)),
    },
  }),
  encode(Apdu, {
    type: 'set-request',
    value: {
      type: 'set-request-with-first-datablock',
      invokeIdAndPriority: invoke(),
      cosemAttributeDescriptor: descriptor(),
      datablock: { lastBlock: true, blockNumber: 1, rawData: octets(9) },
    },
  }),
  encode(Apdu, {
    type: 'action-request',
    value: {
      type: 'action-request-normal',
      invokeIdAndPriority: invoke(),
      cosemMethodDescriptor: methodOf(2),
      methodInvocationParameters: data(octets(3)),
    },
  }),
  encode(Apdu, {
    type: 'general-block-transfer',
    blockControl: { lastBlock: true, streaming: false, window: 1 },
    blockNumber: 1,
    blockNumberAck: 0,
    blockData: octets(9),
  }),
  encode(Apdu, { type: 'rlrq', reason: 'normal' }),
  Uint8Array.of(0xd9, 0x40, 0, 0, 1, 0, 1, 3, 0x23, 0x28, 0, 0, 0x60, 1, 0, 0xff, 2, 1, 9, 1, 7),
  Uint8Array.of(0xcb, 0x17, 0x30, 0, 0, 0, 9, ...octets(18)),
  Uint8Array.of(0xdb, 8, ...clientTitle, 0x17, 0x30, 0, 0, 0, 9, ...octets(18)),
  Uint8Array.of(0xdd, 1, 9, 8, ...clientTitle, 0, 0, 0, 0, 0x13, 0x30, 0, 0, 0, 9, ...octets(14)),
  Uint8Array.of(0xdf, 1, 9, 8, ...clientTitle, 0, 0, 0, 3, 0xc0, 1, 1, 0),
  encodeAarq({
    mechanism: 'lls',
    referencing: 'LN',
    ciphered: false,
    authenticationValue: octets(8),
    userInformation: encodeInitiateRequest({ conformance: defaultConformance, maxReceivePduSize: 0 }),
  }),
];
/** Octets that are almost an APDU: one of the samples with some octets changed, cut or repeated, or anything. */
const apdus = fc.oneof(
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom(0x60, 0x62, 0xc0, 0xc1, 0xc3, 0xc8, 0xd0, 0xd9, 0xdb, 0xdd, 0xdf, 0xe0),
        fc.uint8Array({ maxLength: 60 }),
      )
      .map(([tag, rest]) => Uint8Array.of(tag, ...rest)),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({
        sample: fc.constantFrom(...samples),
        changes: fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 3 }),
        end: fc.option(fc.nat({ max: 60 })),
      })
      .map(({ sample, changes, end }) => {
        const out = sample.slice(0, end ?? sample.length);
        for (const [at, value] of changes) if (out.length > 0) out[at % out.length] = value;
        return out;
      }),
  },
);

describe.each(Object.entries(states))('a stranger before a meter: %s', (_, state) => {
  it('gets refusals, and nothing happens', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(apdus, { minLength: 5, maxLength: 30 }), async (sequence) => {
        const meter = await state();
        for (const apdu of sequence) {
          const answers = await meter.handler.handle(apdu, route);
          expect(answers.length).toBeLessThanOrEqual(1);
          for (const answer of answers)
            expect(['aare', 'rlre', 'exception-response', 'action-response', 'general-block-transfer']).toContain(
              decode(Apdu, answer).type,
            );
        }
        expect(meter.calls).toEqual([]);
        const stored = meter.device.objects.get(echoName)?.attributes.get(2)?.read({ caller: callerOf() });
        expect(await stored).toEqual(Uint8Array.of(9, 10, ...octets(10)));
        for (const e of meter.errors) expect(isDlmsError(e)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
it('an open meter answers anything with an APDU that can be read, and no fault is its own', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(apdus, { minLength: 5, maxLength: 40 }), async (sequence) => {
      const meter = await opens['no security']();
      for (const apdu of sequence)
        for (const answer of await meter.handler.handle(apdu, route))
          expect(decode(Apdu, answer).type).toBeTypeOf('string');
      for (const e of meter.errors) expect(isDlmsError(e)).toBe(true);
    }),
    { numRuns: 120 },
  );
});
it('APDUs that arrive all at once are answered in order, one after the other', async () => {
  const meter = await opens['no security']();
  const numbered = (invokeId: number): Uint8Array =>
    encode(Apdu, {
      type: 'get-request',
      value: {
        type: 'get-request-normal',
        invokeIdAndPriority: invoke(invokeId),
        cosemAttributeDescriptor: descriptor(),
      },
    });
  const answers = await Promise.all(Array.from({ length: 15 }, (_, i) => meter.handler.handle(numbered(i + 1), route)));
  expect(answers.map(([a]) => (a as Uint8Array)[2]! & 15)).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
});

describe('a client before a hostile meter', () => {
  const responses = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc
      .record({
        sample: fc.constantFrom(
          Uint8Array.of(0xc4, 1, 0xc1, 0, 9, 2, 1, 2),
          Uint8Array.of(0xc4, 2, 0xc1, 0, 0, 0, 0, 1, 0, 3, 1, 2, 3),
          Uint8Array.of(0xc4, 3, 0xc1, 2, 0, 9, 1, 1, 1, 4),
          Uint8Array.of(0xc5, 1, 0xc1, 0),
          Uint8Array.of(0xc5, 2, 0xc1, 0, 0, 0, 1),
          Uint8Array.of(0xc7, 1, 0xc1, 0, 1, 0, 9, 1, 1),
          Uint8Array.of(0xc7, 2, 0xc1, 0, 0, 0, 0, 1, 3, 1, 2, 3),
          Uint8Array.of(0xc7, 4, 0xc1, 0, 0, 0, 1),
          Uint8Array.of(0xe0, 0x40, 0, 1, 0, 0, 3, 0xc4, 1, 0xc1),
          Uint8Array.of(0x0f, 0, 0, 0, 1, 0, 9, 1, 1),
          Uint8Array.of(0xd8, 1, 1),
        ),
        invokeId: fc.constantFrom(0xc1, 0xc2, 0xc3, 0xc4, 0x81),
        changes: fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 2 }),
      })
      .map(({ sample, invokeId, changes }) => {
        const out = sample.slice();
        if (out[0]! > 0xc0 && out[0]! < 0xc8) out[2] = invokeId;
        for (const [at, value] of changes) out[at % out.length] = value;
        return out;
      }),
  );
  it('ends with a value or a DlmsError, never later than the last answer', async () => {
    let errors = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(responses, { minLength: 1, maxLength: 25 }),
        fc.nat({ max: 4 }),
        async (answers, call) => {
          const meter = await meterWith();
          const queue: Uint8Array[] = [];
          let hostile = false;
          const channel: ApduChannel = {
            open: async () => {},
            close: async () => {},
            send: async (apdu) => {
              if (!hostile) queue.push(...(await meter.handler.handle(apdu, route)));
            },
            receive: async () => {
              const next = queue.shift();
              if (next === undefined) throw Object.assign(new Error('silence'), { name: 'Silence' });
              return next;
            },
          };
          const client = new Client(channel, { maxValueSize: 1000, onNotification: () => {} });
          await client.connect();
          hostile = true;
          queue.push(...answers);
          const calls = [
            () => client.get(Echo, echoName, 'value'),
            () => client.object(Echo, echoName).get('value', 'other'),
            () => client.set(Echo, echoName, 'value', octets(3)),
            () => client.action(Echo, echoName, 'echo', octets(3)),
            () => client.getData(1, echoName, 2),
          ];
          try {
            await calls[call]!();
          } catch (e) {
            errors++;
            expect(isDlmsError(e) || (e as Error).name === 'Silence').toBe(true);
          }
        },
      ),
      { numRuns: 800 },
    );
    expect(errors).toBeGreaterThan(100);
  });
});
