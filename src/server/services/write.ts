import { octetString } from '../../axdr/data.js';
import { encodedData } from '../../axdr/encoded-data.js';
import { decode, encode } from '../../axdr/schema.js';
import type { DataAccessResult } from '../../xdlms/common.js';
import { EncodedApdu } from '../../xdlms/encoded-apdu.js';
import { type WriteRequest, type WriteResult, writeRequest } from '../../xdlms/short-name.js';
import type { Exchange } from '../exchange.js';
import { ifReadable } from './decode-request.js';
import { accessResult, type Name, type ShortNameContext, serviceError } from './short-name-context.js';

const encodedRequest = /* @__PURE__ */ writeRequest(encodedData);

/** Serves a WriteRequest. @returns the WriteResponse */
export async function serveWrite(
  request: WriteRequest<Uint8Array>,
  exchange: Exchange,
  context: ShortNameContext,
): Promise<Uint8Array> {
  const { variableAccessSpecification: names, listOfData } = request;
  const only = names.length === 1 ? names[0] : undefined;
  if (only?.type !== 'write-data-block-access') {
    context.endRequest();
    return writeAll(request, exchange, context);
  }
  const [data] = listOfData;
  const rawData = data === undefined ? undefined : ifReadable(() => decode(octetString, data));
  if (rawData === undefined) return refused('type-unmatched');
  const taken = context.takeBlock('write', { ...only, rawData }, exchange);
  if (taken === 'more') return respond([{ type: 'block-number', value: only.blockNumber }]);
  if (!(taken instanceof Uint8Array)) return refused(taken);
  const whole = ifReadable(() => decode(encodedRequest, taken));
  const inside = whole?.variableAccessSpecification.some((name) => name.type === 'write-data-block-access');
  return whole === undefined || inside === true ? refused('type-unmatched') : writeAll(whole, exchange, context);
}

async function writeAll(
  { variableAccessSpecification: names, listOfData }: WriteRequest<Uint8Array>,
  exchange: Exchange,
  context: ShortNameContext,
): Promise<Uint8Array> {
  if (names.length !== listOfData.length) return serviceError('write', 'other');
  if (names.length > 1 && !context.supports('multiple-references')) return serviceError('write', 'service-unsupported');
  const results: WriteResult[] = [];
  for (const [i, name] of names.entries()) {
    const timely = await exchange.next();
    const result = timely ? await writeOne(name, listOfData[i] as Uint8Array, exchange, context) : 'temporary-failure';
    results.push(result === 'success' ? { type: 'success' } : { type: 'data-access-error', value: result });
  }
  return respond(results);
}
async function writeOne(
  name: Name,
  value: Uint8Array,
  exchange: Exchange,
  context: ShortNameContext,
): Promise<DataAccessResult> {
  if (name.type !== 'variable-name') return 'scope-of-access-violated';
  const target = context.target(name);
  if (target === undefined) return 'object-undefined';
  const { classId, logicalName: instanceId, index, kind } = target;
  if (kind === 'method')
    return accessResult(
      (await context.objects.invoke({ classId, instanceId, methodId: index }, value, exchange)).result,
    );
  const cosemAttributeDescriptor = { classId, instanceId, attributeId: index };
  return context.objects.write({ cosemAttributeDescriptor }, value, exchange);
}

const respond = (value: WriteResult[]): Uint8Array => encode(EncodedApdu, { type: 'writeResponse', value });
const refused = (value: DataAccessResult): Uint8Array => respond([{ type: 'data-access-error', value }]);
