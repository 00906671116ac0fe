import { longUnsigned } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * ZigBee SAS APS fragmentation (class_id 103, version 0). ZigBee: fragmentation in the application support sublayer.
 *
 * Notes:
 * - The types are from the Edition 16 table only; both sources have the names.
 * - aps_interframe_delay is in milliseconds.
 *
 * Sources: a public table of the Edition 16 classes, Wireshark.
 */
export const ZigBeeSasApsFragmentation = interfaceClass({
  name: 'ZigBee SAS APS fragmentation',
  classId: 103,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    apsInterframeDelay: fixed(writable(attribute(2, longUnsigned))),
    apsMaxWindowSize: fixed(writable(attribute(3, longUnsigned))),
  },
  methods: {},
});
