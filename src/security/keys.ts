import { DlmsError } from '../core/errors.js';
import { formatHex } from '../core/hex.js';
import type { MaybePromise } from '../core/promise.js';
import type {
  CryptoProvider,
  KeyHandle,
  KeyPair,
  KeyUse,
  PrivateKeyAlgorithm,
  PublicKey,
} from './providers/provider.js';
import { type SecuritySuite, securitySuite } from './suites.js';

/**
 * Everything one side knows: its own secrets as handles, and the public keys of the peer. When a message needs a key
 * that is absent, the error names it.
 */
export interface SecurityKeys {
  /** Part of the additional authenticated data; as long as the encryption keys. */
  readonly authentication?: KeyHandle | undefined;
  readonly globalUnicast?: KeyHandle | undefined;
  readonly globalBroadcast?: KeyHandle | undefined;
  /** For this association; see {@link SecurityContext.newDedicatedKey}. */
  readonly dedicated?: KeyHandle | undefined;
  /** Key encrypting key (KEK). */
  readonly master?: KeyHandle | undefined;
  readonly signing?: KeyPair | undefined;
  readonly agreement?: KeyPair | undefined;
  readonly peerSigning?: PublicKey | undefined;
  readonly peerAgreement?: PublicKey | undefined;
}
/** Names of the keys in reports and errors; the first four are the key-ids of the Security setup. */
export type KeyName =
  | 'global-unicast-encryption-key'
  | 'global-broadcast-encryption-key'
  | 'authentication-key'
  | 'master-key'
  | 'dedicated-key'
  | 'wrapped-key'
  | 'agreed-key'
  | 'given-key';

/**
 * Keys for `importKeys`: octets or handles; private keys as scalars or key pairs, public keys as x and y or as
 * public key objects.
 */
export interface KeyMaterial {
  readonly authentication?: Uint8Array | KeyHandle | undefined;
  readonly globalUnicast?: Uint8Array | KeyHandle | undefined;
  readonly globalBroadcast?: Uint8Array | KeyHandle | undefined;
  readonly master?: Uint8Array | KeyHandle | undefined;
  /** Digital signature key: its scalar, or the pair. */
  readonly signing?: Uint8Array | KeyPair | undefined;
  /** Key agreement key: its scalar, or the pair. */
  readonly agreement?: Uint8Array | KeyPair | undefined;
  /** Digital signature key of the peer: its point (x and y), or the key. */
  readonly peerSigning?: Uint8Array | PublicKey | undefined;
  /** Key agreement key of the peer: its point (x and y), or the key. */
  readonly peerAgreement?: Uint8Array | PublicKey | undefined;
}
/**
 * Imports key octets as handles; the caller may overwrite its own copy afterwards.
 * @throws DlmsError `security/invalid-key` for a length that does not fit the suite, `security/unsupported` for
 *   asymmetric keys in suite 0; no handle made on the way is left then
 */
