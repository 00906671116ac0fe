import { Data } from '../axdr/data.js';
import { decode, decodeFrom, encode, sequenceOf } from '../axdr/schema.js';
import { concat, equalBytes } from '../core/bytes.js';
import { Reader, Writer } from '../core/cursor.js';
import { DlmsError } from '../core/errors.js';
import { type Protection, weakest } from '../security/policy.js';
import type { ActionRequest, ActionResponse, ActionResponseWithOptionalData } from '../xdlms/action.js';
import { Apdu } from '../xdlms/apdu.js';
import type { ActionResult, CosemAttributeDescriptorWithSelection, CosemMethodDescriptor, DataAccessResult, InvokeIdAndPriority } from '../xdlms/common.js';
import type { ConformanceBit } from '../xdlms/initiate.js';
import type { SetRequest, SetResponse } from '../xdlms/set.js';
import { accessResponse } from './access-service.js';
import { exception } from './exception.js';
import { ObjectAccess, type ObjectAccessOptions, responseTotal } from './object-access.js';

export interface ServiceOptions extends ObjectAccessOptions {
  /** Octets of one value that are taken by blocks. */
  readonly receiveTotal: number;
}

/** A block holds at least a few octets besides its own fields. */
const smallestBlock = 20;
const blockFields = 14;

/** The services of one open association, on plain APDUs. Blocks under way are its only state. */
export class Services {
  readonly #o: ServiceOptions;
  readonly #objects: ObjectAccess;
  #sending: Sending | undefined;
  #receiving: Receiving | undefined;
  /** The last long SET or ACTION: its last block may come again because the response was lost, and must not be carried out again. */
  #finished:
    | { readonly service: 'set' | 'action'; readonly invokeId: number; readonly block: number; readonly data: Uint8Array; readonly response: Uint8Array }
    | undefined;
  #sendSize = 0;

  constructor(options: ServiceOptions) {
    this.#o = options;
    this.#objects = new ObjectAccess(options);
  }

