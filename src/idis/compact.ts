import type { BitRow, EventCode, ProfileObject, Provenance } from './profile.js';

// Reads the tables in data/ (one row per line, fields separated by " | ") into rows of a profile.

export const lines = (table: string): string[][] =>
  table
    .trim()
    .split('\n')
    .map((line) => line.split(' | ').map((field) => field.trim()));

const levels: Readonly<Record<string, Provenance['confidence']>> = { h: 'high', m: 'medium', l: 'low', u: 'unknown' };
/** Reads confidence, plausibility and sources: `m MCS301,OSGP`, `l- ENG`. */
export function provenance(field = '', note = ''): Provenance {
  const [level = 'u', sources = ''] = field.split(' ');
  const plausibility = level[1] === '+' ? 'strong' : level[1] === '-' ? 'fair' : undefined;
  return {
    source: sources.split(','),
    confidence: levels[level[0] ?? 'u'] ?? 'unknown',
    ...(plausibility === undefined ? {} : { plausibility }),
    ...(note === '' ? {} : { note }),
  };
}

const clients: Readonly<Record<string, string>> = { P: 'public', E: 'preEstablished', M: 'management', C: 'consumer' };
const options: Readonly<Record<string, string>> = { '3': 'polyphase' };
/** The rows of idis-objects that belong to a package. */
export function objectRows(table: string, packageDigit: string): ProfileObject[] {
  return lines(table)
    .filter(([, , packages = '']) => packages.includes(packageDigit))
    .map(([obis = '', type = '', , origin, judged = '', group = '', rights = '', basis = '', name = '', note = '']) => {
      const [classId = 0, version = 0] = type.split('v').map(Number);
      const judgement = judged[0] === '?' ? undefined : judged[0] === 'y';
      const option = options[judged[1] ?? ''] ?? judged[1];
      return {
        obis,
        classId,
        versions: [version],
        name,
        group,
        mandatory: null,
        ...(judgement === undefined ? {} : { mandatoryJudgement: judgement }),
        ...(option === undefined ? {} : { option }),
        rights: Object.fromEntries(
          rights === '' ? [] : rights.split('; ').map((r) => [clients[r[0] ?? ''] ?? '', r.slice(2)]),
        ),
        ...(basis === '' ? {} : { rightsBasis: `management rights: ${basis === 'EPS' ? 'EPS' : `OSGP, ${basis}`}` }),
        ...provenance(origin, note),
      };
    });
}

export const eventRows = (table: string): EventCode[] =>
  lines(table).map(([code, log = '', origin, name = '', note]) => ({
    code: Number(code),
    log,
    name,
    ...provenance(origin, note),
  }));

export const bitRows = (table: string): BitRow[] =>
  lines(table).map(([bit, origin, events = '', abbreviation = '', name = '', note]) => ({
    bit: Number(bit),
    name,
    ...(abbreviation === '' ? {} : { abbreviation }),
    ...(events === '' ? {} : { events: events.split(',').map(Number) }),
    ...provenance(origin, note),
  }));
