import { octets } from '../axdr/scalars.js';
import { type Schema, scalar } from '../axdr/schema.js';
import { DlmsError } from '../core/errors.js';

/**
 * The date-time of notifications and of the ACCESS service: an octet string of length 0 (not present) or 12.
 *
 * Quirk `date-time-tag`: Kaifa meters put the tag 09 of a Data octet-string before the length (seen in captured pushes
 * from several networks).
 */
export const dateTimeOrEmpty: Schema<Uint8Array> = /* @__PURE__ */ scalar(
  'OCTET STRING',
  { of: 'octets' },
  (r) => {
    const offset = r.offset;
    const n = r.length();
    if (n === 0 || n === 12) return r.take(n);
    const error = new DlmsError('decode/invalid-length', {
      offset,
      expected: '0 or 12 octets of a date-time',
      actual: n,
    });
    if (n === 9 && r.bytes[r.offset] === 12) {
      r.tolerate('date-time-tag', error);
      r.offset++;
      return r.take(12);
    }
    r.tolerate('date-time-length', error);
    return r.take(n);
  },
  (w, v) => octets.write(w, v),
);
