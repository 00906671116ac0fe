import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../src/axdr/schema.js';
import { equalBytes } from '../../src/core/bytes.js';
import { isDlmsError } from '../../src/core/errors.js';
import { GbtEndpoint } from '../../src/session/index.js';
import { Apdu, type GeneralBlockTransfer } from '../../src/xdlms/index.js';

const octets = (n: number, salt = 0): Uint8Array =>
  Uint8Array.from({ length: n }, (_, i) => (i * 7 + (i >> 8) + salt) & 0xff);
const read = (bytes: Uint8Array): GeneralBlockTransfer =>
  decode(Apdu, bytes) as { type: 'general-block-transfer' } & GeneralBlockTransfer;
const write = (
  b: Partial<GeneralBlockTransfer['blockControl']>,
  blockNumber: number,
  blockNumberAck: number,
  blockData: Uint8Array,
): Uint8Array =>
  encode(Apdu, {
    type: 'general-block-transfer',
    blockControl: { lastBlock: false, streaming: false, window: 5, ...b },
    blockNumber,
    blockNumberAck,
    blockData,
  });
const shape = (bytes: Uint8Array): string => {
  const b = read(bytes);
  return `${b.blockNumber}${b.blockControl.streaming ? '~' : ''}${b.blockControl.lastBlock ? '.' : ''}/${b.blockNumberAck}${b.blockData.length === 0 ? ' ack' : ''}`;
};

/** Both directions through a channel that loses nothing; what went over it is returned. */
function exchange(
  client: GbtEndpoint,
  server: GbtEndpoint,
  request: Uint8Array,
  response: Uint8Array,
): { log: string[]; got: Uint8Array | undefined; served: number } {
  const log: string[] = [];
  let served = 0;
  let got: Uint8Array | undefined;
  let toServer = client.begin(request);
  while (toServer.length > 0) {
    const toClient: Uint8Array[] = [];
    for (const apdu of toServer) {
      log.push(`> ${apdu[0] === 0xe0 ? shape(apdu) : 'plain'}`);
      const complete = apdu[0] === 0xe0 ? server.receive(apdu) : { send: [], complete: apdu };
      toClient.push(...complete.send);
      if (complete.complete === undefined) continue;
      expect(complete.complete).toEqual(request);
      served++;
      toClient.push(...(apdu[0] === 0xe0 ? server.answer(response) : server.begin(response)));
    }
    const next: Uint8Array[] = [];
    for (const apdu of toClient) {
      log.push(`< ${apdu[0] === 0xe0 ? shape(apdu) : 'plain'}`);
      const step = apdu[0] === 0xe0 ? client.receive(apdu) : { send: [], complete: apdu };
      next.push(...step.send);
      got = step.complete ?? got;
    }
    toServer = next;
  }
  return { log, got, served };
}

