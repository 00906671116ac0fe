import { formatHex, parseHex } from '../../core/hex.js';
import { obisFromBytes } from '../../cosem/obis.js';
import { isRecord, type Json, octetsOf } from './notation.js';

const moment = /^(?:\*|\d+)-(?:\*|\d+|[a-z]+)-(?:\*|\d+|last2?)(?:\/\d)?(?:T|$)/;
const digits = /^[0-9A-Fa-f]*$/;

/** Whether what was read is what was expected; the reason when it is not. */
export function mismatch(expected: Json | undefined, actual: Json | undefined): string | undefined {
  return matches(expected, actual) ? undefined : `expected ${shown(expected)}, got ${shown(actual)}`;
}
const shown = (x: unknown): string => JSON.stringify(x)?.slice(0, 400) ?? 'nothing';

/** `{ "long": 5 }` of Data gives 5; a value that is none stays. */
function bare(x: Json | undefined): Json | undefined {
  if (!isRecord(x)) return x;
  const keys = Object.keys(x);
  return keys.length === 1 && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(keys[0] as string) ? (x[keys[0] as string] as Json) : x;
}

export function matches(expected: Json | undefined, actual: Json | undefined): boolean {
  if (isRecord(expected)) {
    const matcher = matcherOf(expected);
    if (matcher !== undefined) return matcher(actual);
    if ('dt' in expected || 'dev' in expected) return sameMoment(expected, bare(actual));
    const keys = Object.keys(expected);
    const typed =
      keys.length === 1 && isRecord(actual) && Object.keys(actual).length === 1 && keys[0] === Object.keys(actual)[0];
    if (typed) return matches(expected[keys[0] as string], (actual as Record<string, Json>)[keys[0] as string]);
    const inner = bare(actual);
    if (Array.isArray(inner)) return matches(Object.values(expected), inner);
    return isRecord(actual) && keys.every((k) => matches(expected[k], member(actual, k)));
  }
  const value = bare(actual);
  if (Array.isArray(expected))
    return Array.isArray(value) && value.length === expected.length && expected.every((e, i) => matches(e, value[i]));
  if (isRecord(value)) {
    const members = Object.values(value);
    return Array.isArray(expected) && matches(expected, members);
  }
  if (typeof expected === 'string' && typeof value === 'string') return sameText(expected, value);
  return expected === value || (expected === null && (value === null || value === undefined));
}
const plain = (s: string): string => s.replace(/[-_ ]/g, '').toLowerCase();
const member = (record: { readonly [key: string]: Json }, key: string): Json | undefined =>
  Object.entries(record).find(([k]) => plain(k) === plain(key))?.[1];

function sameText(expected: string, actual: string): boolean {
  if (expected === actual || plain(expected) === plain(actual)) return true;
  if (expected === 'not specified') return /^F+(8000FF)?$/i.test(actual.replace(/0*$/, ''));
  if (moment.test(expected) || /^\*?\d*:/.test(expected)) return sameMoment({ dt: expected }, actual);
  if (/^\d+-\d+:/.test(expected))
    return digits.test(actual) && actual.length === 12 && obisFromBytes(parseHex(actual)) === expected;
  return false;
}
/**
 * Only the fields that are named count: not the hundredths, and the day of the week, deviation and status when they are
 * given.
 */
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: each field may be open in its own way
function sameMoment(expected: { readonly [key: string]: Json }, actual: Json | undefined): boolean {
  if (typeof actual !== 'string' || !digits.test(actual)) return false;
  const octets = parseHex(actual);
  const { dt, dev, status, weekday } = expected;
  if (typeof dt === 'string') {
    let wanted: Uint8Array;
    try {
      wanted = octetsOf(dt, octets.length);
    } catch {
      return false;
    }
    const season = octets.length === 12 && /\/[SN]$/.test(dt);
    for (const [i, octet] of wanted.entries()) {
      const hundredths = octets.length === 12 ? 8 : octets.length === 4 ? 3 : -1;
      const loose =
        i === hundredths ||
        (octets.length > 4 && i === 4 && !/\/\d/.test(dt)) ||
        (i > 8 && !season) ||
        (i === 11 && season);
      if (!loose && octets[i] !== octet) return false;
    }
    if (season && ((octets[11] as number) & 0x80) !== ((wanted[11] as number) & 0x80)) return false;
  }
  if (typeof dev === 'number' && ((((octets[9] as number) << 24) >> 16) | (octets[10] as number)) !== dev) return false;
  if (typeof status === 'number' && octets[11] !== status) return false;
  if (isRecord(status) && !matches(status, octets[11])) return false;
  if (typeof weekday === 'number' && octets[4] !== weekday) return false;
  return true;
}

type Matcher = (actual: Json | undefined) => boolean;
function matcherOf(e: { readonly [key: string]: Json }): Matcher | undefined {
  const number = (x: Json | undefined): number => Number(bare(x));
  const bits = (x: Json | undefined): ((bit: Json) => boolean) => {
    const value = bare(x);
    if (typeof value === 'string') return (b) => value[b as number] === '1';
    if (Array.isArray(value))
      return (b) => value.some((v) => v === b || (typeof v === 'string' && plain(v) === plain(String(b))));
    return (b) => (BigInt(value as number) >> BigInt(b as number)) % 2n === 1n;
  };
  if ('any' in e) return (x) => x !== undefined;
  if ('anyOf' in e) return (x) => (e.anyOf as readonly Json[]).some((option) => matches(option, x));
  if ('not' in e) return (x) => !matches(e.not, x);
  if ('atLeast' in e) return (x) => number(x) >= Number(e.atLeast);
  if ('between' in e) {
    const [low, high] = e.between as readonly [number | string, number | string];
    return (x) =>
      typeof low === 'number' ? number(x) >= low && number(x) <= Number(high) : inOrder(low, bare(x), String(high));
  }
  if ('bitsSet' in e || 'bitsClear' in e)
    return (x) => {
      const has = bits(x);
      return (
        ((e.bitsSet ?? []) as readonly Json[]).every(has) &&
        !((e.bitsClear ?? []) as readonly Json[]).some((b) => has(b))
      );
    };
  if ('isSpecifiedDateTime' in e) return (x) => !matches('not specified', x) === (e.isSpecifiedDateTime === true);
  return undefined;
}
function inOrder(low: string, actual: Json | undefined, high: string): boolean {
  if (typeof actual !== 'string') return false;
  const key = (hex: string): string => hex.slice(0, 8) + hex.slice(10, 16);
  const of = (text: string): string => key(formatHex(octetsOf(text, 12)));
  return of(low) <= key(actual) && key(actual) <= of(high);
}
