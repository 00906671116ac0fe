import { encodedData } from '../../axdr/encoded-data.js';
import { encode, type Schema, sequenceOf } from '../../axdr/schema.js';
import type { Block } from '../../session/block-receiver.js';
import {
  type ActionRequest,
  type ActionResponse,
  type ActionResponseWithOptionalData,
  actionResponseWithOptionalData,
} from '../../xdlms/action.js';
import type { ActionResult, CosemMethodDescriptor, InvokeIdAndPriority } from '../../xdlms/common.js';
import { EncodedApdu } from '../../xdlms/encoded-apdu.js';
import type { Exchange } from '../exchange.js';
import { BlockSource } from './block-source.js';
import { decodeValues } from './decode-request.js';
import type { LongRequest } from './long-request.js';
import type { ServiceContext } from './service-context.js';

type Returned = ActionResponseWithOptionalData<Uint8Array>;

/** Serves an Action-Request. @returns the Action-Response */
export async function serveAction(
  request: ActionRequest<Uint8Array>,
  exchange: Exchange,
  context: ServiceContext,
): Promise<Uint8Array> {
  const { invokeIdAndPriority: invoke } = request;
  if (request.type === 'action-request-next-pblock') {
    const block = await context.nextBlock('action', request.blockNumber, exchange);
    if (typeof block !== 'string') return inBlock(invoke, block);
    return refused(invoke, block === 'read-write-denied' ? block : 'no-long-action-in-progress');
  }
  const block = request.type === 'action-request-with-pblock' ? request.pblock : undefined;
  return context.once('action', invoke, block, exchange, () => actionResponse(request, exchange, context));
}

async function actionResponse(
  request: Exclude<ActionRequest<Uint8Array>, { type: 'action-request-next-pblock' }>,
  exchange: Exchange,
  context: ServiceContext,
): Promise<Uint8Array> {
  const { invokeIdAndPriority: invoke } = request;
  const { objects } = context;
  context.endResponse();
  const inLists = context.supports('multiple-references');
  switch (request.type) {
    case 'action-request-normal':
      context.endRequest();
      return invokeOne(request.cosemMethodDescriptor, request.methodInvocationParameters, invoke, exchange, context);
    case 'action-request-with-list':
      context.endRequest();
      if (!inLists) return refused(invoke, 'other-reason');
      return invokeList(
        request.cosemMethodDescriptorList,
        request.methodInvocationParameters,
        invoke,
        exchange,
        context,
      );
    case 'action-request-with-first-pblock': {
      context.endRequest();
      const method = request.cosemMethodDescriptor;
      const result = objects.invokeRefusal(method, exchange);
      if (result !== undefined) return refused(invoke, result);
      const long = context.beginRequest('action', { list: false, targets: [method] }, exchange);
      return takeBlock(long, invoke, request.pblock, exchange, context);
    }
    case 'action-request-with-list-and-first-pblock': {
      if (!inLists) return refused(invoke, 'other-reason');
      context.endRequest();
      const targets = request.cosemMethodDescriptorList;
      const refusals = targets.map((method) => objects.invokeRefusal(method, exchange));
      const listOfResponses = refusals.filter((r) => r !== undefined).map((result) => ({ result }));
      if (listOfResponses.length === refusals.length)
        return respond({ type: 'action-response-with-list', invokeIdAndPriority: invoke, listOfResponses });
      const long = context.beginRequest('action', { list: true, targets }, exchange);
      return takeBlock(long, invoke, request.pblock, exchange, context);
    }
    case 'action-request-with-pblock': {
      const long = context.request('action');
      if (long === undefined) return refused(invoke, 'no-long-action-in-progress');
      return takeBlock(long, invoke, request.pblock, exchange, context);
    }
  }
}

