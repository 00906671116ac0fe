import { equalBytes } from '../core/bytes.js';
import { DlmsError } from '../core/errors.js';
import { formatHex } from '../core/hex.js';
import { andThen, type MaybePromise } from '../core/promise.js';
import { VolatileStore } from '../store/store.js';
import { InvocationCounters, type ProofOfFreshness } from './counters.js';
import { checkDistinct, checkKeys, type KeyName, nameOfPoint, requireKey, type SecurityKeys, sameKey } from './keys.js';
import { checkedPolicy, type SecurityPolicy, strictPolicy } from './policy.js';
import type { CryptoProvider, KeyHandle, PublicKey } from './providers/provider.js';
import { type SecuritySuite, securitySuite } from './suites.js';

/** The ciphered form of a message; see `protect`. */
export type SimpleForm = 'glo' | 'ded' | 'general-glo' | 'general-ded';

/** Public keys of the peer from certificates: each is valid for a limited time. */
export interface PeerKeys {
  readonly signing?: { readonly publicKey: PublicKey; readonly until: number } | undefined;
  readonly agreement?: { readonly publicKey: PublicKey; readonly until: number } | undefined;
  /** The clock, in milliseconds since 1970; compared with `until` whenever keys are read. */
  readonly now: () => number;
}

/** Options of {@link SecurityContext}. */
export interface SecurityContextOptions {
  readonly provider: CryptoProvider;
  /** 0, 1 or 2. */
  readonly suite: number;
  /** Own system title, 8 octets. */
  readonly systemTitle: Uint8Array;
  /**
   * System title of the other side, when known beforehand; otherwise it is learned from the AARQ, the AARE or the first
   * message.
   */
  readonly peerSystemTitle?: Uint8Array | undefined;
  readonly keys: SecurityKeys;
  readonly counters: InvocationCounters;
  /** Default: {@link strictPolicy}. */
  readonly policy?: SecurityPolicy;
  /**
   * Accepts messages under the global broadcast key. Every meter of a group knows that key and could use it to pose as
   * the head-end. Default: false; such messages are refused.
   */
  readonly broadcast?: boolean;
  /**
   * Lets a signature count even though it names no recipient. The same octets are then valid at every receiver with
   * this option. Default: false; such a signature is verified but counts for nothing.
   */
  readonly acceptSignaturesWithoutRecipient?: boolean;
  /**
   * Allows one key under two names (global unicast, global broadcast, dedicated): messages recorded under one name can
   * then be replayed under the other. Only for tools that read other people's recordings. Default: false; such keys are
   * refused.
   */
  readonly unsafelyEqualKeys?: boolean;
  /** How messages are sent unless the caller of `protect` says otherwise. Default: `glo`. */
  readonly form?: SimpleForm;
  /**
   * Suite ids that received messages may carry in their security control (some meters write 1 and use AES-GCM-128 of
   * suite 0); each is treated as `suite`. Default: `suite` alone.
   */
  readonly acceptSuites?: readonly number[];
  /** Finds the public signing key of a third party that signed a message. */
  readonly signerOf?: (systemTitle: Uint8Array) => PublicKey | undefined;
  /**
   * Compresses APDUs sent in a general form, if that makes them shorter; see `compress` of `dlms-cosem/security/v44`.
   * Only for suites 1 and 2 and, since nothing in the books negotiates it, for peers known to accept it. Beware:
   * lengths then reveal something about the content. Whoever can repeatedly have octets of their choice sent next to a
   * secret can learn the secret that way. Default: nothing is compressed.
   */
  readonly compress?: Compress | undefined;
  /**
   * Maximum size of a decompressed message in octets. Default: 65 535, the longest PDU that can be negotiated; one
   * octet can stand for 291.
   */
  readonly maxDecompressed?: number;
}
/** Compresses an APDU into a packet of ITU-T V.44. */
export type Compress = (apdu: Uint8Array) => Uint8Array;

