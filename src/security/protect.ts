import { encode } from '../axdr/schema.js';
import { apduFacts } from '../core/apdu-facts.js';
import { concat } from '../core/bytes.js';
import { Writer } from '../core/cursor.js';
import { DlmsError } from '../core/errors.js';
import { identifiedKeyIds, kekIds } from '../core/key-ids.js';
import { andThen, lastly, type MaybePromise } from '../core/promise.js';
import { GeneralProtectionHeader, type KeyInfo, KeyInfo as KeyInfoSchema } from '../xdlms/ciphered.js';
import { cipheredTag, isInitiate } from './apdu-tags.js';
import { type CipherInput, sealBehind, sealContent, sealedLength } from './ciphering.js';
import type { SecurityContext, SimpleForm } from './context.js';
import { asymmetric, onePassOriginator, staticUnified } from './key-agreement.js';
import { type KeyName, requireKey } from './keys.js';
import { describe, type Protection } from './policy.js';
import type { KeyHandle } from './providers/provider.js';
import { authenticatedBit, broadcastKeyBit, compressedBit, encryptedBit } from './security-control.js';
import { securityHeaderLength } from './suites.js';

/** Header fields of general-ciphering and general-signing. */
export interface GeneralHeader {
  /**
   * Default: 8 octets made from the invocation counter, so that it grows with every message. Receivers remember the
   * greatest one (as a number of at most 32 octets) and refuse any that is not greater.
   */
  readonly transactionId?: Uint8Array;
  /** Default: the peer, when known; otherwise empty, and then a signature counts only where that is allowed. */
  readonly recipientSystemTitle?: Uint8Array;
  /** Empty (default) or 12 octets. */
  readonly dateTime?: Uint8Array;
  readonly otherInformation?: Uint8Array;
}
/** general-ciphering, with a key that is identified, wrapped under the master key, or agreed. */
export interface GeneralCipheringForm extends GeneralHeader {
  readonly type: 'general-ciphering';
  /** `wrapped` makes a new content key; `one-pass` is C(1e, 1s); `static` is C(0e, 2s). */
  readonly key: 'global-unicast' | 'global-broadcast' | 'wrapped' | 'one-pass' | 'static';
}
/** general-signing: the APDU with the sender's signature. */
export interface GeneralSigningForm extends GeneralHeader {
  readonly type: 'general-signing';
}
/** The ciphered and signed forms that a message can have. */
export type ProtectForm = SimpleForm | GeneralCipheringForm | GeneralSigningForm;

/** Options of {@link protect}. */
export interface ProtectOptions {
  /** One form, or several, innermost first. Default: the form of the context. */
  readonly form?: ProtectForm | readonly ProtectForm[];
  /**
   * The exact protection to apply. Default: `policy.send` of the context. If an access right requires more, give both
   * together: nothing is added to what is given here.
   */
  readonly protection?: Protection;
  /**
   * Uses the global broadcast key, and says so in the security control: in `glo` and `general-glo`. Default:
   * false.
   */
  readonly broadcast?: boolean;
}

/**
 * Protects a whole xDLMS APDU as the policy of the context says.
 *
 * `glo` and `ded` make a service-specific APDU; a service without one (access, data-notification) travels in
 * general-glo- or general-ded-ciphering instead. InitiateRequest and InitiateResponse are always glo-. A signature goes
 * innermost, in a general-signing APDU, but outermost around encryption without authentication. Receivers using this
 * library accept one layer under each key. General forms are compressed first if the context has a `compress` that
 * makes the APDU shorter. When there is no protection to apply, the APDU is returned unchanged. Each layer uses one
 * invocation counter, reserved before it is used.
 *
 * @throws DlmsError `configuration/invalid` for forms that do not apply what is asked for, `security/missing-key`,
 *   `security/counter-exhausted`, `security/counter-store`, `security/unsupported`
 */
export function protect(
  apdu: Uint8Array,
  context: SecurityContext,
  options: ProtectOptions = {},
): MaybePromise<Uint8Array> {
  if (apdu.length === 0) throw new DlmsError('encode/invalid-value', { expected: 'an APDU', actual: 'no octets' });
  const protection = options.protection ?? context.policy.send;
  const form = options.form ?? context.form;
  if (typeof form === 'string' && protection.signed !== true) {
    if (options.broadcast === true && (form === 'ded' || form === 'general-ded')) throw noBroadcast();
    return simple(apdu, context, form, protection, options.broadcast === true);
  }
  let protectedApdu: MaybePromise<Uint8Array> = apdu;
  const forms = allForms(form, protection);
  requireForms(forms, protection, options.broadcast === true);
  for (const f of forms)
    protectedApdu = andThen(protectedApdu, (inner) => applyForm(inner, context, f, protection, options));
  return protectedApdu;
}

