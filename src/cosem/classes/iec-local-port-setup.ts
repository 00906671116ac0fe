import { enumeration, octetString } from '../../axdr/data.js';
import type { Infer } from '../../axdr/schema.js';
import { BaudRate } from '../common-types.js';
import { attribute, fixed, interfaceClass, revision, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/** Values of `defaultMode`. */
export const LocalPortMode = enumeration({
  'iec-62056-21-modes-a-to-e': 0,
  'iec-62056-46-hdlc': 1,
  'protocol-not-specified': 2,
});
export type LocalPortMode = Infer<typeof LocalPortMode>;

/** Values of `responseTime`. */
export const LocalPortResponseTime = enumeration({
  '20-ms': 0,
  '200-ms': 1,
});
export type LocalPortResponseTime = Infer<typeof LocalPortResponseTime>;

/** Values of `defaultMode`. */
export const LocalPortModeV0 = enumeration({
  'iec-62056-21-modes-a-to-e': 0,
  'iec-62056-46-hdlc': 1,
});
export type LocalPortModeV0 = Infer<typeof LocalPortModeV0>;

/**
 * IEC local port setup (class_id 19, version 1). The local (optical) port of IEC 62056-21.
 *
 * Notes:
 * - With default_mode 1 or 2, most other attributes do not apply.
 * - One implementation has a tenth attribute, port_speed; it is not used.
 *
 * Sources: Gurux, jDLMS, SPODES, a public table of the Edition 16 classes.
 */
export const IecLocalPortSetup = interfaceClass({
  name: 'IEC local port setup',
  classId: 19,
  version: 1,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    defaultMode: fixed(writable(attribute(2, LocalPortMode))),
    /** Speed of the opening sequence. */
    defaultBaud: fixed(writable(attribute(3, BaudRate))),
    /** Speed that the meter proposes. */
    propBaud: fixed(writable(attribute(4, BaudRate))),
    /** The minimum time between a request and its response. */
    responseTime: fixed(writable(attribute(5, LocalPortResponseTime))),
    /** Device address according to IEC 62056-21. */
    deviceAddr: fixed(writable(attribute(6, octetString))),
    /** Password 1 according to IEC 62056-21. */
    passP1: fixed(writable(attribute(7, octetString))),
    /** Password 2 according to IEC 62056-21. */
    passP2: fixed(writable(attribute(8, octetString))),
    /** Password W5, reserved for national use. */
    passW5: fixed(writable(attribute(9, octetString))),
  },
  methods: {},
});

/**
 * IEC local port setup (class_id 19, version 0).
 *
 * Notes:
 * - The difference from version 1 (no default_mode 2, baud codes up to 9600 or 115200) is from memory.
 *
 * Source: jDLMS; the rest is from memory.
 */
export const IecLocalPortSetupV0 = revision(IecLocalPortSetup, {
  version: 0,
  confidence: 'one source',
  attributes: {
    defaultMode: fixed(writable(attribute(2, LocalPortModeV0))),
  },
});
