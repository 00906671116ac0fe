import { integer, longUnsigned } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, method } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * PRIME NB OFDM PLC Physical layer counters (class_id 81, version 0). PRIME power line: counters of the physical layer.
 *
 * Notes:
 * - Attribute 3 is phy_stats_crc_failed_count in the wording of Gurux.
 *
 * Sources: Gurux, a public table of the Edition 16 classes, SPODES (names only).
 */
export const PrimePhysicalLayerCounters = interfaceClass({
  name: 'PRIME NB OFDM PLC Physical layer counters',
  classId: 81,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    phyStatsCrcIncorrectCount: attribute(2, longUnsigned),
    phyStatsCrcFailCount: attribute(3, longUnsigned),
    phyStatsTxDropCount: attribute(4, longUnsigned),
    phyStatsRxDropCount: attribute(5, longUnsigned),
  },
  methods: {
    reset: method(1, integer),
  },
});