function allForms(form: ProtectForm | readonly ProtectForm[], protection: Protection): readonly ProtectForm[] {
  const forms: readonly ProtectForm[] = typeof form === 'string' || 'type' in form ? [form as ProtectForm] : form;
  if (protection.signed !== true || forms.some((f) => typeof f !== 'string' && f.type === 'general-signing'))
    return forms;
  // The signature goes around encryption that is not authenticated, which would prove nothing outside of the signature.
  return protection.encrypted === true && protection.authenticated !== true ? [...forms, signing] : [signing, ...forms];
}
const signing: GeneralSigningForm = { type: 'general-signing' };
function requireForms(forms: readonly ProtectForm[], protection: Protection, broadcast: boolean): void {
  // An empty list would send in clear what was to be protected, without a word.
  if (forms.length === 0 && (protection.authenticated === true || protection.encrypted === true))
    throw new DlmsError('configuration/invalid', {
      what: `no form for a message that is to be ${describe(protection)}`,
      hint: 'leave `form` out for that of the context, or ask for no protection: protection: {}',
    });
  if (!broadcast) return;
  const uses = (f: ProtectForm): boolean =>
    typeof f === 'string' ? f === 'glo' || f === 'general-glo' : 'key' in f && f.key === 'global-broadcast';
  if (!forms.some(uses)) throw noBroadcast();
}
const noBroadcast = (): DlmsError =>
  new DlmsError('configuration/invalid', {
    what: 'broadcast: true in a form that does not use the global keys',
    hint: 'use glo or general-glo, or general-ciphering with the key global-broadcast',
  });
function applyForm(
  apdu: Uint8Array,
  context: SecurityContext,
  form: ProtectForm,
  protection: Protection,
  options: ProtectOptions,
): MaybePromise<Uint8Array> {
  if (typeof form === 'string') return simple(apdu, context, form, protection, options.broadcast === true);
  return form.type === 'general-signing'
    ? generalSigning(apdu, context, form)
    : generalCiphering(apdu, context, form, protection);
}

/** Service-specific, general-glo- and general-ded-ciphering. */
function simple(
  apdu: Uint8Array,
  context: SecurityContext,
  form: SimpleForm,
  protection: Protection,
  broadcast: boolean,
): MaybePromise<Uint8Array> {
  if (protection.authenticated !== true && protection.encrypted !== true) return apdu;
  const initiate = isInitiate(apdu[0]);
  const dedicated = !initiate && (form === 'ded' || form === 'general-ded');
  const specific = initiate || form === 'glo' || form === 'ded' ? cipheredTag(apdu[0] as number, dedicated) : undefined;
  const keyName: KeyName = dedicated
    ? 'dedicated-key'
    : broadcast
      ? 'global-broadcast-encryption-key'
      : 'global-unicast-encryption-key';
  const input = cipherInput(context, keyName, protection);
  const content = specific === undefined ? packed(apdu, context) : apdu;
  const control = controlOctet(context, protection, broadcast && !dedicated) | (content === apdu ? 0 : compressedBit);
  const front = frontOf(
    specific ?? apduFacts[dedicated ? 'general-ded-ciphering' : 'general-glo-ciphering'].tag,
    specific === undefined ? context.systemTitle : undefined,
    sealedLength(control, content.length),
  );
  const counter = context.counters.next(context.sendName(keyName));
  if (typeof counter === 'number') return sealBehind(input, control, counter, content, front);
  return counter.then((c) => sealBehind(input, control, c, content, front));
}

/**
 * The compressed APDU, or the APDU itself when nothing is gained. Only for general forms: the Green Book's table of
 * what is compressed, known only at second hand, is said not to name the service-specific ones.
 */
function packed(apdu: Uint8Array, { compress }: SecurityContext): Uint8Array {
  if (compress === undefined) return apdu;
  const packet = compress(apdu);
  return packet.length < apdu.length ? packet : apdu;
}

