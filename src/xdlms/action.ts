import { Data } from '../axdr/data.js';
import { unsigned32 } from '../axdr/scalars.js';
import {
  alternative,
  choice,
  type FieldsSchema,
  type Infer,
  optional,
  type Schema,
  sequence,
  sequenceOf,
} from '../axdr/schema.js';
import { ActionResult, afterResult, CosemMethodDescriptor, DataBlockSA, InvokeIdAndPriority } from './common.js';
import { getDataResult } from './get-data-result.js';

const target = { invokeIdAndPriority: InvokeIdAndPriority, cosemMethodDescriptor: CosemMethodDescriptor };
const targets = {
  invokeIdAndPriority: InvokeIdAndPriority,
  cosemMethodDescriptorList: /* @__PURE__ */ sequenceOf(CosemMethodDescriptor),
};
const nextPblock = {
  invokeIdAndPriority: InvokeIdAndPriority,
  /** The last block received; this asks for the next one. */
  blockNumber: unsigned32,
};

/**
 * The schema of Action-Request, for the given form of its parameters.
 * @param data `Data` for a tree, `encodedData` for its octets, or the expected type
 */
/* @__NO_SIDE_EFFECTS__ */
export const actionRequest = <D>(data: Schema<D>) =>
  choice('Action-Request', {
    'action-request-normal': alternative(
      1,
      sequence('Action-Request-Normal', { ...target, methodInvocationParameters: optional(data) }),
    ),
    'action-request-next-pblock': alternative(2, sequence('Action-Request-Next-Pblock', nextPblock)),
    'action-request-with-list': alternative(
      3,
      sequence('Action-Request-With-List', {
        ...targets,
        /** One per method; null-data for a method without parameters. */
        methodInvocationParameters: sequenceOf(data),
      }),
    ),
    'action-request-with-first-pblock': alternative(
      4,
      sequence('Action-Request-With-First-Pblock', { ...target, pblock: DataBlockSA }),
    ),
    'action-request-with-list-and-first-pblock': alternative(
      5,
      sequence('Action-Request-With-List-And-First-Pblock', { ...targets, pblock: DataBlockSA }),
    ),
    'action-request-with-pblock': alternative(
      6,
      sequence('Action-Request-With-Pblock', { invokeIdAndPriority: InvokeIdAndPriority, pblock: DataBlockSA }),
    ),
  });
/** Action-Request (tag 195, C3). */
export type ActionRequest<D = Data> = Infer<ReturnType<typeof actionRequest<D>>>;
export const ActionRequest: Schema<ActionRequest> = /* @__PURE__ */ actionRequest(Data);

/**
 * The schema of Action-Response-With-Optional-Data, for the given form of the return data.
 * @param data `Data` for a tree, `encodedData` for its octets, or the expected type
 */
/* @__NO_SIDE_EFFECTS__ */
export const actionResponseWithOptionalData = <D>(data: Schema<D>) =>
  sequence('Action-Response-With-Optional-Data', {
    result: ActionResult,
    returnParameters: afterResult(optional(getDataResult(data)), undefined),
  });
/** The result of one method, and what it returned. */
export type ActionResponseWithOptionalData<D = Data> = Infer<ReturnType<typeof actionResponseWithOptionalData<D>>>;
export const ActionResponseWithOptionalData: FieldsSchema<ActionResponseWithOptionalData> =
  /* @__PURE__ */ actionResponseWithOptionalData(Data);

/**
 * The schema of Action-Response, for the given form of the return data.
 * @param data `Data` for a tree, `encodedData` for its octets, or the expected type
 */
/* @__NO_SIDE_EFFECTS__ */
export const actionResponse = <D>(data: Schema<D>) =>
  choice('Action-Response', {
    'action-response-normal': alternative(
      1,
      sequence('Action-Response-Normal', {
        invokeIdAndPriority: InvokeIdAndPriority,
        singleResponse: actionResponseWithOptionalData(data),
      }),
    ),
    'action-response-with-pblock': alternative(
      2,
      sequence('Action-Response-With-Pblock', { invokeIdAndPriority: InvokeIdAndPriority, pblock: DataBlockSA }),
    ),
    'action-response-with-list': alternative(
      3,
      sequence('Action-Response-With-List', {
        invokeIdAndPriority: InvokeIdAndPriority,
        listOfResponses: sequenceOf(actionResponseWithOptionalData(data)),
      }),
    ),
    'action-response-next-pblock': alternative(4, sequence('Action-Response-Next-Pblock', nextPblock)),
  });
/** Action-Response (tag 199, C7). */
export type ActionResponse<D = Data> = Infer<ReturnType<typeof actionResponse<D>>>;
export const ActionResponse: Schema<ActionResponse> = /* @__PURE__ */ actionResponse(Data);
