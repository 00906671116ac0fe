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
import { decompress } from '../security/v44/decompress.js';
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
import { contentsOf, originatorOf, recipientOf } from './ciphered.js';
import { contextOf, suiteOf } from './keys.js';
import { numberParam, octetsParam, packetOptions, sequenceList, wordParam } from './parameters.js';
import type { Vector } from './vector.js';

// Where octets enter the library, for vectors that expect a refusal: each layer reads octets strictly, and throws.

/** Takes octets; its memory between calls belongs to one vector. */
export type Intake = (octets: Uint8Array) => unknown;

/** The intake for `params.layer`. */
export async function intakeOf(vector: Vector): Promise<Intake> {
  const layer = wordParam(vector, 'layer', Object.keys(layers));
  return (layers[layer ?? 'apdu'] as (v: Vector) => Promise<Intake>)(vector);
}

type Layer = (vector: Vector) => Intake | Promise<Intake>;
const apdu: Layer = (vector) =>
  octetsParam(vector, 'encryptionKey', 'dedicatedKey', 'broadcastKey', 'authenticationKey') === undefined
    ? takeApdu
    : opening(vector);
const always =
  (intake: Intake): Layer =>
  () =>
    intake;
const layers: Readonly<Record<string, Layer>> = {
  apdu,
  xdlms: apdu,
  acse: apdu,
  security: opening,
  unprotect: opening,
  ciphering: opening,
  protection: opening,
  'axdr-data': always((octets) => decode(Data, octets)),
  axdr: always((octets) => decode(Data, octets)),
  wrapper: always(unwrap),
  'hdlc-frame': always(decodeHdlcFrame),
  hdlc: always(decodeHdlcFrame),
  'hdlc-stream': always(framesOf(hdlcDeframer)),
  'mbus-stream': always(framesOf(mbusDeframer)),
  'hdlc-address': always(decodeHdlcAddress),
  'hdlc-parameters': always(decodeHdlcParameters),
  'mbus-frame': always((octets) => mbusSegment(decodeMbusFrame(octets))),
  mbus: always((octets) => mbusSegment(decodeMbusFrame(octets))),
  'gbt-assembly': assembling,
  gbt: assembling,
  'date-time': always((octets) => toInstant(dateTimeFromBytes(octets))),
  'mode-e': always((octets) => (octets[0] === 0x06 ? decodeOptionSelect(octets) : decodeIdentification(octets))),
  'mode-e-ack': always(decodeOptionSelect),
  readout: always(decodeReadout),
  v44: (vector) => (octets) => decompress(octets, packetOptions(vector)),
  xml: always((octets) => apduFromXml(latin1(octets))),
};

/** Refuses a stream without any frame, with the first error of the deframer. */
function framesOf(deframer: (options: DeframerOptions<unknown>) => Deframer<unknown>): Intake {
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

/** Reads an APDU, and as much of what it carries as is possible without keys. */
function takeApdu(octets: Uint8Array): Apdu {
  const r = new Reader(octets);
  const apdu = decodeFrom(Apdu, r);
  if ('userInformation' in apdu && apdu.userInformation !== undefined) takeApdu(apdu.userInformation);
  const contents = contentsOf(apdu);
  if (contents !== undefined) readSecurityHeader(contents);
  if (r.left > 0) throw new DlmsError('decode/trailing-bytes', { offset: r.offset, left: r.left });
  return apdu;
}

/** Opens protected APDUs of one sender in order, checking tags, counters and the required protection. */
async function opening(vector: Vector): Promise<Intake> {
  const flags = numberParam(vector, 'policy') ?? 0;
  const context = await contextOf(vector, {
    suite: suiteOf(vector),
    own: octetsParam(vector, 'ownSystemTitle') ?? recipientIn(vector),
    peer: octetsParam(vector, 'systemTitle', 'serverSystemTitle', 'clientSystemTitle'),
    policy: {
      send: {},
      receive: { authenticated: (flags & 1) !== 0, encrypted: (flags & 2) !== 0 },
      plainErrors: false,
      withoutReplayProtection: true,
    },
  });
  const last = numberParam(vector, 'last');
  return async (octets) => {
    const apdu = takeApdu(octets);
    const title = originatorOf(apdu);
    if (context.peerSystemTitle === undefined && title !== undefined) context.setPeer(title);
    if (last !== undefined) await remember(context, last);
    const carried = 'userInformation' in apdu ? apdu.userInformation : undefined;
    return decode(Apdu, (await unprotect(carried ?? octets, context)).apdu);
  };
}
/** Records for all keys that messages of the peer up to `last` have been seen. */
async function remember(context: SecurityContext, last: number): Promise<void> {
  const peer = context.peerSystemTitle;
  if (peer === undefined) return;
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
/** The title that the first input names as its recipient, the only one that can open it. */
function recipientIn(vector: Vector): Uint8Array | undefined {
  const first = [vector.input.hex, ...(sequenceList(vector) ?? [])].find((v) => typeof v === 'string');
  try {
    return recipientOf(decode(Apdu, parseHex(first as string)));
  } catch {
    return undefined;
  }
}

/** Joins the blocks of a one-way push. A whole stream of frames can be passed at once. */
function assembling(vector: Vector): Intake {
  const endpoint = new GbtEndpoint({});
  switch (wordParam(vector, 'transport', ['hdlc', 'mbus', 'none'])) {
    case 'hdlc': {
      const deframer = hdlcDeframer();
      return (octets) => deframer.push(octets).map((frame) => endpoint.receive(stripLlc(frame.information)));
    }
    case 'mbus': {
      const deframer = mbusDeframer();
      return (octets) => deframer.push(octets).map((frame) => endpoint.receive(mbusSegment(frame)?.part ?? octets));
    }
    default:
      return (octets) => endpoint.receive(octets);
  }
}
