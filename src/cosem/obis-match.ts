import { DlmsError, quoted } from '../core/errors.js';
import { type Obis, obisToBytes } from './obis.js';

/**
 * The six value groups of a code: A medium, B channel, C quantity, D processing, E tariff or further classification, F
 * stored value.
 */
export type ValueGroups = readonly [a: number, b: number, c: number, d: number, e: number, f: number];
export const valueGroups = (obis: Obis | string): ValueGroups => [...obisToBytes(obis)] as unknown as ValueGroups;

/** A set of codes: the ranges that each value group allows. */
export interface ObisPattern {
  readonly text: string;
  readonly groups: readonly [a: ObisRanges, b: ObisRanges, c: ObisRanges, d: ObisRanges, e: ObisRanges, f: ObisRanges];
  /** How many codes it covers: the fewer, the more specific it is. */
  readonly size: number;
}
/** A range of numbers in a value group, both ends included. */
export type ObisRange = readonly [lo: number, hi: number];
/** The numbers that a pattern allows in a value group. */
export type ObisRanges = readonly [ObisRange, ...ObisRange[]];

/**
 * Reads a pattern. Each value group is a number, a range `lo-hi`, a comma list of these, or `b` for a channel (0 to
 * 64). In the form `A-B:C.D.E*F`, unlike the dotted form `A.B.C.D.E.F`, A must be a number. `F` may be omitted (255).
 * @throws DlmsError `parse/invalid-text`
 */
export function parseObisPattern(text: string): ObisPattern {
  const head = /^(\d{1,3})-([^:]*):(.*)$/s.exec(text);
  const dotted = head === null ? text : `${head[1]}.${head[2]}.${head[3]?.replace('*', '.')}`;
  const parts = dotted.split('.');
  if (parts.length === 5) parts.push('255');
  if (parts.length !== 6) throw wrong(text);
  const groups = parts.map((part) => part.split(',').map((item) => range(item, text)));
  return {
    text,
    groups: groups as unknown as ObisPattern['groups'],
    size: groups.reduce((n, ranges) => n * ranges.reduce((m, [lo, hi]) => m + hi - lo + 1, 0), 1),
  };
}

/**
 * Whether a code is one of those that the pattern covers.
 * @throws DlmsError `parse/invalid-text` when the pattern or the code cannot be read.
 */
export function matchObis(pattern: ObisPattern | string, obis: Obis | string): boolean {
  const { groups } = typeof pattern === 'string' ? parseObisPattern(pattern) : pattern;
  return covers(groups, valueGroups(obis));
}
export const covers = (groups: ObisPattern['groups'], code: ValueGroups): boolean =>
  groups.every((ranges, i) => {
    const value = code[i] as number;
    return ranges.some(([lo, hi]) => value >= lo && value <= hi);
  });

/** Compares codes by their value groups, to sort lists for people. */
export function compareObis(x: Obis | string, y: Obis | string): number {
  const [a, b] = [valueGroups(x), valueGroups(y)];
  const i = a.findIndex((group, at) => group !== b[at]);
  return i < 0 ? 0 : (a[i] as number) - (b[i] as number);
}

function range(item: string, text: string): ObisRange {
  if (item === 'b') return [0, 64];
  const [, lo, hi = lo] = /^(\d{1,3})(?:-(\d{1,3}))?$/.exec(item) ?? [];
  const [from, to] = [Number(lo), Number(hi)];
  if (lo === undefined || from > to || to > 255) throw wrong(text);
  return [from, to];
}
const wrong = (text: string): DlmsError =>
  new DlmsError('parse/invalid-text', {
    offset: 0,
    expected:
      'an OBIS pattern of six value groups, each a number, a range lo-hi, a comma list or b, like 1.b.1.8.0-63.255',
    actual: quoted(text),
  });
