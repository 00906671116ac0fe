import { Data } from '../axdr/data.js';
import { octets } from '../axdr/scalars.js';
import { type FieldsSchema, type Infer, optional, sequence } from '../axdr/schema.js';
import { CosemAttributeDescriptor, LongInvokeIdAndPriority } from './common.js';
import { dateTimeOrEmpty } from './date-time-field.js';
import { pushBody } from './push-body.js';

const dataNotification = /* @__PURE__ */ sequence('Data-Notification', {
  longInvokeIdAndPriority: LongInvokeIdAndPriority,
  /** Empty, or 12 octets. */
  dateTime: dateTimeOrEmpty,
  notificationBody: /* @__PURE__ */ sequence('Notification-Body', {
    /** With Push setup: a structure with one element per entry of the push object list. */
    dataValue: pushBody,
  }),
});
/** Data-Notification (tag 15, 0F). */
export interface DataNotification extends Infer<typeof dataNotification> {}
export const DataNotification: FieldsSchema<DataNotification> = dataNotification;

const dataNotificationConfirm = /* @__PURE__ */ sequence('Data-Notification-Confirm', {
  longInvokeIdAndPriority: LongInvokeIdAndPriority,
  /** Empty, or 12 octets. */
  dateTime: dateTimeOrEmpty,
});
/**
 * Data-Notification-Confirm (tag 16, 10). The tag is confirmed by one implementation only; the layout is from memory.
 */
export interface DataNotificationConfirm extends Infer<typeof dataNotificationConfirm> {}
export const DataNotificationConfirm: FieldsSchema<DataNotificationConfirm> = dataNotificationConfirm;

const eventNotificationRequest = /* @__PURE__ */ sequence('Event-Notification-Request', {
  /** A date-time of 12 octets. */
  time: optional(octets),
  cosemAttributeDescriptor: CosemAttributeDescriptor,
  attributeValue: Data,
});
/** Event-Notification-Request (tag 194, C2). */
export interface EventNotificationRequest extends Infer<typeof eventNotificationRequest> {}
export const EventNotificationRequest: FieldsSchema<EventNotificationRequest> = eventNotificationRequest;
