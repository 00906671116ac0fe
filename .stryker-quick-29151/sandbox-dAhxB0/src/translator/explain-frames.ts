import { concat } from '../core/bytes.js';
import { DlmsError } from '../core/errors.js';
import { formatHex } from '../core/hex.js';
import type { Framing } from '../transport/framing/detect.js';
import { decodeMbusFrame, mbusSegment } from '../transport/framing/mbus.js';
import { formatHdlcAddress } from '../transport/hdlc/address.js';
import { decodeHdlcControl, type HdlcControl } from '../transport/hdlc/control.js';
import { faultError, type HdlcFrame, llcOf, readFrame, readHeader } from '../transport/hdlc/frame.js';
import type { Explainer } from './explain.js';
import { type Draft, end, part } from './explain-node.js';

/** The frames in the octets, and what they carry. */
export function explainFrames(bytes: Uint8Array, framing: Framing, state: Explainer): Draft {
  const { length } = bytes;
  const all = (name: string, children: Draft[]): Draft => ({
    offset: 0,
    length,
    path: '',
    name,
    meaning: '',
    children,
  });
  if (length === 0) return state.apdu(bytes, 0, length);
  switch (framing) {
    case 'hdlc':
      return all(framing, hdlc(bytes, state));
    case 'wrapper':
      return all(framing, wrapper(bytes, state));
    case 'mbus':
      return all(framing, mbus(bytes, state));
    case 'apdu':
      return llcOf(bytes) === undefined ? state.apdu(bytes, 0, length) : all('llc', withLlc(bytes, 0, length, state));
    default:
      return broken(
        part(0, length, framing, ''),
        new DlmsError('decode/unsupported', { offset: 0, what: 'the text of IEC 62056-21, which is no DLMS' }),
      );
  }
}

/** LLC header, when there is one, and the APDU behind it. */
function withLlc(bytes: Uint8Array, from: number, to: number, state: Explainer): Draft[] {
  const llc = llcOf(bytes.subarray(from, to));
  const at = llc === undefined ? from : from + 3;
  const out = llc === undefined ? [] : [part(from, 3, 'llc', llc)];
  if (to > at) out.push(state.apdu(bytes, at, to));
  return out;
}

/** Names the error of a span that cannot be read. */
function broken(node: Draft, error: DlmsError): Draft {
  node.error = error;
  node.meaning = error.message;
  return node;
}

// ── HDLC ─────────────────────────────────────────────────────────────────────────────────────────────────

function hdlc(b: Uint8Array, state: Explainer): Draft[] {
  const out: Draft[] = [];
  const segments: Segments = new Map();
  let at = 0;
  while (at < b.length) {
    const start = at;
    while (at < b.length && b[at] === 0x7e) at++;
    if (at > start) out.push(part(start, at - start, 'flag', ''));
    if (at >= b.length) break;
    const frame = hdlcFrame(b, at, state, segments);
    out.push(frame);
    at = end(frame);
  }
  return out;
}

/** One frame without its flags; what is no frame goes to the next flag. */
function hdlcFrame(b: Uint8Array, at: number, state: Explainer, segments: Segments): Draft {
  const header = readHeader(b, at, b.length - at);
  const length = (((b[at] as number) & 7) << 8) | (b[at + 1] ?? 0);
  if (typeof header === 'object' || header === 0 || at + length > b.length) {
    const flag = b.indexOf(0x7e, at);
    const size = (flag < 0 ? b.length : flag) - at;
    const error =
      typeof header === 'object'
        ? faultError(header, at)
        : new DlmsError('decode/unexpected-end', { offset: b.length, expected: `a frame of ${length} octets` });
    return broken(part(at, size, 'unread', ''), error);
  }
  const read = readFrame(b, at, length, header);
  const bare = header + 2 === length;
  const informationAt = at + header + 2;
  const fcsAt = at + length - 2;
  const first = addressEnd(b, at + 2);
  const control = decodeHdlcControl(b[at + header - 1] as number);
  const children: Draft[] = [
    part(at, 2, 'format', `type 3, ${length} octets${((b[at] as number) & 8) !== 0 ? ', more segments follow' : ''}`),
    part(at + 2, first - at - 2, 'destination', ''),
    part(first, at + header - 1 - first, 'source', ''),
    part(at + header - 1, 1, 'control', controlText(control)),
  ];
  if (!bare) children.push(part(at + header, 2, 'hcs', 'good'));
  const fcs = part(fcsAt, 2, 'fcs', 'good');
  const information = bare ? undefined : part(informationAt, fcsAt - informationAt, 'information', '');
  if (information !== undefined && information.length > 0) children.push(information);
  if ('fault' in read) broken(fcs, faultError(read, at));
  else {
    (children[1] as Draft).meaning = formatHdlcAddress(read.destination);
    (children[2] as Draft).meaning = formatHdlcAddress(read.source);
  }
  if (information !== undefined && information.length > 0)
    carried(b, information, control, 'fault' in read ? undefined : read, segments, state);
  children.push(fcs);
  return {
    offset: at,
    length,
    path: '',
    name: 'frame',
    type: control.type,
    meaning: '',
    source: 'IEC 62056-46, frame format type 3',
    children,
  };
}

