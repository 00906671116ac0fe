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

// Frames: their fields as vectors write them, and the APDUs that they carry.

type Fields = Record<string, unknown>;
export interface Carried {
  /** Fields of the frame. */
  readonly fields: Fields;
  /** The APDU that is whole with this frame, without LLC. */
  readonly apdu: Uint8Array | undefined;
  /** Who sent it, as far as a frame tells. */
  readonly sender?: Side | undefined;
}

// ── HDLC ────────────────────

/** Follows one line: segments of one sender make an APDU. Encoding must give back the octets, where they are given. */
export function hdlcLine(): (frame: HdlcFrame, octets?: Uint8Array) => Carried {
  const reassembler = hdlcReassembler();
  const segments = new Map<string, number[]>();
  // Who an address belongs to is known from the first frame that tells; later segments and receipts do not.
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
/** @param read the octets that the frame was read from, flags or not */
function hdlcFields(frame: HdlcFrame, read?: Uint8Array): Fields {
  const { information, control } = frame;
  const written = encodeHdlcFrame(frame);
  const octets = read === undefined ? written : read[0] === 0x7e ? read : Uint8Array.of(0x7e, ...read, 0x7e);
  // A peer may write HCS and FCS around no information: the length says so.
  if (information.length > 0 && !equalBytes(written, octets))
    throw new Difference(`the frame is written as ${formatHex(written)}`);
  const length = octets.length - 2;
  const parts = named(partsOf(frame, 1, length), octets);
  const [destination, source] = [address(frame.destination), address(frame.source)];
  const payload = stripLlc(information);
  const empty = information.length === 0;
  const negotiates = control.type === 'SNRM' || control.type === 'UA';
  return {
    // The decoder accepts no other.
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
/** Low octet first, as on the wire. */
export const checkSequence = (fcs: number): Uint8Array => Uint8Array.of(fcs, fcs >> 8);
export const addressFields = (a: HdlcAddress): Fields => ({
  hex: encodeHdlcAddress(a),
  upper: a.upper,
  lower: a.lower ?? null,
  size: a.size,
});
const address = (a: HdlcAddress): Matcher =>
  anyOf(addressFields(a), encodeHdlcAddress(a), formatHdlcAddress(a), ...(a.lower === undefined ? [a.upper] : []));
/** Commands come from the client. Of the rest LLC tells, then the addresses: only servers have long ones. */
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
/** One wrapper PDU, which is also written as it was read. */
export function wrapperFields(octets: Uint8Array): Carried {
  const pdu = unwrap(octets);
  const again = wrap(pdu.source, pdu.destination, pdu.payload);
  if (!equalBytes(again, octets)) throw new Difference(`written back as ${formatHex(again)}`);
  return { fields: wpduFields(pdu), apdu: pdu.payload };
}

// ── streams ────────────────────

/** The frames of a stream, and their parts. */
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
/** The frames of a stream. @throws Unsupported for a framing that is not one */
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
