import { DlmsError } from '../core/errors.js';
import { formatHex, parseHex } from '../core/hex.js';
import { andThen, type MaybePromise } from '../core/promise.js';
import type { Store } from '../store/store.js';
import type { SecurityContext } from './context.js';
import { inOrder, type NewKeys, slots, type TransferableKey, transferableKeys, useOf } from './key-wrap.js';
import { requireKey } from './keys.js';
import type { KeyHandle } from './providers/provider.js';

/** Where new keys are kept while nobody knows which ones the meter has. */
export interface PendingKeysOptions {
  /**
   * Receives the new keys, wrapped, before the first message is sent: from then on they may be the only ones that work.
   */
  readonly pending: Store;
  /**
   * The key under which they are wrapped, made for `wrapping`. Default: the master key of the context, as it was before
   * the change.
   */
  readonly storageKey?: KeyHandle;
}
/** A stored change. Without keys: an agreement was begun, and nobody knows how far it got. */
export interface PendingKeys {
  readonly keys: NewKeys;
  /**
   * Whether the context already has these keys: they were proven and kept, and only this record was not deleted yet.
   */
  readonly kept: boolean;
}

interface Stored {
  readonly format: typeof format;
  /** Fingerprint of the key under which the others are wrapped. */
  readonly under: string;
  readonly keys: Readonly<
    Partial<Record<TransferableKey, { readonly wrapped: string; readonly fingerprint?: string }>>
  >;
}
const format = 'dlms-cosem pending keys 1';
const nameFor = ({ systemTitle, peerSystemTitle }: SecurityContext): string =>
  `key-change ${formatHex(systemTitle)} ${formatHex(requireKey(peerSystemTitle, 'system title of the meter'))}`;
const storageKeyOf = (context: SecurityContext, { storageKey }: PendingKeysOptions): KeyHandle =>
  storageKey ?? requireKey(context.keys.master, 'master-key');

/**
 * Stores new keys, wrapped, replacing the record of an agreement that was begun.
 * @param begun true for a change that this process began itself
 * @throws DlmsError `security/policy` when another change is pending, which must be resumed first
 */
export function savePendingKeys(
  context: SecurityContext,
  newKeys: NewKeys,
  options: PendingKeysOptions,
  begun = false,
): MaybePromise<void> {
  const name = nameFor(context);
  const kek = storageKeyOf(context, options);
  const entries = Object.entries(newKeys) as [TransferableKey, KeyHandle][];
  const wrapped = inOrder(entries, ([key, handle]) =>
    andThen(context.provider.wrap(kek, handle), (octets) => {
      const fingerprint = handle.algorithm === 'secret' ? {} : { fingerprint: handle.fingerprint };
      return [key, { wrapped: formatHex(octets), ...fingerprint }] as const;
    }),
  );
  return andThen(wrapped, (list) => {
    const stored: Stored = { format, under: kek.fingerprint, keys: Object.fromEntries(list) };
    return options.pending.update([name], (get) => {
      if (!begun && get(name) !== undefined)
        throw new DlmsError('security/policy', {
          required: 'that the pending change of keys is resumed first',
          actual: 'another change',
        });
      return { result: undefined, set: new Map([[name, JSON.stringify(stored)]]) };
    });
  });
}
/**
 * The change pending for this meter; undefined when there is none.
 * @throws DlmsError `security/missing-key` when it is wrapped under another key, `security/counter-store` when it is
 *   damaged
 */
export function loadPendingKeys(
  context: SecurityContext,
  options: PendingKeysOptions,
): MaybePromise<PendingKeys | undefined> {
  return andThen(options.pending.get(nameFor(context)), (text) => {
    if (text === undefined) return undefined;
    const { under, keys } = parsed(text);
    const entries = transferableKeys.flatMap((name) => (keys[name] === undefined ? [] : [[name, keys[name]] as const]));
    const kek = storageKeyOf(context, options);
    if (kek.fingerprint !== under) {
      // The new master key is already in use, so it was kept together with all that came with it.
      const master = keys['master-key']?.fingerprint;
      if (master !== undefined && master === context.keys.master?.fingerprint) return { keys: {}, kept: true };
      throw new DlmsError('security/missing-key', {
        key: `the key with fingerprint ${under}, under which the new keys are wrapped`,
      });
    }
    const unwrapped = inOrder(entries, ([name, { wrapped }]) =>
      andThen(
        context.provider.unwrap(kek, parseHex(wrapped), name === 'authentication-key' ? 'secret' : context.suite.aes, {
          use: useOf(name),
          wrappable: true,
        }),
        (key) => {
          if (key === undefined) throw damaged();
          return [name, key] as const;
        },
      ),
    );
    return andThen(unwrapped, (list) => {
      const named = list.filter(([name]) => name !== 'authentication-key');
      const kept =
        named.length > 0 &&
        named.length === list.length &&
        named.every(([name, key]) => context.keys[slots[name]]?.fingerprint === key.fingerprint);
      if (!kept) return { keys: Object.fromEntries(list) as NewKeys, kept };
      for (const [, key] of list) key.destroy();
      return { keys: {}, kept };
    });
  });
}
/** Deletes the record: the change is over, and everybody who needs the keys has them. */
export function forgetPendingKeys(context: SecurityContext, { pending }: PendingKeysOptions): MaybePromise<void> {
  const name = nameFor(context);
  return pending.update([name], () => ({ result: undefined, set: new Map([[name, undefined]]) }));
}

function parsed(text: string): Stored {
  let stored: Partial<Stored> | undefined;
  try {
    stored = JSON.parse(text);
  } catch {
    throw damaged();
  }
  const { keys, under } = stored ?? {};
  const whole =
    stored?.format === format &&
    typeof under === 'string' &&
    typeof keys === 'object' &&
    keys !== null &&
    Object.values(keys).every((key) => /^([0-9A-F]{2})+$/.test(String(key?.wrapped)));
  if (!whole) throw damaged();
  return stored as Stored;
}
const damaged = (): DlmsError =>
  new DlmsError('security/counter-store', { reason: 'damaged: the pending keys cannot be read' });
