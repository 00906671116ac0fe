import { equalBytes } from '../core/bytes.js';
import { formatHex } from '../core/hex.js';
import type { Deframer, DeframerOptions, FramePart } from '../transport/deframer.js';
import { type MbusFrame, mbusSegment } from '../transport/framing/mbus.js';
import { mbusAssembler } from '../transport/framing/mbus-assembler.js';
import { mbusDeframer } from '../transport/framing/mbus-deframer.js';
import { unwrap, type Wpdu, wpduDeframer, wrap } from '../transport/framing/wpdu.js';
import { encodeHdlcAddress, formatHdlcAddress, type HdlcAddress } from '../transport/hdlc/address.js';
import { hdlcDeframer } from '../transport/hdlc/deframer.js';
import { encodeHdlcFrame, type HdlcFrame, llcOf, partsOf, stripLlc } from '../transport/hdlc/frame.js';
import { decodeHdlcParameters } from '../transport/hdlc/parameters.js';
import { hdlcReassembler } from '../transport/hdlc/reassembler.js';
import { anyOf, type Matcher, type View } from './compare.js';
import { decoded } from './decoded.js';
import type { Side } from './hls.js';
import { Difference, Unsupported } from './vector.js';

// Frames: their fields as vectors write them, and the APDUs they carry.

type Fields = Record<string, unknown>;
export interface Carried {
  /** The fields of the frame. */
  readonly fields: Fields;
  /** The APDU that this frame completes, without the LLC header. */
  readonly apdu: Uint8Array | undefined;
  /** Who sent it, if the frame tells. */
  readonly sender?: Side | undefined;
}

// ── HDLC ────────────────────

/**
 * Follows one line and joins the segments of each sender to APDUs. If the octets of a frame are given, encoding it
 * again must reproduce them.
 */
export function hdlcLine(): (frame: HdlcFrame, octets?: Uint8Array) => Carried {
  const reassembler = hdlcReassembler();
  const segments = new Map<string, number[]>();
  // The first frame that tells which side an address belongs to decides; later segments and acknowledgements do not
  // tell.
  const senders = new Map<string, Side>();
  let index = 0;
  return (frame, octets) => {
    const { control, information } = frame;
    const from = formatHdlcAddress(frame.source);
    if (control.type === 'SNRM' || control.type === 'DISC') {
      reassembler.reset();
      segments.clear();
    }
    const carries = (control.type === 'I' || control.type === 'UI') && information.length > 0;
    const row = carries ? [...(segments.get(from) ?? []), index] : [];
    if (carries) segments.set(from, frame.segmented ? row : []);
    index++;
    const message = reassembler.push(frame);
    const apdu = message === undefined || message.information.length === 0 ? undefined : stripLlc(message.information);
    const sender = senderOf(frame) ?? senders.get(from);
    if (sender !== undefined) senders.set(from, sender);
    const reassembledFrom = row.length > 1 && !frame.segmented ? row : undefined;
    return { fields: { ...hdlcFields(frame, octets), reassembledFrom, apduHex: apdu }, apdu, sender };
  };
}
/** The parts of a frame by their names. */
const named = (parts: readonly FramePart[], octets: Uint8Array): Partial<Record<string, Uint8Array>> =>
  Object.fromEntries(parts.map(({ name, offset, length }) => [name, octets.subarray(offset, offset + length)]));
