import { array, bitString, integer, longUnsigned, structure, unsigned } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { ActionItem } from '../common-types.js';
import { attribute, fixed, interfaceClass, mandatory, method, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

const requestedActions = structure('requested-actions', {
  requestActor: unsigned,
  requestActionList: bitString,
});
/** The parameter of `requestAction`. */
export interface RequestedActions extends Infer<typeof requestedActions> {}
export const RequestedActions: Schema<RequestedActions> = requestedActions;

/**
 * Arbitrator (class_id 68, version 0). Decides which actor may perform which action.
 *
 * Sources: Gurux, SPODES, a public table of the Edition 16 classes.
 */
export const Arbitrator = interfaceClass({
  name: 'Arbitrator',
  classId: 68,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    actions: fixed(writable(attribute(2, array(ActionItem)))),
    permissionsTable: fixed(writable(attribute(3, array(bitString)))),
    weightingsTable: fixed(writable(attribute(4, array(array(longUnsigned))))),
    mostRecentRequestsTable: attribute(5, array(bitString)),
    lastOutcome: attribute(6, unsigned),
  },
  methods: {
    requestAction: mandatory(method(1, RequestedActions)),
    reset: method(2, integer),
  },
});