/** The information of a frame: an APDU, or one segment of it. */
function carried(
  b: Uint8Array,
  node: Draft,
  control: HdlcControl,
  frame: HdlcFrame | undefined,
  segments: Segments,
  state: Explainer,
): void {
  if (control.type !== 'I' && control.type !== 'UI') {
    node.meaning = formatHex(b.subarray(node.offset, end(node)));
    return;
  }
  const key = frame === undefined ? '' : `${formatHdlcAddress(frame.destination)} ${formatHdlcAddress(frame.source)}`;
  const before = segments.get(key);
  if (frame === undefined || (!frame.segmented && before === undefined)) {
    node.children = withLlc(b, node.offset, end(node), state);
    return;
  }
  const all = before ?? [];
  // No message has that many segments: what comes then is no message any more.
  if (all.length >= 4096) all.length = 0;
  all.push(frame.information);
  node.meaning = `segment ${all.length}`;
  segments.set(key, all);
  if (frame.segmented) return;
  segments.delete(key);
  node.children = [
    part(node.offset, node.length, 'segment', `segment ${all.length}`),
    state.made('reassembled', concat(...all), (octets) => ({
      ...part(0, octets.length, 'information', ''),
      children: withLlc(octets, 0, octets.length, state),
    })),
  ];
}
/** Segments that wait for their last one, by addresses. */
type Segments = Map<string, Uint8Array[]>;
const addressEnd = (b: Uint8Array, at: number): number =>
  at + (((b[at] as number) & 1) !== 0 ? 1 : ((b[at + 1] as number) & 1) !== 0 ? 2 : 4);
function controlText(c: HdlcControl): string {
  const numbers =
    c.type === 'I' ? ` N(S) ${c.ns}, N(R) ${c.nr}` : c.type === 'RR' || c.type === 'RNR' ? ` N(R) ${c.nr}` : '';
  return `${c.type}${numbers}${c.pf ? ', poll/final' : ''}`;
}

// ── wrapper ──────────────────────────────────────────────────────────────────────────────────────────────

function wrapper(b: Uint8Array, state: Explainer): Draft[] {
  const out: Draft[] = [];
  const u16 = (at: number): number => ((b[at] as number) << 8) | (b[at + 1] as number);
  let at = 0;
  while (at < b.length) {
    const left = b.length - at;
    if (left < 8 || u16(at) !== 1) {
      const error =
        left < 8
          ? new DlmsError('decode/unexpected-end', { offset: b.length, expected: 'a wrapper header of 8 octets' })
          : new DlmsError('decode/framing', { offset: at, reason: `wrapper version ${u16(at)}, expected 1` });
      out.push(broken(part(at, left, 'unread', ''), error));
      break;
    }
    const stated = u16(at + 6);
    const length = Math.min(stated, left - 8);
    const children: Draft[] = [
      part(at, 2, 'version', '1'),
      part(at + 2, 2, 'source', String(u16(at + 2))),
      part(at + 4, 2, 'destination', String(u16(at + 4))),
      part(at + 6, 2, 'length', String(stated)),
    ];
    if (length < stated)
      broken(
        children[3] as Draft,
        new DlmsError('decode/unexpected-end', { offset: b.length, expected: `${stated} octets behind the header` }),
      );
    if (length > 0) children.push(state.apdu(b, at + 8, at + 8 + length));
    out.push({
      offset: at,
      length: 8 + length,
      path: '',
      name: 'wpdu',
      meaning: '',
      source: 'IEC 62056-4-7, wrapper',
      children,
    });
    at += 8 + length;
  }
  return out;
}

