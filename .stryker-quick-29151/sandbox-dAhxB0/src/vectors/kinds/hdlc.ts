import { formatHex, parseHex } from '../../core/hex.js';
import {
  decodeHdlcAddress,
  encodeHdlcAddress,
  formatHdlcAddress,
  type HdlcAddress,
} from '../../transport/hdlc/address.js';
import { encodeHdlcControl } from '../../transport/hdlc/control.js';
import { hdlcDeframer } from '../../transport/hdlc/deframer.js';
import { fcs16 } from '../../transport/hdlc/fcs.js';
import { decodeHdlcFrame, encodeHdlcFrame, type HdlcFrame, llcOf, stripLlc } from '../../transport/hdlc/frame.js';
import { decodeHdlcParameters } from '../../transport/hdlc/parameters.js';
import { hdlcReassembler } from '../../transport/hdlc/reassembler.js';
import { Apdu } from '../../xdlms/apdu.js';
import { apduNotation } from '../apdu-notation.js';
import { anyOf, hexText, later, type Matcher } from '../compare.js';
import { decodeNoted } from '../decoding.js';
import { hex } from '../notation.js';
import { cases, octets, sequenceInput } from '../values.js';
import { Difference, type Kind, type Notes } from '../vector.js';

export const hdlcKinds: Readonly<Record<string, Kind>> = {
  'hdlc-frame': {
    input: ['hex'],
    run(vector, notes) {
      const bytes = octets(vector, 'hex');
      return frameNotation(decodeHdlcFrame(bytes), notes, bytes);
    },
  },
  'hdlc-stream': {
    input: ['hex'],
    run: (vector, notes) => ({
      frames: hdlcDeframer()
        .push(octets(vector, 'hex'))
        .map((f) => frameNotation(f, notes)),
    }),
  },
  'hdlc-address': {
    input: ['cases', 'hex'],
    run: (vector) => ({
      cases: cases(vector).map((text) => ({
        input: hexText(text),
        ...addressNotation(decodeHdlcAddress(parseHex(text))),
      })),
    }),
  },
  'hdlc-parameters': {
    input: ['cases', 'hex'],
    run: (vector) => ({
      cases: cases(vector).map((text) => {
        const parameters = parametersNotation(parseHex(text));
        return { hex: hexText(text), input: hexText(text), parameters, ...parameters };
      }),
    }),
  },
  fcs16: {
    input: ['cases', 'hex'],
    run: (vector) => ({
      cases: cases(vector).map((text) => ({
        hex: hexText(text),
        input: hexText(text),
        fcs: checkSequence(fcs16(parseHex(text))),
      })),
    }),
  },
  'hdlc-session': {
    input: ['frames', 'cases'],
    run(vector, notes) {
      const reassembler = hdlcReassembler();
      // Who an address belongs to is known from the first frame that tells; later segments and receipts do not.
      const senders = new Map<string, string>();
      const frames = sequenceInput(vector).map(({ hex: text, direction }) => {
        const bytes = parseHex(text);
        const frame = decodeHdlcFrame(bytes);
        const message = reassembler.push(frame);
        const apdu = message === undefined ? undefined : stripLlc(message.information);
        const from = formatHdlcAddress(frame.source);
        const sender = direction ?? directionOf(frame) ?? senders.get(from);
        if (sender !== undefined) senders.set(from, sender);
        return {
          ...frameNotation(frame, notes, bytes),
          hex: hexText(text),
          direction: sender,
          destination: anyOf(hex(encodeHdlcAddress(frame.destination)), addressNotation(frame.destination)),
          source: anyOf(hex(encodeHdlcAddress(frame.source)), addressNotation(frame.source)),
          apduHex: apdu === undefined || apdu.length === 0 ? undefined : hex(apdu),
          apdu:
            apdu === undefined || apdu.length === 0
              ? undefined
              : later(() => apduNotation(decodeNoted(Apdu, apdu, notes))),
        };
      });
      return { frames, steps: frames };
    },
  },
};

/** The fields of one frame. With the octets it came from: also proves that encoding gives them back. */
export function frameNotation(frame: HdlcFrame, notes: Notes, bytes?: Uint8Array): Record<string, unknown> {
  const encoded = encodeHdlcFrame(frame);
  // A peer may write HCS and FCS around no information: the length says so.
  if (bytes !== undefined && formatHex(encoded) !== formatHex(withFlags(bytes)) && frame.information.length > 0)
    throw new Difference(`the frame is written as ${formatHex(encoded)}`);
  const octets = bytes === undefined ? encoded : withFlags(bytes);
  const header = 3 + frame.destination.size + frame.source.size;
  const { information, control } = frame;
  const llc = llcOf(information);
  const payload = stripLlc(information);
  const carriesApdu = (control.type === 'I' || control.type === 'UI') && payload.length > 0;
  return {
    // The decoder accepts no other.
    formatType: 3,
    segmented: frame.segmented,
    length: octets.length - 2,
    destination: addressNotation(frame.destination),
    source: addressNotation(frame.source),
    controlByte: hexText(encodeHdlcControl(control).toString(16).padStart(2, '0')),
    control: anyOf({ ...control }, control.type),
    hcs: information.length === 0 ? undefined : hex(octets.subarray(header + 1, header + 3)),
    fcs: hex(octets.subarray(-3, -1)),
    information: information.length === 0 ? undefined : hex(information),
    llc: llc === undefined ? undefined : hex(information.subarray(0, 3)),
    payload: carriesApdu ? hex(payload) : undefined,
    parameters: control.type === 'SNRM' || control.type === 'UA' ? parametersNotation(information) : undefined,
    apdu: carriesApdu && !frame.segmented ? later(() => apduNotation(decodeNoted(Apdu, payload, notes))) : undefined,
  };
}
const withFlags = (bytes: Uint8Array): Uint8Array => (bytes[0] === 0x7e ? bytes : Uint8Array.of(0x7e, ...bytes, 0x7e));

/** Low octet first, as on the wire. */
export const checkSequence = (fcs: number): Matcher => hex(Uint8Array.of(fcs & 0xff, fcs >> 8));

export const addressNotation = (address: HdlcAddress): Record<string, unknown> => ({
  hex: hex(encodeHdlcAddress(address)),
  upper: address.upper,
  lower: address.lower ?? null,
  size: address.size,
});
function parametersNotation(information: Uint8Array): Record<string, unknown> | undefined {
  if (information.length === 0) return undefined;
  const p = decodeHdlcParameters(information);
  return {
    maxInfoTx: p.maxInfoTransmit,
    maxInfoRx: p.maxInfoReceive,
    windowTx: p.windowTransmit,
    windowRx: p.windowReceive,
    maxInfoTransmit: p.maxInfoTransmit,
    maxInfoReceive: p.maxInfoReceive,
    windowTransmit: p.windowTransmit,
    windowReceive: p.windowReceive,
  };
}
/** Commands come from the client; for frames that both sides send, LLC tells, then the addresses: only servers have long ones. */
function directionOf(frame: HdlcFrame): string | undefined {
  if (frame.control.type === 'SNRM' || frame.control.type === 'DISC') return 'client';
  if (frame.control.type === 'UA' || frame.control.type === 'DM' || frame.control.type === 'FRMR') return 'server';
  const llc = llcOf(frame.information);
  if (llc !== undefined) return llc === 'command' ? 'client' : 'server';
  if (frame.destination.size !== frame.source.size)
    return frame.destination.size > frame.source.size ? 'client' : 'server';
  return undefined;
}
