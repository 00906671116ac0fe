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
import { GetDataResult } from './get-data-result.js';

const target = { invokeIdAndPriority: InvokeIdAndPriority, cosemMethodDescriptor: CosemMethodDescriptor };
const targets = {
  invokeIdAndPriority: InvokeIdAndPriority,
  cosemMethodDescriptorList: /* @__PURE__ */ sequenceOf(CosemMethodDescriptor),
};
const nextPblock = {
  invokeIdAndPriority: InvokeIdAndPriority,
  /** The last block received; the next one is asked for. */
  blockNumber: unsigned32,
};

const actionRequest = /* @__PURE__ */ choice('Action-Request', {
  'action-request-normal': alternative(
    1,
    /* @__PURE__ */ sequence('Action-Request-Normal', { ...target, methodInvocationParameters: optional(Data) }),
  ),
  'action-request-next-pblock': alternative(2, /* @__PURE__ */ sequence('Action-Request-Next-Pblock', nextPblock)),
  'action-request-with-list': alternative(
    3,
    /* @__PURE__ */ sequence('Action-Request-With-List', {
      ...targets,
      /** One for each method; null-data where the method takes none. */
      methodInvocationParameters: sequenceOf(Data),
    }),
  ),
  'action-request-with-first-pblock': alternative(
    4,
    /* @__PURE__ */ sequence('Action-Request-With-First-Pblock', { ...target, pblock: DataBlockSA }),
  ),
  'action-request-with-list-and-first-pblock': alternative(
    5,
    /* @__PURE__ */ sequence('Action-Request-With-List-And-First-Pblock', { ...targets, pblock: DataBlockSA }),
  ),
  'action-request-with-pblock': alternative(
    6,
    /* @__PURE__ */ sequence('Action-Request-With-Pblock', {
      invokeIdAndPriority: InvokeIdAndPriority,
      pblock: DataBlockSA,
    }),
  ),
});
/** Action-Request (tag 195, C3). */
export type ActionRequest = Infer<typeof actionRequest>;
export const ActionRequest: Schema<ActionRequest> = actionRequest;

const actionResponseWithOptionalData = /* @__PURE__ */ sequence('Action-Response-With-Optional-Data', {
  result: ActionResult,
  returnParameters: /* @__PURE__ */ afterResult(/* @__PURE__ */ optional(GetDataResult), undefined),
});
export interface ActionResponseWithOptionalData extends Infer<typeof actionResponseWithOptionalData> {}
export const ActionResponseWithOptionalData: FieldsSchema<ActionResponseWithOptionalData> =
  actionResponseWithOptionalData;

const actionResponse = /* @__PURE__ */ choice('Action-Response', {
  'action-response-normal': alternative(
    1,
    /* @__PURE__ */ sequence('Action-Response-Normal', {
      invokeIdAndPriority: InvokeIdAndPriority,
      singleResponse: ActionResponseWithOptionalData,
    }),
  ),
  'action-response-with-pblock': alternative(
    2,
    /* @__PURE__ */ sequence('Action-Response-With-Pblock', {
      invokeIdAndPriority: InvokeIdAndPriority,
      pblock: DataBlockSA,
    }),
  ),
  'action-response-with-list': alternative(
    3,
    /* @__PURE__ */ sequence('Action-Response-With-List', {
      invokeIdAndPriority: InvokeIdAndPriority,
      listOfResponses: sequenceOf(ActionResponseWithOptionalData),
    }),
  ),
  'action-response-next-pblock': alternative(4, /* @__PURE__ */ sequence('Action-Response-Next-Pblock', nextPblock)),
});
/** Action-Response (tag 199, C7). */
export type ActionResponse = Infer<typeof actionResponse>;
export const ActionResponse: Schema<ActionResponse> = actionResponse;
