import {
  ber,
  berBits,
  berChoice,
  berInteger,
  berObjectIdentifier,
  berOctets,
  berOptional,
  berSequence,
  berText,
} from '../axdr/ber.js';
import { enumerated } from '../axdr/scalars.js';
import { alternative, choice, type FieldsSchema, type Infer, type Schema } from '../axdr/schema.js';
import { apduFacts } from '../core/apdu-facts.js';

// ACSE APDUs (ISO/IEC 8650-1 as used by the Green Book): association and release, in BER.

/** The object identifiers of the application contexts, by name. */
export const applicationContexts = {
  LN_no_ciphering: '2.16.756.5.8.1.1',
  SN_no_ciphering: '2.16.756.5.8.1.2',
  LN_with_ciphering: '2.16.756.5.8.1.3',
  SN_with_ciphering: '2.16.756.5.8.1.4',
} as const;
/**
 * The object identifier of an authentication mechanism: 0 none, 1 LLS, 2 manufacturer specific, 3 MD5, 4 SHA-1, 5 GMAC,
 * 6 SHA-256, 7 ECDSA.
 */
export const mechanismName = (mechanism: number): string => `2.16.756.5.8.2.${mechanism}`;
/** The last arc of the name of a mechanism; undefined when it is not one of DLMS. */
export const mechanismOf = (name: string): number | undefined =>
  /^2\.16\.756\.5\.8\.2\.\d+$/.test(name) ? Number(name.slice('2.16.756.5.8.2.'.length)) : undefined;

const objectIdentifier = /* @__PURE__ */ ber(0x06, berObjectIdentifier);
const octetString = /* @__PURE__ */ ber(0x04, berOctets);
const integer = /* @__PURE__ */ ber(0x02, berInteger);
const authenticationValue = /* @__PURE__ */ berChoice('Authentication-value', {
  /** Password or challenge; any octets, despite the name. */
  charstring: alternative(0x80, berOctets),
  bitstring: alternative(0x81, berBits),
});

const protocolVersion = /* @__PURE__ */ berOptional(0x80, berBits);
const aarq = /* @__PURE__ */ berSequence('AARQ', {
  /** Bit 0: version 1. Normally omitted. */
  protocolVersion,
  applicationContextName: ber(0xa1, objectIdentifier),
  calledAPTitle: berOptional(0xa2, octetString),
  calledAEQualifier: berOptional(0xa3, octetString),
  calledAPInvocationId: berOptional(0xa4, integer),
  calledAEInvocationId: berOptional(0xa5, integer),
  /** System title of the client; required with ciphering and with HLS 5 to 7. */
  callingAPTitle: berOptional(0xa6, octetString),
  /** Signing certificate of the client (from memory; not confirmed by a source). */
  callingAEQualifier: berOptional(0xa7, octetString),
  callingAPInvocationId: berOptional(0xa8, integer),
  /** The user of the client (client user identification). */
  callingAEInvocationId: berOptional(0xa9, integer),
  /** Bit 0: authentication. */
  senderAcseRequirements: berOptional(0x8a, berBits),
  mechanismName: berOptional(0x8b, berObjectIdentifier),
  callingAuthenticationValue: berOptional(0xac, authenticationValue),
  implementationInformation: berOptional(0xbd, berText),
  /** An xDLMS InitiateRequest, plain or ciphered. */
  userInformation: berOptional(0xbe, octetString),
});
/** AARQ, association request (tag 96, 60). */
export interface Aarq extends Infer<typeof aarq> {}
export const Aarq: FieldsSchema<Aarq> = aarq;

