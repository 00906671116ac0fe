import { unsigned } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * PRIME NB OFDM PLC MAC setup (class_id 82, version 0). PRIME power line: the MAC layer.
 *
 * Sources: Gurux, a public table of the Edition 16 classes, SPODES (names only).
 */
export const PrimeMacSetup = interfaceClass({
  name: 'PRIME NB OFDM PLC MAC setup',
  classId: 82,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    macMinSwitchSearchTime: fixed(writable(attribute(2, unsigned))),
    macMaxPromotionPdu: fixed(writable(attribute(3, unsigned))),
    macPromotionPduTxPeriod: fixed(writable(attribute(4, unsigned))),
    macBeaconsPerFrame: fixed(writable(attribute(5, unsigned))),
    macScpMaxTxAttempts: fixed(writable(attribute(6, unsigned))),
    macCtlReTxTimer: fixed(writable(attribute(7, unsigned))),
    macMaxCtlReTx: fixed(writable(attribute(8, unsigned))),
  },
  methods: {},
});
