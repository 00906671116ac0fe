import { Data } from '../axdr/data.js';
import { decode } from '../axdr/schema.js';
import { isDlmsError } from '../core/errors.js';
import {
  ReadRequest,
  ReadResponse,
  type ReadResult,
  type VariableAccessSpecification,
  WriteRequest,
} from '../xdlms/short-name.js';
import { accessResult, readResultNotation, variableNotation } from './apdu-notation.js';
import { dataNotation, hex } from './notation.js';
import type { Blocks } from './recording.js';

// READ and WRITE in recordings: what is read and written, also by blocks.

type Fields = Record<string, unknown>;
type Side = 'client' | 'server';

/** What the conversation around them takes note of. */
export interface Noting {
  value(value: Data, out: Fields): void;
  /** All blocks are here. */
  joined(whole: Uint8Array, count: number, out: Fields): Promise<void>;
}

export class ShortNames {
  readonly #blocks: Readonly<Record<Side, Blocks>>;
  readonly #noting: Noting;
  constructor(blocks: Readonly<Record<Side, Blocks>>, noting: Noting) {
    this.#blocks = blocks;
    this.#noting = noting;
  }

  async readRequest(variables: readonly VariableAccessSpecification[], out: Fields): Promise<void> {
    const [only] = variables;
    if (only?.type !== 'read-data-block-access') return;
    const whole = await this.#part('client', only, out);
    if (whole !== undefined)
      ifReadable(() => Object.assign(out, { variables: decode(ReadRequest, whole).map(variableNotation) }));
  }
  async writeRequest(request: WriteRequest, out: Fields): Promise<void> {
    const [only] = request.variableAccessSpecification;
    const [data] = request.listOfData;
    if (only?.type !== 'write-data-block-access' || data?.type !== 'octet-string')
      return this.#values(request.listOfData, out);
    const whole = await this.#part('client', { ...only, rawData: data.value }, out);
    if (whole === undefined) return;
    ifReadable(() => {
      const written = decode(WriteRequest, whole);
      out.variables = written.variableAccessSpecification.map(variableNotation);
      this.#values(written.listOfData, out);
    });
  }
  async readResponse(results: readonly ReadResult[], out: Fields): Promise<void> {
    const [only] = results;
    if (only?.type !== 'data-block-result') return this.#results(results, out);
    const whole = await this.#part('server', only, out);
    if (whole === undefined) return;
    // The list of results, or its first value alone: the Gurux family leaves the count and the choice out.
    if (!ifReadable(() => this.#results(decode(ReadResponse, whole), out)))
      ifReadable(() => this.#noting.value(decode(Data, whole), out));
  }

  /** One block; the whole when it was the last. */
  async #part(
    side: Side,
    block: { lastBlock: boolean; blockNumber: number; rawData: Uint8Array },
    out: Fields,
  ): Promise<Uint8Array | undefined> {
    const blocks = this.#blocks[side];
    blocks.add(block.rawData, block.blockNumber);
    Object.assign(out, { lastBlock: block.lastBlock, blockNumber: block.blockNumber, rawData: hex(block.rawData) });
    if (!block.lastBlock) return undefined;
    const { count } = blocks;
    const whole = blocks.take();
    await this.#noting.joined(whole, count, out);
    return whole;
  }
  #results(results: readonly ReadResult[], out: Fields): void {
    const values = results.flatMap((r) => (r.type === 'data' ? [r.value] : []));
    if (values.length === results.length) this.#values(values, out);
    else out.values = results.map((r) => (r.type === 'data' ? dataNotation(r.value) : readResultNotation(r)));
    const [only] = results;
    if (results.length !== 1 || only?.type !== 'data-access-error') return;
    const refused = accessResult(only.value);
    Object.assign(out, { result: refused, dataAccessResult: refused });
  }
  /** One value is `value`, several are `values`. */
  #values(values: readonly Data[], out: Fields): void {
    const [only] = values;
    if (values.length === 1 && only !== undefined) this.#noting.value(only, out);
    out.values = values.map(dataNotation);
  }
}

/** Some peers cut their blocks wrongly; the octets still count. */
export function ifReadable(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (e) {
    if (!isDlmsError(e)) throw e;
    return false;
  }
}