/** general-ciphering (tag 221): header and content are authenticated together, but not the key information. */
function generalCiphering(
  apdu: Uint8Array,
  context: SecurityContext,
  form: GeneralCipheringForm,
  protection: Protection,
): MaybePromise<Uint8Array> {
  const content = packed(apdu, context);
  const control = controlOctet(context, protection, false) | (content === apdu ? 0 : compressedBit);
  const keyName = keyNames[form.key];
  if (keyName === 'agreed-key') asymmetric(context.suite);
  return andThen(context.counters.next(context.sendName(keyName)), (counter) => {
    const fields = headerFields(context, form, counter);
    const extra = encode(GeneralProtectionHeader, fields);
    return andThen(contentKey(context, form.key, fields), ({ key, keyInfo }) => {
      const seal = (): MaybePromise<Uint8Array> => {
        const w = new Writer(extra.length + 16);
        w.u8(apduFacts['general-ciphering'].tag);
        w.bytes(extra);
        w.u8(1);
        KeyInfoSchema.write(w, keyInfo);
        w.length(sealedLength(control, content.length));
        return sealContent(
          { ...cipherInput(context, keyName, protection, key), extra },
          control,
          counter,
          content,
          w.finish(),
        );
      };
      // A key made for this message alone is destroyed with it, whether or not the message could be made.
      return keyName === 'wrapped-key' || keyName === 'agreed-key' ? lastly(seal, () => key.destroy()) : seal();
    });
  });
}
const keyNames: Readonly<Record<GeneralCipheringForm['key'], KeyName>> = {
  'global-unicast': 'global-unicast-encryption-key',
  'global-broadcast': 'global-broadcast-encryption-key',
  wrapped: 'wrapped-key',
  'one-pass': 'agreed-key',
  static: 'agreed-key',
};
function contentKey(
  context: SecurityContext,
  kind: GeneralCipheringForm['key'],
  fields: GeneralProtectionHeader,
): MaybePromise<{ key: KeyHandle; keyInfo: KeyInfo }> {
  const { provider, suite, keys } = context;
  switch (kind) {
    case 'global-unicast':
      return {
        key: requireKey(keys.globalUnicast, 'global-unicast-encryption-key'),
        keyInfo: { type: 'identified-key', keyId: identifiedKeyIds['global-unicast-encryption-key'] },
      };
    case 'global-broadcast':
      return {
        key: requireKey(keys.globalBroadcast, 'global-broadcast-encryption-key'),
        keyInfo: { type: 'identified-key', keyId: identifiedKeyIds['global-broadcast-encryption-key'] },
      };
    case 'wrapped': {
      const kek = requireKey(keys.master, 'master-key');
      return andThen(provider.generateKey(suite.aes, { wrappable: true }), (key) => {
        let wrapped = false;
        const wrap = (): MaybePromise<{ key: KeyHandle; keyInfo: KeyInfo }> =>
          andThen(provider.wrap(kek, key), (keyCipheredData) => {
            wrapped = true;
            return { key, keyInfo: { type: 'wrapped-key' as const, kekId: kekIds['master-key'], keyCipheredData } };
          });
        return lastly(wrap, () => {
          if (!wrapped) key.destroy();
        });
      });
    }
    case 'one-pass': {
      asymmetric(suite);
      const recipient = requireKey(keys.peerAgreement, 'key agreement key of the recipient');
      const signing = requireKey(keys.signing, 'digital signature key');
      return andThen(
        onePassOriginator(provider, suite, signing, recipient, fields.originatorSystemTitle, recipientOf(fields)),
        ({ key, keyCipheredData }) => ({
          key,
          keyInfo: { type: 'agreed-key' as const, keyParameters: Uint8Array.of(1), keyCipheredData },
        }),
      );
    }
    case 'static': {
      asymmetric(suite);
      const own = requireKey(keys.agreement, 'key agreement key');
      const peer = requireKey(keys.peerAgreement, 'key agreement key of the recipient');
      return andThen(
        staticUnified(
          provider,
          suite,
          own,
          peer,
          fields.transactionId,
          fields.originatorSystemTitle,
          recipientOf(fields),
        ),
        (key) => ({
          key,
          keyInfo: { type: 'agreed-key' as const, keyParameters: Uint8Array.of(2), keyCipheredData: new Uint8Array(0) },
        }),
      );
    }
  }
}
function recipientOf(fields: GeneralProtectionHeader): Uint8Array {
  if (fields.recipientSystemTitle.length !== 8)
    throw new DlmsError('security/missing-key', { key: 'system title of the recipient' });
  return fields.recipientSystemTitle;
}

