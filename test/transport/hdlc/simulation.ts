import { equalBytes } from '../../../src/core/bytes.js';
import type { DlmsErrorCode } from '../../../src/core/error-codes.js';
import {
  encodeHdlcFrame,
  type HdlcDeframer,
  type HdlcFrame,
  type HdlcLinkInput,
  type HdlcLinkOutput,
  type HdlcLinkState,
  hdlcAddress,
  hdlcClientLink,
  hdlcDeframer,
  hdlcLinkDeadline,
  hdlcLinkIsUp,
  hdlcLinkPatience,
  hdlcLinkStep,
  hdlcServerLink,
} from '../../../src/transport/hdlc/index.js';

/** Random numbers from a seed (mulberry32), 0 to below 1. */
export function random(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = a;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Faults {
  loss: number;
  corruption: number;
  duplication: number;
  reordering: number;
  chunking: boolean;
}
export interface Plan {
  seed: number;
  requestOctets: number;
  responseOctets: number;
  maxInfo: number;
  window: number;
  retries: number;
  faults: Faults;
}
export interface Outcome {
  /** `done`, or the code of the error that ended the session. */
  end: 'done' | DlmsErrorCode;
  detail: string;
  virtualMs: number;
  frames: number;
  /** Frames lost, damaged, doubled or moved. */
  harmed: number;
  /** Most frames under way at once. */
  largestWindow: number;
}

interface Station {
  state: HdlcLinkState;
  readonly deframer: HdlcDeframer;
  /** Frames from here that the channel holds back to let the next one pass. */
  held: Uint8Array[];
  quietAt: number;
  /** Segments that the peer acknowledged and that came from it in this link: counted without modulus, to see what the three bits hide. */
  acknowledged: number;
  accepted: number;
  /** When the last octets from here arrive: a line keeps their order. */
  arrival: number;
}

/**
 * One session over an adversarial channel on virtual time: connect, one request, one response, disconnect. Throws when octets arrive that were not sent, when nothing can happen any more,
 * or when the client makes no progress for longer than it declares.
 */
export function simulate(plan: Plan): Outcome {
  const rnd = random(plan.seed);
  const chance = (p: number): boolean => p > 0 && rnd() < p;
  const int = (n: number): number => Math.floor(rnd() * n);
  // Any piece of a long random text (one octet in twenty a flag): no two segments are alike.
  const fill = (n: number): Uint8Array => {
    const at = int(noise().length - n);
    return noise().subarray(at, at + n);
  };
  const request = fill(plan.requestOctets);
  const response = fill(plan.responseOctets);
  const options = {
    client: hdlcAddress(16),
    server: hdlcAddress(1, 17),
    maxInfoTransmit: plan.maxInfo,
    maxInfoReceive: plan.maxInfo,
    windowTransmit: plan.window,
    windowReceive: plan.window,
    responseTimeoutMs: 500,
    retries: plan.retries,
    pollIntervalMs: 50,
    holdMs: 100,
    inactivityTimeoutMs: 20_000,
  };
  const station = (role: 'client' | 'server'): Station => ({
    state: role === 'client' ? hdlcClientLink(options) : hdlcServerLink(options),
    deframer: hdlcDeframer(),
    held: [],
    quietAt: Infinity,
    arrival: 0,
    acknowledged: 0,
    accepted: 0,
  });
  const client = station('client');
  const server = station('server');
  const outcome: Outcome = { end: 'done', detail: '', virtualMs: 0, frames: 0, harmed: 0, largestWindow: 0 };
  const wire: { at: number; order: number; to: Station; octets: Uint8Array }[] = [];
  let now = 0;
  let order = 0;
  let finished = false;
  let answered = false;
  let progressAt = 0;
  let links = 0;
  const fail = (why: string): never => {
    throw new Error(`${why} (plan ${JSON.stringify(plan)}, at ${now} ms)`);
  };

  const deliver = (from: Station, octets: Uint8Array, latency: number): void => {
    const to = from === client ? server : client;
    from.arrival = Math.max(from.arrival, now + latency);
    for (let at = 0; at < octets.length; ) {
      const n = plan.faults.chunking ? 1 + int(Math.min(300, octets.length - at)) : octets.length;
      insert(wire, { at: from.arrival, order: order++, to, octets: octets.slice(at, at + n) });
      at += n;
    }
  };
  const channel = (from: Station, frame: HdlcFrame): void => {
    const { faults } = plan;
    const octets = encodeHdlcFrame(frame);
    outcome.frames++;
    const latency = 1 + int(5);
    const copies: Uint8Array[] = [];
    if (chance(faults.loss)) outcome.harmed++;
    else if (chance(faults.corruption)) {
      outcome.harmed++;
      // At most three bits: all of them are found by the FCS. One in 65 536 of arbitrary damages is not, by design of HDLC.
      for (let i = 1 + int(3); i > 0; i--) octets[int(octets.length)]! ^= 1 << int(8);
      copies.push(octets);
    } else copies.push(octets);
    if (copies.length > 0 && chance(faults.duplication)) {
      outcome.harmed++;
      copies.push(octets.slice());
    }
    for (const copy of copies) {
      if (chance(faults.reordering)) {
        outcome.harmed++;
        from.held.push(copy);
      } else {
        deliver(from, copy, latency);
        for (const late of from.held.splice(0)) deliver(from, late, latency + int(3));
      }
    }
  };
  const step = (s: Station, input: HdlcLinkInput): void => {
    const [next, outputs] = hdlcLinkStep(s.state, input, now);
    const [before, after] = [numbers(s.state), numbers(next)];
    if (before.va !== after.va || before.vr !== after.vr || before.situation !== after.situation) progressAt = now;
    const begun = outputs.some((o) => o.type === 'connected');
    s.acknowledged = begun ? 0 : s.acknowledged + ((after.va - before.va) & 7);
    s.accepted = begun ? 0 : s.accepted + ((after.vr - before.vr) & 7);
    s.state = next;
    if (begun && s === server) links++;
    // Of one and the same link, that is; a repeated SNRM makes the server begin anew.
    if (links === 1 && hdlcLinkIsUp(client.state) && hdlcLinkIsUp(server.state))
      if (client.acknowledged > server.accepted || server.acknowledged > client.accepted)
        fail('acknowledged what did not arrive');
    if ('sending' in next) {
      const { sent, octets } = next.sending;
      outcome.largestWindow = Math.max(outcome.largestWindow, sent);
      if (sent > next.parameters.windowTransmit || octets < 0) fail('an impossible state');
    }
    for (const output of outputs) react(s, output);
  };
  const react = (s: Station, output: HdlcLinkOutput): void => {
    if (output.type === 'write') return channel(s, output.frame);
    if (output.type === 'ignored') return;
    if (s === server) {
      if (output.type === 'apdu') {
        if (!equalBytes(output.apdu, request)) fail('the server received octets that were not sent');
        answered = true;
        return step(server, { type: 'reply', apdus: [response] });
      }
      if (output.type === 'refused') fail(output.error.message);
      return;
    }
    switch (output.type) {
      case 'connected':
        return step(client, { type: 'send', apdu: request });
      case 'apdu':
        if (!answered || !equalBytes(output.apdu, response)) fail('the client received octets that were not sent');
        outcome.detail = 'answered';
        step(client, { type: 'want', wanted: false });
        return step(client, { type: 'disconnect' });
      case 'failed':
        outcome.end = output.error.code;
        outcome.detail = output.error.message;
        finished = true;
        return;
      case 'disconnected':
        if (outcome.detail !== 'answered') fail('disconnected without an answer');
        finished = true;
        return;
      case 'refused':
        return fail(output.error.message);
    }
  };

  step(client, { type: 'connect' });
  step(client, { type: 'want', wanted: true });
  for (let events = 0; !finished; events++) {
    if (events > 2_000_000) fail('no end');
    const next = wire[0];
    const due = Math.min(
      next?.at ?? Infinity,
      hdlcLinkDeadline(client.state),
      hdlcLinkDeadline(server.state),
      client.quietAt,
      server.quietAt,
    );
    if (due === Infinity) fail('a stall: nothing will ever happen');
    now = Math.max(now, due);
    if (now - progressAt > hdlcLinkPatience(client.state.settings)) fail('no progress for longer than declared');
    if (next !== undefined && next.at <= now) {
      wire.shift();
      const { to, octets } = next;
      for (const frame of to.deframer.push(octets)) step(to, { type: 'frame', frame });
      to.quietAt = to.deframer.pending > 0 ? now + 100 : Infinity;
      continue;
    }
    for (const s of [client, server]) {
      if (now >= s.quietAt) {
        s.quietAt = Infinity;
        for (const frame of s.deframer.flush()) step(s, { type: 'frame', frame });
      }
      if (now >= hdlcLinkDeadline(s.state)) step(s, { type: 'tick' });
    }
  }
  outcome.virtualMs = now;
  return outcome;
}

/** What moves when a link makes progress. */
function numbers(state: HdlcLinkState): { va: number; vr: number; situation: string } {
  return 'sending' in state
    ? { va: state.sending.va, vr: state.receiving.vr, situation: 'up' }
    : { va: 0, vr: 0, situation: state.phase };
}

let text: Uint8Array | undefined;
function noise(): Uint8Array {
  if (text === undefined) {
    const rnd = random(7);
    text = new Uint8Array(0x4_0000);
    for (let i = 0; i < text.length; i++) text[i] = rnd() < 0.05 ? 0x7e : rnd() * 256;
  }
  return text;
}

function insert<T extends { at: number; order: number }>(list: T[], item: T): void {
  let i = list.length;
  while (i > 0 && (list[i - 1] as T).at > item.at) i--;
  list.splice(i, 0, item);
}

/** A plan from a seed: sizes, windows and fault rates up to 5 %. */
export function planOf(seed: number): Plan {
  const rnd = random(seed ^ 0x5eed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(rnd() * list.length)] as T;
  const upload = rnd() < 0.5;
  const rate = (): number => (rnd() < 0.2 ? 0 : rnd() * 0.05);
  return {
    seed,
    requestOctets: upload ? 65_536 : 1 + Math.floor(rnd() * 300),
    responseOctets: upload ? 1 + Math.floor(rnd() * 300) : 65_536,
    maxInfo: pick([128, 200, 500, 1024, 2030, 2030, 2030]),
    window: 1 + Math.floor(rnd() * 7),
    retries: pick([3, 5, 10]),
    faults: { loss: rate(), corruption: rate(), duplication: rate(), reordering: rate(), chunking: rnd() < 0.8 },
  };
}
