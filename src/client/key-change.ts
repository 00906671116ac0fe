import { DlmsError, isDlmsError } from '../core/errors.js';
import { keyIds } from '../core/key-ids.js';
import type { MaybePromise } from '../core/promise.js';
import { DataClass } from '../cosem/classes/data.js';
import { SecuritySetup, SecuritySetupV0 } from '../cosem/classes/security-setup.js';
import type { Obis } from '../cosem/obis.js';
import type { SecurityContext } from '../security/context.js';
import { requireKey } from '../security/context.js';
import { ephemeralComplete, ephemeralOffer } from '../security/key-agreement.js';
import {
  type KeyChange,
  type KeyChangeOutcome,
  type KeyChangeResult,
  type KeyChangeStep,
  prepareAgreedKeyChange,
  prepareKeyChange as transferredChange,
} from '../security/key-transfer.js';
import { type NewKeys, type TransferableKey, transferableKey } from '../security/key-wrap.js';
import {
  forgetPendingKeys,
  loadPendingKeys,
  type PendingKeysOptions,
  savePendingKeys,
} from '../security/pending-keys.js';
import type { KeyHandle } from '../security/providers/provider.js';
import type { Client } from './client.js';

/** Options of {@link changeKeys} and {@link agreeKeys}. */
export interface ChangeKeysOptions extends PendingKeysOptions {
  /**
   * Stores the new keys where the application keeps its keys; called when they are proven, perhaps again after a crash. The waiting copy is forgotten when it has
   * returned.
   */
  readonly keep: (keys: NewKeys) => MaybePromise<void>;
  /**
   * Opens another association with the meter under this security, with everything else as in the client. It is used to find out which keys the meter
   * has, and closed again. A meter that serves one connection at a time needs the first one closed here.
   */
  readonly connect: (security: SecurityContext) => Promise<Client>;
  /** The Security setup object. Default: 0-0:43.0.0*255. */
  readonly securitySetup?: Obis;
  /** Its version: 0 calls global_key_transfer, 1 key_transfer. Default 1. */
  readonly version?: 0 | 1;
  /** Reads this in the new association, as proof. Default: the logical device name, 0-0:42.0.0*255. */
  readonly proof?: Obis;
}
/** How a change of keys ended. */
export interface ChangedKeys {
  /** Which keys the meter uses. With `undecided` the new keys wait where they were stored: call {@link resumeKeyChange} later. */
  readonly result: KeyChangeResult;
}

/**
 * Replaces keys of the meter, and those of the client's security context when they are proven. The new keys, which must be wrappable, are stored before the
 * first message, because from then on they may be the only ones that work (see {@link resumeKeyChange}). A meter that answers an error and switches all the same, and an answer that got lost, end well: both sets of keys are tried.
 * @throws DlmsError `security/missing-key` (no master key, no security), `security/invalid-key`; nothing has been sent then
 */
export async function changeKeys(client: Client, newKeys: NewKeys, options: ChangeKeysOptions): Promise<ChangedKeys> {
  const context = securityOf(client);
  const change = await transferredChange(context, newKeys);
  await savePendingKeys(context, newKeys, options);
  return settled(
    context,
    newKeys,
    change,
    change.run(),
    async (step) => {
      const keys = step.keys.map(({ keyId, keyWrapped }) => ({ keyId: transferableKey(keyId), keyWrapped }));
      const name = options.securitySetup ?? '0-0:43.0.0*255';
      if (options.version !== 0) await client.action(SecuritySetup, name, 'keyTransfer', keys);
      else
        await client.action(
          SecuritySetupV0,
          name,
          'globalKeyTransfer',
          keys as Parameters<typeof client.action<typeof SecuritySetupV0, 'globalKeyTransfer'>>[3],
        );
    },
    options,
  );
}

/**
 * The same by key agreement, C(2e, 0s), in suites 1 and 2: both sides derive new encryption keys (not the authentication key, which must be transferred), signed with
 * the digital signature keys. The agreed keys are stored as soon as they are known, and used afterwards. What cannot be helped: when the answer of the meter is
 * lost, or the process dies before it has arrived, the new key is known to the meter alone, and the change stays undecided as long as the old one does not work.
 * @throws DlmsError `service/action`, `security/authentication-failed`, `security/missing-key`
 */