/**
 * The security state of one association, or of one sender of notifications: who the two sides are, their keys, the
 * protection applied and required, and the counters. Two contexts may share one {@link InvocationCounters}.
 */
export class SecurityContext {
  readonly provider: CryptoProvider;
  readonly suite: SecuritySuite;
  readonly systemTitle: Uint8Array;
  readonly counters: InvocationCounters;
  readonly acceptSuites: readonly number[];
  /** Finds the public keys of third parties that may sign. */
  readonly signerOf: ((systemTitle: Uint8Array) => PublicKey | undefined) | undefined;
  readonly acceptSignaturesWithoutRecipient: boolean;
  /** Maximum size of a decompressed message in octets; undefined means 65 535. */
  readonly maxDecompressed: number | undefined;
  /**
   * Compresses what is sent in a general form. The client removes it when the meter answers that it cannot decipher.
   */
  compress: Compress | undefined;
  readonly #options: SecurityContextOptions;
  #policy: SecurityPolicy;
  /** Whether messages under the global broadcast key are accepted. */
  broadcast: boolean;
  form: SimpleForm;
  /**
   * Whether the peer has answered our challenge in this association. Set by client and meter; never outlives the
   * association.
   */
  proof: ProofOfFreshness = 'none';
  /**
   * Whether a counter under the global unicast key was recorded for the last message, which may be the answer to our
   * challenge.
   */
  counted: boolean = false;
  /** Counters received under the dedicated key: they live and die with it. */
  dedicatedCounters: InvocationCounters = new InvocationCounters(new VolatileStore());
  #keys: SecurityKeys;
  #peerKeys: PeerKeys | undefined;
  #keysWithPeer: { readonly keys: SecurityKeys; readonly until: number } | undefined;
  #peer: Uint8Array | undefined;
  #peerHex = '';
  readonly #ownHex: string;
  /** Names of sequences, kept for as long as the keys and the peer stay the same. */
  #unicastName: string | undefined;
  readonly #peerNames: Map<string, string> = new Map<string, string>();

