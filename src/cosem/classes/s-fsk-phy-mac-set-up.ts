import { array, bool, doubleLongUnsigned, enumeration, longUnsigned, structure, unsigned } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { attribute, fixed, interfaceClass, revision, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/** Values of `initiatorElectricalPhase`. */
export const InitiatorElectricalPhase = enumeration({
  'not-defined': 0,
  'phase-1': 1,
  'phase-2': 2,
  'phase-3': 3,
});
export type InitiatorElectricalPhase = Infer<typeof InitiatorElectricalPhase>;

/** Values of `deltaElectricalPhase`. */
export const DeltaElectricalPhase = enumeration({
  'not-defined': 0,
  'same-phase': 1,
  '60-degrees': 2,
  '120-degrees': 3,
  '180-degrees': 4,
  'minus-120-degrees': 5,
  'minus-60-degrees': 6,
});
export type DeltaElectricalPhase = Infer<typeof DeltaElectricalPhase>;

const sFskFrequencies = structure('s-fsk-frequencies', {
  markFrequency: doubleLongUnsigned,
  spaceFrequency: doubleLongUnsigned,
});
/** The type of `frequencies`. */
export interface SFskFrequencies extends Infer<typeof sFskFrequencies> {}
export const SFskFrequencies: Schema<SFskFrequencies> = sFskFrequencies;

/** Values of `repeater`. */
export const SFskRepeater = enumeration({
  'never-repeater': 0,
  'always-repeater': 1,
  'dynamic-repeater': 2,
});
export type SFskRepeater = Infer<typeof SFskRepeater>;

/** Values of `transmissionSpeed`. */
export const SFskTransmissionSpeed = enumeration({
  '300-baud': 0,
  '600-baud': 1,
  '1200-baud': 2,
  '2400-baud': 3,
  '4800-baud': 4,
  '7200-baud': 5,
});
export type SFskTransmissionSpeed = Infer<typeof SFskTransmissionSpeed>;

/**
 * S-FSK Phy&MAC set-up (class_id 50, version 1). S-FSK power line: physical and MAC layer.
 *
 * Notes:
 * - Defaults: search_initiator_threshold 98 dBµV, transmission_speed 3.
 * - The values of transmission_speed are doubtful: Gurux reuses the general baud codes (5 = 9600), another public
 *   source starts at 0 = 50 baud and ends at 6 = 7200; the list here is from memory.
 * - frequencies: double-long-unsigned in Gurux, long-unsigned in another public source.
 * - The Edition 16 table marks delta_electrical_phase and min_delta_credit as dynamic.
 *
 * Sources: Gurux, a public table of the Edition 16 classes, SPODES (names only).
 */
export const SFskPhyMacSetUp = interfaceClass({
  name: 'S-FSK Phy&MAC set-up',
  classId: 50,
  version: 1,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    initiatorElectricalPhase: fixed(writable(attribute(2, InitiatorElectricalPhase))),
    deltaElectricalPhase: attribute(3, DeltaElectricalPhase),
    maxReceivingGain: fixed(writable(attribute(4, unsigned))),
    maxTransmittingGain: fixed(writable(attribute(5, unsigned))),
    searchInitiatorThreshold: fixed(writable(attribute(6, unsigned))),
    frequencies: fixed(writable(attribute(7, SFskFrequencies))),
    macAddress: attribute(8, longUnsigned),
    macGroupAddresses: fixed(writable(attribute(9, array(longUnsigned)))),
    repeater: fixed(writable(attribute(10, SFskRepeater))),
    repeaterStatus: attribute(11, bool),
    minDeltaCredit: attribute(12, unsigned),
    initiatorMacAddress: attribute(13, longUnsigned),
    synchronizationLocked: attribute(14, bool),
    transmissionSpeed: fixed(writable(attribute(15, SFskTransmissionSpeed))),
  },
  methods: {},
});

/**
 * S-FSK Phy&MAC set-up (class_id 50, version 0).
 *
 * Notes:
 * - Version 0 has no attribute 15, and its attribute 6 is search_initiator_gain.
 *
 * Source: one published implementation (weak evidence).
 */
export const SFskPhyMacSetUpV0 = revision(SFskPhyMacSetUp, {
  version: 0,
  confidence: 'one source',
  attributes: {
    searchInitiatorGain: fixed(writable(attribute(6, unsigned))),
  },
  without: ['searchInitiatorThreshold', 'transmissionSpeed'],
});
