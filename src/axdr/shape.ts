import type { Alternatives, Fields, Schema } from './schema.js';

/** What a schema looks like from outside: enough for XML, JSON, documentation, generators and annotated octets to be derived. */
export type Shape = Leaf | Compound;

/** What a schema without parts holds: kind, bounds and names of its values. */
export type Leaf =
  | { readonly of: 'integer'; readonly min: number; readonly max: number }
  | { readonly of: 'bigint'; readonly min: bigint; readonly max: bigint }
  | { readonly of: 'boolean' }
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
  | { readonly of: 'alternatives'; readonly name: string; readonly alternatives: Alternatives }
  | { readonly of: 'elements'; readonly element: Schema<any>; readonly size?: number }
  | { readonly of: 'optional'; readonly inner: Schema<any> }
  | { readonly of: 'default'; readonly inner: Schema<any>; readonly standard: unknown }
  | {
      readonly of: 'mapped';
      readonly inner: Schema<any>;
      /** The value of a decoded one. */
      readonly to: (wire: any) => unknown;
      /** The reverse of `to`. */
      readonly from: (value: any) => unknown;
    }
  /** A Data type: its tag octet in front of the untagged form. */
  | { readonly of: 'tagged'; readonly tag: number; readonly inner: Schema<any> }
) & {
  /** The same schema around other parts. */
  readonly with: (part: (schema: Schema<any>, key: string) => Schema<any>) => Schema<any>;
};