  constructor(options: SecurityContextOptions) {
    this.provider = options.provider;
    this.suite = securitySuite(options.suite);
    this.systemTitle = titleOctets(options.systemTitle);
    this.counters = options.counters;
    this.#policy = checkedPolicy(options.policy ?? strictPolicy);
    this.broadcast = options.broadcast ?? false;
    this.acceptSignaturesWithoutRecipient = options.acceptSignaturesWithoutRecipient ?? false;
    this.form = options.form ?? 'glo';
    this.acceptSuites = options.acceptSuites ?? [this.suite.id];
    this.signerOf = options.signerOf;
    const { maxDecompressed } = options;
    if (maxDecompressed !== undefined && !(Number.isSafeInteger(maxDecompressed) && maxDecompressed > 0))
      throw new DlmsError('configuration/invalid', { what: 'maxDecompressed, which must be a positive integer' });
    this.maxDecompressed = maxDecompressed;
    this.compress = options.compress;
    if (this.compress !== undefined && this.suite.id === 0)
      throw new DlmsError('configuration/invalid', { what: 'compression in security suite 0, which defines none' });
    this.#options = options;
    this.#ownHex = formatHex(this.systemTitle);
    checkKeys(this.suite, options.keys);
    if (options.unsafelyEqualKeys !== true) checkDistinct(options.keys);
    this.#keys = options.keys;
    if (options.peerSystemTitle !== undefined) this.setPeer(options.peerSystemTitle);
  }
  /**
   * Records that the peer has answered our challenge: whatever it sends in this association is new. If no counter came
   * with the answer (the association is not ciphered), this says nothing about counters, and they are treated as
   * before.
   */
  proven(): MaybePromise<void> {
    const { globalUnicast } = this.#keys;
    if (!this.counted || globalUnicast === undefined || this.#peer === undefined) {
      this.proof = 'none';
      return;
    }
    return andThen(this.counters.proven(this.receiveName('global-unicast-encryption-key', this.#peer)), () => {
      this.proof = 'proven';
    });
  }
  get keys(): SecurityKeys {
    return this.#peerKeys === undefined ? this.#keys : this.#withPeerKeys(this.#peerKeys);
  }
  get policy(): SecurityPolicy {
    return this.#policy;
  }
  /**
   * @throws DlmsError `configuration/open-to-everybody` for a policy that asks for no proof of what is received without
   *   saying so
   */
  set policy(policy: SecurityPolicy) {
    this.#policy = checkedPolicy(policy);
  }
  #withPeerKeys({ signing, agreement, now }: PeerKeys): SecurityKeys {
    const t = now();
    if (this.#keysWithPeer === undefined || !(t < this.#keysWithPeer.until)) {
      const counting = [signing, agreement].map((key) => (key !== undefined && t < key.until ? key : undefined));
      const peerSigning = counting[0]?.publicKey ?? this.#keys.peerSigning;
      const peerAgreement = counting[1]?.publicKey ?? this.#keys.peerAgreement;
      this.#keysWithPeer = {
        keys: { ...this.#keys, peerSigning, peerAgreement },
        until: Math.min(...counting.map((key) => key?.until ?? Number.POSITIVE_INFINITY)),
      };
    }
    return this.#keysWithPeer.keys;
  }
  /**
   * Adds or replaces keys. Each key has its own counters, and finds them again when it comes back. A dedicated key is
   * destroyed when it is replaced, or when a new global key equals it.
   * @throws DlmsError `security/invalid-key` for a key of another suite, or one key under two names; nothing is changed
   *   then
   */
  setKeys(keys: SecurityKeys): void {
    checkKeys(this.suite, keys);
    const { dedicated } = this.#keys;
    const { unsafelyEqualKeys } = this.#options;
    if (unsafelyEqualKeys !== true) checkDistinct({ ...this.#keys, dedicated: undefined, ...keys });
    if (
      unsafelyEqualKeys !== true &&
      keys.dedicated === undefined &&
      dedicated !== undefined &&
      (sameKey(dedicated, keys.globalUnicast) || sameKey(dedicated, keys.globalBroadcast))
    )
      this.endDedicatedKey();
    if (keys.dedicated !== undefined && keys.dedicated !== this.#keys.dedicated) this.endDedicatedKey();
    this.#keys = { ...this.#keys, ...keys };
    this.#unicastName = undefined;
    this.#peerNames.clear();
    this.#keysWithPeer = undefined;
  }
  /**
   * Sets the public keys that the peer's certificates give, replacing any set here before: a key that is left out, or
   * that has expired, is no longer used. A key from {@link SecurityContext.setKeys} never expires and is used when
   * there is none of these.
   */
  setPeerKeys(keys: PeerKeys): void {
    checkKeys(this.suite, { peerSigning: keys.signing?.publicKey, peerAgreement: keys.agreement?.publicKey });
    this.#peerKeys = keys.signing === undefined && keys.agreement === undefined ? undefined : keys;
    this.#keysWithPeer = undefined;
  }
  get peerSystemTitle(): Uint8Array | undefined {
    return this.#peer;
  }
  /**
   * Sets the system title of the other side, from the AARQ or AARE. Once set, it cannot change.
   * @throws DlmsError `security/authentication-failed` when it differs from the one set before, or is our own (a
   *   reflected message)
   */
  setPeer(title: Uint8Array): void {
    this.checkPeer(title);
    if (this.#peer !== undefined) return;
    this.#peer = titleOctets(title);
    this.#peerHex = formatHex(title);
  }
  /**
   * Undoes {@link SecurityContext.setPeer}, because nothing that came under this title has been verified. Counters are
   * kept by title and stay.
   */
  forgetPeer(): void {
    this.#peer = undefined;
    this.#peerHex = '';
    this.#peerNames.clear();
  }
  /** @throws DlmsError `security/authentication-failed` when `title` cannot be that of the other side */
  checkPeer(title: Uint8Array): void {
    titleOctets(title);
    if (equalBytes(title, this.systemTitle))
      throw new DlmsError('security/authentication-failed', {
        what: 'the system title is our own: a reflected message',
      });
    if (this.#peer !== undefined && !equalBytes(title, this.#peer))
      throw new DlmsError('security/authentication-failed', {
        what: 'the system title is not the one agreed',
        systemTitle: formatHex(title),
      });
  }
  /**
   * Makes a new random dedicated key for this association. It goes to the server inside the ciphered InitiateRequest.
   */
  newDedicatedKey(): MaybePromise<Uint8Array> {
    const octets = this.provider.random(this.suite.keyLength);
    return andThen(this.takeDedicatedKey(octets), () => octets);
  }
  /**
   * Installs the dedicated key from a deciphered InitiateRequest.
   * @throws DlmsError `security/invalid-key` for a key that is, or was, a global key: the tag of a service is not
   *   authenticated, so messages recorded under that key could be replayed as new
   */
  takeDedicatedKey(octets: Uint8Array): MaybePromise<void> {
    return andThen(this.provider.importKey(this.suite.aes, octets), (dedicated) => {
      const refuse = (e: unknown): never => {
        dedicated.destroy();
        throw e;
      };
      const take = (): MaybePromise<void> => {
        if (this.#options.unsafelyEqualKeys === true) return this.setKeys({ dedicated });
        checkDistinct({ ...this.#keys, dedicated });
        const received =
          this.#peer === undefined
            ? undefined
            : this.counters.store.get(this.receiveName('dedicated-key', this.#peer, dedicated));
        return andThen(received, (value) => {
          if (value !== undefined)
            throw new DlmsError('security/invalid-key', {
              reason: 'the dedicated key was a global key of this peer before',
            });
          this.setKeys({ dedicated });
        });
      };
      try {
        const taken = take();
        return taken instanceof Promise ? taken.catch(refuse) : taken;
      } catch (e) {
        return refuse(e);
      }
    });
  }
  /** Ends the dedicated key together with its association: destroys it and forgets what was received under it. */
  endDedicatedKey(): void {
    this.#keys.dedicated?.destroy();
    this.#keys = { ...this.#keys, dedicated: undefined };
    this.#keysWithPeer = undefined;
    this.dedicatedCounters = new InvocationCounters(new VolatileStore());
    this.#unicastName = undefined;
    this.#peerNames.clear();
  }
  /**
   * A new context for the next association with the same peer: same keys and counters, no dedicated key. `changes`
   * override anything else.
   */
  fresh(changes: Partial<SecurityContextOptions> = {}): SecurityContext {
    const { signing, agreement } = this.#peerKeys ?? {};
    const keys = { ...(changes.keys ?? { ...this.#keys, dedicated: undefined }) };
    // Keys from certificates keep their expiry, even if the caller copied them from this context.
    if (signing !== undefined && keys.peerSigning === signing.publicKey) keys.peerSigning = this.#keys.peerSigning;
    if (agreement !== undefined && keys.peerAgreement === agreement.publicKey)
      keys.peerAgreement = this.#keys.peerAgreement;
    const next = new SecurityContext({
      ...this.#options,
      peerSystemTitle: this.#peer,
      policy: this.policy,
      broadcast: this.broadcast,
      form: this.form,
      compress: this.compress,
      ...changes,
      keys,
    });
    if (this.#peerKeys !== undefined) next.setPeerKeys(this.#peerKeys);
    return next;
  }
  /**
   * Name of the sequence that counts the messages of this side: `send`, the fingerprint of the key, our system title.
   * The dedicated key shares the sequence of the global unicast key, so that any key a peer proposes, even one it
   * proposed before, meets only values that were never used. Content keys are counted under the lasting key that
   * protects them: the master key, or our own key agreement key. Signatures are counted under the signing key.
   * @throws DlmsError `security/missing-key`
   */
  sendName(key: KeyName | 'signature'): string {
    const { keys } = this;
    switch (key) {
      case 'global-broadcast-encryption-key':
        return `send ${requireKey(keys.globalBroadcast, key).fingerprint} ${this.#ownHex}`;
      case 'wrapped-key':
      case 'master-key':
        return `send ${requireKey(keys.master, 'master-key').fingerprint} ${this.#ownHex}`;
      case 'agreed-key':
        return `send ${nameOfPoint(requireKey(keys.agreement ?? keys.signing, 'digital signature key').publicKey)} ${this.#ownHex}`;
      case 'signature':
        return `send ${nameOfPoint(requireKey(keys.signing, 'digital signature key').publicKey)} ${this.#ownHex} signature`;
      default:
        this.#unicastName ??= `send ${requireKey(keys.globalUnicast ?? keys.dedicated, 'global-unicast-encryption-key').fingerprint} ${this.#ownHex}`;
        return this.#unicastName;
    }
  }
  /**
   * Name under which values received from `sender` are remembered: `receive`, the fingerprint of the key, the sender's
   * title.
   * @param of the key itself when the context does not hold it: a content key passed by the caller, or the public key
   *   of a signer
   * @throws DlmsError `security/missing-key`
   */
  receiveName(key: KeyName | 'hls' | 'signature', sender: Uint8Array, of?: KeyHandle | PublicKey): string {
    if (sender !== this.#peer || of !== undefined) return this.#receiveName(key, formatHex(sender), of);
    let name = this.#peerNames.get(key);
    if (name === undefined) {
      name = this.#receiveName(key, this.#peerHex, undefined);
      this.#peerNames.set(key, name);
    }
    return name;
  }
  #receiveName(key: KeyName | 'hls' | 'signature', sender: string, of: KeyHandle | PublicKey | undefined): string {
    const name = `receive ${this.#nameOfKey(key, of)} ${sender}`;
    // The same key used for another purpose, with counters in an order of their own.
    return key === 'hls' || key === 'signature' ? `${name} ${key}` : name;
  }
  #nameOfKey(key: KeyName | 'hls' | 'signature', of: KeyHandle | PublicKey | undefined): string {
    const { keys } = this;
    if (of !== undefined) return 'octets' in of ? nameOfPoint(of) : of.fingerprint;
    switch (key) {
      case 'global-broadcast-encryption-key':
        return requireKey(keys.globalBroadcast, key).fingerprint;
      case 'dedicated-key':
        return requireKey(keys.dedicated, key).fingerprint;
      case 'wrapped-key':
      case 'master-key':
        return requireKey(keys.master, 'master-key').fingerprint;
      case 'agreed-key':
        return nameOfPoint(requireKey(keys.peerAgreement ?? keys.peerSigning, 'key agreement key of the sender'));
      case 'signature':
        return nameOfPoint(requireKey(keys.peerSigning, 'digital signature key of the sender'));
      case 'given-key':
        throw new DlmsError('security/missing-key', { key });
      default:
        return requireKey(keys.globalUnicast, 'global-unicast-encryption-key').fingerprint;
    }
  }
  /** Contains no keys, so it is safe to log. */
  toJSON(): object {
    return {
      suite: this.suite.id,
      systemTitle: this.#ownHex,
      peerSystemTitle: this.#peerHex,
      form: this.form,
      policy: this.policy,
    };
  }
}
function titleOctets(title: Uint8Array): Uint8Array {
  if (!(title instanceof Uint8Array) || title.length !== 8)
    throw new DlmsError('encode/invalid-value', {
      expected: 'a system title of 8 octets',
      actual: `${title?.length} octets`,
    });
  return title.slice();
}
