import { Data } from '../axdr/data.js';
import { boolean, octets, unsigned32 } from '../axdr/scalars.js';
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
import {
  CosemAttributeDescriptor,
  CosemAttributeDescriptorWithSelection,
  DataAccessResult,
  InvokeIdAndPriority,
  SelectiveAccessDescriptor,
} from './common.js';
import { getDataResult } from './get-data-result.js';

const getRequestNormal = /* @__PURE__ */ sequence('Get-Request-Normal', {
  invokeIdAndPriority: InvokeIdAndPriority,
  cosemAttributeDescriptor: CosemAttributeDescriptor,
  /** Restricts what is returned, for instance to a time range of a profile. */
  accessSelection: optional(SelectiveAccessDescriptor),
});
/** Asks for one attribute. */
export interface GetRequestNormal extends Infer<typeof getRequestNormal> {}
export const GetRequestNormal: FieldsSchema<GetRequestNormal> = getRequestNormal;

const getRequestNext = /* @__PURE__ */ sequence('Get-Request-Next', {
  invokeIdAndPriority: InvokeIdAndPriority,
  /** The last block received; this asks for the next one. */
  blockNumber: unsigned32,
});
/** Asks for the block after the one named in it. */
export interface GetRequestNext extends Infer<typeof getRequestNext> {}
export const GetRequestNext: FieldsSchema<GetRequestNext> = getRequestNext;

const getRequestWithList = /* @__PURE__ */ sequence('Get-Request-With-List', {
  invokeIdAndPriority: InvokeIdAndPriority,
  attributeDescriptorList: sequenceOf(CosemAttributeDescriptorWithSelection),
});
/** Asks for several attributes. */
export interface GetRequestWithList extends Infer<typeof getRequestWithList> {}
export const GetRequestWithList: FieldsSchema<GetRequestWithList> = getRequestWithList;

const getRequest = /* @__PURE__ */ choice('Get-Request', {
  'get-request-normal': alternative(1, GetRequestNormal),
  'get-request-next': alternative(2, GetRequestNext),
  'get-request-with-list': alternative(3, GetRequestWithList),
});
/** Get-Request (tag 192, C0). */
export type GetRequest = Infer<typeof getRequest>;
export const GetRequest: Schema<GetRequest> = getRequest;

const dataBlockG = /* @__PURE__ */ sequence('DataBlock-G', {
  lastBlock: boolean,
  /** Counted from 1. */
  blockNumber: unsigned32,
  result: /* @__PURE__ */ choice('DataBlock-G-Result', {
    /** A slice of the encoded Data; for a list, of the whole SEQUENCE OF including its count. */
    'raw-data': alternative(0, octets),
    'data-access-result': alternative(1, DataAccessResult),
  }),
});
/** A block of a Get-Response: octets of Data, or why there are none. */
export interface DataBlockG extends Infer<typeof dataBlockG> {}
export const DataBlockG: FieldsSchema<DataBlockG> = dataBlockG;

/**
 * The schema of Get-Response, for the given form of its values.
 * @param data `Data` for a tree, `encodedData` for its octets, or the expected type
 */
/* @__NO_SIDE_EFFECTS__ */
export const getResponse = <D>(data: Schema<D>) =>
  choice('Get-Response', {
    'get-response-normal': alternative(
      1,
      sequence('Get-Response-Normal', { invokeIdAndPriority: InvokeIdAndPriority, result: getDataResult(data) }),
    ),
    'get-response-with-datablock': alternative(
      2,
      sequence('Get-Response-With-Datablock', { invokeIdAndPriority: InvokeIdAndPriority, result: DataBlockG }),
    ),
    'get-response-with-list': alternative(
      3,
      sequence('Get-Response-With-List', {
        invokeIdAndPriority: InvokeIdAndPriority,
        /** One per attribute, in the order of the request. */
        result: sequenceOf(getDataResult(data)),
      }),
    ),
  });
/** Get-Response (tag 196, C4). */
export type GetResponse<D = Data> = Infer<ReturnType<typeof getResponse<D>>>;
export const GetResponse: Schema<GetResponse> = /* @__PURE__ */ getResponse(Data);
