import { describe, expect, it } from 'vitest';
import { concat } from '../../../src/core/bytes.js';
import { formatHex } from '../../../src/core/hex.js';
import { type HdlcServerOptions, hdlcAddress, serveHdlc } from '../../../src/transport/hdlc/index.js';
import type { ApduHandler } from '../../../src/transport/transport.js';
import { ByHand, fromClient } from './by-hand.js';
import { quiet } from './running.js';

const ui = { type: 'UI', pf: false } as const;
const snrm = { type: 'SNRM', pf: true } as const;
const all = { destination: hdlcAddress(0x7f) };

/** A meter that notes what it handles, as `client>device APDU`, and what is released. */
function setup(options: Partial<HdlcServerOptions> = {}, over: Partial<ApduHandler> = {}) {
  const far = new ByHand();
  const handled: string[] = [];
  const handler: ApduHandler = {
    handle(apdu, { clientSap, serverSap }) {
      handled.push(`${clientSap}>${serverSap} ${formatHex(apdu)}`);
      return [apdu];
    },
    ...over,
  };
  const clock = { clock: far.clock, onDiagnostic: far.onDiagnostic };
  return { far, handled, meter: serveHdlc(far.transport, handler, { devices: [1, 2], ...clock, ...options }) };
}

describe('UI that a meter hears', () => {
  it('is handled by every device it is for, and never answered', async () => {
    const { far, handled } = setup();
    far.arrive(fromClient(ui, { ...all, information: 'E6E60001' }), fromClient(ui, { information: 'E6E60002' }));
    await quiet();
    expect(handled).toEqual(['16>1 01', '16>2 01', '16>1 02']);
    expect(far.heard).toEqual([]);
    expect(far.diagnostics).toEqual([]);
  });
  it('is put together when it came in segments', () => {
    const { far, handled } = setup();
    far.arrive(fromClient(ui, { segmented: true, information: 'E6E60001' }), fromClient(ui, { information: '02' }));
    expect(handled).toEqual(['16>1 0102']);
    expect(far.diagnostics).toEqual([]);
  });
  it('is nothing to it when it is the push of another meter, for another device, or from nobody', () => {
    const { far, handled } = setup({ clients: [16, 0] });
    far.arrive(
      fromClient(ui, { ...all, information: 'E6E70001' }),
      fromClient(ui, { destination: hdlcAddress(3), information: 'E6E60001' }),
      fromClient(ui, { source: hdlcAddress(0), information: 'E6E60001' }),
      fromClient(ui, { source: hdlcAddress(17), information: 'E6E60001' }),
    );
    expect(handled).toEqual([]);
    expect(far.diagnostics).toEqual([]);
    // A segment for another device begins nothing.
    far.arrive(
      fromClient(ui, { destination: hdlcAddress(3), segmented: true }),
      fromClient(ui, { information: 'E6E60002' }),
    );
    expect(handled).toEqual(['16>1 02']);
    expect(far.diagnostics).toEqual([]);
  });
  it('that cannot be put together is told of', () => {
    const { far, handled } = setup();
    far.arrive(fromClient(ui, { segmented: true }), fromClient(ui, { information: 'E6E60002' }));
    expect(far.diagnostics).toMatchObject([{ code: 'protocol/link', context: { state: 'joining segments' } }]);
    expect(handled).toEqual(['16>1 02']);
  });
  it('beyond what the handler has finished is dropped and told of, until it has', async () => {
    const finish: (() => void)[] = [];
    const { far } = setup(
      { devices: [1], maxPendingApdus: 2 },
      { handle: () => new Promise((resolve) => void finish.push(() => resolve([]))) },
    );
    const notice = fromClient(ui, { information: 'E6E60001' });
    far.arrive(concat(notice, notice, notice));
    expect(finish).toHaveLength(2);
    const dropped = {
      code: 'protocol/link',
      context: { side: 'remote', state: 'UI', reason: 'more UI than the handler takes; dropped' },
    };
    expect(far.diagnostics).toMatchObject([dropped]);
    finish[0]?.();
    await quiet();
    far.arrive(notice, notice);
    expect(finish).toHaveLength(3);
    expect(far.diagnostics).toMatchObject([dropped, dropped]);
  });
  it('may be four for each device by default', () => {
    let handled = 0;
    const handle = (): Promise<never> => {
      handled++;
      return new Promise(() => undefined);
    };
    const { far } = setup({}, { handle });
    for (let i = 0; i < 9; i++) far.arrive(fromClient(ui, { information: 'E6E60001' }));
    expect(handled).toBe(8);
    expect(far.diagnostics).toHaveLength(1);
  });
});

describe('who may connect to a meter', () => {
  it('has one octet of address, names one device, and is one of its clients', () => {
    const { far } = setup({ clients: [0, 16] });
    far.arrive(
      fromClient(snrm, { source: hdlcAddress(16, 1) }),
      fromClient(snrm, { source: hdlcAddress(17) }),
      fromClient(snrm, { source: hdlcAddress(0) }),
      fromClient(snrm, all),
      fromClient(snrm, { destination: hdlcAddress(3) }),
    );
    expect(far.heard).toEqual([]);
    expect(far.diagnostics).toEqual([]);
    far.arrive(fromClient(snrm, { destination: hdlcAddress(2) }));
    expect(far.heard).toMatchObject([{ control: { type: 'UA', pf: true }, source: hdlcAddress(2) }]);
  });
});

describe('what a meter says by itself', () => {
  it('comes from its first device unless another one is named', () => {
    const { far, meter } = setup();
    meter.push(Uint8Array.of(0x0f), { client: 16 });
    meter.push(Uint8Array.of(0x0f, 1), { client: hdlcAddress(17), device: 2 });
    expect(far.texts).toEqual(['UIP E6E7000F', 'UIP E6E7000F01']);
    expect(far.heard).toMatchObject([
      { source: hdlcAddress(1), destination: hdlcAddress(16) },
      { source: hdlcAddress(2), destination: hdlcAddress(17) },
    ]);
  });
  it('needs a device to come from', () => {
    const { meter } = setup({ devices: [] });
    expect(() => meter.push(Uint8Array.of(1), { client: 16 })).toThrow(
      expect.objectContaining({ code: 'encode/invalid-value', context: expect.objectContaining({ actual: 'none' }) }),
    );
  });
});

describe('a handler that fails when it is told of a released link', () => {
  it('is told of the other links all the same', async () => {
    const bad = new Error('handler');
    const released: number[] = [];
    const { far, meter } = setup(
      {},
      {
        released(route) {
          released.push(route?.serverSap ?? 0);
          throw bad;
        },
      },
    );
    far.arrive(fromClient(snrm), fromClient(snrm, { destination: hdlcAddress(2) }));
    expect(meter.links).toHaveLength(2);
    await meter.close();
    expect(released).toEqual([1, 2]);
    expect(far.diagnostics).toEqual([bad, bad]);
    expect(meter.links).toEqual([]);
    expect(far.clock.pending).toBe(0);
  });
});
