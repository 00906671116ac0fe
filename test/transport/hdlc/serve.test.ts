import { describe, expect, it } from 'vitest';
import { formatHex } from '../../../src/core/hex.js';
import { type HdlcServerOptions, hdlcAddress, serveHdlc } from '../../../src/transport/hdlc/index.js';
import type { ApduHandler } from '../../../src/transport/transport.js';
import { ByHand, fromClient } from './by-hand.js';
import { quiet } from './running.js';

function setup(options: Partial<HdlcServerOptions> = {}, handler: ApduHandler = { handle: (apdu) => [apdu] }) {
  const far = new ByHand();
  const clock = { clock: far.clock, onDiagnostic: far.onDiagnostic };
  return { far, meter: serveHdlc(far.transport, handler, { devices: [1], ...clock, ...options }) };
}
const snrm = { type: 'SNRM', pf: true } as const;
const client = (upper: number) => ({ source: hdlcAddress(upper) });

describe('a meter whose links are all taken', () => {
  it('answers SNRM of one more client with DM and F, from the device that was asked', async () => {
    const { far, meter } = setup({ maxLinks: 1, devices: [1, hdlcAddress(2, 17)] });
    far.arrive(fromClient(snrm));
    expect(far.heard.map((f) => f.control)).toEqual([{ type: 'UA', pf: true }]);
    far.heard.length = 0;
    far.arrive(fromClient(snrm, { destination: hdlcAddress(2, 17), ...client(17) }));
    expect(far.heard).toEqual([
      {
        segmented: false,
        destination: hdlcAddress(17),
        source: hdlcAddress(2, 17),
        control: { type: 'DM', pf: true },
        information: new Uint8Array(0),
      },
    ]);
    expect(meter.links).toEqual([{ clientSap: 16, serverSap: 1 }]);
    // Who has a link may begin it again, and is still served.
    far.heard.length = 0;
    far.arrive(fromClient(snrm));
    far.arrive(fromClient({ type: 'I', ns: 0, nr: 0, pf: true }, { information: 'E6E60001' }));
    await quiet();
    expect(far.texts.map((t) => t.split(' ')[0])).toEqual(['UAP', 'IP']);
    expect(formatHex(far.heard[1]?.information ?? new Uint8Array(0))).toBe('E6E70001');
    expect(far.diagnostics).toEqual([]);
  });
});
