import { decode, encode } from '../axdr/schema.js';
import { DlmsError, isDlmsError } from '../core/errors.js';
import type { MaybePromise } from '../core/promise.js';
import type { SecurityContext, SimpleForm } from '../security/context.js';
import { type HlsExchange, hlsReply, hlsVerify } from '../security/hls.js';
import { requireProtection } from '../security/policy.js';
import { type GeneralCipheringForm, protect } from '../security/protect.js';
import { type ProtectionLayer, type Unprotected, unprotect } from '../security/unprotect.js';
import { pduLimit } from '../session/association.js';
import { GbtEndpoint } from '../session/general-block-transfer.js';
import { plainSize } from '../session/limits.js';
import type { Route } from '../transport/transport.js';
import { Apdu } from '../xdlms/apdu.js';
import { type Accepted, initiateResponse, judge, referencingOf } from './accept.js';
import { type AssociationConfig, rightsOf } from './association.js';
import { exception } from './exception.js';
import type { LogicalDevice } from './meter.js';
import type { ServedServices } from './referencing.js';

/** ACSE APDUs and the HLS reply may be longer than a small PDU size: the client does not know it yet, or cannot cut them. */
const openingPduSize = 2048;

interface Open {
  readonly config: AssociationConfig;
  readonly services: ServedServices;
  readonly security: SecurityContext | undefined;
  readonly ciphered: boolean;
  readonly clientPduSize: number;
  readonly gbt: GbtEndpoint | undefined;
  /** Set until the client has answered our challenge. */
  hls: HlsExchange | undefined;
}

/** The server side of one association: AARQ to RLRQ, or always open when pre-established. APDUs in, APDUs out; no socket, no timer. */
export class ServerAssociation {
  readonly #device: LogicalDevice;
  readonly #config: AssociationConfig | undefined;
  readonly #route: Route;
  #open: Open | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  /** What handlers want done when the response is made. */
  #after: (() => MaybePromise<void>)[] = [];

  constructor(device: LogicalDevice, config: AssociationConfig | undefined, route: Route) {
    this.#device = device;
    this.#config = config;
    this.#route = route;
  }

  /** Answers one APDU after the other, in the order they came. Never throws. */
  handle(apdu: Uint8Array): Promise<readonly Uint8Array[]> {
    const turn = this.#turn.then(() => this.#handle(apdu));
    this.#turn = turn;
    return turn;
  }
  async #handle(apdu: Uint8Array): Promise<readonly Uint8Array[]> {
    this.#after = [];
    try {
      const responses = await this.#respond(apdu);
      for (const work of this.#after) await work();
      return responses;
    } catch (e) {
      this.#report(e);
      return [refusal(e)];
    }
  }
  async #respond(apdu: Uint8Array): Promise<readonly Uint8Array[]> {
    const open = this.#open ?? (await this.#preEstablished());
    const acse = apdu[0] === 0x60 || apdu[0] === 0x62;
    const limit = pduLimit(this.#maxReceivePduSize);
    if (apdu.length > (acse || open?.hls !== undefined ? Math.max(limit, openingPduSize) : limit)) return [exception('service-not-allowed', 'pdu-too-long')];
    if (apdu[0] === 0x60) return await this.#associate(apdu);
    if (open === undefined) return [exception('service-not-allowed', 'operation-not-possible')];
    if (apdu[0] === 0x62) return await this.#release(apdu, open);
    if (apdu[0] === 0xe0 && open.gbt !== undefined) return await this.#blocks(apdu, open.gbt, open);
    return (await this.#serve(apdu, open)).flatMap((r) => open.gbt?.begin(r) ?? [r]);
  }
  async #preEstablished(): Promise<Open | undefined> {
    const config = this.#config;
    if (config?.preEstablished !== true) return undefined;
    const conformance = config.conformance ?? referencingOf(config).conformance;
    const security = await config.security?.();
    this.#open = this.#opened({ config, security, conformance, clientPduSize: Number.POSITIVE_INFINITY, hls: undefined });
    return this.#open;
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
  /** A report that fails must not become the client's trouble. */
  #report(e: unknown): void {
    try {
      this.#device.onError?.(e);
    } catch {}
  }

  // ── requests inside the association ──────────────────────────────────────────────────────────────────

