import { Data } from '../axdr/data.js';
import { decode, encode } from '../axdr/schema.js';
import { concat } from '../core/bytes.js';
import { Writer } from '../core/cursor.js';
import { DlmsError } from '../core/errors.js';
import { associationSnBase, type MethodOffset, methodOffset } from '../cosem/short-names.js';
import type { Protection } from '../security/policy.js';
import { shortNameConformance } from '../session/short-name.js';
import { Apdu } from '../xdlms/apdu.js';
import { type ActionResult, DataAccessResult } from '../xdlms/common.js';
import type { ConformanceBit } from '../xdlms/initiate.js';
import { ReadRequest, type VariableAccessSpecification, WriteRequest, type WriteResult } from '../xdlms/short-name.js';
import { ObjectAccess } from './object-access.js';
import type { HlsRequest, ServedReferencing, ServedServices } from './referencing.js';
import type { ServiceOptions } from './services.js';
import { layOut, type ShortNameLayout, type ShortNameTarget } from './short-name-layout.js';

export interface ServedShortNameOptions {
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
 * Short name referencing for an association of a meter: `{ clientSap: 32, …, referencing: servedShortNames() }`. The objects are those of the logical device; the
 * current association is an Association SN at FA00 that this makes, with object list and access rights.
 */
export function servedShortNames(options: ServedShortNameOptions = {}): ServedReferencing {
  const offsets: MethodOffset = (classId, version, method) => options.methodOffset?.(classId, version, method) ?? methodOffset(classId, version, method);
  return {
    kind: 'SN',
    vaaName: -1536,
    conformance: shortNameConformance,
    services: (o) => new ShortNameServices(o, () => layOut(o, options.baseNames ?? {}, offsets), options.blocksWithCount ?? false),
    hlsRequest: (plain) => hlsRequest(plain, associationSnBase + (offsets(12, 2, 8) ?? 0)),
  };
}

/** READ with the reply as parameter; or WRITE, as the Gurux family does, which is answered like a READ. */
function hlsRequest(plain: Uint8Array, name: number): HlsRequest | undefined {
  const apdu = decode(Apdu, plain, { lenient: true });
  let parameter: Data | undefined;
  if (apdu.type === 'readRequest') {
    const [only] = apdu.value;
    if (apdu.value.length === 1 && only?.type === 'parameterized-access' && (only.variableName & 0xffff) === name) parameter = only.parameter;
  } else if (apdu.type === 'writeRequest') {
    const [only] = apdu.variableAccessSpecification;
    if (apdu.variableAccessSpecification.length === 1 && only?.type === 'variable-name' && (only.value & 0xffff) === name) parameter = apdu.listOfData[0];
  }
  if (parameter?.type !== 'octet-string') return undefined;
  return {
    reply: parameter.value,
    answer: (value) =>
      encode(Apdu, {
        type: 'readResponse',
        value: [value === undefined ? { type: 'data-access-error', value: 'read-write-denied' } : { type: 'data', value: { type: 'octet-string', value } }],
      }),
  };
}

type Reading = Uint8Array | DataAccessResult;
/** Tag, count, choice, last-block, number, length. */
const blockFields = 9;
/** Octets of the values in one response. */
const responseTotal = 0x4000000;

/** READ and WRITE of one open association. Blocks under way are its only state. */
class ShortNameServices implements ServedServices {
  readonly #o: ServiceOptions;
  readonly #lay: () => ShortNameLayout;
  readonly #blocksWithCount: boolean;
  #layout: ShortNameLayout | undefined;
  #objects: ObjectAccess;
  #sending: { readonly octets: Uint8Array; block: number; start: number; end: number } | undefined;
  #receiving: { readonly service: 'read' | 'write'; readonly blocks: Uint8Array[]; total: number } | undefined;
  #sendSize = 0;

