import { decode, encode } from '../axdr/schema.js';
import { DlmsError } from '../core/errors.js';
import { type Aare, type Aarq, applicationContexts, mechanismName, mechanismOf } from '../xdlms/acse.js';
import { Apdu } from '../xdlms/apdu.js';
import {
  type ConformanceBit,
  conformanceBits,
  type InitiateRequest,
  type InitiateResponse,
} from '../xdlms/initiate.js';
import { refused } from './conversation.js';

// Opening an association, as pure functions over octets. The shell sends the APDUs and protects the user-information.

/** Authentication mechanisms by name; the number is the last arc of the mechanism name. */
export const mechanisms = {
  none: 0,
  lls: 1,
  'hls-2': 2,
  'hls-md5': 3,
  'hls-sha1': 4,
  'hls-gmac': 5,
  'hls-sha256': 6,
  'hls-ecdsa': 7,
} as const;
/** Name of an authentication mechanism. */
export type Mechanism = keyof typeof mechanisms;
/** Whether the mechanism is one of high level security (2 to 7). */
export const isHls = (mechanism: Mechanism): boolean => mechanisms[mechanism] >= 2;

/** What a client with logical names proposes by default. */
export const defaultConformance: readonly ConformanceBit[] = [
  'priority-mgmt-supported',
  'attribute0-supported-with-get',
  'block-transfer-with-get-or-read',
  'block-transfer-with-set-or-write',
  'block-transfer-with-action',
  'multiple-references',
  'data-notification',
  'access',
  'get',
  'set',
  'selective-access',
  'event-notification',
  'action',
];

/** Fields of {@link encodeAarq}. */
export interface AarqOptions {
  readonly mechanism: Mechanism;
  readonly referencing: 'LN' | 'SN';
  /** Whether the application context is one with ciphering. */
  readonly ciphered: boolean;
  /** Required with ciphering and for HLS 5 to 7. */
  readonly systemTitle?: Uint8Array | undefined;
  /** Password (LLS) or challenge (HLS). */
  readonly authenticationValue?: Uint8Array | undefined;
  /** The user of the client, 0 to 255. */
  readonly userId?: number | undefined;
  /** The InitiateRequest, protected when the association is ciphered. */
  readonly userInformation: Uint8Array;
}
/** Encodes an AARQ. */
export function encodeAarq(o: AarqOptions): Uint8Array {
  const context = `${o.referencing}_${o.ciphered ? 'with' : 'no'}_ciphering` as const;
  const aarq: Aarq = {
    applicationContextName: applicationContexts[context],
    ...(o.systemTitle === undefined ? {} : { callingAPTitle: o.systemTitle }),
    ...(o.userId === undefined ? {} : { callingAEInvocationId: o.userId }),
    ...(o.mechanism === 'none'
      ? {}
      : {
          senderAcseRequirements: '1',
          mechanismName: mechanismName(mechanisms[o.mechanism]),
          callingAuthenticationValue: { type: 'charstring', value: o.authenticationValue ?? new Uint8Array(0) },
        }),
    userInformation: o.userInformation,
  };
  return encode(Apdu, { type: 'aarq', ...aarq });
}
/** Encodes an InitiateRequest, the user-information of an AARQ. */
export const encodeInitiateRequest = (o: {
  dedicatedKey?: Uint8Array | undefined;
  conformance: readonly ConformanceBit[];
  maxReceivePduSize: number;
}): Uint8Array => {
  const { dedicatedKey } = o;
  const initiate: InitiateRequest = {
    ...(dedicatedKey === undefined ? {} : { dedicatedKey }),
    responseAllowed: true,
    proposedDlmsVersionNumber: 6,
    proposedConformance: [...o.conformance],
    clientMaxReceivePduSize: o.maxReceivePduSize,
  };
  return encode(Apdu, { type: 'initiateRequest', ...initiate });
};

/** Decodes the answer to an AARQ. @throws DlmsError `service/exception`, `protocol/unexpected-apdu` */
export function decodeAare(bytes: Uint8Array): Aare {
  const apdu = decode(Apdu, bytes, { lenient: true });
  if (apdu.type !== 'aare') throw refused(apdu, 'association request');
  return apdu;
}
/** Decodes the (plain) user-information of an AARE. @throws DlmsError `association/rejected` when it is a refusal */
export function decodeInitiateResponse(plain: Uint8Array): InitiateResponse {
  const apdu = decode(Apdu, plain, { lenient: true });
  if (apdu.type === 'initiateResponse') return apdu;
  if (apdu.type === 'confirmedServiceError')
    throw new DlmsError('association/rejected', {
      result: 'rejected',
      diagnostic: `${apdu.value.type} ${apdu.value.value.type} ${apdu.value.value.value}`,
    });
  throw refused(apdu, 'initiate response');
}
/**
 * Throws if an AARE does not accept the association.
 * @throws DlmsError `association/rejected` with the words of the diagnostic
 */
export function requireAccepted(aare: Aare): void {
  if (aare.result === 'accepted') return;
  const { type, value } = aare.resultSourceDiagnostic;
  throw new DlmsError('association/rejected', { result: aare.result, diagnostic: `${type} ${value}` });
}
/** Whether passes 3 and 4 of HLS must follow before anything else. */
export const authenticationRequired = (aare: Aare): boolean =>
  aare.resultSourceDiagnostic.value === 'authentication-required';
export const authenticationOctets = (
  value: { type: 'charstring'; value: Uint8Array } | { type: 'bitstring'; value: string } | undefined,
): Uint8Array | undefined => (value?.type === 'charstring' ? value.value : undefined);

/** The mechanism with this name: `none` without a name, undefined for an unknown one. */
export function mechanismNamed(name: string | undefined): Mechanism | undefined {
  if (name === undefined) return 'none';
  const arc = mechanismOf(name);
  return (Object.keys(mechanisms) as Mechanism[]).find((m) => mechanisms[m] === arc);
}
/** The conformance bits that both sides support, in order. */
export const negotiated = (a: readonly ConformanceBit[], b: readonly ConformanceBit[]): ConformanceBit[] =>
  conformanceBits.filter((bit) => a.includes(bit) && b.includes(bit));

/** The limit that a transmitted maximum PDU size means: 0 is no limit. */
export const pduLimit = (size: number): number => (size === 0 ? Number.POSITIVE_INFINITY : size);
