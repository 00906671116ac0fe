import { array, Data, enumeration, integer, longUnsigned, structure } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { attribute, fixed, interfaceClass, mandatory, method, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/** Values of `serviceId`. */
export const ScriptServiceId = enumeration({
  'write-attribute': 1,
  'execute-specific-method': 2,
});
export type ScriptServiceId = Infer<typeof ScriptServiceId>;

const actionSpecification = structure('action-specification', {
  serviceId: ScriptServiceId,
  classId: longUnsigned,
  logicalName: LogicalName,
  index: integer,
  parameter: Data,
});
/** An element of `actions`. */
export interface ActionSpecification extends Infer<typeof actionSpecification> {}
export const ActionSpecification: Schema<ActionSpecification> = actionSpecification;

const script = structure('script', {
  scriptIdentifier: longUnsigned,
  actions: array(ActionSpecification),
});
/** An element of `scripts`. */
export interface Script extends Infer<typeof script> {}
export const Script: Schema<Script> = script;

/**
 * Script table (class_id 9, version 0). Scripts: lists of actions (write an attribute, invoke a method) that other
 * objects start by number.
 *
 * Sources: Gurux, jDLMS, SPODES, Wireshark.
 */
export const ScriptTable = interfaceClass({
  name: 'Script table',
  classId: 9,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    scripts: fixed(writable(attribute(2, array(Script)))),
  },
  methods: {
    /** Runs the script with this number. */
    execute: mandatory(method(1, longUnsigned)),
  },
});
