import { Data, octetString } from '../../axdr/data.js';
import { encodedData, encodedNull } from '../../axdr/encoded-data.js';
import { decode, encode } from '../../axdr/schema.js';
import { apduFacts } from '../../core/apdu-facts.js';
import { BlockBuffer } from '../../core/block-buffer.js';
import { Writer } from '../../core/cursor.js';
import { DlmsError } from '../../core/errors.js';
import { associationSnBase, type MethodOffset, methodOffset } from '../../cosem/short-names.js';
import { shortNameConformance } from '../../session/short-name.js';
import { Apdu } from '../../xdlms/apdu.js';
import type { ActionResult, DataAccessResult } from '../../xdlms/common.js';
import { EncodedApdu } from '../../xdlms/encoded-apdu.js';
import type { ConformanceBit } from '../../xdlms/initiate.js';
import {
  type ReadResult,
  readRequest,
  readResult,
  type VariableAccessSpecification,
  type WriteRequest,
  type WriteResult,
  writeRequest,
} from '../../xdlms/short-name.js';
import { type Caller, joined } from '../caller.js';
import type { Exchange } from '../exchange.js';
import { ObjectAccess } from '../object-access.js';
import type { HlsRequest, ServerReferencing, ServerServices } from '../referencing.js';
import { BlockSource } from './block-source.js';
import { decodeRequest } from './decode-request.js';
import type { ServiceOptions } from './logical-names.js';
import { LongResponse } from './long-response.js';
import { layOut, type ShortNameLayout, type ShortNameTarget } from './short-name-layout.js';

export interface ServerShortNameOptions {
  /** Base names by logical name: multiples of 8. The others follow one another from 0100. */
  readonly baseNames?: Readonly<Record<string, number>>;
  /** Offsets of methods that this library does not know. Methods without a known offset are not offered. */
  readonly methodOffset?: MethodOffset;
  /**
   * What the blocks of a long response hold together. False (default): the list of results without its count and the choice of the first, which for one attribute is
   * its Data alone: as the Gurux servers send it and their clients need it. True: the list as it stands in a response without blocks. The client here reads both.
   */
  readonly blocksWithCount?: boolean;
}
/**
 * Short name referencing for an association of a meter: `{ clientSap: 32, …, referencing: serverShortNames() }`. The objects are those of the logical device; the
 * current association is an Association SN at FA00 that this makes, with object list and access rights.
 */
export function serverShortNames(options: ServerShortNameOptions = {}): ServerReferencing {
  const offsets: MethodOffset = (classId, version, method) =>
    options.methodOffset?.(classId, version, method) ?? methodOffset(classId, version, method);
  return {
    kind: 'SN',
    vaaName: -1536,
    conformance: shortNameConformance,
    services: (o) =>
      new ShortNameServices(o, () => layOut(o, options.baseNames ?? {}, offsets), options.blocksWithCount ?? false),
    hlsRequest: (plain) => hlsRequest(plain, associationSnBase + (offsets(12, 2, 8) ?? 0)),
  };
}

/** READ with the reply as parameter; or WRITE, as the Gurux family does, which is answered like a READ. */
function hlsRequest(plain: Uint8Array, name: number): HlsRequest | undefined {
  const apdu = decode(Apdu, plain, { lenient: true });
  let parameter: Data | undefined;
  if (apdu.type === 'readRequest') {
    const [only] = apdu.value;
    if (apdu.value.length === 1 && only?.type === 'parameterized-access' && (only.variableName & 0xffff) === name)
      parameter = only.parameter;
  } else if (apdu.type === 'writeRequest') {
    const [only] = apdu.variableAccessSpecification;
    if (
      apdu.variableAccessSpecification.length === 1 &&
      only?.type === 'variable-name' &&
      (only.value & 0xffff) === name
    )
      parameter = apdu.listOfData[0];
  }
  if (parameter?.type !== 'octet-string') return undefined;
  return {
    reply: parameter.value,
    answer: (value) =>
      encode(Apdu, {
        type: 'readResponse',
        value: [
          value === undefined
            ? { type: 'data-access-error', value: 'read-write-denied' }
            : { type: 'data', value: { type: 'octet-string', value } },
        ],
      }),
  };
}

type Reading = Uint8Array | DataAccessResult;
/** Tag, count, choice, last-block, number, length. */
const blockFields = 9;

/** READ and WRITE of one open association. Blocks under way are its only state. */
class ShortNameServices implements ServerServices {
  readonly #o: ServiceOptions;
  readonly #lay: () => ShortNameLayout;
  readonly #blocksWithCount: boolean;
  #layout: ShortNameLayout | undefined;
  #objects: ObjectAccess;
  #sending: LongResponse | undefined;
  #receiving: { readonly service: 'read' | 'write'; readonly data: BlockBuffer; caller: Caller } | undefined;

