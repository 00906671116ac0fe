import { Data } from '../axdr/data.js';
import { decode, encode, type Schema, sequenceOf } from '../axdr/schema.js';
import { apduFacts, isGeneralBlock, isProtected } from '../core/apdu-facts.js';
import { latin1 } from '../core/bytes.js';
import type { Quirk } from '../core/cursor.js';
import { isDlmsError } from '../core/errors.js';
import { formatHex } from '../core/hex.js';
import { dateTimeFromBytes } from '../cosem/date-time.js';
import { readSecurityHeader } from '../security/ciphering.js';
import type { SecurityContext } from '../security/context.js';
import { unprotect } from '../security/unprotect.js';
import { BlockReceiver } from '../session/block-receiver.js';
import { GbtEndpoint } from '../session/general-block-transfer.js';
import { mechanismOf } from '../xdlms/acse.js';
import { Apdu } from '../xdlms/apdu.js';
import { GetDataResult } from '../xdlms/get-data-result.js';
import { ReadRequest, ReadResponse, WriteRequest } from '../xdlms/short-name.js';
import { contentsOf } from './ciphered.js';
import { anyOf, later, only, type View, views } from './compare.js';
import { Decoded, decoded } from './decoded.js';
import { writtenBack } from './decoding.js';
import { type Parties, type Side, verifyReply } from './hls.js';
import { contextOf, provider, suiteOf } from './keys.js';
import { bodyFields } from './kinds/capture.js';
import { octetsParam } from './parameters.js';
import type { Vector } from './vector.js';

type Fields = Record<string, unknown>;
/** An APDU from the wire. */
export interface Heard {
  readonly apdu: Uint8Array;
  readonly side: Side;
  /** The TCP connection, if there are several. */
  readonly connection: string;
}

/** What a step can have besides the fields of its APDU; here all undefined. */
export const nothingHeard: Readonly<Fields> = Object.fromEntries(
  [
    'wrapper control address parameters segmented reassembledFrom apduHex acse plaintext decrypted inner text dateTime',
    'decryptedUserInformation ciphering key roundTrip trailing deblocked reassembled error readings pushList bodyCount',
  ].flatMap((line) => line.split(' ').map((name) => [name, undefined])),
);

/** Follows a conversation: keys, challenges, and what was asked, which is needed to read the answers. */
export class SessionTracker {
  readonly #vector: Vector;
  readonly #contexts = new Map<string, SecurityContext>();
  readonly #gbt = new Map<string, GbtEndpoint>();
  readonly #blocks: Partial<Record<Side, BlockReceiver>> = {};
  readonly #titles: Record<Side, Uint8Array | undefined>;
  readonly #challenges: Partial<Record<Side, Uint8Array>> = {};
  #mechanism: number | undefined;
  #dedicated: Uint8Array | undefined;
  #asked: Decoded = decoded(Apdu, undefined);
  #replyTo = false;
  #joined: Uint8Array | undefined;
  #value: Data | undefined;
  /** The number of blocks in the last block transfer. */
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