async function takeBlock(
  long: LongRequest<'action', { readonly list: boolean; readonly targets: readonly CosemMethodDescriptor[] }>,
  invoke: InvokeIdAndPriority,
  block: Block,
  exchange: Exchange,
  context: ServiceContext,
): Promise<Uint8Array> {
  if (!context.supports('block-transfer-with-action')) {
    context.endRequest();
    return refused(invoke, 'other-reason');
  }
  const taken = long.take(block, exchange);
  if (taken === 'more')
    return respond({
      type: 'action-response-next-pblock',
      invokeIdAndPriority: invoke,
      blockNumber: block.blockNumber,
    });
  context.endRequest();
  if (typeof taken === 'string') return refused(invoke, 'long-action-aborted');
  const { list, targets } = long.targets;
  if (!list) return invokeOne(targets[0] as CosemMethodDescriptor, taken, invoke, exchange, context);
  const parameters = decodeValues(taken);
  if (parameters === undefined) return refused(invoke, 'type-unmatched');
  return invokeList(targets, parameters, invoke, exchange, context);
}

async function invokeOne(
  method: CosemMethodDescriptor,
  parameter: Uint8Array | undefined,
  invokeIdAndPriority: InvokeIdAndPriority,
  exchange: Exchange,
  context: ServiceContext,
): Promise<Uint8Array> {
  const singleResponse = await context.objects.invoke(method, parameter, exchange);
  const response: ActionResponse<Uint8Array> = { type: 'action-response-normal', invokeIdAndPriority, singleResponse };
  return fitting(response, encodedReturned, singleResponse, exchange, context);
}
async function invokeList(
  methods: readonly CosemMethodDescriptor[],
  parameters: readonly Uint8Array[],
  invokeIdAndPriority: InvokeIdAndPriority,
  exchange: Exchange,
  context: ServiceContext,
): Promise<Uint8Array> {
  const listOfResponses = await invokeAll(methods, parameters, exchange, context);
  const response: ActionResponse<Uint8Array> = {
    type: 'action-response-with-list',
    invokeIdAndPriority,
    listOfResponses,
  };
  return fitting(response, listOfReturned, listOfResponses, exchange, context);
}
async function invokeAll(
  methods: readonly CosemMethodDescriptor[],
  parameters: readonly Uint8Array[],
  exchange: Exchange,
  { objects }: ServiceContext,
): Promise<Returned[]> {
  if (methods.length !== parameters.length) return methods.map(() => ({ result: 'type-unmatched' }));
  const responses: Returned[] = [];
  let total = 0;
  for (const [i, method] of methods.entries()) {
    // What was invoked is reported with what it returned; when there is no room for more, nothing more is invoked.
    if (total > exchange.limits.octets) responses.push({ result: 'other-reason' });
    else if (!(await exchange.next())) responses.push({ result: 'temporary-failure' });
    else {
      const response = await objects.invoke(method, parameters[i] as Uint8Array, exchange);
      if (response.returnParameters?.type === 'data') total += response.returnParameters.value.length;
      responses.push(response);
    }
  }
  return responses;
}

/**
 * The whole response if it fits, or if general block transfer can split it; otherwise its first block.
 * @param held what the blocks contain together
 */
async function fitting<T>(
  response: ActionResponse<Uint8Array>,
  schema: Schema<T>,
  held: T,
  exchange: Exchange,
  context: ServiceContext,
): Promise<Uint8Array> {
  const { invokeIdAndPriority: invoke } = response;
  const whole = respond(response);
  if (whole.length <= exchange.sendSize) return whole;
  const block = await context.firstBlock('action', new BlockSource([encode(schema, held)]), exchange);
  if (block !== undefined) return inBlock(invoke, block);
  return context.supports('general-block-transfer') ? whole : refused(invoke, 'other-reason');
}
const encodedReturned = /* @__PURE__ */ actionResponseWithOptionalData(encodedData);
const listOfReturned = /* @__PURE__ */ sequenceOf(encodedReturned);

const respond = (value: ActionResponse<Uint8Array>): Uint8Array =>
  encode(EncodedApdu, { type: 'action-response', value });
const refused = (invokeIdAndPriority: InvokeIdAndPriority, result: ActionResult): Uint8Array =>
  respond({ type: 'action-response-normal', invokeIdAndPriority, singleResponse: { result } });
const inBlock = (invokeIdAndPriority: InvokeIdAndPriority, pblock: Block): Uint8Array =>
  respond({ type: 'action-response-with-pblock', invokeIdAndPriority, pblock });
