import { Data } from '../axdr/data.js';
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
  ActionResult,
  CosemAttributeDescriptor,
  CosemMethodDescriptor,
  DataAccessResult,
  LongInvokeIdAndPriority,
  SelectiveAccessDescriptor,
} from './common.js';
import { dateTimeOrEmpty } from './date-time-field.js';

const onAttribute = { cosemAttributeDescriptor: CosemAttributeDescriptor };
/** The selection is mandatory here, so there is no presence octet. */
const onSelection = { cosemAttributeDescriptor: CosemAttributeDescriptor, accessSelection: SelectiveAccessDescriptor };

const accessRequestSpecification = /* @__PURE__ */ choice('Access-Request-Specification', {
  'access-request-get': alternative(1, /* @__PURE__ */ sequence('Access-Request-Get', onAttribute)),
  'access-request-set': alternative(2, /* @__PURE__ */ sequence('Access-Request-Set', onAttribute)),
  'access-request-action': alternative(
    3,
    /* @__PURE__ */ sequence('Access-Request-Action', { cosemMethodDescriptor: CosemMethodDescriptor }),
  ),
  'access-request-get-with-selection': alternative(
    4,
    /* @__PURE__ */ sequence('Access-Request-Get-With-Selection', onSelection),
  ),
  'access-request-set-with-selection': alternative(
    5,
    /* @__PURE__ */ sequence('Access-Request-Set-With-Selection', onSelection),
  ),
});
/** One request in an Access-Request: GET, SET or ACTION, with or without selective access. */
export type AccessRequestSpecification = Infer<typeof accessRequestSpecification>;
export const AccessRequestSpecification: Schema<AccessRequestSpecification> = accessRequestSpecification;

const accessResponseSpecification = /* @__PURE__ */ choice('Access-Response-Specification', {
  'access-response-get': alternative(1, /* @__PURE__ */ sequence('Access-Response-Get', { result: DataAccessResult })),
  'access-response-set': alternative(2, /* @__PURE__ */ sequence('Access-Response-Set', { result: DataAccessResult })),
  'access-response-action': alternative(
    3,
    /* @__PURE__ */ sequence('Access-Response-Action', { result: ActionResult }),
  ),
});
/** The result of one request in an Access-Request. */
export type AccessResponseSpecification = Infer<typeof accessResponseSpecification>;
export const AccessResponseSpecification: Schema<AccessResponseSpecification> = accessResponseSpecification;

/**
 * The schema of Access-Request, for the given form of its values and parameters.
 * @param data `Data` for a tree, `encodedData` for its octets
 */
/* @__NO_SIDE_EFFECTS__ */
export const accessRequest = <D>(data: Schema<D>) =>
  sequence('Access-Request', {
    longInvokeIdAndPriority: LongInvokeIdAndPriority,
    /** Empty, or 12 octets. */
    dateTime: dateTimeOrEmpty,
    accessRequestBody: sequence('Access-Request-Body', {
      accessRequestSpecification: sequenceOf(AccessRequestSpecification),
      /** One per specification; null-data for a get and for a method without parameters. */
      accessRequestListOfData: sequenceOf(data),
    }),
  });
/** Access-Request (tag 217, D9). */
export type AccessRequest<D = Data> = Infer<ReturnType<typeof accessRequest<D>>>;
export const AccessRequest: FieldsSchema<AccessRequest> = /* @__PURE__ */ accessRequest(Data);

/**
 * The schema of Access-Response, for the given form of its values.
 * @param data `Data` for a tree, `encodedData` for its octets
 */
/* @__NO_SIDE_EFFECTS__ */
export const accessResponse = <D>(data: Schema<D>) =>
  sequence('Access-Response', {
    longInvokeIdAndPriority: LongInvokeIdAndPriority,
    /** Empty, or 12 octets. */
    dateTime: dateTimeOrEmpty,
    accessResponseBody: sequence('Access-Response-Body', {
      /** Repeated from the request if that was self-descriptive. */
      accessRequestSpecification: optional(sequenceOf(AccessRequestSpecification)),
      /** One per specification; null-data for a set, for an error and for an action without return data. */
      accessResponseListOfData: sequenceOf(data),
      accessResponseSpecification: sequenceOf(AccessResponseSpecification),
    }),
  });
/** Access-Response (tag 218, DA). */
export type AccessResponse<D = Data> = Infer<ReturnType<typeof accessResponse<D>>>;
export const AccessResponse: FieldsSchema<AccessResponse> = /* @__PURE__ */ accessResponse(Data);
