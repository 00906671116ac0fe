import { formatHex } from '../core/hex.js';
import { Difference, Unsupported } from './vector.js';

// Compares every key of what is expected with a projection of what the library found. A projection consists of plain
// values (octets stand for their hex, bigints for their digits) and, where a fact can be written in several forms, of
// matchers.

/** Keys that are meant for people. */
export const commentary: ReadonlySet<string> = /* @__PURE__ */ new Set([
  'note',
  'notes',
  'quirk',
  'comment',
  'reasons',
  'meaning',
  'name',
  'hls',
  'lengthQuirk',
  'documentedReadings',
]);

/** Whether there is nothing to compare: a key meant for people, or a round trip that is not wanted. */
export const isCommentary = (key: string, value: unknown, skip: ReadonlySet<string>): boolean =>
  skip.has(key) || (key === 'roundTrip' && value === false);

/** A value with its own comparison. */
export interface Matcher {
  /** @throws Difference or Unsupported */
  match(expected: unknown, path: string, skip: ReadonlySet<string>): void;
  /** The value as text, for the report. */
  show(): string;
}
/** A record whose fields can have several names. */
export interface View extends Matcher {
  /** The candidates for this name, the most likely first; undefined for an unknown name. */
  find(name: string): readonly unknown[] | undefined;
}
const isMatcher = (v: unknown): v is Matcher =>
  typeof v === 'object' && v !== null && typeof (v as Matcher).match === 'function';
export const isRecord = (v: unknown): v is Readonly<Record<string, unknown>> =>
  typeof v === 'object' && v !== null && !Array.isArray(v) && !(v instanceof Uint8Array);

/** @throws Difference at the first key that differs, Unsupported at the first key that the projection does not know */
export function compare(expected: unknown, actual: unknown, path = '', skip: ReadonlySet<string> = commentary): void {
  if (isMatcher(actual)) return actual.match(expected, path, skip);
  if (expected === null || typeof expected !== 'object') {
    if (!same(expected, actual)) throw differs(path, expected, actual);
  } else if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) throw differs(path, expected, actual);
    for (let i = 0; i < Math.min(expected.length, actual.length); i++)
      compare(expected[i], actual[i], `${path}[${i}]`, skip);
    if (expected.length !== actual.length)
      throw new Difference(`${path || 'expected'}: ${expected.length} elements expected, found ${actual.length}`, path);
  } else if (isRecord(actual)) {
    compareFields(expected, (key) => (Object.hasOwn(actual, key) ? [actual[key]] : undefined), path, skip);
  } else throw differs(path, expected, actual);
}
/** @param find returns the candidates for a key, one of which must match */
export function compareFields(
  expected: object,
  find: (key: string) => readonly unknown[] | undefined,
  path: string,
  skip: ReadonlySet<string>,
): void {
  for (const [key, value] of Object.entries(expected)) {
    if (isCommentary(key, value, skip)) continue;
    const at = path === '' ? key : `${path}.${key}`;
    const found = find(key);
    if (found === undefined) throw new Unsupported(`${at}: the runner does not know this field`, at);
    compareAny(value, found, at, skip);
  }
}
/** Compares plain values: hex in either case, integers also as text, null for what is absent. */
function same(expected: unknown, actual: unknown): boolean {
  if (expected === null) return actual === null || actual === undefined;
  if (actual instanceof Uint8Array) return typeof expected === 'string' && expected.toUpperCase() === formatHex(actual);
  if (typeof actual === 'bigint' || Number.isInteger(actual))
    return (
      expected === String(actual) ||
      (Number.isInteger(expected) && BigInt(expected as number) === BigInt(actual as number))
    );
  return expected === actual;
}

/** One of these must match; otherwise the one that got furthest is reported. */
function compareAny(
  expected: unknown,
  alternatives: readonly unknown[],
  path: string,
  skip: ReadonlySet<string>,
): void {
  let best: Difference | Unsupported | undefined;
  let most = Number.NEGATIVE_INFINITY;
  for (const alternative of alternatives) {
    try {
      return compare(expected, alternative, path, skip);
    } catch (e) {
      if (!(e instanceof Difference || e instanceof Unsupported)) throw e;
      // A difference further inside says more, and one in a value says more than a record where a value is expected.
      const steps = e.path.split(/[.[]/).length - (e instanceof Unsupported ? 0.5 : 0);
      const says = isRecord(alternative) && !isMatcher(alternative) && !isRecord(expected) ? -1 : steps;
      if (says > most) [best, most] = [e, says];
    }
  }
  throw best;
}

/** A fact that can be written in several forms. */
export const anyOf = (...alternatives: unknown[]): Matcher => ({
  match: (expected, path, skip) => compareAny(expected, alternatives, path, skip),
  show: () => alternatives.map(show).join(' or '),
});
const viewOf = (find: View['find']): View => ({
  find,
  match(expected, path, skip) {
    if (!isRecord(expected)) throw differs(path, expected, this);
    compareFields(expected, find, path, skip);
  },
  show: () => 'a record',
});
/** The fields of several records together; for each name, the first record that has a value wins. */
export const views = (...parts: readonly (View | Readonly<Record<string, unknown>>)[]): View =>
  viewOf((name) => {
    let known = false;
    for (const part of parts) {
      const found = isMatcher(part) ? (part as View).find(name) : Object.hasOwn(part, name) ? [part[name]] : undefined;
      known ||= found !== undefined;
      if (found?.some((v) => v !== undefined)) return found;
    }
    return known ? [undefined] : undefined;
  });
/** A record, where one is expected; where a value is expected, the comparison is unsupported. */
export const onlyRecord = (view: View): Matcher => ({
  match(expected, path, skip) {
    if (!isRecord(expected)) throw new Unsupported(`${path}: a record expected`);
    view.match(expected, path, skip);
  },
  show: () => view.show(),
});
/** Only these fields of a record. */
export const only = (view: View, names: readonly string[]): View =>
  viewOf((name) => (names.includes(name) ? view.find(name) : undefined));
/** The first elements of a list: as many as are expected, and at least one unless the list is empty. */
export const firstOf = (list: readonly unknown[]): Matcher => ({
  match(expected, path, skip) {
    if (!Array.isArray(expected) || (expected.length === 0 && list.length > 0)) throw differs(path, expected, list);
    compare(expected, list.slice(0, expected.length), path, skip);
  },
  show: () => show(list),
});
/**
 * A comparison by a function that returns undefined when it matches, otherwise what was found; it can throw
 * Unsupported.
 */
export const check = (test: (expected: unknown) => string | undefined, text: string): Matcher => ({
  match(expected, path) {
    const found = test(expected);
    if (found !== undefined) throw differs(path, expected, found);
  },
  show: () => text,
});
/** A value that is computed on demand. */
export const later = (value: () => unknown): Matcher => ({
  match: (expected, path, skip) => compare(expected, value(), path, skip),
  show: () => show(value()),
});

export const differs = (path: string, expected: unknown, actual: unknown): Difference =>
  new Difference(`${path || 'value'}: ${show(expected)} expected, found ${show(actual)}`, path);

export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (isMatcher(value)) return cut(value.show());
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (value instanceof Uint8Array) return cut(formatHex(value));
  return cut(
    JSON.stringify(value, (_, v) =>
      typeof v === 'bigint' ? String(v) : v instanceof Uint8Array ? `${v.length} octets` : isMatcher(v) ? v.show() : v,
    ) ?? String(value),
  );
}
const cut = (text: string): string => (text.length > 120 ? `${text.slice(0, 117)}…` : text);
