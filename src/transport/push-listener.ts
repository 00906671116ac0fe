import { type Clock, systemClock } from '../core/clock.js';
import type { MaybePromise } from '../core/promise.js';
import { closedError, octetLink } from './link.js';
import { type PushedApdu, PushReceiver, type PushReceiverOptions } from './push-receiver.js';
import type { OctetLink, Transport } from './transport.js';

export interface ReceivePushesOptions extends PushReceiverOptions {
  /** A gap between octets after which what is incomplete is dropped, and a bare APDU taken for complete. Default 1000 ms. */
  readonly silenceMs?: number;
  readonly clock?: Clock;
  /** Hears what the handler threw, and what ended the transport. */
  readonly onError?: (error: unknown) => void;
}

/** Takes a pushed APDU; gives APDUs to send back (a confirmation), or nothing. */
export type PushHandler = (push: PushedApdu) => MaybePromise<readonly Uint8Array[] | undefined | void>;

/** Pushes on one transport: a connection, a serial line, a datagram sender. */
export interface PushReception {
  /** Settles, never rejects, when the transport has ended. */
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

/**
 * Hands every APDU that arrives on a transport to a handler, whatever framing it has; one after the other, in order. While the handler works, the sender is
 * held back. A handler that throws is reported, and the next APDU is handed over all the same.
 */
export function receivePushes(transport: Transport, handler: PushHandler, options: ReceivePushesOptions = {}): PushReception {
  const { clock = systemClock, silenceMs = 1000, onError } = options;
  const receiver = new PushReceiver({ ...options, datagrams: transport.datagrams === true });
  const link: OctetLink = octetLink(transport);
  let stopTimer = (): void => {};
  let queue: PushedApdu[] = [];
  let working = false;
  let ended = false;
  let settle = (): void => {};
  const closed = new Promise<void>((resolve) => {
    settle = resolve;
  });

  const work = async () => {
    working = true;
    for (let push = queue.shift(); push !== undefined; push = queue.shift()) {
      try {
        const answers = await handler(push);
        if (answers !== undefined) for (const apdu of answers) if (!ended) await link.write(push.frameAnswer(apdu));
      } catch (error) {
        onError?.(error);
      }
    }
    working = false;
    if (ended) settle();
    else link.resume();
  };
  const take = (pushes: PushedApdu[]) => {
    if (pushes.length === 0) return;
    // Bounded: the sender is held back after one chunk, and datagrams beyond a few are lost.
    if (transport.datagrams !== true || queue.length < 64) queue = queue.concat(pushes);
    if (working) return;
    link.pause();
    void work();
  };
  const watch = () => {
    stopTimer();
    if (receiver.pending > 0) stopTimer = clock.after(silenceMs, () => take(receiver.flush()));
  };

  link.start({
    octets(chunk) {
      take(receiver.push(chunk));
      watch();
    },
    ended(error) {
      stopTimer();
      take(receiver.flush());
      ended = true;
      if (error !== undefined) onError?.(closedError(error, 'receiving pushes'));
      if (!working) settle();
    },
  });
  return {
    closed,
    close: async () => {
      stopTimer();
      await link.close();
      await closed;
    },
  };
}
