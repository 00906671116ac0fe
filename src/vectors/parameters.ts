import { parseHex } from '../core/hex.js';
import type { DecompressOptions } from '../security/v44/decompress.js';
import { Unsupported, type Vector } from './vector.js';

// The inputs and parameters of vectors: their names, and readers whose errors name them.

/** Parameters for which authors use several names; the first is the one used here. */
const spellings: readonly (readonly [string, ...string[]])[] = [
  ['broadcastKey', 'globalBroadcastKey', 'broadcastEncryptionKey'],
  ['masterKey', 'kek'],
  ['systemTitle', 'originatorSystemTitle'],
  ['ownSystemTitle', 'recipientSystemTitle'],
  ['clientSystemTitle', 'systemTitleClient'],
  ['serverSystemTitle', 'systemTitleServer'],
  ['suite', 'securitySuite'],
  ['signaturePublicKey', 'originatorSigningKey', 'originatorPublicKey'],
  ['agreementPrivateKey', 'privateKey'],
  ['iv', 'initializationVector', 'IV'],
  ['secret', 'password'],
  ['policy', 'securityPolicy'],
  ['last', 'lastAccepted', 'lastInvocationCounter', 'lastCounter', 'previous', 'stored', 'highest'],
];
/** The same parameters under the first of their names. */
export function renamed(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const out: Record<string, unknown> = { ...given };
  for (const [name, ...others] of spellings)
    for (const other of others) {
      if (Object.hasOwn(out, other)) out[name] ??= out[other];
      delete out[other];
    }
  return out;
}

/** Keys, titles and the suite: the parameters that a context is made from. */
export const securityParams: readonly string[] = [
  ...['encryptionKey', 'authenticationKey', 'dedicatedKey', 'broadcastKey', 'masterKey', 'agreedKey', 'suite', 'curve'],
  ...['systemTitle', 'ownSystemTitle', 'clientPublicKey', 'serverPublicKey', 'signaturePublicKey'],
  ...['agreementPrivateKey', 'peerPublicKey'],
];
/** The parameters that {@link packetOptions} reads. */
export const packetParams: readonly string[] = ['maxOutput', 'maxString', 'ordinalBits', 'note'];
/** The names for an ordered list of frames, APDUs, blocks or counters. */
export const sequenceNames: readonly string[] = [
  ...['cases', 'frames', 'apdus', 'blocks', 'messages', 'sequence'],
  ...['counters', 'invocationCounters', 'received'],
];

/** The octets of an input. */
export function octets(vector: Vector, name: string): Uint8Array {
  return asOctets(vector.input[name], `input.${name}`);
}
export function asOctets(value: unknown, what: string): Uint8Array {
  if (typeof value !== 'string') throw new Unsupported(`${what}: hex expected`);
  return parseHex(value);
}
/** The octets of the first of these parameters that is present. */
export function octetsParam(vector: Vector, ...names: string[]): Uint8Array | undefined {
  const name = names.find((n) => vector.params[n] !== undefined);
  return name === undefined ? undefined : asOctets(vector.params[name], `params.${name}`);
}
export function neededParam(vector: Vector, ...names: string[]): Uint8Array {
  const value = octetsParam(vector, ...names);
  if (value === undefined) throw new Unsupported(`params.${names.join(' or params.')} is missing`);
  return value;
}
export function numberParam(vector: Vector, name: string): number | undefined {
  const value = vector.params[name];
  if (value !== undefined && typeof value !== 'number') throw new Unsupported(`params.${name}: number expected`);
  return value;
}
export function textParam(vector: Vector, name: string): string | undefined {
  const value = vector.params[name];
  if (value !== undefined && typeof value !== 'string') throw new Unsupported(`params.${name}: text expected`);
  return value;
}
/** A parameter that must be one of these words, or absent. */
export function wordParam<W extends string>(vector: Vector, name: string, known: readonly W[]): W | undefined {
  const value = vector.params[name];
  if (value === undefined || known.includes(value as W)) return value as W | undefined;
  throw new Unsupported(`${name} ${JSON.stringify(value)} is not known`);
}

/**
 * How to read a V.44 packet: `maxOutput`, and unusual parameters of its sender: `maxString` and `ordinalBits`, or `n7`
 * and `initialOrdinalBits` in a note `made with {…}`.
 */
export function packetOptions(vector: Vector): DecompressOptions {
  const { n7, initialOrdinalBits } = madeWith(vector);
  const maxString = numberParam(vector, 'maxString') ?? n7;
  const ordinalBits = numberParam(vector, 'ordinalBits') ?? initialOrdinalBits;
  return {
    maxOutput: numberParam(vector, 'maxOutput') ?? 0xffff,
    ...(maxString === undefined ? {} : { maxString }),
    ...(ordinalBits === undefined ? {} : { ordinalBits: ordinalBits as 7 | 8 }),
  };
}
function madeWith(vector: Vector): { n7?: number; initialOrdinalBits?: number } {
  const record = /^made with (\{.*\})$/.exec(textParam(vector, 'note') ?? '')?.[1];
  if (record === undefined) return {};
  try {
    return JSON.parse(record) as { n7?: number; initialOrdinalBits?: number };
  } catch {
    throw new Unsupported('params.note: no JSON in it');
  }
}

/** The inputs of a vector that has one (`hex`) or several (`cases`). */
export function cases(vector: Vector): Uint8Array[] {
  const { hex, cases: list } = vector.input;
  if (typeof hex === 'string') return [parseHex(hex)];
  if (Array.isArray(list)) return list.map((c, i) => asOctets(c, `input.cases[${i}]`));
  throw new Unsupported('input: hex or cases expected');
}
/** The first list among the inputs. */
export const sequenceList = (vector: Vector): readonly unknown[] | undefined =>
  Object.values(vector.input).find(Array.isArray);
export interface Entry {
  readonly octets: Uint8Array;
  readonly direction: string | undefined;
  readonly connection: string | undefined;
}
/** Frames, APDUs or cases in order: plain hex, or records with `hex`, `direction` and `connection`. */
export function sequence(vector: Vector): Entry[] {
  return (sequenceList(vector) ?? [vector.input.hex]).map((entry, i) => {
    const record = (typeof entry === 'string' ? { hex: entry } : (entry ?? {})) as Record<string, unknown>;
    const hex = record.hex ?? record.apdu ?? record.frame ?? record.plaintext;
    const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
    return {
      octets: asOctets(hex, `input[${i}]`),
      direction: text(record.direction),
      connection: text(record.connection),
    };
  });
}
