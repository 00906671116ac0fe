import { octets } from '../axdr/scalars.js';
import { type Alternative, alternative, choice, type Infer, type Schema } from '../axdr/schema.js';
import { AccessRequest, AccessResponse } from './access.js';
import { Aare, Aarq, Rlre, Rlrq } from './acse.js';
import { ActionRequest, ActionResponse } from './action.js';
import { GeneralCiphering, GeneralGloCiphering, GeneralSigning, protectedTag } from './ciphered.js';
import { ConfirmedServiceError, ExceptionResponse } from './errors.js';
import { Gateway, GeneralBlockTransfer } from './general.js';
import { GetRequest, GetResponse } from './get.js';
import { InitiateRequest, InitiateResponse } from './initiate.js';
import { DataNotification, DataNotificationConfirm, EventNotificationRequest } from './notification.js';
import { SetRequest, SetResponse } from './set.js';
import { InformationReportRequest, ReadRequest, ReadResponse, WriteRequest, WriteResponse } from './short-name.js';

/** The service APDUs: they can be protected, each in a glo- and a ded- form with a tag of its own. */
const services = {
  initiateRequest: alternative(1, InitiateRequest),
  readRequest: alternative(5, ReadRequest),
  writeRequest: alternative(6, WriteRequest),
  initiateResponse: alternative(8, InitiateResponse),
  readResponse: alternative(12, ReadResponse),
  writeResponse: alternative(13, WriteResponse),
  confirmedServiceError: alternative(14, ConfirmedServiceError),
  unconfirmedWriteRequest: alternative(22, WriteRequest),
  informationReportRequest: alternative(24, InformationReportRequest),
  'get-request': alternative(192, GetRequest),
  'set-request': alternative(193, SetRequest),
  'event-notification-request': alternative(194, EventNotificationRequest),
  'action-request': alternative(195, ActionRequest),
  'get-response': alternative(196, GetResponse),
  'set-response': alternative(197, SetResponse),
  'action-response': alternative(199, ActionResponse),
} as const;
type Service = keyof typeof services;

type Protected = {
  [K in Service as `glo-${K}` | `ded-${K}`]: { readonly tag: number; readonly schema: typeof octets };
};
/** The contents of a protected service APDU is one octet string: security header, content, tag. */
const protectedServices: Protected = /* @__PURE__ */ (() =>
  Object.fromEntries(
    (['glo', 'ded'] as const).flatMap((key) =>
      Object.entries(services as Record<string, Alternative<any>>).map(([name, { tag }]) => [
        `${key}-${name}`,
        alternative(protectedTag(tag, key), octets),
      ]),
    ),
  ) as unknown as Protected)();

const apdu = /* @__PURE__ */ choice('xDLMS-APDU', {
  ...services,
  ...protectedServices,
  'data-notification': alternative(15, DataNotification),
  'data-notification-confirm': alternative(16, DataNotificationConfirm),
  'exception-response': alternative(216, ExceptionResponse),
  'access-request': alternative(217, AccessRequest),
  'access-response': alternative(218, AccessResponse),
  'general-glo-ciphering': alternative(219, GeneralGloCiphering),
  'general-ded-ciphering': alternative(220, GeneralGloCiphering),
  'general-ciphering': alternative(221, GeneralCiphering),
  'general-signing': alternative(223, GeneralSigning),
  'general-block-transfer': alternative(224, GeneralBlockTransfer),
  'gateway-request': alternative(230, Gateway),
  'gateway-response': alternative(231, Gateway),
  aarq: alternative(0x60, Aarq),
  aare: alternative(0x61, Aare),
  rlrq: alternative(0x62, Rlrq),
  rlre: alternative(0x63, Rlre),
});
/** Any APDU that may stand in a frame, xDLMS and ACSE alike: a union discriminated by `type`. */
export type Apdu = Infer<typeof apdu>;
export const Apdu: Schema<Apdu> = apdu;
export type ApduType = Apdu['type'];

export const isAcse = (tag: number): boolean => tag >= 0x60 && tag <= 0x63;
