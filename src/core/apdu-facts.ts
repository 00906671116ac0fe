// The one table of APDUs: what must be known about an APDU before its fields are read. Code that recognises an APDU by
// its first octet asks here; `xdlms/apdu.ts` adds the layout of the fields to each row.

/** Facts that hold for every APDU of one type (Green Book, COSEMpdu). */
export interface ApduFacts {
  /** The first octet. */
  readonly tag: number;
  /** Which side sends it. */
  readonly sender: 'client' | 'server' | 'either';
  /**
   * `notification`: unsolicited. `acse`: opens or ends an association. `general`: carries another APDU or part of one.
   */
  readonly service: 'request' | 'response' | 'notification' | 'acse' | 'general';
  /** The type of the APDU that answers it on success. */
  readonly response?: string;
  /**
   * `short`: Invoke-Id-And-Priority, one octet after the tag and the CHOICE octet. `long`: Long-Invoke-Id-And-Priority,
   * four octets right after the tag. Absent: a response is matched to its request by order alone.
   */
  readonly invokeId?: 'short' | 'long';
  /** The tag of its form under a global key. Absent: it can only be protected inside a general APDU. */
  readonly glo?: number;
  /** The tag of its form under the dedicated key. */
  readonly ded?: number;
  /** How it protects the APDU inside it. Absent: it protects none. */
  readonly protection?: ApduProtection;
  /** For a glo- or ded- form: the tag of the APDU inside. */
  readonly plain?: number;
}
/**
 * How an APDU protects the one inside it: under a global or the dedicated key, in a service-specific or a general APDU;
 * or by general-ciphering or general-signing.
 */
export type ApduProtection = 'glo' | 'ded' | 'general-glo' | 'general-ded' | 'general-ciphering' | 'general-signing';

/** One row per APDU; its glo- and ded- forms follow from `glo` and `ded`. */
const rows = {
  initiateRequest: request(1, { response: 'initiateResponse', glo: 33, ded: 65 }),
  readRequest: request(5, { response: 'readResponse', glo: 37, ded: 69 }),
  writeRequest: request(6, { response: 'writeResponse', glo: 38, ded: 70 }),
  initiateResponse: response(8, { glo: 40, ded: 72 }),
  readResponse: response(12, { glo: 44, ded: 76 }),
  writeResponse: response(13, { glo: 45, ded: 77 }),
  confirmedServiceError: response(14, { glo: 46, ded: 78 }),
  'data-notification': notification(15, { invokeId: 'long' }),
  // The tag is confirmed by one implementation; the rest of the row is from memory.
  'data-notification-confirm': response(16, { sender: 'client', invokeId: 'long' }),
  unconfirmedWriteRequest: request(22, { glo: 54, ded: 86 }),
  informationReportRequest: notification(24, { glo: 56, ded: 88 }),
  aarq: acse(0x60, { sender: 'client', response: 'aare' }),
  aare: acse(0x61, { sender: 'server' }),
  rlrq: acse(0x62, { sender: 'client', response: 'rlre' }),
  rlre: acse(0x63, { sender: 'server' }),
  'get-request': request(192, { response: 'get-response', invokeId: 'short', glo: 200, ded: 208 }),
  'set-request': request(193, { response: 'set-response', invokeId: 'short', glo: 201, ded: 209 }),
  'event-notification-request': notification(194, { glo: 202, ded: 210 }),
  'action-request': request(195, { response: 'action-response', invokeId: 'short', glo: 203, ded: 211 }),
  'get-response': response(196, { invokeId: 'short', glo: 204, ded: 212 }),
  'set-response': response(197, { invokeId: 'short', glo: 205, ded: 213 }),
  'action-response': response(199, { invokeId: 'short', glo: 207, ded: 215 }),
  'exception-response': response(216, {}),
  'access-request': request(217, { response: 'access-response', invokeId: 'long' }),
  'access-response': response(218, { invokeId: 'long' }),
  'general-glo-ciphering': general(219, { protection: 'general-glo' }),
  'general-ded-ciphering': general(220, { protection: 'general-ded' }),
  'general-ciphering': general(221, { protection: 'general-ciphering' }),
  'general-signing': general(223, { protection: 'general-signing' }),
  'general-block-transfer': general(224, {}),
  'gateway-request': general(230, { sender: 'client', response: 'gateway-response' }),
  'gateway-response': general(231, { sender: 'server' }),
};
/** An APDU in the table, by its name in the books. */
export type PlainApduType = keyof typeof rows;
/** A service APDU ciphered under a key: one octet string holding security header, content and authentication tag. */
export type CipheredApduType = {
  [K in PlainApduType]: (typeof rows)[K] extends { readonly glo: number } ? `${'glo' | 'ded'}-${K}` : never;
}[PlainApduType];

