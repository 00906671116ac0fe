import { enumerated, unsigned32 } from '../axdr/scalars.js';
import {
  alternative,
  choice,
  type FieldsSchema,
  type Infer,
  type Optional,
  optional,
  type Schema,
  sequence,
} from '../axdr/schema.js';
import { DlmsError } from '../core/errors.js';

// The APDUs with which a server refuses a request: Confirmed-Service-Error and Exception-Response.

const serviceError = /* @__PURE__ */ choice('ServiceError', {
  'application-reference': alternative(
    0,
    /* @__PURE__ */ enumerated({
      other: 0,
      'time-elapsed': 1,
      'application-unreachable': 2,
      'application-reference-invalid': 3,
      'application-context-unsupported': 4,
      'provider-communication-error': 5,
      'deciphering-error': 6,
    }),
  ),
  'hardware-resource': alternative(
    1,
    /* @__PURE__ */ enumerated({
      other: 0,
      'memory-unavailable': 1,
      'processor-resource-unavailable': 2,
      'mass-storage-unavailable': 3,
      'other-resource-unavailable': 4,
    }),
  ),
  'vde-state-error': alternative(
    2,
    /* @__PURE__ */ enumerated({
      other: 0,
      'no-dlms-context': 1,
      'loading-data-set': 2,
      'status-nochange': 3,
      'status-inoperable': 4,
    }),
  ),
  service: alternative(3, /* @__PURE__ */ enumerated({ other: 0, 'pdu-size': 1, 'service-unsupported': 2 })),
  definition: alternative(
    4,
    /* @__PURE__ */ enumerated({
      other: 0,
      'object-undefined': 1,
      'object-class-inconsistent': 2,
      'object-attribute-inconsistent': 3,
    }),
  ),
  access: alternative(
    5,
    /* @__PURE__ */ enumerated({
      other: 0,
      'scope-of-access-violated': 1,
      'object-access-violated': 2,
      'hardware-fault': 3,
      'object-unavailable': 4,
    }),
  ),
  initiate: alternative(
    6,
    /* @__PURE__ */ enumerated({
      other: 0,
      'dlms-version-too-low': 1,
      'incompatible-conformance': 2,
      'pdu-size-too-short': 3,
      'refused-by-the-VDE-Handler': 4,
    }),
  ),
  'load-data-set': alternative(
    7,
    /* @__PURE__ */ enumerated({
      other: 0,
      'primitive-out-of-sequence': 1,
      'not-loadable': 2,
      'dataset-size-too-large': 3,
      'not-awaited-segment': 4,
      'interpretation-failure': 5,
      'storage-failure': 6,
      'data-set-not-ready': 7,
    }),
  ),
  // 8 and 10 are reserved in DLMS/COSEM; their codes have no names and stay numbers.
  'change-scope': alternative(8, /* @__PURE__ */ enumerated({})),
  task: alternative(
    9,
    /* @__PURE__ */ enumerated({
      other: 0,
      'no-remote-control': 1,
      'ti-stopped': 2,
      'ti-running': 3,
      'ti-unusable': 4,
    }),
  ),
  other: alternative(10, /* @__PURE__ */ enumerated({})),
});
/** The error in a Confirmed-Service-Error, by group. */
export type ServiceError = Infer<typeof serviceError>;
export const ServiceError: Schema<ServiceError> = serviceError;

const services = [
  'initiateError',
  'getStatus',
  'getNameList',
  'getVariableAttribute',
  'read',
  'write',
  'getDataSetAttribute',
  'getTIAttribute',
  'changeScope',
  'start',
  'stop',
  'resume',
  'makeUsable',
  'initiateLoad',
  'loadSegment',
  'terminateLoad',
  'initiateUpLoad',
  'upLoadSegment',
  'terminateUpLoad',
] as const;
/**
 * Confirmed-Service-Error (tag 14, 0E): the service that failed (1 to 19; DLMS/COSEM uses initiateError, read and
 * write), and the error in its group.
 */
export type ConfirmedServiceError = { type: (typeof services)[number]; value: ServiceError };
export const ConfirmedServiceError: Schema<ConfirmedServiceError> = /* @__PURE__ */ (() =>
  choice(
    'ConfirmedServiceError',
    Object.fromEntries(services.map((name, i) => [name, alternative(i + 1, ServiceError)])),
  ) as Schema<ConfirmedServiceError>)();

/**
 * A field that follows only service-error 6 (the octet before it). Older servers omit it, so the remaining octets tell
 * whether it is present. Four octets after another error are refused as trailing, or in lenient mode read as a counter
 * (`exception-counter`).
 */
const trailing = <T>(inner: Schema<T>): Optional<T> => ({
  ...optional(inner),
  shape: { of: 'optional', inner, with: (part) => trailing(part(inner, '')) },
  read(r) {
    if (r.left === 0) return undefined;
    if (r.bytes[r.offset - 1] !== 6) {
      if (r.left !== 4) return undefined;
      r.tolerate('exception-counter', new DlmsError('decode/trailing-bytes', { offset: r.offset, left: r.left }));
    }
    return inner.read(r);
  },
  write: (w, v) => (v === undefined ? undefined : inner.write(w, v)),
});
const expectedCounter: Optional<number> = /* @__PURE__ */ trailing(unsigned32);

const exceptionResponse = /* @__PURE__ */ sequence('Exception-Response', {
  stateError: /* @__PURE__ */ enumerated({ 'service-not-allowed': 1, 'service-unknown': 2 }),
  /** Older servers do not know 4 to 6. */
  serviceError: /* @__PURE__ */ enumerated({
    'operation-not-possible': 1,
    'service-not-supported': 2,
    'other-reason': 3,
    'pdu-too-long': 4,
    'deciphering-error': 5,
    'invocation-counter-error': 6,
  }),
  /**
   * With invocation-counter-error: the counter that the server expects. Gurux servers send the last one that they
   * accepted: add one.
   */
  invocationCounterError: expectedCounter,
});
/** Exception-Response (tag 216, D8). */
export interface ExceptionResponse extends Infer<typeof exceptionResponse> {}
export const ExceptionResponse: FieldsSchema<ExceptionResponse> = exceptionResponse;
