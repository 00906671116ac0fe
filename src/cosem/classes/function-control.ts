import { array, bool, octetString, structure } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { ObjectDefinition } from '../common-types.js';
import { attribute, fixed, interfaceClass, method } from '../interface-class.js';
import { LogicalName } from '../obis.js';

const functionStatus = structure('function-status', {
  functionName: octetString,
  functionStatus: bool,
});
/** An element of `activationStatus`. */
export interface FunctionStatus extends Infer<typeof functionStatus> {}
export const FunctionStatus: Schema<FunctionStatus> = functionStatus;

const functionDefinition = structure('function-definition', {
  functionName: octetString,
  functionSpecifications: array(ObjectDefinition),
});
/** An element of `functionList`. */
export interface FunctionDefinition extends Infer<typeof functionDefinition> {}
export const FunctionDefinition: Schema<FunctionDefinition> = functionDefinition;

/**
 * Function control (class_id 122, version 0). Functions of the meter that can be switched on and off.
 *
 * Notes:
 * - remove_function: Gurux sends the name of the function as an octet-string.
 *
 * Sources: Gurux, a public table of the Edition 16 classes, SPODES (names only).
 */
export const FunctionControl = interfaceClass({
  name: 'Function control',
  classId: 122,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    activationStatus: attribute(2, array(FunctionStatus)),
    functionList: fixed(attribute(3, array(FunctionDefinition))),
  },
  methods: {
    setFunctionStatus: method(1, array(FunctionStatus)),
    addFunction: method(2, FunctionDefinition),
    removeFunction: method(3, octetString),
  },
});
