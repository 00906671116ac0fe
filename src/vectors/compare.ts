import { formatHex } from '../core/hex.js';
import { Difference, Unsupported } from './vector.js';

// Visits every key of what is expected, against a projection of what the library found. A projection is made of plain
// values (octets stand for their hex, bigints for their digits) and, where one fact has several forms, of matchers.

/** Keys that are written for people. */
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

/** What nobody expects: written for people, or a round trip that is not asked for. */
export const isCommentary = (key: string, value: unknown, skip: ReadonlySet<string>): boolean =>
  skip.has(key) || (key === 'roundTrip' && value === false);

/** A value with a comparison of its own. */
export interface Matcher {
  /** @throws Difference or Unsupported */
  match(expected: unknown, path: string, skip: ReadonlySet<string>): void;
  /** For the report. */
  show(): string;
}
/** A record whose fields have several names. */
export interface View extends Matcher {
  /** What is known under this name, most likely first; undefined for a name that nobody knows. */
  find(name: string): readonly unknown[] | undefined;
}
const isMatcher = (v: unknown): v is Matcher =>
  typeof v === 'object' && v !== null && typeof (v as Matcher).match === 'function';
export const isRecord = (v: unknown): v is Readonly<Record<string, unknown>> =>
  typeof v === 'object' && v !== null && !Array.isArray(v) && !(v instanceof Uint8Array);

/** @throws Difference at the first key that differs, Unsupported at the first one that the projection does not know */
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
/** @param find the candidates for a key: one of them must be what is expected */
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
/** What all values have in common: hex in either case, whole numbers also as text, null for what is not there. */
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

/** One of these must match; the report is about the one that came farthest. */
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
      // One further inside says more, and of a value more than of a record where a value is expected.
      const steps = e.path.split(/[.[]/).length - (e instanceof Unsupported ? 0.5 : 0);
      const says = isRecord(alternative) && !isMatcher(alternative) && !isRecord(expected) ? -1 : steps;
      if (says > most) [best, most] = [e, says];
    }
  }
  throw best;
}

/** Several forms of one fact. */
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
/** The fields of several records: of each name what the first of them has. */
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
/** A record where one is expected; nothing to say where a value is. */
export const onlyRecord = (view: View): Matcher => ({
  match(expected, path, skip) {
    if (!isRecord(expected)) throw new Unsupported(`${path}: a record expected`);
    view.match(expected, path, skip);
  },
  show: () => view.show(),
});
/** Only these fields. */
export const only = (view: View, names: readonly string[]): View =>
  viewOf((name) => (names.includes(name) ? view.find(name) : undefined));
/** The first elements of a list: as many as are expected, at least one unless the list is empty. */
export const firstOf = (list: readonly unknown[]): Matcher => ({
  match(expected, path, skip) {
    if (!Array.isArray(expected) || (expected.length === 0 && list.length > 0)) throw differs(path, expected, list);
    compare(expected, list.slice(0, expected.length), path, skip);
  },
  show: () => show(list),
});
/** A comparison given as a function: undefined when it matches, otherwise what was found, or Unsupported thrown. */
export const check = (test: (expected: unknown) => string | undefined, text: string): Matcher => ({
  match(expected, path) {
    const found = test(expected);
    if (found !== undefined) throw differs(path, expected, found);
  },
  show: () => text,
});
/** Computed when it is asked for. */
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