describe('general block transfer', () => {
  it('leaves short APDUs alone', () => {
    const { log, got } = exchange(
      new GbtEndpoint({ sendSize: 100 }),
      new GbtEndpoint({ sendSize: 100 }),
      octets(100),
      octets(3),
    );
    expect(log).toEqual(['> plain', '< plain']);
    expect(got).toEqual(octets(3));
  });
  it('streams a long response within the window of the client', () => {
    const client = new GbtEndpoint({ sendSize: 100, window: 3 });
    const server = new GbtEndpoint({ sendSize: 50 });
    const first = exchange(client, server, octets(20), octets(41 * 6 + 1));
    expect(first.got).toEqual(octets(41 * 6 + 1));
    // The window of the client is not known before it said something.
    expect(first.log).toEqual([
      '> plain',
      '< 1/0',
      '> 1/1 ack',
      '< 2~/1',
      '< 3~/1',
      '< 4/1',
      '> 2/4 ack',
      '< 5~/2',
      '< 6~/2',
      '< 7./2',
    ]);
  });
  it('carries both directions, and answers in the acknowledgement of the last block', () => {
    const client = new GbtEndpoint({ sendSize: 29, window: 2 });
    const server = new GbtEndpoint({ sendSize: 29, window: 2 });
    const { log, got, served } = exchange(client, server, octets(45), octets(50, 9));
    expect(served).toBe(1);
    expect(got).toEqual(octets(50, 9));
    expect(log).toEqual(['> 1/0', '< 1/1 ack', '> 2~/1', '> 3./1', '< 1~/3', '< 2/3', '> 4/2 ack', '< 3./4']);
    // The same endpoints again, as in one association.
    expect(exchange(client, server, octets(60), octets(70, 1)).got).toEqual(octets(70, 1));
  });
  it('asks for lost blocks again, beginning with the first lost one', () => {
    const server = new GbtEndpoint({ sendSize: 19 });
    const client = new GbtEndpoint({ window: 4 });
    client.begin(octets(3));
    const [first] = server.begin(octets(60));
    const [ack] = client.receive(first!).send;
    const burst = server.receive(ack!).send;
    expect(burst.map(shape)).toEqual(['2~/1', '3~/1', '4~/1', '5/1']);
    // 3 is lost: 4 and 5 are of no use, and the last of the burst is answered.
    expect(client.receive(burst[0]!).send).toEqual([]);
    expect(client.receive(burst[2]!).send).toEqual([]);
    const [again] = client.receive(burst[3]!).send;
    expect(shape(again!)).toBe('2/2 ack');
    const rest = server.receive(again!).send;
    expect(rest.map(shape)).toEqual(['3~/2', '4~/2', '5~/2', '6./2']);
    let complete: Uint8Array | undefined;
    for (const block of rest) complete = client.receive(block).complete ?? complete;
    expect(complete).toEqual(octets(60));
  });
  it('asks again when nothing arrives, then gives up with a name', () => {
    const client = new GbtEndpoint({ sendSize: 19, attempts: 2 });
    expect(client.expired()).toEqual([]);
    expect(client.pending).toBe(false);
    client.begin(octets(30));
    expect(client.pending).toBe(true);
    expect(client.expired().map(shape)).toEqual(['1/0']);
    expect(client.expired().map(shape)).toEqual(['1/0']);
    expect(() => client.expired()).toThrowError(expect.objectContaining({ code: 'protocol/block-transfer' }));
  });
  it('repeats the answer, instead of serving twice, when the last block of the request comes again', () => {
    const client = new GbtEndpoint({ sendSize: 19 });
    const server = new GbtEndpoint({ sendSize: 100 });
    const request = octets(20);
    const short = encode(Apdu, {
      type: 'exception-response',
      stateError: 'service-unknown',
      serviceError: 'other-reason',
    });
    const blocks = [...client.begin(request)];
    blocks.push(...client.receive(server.receive(blocks[0]!).send[0]!).send);
    expect(blocks).toHaveLength(2);
    expect(server.receive(blocks[1]!).complete).toEqual(request);
    expect(server.answer(short)).toEqual([short]);
    const step = server.receive(client.expired()[0]!);
    expect(step).toEqual({ send: [short], ignored: true });
    // Both blocks again, in order, as a network may do it.
    expect([server.receive(blocks[0]!).complete, server.receive(blocks[1]!)]).toEqual([
      undefined,
      { send: [short], ignored: true },
    ]);
  });
  it('takes a request in one block as a new one each time', () => {
    const server = new GbtEndpoint();
    const block = write({ lastBlock: true }, 1, 0, octets(9));
    for (let i = 0; i < 3; i++) {
      expect(server.receive(block).complete).toEqual(octets(9));
      server.answer(octets(4));
    }
  });
  it('acknowledges a last block that gets no answer', () => {
    const { complete, acknowledgement } = new GbtEndpoint().receive(write({ lastBlock: true }, 1, 0, octets(9)));
    expect(complete).toBeDefined();
    expect(shape(acknowledgement!)).toBe('1/1 ack');
  });
  it('takes a one-way push, begins anew at block 1, and refuses a gap', () => {
    const push = (number: number, data: Uint8Array, lastBlock = false): Uint8Array =>
      write({ streaming: true, window: 0, lastBlock }, number, 0, data);
    const listener = new GbtEndpoint();
    const deliver = (...blocks: Uint8Array[]): (Uint8Array | undefined)[] =>
      blocks
        .map((b) => listener.receive(b))
        .map(({ send, complete }) => {
          expect(send).toEqual([]);
          return complete;
        });
    expect(deliver(push(1, octets(4)), push(2, octets(3, 4)), push(3, octets(1), true)).at(-1)).toHaveLength(8);
    // Interrupted after block 2, then sent again; equal octets do not matter.
    expect(
      deliver(push(1, octets(4)), push(2, octets(4)), push(1, octets(4)), push(2, octets(1), true)).at(-1),
    ).toHaveLength(5);
    // A network that repeats the last one.
    expect(
      deliver(push(1, octets(4)), push(2, octets(4)), push(2, octets(4)), push(3, octets(1), true)).at(-1),
    ).toHaveLength(9);
    deliver(push(1, octets(4)));
    expect(() => listener.receive(push(3, octets(4)))).toThrowError(
      expect.objectContaining({ code: 'protocol/block-number' }),
    );
    // Nothing of the broken one is left.
    expect(deliver(push(1, octets(2), true))).toEqual([octets(2)]);
  });
  it('believes no acknowledgement of what was never sent', () => {
    const client = new GbtEndpoint({ sendSize: 19 });
    client.begin(octets(30));
    expect(client.receive(write({}, 1, 3, octets(0))).send).toEqual([]);
    expect(client.receive(write({}, 1, 1, octets(0))).send.map(shape)).toEqual(['2~/1', '3./1']);
  });
  it('keeps its limits', () => {
    const small = new GbtEndpoint({ receiveTotal: 100 });
    small.receive(write({}, 1, 0, octets(60)));
    expect(() => small.receive(write({}, 2, 0, octets(60)))).toThrowError(
      expect.objectContaining({ code: 'decode/too-large' }),
    );
    expect(() => new GbtEndpoint({ sendSize: 9 }).begin(octets(20))).toThrowError(
      expect.objectContaining({ code: 'service/unsupported' }),
    );
    expect(() => new GbtEndpoint({ sendSize: 10 }).begin(octets(65536))).toThrowError(
      expect.objectContaining({ code: 'service/unsupported' }),
    );
    expect(() => new GbtEndpoint({ window: 64 })).toThrowError(
      expect.objectContaining({ code: 'encode/invalid-value' }),
    );
    const endless = new GbtEndpoint();
    endless.receive(write({}, 1, 0, octets(5)));
    expect(() => {
      for (let i = 0; i < 10_000; i++) endless.receive(write({}, 9, 0, octets(5)));
    }).toThrowError(expect.objectContaining({ code: 'protocol/block-transfer' }));
  });
  it('says what it did not expect', () => {
    expect(() => new GbtEndpoint().receive(octets(0))).toThrowError(
      expect.objectContaining({ code: 'decode/unexpected-end' }),
    );
    expect(() => new GbtEndpoint().receive(Uint8Array.of(0xd8, 1, 1))).toThrowError(
      expect.objectContaining({ code: 'protocol/unexpected-apdu' }),
    );
  });

  it('through any channel: exactly what was sent, or an error with a name', () => {
    const fault = fc.constantFrom('pass', 'pass', 'pass', 'pass', 'lose', 'repeat', 'delay');
    let delivered = 0;
    fc.assert(
      fc.property(
        fc.record({
          request: fc.integer({ min: 1, max: 300 }),
          response: fc.integer({ min: 1, max: 300 }),
          clientSize: fc.integer({ min: 10, max: 60 }),
          serverSize: fc.integer({ min: 10, max: 60 }),
          clientWindow: fc.integer({ min: 1, max: 63 }),
          serverWindow: fc.integer({ min: 1, max: 8 }),
          exchanges: fc.integer({ min: 1, max: 3 }),
          faults: fc.array(fault, { maxLength: 60 }),
        }),
        (o) => {
          const client = new GbtEndpoint({ sendSize: o.serverSize, window: o.clientWindow, attempts: 8 });
          const server = new GbtEndpoint({ sendSize: o.clientSize, window: o.serverWindow });
          const faults = o.faults[Symbol.iterator]();
          for (let round = 0; round < o.exchanges; round++) {
            const request = octets(o.request, round);
            const response = octets(o.response, 100 + round);
            try {
              expect(lossy(client, server, request, response, faults)).toEqual(response);
              delivered++;
            } catch (e) {
              if (!isDlmsError(e)) throw e;
              return;
            }
          }
        },
      ),
      { numRuns: 500 },
    );
    // The errors are the exception.
    expect(delivered).toBeGreaterThan(500);
  });
});

