import { doubleLong, enumeration, integer, unsigned } from '../../axdr/data.js';
import type { Infer } from '../../axdr/schema.js';
import { DateTimeChoice } from '../date-time.js';
import { bitStringFlags } from '../flags.js';
import { attribute, fixed, interfaceClass, method, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/** Values of `creditType`. */
export const CreditType = enumeration({
  'token-credit': 0,
  'reserved-credit': 1,
  'emergency-credit': 2,
  'time-based-credit': 3,
  'consumption-based-credit': 4,
});
export type CreditType = Infer<typeof CreditType>;

/** Flags of `creditConfiguration`. */
export const CreditConfiguration = bitStringFlags(5, {
  'requires-visual-indication': 0,
  'requires-confirmation-before-selection': 1,
  'requires-credit-amount-to-be-paid-back': 2,
  resettable: 3,
  'able-to-receive-credit-amounts-from-tokens': 4,
});
export type CreditConfiguration = Infer<typeof CreditConfiguration>;

/** Values of `creditStatus`. */
export const CreditStatus = enumeration({
  enabled: 0,
  selectable: 1,
  'selected-invoked': 2,
  'in-use': 3,
  exhausted: 4,
});
export type CreditStatus = Infer<typeof CreditStatus>;

/**
 * Credit (class_id 112, version 0). A credit of an account: tokens, emergency credit, credit by time or consumption.
 *
 * Notes:
 * - period: octet-string in Gurux, date-time in the Edition 16 table.
 * - invoke_credit: Gurux sends an unsigned.
 * - Gurux calls credit_status 4 consumed.
 *
 * Sources: Gurux, Wireshark, a public table of the Edition 16 classes, SPODES (names only).
 */
export const Credit = interfaceClass({
  name: 'Credit',
  classId: 112,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    currentCreditAmount: attribute(2, doubleLong),
    creditType: fixed(attribute(3, CreditType)),
    priority: fixed(writable(attribute(4, unsigned))),
    warningThreshold: fixed(writable(attribute(5, doubleLong))),
    limit: fixed(writable(attribute(6, doubleLong))),
    creditConfiguration: fixed(writable(attribute(7, CreditConfiguration))),
    creditStatus: attribute(8, CreditStatus),
    presetCreditAmount: fixed(writable(attribute(9, doubleLong))),
    creditAvailableThreshold: fixed(writable(attribute(10, doubleLong))),
    period: fixed(writable(attribute(11, DateTimeChoice))),
  },
  methods: {
    updateAmount: method(1, doubleLong),
    setAmountToValue: method(2, doubleLong),
    invokeCredit: method(3, integer),
  },
});
