import { DlmsError } from '../core/errors.js';
import { formatHex, parseHex } from '../core/hex.js';
import { andThen, type MaybePromise } from '../core/promise.js';
import type { Store } from '../store/store.js';
import { requireKey, type SecurityContext } from './context.js';
import { inOrder, type NewKeys, slots, type TransferableKey, transferableKeys, useOf } from './key-wrap.js';
import type { KeyHandle } from './providers/provider.js';

/** Where new keys wait while nobody knows which ones the meter has. */
export interface PendingKeysOptions {
  /** Takes the new keys, wrapped, before the first message is sent: from then on they may be the only ones that work. */
  readonly pending: Store;
  /** The key that they are wrapped under, made for `wrapping`. Default: the master key of the context, as it is before the change. */
  readonly storageKey?: KeyHandle;
}
/** What waits. Without keys an agreement was begun, and nobody knows how far it came. */
export interface PendingKeys {
  readonly keys: NewKeys;
  /** Whether the context has these keys already: they were proven, kept, and only not yet forgotten here. */
  readonly kept: boolean;
}

interface Stored {
  readonly format: typeof format;
  /** Fingerprint of the key that the others are wrapped under. */
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
 * Stores new keys, wrapped, in the place of what an agreement has begun there.
 * @param begun true for the change that this process has begun itself
 * @throws DlmsError `security/policy` when another change waits: it is to be resumed first
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
          required: 'that the change of keys under way is resumed first',
          actual: 'another change',
        });
      return { result: undefined, set: new Map([[name, JSON.stringify(stored)]]) };
    });
  });
}
/**
 * What waits for this meter; undefined when nothing does.
 * @throws DlmsError `security/missing-key` when it is wrapped under another key, `security/counter-store` when it is damaged
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
      // A new master key that is in use already was kept with all that came with it.
      const master = keys['master-key']?.fingerprint;
      if (master !== undefined && master === context.keys.master?.fingerprint) return { keys: {}, kept: true };
      throw new DlmsError('security/missing-key', {
        key: `the key with fingerprint ${under}, under which the new keys were stored`,
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
/** The change is over, and who has to have the keys has them. */
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
  new DlmsError('security/counter-store', { reason: 'damaged: keys that wait for their proof cannot be read' });
