import { array, longUnsigned, octetString, structure } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { attribute, fixed, interfaceClass, method } from '../interface-class.js';
import { LogicalName } from '../obis.js';

const sapAssignmentElement = structure('asslist-element', {
  sap: longUnsigned,
  logicalDeviceName: octetString,
});
/** An element of `sapAssignmentList`. */
export interface SapAssignmentElement extends Infer<typeof sapAssignmentElement> {}
export const SapAssignmentElement: Schema<SapAssignmentElement> = sapAssignmentElement;

/**
 * SAP assignment (class_id 17, version 0). The logical devices of a physical device, with their service access points.
 *
 * Notes:
 * - The Edition 16 table has a second method, disconnect_logical_device, and a long-unsigned parameter; they are not
 *   used, as no other source has them.
 * - connect_logical_device is method 3 in jDLMS, method 1 in Gurux and Wireshark.
 *
 * Sources: Gurux, jDLMS, Wireshark, SPODES (names only).
 */
export const SapAssignment = interfaceClass({
  name: 'SAP assignment',
  classId: 17,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    /** Service access point and name of each logical device. */
    sapAssignmentList: fixed(attribute(2, array(SapAssignmentElement))),
  },
  methods: {
    connectLogicalDevice: method(1, SapAssignmentElement),
  },
});
