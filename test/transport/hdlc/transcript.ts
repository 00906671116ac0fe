import { expect } from 'vitest';
import type { DlmsError } from '../../../src/core/errors.js';
import { formatHex, parseHex } from '../../../src/core/hex.js';
import {
  decodeHdlcControl,
  encodeHdlcParameters,
  type HdlcControl,
  type HdlcFrame,
  type HdlcLinkInput,
  type HdlcLinkOptions,
  type HdlcLinkState,
  hdlcAddress,
  hdlcClientLink,
  hdlcLinkStep,
  hdlcServerLink,
} from '../../../src/transport/hdlc/index.js';

const client = hdlcAddress(16);
const server = hdlcAddress(1, 17);
export const nothing = new Uint8Array(0);

/** `I2/3P+ 0A`: type, N(S), N(R), poll or final, segmentation, information. */
function frame(role: 'client' | 'server', text: string): HdlcFrame {
  const [, type = '', ns, nr, pf, seg, hex = ''] =
    /^(I|RR|RNR|SNRM|UA|DISC|DM|FRMR|UI|\?)(\d)?(?:\/(\d))?(P)?(\+)? ?(.*)$/.exec(text) ?? [];
  const number = { ns: Number(ns), nr: Number(nr) };
  const control = (
    type === '?'
      ? decodeHdlcControl(0x19)
      : { type, ...(type === 'I' ? number : /^RN?R$/.test(type) ? { nr: number.nr } : {}), pf: pf !== undefined }
  ) as HdlcControl;
  const from = role === 'client' ? client : server;
  return {
    segmented: seg !== undefined,
    destination: role === 'client' ? server : client,
    source: from,
    control,
    information: hex === '' ? nothing : parseHex(hex),
  };
}
function text(f: HdlcFrame): string {
  const c = f.control;
  const numbers = c.type === 'I' ? `${c.ns}/${c.nr}` : c.type === 'RR' || c.type === 'RNR' ? `/${c.nr}` : '';
  return `${c.type}${numbers}${c.pf ? 'P' : ''}${f.segmented ? '+' : ''}${f.information.length > 0 ? ` ${formatHex(f.information)}` : ''}`;
}

export type Input = string | HdlcLinkInput;
/** Runs a transcript: time, what comes in (a text is a frame of the peer), what must go out. */
export function transcript(
  role: 'client' | 'server',
  options: Partial<HdlcLinkOptions>,
  rows: readonly (readonly [number, Input, readonly string[]])[],
): HdlcLinkState {
  const all = {
    client,
    server,
    responseTimeoutMs: 1000,
    retries: 2,
    holdMs: 300,
    llc: false,
    ...options,
  };
  let state: HdlcLinkState = role === 'client' ? hdlcClientLink(all) : hdlcServerLink(all);
  rows.forEach(([now, input, expected], i) => {
    const step: HdlcLinkInput =
      typeof input !== 'string'
        ? input
        : { type: 'frame', frame: frame(role === 'client' ? 'server' : 'client', input) };
    const before = JSON.stringify(state);
    const [next, outputs] = hdlcLinkStep(state, step, now);
    expect(JSON.stringify(state), 'a step must not change the state it was given').toBe(before);
    state = next;
    const got = outputs.map((o) => {
      switch (o.type) {
        case 'write':
          expect([o.frame.source, o.frame.destination]).toEqual(
            role === 'client' ? [client, server] : [server, client],
          );
          return text(o.frame);
        case 'apdu':
          return `apdu ${formatHex(o.apdu)}`;
        case 'ui':
          return `ui ${formatHex(o.frame.information)}`;
        case 'quirk':
          return `quirk ${o.quirk.name}`;
        case 'disconnected':
          return `disconnected ${o.by}`;
        case 'failed':
        case 'refused':
        case 'ignored':
          return `${o.type} ${o.error.code}${o.error.code === 'protocol/link' ? ` ${(o.error as DlmsError<'protocol/link'>).context.side}` : ''}`;
        default:
          return o.type;
      }
    });
    expect(got, `row ${i}: ${JSON.stringify(input)}`).toEqual(expected);
  });
  return state;
}
/** A state that is known to be of a link that is up. */
export function up(state: HdlcLinkState): Extract<HdlcLinkState, { readonly parameters: unknown }> {
  if (!('parameters' in state)) throw new Error(`a link that is ${state.phase}`);
  return state;
}
export const send = (hex: string): HdlcLinkInput => ({ type: 'send', apdu: parseHex(hex) });
export const reply = (...hex: string[]): HdlcLinkInput => ({ type: 'reply', apdus: hex.map(parseHex) });
export const tick: HdlcLinkInput = { type: 'tick' };
export const connect: HdlcLinkInput = { type: 'connect' };
export const disconnect: HdlcLinkInput = { type: 'disconnect' };
export const want: HdlcLinkInput = { type: 'want', wanted: true };
export const ua = `UAP ${formatHex(encodeHdlcParameters({ maxInfoTransmit: 32, maxInfoReceive: 32, windowTransmit: 7, windowReceive: 7 }))}`;
export const wide = { maxInfoTransmit: 32, maxInfoReceive: 32, windowTransmit: 7, windowReceive: 7 };
export const a32 = 'AA'.repeat(32);
export const snrm7 = ua.replace('UAP', 'SNRMP');
