import type { Data } from '../axdr/data.js';
import { toJson } from '../axdr/json.js';
import { encode } from '../axdr/schema.js';
import type { Obis } from '../cosem/obis.js';
import { parseSecurityControl } from '../security/security-control.js';
import type { AccessRequestSpecification } from '../xdlms/access.js';
import { Apdu } from '../xdlms/apdu.js';
import type { KeyInfo } from '../xdlms/ciphered.js';
import {
  ActionResult,
  type CosemAttributeDescriptor,
  type CosemMethodDescriptor,
  DataAccessResult,
  type DataBlockSA,
  InvokeIdAndPriority,
  LongInvokeIdAndPriority,
  type SelectiveAccessDescriptor,
} from '../xdlms/common.js';
import type { GetDataResult } from '../xdlms/get-data-result.js';
import { type ConformanceBit, conformanceBits } from '../xdlms/initiate.js';
import type { VariableAccessSpecification } from '../xdlms/short-name.js';
import { acseNotation } from './acse-notation.js';
import { anyOf, hexText, type Matcher } from './compare.js';
import { dataNotation, dateNotation, hex } from './notation.js';

// APDUs in the notation of the vectors: flat records with `apdu` and `kind`. Every field of an APDU is there, so an expected key is either compared or unknown.

type Fields = Record<string, unknown>;

/** @param securityContents how the contents of a ciphered APDU are shown; default: control octet, counter and the rest */
export function apduNotation(apdu: Apdu): Fields {
  const head = { apdu: apdu.type };
  switch (apdu.type) {
    case 'aarq':
    case 'aare':
    case 'rlrq':
    case 'rlre':
      return acseNotation(apdu);
    case 'initiateRequest':
    case 'initiateResponse':
      return { ...head, ...initiate(apdu) };
    case 'confirmedServiceError':
      return { ...head, ...codesOf(apdu) };
    case 'exception-response':
      return {
        ...head,
        stateError: named(apdu.stateError, { 'service-not-allowed': 1, 'service-unknown': 2 }),
        serviceError: named(apdu.serviceError, serviceErrors),
        invocationCounterError: apdu.invocationCounterError,
        invocationCounter: apdu.invocationCounterError,
        expectedInvocationCounter: apdu.invocationCounterError,
      };
    case 'get-request':
    case 'get-response':
    case 'set-request':
    case 'set-response':
    case 'action-request':
    case 'action-response':
      return service(apdu.type, apdu.value as never);
    case 'event-notification-request':
      return {
        ...head,
        time: apdu.time === undefined ? null : hex(apdu.time),
        attribute: { ...attribute(apdu.cosemAttributeDescriptor), access: null },
        value: dataNotation(apdu.attributeValue),
      };
    case 'data-notification':
      return {
        ...head,
        ...longHeader(apdu),
        body: dataNotation(apdu.notificationBody.dataValue),
        bodyType: apdu.notificationBody.dataValue.type,
      };
    case 'data-notification-confirm':
      return { ...head, ...longHeader(apdu) };
    case 'access-request':
      return {
        ...head,
        ...longHeader(apdu),
        specifications: apdu.accessRequestBody.accessRequestSpecification.map(accessSpecification),
        data: apdu.accessRequestBody.accessRequestListOfData.map(dataNotation),
      };
    case 'access-response':
      return {
        ...head,
        ...longHeader(apdu),
        specifications: apdu.accessResponseBody.accessRequestSpecification?.map(accessSpecification) ?? null,
        data: apdu.accessResponseBody.accessResponseListOfData.map(dataNotation),
        results: apdu.accessResponseBody.accessResponseSpecification.map((s) => ({
          response: s.type.slice('access-response-'.length),
          result:
            s.type === 'access-response-action' ? actionResult(s.result) : accessResult(s.result as DataAccessResult),
        })),
      };
    case 'readRequest':
      return { ...head, variables: apdu.value.map(variableNotation) };
    case 'readResponse':
      return {
        ...head,
        results: apdu.value.map((r) => (r.type === 'data' ? { data: dataNotation(r.value) } : readResultNotation(r))),
      };
    case 'writeRequest':
    case 'unconfirmedWriteRequest':
      return {
        ...head,
        variables: apdu.variableAccessSpecification.map(variableNotation),
        data: apdu.listOfData.map(dataNotation),
      };
    case 'writeResponse':
      return {
        ...head,
        results: apdu.value.map((r) => (r.type === 'success' ? anyOf('success', 0) : readResultNotation(r))),
      };
    case 'informationReportRequest':
      return {
        ...head,
        currentTime: apdu.currentTime === undefined ? null : hex(apdu.currentTime),
        time: apdu.currentTime === undefined ? null : hex(apdu.currentTime),
        variables: apdu.variableAccessSpecification.map(variableNotation),
        data: apdu.listOfData.map(dataNotation),
      };
    case 'general-glo-ciphering':
    case 'general-ded-ciphering':
      return { ...head, systemTitle: hex(apdu.systemTitle), ...securityNotation(apdu.cipheredContent) };
    case 'general-ciphering':
      return {
        ...head,
        ...protectionHeader(apdu),
        keyInfo: apdu.keyInfo === undefined ? null : keyInfo(apdu.keyInfo),
        ...securityNotation(apdu.cipheredContent),
      };
    case 'general-signing':
      return { ...head, ...protectionHeader(apdu), content: hex(apdu.content), signature: hex(apdu.signature) };
    case 'general-block-transfer':
      return { ...head, ...gbtNotation(apdu) };
    case 'gateway-request':
    case 'gateway-response':
      return {
        ...head,
        networkId: apdu.networkId,
        physicalDeviceAddress: hex(apdu.physicalDeviceAddress),
        payload: hex(apdu.payload),
      };
    default:
      // The glo- and ded- forms of one service; another APDU in the library's own JSON.
      return 'value' in apdu && apdu.value instanceof Uint8Array
        ? { ...head, ...securityNotation(apdu.value) }
        : { ...head, ...(toJson(Apdu, apdu) as Fields) };
  }
}

