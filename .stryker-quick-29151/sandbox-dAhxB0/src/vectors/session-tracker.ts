import { Data } from '../axdr/data.js';
import { decode, encode, sequenceOf } from '../axdr/schema.js';
import { isGeneralBlock, isProtected } from '../core/apdu-facts.js';
import { latin1 } from '../core/bytes.js';
import type { Quirk } from '../core/cursor.js';
import { isDlmsError } from '../core/errors.js';
import { formatHex } from '../core/hex.js';
import { dateTimeFromBytes } from '../cosem/date-time.js';
import type { SecurityContext } from '../security/context.js';
import { unprotect } from '../security/unprotect.js';
import { GbtEndpoint } from '../session/general-block-transfer.js';
import { mechanismOf } from '../xdlms/acse.js';
import { Apdu } from '../xdlms/apdu.js';
import { InvokeIdAndPriority } from '../xdlms/common.js';
import { GetDataResult } from '../xdlms/get-data-result.js';
import { type AcseForm, acseNotation } from './acse-notation.js';
import {
  accessResult,
  actionResult,
  apduNotation,
  gbtNotation,
  longInvokeNotation,
  securityControlNotation,
} from './apdu-notation.js';
import { anyOf, later } from './compare.js';
import { writtenBack } from './decoding.js';
import { contextOf, provider, suiteOf } from './keys.js';
import { bodyNotation } from './kinds/capture.js';
import { dataNotation, dateNotation, dateTimeFields, hex } from './notation.js';
import { Blocks, type Recorded } from './recording.js';
import { type Parties, verifyReply } from './session-hls.js';
import { absent, attributeNotation, initiateNotation, kebab, methodNotation, senderOf } from './session-notation.js';
import { ifReadable, ShortNames } from './session-short-names.js';
import { octetsParam } from './values.js';
import type { Vector } from './vector.js';

type Fields = Record<string, unknown>;
type Target = Fields | undefined;
interface Exchange {
  attribute?: Target;
  attributes?: readonly Fields[];
  method?: Target;
}

