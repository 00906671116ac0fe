import { octets, unsigned8 } from '../axdr/scalars.js';
import { alternative, choice, type FieldsSchema, type Infer, optional, type Schema, sequence } from '../axdr/schema.js';

// General protection APDUs (Green Book 9.5). This is only their layout; the cryptography is in `security`.

const generalGloCiphering = /* @__PURE__ */ sequence('General-Glo-Ciphering', {
  /** System title of the sender: 8 octets, or empty when both sides know it. */
  systemTitle: octets,
  /** Security header (control octet, invocation counter), content, authentication tag. */
  cipheredContent: octets,
});
/** general-glo-ciphering (tag 219) and general-ded-ciphering (tag 220), which have the same fields. */
export interface GeneralGloCiphering extends Infer<typeof generalGloCiphering> {}
export const GeneralGloCiphering: FieldsSchema<GeneralGloCiphering> = generalGloCiphering;

const identifiedKey = /* @__PURE__ */ sequence('Identified-Key', {
  /** 0 global unicast encryption key, 1 global broadcast encryption key. */
  keyId: unsigned8,
});
const wrappedKey = /* @__PURE__ */ sequence('Wrapped-Key', {
  /** 0 master key (KEK). */
  kekId: unsigned8,
  /** The content key under AES key wrap (RFC 3394). */
  keyCipheredData: octets,
});
const agreedKey = /* @__PURE__ */ sequence('Agreed-Key', {
  /** 01 one-pass Diffie-Hellman C(1e, 1s), 02 static unified model C(0e, 2s). */
  keyParameters: octets,
  /** C(1e, 1s): ephemeral public key (x, y) and its signature; C(0e, 2s): empty. */
  keyCipheredData: octets,
});
const keyInfo = /* @__PURE__ */ choice('Key-Info', {
  'identified-key': alternative(0, identifiedKey),
  'wrapped-key': alternative(1, wrappedKey),
  'agreed-key': alternative(2, agreedKey),
});
/**
 * The key that protects a general-ciphering APDU: one that both sides know, one wrapped in the APDU, or one agreed on.
 */
export type KeyInfo = Infer<typeof keyInfo>;
export const KeyInfo: Schema<KeyInfo> = keyInfo;

// The additional authenticated data and the signature cover these five fields including their length octets.
const header = {
  transactionId: octets,
  originatorSystemTitle: octets,
  recipientSystemTitle: octets,
  /** Empty, or 12 octets. */
  dateTime: octets,
  otherInformation: octets,
};
const generalProtectionHeader = /* @__PURE__ */ sequence('General-Protection-Header', header);
/** The first fields of general-ciphering and general-signing; their encoding is part of what is authenticated. */
export interface GeneralProtectionHeader extends Infer<typeof generalProtectionHeader> {}
export const GeneralProtectionHeader: FieldsSchema<GeneralProtectionHeader> = generalProtectionHeader;

const generalCiphering = /* @__PURE__ */ sequence('General-Ciphering', {
  ...header,
  keyInfo: optional(KeyInfo),
  /** Security header, content, authentication tag. */
  cipheredContent: octets,
});
/** general-ciphering (tag 221). */
export interface GeneralCiphering extends Infer<typeof generalCiphering> {}
export const GeneralCiphering: FieldsSchema<GeneralCiphering> = generalCiphering;

const generalSigning = /* @__PURE__ */ sequence('General-Signing', {
  ...header,
  /** The protected APDU. */
  content: octets,
  /** r followed by s: 64 octets (P-256) or 96 octets (P-384); empty in GBCS messages protected by a MAC alone. */
  signature: octets,
});
/** general-signing (tag 223). */
export interface GeneralSigning extends Infer<typeof generalSigning> {}
export const GeneralSigning: FieldsSchema<GeneralSigning> = generalSigning;
