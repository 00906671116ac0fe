import { bool, Data, enumeration, long, octetString, unsigned } from '../../axdr/data.js';
import type { Infer } from '../../axdr/schema.js';
import { attribute, fixed, interfaceClass, method } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/** Values of `modeOfOperation`. */
export const RplModeOfOperation = enumeration({
  'no-downward-routes': 0,
  'non-storing': 1,
  'storing-without-multicast': 2,
  'storing-with-multicast': 3,
});
export type RplModeOfOperation = Infer<typeof RplModeOfOperation>;

/**
 * RPL diagnostic (class_id 97, version 0). State of the RPL routing (RFC 6550).
 *
 * Notes:
 * - The values of mode_of_operation are those of RFC 6550.
 *
 * Source: a public table of the Edition 16 classes.
 */
export const RplDiagnostic = interfaceClass({
  name: 'RPL diagnostic',
  classId: 97,
  version: 0,
  confidence: 'one source',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    rplInstanceId: attribute(2, unsigned),
    dodagVersionNumber: attribute(3, unsigned),
    dodagRank: attribute(4, long),
    grounded: attribute(5, bool),
    modeOfOperation: attribute(6, RplModeOfOperation),
    dodagPrf: attribute(7, unsigned),
    dodagDtsn: attribute(8, unsigned),
    dodagId: attribute(9, octetString),
  },
  methods: {
    reset: method(1, Data),
  },
});
