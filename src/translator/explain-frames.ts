import { latin1 } from '../core/bytes.js';
import { DlmsError, isDlmsError } from '../core/errors.js';
import { formatHex } from '../core/hex.js';
import type { Deframer, DeframerOptions, FramePart, FrameSpan } from '../transport/deframer.js';
import type { Framing } from '../transport/framing/detect.js';
import { type MbusFrame, type MbusSegment, mbusSegment } from '../transport/framing/mbus.js';
import { mbusAssembler } from '../transport/framing/mbus-assembler.js';
import { mbusDeframer } from '../transport/framing/mbus-deframer.js';
import { type TextMessage, textDeframer } from '../transport/framing/text-deframer.js';
import { type Wpdu, wpduDeframer } from '../transport/framing/wpdu.js';
import { formatHdlcAddress } from '../transport/hdlc/address.js';
import type { HdlcControl } from '../transport/hdlc/control.js';
import { hdlcDeframer } from '../transport/hdlc/deframer.js';
import { type HdlcFrame, llcOf } from '../transport/hdlc/frame.js';
import { type HdlcMessage, hdlcReassembler } from '../transport/hdlc/reassembler.js';
import { type Draft, type Explaining, end, part } from './explain-node.js';

// What stands where in a frame the deframers say; here it gets its words.

/** The frames in the octets, and what they carry. */
export function explainFrames(bytes: Uint8Array, framing: Framing, state: Explaining): Draft {
  const { length } = bytes;
  const all = (name: string, children: Draft[]): Draft => ({ ...part(0, length, name, ''), children });
  if (length === 0) return state.apdu(bytes, 0, length);
  switch (framing) {
    case 'hdlc':
      return all(framing, nodesOf(hdlcView(bytes, state), bytes));
    case 'wrapper':
      return all(framing, nodesOf(wrapperView(bytes, state), bytes));
    case 'mbus':
      return all(framing, nodesOf(mbusView(bytes, state), bytes));
    case 'apdu':
      return llcOf(bytes) === undefined ? state.apdu(bytes, 0, length) : all('llc', withLlc(bytes, 0, length, state));
    case 'iec-62056-21':
      return broken(
        all(framing, nodesOf(textView, bytes)),
        new DlmsError('decode/unsupported', { offset: 0, what: 'the text of IEC 62056-21, which is no DLMS' }),
      );
  }
}

/** How the frames of one framing are shown. */
interface View<F> {
  deframer(options: DeframerOptions<F>): Deframer<F>;
  /** The node of a frame, its name and where its layout is laid down. */
  readonly name: string;
  readonly source: string;
  /** The part that is to blame when a frame ends too early. */
  readonly cutShort?: string;
  type?(frame: F): string;
  /** A part in words; check sequences are judged already. */
  meaning(field: FramePart, span: Framed<F>): string;
  /** Gives the payload what it carries. */
  fill?(children: Draft[], span: Framed<F>): void;
}
type Framed<F> = FrameSpan<F> & { readonly frame: F };

function nodesOf<F>(view: View<F>, bytes: Uint8Array): Draft[] {
  const nodes: Draft[] = [];
  const deframer = view.deframer({ onSpan: (span) => nodes.push(nodeOf(view, span)) });
  deframer.push(bytes);
  deframer.flush();
  return nodes;
}
function nodeOf<F>(view: View<F>, span: FrameSpan<F>): Draft {
  const { offset, length, error } = span;
  if (span.frame === undefined) {
    if (error !== undefined) return broken(part(offset, length, 'unread', ''), error);
    // What stands between frames by right.
    return part(offset, length, span.parts[0]?.name ?? '', '');
  }
  const framed = span as Framed<F>;
  const children = span.parts.map((field) =>
    part(field.offset, field.length, field.name, field.role === 'checksum' ? 'good' : view.meaning(field, framed)),
  );
  const type = view.type?.(span.frame);
  const node: Draft = {
    ...part(offset, length, view.name, ''),
    ...(type === undefined ? {} : { type }),
    source: view.source,
    children,
  };
  if (error !== undefined) broken(culprit(view, children, error) ?? node, error);
  view.fill?.(children, framed);
  return node;
}
/** The check sequence that is wrong, or the length that promises more than there is. */
function culprit(view: View<unknown>, children: readonly Draft[], error: DlmsError): Draft | undefined {
  if (!isDlmsError(error, 'decode/checksum')) return children.find((c) => c.name === view.cutShort);
  const { offset } = error.context;
  return children.find((c) => c.offset <= offset && offset < end(c));
}

/** Names the error of octets that cannot be read. */
function broken(node: Draft, error: DlmsError): Draft {
  node.error = error;
  node.meaning = error.message;
  return node;
}
/** LLC header, when there is one, and the APDU behind it. */
function withLlc(bytes: Uint8Array, from: number, to: number, state: Explaining): Draft[] {
  const llc = llcOf(bytes.subarray(from, to));
  const at = llc === undefined ? from : from + 3;
  const out = llc === undefined ? [] : [part(from, 3, 'llc', llc)];
  if (to > at) out.push(state.apdu(bytes, at, to));
  return out;
}
/** The last segment, and all of them put together. */
const joined = (node: Draft, meaning: string, whole: Draft): Draft[] => [
  part(node.offset, node.length, 'segment', meaning),
  whole,
];
const numberAt = (bytes: Uint8Array, { offset, length }: FramePart): number =>
  bytes.subarray(offset, offset + length).reduce((n, b) => n * 256 + b, 0);

