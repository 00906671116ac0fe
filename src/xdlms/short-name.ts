import { Data } from '../axdr/data.js';
import { boolean, integer16, nothing, octets, unsigned8, unsigned16 } from '../axdr/scalars.js';
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
import { DataAccessResult } from './common.js';

// Short name referencing. An ObjectName is a signed 16-bit number: FA00 is -1536.

const block = { lastBlock: boolean, blockNumber: unsigned16 };
/**
 * The schema of what a read or write refers to, for the given form of its parameter: `Data` for a tree, `encodedData`
 * for its octets.
 */
/* @__NO_SIDE_EFFECTS__ */
export const variableAccessSpecification = <D>(data: Schema<D>) =>
  choice('Variable-Access-Specification', {
    'variable-name': alternative(2, integer16),
    'parameterized-access': alternative(
      4,
      sequence('Parameterized-Access', { variableName: integer16, selector: unsigned8, parameter: data }),
    ),
    'block-number-access': alternative(5, sequence('Block-Number-Access', { blockNumber: unsigned16 })),
    'read-data-block-access': alternative(6, sequence('Read-Data-Block-Access', { ...block, rawData: octets })),
    'write-data-block-access': alternative(7, sequence('Write-Data-Block-Access', block)),
  });
/** What a read or write refers to. Alternative 3 (detailed-access) is not used in DLMS/COSEM and is refused. */
export type VariableAccessSpecification<D = Data> = Infer<ReturnType<typeof variableAccessSpecification<D>>>;
export const VariableAccessSpecification: Schema<VariableAccessSpecification> =
  /* @__PURE__ */ variableAccessSpecification(Data);

/** ReadRequest (tag 5). */
export type ReadRequest<D = Data> = VariableAccessSpecification<D>[];
/** The schema of ReadRequest, for the given form of its parameters: `Data` for trees, `encodedData` for octets. */
/* @__NO_SIDE_EFFECTS__ */
export const readRequest = <D>(data: Schema<D>): Schema<ReadRequest<D>> =>
  sequenceOf(variableAccessSpecification(data));
export const ReadRequest: Schema<ReadRequest> = /* @__PURE__ */ readRequest(Data);

/** The schema of Read-Result, for the given form of its Data: `Data` for a tree, `encodedData` for its octets. */
/* @__NO_SIDE_EFFECTS__ */
export const readResult = <D>(data: Schema<D>) =>
  choice('Read-Result', {
    data: alternative(0, data),
    'data-access-error': alternative(1, DataAccessResult),
    'data-block-result': alternative(2, sequence('Data-Block-Result', { ...block, rawData: octets })),
    'block-number': alternative(3, unsigned16),
  });
/** The result of a READ for one variable. */
export type ReadResult<D = Data> = Infer<ReturnType<typeof readResult<D>>>;
export const ReadResult: Schema<ReadResult> = /* @__PURE__ */ readResult(Data);
/** ReadResponse (tag 12, 0C). */
export type ReadResponse<D = Data> = ReadResult<D>[];
/** The schema of ReadResponse, for the given form of its values: `Data` for trees, `encodedData` for octets. */
/* @__NO_SIDE_EFFECTS__ */
export const readResponse = <D>(data: Schema<D>): Schema<ReadResponse<D>> => sequenceOf(readResult(data));
export const ReadResponse: Schema<ReadResponse> = /* @__PURE__ */ readResponse(Data);

/** The schema of WriteRequest, for the given form of its values: `Data` for trees, `encodedData` for octets. */
/* @__NO_SIDE_EFFECTS__ */
export const writeRequest = <D>(data: Schema<D>) =>
  sequence('WriteRequest', {
    variableAccessSpecification: sequenceOf(variableAccessSpecification(data)),
    /** One per specification. */
    listOfData: sequenceOf(data),
  });
/** WriteRequest (tag 6) and UnconfirmedWriteRequest (tag 22, 16). */
export type WriteRequest<D = Data> = Infer<ReturnType<typeof writeRequest<D>>>;
export const WriteRequest: FieldsSchema<WriteRequest> = /* @__PURE__ */ writeRequest(Data);

const writeResult = /* @__PURE__ */ choice('Write-Result', {
  success: alternative(0, nothing),
  'data-access-error': alternative(1, DataAccessResult),
  'block-number': alternative(2, unsigned16),
});
/** The result of a WRITE for one variable. */
export type WriteResult = Infer<typeof writeResult>;
export const WriteResult: Schema<WriteResult> = writeResult;
/** WriteResponse (tag 13, 0D). */
export type WriteResponse = WriteResult[];
export const WriteResponse: Schema<WriteResponse> = /* @__PURE__ */ sequenceOf(WriteResult);

const informationReportRequest = /* @__PURE__ */ sequence('InformationReportRequest', {
  /** A GeneralizedTime: the octets of its text. */
  currentTime: optional(octets),
  variableAccessSpecification: sequenceOf(VariableAccessSpecification),
  listOfData: sequenceOf(Data),
});
/** InformationReportRequest (tag 24, 18). */
export interface InformationReportRequest extends Infer<typeof informationReportRequest> {}
export const InformationReportRequest: FieldsSchema<InformationReportRequest> = informationReportRequest;
