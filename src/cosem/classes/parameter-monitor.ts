import { array, Data, dataOf, enumValue, integer, longUnsigned, octetString, structure } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { ValueDefinition } from '../common-types.js';
import { DateTimeChoice } from '../date-time.js';
import { attribute, fixed, interfaceClass, method, revision, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

const changedParameter = structure('changed-parameter', {
  classId: longUnsigned,
  logicalName: LogicalName,
  attributeIndex: integer,
  attributeValue: Data,
});
/** The type of `changedParameter`. */
export interface ChangedParameter extends Infer<typeof changedParameter> {}
export const ChangedParameter: Schema<ChangedParameter> = changedParameter;

/**
 * Parameter monitor (class_id 65, version 1). Records which parameter changed last, and digests of parameter lists.
 *
 * Notes:
 * - The values of hash_algorithm_id were not found in any source.
 *
 * Sources: a public table of the Edition 16 classes, SPODES (names only).
 */
export const ParameterMonitor = interfaceClass({
  name: 'Parameter monitor',
  classId: 65,
  version: 1,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    changedParameter: attribute(2, ChangedParameter),
    captureTime: attribute(3, DateTimeChoice),
    parameterList: fixed(writable(attribute(4, array(ValueDefinition)))),
    parameterListName: fixed(writable(attribute(5, octetString))),
    hashAlgorithmId: fixed(writable(attribute(6, enumValue))),
    parameterValueDigest: attribute(7, octetString),
    parameterValues: attribute(8, dataOf('structure')),
  },
  methods: {
    addParameter: method(1, ValueDefinition),
    deleteParameter: method(2, ValueDefinition),
  },
});

/**
 * Parameter monitor (class_id 65, version 0).
 *
 * Notes:
 * - capture_time is an octet-string in Gurux, a date-time in the Edition 16 table (for version 1).
 *
 * Source: Gurux.
 */
export const ParameterMonitorV0 = revision(ParameterMonitor, {
  version: 0,
  confidence: 'one source',
  without: ['parameterListName', 'hashAlgorithmId', 'parameterValueDigest', 'parameterValues'],
});