/** All APDUs by type, including the glo- and ded- forms. */
export const apduFacts: Readonly<Record<PlainApduType | CipheredApduType, ApduFacts>> = /* @__PURE__ */ (() => {
  const all: Record<string, ApduFacts> = { ...rows };
  for (const [type, { sender, service, tag: plain, ...of }] of Object.entries<ApduFacts>(rows))
    for (const protection of ['glo', 'ded'] as const) {
      const tag = of[protection];
      if (tag !== undefined) all[`${protection}-${type}`] = { tag, sender, service, protection, plain };
    }
  return all as Record<PlainApduType | CipheredApduType, ApduFacts>;
})();

const byTag: readonly (ApduFacts | undefined)[] = /* @__PURE__ */ (() => {
  const table = new Array<ApduFacts | undefined>(256).fill(undefined);
  for (const facts of Object.values(apduFacts)) table[facts.tag] = facts;
  return table;
})();

/** The facts of the APDU that begins with this octet; undefined when none does. */
export function factsOfTag(tag: number | undefined): ApduFacts | undefined {
  return byTag[tag ?? -1];
}
/** Whether an octet can begin an APDU (Green Book, COSEMpdu; ciphered ones included). */
export function isApduTag(octet: number | undefined): boolean {
  return byTag[octet ?? -1] !== undefined;
}
/** Whether this is a ciphered or signed APDU, which must be opened before its content can be read. */
export function isProtected(apdu: Uint8Array): boolean {
  return byTag[apdu[0] ?? -1]?.protection !== undefined;
}
/** Whether this plain APDU is unsolicited: data-notification, event-notification or information-report. */
export function isNotification(apdu: Uint8Array): boolean {
  return byTag[apdu[0] ?? -1]?.service === 'notification';
}
/** Whether this is one block of a general block transfer. */
export function isGeneralBlock(apdu: Uint8Array): boolean {
  return apdu[0] === rows['general-block-transfer'].tag;
}
/**
 * The invoke-id of a plain APDU: 0 to 15, or 0 to 16 777 215 in the long form. Undefined when the APDU has none, or
 * ends before it.
 */
export function invokeIdOf(apdu: Uint8Array): number | undefined {
  const form = byTag[apdu[0] ?? -1]?.invokeId;
  if (form === 'short') return apdu.length < 3 ? undefined : (apdu[2] as number) & 0x0f;
  if (form === undefined || apdu.length < 5) return undefined;
  return ((apdu[2] as number) << 16) | ((apdu[3] as number) << 8) | (apdu[4] as number);
}
/**
 * The tag of the response that repeats the invoke-id of this plain request. Undefined when the response carries no
 * invoke-id, or when there is no response.
 */
export function responseTagOf(request: Uint8Array): number | undefined {
  const { invokeId, response } = byTag[request[0] ?? -1] ?? {};
  return invokeId === undefined || response === undefined ? undefined : apduFacts[response as PlainApduType].tag;
}
/** Whether this plain APDU is a response that carries an invoke-id. */
export function isIdentifiedResponse(apdu: Uint8Array): boolean {
  const facts = byTag[apdu[0] ?? -1];
  return facts?.service === 'response' && facts.invokeId !== undefined;
}

type More<K extends keyof ApduFacts> = Partial<Pick<ApduFacts, K>>;
type Service = More<'sender' | 'response' | 'invokeId' | 'glo' | 'ded'>;
/* @__NO_SIDE_EFFECTS__ */
function request<const F extends Service>(tag: number, facts: F) {
  return { tag, sender: 'client', service: 'request', ...facts } as const;
}
/* @__NO_SIDE_EFFECTS__ */
function response<const F extends Service>(tag: number, facts: F) {
  return { tag, sender: 'server', service: 'response', ...facts } as const;
}
/* @__NO_SIDE_EFFECTS__ */
function notification<const F extends Service>(tag: number, facts: F) {
  return { tag, sender: 'server', service: 'notification', ...facts } as const;
}
/* @__NO_SIDE_EFFECTS__ */
function acse<const F extends More<'sender' | 'response'>>(tag: number, facts: F) {
  return { tag, sender: 'either', service: 'acse', ...facts } as const;
}
/* @__NO_SIDE_EFFECTS__ */
function general<const F extends More<'sender' | 'response' | 'protection'>>(tag: number, facts: F) {
  return { tag, sender: 'either', service: 'general', ...facts } as const;
}