describe('general block transfer, what is kept and what is forgotten', () => {
  const push = (number: number, data: Uint8Array, lastBlock = false): Uint8Array =>
    write({ streaming: true, window: 0, lastBlock }, number, 0, data);
  const code = (work: () => unknown): string => {
    try {
      work();
    } catch (e) {
      if (isDlmsError(e)) return e.code;
      throw e;
    }
    return 'no error';
  };
  /** An endpoint that has sent, received and answered, so that there is something to forget. */
  const busy = (options: ConstructorParameters<typeof GbtEndpoint>[0] = {}): GbtEndpoint => {
    const endpoint = new GbtEndpoint({ sendSize: 19, ...options });
    endpoint.receive(write({}, 1, 0, octets(4)));
    endpoint.receive(write({ lastBlock: true }, 2, 0, octets(4)));
    endpoint.answer(octets(25));
    return endpoint;
  };
  /** As one that was just made. */
  const isNew = (endpoint: GbtEndpoint): void => {
    expect(endpoint.pending).toBe(false);
    expect(endpoint.expired()).toEqual([]);
    // Nothing to acknowledge, nothing to repeat, and numbers begin at 1.
    expect(endpoint.receive(write({}, 2, 0, octets(4))).send.map(shape)).toEqual(['1/0 ack']);
    expect(endpoint.receive(write({}, 1, 0, octets(4))).send.map(shape)).toEqual(['2/1 ack']);
    expect(endpoint.receive(write({ lastBlock: true }, 2, 0, octets(4))).complete).toHaveLength(8);
    expect(endpoint.begin(octets(25)).map(shape)).toEqual(['1~/0', '2~/0', '3./0']);
  };
  it('an endpoint that gave up is as new: too many octets', () => {
    const endpoint = busy({ receiveTotal: 8 });
    expect(
      code(() => [endpoint.receive(write({}, 1, 0, octets(8, 1))), endpoint.receive(write({}, 2, 0, octets(1)))]),
    ).toBe('decode/too-large');
    isNew(endpoint);
  });
  it('… no progress', () => {
    const endpoint = busy();
    let n = 0;
    expect(
      code(() => {
        for (; n < 1000; n++) endpoint.receive(write({}, 9, 0, octets(4)));
      }),
    ).toBe('protocol/block-transfer');
    // The last progress was its own answer.
    expect(n).toBe(256);
    isNew(endpoint);
  });
  it('… a gap in a one-way transfer', () => {
    const endpoint = busy();
    expect(code(() => [endpoint.receive(push(1, octets(4, 1))), endpoint.receive(push(3, octets(4)))])).toBe(
      'protocol/block-number',
    );
    isNew(endpoint);
  });
  it.each([
    ['', (n: number) => write({}, 1, 0, octets(4, n))],
    [', one-way', (n: number) => push(1, octets(4, n))],
  ])('… beginnings without an end%s', (_, beginning) => {
    const endpoint = busy();
    let n = 0;
    expect(
      code(() => {
        for (; n < 1000; n++) endpoint.receive(beginning(n));
      }),
    ).toBe('protocol/block-transfer');
    expect(n).toBe(65);
    isNew(endpoint);
  });
  it('… one-way transfers that are always interrupted', () => {
    const endpoint = busy();
    let n = 0;
    expect(
      code(() => {
        for (; n < 1000; n++) {
          endpoint.receive(push(1, octets(4)));
          endpoint.receive(push(2, octets(4)));
        }
      }),
    ).toBe('protocol/block-transfer');
    expect(n).toBe(65);
    isNew(endpoint);
  });
  it('… blocks of one octet', () => {
    const endpoint = busy({ receiveTotal: 1 << 20 });
    let n = 1;
    expect(
      code(() => {
        for (; n < 5000; n++) endpoint.receive(write({}, n, 0, octets(1)));
      }),
    ).toBe('protocol/block-transfer');
    expect(n).toBeGreaterThan(1024);
    expect(n).toBeLessThan(1200);
    isNew(endpoint);
  });
  it('a transfer that came to its end may be followed by as many interrupted ones again', () => {
    const endpoint = new GbtEndpoint();
    for (let round = 0; round < 5; round++) {
      for (let i = 0; i < 60; i++) for (const b of [push(1, octets(4)), push(2, octets(4))]) endpoint.receive(b);
      endpoint.receive(push(1, octets(2)));
      expect(endpoint.receive(push(2, octets(2), true)).complete).toHaveLength(4);
    }
    for (let i = 0; i < 60; i++) for (const b of [push(1, octets(4)), push(2, octets(4))]) endpoint.receive(b);
    endpoint.begin(octets(3));
    for (let i = 0; i < 60; i++) for (const b of [push(1, octets(4)), push(2, octets(4))]) endpoint.receive(b);
  });
  it('takes exactly as many octets as it is told, and not one more', () => {
    const endpoint = new GbtEndpoint({ receiveTotal: 100 });
    endpoint.receive(write({}, 1, 0, octets(60)));
    expect(endpoint.receive(write({ lastBlock: true }, 2, 0, octets(40))).complete).toHaveLength(100);
    endpoint.receive(write({}, 1, 0, octets(60, 1)));
    expect(code(() => endpoint.receive(write({ lastBlock: true }, 2, 0, octets(41))))).toBe('decode/too-large');
  });
  it('asks a function for its limit at each block', () => {
    let limit = 10;
    const endpoint = new GbtEndpoint({ receiveTotal: () => limit });
    endpoint.receive(write({}, 1, 0, octets(10)));
    expect(endpoint.held).toBe(10);
    limit = 20;
    endpoint.receive(write({}, 2, 0, octets(10)));
    expect(endpoint.held).toBe(20);
    limit = 5;
    expect(code(() => endpoint.receive(write({}, 3, 0, octets(1))))).toBe('decode/too-large');
    expect(endpoint.held).toBe(0);
  });
  it('keeps a copy of what arrives', () => {
    const endpoint = new GbtEndpoint();
    const first = write({}, 1, 0, octets(4));
    endpoint.receive(first);
    first.fill(0xff);
    expect(endpoint.receive(write({ lastBlock: true }, 2, 0, octets(4))).complete).toEqual(
      Uint8Array.of(...octets(4), ...octets(4)),
    );
  });
  it('begins anew when block 1 brings something else, and goes on when it brings the same', () => {
    const endpoint = new GbtEndpoint();
    endpoint.receive(write({}, 1, 0, octets(4)));
    endpoint.receive(write({}, 2, 0, octets(4, 1)));
    // Repeated: acknowledged again, nothing is lost.
    expect(endpoint.receive(write({}, 1, 0, octets(4)))).toMatchObject({ ignored: true });
    expect(endpoint.receive(write({}, 1, 0, octets(4))).send.map(shape)).toEqual(['4/2 ack']);
    expect(endpoint.receive(write({}, 3, 0, octets(1)))).not.toHaveProperty('ignored');
    // Something else.
    expect(endpoint.receive(write({}, 1, 0, octets(4, 9))).send.map(shape)).toEqual(['6/1 ack']);
    expect(endpoint.receive(write({ lastBlock: true }, 2, 0, octets(1))).complete).toEqual(
      Uint8Array.of(...octets(4, 9), ...octets(1)),
    );
  });
  it('a one-way transfer begins anew at block 1 even with the same octets, once there was a second block', () => {
    const endpoint = new GbtEndpoint();
    endpoint.receive(push(1, octets(4)));
    // The network repeated it.
    expect(endpoint.receive(push(1, octets(4)))).toEqual({ send: [], ignored: true });
    endpoint.receive(push(2, octets(4)));
    expect(endpoint.receive(push(1, octets(4)))).toEqual({ send: [] });
    expect(endpoint.receive(push(2, octets(3), true)).complete).toHaveLength(7);
  });
  it('a repeated one-way block must be the last one, and the same', () => {
    for (const [again, expected] of [
      [push(2, octets(4, 1)), 'no error'],
      [push(2, octets(4, 2)), 'protocol/block-number'],
      [push(4, octets(4)), 'protocol/block-number'],
    ] as const) {
      const endpoint = new GbtEndpoint();
      endpoint.receive(push(1, octets(4)));
      endpoint.receive(push(2, octets(4, 1)));
      expect(code(() => endpoint.receive(again))).toBe(expected);
    }
  });
  it('progress resets the patience, the attempts and the halved windows', () => {
    const endpoint = new GbtEndpoint({ sendSize: 19, attempts: 2 });
    endpoint.begin(octets(60));
    for (let i = 1; i < 6; i++) {
      // Twice nothing, then an acknowledgement: it may be twice nothing again.
      expect(endpoint.expired()).toHaveLength(1);
      expect(endpoint.expired()).toHaveLength(1);
      endpoint.receive(write({ streaming: false, window: 1 }, i, i, octets(0)));
    }
    const receiver = new GbtEndpoint({ attempts: 2 });
    for (let i = 1; i < 6; i++) {
      receiver.receive(write({}, i, 0, octets(4)));
      expect(receiver.expired().map((b) => shape(b).replace(/^\d+/, ''))).toEqual([`/${i} ack`]);
      receiver.expired();
      for (let k = 0; k < 200; k++) receiver.receive(write({}, 60, 0, octets(4)));
    }
    expect(code(() => [receiver.expired(), receiver.expired(), receiver.expired()])).toBe('protocol/block-transfer');
  });
  it('halves its turns when they bring nothing, and goes back when they do', () => {
    const endpoint = new GbtEndpoint({ sendSize: 19 });
    endpoint.begin(octets(200));
    const acknowledge = (ack: number, window = 8): string[] =>
      endpoint.receive(write({ window }, ack, ack, octets(0))).send.map(shape);
    expect(acknowledge(1)).toEqual(['2~/1', '3~/1', '4~/1', '5~/1', '6~/1', '7~/1', '8~/1', '9/1']);
    expect(acknowledge(1)).toHaveLength(4);
    expect(acknowledge(1)).toHaveLength(2);
    expect(acknowledge(1)).toEqual(['2/1']);
    expect(acknowledge(1)).toEqual(['2/1']);
    expect(acknowledge(2)).toHaveLength(8);
    // An acknowledgement that was overtaken asks for nothing.
    expect(endpoint.receive(write({ window: 8 }, 1, 1, octets(0)))).toEqual({ send: [], ignored: true });
    expect(acknowledge(10)).toEqual(['11~/10', '12~/10', '13~/10', '14~/10', '15~/10', '16~/10', '17~/10', '18/10']);
    expect(acknowledge(18)).toEqual(['19~/18', '20./18']);
    expect(endpoint.pending).toBe(true);
  });
  it('acknowledges what the peer acknowledged while it sends nothing else', () => {
    const endpoint = new GbtEndpoint({ sendSize: 19 });
    endpoint.begin(octets(40));
    // The number of the last acknowledgement of the peer, not a lower one that comes late.
    expect(endpoint.receive(write({ window: 1 }, 7, 1, octets(0))).send.map(shape)).toEqual(['2/7']);
    expect(endpoint.receive(write({ window: 1 }, 3, 2, octets(0))).send.map(shape)).toEqual(['3/7']);
    // Another exchange begins without it.
    expect(endpoint.begin(octets(40)).map(shape)).toEqual(['1/0']);
  });
  it('what the answer to a repeated request is: the same blocks, from where the peer is', () => {
    const server = busy();
    expect(server.receive(write({ lastBlock: true }, 2, 0, octets(4))).send.map(shape)).toEqual([
      '1~/2',
      '2~/2',
      '3./2',
    ]);
    expect(server.receive(write({ lastBlock: true, streaming: true }, 2, 0, octets(4)))).toEqual({
      send: [],
      ignored: true,
    });
    // Both blocks once more, streaming or not.
    server.receive(write({}, 1, 0, octets(4)));
    expect(server.receive(write({ lastBlock: true, streaming: true }, 2, 0, octets(4)))).toEqual({
      send: [],
      ignored: true,
    });
    server.receive(write({}, 1, 0, octets(4)));
    expect(server.receive(write({ lastBlock: true }, 2, 0, octets(4)))).toMatchObject({ ignored: true });
    // Something else in the last block is a new request.
    server.receive(write({}, 1, 0, octets(4)));
    expect(server.receive(write({ lastBlock: true }, 2, 0, octets(4, 5))).complete).toEqual(
      Uint8Array.of(...octets(4), ...octets(4, 5)),
    );
  });
  it('without an answer a repeated request is a new one', () => {
    const server = new GbtEndpoint();
    for (let i = 0; i < 2; i++) {
      server.receive(write({}, 1, 0, octets(4)));
      expect(server.receive(write({ lastBlock: true }, 2, 0, octets(4))).complete).toHaveLength(8);
      // Its last block alone, meanwhile: acknowledged, nothing else is there to say.
      expect(server.receive(write({ lastBlock: true }, 2, 0, octets(4))).send.map((b) => shape(b).slice(-6))).toEqual([
        '/2 ack',
      ]);
    }
  });
  it('says the window that it was given', () => {
    expect(
      read(new GbtEndpoint({ sendSize: 19, window: 63 }).begin(octets(40))[0] as Uint8Array).blockControl.window,
    ).toBe(63);
    expect(read(new GbtEndpoint({ sendSize: 19 }).begin(octets(40))[0] as Uint8Array).blockControl.window).toBe(10);
    expect(code(() => new GbtEndpoint({ window: 0 }))).toBe('encode/invalid-value');
    expect(code(() => new GbtEndpoint({ window: 1.5 }))).toBe('encode/invalid-value');
    expect(code(() => new GbtEndpoint({ window: 1 }))).toBe('no error');
  });
  it('has no more numbers than 65535', () => {
    const endpoint = new GbtEndpoint({ sendSize: 10 });
    expect(endpoint.begin(octets(65535))).toHaveLength(1);
    expect(endpoint.pending).toBe(true);
    expect(code(() => new GbtEndpoint({ sendSize: 10 }).begin(octets(65536)))).toBe('service/unsupported');
    const receiver = new GbtEndpoint({ receiveTotal: 1 << 20 });
    let last = '';
    for (let i = 1; i <= 1000; i++)
      last = receiver
        .receive(write({}, i, 0, octets(9)))
        .send.map(shape)
        .join();
    expect(last).toBe('1000/1000 ack');
  });
  it('the peer may change its window, and 0 changes nothing', () => {
    const endpoint = new GbtEndpoint({ sendSize: 19 });
    endpoint.begin(octets(100));
    expect(endpoint.receive(write({ window: 2 }, 1, 1, octets(0))).send).toHaveLength(2);
    expect(endpoint.receive(write({ window: 0 }, 2, 3, octets(0))).send).toHaveLength(2);
    expect(endpoint.receive(write({ window: 4 }, 3, 5, octets(0))).send).toHaveLength(4);
  });
  it('an empty block acknowledges; only an empty last one behind others is part of what comes', () => {
    const endpoint = new GbtEndpoint();
    // Nothing has begun: an empty last block ends nothing.
    expect(endpoint.receive(write({ lastBlock: true }, 1, 0, octets(0)))).toEqual({ send: [], ignored: true });
    endpoint.receive(write({}, 1, 0, octets(4)));
    expect(endpoint.receive(write({}, 2, 0, octets(0)))).toEqual({ send: [], ignored: true });
    endpoint.receive(write({}, 2, 0, octets(3)));
    expect(endpoint.receive(write({ lastBlock: true }, 3, 0, octets(0))).complete).toHaveLength(7);
    // While we are sending it is an acknowledgement, whatever it says of itself.
    const sender = new GbtEndpoint({ sendSize: 19 });
    sender.begin(octets(25));
    expect(sender.receive(write({ lastBlock: true, window: 1 }, 1, 1, octets(0))).send.map(shape)).toEqual(['2/1']);
    const both = new GbtEndpoint({ sendSize: 19 });
    both.begin(octets(25));
    both.receive(write({ streaming: true, window: 1 }, 1, 0, octets(4)));
    expect(both.receive(write({ lastBlock: true, window: 1 }, 2, 1, octets(0)))).toMatchObject({
      send: [expect.anything()],
    });
  });
  it('the number of an acknowledgement counts only while the peer sends nothing', () => {
    const endpoint = new GbtEndpoint({ sendSize: 19 });
    endpoint.begin(octets(40));
    endpoint.receive(write({ window: 1, streaming: true }, 1, 0, octets(4)));
    expect(endpoint.receive(write({ window: 1 }, 9, 1, octets(0))).send.map(shape)).toEqual(['2/1']);
    endpoint.begin(octets(40));
    expect(endpoint.receive(write({ window: 1 }, 2, 1, octets(0))).send.map(shape)).toEqual(['2/2']);
  });
  it('offers an acknowledgement only to a sender that waits', () => {
    expect(new GbtEndpoint().receive(write({ lastBlock: true, streaming: true }, 1, 0, octets(4)))).toEqual({
      send: [],
      complete: octets(4),
    });
    expect(new GbtEndpoint().receive(push(1, octets(4), true))).toEqual({ send: [], complete: octets(4) });
    expect(new GbtEndpoint().receive(write({ lastBlock: true }, 1, 0, octets(4)))).toMatchObject({
      send: [],
      acknowledgement: expect.anything(),
    });
  });
  it('takes what lenient decoding takes', () => {
    // The length of the data in two octets, where one would do.
    expect(new GbtEndpoint().receive(Uint8Array.of(0xe0, 0x81, 0, 1, 0, 0, 0x81, 2, 7, 8)).complete).toEqual(
      Uint8Array.of(7, 8),
    );
  });
  it('expired: the last block that went out while it is not acknowledged, else what is here', () => {
    const endpoint = new GbtEndpoint({ sendSize: 19, window: 3 });
    endpoint.begin(octets(25));
    endpoint.receive(write({ window: 5 }, 1, 1, octets(0)));
    expect(endpoint.expired().map(shape)).toEqual(['3./1']);
    endpoint.receive(write({ window: 5 }, 2, 3, octets(0)));
    expect(endpoint.expired().map(shape)).toEqual(['4/2 ack']);
    // The first block of the answer: the request is through, and there is something to acknowledge.
    endpoint.receive(write({ window: 5, streaming: true }, 1, 3, octets(4)));
    expect(endpoint.expired().map(shape)).toEqual(['5/1 ack']);
  });
});

