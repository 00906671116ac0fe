import { decode, encode } from '../axdr/schema.js';
import { apduFacts, factsOfTag, isGeneralBlock } from '../core/apdu-facts.js';
import { DlmsError, isDlmsError } from '../core/errors.js';
import type { MaybePromise } from '../core/promise.js';
import type { SecurityContext, SimpleForm } from '../security/context.js';
import { type HlsExchange, hlsReply, hlsVerify } from '../security/hls.js';
import { type Protection, requireProtection, strongest } from '../security/policy.js';
import { type GeneralCipheringForm, protect } from '../security/protect.js';
import type { ProtectionLayer, Unprotected } from '../security/unprotected.js';
import { pduLimit } from '../session/association.js';
import { GbtEndpoint } from '../session/general-block-transfer.js';
import { plainSize } from '../session/limits.js';
import type { Route } from '../transport/transport.js';
import { Apdu } from '../xdlms/apdu.js';
import { type Accepted, contextOf, evaluateAarq, initiateResponse, referencingOf, verified } from './aarq.js';
import type { AssociationConfig } from './association.js';
import type { Caller } from './caller.js';
import { callerOf, effectiveRights } from './check-config.js';
import { exception } from './exception.js';
import { Exchange, type RequestLimits, type ResponseProtection } from './exchange.js';
import type { LogicalDevice } from './meter.js';
import { clientKeys, follow, unfollow } from './objects/security-state.js';
import type { ServerServices } from './referencing.js';
import type { Guesser, GuessThrottle } from './throttle.js';

/** What every known client accepts and most meters send: some clients say 65 535 and have less room. */
const defaultSendPduSize = 1024;
/**
 * ACSE APDUs and the HLS reply may exceed a small PDU size, because the client does not know it yet, or cannot split
 * them.
 */
const openingPduSize = 2048;

/**
 * By how many octets a protected message or a block may exceed the PDU size: many clients fill the size and forget the
 * header, which is at most 30 octets under the global and dedicated keys, and 9 for a block.
 */
const headerSlack = 64;

interface Open {
  readonly config: AssociationConfig;
  readonly services: ServerServices;
  readonly security: SecurityContext | undefined;
  readonly ciphered: boolean;
  /** Longest APDU that the client accepts and we want to send, in octets. */
  readonly sendSize: number;
  readonly inClear: ResponseProtection;
  readonly gbt: GbtEndpoint | undefined;
  /** The caller, as far as it is the same for each request. */
  readonly caller: Caller;
  /** Set until the client has answered our challenge. */
  hls: HlsExchange | undefined;
  /** Whether the client has proven itself, by HLS or by a verified message. */
  proven: boolean;
}
/** What an association shares with others. */
export interface Surroundings {
  readonly device: LogicalDevice;
  /** For this association, over all connections. */
  readonly throttle: GuessThrottle;
  readonly limits: RequestLimits;
  /** Octets of blocks held by the other associations of the connection. */
  readonly heldByOthers: (self: ServerAssociation) => number;
}

/**
 * The server side of one association: from AARQ to RLRQ, or always open when pre-established. APDUs in, APDUs out; no
 * socket.
 */
export class ServerAssociation implements Guesser {
  readonly #device: LogicalDevice;
  readonly #config: AssociationConfig | undefined;
  readonly #route: Route;
  readonly #around: Surroundings;
  #open: Open | undefined;
  #gone = false;
  #turn: Promise<unknown> = Promise.resolve();
  /** Work that handlers have deferred until the response is made. */
  #after: (() => MaybePromise<void>)[] = [];

