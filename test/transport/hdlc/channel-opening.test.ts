import { describe, expect, it } from 'vitest';
import { formatHex } from '../../../src/core/hex.js';
import { hdlcBus } from '../../../src/transport/hdlc/index.js';
import { ByHand, fromMeter } from './by-hand.js';
import { failure, quiet } from './running.js';

function setup() {
  const far = new ByHand();
  const bus = hdlcBus(far.transport, { clock: far.clock, onDiagnostic: far.onDiagnostic });
  const channel = (server: number) => bus.channel({ client: 16, server, responseTimeoutMs: 1000, retries: 0 });
  return { far, channel };
}
const ua = fromMeter({ type: 'UA', pf: true });

describe('a channel that is opened twice at once', () => {
  it('sends one SNRM, opens for both, and refuses nothing that is sent meanwhile', async () => {
    const { far, channel } = setup();
    const one = channel(1);
    const work = [one.open(), one.open(), one.send(Uint8Array.of(0xc0))];
    expect(far.texts).toEqual(['SNRMP']);
    far.arrive(ua);
    await quiet();
    expect(far.texts).toEqual(['SNRMP', 'IP E6E600C0']);
    far.arrive(fromMeter({ type: 'I', ns: 0, nr: 1, pf: true }, { information: 'E6E700C4' }));
    await Promise.all(work);
    expect(formatHex(await one.receive())).toBe('C4');
    expect(far.diagnostics).toEqual([]);
  });
  it('fails for both when nobody answers', async () => {
    const { far, channel } = setup();
    const one = channel(1);
    const both = [failure(one.open()), failure(one.open())];
    far.clock.advance(1000);
    expect((await Promise.all(both)).map((e) => e.code)).toEqual(['transport/timeout', 'transport/timeout']);
    expect(far.texts).toEqual(['SNRMP']);
  });
});

describe('a channel that is closed', () => {
  it('sends nothing when it was never opened, and nothing when it is closed again', async () => {
    const { far, channel } = setup();
    const one = channel(1);
    await one.close();
    expect(far.texts).toEqual([]);
    const opening = one.open();
    far.arrive(ua);
    await opening;
    const closing = [one.close(), one.close()];
    expect(far.texts).toEqual(['SNRMP', 'DISCP']);
    far.arrive(ua);
    await Promise.all(closing);
    await one.close();
    expect(far.texts).toEqual(['SNRMP', 'DISCP']);
    expect(far.clock.pending).toBe(0);
  });
  it('while its SNRM waits for the line is closed after it, not before', async () => {
    const { far, channel } = setup();
    const lost = failure(channel(2).open());
    const one = channel(1);
    const opening = one.open();
    let closed = false;
    const closing = one.close().then(() => {
      closed = true;
    });
    await quiet();
    expect(closed).toBe(false);
    expect(far.texts).toEqual(['SNRMP']);
    far.clock.advance(1000);
    expect((await lost).code).toBe('transport/timeout');
    far.arrive(ua);
    await opening;
    expect(closed).toBe(false);
    expect(far.texts).toEqual(['SNRMP', 'SNRMP', 'DISCP']);
    far.arrive(ua);
    await closing;
    expect(far.clock.pending).toBe(0);
  });
});
