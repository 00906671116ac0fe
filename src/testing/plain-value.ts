import type { Data } from '../axdr/data.js';
import { decode, encode, isFieldsSchema, type Schema } from '../axdr/schema.js';
import type { Compound, Shape } from '../axdr/shape.js';

/**
 * The simplest value of a type: zero, no elements, the first name of an enumeration, null-data for any type. It can
 * always be encoded. For objects of simulated meters whose values do not matter.
 */
export function plainValue<T>(schema: Schema<T>): T {
  return ofShape(schema.shape as Shape) as T;
}

function ofShape(shape: Shape): unknown {
  switch (shape.of) {
    case 'integer':
      return Math.min(Math.max(0, shape.min), shape.max);
    case 'bigint':
      return shape.min > 0n ? shape.min : 0n;
    case 'boolean':
      return false;
    case 'float':
      return 0;
    case 'octets':
      return new Uint8Array(shape.size ?? 0);
    case 'text':
      return '';
    case 'bits':
      return '0'.repeat(shape.size ?? 0);
    case 'flags':
      return [];
    case 'names':
      return Object.keys(shape.names)[0] ?? 0;
    default:
      return compound(shape);
  }
}
function compound(shape: Compound): unknown {
  switch (shape.of) {
    case 'fields':
      return Object.fromEntries(
        Object.entries(shape.fields).flatMap(([key, field]) =>
          'optional' in field ? [] : [[key, plainValue(field as Schema<unknown>)]],
        ),
      );
    case 'alternatives': {
      const all = Object.entries(shape.alternatives);
      const [type, { schema }] = (all.find(([name]) => name === 'null-data') ?? all[0]) as (typeof all)[number];
      const value = plainValue(schema);
      return isFieldsSchema(schema) ? { type, ...(value as object) } : { type, value };
    }
    case 'elements':
      return Array.from({ length: shape.size ?? 0 }, () => plainValue(shape.element));
    case 'optional':
      return undefined;
    case 'default':
      return shape.standard;
    case 'mapped':
      return shape.to(plainOctetsOf(shape.inner));
    case 'tagged':
    case 'nested':
    case 'deviating':
      return plainValue(shape.inner);
  }
}
/** The mapping gets what comes from the wire: the value after a round trip. */
const plainOctetsOf = (inner: Schema<unknown>): unknown => {
  const value = plainValue(inner);
  return value instanceof Uint8Array ? value : decode(inner, encode(inner, value));
};

/** Simple Data of a type known only by its name; undefined for types that contain others. */
export function plainData(type: string): Data | undefined {
  switch (type) {
    case 'null-data':
      return { type };
    case 'boolean':
      return { type, value: false } as Data;
    case 'octet-string':
      return { type, value: new Uint8Array(0) };
    case 'visible-string':
    case 'utf8-string':
    case 'bit-string':
      return { type, value: '' } as Data;
    case 'long64':
    case 'long64-unsigned':
      return { type, value: 0n } as Data;
    case 'array':
    case 'structure':
      return { type, value: [] };
    case 'integer':
    case 'long':
    case 'double-long':
    case 'unsigned':
    case 'long-unsigned':
    case 'double-long-unsigned':
    case 'enum':
    case 'bcd':
    case 'float32':
    case 'float64':
      return { type, value: 0 } as Data;
    default:
      return undefined;
  }
}
