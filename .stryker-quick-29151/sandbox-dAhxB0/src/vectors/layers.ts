import { Data } from '../axdr/data.js';
import { decode, decodeFrom } from '../axdr/schema.js';
import { latin1 } from '../core/bytes.js';
import { Reader } from '../core/cursor.js';
import { DlmsError } from '../core/errors.js';
import { parseHex } from '../core/hex.js';
import { dateTimeFromBytes, toInstant } from '../cosem/date-time.js';
import { readSecurityHeader } from '../security/ciphering.js';
import type { SecurityContext } from '../security/context.js';
import { unprotect } from '../security/unprotect.js';
import { GbtEndpoint } from '../session/general-block-transfer.js';
import { apduFromXml } from '../translator/xml-from.js';
import type { Deframer, DeframerOptions } from '../transport/deframer.js';
import { decodeIdentification, decodeOptionSelect, decodeReadout } from '../transport/framing/iec-62056-21.js';
import { decodeMbusFrame, mbusSegment } from '../transport/framing/mbus.js';
import { mbusDeframer } from '../transport/framing/mbus-deframer.js';
import { unwrap } from '../transport/framing/wpdu.js';
import { decodeHdlcAddress } from '../transport/hdlc/address.js';
import { hdlcDeframer } from '../transport/hdlc/deframer.js';
import { decodeHdlcFrame, stripLlc } from '../transport/hdlc/frame.js';
import { decodeHdlcParameters } from '../transport/hdlc/parameters.js';
import { Apdu } from '../xdlms/apdu.js';
import { contextOf, suiteOf } from './keys.js';
import { numberParam, octetsParam } from './values.js';
import { Unsupported, type Vector } from './vector.js';

// Where octets enter the library, for vectors that want them refused: each layer takes octets strictly, and throws.

/** Takes octets; what it remembers from one call to the next belongs to one vector. */
export type Intake = (octets: Uint8Array) => unknown;

/** The intake for `params.layer`. */
export async function intakeOf(vector: Vector): Promise<Intake> {
  const { layer } = vector.params;
  const make = typeof layer === 'string' && Object.hasOwn(layers, layer) ? layers[layer] : undefined;
  if (layer !== undefined && layer !== null && make === undefined)
    throw new Unsupported(`layer ${JSON.stringify(layer)} is not known`);
  if (make !== undefined) return make(vector);
  return hasKeys(vector) ? (layers.unprotect as (v: Vector) => Promise<Intake>)(vector) : takeApdu;
}
const hasKeys = (vector: Vector): boolean =>
  octetsParam(vector, 'encryptionKey', 'dedicatedKey', 'broadcastKey', 'authenticationKey') !== undefined;

const layers: Readonly<Record<string, (vector: Vector) => Intake | Promise<Intake>>> = {
  apdu: (vector) => (hasKeys(vector) ? opening(vector) : takeApdu),
  xdlms: (vector) => (hasKeys(vector) ? opening(vector) : takeApdu),
  acse: (vector) => (hasKeys(vector) ? opening(vector) : takeApdu),
  security: opening,
  unprotect: opening,
  ciphering: opening,
  protection: opening,
  'axdr-data': () => (octets) => decode(Data, octets),
  axdr: () => (octets) => decode(Data, octets),
  wrapper: () => (octets) => unwrap(octets),
  'hdlc-frame': () => (octets) => decodeHdlcFrame(octets),
  hdlc: () => (octets) => decodeHdlcFrame(octets),
  'hdlc-stream': () => framesOf(hdlcDeframer),
  'mbus-stream': () => framesOf(mbusDeframer),
  'hdlc-address': () => (octets) => decodeHdlcAddress(octets),
  'hdlc-parameters': () => (octets) => decodeHdlcParameters(octets),
  'mbus-frame': () => (octets) => mbusSegment(decodeMbusFrame(octets)),
  mbus: () => (octets) => mbusSegment(decodeMbusFrame(octets)),
  'gbt-assembly': assembling,
  gbt: assembling,
  'date-time': () => (octets) => toInstant(dateTimeFromBytes(octets)),
  'mode-e': () => (octets) => (octets[0] === 0x06 ? decodeOptionSelect(octets) : decodeIdentification(octets)),
  'mode-e-ack': () => (octets) => decodeOptionSelect(octets),
  readout: () => (octets) => decodeReadout(octets),
  xml: () => (octets) => apduFromXml(latin1(octets)),
};

/** A stream is refused when no frame is found in it; why, the deframer says. */
function framesOf(deframer: (options: DeframerOptions<any>) => Deframer<unknown>): Intake {
  return (octets) => {
    let first: DlmsError | undefined;
    const frames = deframer({
      onSkipped({ error }) {
        first ??= error;
      },
    }).push(octets);
    if (frames.length === 0)
      throw first ?? new DlmsError('decode/unexpected-end', { offset: octets.length, expected: 'a whole frame' });
    return frames;
  };
}

