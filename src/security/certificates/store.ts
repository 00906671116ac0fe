import { equalBytes } from '../../core/bytes.js';
import { DlmsError } from '../../core/errors.js';
import type { PublicKey } from '../provider.js';
import { type Certificate, type CertificateType, parseCertificate } from './certificate.js';

import { DerReader, derTag } from './der.js';
import { derInteger } from './der-values.js';
import { refuse } from './refusal.js';

/** Whose certificate it is (certificate_entity 0 to 3 of the Security setup object). */
export type CertificateEntity = 'server' | 'client' | 'certification-authority' | 'other';

/** One element of attribute 6 (certificates) of the Security setup object. */
export interface CertificateInfo {
  readonly certificateEntity: CertificateEntity;
  readonly certificateType: CertificateType;
  /** Contents octets of the INTEGER, most significant first. */
  readonly serialNumber: Uint8Array;
  /** Name as DER. */
  readonly issuer: Uint8Array;
  /** Name as DER. */
  readonly subject: Uint8Array;
  /** GeneralNames as DER; empty when there is none. */
  readonly subjectAltName: Uint8Array;
}

/**
 * Which certificate methods 7 (export) and 8 (remove) of the Security setup object mean: the value of certification_identification_options.
 * An entity or type that is a number is one that has no name; nothing matches it.
 */
export type CertificateIdentification =
  | {
      readonly type: 'entity';
      readonly value: {
        readonly certificateEntity: CertificateEntity | number;
        readonly certificateType: CertificateType | number;
        /** Empty for a certificate whose subject is no system title. */
        readonly systemTitle: Uint8Array;
      };
    }
  | { readonly type: 'serial'; readonly value: { readonly serialNumber: Uint8Array; readonly issuer: Uint8Array } };

export interface StoredCertificate {
  readonly entity: CertificateEntity;
  readonly certificate: Certificate;
}

export interface CertificateStoreOptions {
  /** System title of the device that the store belongs to: its own certificates are those of the entity `server`. */
  readonly systemTitle: Uint8Array;
  /** How many certificates are kept. Default 32; `store-full` above. */
  readonly limit?: number;
  /** Public key of the device's own pair for a purpose: its certificates must be for this key. Undefined when there is no pair. */
  readonly ownPublicKey?: (type: CertificateType) => PublicKey | undefined;
  /** Certificates (DER) to start with, e.g. what {@link CertificateStore.octets} gave before. */
  readonly certificates?: readonly Uint8Array[];
}

/**
 * The certificates of a Security setup object. Importing puts a certificate into the store and trusts nothing: what is used is validated against
 * explicit anchors first (`validateCertificate`), and an imported authority is never an anchor.
 *
 * Which entity a certificate belongs to is not part of it and the import method does not say: here an authority (basic constraints) is
 * `certification-authority`, the store's own system title is `server`, another system title `client`, anything else `other`. A certificate replaces the one of
 * the same entity, type and system title.
 */
export class CertificateStore {
  readonly #options: CertificateStoreOptions;
  #entries: readonly StoredCertificate[] = [];

