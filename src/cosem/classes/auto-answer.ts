import { array, enumeration, octetString, structure, unsigned } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { ActionItem, WindowElement } from '../common-types.js';
import { attribute, fixed, interfaceClass, revision, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/** Values of `mode`. */
export const AutoAnswerMode = enumeration({
  'line-dedicated-to-device': 0,
  'shared-line-limited-number-of-calls': 1,
  'shared-line-limited-number-of-successful-calls': 2,
  'no-modem-connected': 3,
});
export type AutoAnswerMode = Infer<typeof AutoAnswerMode>;

/** Values of `status`. */
export const AutoAnswerStatus = enumeration({
  inactive: 0,
  active: 1,
  locked: 2,
});
export type AutoAnswerStatus = Infer<typeof AutoAnswerStatus>;

const numberOfRings = structure('number-of-rings', {
  nrRingsInWindow: unsigned,
  nrRingsOutOfWindow: unsigned,
});
/** The type of `numberOfRings`. */
export interface NumberOfRings extends Infer<typeof numberOfRings> {}
export const NumberOfRings: Schema<NumberOfRings> = numberOfRings;

/** Values of `callType`. */
export const CallType = enumeration({
  'normal-csd-call': 0,
  'wake-up-request': 1,
});
export type CallType = Infer<typeof CallType>;

const allowedCaller = structure('allowed-caller', {
  callerId: octetString,
  callType: CallType,
});
/** An element of `listOfAllowedCallers`. */
export interface AllowedCaller extends Infer<typeof allowedCaller> {}
export const AllowedCaller: Schema<AllowedCaller> = allowedCaller;

const callerAndAction = structure('caller-and-action', {
  callerId: octetString,
  action: ActionItem,
});
/** An element of `listOfCallersAndActions`. */
export interface CallerAndAction extends Infer<typeof callerAndAction> {}
export const CallerAndAction: Schema<CallerAndAction> = callerAndAction;

/**
 * Auto answer (class_id 28, version 2). When and how a modem answers calls.
 *
 * Notes:
 * - Modes 0 to 2 and 200 to 255 are manufacturer specific in some editions.
 *
 * Sources: Gurux, SPODES (names only).
 */
export const AutoAnswer = interfaceClass({
  name: 'Auto answer',
  classId: 28,
  version: 2,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    mode: fixed(writable(attribute(2, AutoAnswerMode))),
    listeningWindow: fixed(writable(attribute(3, array(WindowElement)))),
    status: attribute(4, AutoAnswerStatus),
    numberOfCalls: fixed(writable(attribute(5, unsigned))),
    numberOfRings: fixed(writable(attribute(6, NumberOfRings))),
    listOfAllowedCallers: fixed(writable(attribute(7, array(AllowedCaller)))),
  },
  methods: {},
});

/**
 * Auto answer (class_id 28, version 1).
 *
 * Notes:
 * - Treat version 1 as doubtful: the inner layouts of attributes 7 and 8 are guesses.
 *
 * Source: a public file of unknown origin (weak evidence).
 */
export const AutoAnswerV1 = revision(AutoAnswer, {
  version: 1,
  confidence: 'one source',
  attributes: {
    listOfAllowedCallers: fixed(writable(attribute(7, array(octetString)))),
    listOfCallersAndActions: fixed(writable(attribute(8, array(CallerAndAction)))),
  },
});

/**
 * PSTN auto answer (class_id 28, version 0).
 *
 * Notes:
 * - The types are from Gurux only; both sources have the names.
 *
 * Sources: Gurux, jDLMS.
 */
export const AutoAnswerV0 = revision(AutoAnswer, {
  version: 0,
  name: 'PSTN auto answer',
  without: ['listOfAllowedCallers'],
});