  async #serve(apdu: Uint8Array, open: Open): Promise<readonly Uint8Array[]> {
    const { security, ciphered, clientPduSize } = open;
    const opened: Unprotected | undefined = ciphered && security !== undefined ? await unprotect(apdu, security, { lenient: true }) : undefined;
    // An error in clear is for clients: what asks a meter for something must be protected.
    if (opened !== undefined && security !== undefined && opened.layers.length === 0) requireProtection(security.policy.receive, {});
    if (opened !== undefined) open.config.onMessage?.(opened);
    const plain = opened?.apdu ?? apdu;
    const form = opened === undefined || security === undefined ? 'glo' : formOf(opened.layers, security);
    const response =
      open.hls === undefined
        ? await open.services.handle(plain, opened?.protection ?? {}, plainSize(clientPduSize, opened === undefined ? undefined : security, form))
        : await this.#replyToHls(plain, open, open.hls);
    if (response === undefined) return [];
    return [opened === undefined || security === undefined ? response : await protect(response, security, { form })];
  }

  /** Pass 3 and 4: nothing else is served before the client has proved itself, and it has one attempt. */
  async #replyToHls(plain: Uint8Array, open: Open, hls: HlsExchange): Promise<Uint8Array> {
    const request = referencingOf(open.config).hlsRequest(plain, open.config.logicalName);
    if (request === undefined) return exception('service-not-allowed', 'operation-not-possible');
    try {
      await hlsVerify(hls, request.reply);
    } catch (e) {
      this.#open = undefined;
      if (!isDlmsError(e)) throw e;
      this.#report(e);
      return request.answer(undefined);
    }
    const value = await hlsReply(hls);
    open.hls = undefined;
    return request.answer(value);
  }

  // ── opening and releasing ────────────────────────────────────────────────────────────────────────────

  /**
   * An AARQ ends the association that is open, save for a ciphered one (or one under an unproven client): there only an AARQ that verified does, because
   * anybody could end it otherwise.
   */
  async #associate(bytes: Uint8Array): Promise<readonly Uint8Array[]> {
    const config = this.#config;
    if (config?.ciphered !== true && config?.preEstablished !== true) this.#open = undefined;
    const aarq = decode(Apdu, bytes, { lenient: true });
    if (aarq.type !== 'aarq') return [exception('service-not-allowed', 'operation-not-possible')];
    const { aare, accepted } = await judge(aarq, config, this.#maxReceivePduSize);
    if (accepted !== undefined) this.#open = this.#opened(accepted);
    return [aare];
  }
  #opened({ config, security, conformance, clientPduSize, hls }: Accepted): Open {
    const device = this.#device;
    const receiveTotal = device.maxValueSize ?? 0x100000;
    const general = conformance.includes('general-block-transfer');
    const services = referencingOf(config).services({
      objects: device.objects,
      rights: rightsOf(config),
      context: {
        ...this.#route,
        association: config.logicalName,
        security: config.ciphered === true ? security : undefined,
        afterResponse: (work) => this.#after.push(work),
      },
      conformance,
      receiveTotal,
      onError: (e) => this.#report(e),
    });
    const gbt = general ? new GbtEndpoint({ sendSize: clientPduSize, receiveTotal }) : undefined;
    return { config, services, security, ciphered: config.ciphered === true, clientPduSize, gbt, hls };
  }

  /** In a ciphered association the release must be protected too: anybody could end it otherwise. */
  async #release(bytes: Uint8Array, open: Open): Promise<readonly Uint8Array[]> {
    const { security } = open;
    if (!open.ciphered || security === undefined) {
      if (open.config.preEstablished !== true) this.#open = undefined;
      return [encode(Apdu, { type: 'rlre', reason: 'normal' })];
    }
    const rlrq = decode(Apdu, bytes, { lenient: true });
    if (rlrq.type !== 'rlrq' || rlrq.userInformation === undefined) return [exception('service-not-allowed', 'service-not-supported')];
    const opened = await unprotect(rlrq.userInformation, security, { lenient: true });
    open.config.onMessage?.(opened);
    if (opened.apdu[0] !== 1) return [exception('service-not-allowed', 'service-not-supported')];
    const userInformation = await protect(initiateResponse([], this.#maxReceivePduSize, referencingOf(open.config).vaaName), security, { form: 'glo' });
    if (open.config.preEstablished !== true) this.#open = undefined;
    return [encode(Apdu, { type: 'rlre', reason: 'normal', userInformation })];
  }
}

/** The response travels in the form of the request: service-specific or general, under the same kind of key. */
function formOf(layers: readonly ProtectionLayer[], { keys }: SecurityContext): SimpleForm | GeneralCipheringForm {
  const layer = layers.find((l) => l.kind !== 'general-signing');
  switch (layer?.kind) {
    case 'ded':
    case 'general-glo':
    case 'general-ded':
      return layer.kind;
    case 'general-ciphering': {
      const agreed = keys.signing !== undefined && keys.peerAgreement !== undefined ? 'one-pass' : 'static';
      return { type: 'general-ciphering', key: layer.key === 'agreed-key' ? agreed : layer.key === 'wrapped-key' ? 'wrapped' : 'global-unicast' };
    }
    default:
      return 'glo';
  }
}
/** What the client hears of a message that was not understood: no more than which of three kinds of fault it was. */
function refusal(e: unknown): Uint8Array {
  if (isDlmsError(e, 'security/replay')) return exception('service-not-allowed', 'invocation-counter-error', Math.min(Number(e.context.last) + 1, 0xffffffff));
  if (isDlmsError(e) && (e.code.startsWith('security/') || e.code.startsWith('association/'))) return exception('service-not-allowed', 'deciphering-error');
  if (e instanceof DlmsError) return exception('service-not-allowed', 'other-reason');
  return exception('service-not-allowed', 'operation-not-possible');
}