  constructor(around: Surroundings, config: AssociationConfig | undefined, route: Route) {
    this.#around = around;
    this.#device = around.device;
    this.#config = config;
    this.#route = route;
  }
  /** Octets of blocks held until the missing ones arrive. */
  get held(): number {
    return (this.#open?.services.held ?? 0) + (this.#open?.gbt?.held ?? 0);
  }
  /** Whether the connection, and with it the association, has ended. */
  get gone(): boolean {
    return this.#gone;
  }
  end(): void {
    this.#gone = true;
    this.#close();
    this.#around.throttle.gone();
  }
  #close(): void {
    const security = this.#open?.security;
    if (security !== undefined) {
      unfollow(security);
      security.endDedicatedKey();
    }
    this.#open = undefined;
  }
  /** @returns the association that is open now; undefined if the connection has ended in the meantime */
  #begin(accepted: Accepted): Open | undefined {
    this.#close();
    if (this.#gone) {
      accepted.security?.endDedicatedKey();
      return undefined;
    }
    if (accepted.security !== undefined) follow(accepted.security);
    this.#open = this.#opened(accepted);
    return this.#open;
  }

  /** Answers APDUs one after the other, in the order received. Never throws. */
  handle(apdu: Uint8Array): Promise<readonly Uint8Array[]> {
    const turn = this.#turn.then(() => this.#handle(apdu));
    this.#turn = turn;
    return turn;
  }
  async #handle(apdu: Uint8Array): Promise<readonly Uint8Array[]> {
    this.#after = [];
    let responses: readonly Uint8Array[];
    try {
      responses = await this.#respond(apdu);
    } catch (e) {
      this.#report(e);
      responses = [refusal(e)];
    }
    // Even if the response could not be made: what was carried out and stored is in force, not what was there before.
    for (const work of this.#after) {
      try {
        await work();
      } catch (e) {
        this.#report(e);
        responses = [refusal(e)];
      }
    }
    return responses;
  }
  async #respond(apdu: Uint8Array): Promise<readonly Uint8Array[]> {
    const open = this.#open ?? (await this.#preEstablished());
    const { service } = factsOfTag(apdu[0]) ?? {};
    const limit =
      pduLimit(this.#maxReceivePduSize) + (open?.ciphered === true || isGeneralBlock(apdu) ? headerSlack : 0);
    if (apdu.length > (service === 'acse' || open?.hls !== undefined ? Math.max(limit, openingPduSize) : limit))
      return [exception('service-not-allowed', 'pdu-too-long')];
    if (apdu[0] === apduFacts.aarq.tag) return await this.#associate(apdu);
    if (open === undefined) return [exception('service-not-allowed', 'operation-not-possible')];
    if (apdu[0] === apduFacts.rlrq.tag) return await this.#release(apdu, open);
    if (isGeneralBlock(apdu) && open.gbt !== undefined) return await this.#blocks(apdu, open.gbt, open);
    return (await this.#serve(apdu, open)).flatMap((r) => open.gbt?.begin(r) ?? [r]);
  }
  async #preEstablished(): Promise<Open | undefined> {
    const config = this.#config;
    if (config?.preEstablished !== true) return undefined;
    const conformance = config.conformance ?? referencingOf(config).conformance;
    const security = config.ciphering === 'required' ? await contextOf(config) : undefined;
    if (security !== undefined) security.proof = 'none';
    return this.#begin({
      config,
      security,
      conformance,
      clientPduSize: Number.POSITIVE_INFINITY,
      hls: undefined,
      proven: false,
    });
  }
  async #blocks(apdu: Uint8Array, gbt: GbtEndpoint, open: Open): Promise<readonly Uint8Array[]> {
    const { send, complete, acknowledgement } = gbt.receive(apdu);
    if (complete === undefined) return send;
    const responses = await this.#serve(complete, open);
    if (responses.length === 0) return acknowledgement === undefined ? [] : [acknowledgement];
    return responses.flatMap((r) => gbt.answer(r));
  }
  get #maxReceivePduSize(): number {
    return this.#device.maxReceivePduSize ?? 1024;
  }
  /** A report that fails must not affect the client. */
  #report(e: unknown): void {
    try {
      this.#device.onError?.(e);
    } catch {}
  }

  // ── requests inside the association ──────────────────────────────────────────────────────────────────

  async #serve(apdu: Uint8Array, open: Open): Promise<readonly Uint8Array[]> {
    const { security, config } = open;
    if (!open.ciphered || security === undefined) {
      const exchange = new Exchange(open.caller, open.inClear, this.#around.limits);
      if (config.stillTrusted !== undefined && !(await this.#trusts(exchange.caller, config.stillTrusted)))
        return [exception('service-not-allowed', 'operation-not-possible')];
      const response = await this.#answer(apdu, open, exchange);
      return response === undefined ? [] : [response];
    }
    const opened = await verified(apdu, security);
    // Errors in clear are for clients only: whatever asks a meter for something must be protected.
    if (opened.layers.length === 0) requireProtection(security.policy.receive, {});
    if (opened.authenticated && !open.proven) {
      open.proven = true;
      // Pre-established: this is the first we know about the client.
      if (config.preEstablished === true) await clientKeys(security);
    }
    config.onMessage?.(opened);
    const form = formOf(opened.layers, security);
    const exchange = new Exchange(
      callerFrom(open.caller, opened),
      underKeys(open.sendSize, security, form),
      this.#around.limits,
    );
    if (config.stillTrusted !== undefined && !(await this.#trusts(exchange.caller, config.stillTrusted)))
      throw new DlmsError('association/not-open', { state: 'no longer trusted' });
    const response = await this.#answer(opened.apdu, open, exchange);
    if (response === undefined) return [];
    return [
      await protect(response, security, { form, protection: strongest(security.policy.send, exchange.response) }),
    ];
  }
  #answer(plain: Uint8Array, open: Open, exchange: Exchange): Promise<Uint8Array | undefined> {
    return open.hls === undefined ? open.services.handle(plain, exchange) : this.#replyToHls(plain, open, open.hls);
  }
  async #trusts(caller: Caller, stillTrusted: NonNullable<AssociationConfig['stillTrusted']>): Promise<boolean> {
    if (await stillTrusted(caller)) return true;
    this.#close();
    return false;
  }

  /** Passes 3 and 4: nothing else is served before the client has proved itself, and it has one attempt. */
  async #replyToHls(plain: Uint8Array, open: Open, hls: HlsExchange): Promise<Uint8Array> {
    const request = referencingOf(open.config).hlsRequest(plain, open.config.logicalName);
    if (request === undefined) return exception('service-not-allowed', 'operation-not-possible');
    const { throttle } = this.#around;
    try {
      if (!(await throttle.turn(this))) return exception('service-not-allowed', 'operation-not-possible');
      if (hls.mechanism === 7 && hls.context.keys.peerSigning === undefined) await clientKeys(hls.context);
      await hlsVerify(hls, request.reply);
    } catch (e) {
      this.#close();
      if (!isDlmsError(e)) throw e;
      this.#report(e);
      return request.answer(undefined);
    }
    throttle.right();
    const value = await hlsReply(hls);
    await hls.context.proven();
    open.hls = undefined;
    open.proven = true;
    return request.answer(value);
  }

  // ── opening and releasing ────────────────────────────────────────────────────────────────────────────

  /**
   * An AARQ ends the open association. A ciphered one is ended only by an AARQ that is accepted; otherwise anybody
   * could end it. A pre-established one stays open.
   */
  async #associate(bytes: Uint8Array): Promise<readonly Uint8Array[]> {
    const config = this.#config;
    if (config?.ciphering === 'none' && config.preEstablished !== true) this.#close();
    const aarq = decode(Apdu, bytes, { lenient: true });
    if (aarq.type !== 'aarq') return [exception('service-not-allowed', 'operation-not-possible')];
    const { throttle } = this.#around;
    const { aare, accepted } = await evaluateAarq(aarq, config, {
      maxReceivePduSize: this.#maxReceivePduSize,
      throttle,
      guesser: this,
    });
    if (accepted !== undefined && this.#begin(accepted) === undefined) return [];
    return [aare];
  }
  #opened({ config, security, conformance, clientPduSize, hls, proven }: Accepted): Open {
    const device = this.#device;
    const ciphered = config.ciphering === 'required';
    // If the target of a value is inside it, or the blocks are a whole APDU, nobody knows yet who may send it; so those
    // who have proved nothing may only send short ones.
    const receiveLimit = (known: boolean): number => {
      const limit =
        known || this.#open?.proven === true ? (device.maxValueSize ?? 0x100000) : (device.maxUnprovenSize ?? 0x2000);
      return limit - this.#around.heldByOthers(this);
    };
    const services = referencingOf(config).services({
      objects: device.objects,
      rights: effectiveRights(config),
      context: { security: ciphered ? security : undefined, afterResponse: (work) => this.#after.push(work) },
      conformance,
      receiveLimit,
      onError: (e) => this.#report(e),
    });
    const sendSize = Math.min(clientPduSize, pduLimit(device.maxSendPduSize ?? defaultSendPduSize));
    const general = conformance.includes('general-block-transfer');
    const gbt = general ? new GbtEndpoint({ sendSize, receiveTotal: () => receiveLimit(false) }) : undefined;
    const caller = callerOf(config, this.#route.serverSap);
    return { config, services, security, ciphered, sendSize, inClear: inClear(sendSize), gbt, hls, proven, caller };
  }

  /** In a ciphered association the release must be protected too; otherwise anybody could end it. */
  async #release(bytes: Uint8Array, open: Open): Promise<readonly Uint8Array[]> {
    const { security } = open;
    if (!open.ciphered || security === undefined) {
      if (open.config.preEstablished !== true) this.#close();
      return [encode(Apdu, { type: 'rlre', reason: 'normal' })];
    }
    const rlrq = decode(Apdu, bytes, { lenient: true });
    if (rlrq.type !== 'rlrq' || rlrq.userInformation === undefined)
      return [exception('service-not-allowed', 'service-not-supported')];
    const opened = await verified(rlrq.userInformation, security);
    open.config.onMessage?.(opened);
    if (opened.apdu[0] !== apduFacts.initiateRequest.tag)
      return [exception('service-not-allowed', 'service-not-supported')];
    const userInformation = await protect(
      initiateResponse([], this.#maxReceivePduSize, referencingOf(open.config).vaaName),
      security,
      { form: 'glo' },
    );
    if (open.config.preEstablished !== true) this.#close();
    return [encode(Apdu, { type: 'rlre', reason: 'normal', userInformation })];
  }
}

/** The caller of a request: what was found on it, added to what the association says. */
function callerFrom(base: Caller, { protection, key, originator, signers }: Unprotected): Caller {
  return {
    ...base,
    protection,
    signers,
    ...(key === undefined ? {} : { key }),
    ...(originator === undefined ? {} : { originator: originator.slice() }),
  };
}
/** Without keys, a response cannot be protected at all. */
const inClear = (sendSize: number): ResponseProtection => ({ possible: asksNothing, sendSize: () => sendSize });
const underKeys = (
  pdu: number,
  security: SecurityContext,
  form: SimpleForm | GeneralCipheringForm,
): ResponseProtection => ({
  possible: (beyond) => asksNothing(beyond) || canProtect(security, beyond),
  sendSize: (beyond) => plainSize(pdu, security, form, strongest(security.policy.send, beyond)),
});
const asksNothing = ({ authenticated, encrypted, signed }: Protection): boolean =>
  authenticated !== true && encrypted !== true && signed !== true;
/**
 * The form of the response has its own key for encryption; only the authentication key or the signature key may be
 * missing.
 */
const canProtect = ({ keys }: SecurityContext, beyond: Protection): boolean =>
  (beyond.authenticated !== true || keys.authentication !== undefined) &&
  (beyond.signed !== true || keys.signing !== undefined);

/** The response has the form of the request: service-specific or general, under the same kind of key. */
function formOf(layers: readonly ProtectionLayer[], { keys }: SecurityContext): SimpleForm | GeneralCipheringForm {
  const layer = layers.find((l) => l.kind !== 'general-signing');
  switch (layer?.kind) {
    case 'ded':
    case 'general-glo':
    case 'general-ded':
      return layer.kind;
    case 'general-ciphering': {
      const agreed = keys.signing !== undefined && keys.peerAgreement !== undefined ? 'one-pass' : 'static';
      return {
        type: 'general-ciphering',
        key: layer.key === 'agreed-key' ? agreed : layer.key === 'wrapped-key' ? 'wrapped' : 'global-unicast',
      };
    }
    default:
      return 'glo';
  }
}
/** What the client is told about a message that was not understood: only the kind of fault. */
function refusal(e: unknown): Uint8Array {
  if (isDlmsError(e, 'security/replay'))
    return exception(
      'service-not-allowed',
      'invocation-counter-error',
      Math.min(Number(e.context.last) + 1, 0xffffffff),
    );
  if (isDlmsError(e) && (e.code.startsWith('security/') || e.code.startsWith('association/')))
    return exception('service-not-allowed', 'deciphering-error');
  if (e instanceof DlmsError) return exception('service-not-allowed', 'other-reason');
  return exception('service-not-allowed', 'operation-not-possible');
}
