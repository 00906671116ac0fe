import { sizedOctetString } from '../axdr/data.js';
import { mapped, type Schema } from '../axdr/schema.js';
import { DlmsError, quoted } from '../core/errors.js';

/**
 * `A-B:C.D.E*F`, each value group 0 to 255, for instance `1-0:1.8.0*255`. A template literal type: a wrong form does
 * not compile.
 */
export type Obis = `${number}-${number}:${number}.${number}.${number}*${number}`;

/**
 * The six octets of a logical name as an OBIS code.
 * @throws DlmsError `decode/invalid-length` when there are not 6 octets.
 */
export function obisFromBytes(b: Uint8Array): Obis {
  if (b.length !== 6)
    throw new DlmsError('decode/invalid-length', { offset: 0, expected: '6 octets', actual: b.length });
  return `${b[0] as number}-${b[1] as number}:${b[2] as number}.${b[3] as number}.${b[4] as number}*${b[5] as number}`;
}

/**
 * The six octets of an OBIS code. Besides `A-B:C.D.E*F`, the dotted form `A.B.C.D.E.F` is accepted, and `F` may be
 * omitted (255).
 * @throws DlmsError `parse/invalid-text`
 */
export function obisToBytes(text: string): Uint8Array {
  const out = new Uint8Array(6);
  let at = 0;
  for (let group = 0; group < 6; group++) {
    // Each group has one to three digits, followed by the separator of its place. Parsed by hand because every request
    // contains a logical name.
    const from = at;
    let value = 0;
    for (
      let digit = text.charCodeAt(at) - 48;
      digit >= 0 && digit <= 9 && at < from + 3;
      digit = text.charCodeAt(++at) - 48
    )
      value = value * 10 + digit;
    if (at === from || value > 255) throw notObis(text);
    out[group] = value;
    if (at === text.length) {
      if (group < 4) throw notObis(text);
      if (group === 4) out[5] = 255;
      return out;
    }
    const separator = text[at++];
    if (separator !== '.' && separator !== separators[group]) throw notObis(text);
  }
  throw notObis(text);
}
/** What may follow each group besides a dot; nothing follows the last. */
const separators: readonly (string | undefined)[] = ['-', ':', '.', '.', '*', undefined];
const notObis = (text: string): DlmsError =>
  new DlmsError('parse/invalid-text', {
    offset: 0,
    expected: 'an OBIS code like 1-0:1.8.0*255, each group 0 to 255',
    actual: quoted(text),
  });
/** Reads any accepted form and returns the canonical one. */
export const parseObis = (text: string): Obis => obisFromBytes(obisToBytes(text));

/** A logical name as Data: `09 06` and six octets. */
export const LogicalName: Schema<Obis> = /* @__PURE__ */ mapped(
  'logical-name',
  /* @__PURE__ */ sizedOctetString(6),
  obisFromBytes,
  obisToBytes,
);
