import { formatHex } from '../core/hex.js';
import type { MaybePromise } from '../core/promise.js';
import { type Certificate, type CertificateType, validateCertificate } from '../security/certificates/index.js';
import type { CertificateStore } from '../security/certificates/store.js';
import { SecurityContext, type SecurityKeys } from '../security/context.js';
import type { InvocationCounters } from '../security/counters.js';
import { checkedPolicy, type Protection, type SecurityPolicy } from '../security/policy.js';
import type { CryptoProvider, KeyPair, PublicKey } from '../security/provider.js';
import { type SecuritySuite, securitySuite } from '../security/suites.js';

/** What may stand in for each purpose; the TLS pair is kept for the transport. */
export type OwnPair = Exclude<CertificateType, 'other'>;

export interface SecurityStateOptions {
  readonly provider: CryptoProvider;
  /** 0, 1 or 2. */
  readonly suite: number;
  /** Own system title. */
  readonly systemTitle: Uint8Array;
  readonly keys: SecurityKeys;
  /** On a store that lasts: a meter that forgets what it received accepts every recording again. */
  readonly counters: InvocationCounters;
  /** What requests must have, and what responses get. Default: authenticated and encrypted. */
  readonly request?: Protection;
  readonly response?: Protection;
  /** As in `SecurityPolicy`: needed when requests need neither authentication nor a signature. */
  readonly withoutReplayProtection?: boolean;
  /** Certificates of this device and of its clients. Default: none. */
  readonly certificates?: CertificateStore;
  /** Only certificates that these vouch for make keys of clients. Default: none, so keys of clients come from `keys` alone. */
  readonly anchors?: readonly Certificate[];
  /** For the validity of certificates. Default: the clock of this machine. */
  readonly now?: () => Date;
  /** Stores changed keys durably. They are used, and confirmed to the client, only when it has returned. */
  readonly persistKeys?: (keys: SecurityKeys) => MaybePromise<void>;
  readonly persistPolicy?: (request: Protection, response: Protection) => MaybePromise<void>;
}

/**
 * The security of a meter that all its ciphered associations share: keys, policy, certificates. It makes the context of each new association (give
 * {@link SecurityState.context} as `security` of an `AssociationConfig`), and a change reaches the associations that are open.
 */
export class SecurityState {
  readonly options: SecurityStateOptions;
  readonly provider: CryptoProvider;
  readonly suite: SecuritySuite;
  readonly systemTitle: Uint8Array;
  readonly counters: InvocationCounters;
  readonly certificates: CertificateStore | undefined;
  #keys: SecurityKeys;
  /** The keys as they were given to `persistKeys` last: ahead of those in use while a response is made. */
  #stored: SecurityKeys;
  #request: Protection;
  #response: Protection;
  /** Pairs that were generated and whose certificate has not come yet. */
  readonly #generated = new Map<OwnPair, KeyPair>();
  #tls: KeyPair | undefined;
  readonly #contexts: Set<SecurityContext> = new Set<SecurityContext>();

