import { factsOfTag } from '../../core/apdu-facts.js';
import { decodeHdlcFrame } from '../../transport/hdlc/frame.js';
import { Apdu } from '../../xdlms/apdu.js';
import { anyOf, check, views } from '../compare.js';
import { decoded } from '../decoded.js';
import { type Carried, hdlcLine, wrapperFields } from '../frames.js';
import { type Entry, securityParams, sequence, sequenceNames, wordParam } from '../parameters.js';
import { nothingHeard, SessionTracker } from '../session-tracker.js';
import type { Kind, Vector } from '../vector.js';

const kind: Kind = {
  input: sequenceNames,
  params: [
    ...[...securityParams, 'framing', 'mechanism', 'secret', 'clientSystemTitle', 'serverSystemTitle'],
    // For people only; the octets show it.
    ...['referencing', 'clientSap', 'serverSap', 'preEstablished'],
  ],
  // A description in words of what blocks carry contrary to the standard.
  commentary: ['content'],
  run: session,
};
/**
 * Recordings of both sides: every frame is read, every APDU deciphered, blocks are joined, replies to challenges
 * verified.
 */
export const sessionKinds: Readonly<Record<string, Kind>> = {
  session: kind,
  'block-session': kind,
  'gbt-session': kind,
};

async function session(vector: Vector): Promise<unknown> {
  const entries = sequence(vector);
  const tracker = new SessionTracker(vector);
  const lines = new Map<string, Line>();
  const steps: unknown[] = [];
  let sender: string | undefined;
  for (const { octets, direction, connection } of entries) {
    const id = connection ?? '';
    const line = lines.get(id) ?? lineOf(vector, entries);
    lines.set(id, line);
    const { fields, apdu, sender: told } = line(octets);
    const empty = apdu === undefined || apdu.length === 0;
    sender = direction ?? told ?? (empty ? undefined : senderOf(apdu));
    const side = sender === 'server' || sender === 'meter' ? 'server' : 'client';
    const heard = empty ? decoded(Apdu, undefined) : await tracker.hear({ apdu, side, connection: id });
    steps.push(views({ ...nothingHeard, hex: octets, connection, direction: sender, ...fields }, heard));
  }
  return {
    steps,
    frames: steps,
    apdus: steps,
    blocks: anyOf(steps, tracker.blockCount),
    ...tracker.joined(),
    truncated: {
      frames: entries.length,
      of: check((n) => (typeof n === 'number' && n > entries.length ? undefined : `more than ${entries.length}`), ''),
    },
    serverAnswers: sender === 'server',
    // The octets do not show who closed the connection, only that a frame of the client remains unanswered.
    closedBy: check(
      (who) => (who === 'client' || who === 'server' ? undefined : 'client or server'),
      'client or server',
    ),
  };
}

type Line = (octets: Uint8Array) => Carried;
function lineOf(vector: Vector, [first]: readonly Entry[]): Line {
  const begin = first?.octets[0];
  const found = begin === 0x7e ? 'hdlc' : begin === 0 ? 'wrapper' : 'none';
  const framing = wordParam(vector, 'framing', ['hdlc', 'wrapper', 'none']) ?? found;
  const line = hdlcLine();
  if (framing === 'hdlc') return (octets) => line(decodeHdlcFrame(octets), octets);
  return (octets) => {
    const { fields, apdu } = framing === 'none' ? { fields: undefined, apdu: octets } : wrapperFields(octets);
    return { fields: { wrapper: fields, apduHex: apdu }, apdu };
  };
}
/** Requests come from the client, responses and notifications from the server. */
const senderOf = (apdu: Uint8Array): string => (factsOfTag(apdu[0])?.sender === 'server' ? 'server' : 'client');
