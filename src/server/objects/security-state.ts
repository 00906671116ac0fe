import { equalBytes } from '../../core/bytes.js';
import { formatHex } from '../../core/hex.js';
import type { MaybePromise } from '../../core/promise.js';
import type { CertificateUse } from '../../security/certificates/certificate.js';
import type { StoredCertificate } from '../../security/certificates/identification.js';
import { refuse } from '../../security/certificates/refusal.js';
import type { CertificateStore, TrustedKey } from '../../security/certificates/store.js';
import { SecurityContext } from '../../security/context.js';
import type { InvocationCounters } from '../../security/counters.js';
import { checkDistinct, requireKey, type SecurityKeys } from '../../security/keys.js';
import { checkedPolicy, type Protection, type SecurityPolicy, strongest } from '../../security/policy.js';
import type { CryptoProvider, KeyHandle, KeyPair, PublicKey } from '../../security/providers/provider.js';
import { type SecuritySuite, securitySuite } from '../../security/suites.js';

/** The purposes that a meter has key pairs for. The TLS pair is kept for the transport. */
export type OwnPair = Exclude<CertificateUse, 'other'>;

/** Options of {@link SecurityState}. */
export interface SecurityStateOptions {
  readonly provider: CryptoProvider;
  /** 0, 1 or 2. */
  readonly suite: number;
  /** Own system title. */
  readonly systemTitle: Uint8Array;
  readonly keys: SecurityKeys;
  /** On a durable store: a meter that forgets what it received accepts every recorded message again. */
  readonly counters: InvocationCounters;
  /** Protection that requests must have. Default: authenticated and encrypted. */
  readonly request?: Protection;
  /** Protection that responses get. Default: authenticated and encrypted. */
  readonly response?: Protection;
  /** As in `SecurityPolicy`: required if requests need neither authentication nor a signature. */
  readonly withoutReplayProtection?: boolean;
  /**
   * Certificates of this device and of its clients, with the anchors that vouch for them. Default: none, so the public
   * keys of clients come only from `keys`.
   */
  readonly certificates?: CertificateStore;
  /**
   * System titles of clients that must not be locked out: a policy that requires signatures is activated only if each
   * of them has a trusted certificate. Default: unknown, so only a client with one of the `signingRoles` may require
   * signatures.
   */
  readonly clients?: readonly Uint8Array[];
  /**
   * Roles (of associations) whose clients may require signatures, even if that locks out others that cannot sign.
   * Default: none.
   */
  readonly signingRoles?: readonly string[];
  /** Stores changed keys durably. They are used, and confirmed to the client, only after this has returned. */
  readonly persistKeys?: (keys: SecurityKeys) => MaybePromise<void>;
  /** Stores a stronger policy durably, before it is put into use. */
  readonly persistPolicy?: (request: Protection, response: Protection) => MaybePromise<void>;
}

/**
 * The security that all ciphered associations of a meter share: keys, policy, certificates. It makes the context of
 * each new association (pass {@link SecurityState.context} as `security` of an `AssociationConfig`), and changes reach
 * the associations that are open.
 */
export class SecurityState {
  readonly options: SecurityStateOptions;
  readonly provider: CryptoProvider;
  readonly suite: SecuritySuite;
  readonly systemTitle: Uint8Array;
  readonly counters: InvocationCounters;
  readonly certificates: CertificateStore | undefined;
  #keys: SecurityKeys;
  /** The keys last given to `persistKeys`: ahead of those in use while a response is made. */
  #stored: SecurityKeys;
  #request: Protection;
  #response: Protection;
  /** The policy last given to `persistPolicy`. */
  #storedPolicy: { readonly request: Protection; readonly response: Protection };
  /** Changes are stored one after the other, whichever association asks. */
  #turn: Promise<unknown> = Promise.resolve();
  /** Pairs that were generated, but whose certificate has not been imported yet. */
  readonly #generated = new Map<OwnPair, KeyPair>();
  #tls: KeyPair | undefined;
  readonly #contexts: Set<SecurityContext> = new Set<SecurityContext>();
  /** The version of the certificates from which the keys of a context were taken. */
  readonly #taken = new WeakMap<SecurityContext, number>();

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
    this.#storedPolicy = { request: this.#request, response: this.#response };
    checkedPolicy(this.policy);
    const { certificates } = options;
    certificates?.onChange(async () => {
      for (const context of this.#contexts) await this.#takePeerKeys(context);
    });
  }
  get request(): Protection {
    return this.#request;
  }
  get response(): Protection {
    return this.#response;
  }
  get policy(): SecurityPolicy {
    return {
      send: this.#response,
      receive: this.#request,
      withoutReplayProtection: this.options.withoutReplayProtection === true,
    };
  }

