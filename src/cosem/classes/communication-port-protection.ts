import { doubleLongUnsigned, enumeration, integer, longUnsigned, octetString, unsigned } from '../../axdr/data.js';
import type { Infer } from '../../axdr/schema.js';
import { attribute, fixed, interfaceClass, method, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/** Values of `protectionMode`. */
export const PortProtectionMode = enumeration({
  locked: 0,
  'locked-on-failed-attempts': 1,
  unlocked: 2,
});
export type PortProtectionMode = Infer<typeof PortProtectionMode>;

/** Values of `protectionStatus`. */
export const PortProtectionStatus = enumeration({
  unlocked: 0,
  'temporarily-locked': 1,
  locked: 2,
});
export type PortProtectionStatus = Infer<typeof PortProtectionStatus>;

/**
 * Communication port protection (class_id 124, version 0). Locks a port after failed authentication attempts.
 *
 * Sources: Gurux, a public table of the Edition 16 classes, SPODES (names only).
 */
export const CommunicationPortProtection = interfaceClass({
  name: 'Communication port protection',
  classId: 124,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    protectionMode: fixed(writable(attribute(2, PortProtectionMode))),
    allowedFailedAttempts: fixed(writable(attribute(3, longUnsigned))),
    initialLockoutTime: fixed(writable(attribute(4, doubleLongUnsigned))),
    steepnessFactor: fixed(writable(attribute(5, unsigned))),
    maxLockoutTime: fixed(writable(attribute(6, doubleLongUnsigned))),
    portReference: fixed(writable(attribute(7, octetString))),
    protectionStatus: attribute(8, PortProtectionStatus),
    failedAttempts: attribute(9, doubleLongUnsigned),
    cumulativeFailedAttempts: attribute(10, doubleLongUnsigned),
  },
  methods: {
    reset: method(1, integer),
  },
});
