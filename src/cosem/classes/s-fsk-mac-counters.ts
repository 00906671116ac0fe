import { array, doubleLongUnsigned, integer, longUnsigned, structure } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { attribute, fixed, interfaceClass, method } from '../interface-class.js';
import { LogicalName } from '../obis.js';

const synchronizationCounter = structure('synchronization-counter', {
  macAddress: longUnsigned,
  synchronizationsCounter: doubleLongUnsigned,
});
/** An element of `synchronizationRegister`. */
export interface SynchronizationCounter extends Infer<typeof synchronizationCounter> {}
export const SynchronizationCounter: Schema<SynchronizationCounter> = synchronizationCounter;

const desynchronizationListing = structure('desynchronization-listing', {
  nbPhysicalLayerDesynchronization: doubleLongUnsigned,
  nbTimeOutNotAddressedDesynchronization: doubleLongUnsigned,
  nbTimeOutFrameNotOkDesynchronization: doubleLongUnsigned,
  nbWriteRequestDesynchronization: doubleLongUnsigned,
  nbWrongInitiatorDesynchronization: doubleLongUnsigned,
});
/** The type of `desynchronizationListing`. */
export interface DesynchronizationListing extends Infer<typeof desynchronizationListing> {}
export const DesynchronizationListing: Schema<DesynchronizationListing> = desynchronizationListing;

const sFskBroadcastFramesCounter = structure('s-fsk-broadcast-frames-counter', {
  sourceMacAddress: longUnsigned,
  framesCounter: doubleLongUnsigned,
});
/** An element of `broadcastFramesCounter`. */
export interface SFskBroadcastFramesCounter extends Infer<typeof sFskBroadcastFramesCounter> {}
export const SFskBroadcastFramesCounter: Schema<SFskBroadcastFramesCounter> = sFskBroadcastFramesCounter;

/**
 * S-FSK MAC counters (class_id 53, version 0). S-FSK power line: counters of the MAC layer.
 *
 * Notes:
 * - The member names of desynchronization_listing are those of Gurux.
 *
 * Sources: Gurux, a public table of the Edition 16 classes, SPODES (names only).
 */
export const SFskMacCounters = interfaceClass({
  name: 'S-FSK MAC counters',
  classId: 53,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    synchronizationRegister: attribute(2, array(SynchronizationCounter)),
    desynchronizationListing: attribute(3, DesynchronizationListing),
    broadcastFramesCounter: attribute(4, array(SFskBroadcastFramesCounter)),
    repetitionsCounter: attribute(5, doubleLongUnsigned),
    transmissionsCounter: attribute(6, doubleLongUnsigned),
    crcOkFramesCounter: attribute(7, doubleLongUnsigned),
    crcNokFramesCounter: attribute(8, doubleLongUnsigned),
  },
  methods: {
    reset: method(1, integer),
  },
});
