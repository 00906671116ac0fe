import { decode, encode } from '../axdr/schema.js';
import { DlmsError, isDlmsError } from '../core/errors.js';
import type { SecurityContext, SimpleForm } from '../security/context.js';
import { checkChallenge, generateChallenge, type HlsExchange, type HlsMechanism, hlsReply, hlsVerify, llsMatches } from '../security/hls.js';
import { protect } from '../security/protect.js';
import { type Unprotected, unprotect } from '../security/unprotect.js';
import { authenticationOctets, isHls, mechanismNamed, mechanisms, negotiated, pduLimit } from '../session/association.js';
import { GbtEndpoint } from '../session/general-block-transfer.js';
import type { Route } from '../transport/transport.js';
import { type Aare, type Aarq, applicationContexts, mechanismName } from '../xdlms/acse.js';
import { Apdu } from '../xdlms/apdu.js';
import type { ConformanceBit, InitiateRequest } from '../xdlms/initiate.js';
import { type AssociationConfig, serverConformance } from './association.js';
import type { LogicalDevice } from './meter.js';
import { exception, Services } from './services.js';

/** Octets that ciphering adds at most: general header, security header, tag. */
const protectionOverhead = 40;
/** The smallest PDU size of a client that a response fits into. */
const minimumPduSize = 64;

interface Open {
  readonly config: AssociationConfig;
  readonly services: Services;
  readonly security: SecurityContext | undefined;
  readonly ciphered: boolean;
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

  constructor(device: LogicalDevice, config: AssociationConfig | undefined, route: Route) {
    this.#device = device;
    this.#config = config;
    this.#route = route;
    if (config?.preEstablished === true)
      this.#open = this.#opened(config, config.security?.(), config.conformance ?? serverConformance, Number.POSITIVE_INFINITY, undefined);
  }

