import { describe, expect, it } from 'vitest';
import { PushJoiner } from '../../src/client/push-joiner.js';
import { type PushFault, receivePushes } from '../../src/client/push-listener.js';
import { listenPushTcp, listenPushUdp } from '../../src/client/push-node.js';
import { concat, type DlmsError, formatHex, isDlmsError, parseHex } from '../../src/core/index.js';
import { encodeHdlcFrame, hdlcAddress } from '../../src/transport/hdlc/index.js';
import {
  linkTransport,
  type OctetLink,
  type OctetSink,
  octetLink,
  type PushedApdu,
  transportPair,
  unwrap,
  wrap,
} from '../../src/transport/index.js';
import { connectTcp } from '../../src/transport/media/tcp.js';
import { connectUdp } from '../../src/transport/media/udp.js';
import { VirtualClock } from '../transport/virtual-clock.js';
import captures from '../vectors/captures.json' with { type: 'json' };

const notification = parseHex('0F000000010002010203');
const uiFrame = encodeHdlcFrame({
  segmented: false,
  destination: hdlcAddress(16),
  source: hdlcAddress(1, 17),
  control: { type: 'UI', pf: true },
  information: concat(parseHex('E6E700'), notification),
});
const settle = () => new Promise((resolve) => setImmediate(resolve));
const block = (number: number, last: boolean, data: string): Uint8Array =>
  concat(Uint8Array.of(0xe0, (last ? 0x80 : 0) | 0x40, 0, number, 0, 0, data.length / 2), parseHex(data));
const e450 = captures.filter(
  (c) => /E450/.test(c.params.meter) && (c.expected as { gbtBlocks?: unknown }).gbtBlocks !== undefined,
);

describe('the pushes of a Landis+Gyr E450, in blocks of general block transfer', () => {
  it.each(e450.map((c) => [c.id, c] as const))('%s comes whole to the handler', async (_, capture) => {
    const [meter, head] = transportPair();
    const seen: string[] = [];
    const errors: unknown[] = [];
    const reception = receivePushes(head, ({ apdu }) => void seen.push(formatHex(apdu)), {
      onError: (e) => errors.push(e),
    });
    void octetLink(meter).write(parseHex(capture.input.hex));
    void octetLink(meter).close();
    await reception.closed;
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatch(/^(DB08|0F)/);
    // Blocks that a restart left without their rest are named.
    expect(errors.map((e) => (e as DlmsError).code)).toEqual(
      capture.id === 'cap-lg-e450-restarted-gbt' ? ['protocol/block-transfer'] : [],
    );
  });
  it('there are some', () => expect(e450.length).toBeGreaterThan(2));
});

