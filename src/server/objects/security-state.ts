import { equalBytes } from '../../core/bytes.js';
import { formatHex } from '../../core/hex.js';
import type { MaybePromise } from '../../core/promise.js';
import type { CertificateUse } from '../../security/certificates/certificate.js';
import type { StoredCertificate } from '../../security/certificates/identification.js';
import { refuse } from '../../security/certificates/refusal.js';
import type { CertificateStore, TrustedKey } from '../../security/certificates/store.js';
import { checkDistinct, requireKey, SecurityContext, type SecurityKeys } from '../../security/context.js';
import type { InvocationCounters } from '../../security/counters.js';
import { checkedPolicy, type Protection, type SecurityPolicy, strongest } from '../../security/policy.js';
import type { CryptoProvider, KeyHandle, KeyPair, PublicKey } from '../../security/providers/provider.js';
import { type SecuritySuite, securitySuite } from '../../security/suites.js';

/** What may stand in for each purpose; the TLS pair is kept for the transport. */
export type OwnPair = Exclude<CertificateUse, 'other'>;

/** What a {@link SecurityState} begins with. */
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
  /** Certificates of this device and of its clients, with the anchors that vouch for them. Default: none, so keys of clients come from `keys` alone. */
  readonly certificates?: CertificateStore;
  /**
   * Clients (system titles) that must be able to come back: a policy that asks for signatures is activated only when each of them has a certificate that is
   * believed. Default: not known, so only a client of `signingRoles` may ask for signatures.
   */
  readonly clients?: readonly Uint8Array[];
  /** Roles (of associations) whose clients may ask for signatures whoever else cannot sign, and so is locked out. Default: none. */
  readonly signingRoles?: readonly string[];
  /** Stores changed keys durably. They are used, and confirmed to the client, only when it has returned. */
  readonly persistKeys?: (keys: SecurityKeys) => MaybePromise<void>;
  /** Stores a stronger policy before it is in use. */
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
  /** The policy as it was given to `persistPolicy` last. */
  #storedPolicy: { readonly request: Protection; readonly response: Protection };
  /** What is stored is stored one after the other, whichever association asks. */
  #turn: Promise<unknown> = Promise.resolve();
  /** Pairs that were generated and whose certificate has not come yet. */
  readonly #generated = new Map<OwnPair, KeyPair>();
  #tls: KeyPair | undefined;
  readonly #contexts: Set<SecurityContext> = new Set<SecurityContext>();
  /** The version of the certificates that the keys of a context were taken from. */
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

  /** The context of a new association. Nothing is known about the client yet, so nothing is kept for it and none of its certificates looked at. */
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
   * Keys and policy of an open association change with those of the meter, until {@link SecurityState.unfollowed}. Keys from certificates leave it when the
   * certificate is removed, replaced or revoked, and when its time is over; the association itself goes on under its symmetric keys.
   */
  followed(context: SecurityContext): void {
    if (this.#contexts.has(context)) return;
    context.setKeys(this.#keys);
    context.policy = this.policy;
    // A certificate that went while the client proved itself is missed where it is needed.
    if (this.#taken.get(context) !== this.certificates?.version) context.setPeerKeys({ now: Date.now });
    this.#contexts.add(context);
  }
  /** The reverse of `followed`. */
  unfollowed(context: SecurityContext): void {
    this.#contexts.delete(context);
  }
  /** The public keys of the client from its certificates. @returns whether there are any */
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
      // Otherwise a certificate was removed or replaced in between, and what was found may be one of the past.
      if (version !== store.version) continue;
      context.setPeerKeys({ signing, agreement, now: () => store.now().getTime() });
      this.#taken.set(context, version);
      return signing !== undefined || agreement !== undefined;
    }
  }
  /** Whether signatures may be asked for: see `clients` and `signingRoles` of the options. */
  async maySign(role: string | undefined): Promise<boolean> {
    const { clients, signingRoles = [] } = this.options;
    if (role !== undefined && signingRoles.includes(role)) return true;
    if (clients === undefined) return false;
    // One key that is configured is the key of one client.
    if (clients.length === 1 && this.#keys.peerSigning !== undefined) return true;
    for (const client of clients)
      if ((await this.certificates?.trusted(client, 'digital-signature')) === undefined) return false;
    return true;
  }
  /** Keys of this device that protection with signatures or tags needs. */
  has(protection: Protection): boolean {
    const { globalUnicast, authentication, signing } = this.#keys;
    if (protection.signed === true && (signing === undefined || this.suite.curve === undefined)) return false;
    if (protection.authenticated === true && authentication === undefined) return false;
    return globalUnicast !== undefined || (protection.authenticated !== true && protection.encrypted !== true);
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
      const entries = Object.entries(changed) as [keyof SecurityKeys & 'globalUnicast', KeyHandle][];
      // Responses need not be made in the order in which keys were stored: one that was overtaken is not put into use.
      const latest = Object.fromEntries(entries.filter(([slot, key]) => this.#stored[slot] === key)) as SecurityKeys;
      const over = entries.map(([slot, key]) => (slot in latest ? this.#keys[slot] : key));
      this.#keys = { ...this.#keys, ...latest };
      for (const context of this.#contexts) context.setKeys(latest);
      for (const key of over) key?.destroy();
    };
  }
  /** Several changes may be under way, in one request and in several associations: what is stored has all of them. */
  #store(changed: SecurityKeys): Promise<void> {
    return this.#inTurn(async () => {
      const next = { ...this.#stored, ...changed };
      // Against those in use too: which of several changes is in use first is not known.
      checkDistinct({ ...next, dedicated: undefined });
      checkDistinct({ ...this.#keys, ...changed, dedicated: undefined });
      await this.options.persistKeys?.(next);
      this.#stored = next;
    });
  }
  /** Stored first; what is returned puts the policy into use. It only becomes stronger, also when several associations change it at the same time. */
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

  /** A new pair, not used before its certificate is imported; the one in use stays. */
  async generate(type: OwnPair): Promise<void> {
    const { curve } = this.suite;
    if (curve === undefined) return;
    this.#generated.get(type)?.privateKey.destroy();
    this.#generated.set(
      type,
      await this.provider.generateKeyPair(type === 'key-agreement' ? `ECDH ${curve}` : `ECDSA ${curve}`),
    );
  }
  /** The pair that a certificate is asked for: the new one, else the one in use. */
  pair(type: CertificateUse): KeyPair | undefined {
    if (type === 'other') return undefined;
    return this.#generated.get(type) ?? this.#inUse(type);
  }
  #inUse(type: OwnPair): KeyPair | undefined {
    return type === 'tls' ? this.#tls : type === 'key-agreement' ? this.#keys.agreement : this.#keys.signing;
  }
  /**
   * Takes a certificate that an anchor vouches for. One of this device must be for the pair in use or for the new one, which it puts into use once the response
   * is made: in open associations too, and the key before it is destroyed.
   * @param later takes what is to be done when the response is protected
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
        refuse('wrong-usage', certificate, `${publicKey.curve} in another suite`);
      const pair = entity === 'server' && type !== 'other' ? this.#generated.get(type) : undefined;
      if (pair === undefined || type === 'other' || !equalBytes(pair.publicKey.octets, publicKey.octets))
        return undefined;
      const slot = type === 'key-agreement' ? 'agreement' : 'signing';
      const stored = this.#stored[slot];
      if (type !== 'tls') await this.#store({ [slot]: pair });
      // From here on it is not the new pair that the next one replaces.
      this.#generated.delete(type);
      activation = () => this.#activate(type, pair);
      return async () => {
        activation = undefined;
        if (!this.#generated.has(type)) this.#generated.set(type, pair);
        // That pair alone: other keys may have been stored meanwhile.
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
  /** Without any key: what may stand in a log. */
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

/** Whose context it is. A context whose client proved nothing is not kept by anybody else. */
const makers: WeakMap<SecurityContext, SecurityState> = new WeakMap<SecurityContext, SecurityState>();
/** The association of this context is open: it gets the keys of now, and hears of changes. Other contexts than those of a {@link SecurityState} keep theirs. */
export const follow = (context: SecurityContext): void => makers.get(context)?.followed(context);
export const unfollow = (context: SecurityContext): void => makers.get(context)?.unfollowed(context);
/** @returns whether public keys of the client were found */
export const clientKeys = async (context: SecurityContext): Promise<boolean> =>
  (await makers.get(context)?.giveClientKeys(context)) ?? false;