  /**
   * The response to a request; undefined when the client wants none.
   * @param protection what was found on the request
   * @param sendSize longest plain APDU that the client takes
   */
  async handle(request: Uint8Array, protection: Protection, sendSize: number): Promise<Uint8Array | undefined> {
    this.#sendSize = sendSize;
    const apdu = readRequest(request);
    if (apdu === undefined) return exception('service-unknown', 'service-not-supported');
    if (apdu instanceof DlmsError) return exception('service-not-allowed', 'other-reason');
    switch (apdu.type) {
      case 'get-request': {
        if (!this.#supports('get')) break;
        const { invokeIdAndPriority: invoke } = apdu.value;
        return answer(invoke, await this.#get(apdu.value, protection));
      }
      case 'set-request':
        if (!this.#supports('set')) break;
        return answer(apdu.value.invokeIdAndPriority, await this.#set(apdu.value, protection));
      case 'action-request':
        if (!this.#supports('action')) break;
        return answer(apdu.value.invokeIdAndPriority, await this.#action(apdu.value, protection));
      case 'access-request':
        if (!this.#supports('access')) break;
        return await accessResponse(apdu, protection, this.#objects, sendSize, this.#supports('general-block-transfer'));
    }
    return exception('service-not-allowed', 'service-not-supported');
  }
  #supports(bit: ConformanceBit): boolean {
    return this.#o.conformance.includes(bit);
  }

  // ── GET ──────────────────────────────────────────────────────────────────────────────────────────────

  async #get(request: Extract<Apdu, { type: 'get-request' }>['value'], protection: Protection): Promise<Uint8Array> {
    const { invokeIdAndPriority: invoke } = request;
    if (request.type === 'get-request-next') return this.#nextBlock('get', invoke, request.blockNumber, (result) => getNormal(invoke, result));
    this.#sending = undefined;
    if (request.type === 'get-request-normal') {
      const result = await this.#objects.read(request, protection);
      if (typeof result === 'string' || typeof result === 'number') return getNormal(invoke, result);
      const w = head(0xc4, 1, invoke, result.length + 8);
      w.u8(0);
      w.bytes(result);
      return this.#fitting('get', w.finish(), result, invoke) ?? getNormal(invoke, 'other-reason');
    }
    if (!this.#supports('multiple-references')) return getNormal(invoke, 'other-reason');
    const list = new Writer(1024);
    list.length(request.attributeDescriptorList.length);
    for (const target of request.attributeDescriptorList) {
      const read = await this.#objects.read(target, protection);
      const result = read instanceof Uint8Array && list.size + read.length > responseTotal ? 'other-reason' : read;
      if (typeof result === 'string' || typeof result === 'number') {
        list.u8(1);
        list.bytes(resultOctet(result));
      } else {
        list.u8(0);
        list.bytes(result);
      }
    }
    const octets = list.finish();
    const w = head(0xc4, 3, invoke, octets.length + 8);
    w.bytes(octets);
    return this.#fitting('get', w.finish(), octets, invoke) ?? getNormal(invoke, 'other-reason');
  }
  /** The whole APDU when the client takes it (or general block transfer can cut it), else the first block; undefined when it takes neither. */
  #fitting(service: 'get' | 'action', whole: Uint8Array, octets: Uint8Array, invoke: InvokeIdAndPriority): Uint8Array | undefined {
    if (whole.length <= this.#sendSize) return whole;
    const bit = service === 'get' ? 'block-transfer-with-get-or-read' : 'block-transfer-with-action';
    if (this.#supports(bit) && this.#sendSize >= smallestBlock) {
      this.#sending = { service, octets, block: 0, start: 0, end: 0 };
      return this.#sendBlock(this.#sending, invoke);
    }
    return this.#supports('general-block-transfer') ? whole : undefined;
  }
  #sendBlock(s: Sending, invoke: InvokeIdAndPriority): Uint8Array {
    s.start = s.end;
    s.end = Math.min(s.start + Math.max(1, this.#sendSize - blockFields), s.octets.length);
    s.block++;
    return blockOf(s, invoke);
  }
  /** The client names the last block that it got. The one before is sent again: its response may have been lost. */
  #nextBlock(
    service: 'get' | 'action',
    invoke: InvokeIdAndPriority,
    acknowledged: number,
    refuse: (result: 'data-block-number-invalid' | 'no-long-get-in-progress') => Uint8Array,
  ): Uint8Array {
    const s = this.#sending;
    if (s === undefined || s.service !== service) return refuse('no-long-get-in-progress');
    if (acknowledged === s.block && s.end < s.octets.length) return this.#sendBlock(s, invoke);
    if (acknowledged === s.block - 1 && acknowledged > 0) return blockOf(s, invoke);
    this.#sending = undefined;
    return refuse('data-block-number-invalid');
  }

  // ── SET ──────────────────────────────────────────────────────────────────────────────────────────────

  async #set(request: SetRequest, protection: Protection): Promise<Uint8Array> {
    const block = request.type === 'set-request-with-datablock' ? request.datablock : undefined;
    const again = this.#again('set', request.invokeIdAndPriority, block);
    if (again !== undefined) return again;
    const response = encode(Apdu, { type: 'set-response', value: await this.#setResponse(request, protection) });
    this.#finish('set', request.invokeIdAndPriority, block, response);
    return response;
  }
  /** The response to a last block that was carried out already. */
  #again(service: 'set' | 'action', { invokeId }: InvokeIdAndPriority, block: DataBlock | undefined): Uint8Array | undefined {
    const f = this.#finished;
    if (f === undefined || block === undefined || this.#receiving !== undefined) return undefined;
    const same = f.service === service && f.invokeId === invokeId && f.block === block.blockNumber && block.lastBlock && equalBytes(f.data, block.rawData);
    return same ? f.response : undefined;
  }
  #finish(service: 'set' | 'action', { invokeId }: InvokeIdAndPriority, block: DataBlock | undefined, response: Uint8Array): void {
    this.#finished = block?.lastBlock === true ? { service, invokeId, block: block.blockNumber, data: block.rawData.slice(), response } : undefined;
  }
  async #setResponse(request: SetRequest, protection: Protection): Promise<SetResponse> {
    const invokeIdAndPriority = request.invokeIdAndPriority;
    const refuse = (result: DataAccessResult): SetResponse => ({ type: 'set-response-normal', invokeIdAndPriority, result });
    const allowed = this.#supports('block-transfer-with-set-or-write');
    switch (request.type) {
      case 'set-request-normal':
        this.#receiving = undefined;
        return refuse(await this.#objects.write(request, encode(Data, request.value), protection));
      case 'set-request-with-list':
        this.#receiving = undefined;
        if (!this.#supports('multiple-references')) return refuse('other-reason');
        return {
          type: 'set-response-with-list',
          invokeIdAndPriority,
          result: await this.#writeAll(request.attributeDescriptorList, request.valueList, protection),
        };
      case 'set-request-with-first-datablock':
        if (!allowed) return refuse('other-reason');
        this.#receiving = { service: 'set', targets: [request], blocks: [], total: 0, protection };
        break;
      case 'set-request-with-list-and-first-datablock':
        if (!allowed || !this.#supports('multiple-references')) return refuse('other-reason');
        this.#receiving = { service: 'set-list', targets: request.attributeDescriptorList, blocks: [], total: 0, protection };
        break;
      case 'set-request-with-datablock':
        if (this.#receiving?.service !== 'set' && this.#receiving?.service !== 'set-list')
          return { type: 'set-response-last-datablock', invokeIdAndPriority, result: 'no-long-set-in-progress', blockNumber: request.datablock.blockNumber };
    }
    const state = this.#receiving as Receiving & { service: 'set' | 'set-list' };
    const { blockNumber } = request.datablock;
    state.protection = weakest(state.protection, protection);
    const taken = this.#take(state, request.datablock);
    const last = (result: DataAccessResult): SetResponse => ({ type: 'set-response-last-datablock', invokeIdAndPriority, result, blockNumber });
    if (taken === 'more') return { type: 'set-response-datablock', invokeIdAndPriority, blockNumber };
    this.#receiving = undefined;
    if (!(taken instanceof Uint8Array)) return last(taken === 'wrong' ? 'data-block-number-invalid' : 'long-set-aborted');
    if (state.service === 'set') return last(await this.#objects.write(state.targets[0] as CosemAttributeDescriptorWithSelection, taken, state.protection));
    const values = readValues(taken);
    if (values === undefined) return last('type-unmatched');
    return {
      type: 'set-response-last-datablock-with-list',
      invokeIdAndPriority,
      result: await this.#writeAll(state.targets, values, state.protection),
      blockNumber,
    };
  }
  async #writeAll(targets: readonly CosemAttributeDescriptorWithSelection[], values: readonly Data[], protection: Protection): Promise<DataAccessResult[]> {
    const results: DataAccessResult[] = [];
    // Which value is whose cannot be known then, so nothing is written.
    if (values.length !== targets.length) return targets.map(() => 'type-unmatched' as const);
    for (const [i, target] of targets.entries()) results.push(await this.#objects.write(target, encode(Data, values[i] as Data), protection));
    return results;
  }
  #take(state: Receiving, block: DataBlock): Uint8Array | 'more' | 'wrong' | 'too-large' {
    if (block.blockNumber === state.blocks.length && block.blockNumber > 0 && !block.lastBlock) return 'more';
    if (block.blockNumber !== state.blocks.length + 1) return 'wrong';
    state.total += block.rawData.length;
    if (state.total > this.#o.receiveTotal || (block.rawData.length === 0 && !block.lastBlock)) return 'too-large';
    state.blocks.push(block.rawData.slice());
    return block.lastBlock ? concat(...state.blocks) : 'more';
  }

  // ── ACTION ───────────────────────────────────────────────────────────────────────────────────────────

  async #action(request: ActionRequest, protection: Protection): Promise<Uint8Array> {
    const block = request.type === 'action-request-with-pblock' ? request.pblock : undefined;
    const again = this.#again('action', request.invokeIdAndPriority, block);
    if (again !== undefined) return again;
    const response = await this.#actionResponse(request, protection);
    if (request.type !== 'action-request-next-pblock') this.#finish('action', request.invokeIdAndPriority, block, response);
    return response;
  }
  async #actionResponse(request: ActionRequest, protection: Protection): Promise<Uint8Array> {
    const invokeIdAndPriority = request.invokeIdAndPriority;
    const respond = (value: ActionResponse): Uint8Array => encode(Apdu, { type: 'action-response', value });
    const refuse = (result: ActionResult): Uint8Array => respond({ type: 'action-response-normal', invokeIdAndPriority, singleResponse: { result } });
    if (request.type === 'action-request-next-pblock')
      return this.#nextBlock('action', invokeIdAndPriority, request.blockNumber, () => refuse('no-long-action-in-progress'));
    this.#sending = undefined;
    const single = async (method: CosemMethodDescriptor, parameter: Uint8Array | undefined, found = protection): Promise<Uint8Array> => {
      const singleResponse = await this.#objects.invoke(method, parameter, found);
      const whole = respond({ type: 'action-response-normal', invokeIdAndPriority, singleResponse });
      return this.#fitting('action', whole, whole.subarray(3), invokeIdAndPriority) ?? refuse('other-reason');
    };
    const all = async (methods: readonly CosemMethodDescriptor[], parameters: readonly Data[], found = protection): Promise<Uint8Array> => {
      const listOfResponses: ActionResponseWithOptionalData[] = [];
      const matched = methods.length === parameters.length;
      for (const [i, method] of methods.entries())
        listOfResponses.push(matched ? await this.#objects.invoke(method, encode(Data, parameters[i] as Data), found) : { result: 'type-unmatched' });
      const whole = respond({ type: 'action-response-with-list', invokeIdAndPriority, listOfResponses });
      return this.#fitting('action', whole, whole.subarray(3), invokeIdAndPriority) ?? refuse('other-reason');
    };
    switch (request.type) {
      case 'action-request-normal':
        this.#receiving = undefined;
        return single(
          request.cosemMethodDescriptor,
          request.methodInvocationParameters === undefined ? undefined : encode(Data, request.methodInvocationParameters),
        );
      case 'action-request-with-list':
        this.#receiving = undefined;
        if (!this.#supports('multiple-references')) return refuse('other-reason');
        return all(request.cosemMethodDescriptorList, request.methodInvocationParameters);
      case 'action-request-with-first-pblock':
        this.#receiving = { service: 'action', targets: [request.cosemMethodDescriptor], blocks: [], total: 0, protection };
        break;
      case 'action-request-with-list-and-first-pblock':
        if (!this.#supports('multiple-references')) return refuse('other-reason');
        this.#receiving = { service: 'action-list', targets: request.cosemMethodDescriptorList, blocks: [], total: 0, protection };
        break;
      case 'action-request-with-pblock':
        if (this.#receiving?.service !== 'action' && this.#receiving?.service !== 'action-list') return refuse('no-long-action-in-progress');
    }
    if (!this.#supports('block-transfer-with-action')) {
      this.#receiving = undefined;
      return refuse('other-reason');
    }
    const state = this.#receiving as Receiving & { service: 'action' | 'action-list' };
    state.protection = weakest(state.protection, protection);
    const taken = this.#take(state, request.pblock);
    if (taken === 'more') return respond({ type: 'action-response-next-pblock', invokeIdAndPriority, blockNumber: request.pblock.blockNumber });
    this.#receiving = undefined;
    if (!(taken instanceof Uint8Array)) return refuse('long-action-aborted');
    if (state.service === 'action') return single(state.targets[0] as CosemMethodDescriptor, taken, state.protection);
    const values = readValues(taken);
    return values === undefined ? refuse('type-unmatched') : all(state.targets, values, state.protection);
  }
}

type DataBlock = { readonly lastBlock: boolean; readonly blockNumber: number; readonly rawData: Uint8Array };
interface Sending {
  readonly service: 'get' | 'action';
  readonly octets: Uint8Array;
  block: number;
  start: number;
  end: number;
}
type Receiving = {
  blocks: Uint8Array[];
  total: number;
  /** What every block had: the last one speaks for itself only. */
  protection: Protection;
} & (
  | { service: 'set' | 'set-list'; targets: readonly CosemAttributeDescriptorWithSelection[] }
  | { service: 'action' | 'action-list'; targets: readonly CosemMethodDescriptor[] }
);
function blockOf({ service, octets, block, start, end }: Sending, invokeIdAndPriority: InvokeIdAndPriority): Uint8Array {
  const lastBlock = end === octets.length;
  const rawData = octets.subarray(start, end);
  if (service === 'action')
    return encode(Apdu, {
      type: 'action-response',
      value: { type: 'action-response-with-pblock', invokeIdAndPriority, pblock: { lastBlock, blockNumber: block, rawData } },
    });
  const result = { lastBlock, blockNumber: block, result: { type: 'raw-data' as const, value: rawData } };
  return encode(Apdu, { type: 'get-response', value: { type: 'get-response-with-datablock', invokeIdAndPriority, result } });
}
const getNormal = (invokeIdAndPriority: InvokeIdAndPriority, value: DataAccessResult): Uint8Array =>
  encode(Apdu, { type: 'get-response', value: { type: 'get-response-normal', invokeIdAndPriority, result: { type: 'data-access-result', value } } });
const resultOctet = (result: DataAccessResult): Uint8Array => getNormal({ invokeId: 0, serviceClass: 'confirmed', priority: 'normal' }, result).subarray(4);

function head(tag: number, choice: number, invoke: InvokeIdAndPriority, size: number): Writer {
  const w = new Writer(size);
  w.u8(tag);
  w.u8(choice);
  w.u8(invoke.invokeId | (invoke.serviceClass === 'confirmed' ? 0x40 : 0) | (invoke.priority === 'high' ? 0x80 : 0));
  return w;
}
/** An unconfirmed request gets no answer. */
const answer = (invoke: InvokeIdAndPriority, response: Uint8Array): Uint8Array | undefined => (invoke.serviceClass === 'confirmed' ? response : undefined);

/** The request, undefined for a service that is not known, or the error when it cannot be read. */
function readRequest(octets: Uint8Array): Apdu | undefined | DlmsError {
  try {
    return decode(Apdu, octets, { lenient: true });
  } catch (e) {
    if (!(e instanceof DlmsError)) throw e;
    return e.code === 'decode/unknown-choice' && (e.context as { offset: number }).offset === 0 ? undefined : e;
  }
}
function readValues(octets: Uint8Array): Data[] | undefined {
  try {
    return decodeFrom(sequenceOf(Data), new Reader(octets, { lenient: true }));
  } catch {
    return undefined;
  }
}
