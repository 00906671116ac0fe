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
const variableAccessSpecification = /* @__PURE__ */ choice('Variable-Access-Specification', {
  'variable-name': alternative(2, integer16),
  'parameterized-access': alternative(
    4,
    /* @__PURE__ */ sequence('Parameterized-Access', { variableName: integer16, selector: unsigned8, parameter: Data }),
  ),
  'block-number-access': alternative(5, /* @__PURE__ */ sequence('Block-Number-Access', { blockNumber: unsigned16 })),
  'read-data-block-access': alternative(
    6,
    /* @__PURE__ */ sequence('Read-Data-Block-Access', { ...block, rawData: octets }),
  ),
  'write-data-block-access': alternative(7, /* @__PURE__ */ sequence('Write-Data-Block-Access', block)),
});
/** What a read or write is about. Alternative 3 (detailed-access) is not used in DLMS/COSEM and refused. */
export type VariableAccessSpecification = Infer<typeof variableAccessSpecification>;
export const VariableAccessSpecification: Schema<VariableAccessSpecification> = variableAccessSpecification;

const readRequest = /* @__PURE__ */ sequenceOf(VariableAccessSpecification);
/** ReadRequest (tag 5). */
export type ReadRequest = VariableAccessSpecification[];
export const ReadRequest: Schema<ReadRequest> = readRequest;

const readResult = /* @__PURE__ */ choice('Read-Result', {
  data: alternative(0, Data),
  'data-access-error': alternative(1, DataAccessResult),
  'data-block-result': alternative(2, /* @__PURE__ */ sequence('Data-Block-Result', { ...block, rawData: octets })),
  'block-number': alternative(3, unsigned16),
});
export type ReadResult = Infer<typeof readResult>;
export const ReadResult: Schema<ReadResult> = readResult;
/** ReadResponse (tag 12, 0C). */
export type ReadResponse = ReadResult[];
export const ReadResponse: Schema<ReadResponse> = /* @__PURE__ */ sequenceOf(ReadResult);

const writeRequest = /* @__PURE__ */ sequence('WriteRequest', {
  variableAccessSpecification: sequenceOf(VariableAccessSpecification),
  /** One for each specification. */
  listOfData: sequenceOf(Data),
});
/** WriteRequest (tag 6) and UnconfirmedWriteRequest (tag 22, 16). */
export interface WriteRequest extends Infer<typeof writeRequest> {}
export const WriteRequest: FieldsSchema<WriteRequest> = writeRequest;

const writeResult = /* @__PURE__ */ choice('Write-Result', {
  success: alternative(0, nothing),
  'data-access-error': alternative(1, DataAccessResult),
  'block-number': alternative(2, unsigned16),
});
export type WriteResult = Infer<typeof writeResult>;
export const WriteResult: Schema<WriteResult> = writeResult;
/** WriteResponse (tag 13, 0D). */
export type WriteResponse = WriteResult[];
export const WriteResponse: Schema<WriteResponse> = /* @__PURE__ */ sequenceOf(WriteResult);

const informationReportRequest = /* @__PURE__ */ sequence('InformationReportRequest', {
  /** GeneralizedTime as the octets of its text. */
  currentTime: optional(octets),
  variableAccessSpecification: sequenceOf(VariableAccessSpecification),
  listOfData: sequenceOf(Data),
});
/** InformationReportRequest (tag 24, 18). */
export interface InformationReportRequest extends Infer<typeof informationReportRequest> {}
export const InformationReportRequest: FieldsSchema<InformationReportRequest> = informationReportRequest;
