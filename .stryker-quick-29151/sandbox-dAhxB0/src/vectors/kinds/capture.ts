import type { Data } from '../../axdr/data.js';
import { isGeneralBlock, isProtected } from '../../core/apdu-facts.js';
import { isDlmsError } from '../../core/errors.js';
import { plainPushItem, plainReading, pushListOf, readingsOf } from '../../cosem/push-readings.js';
import { type Unit, unitCodes, unitSymbol } from '../../cosem/units.js';
import { unprotect } from '../../security/unprotect.js';
import { GbtEndpoint } from '../../session/general-block-transfer.js';
import { mbusAssembler } from '../../transport/framing/mbus-assembler.js';
import { mbusDeframer } from '../../transport/framing/mbus-deframer.js';
import { wpduDeframer } from '../../transport/framing/wpdu.js';
import { encodeHdlcAddress } from '../../transport/hdlc/address.js';
import { hdlcDeframer } from '../../transport/hdlc/deframer.js';
import { stripLlc } from '../../transport/hdlc/frame.js';
import { hdlcReassembler } from '../../transport/hdlc/reassembler.js';
import { Apdu } from '../../xdlms/apdu.js';
import { apduNotation, gbtNotation } from '../apdu-notation.js';
import { anyOf, later } from '../compare.js';
import { decodeNoted } from '../decoding.js';
import { contextOf, securityParams, suiteOf } from '../keys.js';
import { dataNotation, dateNotation, hex } from '../notation.js';
import { octets, octetsParam } from '../values.js';
import { Difference, type Kind, type Notes, Unsupported, type Vector } from '../vector.js';
import { mbusNotation } from './transports.js';

export const captureKinds: Readonly<Record<string, Kind>> = {
  capture: { input: ['hex'], params: [...securityParams, 'framing'], run: capture },
};

async function capture(vector: Vector, notes: Notes): Promise<unknown> {
  const { frames, apdus } = unframed(octets(vector, 'hex'), vector.params.framing);
  const { blocks, messages } = assembled(apdus, notes);
  // A transfer that was broken off leaves nothing; the message that counts is the last complete one.
  const whole = messages.at(-1);
  if (whole === undefined) throw new Difference('no complete APDU in the octets');
  let plain = whole;
  let ciphering: Record<string, unknown> | null = null;
  let authenticated = false;
  if (isProtected(whole)) {
    const outer = decodeNoted(Apdu, whole, notes);
    ciphering = apduNotation(outer);
    const withheld = octetsParam(vector, 'authenticationKey') === undefined;
    const peer =
      octetsParam(vector, 'systemTitle') ??
      ('systemTitle' in outer && outer.systemTitle.length === 8 ? outer.systemTitle : undefined);
    const context = await contextOf(vector, { suite: suiteOf(vector), peer });
    const opened = await unprotect(whole, context, withheld ? { mode: 'unverified' } : {});
    plain = opened.apdu;
    authenticated = opened.authenticated;
  }
  const apdu = decodeNoted(Apdu, plain, notes);
  const result: Record<string, unknown> = {
    ...apduNotation(apdu),
    frames,
    gbtBlocks: blocks.map(gbtNotation),
    blockNumbers: blocks.map((b) => b.blockNumber),
    lastBlock: blocks.map((b) => b.blockControl.lastBlock),
    ciphering,
    authenticated,
    plaintext: hex(plain),
    inner: later(() => apduNotation(apdu)),
  };
  if (apdu.type === 'data-notification')
    Object.assign(result, bodyNotation(apdu.notificationBody.dataValue), dateNotation(apdu.dateTime));
  return result;
}

export function bodyNotation(body: Data): Record<string, unknown> {
  const list = pushListOf(body);
  return {
    body: dataNotation(body),
    bodyType: body.type,
    bodyCount: Array.isArray((body as { value?: unknown }).value)
      ? (body as { value: unknown[] }).value.length
      : undefined,
    readings: later(() =>
      readingsOf(body).map((r) => ({
        classId: undefined,
        attribute: undefined,
        scaler: undefined,
        dateTime: undefined,
        ...plainReading(r),
        unit: unitNotation(r.unit),
      })),
    ),
    pushList: list?.map(plainPushItem),
  };
}
/** By its symbol or its code; a value without unit is `unitless`. */
const unitNotation = (unit: Unit | undefined): unknown =>
  unit === undefined
    ? undefined
    : typeof unit === 'number'
      ? unit
      : anyOf(unit === 'count' ? 'unitless' : unit, unitCodes[unit], unitSymbol(unit));

/** Frames as they are noted, and the APDUs (or blocks) that they carry. */
export function unframed(
  bytes: Uint8Array,
  framing: unknown,
): { frames: Record<string, unknown>[] | undefined; apdus: Uint8Array[] } {
  switch (framing) {
    case 'hdlc': {
      const reassembler = hdlcReassembler();
      const frames = hdlcDeframer().push(bytes);
      return {
        frames: frames.map((f) => ({
          length:
            7 + f.destination.size + f.source.size + (f.information.length === 0 ? 0 : f.information.length + 2) - 2,
          segmented: f.segmented,
          control: anyOf(f.control.type, { ...f.control }),
          ns: 'ns' in f.control ? f.control.ns : undefined,
          nr: 'nr' in f.control ? f.control.nr : undefined,
          pollFinal: f.control.pf,
          destination: hex(encodeHdlcAddress(f.destination)),
          source: hex(encodeHdlcAddress(f.source)),
        })),
        apdus: frames.flatMap((f) => {
          const message = reassembler.push(f);
          return message === undefined || message.information.length === 0 ? [] : [stripLlc(message.information)];
        }),
      };
    }
    case 'mbus': {
      const deframer = mbusDeframer();
      const frames = [...deframer.push(bytes), ...deframer.flush()];
      const assembler = mbusAssembler();
      return { frames: frames.map(mbusNotation), apdus: frames.flatMap((f) => assembler.push(f)?.apdu ?? []) };
    }
    case 'wrapper': {
      const pdus = wpduDeframer().push(bytes);
      return {
        frames: pdus.map(({ source, destination, payload }) => ({
          version: 1,
          source,
          destination,
          length: payload.length,
        })),
        apdus: pdus.map((pdu) => pdu.payload),
      };
    }
    case 'none':
    case undefined:
    case null:
      return { frames: undefined, apdus: [bytes] };
    default:
      throw new Unsupported(`framing ${JSON.stringify(framing)} is not known`);
  }
}

type Block = Extract<Apdu, { type: 'general-block-transfer' }>;
/** Joins the blocks of general block transfer; other APDUs are whole. */
function assembled(apdus: readonly Uint8Array[], notes: Notes): { blocks: Block[]; messages: Uint8Array[] } {
  const endpoint = new GbtEndpoint({});
  const blocks: Block[] = [];
  const messages: Uint8Array[] = [];
  for (const bytes of apdus) {
    if (!isGeneralBlock(bytes)) {
      messages.push(bytes);
      continue;
    }
    blocks.push(decodeNoted(Apdu, bytes, notes) as Block);
    try {
      const { complete } = endpoint.receive(bytes);
      if (complete !== undefined) messages.push(complete);
    } catch (e) {
      if (!isDlmsError(e, 'protocol/block-number')) throw e;
    }
  }
  return { blocks, messages };
}
