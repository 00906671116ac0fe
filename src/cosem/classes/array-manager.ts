import { array, Data, longUnsigned, structure, unsigned } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { ValueDefinition } from '../common-types.js';
import { attribute, fixed, interfaceClass, mandatory, method } from '../interface-class.js';
import { LogicalName } from '../obis.js';

const arrayObject = structure('array-object', {
  arrayObjectId: unsigned,
  arrayObjectDefinition: ValueDefinition,
});
/** An element of `arrayObjectList`. */
export interface ArrayObject extends Infer<typeof arrayObject> {}
export const ArrayObject: Schema<ArrayObject> = arrayObject;

const entryRange = structure('entry-range', {
  fromEntry: longUnsigned,
  toEntry: longUnsigned,
});
/** The type of `entryRange`. */
export interface EntryRange extends Infer<typeof entryRange> {}
export const EntryRange: Schema<EntryRange> = entryRange;

const entriesOfArray = structure('entries-of-array', {
  arrayObjectId: unsigned,
  entryRange: EntryRange,
});
/** The parameter of `retrieveEntries`. */
export interface EntriesOfArray extends Infer<typeof entriesOfArray> {}
export const EntriesOfArray: Schema<EntriesOfArray> = entriesOfArray;

const arrayEntry = structure('array-entry', {
  entryIndex: longUnsigned,
  entryValue: Data,
});
/** The type of `entry`. */
export interface ArrayEntry extends Infer<typeof arrayEntry> {}
export const ArrayEntry: Schema<ArrayEntry> = arrayEntry;

const entryOfArray = structure('entry-of-array', {
  arrayObjectId: unsigned,
  entry: ArrayEntry,
});
/** The parameter of `insertEntry`. */
export interface EntryOfArray extends Infer<typeof entryOfArray> {}
export const EntryOfArray: Schema<EntryOfArray> = entryOfArray;

/**
 * Array manager (class_id 123, version 0). Reads and changes individual elements of arrays in other objects.
 *
 * Notes:
 * - The layouts are those of Gurux; the member names inside the structures are this library's own.
 * - The return type of method 1 is not confirmed.
 *
 * Sources: Gurux, a public table of the Edition 16 classes, SPODES (names only).
 */
export const ArrayManager = interfaceClass({
  name: 'Array manager',
  classId: 123,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    arrayObjectList: fixed(attribute(2, array(ArrayObject))),
  },
  methods: {
    retrieveNumberOfEntries: mandatory(method(1, unsigned, longUnsigned)),
    retrieveEntries: mandatory(method(2, EntriesOfArray, array(Data))),
    insertEntry: method(3, EntryOfArray),
    updateEntry: method(4, EntryOfArray),
    removeEntries: method(5, EntriesOfArray),
  },
});
