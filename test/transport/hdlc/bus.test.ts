import { describe, expect, it } from 'vitest';
import { concat } from '../../../src/core/bytes.js';
import { formatHex } from '../../../src/core/hex.js';
import { type HdlcBusOptions, type HdlcPush, hdlcAddress, hdlcBus } from '../../../src/transport/hdlc/index.js';
import { ByHand, fromMeter } from './by-hand.js';
import { failure, quiet } from './running.js';

function setup(options: HdlcBusOptions = {}) {
  const far = new ByHand();
  const bus = hdlcBus(far.transport, { clock: far.clock, onDiagnostic: far.onDiagnostic, ...options });
  const channel = (server: number) => bus.channel({ client: 16, server, responseTimeoutMs: 1000, retries: 0 });
  return { far, bus, channel };
}
const ua = { type: 'UA', pf: true } as const;
const ui = { type: 'UI', pf: false } as const;
const from = (upper: number) => ({ source: hdlcAddress(upper) });
const nobody = (type: string) => ({
  code: 'protocol/link',
  context: { side: 'remote', state: 'bus', reason: `${type} for nobody who waits for it` },
});

describe('a frame that nobody on the bus waits for', () => {
  it('is told of, and those who wait go on waiting', async () => {
    const { far, channel } = setup();
    far.arrive(fromMeter(ua));
    expect(far.diagnostics).toMatchObject([nobody('UA')]);
    const opening = channel(1).open();
    far.arrive(fromMeter(ua, from(2)), fromMeter(ua, { destination: hdlcAddress(17) }));
    expect(far.diagnostics).toMatchObject([nobody('UA'), nobody('UA'), nobody('UA')]);
    far.arrive(fromMeter(ua));
    await opening;
    expect(far.diagnostics).toHaveLength(3);
  });
  it('is that of a meter which speaks while another one is asked', async () => {
    const { far, channel } = setup();
    const [one, two] = [channel(1), channel(2)];
    const opening = [one.open(), two.open()];
    far.arrive(fromMeter(ua));
    far.arrive(fromMeter(ua, from(2)));
    await Promise.all(opening);
    const sending = one.send(Uint8Array.of(0xc0));
    const wrong = { type: 'I', ns: 0, nr: 0, pf: true } as const;
    far.arrive(fromMeter(wrong, { ...from(2), information: 'E6E700C4' }));
    expect(far.diagnostics).toMatchObject([nobody('I')]);
    far.arrive(fromMeter({ ...wrong, nr: 1 }, { information: 'E6E700C4' }));
    await sending;
    expect(formatHex(await one.receive())).toBe('C4');
    expect(far.diagnostics).toHaveLength(1);
    // What the other one said in between was not taken for its answer.
    const receiving = failure(two.receive({ timeoutMs: 10 }));
    far.clock.advance(10);
    expect((await receiving).code).toBe('transport/timeout');
  });
});

describe('a push to the bus', () => {
  it('in segments is one push, and nothing to complain of', () => {
    const pushes: HdlcPush[] = [];
    const { far } = setup({ onPush: (p) => void pushes.push(p) });
    far.arrive(
      fromMeter(ui, { segmented: true, information: 'E6E7000F01' }),
      fromMeter(ui, { segmented: true, information: '02' }),
    );
    expect(pushes).toEqual([]);
    far.arrive(fromMeter(ui, { information: '03' }));
    expect(pushes.map((p) => formatHex(p.apdu))).toEqual(['0F010203']);
    expect(pushes[0]).toMatchObject({ source: hdlcAddress(1), destination: hdlcAddress(16) });
    expect(far.diagnostics).toEqual([]);
  });
  it('that cannot be put together is told of, and the next one comes through', () => {
    const pushes: HdlcPush[] = [];
    const { far } = setup({ onPush: (p) => void pushes.push(p) });
    far.arrive(fromMeter(ui, { segmented: true }), fromMeter(ui, { information: 'E6E7000F04' }));
    expect(far.diagnostics).toMatchObject([{ code: 'protocol/link', context: { state: 'joining segments' } }]);
    expect(pushes.map((p) => formatHex(p.apdu))).toEqual(['0F04']);
  });
  it('whose listener throws is told of, and the other frames of the chunk come through', () => {
    const bad = new Error('listener');
    const pushes: string[] = [];
    const { far } = setup({
      onPush(p) {
        pushes.push(formatHex(p.apdu));
        if (pushes.length === 1) throw bad;
      },
    });
    far.arrive(concat(fromMeter(ui, { information: 'E6E70001' }), fromMeter(ui, { information: 'E6E70002' })));
    expect(pushes).toEqual(['01', '02']);
    expect(far.diagnostics).toEqual([bad]);
  });
  it('that nobody listens to is no error', () => {
    const { far, bus } = setup();
    far.arrive(fromMeter(ui, { information: 'E6E70001' }));
    expect(far.diagnostics).toEqual([]);
    expect(bus.counters).toMatchObject({ frames: 1, discarded: 0 });
  });
});