/** @param read the octets that the frame was read from, with or without flags */
function hdlcFields(frame: HdlcFrame, read?: Uint8Array): Fields {
  const { information, control } = frame;
  const written = encodeHdlcFrame(frame);
  const octets = read === undefined ? written : read[0] === 0x7e ? read : Uint8Array.of(0x7e, ...read, 0x7e);
  // A peer can send both HCS and FCS without information; the length shows it.
  if (information.length > 0 && !equalBytes(written, octets))
    throw new Difference(`the frame is written as ${formatHex(written)}`);
  const length = octets.length - 2;
  const parts = named(partsOf(frame, 1, length), octets);
  const [destination, source] = [address(frame.destination), address(frame.source)];
  const payload = stripLlc(information);
  const empty = information.length === 0;
  const negotiates = control.type === 'SNRM' || control.type === 'UA';
  return {
    // The decoder accepts no other format.
    formatType: 3,
    segmented: frame.segmented,
    length,
    destination,
    source,
    address: { destination, source },
    controlByte: parts.control,
    control: anyOf({ ...control }, control.type),
    ns: 'ns' in control ? control.ns : undefined,
    nr: 'nr' in control ? control.nr : undefined,
    pollFinal: control.pf,
    hcs: empty ? undefined : parts.hcs,
    fcs: parts.fcs,
    information: parts.information,
    llc: llcOf(information) && information.subarray(0, 3),
    payload: (control.type === 'I' || control.type === 'UI') && payload.length > 0 ? payload : undefined,
    parameters: negotiates && !empty ? linkParameters(information) : undefined,
  };
}
export const linkParameters = (information: Uint8Array): View => decoded(undefined, decodeHdlcParameters(information));
/** A check sequence, low octet first as on the wire. */
export const checkSequence = (fcs: number): Uint8Array => Uint8Array.of(fcs, fcs >> 8);
export const addressFields = (a: HdlcAddress): Fields => ({
  hex: encodeHdlcAddress(a),
  upper: a.upper,
  lower: a.lower ?? null,
  size: a.size,
});
const address = (a: HdlcAddress): Matcher =>
  anyOf(addressFields(a), encodeHdlcAddress(a), formatHdlcAddress(a), ...(a.lower === undefined ? [a.upper] : []));
/**
 * Commands come from the client. For other frames the LLC header tells, or else the addresses: only servers have long
 * ones.
 */
function senderOf({ control, information, destination, source }: HdlcFrame): Side | undefined {
  if (control.type === 'SNRM' || control.type === 'DISC') return 'client';
  if (control.type === 'UA' || control.type === 'DM' || control.type === 'FRMR') return 'server';
  const llc = llcOf(information);
  if (llc !== undefined) return llc === 'command' ? 'client' : 'server';
  if (destination.size === source.size) return undefined;
  return destination.size > source.size ? 'client' : 'server';
}

// ── M-Bus and wrapper ────────────────────

function mbusFields(frame: MbusFrame, parts: ReturnType<typeof named>): Fields {
  const segment = mbusSegment(frame);
  return {
    lengthOctet: parts.start?.subarray(1, 2),
    actualLength: frame.data.length + 3,
    c: parts.control,
    a: parts.address,
    ci: parts.controlInformation,
    stsap: segment?.stsap,
    dtsap: segment?.dtsap,
    segment: segment?.number,
    final: segment?.final,
    apduPart: segment?.part,
    checksum: parts.checksum,
  };
}
export function wpduFields({ source, destination, payload }: Wpdu): Fields {
  return { version: 1, source, destination, length: payload.length, payload };
}
/** A wrapper PDU; encoding it again must reproduce the octets. */
export function wrapperFields(octets: Uint8Array): Carried {
  const pdu = unwrap(octets);
  const again = wrap(pdu.source, pdu.destination, pdu.payload);
  if (!equalBytes(again, octets)) throw new Difference(`written back as ${formatHex(again)}`);
  return { fields: wpduFields(pdu), apdu: pdu.payload };
}

// ── streams ────────────────────

/** The frames in a stream, with their parts. */
function deframed<F>(deframer: (options: DeframerOptions<F>) => Deframer<F>, octets: Uint8Array) {
  const found: { readonly frame: F; readonly parts: ReturnType<typeof named> }[] = [];
  const stream = deframer({
    onSpan({ frame, parts, error }) {
      if (frame !== undefined && error === undefined) found.push({ frame, parts: named(parts, octets) });
    },
  });
  stream.push(octets);
  stream.flush();
  return found;
}
/** The frames in a stream. @throws Unsupported for an unknown framing */
export function framesIn(octets: Uint8Array, framing: unknown): Carried[] {
  switch (framing) {
    case 'hdlc': {
      const line = hdlcLine();
      return deframed(hdlcDeframer, octets).map(({ frame }) => line(frame));
    }
    case 'mbus': {
      const assembler = mbusAssembler();
      return deframed(mbusDeframer, octets).map(({ frame, parts }) => ({
        fields: mbusFields(frame, parts),
        apdu: assembler.push(frame)?.apdu,
      }));
    }
    case 'wrapper':
      return deframed(wpduDeframer, octets).map(({ frame }) => ({ fields: wpduFields(frame), apdu: frame.payload }));
    case 'none':
    case undefined:
      return [{ fields: {}, apdu: octets }];
    default:
      throw new Unsupported(`framing ${JSON.stringify(framing)} is not known`);
  }
}
