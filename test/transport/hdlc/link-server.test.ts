import { describe, expect, it } from 'vitest';
import { formatHex, parseHex } from '../../../src/core/hex.js';
import {
  encodeHdlcParameters,
  type HdlcControl,
  type HdlcLinkInput,
  type HdlcLinkOptions,
  type HdlcServerState,
  hdlcAddress,
  hdlcLinkDeadline,
  hdlcLinkStep,
  hdlcServerLink,
} from '../../../src/transport/hdlc/index.js';

const client = hdlcAddress(16);
const server = hdlcAddress(1, 17);
const nothing = new Uint8Array(0);

/** A link of a server, and what it says: `I1/2P C4` is an I frame with N(S), N(R), poll or final, and its information. */
class Station {
  state: HdlcServerState;
  constructor(options: Partial<HdlcLinkOptions> = {}) {
    this.state = hdlcServerLink({ client, server, llc: false, ...options });
  }
  do(input: HdlcLinkInput, now = 0): string[] {
    const [next, outputs] = hdlcLinkStep(this.state, input, now);
    this.state = next;
    return outputs.map((o) => {
      if (o.type === 'apdu') return `apdu ${formatHex(o.apdu)}`;
      if (o.type !== 'write') return o.type;
      const { control, information } = o.frame;
      const numbers = control.type === 'I' ? `${control.ns}/${control.nr}` : 'nr' in control ? `/${control.nr}` : '';
      const pf = 'pf' in control && control.pf ? 'P' : '';
      return `${control.type}${numbers}${pf}${control.type === 'I' ? ` ${formatHex(information)}` : ''}`;
    });
  }
  hears(control: HdlcControl, information: Uint8Array = nothing, now = 0): string[] {
    return this.do(
      { type: 'frame', frame: { segmented: false, destination: server, source: client, control, information } },
      now,
    );
  }
  connect(window = 1, now = 0): this {
    const size = { maxInfoTransmit: 128, maxInfoReceive: 128, windowTransmit: window, windowReceive: window };
    this.hears({ type: 'SNRM', pf: true }, encodeHdlcParameters(size), now);
    return this;
  }
}
const i = (ns: number, nr: number, pf = true): HdlcControl => ({ type: 'I', ns, nr, pf });
const rr = (nr: number): HdlcControl => ({ type: 'RR', nr, pf: true });
const c0 = parseHex('C0');
const reply = (...hex: string[]): HdlcLinkInput => ({ type: 'reply', apdus: hex.map(parseHex) });

describe('the link of a server', () => {
  it('ends after inactivity although the client never said a word behind SNRM', () => {
    const station = new Station({ inactivityTimeoutMs: 1000 }).connect(1, 5000);
    expect(hdlcLinkDeadline(station.state)).toBe(6000);
    expect(station.do({ type: 'tick' }, 5999)).toEqual([]);
    expect(station.do({ type: 'tick' }, 6000)).toEqual(['disconnected']);
  });
  it('takes an information field as long as it granted, and not an octet longer', () => {
    expect(new Station().connect().hears(i(0, 0), new Uint8Array(128).fill(0xc0))).toEqual([
      `apdu ${'C0'.repeat(128)}`,
    ]);
    expect(new Station().connect().hears(i(0, 0), new Uint8Array(129).fill(0xc0))).toEqual(['FRMRP', 'failed']);
  });
  it('takes an APDU behind the LLC header of commands, and gives its own behind that of responses', () => {
    const station = new Station({ llc: true }).connect();
    expect(station.hears(i(0, 0), parseHex('E6E600C001'))).toEqual(['apdu C001']);
    expect(station.do(reply('C401'))).toEqual(['I0/1P E6E700C401']);
    // The header of responses on a command is another protocol.
    expect(new Station({ llc: true }).connect().hears(i(0, 0), parseHex('E6E700C001'))).toEqual(['FRMRP', 'failed']);
  });
  it('takes a new command that acknowledges less than the client did before: its frame was made earlier', () => {
    const station = new Station().connect();
    station.hears(i(0, 0), c0);
    expect(station.do(reply('C4'))).toEqual(['I0/1P C4']);
    expect(station.hears(rr(1))).toEqual(['RR/1P']);
    expect(station.hears(i(1, 0), c0)).toEqual(['apdu C0']);
  });
  it('asks back at an acknowledgement of what it never sent, whatever its number, and ends the link when it is repeated', () => {
    for (let nr = 1; nr < 8; nr++) {
      const station = new Station().connect();
      expect(station.hears(rr(nr))).toEqual(['ignored', 'RR/0P']);
      expect(station.hears(rr(nr))).toEqual(['FRMRP', 'failed']);
    }
  });
  it('has forgotten a doubtful acknowledgement when a good one came in between', () => {
    for (let nr = 1; nr < 8; nr++) {
      const station = new Station().connect();
      station.hears(rr(nr));
      expect(station.hears(rr(0))).toEqual(['RR/0P']);
      expect(station.hears(rr(nr))).toEqual(['ignored', 'RR/0P']);
    }
  });
});