  constructor(options: ServiceOptions, lay: () => ShortNameLayout, blocksWithCount: boolean) {
    this.#o = options;
    this.#blocksWithCount = blocksWithCount;
    this.#lay = lay;
    this.#objects = new ObjectAccess(options);
  }
  get held(): number {
    return this.#receiving?.data.length ?? 0;
  }
  async handle(request: Uint8Array, exchange: Exchange): Promise<Uint8Array | undefined> {
    if (this.#layout === undefined) {
      this.#layout = this.#lay();
      // Parameterized access is what selective access is called with short names.
      const conformance: readonly ConformanceBit[] = this.#supports('parameterized-access')
        ? [...this.#o.conformance, 'selective-access']
        : this.#o.conformance;
      this.#objects = new ObjectAccess({ ...this.#o, conformance, objects: this.#layout.objects });
    }
    let apdu: EncodedApdu;
    try {
      apdu = decodeRequest(request);
    } catch (e) {
      if (!(e instanceof DlmsError)) throw e;
      return serviceError(request[0] === apduFacts.writeRequest.tag ? 'write' : 'read', 'other');
    }
    if (apdu.type === 'readRequest')
      return this.#supports('read')
        ? await this.#read(apdu.value, exchange)
        : serviceError('read', 'service-unsupported');
    if (apdu.type === 'writeRequest')
      return this.#supports('write') ? await this.#write(apdu, exchange) : serviceError('write', 'service-unsupported');
    if (apdu.type === 'unconfirmedWriteRequest') {
      if (this.#supports('unconfirmed-write')) await this.#write(apdu, exchange);
      return undefined;
    }
    return encode(Apdu, {
      type: 'exception-response',
      stateError: 'service-not-allowed',
      serviceError: 'service-not-supported',
    });
  }
  #supports(bit: ConformanceBit): boolean {
    return this.#o.conformance.includes(bit);
  }

  // ── READ ─────────────────────────────────────────────────────────────────────────────────────────────

  async #read(names: readonly VariableAccessSpecification<Uint8Array>[], exchange: Exchange): Promise<Uint8Array> {
    const [first] = names;
    if (names.length === 1 && first?.type === 'block-number-access') return this.#next(first.blockNumber, exchange);
    this.#sending = undefined;
    if (names.length === 1 && first?.type === 'read-data-block-access') {
      const taken = this.#take('read', first, exchange);
      if (taken === 'more')
        return encode(Apdu, { type: 'readResponse', value: [{ type: 'block-number', value: first.blockNumber }] });
      const whole = taken instanceof Uint8Array ? parsed(() => decode(encodedReadRequest, taken)) : undefined;
      if (whole !== undefined) return this.#answer(whole, exchange);
      return readError(taken instanceof Uint8Array ? 'type-unmatched' : refusals[taken]);
    }
    this.#receiving = undefined;
    return this.#answer(names, exchange);
  }
  async #answer(names: readonly VariableAccessSpecification<Uint8Array>[], exchange: Exchange): Promise<Uint8Array> {
    const [first, ...others] = names;
    if (first === undefined) return encode(Apdu, { type: 'readResponse', value: [] });
    if (names.length > 1 && !this.#supports('multiple-references')) return serviceError('read', 'service-unsupported');
    // Every block is protected alike, so what any item asks of the response has to be known before the first.
    for (const name of others) this.#readRefusal(name, exchange);
    const results: ReadResult<Uint8Array>[] = [];
    const read = this.#results(names);
    const next = async (asking: Exchange): Promise<Uint8Array | undefined> => {
      const result = await read(asking);
      if (result === undefined) return undefined;
      results.push(result);
      return encode(encodedReadResult, result);
    };
    const begin = (await next(exchange)) as Uint8Array;
    const counted = count(names.length);
    // The choice of the first result says whether it is a refusal; without it nothing would.
    const bare = !this.#blocksWithCount && results[0]?.type === 'data' ? results[0].value : undefined;
    const left = bare === undefined ? 0 : counted.length + begin.length - bare.length;
    const parts = bare === undefined ? [counted, begin] : [bare];
    // A method is carried out for the request that names it, never because a block is asked for.
    if (others.some((name) => this.#target(name)?.kind === 'method'))
      for (let part = await next(exchange); part !== undefined; part = await next(exchange)) parts.push(part);
    const source = new BlockSource(parts, next);
    const { sendSize } = exchange;
    // The tag, and what blocks leave out.
    const room = sendSize - 1 - left;
    await source.fill(room, exchange);
    if (source.ended && source.size <= room) return encode(EncodedApdu, { type: 'readResponse', value: results });
    if (!this.#supports('block-transfer-with-get-or-read') || sendSize <= blockFields)
      return serviceError('read', 'pdu-size');
    this.#sending = new LongResponse(exchange, source);
    await this.#sending.next(sendSize - blockFields, exchange);
    return blockOf(this.#sending);
  }
  /** The results of a READ, each made when its octets are needed. */
  #results(
    names: readonly VariableAccessSpecification<Uint8Array>[],
  ): (exchange: Exchange) => Promise<ReadResult<Uint8Array> | undefined> {
    let i = 0;
    let room: number | undefined;
    return async (exchange) => {
      const name = names[i++];
      if (name === undefined) return undefined;
      room ??= exchange.limits.octets;
      // What is behind the one that was too much is not even read.
      if (room < 0) return refusal('other-reason');
      if (!(await exchange.next())) return refusal('temporary-failure');
      const read = await this.#readOne(name, exchange);
      if (!(read instanceof Uint8Array)) return refusal(read);
      room -= read.length;
      return room < 0 ? refusal('other-reason') : { type: 'data', value: read };
    };
  }
  #readRefusal(name: VariableAccessSpecification<Uint8Array>, exchange: Exchange): void {
    const target = this.#target(name);
    if (target === undefined) return;
    const { classId, logicalName: instanceId, index, kind } = target;
    if (kind === 'attribute')
      this.#objects.readRefusal({ cosemAttributeDescriptor: { classId, instanceId, attributeId: index } }, exchange);
    else this.#objects.invokeRefusal({ classId, instanceId, methodId: index }, exchange);
  }
  async #readOne(name: VariableAccessSpecification<Uint8Array>, exchange: Exchange): Promise<Reading> {
    const target = this.#target(name);
    if (target === undefined) return 'object-undefined';
    const parameterized = name.type === 'parameterized-access';
    if (parameterized && !this.#supports('parameterized-access')) return 'scope-of-access-violated';
    const { classId, logicalName: instanceId, index, kind } = target;
    if (kind === 'attribute') {
      const cosemAttributeDescriptor = { classId, instanceId, attributeId: index };
      return this.#objects.read(
        parameterized
          ? {
              cosemAttributeDescriptor,
              accessSelection: { accessSelector: name.selector, accessParameters: decode(Data, name.parameter) },
            }
          : { cosemAttributeDescriptor },
        exchange,
      );
    }
    if (!parameterized) return 'read-write-denied';
    const response = await this.#objects.invoke({ classId, instanceId, methodId: index }, name.parameter, exchange);
    if (response.result !== 'success') return accessResult(response.result);
    return response.returnParameters?.type === 'data' ? response.returnParameters.value : encodedNull;
  }
  #target(name: VariableAccessSpecification<Uint8Array>): ShortNameTarget | undefined {
    return name.type === 'variable-name'
      ? this.#find(name.value)
      : name.type === 'parameterized-access'
        ? this.#find(name.variableName)
        : undefined;
  }
  #find(name: number): ShortNameTarget | undefined {
    return this.#layout?.find(name & 0xffff);
  }
  /** A request for the next block asks for what the first one asked for, so it must be protected as that was. */
  async #next(acknowledged: number, exchange: Exchange): Promise<Uint8Array> {
    const s = this.#sending;
    if (s === undefined) return readError('no-long-get-in-progress');
    const allowed = s.goesOn(exchange);
    if (allowed && (await s.acknowledge(acknowledged, Math.max(1, exchange.sendSize - blockFields), exchange, 0x10000)))
      return blockOf(s);
    this.#sending = undefined;
    return readError(allowed ? 'data-block-number-invalid' : 'read-write-denied');
  }

  // ── WRITE ────────────────────────────────────────────────────────────────────────────────────────────

  async #write(
    { variableAccessSpecification: names, listOfData }: WriteRequest<Uint8Array>,
    exchange: Exchange,
  ): Promise<Uint8Array> {
    const [first] = names;
    if (names.length === 1 && first?.type === 'write-data-block-access') {
      const [data] = listOfData;
      const rawData = data === undefined ? undefined : parsed(() => decode(octetString, data));
      if (rawData === undefined) return writeResponse([{ type: 'data-access-error', value: 'type-unmatched' }]);
      const taken = this.#take('write', { ...first, rawData }, exchange);
      if (taken === 'more') return writeResponse([{ type: 'block-number', value: first.blockNumber }]);
      const whole = taken instanceof Uint8Array ? parsed(() => decode(encodedWriteRequest, taken)) : undefined;
      if (whole !== undefined && !whole.variableAccessSpecification.some((n) => n.type === 'write-data-block-access'))
        return this.#writeAll(whole, exchange);
      return writeResponse([
        { type: 'data-access-error', value: taken instanceof Uint8Array ? 'type-unmatched' : refusals[taken] },
      ]);
    }
    this.#receiving = undefined;
    return this.#writeAll({ variableAccessSpecification: names, listOfData }, exchange);
  }
  async #writeAll(
    { variableAccessSpecification: names, listOfData }: WriteRequest<Uint8Array>,
    exchange: Exchange,
  ): Promise<Uint8Array> {
    if (names.length !== listOfData.length) return serviceError('write', 'other');
    if (names.length > 1 && !this.#supports('multiple-references')) return serviceError('write', 'service-unsupported');
    const results: WriteResult[] = [];
    for (const [i, name] of names.entries()) {
      const timely = await exchange.next();
      const result = timely ? await this.#writeOne(name, listOfData[i] as Uint8Array, exchange) : 'temporary-failure';
      results.push(result === 'success' ? { type: 'success' } : { type: 'data-access-error', value: result });
    }
    return writeResponse(results);
  }
  async #writeOne(
    name: VariableAccessSpecification<Uint8Array>,
    value: Uint8Array,
    exchange: Exchange,
  ): Promise<DataAccessResult> {
    if (name.type !== 'variable-name') return 'scope-of-access-violated';
    const target = this.#find(name.value);
    if (target === undefined) return 'object-undefined';
    const { classId, logicalName: instanceId, index, kind } = target;
    if (kind === 'attribute')
      return this.#objects.write(
        { cosemAttributeDescriptor: { classId, instanceId, attributeId: index } },
        value,
        exchange,
      );
    return accessResult((await this.#objects.invoke({ classId, instanceId, methodId: index }, value, exchange)).result);
  }

  /** The request that was sent in blocks, when it is whole; the exchange speaks for all blocks then. */
  #take(
    service: 'read' | 'write',
    block: { lastBlock: boolean; blockNumber: number; rawData: Uint8Array },
    exchange: Exchange,
  ): Uint8Array | Refusal | 'more' {
    if (!this.#supports(service === 'read' ? 'block-transfer-with-get-or-read' : 'block-transfer-with-set-or-write'))
      return 'too-large';
    if (block.blockNumber === 1 || this.#receiving?.service !== service)
      this.#receiving = { service, data: new BlockBuffer(), caller: exchange.caller };
    const state = this.#receiving;
    this.#receiving = undefined;
    if (block.blockNumber !== state.data.blocks + 1) return 'wrong';
    const caller = joined(state.caller, exchange.caller);
    if (caller === undefined) return 'aborted';
    exchange.caller = caller;
    state.caller = caller;
    if (block.rawData.length === 0 && !block.lastBlock) return 'too-large';
    // What is inside is known when all of it is here, so its right cannot be asked before.
    if (!state.data.add(block.rawData, this.#o.receiveLimit(false))) return 'too-large';
    if (block.lastBlock) return state.data.octets();
    this.#receiving = state;
    return 'more';
  }
}

type Refusal = 'wrong' | 'too-large' | 'aborted';
const refusals: Readonly<Record<Refusal, DataAccessResult>> = {
  wrong: 'data-block-number-invalid',
  'too-large': 'other-reason',
  aborted: 'long-set-aborted',
};
const encodedReadRequest = /* @__PURE__ */ readRequest(encodedData);
const encodedReadResult = /* @__PURE__ */ readResult(encodedData);
const encodedWriteRequest = /* @__PURE__ */ writeRequest(encodedData);
function count(n: number): Uint8Array {
  const w = new Writer(5);
  w.length(n);
  return w.finish();
}
const refusal = (value: DataAccessResult): ReadResult<Uint8Array> => ({ type: 'data-access-error', value });
const readError = (value: DataAccessResult): Uint8Array =>
  encode(Apdu, { type: 'readResponse', value: [{ type: 'data-access-error', value }] });
const writeResponse = (value: WriteResult[]): Uint8Array => encode(Apdu, { type: 'writeResponse', value });
const serviceError = (service: 'read' | 'write', value: 'other' | 'pdu-size' | 'service-unsupported'): Uint8Array =>
  encode(Apdu, { type: 'confirmedServiceError', value: { type: service, value: { type: 'service', value } } });
const blockOf = ({ block, last: lastBlock, octets: rawData }: LongResponse): Uint8Array =>
  encode(Apdu, {
    type: 'readResponse',
    value: [{ type: 'data-block-result', lastBlock, blockNumber: block & 0xffff, rawData }],
  });
/** What a method says has the same names, save for those of long actions. */
const accessResult = (result: ActionResult): DataAccessResult =>
  result === 'long-action-aborted' || result === 'no-long-action-in-progress'
    ? 'other-reason'
    : (result as DataAccessResult);
function parsed<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (e) {
    if (e instanceof DlmsError) return undefined;
    throw e;
  }
}
