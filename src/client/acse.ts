import { Data } from '../axdr/data.js';
import { decode } from '../axdr/schema.js';
import { apduFacts, isNotification } from '../core/apdu-facts.js';
import { DlmsError, isDlmsError } from '../core/errors.js';
import type { SecurityContext, SimpleForm } from '../security/context.js';
import { type HlsExchange, hlsReply, hlsVerify } from '../security/hls.js';
import { checkChallenge, generateChallenge, type HlsMechanism } from '../security/hls-challenge.js';
import { protect } from '../security/protect.js';
import { recoverCounter } from '../security/recovery.js';
import { unprotect } from '../security/unprotect.js';
import {
  authenticationOctets,
  authenticationRequired,
  decodeAare,
  decodeInitiateResponse,
  encodeAarq,
  encodeInitiateRequest,
  isHls,
  mechanisms,
  pduLimit,
  requireAccepted,
} from '../session/association.js';
import { request } from '../session/conversation.js';
import { defaultReceiveTotal, plainSize, type ServiceLimits, servicesLeftToGbt } from '../session/limits.js';
import type { ConformanceBit } from '../xdlms/initiate.js';
import { type Exchange, expectedCounter } from './exchange.js';
import type { Authentication, ClientOptions } from './options.js';
import { logicalNames, type Referencing } from './referencing.js';

/**
 * How many associations are requested at most until the meter sends a challenge that can be answered. Now and then a
 * random challenge is refused because it looks like a message; without encryption, that is up to a quarter of them.
 */
const mostChallenges = 8;

/** AARQ, AARE, HLS and release over an open channel, and what the two sides agree on. */
export class Acse {
  readonly exchange: Exchange;
  readonly options: ClientOptions;
  readonly ciphered: boolean;
  /** What both sides support; empty until the association is open. */
  conformance: readonly ConformanceBit[] = [];
  limits: ServiceLimits;
  /** The form of the security context from before a dedicated key changed it. */
  #formBefore: SimpleForm | undefined;

  constructor(exchange: Exchange, options: ClientOptions, ciphered: boolean) {
    this.exchange = exchange;
    this.options = options;
    Object.defineProperty(this, 'options', { enumerable: false });
    this.ciphered = ciphered;
    this.limits = { sendSize: Number.POSITIVE_INFINITY, receiveTotal: options.maxValueSize ?? defaultReceiveTotal };
  }
  get referencing(): Referencing {
    return this.options.referencing ?? logicalNames;
  }

  preEstablished(): void {
    if (this.options.security !== undefined) this.options.security.proof = 'none';
    this.exchange.security = this.ciphered ? this.#security() : undefined;
    this.conformance = this.options.conformance ?? this.referencing.conformance;
    this.referencing.opened?.(this.conformance);
  }

