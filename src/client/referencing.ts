import { octetString } from '../axdr/data.js';
import { encode } from '../axdr/schema.js';
import type { Obis } from '../cosem/obis.js';
import { type AccessItem, type AccessResult, accessItems } from '../session/access.js';
import { invokeMethod } from '../session/action.js';
import { defaultConformance } from '../session/association.js';
import type { Conversation } from '../session/conversation.js';
import { getAttribute, getList } from '../session/get.js';
import type { ServiceLimits } from '../session/limits.js';
import { setAttribute } from '../session/set.js';
import type { ActionResponseWithOptionalData } from '../xdlms/action.js';
import type {
  CosemAttributeDescriptorWithSelection,
  CosemMethodDescriptor,
  DataAccessResult,
  InvokeIdAndPriority,
  LongInvokeIdAndPriority,
} from '../xdlms/common.js';
import type { GetDataResult } from '../xdlms/get-data-result.js';
import type { ConformanceBit } from '../xdlms/initiate.js';

/**
 * How attributes and methods are named on the wire: the services of one association. Logical names unless `shortNames()` is given to the client.
 * Values, parameters and return data are octets of Data.
 */
export interface Referencing {
  readonly kind: 'LN' | 'SN';
  /** What the InitiateResponse of the server must say: 7, or -1536 (FA00). */
  readonly vaaName: number;
  /** Proposed unless the client is told otherwise. */
  readonly conformance: readonly ConformanceBit[];
  /** An association is open: what both sides support. */
  opened?(conformance: readonly ConformanceBit[]): void;
  /** Reads one attribute; the Data as octets. */
  get(
    invoke: InvokeIdAndPriority,
    target: CosemAttributeDescriptorWithSelection,
    limits: ServiceLimits,
    onProgress?: (octets: number) => void,
  ): Conversation<GetDataResult<Uint8Array>>;
  /** Reads several attributes in one request. */
  getList(
    invoke: InvokeIdAndPriority,
    targets: readonly CosemAttributeDescriptorWithSelection[],
    limits: ServiceLimits,
  ): Conversation<GetDataResult<Uint8Array>[]>;
  /** Writes one attribute. */
  set(
    invoke: InvokeIdAndPriority,
    target: CosemAttributeDescriptorWithSelection,
    value: Uint8Array,
    limits: ServiceLimits,
  ): Conversation<DataAccessResult>;
  /** Invokes one method. */
  action(
    invoke: InvokeIdAndPriority,
    method: CosemMethodDescriptor,
    parameters: Uint8Array | undefined,
    limits: ServiceLimits,
    /** The method has return data: with short names another service then. */
    returns: boolean,
  ): Conversation<ActionResponseWithOptionalData<Uint8Array>>;
  /** GET, SET and ACTION of any objects in one request; absent where there is no such service. */
  access?(
    invoke: LongInvokeIdAndPriority,
    items: readonly AccessItem[],
    limits: ServiceLimits,
  ): Conversation<AccessResult[]>;
  /** Pass 3 of HLS, answered by pass 4: `reply_to_HLS_authentication` of the current association. */
  replyToHls(
    invoke: InvokeIdAndPriority,
    reply: Uint8Array,
    limits: ServiceLimits,
  ): Conversation<ActionResponseWithOptionalData<Uint8Array>>;
}

const currentAssociation: Obis = '0-0:40.0.0*255';
/** Referencing by logical names (services GET, SET, ACTION): the default of a client. */
export const logicalNames: Referencing = {
  kind: 'LN',
  vaaName: 7,
  conformance: defaultConformance,
  get: getAttribute,
  getList,
  set: setAttribute,
  action: invokeMethod,
  access: accessItems,
  replyToHls: (invoke, reply, limits) =>
    invokeMethod(
      invoke,
      { classId: 15, instanceId: currentAssociation, methodId: 1 },
      encode(octetString, reply),
      limits,
    ),
};
