import { Data } from '../../axdr/data.js';
import { decode, type Fields, type Schema } from '../../axdr/schema.js';
import { type Quirk, Reader } from '../../core/cursor.js';
import { isDlmsError } from '../../core/errors.js';
import { formatHex } from '../../core/hex.js';
import { Apdu } from '../../xdlms/apdu.js';
import { DataNotification } from '../../xdlms/notification.js';
import { check, type Matcher, type View, views } from '../compare.js';
import { decoded } from '../decoded.js';
import { octets, wordParam } from '../parameters.js';
import { Difference, type Kind } from '../vector.js';
import { bodyFields } from './capture.js';

/**
 * Octets from real peers that break the rules: whether strict decoding refuses them, and what lenient decoding reads.
 */
export const quirkKinds: Readonly<Record<string, Kind>> = {
  quirk: {
    input: ['hex'],
    params: ['layer'],
    run(vector, notes) {
      const bytes = octets(vector, 'hex');
      const schema: Schema<unknown> =
        wordParam(vector, 'layer', ['axdr-data', 'apdu', 'acse']) === 'axdr-data' ? Data : Apdu;
      const strict = attempt(() => deep(schema, bytes, {})) === undefined ? 'reject' : 'accept';
      const quirks: Quirk[] = [];
      const value = attempt(() => deep(schema, bytes, { lenient: true, quirks }));
      if (value === undefined) return { strict, preferred: strict, lenient: 'reject' };
      notes.quirks.push(...quirks.map((q) => q.name));
      if (strict === 'reject' && quirks.length === 0) throw new Difference('accepted without naming the deviation');
      const end = quirks.find((q) => q.name === 'trailing-octets');
      const told = { trailing: end && bytes.subarray(end.offset), quirks: quirks.map((q) => q.name) };
      const reading = schema === Data ? [{ value: decoded(Data, value) }] : readings(value as Apdu, bytes);
      return { strict, preferred: strict, lenient: views(told, ...reading) };
    },
  },
};
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (e) {
    if (!isDlmsError(e)) throw e;
    return undefined;
  }
}

/** Decodes an APDU and the one it carries. */
function deep(schema: Schema<unknown>, bytes: Uint8Array, options: { lenient?: boolean; quirks?: Quirk[] }): unknown {
  const value = decode(schema, bytes, options);
  const { userInformation } = value as { readonly userInformation?: unknown };
  if (userInformation instanceof Uint8Array) decode(Apdu, userInformation, options);
  return value;
}
function readings(apdu: Apdu, bytes: Uint8Array): (View | Record<string, unknown>)[] {
  const own = decoded(Apdu, apdu);
  if (apdu.type === 'data-notification')
    return [own, bodyFields(apdu.notificationBody.dataValue), { firstOctetsOfBody: firstOctetsOfBody(bytes) }];
  const carried = 'userInformation' in apdu ? apdu.userInformation : undefined;
  return carried === undefined ? [own] : [own, decoded(Apdu, decode(Apdu, carried, { lenient: true }))];
}
function firstOctetsOfBody(notification: Uint8Array): Matcher {
  const r = new Reader(notification, { lenient: true });
  r.u8();
  const { fields } = DataNotification.shape as unknown as { fields: Fields };
  for (const [name, schema] of Object.entries(fields)) {
    if (name === 'notificationBody') break;
    schema.read(r);
  }
  return check((expected) => {
    if (typeof expected !== 'string' || expected === '') return 'octets';
    const found = formatHex(notification.subarray(r.offset, r.offset + expected.length / 2));
    return found === expected.toUpperCase() ? undefined : found;
  }, 'octets');
}
