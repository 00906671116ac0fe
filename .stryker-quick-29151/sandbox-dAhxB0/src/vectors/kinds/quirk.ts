import { Data } from '../../axdr/data.js';
import { decode, type Schema } from '../../axdr/schema.js';
import type { Quirk } from '../../core/cursor.js';
import { isDlmsError } from '../../core/errors.js';
import { formatHex } from '../../core/hex.js';
import { Apdu } from '../../xdlms/apdu.js';
import { apduNotation } from '../apdu-notation.js';
import { check } from '../compare.js';
import { dataNotation, hex } from '../notation.js';
import { octets } from '../values.js';
import { Difference, type Kind, Unsupported } from '../vector.js';
import { bodyNotation } from './capture.js';

/** Octets of a real peer that break the rules: what strict decoding says, and what lenient decoding reads. */
export const quirkKinds: Readonly<Record<string, Kind>> = {
  quirk: {
    input: ['hex'],
    params: ['layer'],
    run(vector, notes) {
      const bytes = octets(vector, 'hex');
      const { layer = 'apdu' } = vector.params;
      const schema: Schema<any> | undefined =
        layer === 'axdr-data' ? Data : layer === 'apdu' || layer === 'acse' ? Apdu : undefined;
      if (schema === undefined) throw new Unsupported(`layer ${JSON.stringify(layer)} is not known for quirks`);
      let strict = 'accept';
      try {
        deep(schema, bytes, {});
      } catch (e) {
        if (!isDlmsError(e)) throw e;
        strict = 'reject';
      }
      const quirks: Quirk[] = [];
      let value: unknown;
      try {
        value = deep(schema, bytes, { lenient: true, quirks });
      } catch (e) {
        if (!isDlmsError(e)) throw e;
        return { strict, preferred: strict, lenient: 'reject' };
      }
      notes.quirks.push(...quirks.map((q) => q.name));
      if (strict === 'reject' && quirks.length === 0) throw new Difference('accepted without naming the deviation');
      const end = quirks.find((q) => q.name === 'trailing-octets');
      const trailing = end === undefined ? undefined : hex(bytes.subarray(end.offset));
      return {
        strict,
        preferred: strict,
        lenient: {
          trailing,
          quirks: quirks.map((q) => q.name),
          ...(schema === Data ? { value: dataNotation(value as Data) } : reading(value as Apdu, bytes)),
        },
      };
    },
  },
};

/** Decodes an APDU and the one that it carries. */
function deep(schema: Schema<any>, bytes: Uint8Array, options: { lenient?: boolean; quirks?: Quirk[] }): unknown {
  const value = decode(schema, bytes, options);
  if ('userInformation' in value && value.userInformation instanceof Uint8Array)
    decode(Apdu, value.userInformation, options);
  return value;
}
function reading(apdu: Apdu, bytes: Uint8Array): Record<string, unknown> {
  const notation = apduNotation(apdu);
  const carried =
    'userInformation' in apdu && apdu.userInformation !== undefined
      ? apduNotation(decode(Apdu, apdu.userInformation, { lenient: true }))
      : {};
  if (apdu.type !== 'data-notification') return { ...carried, ...notation };
  const start = 1 + 4 + 1 + (bytes[5] as number);
  return {
    ...notation,
    ...bodyNotation(apdu.notificationBody.dataValue),
    firstOctetsOfBody: check(
      (expected) => {
        if (typeof expected !== 'string' || expected === '') return 'octets';
        const found = formatHex(bytes.subarray(start, start + expected.length / 2));
        return found === expected.toUpperCase() ? undefined : found;
      },
      formatHex(bytes.subarray(start, start + 16)),
    ),
  };
}
