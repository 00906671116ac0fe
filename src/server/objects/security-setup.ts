import { DlmsError, isDlmsError } from '../../core/errors.js';
import { keyIds } from '../../core/key-ids.js';
import type { MaybePromise } from '../../core/promise.js';
import {
  type CertificateIdentification,
  type KeyAgreementData,
  type KeyPairType,
  type KeyTransferData,
  type SecurityPolicyV0,
  SecuritySetup,
  SecuritySetupV0,
} from '../../cosem/classes/security-setup.js';
import type { Obis } from '../../cosem/obis.js';
import type { RequiredProtection } from '../../cosem/protection.js';
import type { StoredCertificate } from '../../security/certificates/identification.js';
import {
  buildCertificateRequest,
  type ListedCertificate,
  signerOf,
  systemTitleName,
} from '../../security/certificates/index.js';
import type { CertificateStore } from '../../security/certificates/store.js';
import type { SecurityContext } from '../../security/context.js';
import { ephemeralComplete, ephemeralOffer } from '../../security/key-agreement.js';
import { slots, transferableKey, unwrapKeys } from '../../security/key-wrap.js';
import { requireKey, type SecurityKeys } from '../../security/keys.js';
import { accessProtection, type Protection, policyOf, policyValue } from '../../security/policy.js';
import type { KeyHandle } from '../../security/providers/provider.js';
import { type AccessContext, AccessRefused, accessor, type CosemObject, cosemObject } from '../object.js';
import type { OwnPair, SecurityState } from './security-state.js';

/** Options of {@link securitySetupObject}. */
export interface SecuritySetupObjectOptions {
  /** Default: 0-0:43.0.0*255. */
  readonly logicalName?: Obis;
  /** Default: 1; version 0 knows only suite 0. */
  readonly version?: 0 | 1;
}

/**
 * The Security setup object (class 64) of a meter, with all its methods, on a {@link SecurityState}.
 *
 * The policy can only become stronger, and never so that others are locked out. New keys are unwrapped all or none,
 * stored, and put into use once the response (under the old keys) is made. Certificates are accepted if an anchor
 * vouches for them; a generated key pair is put into use when its certificate is imported. A refused request is
 * answered with a result, and the reason goes to `onError` of the device.
 */
export function securitySetupObject(state: SecurityState, options: SecuritySetupObjectOptions = {}): CosemObject {
  const logicalName = options.logicalName ?? '0-0:43.0.0*255';
  return options.version === 0 ? version0(state, logicalName) : version1(state, logicalName);
}

function version0(state: SecurityState, logicalName: Obis): CosemObject {
  if (state.suite.id !== 0)
    throw new DlmsError('encode/invalid-value', {
      expected: 'Security setup version 1',
      actual: `version 0 with suite ${state.suite.id}`,
    });
  return cosemObject(
    SecuritySetupV0,
    logicalName,
    {
      ...common(state),
      securityPolicy: accessor({
        get: () => policiesV0[policyValue(0, state.request, state.response)] as SecurityPolicyV0,
      }),
      securitySuite: 'aes-gcm-128-aes-128-key-wrap',
    },
    {
      securityActivate: async (wanted, context) => {
        const value = policiesV0.indexOf(wanted as (typeof policiesV0)[number]);
        if (value < 0) throw new AccessRefused('type-unmatched');
        // Whether it may do without proof is up to the state.
        const { send, receive } = policyOf(0, value, 'server', { withoutReplayProtection: true });
        await strengthen(state, receive, send, context);
      },
      globalKeyTransfer: (transferred, context) => transfer(state, transferred as readonly KeyTransferData[], context),
    },
  );
}
const policiesV0 = [
  'nothing',
  'all-messages-authenticated',
  'all-messages-encrypted',
  'all-messages-authenticated-and-encrypted',
] as const;

