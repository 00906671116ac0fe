import type { Quirk } from '../../core/cursor.js';
import type { DlmsError } from '../../core/errors.js';
import type { HdlcFrame } from './frame.js';
import type { HdlcLinkSettings } from './link-options.js';
import type { HdlcReceiving } from './link-receiving.js';
import type { HdlcSending } from './link-sending.js';
import type { HdlcParameters } from './parameters.js';
import type { HdlcSegment } from './segments.js';

/** What can happen to an HDLC link. */
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

/** What an HDLC link wants done, and what it tells. */
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

/** What every state has, in either role. */
interface Station {
  readonly settings: HdlcLinkSettings;
  /** No more APDUs are taken: RNR instead of RR. */
  readonly localBusy: boolean;
  /** UI segments that wait for their turn. */
  readonly notices: readonly HdlcSegment[];
}

/** What a link that is up has, in either role. */
interface Link {
  /** As negotiated, seen from this side; `maxInfoReceive` of a client is what is tolerated. */
  readonly parameters: Required<HdlcParameters>;
  readonly sending: HdlcSending;
  readonly receiving: HdlcReceiving;
  /** When the link ends because nothing was heard. Infinity for never, like every time here. */
  readonly inactiveAt: number;
}

/** A client keeps these over all links. */
interface Client extends Station {
  readonly role: 'client';
  /** Somebody waits for an APDU. */
  readonly want: boolean;
  /** How long frames of a former link may still come; no new one is begun before. */
  readonly lateUntil: number;
}

/** Attempts without progress. */
interface Attempts {
  /** Since the last progress. */
  readonly failures: number;
  /** When the first of them began. */
  readonly since: number;
}

interface ClientLink extends Client, Link, Attempts {
  /** SNRM that was repeated: UA that may still come, and say nothing new. */
  readonly missingUa: number;
  /** That responses carry the LLC header of commands was told. */
  readonly commandLlc: boolean;
  /** When a server that is not ready has been so for too long. */
  readonly busyUntil: number;
}

/** Where a client's link stands. A value: steps make new ones. */
export type HdlcClientState =
  /** No link. */
  | (Client & { readonly phase: 'disconnected' })
  /** The next link is asked for, and waits until no frame of the former one can come. */
  | (Client & { readonly phase: 'draining' })
  /** SNRM is out. */
  | (Client &
      Attempts & {
        readonly phase: 'connecting';
        readonly deadline: number;
        /** SNRM without an answer. */
        readonly unanswered: number;
        /** DM came once: the first one may be the late answer to the DISC of the link before. */
        readonly refused: boolean;
      })
  /** The link is up and the turn is ours; there is nothing to send, or the server is not ready. */
  | (ClientLink & {
      readonly phase: 'idle';
      /** When the server is asked whether it has something, or is ready. */
      readonly pollAt: number;
    })
  /** The link is up and the turn is the server's. */
  | (ClientLink & {
      readonly phase: 'waiting';
      /** End of the response time, or of the pause after a doubtful answer. */
      readonly deadline: number;
      /** The poll went out after silence or doubt, so its answer is believed. Otherwise an answer that says nothing new can be an old one. */
      readonly trusted: boolean;
      /** An answer was doubtful; `deadline` is only the pause before the question. */
      readonly doubt: boolean;
      /** In-sequence data came since the poll. */
      readonly fresh: boolean;
      /** DISC follows when what is queued is sent. */
      readonly closing: boolean;
    })
  /** DISC is out. */
  | (Client & Attempts & { readonly phase: 'disconnecting'; readonly deadline: number });

interface Server extends Station {
  readonly role: 'server';
}

interface ServerLink extends Server, Link {
  /** APDUs that the application has not answered. */
  readonly handling: number;
  /** The doubtful N(R) that was not believed the first time; -1 for none. */
  readonly suspect: number;
}

/** Where a server's link stands. A value: steps make new ones. */
export type HdlcServerState =
  /** No link. */
  | (Server & { readonly phase: 'disconnected' })
  /** The link is up and the turn is the client's. */
  | (ServerLink & { readonly phase: 'listening' })
  /** The link is up and the turn is ours: a poll waits for the application. */
  | (ServerLink & {
      readonly phase: 'polled';
      /** End of the hold. */
      readonly deadline: number;
    })
  /** FRMR was sent: only SNRM or DISC help now. */
  | (Server & {
      readonly phase: 'rejecting';
      /** Information field of the FRMR. */
      readonly rejection: Uint8Array;
      readonly inactiveAt: number;
    });

/** The state of an HDLC link, of a client or a meter. */
export type HdlcLinkState = HdlcClientState | HdlcServerState;

/** A state that is known to be in these phases. */
export type ClientIn<Phase extends HdlcClientState['phase']> = Extract<HdlcClientState, { readonly phase: Phase }>;
export type ServerIn<Phase extends HdlcServerState['phase']> = Extract<HdlcServerState, { readonly phase: Phase }>;
