import { Data } from '../../axdr/data.js';
import { encodedData } from '../../axdr/encoded-data.js';
import { decode, decodeFrom, encode, sequenceOf } from '../../axdr/schema.js';
import { BlockBuffer } from '../../core/block-buffer.js';
import { equalBytes } from '../../core/bytes.js';
import { type Quirk, Reader, Writer } from '../../core/cursor.js';
import { DlmsError } from '../../core/errors.js';
import type { Protection } from '../../security/policy.js';
import {
  type ActionRequest,
  type ActionResponse,
  type ActionResponseWithOptionalData,
  actionResponseWithOptionalData,
} from '../../xdlms/action.js';
import type {
  ActionResult,
  CosemAttributeDescriptorWithSelection,
  CosemMethodDescriptor,
  DataAccessResult,
  InvokeIdAndPriority,
} from '../../xdlms/common.js';
import { EncodedApdu } from '../../xdlms/encoded-apdu.js';
import type { GetRequest } from '../../xdlms/get.js';
import { type GetDataResult, getDataResult } from '../../xdlms/get-data-result.js';
import type { ConformanceBit } from '../../xdlms/initiate.js';
import type { SetRequest, SetResponse } from '../../xdlms/set.js';
import { type Caller, continues, joined } from '../caller.js';
import { exception } from '../exception.js';
import type { Exchange } from '../exchange.js';
import { ObjectAccess, type ObjectAccessOptions } from '../object-access.js';
import { accessResponse } from './access.js';
import { BlockSource } from './block-source.js';
import { decodeRequest } from './decode-request.js';
import { LongResponse } from './long-response.js';

export interface ServiceOptions extends ObjectAccessOptions {
  /**
   * Octets of one value that may be taken by blocks at this moment.
   * @param known whether the target is known and its right was asked; else it stands inside the value
   */
  readonly receiveLimit: (known: boolean) => number;
}

/** A block holds at least a few octets besides its own fields. */
const smallestBlock = 20;
const blockFields = 14;

/** The services of one open association, on plain APDUs. Blocks under way are its only state. */
export class Services {
  readonly #o: ServiceOptions;
  readonly #objects: ObjectAccess;
  #sending: { readonly service: 'get' | 'action'; readonly response: LongResponse } | undefined;
  #receiving: Receiving | undefined;
  /** The last long SET or ACTION: its last block may come again because the response was lost, and must not be carried out again. */
  #finished:
    | {
        readonly service: 'set' | 'action';
        readonly invokeId: number;
        readonly block: number;
        readonly data: Uint8Array;
        readonly response: Uint8Array;
        readonly caller: Caller;
        readonly protection: Protection;
      }
    | undefined;

  constructor(options: ServiceOptions) {
    this.#o = options;
    this.#objects = new ObjectAccess(options);
  }
  /** Octets of blocks that wait for those that are missing. */
  get held(): number {
    return this.#receiving?.data.length ?? 0;
  }