/** Follows a conversation: keys, challenges and what was asked, so that answers can be told. */
export class SessionTracker {
  readonly #vector: Vector;
  readonly #contexts = new Map<string, SecurityContext>();
  readonly #gbt = new Map<string, GbtEndpoint>();
  readonly #blocks = { client: new Blocks(), server: new Blocks() };
  readonly #shortNames = new ShortNames(this.#blocks, {
    value: (value, out) => this.#value(value, out),
    joined: (whole, count, out) => this.#join(whole, count, out),
  });
  readonly #titles: { client: Uint8Array | undefined; server: Uint8Array | undefined };
  readonly #challenges: { client?: Uint8Array; server?: Uint8Array } = {};
  #mechanism: number | undefined;
  #dedicated: Uint8Array | undefined;
  #asked: Exchange = {};
  #replyTo = false;
  #lastJoined: Uint8Array | undefined;
  #lastValue: Data | undefined;
  blockCount = 0;

  constructor(vector: Vector) {
    this.#vector = vector;
    this.#titles = {
      client: octetsParam(vector, 'clientSystemTitle', 'systemTitle'),
      server: octetsParam(vector, 'serverSystemTitle'),
    };
  }

  get #parties(): Parties {
    return { mechanism: this.#mechanism, challenges: this.#challenges, titles: this.#titles };
  }

  async step({ direction, frame, apdu, connection }: Recorded): Promise<Fields> {
    const empty: Fields = { ...absent, ...frame };
    if (apdu === undefined || apdu.length === 0) return { ...empty, direction };
    const sender = direction ?? senderOf(apdu);
    const side = sender === 'server' || sender === 'meter' ? 'server' : 'client';
    const out: Fields = { ...empty, direction: anyOf(direction ?? sender), apduHex: hex(apdu) };
    await this.#read(apdu, side, connection, out);
    return out;
  }
  /** What the last blocks joined to. */
  joined(): Fields {
    const [octets, value] = [this.#lastJoined, this.#lastValue];
    if (octets === undefined)
      return { reassembled: undefined, value: undefined, data: undefined, plaintext: undefined, deblocked: undefined };
    const data = value === undefined ? undefined : dataNotation(value);
    return {
      reassembled: anyOf(
        hex(octets),
        { hex: hex(octets), octets: octets.length, length: octets.length },
        ...(data === undefined ? [] : [data]),
      ),
      reassembledHex: hex(octets),
      reassembledApdu: hex(octets),
      plaintext: hex(octets),
      octets: octets.length,
      length: octets.length,
      value: data,
      data,
      apdu: later(() => apduNotation(decode(Apdu, octets, { lenient: true }))),
    };
  }

  async #read(bytes: Uint8Array, side: 'client' | 'server', connection: string, out: Fields): Promise<void> {
    if (isGeneralBlock(bytes)) return this.#block(bytes, side, connection, out);
    const first = decode(Apdu, bytes, { lenient: true });
    if (first.type === 'aarq' || first.type === 'aare' || first.type === 'rlrq' || first.type === 'rlre')
      return this.#acse(first, bytes, side, out);
    let plain = bytes;
    if (isProtected(bytes)) {
      plain = await this.#open(bytes, side);
      Object.assign(out, this.#protection(first));
    }
    out.plaintext = hex(plain);
    if (isGeneralBlock(plain)) return this.#block(plain, side, connection, out);
    const quirks: Quirk[] = [];
    const apdu = decode(Apdu, plain, { lenient: true, quirks });
    const trailing = quirks.find((q) => q.name === 'trailing-octets');
    out.trailing = trailing === undefined ? undefined : hex(plain.subarray(trailing.offset));
    out.roundTrip = writtenBack(Apdu, apdu, plain);
    await this.#service(apdu, side, out);
  }
  async #block(bytes: Uint8Array, side: 'client' | 'server', connection: string, out: Fields): Promise<void> {
    const block = decode(Apdu, bytes, { lenient: true }) as Extract<Apdu, { type: 'general-block-transfer' }>;
    Object.assign(out, {
      apdu: anyOf('general-block-transfer', apduNotation(block)),
      ...gbtNotation(block),
      plaintext: hex(bytes),
    });
    const key = `${connection} ${side}`;
    let endpoint = this.#gbt.get(key);
    if (endpoint === undefined) {
      endpoint = new GbtEndpoint({});
      this.#gbt.set(key, endpoint);
    }
    this.blockCount++;
    // The acknowledgements of the other direction are for the sender, who is not here.
    let complete: Uint8Array | undefined;
    try {
      ({ complete } = endpoint.receive(encode(Apdu, { ...block, blockNumberAck: 0 })));
    } catch (e) {
      if (!isDlmsError(e, 'protocol/block-number')) throw e;
      out.error = 'block-sequence';
    }
    if (complete === undefined || complete.length === 0) return;
    out.deblocked = await this.#deblocked(complete, block.blockNumber);
    this.#lastJoined = complete;
    const inner: Fields = { ...absent };
    await this.#read(complete, side, connection, inner);
    for (const [name, value] of Object.entries(inner)) if (value !== undefined && name !== 'apdu') out[name] ??= value;
    // The APDU in clear: the block itself, or what the last one completes.
    out.plaintext = anyOf(out.plaintext, inner.plaintext);
    out.inner = inner;
    out.reassembled = hex(complete);
  }
  async #acse(apdu: AcseForm, bytes: Uint8Array, side: 'client' | 'server', out: Fields): Promise<void> {
    if (apdu.type === 'aarq') {
      this.#titles.client = apdu.callingAPTitle ?? this.#titles.client;
      this.#mechanism = apdu.mechanismName === undefined ? undefined : mechanismOf(apdu.mechanismName);
      if (apdu.callingAuthenticationValue?.type === 'charstring')
        this.#challenges.client = apdu.callingAuthenticationValue.value;
      this.#dedicated = undefined;
      this.#contexts.clear();
    } else if (apdu.type === 'aare') {
      this.#titles.server = apdu.respondingAPTitle ?? this.#titles.server;
      if (apdu.respondingAuthenticationValue?.type === 'charstring')
        this.#challenges.server = apdu.respondingAuthenticationValue.value;
    }
    const user = apdu.userInformation;
    let plain = user;
    if (user !== undefined && isProtected(user)) {
      plain = await this.#open(user, side);
      Object.assign(out, this.#protection(decode(Apdu, user, { lenient: true })), {
        decrypted: hex(plain),
        decryptedUserInformation: hex(plain),
      });
    }
    const carried = plain === undefined ? undefined : decode(Apdu, plain, { lenient: true });
    if (carried?.type === 'initiateRequest' && carried.dedicatedKey !== undefined)
      this.#dedicated = carried.dedicatedKey;
    const notation = acseNotation(apdu);
    out.acse = { ...notation, xdlms: carried === undefined ? undefined : initiateNotation(carried) };
    out.plaintext = hex(bytes);
    out.apdu = anyOf(apdu.type.toUpperCase(), notation);
  }

  async #open(bytes: Uint8Array, side: 'client' | 'server'): Promise<Uint8Array> {
    const title = this.#titles[side];
    const id = title === undefined ? '' : formatHex(title);
    let context = this.#contexts.get(id);
    if (context === undefined) {
      context = await contextOf(this.#vector, { suite: suiteOf(this.#vector), peer: title });
      this.#contexts.set(id, context);
    }
    if (this.#dedicated !== undefined && context.keys.dedicated === undefined)
      await context.takeDedicatedKey(this.#dedicated);
    // The keys are here, so tags are verified; counters are those of the two sides of the recording, which this reader is not.
    return (await unprotect(bytes, context, { mode: 'unverified', lenient: true })).apdu;
  }
  #protection(outer: Apdu): Fields {
    const content = 'cipheredContent' in outer ? outer.cipheredContent : (outer as { value?: unknown }).value;
    if (!(content instanceof Uint8Array)) return { ciphering: kebab(outer.type) };
    const dedicated = outer.type.startsWith('ded-') || outer.type === 'general-ded-ciphering';
    return {
      ciphering: anyOf(kebab(outer.type), outer.type),
      securityControl: securityControlNotation(content[0] ?? 0),
      invocationCounter: new DataView(content.buffer, content.byteOffset).getUint32(1),
      key: dedicated ? 'dedicated' : ((content[0] ?? 0) & 0x40) !== 0 ? 'broadcast' : undefined,
    };
  }

  async #service(apdu: Apdu, side: 'client' | 'server', out: Fields): Promise<void> {
    const general = apduNotation(apdu);
    const value = (apdu as { value?: { type?: string; invokeIdAndPriority?: InvokeIdAndPriority } }).value;
    const inner = /^(get|set|action)-(request|response)$/.test(apdu.type) ? value : undefined;
    const name =
      inner?.type === undefined ? kebab(apdu.type) : `${apdu.type}/${inner.type.slice(apdu.type.length + 1)}`;
    // The fields of the general notation are known too, under the names that the recordings do not use for something else.
    for (const [field, v] of Object.entries(general)) if (!(field in out) || out[field] === undefined) out[field] = v;
    out.apdu = anyOf(name, apdu.type, general);
    if (inner?.invokeIdAndPriority !== undefined)
      out.invokeIdAndPriority = anyOf(
        hex(encode(InvokeIdAndPriority, inner.invokeIdAndPriority)),
        general.invokeIdAndPriority,
      );
    switch (apdu.type) {
      case 'get-request':
        return this.#getRequest(apdu.value, out);
      case 'get-response':
        return this.#getResponse(apdu.value, out);
      case 'set-request':
        return this.#setRequest(apdu.value, out);
      case 'set-response': {
        Object.assign(out, this.#asked);
        const { value: response } = apdu;
        if ('result' in response)
          out[Array.isArray(response.result) ? 'results' : 'result'] = Array.isArray(response.result)
            ? response.result.map(accessResult)
            : accessResult(response.result);
        return;
      }
      case 'action-request':
        return this.#actionRequest(apdu.value, out);
      case 'action-response':
        return this.#actionResponse(apdu.value, side, out);
      case 'exception-response':
        return;
      case 'data-notification':
        Object.assign(out, bodyNotation(apdu.notificationBody.dataValue), dateNotation(apdu.dateTime), {
          value: dataNotation(apdu.notificationBody.dataValue),
          longInvokeIdAndPriority: longInvokeNotation(apdu.longInvokeIdAndPriority),
        });
        return;
      case 'event-notification-request':
        Object.assign(out, {
          attribute: attributeNotation(apdu.cosemAttributeDescriptor),
          value: dataNotation(apdu.attributeValue),
        });
        return;
      case 'readRequest':
        out.items = general.variables;
        return this.#shortNames.readRequest(apdu.value, out);
      case 'writeRequest':
      case 'unconfirmedWriteRequest':
        out.items = general.variables;
        return this.#shortNames.writeRequest(apdu, out);
      case 'readResponse':
        out.items = general.results;
        return this.#shortNames.readResponse(apdu.value, out);
    }
  }
  #getRequest(v: Extract<Apdu, { type: 'get-request' }>['value'], out: Fields): void {
    if (v.type === 'get-request-normal') {
      this.#ask({ attribute: attributeNotation(v.cosemAttributeDescriptor, v.accessSelection) });
      out.attribute = anyOf(this.#asked.attribute, out.attribute);
    } else if (v.type === 'get-request-with-list') {
      this.#ask({
        attributes: v.attributeDescriptorList.map((a) =>
          attributeNotation(a.cosemAttributeDescriptor, a.accessSelection),
        ),
      });
      out.attributes = anyOf(this.#asked.attributes, out.attributes);
      out.items = this.#asked.attributes;
    }
  }
  async #getResponse(v: Extract<Apdu, { type: 'get-response' }>['value'], out: Fields): Promise<void> {
    if (v.type === 'get-response-normal') {
      Object.assign(out, this.#asked);
      this.#result(v.result, out);
    } else if (v.type === 'get-response-with-list') {
      Object.assign(out, this.#asked);
      this.#results(v.result, out);
    } else if (v.result.result.type === 'raw-data') {
      this.#blocks.server.add(v.result.result.value, v.result.blockNumber);
      if (v.result.lastBlock) await this.#joinedValue('server', out, GetDataResult);
    } else {
      Object.assign(out, this.#asked);
      out.result = accessResult(v.result.result.value);
      out.dataAccessResult = out.result;
    }
  }
  async #setRequest(v: Extract<Apdu, { type: 'set-request' }>['value'], out: Fields): Promise<void> {
    if ('cosemAttributeDescriptor' in v)
      this.#ask({ attribute: attributeNotation(v.cosemAttributeDescriptor, v.accessSelection) });
    if ('attributeDescriptorList' in v)
      this.#ask({
        attributes: v.attributeDescriptorList.map((a) =>
          attributeNotation(a.cosemAttributeDescriptor, a.accessSelection),
        ),
      });
    Object.assign(out, this.#asked);
    if (v.type === 'set-request-normal') this.#value(v.value, out);
    if (v.type === 'set-request-with-list') out.values = v.valueList.map(dataNotation);
    if ('datablock' in v) await this.#part(v.datablock, out);
  }
  async #actionRequest(v: Extract<Apdu, { type: 'action-request' }>['value'], out: Fields): Promise<void> {
    if ('cosemMethodDescriptor' in v) this.#ask({ method: methodNotation(v.cosemMethodDescriptor) });
    if (this.#asked.method !== undefined && v.type !== 'action-request-next-pblock')
      out.method = anyOf(this.#asked.method, out.method);
    if (v.type === 'action-request-normal') {
      const parameter = v.methodInvocationParameters;
      out.parameters = parameter === undefined ? null : dataNotation(parameter);
      const { classId, methodId } = v.cosemMethodDescriptor;
      // Class 15 method 1, class 12 method 8: reply_to_HLS_authentication.
      this.#replyTo = (classId === 15 && methodId === 1) || (classId === 12 && methodId === 8);
      if (this.#replyTo && parameter?.type === 'octet-string')
        await verifyReply(this.#vector, this.#parties, 'client', parameter.value);
    }
    if ('pblock' in v) await this.#part(v.pblock, out);
  }
  async #actionResponse(
    v: Extract<Apdu, { type: 'action-response' }>['value'],
    side: 'client' | 'server',
    out: Fields,
  ): Promise<void> {
    if (v.type === 'action-response-with-pblock') {
      this.#blocks[side].add(v.pblock.rawData, v.pblock.blockNumber);
      if (v.pblock.lastBlock) await this.#joinedValue(side, out);
      return;
    }
    out.method = this.#asked.method;
    if (v.type !== 'action-response-normal') return;
    const { result, returnParameters } = v.singleResponse;
    out.actionResult = actionResult(result);
    out.result = actionResult(result);
    if (returnParameters === undefined) {
      out.returnParameters = null;
      return;
    }
    out.returnParameters =
      returnParameters.type === 'data'
        ? anyOf(dataNotation(returnParameters.value), { data: dataNotation(returnParameters.value) })
        : { dataAccessResult: accessResult(returnParameters.value) };
    if (this.#replyTo && returnParameters.type === 'data' && returnParameters.value.type === 'octet-string')
      await verifyReply(this.#vector, this.#parties, 'server', returnParameters.value.value);
    this.#replyTo = false;
  }

  #ask(asked: Exchange): void {
    this.#asked = asked;
  }
  #result(result: GetDataResult, out: Fields): void {
    if (result.type === 'data') this.#value(result.value, out);
    else {
      const refused = accessResult(result.value);
      Object.assign(out, {
        result: anyOf(refused, out.result),
        dataAccessResult: refused,
        accessResult: refused,
        error: refused,
      });
    }
  }
  #results(results: readonly GetDataResult[], out: Fields): void {
    const each = results.map((r) =>
      r.type === 'data'
        ? dataNotation(r.value)
        : anyOf({ dataAccessResult: accessResult(r.value) }, accessResult(r.value)),
    );
    out.values = each;
    out.results = anyOf(
      each,
      results.map((r) =>
        r.type === 'data' ? anyOf('success', 0, { data: dataNotation(r.value) }) : accessResult(r.value),
      ),
    );
    out.items = each;
  }
  #value(value: Data, out: Fields): void {
    out.value = dataNotation(value);
    this.#lastValue = value;
    if (value.type !== 'octet-string') return;
    out.text = latin1(value.value);
    if (value.value.length === 12) out.dateTime = dateTimeFields(dateTimeFromBytes(value.value));
  }
  async #part(block: { lastBlock: boolean; blockNumber: number; rawData: Uint8Array }, out: Fields): Promise<void> {
    this.#blocks.client.add(block.rawData, block.blockNumber);
    if (block.lastBlock) await this.#joinedValue('client', out);
  }
  /** All blocks are here: one value, or a list of them where a list was asked for. */
  async #joinedValue(
    side: 'client' | 'server',
    out: Fields,
    element: typeof GetDataResult | undefined = undefined,
  ): Promise<void> {
    const count = this.#blocks[side].count;
    const whole = this.#blocks[side].take();
    Object.assign(out, this.#asked);
    await this.#join(whole, count, out);
    ifReadable(() => {
      if (this.#asked.attributes !== undefined && element !== undefined)
        return this.#results(decode(sequenceOf(element), whole), out);
      const quirks: Quirk[] = [];
      this.#value(decode(Data, whole, { lenient: true, quirks }), out);
      const trailing = quirks.find((q) => q.name === 'trailing-octets');
      if (trailing !== undefined) out.trailing = hex(whole.subarray(trailing.offset));
    });
  }
  async #join(whole: Uint8Array, count: number, out: Fields): Promise<void> {
    this.#lastJoined = whole;
    this.blockCount = count;
    out.deblocked = await this.#deblocked(whole, count);
  }
  async #deblocked(whole: Uint8Array, blocks: number): Promise<Fields> {
    return {
      blocks,
      octets: whole.length,
      sha256: hex(await provider.digest('SHA-256', [whole])),
      hex: hex(whole),
      content: undefined,
    };
  }
}
