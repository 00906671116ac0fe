import { Data } from '../axdr/data.js';
import { unsigned32 } from '../axdr/scalars.js';
import { alternative, choice, type Infer, optional, type Schema, sequence, sequenceOf } from '../axdr/schema.js';
import {
  afterResult,
  CosemAttributeDescriptor,
  CosemAttributeDescriptorWithSelection,
  DataAccessResult,
  DataBlockSA,
  InvokeIdAndPriority,
  SelectiveAccessDescriptor,
} from './common.js';

const target = {
  invokeIdAndPriority: InvokeIdAndPriority,
  cosemAttributeDescriptor: CosemAttributeDescriptor,
  accessSelection: /* @__PURE__ */ optional(SelectiveAccessDescriptor),
};
const targets = {
  invokeIdAndPriority: InvokeIdAndPriority,
  attributeDescriptorList: /* @__PURE__ */ sequenceOf(CosemAttributeDescriptorWithSelection),
};

/**
 * The schema of Set-Request, for the given form of its values.
 * @param data `Data` for a tree, `encodedData` for its octets, or the expected type
 */
/* @__NO_SIDE_EFFECTS__ */
export const setRequest = <D>(data: Schema<D>) =>
  choice('Set-Request', {
    'set-request-normal': alternative(1, sequence('Set-Request-Normal', { ...target, value: data })),
    'set-request-with-first-datablock': alternative(
      2,
      sequence('Set-Request-With-First-Datablock', { ...target, datablock: DataBlockSA }),
    ),
    'set-request-with-datablock': alternative(
      3,
      sequence('Set-Request-With-Datablock', { invokeIdAndPriority: InvokeIdAndPriority, datablock: DataBlockSA }),
    ),
    'set-request-with-list': alternative(
      4,
      sequence('Set-Request-With-List', {
        ...targets,
        /** One value per descriptor, in the same order. */
        valueList: sequenceOf(data),
      }),
    ),
    'set-request-with-list-and-first-datablock': alternative(
      5,
      sequence('Set-Request-With-List-And-First-Datablock', { ...targets, datablock: DataBlockSA }),
    ),
  });
/** Set-Request (tag 193, C1). */
export type SetRequest<D = Data> = Infer<ReturnType<typeof setRequest<D>>>;
export const SetRequest: Schema<SetRequest> = /* @__PURE__ */ setRequest(Data);

const setResponse = /* @__PURE__ */ choice('Set-Response', {
  'set-response-normal': alternative(
    1,
    /* @__PURE__ */ sequence('Set-Response-Normal', {
      invokeIdAndPriority: InvokeIdAndPriority,
      result: DataAccessResult,
    }),
  ),
  'set-response-datablock': alternative(
    2,
    /* @__PURE__ */ sequence('Set-Response-Datablock', {
      invokeIdAndPriority: InvokeIdAndPriority,
      blockNumber: unsigned32,
    }),
  ),
  'set-response-last-datablock': alternative(
    3,
    /* @__PURE__ */ sequence('Set-Response-Last-Datablock', {
      invokeIdAndPriority: InvokeIdAndPriority,
      result: DataAccessResult,
      blockNumber: /* @__PURE__ */ afterResult(unsigned32, 0),
    }),
  ),
  'set-response-last-datablock-with-list': alternative(
    4,
    /* @__PURE__ */ sequence('Set-Response-Last-Datablock-With-List', {
      invokeIdAndPriority: InvokeIdAndPriority,
      result: sequenceOf(DataAccessResult),
      blockNumber: unsigned32,
    }),
  ),
  'set-response-with-list': alternative(
    5,
    /* @__PURE__ */ sequence('Set-Response-With-List', {
      invokeIdAndPriority: InvokeIdAndPriority,
      result: sequenceOf(DataAccessResult),
    }),
  ),
});
/** Set-Response (tag 197, C5). */
export type SetResponse = Infer<typeof setResponse>;
export const SetResponse: Schema<SetResponse> = setResponse;
