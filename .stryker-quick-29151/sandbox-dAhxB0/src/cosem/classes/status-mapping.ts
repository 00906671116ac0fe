import { array, dataOf, longUnsigned, structure, unsigned } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';
import { oneOf } from '../one-of.js';

/** The first reference that bit 0 stands for, or one reference for each bit. */
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
 * Status mapping (class_id 63, version 0). The bits of a status word and the table that gives them meaning.
 *
 * Doubts and ranges:
 * - Status word size is a multiple of 8 bits, at most 65536.
 *
 * Sources: Gurux, jDLMS, an Edition 16 class table, SPODES (names).
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
