import { equalBytes } from '../core/bytes.js';
import { formatHex } from '../core/hex.js';
import { ivOf } from '../security/ciphering.js';
import { SecurityContext, type SecurityContextOptions } from '../security/context.js';
import { InvocationCounters } from '../security/counters.js';
import { importKeys } from '../security/keys.js';
import { clearPolicy } from '../security/policy.js';
import { nobleProvider } from '../security/providers/noble.js';
import type { Curve, KeyHandle, KeyUse } from '../security/providers/provider.js';
import { VolatileStore } from '../store/store.js';
import { unsigned } from './forms.js';
import { neededParam, numberParam, octetsParam } from './parameters.js';
import { Difference, Unsupported, type Vector } from './vector.js';

// Keys and contexts from the parameters of a vector.

/** A synchronous provider with deterministic signatures (RFC 6979), as the vectors require. */
export const provider: typeof nobleProvider = nobleProvider;

/** The control octet: a number, hex, or a record with `raw`. */
export function controlOctetParam(vector: Vector): number | undefined {
  const given = vector.params.securityControl;
  const value = typeof given === 'object' && given !== null && 'raw' in given ? given.raw : given;
  if (value === undefined || typeof value === 'number') return value;
  if (typeof value === 'string' && /^(0x)?[\da-f]{1,2}$/i.test(value))
    return Number.parseInt(value.replace(/^0x/i, ''), 16);
  throw new Unsupported('params.securityControl: an octet in hex expected');
}

export type Suite = 0 | 1 | 2;
/** @throws Unsupported for any other number */
export function asSuite(suite: number): Suite {
  if (suite !== 0 && suite !== 1 && suite !== 2) throw new Unsupported(`security suite ${suite}`);
  return suite;
}
/**
 * The suite: suite 2 if it is stated or the keys are that long; otherwise that of the octets, or else the stated one.
 * @param nibble the suite in the octets; some meters write suite 1 and use suite 0
 */
export function suiteOf(vector: Vector, nibble?: number): Suite {
  const stated = numberParam(vector, 'suite');
  const key = octetsParam(vector, 'encryptionKey', 'dedicatedKey', 'broadcastKey', 'authenticationKey');
  const suite = stated === undefined ? ((key?.length ?? 16) > 16 ? 2 : 0) : asSuite(stated);
  return suite === 2 || nibble === undefined || nibble > 2 ? suite : (nibble as Suite);
}

export interface ContextOptions {
  readonly suite: Suite;
  /** The own title. Default: a placeholder. */
  readonly own?: Uint8Array | undefined;
  readonly peer?: Uint8Array | undefined;
  readonly counter?: number | undefined;
  readonly policy?: SecurityContextOptions['policy'];
  /** The own signature key, and that of the peer if the vector names several. */
  readonly signing?: Uint8Array;
  readonly peerSigning?: Uint8Array;
  /** A key of the vector that must not be used. */
  readonly without?: string;
}
/**
 * A context with the keys of the vector. Without a policy, any protection is accepted: vectors state what they expect.
 */
export async function contextOf(vector: Vector, options: ContextOptions): Promise<SecurityContext> {
  const { suite, own, peer, counter, policy, without } = options;
  const key = (...names: string[]): Uint8Array | undefined =>
    octetsParam(vector, ...names.filter((n) => n !== without));
  const keys = await importKeys(provider, suite, {
    globalUnicast: key('encryptionKey', 'dedicatedKey'),
    authentication: key('authenticationKey'),
    globalBroadcast: key('broadcastKey', 'encryptionKey'),
    master: key('masterKey'),
    ...(suite === 0
      ? {}
      : {
          signing: options.signing,
          peerSigning: options.peerSigning ?? key('signaturePublicKey'),
          agreement: key('agreementPrivateKey'),
          peerAgreement: key('peerPublicKey'),
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
    // A vector can use one key for several purposes.
    unsafelyEqualKeys: true,
    acceptSignaturesWithoutRecipient: true,
    // Some meters write a suite other than the one they use; the key length decides.
    acceptSuites: suite === 2 ? [2] : [0, 1],
  });
  const dedicated = key('dedicatedKey');
  if (dedicated !== undefined) await context.takeDedicatedKey(dedicated);
  return context;
}
const placeholderTitle = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);

export const aesOf = (key: Uint8Array): 'AES-128' | 'AES-256' => (key.length === 32 ? 'AES-256' : 'AES-128');
export const aesKey = async (key: Uint8Array, use: KeyUse = 'ciphering'): Promise<KeyHandle> =>
  provider.importKey(aesOf(key), key, { use });
export function curveParam(vector: Vector, octets: Uint8Array, perCoordinate: 1 | 2): Curve {
  const { curve } = vector.params;
  if (curve === 'P-256' || curve === 'P-384') return curve;
  if (curve !== undefined) throw new Unsupported(`curve ${String(curve)}`);
  return octets.length === 48 * perCoordinate ? 'P-384' : 'P-256';
}

/**
 * Whether a secret is the expected one (undefined: none is expected), found out by using it, as handles do not reveal
 * octets.
 */
export async function isSecret(secret: KeyHandle, expected: unknown): Promise<boolean | undefined> {
  if (typeof expected !== 'string') return undefined;
  const wanted = Uint8Array.from(expected.match(/../g) ?? [], (octet) => Number.parseInt(octet, 16));
  const { algorithm } = secret;
  const isAes = algorithm === 'AES-128' || algorithm === 'AES-256';
  if (isAes && wanted.length !== secret.length) return false;
  const reference = await provider.importKey(isAes ? (algorithm as 'AES-128') : 'secret', wanted);
  const sample = async (key: KeyHandle): Promise<string> =>
    formatHex(isAes ? await provider.encryptBlock(key, new Uint8Array(16)) : await provider.digest('SHA-256', [key]));
  return (await sample(secret)) === (await sample(reference));
}
/** The secret as it appears in a result: its expected octets if it is the expected one. */
export async function secretNotation(secret: KeyHandle, expected: unknown): Promise<unknown> {
  const same = await isSecret(secret, expected);
  return same === undefined ? undefined : same ? expected : 'another secret';
}

/**
 * The title and counter of the sender, given as such or as an initialization vector; if both are given, they must
 * agree.
 */
export function senderParams(vector: Vector): { readonly title: Uint8Array; readonly counter: number } {
  const iv = octetsParam(vector, 'iv');
  const title = octetsParam(vector, 'systemTitle') ?? iv?.subarray(0, 8);
  const counter = numberParam(vector, 'invocationCounter') ?? (iv === undefined ? undefined : unsigned(iv.subarray(8)));
  if (title === undefined || counter === undefined)
    throw new Unsupported('params: systemTitle and invocationCounter expected');
  sameIv(iv, title, counter);
  return { title, counter };
}
/** @throws Difference when the given initialization vector does not consist of this title and counter */
export function sameIv(iv: Uint8Array | undefined, title: Uint8Array, counter: number): void {
  const computed = ivOf(title, counter);
  if (iv !== undefined && !equalBytes(iv, computed)) throw new Difference(`iv: ${formatHex(computed)} computed`);
}
/** The initialization vector: the given one, or title and counter. */
export function ivParam(vector: Vector): Uint8Array {
  const given = octetsParam(vector, 'iv');
  if (given !== undefined) return given;
  const counter = numberParam(vector, 'invocationCounter');
  if (counter === undefined) throw new Unsupported('params.iv is missing');
  return ivOf(neededParam(vector, 'systemTitle'), counter);
}
