import { runVector } from '../../src/vectors/index.js';
import { readVectorFiles } from '../../src/vectors/node.js';

export interface Entry {
  readonly id: string;
  readonly kind: string;
  readonly roundTrip?: boolean;
  input: Record<string, unknown>;
  params?: Record<string, unknown>;
  expected: Record<string, unknown>;
}
export const files = await readVectorFiles('test/vectors');
/** Every vector of the project, with its file. */
export const entries = files.flatMap((f) => (f.vectors as Entry[]).map((v) => [f.name, v] as const));
/** One of them, to be changed at will. */
export const vector = (id: string): Entry => structuredClone(entries.find(([, v]) => v.id === id)?.[1] as Entry);

/** `passed`, or what became of it and why. */
export async function outcome(kind: string, input: object, expected: object, params: object = {}): Promise<string> {
  const { status, reason } = await runVector('', { id: 'x', kind, input, params, expected });
  return status === 'passed' ? status : `${status}: ${reason}`;
}

/** Park and Miller, so that a failure comes again. */
export function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
}
export const sample = <T>(list: readonly T[], count: number, pick: (below: number) => number): readonly T[] =>
  list.length <= count ? list : Array.from({ length: count }, () => list[pick(list.length)] as T);

export type Path = readonly (string | number)[];
export function* leaves(value: unknown, skip: ReadonlySet<string> = new Set(), path: Path = []): Generator<Path> {
  if (typeof value !== 'object' || value === null) yield path;
  else
    for (const [k, v] of Object.entries(value))
      if (!skip.has(k)) yield* leaves(v, skip, [...path, Array.isArray(value) ? Number(k) : k]);
}
export const valueAt = (root: unknown, path: Path): unknown =>
  path.reduce<unknown>((v, key) => (v as Record<string | number, unknown>)[key], root);
/** A copy with another value at this place. */
export function withValue<T>(root: T, path: Path, value: unknown): T {
  const copy = structuredClone(root);
  const parent = valueAt(copy, path.slice(0, -1)) as Record<string | number, unknown>;
  parent[path.at(-1) as string | number] = value;
  return copy;
}
/** Another value of the same kind: of XML a character of the first text is changed, of other text the last one. */
export function changed(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (typeof value !== 'string') return 'other';
  if (value === 'accept' || value === 'reject') return value === 'accept' ? 'reject' : 'accept';
  const text = value.startsWith('<') ? value.search(/>[^<>]+<\//) + 1 : value.length - 1;
  const at = value.startsWith('<') && text === 0 ? value.length - 3 : text;
  return value === '' ? '00' : `${value.slice(0, at)}${value[at] === '0' ? '1' : '0'}${value.slice(at + 1)}`;
}
