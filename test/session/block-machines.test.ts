import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat } from '../../src/core/bytes.js';
import { isDlmsError } from '../../src/core/index.js';
import { type Block, type BlockFault, BlockReceiver, type Received } from '../../src/session/block-receiver.js';
import { BlockSender, OctetQueue } from '../../src/session/block-sender.js';

// The two machines that every service with blocks is made of, on both sides.

const octets = (n: number, salt = 0): Uint8Array => Uint8Array.from({ length: n }, (_, i) => (i * 7 + salt) & 0xff);
const block = (blockNumber: number, rawData: Uint8Array, lastBlock = false): Block => ({
  lastBlock,
  blockNumber,
  rawData,
});
const one = Uint8Array.of(7);
const none = new Uint8Array(0);
const receiver = (limit = 1000, more: { repeats?: number; modulus?: number } = {}): BlockReceiver =>
  new BlockReceiver({ limit: () => limit, ...more });

describe('a receiver of blocks', () => {
  it('puts them together in the order of their numbers', () => {
    const r = receiver();
    expect(r.take(block(1, octets(10)))).toBe('more');
    expect(r.take(block(2, octets(5, 1)))).toBe('more');
    expect([r.count, r.length]).toEqual([2, 15]);
    expect(r.take(block(3, none, true))).toBe('whole');
    expect(r.octets()).toEqual(concat(octets(10), octets(5, 1)));
  });
  it.each<[string, Block, Received]>([
    ['the number of one that is missing', block(4, one), 'number'],
    ['an old number', block(1, one), 'number'],
    ['0', block(0, one), 'number'],
    ['the number before, and the mark of the last', block(2, one, true), 'number'],
    ['the number before', block(2, one), 'again'],
    ['no octets, and is not the last', block(3, none), 'empty'],
    ['no octets, and is the last', block(3, none, true), 'whole'],
    ['more than is taken', block(3, octets(999)), 'too-large'],
    ['just what is taken', block(3, octets(998)), 'more'],
  ])('a block that has %s', (_, next, expected) => {
    const r = receiver(1000, { repeats: 1 });
    r.take(block(1, one));
    r.take(block(2, one));
    expect(r.take(next)).toBe(expected);
  });
  it('passes over as many repetitions in a row as it is told, and counts anew behind a new block', () => {
    const repetitions = (repeats: number): Received[] => {
      const r = receiver(1000, { repeats });
      return [1, 1, 1, 2, 2, 2].map((n) => r.take(block(n, one)));
    };
    expect(repetitions(0)).toEqual(['more', 'number', 'number', 'more', 'number', 'number']);
    expect(repetitions(1)).toEqual(['more', 'again', 'number', 'more', 'again', 'number']);
    expect(repetitions(Number.POSITIVE_INFINITY)).toEqual(['more', 'again', 'again', 'more', 'again', 'again']);
  });
  it('does not take a repetition for the first block', () =>
    expect(receiver(1000, { repeats: 9 }).take(block(0, one))).toBe('number'));
  it('keeps what it had of a repetition, and nothing of what it refused', () => {
    const r = receiver(10, { repeats: 1 });
    r.take(block(1, octets(4)));
    r.take(block(1, octets(4, 9)));
    r.take(block(2, octets(7)));
    expect(r.octets()).toEqual(octets(4));
  });
  it('goes on at 0 behind the last number that the wire has', () => {
    const r = receiver(1000, { modulus: 4, repeats: 1 });
    expect([1, 2, 3, 0, 0, 1].map((n) => r.take(block(n, one)))).toEqual([
      'more',
      'more',
      'more',
      'more',
      'again',
      'more',
    ]);
    expect(r.count).toBe(5);
  });
  it('asks for each block whether it belongs to those before, before anything else', () => {
    const asked: number[] = [];
    const r = new BlockReceiver<number>({
      limit: () => 100,
      repeats: 9,
      join: (from) => {
        asked.push(from);
        return from !== 13;
      },
    });
    expect(r.take(block(1, one), 1)).toBe('more');
    expect(r.take(block(1, one), 2)).toBe('again');
    expect(r.take(block(9, one), 13)).toBe('foreign');
    expect(r.take(block(9, one), 4)).toBe('number');
    expect(asked).toEqual([1, 2, 13, 4]);
    expect(r.length).toBe(1);
  });
  it('asks for its limit at each block', () => {
    let limit = 10;
    const r = new BlockReceiver({ limit: () => limit });
    expect(r.take(block(1, octets(6)))).toBe('more');
    limit = 8;
    expect(r.take(block(2, octets(3)))).toBe('too-large');
  });
  it('holds one buffer, however small the blocks are', () => {
    const r = receiver(1 << 20);
    for (let i = 1; i <= 1000; i++) r.take(block(i, one));
    // The whole buffer, not only what is used of it.
    expect(r.octets().buffer.byteLength).toBeLessThanOrEqual(2000);
  });
  it('blocks of eight octets on average go on to the limit, smaller ones end soon', () => {
    const limit = 40_000;
    const eight = receiver(limit);
    for (let i = 1; i <= limit / 8; i++) expect(eight.take(block(i, octets(8)))).toBe('more');
    expect(eight.take(block(limit / 8 + 1, one))).toBe('too-large');
    expect(eight.take(block(limit / 8 + 1, none, true))).toBe('whole');
    const tiny = receiver(limit);
    let n = 1;
    while (n < 5000 && tiny.take(block(n, one)) === 'more') n++;
    expect(n).toBeGreaterThan(1024);
    expect(n).toBeLessThan(1300);
    expect(tiny.take(block(n + 1, one))).toBe('too-small');
  });
  it('names what was wrong, with facts', () => {
    const r = receiver(100);
    r.take(block(1, octets(60)));
    const error = (fault: BlockFault, b: Block): unknown => {
      const e = r.error(fault, b);
      return isDlmsError(e) && [e.code, e.context];
    };
    expect(error('number', block(5, one))).toEqual([
      'protocol/block-number',
      { side: 'remote', expected: 2, received: 5 },
    ]);
    expect(error('too-large', block(2, octets(50)))).toEqual([
      'decode/too-large',
      { offset: 0, limit: 100, actual: 110 },
    ]);
    for (const fault of ['empty', 'too-small', 'foreign'] as const)
      expect(error(fault, block(2, none))).toEqual([
        'protocol/unexpected-apdu',
        { side: 'remote', state: 'block 2', received: expect.stringMatching(/block/) },
      ]);
  });
});

