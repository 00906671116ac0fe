import type { Quirk } from '../../core/cursor.js';
import type { DlmsError } from '../../core/errors.js';
import type { HdlcAddress } from './address.js';
import type { HdlcFrame } from './frame.js';
import { clientStep } from './link-client.js';
import { serverStep } from './link-server.js';
import { type HdlcParameters, hdlcDefaultParameters } from './parameters.js';

/** What one side of a link brings along and how long it waits. Times are milliseconds. */
export interface HdlcLinkOptions {
  readonly client: HdlcAddress;
  readonly server: HdlcAddress;
  /** Longest information field to propose or grant for transmission, 32 to 2030. Default: client 128 (the standard's default), server 2030. */
  readonly maxInfoTransmit?: number;
  readonly maxInfoReceive?: number;
  /**
   * Frames transmitted before an answer is needed, 1 to 7; of both sides the smaller counts. Default: client 1, server 3.
   * Numbers have three bits: with a window of W, a frame that the line gives back k round trips late is known as old for certain while (k + 1) · W is at most 7.
   */
  readonly windowTransmit?: number;
  readonly windowReceive?: number;
  /** Use shorter segments than negotiated, for peers that count more than the information field into the limit. */
  readonly segmentOctets?: number;
  /** Client: how long the answer to a poll may take, one frame of full length included. Default 5000. */
  readonly responseTimeoutMs?: number;
  /**
   * Client: how long answers that are missing are waited for, and passed over, before a new link is begun: an answer of the former link must not meet a request of the new one.
   * Counts from the last poll that was given up, and ends as soon as every poll has its answer. Default: `responseTimeoutMs`.
   */
  readonly drainMs?: number;
  /** Client: attempts without progress after the first one. Default 3. */
  readonly retries?: number;
  /** Client: pause before it asks again a server that had nothing to say, is busy, or gave a doubtful answer. Default 100. */
  readonly pollIntervalMs?: number;
  /** Client: how long the server may say "not ready" (RNR). Default 60 000. */
  readonly busyTimeoutMs?: number;
  /** Server: how long a poll is kept for the application's answer before it is returned with RR. Must be shorter than the client's response time-out. Default 1000. */
  readonly holdMs?: number;
  /** The link ends when the peer was not heard for so long; 0 for never. Default: server 120 000, client 0. */
  readonly inactivityTimeoutMs?: number;
  /** Longest APDU (LLC header included) that is put together. Default 1 MiB. */
  readonly maxApduOctets?: number;
  /** Octets that can wait for transmission. Default 1 MiB. */
  readonly maxQueuedOctets?: number;
  /** Client: SNRM carries the parameters even when they are the defaults. The server of jDLMS fails on an SNRM without. Default false: some meters know no parameters. */
  readonly sendParameters?: boolean;
  /** APDUs carry the LLC header E6E600 / E6E700. Default true. */
  readonly llc?: boolean;
}

/** {@link HdlcLinkOptions} with every default filled in; made by {@link hdlcLinkSettings}. */
export interface HdlcLinkSettings extends Required<Omit<HdlcLinkOptions, 'segmentOctets'>> {
  readonly role: 'client' | 'server';
  readonly segmentOctets: number;
}

export function hdlcLinkSettings(role: 'client' | 'server', options: HdlcLinkOptions): HdlcLinkSettings {
  const own =
    role === 'client'
      ? hdlcDefaultParameters
      : { maxInfoTransmit: 2030, maxInfoReceive: 2030, windowTransmit: 3, windowReceive: 3 };
  const given = Object.fromEntries(
    Object.entries(options).filter(([, v]) => v !== undefined),
  ) as unknown as HdlcLinkOptions;
  return {
    role,
    segmentOctets: 2030,
    responseTimeoutMs: 5000,
    drainMs: options.responseTimeoutMs ?? 5000,
    retries: 3,
    pollIntervalMs: 100,
    busyTimeoutMs: 60_000,
    holdMs: 1000,
    inactivityTimeoutMs: role === 'client' ? 0 : 120_000,
    maxApduOctets: 0x10_0000,
    maxQueuedOctets: 0x10_0000,
    sendParameters: false,
    llc: true,
    ...own,
    ...given,
  };
}

