import { buffer, type Constants, type Template } from './pkcs11-token.js';
import type { Curve, ImportOptions, KeyUse, PrivateKeyAlgorithm } from './provider.js';

/**
 * With a label, the key becomes an object of the token and outlives the session; without one, it is gone once the
 * provider is closed.
 */
export interface LabelledOptions extends ImportOptions {
  readonly label?: string;
}

/** Templates of the objects made on a token. */
export interface Templates {
  /** Attributes of every secret or private object. */
  attributes(label: string | undefined, sensitive: boolean, extractable: boolean): Template;
  aesTemplate(options: LabelledOptions): Template;
  /** A secret that must be readable to be used. */
  secretTemplate(label?: string): Template;
  privateTemplate(algorithm: PrivateKeyAlgorithm, label: string | undefined): Template;
  publicTemplate(curve: Curve, label: string | undefined): Template;
}

export function templates(c: Constants): Templates {
  const attributes = (label: string | undefined, sensitive: boolean, extractable: boolean): Template => [
    { type: c.CKA_TOKEN, value: label !== undefined },
    { type: c.CKA_PRIVATE, value: true },
    { type: c.CKA_SENSITIVE, value: sensitive },
    { type: c.CKA_EXTRACTABLE, value: extractable },
    // So that nobody can widen the use of the key later.
    { type: c.CKA_MODIFIABLE, value: false },
    ...(label === undefined ? [] : [{ type: c.CKA_LABEL, value: label }]),
  ];
  const aesTemplate = (options: LabelledOptions): Template => [
    { type: c.CKA_CLASS, value: c.CKO_SECRET_KEY },
    { type: c.CKA_KEY_TYPE, value: c.CKK_AES },
    ...attributes(options.label, true, options.wrappable === true),
    ...usesOf(c, options.use ?? 'ciphering'),
  ];
  const secretTemplate = (label?: string): Template => [
    { type: c.CKA_CLASS, value: c.CKO_SECRET_KEY },
    { type: c.CKA_KEY_TYPE, value: c.CKK_GENERIC_SECRET },
    ...attributes(label, false, true),
  ];
  const privateTemplate = (algorithm: PrivateKeyAlgorithm, label: string | undefined): Template => [
    ...attributes(label, true, false),
    // A key agreement key signs its own certificate request, see `proveKey`.
    { type: c.CKA_SIGN, value: true },
    { type: c.CKA_DERIVE, value: algorithm.startsWith('ECDH') },
    { type: c.CKA_DECRYPT, value: false },
    { type: c.CKA_UNWRAP, value: false },
  ];
  const publicTemplate = (curve: Curve, label: string | undefined): Template => [
    { type: c.CKA_TOKEN, value: label !== undefined },
    { type: c.CKA_VERIFY, value: true },
    { type: c.CKA_EC_PARAMS, value: buffer(curveParameters[curve]) },
    ...(label === undefined ? [] : [{ type: c.CKA_LABEL, value: label }]),
  ];
  return { attributes, aesTemplate, secretTemplate, privateTemplate, publicTemplate };
}

/** Allows one use and explicitly denies the other, because defaults differ between modules. */
export const usesOf = (c: Constants, use: KeyUse): Template => [
  ...[c.CKA_ENCRYPT, c.CKA_DECRYPT].map((type) => ({ type, value: use === 'ciphering' })),
  ...[c.CKA_WRAP, c.CKA_UNWRAP].map((type) => ({ type, value: use === 'wrapping' })),
];

/** Object identifiers of the curves, in DER. */
export const curveParameters: Readonly<Record<Curve, Uint8Array>> = {
  'P-256': /* @__PURE__ */ Uint8Array.of(0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07),
  'P-384': /* @__PURE__ */ Uint8Array.of(0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22),
};
