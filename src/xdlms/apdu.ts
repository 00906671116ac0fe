import { octets } from '../axdr/scalars.js';
import { alternative, choice, type Infer, type Schema } from '../axdr/schema.js';
import { apduFacts, type CipheredApduType, type PlainApduType } from '../core/apdu-facts.js';
import { AccessRequest, AccessResponse } from './access.js';
import { Aare, Aarq, Rlre, Rlrq } from './acse.js';
import { ActionRequest, ActionResponse } from './action.js';
import { GeneralCiphering, GeneralGloCiphering, GeneralSigning } from './ciphered.js';
import { ConfirmedServiceError, ExceptionResponse } from './errors.js';
import { Gateway, GeneralBlockTransfer } from './general.js';
import { GetRequest, GetResponse } from './get.js';
import { InitiateRequest, InitiateResponse } from './initiate.js';
import { DataNotification, DataNotificationConfirm, EventNotificationRequest } from './notification.js';
import { SetRequest, SetResponse } from './set.js';
import { InformationReportRequest, ReadRequest, ReadResponse, WriteRequest, WriteResponse } from './short-name.js';

/** The layout of every APDU in the table: if one is missing here, this does not compile. */
const layouts = {
  initiateRequest: InitiateRequest,
  readRequest: ReadRequest,
  writeRequest: WriteRequest,
  initiateResponse: InitiateResponse,
  readResponse: ReadResponse,
  writeResponse: WriteResponse,
  confirmedServiceError: ConfirmedServiceError,
  'data-notification': DataNotification,
  'data-notification-confirm': DataNotificationConfirm,
  unconfirmedWriteRequest: WriteRequest,
  informationReportRequest: InformationReportRequest,
  aarq: Aarq,
  aare: Aare,
  rlrq: Rlrq,
  rlre: Rlre,
  'get-request': GetRequest,
  'set-request': SetRequest,
  'event-notification-request': EventNotificationRequest,
  'action-request': ActionRequest,
  'get-response': GetResponse,
  'set-response': SetResponse,
  'action-response': ActionResponse,
  'exception-response': ExceptionResponse,
  'access-request': AccessRequest,
  'access-response': AccessResponse,
  'general-glo-ciphering': GeneralGloCiphering,
  'general-ded-ciphering': GeneralGloCiphering,
  'general-ciphering': GeneralCiphering,
  'general-signing': GeneralSigning,
  'general-block-transfer': GeneralBlockTransfer,
  'gateway-request': Gateway,
  'gateway-response': Gateway,
} satisfies Record<PlainApduType, Schema<unknown>>;

type Layouts = typeof layouts & Record<CipheredApduType, typeof octets>;
type ApduAlternatives = {
  readonly [K in keyof Layouts]: { readonly tag: number; readonly schema: Layouts[K] };
};
const apdu = /* @__PURE__ */ (() =>
  choice(
    'xDLMS-APDU',
    Object.fromEntries(
      Object.entries(apduFacts).map(([type, { tag }]) => [
        type,
        // A protected service APDU is one octet string: security header, content, authentication tag.
        alternative(tag, (layouts as Record<string, Schema<unknown>>)[type] ?? octets),
      ]),
    ) as unknown as ApduAlternatives,
  ))();
/** Any APDU that a frame can carry, xDLMS or ACSE: a union discriminated by `type`. */
export type Apdu = Infer<typeof apdu>;
export const Apdu: Schema<Apdu> = apdu;
/** The type of an APDU by its name in the Green Book: `get-request`, `aarq`. */
export type ApduType = Apdu['type'];
