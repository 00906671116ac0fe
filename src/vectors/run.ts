import { isDlmsError } from '../core/errors.js';
import { commentary, compare, isCommentary, isRecord } from './compare.js';
import { kinds } from './kinds/index.js';
import { renamed } from './parameters.js';
import { Difference, Unsupported, type Vector, type VectorResult } from './vector.js';

/** The contents of one file of vectors, such as `{ name: 'xdlms.json', vectors: JSON.parse(text) }`. */
export interface VectorFile {
  /** Appears in the results. */
  readonly name: string;
  /** An array of vectors. Anything else counts as one entry that is not a vector. */
  readonly vectors: unknown;
}
/** Which vectors to run, such as `{ kind: 'apdu' }`; without options, all of them. */
export interface RunOptions {
  /** Only vectors with this id. */
  readonly id?: string;
  /** Only vectors of this kind. */
  readonly kind?: string;
}
/** The number of vectors by outcome: `{ passed: 394, failed: 0, unsupported: 2 }`. */
export interface VectorSummary {
  readonly passed: number;
  readonly failed: number;
  readonly unsupported: number;
}

/**
 * Runs vectors in order. A vector passes only if every key of its `expected`, except commentary, was compared and
 * agreed. Anything the runner or the library does not know (a kind, a parameter, an expected field) makes it
 * unsupported.
 * @example
 * const vectors = JSON.parse(await readFile('xdlms.json', 'utf8'));
 * for (const r of await runVectors([{ name: 'xdlms.json', vectors }])) console.log(r.id, r.status, r.reason);
 */
export async function runVectors(files: readonly VectorFile[], options: RunOptions = {}): Promise<VectorResult[]> {
  const results: VectorResult[] = [];
  for (const { name, vectors } of files) {
    const entries = Array.isArray(vectors) ? vectors : [undefined];
    for (const [i, entry] of entries.entries()) {
      const { id, kind } = (entry ?? {}) as { id?: unknown; kind?: unknown };
      if ((options.id !== undefined && id !== options.id) || (options.kind !== undefined && kind !== options.kind))
        continue;
      results.push(await runVector(name, entry, i));
    }
  }
  return results;
}

/**
 * Counts the results.
 * @example
 * const { failed } = summarize(await runVectors(files));
 */
export function summarize(results: readonly VectorResult[]): VectorSummary {
  const count = (status: VectorResult['status']): number => results.filter((r) => r.status === status).length;
  return { passed: count('passed'), failed: count('failed'), unsupported: count('unsupported') };
}
/**
 * The closing line of a run.
 * @example
 * summaryLine({ passed: 394, failed: 0, unsupported: 2 }); // '394 passed, 0 failed, 2 unsupported'
 */
export const summaryLine = (s: VectorSummary): string =>
  `${s.passed} passed, ${s.failed} failed, ${s.unsupported} unsupported`;

/**
 * Runs one entry of a file. Never throws: the result says what went wrong.
 * @param file the name of the file, for the result
 * @param index the position in the file, which identifies an entry without an id
 * @example
 * const input = { hex: 'C001C100080000010000FF0200' };
 * await runVector('mine', { id: 'clock', kind: 'apdu', input, expected: { classId: 8 } }); // status 'passed'
 */
export async function runVector(file: string, entry: unknown, index = 0): Promise<VectorResult> {
  const { id, kind } = (typeof entry === 'object' && entry !== null ? entry : {}) as { id?: unknown; kind?: unknown };
  const head = { id: typeof id === 'string' ? id : `#${index}`, kind: typeof kind === 'string' ? kind : '', file };
  const notes = { quirks: [] as string[] };
  try {
    const vector = asVector(entry);
    const known = Object.hasOwn(kinds, vector.kind) ? kinds[vector.kind] : undefined;
    if (known === undefined) throw new Unsupported(`kind ${JSON.stringify(vector.kind)} is not known`);
    onlyKnown('input', vector.input, known.input);
    onlyKnown('params', vector.params, known.params ?? []);
    const skip = known.commentary === undefined ? commentary : new Set([...commentary, ...known.commentary]);
    compare(vector.expected, await known.run(vector, notes), '', skip);
    if (nothingCompared(vector.expected, skip)) throw new Unsupported('expected: nothing that can be compared');
    return { ...head, status: 'passed', ...quirksOf(notes) };
  } catch (e) {
    if (e instanceof Unsupported) return { ...head, status: 'unsupported', reason: e.message };
    if (
      isDlmsError(e, 'decode/unsupported') ||
      isDlmsError(e, 'security/unsupported') ||
      isDlmsError(e, 'service/unsupported')
    )
      return { ...head, status: 'unsupported', reason: e.message };
    const reason =
      e instanceof Difference || isDlmsError(e)
        ? e.message
        : `${e instanceof Error ? `${e.name}: ${e.message}` : String(e)}`;
    return { ...head, status: 'failed', reason, ...quirksOf(notes) };
  }
}
const quirksOf = ({ quirks }: { quirks: string[] }): { quirks?: string[] } =>
  quirks.length === 0 ? {} : { quirks: [...new Set(quirks)] };

function asVector(entry: unknown): Vector {
  const v = (entry ?? {}) as Record<string, unknown>;
  if (!isRecord(entry) || typeof v.id !== 'string' || typeof v.kind !== 'string')
    throw new Unsupported('not a vector: an object with id, kind, input and expected is needed');
  if (!isRecord(v.input)) throw new Unsupported('input is not an object');
  if (!isRecord(v.expected)) throw new Unsupported('expected is not an object');
  return {
    id: v.id,
    kind: v.kind,
    input: v.input,
    // Null means absent.
    params: Object.fromEntries(
      Object.entries(renamed(isRecord(v.params) ? v.params : {})).filter(([, x]) => x !== null),
    ),
    expected: v.expected,
    ...(typeof v.roundTrip === 'boolean' ? { roundTrip: v.roundTrip } : {}),
  };
}
/** Any parameter can change the meaning, so an unknown one is not ignored; only notes for people are. */
function onlyKnown(what: string, values: Readonly<Record<string, unknown>>, known: readonly string[]): void {
  for (const [name, value] of Object.entries(values))
    if (value !== null && !known.includes(name) && !commentary.has(name) && name !== 'meter' && name !== 'description')
      throw new Unsupported(`${what}.${name} is not known for this kind`);
}
const nothingCompared = (expected: unknown, skip: ReadonlySet<string>): boolean =>
  typeof expected === 'object' &&
  expected !== null &&
  Object.entries(expected).every(([k, v]) => isCommentary(k, v, skip));
