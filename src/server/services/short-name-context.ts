import { encode } from '../../axdr/schema.js';
import type { Block } from '../../session/block-receiver.js';
import type { ActionResult, DataAccessResult } from '../../xdlms/common.js';
import { EncodedApdu } from '../../xdlms/encoded-apdu.js';
import type { VariableAccessSpecification } from '../../xdlms/short-name.js';
import type { Exchange } from '../exchange.js';
import { ServiceContext, type ServiceOptions } from './service-context.js';
import type { ShortNameLayout, ShortNameTarget } from './short-name-layout.js';

/** A name in a request, its parameter as octets of Data. */
export type Name = VariableAccessSpecification<Uint8Array>;

/** What READ and WRITE share: names instead of descriptors, and requests that say only inside their blocks what they are about. */
export class ShortNameContext extends ServiceContext {
  readonly #layout: ShortNameLayout;

  constructor(options: ServiceOptions, layout: ShortNameLayout) {
    const { conformance } = options;
    super({
      ...options,
      objects: layout.objects,
      // Parameterized access is what selective access is called with short names.
      conformance: conformance.includes('parameterized-access') ? [...conformance, 'selective-access'] : conformance,
    });
    this.#layout = layout;
  }
  /** What a name stands for. */
  target(name: Name): ShortNameTarget | undefined {
    if (name.type === 'variable-name') return this.#layout.find(name.value & 0xffff);
    if (name.type === 'parameterized-access') return this.#layout.find(name.variableName & 0xffff);
    return undefined;
  }
  /** The request that was sent in blocks when it is whole, or why there is none; block 1 begins anew. */
  takeBlock(service: 'read' | 'write', block: Block, exchange: Exchange): Uint8Array | 'more' | DataAccessResult {
    const bit = service === 'read' ? 'block-transfer-with-get-or-read' : 'block-transfer-with-set-or-write';
    if (!this.supports(bit)) return 'other-reason';
    const begun = block.blockNumber === 1 ? undefined : this.request(service);
    const taken = (begun ?? this.beginRequest(service, undefined, exchange, 0)).take(block, exchange);
    if (taken === 'more') return taken;
    this.endRequest();
    if (taken instanceof Uint8Array) return taken;
    return taken === 'number' ? 'data-block-number-invalid' : taken === 'foreign' ? 'long-set-aborted' : 'other-reason';
  }
}

/** What a method says has the same names, save for those of long actions. */
export const accessResult = (result: ActionResult): DataAccessResult =>
  result === 'long-action-aborted' || result === 'no-long-action-in-progress'
    ? 'other-reason'
    : (result as DataAccessResult);
export const serviceError = (
  service: 'read' | 'write',
  value: 'other' | 'pdu-size' | 'service-unsupported',
): Uint8Array =>
  encode(EncodedApdu, {
    type: 'confirmedServiceError',
    value: { type: service, value: { type: 'service', value } },
  });
