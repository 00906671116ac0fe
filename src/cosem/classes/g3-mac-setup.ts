import {
  array,
  bitString,
  bool,
  doubleLongUnsigned,
  enumeration,
  integer,
  longUnsigned,
  octetString,
  structure,
  unsigned,
} from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { attribute, fixed, interfaceClass, method, revision, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

const macKeyTableEntry = structure('mac-key-table-entry', {
  keyId: unsigned,
  key: octetString,
});
/** An element of `macKeyTable`. */
export interface MacKeyTableEntry extends Infer<typeof macKeyTableEntry> {}
export const MacKeyTableEntry: Schema<MacKeyTableEntry> = macKeyTableEntry;

/** Values of `modulation`. */
export const G3Modulation = enumeration({
  'robust-mode': 0,
  'dbpsk-or-bpsk': 1,
  'dqpsk-or-qpsk': 2,
  'd8psk-or-8-psk': 3,
  '16-qam': 4,
});
export type G3Modulation = Infer<typeof G3Modulation>;

/** Values of `txRes`. */
export const G3TxResolution = enumeration({
  '6-db': 0,
  '3-db': 1,
});
export type G3TxResolution = Infer<typeof G3TxResolution>;

const neighbourTableEntry = structure('neighbour-table-entry', {
  shortAddress: longUnsigned,
  payloadModulationScheme: bool,
  toneMap: bitString,
  modulation: G3Modulation,
  txGain: integer,
  txRes: G3TxResolution,
  txCoeff: bitString,
  lqi: unsigned,
  phaseDifferential: integer,
  tmrValidTime: unsigned,
  neighbourValidTime: unsigned,
});
/** An element of `macNeighbourTable`. */
export interface NeighbourTableEntry extends Infer<typeof neighbourTableEntry> {}
export const NeighbourTableEntry: Schema<NeighbourTableEntry> = neighbourTableEntry;

const posTableEntry = structure('pos-table-entry', {
  shortAddress: longUnsigned,
  lqi: unsigned,
  posValidTime: unsigned,
});
/** An element of `macPosTable`. */
export interface PosTableEntry extends Infer<typeof posTableEntry> {}
export const PosTableEntry: Schema<PosTableEntry> = posTableEntry;

/**
 * G3-PLC MAC setup (class_id 91, version 4). G3-PLC: the MAC layer.
 *
 * Notes:
 * - Attribute 10 has another name than in version 3 (POS table instead of neighbour table).
 * - The inner layouts of the tables are those of version 3 in Gurux.
 *
 * Source: a public table of the Edition 16 classes.
 */
export const G3MacSetup = interfaceClass({
  name: 'G3-PLC MAC setup',
  classId: 91,
  version: 4,
  confidence: 'one source',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    macShortAddress: attribute(2, longUnsigned),
    macRcCoord: attribute(3, longUnsigned),
    macPanId: attribute(4, longUnsigned),
    macKeyTable: attribute(5, array(MacKeyTableEntry)),
    macFrameCounter: attribute(6, doubleLongUnsigned),
    macToneMask: fixed(writable(attribute(7, bitString))),
    macTmrTtl: fixed(writable(attribute(8, unsigned))),
    macMaxFrameRetries: fixed(writable(attribute(9, unsigned))),
    macPosTableEntryTtl: fixed(writable(attribute(10, unsigned))),
    macNeighbourTable: attribute(11, array(NeighbourTableEntry)),
    macHighPriorityWindowSize: fixed(writable(attribute(12, unsigned))),
    macCsmaFairnessLimit: fixed(writable(attribute(13, unsigned))),
    macBeaconRandomizationWindowLength: fixed(writable(attribute(14, unsigned))),
    macA: fixed(writable(attribute(15, unsigned))),
    macK: fixed(writable(attribute(16, unsigned))),
    macMinCwAttempts: fixed(writable(attribute(17, unsigned))),
    macCenelecLegacyMode: fixed(writable(attribute(18, unsigned))),
    macFccLegacyMode: fixed(writable(attribute(19, unsigned))),
    macMaxBe: fixed(writable(attribute(20, unsigned))),
    macMaxCsmaBackoffs: fixed(writable(attribute(21, unsigned))),
    macMinBe: fixed(writable(attribute(22, unsigned))),
    macBroadcastMaxCwEnabled: fixed(writable(attribute(23, bool))),
    macTransmitAtten: fixed(writable(attribute(24, unsigned))),
    macPosTable: attribute(25, array(PosTableEntry)),
    macDuplicateDetectionTtl: fixed(writable(attribute(26, unsigned))),
    macPosRecentEntryThreshold: fixed(writable(attribute(27, unsigned))),
    macPosRecentEntries: fixed(writable(attribute(28, longUnsigned))),
    macPreambleLength: fixed(writable(attribute(29, unsigned))),
  },
  methods: {
    macGetNeighbourTableEntry: method(1, longUnsigned, array(NeighbourTableEntry)),
    macGetPosTableEntry: method(2, longUnsigned, array(PosTableEntry)),
  },
});

/**
 * G3-PLC MAC setup (class_id 91, version 3).
 *
 * Notes:
 * - How many attributes each version has is from Gurux; the names are from the Edition 16 table (version 4).
 * - The methods take a short address and return the matching entries.
 *
 * Sources: Gurux, a public table of the Edition 16 classes.
 */
export const G3MacSetupV3 = revision(G3MacSetup, {
  version: 3,
  confidence: 'two sources',
  attributes: {
    macNeighbourTableEntryTtl: fixed(writable(attribute(10, unsigned))),
  },
  without: ['macPosTableEntryTtl', 'macPosRecentEntryThreshold', 'macPosRecentEntries', 'macPreambleLength'],
});

/**
 * G3-PLC MAC setup (class_id 91, version 2).
 *
 * Notes:
 * - How many attributes each version has is from Gurux; the names are from the Edition 16 table (version 4).
 * - The methods take a short address and return the matching entries.
 *
 * Sources: Gurux, a public table of the Edition 16 classes.
 */
export const G3MacSetupV2 = revision(G3MacSetup, {
  version: 2,
  confidence: 'two sources',
  attributes: {
    macNeighbourTableEntryTtl: fixed(writable(attribute(10, unsigned))),
  },
  without: [
    'macPosTableEntryTtl',
    'macDuplicateDetectionTtl',
    'macPosRecentEntryThreshold',
    'macPosRecentEntries',
    'macPreambleLength',
    'macGetPosTableEntry',
  ],
});

/**
 * G3-PLC MAC setup (class_id 91, version 1).
 *
 * Notes:
 * - How many attributes each version has is from Gurux; the names are from the Edition 16 table (version 4).
 * - The methods take a short address and return the matching entries.
 * - That attributes 2 to 22 have the same names in version 1 is an assumption.
 *
 * Sources: Gurux, a public table of the Edition 16 classes.
 */
export const G3MacSetupV1 = revision(G3MacSetup, {
  version: 1,
  confidence: 'two sources',
  attributes: {
    macNeighbourTableEntryTtl: fixed(writable(attribute(10, unsigned))),
  },
  without: [
    'macPosTableEntryTtl',
    'macBroadcastMaxCwEnabled',
    'macTransmitAtten',
    'macPosTable',
    'macDuplicateDetectionTtl',
    'macPosRecentEntryThreshold',
    'macPosRecentEntries',
    'macPreambleLength',
    'macGetPosTableEntry',
  ],
});
