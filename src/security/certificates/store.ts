import { equalBytes } from '../../core/bytes.js';
import { DlmsError, isDlmsError } from '../../core/errors.js';
import { formatHex } from '../../core/hex.js';
import type { MaybePromise } from '../../core/promise.js';
import type { PublicKey } from '../providers/provider.js';
import { type Certificate, type CertificateUse, parseCertificate, type SignatureVerifier } from './certificate.js';
import { type CertificatePurpose, type RevocationPolicy, validateCertificate } from './chain.js';
import { checkRevocationList, parseRevocationList, type RevocationList, type RevocationListState } from './crl.js';
import {
  type CertificateHolder,
  type CertificateSelection,
  identified,
  type ListedCertificate,
  listed,
  type StoredCertificate,
  sameTitle,
} from './identification.js';
import { formatName, sameName } from './name.js';
import { oid } from './object-identifiers.js';
import { type CertificateRefusal, refuse } from './refusal.js';

/** Limits of a {@link CertificateStore}. */
export interface CertificateLimits {
  /** Certificates in total. Default: 32. */
  readonly certificates?: number;
  /** Certificates of one entity and type. Default: 8. */
  readonly ofOneKind?: number;
  /** Octets of one certificate. Default: 4096. */
  readonly octets?: number;
}
/** The contents of a store, to be kept durably and given to a new store: certificates and revocation lists in DER. */
export interface StoredOctets {
  readonly certificates: readonly Uint8Array[];
  readonly revocationLists: readonly Uint8Array[];
}
/** Options of {@link CertificateStore}. */
export interface CertificateStoreOptions {
  /** System title of the device that the store belongs to; certificates with this title are of the entity `server`. */
  readonly systemTitle: Uint8Array;
  /** The provider that verifies signatures. */
  readonly verifier: SignatureVerifier;
  /**
   * The certificates trusted by themselves. Default: none, so no certificate is trusted and none can be imported
   * (`no-anchors`).
   */
  readonly anchors?: readonly Certificate[];
  /** Required if there are anchors. Lists imported later count together with those given here. */
  readonly revocation?: RevocationPolicy;
  /** See {@link CertificatePolicy.extendedKeyUsages}. */
  readonly extendedKeyUsages?: readonly string[];
  /** The time for the validity of certificates and lists. Default: the clock of this machine. */
  readonly now?: () => Date;
  readonly limits?: CertificateLimits;
  /**
   * Certificates (DER) to start with, such as those given to `persist`. Like all others, they are validated when used.
   */
  readonly certificates?: readonly Uint8Array[];
  /** Stores a change durably. The change takes effect, and is confirmed to the client, only after this has returned. */
  readonly persist?: (octets: StoredOctets) => MaybePromise<void>;
  /** Called with what a listener of {@link CertificateStore.onChange} throws: the change is stored and stays. */
  readonly onError?: (error: unknown) => void;
}
/** What goes with an import into a {@link CertificateStore}. */
export interface ImportContext {
  /**
   * Public keys of the device's key pairs for this purpose: a certificate of the device itself must be for one of them.
   * Without this function, none is accepted.
   */
  readonly own?: (type: CertificateUse) => readonly PublicKey[];
  /**
   * Called once everything has been checked, before anything is stored. If this function fails, nothing is imported; if
   * storing fails, nothing is imported and the function returned here is called to undo its work.
   */
  readonly before?: (stored: StoredCertificate) => MaybePromise<(() => MaybePromise<void>) | void>;
  /**
   * Receives the work of telling those who use the certificates, to run it later. By default it is done before the
   * import returns.
   */
  readonly later?: (work: () => Promise<void>) => void;
}
/** A public key from a certificate that was validated. */
export interface TrustedKey {
  readonly publicKey: PublicKey;
  /** The time (milliseconds since 1970) from which the path, or a required revocation list, is no longer valid. */
  readonly until: number;
}