describe('a sender of blocks', () => {
  it('cuts a value, and says which is the last', () => {
    const s = new BlockSender(octets(25));
    expect([s.next(10), s.next(10), s.next(10)]).toEqual([
      block(1, octets(25).subarray(0, 10)),
      block(2, octets(25).subarray(10, 20)),
      block(3, octets(25).subarray(20), true),
    ]);
    expect(new BlockSender(octets(20)).next(20).lastBlock).toBe(true);
    expect(new BlockSender(none).next(10)).toEqual(block(1, none, true));
  });
  it('keeps what the peer may not have, and knows an acknowledgement that is new, old or of nothing', () => {
    const s = new BlockSender(octets(50));
    for (let i = 0; i < 4; i++) s.next(10);
    const numbers = (): number[] => s.unacknowledged.map((b) => b.blockNumber);
    expect(s.acknowledge(0)).toBe('again');
    expect(s.acknowledge(5)).toBe('unknown');
    expect(s.acknowledge(2)).toBe('news');
    expect(numbers()).toEqual([3, 4]);
    expect(s.acknowledge(2)).toBe('again');
    expect(s.acknowledge(1)).toBe('unknown');
    expect([s.acknowledged, s.sent, s.ended, s.finished]).toEqual([2, 4, false, false]);
    expect(s.last?.blockNumber).toBe(4);
    s.next(10);
    expect([s.ended, s.finished]).toEqual([true, false]);
    expect(s.acknowledge(5)).toBe('news');
    expect([numbers(), s.finished, s.last?.blockNumber]).toEqual([[], true, 5]);
  });
  it('begins again at 0 behind the last number that the wire has', () => {
    const s = new BlockSender(octets(60), 4);
    const seen: number[] = [];
    for (let i = 0; i < 6; i++) {
      const { blockNumber } = s.next(10);
      seen.push(blockNumber);
      expect(s.acknowledge(blockNumber)).toBe('news');
      expect(s.acknowledge(blockNumber)).toBe('again');
    }
    expect(seen).toEqual([1, 2, 3, 0, 1, 2]);
    expect([s.sent, s.acknowledged]).toEqual([6, 6]);
  });
  it('refuses blocks without octets', () =>
    expect(() => new BlockSender(octets(5)).next(0)).toThrowError(
      expect.objectContaining({ code: 'service/unsupported' }),
    ));
  it('waits for octets that are not known yet', () => {
    const queue = new OctetQueue([octets(4)], false);
    const s = new BlockSender(queue);
    expect(s.next(10)).toEqual(block(1, octets(4)));
    queue.push(octets(3, 1));
    queue.push(octets(2, 2));
    expect(queue.size).toBe(5);
    expect(s.next(4)).toEqual(block(2, concat(octets(3, 1), octets(1, 2))));
    queue.end();
    expect(s.next(4)).toEqual(block(3, octets(2, 2).subarray(1), true));
  });
});

it('what is sent is received: any value, any sizes of blocks, known at any time, over a line that repeats', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }),
      fc.array(fc.record({ size: fc.integer({ min: 1, max: 30 }), twice: fc.boolean(), early: fc.boolean() }), {
        minLength: 1,
        maxLength: 9,
      }),
      fc.constantFrom(3, 0x10000, Number.POSITIVE_INFINITY),
      (parts, steps, modulus) => {
        const queue = new OctetQueue([], false);
        const rest = [...parts];
        const sender = new BlockSender(queue, modulus);
        const r = receiver(1000, { repeats: 1, modulus });
        for (let i = 0; !sender.finished; i++) {
          const { size, twice, early } = steps[i % steps.length] as (typeof steps)[0];
          while (rest.length > 0 && (!early || queue.size === 0)) queue.push(rest.shift() as Uint8Array);
          if (rest.length === 0) queue.end();
          const next = sender.next(size);
          const received = r.take(next);
          expect(received).toBe(next.lastBlock ? 'whole' : 'more');
          if (twice && !next.lastBlock) expect(r.take(next)).toBe('again');
          expect(sender.acknowledge(r.count % modulus)).toBe('news');
          expect(i).toBeLessThan(300);
        }
        expect(r.octets()).toEqual(concat(...parts));
      },
    ),
  );
});