/** One exchange through a channel that loses, repeats and reorders; the client has a timer, the server none. */
function lossy(
  client: GbtEndpoint,
  server: GbtEndpoint,
  request: Uint8Array,
  response: Uint8Array,
  faults: Iterator<string>,
): Uint8Array | undefined {
  type Flying = { to: 'server' | 'client'; apdu: Uint8Array };
  const air: Flying[] = client.begin(request).map((apdu) => ({ to: 'server', apdu }));
  let got: Uint8Array | undefined;
  let served = 0;
  for (let steps = 0; got === undefined; steps++) {
    if (steps > 20_000) throw new Error('no end');
    const next = air.shift();
    if (next === undefined) {
      // A request without blocks is not for this machine to repeat.
      const again = client.pending ? client.expired() : client.begin(request);
      air.push(...again.map((apdu) => ({ to: 'server' as const, apdu })));
      continue;
    }
    const { value = 'pass' } = faults.next();
    if (value === 'lose') continue;
    if (value === 'delay' && air.length > 0) {
      air.splice(Math.min(air.length, 3), 0, next);
      continue;
    }
    if (value === 'repeat') air.splice(Math.min(air.length, 2), 0, next);
    if (next.to === 'server') {
      const step = next.apdu[0] === 0xe0 ? server.receive(next.apdu) : { send: [], complete: next.apdu };
      air.push(...step.send.map((apdu) => ({ to: 'client' as const, apdu })));
      if (step.complete === undefined) continue;
      if (!equalBytes(step.complete, request)) throw new Error('not the request');
      served++;
      const answer = next.apdu[0] === 0xe0 ? server.answer(response) : server.begin(response);
      air.push(...answer.map((apdu) => ({ to: 'client' as const, apdu })));
    } else {
      const step = next.apdu[0] === 0xe0 ? client.receive(next.apdu) : { send: [], complete: next.apdu };
      air.push(...step.send.map((apdu) => ({ to: 'server' as const, apdu })));
      got = step.complete;
    }
  }
  // A request of several blocks is served once, whatever the channel does.
  if (
    client.begin(request).some((a) => a[0] === 0xe0) &&
    read(client.begin(request)[0]!).blockControl.lastBlock === false
  )
    expect(served).toBe(1);
  return got;
}