/** general-signing (tag 223): the signature covers header and content, each part with its length. */
function generalSigning(
  apdu: Uint8Array,
  context: SecurityContext,
  form: GeneralSigningForm,
): MaybePromise<Uint8Array> {
  asymmetric(context.suite);
  if (form.transactionId?.length === 0)
    throw new DlmsError('encode/invalid-value', {
      expected: 'a transaction-id: without one a signature is valid forever',
      actual: 'none',
    });
  const own = requireKey(context.keys.signing, 'digital signature key');
  const counter = form.transactionId === undefined ? context.counters.next(context.sendName('signature')) : 0;
  return andThen(counter, (value) => {
    const w = new Writer(apdu.length + 64);
    w.u8(apduFacts['general-signing'].tag);
    GeneralProtectionHeader.write(w, headerFields(context, form, value));
    w.length(apdu.length);
    w.bytes(apdu);
    const front = w.finish();
    return andThen(context.provider.sign(own.privateKey, front.subarray(1)), (signature) =>
      concat(front, lengthOctets(signature.length), signature),
    );
  });
}

function headerFields(context: SecurityContext, form: GeneralHeader, counter: number): GeneralProtectionHeader {
  const { dateTime = none, otherInformation = none, recipientSystemTitle = context.peerSystemTitle ?? none } = form;
  if (dateTime.length !== 0 && dateTime.length !== 12)
    throw new DlmsError('encode/invalid-value', {
      expected: 'a date-time of 0 or 12 octets',
      actual: `${dateTime.length} octets`,
    });
  if (recipientSystemTitle.length !== 0 && recipientSystemTitle.length !== 8)
    throw new DlmsError('encode/invalid-value', {
      expected: 'a system title of 0 or 8 octets',
      actual: `${recipientSystemTitle.length} octets`,
    });
  const transactionId =
    form.transactionId ?? Uint8Array.of(0, 0, 0, 0, counter >>> 24, counter >>> 16, counter >>> 8, counter);
  return {
    transactionId,
    originatorSystemTitle: context.systemTitle,
    recipientSystemTitle,
    dateTime,
    otherInformation,
  };
}
function cipherInput(
  context: SecurityContext,
  keyName: KeyName,
  protection: Protection,
  given?: KeyHandle,
): CipherInput {
  const { keys, provider, systemTitle } = context;
  const key =
    given ??
    requireKey(
      keyName === 'dedicated-key'
        ? keys.dedicated
        : keyName === 'global-broadcast-encryption-key'
          ? keys.globalBroadcast
          : keys.globalUnicast,
      keyName,
    );
  const authenticationKey =
    protection.authenticated === true ? requireKey(keys.authentication, 'authentication-key') : undefined;
  return { provider, key, authenticationKey, systemTitle };
}
function controlOctet(context: SecurityContext, protection: Protection, broadcastKey: boolean): number {
  return (
    context.suite.id |
    (protection.authenticated === true ? authenticatedBit : 0) |
    (protection.encrypted === true ? encryptedBit : 0) |
    (broadcastKey ? broadcastKeyBit : 0)
  );
}

/**
 * Tag, system title (in the general APDUs), length, and room for the security header: the front of GeneralGloCiphering,
 * or of the octet string of a glo- or ded- APDU. Written by hand because it is on the path of every message;
 * test/security/layouts.test.ts compares it with the declarations.
 */
function frontOf(tag: number, title: Uint8Array | undefined, length: number): Uint8Array {
  const lengthSize = length < 0x80 ? 1 : length < 0x100 ? 2 : length < 0x10000 ? 3 : length < 0x1000000 ? 4 : 5;
  let at = title === undefined ? 1 : 10;
  const front = new Uint8Array(at + lengthSize + securityHeaderLength);
  front[0] = tag;
  if (title !== undefined) {
    front[1] = 8;
    front.set(title, 2);
  }
  if (lengthSize > 1) front[at++] = 0x7f + lengthSize;
  for (let shift = lengthSize === 1 ? 0 : 8 * (lengthSize - 2); shift >= 0; shift -= 8) front[at++] = length >>> shift;
  return front;
}
function lengthOctets(length: number): Uint8Array {
  const w = new Writer(5);
  w.length(length);
  return w.finish();
}
const none = /* @__PURE__ */ new Uint8Array(0);
