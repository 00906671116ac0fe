import { concat } from '../core/bytes.js';
import { formatHex } from '../core/hex.js';
import { importKeys, SecurityContext, type SecurityContextOptions } from '../security/context.js';
import { InvocationCounters } from '../security/counters.js';
import { clearPolicy } from '../security/policy.js';
import { nobleProvider } from '../security/providers/noble.js';
import type { Curve, KeyHandle } from '../security/providers/provider.js';
import { VolatileStore } from '../store/store.js';
import { hexText, type Matcher } from './compare.js';
import { neededParam, numberParam, octetsParam } from './values.js';
import { Unsupported, type Vector } from './vector.js';

// Keys and contexts from the parameters of a vector.

/** The provider that answers at once and whose signatures are deterministic (RFC 6979), as the vectors want them. */
export const provider: typeof nobleProvider = nobleProvider;

/** Names of parameters that {@link contextOf} reads. */
export const securityParams: readonly string[] = [
  'encryptionKey',
  'authenticationKey',
  'dedicatedKey',
  'broadcastKey',
  'globalBroadcastKey',
  'broadcastEncryptionKey',
  'masterKey',
  'kek',
  'systemTitle',
  'originatorSystemTitle',
  'recipientSystemTitle',
  'suite',
  'securitySuite',
  'clientPublicKey',
  'serverPublicKey',
  'signaturePublicKey',
  'originatorSigningKey',
  'originatorPublicKey',
  'agreementPrivateKey',
  'privateKey',
  'peerPublicKey',
  'agreedKey',
  'curve',
];

/** A number that may also be written in hex, as the control octet is. */
export function controlOctetParam(vector: Vector): number | undefined {
  const value = vector.params.securityControl;
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && /^(0x)?[\da-f]{1,2}$/i.test(value))
    return Number.parseInt(value.replace(/^0x/i, ''), 16);
  if (typeof value === 'object' && 'raw' in value && typeof value.raw === 'string')
    return Number.parseInt(value.raw, 16);
  throw new Unsupported('params.securityControl: an octet in hex expected');
}

/** The suite whose keys are as long as the one given. */
export function suiteOf(vector: Vector, nibble?: number): 0 | 1 | 2 {
  const stated = numberParam(vector, 'suite') ?? numberParam(vector, 'securitySuite') ?? nibble;
  if (stated === 0 || stated === 1 || stated === 2) return stated;
  if (stated !== undefined) throw new Unsupported(`security suite ${stated}`);
  return (octetsParam(vector, 'encryptionKey', 'dedicatedKey', 'broadcastKey', 'authenticationKey')?.length ?? 16) > 16
    ? 2
    : 0;
}

const placeholderTitle = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
export interface ContextOptions {
  readonly suite: 0 | 1 | 2;
  /** Own title; default: nobody's. */
  readonly own?: Uint8Array | undefined;
  readonly peer?: Uint8Array | undefined;
  readonly counter?: number | undefined;
  readonly policy?: SecurityContextOptions['policy'];
}
/** A context with the keys of the vector. Whatever protection the octets have is accepted, unless a policy is given: vectors say what they expect. */
export async function contextOf(
  vector: Vector,
  { suite, own, peer, counter, policy }: ContextOptions,
): Promise<SecurityContext> {
  const keys = await importKeys(provider, suite, {
    globalUnicast: octetsParam(vector, 'encryptionKey', 'dedicatedKey'),
    authentication: octetsParam(vector, 'authenticationKey'),
    globalBroadcast:
      octetsParam(vector, 'broadcastKey', 'globalBroadcastKey', 'broadcastEncryptionKey') ??
      octetsParam(vector, 'encryptionKey'),
    master: octetsParam(vector, 'masterKey', 'kek'),
    ...(suite === 0
      ? {}
      : {
          peerSigning: octetsParam(vector, 'signaturePublicKey', 'originatorSigningKey', 'originatorPublicKey'),
          agreement: octetsParam(vector, 'agreementPrivateKey', 'privateKey'),
          peerAgreement: octetsParam(vector, 'peerPublicKey'),
        }),
  });
  const context = new SecurityContext({
    provider,
    suite,
    systemTitle: own ?? placeholderTitle,
    peerSystemTitle: peer,
    keys,
    counters: new InvocationCounters(new VolatileStore(), { initial: counter ?? 1 }),
    policy: policy ?? clearPolicy,
    broadcast: true,
    // A vector names the key that it needs, perhaps one for all.
    unsafelyEqualKeys: true,
    acceptSignaturesWithoutRecipient: true,
    // Some meters write another suite than the one whose algorithms they use; the key length decides.
    acceptSuites: suite === 2 ? [2] : [0, 1],
  });
  const dedicated = octetsParam(vector, 'dedicatedKey');
  if (dedicated !== undefined) await context.takeDedicatedKey(dedicated);
  return context;
}

export const aesOf = (key: Uint8Array): 'AES-128' | 'AES-256' => (key.length === 32 ? 'AES-256' : 'AES-128');
export const aesKey = async (key: Uint8Array): Promise<KeyHandle> => provider.importKey(aesOf(key), key);
export function curveParam(vector: Vector, octets: Uint8Array, perCoordinate: 1 | 2): Curve {
  const { curve } = vector.params;
  if (curve === 'P-256' || curve === 'P-384') return curve;
  if (curve !== undefined && curve !== null) throw new Unsupported(`curve ${String(curve)}`);
  return octets.length === 48 * perCoordinate ? 'P-384' : 'P-256';
}

/** Handles never give their octets out: a secret is shown to be the expected one by what it does. */
export async function secretNotation(secret: KeyHandle, expected: unknown): Promise<Matcher | undefined> {
  if (typeof expected !== 'string') return undefined;
  const wanted = Uint8Array.from(expected.match(/../g) ?? [], (octet) => Number.parseInt(octet, 16));
  const isAes = secret.algorithm === 'AES-128' || secret.algorithm === 'AES-256';
  if (isAes && wanted.length !== secret.length) return hexText('a key of another length');
  const reference = isAes
    ? await provider.importKey(secret.algorithm as 'AES-128', wanted)
    : await provider.importKey('secret', wanted);
  const sample = async (key: KeyHandle): Promise<string> =>
    formatHex(isAes ? await provider.encryptBlock(key, new Uint8Array(16)) : await provider.digest('SHA-256', [key]));
  return hexText((await sample(secret)) === (await sample(reference)) ? expected : 'another secret');
}
/** The initialization vector: given, or title and counter. */
export function ivParam(vector: Vector): Uint8Array {
  const given = octetsParam(vector, 'iv', 'initializationVector', 'IV');
  if (given !== undefined) return given;
  const counter = numberParam(vector, 'invocationCounter');
  if (counter === undefined) throw new Unsupported('params.iv is missing');
  return concat(neededParam(vector, 'systemTitle', 'originatorSystemTitle'), counterOctets(counter));
}
export const counterOctets = (counter: number): Uint8Array =>
  Uint8Array.of(counter >>> 24, counter >>> 16, counter >>> 8, counter);
