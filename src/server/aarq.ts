import { decode, encode } from '../axdr/schema.js';
import { isDlmsError } from '../core/errors.js';
import type { SecurityContext } from '../security/context.js';
import { type HlsExchange, llsMatches } from '../security/hls.js';
import { checkChallenge, generateChallenge, type HlsMechanism } from '../security/hls-challenge.js';
import { protect } from '../security/protect.js';
import { unprotect } from '../security/unprotect.js';
import type { Unprotected } from '../security/unprotected.js';
import {
  authenticationOctets,
  isHls,
  mechanismNamed,
  mechanisms,
  negotiated,
  pduLimit,
} from '../session/association.js';
import { type Aare, type Aarq, applicationContexts, mechanismName } from '../xdlms/acse.js';
import { Apdu } from '../xdlms/apdu.js';
import type { ConformanceBit, InitiateRequest } from '../xdlms/initiate.js';
import type { AssociationConfig } from './association.js';
import { checkContext, fault } from './check-config.js';
import { clientKeys } from './objects/security-state.js';
import { type ServerReferencing, serverLogicalNames } from './referencing.js';
import type { Guesser, GuessThrottle } from './throttle.js';

/** The smallest client PDU size that is accepted. */
const minimumPduSize = 64;

/** What an accepted AARQ agreed on. */
export interface Accepted {
  readonly config: AssociationConfig;
  readonly security: SecurityContext | undefined;
  readonly conformance: readonly ConformanceBit[];
  /** Longest APDU that the client accepts, in octets. */
  readonly clientPduSize: number;
  /** Set when the client must answer our challenge before anything else. */
  readonly hls: HlsExchange | undefined;
  /** Whether the AARQ carried a verified tag or signature of the client. */
  readonly proven: boolean;
}
/** An AARE, and the association that it opens; none when it refuses. */
export interface AarqOutcome {
  readonly aare: Uint8Array;
  readonly accepted?: Accepted;
}

type Diagnostic = Extract<Aare['resultSourceDiagnostic'], { type: 'acse-service-user' }>['value'];

export interface EvaluateAarqOptions {
  /** Longest APDU that we accept, in octets. */
  readonly maxReceivePduSize: number;
  readonly throttle: GuessThrottle;
  readonly guesser: Guesser;
}