  constructor(options: ServiceOptions, lay: () => ShortNameLayout, blocksWithCount: boolean) {
    this.#o = options;
    this.#blocksWithCount = blocksWithCount;
    this.#lay = lay;
    this.#objects = new ObjectAccess(options);
  }
  async handle(request: Uint8Array, protection: Protection, sendSize: number): Promise<Uint8Array | undefined> {
    this.#sendSize = sendSize;
    if (this.#layout === undefined) {
      this.#layout = this.#lay();
      // Parameterized access is what selective access is called with short names.
      const conformance: readonly ConformanceBit[] = this.#supports('parameterized-access')
        ? [...this.#o.conformance, 'selective-access']
        : this.#o.conformance;
      this.#objects = new ObjectAccess({ ...this.#o, conformance, objects: this.#layout.objects });
    }
    let apdu: Apdu;
    try {
      apdu = decode(Apdu, request, { lenient: true });
    } catch (e) {
      if (!(e instanceof DlmsError)) throw e;
      return serviceError(request[0] === 6 ? 'write' : 'read', 'other');
    }
    if (apdu.type === 'readRequest') return this.#supports('read') ? await this.#read(apdu.value, protection) : serviceError('read', 'service-unsupported');
    if (apdu.type === 'writeRequest') return this.#supports('write') ? await this.#write(apdu, protection) : serviceError('write', 'service-unsupported');
    if (apdu.type === 'unconfirmedWriteRequest') {
      if (this.#supports('unconfirmed-write')) await this.#write(apdu, protection);
      return undefined;
    }
    return encode(Apdu, { type: 'exception-response', stateError: 'service-not-allowed', serviceError: 'service-not-supported' });
  }
  #supports(bit: ConformanceBit): boolean {
    return this.#o.conformance.includes(bit);
  }

  // ── READ ─────────────────────────────────────────────────────────────────────────────────────────────

  async #read(names: readonly VariableAccessSpecification[], protection: Protection): Promise<Uint8Array> {
    const [first] = names;
    if (names.length === 1 && first?.type === 'block-number-access') return this.#next(first.blockNumber);
    this.#sending = undefined;
    if (names.length === 1 && first?.type === 'read-data-block-access') {
      const taken = this.#take('read', first);
      if (taken === 'more') return encode(Apdu, { type: 'readResponse', value: [{ type: 'block-number', value: first.blockNumber }] });
      const whole = taken instanceof Uint8Array ? parsed(() => decode(ReadRequest, taken)) : undefined;
      if (whole !== undefined) return this.#answer(whole, protection);
      return readError(taken === 'wrong' ? 'data-block-number-invalid' : taken === 'too-large' ? 'other-reason' : 'type-unmatched');
    }
    this.#receiving = undefined;
    return this.#answer(names, protection);
  }
  async #answer(names: readonly VariableAccessSpecification[], protection: Protection): Promise<Uint8Array> {
    if (names.length > 1 && !this.#supports('multiple-references')) return serviceError('read', 'service-unsupported');
    const w = new Writer(256);
    w.length(names.length);
    const head = w.size + 1;
    let failed: DataAccessResult | undefined;
    for (const name of names) {
      const result = w.size > responseTotal ? 'other-reason' : await this.#readOne(name, protection);
      if (result instanceof Uint8Array) {
        w.u8(0);
        w.bytes(result);
      } else {
        w.u8(1);
        if (w.size === head) failed = result;
        DataAccessResult.write(w, result);
      }
    }
    const octets = w.finish();
    if (octets.length < this.#sendSize) return concat(Uint8Array.of(0x0c), octets);
    if (!this.#supports('block-transfer-with-get-or-read') || this.#sendSize <= blockFields) return serviceError('read', 'pdu-size');
    // Without the choice nothing would say that the first result is a refusal.
    const whole = this.#blocksWithCount || failed !== undefined;
    this.#sending = { octets: whole ? octets : octets.subarray(head), block: 0, start: 0, end: 0 };
    return this.#block(this.#sending);
  }
  async #readOne(name: VariableAccessSpecification, protection: Protection): Promise<Reading> {
    const target = name.type === 'variable-name' ? this.#find(name.value) : name.type === 'parameterized-access' ? this.#find(name.variableName) : undefined;
    if (target === undefined) return 'object-undefined';
    const parameterized = name.type === 'parameterized-access';
    if (parameterized && !this.#supports('parameterized-access')) return 'scope-of-access-violated';
    const { classId, logicalName: instanceId, index, kind } = target;
    if (kind === 'attribute') {
      const cosemAttributeDescriptor = { classId, instanceId, attributeId: index };
      return this.#objects.read(
        parameterized
          ? { cosemAttributeDescriptor, accessSelection: { accessSelector: name.selector, accessParameters: name.parameter } }
          : { cosemAttributeDescriptor },
        protection,
      );
    }
    if (!parameterized) return 'read-write-denied';
    const response = await this.#objects.invoke({ classId, instanceId, methodId: index }, encode(Data, name.parameter), protection);
    if (response.result !== 'success') return accessResult(response.result);
    return response.returnParameters?.type === 'data' ? encode(Data, response.returnParameters.value) : Uint8Array.of(0);
  }
  #find(name: number): ShortNameTarget | undefined {
    return this.#layout?.find(name & 0xffff);
  }
  /** The client names the last block that it got; the one before is sent again, because its response may have been lost. */
  #next(acknowledged: number): Uint8Array {
    const s = this.#sending;
    if (s === undefined) return readError('no-long-get-in-progress');
    if (acknowledged === (s.block & 0xffff) && s.end < s.octets.length) return this.#block(s);
    if (acknowledged === ((s.block - 1) & 0xffff) && s.block > 1) return blockOf(s);
    this.#sending = undefined;
    return readError('data-block-number-invalid');
  }
  #block(s: { readonly octets: Uint8Array; block: number; start: number; end: number }): Uint8Array {
    s.start = s.end;
    s.end = Math.min(s.start + this.#sendSize - blockFields, s.octets.length);
    s.block++;
    return blockOf(s);
  }

