import { DlmsError } from '../core/errors.js';
import { keyIds } from '../core/key-ids.js';
import { andThen, type MaybePromise } from '../core/promise.js';
import type { SecurityContext } from './context.js';
import { requireKey, type SecurityKeys } from './keys.js';
import type { KeyHandle, KeyUse } from './providers/provider.js';

/** Name of a key that can be replaced in the meter. */
export type TransferableKey = keyof typeof keyIds;
/** All of them, in the order of their ids. */
export const transferableKeys: readonly TransferableKey[] = /* @__PURE__ */ (() =>
  Object.keys(keyIds) as TransferableKey[])();

/** The place of each among the keys of a context. */
export const slots: Readonly<
  Record<TransferableKey, 'globalUnicast' | 'globalBroadcast' | 'authentication' | 'master'>
> = {
  'global-unicast-encryption-key': 'globalUnicast',
  'global-broadcast-encryption-key': 'globalBroadcast',
  'authentication-key': 'authentication',
  'master-key': 'master',
};
/** @throws DlmsError `security/unsupported` for an id other than 0 to 3 */
export function transferableKey(keyId: number): TransferableKey {
  const found = Object.entries(keyIds).find(([, id]) => id === keyId);
  if (found === undefined) throw new DlmsError('security/unsupported', { what: `key-id ${keyId}` });
  return found[0] as TransferableKey;
}

/** The master key wraps keys and ciphers no messages. */
export const useOf = (name: TransferableKey): KeyUse => (name === 'master-key' ? 'wrapping' : 'ciphering');

/** One element of the parameter of the Security setup method key_transfer. */
export interface WrappedNewKey {
  readonly keyId: number;
  /** The key, wrapped under the master key (AES key wrap): 24 or 40 octets. */
  readonly keyWrapped: Uint8Array;
}

/** New keys, as handles that can be wrapped. */
export type NewKeys = Readonly<Partial<Record<TransferableKey, KeyHandle>>>;

/** A new random key of the right kind, which leaves the provider only wrapped under a key encrypting key. */
export function generateTransferableKey(context: SecurityContext, name: TransferableKey): MaybePromise<KeyHandle> {
  const { aes, keyLength } = context.suite;
  return context.provider.generateKey(name === 'authentication-key' ? 'secret' : aes, {
    use: useOf(name),
    wrappable: true,
    length: keyLength,
  });
}
/**
 * Wraps new keys under the master key of the context, for key_transfer.
 * @throws DlmsError `security/missing-key`, `security/invalid-key`
 */
export function wrapKeys(context: SecurityContext, keys: NewKeys): MaybePromise<readonly WrappedNewKey[]> {
  const kek = requireKey(context.keys.master, 'master-key');
  const entries = Object.entries(keys) as [TransferableKey, KeyHandle][];
  return inOrder(entries, ([name, key]) =>
    andThen(context.provider.wrap(kek, key), (keyWrapped) => ({ keyId: keyIds[name], keyWrapped })),
  );
}
/**
 * The meter's side of key_transfer: unwraps all keys or none.
 * @throws DlmsError `security/authentication-failed` when one does not unwrap (wrong master key, changed octets, wrong
 *   length for the suite)
 */
export function unwrapKeys(
  context: SecurityContext,
  transferred: readonly WrappedNewKey[],
): MaybePromise<SecurityKeys> {
  const { provider, suite } = context;
  const kek = requireKey(context.keys.master, 'master-key');
  const made: KeyHandle[] = [];
  const unwrapped = (): MaybePromise<readonly (readonly [string, KeyHandle])[]> =>
    inOrder(transferred, ({ keyId, keyWrapped }) => {
      const name = transferableKey(keyId);
      const bad = (): DlmsError => new DlmsError('security/authentication-failed', { what: `wrapped ${name}` });
      // Whatever unwraps from another length is not a key of this suite.
      if (keyWrapped.length !== suite.keyLength + 8) throw bad();
      return andThen(
        provider.unwrap(kek, keyWrapped, name === 'authentication-key' ? 'secret' : suite.aes, { use: useOf(name) }),
        (key) => {
          if (key === undefined) throw bad();
          made.push(key);
          return [slots[name], key] as const;
        },
      );
    });
  const discard = (e: unknown): never => {
    for (const key of made) key.destroy();
    throw e;
  };
  const named = (): MaybePromise<SecurityKeys> =>
    andThen(unwrapped(), (list) => {
      if (new Set(list.map(([slot]) => slot)).size !== list.length)
        throw new DlmsError('security/invalid-key', { reason: 'the same key-id twice in a key transfer' });
      return Object.fromEntries(list) as SecurityKeys;
    });
  try {
    const keys = named();
    return keys instanceof Promise ? keys.catch(discard) : keys;
  } catch (e) {
    return discard(e);
  }
}

/** Runs the steps one after the other, synchronously as long as every step is. */
export function inOrder<T, R>(items: readonly T[], step: (item: T) => MaybePromise<R>): MaybePromise<readonly R[]> {
  const out: R[] = [];
  const next = (i: number): MaybePromise<readonly R[]> =>
    i === items.length
      ? out
      : andThen(step(items[i] as T), (result) => {
          out.push(result);
          return next(i + 1);
        });
  return next(0);
}
