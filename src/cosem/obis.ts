import { sizedOctetString } from '../axdr/data.js';
import { mapped, type Schema } from '../axdr/schema.js';
import { DlmsError } from '../core/errors.js';

/** `A-B:C.D.E*F`, each value group 0 to 255, e.g. `1-0:1.8.0*255`. A template literal type: a wrong shape is a compile error. */
export type Obis = `${number}-${number}:${number}.${number}.${number}*${number}`;

/** The six octets of a logical name as an OBIS code. */
export const obisFromBytes = (b: Uint8Array): Obis => `${b[0] ?? 0}-${b[1] ?? 0}:${b[2] ?? 0}.${b[3] ?? 0}.${b[4] ?? 0}*${b[5] ?? 0}`;

/**
 * The six octets of an OBIS code. Besides `A-B:C.D.E*F`, the dotted form `A.B.C.D.E.F` is read, and `F` may be left out (255).
 * @throws DlmsError `parse/invalid-text`
 */
export function obisToBytes(text: string): Uint8Array {
  const groups = /^(\d{1,3})[-.](\d{1,3})[:.](\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:[*.](\d{1,3}))?$/
    .exec(text)
    ?.slice(1)
    .map((g) => (g === undefined ? 255 : Number(g)));
  if (groups === undefined || groups.some((g) => g > 255)) {
    throw new DlmsError('parse/invalid-text', { offset: 0, expected: 'an OBIS code like 1-0:1.8.0*255, each group 0 to 255', actual: JSON.stringify(text) });
  }
  return Uint8Array.from(groups);
}
/** Reads any accepted form and gives the canonical one. */
export const parseObis = (text: string): Obis => obisFromBytes(obisToBytes(text));

/** Logical name as Data: `09 06` and six octets. */
export const LogicalName: Schema<Obis> = /* @__PURE__ */ mapped('logical-name', /* @__PURE__ */ sizedOctetString(6), obisFromBytes, obisToBytes);
