import { Difference, Unsupported } from './vector.js';

// Visits every key of what is expected, against a projection of what the library found. A projection is made of plain values and, where one fact has
// several spellings, of the matchers below.

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
const isMatcher = (v: unknown): v is Matcher =>
  typeof v === 'object' && v !== null && typeof (v as Matcher).match === 'function';

/** @throws Difference at the first key that differs, Unsupported at the first one that the projection does not know */
export function compare(expected: unknown, actual: unknown, path = '', skip: ReadonlySet<string> = commentary): void {
  if (isMatcher(actual)) return actual.match(expected, path, skip);
  if (expected === null || typeof expected !== 'object') {
    // Absent and null say the same: there is no such thing in the octets.
    if (expected === actual || (expected === null && actual === undefined)) return;
    throw differs(path, expected, actual);
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) throw differs(path, expected, actual);
    for (let i = 0; i < Math.min(expected.length, actual.length); i++)
      compare(expected[i], actual[i], `${path}[${i}]`, skip);
    if (expected.length !== actual.length)
      throw new Difference(`${path || 'expected'}: ${expected.length} elements expected, found ${actual.length}`);
    return;
  }
  if (typeof actual !== 'object' || actual === null || Array.isArray(actual)) throw differs(path, expected, actual);
  for (const [key, value] of Object.entries(expected)) {
    if (isCommentary(key, value, skip)) continue;
    const at = path === '' ? key : `${path}.${key}`;
    if (!Object.hasOwn(actual, key)) throw new Unsupported(`${at}: the runner does not know this field`);
    compare(value, (actual as Record<string, unknown>)[key], at, skip);
  }
}

/** Octets in hex; the case of the digits does not matter. */
export function hexText(text: string): Matcher {
  return {
    match(expected, path) {
      if (typeof expected !== 'string' || expected.toUpperCase() !== text.toUpperCase())
        throw differs(path, expected, text);
    },
    show: () => text,
  };
}
/** Several spellings of one fact, or several forms in which vectors ask for it. */
export function anyOf(...alternatives: unknown[]): Matcher {
  return {
    match(expected, path, skip) {
      let first: unknown;
      for (const alternative of alternatives) {
        try {
          return compare(expected, alternative, path, skip);
        } catch (e) {
          if (!(e instanceof Difference || e instanceof Unsupported)) throw e;
          // A difference says more than an unknown field.
          if (first === undefined || (first instanceof Unsupported && e instanceof Difference)) first = e;
        }
      }
      throw first;
    },
    show: () => alternatives.map(show).join(' or '),
  };
}
/** The first elements of a list: as many as are expected, at least one unless the list is empty. */
export function firstOf(list: readonly unknown[]): Matcher {
  return {
    match(expected, path, skip) {
      if (!Array.isArray(expected) || (expected.length === 0 && list.length > 0)) throw differs(path, expected, list);
      compare(expected, list.slice(0, expected.length), path, skip);
    },
    show: () => show(list),
  };
}
/** A comparison given as a function: undefined when it matches, otherwise what was found, or Unsupported thrown. */
export function check(test: (expected: unknown) => string | undefined, text: string): Matcher {
  return {
    match(expected, path) {
      const found = test(expected);
      if (found !== undefined) throw differs(path, expected, found);
    },
    show: () => text,
  };
}
/** Computed when it is asked for. */
export function later(value: () => unknown): Matcher {
  return { match: (expected, path, skip) => compare(expected, value(), path, skip), show: () => show(value()) };
}

export const differs = (path: string, expected: unknown, actual: unknown): Difference =>
  new Difference(`${path || 'value'}: ${show(expected)} expected, found ${show(actual)}`);

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (isMatcher(value)) return cut(value.show());
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return cut(
    JSON.stringify(value, (_, v) =>
      typeof v === 'bigint' ? String(v) : v instanceof Uint8Array ? `${v.length} octets` : isMatcher(v) ? v.show() : v,
    ) ?? String(value),
  );
}
const cut = (text: string): string => (text.length > 120 ? `${text.slice(0, 117)}…` : text);
