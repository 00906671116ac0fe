import {
  type Alternative,
  type Alternatives,
  type Flat,
  type Infer,
  invalid,
  isFieldsSchema,
  type Schema,
  withWritePath,
} from '../axdr/schema.js';
import type { Reader } from '../core/cursor.js';
import { DlmsError, isDlmsError } from '../core/errors.js';

/** The alternatives of {@link oneOf}, by name. */
export type OneOfOptions = Readonly<Record<string, Schema<unknown>>>;
/** `{ type, value }`; an option without a value (null-data) is `{ type }` alone. */
export type OneOf<O extends OneOfOptions> = {
  [K in keyof O & string]: keyof Infer<O[K]> extends never ? { type: K } : Flat<{ type: K; value: Infer<O[K]> }>;
}[keyof O & string];

/**
 * A CHOICE of typed Data: `oneOf('access-selectors', { 'null-data': nullData, array: array(integer) })`. Unlike
 * `choice` it also tells structures apart, by trying the options in order: the first that can be read is used, so put
 * the more specific one first. The alternatives keep their own tags.
 */
/* @__NO_SIDE_EFFECTS__ */
export function oneOf<const O extends OneOfOptions>(name: string, options: O): Schema<OneOf<O>> {
  return among(name, options, options) as Schema<OneOf<O>>;
}

/**
 * `plain` finds out which option it is, so that a tool that decorates the parts sees only that option being read, not
 * the attempts.
 */
function among(name: string, plain: OneOfOptions, options: OneOfOptions): Schema<{ type: string; value?: unknown }> {
  const entries = Object.entries(plain);
  const kind = `CHOICE { ${entries.map(([type]) => type).join(' | ')} }`;
  const alternatives: Alternatives = Object.fromEntries(entries.map(([type, schema]) => [type, alternative(schema)]));
  return {
    kind,
    shape: {
      of: 'alternatives',
      name,
      alternatives,
      with: (part) =>
        among(name, plain, Object.fromEntries(entries.map(([type, schema]) => [type, part(schema, type)]))),
    },
    read(r) {
      const { offset, depth } = r;
      const quirks = r.options.quirks?.length ?? 0;
      let nearest: unknown;
      for (const [type, schema] of entries) {
        try {
          let value = schema.read(r);
          const part = options[type] as Schema<unknown>;
          if (part !== schema) {
            rewind(r, offset, depth, quirks);
            value = part.read(r);
          }
          return isEmpty(schema) ? { type } : { type, value };
        } catch (e) {
          if (!isDlmsError(e) && !(e instanceof RangeError)) throw e;
          // The option that got furthest tells best what is wrong.
          if (nearest === undefined || reach(e) > reach(nearest)) nearest = e;
          rewind(r, offset, depth, quirks);
        }
      }
      if (reach(nearest) <= offset)
        throw new DlmsError('decode/unexpected-tag', { offset, expected: `${name}: ${kind}`, actual: r.u8() });
      throw nearest;
    },
    write(w, { type, value }) {
      const schema = typeof type === 'string' && Object.hasOwn(options, type) ? options[type] : undefined;
      if (schema === undefined) throw invalid(`one of ${entries.map(([k]) => k).join(', ')}`, type);
      try {
        schema.write(w, isEmpty(plain[type] as Schema<unknown>) ? {} : value);
      } catch (e) {
        throw withWritePath(e, type, value);
      }
    },
  };
}

function rewind(r: Reader, offset: number, depth: number, quirks: number): void {
  r.offset = offset;
  r.depth = depth;
  r.options.quirks?.splice(quirks);
}
const reach = (e: unknown): number =>
  isDlmsError(e) ? ((e.context as { offset?: number }).offset ?? -1) : Number.POSITIVE_INFINITY;

/** null-data is a record without fields. */
const isEmpty = (schema: Schema<unknown>): boolean =>
  schema.shape.of === 'tagged' && isFieldsSchema(schema.shape.inner);
function alternative(schema: Schema<unknown>): Alternative<unknown> {
  const tag = schema.shape.of === 'tagged' ? schema.shape.tag : schema.shape.of === 'fields' ? 2 : 9;
  return {
    tag,
    schema: isEmpty(schema)
      ? ({ ...schema, fill: (r: Reader, into: object) => Object.assign(into, schema.read(r)) } as Schema<unknown>)
      : schema,
  };
}
