import { array, enumeration, integer, octetString, sizedOctetString, unsigned } from '../../axdr/data.js';
import type { Infer } from '../../axdr/schema.js';
import { BaudRate } from '../common-types.js';
import { attribute, fixed, interfaceClass, revision, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/** Values of `mode`. */
export const TwistedPairMode = enumeration({
  inactive: 0,
  active: 1,
});
export type TwistedPairMode = Infer<typeof TwistedPairMode>;

/** Values of `fatalError`. */
export const TwistedPairFatalError = enumeration({
  'no-error': 0,
  't-ep-1f': 1,
  't-ep-2f': 2,
  't-el-4f': 3,
  't-el-5f': 4,
  'et-1f': 5,
  'et-2f': 6,
  'e-ep-3f': 7,
  'e-ep-4f': 8,
  'e-ep-5f': 9,
  'e-el-2f': 10,
});
export type TwistedPairFatalError = Infer<typeof TwistedPairFatalError>;

/**
 * IEC twisted pair (1) setup (class_id 24, version 1). A twisted pair bus (Euridis).
 *
 * Notes:
 * - primary_address_list: Gurux writes unsigned elements.
 * - The Edition 16 table confirms that version 1 is current; its attribute list is not credible and is not used.
 * - The SPODES name list has mode, primary_address_list and tabi_list only.
 * - The types are from Gurux only; both sources have the names.
 *
 * Sources: Gurux, SPODES (names only).
 */
export const IecTwistedPairSetup = interfaceClass({
  name: 'IEC twisted pair (1) setup',
  classId: 24,
  version: 1,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    mode: fixed(writable(attribute(2, TwistedPairMode))),
    speed: fixed(writable(attribute(3, BaudRate))),
    primaryAddressList: fixed(writable(attribute(4, array(unsigned)))),
    tabiList: fixed(writable(attribute(5, array(integer)))),
  },
  methods: {},
});

/**
 * IEC twisted pair (1) setup (class_id 24, version 0).
 *
 * Notes:
 * - The order of the fatal_error values is from memory.
 *
 * Source: jDLMS; the rest is from memory.
 */
export const IecTwistedPairSetupV0 = revision(IecTwistedPairSetup, {
  version: 0,
  confidence: 'one source',
  attributes: {
    secondaryAddress: fixed(writable(attribute(2, sizedOctetString(6)))),
    primaryAddressList: fixed(writable(attribute(3, array(octetString)))),
    tabiList: fixed(writable(attribute(4, array(integer)))),
    fatalError: attribute(5, TwistedPairFatalError),
  },
  without: ['mode', 'speed'],
});
