import type { Block } from '../../session/block-receiver.js';
import type {
  CosemAttributeDescriptorWithSelection,
  CosemMethodDescriptor,
  InvokeIdAndPriority,
} from '../../xdlms/common.js';
import type { ConformanceBit } from '../../xdlms/initiate.js';
import type { Exchange } from '../exchange.js';
import { ObjectAccess, type ObjectAccessOptions } from '../object-access.js';
import type { BlockOctets } from './block-source.js';
import { AnsweredRequest, LongRequest } from './long-request.js';
import { LongResponse } from './long-response.js';

/** What the services of an association are made for. */
export interface ServiceOptions extends ObjectAccessOptions {
  /**
   * How many octets of one value may be received in blocks at present.
   * @param known whether the target is known and its right was checked; otherwise the target is inside the value
   */
  readonly receiveLimit: (known: boolean) => number;
}

/** How each service sends long responses. */
const responses = {
  get: { bit: 'block-transfer-with-get-or-read', fields: 14, least: 20, modulus: Number.POSITIVE_INFINITY },
  action: { bit: 'block-transfer-with-action', fields: 14, least: 20, modulus: Number.POSITIVE_INFINITY },
  read: { bit: 'block-transfer-with-get-or-read', fields: 9, least: 10, modulus: 0x10000 },
} as const satisfies Record<
  string,
  {
    readonly bit: ConformanceBit;
    /** Octets of a response besides those of its block. */
    readonly fields: number;
    /** Octets that the client must accept for blocks to be worthwhile. */
    readonly least: number;
    readonly modulus: number;
  }
>;
type LongResponseService = keyof typeof responses;

/** The targets of a long request, by service. */
interface Targets {
  set: { readonly list: boolean; readonly targets: readonly CosemAttributeDescriptorWithSelection[] };
  action: { readonly list: boolean; readonly targets: readonly CosemMethodDescriptor[] };
  /** With short names the targets are inside the blocks. */
  read: undefined;
  write: undefined;
}
type LongRequestService = keyof Targets;
type AnyLongRequest = { [S in LongRequestService]: LongRequest<S, Targets[S]> }[LongRequestService];

/**
 * What the services of one open association share. The transfers in progress, one in each direction, are its only
 * state.
 */
export class ServiceContext {
  readonly objects: ObjectAccess;
  readonly #options: ServiceOptions;
  #sending: { readonly service: LongResponseService; readonly response: LongResponse } | undefined;
  #receiving: AnyLongRequest | undefined;
  #answered: AnsweredRequest | undefined;

  constructor(options: ServiceOptions) {
    this.#options = options;
    this.objects = new ObjectAccess(options);
  }
  supports(bit: ConformanceBit): boolean {
    return this.#options.conformance.includes(bit);
  }
  /** Octets of blocks held until the missing ones arrive. */
  get held(): number {
    return this.#receiving?.held ?? 0;
  }

  // ── long responses ───────────────────────────────────────────────────────────────────────────────────

  /**
   * Starts sending a response that is too long for the client; undefined if the service has no blocks, or the client no
   * room for them.
   */
  async firstBlock(service: LongResponseService, source: BlockOctets, exchange: Exchange): Promise<Block | undefined> {
    const { bit, least, modulus } = responses[service];
    if (!this.supports(bit) || exchange.sendSize < least) return undefined;
    const response = new LongResponse(exchange, source, modulus);
    this.#sending = { service, response };
    return response.next(blockSize(service, exchange), exchange);
  }
  /** A request for the next block asks for the same data as the first one, so it must be protected in the same way. */
  async nextBlock(
    service: LongResponseService,
    acknowledged: number,
    exchange: Exchange,
  ): Promise<Block | 'no-long-get-in-progress' | 'read-write-denied' | 'data-block-number-invalid'> {
    if (this.#sending?.service !== service) return 'no-long-get-in-progress';
    const block = await this.#sending.response.after(acknowledged, blockSize(service, exchange), exchange);
    if (typeof block === 'string') this.endResponse();
    return block;
  }
  endResponse(): void {
    this.#sending = undefined;
  }

  // ── long requests ────────────────────────────────────────────────────────────────────────────────────

  /**
   * Begins a long request.
   * @param repeats how often in a row a block may be repeated. Default: any number of times, because the client waits
   *   for each answer
   */
  beginRequest<S extends LongRequestService>(
    service: S,
    targets: Targets[S],
    exchange: Exchange,
    repeats = Number.POSITIVE_INFINITY,
  ): LongRequest<S, Targets[S]> {
    const known = targets !== undefined;
    const request = new LongRequest(service, targets, exchange, () => this.#options.receiveLimit(known), repeats);
    this.#receiving = request as unknown as AnyLongRequest;
    return request;
  }
  /** The long request of this service that is in progress. */
  request<S extends LongRequestService>(service: S): LongRequest<S, Targets[S]> | undefined {
    return this.#receiving?.service === service
      ? (this.#receiving as unknown as LongRequest<S, Targets[S]>)
      : undefined;
  }
  endRequest(): void {
    this.#receiving = undefined;
  }
  /**
   * Answers a request that may be the last block of a long one, which is carried out once, however often it comes.
   * @param block the block in this request, unless it is the first
   */
  async once(
    service: 'set' | 'action',
    invoke: InvokeIdAndPriority,
    block: Block | undefined,
    exchange: Exchange,
    work: () => Promise<Uint8Array>,
  ): Promise<Uint8Array> {
    const again =
      block === undefined || this.#receiving !== undefined
        ? undefined
        : this.#answered?.again(service, invoke, block, exchange);
    if (again !== undefined) return again;
    const response = await work();
    this.#answered =
      block?.lastBlock === true ? new AnsweredRequest(service, invoke, block, response, exchange) : undefined;
    return response;
  }
}
const blockSize = (service: LongResponseService, { sendSize }: Exchange): number =>
  Math.max(1, sendSize - responses[service].fields);
