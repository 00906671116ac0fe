import { enumeration, long, longUnsigned, octetString, unsigned } from '../../axdr/data.js';
import type { Infer } from '../../axdr/schema.js';
import { attribute, fixed, interfaceClass } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/** Values of `macState`. */
export const PrimeMacState = enumeration({
  disconnected: 0,
  terminal: 1,
  switch: 2,
  base: 3,
});
export type PrimeMacState = Infer<typeof PrimeMacState>;

/**
 * PRIME NB OFDM PLC MAC functional parameters (class_id 83, version 0). PRIME power line: state of the MAC layer.
 *
 * Notes:
 * - The Edition 16 table marks all attributes as static; as the values are run-time state, dynamic is assumed here.
 * - mac_capabilities flags: 0x001 switch, 0x002 packet aggregation, 0x004 contention free period, 0x008 direct
 *   connection, 0x010 multicast, 0x020 PHY robustness, 0x040 ARQ, 0x100 direct connection switching, 0x200 multicast
 *   switching, 0x400 PHY robustness switching, 0x800 ARQ buffering switching.
 *
 * Sources: Gurux, a public table of the Edition 16 classes, SPODES (names only).
 */
export const PrimeMacFunctionalParameters = interfaceClass({
  name: 'PRIME NB OFDM PLC MAC functional parameters',
  classId: 83,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    macLnid: attribute(2, long),
    macLsid: attribute(3, unsigned),
    macSid: attribute(4, unsigned),
    macSna: attribute(5, octetString),
    macState: attribute(6, PrimeMacState),
    macScpLength: attribute(7, long),
    macNodeHierarchyLevel: attribute(8, unsigned),
    macBeaconSlotCount: attribute(9, unsigned),
    macBeaconRxSlot: attribute(10, unsigned),
    macBeaconTxSlot: attribute(11, unsigned),
    macBeaconRxFrequency: attribute(12, unsigned),
    macBeaconTxFrequency: attribute(13, unsigned),
    macCapabilities: attribute(14, longUnsigned),
  },
  methods: {},
});