  /**
   * Makes the context of a new association. Nothing is known about the client yet, so nothing is kept for it and none
   * of its certificates is looked at.
   */
  readonly context = (): SecurityContext => {
    const { provider, systemTitle, counters } = this;
    const context = new SecurityContext({
      provider,
      suite: this.suite.id,
      systemTitle,
      keys: this.#keys,
      counters,
      policy: this.policy,
    });
    makers.set(context, this);
    return context;
  };
  /**
   * Lets keys and policy of an open association follow those of the meter, until {@link SecurityState.unfollowed}. A
   * key from a certificate is dropped when the certificate is removed, replaced or revoked, or expires; the association
   * itself goes on under its symmetric keys.
   */
  followed(context: SecurityContext): void {
    if (this.#contexts.has(context)) return;
    context.setKeys(this.#keys);
    context.policy = this.policy;
    // The certificates have changed while the client proved itself: their keys are dropped, and looked up again where
    // one is needed.
    if (this.#taken.get(context) !== this.certificates?.version) context.setPeerKeys({ now: Date.now });
    this.#contexts.add(context);
  }
  /** The reverse of {@link SecurityState.followed}. */
  unfollowed(context: SecurityContext): void {
    this.#contexts.delete(context);
  }
  /** Gives a context the public keys of its client, from the client's certificates. @returns whether there are any */
  async giveClientKeys(context: SecurityContext): Promise<boolean> {
    return this.#takePeerKeys(context);
  }
  async #takePeerKeys(context: SecurityContext): Promise<boolean> {
    const { certificates: store } = this;
    const title = context.peerSystemTitle;
    if (store === undefined || title === undefined) return false;
    const fits = (key: TrustedKey | undefined): TrustedKey | undefined =>
      key?.publicKey.curve === this.suite.curve ? key : undefined;
    for (;;) {
      const { version } = store;
      const signing = fits(await store.trusted(title, 'digital-signature'));
      const agreement = fits(await store.trusted(title, 'key-agreement'));
      // Otherwise a certificate was removed or replaced in between, and what was found may be out of date.
      if (version !== store.version) continue;
      context.setPeerKeys({ signing, agreement, now: () => store.now().getTime() });
      this.#taken.set(context, version);
      return signing !== undefined || agreement !== undefined;
    }
  }
  /** Whether signatures may be required: see `clients` and `signingRoles` of {@link SecurityStateOptions}. */
  async maySign(role: string | undefined): Promise<boolean> {
    const { clients, signingRoles = [] } = this.options;
    if (role !== undefined && signingRoles.includes(role)) return true;
    if (clients === undefined) return false;
    // A configured key is the key of a single client.
    if (clients.length === 1 && this.#keys.peerSigning !== undefined) return true;
    for (const client of clients)
      if ((await this.certificates?.trusted(client, 'digital-signature')) === undefined) return false;
    return true;
  }
  /** Whether this device has the keys that a protection needs. */
  has(protection: Protection): boolean {
    const { globalUnicast, authentication, signing } = this.#keys;
    if (protection.signed === true && (signing === undefined || this.suite.curve === undefined)) return false;
    if (protection.authenticated === true && authentication === undefined) return false;
    return globalUnicast !== undefined || (protection.authenticated !== true && protection.encrypted !== true);
  }

  // ── changes ──────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Changes symmetric keys. They are stored first; the function returned puts them into use, here and in every open
   * association, and must be called once the response is protected. Counters are named by their key and never
   * forgotten: a key that comes back finds what was received and sent under it, so no recorded message becomes valid
   * again, and key and counter can never get out of step.
   */
  async changeKeys(changed: SecurityKeys): Promise<() => void> {
    await this.#store(changed);
    return () => {
      const entries = Object.entries(changed) as [keyof SecurityKeys & 'globalUnicast', KeyHandle][];
      // Responses may be made in another order than the keys were stored: a key that was overtaken is not put into use.
      const latest = Object.fromEntries(entries.filter(([slot, key]) => this.#stored[slot] === key)) as SecurityKeys;
      const over = entries.map(([slot, key]) => (slot in latest ? this.#keys[slot] : key));
      this.#keys = { ...this.#keys, ...latest };
      for (const context of this.#contexts) context.setKeys(latest);
      for (const key of over) key?.destroy();
    };
  }
  /** Several changes may be in progress, in one request and in several associations; all of them are stored. */
  #store(changed: SecurityKeys): Promise<void> {
    return this.#inTurn(async () => {
      const next = { ...this.#stored, ...changed };
      // Compared with those in use too: nobody knows which of several changes is put into use first.
      checkDistinct({ ...next, dedicated: undefined });
      checkDistinct({ ...this.#keys, ...changed, dedicated: undefined });
      await this.options.persistKeys?.(next);
      this.#stored = next;
    });
  }
  /**
   * Changes the policy. It is stored first; the function returned puts it into use. The policy only becomes stronger,
   * even if several associations change it at the same time.
   */
  async changePolicy(request: Protection, response: Protection): Promise<() => void> {
    await this.#inTurn(async () => {
      const stored = this.#storedPolicy;
      const next = { request: strongest(stored.request, request), response: strongest(stored.response, response) };
      await this.options.persistPolicy?.(next.request, next.response);
      this.#storedPolicy = next;
    });
    return () => {
      this.#request = strongest(this.#request, request);
      this.#response = strongest(this.#response, response);
      for (const context of this.#contexts) context.policy = this.policy;
    };
  }
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  // ── own key pairs ────────────────────────────────────────────────────────────────────────────────────

  /** Generates a new pair, which is not used until its certificate is imported; the one in use stays. */
  async generate(type: OwnPair): Promise<void> {
    const { curve } = this.suite;
    if (curve === undefined) return;
    this.#generated.get(type)?.privateKey.destroy();
    this.#generated.set(
      type,
      await this.provider.generateKeyPair(type === 'key-agreement' ? `ECDH ${curve}` : `ECDSA ${curve}`),
    );
  }
  /** The pair to request a certificate for: the new one or, if there is none, the one in use. */
  pair(type: CertificateUse): KeyPair | undefined {
    if (type === 'other') return undefined;
    return this.#generated.get(type) ?? this.#inUse(type);
  }
  #inUse(type: OwnPair): KeyPair | undefined {
    return type === 'tls' ? this.#tls : type === 'key-agreement' ? this.#keys.agreement : this.#keys.signing;
  }
  /**
   * Imports a certificate that an anchor vouches for. A certificate of this device must be for the pair in use or for
   * the new one. The new pair is put into use once the response is made, in open associations too, and the previous key
   * is destroyed.
   * @param later receives the work to do once the response is protected
   */
  async importCertificate(octets: Uint8Array, later: (work: () => MaybePromise<void>) => void): Promise<void> {
    const own = (type: CertificateUse): readonly PublicKey[] =>
      type === 'other'
        ? []
        : [this.#generated.get(type), this.#inUse(type)].flatMap((pair) =>
            pair === undefined ? [] : [pair.publicKey],
          );
    let activation: (() => void) | undefined;
    const before = async ({ entity, certificate }: StoredCertificate): Promise<(() => Promise<void>) | undefined> => {
      const { type, publicKey } = certificate;
      if (type !== 'other' && type !== 'tls' && publicKey.curve !== this.suite.curve)
        refuse('wrong-usage', certificate, `${publicKey.curve} belongs to another suite`);
      const pair = entity === 'server' && type !== 'other' ? this.#generated.get(type) : undefined;
      if (pair === undefined || type === 'other' || !equalBytes(pair.publicKey.octets, publicKey.octets))
        return undefined;
      const slot = type === 'key-agreement' ? 'agreement' : 'signing';
      const stored = this.#stored[slot];
      if (type !== 'tls') await this.#store({ [slot]: pair });
      // From here on, a pair generated next no longer replaces this one.
      this.#generated.delete(type);
      activation = () => this.#activate(type, pair);
      return async () => {
        activation = undefined;
        if (!this.#generated.has(type)) this.#generated.set(type, pair);
        // Only that pair: other keys may have been stored meanwhile.
        if (type !== 'tls') await this.#store({ [slot]: stored });
      };
    };
    await requireKey(this.certificates, 'certificate store').import(octets, { own, before, later });
    if (activation !== undefined) later(activation);
  }
  #activate(type: OwnPair, pair: KeyPair): void {
    const slot = type === 'key-agreement' ? 'agreement' : 'signing';
    const overtaken = type !== 'tls' && this.#stored[slot] !== pair;
    const old = overtaken ? pair : this.#inUse(type);
    if (type === 'tls') this.#tls = pair;
    else if (!overtaken) {
      const changed: SecurityKeys = { [slot]: pair };
      this.#keys = { ...this.#keys, ...changed };
      for (const context of this.#contexts) context.setKeys(changed);
    }
    old?.privateKey.destroy();
  }
  /** Contains no keys, so it is safe to log. */
  toJSON(): object {
    return {
      suite: this.suite.id,
      systemTitle: formatHex(this.systemTitle),
      request: this.#request,
      response: this.#response,
    };
  }
}
const both: Protection = { authenticated: true, encrypted: true };

/** Which state made a context. Nothing else keeps a context whose client has proved nothing. */
const makers: WeakMap<SecurityContext, SecurityState> = new WeakMap<SecurityContext, SecurityState>();
/**
 * Called when the association of a context opens: the context gets the current keys, and follows changes. A context
 * that no {@link SecurityState} made keeps its own.
 */
export const follow = (context: SecurityContext): void => makers.get(context)?.followed(context);
export const unfollow = (context: SecurityContext): void => makers.get(context)?.unfollowed(context);
/** @returns whether public keys of the client were found */
export const clientKeys = async (context: SecurityContext): Promise<boolean> =>
  (await makers.get(context)?.giveClientKeys(context)) ?? false;
