import type { Reader } from '../core/cursor.js';
import * as plain from './scalars.js';
import { alt, type FieldsSchema, type InferAlternatives, invalid, optional, scalar } from './schema.js';

interface DataBoolean {
  value: boolean;
  /** The octet as sent when it was neither 00 nor 01: any other octet means true, and FF is common. Kept so that the value can be written back. */
  octet?: number;
}
const dataBoolean: FieldsSchema<DataBoolean> = /* @__PURE__ */ (() => {
  const fill = <B extends object>(r: Reader, into: B): B & DataBoolean => {
    const octet = r.u8();
    return Object.assign(into, octet > 1 ? { value: true, octet } : { value: octet === 1 });
  };
  const { read, write, kind } = scalar<DataBoolean>(
    'boolean',
    { of: 'boolean' },
    (r) => fill(r, {}),
    (w, { value, octet }) => {
      if (octet === undefined) return plain.boolean.write(w, value);
      if (value !== true || typeof octet !== 'number' || !(octet > 0))
        throw invalid('an octet that agrees with the value', octet);
      plain.unsigned8.write(w, octet);
    },
  );
  return {
    kind,
    read,
    write,
    fill,
    shape: {
      of: 'fields',
      name: 'boolean',
      fields: { value: plain.boolean, octet: optional(plain.unsigned8) },
      with: () => dataBoolean,
    },
  };
})();

/** Tag and untagged form of every Data type but the nested ones: the single place where a Data type is declared. */
export const simpleTypes = {
  'null-data': alt(0, plain.nothing),
  boolean: alt(3, dataBoolean),
  'bit-string': alt(4, /* @__PURE__ */ plain.bits()),
  'double-long': alt(5, plain.integer32),
  'double-long-unsigned': alt(6, plain.unsigned32),
  /** The old form of float32, still seen. */
  'floating-point': alt(7, plain.float32),
  'octet-string': alt(9, plain.octets),
  'visible-string': alt(10, plain.visibleText),
  'utf8-string': alt(12, plain.utf8Text),
  /** One octet, kept as a signed number (Integer8 in the ASN.1). */
  bcd: alt(13, plain.integer8),
  integer: alt(15, plain.integer8),
  long: alt(16, plain.integer16),
  unsigned: alt(17, plain.unsigned8),
  'long-unsigned': alt(18, plain.unsigned16),
  long64: alt(20, plain.integer64),
  'long64-unsigned': alt(21, plain.unsigned64),
  enum: alt(22, plain.unsigned8),
  float32: alt(23, plain.float32),
  float64: alt(24, plain.float64),
  'date-time': alt(25, /* @__PURE__ */ plain.fixedOctets(12)),
  date: alt(26, /* @__PURE__ */ plain.fixedOctets(5)),
  time: alt(27, /* @__PURE__ */ plain.fixedOctets(4)),
  // 28 to 33: later editions only (delta value encoding, conformance bit 6).
  'delta-integer': alt(28, plain.integer8),
  'delta-long': alt(29, plain.integer16),
  'delta-double-long': alt(30, plain.integer32),
  'delta-unsigned': alt(31, plain.unsigned8),
  'delta-long-unsigned': alt(32, plain.unsigned16),
  'delta-double-long-unsigned': alt(33, plain.unsigned32),
  'dont-care': alt(255, plain.nothing),
} as const;
export type SimpleType = keyof typeof simpleTypes;
export type SimpleData = InferAlternatives<typeof simpleTypes>;
