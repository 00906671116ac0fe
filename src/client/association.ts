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
import type { ApduChannel } from '../transport/transport.js';
import type { ConformanceBit } from '../xdlms/initiate.js';
import { Exchange, expectedCounter, notOpen } from './exchange.js';
import { type Authentication, type ClientOptions, cipheringOf } from './options.js';
import { logicalNames, type Referencing } from './referencing.js';

/** Many meters close the connection instead of answering a release: not worth a long wait. */
const releaseTimeout = 5000;

/** Opens and releases an association and runs conversations in it. */
export class AssociationShell {
  readonly exchange: Exchange;
  readonly options: ClientOptions;
  /** What both sides support; empty until the association is open. */
  conformance: readonly ConformanceBit[] = [];
  #state: 'closed' | 'opening' | 'open' | 'failed' = 'closed';
  /** The form of the context before the dedicated key of this association. */
  #formBefore: SimpleForm | undefined;
  #channelOpen = false;
  #limits: ServiceLimits;
  readonly #ciphered: boolean;

  constructor(channel: ApduChannel, options: ClientOptions) {
    this.#ciphered = cipheringOf(options) === 'required';
    this.options = options;
    Object.defineProperty(this, 'options', { enumerable: false });
    this.exchange = new Exchange(channel, options);
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

  run<T>(conversation: (limits: ServiceLimits) => Conversation<T>, signal?: AbortSignal): Promise<T> {
    if (this.#state !== 'open') return Promise.reject(notOpen(this.#state));
    return this.exchange.run(conversation(this.#limits), signal);
  }

  open(signal?: AbortSignal): Promise<void> {
    return this.exchange.exclusive(async () => {
      if (this.#state === 'open') return;
      this.#state = 'opening';
      try {
        if (!this.#channelOpen) await this.exchange.channel.open();
        this.#channelOpen = true;
        if (this.options.preEstablished === true) this.#preEstablished();
        else await this.#associate(signal, this.options.recoverCounter !== false);
        this.#state = 'open';
      } catch (e) {
        this.#state = 'failed';
        this.#endDedicatedKey();
        throw e;
      }
    });
  }
  #preEstablished(): void {
    this.exchange.security = this.ciphered ? this.#security() : undefined;
    this.conformance = this.options.conformance ?? this.referencing.conformance;
    this.referencing.opened?.(this.conformance);
  }

  async #associate(signal: AbortSignal | undefined, mayRecover: boolean): Promise<void> {
    const authentication = this.options.authentication ?? { mechanism: 'none' };
    const hls = isHls(authentication.mechanism);
    const mechanism = mechanisms[authentication.mechanism] as HlsMechanism;
    const challenge = hls ? generateChallenge(this.#security().provider, mechanism, this.options.challengeLength ?? (mechanism === 7 ? 32 : 16)) : undefined;
    const aarq = await this.#aarq(authentication, challenge);
    this.exchange.security = undefined;
    this.exchange.gbt = undefined;
    // The password goes over the line in clear, but not into logs.
    const hidden =
      authentication.mechanism === 'lls' ? await this.#aarq({ mechanism: 'lls', password: authentication.password.map(() => 0x2a) }, undefined) : aarq;
    await this.exchange.sendRaw(aarq, hidden);
    const known = this.options.security?.peerSystemTitle !== undefined;
    try {
      const serverChallenge = await this.#accept(await this.exchange.receiveRaw(signal));
      if (hls) await this.#authenticate(authentication, challenge as Uint8Array, serverChallenge, signal);
    } catch (e) {
      // The title stood in an AARE that proved nothing: the right meter must not be refused for it next time.
      if (!known) this.options.security?.forgetPeer();
      const expected = expectedCounter(e);
      if (expected === undefined || !mayRecover || this.options.security === undefined) throw e;
      await recoverCounter(this.options.security, expected);
      this.exchange.options.onEvent?.({ type: 'retry', attempt: 1 });
      await this.#associate(signal, false);
    }
  }

  async #aarq(authentication: Authentication, challenge: Uint8Array | undefined): Promise<Uint8Array> {
    const { options, ciphered } = this;
    const security = ciphered ? this.#security() : options.security;
    let dedicatedKey: Uint8Array | undefined;
    if (ciphered && options.dedicatedKey === true) {
      dedicatedKey = await this.#security().newDedicatedKey();
      this.#formBefore ??= this.#security().form;
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

  /** Judges the AARE, takes what was negotiated, and returns the challenge of the server. */
  async #accept(bytes: Uint8Array): Promise<Uint8Array | undefined> {
    const aare = readAare(bytes);
    requireAccepted(aare);
    const { security } = this.options;
    if (security !== undefined && aare.respondingAPTitle?.length === 8) security.setPeer(aare.respondingAPTitle);
    if (aare.userInformation === undefined) throw new DlmsError('association/rejected', { result: 'accepted', diagnostic: 'no InitiateResponse in the AARE' });
    const plain = this.ciphered ? (await unprotect(aare.userInformation, this.#security(), { lenient: true })).apdu : aare.userInformation;
    const initiate = readInitiateResponse(plain);
    if (initiate.vaaName !== this.referencing.vaaName)
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
  }

  close(): Promise<void> {
    return this.exchange.exclusive(async () => {
      const wasOpen = this.#state === 'open' && this.options.preEstablished !== true;
      this.#state = 'closed';
      try {
        if (wasOpen) await this.#release();
      } catch (e) {
        // A meter may close the connection instead of answering, or refuse the release: the association is gone either way.
        if (!isDlmsError(e)) throw e;
      } finally {
        this.exchange.security = undefined;
        this.#endDedicatedKey();
        // Also when opening failed: the transport below is there already.
        await this.exchange.channel.close();
        this.#channelOpen = false;
      }
    });
  }
  /** With the association its dedicated key is over, and the form that needs it. */
  #endDedicatedKey(): void {
    const { security } = this.options;
    if (security === undefined || this.#formBefore === undefined) return;
    security.endDedicatedKey();
    security.form = this.#formBefore;
    this.#formBefore = undefined;
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
    await this.exchange.receiveRaw(undefined, Math.min(options.timeoutMs ?? releaseTimeout, releaseTimeout));
  }

  #security(): SecurityContext {
    const { security } = this.options;
    if (security === undefined) throw new DlmsError('security/missing-key', { key: 'security context (titles, keys, counters) for ciphering and HLS' });
    return security;
  }
}