/**
 * The certificates of a Security setup object, or of any side that keeps those of its partners.
 *
 * Nothing is accepted unless an anchor vouches for it: {@link CertificateStore.import} validates the whole path
 * (signatures, validity, usage and purposes, basic and name constraints, revocation, and for messages a system title as
 * subject) before anything is stored or replaced. This goes for authorities too, and an imported authority never
 * becomes an anchor. Certificates are validated again when used: {@link CertificateStore.trusted}.
 *
 * Neither the certificate nor the import method says which entity it belongs to. Here an authority (basic constraints)
 * is `certification-authority`, the store's own system title is `server`, another system title is `client`, and
 * anything else is `other`. A certificate replaces the one of the same entity, type and holder if it is newer: valid
 * from a later time, or from the same time until a later one. So an old certificate, whose key may be known by now,
 * cannot come back. Any authority that an anchor allows to certify a system title can replace its certificate; name
 * constraints limit which ones can.
 */
export class CertificateStore {
  /** The time at which certificates and lists must be valid. */
  readonly now: () => Date;
  readonly #options: CertificateStoreOptions;
  #entries: readonly StoredCertificate[] = [];
  #lists: readonly RevocationList[];
  #version = 0;
  #turn: Promise<unknown> = Promise.resolve();
  readonly #believed: Map<string, TrustedKey> = new Map<string, TrustedKey>();
  readonly #listeners: Set<() => MaybePromise<void>> = new Set<() => MaybePromise<void>>();

