import { dataOf, enumeration, integer, longUnsigned, structure, unsigned } from '../axdr/data.js';
import type { Infer, Schema } from '../axdr/schema.js';
import { DateTime, TaggedDateTime } from './date-time.js';
import { LogicalName } from './obis.js';

// Types that several interface classes share (Blue Book).

/** The value of a register; the meter chooses the type. */
export const RegisterValue = dataOf(
  'null-data',
  'bit-string',
  'double-long',
  'double-long-unsigned',
  'octet-string',
  'visible-string',
  'utf8-string',
  'integer',
  'long',
  'unsigned',
  'long-unsigned',
  'long64',
  'long64-unsigned',
  'enum',
  'float32',
  'float64',
);
export type RegisterValue = Infer<typeof RegisterValue>;

/** The status of a register; see `statusBits`. */
export const RegisterStatus = dataOf(
  'null-data',
  'bit-string',
  'double-long-unsigned',
  'octet-string',
  'visible-string',
  'utf8-string',
  'unsigned',
  'long-unsigned',
  'long64-unsigned',
);
export type RegisterStatus = Infer<typeof RegisterStatus>;

const objectDefinition = structure('object-definition', {
  classId: longUnsigned,
  logicalName: LogicalName,
});
/** A reference to an object: its class and logical name. */
export interface ObjectDefinition extends Infer<typeof objectDefinition> {}
export const ObjectDefinition: Schema<ObjectDefinition> = objectDefinition;

const captureObjectDefinition = structure('capture-object-definition', {
  classId: longUnsigned,
  logicalName: LogicalName,
  attributeIndex: integer,
  dataIndex: longUnsigned,
});
/**
 * One column of a profile: an attribute of an object. Some versions of Push setup use it in the push object list as
 * well.
 */
export interface CaptureObjectDefinition extends Infer<typeof captureObjectDefinition> {}
export const CaptureObjectDefinition: Schema<CaptureObjectDefinition> = captureObjectDefinition;

const valueDefinition = structure('value-definition', {
  classId: longUnsigned,
  logicalName: LogicalName,
  attributeIndex: integer,
});
/** A reference to an attribute of an object. `classId` 0: none. */
export interface ValueDefinition extends Infer<typeof valueDefinition> {}
export const ValueDefinition: Schema<ValueDefinition> = valueDefinition;

/** The speed of a port. */
export const BaudRate = enumeration({
  '300-baud': 0,
  '600-baud': 1,
  '1200-baud': 2,
  '2400-baud': 3,
  '4800-baud': 4,
  '9600-baud': 5,
  '19200-baud': 6,
  '38400-baud': 7,
  '57600-baud': 8,
  '115200-baud': 9,
});
export type BaudRate = Infer<typeof BaudRate>;

/** A threshold; its type is that of the monitored attribute. */
export const ThresholdValue = dataOf(
  'null-data',
  'boolean',
  'bit-string',
  'double-long',
  'double-long-unsigned',
  'octet-string',
  'visible-string',
  'utf8-string',
  'bcd',
  'integer',
  'long',
  'unsigned',
  'long-unsigned',
  'long64',
  'long64-unsigned',
  'enum',
  'float32',
  'float64',
  'date-time',
  'date',
  'time',
);
export type ThresholdValue = Infer<typeof ThresholdValue>;

const actionItem = structure('action-item', {
  scriptLogicalName: LogicalName,
  scriptSelector: longUnsigned,
});
/** A reference to a script: the script table and the number of the script in it. */
export interface ActionItem extends Infer<typeof actionItem> {}
export const ActionItem: Schema<ActionItem> = actionItem;

const actionSet = structure('action-set', {
  actionUp: ActionItem,
  actionDown: ActionItem,
});
/** The scripts for crossing a threshold upwards and downwards. */
export interface ActionSet extends Infer<typeof actionSet> {}
export const ActionSet: Schema<ActionSet> = actionSet;

/** Whether the device has an address on the bus. */
export const AddressState = enumeration({
  'not-assigned': 0,
  assigned: 1,
});
export type AddressState = Infer<typeof AddressState>;

const windowElement = structure('window-element', {
  startTime: DateTime,
  endTime: DateTime,
});
/** A window of time; unspecified fields make it recur. */
export interface WindowElement extends Infer<typeof windowElement> {}
export const WindowElement: Schema<WindowElement> = windowElement;

const captureTime = structure('capture-time', {
  attributeId: unsigned,
  timeStamp: TaggedDateTime,
});
/** When the attribute with this number was last captured. */
export interface CaptureTime extends Infer<typeof captureTime> {}
export const CaptureTime: Schema<CaptureTime> = captureTime;
