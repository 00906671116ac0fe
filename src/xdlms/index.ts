/**
 * The APDUs of xDLMS and ACSE, by their names in the Green Book.
 *
 * Stability: stable.
 *
 * @module
 */
export {
  type ApduFacts,
  type ApduProtection,
  apduFacts,
  type CipheredApduType,
  factsOfTag,
  isApduTag,
  type PlainApduType,
} from '../core/apdu-facts.js';
export {
  AccessRequest,
  AccessRequestSpecification,
  AccessResponse,
  AccessResponseSpecification,
  accessRequest,
  accessResponse,
} from './access.js';
export {
  Aare,
  Aarq,
  AcseApdu,
  type AssociateSourceDiagnostic,
  applicationContexts,
  mechanismName,
  mechanismOf,
  Rlre,
  Rlrq,
} from './acse.js';
export {
  ActionRequest,
  ActionResponse,
  ActionResponseWithOptionalData,
  actionRequest,
  actionResponse,
} from './action.js';
export { Apdu, type ApduType } from './apdu.js';
export { GeneralCiphering, GeneralGloCiphering, GeneralProtectionHeader, GeneralSigning, KeyInfo } from './ciphered.js';
export {
  ActionResult,
  CosemAttributeDescriptor,
  CosemAttributeDescriptorWithSelection,
  CosemMethodDescriptor,
  DataAccessResult,
  DataBlockSA,
  InstanceId,
  InvokeIdAndPriority,
  LongInvokeIdAndPriority,
  SelectiveAccessDescriptor,
} from './common.js';
export { ConfirmedServiceError, ExceptionResponse, ServiceError } from './errors.js';
export { BlockControl, Gateway, GeneralBlockTransfer } from './general.js';
export {
  DataBlockG,
  GetRequest,
  GetRequestNext,
  GetRequestNormal,
  GetRequestWithList,
  GetResponse,
  getResponse,
} from './get.js';
export { GetDataResult } from './get-data-result.js';
export { Conformance, type ConformanceBit, conformanceBits, InitiateRequest, InitiateResponse } from './initiate.js';
export { DataNotification, DataNotificationConfirm, EventNotificationRequest } from './notification.js';
export { SetRequest, SetResponse, setRequest } from './set.js';
export {
  InformationReportRequest,
  ReadRequest,
  ReadResponse,
  ReadResult,
  readRequest,
  readResponse,
  VariableAccessSpecification,
  WriteRequest,
  WriteResponse,
  WriteResult,
  writeRequest,
} from './short-name.js';
