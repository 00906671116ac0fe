import {
  type HdlcLinkOutput,
  type HdlcLinkState,
  hdlcAddress,
  hdlcClientLink,
  hdlcServerLink,
} from '../src/transport/hdlc/index.js';
import { outcomes } from '../test/transport/hdlc/exploration/inputs.js';

// The table of transitions of an HDLC link, found by trying: every input in states of every kind.

/** What can come of an input in a phase. */
export interface Transition {
  readonly role: 'client' | 'server';
  readonly phase: string;
  readonly input: string;
  readonly next: string;
  /** In words, in order. */
  readonly outputs: string;
}

/** All transitions that are met from a closed link on, in order of phases and inputs. */
export function transitions(role: 'client' | 'server'): readonly Transition[] {
  // Nearly every outcome has an error, and nobody reads where it was made.
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return tried(role);
  } finally {
    Error.stackTraceLimit = limit;
  }
}

function tried(role: 'client' | 'server'): readonly Transition[] {
  const options = {
    client: hdlcAddress(16),
    server: hdlcAddress(1),
    windowTransmit: 2,
    windowReceive: 2,
    maxInfoTransmit: 128,
    maxInfoReceive: 128,
    retries: 1,
    inactivityTimeoutMs: 1000,
    llc: false,
  };
  const first = role === 'client' ? hdlcClientLink(options) : hdlcServerLink(options);
  const states: HdlcLinkState[] = [first];
  const known = new Set([kind(first)]);
  const rows = new Map<string, Transition>();
  for (let i = 0; i < states.length; i++) {
    const state = states[i] as HdlcLinkState;
    for (const { input, state: next, outputs } of outcomes(state)) {
      if (next.notices.length > 0) continue;
      const key = kind(next);
      if (!known.has(key)) {
        known.add(key);
        states.push(next);
      }
      const words = inWords(outputs);
      if (words === 'refused' || (words === '' && next.phase === state.phase)) continue;
      const row = { role, phase: state.phase, input, next: next.phase, outputs: words };
      rows.set(`${state.phase} ${input} ${next.phase} ${words}`, row);
    }
  }
  return [...rows.values()];
}

/** What decides about the outcome of an input, roughly: states that agree in it are tried once. */
function kind(state: HdlcLinkState): string {
  const parts: unknown[] = [state.phase, state.phase === 'disconnected' && 'lateUntil' in state && state.lateUntil > 0];
  for (const name of ['want', 'refused', 'trusted', 'doubt', 'closing'] as const)
    if (name in state) parts.push((state as unknown as Record<string, boolean>)[name]);
  for (const name of ['failures', 'handling', 'missingUa', 'suspect'] as const)
    if (name in state) parts.push(((state as unknown as Record<string, number>)[name] as number) > 0);
  if ('sending' in state) {
    const { queue, head, sent, recent, peerBusy } = state.sending;
    parts.push(queue.length > head, sent > 0, recent.length > 0, peerBusy, state.receiving.segments.count > 0);
  }
  return parts.join();
}

/** `RR`, `I…` for one I frame or more, and the names of other outputs. */
function inWords(outputs: readonly HdlcLinkOutput[]): string {
  const words: string[] = [];
  for (const output of outputs) {
    const word = output.type === 'write' ? output.frame.control.type : output.type;
    if (word === 'I' && words.at(-1) === 'I') continue;
    words.push(word);
  }
  return words.join(', ');
}
