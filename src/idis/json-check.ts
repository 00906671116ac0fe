import { DlmsError, isDlmsError } from '../core/errors.js';

/**
 * Reads a value from a JSON file that a person wrote, or says what is wrong and where. It can also tell editors what it
 * accepts.
 */
export interface Check<T> {
  (value: unknown): T;
  /** The same rule as JSON Schema, as far as that can express it. */
  readonly schema: JsonSchema;
}
/** A JSON Schema (2020-12) as plain data. */
export type JsonSchema = Readonly<Record<string, unknown>>;
/** A field that can be omitted. */
export interface OptionalCheck<T> {
  readonly optional: Check<T>;
}
type Checks = Readonly<Record<string, Check<unknown> | OptionalCheck<unknown>>>;
type Checked<C extends Checks> = {
  [K in keyof C as C[K] extends Check<unknown> ? K : never]: C[K] extends Check<infer T> ? T : never;
} & {
  [K in keyof C as C[K] extends OptionalCheck<unknown> ? K : never]?: C[K] extends OptionalCheck<infer T> ? T : never;
};

export const check = <T>(schema: JsonSchema, read: (value: unknown) => T): Check<T> =>
  Object.assign((value: unknown) => read(value), { schema });
export const optional = <T>(inner: Check<T>): OptionalCheck<T> => ({ optional: inner });

export const text: Check<string> = /* @__PURE__ */ check({ type: 'string' }, (v) =>
  typeof v === 'string' ? v : refuse('a text', v),
);
export const flag: Check<boolean> = /* @__PURE__ */ check({ type: 'boolean' }, (v) =>
  typeof v === 'boolean' ? v : refuse('true or false', v),
);
export const finite: Check<number> = /* @__PURE__ */ check({ type: 'number' }, (v) =>
  typeof v === 'number' && Number.isFinite(v) ? v : refuse('a number', v),
);
export const integer = (minimum: number, maximum: number): Check<number> =>
  check({ type: 'integer', minimum, maximum }, (v) =>
    Number.isInteger(v) && (v as number) >= minimum && (v as number) <= maximum
      ? (v as number)
      : refuse(`an integer from ${minimum} to ${maximum}`, v),
  );
export const oneOf = <const T extends string>(...names: readonly T[]): Check<T> =>
  check({ enum: names }, (v) =>
    (names as readonly unknown[]).includes(v) ? (v as T) : refuse(names.map((n) => JSON.stringify(n)).join(' or '), v),
  );
export const orNull = <T>(inner: Check<T>): Check<T | null> =>
  check({ anyOf: [inner.schema, { type: 'null' }] }, (v) => (v === null ? null : inner(v)));
/** A text that another reader of the library accepts. */
export const readable = <T = string>(read: (text: string) => T, description: string): Check<string> =>
  check({ type: 'string', description }, (v) => {
    read(text(v));
    return v as string;
  });

export const listOf = <T>(inner: Check<T>): Check<T[]> =>
  check({ type: 'array', items: inner.schema }, (v) =>
    Array.isArray(v) ? v.map((item, i) => at(String(i), () => inner(item))) : refuse('a list', v),
  );
export const recordOf = <T>(inner: Check<T>): Check<Record<string, T>> =>
  check({ type: 'object', additionalProperties: inner.schema }, (v) =>
    isRecord(v)
      ? Object.fromEntries(Object.entries(v).map(([key, item]) => [key, at(key, () => inner(item))]))
      : refuse('an object with one entry per key', v),
  );

/** An object with these fields and no others: a misspelt field is an error instead of being silently ignored. */
export function object<const C extends Checks>(checks: C): Check<Checked<C>> {
  const fields = Object.entries(checks);
  const schema = {
    type: 'object',
    properties: Object.fromEntries(fields.map(([key, c]) => [key, 'optional' in c ? c.optional.schema : c.schema])),
    required: fields.filter(([, c]) => !('optional' in c)).map(([key]) => key),
    additionalProperties: false,
  };
  return check(schema, (v) => {
    if (!isRecord(v)) return refuse('an object', v);
    for (const key of Object.keys(v))
      if (!Object.hasOwn(checks, key))
        at(key, () => refuse(`one of the fields ${Object.keys(checks).join(', ')}`, 'another field'));
    const out: Record<string, unknown> = {};
    for (const [key, c] of fields) {
      const value = Object.hasOwn(v, key) ? v[key] : undefined;
      if (!('optional' in c))
        out[key] = at(key, () =>
          value === undefined ? refuse('a value: the field is required', 'nothing') : c(value),
        );
      else if (value !== undefined) out[key] = at(key, () => c.optional(value));
    }
    return out as Checked<C>;
  });
}

/** @throws DlmsError `parse/invalid-text` when the text is not JSON. */
export function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (e) {
    throw new DlmsError(
      'parse/invalid-text',
      { offset: 0, expected: 'JSON', actual: e instanceof Error ? e.message.slice(0, 80) : 'something else' },
      { cause: e },
    );
  }
}

const isRecord = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v);
function at<T>(key: string, run: () => T): T {
  try {
    return run();
  } catch (e) {
    if (isDlmsError(e)) e.path.unshift(key);
    throw e;
  }
}
export function refuse(expected: string, actual: unknown): never {
  const shown =
    typeof actual === 'object' && actual !== null
      ? Array.isArray(actual)
        ? 'a list'
        : 'an object'
      : String(actual).slice(0, 60);
  throw new DlmsError('parse/invalid-text', { offset: 0, expected, actual: shown });
}