describe('a broadcast on the bus', () => {
  it('is a UI frame without P, with the LLC header of commands, to all stations or those named', () => {
    const { far, bus } = setup();
    bus.broadcast(Uint8Array.of(0xc1), 16);
    bus.broadcast(Uint8Array.of(0xc1, 0x02), hdlcAddress(1), hdlcAddress(1, 0x7f));
    expect(far.texts).toEqual(['UI E6E600C1', 'UI E6E600C102']);
    expect(far.heard).toMatchObject([
      { source: hdlcAddress(16), destination: hdlcAddress(0x7f) },
      { source: hdlcAddress(1), destination: hdlcAddress(1, 0x7f) },
    ]);
  });
  it('waits until the meter that is asked has answered, and goes out once', async () => {
    const { far, bus, channel } = setup();
    const opening = channel(1).open();
    bus.broadcast(Uint8Array.of(0xc1), 16);
    expect(far.texts).toEqual(['SNRMP']);
    far.arrive(fromMeter(ua));
    await opening;
    expect(far.texts).toEqual(['SNRMP', 'UI E6E600C1']);
    await quiet();
    expect(far.texts).toHaveLength(2);
  });
  it('has 2027 octets at most', () => {
    const { far, bus } = setup();
    bus.broadcast(new Uint8Array(2027), 16);
    expect(far.heard[0]?.information).toHaveLength(2030);
    expect(() => bus.broadcast(new Uint8Array(2028), 16)).toThrow(
      expect.objectContaining({
        code: 'encode/invalid-value',
        context: { expected: 'at most 2027 octets in a broadcast', actual: '2028 octets' },
      }),
    );
    expect(far.heard).toHaveLength(1);
  });
});

describe('a bus that was closed', () => {
  it('refuses broadcasts and channels, and says that this side closed it', async () => {
    const { far, bus, channel } = setup();
    const one = channel(1);
    const opening = one.open();
    far.arrive(fromMeter(ua));
    await opening;
    const closing = bus.close();
    expect(far.texts).toEqual(['SNRMP', 'DISCP']);
    expect(far.closed).toBe(0);
    far.arrive(fromMeter(ua));
    await closing;
    expect(far).toMatchObject({ closed: 1, aborted: 0 });
    const closed = { code: 'transport/closed', context: { by: 'local', during: 'HDLC' } };
    expect(() => bus.broadcast(Uint8Array.of(1), 16)).toThrow(expect.objectContaining(closed));
    expect(await failure(one.open())).toMatchObject(closed);
    expect(await failure(channel(2).open())).toMatchObject(closed);
    expect(far.clock.pending).toBe(0);
    expect(far.texts).toHaveLength(2);
  });
  it('stays open when one of its channels is closed', async () => {
    const { far, bus, channel } = setup();
    const one = channel(1);
    const opening = one.open();
    far.arrive(fromMeter(ua));
    await opening;
    const closing = one.close();
    far.arrive(fromMeter(ua));
    await closing;
    expect(far.closed).toBe(0);
    bus.broadcast(Uint8Array.of(1), 16);
    expect(far.texts).toEqual(['SNRMP', 'DISCP', 'UI E6E60001']);
  });
});