  constructor(options: SecurityStateOptions) {
    this.options = options;
    this.provider = options.provider;
    this.suite = securitySuite(options.suite);
    this.systemTitle = options.systemTitle;
    this.counters = options.counters;
    this.certificates = options.certificates;
    this.#keys = options.keys;
    this.#stored = options.keys;
    this.#request = options.request ?? both;
    this.#response = options.response ?? both;
    checkedPolicy(this.policy);
  }
  get request(): Protection {
    return this.#request;
  }
  get response(): Protection {
    return this.#response;
  }
  get policy(): SecurityPolicy {
    return { send: this.#response, receive: this.#request, withoutReplayProtection: this.options.withoutReplayProtection === true };
  }

  /** The context of a new association. Nothing is known about the client yet, so nothing is kept for it and none of its certificates looked at. */
  readonly context = (): SecurityContext => {
    const { provider, systemTitle, counters } = this;
    const context = new SecurityContext({ provider, suite: this.suite.id, systemTitle, keys: this.#keys, counters, policy: this.policy });
    makers.set(context, this);
    return context;
  };
  /** Keys and policy of an open association change with those of the meter, until {@link SecurityState.unfollowed}. */
  followed(context: SecurityContext): void {
    if (this.#contexts.has(context)) return;
    context.setKeys(this.#keys);
    context.policy = this.policy;
    this.#contexts.add(context);
  }
  unfollowed(context: SecurityContext): void {
    this.#contexts.delete(context);
  }
  /** The public keys of the client from its certificates. @returns whether there are any */
  async giveClientKeys(context: SecurityContext): Promise<boolean> {
    const ofClient = await this.#clientKeys(context.peerSystemTitle);
    context.setKeys(ofClient);
    return Object.keys(ofClient).length > 0;
  }
  async #clientKeys(title: Uint8Array | undefined): Promise<SecurityKeys> {
    if (title?.length !== 8 || this.certificates === undefined) return {};
    const peerSigning = await this.#trusted(title, 'digital-signature');
    const peerAgreement = await this.#trusted(title, 'key-agreement');
    return { ...(peerSigning === undefined ? {} : { peerSigning }), ...(peerAgreement === undefined ? {} : { peerAgreement }) };
  }
  async #trusted(systemTitle: Uint8Array, purpose: 'digital-signature' | 'key-agreement'): Promise<PublicKey | undefined> {
    const certificate = this.certificates?.find(systemTitle, purpose);
    if (certificate === undefined) return undefined;
    const { anchors = [], now = () => new Date() } = this.options;
    try {
      await validateCertificate(certificate, {
        anchors,
        intermediates: this.certificates?.authorities() ?? [],
        now: now(),
        purpose,
        systemTitle,
        revocation: 'unsafely-ignored',
        verifier: this.provider,
      });
      return certificate.publicKey;
    } catch {
      // Without a trusted key the association fails where the key is needed, and says so.
      return undefined;
    }
  }

  // ── changes ──────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Takes new symmetric keys. Stored first; what is returned makes them the keys in use, here and in every open association, and is to be called when the
   * response is protected. Counters are named by their key and none is ever forgotten: a key that returns finds what was received and sent under it, so that no
   * recording comes to life again, and there is no moment between the change of the key and that of its counters.
   */
  async changeKeys(changed: SecurityKeys): Promise<() => void> {
    await this.#store(changed);
    return () => {
      const old = Object.keys(changed).map((slot) => this.#keys[slot as 'globalUnicast']);
      this.#keys = { ...this.#keys, ...changed };
      for (const context of this.#contexts) context.setKeys(changed);
      for (const key of old) key?.destroy();
    };
  }
  /** Several changes may be under way in one request: what is stored has all of them. */
  async #store(changed: SecurityKeys): Promise<void> {
    const next = { ...this.#stored, ...changed };
    await this.options.persistKeys?.(next);
    this.#stored = next;
  }
  /** Stored first; what is returned puts the policy into use. */
  async changePolicy(request: Protection, response: Protection): Promise<() => void> {
    await this.options.persistPolicy?.(request, response);
    return () => {
      this.#request = request;
      this.#response = response;
      for (const context of this.#contexts) context.policy = this.policy;
    };
  }

  // ── own key pairs ────────────────────────────────────────────────────────────────────────────────────

  /** A new pair, not used before its certificate is imported; the one in use stays. */
  async generate(type: OwnPair): Promise<void> {
    const { curve } = this.suite;
    if (curve === undefined) return;
    this.#generated.get(type)?.privateKey.destroy();
    this.#generated.set(type, await this.provider.generateKeyPair(type === 'key-agreement' ? `ECDH ${curve}` : `ECDSA ${curve}`));
  }
  /** The pair that a certificate is asked for: the new one, else the one in use. */
  pair(type: CertificateType): KeyPair | undefined {
    if (type === 'other') return undefined;
    return this.#generated.get(type) ?? (type === 'tls' ? this.#tls : type === 'key-agreement' ? this.#keys.agreement : this.#keys.signing);
  }
  /** The certificate of a new pair is here: new associations use the pair. What is stored of it is for `persistKeys`. */
  async activate(type: OwnPair): Promise<void> {
    const pair = this.#generated.get(type);
    if (pair === undefined) return;
    if (type !== 'tls') {
      const changed: SecurityKeys = type === 'key-agreement' ? { agreement: pair } : { signing: pair };
      await this.#store(changed);
      this.#keys = { ...this.#keys, ...changed };
    } else this.#tls = pair;
    this.#generated.delete(type);
  }
  toJSON(): object {
    return { suite: this.suite.id, systemTitle: formatHex(this.systemTitle), request: this.#request, response: this.#response };
  }
}
const both: Protection = { authenticated: true, encrypted: true };

/** Whose context it is. A context whose client proved nothing is not kept by anybody else. */
const makers: WeakMap<SecurityContext, SecurityState> = new WeakMap<SecurityContext, SecurityState>();
/** The association of this context is open: it gets the keys of now, and hears of changes. Other contexts than those of a {@link SecurityState} keep theirs. */
export const follow = (context: SecurityContext): void => makers.get(context)?.followed(context);
export const unfollow = (context: SecurityContext): void => makers.get(context)?.unfollowed(context);
/** @returns whether public keys of the client were found */
export const clientKeys = async (context: SecurityContext): Promise<boolean> => (await makers.get(context)?.giveClientKeys(context)) ?? false;
