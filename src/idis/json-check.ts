import { DlmsError, isDlmsError } from '../core/errors.js';

/** Reads one value of a JSON file that a person wrote, or says where and what is wrong. */
export type Check<T> = (value: unknown) => T;
/** A field that may be left out. */
export interface OptionalCheck<T> {
  readonly optional: Check<T>;
}
type Checks = Readonly<Record<string, Check<any> | OptionalCheck<any>>>;
type Checked<C extends Checks> = { [K in keyof C as C[K] extends Check<any> ? K : never]: C[K] extends Check<infer T> ? T : never } & {
  [K in keyof C as C[K] extends OptionalCheck<any> ? K : never]?: C[K] extends OptionalCheck<infer T> ? T : never;
};

export const optional = <T>(check: Check<T>): OptionalCheck<T> => ({ optional: check });
export const text: Check<string> = (v) => (typeof v === 'string' ? v : refuse('a text', v));
export const flag: Check<boolean> = (v) => (typeof v === 'boolean' ? v : refuse('true or false', v));
export const finite: Check<number> = (v) => (typeof v === 'number' && Number.isFinite(v) ? v : refuse('a number', v));
export const integer =
  (min: number, max: number): Check<number> =>
  (v) =>
    Number.isInteger(v) && (v as number) >= min && (v as number) <= max ? (v as number) : refuse(`an integer from ${min} to ${max}`, v);
export const oneOf =
  <const T extends string>(...names: readonly T[]): Check<T> =>
  (v) =>
    (names as readonly unknown[]).includes(v) ? (v as T) : refuse(names.map((n) => JSON.stringify(n)).join(' or '), v);
export const orNull =
  <T>(check: Check<T>): Check<T | null> =>
  (v) =>
    v === null ? null : check(v);
/** A text that another reader of the library accepts. */
export const readable =
  (read: (text: string) => unknown): Check<string> =>
  (v) => {
    read(text(v));
    return v as string;
  };

export const listOf =
  <T>(check: Check<T>): Check<T[]> =>
  (v) =>
    Array.isArray(v) ? v.map((item, i) => at(String(i), () => check(item))) : refuse('a list', v);
export const recordOf =
  <T>(check: Check<T>): Check<Record<string, T>> =>
  (v) =>
    isRecord(v) ? Object.fromEntries(Object.entries(v).map(([key, item]) => [key, at(key, () => check(item))])) : refuse('an object with one entry per key', v);

/** An object with these fields and no others: a misspelt field is an error, not a field that silently does nothing. */
export function object<const C extends Checks>(checks: C): Check<Checked<C>> {
  return (v) => {
    if (!isRecord(v)) return refuse('an object', v);
    for (const key of Object.keys(v))
      if (!Object.hasOwn(checks, key)) at(key, () => refuse(`one of the fields ${Object.keys(checks).join(', ')}`, 'another field'));
    const out: Record<string, unknown> = {};
    for (const [key, check] of Object.entries(checks)) {
      const value = Object.hasOwn(v, key) ? v[key] : undefined;
      if (typeof check === 'function') out[key] = at(key, () => (value === undefined ? refuse('a value: the field is required', 'nothing') : check(value)));
      else if (value !== undefined) out[key] = at(key, () => check.optional(value));
    }
    return out as Checked<C>;
  };
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
  const shown = typeof actual === 'object' && actual !== null ? (Array.isArray(actual) ? 'a list' : 'an object') : String(actual).slice(0, 60);
  throw new DlmsError('parse/invalid-text', { offset: 0, expected, actual: shown });
}
