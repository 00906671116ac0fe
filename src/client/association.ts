import { DlmsError, isDlmsError } from '../core/errors.js';
import type { SecurityContext, SimpleForm } from '../security/context.js';
import { type HlsExchange, hlsReply, hlsVerify } from '../security/hls.js';
import { checkChallenge, generateChallenge, type HlsMechanism } from '../security/hls-challenge.js';
import { protect } from '../security/protect.js';
import { recoverCounter } from '../security/recovery.js';
import { unprotect } from '../security/unprotect.js';
import {
  aarqOf,
  authenticationOctets,
  authenticationRequired,
  initiateRequestOf,
  isHls,
  mechanisms,
  pduLimit,
  readAare,
  readInitiateResponse,
  requireAccepted,
} from '../session/association.js';
import { type Conversation, request } from '../session/conversation.js';
import { cutByGeneral, defaultReceiveTotal, plainSize, type ServiceLimits } from '../session/limits.js';
import { within } from '../transport/inbox.js';
import type { ApduChannel } from '../transport/transport.js';
import type { ConformanceBit } from '../xdlms/initiate.js';
import { Exchange, expectedCounter } from './exchange.js';
import { type Authentication, type ClientOptions, cipheringOf } from './options.js';
import { logicalNames, type Referencing } from './referencing.js';

/** Milliseconds that the end of anything may take: many meters close the connection instead of answering a release, and nobody wants to wait for that. */
const closeTimeout = 5000;
/**
 * Associations that are asked for until the meter sends a challenge that can be answered. Random ones are refused now and then because they look like a message, and
 * up to a quarter where nothing is encrypted.
 */
const mostChallenges = 8;

/** Opens and releases an association and runs conversations in it. */
export class AssociationShell {
  readonly exchange: Exchange;
  readonly options: ClientOptions;
  /** What both sides support; empty until the association is open. */
  conformance: readonly ConformanceBit[] = [];
  #state: 'closed' | 'opening' | 'open' | 'failed' = 'closed';
  #channelClosed = false;
  #limits: ServiceLimits;
  readonly #ciphered: boolean;
  /** The form of the security context while a dedicated key changes it. */
  #formBefore: SimpleForm | undefined;
  /** Why the association ended by itself. */
  #lost: DlmsError | undefined;
  /** Counts openings, so that one that was given up does not open anything. */
  #opening = 0;
  #closing: Promise<unknown> = Promise.resolve();

  constructor(channel: ApduChannel, options: ClientOptions) {
    this.#ciphered = cipheringOf(options) === 'required';
    this.options = options;
    Object.defineProperty(this, 'options', { enumerable: false });
    this.exchange = new Exchange(channel, options);
    this.exchange.onLost = (reason) => this.#end(reason);
    this.#limits = { sendSize: Number.POSITIVE_INFINITY, receiveTotal: options.maxValueSize ?? defaultReceiveTotal };
  }
  get state(): string {
    return this.#state;
  }
  get referencing(): Referencing {
    return this.options.referencing ?? logicalNames;
  }
  get limits(): ServiceLimits {
    return this.#limits;
  }
  get ciphered(): boolean {
    return this.#ciphered;
  }

