import * as plain from './scalars.js';
import { alternative, type FieldsSchema, type InferAlternatives, invalid, mapped, type Schema } from './schema.js';

interface DataBoolean {
  value: boolean;
  /** The octet as sent when it was neither 00 nor 01: any other octet means true, and FF is common. Kept so that the value can be written back. */
  octet?: number;
}
/** A boolean whose record takes up the `type` of the CHOICE around it. */
/* @__NO_SIDE_EFFECTS__ */
function booleanRecord(octet: Schema<boolean | number>): FieldsSchema<DataBoolean> {
  const schema = mapped('boolean', octet, recordOf, octetOf);
  return {
    ...schema,
    shape: {
      of: 'mapped',
      inner: octet,
      to: recordOf,
      from: octetOf,
      with: (part) => booleanRecord(part(octet, '') as Schema<boolean | number>),
    },
    fill: (r, into) => Object.assign(into, schema.read(r)),
  };
}
const recordOf = (v: boolean | number): DataBoolean =>
  typeof v === 'number' ? { value: true, octet: v } : { value: v };
function octetOf({ value, octet }: DataBoolean): boolean | number {
  if (octet === undefined) return value;
  if (value !== true || typeof octet !== 'number' || !(octet > 0))
    throw invalid('an octet that agrees with the value', octet);
  return octet === 1 ? true : octet;
}
const dataBoolean = /* @__PURE__ */ booleanRecord(plain.octetBoolean);

/** Tag and untagged form of every Data type but the nested ones: the single place where a Data type is declared. */
export const simpleTypes = {
  'null-data': alternative(0, plain.nothing),
  boolean: alternative(3, dataBoolean),
  'bit-string': alternative(4, /* @__PURE__ */ plain.bits()),
  'double-long': alternative(5, plain.integer32),
  'double-long-unsigned': alternative(6, plain.unsigned32),
  /** The old form of float32, still seen. */
  'floating-point': alternative(7, plain.float32),
  'octet-string': alternative(9, plain.octets),
  'visible-string': alternative(10, plain.visibleText),
  'utf8-string': alternative(12, plain.utf8Text),
  /** One octet, kept as a signed number (Integer8 in the ASN.1). */
  bcd: alternative(13, plain.integer8),
  integer: alternative(15, plain.integer8),
  long: alternative(16, plain.integer16),
  unsigned: alternative(17, plain.unsigned8),
  'long-unsigned': alternative(18, plain.unsigned16),
  long64: alternative(20, plain.integer64),
  'long64-unsigned': alternative(21, plain.unsigned64),
  enum: alternative(22, plain.unsigned8),
  float32: alternative(23, plain.float32),
  float64: alternative(24, plain.float64),
  'date-time': alternative(25, /* @__PURE__ */ plain.fixedOctets(12)),
  date: alternative(26, /* @__PURE__ */ plain.fixedOctets(5)),
  time: alternative(27, /* @__PURE__ */ plain.fixedOctets(4)),
  // 28 to 33: later editions only (delta value encoding, conformance bit 6).
  'delta-integer': alternative(28, plain.integer8),
  'delta-long': alternative(29, plain.integer16),
  'delta-double-long': alternative(30, plain.integer32),
  'delta-unsigned': alternative(31, plain.unsigned8),
  'delta-long-unsigned': alternative(32, plain.unsigned16),
  'delta-double-long-unsigned': alternative(33, plain.unsigned32),
  'dont-care': alternative(255, plain.nothing),
} as const;
/** The types of Data that hold no other Data. */
export type SimpleType = keyof typeof simpleTypes;
/** Data that holds no other Data. */
export type SimpleData = InferAlternatives<typeof simpleTypes>;
