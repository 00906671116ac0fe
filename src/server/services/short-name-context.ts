import { encode } from '../../axdr/schema.js';
import type { Block } from '../../session/block-receiver.js';
import type { ActionResult, DataAccessResult } from '../../xdlms/common.js';
import { EncodedApdu } from '../../xdlms/encoded-apdu.js';
import type { VariableAccessSpecification } from '../../xdlms/short-name.js';
import type { Exchange } from '../exchange.js';
import { ServiceContext, type ServiceOptions } from './service-context.js';
import type { ShortNameLayout, ShortNameTarget } from './short-name-layout.js';

/** A name in a request, with its parameter as octets of Data. */
export type Name = VariableAccessSpecification<Uint8Array>;

/**
 * What READ and WRITE share: names instead of descriptors, and long requests whose target is only known from inside
 * their blocks.
 */
export class ShortNameContext extends ServiceContext {
  readonly #layout: ShortNameLayout;

  constructor(options: ServiceOptions, layout: ShortNameLayout) {
    const { conformance } = options;
    super({
      ...options,
      objects: layout.objects,
      // With short names, selective access is called parameterized access.
      conformance: conformance.includes('parameterized-access') ? [...conformance, 'selective-access'] : conformance,
    });
    this.#layout = layout;
  }
  /** The attribute or method that a name stands for. */
  target(name: Name): ShortNameTarget | undefined {
    if (name.type === 'variable-name') return this.#layout.find(name.value & 0xffff);
    if (name.type === 'parameterized-access') return this.#layout.find(name.variableName & 0xffff);
    return undefined;
  }
  /**
   * Takes a block of a request. Returns the whole request when it is complete, `more` until then, or why it failed.
   * Block 1 starts a new request.
   */
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

/** The results of a method have the same names, except for those of long actions. */
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