  // ── WRITE ────────────────────────────────────────────────────────────────────────────────────────────

  async #write({ variableAccessSpecification: names, listOfData }: WriteRequest, protection: Protection): Promise<Uint8Array> {
    const [first] = names;
    if (names.length === 1 && first?.type === 'write-data-block-access') {
      const [data] = listOfData;
      if (data?.type !== 'octet-string') return writeResponse([{ type: 'data-access-error', value: 'type-unmatched' }]);
      const taken = this.#take('write', { ...first, rawData: data.value });
      if (taken === 'more') return writeResponse([{ type: 'block-number', value: first.blockNumber }]);
      const whole = taken instanceof Uint8Array ? parsed(() => decode(WriteRequest, taken)) : undefined;
      if (whole !== undefined && !whole.variableAccessSpecification.some((n) => n.type === 'write-data-block-access')) return this.#writeAll(whole, protection);
      const value: DataAccessResult = taken === 'wrong' ? 'data-block-number-invalid' : taken === 'too-large' ? 'other-reason' : 'type-unmatched';
      return writeResponse([{ type: 'data-access-error', value }]);
    }
    this.#receiving = undefined;
    return this.#writeAll({ variableAccessSpecification: names, listOfData }, protection);
  }
  async #writeAll({ variableAccessSpecification: names, listOfData }: WriteRequest, protection: Protection): Promise<Uint8Array> {
    if (names.length !== listOfData.length) return serviceError('write', 'other');
    if (names.length > 1 && !this.#supports('multiple-references')) return serviceError('write', 'service-unsupported');
    const results: WriteResult[] = [];
    for (const [i, name] of names.entries()) {
      const result = await this.#writeOne(name, encode(Data, listOfData[i] as Data), protection);
      results.push(result === 'success' ? { type: 'success' } : { type: 'data-access-error', value: result });
    }
    return writeResponse(results);
  }
  async #writeOne(name: VariableAccessSpecification, value: Uint8Array, protection: Protection): Promise<DataAccessResult> {
    if (name.type !== 'variable-name') return 'scope-of-access-violated';
    const target = this.#find(name.value);
    if (target === undefined) return 'object-undefined';
    const { classId, logicalName: instanceId, index, kind } = target;
    if (kind === 'attribute') return this.#objects.write({ cosemAttributeDescriptor: { classId, instanceId, attributeId: index } }, value, protection);
    return accessResult((await this.#objects.invoke({ classId, instanceId, methodId: index }, value, protection)).result);
  }

  #take(service: 'read' | 'write', block: { lastBlock: boolean; blockNumber: number; rawData: Uint8Array }): Uint8Array | 'more' | 'wrong' | 'too-large' {
    if (!this.#supports(service === 'read' ? 'block-transfer-with-get-or-read' : 'block-transfer-with-set-or-write')) return 'too-large';
    if (block.blockNumber === 1 || this.#receiving?.service !== service) this.#receiving = { service, blocks: [], total: 0 };
    const state = this.#receiving;
    const fail = (why: 'wrong' | 'too-large'): 'wrong' | 'too-large' => {
      this.#receiving = undefined;
      return why;
    };
    if (block.blockNumber !== state.blocks.length + 1) return fail('wrong');
    state.total += block.rawData.length;
    if (state.total > this.#o.receiveTotal || (block.rawData.length === 0 && !block.lastBlock)) return fail('too-large');
    state.blocks.push(block.rawData.slice());
    if (!block.lastBlock) return 'more';
    this.#receiving = undefined;
    return concat(...state.blocks);
  }
}

const readError = (value: DataAccessResult): Uint8Array => encode(Apdu, { type: 'readResponse', value: [{ type: 'data-access-error', value }] });
const writeResponse = (value: WriteResult[]): Uint8Array => encode(Apdu, { type: 'writeResponse', value });
const serviceError = (service: 'read' | 'write', value: 'other' | 'pdu-size' | 'service-unsupported'): Uint8Array =>
  encode(Apdu, { type: 'confirmedServiceError', value: { type: service, value: { type: 'service', value } } });
const blockOf = (s: { readonly octets: Uint8Array; readonly block: number; readonly start: number; readonly end: number }): Uint8Array =>
  encode(Apdu, {
    type: 'readResponse',
    value: [{ type: 'data-block-result', lastBlock: s.end === s.octets.length, blockNumber: s.block & 0xffff, rawData: s.octets.subarray(s.start, s.end) }],
  });
/** What a method says has the same names, save for those of long actions. */
const accessResult = (result: ActionResult): DataAccessResult =>
  result === 'long-action-aborted' || result === 'no-long-action-in-progress' ? 'other-reason' : (result as DataAccessResult);
function parsed<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (e) {
    if (e instanceof DlmsError) return undefined;
    throw e;
  }
}