  /**
   * Requests the association, and does so again when the meter expects another counter or when its challenge cannot be
   * answered. Each is limited in number, since nothing vouches for what the meter has said so far.
   */
  async associate(signal: AbortSignal | undefined): Promise<void> {
    const { security, recoverCounter: recovers = true } = this.options;
    let mayRecover = recovers && security !== undefined;
    let challenges = mostChallenges;
    const known = security?.peerSystemTitle !== undefined;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#ask(signal);
      } catch (e) {
        if (security !== undefined) security.proof = 'none';
        // The title came in an AARE that proved nothing; it must not make us refuse the right meter next time.
        if (!known) security?.forgetPeer();
        const reported = expectedCounter(e);
        if (isDlmsError(e, 'association/authentication-failed') && e.context.retryable === true && --challenges > 0) {
          // The next association has another challenge.
        } else if (reported !== undefined && security !== undefined && mayRecover) {
          mayRecover = false;
          const next = await recoverCounter(security, reported);
          this.exchange.onEvent?.({ type: 'counter', reported, next });
        } else throw e;
        this.exchange.onEvent?.({ type: 'retry', attempt });
      }
    }
  }
  async #ask(signal: AbortSignal | undefined): Promise<void> {
    const { exchange, options } = this;
    const authentication = options.authentication ?? { mechanism: 'none' };
    const hls = isHls(authentication.mechanism);
    const mechanism = mechanisms[authentication.mechanism] as HlsMechanism;
    if (options.security !== undefined) options.security.proof = hls ? 'expected' : 'none';
    const challenge = hls
      ? generateChallenge(this.#security().provider, mechanism, options.challengeLength ?? (mechanism === 7 ? 32 : 16))
      : undefined;
    const userInformation = await this.#initiate();
    const aarq = this.#aarq(authentication, challenge, userInformation);
    exchange.security = undefined;
    exchange.gbt = undefined;
    // The password goes over the wire in clear, but must not go into logs.
    const hidden =
      authentication.mechanism === 'lls'
        ? this.#aarq(
            { mechanism: 'lls', password: authentication.password.map(() => 0x2a) },
            undefined,
            userInformation,
          )
        : aarq;
    await exchange.sendRaw(aarq, hidden);
    const serverChallenge = await this.#accept(await this.#aare(signal));
    if (hls) await this.#authenticate(authentication, challenge as Uint8Array, serverChallenge, signal);
  }
  /** Receives the answer to the AARQ. Some meters push as soon as somebody connects. */
  async #aare(signal: AbortSignal | undefined): Promise<Uint8Array> {
    const { exchange, options } = this;
    const since = exchange.clock.now();
    for (;;) {
      const apdu = await exchange.receiveRaw(signal);
      if (!isNotification(apdu)) return apdu;
      exchange.drop(apdu, 'notification before the association is open');
      const waitedMs = Math.round(exchange.clock.now() - since);
      if (waitedMs > (options.timeoutMs ?? 30_000))
        throw new DlmsError('transport/timeout', { waitedMs, waitingFor: 'an AARE among notifications' });
    }
  }

  /** The InitiateRequest as it goes into the AARQ, with a new dedicated key if one is wanted. */
  async #initiate(): Promise<Uint8Array> {
    const { options, ciphered } = this;
    let dedicatedKey: Uint8Array | undefined;
    if (ciphered && options.dedicatedKey === true) {
      this.#endDedicatedKey();
      dedicatedKey = await this.#security().newDedicatedKey();
      this.#formBefore = this.#security().form;
      this.#security().form = 'ded';
    }
    const initiate = this.#request(dedicatedKey);
    const userInformation = ciphered ? await protect(initiate, this.#security()) : initiate;
    if (dedicatedKey !== undefined) for (const octets of [dedicatedKey, initiate]) octets.fill(0);
    return userInformation;
  }
  #request(dedicatedKey: Uint8Array | undefined): Uint8Array {
    const { conformance = this.referencing.conformance, maxReceivePduSize = 0xffff } = this.options;
    return encodeInitiateRequest({ dedicatedKey, conformance, maxReceivePduSize });
  }
  #aarq(authentication: Authentication, challenge: Uint8Array | undefined, userInformation: Uint8Array): Uint8Array {
    const { options, ciphered } = this;
    return encodeAarq({
      mechanism: authentication.mechanism,
      referencing: this.referencing.kind,
      ciphered,
      systemTitle: ciphered || mechanisms[authentication.mechanism] >= 5 ? options.security?.systemTitle : undefined,
      authenticationValue: authentication.mechanism === 'lls' ? authentication.password : challenge,
      userId: options.userId,
      userInformation,
    });
  }

  /**
   * The association is over: nothing is proven any more, and its dedicated key goes, together with the form that uses
   * it.
   */
  end(): void {
    const { security } = this.options;
    this.exchange.security = undefined;
    if (security === undefined) return;
    security.proof = 'none';
    this.#endDedicatedKey();
  }
  #endDedicatedKey(): void {
    const { security } = this.options;
    if (security === undefined || this.#formBefore === undefined) return;
    security.form = this.#formBefore;
    this.#formBefore = undefined;
    security.endDedicatedKey();
  }

  /** Checks the AARE, takes over what was negotiated, and returns the challenge of the server. */
  async #accept(bytes: Uint8Array): Promise<Uint8Array | undefined> {
    const aare = decodeAare(bytes);
    requireAccepted(aare);
    const { security } = this.options;
    if (security !== undefined && aare.respondingAPTitle?.length === 8) security.setPeer(aare.respondingAPTitle);
    if (aare.userInformation === undefined)
      throw new DlmsError('association/rejected', {
        result: 'accepted',
        diagnostic: 'no InitiateResponse in the AARE',
      });
    const plain = this.ciphered
      ? (await unprotect(aare.userInformation, this.#security(), { lenient: true })).apdu
      : aare.userInformation;
    const initiate = decodeInitiateResponse(plain);
    // With short names the vaa-name is always FA00, but jDLMS sends that of logical names.
    if (initiate.vaaName === logicalNames.vaaName && this.referencing.kind === 'SN')
      this.#quirk('vaa-name', 'vaa-name 0007 in an association with short names');
    else if (initiate.vaaName !== this.referencing.vaaName)
      throw new DlmsError('association/rejected', {
        result: 'accepted',
        diagnostic: `vaa-name ${initiate.vaaName} instead of ${this.referencing.vaaName}`,
      });
    const sendSize = pduLimit(initiate.serverMaxReceivePduSize);
    const context = this.ciphered ? this.#security() : undefined;
    this.limits = {
      ...this.limits,
      sendSize: plainSize(sendSize, context, context?.form ?? 'glo'),
      whole: servicesLeftToGbt(initiate.negotiatedConformance),
    };
    this.conformance = initiate.negotiatedConformance;
    this.referencing.opened?.(this.conformance);
    this.exchange.security = this.ciphered ? this.#security() : undefined;
    this.exchange.agreed(this.conformance, sendSize);
    const value = authenticationOctets(aare.respondingAuthenticationValue);
    if (authenticationRequired(aare) && value === undefined)
      throw new DlmsError('association/rejected', {
        result: aare.result,
        diagnostic: 'authentication required, but no challenge sent',
      });
    // Without passes 3 and 4 the association would only look open.
    const { mechanism } = this.options.authentication ?? { mechanism: 'none' };
    if (authenticationRequired(aare) && !isHls(mechanism))
      throw new DlmsError('association/authentication-failed', {
        mechanism,
        side: 'local',
        reason: 'the server asks for high level security (HLS), for which this client is not configured',
      });
    return value;
  }

  /** Passes 3 and 4: our reply to the server's challenge, then its reply to ours. Only then is the association open. */
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
    checkChallenge(mechanism, serverToClient, clientToServer, {
      encryptedReply: this.ciphered && this.#security().policy.send.encrypted === true,
    });
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
    // Under the global key even if there is a dedicated one, and service-specific even if general protection was
    // agreed, as all known peers do.
    const conversation = this.referencing.replyToHls(invoke, reply, {
      ...this.limits,
      // Never in blocks, whatever PDU size the server states: no peer expects them here.
      sendSize: Number.POSITIVE_INFINITY,
    });
    const response = await this.exchange.run(conversation, signal, { form: 'glo' });
    if (response.result !== 'success')
      throw fail('local', `the server refused our reply (${response.result}): wrong secret or keys`);
    const answer =
      response.returnParameters?.type === 'data'
        ? decode(Data, response.returnParameters.value, { lenient: true })
        : undefined;
    if (answer?.type !== 'octet-string') throw fail('remote', 'the server did not answer our challenge');
    await hlsVerify(exchange, answer.value);
    await this.#security().proven();
  }

  async release(limitMs: number): Promise<void> {
    const { options, ciphered } = this;
    const userInformation = ciphered ? await protect(this.#request(undefined), this.#security()) : undefined;
    await this.exchange.sendRaw(
      request({ type: 'rlrq', reason: 'normal', ...(userInformation === undefined ? {} : { userInformation }) }),
    );
    // The contents of the answer no longer matter, and some servers encode it wrongly.
    const answer = await this.exchange.receiveRaw(undefined, Math.min(options.timeoutMs ?? limitMs, limitMs));
    if (answer[0] !== apduFacts.rlre.tag) this.exchange.drop(answer, 'no answer to a release');
  }

  #quirk(name: string, detail: string): void {
    this.exchange.onEvent?.({ type: 'quirk', name, detail });
  }
  #security(): SecurityContext {
    const { security } = this.options;
    if (security === undefined)
      throw new DlmsError('security/missing-key', {
        key: 'security context (titles, keys, counters) for ciphering and HLS',
      });
    return security;
  }
}