/** Octets of one message that are put together; it stands in the input, so this is only against abuse. */
const maxOctets = 16 * 1024 * 1024;

function hdlcView(bytes: Uint8Array, state: Explaining): View<HdlcFrame> {
  const reassembler = hdlcReassembler({ maxOctets });
  /** Segments that came of a message, by addresses. */
  const counts = new Map<string, number>();
  const message = (frame: HdlcFrame): HdlcMessage | undefined => {
    try {
      return reassembler.push(frame);
    } catch (e) {
      if (!isDlmsError(e)) throw e;
      return undefined;
    }
  };
  return {
    deframer: hdlcDeframer,
    name: 'frame',
    source: 'IEC 62056-46, frame format type 3',
    type: ({ control }) => control.type,
    meaning({ name }, { frame, length, error }) {
      if (name === 'format') return `type 3, ${length} octets${frame.segmented ? ', more segments follow' : ''}`;
      if (name === 'control') return controlText(frame.control);
      // Where the check sequence is wrong, nobody knows who it was.
      if (isDlmsError(error, 'decode/checksum')) return '';
      return name === 'destination' || name === 'source' ? formatHdlcAddress(frame[name]) : '';
    },
    fill(children, { frame, error }) {
      const node = children.find((c) => c.name === 'information');
      if (node === undefined) return;
      const { control, destination, source, segmented } = frame;
      if (control.type !== 'I' && control.type !== 'UI') {
        node.meaning = formatHex(frame.information);
        return;
      }
      const wrong = isDlmsError(error, 'decode/checksum');
      const whole = wrong ? undefined : message(frame);
      if (wrong || (!segmented && whole?.frames === 1)) {
        node.children = withLlc(bytes, node.offset, end(node), state);
        return;
      }
      const key = `${formatHdlcAddress(destination)} ${formatHdlcAddress(source)}`;
      const number = (counts.get(key) ?? 0) + 1;
      node.meaning = `segment ${number}`;
      if (segmented) counts.set(key, number);
      else counts.delete(key);
      if (whole === undefined) return;
      const made = state.made('reassembled', whole.information, (octets) => ({
        ...part(0, octets.length, 'information', ''),
        children: withLlc(octets, 0, octets.length, state),
      }));
      node.children = joined(node, node.meaning, made);
    },
  };
}
function controlText(c: HdlcControl): string {
  const numbers =
    c.type === 'I' ? ` N(S) ${c.ns}, N(R) ${c.nr}` : c.type === 'RR' || c.type === 'RNR' ? ` N(R) ${c.nr}` : '';
  return `${c.type}${numbers}${c.pf ? ', poll/final' : ''}`;
}

const wrapperView = (bytes: Uint8Array, state: Explaining): View<Wpdu> => ({
  deframer: wpduDeframer,
  name: 'wpdu',
  source: 'IEC 62056-4-7, wrapper',
  cutShort: 'length',
  meaning: (field) => (field.role === 'payload' ? '' : String(numberAt(bytes, field))),
  fill(children) {
    const node = children.at(-1) as Draft;
    if (node.name === 'payload') children[children.length - 1] = state.apdu(bytes, node.offset, end(node));
  },
});

function mbusView(bytes: Uint8Array, state: Explaining): View<MbusFrame> {
  const assembler = mbusAssembler();
  const segmentOf = (frame: MbusFrame): MbusSegment | undefined =>
    frame.data.length < 2 ? undefined : mbusSegment(frame);
  return {
    deframer: mbusDeframer,
    name: 'frame',
    source: 'EN 13757-2; segments IEC 62056-7-3',
    type: () => 'long frame',
    meaning(field, { frame, length }) {
      const segment = segmentOf(frame);
      switch (field.name) {
        case 'start':
          return `length ${length - 6}${frame.lengthModulo256 ? ' (stated modulo 256)' : ''}`;
        case 'control':
          return formatHex(Uint8Array.of(frame.control));
        case 'controlInformation':
          return segment === undefined ? 'no DLMS' : `segment ${segment.number}${segment.final ? ', final' : ''}`;
        case 'part':
          return `segment ${segment?.number}`;
        default:
          return field.role === 'address' ? String(numberAt(bytes, field)) : '';
      }
    },
    fill(children, { frame }) {
      const message = segmentOf(frame) === undefined ? undefined : assembler.push(frame);
      if (message === undefined) return;
      const node = children.find((c) => c.name === 'part');
      const whole = (): Draft => state.made('reassembled', message.apdu, (all) => state.apdu(all, 0, all.length));
      if (node === undefined) children.push(whole());
      else if (segmentOf(frame)?.number === 0) node.children = [state.apdu(bytes, node.offset, end(node))];
      else node.children = joined(node, node.meaning, whole());
    },
  };
}

const textView: View<TextMessage> = {
  deframer: textDeframer,
  name: 'message',
  source: 'IEC 62056-21',
  type: ({ type }) => type,
  meaning({ role, length }, { frame }) {
    if (role !== 'payload') return '';
    const text = latin1(frame.octets.subarray(frame.type === 'data' ? 1 : 0, 64));
    return `${JSON.stringify(text.slice(0, length))}${length > 63 ? ' …' : ''}`;
  },
};
