import { array, enumeration, octetString, structure } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { globalKeyIds, keyIds } from '../../core/key-ids.js';
import { attribute, fixed, interfaceClass, method, revision, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';
import { oneOf } from '../one-of.js';
import { RequiredProtection } from '../protection.js';

/** Values of `securitySuite`. */
export const SecuritySuiteId = enumeration({
  'aes-gcm-128': 0,
  'aes-gcm-128-ecdsa-p-256-sha-256': 1,
  'aes-gcm-256-ecdsa-p-384-sha-384': 2,
});
export type SecuritySuiteId = Infer<typeof SecuritySuiteId>;

/** Values of `certificateEntity`. */
export const CertificateEntity = enumeration({
  server: 0,
  client: 1,
  'certification-authority': 2,
  other: 3,
});
export type CertificateEntity = Infer<typeof CertificateEntity>;

/** Values of `certificateType`. */
export const CertificateType = enumeration({
  'digital-signature': 0,
  'key-agreement': 1,
  tls: 2,
  other: 3,
});
export type CertificateType = Infer<typeof CertificateType>;

const certificateInfo = structure('certificate-info', {
  certificateEntity: CertificateEntity,
  certificateType: CertificateType,
  serialNumber: octetString,
  issuer: octetString,
  subject: octetString,
  subjectAltName: octetString,
});
/** An element of `certificates`. */
export interface CertificateInfo extends Infer<typeof certificateInfo> {}
export const CertificateInfo: Schema<CertificateInfo> = certificateInfo;

/** Values of `keyId`. */
export const TransferredKeyId = enumeration(keyIds);
export type TransferredKeyId = Infer<typeof TransferredKeyId>;

const keyTransferData = structure('key-transfer-data', {
  keyId: TransferredKeyId,
  keyWrapped: octetString,
});
/** An element of the parameter of `keyTransfer`. */
export interface KeyTransferData extends Infer<typeof keyTransferData> {}
export const KeyTransferData: Schema<KeyTransferData> = keyTransferData;

const keyAgreementData = structure('key-agreement-data', {
  keyId: TransferredKeyId,
  keyData: octetString,
});
/** An element of the parameter of `keyAgreement`. */
export interface KeyAgreementData extends Infer<typeof keyAgreementData> {}
export const KeyAgreementData: Schema<KeyAgreementData> = keyAgreementData;

/** Values of `generateKeyPair`. */
export const KeyPairType = enumeration({
  'digital-signature-key-pair': 0,
  'key-agreement-key-pair': 1,
  'tls-key-pair': 2,
});
export type KeyPairType = Infer<typeof KeyPairType>;

/** Values of `certificateIdentificationType`. */
export const CertificateIdentificationType = enumeration({
  'certificate-identification-entity': 0,
  'certificate-identification-serial': 1,
});
export type CertificateIdentificationType = Infer<typeof CertificateIdentificationType>;

const certificateByEntity = structure('certificate-by-entity', {
  certificateEntity: CertificateEntity,
  certificateType: CertificateType,
  systemTitle: octetString,
});
/** The `entity` option of a choice. */
export interface CertificateByEntity extends Infer<typeof certificateByEntity> {}
export const CertificateByEntity: Schema<CertificateByEntity> = certificateByEntity;

const certificateBySerial = structure('certificate-by-serial', {
  serialNumber: octetString,
  issuer: octetString,
});
/** The `serial` option of a choice. */
export interface CertificateBySerial extends Infer<typeof certificateBySerial> {}
export const CertificateBySerial: Schema<CertificateBySerial> = certificateBySerial;

/** The options of `certificationIdentificationOptions`. */
export const CertificateIdentificationOptions = oneOf('certificate-identification-options', {
  entity: CertificateByEntity,
  serial: CertificateBySerial,
});
export type CertificateIdentificationOptions = Infer<typeof CertificateIdentificationOptions>;

const certificateIdentification = structure('certificate-identification', {
  certificateIdentificationType: CertificateIdentificationType,
  certificationIdentificationOptions: CertificateIdentificationOptions,
});
/** The parameter of `exportCertificate`. */
export interface CertificateIdentification extends Infer<typeof certificateIdentification> {}
export const CertificateIdentification: Schema<CertificateIdentification> = certificateIdentification;

/** Values of `securityPolicy`. */
export const SecurityPolicyV0 = enumeration({
  nothing: 0,
  'all-messages-authenticated': 1,
  'all-messages-encrypted': 2,
  'all-messages-authenticated-and-encrypted': 3,
});
export type SecurityPolicyV0 = Infer<typeof SecurityPolicyV0>;

/** Values of `securitySuite`. */
export const SecuritySuiteIdV0 = enumeration({
  'aes-gcm-128-aes-128-key-wrap': 0,
});
export type SecuritySuiteIdV0 = Infer<typeof SecuritySuiteIdV0>;

/** Values of `keyId`. */
export const GlobalKeyId = enumeration(globalKeyIds);
export type GlobalKeyId = Infer<typeof GlobalKeyId>;

const globalKeyData = structure('global-key-data', {
  keyId: GlobalKeyId,
  keyWrapped: octetString,
});
/** An element of the parameter of `globalKeyTransfer`. */
export interface GlobalKeyData extends Infer<typeof globalKeyData> {}
export const GlobalKeyData: Schema<GlobalKeyData> = globalKeyData;

/**
 * Security setup (class_id 64, version 1). Security suite, policy, keys and certificates of associations.
 *
 * Notes:
 * - Bits 0 and 1 of security_policy are reserved and 0.
 * - key_data of key_agreement: the ephemeral public key followed by its ECDSA signature; what is signed is the key_id
 *   octet followed by the public key (Gurux).
 *
 * Sources: Gurux, SPODES, a public table of the Edition 16 classes.
 */
export const SecuritySetup = interfaceClass({
  name: 'Security setup',
  classId: 64,
  version: 1,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    /** Can only be made stronger, by `security_activate`. */
    securityPolicy: fixed(attribute(2, RequiredProtection)),
    securitySuite: fixed(attribute(3, SecuritySuiteId)),
    /** Eight octets. */
    clientSystemTitle: writable(attribute(4, octetString)),
    /** Eight octets. */
    serverSystemTitle: fixed(attribute(5, octetString)),
    certificates: attribute(6, array(CertificateInfo)),
  },
  methods: {
    /** Parameter: the new policy; it can only become stronger. */
    securityActivate: method(1, RequiredProtection),
    /** Parameter: keys wrapped with the master key. */
    keyTransfer: method(2, array(KeyTransferData)),
    /** Ephemeral public keys with their signatures, in both directions. */
    keyAgreement: method(3, array(KeyAgreementData), array(KeyAgreementData)),
    generateKeyPair: method(4, KeyPairType),
    /** Returns a PKCS #10 request. */
    generateCertificateRequest: method(5, KeyPairType, octetString),
    /** Parameter: X.509 in DER. */
    importCertificate: method(6, octetString),
    /** Returns X.509 in DER. */
    exportCertificate: method(7, CertificateIdentification, octetString),
    removeCertificate: method(8, CertificateIdentification),
  },
});

/**
 * Security setup (class_id 64, version 0).
 *
 * Sources: Gurux, jDLMS, SPODES.
 */
export const SecuritySetupV0 = revision(SecuritySetup, {
  version: 0,
  attributes: {
    /** Can only be made stronger, by `security_activate`. */
    securityPolicy: fixed(attribute(2, SecurityPolicyV0)),
    securitySuite: fixed(attribute(3, SecuritySuiteIdV0)),
  },
  methods: {
    /** Parameter: the new policy; it can only become stronger. */
    securityActivate: method(1, SecurityPolicyV0),
    /** Parameter: keys wrapped with the master key. */
    globalKeyTransfer: method(2, array(GlobalKeyData)),
  },
  without: [
    'certificates',
    'keyTransfer',
    'keyAgreement',
    'generateKeyPair',
    'generateCertificateRequest',
    'importCertificate',
    'exportCertificate',
    'removeCertificate',
  ],
});
