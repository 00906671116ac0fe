import { parseHex } from '../core/hex.js';
import { Unsupported, type Vector } from './vector.js';

// Inputs and parameters of vectors, read with a complaint that names them.

/** Octets of an input. */
export function octets(vector: Vector, name: string): Uint8Array {
  return asOctets(vector.input[name], `input.${name}`);
}
export function asOctets(value: unknown, what: string): Uint8Array {
  if (typeof value !== 'string') throw new Unsupported(`${what}: hex expected`);
  return parseHex(value);
}
/** Octets of a parameter; undefined when it is absent or null. */
export function octetsParam(vector: Vector, ...names: string[]): Uint8Array | undefined {
  for (const name of names) {
    const value = vector.params[name];
    if (value !== undefined && value !== null) return asOctets(value, `params.${name}`);
  }
  return undefined;
}
export function neededParam(vector: Vector, ...names: string[]): Uint8Array {
  const value = octetsParam(vector, ...names);
  if (value === undefined) throw new Unsupported(`params.${names.join(' or params.')} is missing`);
  return value;
}
export function numberParam(vector: Vector, name: string): number | undefined {
  const value = vector.params[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number') throw new Unsupported(`params.${name}: number expected`);
  return value;
}
export function textParam(vector: Vector, name: string): string | undefined {
  const value = vector.params[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new Unsupported(`params.${name}: text expected`);
  return value;
}
/** The inputs of a vector with one (`hex`) or several (`cases`) of them, as hex text. */
export function cases(vector: Vector): string[] {
  const { hex, cases: list } = vector.input;
  if (typeof hex === 'string') return [hex];
  if (Array.isArray(list) && list.every((c) => typeof c === 'string')) return list;
  throw new Unsupported('input: hex or cases expected');
}
/** Frames, APDUs or cases in order: hex alone, or records with `hex` and `direction`. */
export function sequenceInput(
  vector: Vector,
): { hex: string; direction: string | undefined; record: Readonly<Record<string, unknown>> }[] {
  const list = Object.values(vector.input).find(Array.isArray) as unknown[] | undefined;
  if (list === undefined) return cases(vector).map((hex) => ({ hex, direction: undefined, record: {} }));
  return list.map((entry, i) => {
    if (typeof entry === 'string') return { hex: entry, direction: undefined, record: {} };
    const record = (entry ?? {}) as Record<string, unknown>;
    const hex = record.hex ?? record.apdu ?? record.frame ?? record.plaintext;
    if (typeof hex !== 'string') throw new Unsupported(`input[${i}]: hex expected`);
    return { hex, direction: typeof record.direction === 'string' ? record.direction : undefined, record };
  });
}