  constructor(options: CertificateStoreOptions) {
    if (options.systemTitle.length !== 8)
      throw new DlmsError('encode/invalid-value', { expected: 'a system title of 8 octets', actual: `${options.systemTitle.length} octets` });
    this.#options = { ...options, systemTitle: options.systemTitle.slice() };
    for (const octets of options.certificates ?? []) this.import(octets);
  }
  get entries(): readonly StoredCertificate[] {
    return this.#entries;
  }
  /** Everything as DER, to be kept elsewhere and given back as `certificates`. */
  octets(): readonly Uint8Array[] {
    return this.#entries.map((e) => e.certificate.raw.slice());
  }
  /** The value of attribute 6. (One implementation writes issuer and subject as text there; DER is what its own export method asks for.) */
  list(): readonly CertificateInfo[] {
    return this.#entries.map(({ entity, certificate: c }) => ({
      certificateEntity: entity,
      certificateType: c.type,
      serialNumber: serialOctets(c),
      issuer: c.issuer.raw.slice(),
      subject: c.subject.raw.slice(),
      subjectAltName: c.subjectAltName?.slice() ?? new Uint8Array(0),
    }));
  }
  /**
   * Method 6. Importing the same certificate again changes nothing.
   * @throws DlmsError what `parseCertificate` throws; `security/certificate` for `wrong-key`, `duplicate-serial-number`, `store-full`
   */
  import(octets: Uint8Array): StoredCertificate {
    const certificate = parseCertificate(octets);
    const entity = this.#entityOf(certificate);
    const same = this.#entries.find(
      (e) => e.certificate.serialNumber === certificate.serialNumber && equalBytes(e.certificate.issuer.raw, certificate.issuer.raw),
    );
    if (same !== undefined) {
      if (!equalBytes(same.certificate.raw, certificate.raw)) refuse('duplicate-serial-number', certificate);
      return same;
    }
    if (entity === 'server' && this.#options.ownPublicKey !== undefined) {
      const own = this.#options.ownPublicKey(certificate.type);
      if (own === undefined || !equalBytes(own.octets, certificate.publicKey.octets)) refuse('wrong-key', certificate);
    }
    const replaces = (e: StoredCertificate): boolean =>
      (entity === 'server' || entity === 'client') &&
      e.entity === entity &&
      e.certificate.type === certificate.type &&
      sameTitle(e.certificate.systemTitle, certificate.systemTitle);
    const kept = this.#entries.filter((e) => !replaces(e));
    if (kept.length >= (this.#options.limit ?? 32)) refuse('store-full', certificate);
    const stored: StoredCertificate = { entity, certificate };
    this.#entries = [...kept, stored];
    return stored;
  }
  /** Method 7: the certificate as DER. @throws DlmsError `security/certificate` with `not-found` or `ambiguous` */
  export(identification: CertificateIdentification): Uint8Array {
    return this.#identified(identification).certificate.raw.slice();
  }
  /** Method 8. @throws DlmsError `security/certificate` with `not-found` or `ambiguous` */
  remove(identification: CertificateIdentification): StoredCertificate {
    const found = this.#identified(identification);
    this.#entries = this.#entries.filter((e) => e !== found);
    return found;
  }
  /** The certificate of a partner (or of the device itself) for a purpose. */
  find(systemTitle: Uint8Array, type: CertificateType): Certificate | undefined {
    return this.#entries.find((e) => e.certificate.type === type && sameTitle(e.certificate.systemTitle, systemTitle))?.certificate;
  }
  /** Authorities in the store, for `intermediates` of a validation. */
  authorities(): readonly Certificate[] {
    return this.#entries.filter((e) => e.entity === 'certification-authority').map((e) => e.certificate);
  }

  #entityOf(certificate: Certificate): CertificateEntity {
    if (certificate.basicConstraints?.ca === true) return 'certification-authority';
    if (certificate.systemTitle === undefined) return 'other';
    return equalBytes(certificate.systemTitle, this.#options.systemTitle) ? 'server' : 'client';
  }
  #identified(identification: CertificateIdentification): StoredCertificate {
    const matches = identification.type === 'entity' ? this.#byEntity(identification.value) : this.#bySerial(identification.value);
    const [found] = matches;
    if (found === undefined) refuse('not-found');
    // An authority has no system title, so several can match; a guess could remove the wrong one.
    if (matches.length > 1) refuse('ambiguous');
    return found;
  }
  #byEntity(wanted: Extract<CertificateIdentification, { type: 'entity' }>['value']): readonly StoredCertificate[] {
    return this.#entries.filter(({ entity, certificate }) => {
      if (entity !== wanted.certificateEntity || certificate.type !== wanted.certificateType) return false;
      return certificate.systemTitle === undefined ? wanted.systemTitle.length === 0 : equalBytes(certificate.systemTitle, wanted.systemTitle);
    });
  }
  /** The serial number as contents octets of an INTEGER or, as one implementation sends it, the whole INTEGER; the issuer as DER of its Name. */
  #bySerial(wanted: Extract<CertificateIdentification, { type: 'serial' }>['value']): readonly StoredCertificate[] {
    const ofIssuer = this.#entries.filter((e) => equalBytes(e.certificate.issuer.raw, wanted.issuer));
    const plain = ofIssuer.filter((e) => equalBytes(unpadded(serialOctets(e.certificate)), unpadded(wanted.serialNumber)));
    return plain.length > 0 ? plain : ofIssuer.filter((e) => equalBytes(derInteger(e.certificate.serialNumber), wanted.serialNumber));
  }
}

const sameTitle = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean => (a === undefined || b === undefined ? a === b : equalBytes(a, b));
const serialOctets = (c: Certificate): Uint8Array => new DerReader(derInteger(c.serialNumber)).expect(derTag.integer, 'serial number').content;
function unpadded(octets: Uint8Array): Uint8Array {
  let from = 0;
  while (from < octets.length - 1 && octets[from] === 0) from++;
  return octets.subarray(from);
}