/** What stands in a ciphered octet string: header, then content and tag as they are. */
export function securityNotation(content: Uint8Array): Fields {
  const counter = content.length < 5 ? undefined : new DataView(content.buffer, content.byteOffset).getUint32(1);
  return {
    securityControl: securityControlNotation(content[0] ?? 0),
    invocationCounter: counter,
    payload: hex(content.subarray(5)),
  };
}
/** The control octet alone (`30`), or taken apart. */
export const securityControlNotation = (octet: number): Matcher => {
  const raw = hexText(octet.toString(16).padStart(2, '0'));
  return anyOf({ raw, ...parseSecurityControl(octet) }, raw);
};

export function invokeNotation(v: InvokeIdAndPriority): Matcher {
  const raw = encode(InvokeIdAndPriority, v)[0] as number;
  const text = hexText(raw.toString(16).padStart(2, '0'));
  return anyOf(
    {
      raw: anyOf(raw, text),
      invokeId: v.invokeId,
      confirmed: v.serviceClass === 'confirmed',
      highPriority: v.priority === 'high',
    },
    text,
    raw,
  );
}
export function longInvokeNotation(v: LongInvokeIdAndPriority): Matcher {
  const raw = hex(encode(LongInvokeIdAndPriority, v));
  return anyOf(
    {
      raw,
      invokeId: v.invokeId,
      selfDescriptive: v.selfDescriptive,
      processingOption: v.processingOption,
      confirmed: v.serviceClass === 'confirmed',
      highPriority: v.priority === 'high',
    },
    raw,
  );
}
const longHeader = (v: { longInvokeIdAndPriority: LongInvokeIdAndPriority; dateTime: Uint8Array }): Fields => ({
  longInvokeIdAndPriority: longInvokeNotation(v.longInvokeIdAndPriority),
  ...dateNotation(v.dateTime),
});

export const dotted = (obis: Obis): string => obis.replace(/[-:*]/g, '.');
const attribute = (a: CosemAttributeDescriptor): Fields => ({
  classId: a.classId,
  instanceId: dotted(a.instanceId),
  attributeId: a.attributeId,
});
const method = (m: CosemMethodDescriptor): Fields => ({
  classId: m.classId,
  instanceId: dotted(m.instanceId),
  methodId: m.methodId,
});
const access = (s: SelectiveAccessDescriptor | undefined): Fields | null =>
  s === undefined ? null : { selector: s.accessSelector, parameters: dataNotation(s.accessParameters) };

/** A result by name, or by its code. */
export function accessResult(v: DataAccessResult): Matcher {
  return anyOf(v, encode(DataAccessResult, v)[0]);
}
export function actionResult(v: ActionResult): Matcher {
  return anyOf(v, encode(ActionResult, v)[0]);
}
const getResult = (r: GetDataResult): Fields =>
  r.type === 'data'
    ? { data: dataNotation(r.value), dataAccessResult: undefined }
    : { data: undefined, dataAccessResult: accessResult(r.value) };
