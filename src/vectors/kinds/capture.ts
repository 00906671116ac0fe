import type { Data } from '../../axdr/data.js';
import { isGeneralBlock, isProtected } from '../../core/apdu-facts.js';
import { isDlmsError } from '../../core/errors.js';
import { plainPushItem, plainReading, pushListOf, readingsOf } from '../../cosem/push-readings.js';
import { type Unit, unitCodes, unitSymbol } from '../../cosem/units.js';
import { GbtEndpoint } from '../../session/general-block-transfer.js';
import { Apdu } from '../../xdlms/apdu.js';
import { anyOf, later, views } from '../compare.js';
import { decoded } from '../decoded.js';
import { decodeNoted } from '../decoding.js';
import { framesIn } from '../frames.js';
import { openedBy } from '../opening.js';
import { octets, securityParams } from '../parameters.js';
import { Difference, type Kind, type Notes, type Vector } from '../vector.js';

export const captureKinds: Readonly<Record<string, Kind>> = {
  capture: { input: ['hex'], params: [...securityParams, 'framing'], run: capture },
};

async function capture(vector: Vector, notes: Notes): Promise<unknown> {
  const { framing } = vector.params;
  const frames = framesIn(octets(vector, 'hex'), framing);
  const { blocks, messages } = assembled(
    frames.flatMap((f) => f.apdu ?? []),
    notes,
  );
  // A transfer that was broken off gives no message; the last complete one counts.
  const whole = messages.at(-1);
  if (whole === undefined) throw new Difference('no complete APDU in the octets');
  const outer = isProtected(whole) ? decodeNoted(Apdu, whole, notes) : undefined;
  const opened = outer === undefined ? { apdu: whole, authenticated: false } : await openedBy(vector, whole);
  const { apdu: plain, authenticated } = opened;
  const apdu = decodeNoted(Apdu, plain, notes);
  const view = decoded(Apdu, apdu);
  return views(
    {
      frames: framing === undefined || framing === 'none' ? undefined : frames.map((f) => f.fields),
      gbtBlocks: blocks.map((b) => decoded(Apdu, b)),
      blockNumbers: blocks.map((b) => b.blockNumber),
      lastBlock: blocks.map((b) => b.blockControl.lastBlock),
      ciphering: outer === undefined ? null : decoded(Apdu, outer),
      authenticated,
      plaintext: plain,
      inner: view,
    },
    view,
    apdu.type === 'data-notification' ? bodyFields(apdu.notificationBody.dataValue) : {},
  );
}

/** What a push says: readings with their OBIS codes, and the push object list if it carries one. */
export function bodyFields(body: Data): Record<string, unknown> {
  const { value } = body as { value?: unknown };
  return {
    bodyCount: Array.isArray(value) ? value.length : undefined,
    readings: later(() =>
      readingsOf(body).map((r) => ({
        classId: undefined,
        attribute: undefined,
        scaler: undefined,
        dateTime: undefined,
        ...plainReading(r),
        unit: unitForms(r.unit),
      })),
    ),
    pushList: pushListOf(body)?.map(plainPushItem),
  };
}
/** A unit by its name, code or symbol; a count is `unitless`. */
const unitForms = (unit: Unit | undefined): unknown =>
  typeof unit !== 'string' ? unit : anyOf(unit === 'count' ? 'unitless' : unit, unitCodes[unit], unitSymbol(unit));

type Block = Extract<Apdu, { type: 'general-block-transfer' }>;
/** Joins the blocks of general block transfers; other APDUs are complete messages. */
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
