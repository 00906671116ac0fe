import { asDecodeError, type DecodeOptions, Reader, Writer } from '../core/cursor.js';
import { DlmsError, isDlmsError, shown } from '../core/errors.js';
import type { Alternatives, Fields, FieldsSchema, Optional, Schema, Shape } from './shape.js';

export type { Alternative, Alternatives, Fields, FieldsSchema, Optional, Schema } from './shape.js';

/** The type of the values of a schema: `Infer<typeof register>`. */
export type Infer<S> = S extends Schema<infer T> ? T : never;

/** The record that fields make. Key remapping (`as`) keeps the mapped type homomorphic: the comment above a field shows on hover of the decoded value. */
export type InferFields<F extends Fields> = {
  -readonly [K in keyof F as F[K] extends { optional: true } ? never : K]: Infer<F[K]>;
} & { -readonly [K in keyof F as F[K] extends { optional: true } ? K : never]?: Exclude<Infer<F[K]>, undefined> };
/** The same type with its fields in one record, as editors show it best. */
export type Flat<T> = { [K in keyof T]: T[K] } & {};

/** Keeps F itself, so that published declarations keep the comments of the fields. */
export interface Sequence<F extends Fields> extends FieldsSchema<Flat<InferFields<F>>> {
  readonly fields?: F;
}

/** A leaf: both directions side by side. */
/* @__NO_SIDE_EFFECTS__ */
export function scalar<T>(
  kind: string,
  shape: Shape,
  read: (r: Reader) => T,
  write: (w: Writer, v: T) => void,
): Schema<T> {
  return { kind, shape, read, write };
}

/** How a record of fields begins and ends on the wire, around the fields themselves. */
export interface FieldsForm {
  readonly kind: string;
  readonly name: string;
  open?(r: Reader): void;
  start?(w: Writer): void;
  /** The same form around other parts, for tools that decorate every part. */
  with(part: (schema: Schema<unknown>, key: string) => Schema<unknown>): Schema<unknown>;
}
/** The one implementation of "fields in order", used by SEQUENCE and by `structure`. */
/* @__NO_SIDE_EFFECTS__ */
export function fieldsOf<F extends Fields>(form: FieldsForm, fields: F): FieldsSchema<Flat<InferFields<F>>> {
  const keys = Object.keys(fields);
  const parts = Object.values(fields);
  const n = keys.length;
  return {
    kind: form.kind,
    shape: { of: 'fields', name: form.name, fields, with: form.with },
    read(r) {
      return this.fill(r, {});
    },
    fill(r, into) {
      form.open?.(r);
      let i = 0;
      try {
        for (; i < n; i++) {
          const v = (parts[i] as Schema<unknown>).read(r);
          if (v !== undefined) (into as Record<string, unknown>)[keys[i] as string] = v;
        }
      } catch (e) {
        throw withReadPath(e, keys[i] as string, r);
      }
      return into as typeof into & Flat<InferFields<F>>;
    },
    write(w, value) {
      if (n > 0 && (typeof value !== 'object' || value === null)) throw invalid(`an object (${form.name})`, value);
      form.start?.(w);
      let i = 0;
      try {
        for (; i < n; i++)
          (parts[i] as Schema<unknown>).write(w, (value as Record<string, unknown>)[keys[i] as string]);
      } catch (e) {
        throw withWritePath(e, keys[i] as string, value);
      }
    },
  };
}

/** SEQUENCE in an APDU: positional, no tag. */
/* @__NO_SIDE_EFFECTS__ */
export function sequence<F extends Fields>(name: string, fields: F): Sequence<F> {
  return fieldsOf({ kind: 'sequence', name, with: (part) => sequence(name, mapFields(fields, part)) }, fields);
}

/** OPTIONAL: presence octet 00, or 01 and the value. */
/* @__NO_SIDE_EFFECTS__ */
export function optional<T>(inner: Schema<T>): Optional<T> {
  return {
    optional: true,
    kind: 'optional',
    shape: { of: 'optional', inner, with: (part) => optional(part(inner, '')) },
    read: (r) => (presence(r) ? inner.read(r) : undefined),
    write(w, v) {
      if (v === undefined) return w.u8(0);
      w.u8(1);
      inner.write(w, v);
    },
  };
}
/** DEFAULT: presence octet 00 when the default applies, else 01 and the value. */
/* @__NO_SIDE_EFFECTS__ */
export function withDefault<T>(inner: Schema<T>, standard: T): Schema<T> {
  return {
    kind: inner.kind,
    shape: { of: 'default', inner, standard, with: (part) => withDefault(part(inner, ''), standard) },
    read: (r) => (presence(r) ? inner.read(r) : standard),
    write(w, v) {
      if (v === standard) return w.u8(0);
      w.u8(1);
      inner.write(w, v);
    },
  };
}
function presence(r: Reader): boolean {
  const offset = r.offset;
  const octet = r.u8();
  if (octet > 1)
    r.tolerate(
      'presence-octet',
      new DlmsError('decode/invalid-value', { offset, expected: 'presence octet 00 or 01', actual: octet }),
    );
  return octet !== 0;
}