  /** @throws DlmsError `association/not-open` with the reason when the association ended by itself */
  run<T>(conversation: (limits: ServiceLimits) => Conversation<T>, signal?: AbortSignal): Promise<T> {
    if (this.#state !== 'open') return Promise.reject(this.#lost ?? new DlmsError('association/not-open', { state: this.#state }));
    return this.exchange.run(conversation(this.#limits), signal);
  }

  open(signal?: AbortSignal): Promise<void> {
    return this.exchange.exclusive(async () => {
      if (this.#state === 'open') return;
      cipheringOf(this.options);
      await this.#closing;
      this.#state = 'opening';
      this.#lost = undefined;
      const opening = ++this.#opening;
      try {
        this.exchange.reset();
        this.#channelClosed = false;
        await this.exchange.channel.open();
        if (this.options.preEstablished === true) this.#preEstablished();
        else await this.#associate(signal);
        // Closed in the meantime.
        if (opening !== this.#opening) throw this.#lost ?? new DlmsError('transport/aborted', { during: 'connecting' });
        this.#state = 'open';
      } catch (e) {
        if (opening === this.#opening) {
          this.#state = 'failed';
          await this.#closeChannel();
        }
        throw e;
      }
    });
  }
  /** Nothing can be asked any more: the connection ends as well, since what is still on its way must not come into another association. */
  #end(reason: DlmsError): void {
    if (this.#state !== 'open') return;
    this.#state = 'failed';
    this.#lost = reason;
    void this.#closeChannel();
  }
  /**
   * Ends the lower connection, also one that never opened: the transport below is there already. Does not wait for one that does not end.
   * @returns what went wrong, unless the meter was only gone
   */
  #closeChannel(): Promise<unknown> {
    if (this.#channelClosed) return this.#closing;
    this.#channelClosed = true;
    this.#forgetDedicatedKey();
    const { channel, clock } = this.exchange;
    this.#closing = within(clock, closeTimeout, 'the connection to close', channel.close()).then(
      () => undefined,
      (e) => (isDlmsError(e) ? undefined : e),
    );
    return this.#closing;
  }
  #preEstablished(): void {
    if (this.options.security !== undefined) this.options.security.proof = 'none';
    this.exchange.security = this.ciphered ? this.#security() : undefined;
    this.conformance = this.options.conformance ?? this.referencing.conformance;
    this.referencing.opened?.(this.conformance);
  }

  /**
   * Asks for the association. Again when the meter expects another counter, and when its challenge cannot be answered; each a bounded number of times, since
   * nobody vouches for what the meter says so far.
   */
  async #associate(signal: AbortSignal | undefined): Promise<void> {
    const { security, recoverCounter: recovers = true, onEvent } = this.options;
    let mayRecover = recovers && security !== undefined;
    let challenges = mostChallenges;
    const known = security?.peerSystemTitle !== undefined;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#ask(signal);
      } catch (e) {
        if (security !== undefined) security.proof = 'none';
        // The title stood in an AARE that proved nothing: the right meter must not be refused for it next time.
        if (!known) security?.forgetPeer();
        const reported = expectedCounter(e);
        if (isDlmsError(e, 'association/authentication-failed') && e.context.retryable === true && --challenges > 0) {
          // The next association has another challenge.
        } else if (reported !== undefined && security !== undefined && mayRecover) {
          mayRecover = false;
          const next = await recoverCounter(security, reported);
          onEvent?.({ type: 'counter', reported, next });
        } else throw e;
        onEvent?.({ type: 'retry', attempt });
      }
    }
  }
  async #ask(signal: AbortSignal | undefined): Promise<void> {
    const { exchange, options } = this;
    const authentication = options.authentication ?? { mechanism: 'none' };
    const hls = isHls(authentication.mechanism);
    const mechanism = mechanisms[authentication.mechanism] as HlsMechanism;
    if (options.security !== undefined) options.security.proof = hls ? 'expected' : 'none';
    const challenge = hls ? generateChallenge(this.#security().provider, mechanism, options.challengeLength ?? (mechanism === 7 ? 32 : 16)) : undefined;
    const aarq = await this.#aarq(authentication, challenge);
    exchange.security = undefined;
    exchange.gbt = undefined;
    // The password goes over the line in clear, but not into logs.
    const hidden =
      authentication.mechanism === 'lls' ? await this.#aarq({ mechanism: 'lls', password: authentication.password.map(() => 0x2a) }, undefined) : aarq;
    await exchange.sendRaw(aarq, hidden);
    const serverChallenge = await this.#accept(await this.#aare(signal));
    if (hls) await this.#authenticate(authentication, challenge as Uint8Array, serverChallenge, signal);
  }
  /** The answer to the AARQ. Some meters push as soon as somebody connects. */
  async #aare(signal: AbortSignal | undefined): Promise<Uint8Array> {
    const { exchange, options } = this;
    const since = exchange.clock.now();
    for (;;) {
      const apdu = await exchange.receiveRaw(signal);
      if (apdu[0] !== 0x0f && apdu[0] !== 0xc2) return apdu;
      exchange.drop(apdu, 'notification before the association is open');
      const waitedMs = Math.round(exchange.clock.now() - since);
      if (waitedMs > (options.timeoutMs ?? 30_000)) throw new DlmsError('transport/timeout', { waitedMs, waitingFor: 'an AARE among notifications' });
    }
  }

  async #aarq(authentication: Authentication, challenge: Uint8Array | undefined): Promise<Uint8Array> {
    const { options, ciphered } = this;
    const security = ciphered ? this.#security() : options.security;
    let dedicatedKey: Uint8Array | undefined;
    if (ciphered && options.dedicatedKey === true) {
      this.#forgetDedicatedKey();
      dedicatedKey = await this.#security().newDedicatedKey();
      this.#formBefore = this.#security().form;
      this.#security().form = 'ded';
    }
    const initiate = initiateRequestOf({
      dedicatedKey,
      conformance: options.conformance ?? this.referencing.conformance,
      maxReceivePduSize: options.maxReceivePduSize ?? 0xffff,
    });
    const userInformation = ciphered ? await protect(initiate, this.#security()) : initiate;
    if (dedicatedKey !== undefined) for (const octets of [dedicatedKey, initiate]) octets.fill(0);
    return aarqOf({
      mechanism: authentication.mechanism,
      referencing: this.referencing.kind,
      ciphered,
      systemTitle: ciphered || mechanisms[authentication.mechanism] >= 5 ? security?.systemTitle : undefined,
      authenticationValue: authentication.mechanism === 'lls' ? authentication.password : challenge,
      userId: options.userId,
      userInformation,
    });
  }

  /** It belongs to one association, and so does the form that uses it. */
  #forgetDedicatedKey(): void {
    const { security } = this.options;
    if (security === undefined || this.#formBefore === undefined) return;
    security.form = this.#formBefore;
    this.#formBefore = undefined;
    security.endDedicatedKey();
  }

  /** Judges the AARE, takes what was negotiated, and returns the challenge of the server. */
  async #accept(bytes: Uint8Array): Promise<Uint8Array | undefined> {
    const aare = readAare(bytes);
    requireAccepted(aare);
    const { security } = this.options;
    if (security !== undefined && aare.respondingAPTitle?.length === 8) security.setPeer(aare.respondingAPTitle);
    if (aare.userInformation === undefined) throw new DlmsError('association/rejected', { result: 'accepted', diagnostic: 'no InitiateResponse in the AARE' });
    const plain = this.ciphered ? (await unprotect(aare.userInformation, this.#security(), { lenient: true })).apdu : aare.userInformation;
    const initiate = readInitiateResponse(plain);
    // FA00 is the only name of an association with short names; jDLMS says that of logical names all the same.
    if (initiate.vaaName === logicalNames.vaaName && this.referencing.kind === 'SN') this.#quirk('vaa-name', 'vaa-name 0007 in an association for short names');
    else if (initiate.vaaName !== this.referencing.vaaName)
      throw new DlmsError('association/rejected', { result: 'accepted', diagnostic: `vaa-name ${initiate.vaaName} instead of ${this.referencing.vaaName}` });
    const sendSize = pduLimit(initiate.serverMaxReceivePduSize);
    const context = this.ciphered ? this.#security() : undefined;
    this.#limits = { ...this.#limits, sendSize: plainSize(sendSize, context, context?.form ?? 'glo'), whole: cutByGeneral(initiate.negotiatedConformance) };
    this.conformance = initiate.negotiatedConformance;
    this.referencing.opened?.(this.conformance);
    this.exchange.security = this.ciphered ? this.#security() : undefined;
    this.exchange.agreed(this.conformance, sendSize);
    const value = authenticationOctets(aare.respondingAuthenticationValue);
    if (authenticationRequired(aare) && value === undefined)
      throw new DlmsError('association/rejected', { result: aare.result, diagnostic: 'authentication required without a challenge' });
    return value;
  }

  /** Passes 3 and 4: the answer to the server's challenge, then its answer to ours. Only then the association is open. */
  async #authenticate(
    authentication: Authentication,
    clientToServer: Uint8Array,
    serverToClient: Uint8Array | undefined,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const mechanism = mechanisms[authentication.mechanism] as HlsMechanism;
    const fail = (side: 'local' | 'remote', reason: string): DlmsError =>
      new DlmsError('association/authentication-failed', { mechanism: authentication.mechanism, side, reason });
    if (serverToClient === undefined) throw fail('remote', 'the server sent no challenge');
    checkChallenge(mechanism, serverToClient, clientToServer, { encryptedReply: this.ciphered && this.#security().policy.send.encrypted === true });
    const exchange: HlsExchange = {
      mechanism,
      role: 'client',
      context: this.#security(),
      clientToServer,
      serverToClient,
      secret: 'secret' in authentication ? authentication.secret : undefined,
      manufacturer: 'manufacturer' in authentication ? authentication.manufacturer : undefined,
    };
    const reply = await hlsReply(exchange);
    const invoke = { invokeId: 1, serviceClass: 'confirmed', priority: 'high' } as const;
    // Under the global key even when there is a dedicated one, and service-specific even when general protection was agreed: so every peer seen does it.
    const conversation = this.referencing.replyToHls(invoke, reply, {
      ...this.#limits,
      // Never by blocks, whatever the server says that it takes: no peer expects them here.
      sendSize: Number.POSITIVE_INFINITY,
    });
    const response = await this.exchange.run(conversation, signal, { form: 'glo' });
    if (response.result !== 'success') throw fail('local', `the server refused our reply (${response.result}): wrong secret or keys`);
    if (response.returnParameters?.type !== 'data' || response.returnParameters.value.type !== 'octet-string')
      throw fail('remote', 'the server did not answer our challenge');
    await hlsVerify(exchange, response.returnParameters.value.value);
    await this.#security().proven();
  }

  close(): Promise<void> {
    const { exchange } = this;
    // Calls that were made before may end, but not for ever.
    const stop = exchange.busy ? exchange.clock.after(closeTimeout, () => this.#interrupt()) : undefined;
    return exchange.exclusive(async () => {
      stop?.();
      const wasOpen = this.#state === 'open' && this.options.preEstablished !== true;
      this.#state = 'closed';
      this.#lost = undefined;
      let fault: unknown;
      try {
        if (wasOpen) await this.#release();
      } catch (e) {
        // A meter may close the connection instead of answering, or refuse the release: the association is gone either way.
        if (!isDlmsError(e)) throw e;
      } finally {
        exchange.security = undefined;
        if (this.options.security !== undefined) this.options.security.proof = 'none';
        fault = await this.#closeChannel();
      }
      if (fault !== undefined) throw fault;
    });
  }
  #interrupt(): void {
    const reason = new DlmsError('transport/aborted', { during: 'a call that was still under way when the client was closed' });
    this.#opening++;
    this.#state = 'failed';
    this.#lost = new DlmsError('association/not-open', { state: 'closed' }, { cause: reason });
    void this.#closeChannel();
    this.exchange.interrupt(reason);
  }
  async #release(): Promise<void> {
    const { options, ciphered } = this;
    const initiate = initiateRequestOf({
      dedicatedKey: undefined,
      conformance: options.conformance ?? this.referencing.conformance,
      maxReceivePduSize: options.maxReceivePduSize ?? 0xffff,
    });
    const userInformation = ciphered ? await protect(initiate, this.#security()) : undefined;
    await this.exchange.sendRaw(request({ type: 'rlrq', reason: 'normal', ...(userInformation === undefined ? {} : { userInformation }) }));
    // What the answer says does not matter any more, and some servers encode it wrongly.
    const answer = await this.exchange.receiveRaw(undefined, Math.min(options.timeoutMs ?? closeTimeout, closeTimeout));
    if (answer[0] !== 0x63) this.exchange.drop(answer, 'no answer to a release');
  }

  #quirk(name: string, detail: string): void {
    this.options.onEvent?.({ type: 'quirk', name, detail });
  }
  #security(): SecurityContext {
    const { security } = this.options;
    if (security === undefined) throw new DlmsError('security/missing-key', { key: 'security context (titles, keys, counters) for ciphering and HLS' });
    return security;
  }
}