// ── M-Bus ────────────────────────────────────────────────────────────────────────────────────────────────

function mbus(b: Uint8Array, state: Explainer): Draft[] {
  const out: Draft[] = [];
  const parts: Uint8Array[] = [];
  let at = 0;
  while (at < b.length) {
    const size = mbusSize(b, at);
    if (size > 0) {
      out.push(mbusParts(b, at, size, parts, state));
      at += size;
      continue;
    }
    // Octets up to where a frame really begins.
    let next = at;
    do next = b.indexOf(0x68, next + 1);
    while (next >= 0 && mbusSize(b, next) === 0);
    const rest = (next < 0 ? b.length : next) - at;
    out.push(
      broken(part(at, rest, 'unread', ''), mbusError(b.subarray(at, at + Math.min(rest, (b[at + 1] ?? 0) + 6)), at)),
    );
    at += rest;
  }
  return out;
}

/** Octets of the frame that begins here, 0 when none does. Some meters state the length modulo 256: longer ones are tried while the checksum is wrong. */
function mbusSize(b: Uint8Array, at: number): number {
  if (b[at] !== 0x68 || b[at + 3] !== 0x68 || b[at + 1] !== b[at + 2]) return 0;
  for (let size = (b[at + 1] as number) + 6; at + size <= b.length && size <= 1024; size += 256) {
    if (size < 9 || b[at + size - 1] !== 0x16) continue;
    let sum = 0;
    for (let i = at + 4; i < at + size - 2; i++) sum += b[i] as number;
    if ((sum & 0xff) === b[at + size - 2]) return size;
  }
  return 0;
}
function mbusError(octets: Uint8Array, at: number): DlmsError {
  try {
    decodeMbusFrame(octets);
  } catch (e) {
    if (e instanceof DlmsError && 'offset' in e.context) {
      e.context.offset += at;
      return e;
    }
  }
  return new DlmsError('decode/unexpected-end', { offset: at, expected: 'a whole M-Bus frame' });
}

function mbusParts(b: Uint8Array, at: number, size: number, parts: Uint8Array[], state: Explainer): Draft {
  const frame = decodeMbusFrame(b.subarray(at, at + size));
  const dataAt = at + 7;
  const dataEnd = at + size - 2;
  const children: Draft[] = [
    part(at, 4, 'start', `length ${size - 6}${frame.lengthModulo256 ? ' (stated modulo 256)' : ''}`),
    part(at + 4, 1, 'control', formatHex(Uint8Array.of(frame.control))),
    part(at + 5, 1, 'address', String(frame.address)),
  ];
  const segment = frame.data.length >= 2 ? mbusSegment(frame) : undefined;
  children.push(
    part(
      at + 6,
      1,
      'controlInformation',
      segment === undefined ? 'no DLMS' : `segment ${segment.number}${segment.final ? ', final' : ''}`,
    ),
  );
  if (segment === undefined) children.push(...(dataEnd > dataAt ? [part(dataAt, dataEnd - dataAt, 'data', '')] : []));
  else {
    children.push(part(dataAt, 1, 'stsap', String(segment.stsap)), part(dataAt + 1, 1, 'dtsap', String(segment.dtsap)));
    if (segment.number === 0) parts.length = 0;
    parts.push(segment.part);
    const body = part(dataAt + 2, dataEnd - dataAt - 2, 'part', `segment ${segment.number}`);
    if (segment.final && parts.length === 1 && body.length > 0) body.children = [state.apdu(b, body.offset, end(body))];
    else if (segment.final && parts.length === segment.number + 1)
      body.children = [
        part(body.offset, body.length, 'segment', `segment ${segment.number}`),
        state.made('reassembled', concat(...parts), (all) => state.apdu(all, 0, all.length)),
      ];
    if (segment.final) parts.length = 0;
    if (body.length > 0 || body.children !== undefined) children.push(body);
  }
  children.push(part(dataEnd, 1, 'checksum', 'good'), part(dataEnd + 1, 1, 'stop', ''));
  return {
    offset: at,
    length: size,
    path: '',
    name: 'frame',
    type: 'long frame',
    meaning: '',
    source: 'EN 13757-2; segments IEC 62056-7-3',
    children,
  };
}
