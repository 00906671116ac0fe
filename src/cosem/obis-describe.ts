import type { Confidence } from './interface-class.js';
import { type Obis, parseObis } from './obis.js';
import * as tables from './obis-groups.js';
import { covers, type ObisPattern, parseObisPattern, type ValueGroups, valueGroups } from './obis-match.js';
import { obisNames } from './obis-names.js';

/**
 * The meaning of one value group. `text` is undefined when the tables do not have the value, or the group has no
 * general meaning in this code.
 */
export interface GroupMeaning {
  readonly group: 'A' | 'B' | 'C' | 'D' | 'E' | 'F';
  readonly value: number;
  readonly text: string | undefined;
  /** The meaning is from memory; no source confirms it. */
  readonly recall: boolean;
}
/** What {@link describeObis} says about a code. */
export interface ObisDescription {
  readonly obis: Obis;
  /** One line for people. */
  readonly text: string;
  /** Value group A in words, for instance `electricity`. */
  readonly media: string | undefined;
  readonly groups: readonly GroupMeaning[];
  /** The interface classes of objects with this code; empty when not known. */
  readonly classIds: readonly number[];
  /** The named pattern that the text comes from; undefined when the text is composed from the value groups. */
  readonly pattern: string | undefined;
  /** How well the text is confirmed. A text composed from the value groups is only as good as its weakest part. */
  readonly confidence: Confidence;
  /** Some part of the text or of the class ids is from memory alone. */
  readonly recall: boolean;
  /** A value group is in a range reserved for manufacturers: the names of the standard do not apply. */
  readonly manufacturerSpecific: boolean;
  readonly note: string | undefined;
}

/**
 * Describes an OBIS code. The most specific named pattern wins (the one that covers the fewest codes, then the first in
 * the list). If none fits, the name of the current value stands for a stored one (group F) and that of channel 0 for
 * another channel (group B), and the text says so; otherwise the text is composed from the tables of the value groups.
 * The result depends on nothing but the code.
 *
 * ```ts
 * describeObis('1-0:1.8.2*255').text; // 'Active import (+A, QI+QIV) energy, rate 2'
 * ```
 * @throws DlmsError `parse/invalid-text` when the text is no OBIS code.
 */
