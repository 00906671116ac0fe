import type { Reader, Writer } from '../core/cursor.js';

/** A description of one type. `read` and `write` are for the wire; `kind` and `shape` for the tools (XML, JSON, explain, docs, generators). */
export interface Schema<T> {
  /** The name of the type in the books. */
  readonly kind: string;
  readonly shape: Shape;
  /** Decodes one value. */
  read(r: Reader): T;
  /** Encodes one value. */
  write(w: Writer, value: T): void;
}
/** A field that may be absent. */
export interface Optional<T> extends Schema<T | undefined> {
  readonly optional: true;
}
/** The fields of a record by their names, in the order in which they are encoded. */
export type Fields = Readonly<Record<string, Schema<unknown>>>;
/** A schema whose value is a record: a CHOICE puts its `type` into the same record. */
export interface FieldsSchema<T> extends Schema<T> {
  /** Decodes the value into an object that has other members already. */
  fill<B extends object>(r: Reader, into: B): B & T;
}
/** One alternative of a CHOICE: its tag octet, and what stands behind it. */
export interface Alternative<T> {
  readonly tag: number;
  readonly schema: Schema<T>;
}
/** The alternatives of a CHOICE by their names, which become the `type` of the value. */
export type Alternatives = Readonly<Record<string, Alternative<unknown>>>;

/** What a schema looks like from outside: enough for XML, JSON, documentation, generators and annotated octets to be derived, whatever its name. */
export type Shape = Leaf | Compound;

/** What a schema without parts holds: kind, bounds and names of its values. */
export type Leaf =
  | { readonly of: 'integer'; readonly min: number; readonly max: number }
  | { readonly of: 'bigint'; readonly min: bigint; readonly max: bigint }
  /** With `octets` another octet than 00 and 01 is a value too: that number, 2 to 255, which means true. */
  | { readonly of: 'boolean'; readonly octets?: true }
  | { readonly of: 'float'; readonly octets: 4 | 8 }
  | { readonly of: 'octets'; readonly size?: number }
  | { readonly of: 'text'; readonly encoding: 'latin1' | 'utf-8' }
  /** Binary digits, first bit first; `size` when fixed. */
  | { readonly of: 'bits'; readonly size?: number }
  /** A set of named bits, by bit number. */
  | { readonly of: 'flags'; readonly names: readonly string[] }
  /** A number with names; an unknown number stays a number. */
  | { readonly of: 'names'; readonly names: Readonly<Record<string, number>> };

/** `with` makes the same schema around decorated parts: the tools trace a decode that way, and the normal decoder carries nothing for them. */
export type Compound = (
  | { readonly of: 'fields'; readonly name: string; readonly fields: Fields }
  | {
      readonly of: 'alternatives';
      readonly name: string;
      readonly alternatives: Alternatives;
      /** The alternatives are the types of Data: nothing but the tag says what stands there, and elements have no name of their own. */
      readonly selfDescribing?: true;
    }
  | { readonly of: 'elements'; readonly element: Schema<unknown>; readonly size?: number }
  | Wrapped
  | {
      readonly of: 'mapped';
      readonly inner: Schema<unknown>;
      /** The value of a decoded one. */
      to(wire: unknown): unknown;
      /** The reverse of `to`. */
      from(value: unknown): unknown;
    }
) & {
  /** The same schema around other parts. */
  readonly with: (part: (schema: Schema<unknown>, key: string) => Schema<unknown>) => Schema<unknown>;
};

/** Shapes whose value is that of `inner`. */
export type Wrapped =
  | { readonly of: 'optional'; readonly inner: Schema<unknown> }
  | { readonly of: 'default'; readonly inner: Schema<unknown>; readonly standard: unknown }
  /** A Data type: its tag octet in front of the untagged form. */
  | { readonly of: 'tagged'; readonly tag: number; readonly inner: Schema<unknown> }
  /** A type that contains itself: `inner` is looked up when it is asked for. */
  | { readonly of: 'nested'; readonly inner: Schema<unknown> }
  /** Lenient decoding may find another form than that of `inner`. */
  | { readonly of: 'deviating'; readonly inner: Schema<unknown> };

/** The type itself, where `nested` only names it. */
export const unnested = (schema: Schema<unknown>): Schema<unknown> =>
  schema.shape.of === 'nested' ? schema.shape.inner : schema;
