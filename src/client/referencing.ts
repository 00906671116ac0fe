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
 * How attributes and methods are named on the wire, and the services of one association that follow from it: with
 * logical names, unless the client is given `shortNames()`. Values, parameters and return data are octets of Data.
 */
export interface Referencing {
  readonly kind: 'LN' | 'SN';
  /** The vaa-name that the server's InitiateResponse must have: 7, or -1536 (FA00). */
  readonly vaaName: number;
  /** Proposed by default. */
  readonly conformance: readonly ConformanceBit[];
  /** Called when an association is open, with what both sides support. */
  opened?(conformance: readonly ConformanceBit[]): void;
  /** Reads one attribute. */
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
    /** Whether the method has return data, which with short names takes another service. */
    returns: boolean,
  ): Conversation<ActionResponseWithOptionalData<Uint8Array>>;
  /** GET, SET and ACTION of any objects in one request; absent if there is no such service. */
  access?(
    invoke: LongInvokeIdAndPriority,
    items: readonly AccessItem[],
    limits: ServiceLimits,
  ): Conversation<AccessResult[]>;
  /** Passes 3 and 4 of HLS: `reply_to_HLS_authentication` of the current association. */
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