function version1(state: SecurityState, logicalName: Obis): CosemObject {
  const store = (): CertificateStore => {
    if (state.certificates === undefined) throw new AccessRefused('object-unavailable');
    return state.certificates;
  };
  return cosemObject(
    SecuritySetup,
    logicalName,
    {
      ...common(state),
      securityPolicy: accessor({ get: () => flagsOf(policyValue(1, state.request, state.response)) }),
      securitySuite: (['aes-gcm-128', 'aes-gcm-128-ecdsa-p-256-sha-256', 'aes-gcm-256-ecdsa-p-384-sha-384'] as const)[
        state.suite.id
      ],
      certificates: accessor({ get: () => [...(state.certificates?.list() ?? [])] as ListedCertificate[] }),
    },
    {
      securityActivate: async (wanted, context) => {
        const value = wanted.reduce<number>(
          (sum, flag) => sum | (1 << (typeof flag === 'number' ? flag : flagBits[flag])),
          0,
        );
        // Bits 0 and 1 are reserved, and suite 0 cannot sign.
        if ((value & 3) !== 0 || value > 0xff || (state.suite.curve === undefined && (value & 0x90) !== 0))
          throw new AccessRefused('type-unmatched');
        const { request, response } = accessProtection(value);
        await strengthen(state, request, response, context);
      },
      keyTransfer: (transferred, context) => transfer(state, transferred, context),
      keyAgreement: (offers, context) => agree(state, offers, context),
      generateKeyPair: async (type, context) => {
        securityOf(context);
        await state.generate(pairOf(state, type));
      },
      generateCertificateRequest: async (type) => {
        const wanted = pairOf(state, type);
        const pair = state.pair(wanted);
        if (pair === undefined) throw new AccessRefused('object-unavailable');
        const fields = { subject: systemTitleName(state.systemTitle), publicKey: pair.publicKey, type: wanted };
        return (await buildCertificateRequest(fields, signerOf(state.provider, pair.privateKey))).raw;
      },
      importCertificate: (octets, context) => {
        securityOf(context);
        store();
        return named(() => withAfter(context, (later) => state.importCertificate(octets, later)));
      },
      exportCertificate: (identification) => named(async () => store().export(identified(identification))),
      removeCertificate: async (identification, context) => {
        securityOf(context);
        const needed = (stored: StoredCertificate): boolean => needs(state, stored);
        await named(() => withAfter(context, (later) => store().remove(identified(identification), { needed, later })));
      },
    },
  );
}

/** The attributes of both versions. The client's title is that of the association that asks. */
function common(state: SecurityState) {
  let written: Uint8Array | undefined;
  return {
    clientSystemTitle: accessor<Uint8Array>({
      get: ({ security }) => security?.peerSystemTitle ?? written ?? new Uint8Array(8),
      set: (title) => {
        if (title.length !== 8) throw new AccessRefused('type-unmatched');
        written = title;
      },
    }),
    serverSystemTitle: state.systemTitle,
  };
}

/**
 * A stronger policy must not lock anybody out: the request that asks for it must meet it, this device must have the
 * keys for the responses, and signatures may only be required if the other clients can sign too, or by a role that may.
 * (Tags and encryption are within reach of every client of the device, since they share its symmetric keys.)
 */
async function strengthen(
  state: SecurityState,
  request: Protection,
  response: Protection,
  context: AccessContext,
): Promise<void> {
  securityOf(context);
  const { caller } = context;
  const adds = (old: Protection, now: Protection): boolean => now.signed === true && old.signed !== true;
  const signs = adds(state.request, request) || adds(state.response, response);
  if (!keeps(state.request, request) || !keeps(state.response, response)) throw new AccessRefused('read-write-denied');
  if (!keeps(request, caller.protection) || !state.has(response)) throw new AccessRefused('read-write-denied');
  if (signs && !(await state.maySign(caller.role))) throw new AccessRefused('read-write-denied');
  await after(context, await state.changePolicy(request, response));
}
const keeps = (old: Protection, now: Protection): boolean =>
  (['authenticated', 'encrypted', 'signed'] as const).every((kind) => old[kind] !== true || now[kind] === true);
/**
 * What the policy in force needs can be replaced but not removed: its holder would be locked out, and could not bring
 * another.
 */
function needs({ request, response }: SecurityState, { entity, certificate: { type } }: StoredCertificate): boolean {
  if (entity === 'server') return response.signed === true && type === 'digital-signature';
  return (
    request.signed === true &&
    (entity === 'certification-authority' || (entity === 'client' && type === 'digital-signature'))
  );
}