const block = (b: DataBlockSA): Fields => ({
  lastBlock: b.lastBlock,
  blockNumber: b.blockNumber,
  rawData: hex(b.rawData),
});

interface Service {
  readonly type: string;
  readonly invokeIdAndPriority: InvokeIdAndPriority;
  readonly [field: string]: unknown;
}
/** The services by logical name: their alternatives share fields, so one walk over the fields serves all. */
function service(type: string, v: Service): Fields {
  const out: Fields = {
    apdu: type,
    kind: v.type.slice(type.length + 1),
    invokeIdAndPriority: invokeNotation(v.invokeIdAndPriority),
  };
  for (const [name, value] of Object.entries(v)) Object.assign(out, parts[name]?.(value as never, v));
  // What an alternative leaves out is absent, not unknown.
  if ('attribute' in out)
    out.attribute = {
      ...(out.attribute as Fields),
      access: access(v.accessSelection as SelectiveAccessDescriptor | undefined),
    };
  if (v.type === 'action-request-normal') out.parameters ??= null;
  return out;
}
const parts: Readonly<Record<string, (value: any, whole: Service) => Fields>> = {
  cosemAttributeDescriptor: (v: CosemAttributeDescriptor) => ({ attribute: attribute(v) }),
  attributeDescriptorList: (
    v: { cosemAttributeDescriptor: CosemAttributeDescriptor; accessSelection?: SelectiveAccessDescriptor }[],
  ) => ({
    attributes: v.map((a) => ({ ...attribute(a.cosemAttributeDescriptor), access: access(a.accessSelection) })),
  }),
  cosemMethodDescriptor: (v: CosemMethodDescriptor) => ({ method: method(v) }),
  cosemMethodDescriptorList: (v: CosemMethodDescriptor[]) => ({ methods: v.map(method) }),
  methodInvocationParameters: (v: Data | Data[]) => ({
    parameters: Array.isArray(v) ? v.map(dataNotation) : dataNotation(v),
  }),
  value: (v: Data) => ({ value: dataNotation(v) }),
  valueList: (v: Data[]) => ({ values: v.map(dataNotation) }),
  blockNumber: (v: number) => ({ blockNumber: v }),
  datablock: block,
  pblock: block,
  singleResponse: (v) => ({ response: response(v) }),
  listOfResponses: (v: any[]) => ({ responses: v.map(response) }),
  result: (v, whole) => {
    if (whole.type === 'get-response-normal') return { result: getResult(v) };
    if (whole.type === 'get-response-with-list') return { results: (v as GetDataResult[]).map(getResult) };
    if (whole.type === 'get-response-with-datablock')
      return {
        lastBlock: v.lastBlock,
        blockNumber: v.blockNumber,
        rawData: v.result.type === 'raw-data' ? hex(v.result.value) : undefined,
        dataAccessResult: v.result.type === 'raw-data' ? undefined : accessResult(v.result.value),
      };
    return Array.isArray(v)
      ? { results: v.map(accessResult), result: v.map(accessResult) }
      : { result: accessResult(v) };
  },
};
const response = (r: { result: ActionResult; returnParameters?: GetDataResult }): Fields => ({
  result: actionResult(r.result),
  returnParameters: r.returnParameters === undefined ? null : getResult(r.returnParameters),
});

function accessSpecification(s: AccessRequestSpecification): Fields {
  const request = s.type.slice('access-request-'.length);
  const short = request.split('-')[0];
  const target =
    s.type === 'access-request-action' ? method(s.cosemMethodDescriptor) : attribute(s.cosemAttributeDescriptor);
  return {
    request: request === short ? request : anyOf(request, short),
    ...target,
    access: access('accessSelection' in s ? s.accessSelection : undefined),
  };
}

