export * from './compact-array.js';
export * from './data.js';
export type { SimpleData, SimpleType } from './data-types.js';
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
  type Infer,
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
export type { Compound, Leaf, Shape } from './shape.js';
export { type Column, decodeTable, type Table, tableRows } from './table.js';
