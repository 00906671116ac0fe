import { describe, expect, it } from 'vitest';
import { concat } from '../../../src/core/bytes.js';
import { DlmsError } from '../../../src/core/errors.js';
import { formatHex } from '../../../src/core/hex.js';
import {
  type HdlcBusOptions,
  type HdlcServerOptions,
  hdlcAddress,
  hdlcBus,
  serveHdlc,
} from '../../../src/transport/hdlc/index.js';
import type { ApduHandler } from '../../../src/transport/transport.js';
import { ByHand, fromClient, fromMeter } from './by-hand.js';
import { failure, quiet } from './running.js';

const bus = (far: ByHand, options: HdlcBusOptions = {}) =>
  hdlcBus(far.transport, { clock: far.clock, onDiagnostic: far.onDiagnostic, ...options });
const meter = (far: ByHand, handler: ApduHandler, options: Partial<HdlcServerOptions> = {}) =>
  serveHdlc(far.transport, handler, { devices: [1], clock: far.clock, onDiagnostic: far.onDiagnostic, ...options });
const silent: ApduHandler = { handle: () => [] };
/** Takes everything, and answers nothing. */
const noting = (handled: string[]): ApduHandler => ({
  handle(apdu) {
    handled.push(formatHex(apdu));
    return [];
  },
});
const ui = { type: 'UI', pf: false } as const;
/** A UI frame to the meter. */
const notice = (information: string) => fromClient(ui, { information: `E6E600${information}` });

/** Whether it has ended by now. */
async function settled(work: Promise<unknown>): Promise<boolean> {
  let done = false;
  const end = (): void => {
    done = true;
  };
  work.then(end, end);
  await quiet();
  return done;
}

describe('closing a line', () => {
  it('waits for what was written, and cuts off a peer that does not take it within a second', async () => {
    const far = new ByHand({ close: () => new Promise(() => undefined) });
    const closing = bus(far).close();
    expect(await settled(closing)).toBe(false);
    far.clock.advance(999);
    expect(await settled(closing)).toBe(false);
    expect(far).toMatchObject({ closed: 1, aborted: 0 });
    far.clock.advance(1);
    expect(await settled(closing)).toBe(true);
    expect(far).toMatchObject({ closed: 1, aborted: 1 });
    await closing;
  });
  it('is done as soon as the peer has taken it', async () => {
    let taken = (): void => undefined;
    const far = new ByHand({
      close: () =>
        new Promise((resolve) => {
          taken = resolve;
        }),
    });
    const closing = bus(far).close();
    expect(await settled(closing)).toBe(false);
    taken();
    expect(await settled(closing)).toBe(true);
    expect(far).toMatchObject({ closed: 1, aborted: 0 });
    expect(far.clock.pending).toBe(0);
  });
  it('cuts off a medium that fails while it is closed', async () => {
    const far = new ByHand({ close: () => Promise.reject(new Error('gone')) });
    await bus(far).close();
    expect(far).toMatchObject({ closed: 1, aborted: 1 });
  });
  it('needs no time when there is nothing to wait for, and happens once', async () => {
    const far = new ByHand();
    const line = bus(far, { silenceMs: 1000 });
    far.arrive(fromMeter(ui, { information: 'AA' }).subarray(0, 5));
    expect(far.clock.pending).toBe(2);
    await line.close();
    expect(far).toMatchObject({ closed: 1, aborted: 0 });
    expect(far.clock.pending).toBe(0);
    await line.close();
    expect(far.closed).toBe(1);
    expect(far.diagnostics).toEqual([]);
  });
  it('ends what came in the same chunk: a meter handles nothing after it was closed', async () => {
    const far = new ByHand();
    const handled: string[] = [];
    const station = meter(far, {
      handle(apdu) {
        handled.push(formatHex(apdu));
        void station.close();
        return [];
      },
    });
    far.arrive(concat(notice('01'), notice('02'), notice('03').subarray(0, 5)));
    await station.closed;
    expect(handled).toEqual(['01']);
    expect(far.clock.pending).toBe(0);
  });
});

describe('a line that ends by itself', () => {
  it('says so with its cause, and is not closed again', async () => {
    const far = new ByHand();
    const line = bus(far, { silenceMs: 1000 });
    const opening = failure(line.channel({ client: 16, server: 1 }).open());
    const cause = new Error('unplugged');
    far.end(cause);
    const error = await opening;
    expect(error.toJSON()).toMatchObject({ code: 'transport/closed', context: { by: 'remote', during: 'HDLC' } });
    expect(error.cause).toBe(cause);
    expect(far.clock.pending).toBe(0);
    await line.close();
    far.end();
    expect(far).toMatchObject({ closed: 0, aborted: 0 });
  });
  it('is no diagnostic of a meter, unless it was an error', async () => {
    const good = new ByHand();
    const station = meter(good, silent);
    good.end();
    await station.closed;
    expect(good.diagnostics).toEqual([]);
    const bad = new ByHand();
    const error = new DlmsError('transport/timeout', { waitedMs: 1, waitingFor: 'the medium' });
    const other = meter(bad, silent);
    bad.end(error);
    await other.closed;
    expect(bad.diagnostics).toEqual([error]);
  });
});

