import { array, dataOf, longUnsigned, structure, unsigned } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';
import { oneOf } from '../one-of.js';

/** The table entry that bit 0 refers to, or one entry for each bit. */
export const RefTableMapping = oneOf('ref-table-mapping', {
  'long-unsigned': longUnsigned,
  array: array(longUnsigned),
});
export type RefTableMapping = Infer<typeof RefTableMapping>;

const mappingTable = structure('mapping-table', {
  refTableId: unsigned,
  refTableMapping: RefTableMapping,
});
/** The type of `mappingTable`. */
export interface MappingTable extends Infer<typeof mappingTable> {}
export const MappingTable: Schema<MappingTable> = mappingTable;

/**
 * Status mapping (class_id 63, version 0). A status word and the table that gives its bits a meaning.
 *
 * Notes:
 * - The size of the status word is a multiple of 8 bits, at most 65 536.
 *
 * Sources: Gurux, jDLMS, a public table of the Edition 16 classes, SPODES (names only).
 */
export const StatusMapping = interfaceClass({
  name: 'Status mapping',
  classId: 63,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    statusWord: attribute(
      2,
      dataOf(
        'bit-string',
        'double-long-unsigned',
        'octet-string',
        'visible-string',
        'utf8-string',
        'unsigned',
        'long-unsigned',
        'long64-unsigned',
      ),
    ),
    mappingTable: fixed(writable(attribute(3, MappingTable))),
  },
  methods: {},
});
