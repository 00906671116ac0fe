import { anyOf, check } from '../compare.js';
import { securityParams } from '../keys.js';
import { recordedFrames } from '../recording.js';
import { SessionTracker } from '../session-tracker.js';
import type { Kind, Vector } from '../vector.js';

const kind: Kind = {
  input: ['frames', 'apdus', 'cases', 'blocks', 'messages'],
  params: [
    ...securityParams,
    'framing',
    'referencing',
    'clientSap',
    'serverSap',
    'mechanism',
    'password',
    'secret',
    'clientSystemTitle',
    'serverSystemTitle',
    'preEstablished',
  ],
  // What blocks carry against the standard is told in words.
  commentary: ['content'],
  run: session,
};
/** Recordings of both sides: every frame, every APDU deciphered, blocks joined, replies to challenges verified. */
export const sessionKinds: Readonly<Record<string, Kind>> = {
  session: kind,
  'block-session': kind,
  'gbt-session': kind,
};

async function session(vector: Vector): Promise<unknown> {
  const frames = recordedFrames(vector);
  const tracker = new SessionTracker(vector);
  const steps: Record<string, unknown>[] = [];
  for (const frame of frames) steps.push(await tracker.step(frame));
  const lastSender = frames.at(-1)?.direction;
  return {
    steps,
    frames: steps,
    apdus: steps,
    blocks: anyOf(steps, tracker.blockCount),
    ...tracker.joined(),
    truncated: {
      frames: frames.length,
      of: check((n) => (typeof n === 'number' && n > frames.length ? undefined : `more than ${frames.length}`), ''),
    },
    serverAnswers: lastSender === 'server',
    // Who closed the connection is not in the octets; that a frame of the client stays without an answer is.
    closedBy: check(
      (who) => (who === 'client' || who === 'server' ? undefined : 'client or server'),
      'client or server',
    ),
  };
}