/** An APDU, and what it carries as far as that can be seen without keys. */
function takeApdu(octets: Uint8Array): unknown {
  const r = new Reader(octets);
  const apdu = decodeFrom(Apdu, r);
  if (apdu.type === 'aarq' || apdu.type === 'aare' || apdu.type === 'rlrq' || apdu.type === 'rlre')
    if (apdu.userInformation !== undefined) takeApdu(apdu.userInformation);
  const ciphered =
    'cipheredContent' in apdu
      ? apdu.cipheredContent
      : /^(glo|ded)-/.test(apdu.type)
        ? (apdu as { value: Uint8Array }).value
        : undefined;
  if (ciphered !== undefined) readSecurityHeader(ciphered);
  if (r.left > 0) throw new DlmsError('decode/trailing-bytes', { offset: r.offset, left: r.left });
  return apdu;
}

/** Opens protected APDUs of one sender in order: tags, counters, and the protection that the keys promise. */
async function opening(vector: Vector): Promise<Intake> {
  const peer = octetsParam(vector, 'systemTitle', 'originatorSystemTitle', 'serverSystemTitle', 'clientSystemTitle');
  const own = octetsParam(vector, 'ownSystemTitle', 'recipientSystemTitle') ?? recipientIn(vector);
  const required = vector.params.policy ?? vector.params.securityPolicy;
  if (required !== undefined && required !== null && typeof required !== 'number')
    throw new Unsupported('params.policy: a number expected');
  const flags = required ?? 0;
  const context = await contextOf(vector, {
    suite: suiteOf(vector),
    own,
    peer,
    policy: {
      send: {},
      receive: { authenticated: (flags & 1) !== 0, encrypted: (flags & 2) !== 0 },
      plainErrors: false,
      withoutReplayProtection: true,
    },
  });
  const last = lastCounterParam(vector);
  return async (octets) => {
    takeApdu(octets);
    const title = titleIn(octets);
    if (context.peerSystemTitle === undefined && title !== undefined) context.setPeer(title);
    await remember(context, last);
    const acse = decode(Apdu, octets);
    const carried = 'userInformation' in acse ? acse.userInformation : undefined;
    const { apdu } = await unprotect(carried ?? octets, context);
    return decode(Apdu, apdu);
  };
}
/** The counter that was accepted before the first input. */
export const lastCounterParam = (vector: Vector): number | undefined =>
  ['lastInvocationCounter', 'lastCounter', 'last', 'lastAccepted', 'previous', 'stored']
    .map((name) => numberParam(vector, name))
    .find((n) => n !== undefined);
/** Whatever key comes: messages of the peer up to `last` have been seen. */
async function remember(context: SecurityContext, last: number | undefined): Promise<void> {
  const peer = context.peerSystemTitle;
  if (last === undefined || peer === undefined) return;
  for (const [counters, key, handle] of [
    [context.counters, 'global-unicast-encryption-key', context.keys.globalUnicast],
    [context.counters, 'global-broadcast-encryption-key', context.keys.globalBroadcast],
    [context.dedicatedCounters, 'dedicated-key', context.keys.dedicated],
  ] as const) {
    if (handle === undefined) continue;
    const name = context.receiveName(key, peer);
    if ((await counters.last(name)) === undefined) await counters.record([[{ name, value: last }]]);
  }
}
/** The title that the first input names as its recipient: nobody else could take it. */
function recipientIn(vector: Vector): Uint8Array | undefined {
  const first = [vector.input.hex, ...Object.values(vector.input).filter(Array.isArray).flat()].find(
    (v) => typeof v === 'string',
  );
  if (first === undefined) return undefined;
  try {
    const apdu = decode(Apdu, parseHex(first as string));
    return 'recipientSystemTitle' in apdu && apdu.recipientSystemTitle.length === 8
      ? apdu.recipientSystemTitle
      : undefined;
  } catch {
    return undefined;
  }
}
function titleIn(octets: Uint8Array): Uint8Array | undefined {
  const apdu = decode(Apdu, octets);
  const title =
    'systemTitle' in apdu ? apdu.systemTitle : 'originatorSystemTitle' in apdu ? apdu.originatorSystemTitle : undefined;
  return title?.length === 8 ? title : undefined;
}

/** Blocks of a one-way push. A whole stream of frames may come at once. */
function assembling(vector: Vector): Intake {
  const endpoint = new GbtEndpoint({});
  const { transport } = vector.params;
  if (transport === 'hdlc') {
    const deframer = hdlcDeframer();
    return (octets) => deframer.push(octets).map((frame) => endpoint.receive(stripLlc(frame.information)));
  }
  if (transport === 'mbus') {
    const deframer = mbusDeframer();
    return (octets) => deframer.push(octets).map((frame) => endpoint.receive(mbusSegment(frame)?.part ?? octets));
  }
  if (transport !== undefined && transport !== null && transport !== 'none')
    throw new Unsupported(`transport ${JSON.stringify(transport)} is not known`);
  return (octets) => endpoint.receive(octets);
}