async function transfer(
  state: SecurityState,
  transferred: readonly KeyTransferData[],
  context: AccessContext,
): Promise<void> {
  if (transferred.length === 0) throw new AccessRefused('type-unmatched');
  const data = transferred.map(({ keyId, keyWrapped }) => ({ keyId: keyIdOf(keyId), keyWrapped }));
  await change(state, await unwrapKeys(securityOf(context), data), context);
}
/** Stores new keys and defers their use until the response is made. Keys that cannot be stored are destroyed. */
async function change(state: SecurityState, keys: SecurityKeys, context: AccessContext): Promise<void> {
  let work: () => void;
  try {
    work = await state.changeKeys(keys);
  } catch (e) {
    destroyAll(keys);
    throw e;
  }
  await after(context, work);
}
const destroyAll = (keys: SecurityKeys): void => {
  for (const key of Object.values(keys)) (key as KeyHandle | undefined)?.destroy();
};
/** The meter's half of C(2e, 0s), for each key. The client is party U. */
async function agree(
  state: SecurityState,
  offers: readonly KeyAgreementData[],
  context: AccessContext,
): Promise<KeyAgreementData[]> {
  const security = securityOf(context);
  const { provider, suite } = state;
  if (offers.length === 0 || suite.curve === undefined) throw new AccessRefused('type-unmatched');
  const changed: Record<string, KeyHandle> = {};
  const answers: KeyAgreementData[] = [];
  const client = requireKey(security.peerSystemTitle, 'system title of the client');
  try {
    for (const { keyId, keyData } of offers) {
      const id = keyIdOf(keyId);
      const name = transferableKey(id);
      // Only encryption keys are agreed; the authentication key, which is part of the authenticated data, is
      // transferred.
      if (name === 'authentication-key' || slots[name] in changed) throw new AccessRefused('type-unmatched');
      const own = requireKey(security.keys.signing, 'digital signature key');
      const peer = requireKey(security.keys.peerSigning, 'digital signature key of the client');
      const offer = await ephemeralOffer(provider, suite, own, id);
      changed[slots[name]] = await ephemeralComplete(provider, suite, offer, peer, keyData, client, state.systemTitle);
      answers.push({ keyId, keyData: offer.data });
    }
  } catch (e) {
    destroyAll(changed);
    throw e;
  }
  await change(state, changed, context);
  return answers;
}

/**
 * Keys are transferred, and the security of the meter is changed, only in an association that has keys itself: never
 * for a public client, whatever its rights.
 */
function securityOf({ security }: AccessContext): SecurityContext {
  if (security === undefined) throw new AccessRefused('read-write-denied');
  return security;
}
async function after(context: AccessContext, work: () => MaybePromise<void>): Promise<void> {
  // Without an association (in a test of the object alone), the work is done at once.
  if (context.afterResponse === undefined) await work();
  else context.afterResponse(work);
}
/** Defers work until after the response, but only if everything went well. */
async function withAfter<T>(
  context: AccessContext,
  use: (later: (work: () => MaybePromise<void>) => void) => Promise<T>,
): Promise<T> {
  const works: (() => MaybePromise<void>)[] = [];
  const result = await use((work) => void works.push(work));
  for (const work of works) await after(context, work);
  return result;
}
/** An id without a name stays a number; there is no such key. */
function keyIdOf(keyId: KeyTransferData['keyId']): number {
  if (typeof keyId === 'number') throw new AccessRefused('type-unmatched');
  return keyIds[keyId];
}
function pairOf({ suite }: SecurityState, type: KeyPairType): OwnPair {
  const found = (
    {
      'digital-signature-key-pair': 'digital-signature',
      'key-agreement-key-pair': 'key-agreement',
      'tls-key-pair': 'tls',
    } as const
  )[type as string];
  if (found === undefined || suite.curve === undefined) throw new AccessRefused('type-unmatched');
  return found;
}
function identified({
  certificateIdentificationType: type,
  certificationIdentificationOptions: options,
}: CertificateIdentification): CertificateIdentification['certificationIdentificationOptions'] {
  if (type !== `certificate-identification-${options.type}`) throw new AccessRefused('type-unmatched');
  return options;
}
/** Gives a certificate that is missing, malformed or refused a result of its own; anything else is `other-reason`. */
async function named<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (e) {
    if (isDlmsError(e, 'security/certificate'))
      throw new AccessRefused(e.context.reason === 'not-found' ? 'object-unavailable' : 'read-write-denied', {
        cause: e,
      });
    if (
      isDlmsError(e) &&
      (e.code.startsWith('decode/') || e.code === 'security/unsupported' || e.code === 'security/invalid-key')
    )
      throw new AccessRefused('type-unmatched', { cause: e });
    throw e;
  }
}
const flagBits: Readonly<Record<Exclude<RequiredProtection[number], number>, number>> = {
  'authenticated-request': 2,
  'encrypted-request': 3,
  'digitally-signed-request': 4,
  'authenticated-response': 5,
  'encrypted-response': 6,
  'digitally-signed-response': 7,
};
const flagsOf = (value: number): RequiredProtection =>
  (Object.keys(flagBits) as (keyof typeof flagBits)[]).filter((name) => (value & (1 << flagBits[name])) !== 0);