  /** The response to a request, to be protected as the exchange says; undefined when the client wants none. */
  async handle(request: Uint8Array, exchange: Exchange): Promise<Uint8Array | undefined> {
    const apdu = readRequest(request);
    if (apdu === undefined) return exception('service-unknown', 'service-not-supported');
    if (apdu instanceof DlmsError) return exception('service-not-allowed', 'other-reason');
    switch (apdu.type) {
      case 'get-request':
        if (!this.#supports('get')) break;
        return answer(apdu.value.invokeIdAndPriority, await this.#get(apdu.value, exchange));
      case 'set-request':
        if (!this.#supports('set')) break;
        return answer(apdu.value.invokeIdAndPriority, await this.#set(apdu.value, exchange));
      case 'action-request':
        if (!this.#supports('action')) break;
        return answer(apdu.value.invokeIdAndPriority, await this.#action(apdu.value, exchange));
      case 'access-request':
        if (!this.#supports('access')) break;
        return await accessResponse(apdu, exchange, this.#objects, this.#supports('general-block-transfer'));
    }
    return exception('service-not-allowed', 'service-not-supported');
  }
  #supports(bit: ConformanceBit): boolean {
    return this.#o.conformance.includes(bit);
  }

  // ── GET ──────────────────────────────────────────────────────────────────────────────────────────────

  async #get(request: GetRequest, exchange: Exchange): Promise<Uint8Array> {
    const { invokeIdAndPriority: invoke } = request;
    if (request.type === 'get-request-next')
      return this.#nextBlock('get', invoke, request.blockNumber, exchange, (result) =>
        getNormal(invoke, refusal(result)),
      );
    this.#sending = undefined;
    if (request.type === 'get-request-normal') {
      const result = await this.#objects.read(request, exchange);
      if (!(result instanceof Uint8Array)) return getNormal(invoke, refusal(result));
      const whole = getNormal(invoke, { type: 'data', value: result });
      if (whole.length <= exchange.sendSize) return whole;
      return (
        (await this.#firstBlock('get', new BlockSource([result]), invoke, exchange)) ??
        (this.#supports('general-block-transfer') ? whole : getNormal(invoke, refusal('other-reason')))
      );
    }
    if (!this.#supports('multiple-references')) return getNormal(invoke, refusal('other-reason'));
    const { attributeDescriptorList: targets } = request;
    // Every block is protected alike, so what any item asks of the response has to be known before the first.
    for (const target of targets) this.#objects.readRefusal(target, exchange);
    return this.#getList(targets, invoke, exchange);
  }
  async #getList(
    targets: readonly CosemAttributeDescriptorWithSelection[],
    invoke: InvokeIdAndPriority,
    exchange: Exchange,
  ): Promise<Uint8Array> {
    const results: GetDataResult<Uint8Array>[] = [];
    const read = this.#items(targets);
    const list = new BlockSource([count(targets.length)], async (asking) => {
      const result = await read(asking);
      if (result === undefined) return undefined;
      results.push(result);
      return encode(encodedResult, result);
    });
    const whole = (): Uint8Array =>
      encode(EncodedApdu, {
        type: 'get-response',
        value: { type: 'get-response-with-list', invokeIdAndPriority: invoke, result: results },
      });
    await list.fill(exchange.sendSize - listFields, exchange);
    if (list.ended && list.size <= exchange.sendSize - listFields) return whole();
    const first = await this.#firstBlock('get', list, invoke, exchange);
    if (first !== undefined) return first;
    if (!this.#supports('general-block-transfer')) return getNormal(invoke, refusal('other-reason'));
    await list.fill(Number.POSITIVE_INFINITY, exchange);
    return whole();
  }
  /** The results of a list, each read when its octets are needed. */
  #items(
    targets: readonly CosemAttributeDescriptorWithSelection[],
  ): (exchange: Exchange) => Promise<GetDataResult<Uint8Array> | undefined> {
    let i = 0;
    let room: number | undefined;
    return async (exchange) => {
      const target = targets[i++];
      if (target === undefined) return undefined;
      room ??= exchange.limits.octets;
      // What is behind the one that was too much is not even read.
      if (room < 0) return refusal('other-reason');
      if (!(await exchange.next())) return refusal('temporary-failure');
      const result = await this.#objects.read(target, exchange);
      if (!(result instanceof Uint8Array)) return refusal(result);
      room -= result.length;
      return room < 0 ? refusal('other-reason') : { type: 'data', value: result };
    };
  }
  /** The first block of a response that is too long for the client; undefined where the service has no blocks. */
  async #firstBlock(
    service: 'get' | 'action',
    source: BlockSource,
    invoke: InvokeIdAndPriority,
    exchange: Exchange,
  ): Promise<Uint8Array | undefined> {
    const bit = service === 'get' ? 'block-transfer-with-get-or-read' : 'block-transfer-with-action';
    if (!this.#supports(bit) || exchange.sendSize < smallestBlock) return undefined;
    const response = new LongResponse(exchange, source);
    this.#sending = { service, response };
    await response.next(blockSize(exchange), exchange);
    return blockOf(service, response, invoke);
  }
  /** A request for the next block asks for what the first one asked for, so it must be protected as that was. */
  async #nextBlock(
    service: 'get' | 'action',
    invoke: InvokeIdAndPriority,
    acknowledged: number,
    exchange: Exchange,
    refuse: (result: 'data-block-number-invalid' | 'no-long-get-in-progress' | 'read-write-denied') => Uint8Array,
  ): Promise<Uint8Array> {
    if (this.#sending?.service !== service) return refuse('no-long-get-in-progress');
    const { response } = this.#sending;
    if (!response.goesOn(exchange)) {
      this.#sending = undefined;
      return refuse('read-write-denied');
    }
    if (await response.acknowledge(acknowledged, blockSize(exchange), exchange, 2 ** 32))
      return blockOf(service, response, invoke);
    this.#sending = undefined;
    return refuse('data-block-number-invalid');
  }

  // ── SET ──────────────────────────────────────────────────────────────────────────────────────────────

  async #set(request: SetRequest<Uint8Array>, exchange: Exchange): Promise<Uint8Array> {
    const block = request.type === 'set-request-with-datablock' ? request.datablock : undefined;
    const again = this.#again('set', request.invokeIdAndPriority, block, exchange);
    if (again !== undefined) return again;
    const response = encode(EncodedApdu, { type: 'set-response', value: await this.#setResponse(request, exchange) });
    this.#finish('set', request.invokeIdAndPriority, block, response, exchange);
    return response;
  }
  /** The response to a last block that was carried out already, for who had it carried out. */
  #again(
    service: 'set' | 'action',
    { invokeId }: InvokeIdAndPriority,
    block: DataBlock | undefined,
    exchange: Exchange,
  ): Uint8Array | undefined {
    const f = this.#finished;
    if (f === undefined || block === undefined || this.#receiving !== undefined) return undefined;
    const same =
      f.service === service &&
      f.invokeId === invokeId &&
      f.block === block.blockNumber &&
      block.lastBlock &&
      equalBytes(f.data, block.rawData);
    return same && continues(f.caller, exchange.caller) && exchange.require(f.protection) ? f.response : undefined;
  }
  #finish(
    service: 'set' | 'action',
    { invokeId }: InvokeIdAndPriority,
    block: DataBlock | undefined,
    response: Uint8Array,
    exchange: Exchange,
  ): void {
    this.#finished =
      block?.lastBlock === true
        ? {
            service,
            invokeId,
            block: block.blockNumber,
            data: block.rawData.slice(),
            response,
            caller: exchange.caller,
            protection: exchange.response,
          }
        : undefined;
  }
  async #setResponse(request: SetRequest<Uint8Array>, exchange: Exchange): Promise<SetResponse> {
    const invokeIdAndPriority = request.invokeIdAndPriority;
    const refuse = (result: DataAccessResult): SetResponse => ({
      type: 'set-response-normal',
      invokeIdAndPriority,
      result,
    });
    const allowed = this.#supports('block-transfer-with-set-or-write');
    switch (request.type) {
      case 'set-request-normal':
        this.#receiving = undefined;
        return refuse(await this.#objects.write(request, request.value, exchange));
      case 'set-request-with-list':
        this.#receiving = undefined;
        if (!this.#supports('multiple-references')) return refuse('other-reason');
        return {
          type: 'set-response-with-list',
          invokeIdAndPriority,
          result: await this.#writeAll(request.attributeDescriptorList, request.valueList, exchange),
        };
      case 'set-request-with-first-datablock': {
        if (!allowed) return refuse('other-reason');
        this.#receiving = undefined;
        // Who may not write it does not fill our memory with it.
        const result = this.#objects.writeRefusal(request, exchange);
        const { blockNumber } = request.datablock;
        if (result !== undefined)
          return { type: 'set-response-last-datablock', invokeIdAndPriority, result, blockNumber };
        this.#receiving = { service: 'set', targets: [request], ...begun(exchange) };
        break;
      }
      case 'set-request-with-list-and-first-datablock': {
        if (!allowed || !this.#supports('multiple-references')) return refuse('other-reason');
        this.#receiving = undefined;
        const { blockNumber } = request.datablock;
        const refusals = request.attributeDescriptorList.map((target) => this.#objects.writeRefusal(target, exchange));
        const result = refusals.filter((r) => r !== undefined);
        if (result.length === refusals.length)
          return { type: 'set-response-last-datablock-with-list', invokeIdAndPriority, result, blockNumber };
        this.#receiving = { service: 'set-list', targets: request.attributeDescriptorList, ...begun(exchange) };
        break;
      }
      case 'set-request-with-datablock':
        if (this.#receiving?.service !== 'set' && this.#receiving?.service !== 'set-list')
          return {
            type: 'set-response-last-datablock',
            invokeIdAndPriority,
            result: 'no-long-set-in-progress',
            blockNumber: request.datablock.blockNumber,
          };
    }
    const state = this.#receiving as Receiving & { service: 'set' | 'set-list' };
    const { blockNumber } = request.datablock;
    const last = (result: DataAccessResult): SetResponse => ({
      type: 'set-response-last-datablock',
      invokeIdAndPriority,
      result,
      blockNumber,
    });
    const taken = this.#take(state, request.datablock, exchange);
    if (taken === 'more') return { type: 'set-response-datablock', invokeIdAndPriority, blockNumber };
    this.#receiving = undefined;
    if (!(taken instanceof Uint8Array))
      return last(taken === 'wrong' ? 'data-block-number-invalid' : 'long-set-aborted');
    if (state.service === 'set')
      return last(
        await this.#objects.write(state.targets[0] as CosemAttributeDescriptorWithSelection, taken, exchange),
      );
    const values = readValues(taken);
    if (values === undefined) return last('type-unmatched');
    return {
      type: 'set-response-last-datablock-with-list',
      invokeIdAndPriority,
      result: await this.#writeAll(state.targets, values, exchange),
      blockNumber,
    };
  }
  async #writeAll(
    targets: readonly CosemAttributeDescriptorWithSelection[],
    values: readonly Uint8Array[],
    exchange: Exchange,
  ): Promise<DataAccessResult[]> {
    const results: DataAccessResult[] = [];
    // Which value is whose cannot be known then, so nothing is written.
    if (values.length !== targets.length) return targets.map(() => 'type-unmatched' as const);
    for (const [i, target] of targets.entries())
      results.push(
        (await exchange.next())
          ? await this.#objects.write(target, values[i] as Uint8Array, exchange)
          : 'temporary-failure',
      );
    return results;
  }
  /** The value when it is whole; the exchange speaks for all blocks then. Blocks of different callers, or that cannot be answered alike, do not belong together. */
  #take(state: Receiving, block: DataBlock, exchange: Exchange): Uint8Array | 'more' | 'wrong' | 'aborted' {
    const caller = joined(state.caller, exchange.caller);
    if (caller === undefined || !exchange.require(state.protection)) return 'aborted';
    state.caller = caller;
    exchange.caller = caller;
    const { blocks } = state.data;
    if (block.blockNumber === blocks && block.blockNumber > 0 && !block.lastBlock) return 'more';
    if (block.blockNumber !== blocks + 1) return 'wrong';
    if (block.rawData.length === 0 && !block.lastBlock) return 'aborted';
    if (!state.data.add(block.rawData, this.#o.receiveLimit(true))) return 'aborted';
    return block.lastBlock ? state.data.octets() : 'more';
  }

  // ── ACTION ───────────────────────────────────────────────────────────────────────────────────────────

  async #action(request: ActionRequest<Uint8Array>, exchange: Exchange): Promise<Uint8Array> {
    const block = request.type === 'action-request-with-pblock' ? request.pblock : undefined;
    const again = this.#again('action', request.invokeIdAndPriority, block, exchange);
    if (again !== undefined) return again;
    const response = await this.#actionResponse(request, exchange);
    if (request.type !== 'action-request-next-pblock')
      this.#finish('action', request.invokeIdAndPriority, block, response, exchange);
    return response;
  }
  async #actionResponse(request: ActionRequest<Uint8Array>, exchange: Exchange): Promise<Uint8Array> {
    const invoke = request.invokeIdAndPriority;
    const respond = (value: ActionResponse<Uint8Array>): Uint8Array =>
      encode(EncodedApdu, { type: 'action-response', value });
    const refuse = (result: ActionResult): Uint8Array =>
      respond({ type: 'action-response-normal', invokeIdAndPriority: invoke, singleResponse: { result } });
    if (request.type === 'action-request-next-pblock')
      return this.#nextBlock('action', invoke, request.blockNumber, exchange, (result) =>
        refuse(result === 'read-write-denied' ? result : 'no-long-action-in-progress'),
      );
    this.#sending = undefined;
    /** @param content what blocks hold together */
    const fitting = async (response: ActionResponse<Uint8Array>, content: () => Uint8Array): Promise<Uint8Array> => {
      const whole = respond(response);
      if (whole.length <= exchange.sendSize) return whole;
      return (
        (await this.#firstBlock('action', new BlockSource([content()]), invoke, exchange)) ??
        (this.#supports('general-block-transfer') ? whole : refuse('other-reason'))
      );
    };
    const single = async (method: CosemMethodDescriptor, parameter: Uint8Array | undefined): Promise<Uint8Array> => {
      const singleResponse = await this.#objects.invoke(method, parameter, exchange);
      return fitting({ type: 'action-response-normal', invokeIdAndPriority: invoke, singleResponse }, () =>
        encode(encodedResponse, singleResponse),
      );
    };
    const list = async (
      methods: readonly CosemMethodDescriptor[],
      parameters: readonly Uint8Array[],
    ): Promise<Uint8Array> => {
      const listOfResponses = await this.#invokeAll(methods, parameters, exchange);
      return fitting({ type: 'action-response-with-list', invokeIdAndPriority: invoke, listOfResponses }, () =>
        encode(listOfEncodedResponses, listOfResponses),
      );
    };
    switch (request.type) {
      case 'action-request-normal':
        this.#receiving = undefined;
        return single(request.cosemMethodDescriptor, request.methodInvocationParameters);
      case 'action-request-with-list': {
        this.#receiving = undefined;
        if (!this.#supports('multiple-references')) return refuse('other-reason');
        return list(request.cosemMethodDescriptorList, request.methodInvocationParameters);
      }
      case 'action-request-with-first-pblock': {
        this.#receiving = undefined;
        const result = this.#objects.invokeRefusal(request.cosemMethodDescriptor, exchange);
        if (result !== undefined) return refuse(result);
        this.#receiving = { service: 'action', targets: [request.cosemMethodDescriptor], ...begun(exchange) };
        break;
      }
      case 'action-request-with-list-and-first-pblock': {
        if (!this.#supports('multiple-references')) return refuse('other-reason');
        this.#receiving = undefined;
        const refusals = request.cosemMethodDescriptorList.map((method) =>
          this.#objects.invokeRefusal(method, exchange),
        );
        const listOfResponses = refusals.filter((r) => r !== undefined).map((result) => ({ result }));
        if (listOfResponses.length === refusals.length)
          return respond({ type: 'action-response-with-list', invokeIdAndPriority: invoke, listOfResponses });
        this.#receiving = { service: 'action-list', targets: request.cosemMethodDescriptorList, ...begun(exchange) };
        break;
      }
      case 'action-request-with-pblock':
        if (this.#receiving?.service !== 'action' && this.#receiving?.service !== 'action-list')
          return refuse('no-long-action-in-progress');
    }
    if (!this.#supports('block-transfer-with-action')) {
      this.#receiving = undefined;
      return refuse('other-reason');
    }
    const state = this.#receiving as Receiving & { service: 'action' | 'action-list' };
    const taken = this.#take(state, request.pblock, exchange);
    if (taken === 'more')
      return respond({
        type: 'action-response-next-pblock',
        invokeIdAndPriority: invoke,
        blockNumber: request.pblock.blockNumber,
      });
    this.#receiving = undefined;
    if (!(taken instanceof Uint8Array)) return refuse('long-action-aborted');
    if (state.service === 'action') return single(state.targets[0] as CosemMethodDescriptor, taken);
    const values = readValues(taken);
    if (values === undefined) return refuse('type-unmatched');
    return list(state.targets, values);
  }
  async #invokeAll(
    methods: readonly CosemMethodDescriptor[],
    parameters: readonly Uint8Array[],
    exchange: Exchange,
  ): Promise<ActionResponseWithOptionalData<Uint8Array>[]> {
    if (methods.length !== parameters.length) return methods.map(() => ({ result: 'type-unmatched' }));
    const responses: ActionResponseWithOptionalData<Uint8Array>[] = [];
    let total = 0;
    for (const [i, method] of methods.entries()) {
      // What was done is reported with what it returned; where there is no room for more, no more is done.
      if (total > exchange.limits.octets) responses.push({ result: 'other-reason' });
      else if (!(await exchange.next())) responses.push({ result: 'temporary-failure' });
      else {
        const response = await this.#objects.invoke(method, parameters[i] as Uint8Array, exchange);
        if (response.returnParameters?.type === 'data') total += response.returnParameters.value.length;
        responses.push(response);
      }
    }
    return responses;
  }
}

type DataBlock = { readonly lastBlock: boolean; readonly blockNumber: number; readonly rawData: Uint8Array };
type Receiving = {
  readonly data: BlockBuffer;
  /** What every block had: the last one speaks for itself only. */
  caller: Caller;
  /** Asked of every response when the first block came. */
  readonly protection: Protection;
} & (
  | { service: 'set' | 'set-list'; targets: readonly CosemAttributeDescriptorWithSelection[] }
  | { service: 'action' | 'action-list'; targets: readonly CosemMethodDescriptor[] }
);
const begun = ({ caller, response }: Exchange): Pick<Receiving, 'data' | 'caller' | 'protection'> => ({
  data: new BlockBuffer(),
  caller,
  protection: response,
});
const blockSize = ({ sendSize }: Exchange): number => Math.max(1, sendSize - blockFields);
function blockOf(
  service: 'get' | 'action',
  { block, octets: rawData, last: lastBlock }: LongResponse,
  invokeIdAndPriority: InvokeIdAndPriority,
): Uint8Array {
  if (service === 'action')
    return encode(EncodedApdu, {
      type: 'action-response',
      value: {
        type: 'action-response-with-pblock',
        invokeIdAndPriority,
        pblock: { lastBlock, blockNumber: block, rawData },
      },
    });
  const result = { lastBlock, blockNumber: block, result: { type: 'raw-data' as const, value: rawData } };
  return encode(EncodedApdu, {
    type: 'get-response',
    value: { type: 'get-response-with-datablock', invokeIdAndPriority, result },
  });
}
const getNormal = (invokeIdAndPriority: InvokeIdAndPriority, result: GetDataResult<Uint8Array>): Uint8Array =>
  encode(EncodedApdu, { type: 'get-response', value: { type: 'get-response-normal', invokeIdAndPriority, result } });
const refusal = (value: DataAccessResult): GetDataResult<Uint8Array> => ({ type: 'data-access-result', value });

/** Tag, choice and invoke-id. */
const listFields = 3;
const encodedResult = /* @__PURE__ */ getDataResult(encodedData);
const encodedResponse = /* @__PURE__ */ actionResponseWithOptionalData(encodedData);
const listOfEncodedResponses = /* @__PURE__ */ sequenceOf(encodedResponse);
const listOfValues = /* @__PURE__ */ sequenceOf(encodedData);
function count(n: number): Uint8Array {
  const w = new Writer(5);
  w.length(n);
  return w.finish();
}
/** An unconfirmed request gets no answer. */
const answer = (invoke: InvokeIdAndPriority, response: Uint8Array): Uint8Array | undefined =>
  invoke.serviceClass === 'confirmed' ? response : undefined;

/** The request, undefined for a service that is not known, or the error when it cannot be read. */
function readRequest(octets: Uint8Array): EncodedApdu | undefined | DlmsError {
  try {
    return decodeRequest(octets);
  } catch (e) {
    if (!(e instanceof DlmsError)) throw e;
    return e.code === 'decode/unknown-choice' && (e.context as { offset: number }).offset === 0 ? undefined : e;
  }
}
/** As {@link decodeRequest} does: objects get the values as they should have been written. */
function readValues(octets: Uint8Array): Uint8Array[] | undefined {
  try {
    const quirks: Quirk[] = [];
    const values = decodeFrom(listOfValues, new Reader(octets, { lenient: true, quirks }));
    return quirks.length === 0 ? values : values.map((v) => encode(Data, decode(Data, v, { lenient: true })));
  } catch {
    return undefined;
  }
}