/** Diagnostic of the service user: why an association was refused, or (14) that an HLS exchange must follow. */
const acseServiceUser = /* @__PURE__ */ enumerated({
  null: 0,
  'no-reason-given': 1,
  'application-context-name-not-supported': 2,
  'calling-AP-title-not-recognized': 3,
  'calling-AP-invocation-identifier-not-recognized': 4,
  'calling-AE-qualifier-not-recognized': 5,
  'calling-AE-invocation-identifier-not-recognized': 6,
  'called-AP-title-not-recognized': 7,
  'called-AP-invocation-identifier-not-recognized': 8,
  'called-AE-qualifier-not-recognized': 9,
  'called-AE-invocation-identifier-not-recognized': 10,
  'authentication-mechanism-name-not-recognised': 11,
  'authentication-mechanism-name-required': 12,
  'authentication-failure': 13,
  'authentication-required': 14,
});
const acseServiceProvider = /* @__PURE__ */ enumerated({ null: 0, 'no-reason-given': 1, 'no-common-acse-version': 2 });
const associateSourceDiagnostic = /* @__PURE__ */ berChoice('Associate-source-diagnostic', {
  'acse-service-user': alternative(0xa1, /* @__PURE__ */ ber(0x02, acseServiceUser)),
  'acse-service-provider': alternative(0xa2, /* @__PURE__ */ ber(0x02, acseServiceProvider)),
});
/** The diagnostic of the ACSE user or provider for an accepted or refused association. */
export type AssociateSourceDiagnostic = Infer<typeof associateSourceDiagnostic>;

const aare = /* @__PURE__ */ berSequence('AARE', {
  protocolVersion,
  applicationContextName: ber(0xa1, objectIdentifier),
  result: ber(
    0xa2,
    /* @__PURE__ */ ber(
      0x02,
      /* @__PURE__ */ enumerated({ accepted: 0, 'rejected-permanent': 1, 'rejected-transient': 2 }),
    ),
  ),
  resultSourceDiagnostic: ber(0xa3, associateSourceDiagnostic),
  /** System title of the server. */
  respondingAPTitle: berOptional(0xa4, octetString),
  /** Signing certificate of the server (from memory; not confirmed by a source). */
  respondingAEQualifier: berOptional(0xa5, octetString),
  respondingAPInvocationId: berOptional(0xa6, integer),
  respondingAEInvocationId: berOptional(0xa7, integer),
  responderAcseRequirements: berOptional(0x88, berBits),
  mechanismName: berOptional(0x89, berObjectIdentifier),
  /** The challenge of the server, with HLS. */
  respondingAuthenticationValue: berOptional(0xaa, authenticationValue),
  implementationInformation: berOptional(0xbd, berText),
  /** An xDLMS InitiateResponse or ConfirmedServiceError, plain or ciphered. */
  userInformation: berOptional(0xbe, octetString),
});
/** AARE, association response (tag 97, 61). */
export interface Aare extends Infer<typeof aare> {}
export const Aare: FieldsSchema<Aare> = aare;

const release = <const N extends Readonly<Record<string, number>>>(name: string, reasons: N) =>
  berSequence(
    name,
    {
      reason: berOptional(0x80, enumerated(reasons)),
      /** A ciphered Initiate APDU, if the association is ciphered. */
      userInformation: berOptional(0xbe, octetString, 'often-too-small'),
    },
    'often-too-small',
  );
const rlrq = /* @__PURE__ */ release('RLRQ', { normal: 0, urgent: 1, 'user-defined': 30 });
/** RLRQ, release request (tag 98, 62). */
export interface Rlrq extends Infer<typeof rlrq> {}
export const Rlrq: FieldsSchema<Rlrq> = rlrq;

const rlre = /* @__PURE__ */ release('RLRE', { normal: 0, 'not-finished': 1, 'user-defined': 30 });
/** RLRE, release response (tag 99, 63). */
export interface Rlre extends Infer<typeof rlre> {}
export const Rlre: FieldsSchema<Rlre> = rlre;

const acseApdu = /* @__PURE__ */ (() =>
  choice('ACSE-APDU', {
    aarq: alternative(apduFacts.aarq.tag, Aarq),
    aare: alternative(apduFacts.aare.tag, Aare),
    rlrq: alternative(apduFacts.rlrq.tag, Rlrq),
    rlre: alternative(apduFacts.rlre.tag, Rlre),
  }))();
/** The four APDUs of association control: AARQ, AARE, RLRQ, RLRE. */
export type AcseApdu = Infer<typeof acseApdu>;
export const AcseApdu: Schema<AcseApdu> = acseApdu;
