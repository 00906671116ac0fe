import { Data } from '../../axdr/data.js';
import { encodedData, encodedNull } from '../../axdr/encoded-data.js';
import { decode, encode, encodeCount } from '../../axdr/schema.js';
import type { Block } from '../../session/block-receiver.js';
import type { DataAccessResult } from '../../xdlms/common.js';
import { EncodedApdu } from '../../xdlms/encoded-apdu.js';
import { type ReadResult, readRequest, readResult } from '../../xdlms/short-name.js';
import type { Exchange } from '../exchange.js';
import { BlockSource, oneByOne } from './block-source.js';
import { ifReadable } from './decode-request.js';
import { accessResult, type Name, type ShortNameContext, serviceError } from './short-name-context.js';

type Result = ReadResult<Uint8Array>;
const encodedRequest = /* @__PURE__ */ readRequest(encodedData);
const encodedResult = /* @__PURE__ */ readResult(encodedData);

/**
 * Serves a ReadRequest.
 * @returns the ReadResponse
 * @param blocksWithCount see `ServerShortNameOptions`
 */
export async function serveRead(
  names: readonly Name[],
  exchange: Exchange,
  context: ShortNameContext,
  blocksWithCount: boolean,
): Promise<Uint8Array> {
  const only = names.length === 1 ? names[0] : undefined;
  if (only?.type === 'block-number-access') {
    const block = await context.nextBlock('read', only.blockNumber, exchange);
    return typeof block === 'string' ? refused(block) : inBlock(block);
  }
  context.endResponse();
  if (only?.type !== 'read-data-block-access') {
    context.endRequest();
    return readAll(names, exchange, context, blocksWithCount);
  }
  const taken = context.takeBlock('read', only, exchange);
  if (taken === 'more') return respond([{ type: 'block-number', value: only.blockNumber }]);
  if (!(taken instanceof Uint8Array)) return refused(taken);
  const whole = ifReadable(() => decode(encodedRequest, taken));
  return whole === undefined ? refused('type-unmatched') : readAll(whole, exchange, context, blocksWithCount);
}

async function readAll(
  names: readonly Name[],
  exchange: Exchange,
  context: ShortNameContext,
  blocksWithCount: boolean,
): Promise<Uint8Array> {
  const [first, ...others] = names;
  if (first === undefined) return respond([]);
  if (others.length > 0 && !context.supports('multiple-references')) return serviceError('read', 'service-unsupported');
  // Every block is protected alike, so what the items require of the response must be known before the first block.
  for (const name of others) judge(name, exchange, context);
  const read = oneByOne(names, (name, asking) => readOne(name, asking, context));
  const next = async (asking: Exchange): Promise<Result | undefined> => {
    const value = await read(asking);
    if (value === undefined) return undefined;
    return value instanceof Uint8Array ? { type: 'data', value } : { type: 'data-access-error', value };
  };
  const begin = (await next(exchange)) as Result;
  const front = [encodeCount(names.length), encode(encodedResult, begin)];
  // Without the choice of the first result, a refusal could not be told from a value.
  const held = blocksWithCount || begin.type !== 'data' ? front : [begin.value];
  const results = new BlockSource<Result>(held, next, (result) => encode(encodedResult, result));
  // A method is invoked for the request that names it, never because a block is requested.
  if (others.some((name) => context.target(name)?.kind === 'method'))
    await results.fill(Number.POSITIVE_INFINITY, exchange);
  const { sendSize } = exchange;
  // Subtracts the tag, and what the blocks leave out.
  const room = sendSize - 1 - (size(front) - size(held));
  await results.fill(room, exchange);
  if (results.queue.ended && results.queue.size <= room) return respond([begin, ...results.elements]);
  const block = await context.firstBlock('read', results, exchange);
  return block === undefined ? serviceError('read', 'pdu-size') : inBlock(block);
}
const size = (parts: readonly Uint8Array[]): number => parts.reduce((sum, { length }) => sum + length, 0);

/**
 * Tells the exchange what a name requires of the response. Whether it is refused is determined again when it is read.
 */
function judge(name: Name, exchange: Exchange, context: ShortNameContext): void {
  const target = context.target(name);
  if (target === undefined) return;
  const { classId, logicalName: instanceId, index, kind } = target;
  if (kind === 'method') context.objects.invokeRefusal({ classId, instanceId, methodId: index }, exchange);
  else context.objects.readRefusal({ cosemAttributeDescriptor: { classId, instanceId, attributeId: index } }, exchange);
}

async function readOne(
  name: Name,
  exchange: Exchange,
  context: ShortNameContext,
): Promise<Uint8Array | DataAccessResult> {
  const { objects } = context;
  const target = context.target(name);
  if (target === undefined) return 'object-undefined';
  const parameterized = name.type === 'parameterized-access';
  if (parameterized && !context.supports('parameterized-access')) return 'scope-of-access-violated';
  const { classId, logicalName: instanceId, index, kind } = target;
  if (kind === 'attribute') {
    const cosemAttributeDescriptor = { classId, instanceId, attributeId: index };
    if (!parameterized) return objects.read({ cosemAttributeDescriptor }, exchange);
    const accessSelection = { accessSelector: name.selector, accessParameters: decode(Data, name.parameter) };
    return objects.read({ cosemAttributeDescriptor, accessSelection }, exchange);
  }
  if (!parameterized) return 'read-write-denied';
  const response = await objects.invoke({ classId, instanceId, methodId: index }, name.parameter, exchange);
  if (response.result !== 'success') return accessResult(response.result);
  return response.returnParameters?.type === 'data' ? response.returnParameters.value : encodedNull;
}

const respond = (value: Result[]): Uint8Array => encode(EncodedApdu, { type: 'readResponse', value });
const refused = (value: DataAccessResult): Uint8Array => respond([{ type: 'data-access-error', value }]);
const inBlock = (block: Block): Uint8Array => respond([{ type: 'data-block-result', ...block }]);