describe('half a frame on a line', () => {
  const begun = notice('01').subarray(0, 8);
  it('is given up 500 ms after its last octet, or when the options say so', () => {
    for (const [options, ms] of [
      [{}, 500],
      [{ interOctetTimeoutMs: 80 }, 80],
      [{ interOctetTimeoutMs: 2000, frameMs: 300 }, 300],
    ] as const) {
      const far = new ByHand();
      const station = meter(far, silent, options);
      far.arrive(begun);
      far.clock.advance(ms - 1);
      expect(station.counters.abandoned).toBe(0);
      far.clock.advance(1);
      expect(station.counters).toMatchObject({ abandoned: 1, discarded: 7 });
      expect(far.diagnostics).toHaveLength(1);
      expect(far.clock.pending).toBe(0);
    }
  });
  it('has its time anew with each octet, and none when it is whole', async () => {
    const far = new ByHand();
    const handled: string[] = [];
    const station = meter(far, noting(handled));
    const octets = notice('01');
    for (let at = 0; at < octets.length; at++) {
      far.arrive(octets.subarray(at, at + 1));
      if (at < octets.length - 1) far.clock.advance(499);
    }
    expect(handled).toEqual(['01']);
    expect(far.clock.pending).toBe(0);
    expect(station.counters).toMatchObject({ abandoned: 0, frames: 1 });
  });
  it('is given up when its octets trickle in for longer than a frame may take', () => {
    const far = new ByHand();
    const station = meter(far, silent, { frameMs: 1000 });
    const octets = notice('01'.repeat(20));
    for (let at = 0; at < 3; at++) {
      far.arrive(octets.subarray(at, at + 1));
      far.clock.advance(400);
    }
    // The flag is not part of it: the first octet came at 400.
    expect(station.counters.abandoned).toBe(0);
    far.arrive(octets.subarray(3, 4));
    far.clock.advance(199);
    expect(station.counters.abandoned).toBe(0);
    far.clock.advance(1);
    expect(station.counters.abandoned).toBe(1);
    // What begins then has its own time.
    far.arrive(octets.subarray(0, 6));
    far.clock.advance(499);
    expect(station.counters.abandoned).toBe(1);
  });
  it('has its own time behind a good frame that ended in the same chunk', () => {
    const far = new ByHand();
    const station = meter(far, silent, { frameMs: 1000 });
    const octets = notice('01');
    far.arrive(octets.subarray(0, 8));
    far.clock.advance(450);
    far.arrive(concat(octets.subarray(8), begun));
    for (let i = 0; i < 2; i++) {
      far.clock.advance(450);
      far.arrive(Uint8Array.of(0x55));
    }
    // 900 ms of its own, 1350 ms after the first one began.
    expect(station.counters).toMatchObject({ frames: 1, abandoned: 0 });
  });
  it('gives the frames that lie in it, when it was no frame at all', () => {
    const far = new ByHand();
    const handled: string[] = [];
    meter(far, noting(handled));
    far.arrive(concat(notice('01'.repeat(100)).subarray(0, 20), notice('02')));
    expect(handled).toEqual([]);
    far.clock.advance(500);
    expect(handled).toEqual(['02']);
  });
});

describe('a silent line', () => {
  it('ends when no good frame came for so long; each one puts the end off', async () => {
    const far = new ByHand();
    const station = meter(far, silent, { silenceMs: 1000 });
    far.clock.advance(600);
    far.arrive(notice('01'));
    far.clock.advance(600);
    far.arrive(Uint8Array.of(0x55));
    far.clock.advance(399);
    expect(far.aborted).toBe(0);
    far.clock.advance(1);
    expect(far).toMatchObject({ aborted: 1, closed: 0 });
    await station.closed;
    expect(far.diagnostics.at(-1)).toMatchObject({ code: 'transport/timeout', context: { waitedMs: 1000 } });
    expect(far.clock.pending).toBe(0);
  });
  it('may be silent for ever by default', () => {
    const far = new ByHand();
    meter(far, silent);
    expect(far.clock.pending).toBe(0);
  });
});

describe('a peer that does not read', () => {
  it('costs at most 256 KiB and a frame; it is served again when it has read', async () => {
    let read = (): void => undefined;
    const room = new Promise<void>((resolve) => {
      read = resolve;
    });
    const far = new ByHand({ write: () => room });
    const line = bus(far);
    const apdu = new Uint8Array(2027);
    // Each frame has 2041 octets: 2030 of information, its flags, addresses, control and check sequences.
    for (let i = 0; i < 129; i++) line.broadcast(apdu, 16, hdlcAddress(0x7f));
    expect(far.diagnostics).toEqual([]);
    expect(far.heard).toHaveLength(129);
    line.broadcast(apdu, 16);
    expect(far.heard).toHaveLength(129);
    expect(far.diagnostics).toMatchObject([
      {
        code: 'protocol/link',
        context: { side: 'remote', state: 'writing', reason: expect.stringContaining('1 frame') },
      },
    ]);
    read();
    await quiet();
    line.broadcast(apdu, 16);
    expect(far.heard).toHaveLength(130);
    expect(far.diagnostics).toHaveLength(1);
  });
});