  constructor(options: CertificateStoreOptions) {
    if (options.systemTitle.length !== 8)
      throw new DlmsError('encode/invalid-value', {
        expected: 'a system title of 8 octets',
        actual: `${options.systemTitle.length} octets`,
      });
    if (options.revocation === undefined && (options.anchors ?? []).length > 0)
      throw new DlmsError('encode/invalid-value', {
        expected: 'anchors with a revocation policy',
        actual: 'anchors alone',
      });
    this.#options = { ...options, systemTitle: options.systemTitle.slice() };
    this.now = options.now ?? (() => new Date());
    const { revocation } = options;
    this.#lists = typeof revocation === 'object' ? revocation.lists : [];
    for (const octets of options.certificates ?? []) {
      const certificate = this.#parsed(octets);
      const entity = this.#entityOf(certificate);
      if (!this.#isThere(certificate)) this.#entries = this.#with({ entity, certificate });
    }
  }
  /** Grows with every change. */
  get version(): number {
    return this.#version;
  }
  get entries(): readonly StoredCertificate[] {
    return this.#entries;
  }
  get revocationLists(): readonly RevocationList[] {
    return this.#lists;
  }
  /** The contents in DER. */
  octets(): StoredOctets {
    return octetsOf(this.#entries, this.#lists);
  }
  /**
   * The value of attribute 6 (certificates). (One implementation writes issuer and subject as text there, although its
   * own export method takes DER.)
   */
  list(): readonly ListedCertificate[] {
    return this.#entries.map(listed);
  }
  /**
   * Imports a certificate (method 6). Importing the same certificate again changes nothing.
   * @throws DlmsError what `parseCertificate` throws; `security/certificate` with the reason of `validateCertificate`,
   *   or `no-anchors`, `wrong-key`, `not-newer`, `duplicate-serial-number`, `too-large`, `store-full`
   */
  import(octets: Uint8Array, context: ImportContext = {}): Promise<StoredCertificate> {
    return this.#inTurn(async () => {
      const certificate = this.#parsed(octets);
      const entity = this.#entityOf(certificate);
      const stored: StoredCertificate = { entity, certificate };
      if ((this.#options.anchors ?? []).length === 0) refuse('no-anchors', certificate);
      if (this.#isThere(certificate))
        return this.#entries.find((e) => equalBytes(e.certificate.raw, certificate.raw)) as StoredCertificate;
      const purpose = purposeOf(certificate);
      if (entity === 'other' && purpose !== 'tls-server' && purpose !== 'tls-client')
        refuse('wrong-system-title', certificate, 'the common name is not a system title');
      await this.validate(certificate, purpose);
      const keys = entity === 'server' ? (context.own?.(certificate.type) ?? []) : undefined;
      if (keys?.some((key) => equalBytes(key.octets, certificate.publicKey.octets)) === false)
        refuse('wrong-key', certificate);
      const old = this.#entries.find((e) => sameHolder(e, stored));
      if (old !== undefined && !isNewer(certificate, old.certificate)) refuse('not-newer', certificate);
      const entries = this.#with(stored);
      const undo = await context.before?.(stored);
      try {
        await this.#options.persist?.(octetsOf(entries, this.#lists));
      } catch (e) {
        if (typeof undo === 'function') await undo();
        throw e;
      }
      this.#entries = entries;
      await this.#changed(context.later);
      return stored;
    });
  }
  /**
   * Exports a certificate in DER (method 7).
   * @throws DlmsError `security/certificate` with `not-found` or `ambiguous`
   */
  export(identification: CertificateSelection): Uint8Array {
    return identified(this.#entries, identification).certificate.raw.slice();
  }
  /**
   * Removes a certificate (method 8).
   * @param needed tells which certificates must stay
   * @throws DlmsError `security/certificate` with `not-found`, `ambiguous` or `in-use`
   */
  remove(
    identification: CertificateSelection,
    { needed, later }: Pick<ImportContext, 'later'> & { readonly needed?: (stored: StoredCertificate) => boolean } = {},
  ): Promise<StoredCertificate> {
    return this.#inTurn(async () => {
      const found = identified(this.#entries, identification);
      if (needed?.(found) === true) refuse('in-use', found.certificate);
      const entries = this.#entries.filter((e) => e !== found);
      await this.#options.persist?.(octetsOf(entries, this.#lists));
      this.#entries = entries;
      await this.#changed(later);
      return found;
    });
  }
  /**
   * Imports a revocation list, for the application. It must come from an anchor, or from an authority that an anchor
   * vouches for, be current, and be newer than the list of the same issuer, which it replaces.
   * @throws DlmsError what `parseRevocationList` throws; `security/certificate` with `no-trusted-issuer` (or the reason
   *   why the issuer is not trusted), `revocation-unknown` (`detail` is a {@link RevocationListState}), `not-newer`;
   *   `security/unsupported` when revocation is ignored
   */
  importRevocationList(octets: Uint8Array, later?: ImportContext['later']): Promise<RevocationList> {
    return this.#inTurn(async () => {
      const list = parseRevocationList(octets);
      if (typeof this.#options.revocation !== 'object')
        throw new DlmsError('security/unsupported', { what: 'a revocation list where revocation is ignored' });
      const issuer = await this.#issuerOf(list);
      const old = this.#lists.find((l) => sameIssuer(l, list));
      if (old !== undefined && !equalBytes(old.raw, list.raw) && !isLater(list, old))
        refuse('not-newer', issuer, `list of ${formatName(list.issuer)}`);
      const lists = [...this.#lists.filter((l) => l !== old), list];
      await this.#options.persist?.(octetsOf(this.#entries, lists));
      this.#lists = lists;
      await this.#changed(later);
      return list;
    });
  }
  /**
   * Calls the listener after every change. What it throws undoes nothing and keeps no other listener from being called;
   * it goes to `onError`, or with {@link ImportContext.later} to whoever does that work.
   * @returns a function that removes it
   */
  onChange(listener: () => MaybePromise<void>): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
  /**
   * Validates a certificate now, against the anchors and through the authorities of the store.
   * @throws DlmsError `security/certificate`
   */
  validate(
    certificate: Certificate,
    purpose: CertificatePurpose,
    systemTitle?: Uint8Array,
  ): MaybePromise<readonly Certificate[]> {
    const { anchors = [], revocation, verifier, extendedKeyUsages } = this.#options;
    return validateCertificate(certificate, {
      anchors,
      intermediates: this.authorities(),
      now: this.now(),
      purpose,
      revocation:
        typeof revocation === 'object' ? { policy: revocation.policy, lists: this.#lists } : 'unsafely-ignored',
      verifier,
      ...(systemTitle === undefined ? {} : { systemTitle }),
      ...(extendedKeyUsages === undefined ? {} : { extendedKeyUsages }),
    });
  }
  /**
   * The key of a partner for a purpose, from a certificate that is valid now; undefined when there is none. The result
   * is cached until it expires or anything changes.
   */
  trusted(
    systemTitle: Uint8Array,
    purpose: 'digital-signature' | 'key-agreement',
  ): MaybePromise<TrustedKey | undefined> {
    const certificate = this.find(systemTitle, purpose);
    if (certificate === undefined) return undefined;
    const name = `${purpose} ${formatHex(systemTitle)}`;
    const before = this.#believed.get(name);
    if (before !== undefined && this.now().getTime() < before.until) return before;
    this.#believed.delete(name);
    const version = this.#version;
    const believe = (path: readonly Certificate[]): TrustedKey => {
      const key: TrustedKey = { publicKey: certificate.publicKey, until: this.#endOf(path) };
      if (version === this.#version) this.#believed.set(name, key);
      return key;
    };
    const doubt = (e: unknown): undefined => {
      // Without a trusted key, the association fails where the key is needed, and says so; `validate` tells why.
      if (!isDlmsError(e)) throw e;
      return undefined;
    };
    try {
      const path = this.validate(certificate, purpose, systemTitle);
      return path instanceof Promise ? path.then(believe).catch(doubt) : believe(path);
    } catch (e) {
      return doubt(e);
    }
  }
  /** The certificate of a partner (or of the device itself) for a purpose. */
  find(systemTitle: Uint8Array, type: CertificateUse): Certificate | undefined {
    return this.#entries.find((e) => e.certificate.type === type && sameTitle(e.certificate.systemTitle, systemTitle))
      ?.certificate;
  }
  /** Authorities in the store, for `intermediates` of a validation. */
  authorities(): readonly Certificate[] {
    return this.#entries.filter((e) => e.entity === 'certification-authority').map((e) => e.certificate);
  }

  /** Imports and removals run one after the other, so what one has checked still holds when it stores. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
  async #changed(later: ImportContext['later']): Promise<void> {
    this.#version++;
    this.#believed.clear();
    const tell = async (): Promise<void> => {
      const faults: unknown[] = [];
      for (const listener of this.#listeners) {
        try {
          await listener();
        } catch (e) {
          faults.push(e);
        }
      }
      if (faults.length > 0) throw faults.length === 1 ? faults[0] : new AggregateError(faults);
    };
    if (later !== undefined) return later(tell);
    try {
      await tell();
    } catch (e) {
      try {
        this.#options.onError?.(e);
      } catch {
        // A report that fails does not undo the change either.
      }
    }
  }
  #parsed(octets: Uint8Array): Certificate {
    const limit = this.#options.limits?.octets ?? 4096;
    if (octets.length > limit) refuse('too-large', undefined, `${octets.length} octets, ${limit} allowed`);
    return parseCertificate(octets);
  }
  #isThere(certificate: Certificate): boolean {
    const same = this.#entries.find(
      (e) =>
        e.certificate.serialNumber === certificate.serialNumber &&
        equalBytes(e.certificate.issuer.raw, certificate.issuer.raw),
    );
    if (same !== undefined && !equalBytes(same.certificate.raw, certificate.raw))
      refuse('duplicate-serial-number', certificate);
    return same !== undefined;
  }
  #with(stored: StoredCertificate): readonly StoredCertificate[] {
    const { certificates = 32, ofOneKind = 8 } = this.#options.limits ?? {};
    const kept = this.#entries.filter((e) => !sameHolder(e, stored));
    const ofThisKind = kept.filter((e) => e.entity === stored.entity && e.certificate.type === stored.certificate.type);
    if (kept.length >= certificates || ofThisKind.length >= ofOneKind) refuse('store-full', stored.certificate);
    return [...kept, stored];
  }
  #endOf(path: readonly Certificate[]): number {
    const { revocation } = this.#options;
    const ends = path.map((c) => c.notAfter.getTime() + 1000);
    if (typeof revocation === 'object' && revocation.policy === 'required')
      for (const { issuer } of path.slice(0, -1))
        ends.push(
          Math.max(
            ...this.#lists.filter((l) => sameName(l.issuer, issuer)).map((l) => (l.nextUpdate?.getTime() ?? 0) + 1),
          ),
        );
    return Math.min(...ends);
  }
  /**
   * The certificate of whoever signed the list, if it can be relied on. Revocation is only checked when available, so
   * that the first list of all can be imported.
   */
  async #issuerOf(list: RevocationList): Promise<Certificate> {
    const { anchors = [], verifier } = this.#options;
    const now = this.now();
    const intermediates = this.authorities();
    let first: unknown;
    for (const issuer of [...anchors, ...intermediates].filter((c) => sameName(c.subject, list.issuer))) {
      try {
        const revocation = { policy: 'when-available', lists: this.#lists } as const;
        await validateCertificate(issuer, {
          anchors,
          intermediates,
          now,
          purpose: 'certification-authority',
          revocation,
          verifier,
        });
        const state: RevocationListState = await checkRevocationList(list, issuer, now, verifier);
        if (state === 'usable') return issuer;
        refuse('revocation-unknown', issuer, state);
      } catch (e) {
        first ??= e;
      }
    }
    throw first ?? noIssuer(list);
  }
  #entityOf(certificate: Certificate): CertificateHolder {
    if (certificate.basicConstraints?.ca === true) return 'certification-authority';
    if (certificate.systemTitle === undefined) return 'other';
    return equalBytes(certificate.systemTitle, this.#options.systemTitle) ? 'server' : 'client';
  }
}

function octetsOf(entries: readonly StoredCertificate[], lists: readonly RevocationList[]): StoredOctets {
  return {
    certificates: entries.map((e) => e.certificate.raw.slice()),
    revocationLists: lists.map((l) => l.raw.slice()),
  };
}
/** The purpose for which an imported certificate must be valid. One without a purpose is refused. */
function purposeOf(certificate: Certificate): CertificatePurpose {
  if (certificate.basicConstraints?.ca === true) return 'certification-authority';
  if (certificate.type === 'other') refuse('wrong-usage', certificate, 'its key usage names no purpose');
  if (certificate.type !== 'tls') return certificate.type;
  return certificate.extendedKeyUsage?.includes(oid.serverAuth) === true ? 'tls-server' : 'tls-client';
}
/** Authorities are the same by name and key, because one that changes its key has both certificates for a while. */
function sameHolder(a: StoredCertificate, b: StoredCertificate): boolean {
  const [c, d] = [a.certificate, b.certificate];
  if (a.entity !== b.entity || c.type !== d.type || !sameTitle(c.systemTitle, d.systemTitle)) return false;
  if (a.entity === 'server' || a.entity === 'client') return true;
  return sameName(c.subject, d.subject) && (a.entity === 'other' || equalBytes(c.publicKey.octets, d.publicKey.octets));
}
function isNewer(a: Certificate, b: Certificate): boolean {
  const difference = a.notBefore.getTime() - b.notBefore.getTime();
  return difference > 0 || (difference === 0 && a.notAfter.getTime() > b.notAfter.getTime());
}
function sameIssuer(a: RevocationList, b: RevocationList): boolean {
  const { authorityKeyIdentifier: x } = a;
  const { authorityKeyIdentifier: y } = b;
  return sameName(a.issuer, b.issuer) && (x === undefined || y === undefined ? x === y : equalBytes(x, y));
}
/** Compares by number if both have one. */
function isLater(a: RevocationList, b: RevocationList): boolean {
  if (a.crlNumber !== undefined && b.crlNumber !== undefined) return a.crlNumber > b.crlNumber;
  return a.thisUpdate.getTime() > b.thisUpdate.getTime();
}
const noIssuer = (list: RevocationList): DlmsError =>
  new DlmsError('security/certificate', {
    reason: 'no-trusted-issuer' satisfies CertificateRefusal,
    detail: `list of ${formatName(list.issuer)}`,
  });
