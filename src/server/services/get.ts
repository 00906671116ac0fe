import { encodedData } from '../../axdr/encoded-data.js';
import { encode, encodeCount } from '../../axdr/schema.js';
import type { Block } from '../../session/block-receiver.js';
import type {
  CosemAttributeDescriptorWithSelection,
  DataAccessResult,
  InvokeIdAndPriority,
} from '../../xdlms/common.js';
import { EncodedApdu } from '../../xdlms/encoded-apdu.js';
import type { GetRequest, GetResponse } from '../../xdlms/get.js';
import { type GetDataResult, getDataResult } from '../../xdlms/get-data-result.js';
import type { Exchange } from '../exchange.js';
import { BlockSource, oneByOne } from './block-source.js';
import type { ServiceContext } from './service-context.js';

/** Serves a Get-Request. @returns the Get-Response */
export async function serveGet(request: GetRequest, exchange: Exchange, context: ServiceContext): Promise<Uint8Array> {
  const { invokeIdAndPriority: invoke } = request;
  if (request.type === 'get-request-next') {
    const block = await context.nextBlock('get', request.blockNumber, exchange);
    return typeof block === 'string' ? refused(invoke, block) : inBlock(invoke, block);
  }
  context.endResponse();
  if (request.type === 'get-request-normal') return getOne(request, invoke, exchange, context);
  if (!context.supports('multiple-references')) return refused(invoke, 'other-reason');
  return getList(request.attributeDescriptorList, invoke, exchange, context);
}

async function getOne(
  target: CosemAttributeDescriptorWithSelection,
  invokeIdAndPriority: InvokeIdAndPriority,
  exchange: Exchange,
  context: ServiceContext,
): Promise<Uint8Array> {
  const value = await context.objects.read(target, exchange);
  if (!(value instanceof Uint8Array)) return refused(invokeIdAndPriority, value);
  const whole = respond({ type: 'get-response-normal', invokeIdAndPriority, result: { type: 'data', value } });
  if (whole.length <= exchange.sendSize) return whole;
  const block = await context.firstBlock('get', new BlockSource([value]), exchange);
  if (block !== undefined) return inBlock(invokeIdAndPriority, block);
  return context.supports('general-block-transfer') ? whole : refused(invokeIdAndPriority, 'other-reason');
}

async function getList(
  targets: readonly CosemAttributeDescriptorWithSelection[],
  invokeIdAndPriority: InvokeIdAndPriority,
  exchange: Exchange,
  context: ServiceContext,
): Promise<Uint8Array> {
  const { objects } = context;
  // Every block is protected alike, so what the items require of the response must be known before the first block.
  for (const target of targets) objects.readRefusal(target, exchange);
  const read = oneByOne(targets, (target, asking) => objects.read(target, asking));
  const list = new BlockSource<GetDataResult<Uint8Array>>(
    [encodeCount(targets.length)],
    async (asking) => {
      const value = await read(asking);
      if (value === undefined) return undefined;
      return value instanceof Uint8Array ? { type: 'data', value } : { type: 'data-access-result', value };
    },
    (result) => encode(encodedResult, result),
  );
  const whole = (): Uint8Array =>
    respond({ type: 'get-response-with-list', invokeIdAndPriority, result: [...list.elements] });
  const room = exchange.sendSize - listFields;
  await list.fill(room, exchange);
  if (list.queue.ended && list.queue.size <= room) return whole();
  const block = await context.firstBlock('get', list, exchange);
  if (block !== undefined) return inBlock(invokeIdAndPriority, block);
  if (!context.supports('general-block-transfer')) return refused(invokeIdAndPriority, 'other-reason');
  await list.fill(Number.POSITIVE_INFINITY, exchange);
  return whole();
}
/** Octets of a response before the count of its list. */
const listFields = 3;
const encodedResult = /* @__PURE__ */ getDataResult(encodedData);

const respond = (value: GetResponse<Uint8Array>): Uint8Array => encode(EncodedApdu, { type: 'get-response', value });
const refused = (invokeIdAndPriority: InvokeIdAndPriority, value: DataAccessResult): Uint8Array =>
  respond({ type: 'get-response-normal', invokeIdAndPriority, result: { type: 'data-access-result', value } });
const inBlock = (invokeIdAndPriority: InvokeIdAndPriority, { lastBlock, blockNumber, rawData }: Block): Uint8Array =>
  respond({
    type: 'get-response-with-datablock',
    invokeIdAndPriority,
    result: { lastBlock, blockNumber, result: { type: 'raw-data', value: rawData } },
  });