  async handle(apdu: Uint8Array): Promise<readonly Uint8Array[]> {
    try {
      if (apdu.length > pduLimit(this.#maxReceivePduSize)) return [exception('service-not-allowed', 'pdu-too-long')];
      if (apdu[0] === 0x60) return await this.#associate(apdu);
      if (apdu[0] === 0x62) return await this.#release(apdu);
      const open = this.#open;
      if (open === undefined) return [exception('service-not-allowed', 'operation-not-possible')];
      if (apdu[0] === 0xe0 && open.gbt !== undefined) return await this.#blocks(apdu, open, open.gbt);
      return this.#cut(open, await this.#serve(apdu, open));
    } catch (e) {
      this.#device.onError?.(e);
      return [refusal(e)];
    }
  }
  get #maxReceivePduSize(): number {
    return this.#device.maxReceivePduSize ?? 1024;
  }
  #cut(open: Open, responses: readonly Uint8Array[]): readonly Uint8Array[] {
    const { gbt } = open;
    return gbt === undefined ? responses : responses.map((r) => gbt.begin(r));
  }
  async #blocks(apdu: Uint8Array, open: Open, gbt: GbtEndpoint): Promise<readonly Uint8Array[]> {
    const { send, complete } = gbt.receive(apdu);
    return complete === undefined ? send : this.#cut(open, await this.#serve(complete, open));
  }

  // ── requests inside the association ──────────────────────────────────────────────────────────────────

  async #serve(apdu: Uint8Array, open: Open): Promise<readonly Uint8Array[]> {
    const { security, ciphered } = open;
    const opened: Unprotected | undefined = ciphered && security !== undefined ? await unprotect(apdu, security, { lenient: true }) : undefined;
    if (opened !== undefined) open.config.onMessage?.(opened);
    const plain = opened?.apdu ?? apdu;
    const response = open.hls === undefined ? await open.services.handle(plain, opened?.protection ?? {}) : await this.#replyToHls(plain, open, open.hls);
    if (response === undefined) return [];
    return [opened === undefined || security === undefined ? response : await protect(response, security, { form: formOf(opened) })];
  }

  /** Pass 3 and 4: nothing else is served before the client has proved itself. */
  async #replyToHls(plain: Uint8Array, open: Open, hls: HlsExchange): Promise<Uint8Array> {
    const apdu = decode(Apdu, plain, { lenient: true });
    const request = apdu.type === 'action-request' && apdu.value.type === 'action-request-normal' ? apdu.value : undefined;
    const method = request?.cosemMethodDescriptor;
    const ours = method?.classId === 15 && method.methodId === 1 && (method.instanceId === '0-0:40.0.0*255' || method.instanceId === open.config.logicalName);
    const parameter = request?.methodInvocationParameters;
    if (!ours || request === undefined || parameter?.type !== 'octet-string') return exception('service-not-allowed', 'operation-not-possible');
    const { invokeIdAndPriority } = request;
    try {
      await hlsVerify(hls, parameter.value);
    } catch (e) {
      this.#open = undefined;
      this.#device.onError?.(e);
      if (!isDlmsError(e)) throw e;
      return encode(Apdu, {
        type: 'action-response',
        value: { type: 'action-response-normal', invokeIdAndPriority, singleResponse: { result: 'read-write-denied' } },
      });
    }
    const value = await hlsReply(hls);
    open.hls = undefined;
    const returnParameters = { type: 'data' as const, value: { type: 'octet-string' as const, value } };
    return encode(Apdu, {
      type: 'action-response',
      value: { type: 'action-response-normal', invokeIdAndPriority, singleResponse: { result: 'success', returnParameters } },
    });
  }

  // ── opening ──────────────────────────────────────────────────────────────────────────────────────────

  async #associate(bytes: Uint8Array): Promise<readonly Uint8Array[]> {
    this.#open = undefined;
    const aarq = decode(Apdu, bytes, { lenient: true }) as { type: 'aarq' } & Aarq;
    const config = this.#config;
    const ciphered = config?.ciphered === true;
    const context = ciphered ? applicationContexts.LN_with_ciphering : applicationContexts.LN_no_ciphering;
    const refuse = (diagnostic: Aare['resultSourceDiagnostic']['value'], userInformation?: Uint8Array): readonly Uint8Array[] => [
      encode(Apdu, {
        type: 'aare',
        applicationContextName: context,
        result: 'rejected-permanent',
        resultSourceDiagnostic: { type: 'acse-service-user', value: diagnostic } as Aare['resultSourceDiagnostic'],
        ...(userInformation === undefined ? {} : { userInformation }),
      }),
    ];
    if (config === undefined) return refuse('no-reason-given');
    if (aarq.applicationContextName !== context) return refuse('application-context-name-not-supported');
    if (aarq.mechanismName === undefined && config.mechanism !== 'none') return refuse('authentication-mechanism-name-required');
    if (mechanismNamed(aarq.mechanismName) !== config.mechanism) return refuse('authentication-mechanism-name-not-recognised');
    const value = authenticationOctets(aarq.callingAuthenticationValue);
    if (config.mechanism === 'lls' && (value === undefined || config.password === undefined || !llsMatches(config.password, value)))
      return refuse('authentication-failure');

    const security = config.security?.();
    const needsTitle = ciphered || mechanisms[config.mechanism] >= 5;
    if (needsTitle && (security === undefined || !takeTitle(security, aarq.callingAPTitle))) return refuse('calling-AP-title-not-recognized');
    const hls = isHls(config.mechanism);
    if (hls && (value === undefined || !acceptableChallenge(mechanisms[config.mechanism] as HlsMechanism, value))) return refuse('authentication-failure');
    if (aarq.userInformation === undefined) return refuse('no-reason-given');

    // A message that does not verify ends as an exception-response: it is thrown, and nothing of it is believed.
    const opened = ciphered && security !== undefined ? await unprotect(aarq.userInformation, security, { lenient: true }) : undefined;
    if (opened !== undefined) config.onMessage?.(opened);
    const initiate = decode(Apdu, opened?.apdu ?? aarq.userInformation, { lenient: true });
    if (initiate.type !== 'initiateRequest') return refuse('no-reason-given');
    const conformance = negotiated(initiate.proposedConformance, config.conformance ?? serverConformance);
    const fault = initiateFault(initiate, conformance);
    if (fault !== undefined)
      return refuse(
        'no-reason-given',
        encode(Apdu, { type: 'confirmedServiceError', value: { type: 'initiateError', value: { type: 'initiate', value: fault } } }),
      );
    if (security !== undefined && initiate.dedicatedKey !== undefined) await security.takeDedicatedKey(initiate.dedicatedKey.slice());

    const overhead = ciphered ? protectionOverhead : 0;
    const exchange = hls && security !== undefined && value !== undefined ? hlsExchange(config, security, value.slice()) : undefined;
    const sendSize = pduLimit(initiate.clientMaxReceivePduSize);
    this.#open = this.#opened(
      config,
      security,
      conformance,
      sendSize - overhead,
      exchange,
      conformance.includes('general-block-transfer') ? new GbtEndpoint({ sendSize }) : undefined,
    );
    const response = encode(Apdu, {
      type: 'initiateResponse',
      negotiatedDlmsVersionNumber: 6,
      negotiatedConformance: conformance,
      serverMaxReceivePduSize: this.#maxReceivePduSize,
      vaaName: 7,
    });
    return [
      encode(Apdu, {
        type: 'aare',
        applicationContextName: context,
        result: 'accepted',
        resultSourceDiagnostic: { type: 'acse-service-user', value: exchange === undefined ? 'null' : 'authentication-required' },
        ...(needsTitle && security !== undefined ? { respondingAPTitle: security.systemTitle } : {}),
        ...(exchange === undefined
          ? {}
          : {
              responderAcseRequirements: '1',
              mechanismName: mechanismName(exchange.mechanism),
              respondingAuthenticationValue: { type: 'charstring' as const, value: exchange.serverToClient },
            }),
        userInformation: ciphered && security !== undefined ? await protect(response, security) : response,
      }),
    ];
  }
  #opened(
    config: AssociationConfig,
    security: SecurityContext | undefined,
    conformance: readonly ConformanceBit[],
    sendSize: number,
    hls: HlsExchange | undefined,
    gbt?: GbtEndpoint,
  ): Open {
    const device = this.#device;
    const services = new Services({
      objects: device.objects,
      rights: config.rights ?? {},
      context: { ...this.#route, association: config.logicalName },
      conformance,
      sendSize,
      receiveTotal: device.maxValueSize ?? 0x100000,
      onError: device.onError,
    });
    return { config, services, security, ciphered: config.ciphered === true, hls, gbt };
  }

  // ── releasing ────────────────────────────────────────────────────────────────────────────────────────

  /** In a ciphered association the release must be protected too: anybody could end it otherwise. */
  async #release(bytes: Uint8Array): Promise<readonly Uint8Array[]> {
    const open = this.#open;
    if (open === undefined) return [exception('service-not-allowed', 'operation-not-possible')];
    const { security } = open;
    if (!open.ciphered || security === undefined) {
      if (open.config.preEstablished !== true) this.#open = undefined;
      return [encode(Apdu, { type: 'rlre', reason: 'normal' })];
    }
    const rlrq = decode(Apdu, bytes, { lenient: true });
    if (rlrq.type !== 'rlrq' || rlrq.userInformation === undefined) return [exception('service-not-allowed', 'service-not-supported')];
    const opened = await unprotect(rlrq.userInformation, security, { lenient: true });
    open.config.onMessage?.(opened);
    const response = encode(Apdu, {
      type: 'initiateResponse',
      negotiatedDlmsVersionNumber: 6,
      negotiatedConformance: [],
      serverMaxReceivePduSize: this.#maxReceivePduSize,
      vaaName: 7,
    });
    const userInformation = await protect(response, security);
    if (open.config.preEstablished !== true) this.#open = undefined;
    return [encode(Apdu, { type: 'rlre', reason: 'normal', userInformation })];
  }
}