/** SEQUENCE OF: a count, then the elements. */
/* @__NO_SIDE_EFFECTS__ */
export function sequenceOf<T>(element: Schema<T>): Schema<T[]> {
  return {
    kind: 'sequence-of',
    shape: { of: 'elements', element, with: (part) => sequenceOf(part(element, '')) },
    read(r) {
      const n = r.count(1);
      const out = new Array<T>(n);
      let i = 0;
      try {
        for (; i < n; i++) out[i] = element.read(r);
      } catch (e) {
        throw withReadPath(e, String(i), r);
      }
      return out;
    },
    write(w, v) {
      if (!Array.isArray(v)) throw invalid('an array', v);
      w.length(v.length);
      let i = 0;
      try {
        for (; i < v.length; i++) element.write(w, v[i] as T);
      } catch (e) {
        throw withWritePath(e, String(i), v[i]);
      }
    },
  };
}

/** A schema that contains itself: looked up when it is used, one level of nesting deeper. */
/* @__NO_SIDE_EFFECTS__ */
export function nested<T>(kind: string, get: () => Schema<T>): Schema<T> {
  return {
    kind,
    shape: {
      of: 'nested',
      get inner() {
        return get();
      },
      with(part) {
        let made: Schema<T> | undefined;
        return nested(kind, () => {
          made ??= part(get(), '') as Schema<T>;
          return made;
        });
      },
    },
    read(r) {
      r.enter();
      const value = get().read(r);
      r.leave();
      return value;
    },
    write: (w, v) => get().write(w, v),
  };
}

/** Same octets, nicer value. The tools that want the form of the wire (XML) go to `inner` through `from`. */
/* @__NO_SIDE_EFFECTS__ */
export function mapped<A, B>(kind: string, inner: Schema<A>, to: (a: A) => B, from: (b: B) => A): Schema<B> {
  return {
    kind,
    shape: { of: 'mapped', inner, to, from, with: (part) => mapped(kind, part(inner, '') as Schema<A>, to, from) },
    read: (r) => to(inner.read(r)),
    write: (w, v) => inner.write(w, from(v)),
  };
}

/**
 * A type that some peers send in another form as a whole: a quirk that its parts cannot show. Asked in lenient mode only, `deviation` reads that form,
 * notes the quirk and gives the value; where the octets are as they should be it gives undefined and leaves the reader where it was.
 */
/* @__NO_SIDE_EFFECTS__ */
export function deviating<T>(inner: Schema<T>, deviation: (r: Reader) => T | undefined): Schema<T> {
  return {
    kind: inner.kind,
    shape: { of: 'deviating', inner, with: (part) => deviating(part(inner, ''), deviation) },
    read: (r) => (r.options.lenient === true ? deviation(r) : undefined) ?? inner.read(r),
    write: (w, v) => inner.write(w, v),
  };
}

/** An alternative of {@link choice}: tag octet (0 to 255) and schema. */
/* @__NO_SIDE_EFFECTS__ */
export function alternative<S extends Schema<unknown>>(
  tag: number,
  schema: S,
): { readonly tag: number; readonly schema: S } {
  return { tag, schema };
}
/** A CHOICE flattens records (`{ type, …fields }`) and wraps everything else (`{ type, value }`). */
export type InferAlternatives<A extends Alternatives> = {
  [K in keyof A]: A[K]['schema'] extends FieldsSchema<infer T>
    ? Flat<{ type: K } & T>
    : Flat<{ type: K; value: Infer<A[K]['schema']> }>;
}[keyof A];

export const isFieldsSchema = (s: Schema<unknown>): s is FieldsSchema<unknown> => 'fill' in s;