/**
 * Evaluates an AARQ. If its ciphered user-information does not verify, throws what `unprotect` throws: the answer is
 * then an exception-response, and nothing in the AARQ is believed. Until it has verified, nothing is kept, and nothing
 * costlier than one tag is computed.
 */
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: the order of the checks is their meaning
export async function evaluateAarq(
  aarq: Aarq,
  config: AssociationConfig | undefined,
  options: EvaluateAarqOptions,
): Promise<AarqOutcome> {
  const ciphered = config?.ciphering === 'required';
  const { kind, vaaName, conformance: supported } = referencingOf(config);
  const applicationContextName = applicationContexts[`${kind}_${ciphered ? 'with' : 'no'}_ciphering`];
  const refuseWith = (
    resultSourceDiagnostic: Aare['resultSourceDiagnostic'],
    userInformation?: Uint8Array,
  ): AarqOutcome => ({
    aare: encode(Apdu, {
      type: 'aare',
      applicationContextName,
      result: 'rejected-permanent',
      resultSourceDiagnostic,
      ...(userInformation === undefined ? {} : { userInformation }),
    }),
  });
  const refuse = (value: Diagnostic, userInformation?: Uint8Array): AarqOutcome =>
    refuseWith({ type: 'acse-service-user', value }, userInformation);

  if (aarq.protocolVersion !== undefined && !aarq.protocolVersion.startsWith('1'))
    return refuseWith({ type: 'acse-service-provider', value: 'no-common-acse-version' });
  if (config === undefined || config.preEstablished === true) return refuse('no-reason-given');
  if (aarq.applicationContextName !== applicationContextName) return refuse('application-context-name-not-supported');
  if (aarq.mechanismName === undefined && config.mechanism !== 'none')
    return refuse('authentication-mechanism-name-required');
  if (mechanismNamed(aarq.mechanismName) !== config.mechanism)
    return refuse('authentication-mechanism-name-not-recognised');
  if (config.users !== undefined && !config.users.includes(Number(aarq.callingAEInvocationId ?? -1)))
    return refuse('calling-AE-invocation-identifier-not-recognized');
  const value = authenticationOctets(aarq.callingAuthenticationValue);
  const hls = isHls(config.mechanism);
  const named = ciphered || mechanisms[config.mechanism] >= 5;
  const security = ciphered || hls ? await contextOf(config, aarq.callingAPTitle?.slice()) : undefined;
  if (named && (security === undefined || !takeTitle(security, aarq.callingAPTitle)))
    return refuse('calling-AP-title-not-recognized');
  if (security !== undefined) security.proof = hls ? 'expected' : 'none';
  if (
    hls &&
    (security === undefined ||
      value === undefined ||
      !acceptable(
        mechanisms[config.mechanism] as HlsMechanism,
        value,
        ciphered && security.policy.send.encrypted === true,
      ))
  )
    return refuse('authentication-failure');
  if (ciphered && aarq.userInformation === undefined) return refuse('no-reason-given');

  const opened =
    ciphered && security !== undefined ? await verified(aarq.userInformation as Uint8Array, security) : undefined;
  if (opened !== undefined) config.onMessage?.(opened);
  if (config.mechanism === 'lls' && !(await passwordFits(config.password, value, options)))
    return refuse('authentication-failure');
  if (aarq.userInformation === undefined) return refuse('no-reason-given');
  const initiate = decode(Apdu, opened?.apdu ?? aarq.userInformation, { lenient: true });
  if (initiate.type !== 'initiateRequest') return refuse('no-reason-given');
  const conformance = negotiated(initiate.proposedConformance, config.conformance ?? supported);
  const fault = initiateFault(initiate, conformance);
  if (fault !== undefined) {
    const error = encode(Apdu, {
      type: 'confirmedServiceError',
      value: { type: 'initiateError', value: { type: 'initiate', value: fault } },
    });
    return refuse(
      'no-reason-given',
      opened !== undefined && security !== undefined ? await protect(error, security) : error,
    );
  }
  if (initiate.dedicatedKey !== undefined) {
    // A key that came in clear or under a key that the whole group knows, or that does not fit the suite, cannot
    // protect anything.
    if (
      opened?.protection.encrypted !== true ||
      opened.layers.some(({ key }) => key === 'global-broadcast-encryption-key') ||
      security === undefined ||
      initiate.dedicatedKey.length !== security.suite.keyLength
    )
      return refuse('no-reason-given');
    await security.takeDedicatedKey(initiate.dedicatedKey);
    // A view of the deciphered request, which is no longer needed.
    initiate.dedicatedKey.fill(0);
  }

  if (security !== undefined && ciphered) await clientKeys(security);
  const exchange =
    hls && security !== undefined && value !== undefined ? challengeOf(config, security, value.slice()) : undefined;
  const response = initiateResponse(conformance, options.maxReceivePduSize, vaaName);
  const aare = encode(Apdu, {
    type: 'aare',
    applicationContextName,
    result: 'accepted',
    resultSourceDiagnostic: {
      type: 'acse-service-user',
      value: exchange === undefined ? 'null' : 'authentication-required',
    },
    ...(named && security !== undefined ? { respondingAPTitle: security.systemTitle } : {}),
    ...(exchange === undefined
      ? {}
      : {
          responderAcseRequirements: '1',
          mechanismName: mechanismName(exchange.mechanism),
          respondingAuthenticationValue: { type: 'charstring' as const, value: exchange.serverToClient },
        }),
    userInformation: ciphered && security !== undefined ? await protect(response, security) : response,
  });
  const clientPduSize = pduLimit(initiate.clientMaxReceivePduSize);
  return {
    aare,
    accepted: { config, security, conformance, clientPduSize, hls: exchange, proven: opened?.authenticated === true },
  };
}

