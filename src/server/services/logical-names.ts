import { DlmsError } from '../../core/errors.js';
import type { InvokeIdAndPriority } from '../../xdlms/common.js';
import type { EncodedApdu } from '../../xdlms/encoded-apdu.js';
import { exception } from '../exception.js';
import type { Exchange } from '../exchange.js';
import { serveAccess } from './access.js';
import { serveAction } from './action.js';
import { decodeRequest } from './decode-request.js';
import { serveGet } from './get.js';
import { ServiceContext, type ServiceOptions } from './service-context.js';
import { serveSet } from './set.js';

/** GET, SET, ACTION and ACCESS of one open association, on plain APDUs. */
export class LogicalNameServices {
  readonly #context: ServiceContext;

  constructor(options: ServiceOptions) {
    this.#context = new ServiceContext(options);
  }
  /** Octets of blocks held until the missing ones arrive. */
  get held(): number {
    return this.#context.held;
  }

  /**
   * Serves a request.
   * @returns the response, to be protected as the exchange then says; undefined when the client wants none
   */
  async handle(request: Uint8Array, exchange: Exchange): Promise<Uint8Array | undefined> {
    const context = this.#context;
    const apdu = readRequest(request);
    if (apdu === undefined) return exception('service-unknown', 'service-not-supported');
    if (apdu instanceof DlmsError) return exception('service-not-allowed', 'other-reason');
    switch (apdu.type) {
      case 'get-request':
        if (!context.supports('get')) break;
        return answer(apdu.value.invokeIdAndPriority, await serveGet(apdu.value, exchange, context));
      case 'set-request':
        if (!context.supports('set')) break;
        return answer(apdu.value.invokeIdAndPriority, await serveSet(apdu.value, exchange, context));
      case 'action-request':
        if (!context.supports('action')) break;
        return answer(apdu.value.invokeIdAndPriority, await serveAction(apdu.value, exchange, context));
      case 'access-request':
        if (!context.supports('access')) break;
        return await serveAccess(apdu, exchange, context);
    }
    return exception('service-not-allowed', 'service-not-supported');
  }
}
/** Unconfirmed requests get no answer. */
const answer = (invoke: InvokeIdAndPriority, response: Uint8Array): Uint8Array | undefined =>
  invoke.serviceClass === 'confirmed' ? response : undefined;

/** The request; undefined for an unknown service, or the error when it cannot be decoded. */
function readRequest(octets: Uint8Array): EncodedApdu | undefined | DlmsError {
  try {
    return decodeRequest(octets);
  } catch (e) {
    if (!(e instanceof DlmsError)) throw e;
    return e.code === 'decode/unknown-choice' && (e.context as { offset: number }).offset === 0 ? undefined : e;
  }
}
