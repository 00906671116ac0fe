/**
 * A-XDR: schemas of types, Data, compact arrays, and the column decoder for the buffers of profiles.
 *
 * Stability: stable.
 *
 * @module
 */
export { type DecodeOptions, type Quirk, Reader, Writer } from '../core/cursor.js';
export { CompactArray, TypeDescription } from './compact-array.js';
export { compactArrayItems, compactArrayOf } from './compact-array-items.js';
export {
  array,
  bcd,
  bitString,
  bool,
  Data,
  type DataType,
  dataOf,
  dateOctets,
  dateTimeOctets,
  doubleLong,
  doubleLongUnsigned,
  enumeration,
  enumValue,
  float32,
  float64,
  integer,
  long,
  long64,
  long64Unsigned,
  longUnsigned,
  nullData,
  octetString,
  type Structure,
  sizedOctetString,
  structure,
  tagged,
  timeOctets,
  unsigned,
  utf8String,
  visibleString,
} from './data.js';
export type { SimpleData, SimpleType } from './data-types.js';
export { decodeNoting } from './decode-noting.js';
export { encodedData } from './encoded-data.js';
export type { JsonNotes, JsonValue } from './json.js';
export {
  type Alternative,
  type Alternatives,
  alternative,
  choice,
  decode,
  decodeFrom,
  encode,
  type Fields,
  type FieldsSchema,
  type Flat,
  type Infer,
  type InferAlternatives,
  type InferFields,
  mapped,
  nested,
  type Optional,
  optional,
  type Schema,
  type Sequence,
  sequence,
  sequenceOf,
  withDefault,
} from './schema.js';
export type { Compound, Leaf, Shape, Wrapped } from './shape.js';
export { type Column, type ColumnOf, decodeTable, type Table, tableRows } from './table.js';