  /** What this APDU says, on its own and given what was heard before. */
  async hear(heard: Heard): Promise<View> {
    const { apdu: bytes, side } = heard;
    if (isGeneralBlock(bytes)) return this.#block(heard);
    const outer = decode(Apdu, bytes, { lenient: true });
    if (apduFacts[outer.type].service === 'acse') return this.#acse(outer as Acse, bytes, side);
    if (!isProtected(bytes)) return this.#service(bytes, side);
    return views(protection(outer), await this.hear({ ...heard, apdu: await this.#open(bytes, side) }));
  }
  /** What the last blocks were joined to. */
  joined(): Fields {
    const octets = this.#joined;
    const length = octets?.length;
    const data = this.#value === undefined || octets === undefined ? undefined : decoded(Data, this.#value);
    return {
      reassembled:
        octets && anyOf(octets, { hex: octets, octets: length, length }, ...(data === undefined ? [] : [data])),
      reassembledHex: octets,
      reassembledApdu: octets,
      plaintext: octets,
      octets: length,
      length,
      value: data,
      data,
      deblocked: undefined,
      apdu: octets && later(() => decoded(Apdu, decode(Apdu, octets, { lenient: true }))),
    };
  }

  async #block(heard: Heard): Promise<View> {
    const { apdu: bytes, side, connection } = heard;
    const block = decode(Apdu, bytes, { lenient: true }) as Extract<Apdu, { type: 'general-block-transfer' }>;
    const endpoint = this.#gbt.get(connection + side) ?? new GbtEndpoint({});
    this.#gbt.set(connection + side, endpoint);
    this.blockCount++;
    const fields: Fields = { plaintext: bytes };
    // Acknowledgements concern the sender of the other direction, which is not simulated here.
    let whole: Uint8Array | undefined;
    try {
      whole = endpoint.receive(encode(Apdu, { ...block, blockNumberAck: 0 })).complete;
    } catch (e) {
      if (!isDlmsError(e, 'protocol/block-number')) throw e;
      fields.error = 'block-sequence';
    }
    if (whole === undefined || whole.length === 0) return views(fields, decoded(Apdu, block));
    this.#joined = whole;
    const inner = await this.hear({ ...heard, apdu: whole });
    // The plain APDU: the block itself, or what the last one completes.
    const plaintext = anyOf(bytes, ...(inner.find('plaintext') ?? []));
    const deblocked = await deblockedFields(whole, block.blockNumber);
    return views({ ...fields, plaintext, deblocked, inner, reassembled: whole }, decoded(Apdu, block), inner);
  }
  async #acse(apdu: Acse, bytes: Uint8Array, side: Side): Promise<View> {
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
    const { userInformation: user } = apdu;
    const ciphered = user !== undefined && isProtected(user);
    const plain = ciphered ? await this.#open(user, side) : user;
    const carried = plain === undefined ? undefined : decode(Apdu, plain, { lenient: true });
    if (carried?.type === 'initiateRequest' && carried.dedicatedKey !== undefined)
      this.#dedicated = carried.dedicatedKey;
    const view = decoded(Apdu, apdu);
    return views(
      { acse: views({ xdlms: carried && decoded(Apdu, carried) }, view), plaintext: bytes },
      ciphered ? { decrypted: plain, decryptedUserInformation: plain } : {},
      ciphered ? protection(decode(Apdu, user, { lenient: true })) : {},
      only(view, ['apdu']),
      decoded(Apdu, undefined),
    );
  }
  async #open(bytes: Uint8Array, side: Side): Promise<Uint8Array> {
    const title = this.#titles[side];
    const id = title === undefined ? '' : formatHex(title);
    let context = this.#contexts.get(id);
    if (context === undefined) {
      context = await contextOf(this.#vector, { suite: suiteOf(this.#vector), peer: title });
      this.#contexts.set(id, context);
    }
    if (this.#dedicated !== undefined && context.keys.dedicated === undefined)
      await context.takeDedicatedKey(this.#dedicated);
    // With the keys at hand, tags are verified; counters are not checked, as they concern only the two sides.
    return (await unprotect(bytes, context, { mode: 'unverified', lenient: true })).apdu;
  }

  async #service(plain: Uint8Array, side: Side): Promise<View> {
    const quirks: Quirk[] = [];
    const apdu = decode(Apdu, plain, { lenient: true, quirks });
    const node = decoded(Apdu, apdu);
    if (targets.some((name) => node.find(name)?.[0] !== undefined)) this.#asked = node;
    await this.#hls(apdu, side);
    const view = views(
      { plaintext: plain, trailing: trailing(quirks, plain), roundTrip: writtenBack(Apdu, () => apdu, plain) },
      ...(await this.#transfer(node, side)),
      node,
      // A response repeats the attribute of its request.
      only(this.#asked, targets),
    );
    if (apdu.type === 'data-notification') return views(view, bodyFields(apdu.notificationBody.dataValue));
    const value = view.find('value')?.find((v) => v instanceof Decoded && v.isData) as Decoded | undefined;
    if (value === undefined) return view;
    this.#value = value.value;
    if (this.#value?.type !== 'octet-string') return view;
    const octets = this.#value.value;
    const dateTime = octets.length === 12 ? decoded(undefined, dateTimeFromBytes(octets)) : undefined;
    return views({ text: latin1(octets), dateTime }, view);
  }
  /** Takes one block of a long GET, SET, ACTION, read or write; the last one gives what all of them say. */
  async #transfer(node: Decoded, side: Side): Promise<(View | Fields)[]> {
    const field = (name: string): unknown => {
      const found = node.find(name)?.[0];
      return found instanceof Decoded ? found.value : found;
    };
    const [lastBlock, rawData] = [field('lastBlock'), field('rawData')];
    if (typeof lastBlock !== 'boolean' || !(rawData instanceof Uint8Array)) return [];
    const blockNumber = Number(field('blockNumber'));
    const started = blockNumber === 1 ? undefined : this.#blocks[side];
    const blocks = started ?? new BlockReceiver({ limit: () => Number.POSITIVE_INFINITY });
    this.#blocks[side] = blocks;
    const received = blocks.take({ lastBlock, blockNumber, rawData }, undefined);
    if (received === 'more') return [];
    delete this.#blocks[side];
    if (received !== 'whole') return [{ error: 'block-sequence' }];
    const whole = blocks.octets();
    this.#joined = whole;
    this.blockCount = blocks.count;
    const list = this.#asked.find('attributes')?.[0] !== undefined;
    return [
      { deblocked: await deblockedFields(whole, blocks.count) },
      ...unblocked((node.value as Apdu).type, list, whole),
    ];
  }
  /** Verifies replies to challenges: method 1 of class 15, or 8 of class 12. @throws Difference for a wrong one */
  async #hls(apdu: Apdu, side: Side): Promise<void> {
    const { value } = apdu as { value?: unknown };
    const service = value as Extract<Apdu, { type: 'action-request' | 'action-response' }>['value'] | undefined;
    let reply: Data | undefined;
    if (service?.type === 'action-request-normal') {
      const { classId, methodId } = service.cosemMethodDescriptor;
      this.#replyTo = (classId === 15 && methodId === 1) || (classId === 12 && methodId === 8);
      reply = service.methodInvocationParameters;
    } else if (service?.type === 'action-response-normal') {
      const { returnParameters } = service.singleResponse;
      reply = returnParameters?.type === 'data' ? returnParameters.value : undefined;
    }
    if (!this.#replyTo || reply?.type !== 'octet-string') return;
    await verifyReply(this.#vector, this.#parties, side, reply.value);
  }
}

type Acse = Extract<Apdu, { type: 'aarq' | 'aare' | 'rlrq' | 'rlre' }>;
/** What a request names and its response does not repeat. */
const targets = ['attribute', 'attributes', 'method', 'methods'];

const trailing = (quirks: readonly Quirk[], octets: Uint8Array): Uint8Array | undefined => {
  const end = quirks.find((q) => q.name === 'trailing-octets');
  return end && octets.subarray(end.offset);
};
/** How an APDU is protected, and under which key if that is not the global unicast key. */
function protection(outer: Apdu): View {
  const node = decoded(Apdu, outer);
  const contents = contentsOf(outer);
  const broadcast = contents !== undefined && readSecurityHeader(contents).control.broadcastKey;
  return views(
    {
      ciphering: node.at('/type'),
      key: /ded$/.test(apduFacts[outer.type].protection ?? '') ? 'dedicated' : broadcast ? 'broadcast' : undefined,
    },
    only(node, ['securityControl', 'invocationCounter']),
  );
}
const deblockedFields = async (whole: Uint8Array, blocks: number): Promise<Fields> => ({
  blocks,
  octets: whole.length,
  sha256: await provider.digest('SHA-256', [whole]),
  hex: whole,
});

/** What blocks carry if not a value: with short names, the rest of the APDU. */
const inBlocks: Readonly<Record<string, readonly Schema<unknown>[]>> = {
  readRequest: [ReadRequest],
  writeRequest: [WriteRequest],
  // The list of results, or only its first value: Gurux implementations omit the count and the choice.
  readResponse: [ReadResponse, Data],
};
const joinedFields = ['variables', 'items', 'value', 'values', 'results', 'result', 'dataAccessResult'];
/** What all blocks say together: the APDU as it would be without blocks. @param list whether a list was requested */
function unblocked(type: Apdu['type'], list: boolean, whole: Uint8Array): (View | Fields)[] {
  for (const schema of inBlocks[type] ?? [list && type === 'get-response' ? sequenceOf(GetDataResult) : Data]) {
    const quirks: Quirk[] = [];
    try {
      const value = decode(schema, whole, { lenient: schema === Data, quirks });
      const told = { trailing: trailing(quirks, whole) };
      if (schema === Data) return [told, { value: decoded(Data, value) }];
      const content = type === 'get-response' ? { type: 'get-response-with-list', result: value } : value;
      const apdu = type === 'writeRequest' ? { type, ...(value as object) } : { type, value: content };
      return [told, only(decoded(Apdu, apdu), joinedFields)];
    } catch (e) {
      // Some peers cut their blocks incorrectly; the octets still count.
      if (!isDlmsError(e)) throw e;
    }
  }
  return [];
}