/** An alternative as a CHOICE looks it up; `fields` where it puts its `type` into the record. */
interface Chosen {
  readonly type: string;
  readonly tag: number;
  readonly schema: Schema<unknown>;
  readonly fields: FieldsSchema<unknown> | undefined;
}
/** CHOICE: a tag octet, then the alternative. Decodes to a union discriminated by `type`. */
/* @__NO_SIDE_EFFECTS__ */
export function choice<const A extends Alternatives>(
  name: string,
  alternatives: A,
  options: { readonly selfDescribing?: true } = {},
): Schema<InferAlternatives<A>> {
  const byTag = new Array<Chosen | undefined>(256);
  const byType = new Map<unknown, Chosen>();
  for (const [type, { tag, schema }] of Object.entries(alternatives)) {
    const chosen = { type, tag, schema, fields: isFieldsSchema(schema) ? schema : undefined };
    byTag[tag] = chosen;
    byType.set(type, chosen);
  }
  return {
    kind: name,
    shape: {
      of: 'alternatives',
      name,
      alternatives,
      ...options,
      with: (part) => choice(name, mapAlternatives(alternatives, part), options),
    },
    read(r) {
      const offset = r.offset;
      const tag = r.u8();
      const hit = byTag[tag];
      if (hit === undefined) throw new DlmsError('decode/unknown-choice', { offset, expected: name, actual: tag });
      const { type, schema, fields } = hit;
      try {
        return (
          fields === undefined ? { type, value: schema.read(r) } : fields.fill(r, { type })
        ) as InferAlternatives<A>;
      } catch (e) {
        throw withReadPath(e, type, r);
      }
    },
    write(w, v) {
      const { type } = v as { type: unknown };
      const chosen = byType.get(type);
      if (chosen === undefined) throw invalid(`one of ${Object.keys(alternatives).join(', ')}`, type);
      w.u8(chosen.tag);
      try {
        chosen.schema.write(w, chosen.fields === undefined ? (v as { value: unknown }).value : v);
      } catch (e) {
        throw withWritePath(e, chosen.type, v);
      }
    },
  };
}

/** Decodes one value that must fill the octets. Octet strings are views of `bytes`; copy them if the buffer is reused. */
export function decode<T>(schema: Schema<T>, bytes: Uint8Array, options?: DecodeOptions): T {
  const r = new Reader(bytes, options);
  const value = decodeFrom(schema, r);
  if (r.left !== 0)
    r.tolerate('trailing-octets', new DlmsError('decode/trailing-bytes', { offset: r.offset, left: r.left }));
  return value;
}
/** Decodes one value and leaves the reader behind it. */
export function decodeFrom<T>(schema: Schema<T>, r: Reader): T {
  try {
    return schema.read(r);
  } catch (e) {
    throw asDecodeError(e, r);
  }
}
/**
 * Encodes one value. The octets belong to the caller.
 * @throws DlmsError `encode/invalid-value` with the path of the value that does not fit.
 */
export function encode<T>(schema: Schema<T>, value: T): Uint8Array {
  // Taken, not shared: a schema may encode other values while it writes.
  const w = spare ?? new Writer(256);
  spare = undefined;
  try {
    schema.write(w, value);
  } catch (e) {
    throw fitting(e, value);
  }
  const octets = w.finish();
  if (w.clear()) spare = w;
  return octets;
}
/** The writer of the last call: a buffer costs more than what most APDUs cost to write. */
let spare: Writer | undefined;

/** The count of a SEQUENCE OF whose elements are encoded one by one, behind it. */
export function encodeCount(n: number): Uint8Array {
  const w = new Writer(8);
  w.length(n);
  return w.finish();
}

/** Names the place while the stack unwinds: a successful decode pays nothing for paths. */
export function withReadPath(e: unknown, key: string, r: Reader): unknown {
  const error = asDecodeError(e, r);
  if (isDlmsError(error)) error.path.unshift(key);
  return error;
}
export function withWritePath(e: unknown, key: string, value: unknown): unknown {
  const error = fitting(e, value);
  if (isDlmsError(error)) error.path.unshift(key);
  return error;
}
/** What the engine says about a value of another kind (a field of null, too much nesting) becomes an error of the library. */
const fitting = (e: unknown, value: unknown): unknown =>
  e instanceof TypeError || e instanceof RangeError ? invalid('a value that fits the schema', value, e) : e;
/** A value that does not fit. */
export const invalid = (expected: string, actual: unknown, cause?: unknown): DlmsError =>
  new DlmsError(
    'encode/invalid-value',
    { expected, actual: shown(actual) },
    cause === undefined ? undefined : { cause },
  );

export function mapFields<F extends Fields>(
  fields: F,
  part: (schema: Schema<unknown>, key: string) => Schema<unknown>,
): F {
  return Object.fromEntries(Object.entries(fields).map(([k, s]) => [k, part(s, k)])) as unknown as F;
}
export function mapAlternatives<A extends Alternatives>(
  alternatives: A,
  part: (schema: Schema<unknown>, key: string) => Schema<unknown>,
): A {
  return Object.fromEntries(
    Object.entries(alternatives).map(([k, a]) => [k, alternative(a.tag, part(a.schema, k))]),
  ) as unknown as A;
}