/** Longest time in milliseconds that a client can spend without any progress before its link has failed (a busy server apart: `busyTimeoutMs`). */
export function hdlcLinkPatience(settings: HdlcLinkSettings): number {
  return (settings.retries + 2) * (2 * settings.responseTimeoutMs + settings.pollIntervalMs);
}

export type HdlcLinkInput =
  /** Client: SNRM. */
  | { readonly type: 'connect' }
  /** Client: DISC, as soon as what is queued is sent and the answer to the last poll is there or late. */
  | { readonly type: 'disconnect' }
  /** An APDU for the peer. A server keeps it until it is polled. */
  | { readonly type: 'send'; readonly apdu: Uint8Array }
  /** An APDU outside the link, unacknowledged (UI). A server that is connected keeps it until it is polled. */
  | { readonly type: 'ui'; readonly apdu: Uint8Array }
  /** Client: somebody waits for an APDU, so a server that has nothing yet is asked again. */
  | { readonly type: 'want'; readonly wanted: boolean }
  /** Server: the application is done with the oldest APDU given to it; the answers, if any. */
  | { readonly type: 'reply'; readonly apdus: readonly Uint8Array[] }
  /** No more APDUs can be taken (RNR instead of RR), or again. */
  | { readonly type: 'busy'; readonly busy: boolean }
  /** A good frame with this link's addresses. */
  | { readonly type: 'frame'; readonly frame: HdlcFrame }
  /** Time has passed; due when {@link hdlcLinkDeadline} is reached. */
  | { readonly type: 'tick' };

export type HdlcLinkOutput =
  | { readonly type: 'write'; readonly frame: HdlcFrame }
  | { readonly type: 'connected'; readonly parameters: Required<HdlcParameters> }
  /** The link is down in good order; `by` says who ended it. */
  | { readonly type: 'disconnected'; readonly by: 'local' | 'remote'; readonly reason: string }
  /** The link is down because of this: `transport/timeout`, `protocol/link`, `decode/…`. */
  | { readonly type: 'failed'; readonly error: DlmsError }
  /** This input could not be carried out; nothing else changed. */
  | { readonly type: 'refused'; readonly error: DlmsError }
  /** Something that the peer should not have sent; it is passed over. For diagnosis. */
  | { readonly type: 'ignored'; readonly error: DlmsError }
  /** A deviation of the peer that is accepted, by its name; told once in a link. */
  | { readonly type: 'quirk'; readonly quirk: Quirk }
  /** A whole APDU, LLC header removed. Server: to be answered with `reply`. */
  | { readonly type: 'apdu'; readonly apdu: Uint8Array }
  /** A UI frame as it came (a segment, perhaps). */
  | { readonly type: 'ui'; readonly frame: HdlcFrame };

/** A piece of an APDU, in order of transmission. */
export interface HdlcSegment {
  readonly information: Uint8Array;
  /** More follow. */
  readonly segmented: boolean;
}

/** Where a link stands. A value: steps make new ones. */
export interface HdlcLinkState {
  /** `rejecting`: a server that sent FRMR and waits for SNRM or DISC. */
  readonly phase: 'disconnected' | 'connecting' | 'connected' | 'disconnecting' | 'rejecting';
  /** As negotiated, seen from this side; `maxInfoReceive` is what is tolerated. */
  readonly parameters: Required<HdlcParameters>;
  /** Segments from `head` on are not acknowledged; the first of them has N(S) = `va`, and `sent` of them were transmitted, so V(S) = va + sent. */
  readonly queue: readonly HdlcSegment[];
  readonly head: number;
  readonly queuedOctets: number;
  readonly va: number;
  readonly sent: number;
  /** Segments from `va` on that were transmitted at all in this link: the peer may have them although they are to be sent again. */
  readonly highest: number;
  /** Good checkpoints that are still needed after something unexpected, until the whole window is used again. */
  readonly caution: number;
  /** V(R): N(S) expected next. */
  readonly vr: number;
  /** V(R) when the turn was last given to the peer: what it sends in its turn counts from here, so a frame of an earlier turn is known. */
  readonly base: number;
  /** The values of `va` before this one, newest first: an old acknowledgement that turns up late is known by them. */
  readonly recent: readonly number[];
  readonly peerBusy: boolean;
  readonly localBusy: boolean;
  readonly partial: readonly Uint8Array[];
  readonly partialOctets: number;
  /** Client: a poll is out and not answered. Server: a poll is here and not answered. */
  readonly polled: boolean;
  /** Client: the poll went out after silence or doubt, so its answer is believed. Otherwise an answer that says nothing new can be an old one. */
  readonly trusted: boolean;
  /** Client: an answer was doubtful; `deadline` is only the pause before the question. */
  readonly doubt: boolean;
  /** Server: the doubtful N(R) that was not believed the first time; -1 for none. */
  readonly suspect: number;
  /** Client: attempts since the last progress. */
  readonly failures: number;
  /** Client: polls that were not answered, over all links: their answers are lost, or late. */
  readonly owed: number;
  /** Client: how long such an answer may still come. */
  readonly lateUntil: number;
  /** Client: in-sequence data came since the last poll. */
  readonly fresh: boolean;
  readonly want: boolean;
  readonly closing: boolean;
  /** Server: APDUs that the application has not answered. */
  readonly handling: number;
  /** Client: that responses carry the LLC header of commands was told. */
  readonly commandLlc: boolean;
  /** Waiting UI segments. */
  readonly notices: readonly HdlcSegment[];
  /** Server: information field of the FRMR. */
  readonly rejection: Uint8Array | undefined;
  /** Client: when the current wait began. */
  readonly since: number;
  /** Client: end of the response time. Server: end of the hold. Infinity for none, like the others below. */
  readonly deadline: number;
  readonly pollAt: number;
  readonly busyUntil: number;
  readonly inactiveAt: number;
}

