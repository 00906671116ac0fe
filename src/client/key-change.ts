import { DlmsError, isDlmsError } from '../core/errors.js';
import { DataClass } from '../cosem/classes/data.js';
import { SecuritySetup, SecuritySetupV0 } from '../cosem/classes/security-setup.js';
import type { Obis } from '../cosem/obis.js';
import type { SecurityContext } from '../security/context.js';
import { need } from '../security/context.js';
import { ephemeralComplete, ephemeralOffer } from '../security/key-agreement.js';
import {
  changeAgreedKeys as agreedChange,
  type KeyChange,
  type KeyChangeOutcome,
  type KeyChangeResult,
  type KeyChangeStep,
  changeKeys as transferredChange,
} from '../security/key-transfer.js';
import { keyIds, type NewKeys, type TransferableKey } from '../security/key-wrap.js';
import type { Client } from './client.js';

export interface ChangeKeysOptions {
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
export interface ChangedKeys {
  /** Which keys the meter uses. With `undecided` the change is still to be settled: keep it, and call {@link resumeKeyChange} later. */
  readonly result: KeyChangeResult;
  readonly change: KeyChange;
}

/**
 * Replaces keys of the meter, and those of the client's security context when they are proven. Store the new keys before: from the first message on they may
 * be the only ones that work. A meter that answers an error and switches all the same, and an answer that got lost, end well: both sets of keys are tried.
 * @throws DlmsError `security/missing-key` (no master key, no security), `security/invalid-key`; nothing has been sent then
 */
export async function changeKeys(client: Client, newKeys: NewKeys, options: ChangeKeysOptions): Promise<ChangedKeys> {
  const change = await transferredChange(securityOf(client), newKeys);
  return settled(
    change,
    change.run(),
    async (step) => {
      const keys = step.keys.map(({ keyId, keyWrapped }) => ({ keyId: nameOf(keyId), keyWrapped }));
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
 * the digital signature keys. A lost answer means that the new key is known to the meter alone: it is then `undecided` only as long as the old one does not work.
 * @throws DlmsError `service/action`, `security/authentication-failed`, `security/missing-key`
 */
export async function agreeKeys(
  client: Client,
  names: readonly Exclude<TransferableKey, 'authentication-key'>[],
  options: ChangeKeysOptions,
): Promise<ChangedKeys> {
  const context = securityOf(client);
  const { provider, suite, keys, systemTitle } = context;
  const signing = need(keys.signing, 'digital signature key');
  const peerSigning = need(keys.peerSigning, 'digital signature key of the meter');
  const server = need(context.peerSystemTitle, 'system title of the meter');
  const offers = [];
  for (const name of names) offers.push(await ephemeralOffer(provider, suite, signing, keyIds[name]));
  const answers = await client.action(
    SecuritySetup,
    options.securitySetup ?? '0-0:43.0.0*255',
    'keyAgreement',
    offers.map(({ keyId, data }) => ({ keyId: nameOf(keyId), keyData: data })),
  );
  const newKeys: Record<string, NewKeys[TransferableKey]> = {};
  for (const [i, offer] of offers.entries()) {
    const answer = answers[i];
    if (answer === undefined || answers.length !== offers.length || answer.keyId !== nameOf(offer.keyId))
      throw new DlmsError('decode/invalid-value', { offset: 0, expected: 'an answer for each key', actual: `${answers.length} answers` });
    newKeys[nameOf(offer.keyId)] = await ephemeralComplete(provider, suite, offer, peerSigning, answer.keyData, systemTitle, server);
  }
  const change = agreedChange(context, newKeys as NewKeys);
  return settled(change, change.run(), async () => {}, options);
}

/** Asks once more which keys the meter has. */
export function resumeKeyChange(change: KeyChange, options: ChangeKeysOptions): Promise<ChangedKeys> {
  return settled(change, change.resume(), async () => {}, options);
}

type Steps = Generator<KeyChangeStep, KeyChangeResult, KeyChangeOutcome>;
async function settled(
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
        () => (value.type === 'transfer' ? transfer(value) : prove(value.keys === 'old' ? value.context.fresh() : value.context, options)),
        value.type === 'prove',
      ),
    );
  }
  if (step.value !== 'undecided') await change.settle(step.value);
  return { result: step.value, change };
}
async function prove(context: SecurityContext, { connect, proof = '0-0:42.0.0*255' }: ChangeKeysOptions): Promise<void> {
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
    return e.code.startsWith('transport/') || e.code.startsWith('decode/') || e.code.startsWith('protocol/') ? 'unknown' : 'refused';
  }
}
const nameOf = (keyId: number): TransferableKey => (Object.keys(keyIds) as TransferableKey[]).find((name) => keyIds[name] === keyId) as TransferableKey;
function securityOf(client: Client): SecurityContext {
  return need(client.association.options.security, 'security context of the client');
}
