import {
  array,
  Data,
  dataOf,
  doubleLongUnsigned,
  enumeration,
  integer,
  longUnsigned,
  structure,
} from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { CaptureObjectDefinition, ValueDefinition } from '../common-types.js';
import {
  attribute,
  fixed,
  interfaceClass,
  method,
  revision,
  selective,
  selector,
  writable,
} from '../interface-class.js';
import { LogicalName } from '../obis.js';

const rangeDescriptor = structure('range-descriptor', {
  /** One of the capture objects, usually the clock. */
  restrictingObject: CaptureObjectDefinition,
  /**
   * Simple types only; a time is sent as an octet-string of 12 octets or as a date-time, whichever the meter accepts.
   */
  fromValue: Data,
  toValue: Data,
  /** The columns to send; empty: all. */
  selectedValues: array(CaptureObjectDefinition),
});
/** Selective access 1: rows between two values of one column. */
export interface RangeDescriptor extends Infer<typeof rangeDescriptor> {}
export const RangeDescriptor: Schema<RangeDescriptor> = rangeDescriptor;

const rangeDescriptorV0 = structure('range-descriptor', {
  restrictingObject: ValueDefinition,
  fromValue: Data,
  toValue: Data,
  selectedValues: array(ValueDefinition),
});
/** Selective access 1 of version 0: without data indexes, like its capture objects. */
export interface RangeDescriptorV0 extends Infer<typeof rangeDescriptorV0> {}
export const RangeDescriptorV0: Schema<RangeDescriptorV0> = rangeDescriptorV0;

const entryDescriptor = structure('entry-descriptor', {
  /** First row, counted from 1. */
  fromEntry: doubleLongUnsigned,
  /** Last row; 0: the highest possible. */
  toEntry: doubleLongUnsigned,
  /** First column, counted from 1. */
  fromSelectedValue: longUnsigned,
  /** Last column; 0: the highest possible. */
  toSelectedValue: longUnsigned,
});
/** Selective access 2: rows and columns by position. */
export interface EntryDescriptor extends Infer<typeof entryDescriptor> {}
export const EntryDescriptor: Schema<EntryDescriptor> = entryDescriptor;

/** Values of `sortMethod`. */
export const SortMethod = enumeration({
  fifo: 1,
  lifo: 2,
  largest: 3,
  smallest: 4,
  'nearest-to-zero': 5,
  'farthest-from-zero': 6,
});
export type SortMethod = Infer<typeof SortMethod>;

/**
 * Profile generic (class_id 7, version 1). Rows of captured attributes: load profiles, billing values, event logs.
 *
 * Notes:
 * - Method ids 3 and 4 are reserved (version 0 used them).
 * - data_index 0 means the whole attribute; in later editions its high and low octets carry relative or absolute
 *   selective access (according to the Edition 16 table).
 *
 * Sources: Gurux, jDLMS, SPODES, Wireshark.
 */
export const ProfileGeneric = interfaceClass({
  name: 'Profile generic',
  classId: 7,
  version: 1,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    /**
     * Rows, each a structure with one element per capture object; null-data can stand for a value that did not change
     * or can be computed. See `profileRows`.
     */
    buffer: selective(attribute(2, dataOf('compact-array', 'array')), {
      /** Rows whose restricting object (a capture object, usually the clock) lies between two values. */
      range: selector(1, RangeDescriptor),
      /** Rows and columns by position. */
      entry: selector(2, EntryDescriptor),
    }),
    /** The columns of each row, in order. */
    captureObjects: fixed(writable(attribute(3, array(CaptureObjectDefinition)))),
    /** Seconds; 0: no automatic capture. */
    capturePeriod: fixed(writable(attribute(4, doubleLongUnsigned))),
    sortMethod: fixed(writable(attribute(5, SortMethod))),
    /** All zero when rows are sorted by age (fifo, lifo). */
    sortObject: fixed(writable(attribute(6, CaptureObjectDefinition))),
    /** The number of rows in the buffer now. */
    entriesInUse: attribute(7, doubleLongUnsigned),
    /** The number of rows that the buffer can hold. */
    profileEntries: fixed(writable(attribute(8, doubleLongUnsigned))),
  },
  methods: {
    /** Clears the buffer. */
    reset: method(1, integer),
    /** Copies the values of the capture objects into a new row. */
    capture: method(2, integer),
  },
});

/**
 * Profile generic (class_id 7, version 0).
 *
 * Notes:
 * - Methods 3 and 4 exist only in version 0 (names from Wireshark; one more implementation restricts them to version 0
 *   too); the layout of their parameters is unverified.
 * - That capture objects have no data_index is from memory, not confirmed by a source.
 *
 * Source: Wireshark; the rest is from memory.
 */
export const ProfileGenericV0 = revision(ProfileGeneric, {
  version: 0,
  confidence: 'one source',
  attributes: {
    /**
     * Rows, each a structure with one element per capture object; null-data can stand for a value that did not change
     * or can be computed. See `profileRows`.
     */
    buffer: selective(attribute(2, dataOf('compact-array', 'array')), {
      range: selector(1, RangeDescriptorV0),
      entry: selector(2, EntryDescriptor),
    }),
    /** The columns of each row, in order. */
    captureObjects: fixed(writable(attribute(3, array(ValueDefinition)))),
    /** All zero when rows are sorted by age (fifo, lifo). */
    sortObject: fixed(writable(attribute(6, ValueDefinition))),
  },
  methods: {
    getBufferByRange: method(3, Data, array(Data)),
    getBufferByIndex: method(4, Data, array(Data)),
  },
});
