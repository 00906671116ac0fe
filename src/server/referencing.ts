import { decode, encode } from '../axdr/schema.js';
import type { Obis } from '../cosem/obis.js';
import { Apdu } from '../xdlms/apdu.js';
import type { ConformanceBit } from '../xdlms/initiate.js';
import { serverConformance } from './association.js';
import type { Exchange } from './exchange.js';
import type { ObjectStore } from './object.js';
import type { AccessRights } from './rights.js';
import { LogicalNameServices } from './services/logical-names.js';
import type { ServiceOptions } from './services/service-context.js';

/** The services of one open association, on plain APDUs. */
export interface ServerServices {
  /**
   * Serves a request.
   * @returns the response, to be protected as the exchange then says; undefined when the client wants none
   */
  handle(request: Uint8Array, exchange: Exchange): Promise<Uint8Array | undefined>;
  /** Octets of blocks held until the missing ones arrive. */
  readonly held: number;
}
/** A request for reply_to_HLS_authentication: the client's reply, and how to answer it. */
export interface HlsRequest {
  readonly reply: Uint8Array;
  /**
   * Makes the response APDU.
   * @param value our reply to the client's challenge; undefined if the client did not prove itself
   */
  answer(value: Uint8Array | undefined): Uint8Array;
}
/** How a server names attributes and methods: by logical names, unless the association says `serverShortNames()`. */
export interface ServerReferencing {
  readonly kind: 'LN' | 'SN';
  /** vaa-name in the InitiateResponse: 7, or -1536 (FA00). */
  readonly vaaName: number;
  /** Supported by default. */
  readonly conformance: readonly ConformanceBit[];
  /**
   * Called when the meter is made: refuses options that do not suit the objects of the device.
   * @throws DlmsError `configuration/invalid`
   */
  check?(objects: ObjectStore, rights: AccessRights): void;
  /** The services of one association. */
  services(options: ServiceOptions): ServerServices;
  /** Recognises a request for reply_to_HLS_authentication; undefined for any other request. */
  hlsRequest(plain: Uint8Array, association: Obis): HlsRequest | undefined;
}

/** Referencing by logical names (services GET, SET, ACTION): the default of an association. */
export const serverLogicalNames: ServerReferencing = {
  kind: 'LN',
  vaaName: 7,
  conformance: serverConformance,
  services: (options) => new LogicalNameServices(options),
  hlsRequest(plain, association) {
    const apdu = decode(Apdu, plain, { lenient: true });
    const request =
      apdu.type === 'action-request' && apdu.value.type === 'action-request-normal' ? apdu.value : undefined;
    const method = request?.cosemMethodDescriptor;
    const ours =
      method?.classId === 15 &&
      method.methodId === 1 &&
      (method.instanceId === '0-0:40.0.0*255' || method.instanceId === association);
    const parameter = request?.methodInvocationParameters;
    if (!ours || request === undefined || parameter?.type !== 'octet-string') return undefined;
    const { invokeIdAndPriority } = request;
    return {
      reply: parameter.value,
      answer: (value) =>
        encode(Apdu, {
          type: 'action-response',
          value: {
            type: 'action-response-normal',
            invokeIdAndPriority,
            singleResponse:
              value === undefined
                ? { result: 'read-write-denied' }
                : { result: 'success', returnParameters: { type: 'data', value: { type: 'octet-string', value } } },
          },
        }),
    };
  },
};
