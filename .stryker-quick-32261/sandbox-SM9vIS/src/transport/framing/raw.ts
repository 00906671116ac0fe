import { type Clock, systemClock } from '../../core/clock.js';
import { DlmsError } from '../../core/errors.js';
import { closedError, octetLink } from '../link.js';
import type { ApduChannel, ReceiveOptions, Transport } from '../transport.js';
import { Inbox, within } from './inbox.js';

export interface RawOptions {
  /** How long `receive` waits, and how long `send` waits for a peer that does not read. Default 30 000 ms. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
  /** Longest APDU accepted. Default 65535. */
  readonly maxApduSize?: number;
}

/**
 * A channel without framing: each chunk is one APDU. For media that keep boundaries themselves (datagrams, a message broker, tests); on a TCP stream chunks
 * are cut anywhere, and this must not be used.
 */
export function rawChannel(transport: Transport, options: RawOptions = {}): ApduChannel {
  const { timeoutMs = 30_000, clock = systemClock, maxApduSize = 0xffff } = options;
  const inbox = new Inbox(clock, timeoutMs);
  const link = octetLink(transport);
  let failure: DlmsError | undefined;
  const fail = (error: DlmsError) => {
    failure ??= error;
    inbox.fail(failure);
  };
  link.start({
    octets(chunk) {
      if (chunk.length > maxApduSize)
        fail(new DlmsError('decode/too-large', { offset: 0, limit: maxApduSize, actual: chunk.length }));
      // Nobody asks: bounded, as datagrams are.
      else if (inbox.length < 64) inbox.deliver(chunk);
    },
    ended: (error) => fail(closedError(error, 'receiving')),
  });
  return {
    open: async () => {
      if (failure !== undefined) throw failure;
    },
    send: async (apdu) => {
      if (failure !== undefined) throw failure;
      const writing = link.write(apdu);
      if (writing !== undefined) await within(clock, timeoutMs, 'the peer to read', writing);
    },
    receive: (receiveOptions?: ReceiveOptions) => inbox.receive(receiveOptions),
    close: async () => {
      fail(new DlmsError('transport/closed', { by: 'local', during: 'receiving' }));
      const closing = link.close();
      if (closing !== undefined)
        await within(clock, timeoutMs, 'the peer to take the last octets', closing).catch(() => link.abort());
    },
  };
}