/**
 * The security context of a new association, as configured; undefined if it has none.
 * @throws DlmsError `configuration/…`
 */
export async function contextOf(
  config: AssociationConfig,
  clientTitle?: Uint8Array,
): Promise<SecurityContext | undefined> {
  const security = await config.security?.(clientTitle);
  if (security === undefined) return undefined;
  checkContext(config, security);
  if (given.has(security))
    throw fault(
      'configuration/invalid',
      config,
      'its security function returned the same context twice, and each association needs its own',
    );
  given.add(security);
  security.broadcast = config.broadcast === true;
  return security;
}
/**
 * Contexts that were handed out. The context takes what an AARQ says about its sender before anything has verified, so
 * a context used for a second association would refuse the right client because of somebody else's title, and share
 * proof and dedicated key with them.
 */
const given: WeakSet<SecurityContext> = /* @__PURE__ */ new WeakSet<SecurityContext>();
/**
 * Opens an APDU. The client's keys are looked up only when a layer needs them, which under an outer tag is after that
 * tag has verified.
 */
export async function verified(apdu: Uint8Array, security: SecurityContext): Promise<Unprotected> {
  try {
    return await unprotect(apdu, security, { lenient: true });
  } catch (e) {
    if (!isDlmsError(e, 'security/missing-key') || !(await clientKeys(security))) throw e;
    return unprotect(apdu, security, { lenient: true });
  }
}
export const referencingOf = (config: AssociationConfig | undefined): ServerReferencing =>
  config?.referencing ?? serverLogicalNames;

/** An InitiateResponse, for the AARE, and (without meaning) for the RLRE of a ciphered association. */
export const initiateResponse = (
  conformance: readonly ConformanceBit[],
  maxReceivePduSize: number,
  vaaName: number,
): Uint8Array =>
  encode(Apdu, {
    type: 'initiateResponse',
    negotiatedDlmsVersionNumber: 6,
    negotiatedConformance: [...conformance],
    serverMaxReceivePduSize: maxReceivePduSize,
    vaaName,
  });

async function passwordFits(
  password: AssociationConfig['password'],
  given: Uint8Array | undefined,
  { throttle, guesser }: EvaluateAarqOptions,
): Promise<boolean> {
  if (password === undefined || given === undefined || !(await throttle.turn(guesser))) return false;
  const fits = password instanceof Uint8Array ? llsMatches(password, given) : await password(given.slice());
  if (fits) throttle.right();
  return fits;
}
function takeTitle(security: SecurityContext, title: Uint8Array | undefined): boolean {
  return title?.length === 8 && succeeds(() => security.setPeer(title));
}
const acceptable = (mechanism: HlsMechanism, challenge: Uint8Array, encryptedReply: boolean): boolean =>
  succeeds(() => checkChallenge(mechanism, challenge, undefined, { encryptedReply }));
function succeeds(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}
function challengeOf(config: AssociationConfig, context: SecurityContext, clientToServer: Uint8Array): HlsExchange {
  const mechanism = mechanisms[config.mechanism] as HlsMechanism;
  // 16 octets are enough, and every client can answer them; ECDSA needs 32.
  const serverToClient = generateChallenge(context.provider, mechanism, mechanism === 7 ? 32 : 16);
  return {
    mechanism,
    role: 'server',
    context,
    clientToServer,
    serverToClient,
    secret: config.secret,
    manufacturer: config.manufacturer,
  };
}
function initiateFault(
  initiate: InitiateRequest,
  conformance: readonly ConformanceBit[],
): 'dlms-version-too-low' | 'incompatible-conformance' | 'pdu-size-too-short' | undefined {
  if (initiate.proposedDlmsVersionNumber < 6) return 'dlms-version-too-low';
  if (conformance.length === 0) return 'incompatible-conformance';
  if (initiate.clientMaxReceivePduSize !== 0 && initiate.clientMaxReceivePduSize < minimumPduSize)
    return 'pdu-size-too-short';
  return undefined;
}
