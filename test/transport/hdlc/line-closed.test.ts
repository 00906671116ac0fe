import { describe, expect, it } from 'vitest';
import { concat } from '../../../src/core/bytes.js';
import { DlmsError } from '../../../src/core/errors.js';
import { encodeHdlcFrame, hdlcBus, serveHdlc } from '../../../src/transport/hdlc/index.js';
import { ByHand, fromClient, fromMeter } from './by-hand.js';

const ui = fromMeter({ type: 'UI', pf: false }, { information: 'E6E7000F' });

describe('a line that was closed', () => {
  it('is not written to, and does not tell that the medium ended too', async () => {
    const far = new ByHand();
    const options = { devices: [1], clock: far.clock, onDiagnostic: far.onDiagnostic };
    const meter = serveHdlc(far.transport, { handle: () => [] }, options);
    meter.push(Uint8Array.of(0x0f), { client: 16 });
    await meter.close();
    meter.push(Uint8Array.of(0x0f), { client: 16 });
    far.end(new DlmsError('transport/timeout', { waitedMs: 1, waitingFor: 'the medium' }));
    expect(far.heard).toHaveLength(1);
    expect(far.diagnostics).toEqual([]);
  });
});

describe('a line on which nothing is to be said', () => {
  it('is not written to', () => {
    const writes: number[] = [];
    const far = new ByHand({ write: (octets) => void writes.push(octets.length) });
    const meter = serveHdlc(far.transport, { handle: () => [] }, { devices: [1], clock: far.clock });
    far.arrive(fromClient({ type: 'SNRM', pf: true }), fromClient({ type: 'RR', nr: 0, pf: false }));
    expect(meter.links).toHaveLength(1);
    expect(far.texts.map((t) => t.slice(0, 3))).toEqual(['UAP']);
    expect(writes).toHaveLength(1);
  });
});

describe('a line with echo', () => {
  it('hears what it said no second time; one without takes it for a frame', () => {
    for (const [options, counted] of [
      [{ echo: true }, { frames: 0, echoes: 1 }],
      [{ echo: false }, { frames: 1, echoes: 0 }],
      [{}, { frames: 1, echoes: 0 }],
    ] as const) {
      const far = new ByHand();
      const bus = hdlcBus(far.transport, { clock: far.clock, ...options });
      bus.broadcast(Uint8Array.of(0xc1), 16);
      far.arrive(...far.heard.map(encodeHdlcFrame));
      expect(bus.counters).toMatchObject(counted);
    }
  });
});

describe('a line to whose diagnostics nobody listens', () => {
  it('passes over noise and frames for nobody all the same', () => {
    const far = new ByHand();
    const pushes: unknown[] = [];
    hdlcBus(far.transport, { clock: far.clock, onPush: (push) => void pushes.push(push) });
    far.arrive(concat(Uint8Array.of(0x55), fromMeter({ type: 'UA', pf: true }), ui));
    expect(pushes).toHaveLength(1);
  });
});
