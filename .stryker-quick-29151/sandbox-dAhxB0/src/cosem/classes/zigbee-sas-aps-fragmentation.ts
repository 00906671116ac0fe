import { longUnsigned } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * ZigBee SAS APS fragmentation (class_id 103, version 0). ZigBee: fragmentation in the application support sublayer.
 *
 * Doubts and ranges:
 * - Types from the Edition 16 table only; names in both.
 * - aps_interframe_delay in milliseconds.
 *
 * Sources: an Edition 16 class table, Wireshark.
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
