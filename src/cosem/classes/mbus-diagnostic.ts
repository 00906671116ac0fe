import { array, doubleLongUnsigned, enumeration, integer, structure, unsigned } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { CaptureTime } from '../common-types.js';
import { TaggedDateTime } from '../date-time.js';
import { attribute, fixed, interfaceClass, method } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/** Values of `linkStatus`. */
export const MBusLinkStatus = enumeration({
  'data-never-received': 0,
  normal: 1,
  'link-temporarily-interrupted': 2,
  'link-permanently-interrupted': 3,
});
export type MBusLinkStatus = Infer<typeof MBusLinkStatus>;

const mBusBroadcastFramesCounter = structure('m-bus-broadcast-frames-counter', {
  clientId: unsigned,
  counter: doubleLongUnsigned,
  timeStamp: TaggedDateTime,
});
/** An element of `broadcastFramesCounter`. */
export interface MBusBroadcastFramesCounter extends Infer<typeof mBusBroadcastFramesCounter> {}
export const MBusBroadcastFramesCounter: Schema<MBusBroadcastFramesCounter> = mBusBroadcastFramesCounter;

/**
 * M-Bus diagnostic (class_id 77, version 0). State of a wireless M-Bus link.
 *
 * Notes:
 * - One implementation types capture_time as octet-string.
 *
 * Sources: Gurux, SPODES (names only).
 */
export const MBusDiagnostic = interfaceClass({
  name: 'M-Bus diagnostic',
  classId: 77,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    receivedSignalStrength: attribute(2, unsigned),
    channelId: attribute(3, unsigned),
    linkStatus: attribute(4, MBusLinkStatus),
    broadcastFramesCounter: attribute(5, array(MBusBroadcastFramesCounter)),
    transmissionsCounter: attribute(6, doubleLongUnsigned),
    fcsOkFramesCounter: attribute(7, doubleLongUnsigned),
    fcsNokFramesCounter: attribute(8, doubleLongUnsigned),
    captureTime: attribute(9, CaptureTime),
  },
  methods: {
    reset: method(1, integer),
  },
});