const shortName = (v: number): Matcher => anyOf(hexText((v & 0xffff).toString(16).padStart(4, '0')), v, v & 0xffff);
export function variableNotation(v: VariableAccessSpecification): Fields {
  switch (v.type) {
    case 'variable-name':
      return {
        variableName: shortName(v.value),
        shortName: shortName(v.value),
        selector: undefined,
        parameter: undefined,
      };
    case 'parameterized-access':
      return {
        variableName: shortName(v.variableName),
        shortName: shortName(v.variableName),
        selector: v.selector,
        parameter: dataNotation(v.parameter),
        parameters: dataNotation(v.parameter),
      };
    default:
      return {
        blockNumber: v.blockNumber,
        lastBlock: 'lastBlock' in v ? v.lastBlock : undefined,
        rawData: 'rawData' in v ? hex(v.rawData) : undefined,
      };
  }
}
export function readResultNotation(r: {
  type: string;
  value?: unknown;
  lastBlock?: boolean;
  blockNumber?: number;
  rawData?: Uint8Array;
}): unknown {
  if (r.type === 'data-access-error') {
    const result = accessResult(r.value as DataAccessResult);
    return anyOf({ dataAccessError: result, dataAccessResult: result }, result);
  }
  if (r.type === 'block-number') return { blockNumber: r.value };
  return {
    lastBlock: r.lastBlock,
    blockNumber: r.blockNumber,
    rawData: r.rawData === undefined ? undefined : hex(r.rawData),
  };
}

function initiate(v: Extract<Apdu, { type: 'initiateRequest' | 'initiateResponse' }>): Fields {
  const conformance = v.type === 'initiateRequest' ? v.proposedConformance : v.negotiatedConformance;
  const bits = conformanceHex(conformance);
  return v.type === 'initiateRequest'
    ? {
        dedicatedKey: v.dedicatedKey === undefined ? null : hex(v.dedicatedKey),
        responseAllowed: v.responseAllowed,
        proposedQualityOfService: v.proposedQualityOfService ?? null,
        proposedDlmsVersionNumber: v.proposedDlmsVersionNumber,
        proposedConformance: bits,
        conformanceBits: conformance,
        clientMaxReceivePduSize: v.clientMaxReceivePduSize,
      }
    : {
        negotiatedQualityOfService: v.negotiatedQualityOfService ?? null,
        negotiatedDlmsVersionNumber: v.negotiatedDlmsVersionNumber,
        negotiatedConformance: bits,
        conformanceBits: conformance,
        serverMaxReceivePduSize: v.serverMaxReceivePduSize,
        vaaName: shortName(v.vaaName),
      };
}
export function conformanceHex(bits: readonly ConformanceBit[]): Matcher {
  let n = 0;
  for (const name of bits) n |= 1 << (23 - conformanceBits.indexOf(name));
  return hexText(n.toString(16).padStart(6, '0'));
}

/** Confirmed-Service-Error as three numbers: service, group, code; or by name. */
function codesOf(apdu: Extract<Apdu, { type: 'confirmedServiceError' }>): Fields {
  const [, service, choice, code] = encode(Apdu, apdu);
  return {
    service: anyOf(service, apdu.value.type),
    errorChoice: anyOf(choice, apdu.value.value.type),
    value: anyOf(code, apdu.value.value.value),
  };
}
const serviceErrors = {
  'operation-not-possible': 1,
  'service-not-supported': 2,
  'other-reason': 3,
  'pdu-too-long': 4,
  'deciphering-error': 5,
  'invocation-counter-error': 6,
};
const named = (v: string | number, codes: Readonly<Record<string, number>>): Matcher =>
  anyOf(v, typeof v === 'number' ? v : codes[v]);

const protectionHeader = (
  v: Record<
    'transactionId' | 'originatorSystemTitle' | 'recipientSystemTitle' | 'dateTime' | 'otherInformation',
    Uint8Array
  >,
): Fields => ({
  transactionId: hex(v.transactionId),
  originatorSystemTitle: hex(v.originatorSystemTitle),
  recipientSystemTitle: hex(v.recipientSystemTitle),
  ...dateNotation(v.dateTime),
  otherInformation: hex(v.otherInformation),
});
const keyInfo = (k: KeyInfo): Fields => ({
  choice: k.type,
  keyId: 'keyId' in k ? k.keyId : undefined,
  kekId: 'kekId' in k ? k.kekId : undefined,
  keyParameters: 'keyParameters' in k ? hex(k.keyParameters) : undefined,
  keyCipheredData: 'keyCipheredData' in k ? hex(k.keyCipheredData) : undefined,
});

export function gbtNotation(v: {
  blockControl: { lastBlock: boolean; streaming: boolean; window: number };
  blockNumber: number;
  blockNumberAck: number;
  blockData: Uint8Array;
}): Fields {
  return {
    ...v.blockControl,
    blockControl: v.blockControl,
    blockNumber: v.blockNumber,
    blockNumberAck: v.blockNumberAck,
    blockNumberAcknowledged: v.blockNumberAck,
    blockData: hex(v.blockData),
    payload: hex(v.blockData),
  };
}
