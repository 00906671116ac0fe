import { concat } from '../core/bytes.js';
import { parseHex } from '../core/hex.js';
import { unwrap } from '../transport/framing/wpdu.js';
import { encodeHdlcAddress, formatHdlcAddress, type HdlcAddress } from '../transport/hdlc/address.js';
import { decodeHdlcFrame, llcOf, stripLlc } from '../transport/hdlc/frame.js';
import { decodeHdlcParameters } from '../transport/hdlc/parameters.js';
import { hdlcReassembler } from '../transport/hdlc/reassembler.js';
import { anyOf, type Matcher } from './compare.js';
import { hex } from './notation.js';
import { sequenceInput } from './values.js';
import { Unsupported, type Vector } from './vector.js';

// Recorded frames of both sides, taken off the wire: what each frame is, and the APDU that it completes.

export interface Recorded {
  readonly direction: string | undefined;
  /** Fields of the frame itself. */
  readonly frame: Record<string, unknown>;
  /** The APDU that is complete with this frame, without LLC or wrapper header. */
  readonly apdu: Uint8Array | undefined;
  /** The TCP connection, when there are several. */
  readonly connection: string;
}

export function recordedFrames(vector: Vector): Recorded[] {
  const entries = sequenceInput(vector).map((e) => ({ ...e, bytes: parseHex(e.hex) }));
  const framing =
    vector.params.framing ?? (entries[0]?.bytes[0] === 0x7e ? 'hdlc' : entries[0]?.bytes[0] === 0 ? 'wrapper' : 'none');
  const links = new Map<
    string,
    (bytes: Uint8Array, index: number) => Pick<Recorded, 'frame' | 'apdu'> & { sender?: string }
  >();
  return entries.map(({ bytes, direction, record, hex: text }, i) => {
    const connection = typeof record.connection === 'string' ? record.connection : '';
    const link = links.get(connection) ?? linkOf(framing);
    links.set(connection, link);
    const { frame, apdu, sender } = link(bytes, i);
    return {
      direction: direction ?? sender,
      frame: { hex: hex(parseHex(text)), connection: record.connection, ...frame },
      apdu,
      connection,
    };
  });
}

function linkOf(
  framing: unknown,
): (bytes: Uint8Array, index: number) => Pick<Recorded, 'frame' | 'apdu'> & { sender?: string } {
  switch (framing) {
    case 'none':
      return (apdu) => ({ frame: {}, apdu });
    case 'wrapper':
      return (bytes) => {
        const { source, destination, payload } = unwrap(bytes);
        return { frame: { wrapper: { source, destination, length: payload.length, version: 1 } }, apdu: payload };
      };
    case 'hdlc':
      return hdlcLink();
    default:
      throw new Unsupported(`framing ${JSON.stringify(framing)} is not known`);
  }
}

function hdlcLink(): (bytes: Uint8Array, index: number) => Pick<Recorded, 'frame' | 'apdu'> & { sender?: string } {
  const reassembler = hdlcReassembler();
  /** Segments collected per sender. */
  const segments = new Map<string, number[]>();
  return (bytes, index) => {
    const f = decodeHdlcFrame(bytes);
    const { control, information } = f;
    if (control.type === 'SNRM' || control.type === 'DISC') {
      reassembler.reset();
      segments.clear();
    }
    const negotiation = (control.type === 'SNRM' || control.type === 'UA') && information.length > 0;
    const from = formatHdlcAddress(f.source);
    const carries = (control.type === 'I' || control.type === 'UI') && information.length > 0;
    const row = carries ? [...(segments.get(from) ?? []), index] : [];
    if (carries) segments.set(from, f.segmented ? row : []);
    const message = reassembler.push(f);
    const apdu = message === undefined || message.information.length === 0 ? undefined : stripLlc(message.information);
    const llc = llcOf(information);
    const command = llc === 'command' || control.type === 'SNRM' || control.type === 'DISC';
    return {
      frame: {
        control: anyOf({ ...control }, control.type),
        address: { destination: address(f.destination), source: address(f.source) },
        destination: address(f.destination),
        source: address(f.source),
        segmented: f.segmented,
        parameters: negotiation ? { ...decodeHdlcParameters(information) } : undefined,
        reassembledFrom: row.length > 1 && !f.segmented ? row : undefined,
        apduHex: apdu === undefined ? undefined : hex(apdu),
      },
      apdu,
      ...(command
        ? { sender: 'client' }
        : llc === 'response' || control.type === 'UA' || control.type === 'DM'
          ? { sender: 'server' }
          : {}),
    };
  };
}
const address = (a: HdlcAddress): Matcher =>
  anyOf(
    ...(a.lower === undefined ? [a.upper] : []),
    { upper: a.upper, lower: a.lower ?? null },
    formatHdlcAddress(a),
    hex(encodeHdlcAddress(a)),
  );

/** Collects the blocks of one transfer. */
export class Blocks {
  #parts: Uint8Array[] = [];
  add(part: Uint8Array, number: number): void {
    if (number === 1) this.#parts = [];
    this.#parts.push(part);
  }
  get count(): number {
    return this.#parts.length;
  }
  take(): Uint8Array {
    const whole = concat(...this.#parts);
    this.#parts = [];
    return whole;
  }
}