export async function agreeKeys(
  client: Client,
  names: readonly Exclude<TransferableKey, 'authentication-key'>[],
  options: ChangeKeysOptions,
): Promise<ChangedKeys> {
  const context = securityOf(client);
  const { provider, suite, keys, systemTitle } = context;
  const signing = requireKey(keys.signing, 'digital signature key');
  const peerSigning = requireKey(keys.peerSigning, 'digital signature key of the meter');
  const server = requireKey(context.peerSystemTitle, 'system title of the meter');
  const offers = [];
  for (const name of names) offers.push(await ephemeralOffer(provider, suite, signing, keyIds[name]));
  // That it was begun is known before it begins.
  await savePendingKeys(context, {}, options);
  const parameter = offers.map(({ keyId, data }) => ({ keyId: transferableKey(keyId), keyData: data }));
  const answers = await client
    .action(SecuritySetup, options.securitySetup ?? '0-0:43.0.0*255', 'keyAgreement', parameter)
    .catch(async (e: unknown) => {
      if (isDlmsError(e, 'service/action')) await forgetPendingKeys(context, options);
      throw e;
    });
  const newKeys: Partial<Record<TransferableKey, KeyHandle>> = {};
  for (const [i, offer] of offers.entries()) {
    const answer = answers[i];
    if (answer === undefined || answers.length !== offers.length || answer.keyId !== transferableKey(offer.keyId))
      throw new DlmsError('decode/invalid-value', {
        offset: 0,
        expected: 'an answer for each key',
        actual: `${answers.length} answers`,
      });
    newKeys[transferableKey(offer.keyId)] = await ephemeralComplete(
      provider,
      suite,
      offer,
      peerSigning,
      answer.keyData,
      systemTitle,
      server,
    );
  }
  await savePendingKeys(context, newKeys, options, true);
  const change = prepareAgreedKeyChange(context, newKeys);
  return settled(context, newKeys, change, change.run(), async () => {}, options);
}

/**
 * Goes on with a change that was left undecided, or that a crash has cut off at any point: finds the new keys where they wait, asks the meter which keys it has,
 * and ends the change as it would have ended. Call it for every meter when the application starts.
 * @returns undefined when no change waits for this meter
 * @throws DlmsError `security/missing-key` without the key that they are wrapped under
 */
export async function resumeKeyChange(
  security: SecurityContext,
  options: ChangeKeysOptions,
): Promise<ChangedKeys | undefined> {
  const waiting = await loadPendingKeys(security, options);
  if (waiting === undefined) return undefined;
  if (waiting.kept) {
    await forgetPendingKeys(security, options);
    return { result: 'new' };
  }
  if (Object.keys(waiting.keys).length > 0) {
    const change = prepareAgreedKeyChange(security, waiting.keys);
    return settled(security, waiting.keys, change, change.resume(), async () => {}, options);
  }
  // Of an agreement nothing is known but that it was begun: it is over when the old keys work.
  if ((await outcomeOf(() => prove(security.fresh(), options), true)) !== 'ok') return { result: 'undecided' };
  await forgetPendingKeys(security, options);
  return { result: 'old' };
}

type Steps = Generator<KeyChangeStep, KeyChangeResult, KeyChangeOutcome>;
async function settled(
  context: SecurityContext,
  newKeys: NewKeys,
  change: KeyChange,
  steps: Steps,
  transfer: (step: Extract<KeyChangeStep, { type: 'transfer' }>) => Promise<void>,
  options: ChangeKeysOptions,
): Promise<ChangedKeys> {
  let step = steps.next();
  while (step.done !== true) {
    const { value } = step;
    step = steps.next(
      await outcomeOf(
        () =>
          value.type === 'transfer'
            ? transfer(value)
            : prove(value.keys === 'old' ? value.context.fresh() : value.context, options),
        value.type === 'prove',
      ),
    );
  }
  const result = step.value;
  if (result === 'undecided') return { result };
  // The application has them before they are forgotten here, so that no crash can lose them.
  if (result === 'new') await options.keep(newKeys);
  change.settle(result);
  await forgetPendingKeys(context, options);
  return { result };
}
async function prove(
  context: SecurityContext,
  { connect, proof = '0-0:42.0.0*255' }: ChangeKeysOptions,
): Promise<void> {
  const client = await connect(context);
  try {
    await client.get(DataClass, proof, 'value');
  } finally {
    await client.close();
  }
}
/** A refusal that came back deciphered is proof as well. */
async function outcomeOf(work: () => Promise<void>, proving: boolean): Promise<KeyChangeOutcome> {
  try {
    await work();
    return 'ok';
  } catch (e) {
    if (!isDlmsError(e)) throw e;
    if (e.code === 'service/data-access' || e.code === 'service/action') return proving ? 'ok' : 'refused';
    return e.code.startsWith('transport/') || e.code.startsWith('decode/') || e.code.startsWith('protocol/')
      ? 'unknown'
      : 'refused';
  }
}
function securityOf(client: Client): SecurityContext {
  return requireKey(client.association.options.security, 'security context of the client');
}