export function describeObis(code: string): ObisDescription {
  const obis = parseObis(code);
  const groups = valueGroups(obis);
  const meanings = groupMeanings(groups);
  const [media, channel] = meanings as [GroupMeaning, GroupMeaning, ...GroupMeaning[]];
  const found = named(groups);
  const common = { obis, media: media.text, groups: meanings, manufacturerSpecific: manufacturerSpecific(groups) };
  if (found !== undefined) {
    const { row, suffix } = found;
    const text = fillIn(row.name, row.pattern, groups) + suffix;
    const { classIds, pattern, sources, note } = row;
    return {
      ...common,
      text,
      classIds,
      pattern: pattern.text,
      confidence: confidenceOf(sources),
      recall: sources.includes('r'),
      note,
    };
  }
  const known = meanings.filter(({ text }) => text !== undefined);
  const specific = meanings[2]?.text === undefined ? [] : known.filter(({ group }) => 'CDE'.includes(group));
  const parts = (groups[0] === 1 || groups[0] === 0 ? specific : [media, ...specific]).map((m) =>
    m.text?.replace(/ \(from .*| \(over .*/, ''),
  );
  if (specific.length === 0) parts.splice(0, 9, common.manufacturerSpecific ? 'manufacturer specific' : 'unknown');
  const text = parts.join(', ') + storedText(groups[5]) + (channel.value === 0 ? '' : `, ${channel.text}`);
  const recall = specific.some((m) => m.recall) || media.recall;
  return {
    ...common,
    text,
    classIds: [],
    pattern: undefined,
    confidence: recall || specific.length === 0 ? 'unverified' : 'one source',
    recall,
    note: undefined,
  };
}

/** The medium of a code in words; undefined when value group A is reserved. */
export const obisMedia = (code: string): string | undefined => lookUp(tables.mediaTable, valueGroups(code)[0])?.text;

interface Named {
  readonly pattern: ObisPattern;
  readonly classIds: readonly number[];
  /** The letters of its sources, see obis-names.ts. */
  readonly sources: string;
  readonly name: string;
  readonly note: string | undefined;
}
/** All named patterns, in the order of the list. */
export function namedObis(): readonly Named[] {
  return [...byAC().values()].flat().sort((x, y) => x.order - y.order);
}

// ── the list, read on first use ────────────────────

/** The first number that a pattern allows in a value group. */
const lowest = ({ groups }: ObisPattern, i: 0 | 2 | 3): number => groups[i][0][0];

type Row = Named & { readonly order: number };
let index: Map<number, Row[]> | undefined;
/**
 * Rows by A and C: every pattern has exactly one of each, so they find the few that can fit. Each bucket begins with
 * the most specific.
 */
function byAC(): Map<number, Row[]> {
  if (index !== undefined) return index;
  index = new Map();
  for (const [order, line] of obisNames.trim().split('\n').entries()) {
    const [, code = '', ids = '', sources = '', name = '', note] =
      /^(\S+) (\S+) (\S+) (.*?)(?: # (.*))?$/.exec(line) ?? [];
    const pattern = parseObisPattern(code);
    const key = lowest(pattern, 0) * 256 + lowest(pattern, 2);
    const bucket = index.get(key);
    const row: Row = { pattern, classIds: ids.split(',').map(Number), sources, name, note, order };
    if (bucket === undefined) index.set(key, [row]);
    else bucket.push(row);
  }
  for (const bucket of index.values()) bucket.sort((x, y) => x.pattern.size - y.pattern.size || x.order - y.order);
  return index;
}

function named(code: ValueGroups): { row: Row; suffix: string } | undefined {
  const [a, b, c, d, e, f] = code;
  const bucket = byAC().get(a * 256 + c) ?? [];
  const stored = storedText(f);
  const tries: readonly (readonly [ValueGroups, string])[] = [
    [code, ''],
    [[a, b, c, d, e, 255], stored],
    [[a, 0, c, d, e, f], ''],
    [[a, 0, c, d, e, 255], stored],
  ];
  for (const [candidate, suffix] of tries) {
    const row = bucket.find(({ pattern }) => covers(pattern.groups, candidate));
    if (row !== undefined) return { row, suffix: suffix + (b === 0 ? '' : `, ${channelText(b)}`) };
  }
  return undefined;
}

/** Turns `rate E` into `rate 2`, and computes the number of a utility table. */
function fillIn(name: string, pattern: ObisPattern, [, , , d, e, f]: ValueGroups): string {
  const first = lowest(pattern, 3);
  return name
    .replace('(D offset) * 128 + E', String((d - first) * 128 + e))
    .replace(
      /\b(rate|instance|event log|profile|limit) ([EF])\b/i,
      (_, word: string, letter: string) => `${word} ${letter === 'E' ? e : f}`,
    );
}

// ── value groups ────────────────────

function groupMeanings(code: ValueGroups): GroupMeaning[] {
  const [a, , c, d] = code;
  const electricity = a === 1;
  const quantity =
    a === 0
      ? tables.abstractTable
      : electricity
        ? tables.electricityTable
        : a === 7
          ? tables.gasTable
          : (consumptionTables[a] ?? '');
  const country = c === 94 ? tables.countryTable : '';
  const processing =
    (c >= 93 && c <= 99) || c === 0 || a === 0
      ? ''
      : electricity
        ? tables.electricityProcessingTable
        : a === 7
          ? gasProcessing(c)
          : tables.consumptionProcessingTable;
  const meanings = [tables.mediaTable, tables.channelTable, quantity, country || processing].map((table, i) =>
    lookUp(table, code[i] as number),
  );
  meanings.push(
    electricity && processing !== '' ? electricityE(c, d, code[4]) : undefined,
    lookUp(tables.storageTable, code[5]),
  );
  const [, channel] = meanings;
  if (channel !== undefined && code[1] > 0) meanings[1] = { ...channel, text: channelText(code[1]) };
  return meanings.map((m, i) => ({
    group: 'ABCDEF'[i] as GroupMeaning['group'],
    value: code[i] as number,
    text: m?.text,
    recall: m?.sources.includes('r') ?? false,
  }));
}
const consumptionTables: Readonly<Record<number, string>> = {
  4: tables.heatCostTable,
  5: tables.thermalTable,
  6: tables.thermalTable,
  8: tables.waterTable,
  9: tables.waterTable,
};
/**
 * The table of gas group D is for indexes (C 1 to 36 and 61 to 66); process values have other meanings, which are not
 * known here.
 */
const gasProcessing = (c: number): string => (c <= 36 || (c >= 61 && c <= 66) ? tables.gasVolumeTable : '');

function electricityE(c: number, d: number, e: number): Meaning | undefined {
  if (c === 81) return angle(e);
  if (c === 83) return lookUp(tables.lossesTable, e);
  if (e === 0) return { text: 'total', sources: 'g' };
  if (harmonics.has(c) && e !== 255) {
    if (e === 1) return { text: 'fundamental', sources: 'g' };
    return { text: e <= 120 ? `harmonic ${e}` : (distortions[e] ?? `E ${e}`), sources: 'g' };
  }
  return d !== 7 && e <= 63
    ? { text: `rate ${e}`, sources: 'g' }
    : e <= 63
      ? { text: `E ${e}`, sources: 'g' }
      : undefined;
}
const harmonics: ReadonlySet<number> = /* @__PURE__ */ new Set([
  11, 12, 15, 31, 32, 35, 51, 52, 55, 71, 72, 75, 90, 91, 92, 124, 125, 126,
]);
const distortions: Readonly<Record<number, string>> = {
  124: 'total harmonic distortion (THD)',
  125: 'total demand distortion (TDD)',
  126: 'all harmonics',
  127: 'all harmonics to nominal value ratio',
};
const phasors: Readonly<Record<number, string>> = {
  0: 'U(L1)',
  1: 'U(L2)',
  2: 'U(L3)',
  4: 'I(L1)',
  5: 'I(L2)',
  6: 'I(L3)',
  7: 'I(L0)',
};
function angle(e: number): Meaning | undefined {
  const [reference, measured] = [phasors[Math.floor(e / 10)], phasors[e % 10]];
  return reference === undefined || measured === undefined
    ? undefined
    : { text: `${measured} against ${reference}`, sources: 'g' };
}

interface Meaning {
  readonly text: string;
  readonly sources: string;
}
const read: Map<string, (Meaning | undefined)[]> = /* @__PURE__ */ new Map();
/** The meaning of a value in a table; each table is parsed once. */
function lookUp(table: string, value: number): Meaning | undefined {
  let meanings = read.get(table);
  if (meanings === undefined) {
    meanings = [];
    for (const line of table.trim().split('\n')) {
      const [, codes = '', sources = '', text = ''] = /^(\S+) (\S+) (.*)$/.exec(line) ?? [];
      for (const code of codes === '' ? [] : codes.split(',')) {
        const [lo = 256, hi = lo] = code.split('-').map(Number);
        for (let i = lo; i <= hi; i++) meanings[i] ??= { text, sources };
      }
    }
    read.set(table, meanings);
  }
  return meanings[value];
}
/** The billing period of a stored value; empty for the current one. */
const storedText = (f: number): string => {
  if (f < 100) return `, billing period ${f}`;
  if (f > 100 && f < 126) return `, last ${f - 100} billing periods together`;
  return f === 255 ? '' : f === 126 ? ', most recent billing periods' : `, stored value ${f}`;
};
const channelText = (b: number): string =>
  b <= 64 ? `channel ${b}` : `${lookUp(tables.channelTable, b)?.text} channel ${b}`;

/** A value in any of these ranges makes the whole code manufacturer specific (one source). */
const manufacturerSpecific = ([, b, c, d, e, f]: ValueGroups): boolean =>
  (b >= 128 && b <= 199) || (c >= 128 && c <= 199) || c === 240 || [d, e, f].some((g) => g >= 128 && g <= 254);

/** Memory (`r`) does not count as a source. */
export function confidenceOf(sources: string): Confidence {
  const backed = sources.replace('r', '').length;
  return backed >= 2 ? 'two sources' : backed === 1 ? 'one source' : 'unverified';
}
