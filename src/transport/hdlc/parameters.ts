import { asDecodeError, Reader, Writer } from '../../core/cursor.js';
import { DlmsError } from '../../core/errors.js';

/**
 * Information field of SNRM and UA (format 81, group 80): what the sender of the field proposes or grants.
 * What is absent has its default: 128 octets, window 1.
 */
export interface HdlcParameters {
  /** Parameter 05: longest information field that the sender transmits, in octets (32 to 2030). */
  readonly maxInfoTransmit?: number;
  /** Parameter 06: longest information field that the sender receives. */
  readonly maxInfoReceive?: number;
  /** Parameter 07: frames that the sender transmits before it waits (1 to 7). */
  readonly windowTransmit?: number;
  /** Parameter 08: frames that the sender takes without answering. */
  readonly windowReceive?: number;
}

/** Values of parameters that were not sent. */
export const hdlcDefaultParameters: Required<HdlcParameters> = {
  maxInfoTransmit: 128,
  maxInfoReceive: 128,
  windowTransmit: 1,
  windowReceive: 1,
};

/** Lengths up to 255 in one octet, longer ones in two; windows in four octets. Absent parameters are left out; without any the field is empty. */
export function encodeHdlcParameters(parameters: HdlcParameters): Uint8Array {
  const body = new Writer(24);
  for (const [id, name, least, most] of hdlcParameterTable) {
    const value = parameters[name];
    if (value === undefined) continue;
    if (!Number.isInteger(value) || value < least || value > most)
      throw new DlmsError('encode/invalid-value', { expected: `${name} from ${least} to ${most}`, actual: `${value}` });
    body.u8(id);
    if (id >= 0x07) {
      body.u8(4);
      body.u32(value);
    } else if (value <= 0xff) {
      body.u8(1);
      body.u8(value);
    } else {
      body.u8(2);
      body.u16(value);
    }
  }
  if (body.size === 0) return new Uint8Array(0);
  const w = new Writer(body.size + 3);
  w.u8(0x81);
  w.u8(0x80);
  w.u8(body.size);
  w.bytes(body.finish());
  return w.finish();
}

/**
 * Reads the field; values may have 1, 2 or 4 octets, other groups and parameters (user data) are passed over.
 * @throws DlmsError `decode/unexpected-tag`, `decode/unexpected-end`, `decode/invalid-length` or `decode/invalid-value` (a window of 0 or above 7, a length of 0 or above 2030).
 */
export function decodeHdlcParameters(information: Uint8Array): HdlcParameters {
  const out: { -readonly [K in keyof HdlcParameters]: HdlcParameters[K] } = {};
  if (information.length === 0) return out;
  const r = new Reader(information);
  try {
    r.expect(0x81, 'format identifier of the parameter field');
    while (r.left > 0) {
      const group = r.u8();
      const size = r.u8();
      const end = r.offset + size;
      if (size > r.left)
        throw new DlmsError('decode/invalid-length', {
          offset: r.offset - 1,
          expected: `at most ${r.left} octets`,
          actual: size,
        });
      if (group !== 0x80) r.offset = end;
      while (r.offset < end) readParameter(r, end, out);
    }
  } catch (e) {
    throw asDecodeError(e, r);
  }
  return out;
}

function readParameter(
  r: Reader,
  end: number,
  out: { -readonly [K in keyof HdlcParameters]: HdlcParameters[K] },
): void {
  const offset = r.offset;
  const id = r.u8();
  const octets = r.u8();
  if (octets > end - r.offset)
    throw new DlmsError('decode/invalid-length', {
      offset: offset + 1,
      expected: `at most ${end - r.offset} octets`,
      actual: octets,
    });
  const row = hdlcParameterTable.find((t) => t[0] === id);
  if (row === undefined) {
    r.offset += octets;
    return;
  }
  const [, name, , most] = row;
  if (octets !== 1 && octets !== 2 && octets !== 4)
    throw new DlmsError('decode/invalid-length', { offset: offset + 1, expected: '1, 2 or 4 octets', actual: octets });
  const value = octets === 1 ? r.u8() : octets === 2 ? r.u16() : r.u32();
  if (value < 1 || value > most)
    throw new DlmsError('decode/invalid-value', { offset, expected: `${name} from 1 to ${most}`, actual: value });
  out[name] = value;
}

/** Identifier, name, least and greatest value. */
export const hdlcParameterTable: readonly (readonly [number, keyof HdlcParameters, number, number])[] = [
  [0x05, 'maxInfoTransmit', 32, 2030],
  [0x06, 'maxInfoReceive', 32, 2030],
  [0x07, 'windowTransmit', 1, 7],
  [0x08, 'windowReceive', 1, 7],
];