describe('nothing received vanishes without a word', () => {
  it('a reception that nobody would hear of is refused', async () => {
    const [, head] = transportPair();
    const refused = { code: 'encode/invalid-value', context: { expected: expect.stringContaining('onError') } };
    await expect((async () => receivePushes(head, () => undefined, {} as never))()).rejects.toMatchObject(refused);
    await expect(listenPushTcp({ port: 0 } as never, () => undefined)).rejects.toMatchObject(refused);
    await expect(listenPushUdp({ port: 0 } as never, () => undefined)).rejects.toMatchObject(refused);
  });
  it.each([
    ['text', new TextEncoder().encode('GET / HTTP/1.1\r\n\r\n'), /no known framing: 474554.*"GET \/ HTTP/],
    ['noise before a frame', concat(parseHex('FFFFFFFF'), uiFrame), /before the first frame: FFFFFFFF/],
    ['noise between frames', concat(uiFrame, parseHex('112233'), uiFrame), /frame format type 3 .* expected, not 0x11/],
    [
      'a frame without a push',
      concat(
        uiFrame,
        encodeHdlcFrame({
          segmented: false,
          destination: hdlcAddress(16),
          source: hdlcAddress(1),
          control: { type: 'UA', pf: true },
          information: new Uint8Array(0),
        }),
      ),
      /UA, which carries no push/,
    ],
    [
      'half a segmented push',
      concat(
        uiFrame,
        encodeHdlcFrame({
          segmented: true,
          destination: hdlcAddress(16),
          source: hdlcAddress(1),
          control: { type: 'UI', pf: false },
          information: notification,
        }),
      ),
      /rest of the segments/,
    ],
    ['half a WPDU', wrap(1, 64, notification).subarray(0, 12), /octets behind the header/],
    ['half a block transfer', wrap(1, 64, block(1, false, 'AABB')), /sender is gone: 1 block/],
    [
      'a gap between blocks',
      concat(wrap(1, 64, block(1, false, 'AABB')), wrap(1, 64, block(3, true, 'CC'))),
      /3 instead of 2/,
    ],
    [
      'blocks begun anew',
      concat(...[block(1, false, 'AA'), block(2, false, 'BB'), block(1, true, '0F00')].map((b) => wrap(1, 64, b))),
      /block 1 came again: 2 block/,
    ],
  ])('%s is reported', async (_, octets, text) => {
    const [meter, head] = transportPair();
    const errors: { message: string; kind: string }[] = [];
    const reception = receivePushes(head, () => undefined, {
      onError: (e, { kind }) => errors.push({ message: (e as Error).message, kind }),
    });
    void octetLink(meter).write(octets);
    void octetLink(meter).close();
    await reception.closed;
    expect(errors).toEqual([{ message: expect.stringMatching(text), kind: 'dropped' }]);
    expect(errors[0]?.message.length).toBeLessThan(250);
  });
  it('datagrams beyond those that wait are reported, each', async () => {
    let sink: OctetSink | undefined;
    const socket = linkTransport(
      {
        start(s) {
          sink = s;
        },
        write: () => undefined,
        pause() {},
        resume() {},
        close: () => undefined,
        abort() {},
      },
      { datagrams: true },
    );
    const errors: DlmsError[] = [];
    let go = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    let handled = 0;
    const handler = async (): Promise<void> => {
      await held;
      handled++;
    };
    receivePushes(socket, handler, { onError: (e) => errors.push(e as DlmsError) });
    for (let i = 0; i < 70; i++) sink?.octets(wrap(1, 64, notification));
    for (let i = 0; i < 5; i++) await settle();
    // One is with the handler, 64 wait.
    expect(errors.map((e) => e.code)).toEqual(new Array(5).fill('protocol/link'));
    go();
    for (let i = 0; i < 100; i++) await settle();
    expect(handled).toBe(65);
  });
});

describe('an answer that cannot be written', () => {
  const lineThat = (write: OctetLink['write']) => {
    let sink: OctetSink | undefined;
    const line = linkTransport({
      start(s) {
        sink = s;
      },
      write,
      pause() {},
      resume() {},
      close: () => undefined,
      abort() {},
    });
    return { line, arrive: (chunk: Uint8Array) => sink?.octets(chunk) };
  };
  it('is a fault of the transport, not of the handler', async () => {
    for (const write of [
      () => Promise.reject(new Error('gone')),
      () => {
        throw new Error('gone');
      },
    ]) {
      const { line, arrive } = lineThat(write);
      const errors: [string, string][] = [];
      let handled = 0;
      receivePushes(line, () => [Uint8Array.of(++handled)], {
        onError: (e, { kind }) => errors.push([kind, (e as Error).message]),
      });
      arrive(wrap(1, 64, notification));
      for (let i = 0; i < 5; i++) await settle();
      arrive(wrap(1, 64, notification));
      for (let i = 0; i < 5; i++) await settle();
      expect(errors).toEqual([
        ['transport', 'gone'],
        ['transport', 'gone'],
      ]);
      expect(handled).toBe(2);
    }
  });
  it('what the handler throws stays a fault of the handler', async () => {
    const { line, arrive } = lineThat(() => undefined);
    const errors: string[] = [];
    receivePushes(
      line,
      () => {
        throw new Error('mine');
      },
      { onError: (_, { kind }) => errors.push(kind) },
    );
    arrive(wrap(1, 64, notification));
    for (let i = 0; i < 5; i++) await settle();
    expect(errors).toEqual(['handler']);
  });
});

describe('a listener for errors that throws itself', () => {
  const fail = (): never => {
    throw new Error('the log is full');
  };
  it.each([
    ['a handler that threw', 2, wrap(1, 64, notification)],
    ['a gap between blocks', 1, concat(wrap(1, 64, block(1, false, 'AA')), wrap(1, 64, block(3, true, 'CC')))],
    ['half a block transfer', 1, wrap(1, 64, block(1, false, 'AABB'))],
  ])('does not stop the reception: %s', async (_, pushes, octets) => {
    const rejected: unknown[] = [];
    const hear = (reason: unknown): void => void rejected.push(reason);
    process.on('unhandledRejection', hear);
    try {
      const [meter, head] = transportPair();
      const seen: number[] = [];
      const handler = ({ apdu }: { apdu: Uint8Array }): void => {
        seen.push(apdu.length);
        fail();
      };
      const reception = receivePushes(head, handler, { onError: fail });
      const line = octetLink(meter);
      void line.write(octets);
      for (let i = 0; i < 10; i++) await settle();
      void line.write(wrap(1, 64, notification));
      for (let i = 0; i < 10; i++) await settle();
      // What came behind it was received.
      expect(seen.at(-1)).toBe(notification.length);
      expect(seen).toHaveLength(pushes);
      void line.close();
      await reception.closed;
      await new Promise((resolve) => setImmediate(resolve));
      expect(rejected).toEqual([]);
    } finally {
      process.off('unhandledRejection', hear);
    }
  });
});

describe('half an APDU of many senders', () => {
  it('a flood of first blocks is bounded: the sender silent longest gives way, and is named', () => {
    const dropped: string[] = [];
    const joiner = new PushJoiner({ maxSenders: 3, maxApduSize: 1000, onDropped: (e) => dropped.push(e.message) });
    for (let i = 0; i < 5; i++)
      expect(joiner.take(`meter ${i}`, block(1, false, 'AA'.repeat(50)))).toMatchObject({ send: [] });
    expect(dropped).toHaveLength(2);
    expect(joiner.pending).toBe(3 * 57);
    expect(joiner.take('meter 4', block(2, true, 'BB')).apdu).toHaveLength(51);
    expect(joiner.pending).toBe(2 * 57);
    expect(() => joiner.take('meter 0', block(2, true, 'BB'))).toThrow(
      expect.objectContaining({ code: 'protocol/block-number' }),
    );
    joiner.forget('meter 2');
    expect(joiner.pending).toBe(57);
    expect(dropped).toHaveLength(3);
  });
  it('all of them together have a limit, and one APDU has', () => {
    const dropped: unknown[] = [];
    const joiner = new PushJoiner({ maxApduSize: 120, onDropped: (e) => dropped.push(e) });
    for (let i = 0; i < 100; i++) joiner.take(`meter ${i}`, block(1, false, 'AA'.repeat(100)));
    expect(joiner.pending).toBeLessThan(16 * 120 + 120);
    expect(dropped.length).toBeGreaterThan(75);
    expect(() => joiner.take('meter 99', block(2, false, 'AA'.repeat(100)))).toThrow(
      expect.objectContaining({ code: 'decode/too-large' }),
    );
  });
  it('a block that comes twice is no restart', () => {
    const dropped: unknown[] = [];
    const joiner = new PushJoiner({ onDropped: (e) => dropped.push(e) });
    joiner.take('a', block(1, false, 'AA'));
    joiner.take('a', block(1, false, 'AA'));
    expect(joiner.take('a', block(2, true, 'BB')).apdu).toEqual(parseHex('AABB'));
    expect(dropped).toEqual([]);
    expect(joiner.pending).toBe(0);
  });
});

describe('limits of a reception', () => {
  function slow(options: { messageMs?: number; inactivityMs?: number; silenceMs?: number }) {
    const clock = new VirtualClock();
    const [meter, head] = transportPair();
    const errors: { code: string; kind: PushFault['kind'] }[] = [];
    let handled = 0;
    const reception = receivePushes(head, () => void handled++, {
      clock,
      onError: (e, { kind }) =>
        isDlmsError(e) &&
        errors.push({ code: `${e.code} ${'waitingFor' in e.context ? e.context.waitingFor : ''}`, kind }),
      ...options,
    });
    let closed = false;
    void reception.closed.then(() => {
      closed = true;
    });
    return { clock, link: octetLink(meter), errors, handled: () => handled, closed: () => closed };
  }
  it('a sender of an octet each 500 ms is closed when its message takes too long', async () => {
    const { clock, link, errors, closed } = slow({ messageMs: 10_000, inactivityMs: 600_000 });
    const octets = wrap(1, 64, new Uint8Array(300).fill(0x0f));
    let sent = 0;
    for (; !closed() && sent < 200; sent++) {
      void link.write(octets.subarray(sent, sent + 1));
      await settle();
      clock.advance(500);
      await settle();
    }
    expect(sent).toBeGreaterThan(5);
    expect(sent).toBeLessThan(22);
    expect(errors.at(-1)).toEqual({ code: 'transport/timeout the rest of a push', kind: 'transport' });
    expect(clock.pending).toBe(0);
  });
  it('a sender of octets that never become an APDU is inactive', async () => {
    const { clock, link, errors, closed } = slow({ inactivityMs: 20_000, silenceMs: 100 });
    for (let i = 0; i < 41 && !closed(); i++) {
      void link.write(parseHex('FF'));
      await settle();
      clock.advance(500);
      await settle();
    }
    expect(closed()).toBe(true);
    expect(errors.at(-1)).toEqual({ code: 'transport/timeout any push (inactivity time-out)', kind: 'transport' });
  });
  it('whoever sends whole pushes stays', async () => {
    const { clock, link, errors, handled, closed } = slow({ messageMs: 3000, inactivityMs: 5000 });
    for (let i = 0; i < 10; i++) {
      const octets = wrap(1, 64, notification);
      void link.write(octets.subarray(0, 7));
      await settle();
      clock.advance(900);
      void link.write(octets.subarray(7));
      await settle();
      clock.advance(3000);
      await settle();
    }
    expect({ errors, handled: handled(), closed: closed() }).toEqual({ errors: [], handled: 10, closed: false });
  });
});

describe('receivePushes', () => {
  it('hands over in order, confirms, reports a failing handler and goes on', async () => {
    const [meter, head] = transportPair();
    const seen: number[] = [];
    const errors: unknown[] = [];
    const reception = receivePushes(
      head,
      async ({ apdu }) => {
        await settle();
        seen.push(apdu[4] as number);
        if (apdu[4] === 2) throw new Error('no key');
        return apdu[4] === 3 ? [parseHex('10C0000000')] : undefined;
      },
      { onError: (e) => errors.push(e) },
    );
    const confirmed = new Promise<Uint8Array>((resolve) => meter.direct?.start({ octets: resolve, ended() {} }));
    for (const i of [1, 2, 3]) void meter.direct?.write(wrap(1, 64, new Uint8Array([0x0f, 0, 0, 0, i, 0])));
    expect(unwrap(await confirmed)).toEqual({ source: 64, destination: 1, payload: parseHex('10C0000000') });
    expect(seen).toEqual([1, 2, 3]);
    expect(errors).toMatchObject([{ message: 'no key' }]);
    void meter.direct?.close();
    await reception.closed;
  });

  it('takes a bare APDU on a stream once the line is silent, and drops half a frame', async () => {
    const clock = new VirtualClock();
    const [meter, head] = transportPair();
    const seen: string[] = [];
    const dropped: string[] = [];
    receivePushes(head, ({ framing }) => void seen.push(framing), {
      clock,
      silenceMs: 500,
      onError: (e) => dropped.push((e as DlmsError).code),
    });
    for (const [octets, expected] of [
      [notification, ['apdu']],
      [wrap(1, 64, notification).subarray(0, 12), ['apdu']],
      [wrap(1, 64, notification), ['apdu', 'wrapper']],
    ] as const) {
      void meter.direct?.write(octets);
      await settle();
      clock.advance(500);
      await settle();
      expect(seen).toEqual(expected);
    }
    expect(dropped).toEqual(['decode/unexpected-end']);
    expect(clock.pending).toBe(0);
  });

  it('over TCP and UDP, with who sent it', async () => {
    const seen: string[] = [];
    const answer = ({ framing }: PushedApdu, from: { address: string }) => {
      seen.push(`${framing} ${from.address}`);
      return [parseHex('10C0000000')];
    };
    const errors: unknown[] = [];
    const onError = (e: unknown): void => void errors.push(e);
    const tcp = await listenPushTcp({ port: 0, onError }, answer);
    const udp = await listenPushUdp({ port: 0, onError }, answer);
    for (const [transport, octets] of [
      [await connectTcp({ host: '127.0.0.1', port: tcp.port }), uiFrame],
      [await connectUdp({ host: '127.0.0.1', port: udp.port }), wrap(1, 64, notification)],
    ] as const) {
      const confirmed = new Promise<Uint8Array>((resolve) => transport.direct?.start({ octets: resolve, ended() {} }));
      await transport.direct?.write(octets);
      expect(formatHex(await confirmed)).toContain('10C0000000');
      await transport.direct?.close();
    }
    expect(seen).toEqual(['hdlc 127.0.0.1', 'wrapper 127.0.0.1']);
    expect(errors).toEqual([]);
    await tcp.close();
    await udp.close();
  });
});