export function importKeys(provider: CryptoProvider, suite: number, keys: KeyMaterial): MaybePromise<SecurityKeys> {
  const { aes, curve } = securitySuite(suite);
  const made: MaybePromise<KeyHandle | KeyPair>[] = [];
  const ours = <T extends KeyHandle | KeyPair>(key: MaybePromise<T>): MaybePromise<T> => {
    made.push(key);
    return key;
  };
  const destroyed = (key: KeyHandle | KeyPair): void => ('privateKey' in key ? key.privateKey : key).destroy();
  const pair = (use: 'ECDSA' | 'ECDH', key: Uint8Array | KeyPair | undefined): MaybePromise<KeyPair | undefined> => {
    if (!(key instanceof Uint8Array)) return key;
    return ours(provider.importPrivateKey(`${use} ${needCurve(curve)}` as PrivateKeyAlgorithm, key));
  };
  const symmetric = (
    algorithm: 'AES-128' | 'AES-256' | 'secret',
    key: Uint8Array | KeyHandle | undefined,
    use: KeyUse = 'ciphering',
  ): MaybePromise<KeyHandle | undefined> =>
    key instanceof Uint8Array ? ours(provider.importKey(algorithm, key, { use })) : key;
  const open = (key: Uint8Array | PublicKey | undefined): PublicKey | undefined =>
    key instanceof Uint8Array ? { curve: needCurve(curve), octets: key.slice() } : key;
  const all = (): [keyof SecurityKeys, MaybePromise<unknown>][] => [
    ['authentication', symmetric('secret', keys.authentication)],
    ['globalUnicast', symmetric(aes, keys.globalUnicast)],
    ['globalBroadcast', symmetric(aes, keys.globalBroadcast)],
    ['master', symmetric(aes, keys.master, 'wrapping')],
    ['signing', pair('ECDSA', keys.signing)],
    ['agreement', pair('ECDH', keys.agreement)],
    ['peerSigning', open(keys.peerSigning)],
    ['peerAgreement', open(keys.peerAgreement)],
  ];
  const finish = (names: readonly string[], values: readonly unknown[]): SecurityKeys => {
    const out = Object.fromEntries(
      names.map((name, i) => [name, values[i]] as const).filter(([, v]) => v !== undefined),
    ) as SecurityKeys;
    checkKeys(securitySuite(suite), out);
    return out;
  };
  try {
    const entries = all();
    const names = entries.map(([name]) => name);
    const values = entries.map(([, v]) => v);
    if (!values.some((v) => v instanceof Promise)) return finish(names, values);
    return Promise.all(values)
      .then((found) => finish(names, found))
      .catch(async (e: unknown) => {
        for (const key of await Promise.allSettled(made)) if (key.status === 'fulfilled') destroyed(key.value);
        throw e;
      });
  } catch (e) {
    for (const key of made) {
      if (key instanceof Promise) key.then(destroyed, () => {});
      else destroyed(key);
    }
    throw e;
  }
}
function needCurve(curve: 'P-256' | 'P-384' | undefined): 'P-256' | 'P-384' {
  if (curve === undefined)
    throw new DlmsError('security/unsupported', { what: 'public key cryptography in security suite 0' });
  return curve;
}

/** Public keys are not secret: the first 16 octets of x tell them apart. */
export const nameOfPoint = ({ octets }: PublicKey): string => formatHex(octets.subarray(0, 16));

/** Returns the key, or throws `security/missing-key` with its name. */
export function requireKey<T>(key: T | undefined, name: string): T {
  if (key === undefined) throw new DlmsError('security/missing-key', { key: name });
  return key;
}

export function checkKeys(suite: SecuritySuite, keys: SecurityKeys): void {
  const bad = (name: string, needed: string): never => {
    throw new DlmsError('security/invalid-key', { reason: `${name} of suite ${suite.id} must be ${needed}` });
  };
  for (const name of ['globalUnicast', 'globalBroadcast', 'dedicated', 'master'] as const)
    if (keys[name] !== undefined && keys[name].algorithm !== suite.aes) bad(name, suite.aes);
  if (
    keys.authentication !== undefined &&
    (keys.authentication.algorithm !== 'secret' || keys.authentication.length !== suite.keyLength)
  )
    bad('authentication', `a secret of ${suite.keyLength} octets`);
  const { curve } = suite;
  if (keys.signing !== undefined && keys.signing.privateKey.algorithm !== `ECDSA ${curve}`)
    bad('signing', `ECDSA ${curve}`);
  if (keys.agreement !== undefined && keys.agreement.privateKey.algorithm !== `ECDH ${curve}`)
    bad('agreement', `ECDH ${curve}`);
  for (const name of ['peerSigning', 'peerAgreement'] as const)
    if (keys[name] !== undefined && keys[name].curve !== curve) bad(name, `a point of ${curve}`);
}
export const sameKey = (a: KeyHandle, b: KeyHandle | undefined): boolean =>
  b !== undefined && a.fingerprint === b.fingerprint;
/**
 * One key under two names defeats both: the whole group would have the unicast key, and messages under a global key
 * could be replayed under the dedicated key, which remembers nothing of them.
 * @throws DlmsError `security/invalid-key`
 */
export function checkDistinct({ globalUnicast, globalBroadcast, dedicated }: SecurityKeys): void {
  const refuse = (a: KeyName, b: KeyName): never => {
    throw new DlmsError('security/invalid-key', { reason: `the ${a} is the same as the ${b}` });
  };
  if (globalBroadcast !== undefined && sameKey(globalBroadcast, globalUnicast))
    refuse('global-broadcast-encryption-key', 'global-unicast-encryption-key');
  if (dedicated !== undefined && sameKey(dedicated, globalUnicast))
    refuse('dedicated-key', 'global-unicast-encryption-key');
  if (dedicated !== undefined && sameKey(dedicated, globalBroadcast))
    refuse('dedicated-key', 'global-broadcast-encryption-key');
}
