import { DlmsError } from '../core/errors.js';
import { andThen, type MaybePromise } from '../core/promise.js';
import type { SecurityContext } from './context.js';
import { type NewKeys, slots, type TransferableKey, type WrappedNewKey, wrapKeys } from './key-wrap.js';
import type { SecurityKeys } from './keys.js';
import type { KeyHandle } from './providers/provider.js';

/**
 * What to do next. `transfer`: call key_transfer (or the last step of key_agreement) under the old keys. `prove`: do
 * something harmless under `context`, such as reading the logical device name, in a new association if the meter wants
 * one.
 */
export type KeyChangeStep =
  | { readonly type: 'transfer'; readonly keys: readonly WrappedNewKey[] }
  | { readonly type: 'prove'; readonly keys: 'old' | 'new'; readonly context: SecurityContext };
/**
 * How it went. `refused`: the meter answered with an error. `unknown`: no answer, or an unreadable one. For `prove`,
 * `ok` means that a response was verified under those keys.
 */
export type KeyChangeOutcome = 'ok' | 'refused' | 'unknown';
/**
 * Which keys the meter uses now. `undecided`: neither were proven, so keep both and ask again later with
 * {@link KeyChange.resume}.
 */
export type KeyChangeResult = 'new' | 'old' | 'undecided';

/**
 * A change of keys that does not lose the meter. Some meters answer a key transfer with an error and switch all the
 * same, and answers get lost; so both old and new keys are kept until a message has been verified under one of them.
 *
 * Store the new keys (wrapped, or in the key store) before the first step: from then on they may be the only ones that
 * work.
 */
export interface KeyChange {
  /** The old context (same peer, same policy) with the new keys and no dedicated key. */
  readonly candidate: SecurityContext;
  /**
   * The whole conversation, beginning with the transfer. It yields what to do, is resumed with how that went, and
   * returns which keys are in use.
   */
  run(): Generator<KeyChangeStep, KeyChangeResult, KeyChangeOutcome>;
  /** Only the proof, for a change that was left undecided (even after a restart). */
  resume(): Generator<KeyChangeStep, KeyChangeResult, KeyChangeOutcome>;
  /**
   * Ends the change. With `new`, the context takes the new keys and the handles of the old ones are destroyed; with
   * `old`, the context stays as it is and the handles of the new keys are destroyed. Counters are named by their key,
   * so none has to be moved or forgotten.
   */
  settle(result: 'new' | 'old'): void;
}

/**
 * Prepares a change: wraps the new keys and makes the candidate context. Nothing is sent, and the old context is not
 * touched.
 */
export function prepareKeyChange(context: SecurityContext, newKeys: NewKeys): MaybePromise<KeyChange> {
  return andThen(wrapKeys(context, newKeys), (wrapped) => keyChange(context, newKeys, wrapped));
}
/**
 * Like {@link prepareKeyChange}, for keys that both sides derived (key_agreement): nothing has to be wrapped, and
 * `transfer` steps carry no keys.
 */
export function prepareAgreedKeyChange(context: SecurityContext, newKeys: NewKeys): KeyChange {
  return keyChange(context, newKeys, []);
}

/** An answer that anybody can write would prove the new keys, and the old ones would be destroyed. */
function requireProofs({ policy: { receive } }: SecurityContext): void {
  if (receive.authenticated !== true && receive.signed !== true)
    throw new DlmsError('configuration/invalid', {
      what: 'a change of keys under a policy that accepts answers which prove nothing',
      hint: 'require authentication of what is received',
    });
}
function keyChange(context: SecurityContext, newKeys: NewKeys, wrapped: readonly WrappedNewKey[]): KeyChange {
  requireProofs(context);
  const names = Object.keys(newKeys) as TransferableKey[];
  const replaced = Object.fromEntries(names.map((name) => [slots[name], newKeys[name]])) as SecurityKeys;
  const candidate = context.fresh({ keys: { ...context.keys, ...replaced, dedicated: undefined } });

  function* prove(order: readonly ('old' | 'new')[]): Generator<KeyChangeStep, KeyChangeResult, KeyChangeOutcome> {
    for (const keys of order) {
      const outcome = yield { type: 'prove', keys, context: keys === 'new' ? candidate : context };
      if (outcome === 'ok') return keys;
    }
    return 'undecided';
  }
  return {
    candidate,
    *run() {
      const outcome = yield { type: 'transfer', keys: wrapped };
      // An error usually means what it says, so ask under the old keys first. "ok" and silence more often mean that the
      // new keys are in use.
      return yield* prove(outcome === 'refused' ? ['old', 'new'] : ['new', 'old']);
    },
    resume: () => prove(['new', 'old']),
    settle(result) {
      if (result === 'old') return discard(newKeys, names);
      const old = names.map((name) => context.keys[slots[name]]);
      context.setKeys(replaced);
      destroy(names, old);
    },
  };
}
/** Nothing was received under the new keys. What was sent under them stays counted, in case they are tried again. */
function discard(newKeys: NewKeys, names: readonly TransferableKey[]): void {
  destroy(
    names,
    names.map((name) => newKeys[name]),
  );
}
/** The broadcast key belongs to a group of meters: whoever gave the handle knows when the last of them is done. */
function destroy(names: readonly TransferableKey[], keys: readonly (KeyHandle | undefined)[]): void {
  for (const [i, name] of names.entries()) if (name !== 'global-broadcast-encryption-key') keys[i]?.destroy();
}