/** The response travels in the form of the request: service-specific or general, global or dedicated key. */
function formOf({ layers }: Unprotected): SimpleForm {
  const kind = layers[0]?.kind;
  return kind === 'ded' || kind === 'general-glo' || kind === 'general-ded' ? kind : 'glo';
}
function takeTitle(security: SecurityContext, title: Uint8Array | undefined): boolean {
  if (title === undefined || title.length !== 8) return false;
  try {
    security.setPeer(title);
    return true;
  } catch {
    return false;
  }
}
function acceptableChallenge(mechanism: HlsMechanism, challenge: Uint8Array): boolean {
  try {
    checkChallenge(mechanism, challenge, undefined);
    return true;
  } catch {
    return false;
  }
}
function hlsExchange(config: AssociationConfig, context: SecurityContext, clientToServer: Uint8Array): HlsExchange {
  const mechanism = mechanisms[config.mechanism] as HlsMechanism;
  // 16 octets are enough and what every client can answer; ECDSA needs 32.
  const serverToClient = generateChallenge(context.provider, mechanism, mechanism === 7 ? 32 : 16);
  return { mechanism, role: 'server', context, clientToServer, serverToClient, secret: config.secret, manufacturer: config.manufacturer };
}
function initiateFault(
  initiate: InitiateRequest,
  conformance: readonly ConformanceBit[],
): 'dlms-version-too-low' | 'incompatible-conformance' | 'pdu-size-too-short' | undefined {
  if (initiate.proposedDlmsVersionNumber < 6) return 'dlms-version-too-low';
  if (conformance.length === 0) return 'incompatible-conformance';
  if (initiate.clientMaxReceivePduSize !== 0 && initiate.clientMaxReceivePduSize < minimumPduSize) return 'pdu-size-too-short';
  return undefined;
}
/** What the client hears of a message that was not understood: no more than which of three kinds of fault it was. */
function refusal(e: unknown): Uint8Array {
  if (isDlmsError(e, 'security/replay')) return exception('service-not-allowed', 'invocation-counter-error', Math.min(Number(e.context.last) + 1, 0xffffffff));
  if (isDlmsError(e) && (e.code.startsWith('security/') || e.code.startsWith('association/'))) return exception('service-not-allowed', 'deciphering-error');
  if (e instanceof DlmsError) return exception('service-not-allowed', 'other-reason');
  return exception('service-not-allowed', 'operation-not-possible');
}
