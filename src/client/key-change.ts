import { DlmsError, isDlmsError } from '../core/errors.js';
import { keyIds } from '../core/key-ids.js';
import type { MaybePromise } from '../core/promise.js';
import { DataClass } from '../cosem/classes/data.js';
import { SecuritySetup, SecuritySetupV0 } from '../cosem/classes/security-setup.js';
import type { Obis } from '../cosem/obis.js';
import type { SecurityContext } from '../security/context.js';
import { type EphemeralOffer, ephemeralComplete, ephemeralOffer } from '../security/key-agreement.js';
import {
  type KeyChange,
  type KeyChangeOutcome,
  type KeyChangeResult,
  type KeyChangeStep,
  prepareAgreedKeyChange,
  prepareKeyChange as transferredChange,
} from '../security/key-transfer.js';
import { type NewKeys, type TransferableKey, transferableKey } from '../security/key-wrap.js';
import { requireKey } from '../security/keys.js';
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
   * Stores the new keys where the application keeps its keys; called once they are proven, and possibly again after a
   * crash. After it has returned, the pending copy is deleted.
   */
  readonly keep: (keys: NewKeys) => MaybePromise<void>;
  /**
   * Opens another association with the meter under this security context, with everything else as in the client. It is
   * used to find out which keys the meter has, and then closed. If the meter serves only one connection at a time,
   * close the first one here.
   */
  readonly connect: (security: SecurityContext) => Promise<Client>;
  /** Logical name of the Security setup object. Default: 0-0:43.0.0*255. */
  readonly securitySetup?: Obis;
  /** Its version: 0 calls global_key_transfer, 1 calls key_transfer. Default: 1. */
  readonly version?: 0 | 1;
  /** The Data object that is read in the new association as proof. Default: the logical device name, 0-0:42.0.0*255. */
  readonly proof?: Obis;
}
/** How a change of keys ended. */
export interface ChangedKeys {
  /**
   * Which keys the meter uses. After `undecided`, the new keys stay where they were stored: call
   * {@link resumeKeyChange} later.
   */
  readonly result: KeyChangeResult;
}

/**
 * Replaces keys of the meter and, once proven, those of the client's security context. The new keys, which must be
 * wrappable, are stored before the first message, because from then on they may be the only ones that work (see
 * {@link resumeKeyChange}). Both sets of keys are tried, so it ends well even if the meter answers with an error and
 * switches all the same, or if an answer gets lost.
 * @throws DlmsError `security/missing-key` (no master key, no security), `security/invalid-key`, `security/policy`
 *   (another change is pending); nothing has been sent then
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
 * Like {@link changeKeys}, by key agreement C(2e, 0s) in suites 1 and 2: both sides derive new encryption keys (not the
 * authentication key, which must be transferred), and sign with their digital signature keys. The agreed keys are
 * stored as soon as they are known, and used only afterwards. One risk remains: if the meter's answer is lost, or the
 * process dies before it arrives, only the meter knows the new key, and the change stays undecided as long as the old
 * key does not work.
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
  const offers: EphemeralOffer[] = [];
  const newKeys: Partial<Record<TransferableKey, KeyHandle>> = {};
  try {
    for (const name of names) offers.push(await ephemeralOffer(provider, suite, signing, keyIds[name]));
    // That an agreement was begun is stored before it begins.
    await savePendingKeys(context, {}, options);
    const parameter = offers.map(({ keyId, data }) => ({ keyId: transferableKey(keyId), keyData: data }));
    const answers = await client
      .action(SecuritySetup, options.securitySetup ?? '0-0:43.0.0*255', 'keyAgreement', parameter)
      .catch(async (e: unknown) => {
        if (isDlmsError(e, 'service/action')) await forgetPendingKeys(context, options);
        throw e;
      });
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
  } finally {
    // Answered or not: an ephemeral key serves one agreement.
    for (const { keyPair } of offers) keyPair.privateKey.destroy();
  }
  await savePendingKeys(context, newKeys, options, true);
  const change = prepareAgreedKeyChange(context, newKeys);
  return settled(context, newKeys, change, change.run(), async () => {}, options);
}

/**
 * Resumes a change that was left undecided, or interrupted by a crash at any point: loads the pending keys, asks the
 * meter which keys it has, and completes the change accordingly. Call it for every meter when the application starts.
 * @returns undefined when no change is pending for this meter
 * @throws DlmsError `security/missing-key` when the key is missing under which the new keys are wrapped
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
  // All that is known of an agreement is that it was begun; it is over if the old keys work.
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
  // The application stores them before they are deleted here, so that no crash can lose them.
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
/** A refusal that could be deciphered is proof too. */
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
