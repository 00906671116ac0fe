import { array, octetString } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * S-FSK Reporting system list (class_id 56, version 0). S-FSK power line: system titles of the devices that report.
 *
 * Sources: Gurux, a public table of the Edition 16 classes, SPODES (names only).
 */
export const SFskReportingSystemList = interfaceClass({
  name: 'S-FSK Reporting system list',
  classId: 56,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    reportingSystemList: attribute(2, array(octetString)),
  },
  methods: {},
});
