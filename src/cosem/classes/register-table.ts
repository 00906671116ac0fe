import { array, dataOf, integer, longUnsigned, structure, unsigned } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { attribute, fixed, interfaceClass, method, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';
import { ScalerUnit } from '../units.js';

const tableCellDefinition = structure('table-cell-definition', {
  classId: longUnsigned,
  logicalName: LogicalName,
  groupEValues: array(unsigned),
  attributeIndex: integer,
});
/** The type of `tableCellDefinition`. */
export interface TableCellDefinition extends Infer<typeof tableCellDefinition> {}
export const TableCellDefinition: Schema<TableCellDefinition> = tableCellDefinition;

/**
 * Register table (class_id 61, version 0). A table of like values: one attribute of many objects that differ only in
 * value group E.
 *
 * Notes:
 * - The order of the members of table_cell_definition follows the Edition 16 table.
 *
 * Sources: jDLMS, a public table of the Edition 16 classes, SPODES (names only).
 */
export const RegisterTable = interfaceClass({
  name: 'Register table',
  classId: 61,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    tableCellValues: attribute(2, dataOf('compact-array', 'array')),
    tableCellDefinition: fixed(writable(attribute(3, TableCellDefinition))),
    scalerUnit: fixed(attribute(4, ScalerUnit)),
  },
  methods: {
    reset: method(1, integer),
    capture: method(2, integer),
  },
});
