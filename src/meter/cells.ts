import { Data } from '../axdr/data.js';
import { decode, encode } from '../axdr/schema.js';
import { concat } from '../core/bytes.js';
import { Writer } from '../core/cursor.js';
import type { CaptureObjectDefinition } from '../cosem/common-types.js';
import { DateTime } from '../cosem/date-time.js';
import { AccessRefused } from '../server/object.js';
import type { Running } from './behaviour.js';
import { dateTimeAt } from './values.js';

// What profiles capture and pushes carry: octets of Data.

/** The time of a clock. */
export const isClock = (c: CaptureObjectDefinition): boolean =>
  c.classId === 8 && c.attributeIndex === 2 && c.dataIndex === 0;
export const nullData: Uint8Array = Uint8Array.of(0);
function header(tag: number, count: number): Uint8Array {
  const w = new Writer(6);
  w.u8(tag);
  w.length(count);
  return w.finish();
}
export const structureOf = (count: number): Uint8Array => header(2, count);
export const arrayOf = (elements: readonly Uint8Array[]): Uint8Array => concat(header(1, elements.length), ...elements);

/**
 * One value: an attribute, one element of it, or with attribute 0 all attributes as a structure (one public source). A
 * data index of F0nn hex means the last nn elements of an array; its other forms (by time, by column) are doubtful and
 * not supported. What cannot be read is null-data.
 * @param utc what a clock shows
 */
export function cellOf(self: Running, column: CaptureObjectDefinition, utc: number): Uint8Array {
  try {
    if (isClock(column)) return encode(DateTime, dateTimeAt(self.engine, utc));
    if (column.attributeIndex === 0) return everyAttribute(self, column);
    if (column.dataIndex === 0) return self.space.readEncoded(column);
    if (column.dataIndex >= 0x1000) return lastElements(self, column);
    return encode(Data, self.space.read(column));
  } catch (e) {
    if (!(e instanceof AccessRefused)) throw e;
    return nullData;
  }
}
function everyAttribute({ space }: Running, { classId, logicalName }: CaptureObjectDefinition): Uint8Array {
  const object = space.find(classId, logicalName);
  const parts = Object.entries(object.definition.attributes)
    .filter(([name]) => object.has(name) && object.behaviour.hidden?.includes(name) !== true)
    .map(([, { index }]) => space.readEncoded({ classId, logicalName, attributeIndex: index }));
  return concat(structureOf(parts.length), ...parts);
}
function lastElements({ space }: Running, column: CaptureObjectDefinition): Uint8Array {
  const count = column.dataIndex & 0xff;
  const whole = decode(Data, space.readEncoded(column));
  if (column.dataIndex >> 8 !== 0xf0 || count === 0 || whole.type !== 'array')
    throw new AccessRefused('object-unavailable');
  return encode(Data, { type: 'array', value: whole.value.slice(-count) });
}