/** Both roles begin like this. */
export const hdlcLinkDown: HdlcLinkState = /* @__PURE__ */ Object.freeze<HdlcLinkState>({
  phase: 'disconnected',
  parameters: hdlcDefaultParameters,
  queue: [],
  head: 0,
  queuedOctets: 0,
  va: 0,
  sent: 0,
  highest: 0,
  caution: 0,
  vr: 0,
  base: 0,
  recent: [],
  peerBusy: false,
  localBusy: false,
  partial: [],
  partialOctets: 0,
  polled: false,
  trusted: false,
  doubt: false,
  suspect: -1,
  failures: 0,
  owed: 0,
  lateUntil: 0,
  fresh: false,
  want: false,
  closing: false,
  handling: 0,
  commandLlc: false,
  notices: [],
  rejection: undefined,
  since: 0,
  deadline: Number.POSITIVE_INFINITY,
  pollAt: Number.POSITIVE_INFINITY,
  busyUntil: Number.POSITIVE_INFINITY,
  inactiveAt: Number.POSITIVE_INFINITY,
});

/**
 * One step of a link in normal response mode, two-way alternate: the client (primary) polls with P, the server (secondary) speaks when polled and ends with F.
 * DLMS has no REJ: what is missing is found at the checkpoint, the frame with P or F, by its N(R), and sent again from there.
 *
 * Sequence numbers have three bits, so with seven frames under way an old acknowledgement that arrives late means something else. Therefore a client does not
 * believe an answer that brings no news, or the acknowledgement number of an earlier one: it asks again (RR with P) and believes that answer. A server answers such a poll
 * without data, and believes it when it is repeated. After anything unexpected both send single frames until four checkpoints were good, because then even numbers
 * six checkpoints old are known as such. This costs some round trips after a loss, and keeps data right when frames are doubled or overtaken.
 *
 * A frame proves nothing about its sender, and after eight frames the numbers come again: docs/transports.md says what a link cannot promise.
 */
export function hdlcLinkStep(
  state: HdlcLinkState,
  input: HdlcLinkInput,
  now: number,
  settings: HdlcLinkSettings,
): readonly [HdlcLinkState, readonly HdlcLinkOutput[]] {
  const draft = { ...state };
  const out: HdlcLinkOutput[] = [];
  if (settings.role === 'client') clientStep(draft, input, now, settings, out);
  else serverStep(draft, input, now, settings, out);
  return [draft, out];
}

/** When the next `tick` is due; Infinity when the link only waits for inputs. */
export function hdlcLinkDeadline(state: HdlcLinkState): number {
  return Math.min(state.deadline, state.pollAt, state.busyUntil, state.inactiveAt);
}

/** Segments that were never transmitted (or have to be again). */
export function hdlcUnsent(state: HdlcLinkState): number {
  return state.queue.length - state.head - state.sent;
}
