import { array, doubleLongUnsigned, longUnsigned, octetString, structure } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { attribute, fixed, interfaceClass, selective, selector } from '../interface-class.js';
import { LogicalName } from '../obis.js';

const tableOffset = structure('offset-access', { offset: doubleLongUnsigned, count: longUnsigned });
/** Selective access 1: octets from an offset. */
export interface TableOffset extends Infer<typeof tableOffset> {}
export const TableOffset: Schema<TableOffset> = tableOffset;

const tableIndex = structure('index-access', { index: array(longUnsigned), count: longUnsigned });
/** Selective access 2: elements by index. The layout of both selectors is from memory; no source has it. */
export interface TableIndex extends Infer<typeof tableIndex> {}
export const TableIndex: Schema<TableIndex> = tableIndex;

/**
 * Utility tables (class_id 26, version 0). ANSI C12.19 tables inside COSEM.
 *
 * Notes:
 * - The entry in the Edition 16 table (table_cell_values and axes) is not credible and is not used.
 *
 * Sources: Gurux, jDLMS, SPODES (names only).
 */
export const UtilityTables = interfaceClass({
  name: 'Utility tables',
  classId: 26,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    tableId: fixed(attribute(2, longUnsigned)),
    length: attribute(3, doubleLongUnsigned),
    buffer: selective(attribute(4, octetString), { offset: selector(1, TableOffset), index: selector(2, TableIndex) }),
  },
  methods: {},
});
