import { octets } from '../axdr/scalars.js';
import { type Alternative, alt, choice, type Infer, type Schema } from '../axdr/schema.js';
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
  initiateRequest: alt(1, InitiateRequest),
  readRequest: alt(5, ReadRequest),
  writeRequest: alt(6, WriteRequest),
  initiateResponse: alt(8, InitiateResponse),
  readResponse: alt(12, ReadResponse),
  writeResponse: alt(13, WriteResponse),
  confirmedServiceError: alt(14, ConfirmedServiceError),
  unconfirmedWriteRequest: alt(22, WriteRequest),
  informationReportRequest: alt(24, InformationReportRequest),
  'get-request': alt(192, GetRequest),
  'set-request': alt(193, SetRequest),
  'event-notification-request': alt(194, EventNotificationRequest),
  'action-request': alt(195, ActionRequest),
  'get-response': alt(196, GetResponse),
  'set-response': alt(197, SetResponse),
  'action-response': alt(199, ActionResponse),
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
        alt(protectedTag(tag, key), octets),
      ]),
    ),
  ) as unknown as Protected)();

const apdu = /* @__PURE__ */ choice('xDLMS-APDU', {
  ...services,
  ...protectedServices,
  'data-notification': alt(15, DataNotification),
  'data-notification-confirm': alt(16, DataNotificationConfirm),
  'exception-response': alt(216, ExceptionResponse),
  'access-request': alt(217, AccessRequest),
  'access-response': alt(218, AccessResponse),
  'general-glo-ciphering': alt(219, GeneralGloCiphering),
  'general-ded-ciphering': alt(220, GeneralGloCiphering),
  'general-ciphering': alt(221, GeneralCiphering),
  'general-signing': alt(223, GeneralSigning),
  'general-block-transfer': alt(224, GeneralBlockTransfer),
  'gateway-request': alt(230, Gateway),
  'gateway-response': alt(231, Gateway),
  aarq: alt(0x60, Aarq),
  aare: alt(0x61, Aare),
  rlrq: alt(0x62, Rlrq),
  rlre: alt(0x63, Rlre),
});
/** Any APDU that may stand in a frame, xDLMS and ACSE alike: a union discriminated by `type`. */
export type Apdu = Infer<typeof apdu>;
export const Apdu: Schema<Apdu> = apdu;
export type ApduType = Apdu['type'];

export const isAcse = (tag: number): boolean => tag >= 0x60 && tag <= 0x63;
