import { encode } from '../../axdr/schema.js';
import type { Block } from '../../session/block-receiver.js';
import type { CosemAttributeDescriptorWithSelection, DataAccessResult } from '../../xdlms/common.js';
import { EncodedApdu } from '../../xdlms/encoded-apdu.js';
import type { SetRequest, SetResponse } from '../../xdlms/set.js';
import type { Exchange } from '../exchange.js';
import { decodeValues } from './decode-request.js';
import type { LongRequest } from './long-request.js';
import type { ServiceContext } from './service-context.js';

type Target = CosemAttributeDescriptorWithSelection;

/** Serves a Set-Request. @returns the Set-Response */
export function serveSet(
  request: SetRequest<Uint8Array>,
  exchange: Exchange,
  context: ServiceContext,
): Promise<Uint8Array> {
  const block = request.type === 'set-request-with-datablock' ? request.datablock : undefined;
  return context.once('set', request.invokeIdAndPriority, block, exchange, async () =>
    encode(EncodedApdu, { type: 'set-response', value: await setResponse(request, exchange, context) }),
  );
}

async function setResponse(
  request: SetRequest<Uint8Array>,
  exchange: Exchange,
  context: ServiceContext,
): Promise<SetResponse> {
  const { invokeIdAndPriority } = request;
  const { objects } = context;
  const normal = (result: DataAccessResult): SetResponse => ({
    type: 'set-response-normal',
    invokeIdAndPriority,
    result,
  });
  const inBlocks = context.supports('block-transfer-with-set-or-write');
  const inLists = context.supports('multiple-references');
  switch (request.type) {
    case 'set-request-normal':
      context.endRequest();
      return normal(await objects.write(request, request.value, exchange));
    case 'set-request-with-list': {
      context.endRequest();
      if (!inLists) return normal('other-reason');
      const result = await writeAll(request.attributeDescriptorList, request.valueList, exchange, context);
      return { type: 'set-response-with-list', invokeIdAndPriority, result };
    }
    case 'set-request-with-first-datablock': {
      if (!inBlocks) return normal('other-reason');
      context.endRequest();
      // Whoever may not write the value must not fill our memory with it.
      const result = objects.writeRefusal(request, exchange);
      const { blockNumber } = request.datablock;
      if (result !== undefined)
        return { type: 'set-response-last-datablock', invokeIdAndPriority, result, blockNumber };
      const long = context.beginRequest('set', { list: false, targets: [request] }, exchange);
      return takeBlock(long, request, request.datablock, exchange, context);
    }
    case 'set-request-with-list-and-first-datablock': {
      if (!inBlocks || !inLists) return normal('other-reason');
      context.endRequest();
      const { attributeDescriptorList: targets, datablock } = request;
      const refusals = targets.map((target) => objects.writeRefusal(target, exchange));
      const result = refusals.filter((r) => r !== undefined);
      const { blockNumber } = datablock;
      if (result.length === refusals.length)
        return { type: 'set-response-last-datablock-with-list', invokeIdAndPriority, result, blockNumber };
      const long = context.beginRequest('set', { list: true, targets }, exchange);
      return takeBlock(long, request, datablock, exchange, context);
    }
    case 'set-request-with-datablock': {
      const long = context.request('set');
      if (long !== undefined) return takeBlock(long, request, request.datablock, exchange, context);
      const { blockNumber } = request.datablock;
      const result = 'no-long-set-in-progress';
      return { type: 'set-response-last-datablock', invokeIdAndPriority, result, blockNumber };
    }
  }
}

async function takeBlock(
  long: LongRequest<'set', { readonly list: boolean; readonly targets: readonly Target[] }>,
  { invokeIdAndPriority }: SetRequest<Uint8Array>,
  block: Block,
  exchange: Exchange,
  context: ServiceContext,
): Promise<SetResponse> {
  const { blockNumber } = block;
  const last = (result: DataAccessResult): SetResponse => ({
    type: 'set-response-last-datablock',
    invokeIdAndPriority,
    result,
    blockNumber,
  });
  const taken = long.take(block, exchange);
  if (taken === 'more') return { type: 'set-response-datablock', invokeIdAndPriority, blockNumber };
  context.endRequest();
  if (typeof taken === 'string') return last(taken === 'number' ? 'data-block-number-invalid' : 'long-set-aborted');
  const { list, targets } = long.targets;
  if (!list) return last(await context.objects.write(targets[0] as Target, taken, exchange));
  const values = decodeValues(taken);
  if (values === undefined) return last('type-unmatched');
  const result = await writeAll(targets, values, exchange, context);
  return { type: 'set-response-last-datablock-with-list', invokeIdAndPriority, result, blockNumber };
}

async function writeAll(
  targets: readonly Target[],
  values: readonly Uint8Array[],
  exchange: Exchange,
  { objects }: ServiceContext,
): Promise<DataAccessResult[]> {
  // It is unclear which value belongs to which target, so nothing is written.
  if (values.length !== targets.length) return targets.map(() => 'type-unmatched' as const);
  const results: DataAccessResult[] = [];
  for (const [i, target] of targets.entries())
    results.push(
      (await exchange.next()) ? await objects.write(target, values[i] as Uint8Array, exchange) : 'temporary-failure',
    );
  return results;
}
