import { concat } from '../../core/bytes.js';
import { type Clock, systemClock } from '../../core/clock.js';
import { DlmsError } from '../../core/errors.js';
import { formatHex, parseHex } from '../../core/hex.js';
import { linkTransport } from '../link.js';
import type { OctetSink, Transport } from '../transport.js';
import { intercept } from './intercept.js';

/** One chunk, as it passed. Plain data, so it can be kept as JSON. */
export interface RecordedChunk {
  /** Milliseconds since the recording began. */
  readonly at: number;
  readonly direction: 'sent' | 'received';
  readonly hex: string;
}

/** Records what passes; `recording` grows while the transport is used. */
export function record(
  transport: Transport,
  options: { readonly clock?: Clock } = {},
): { readonly transport: Transport; readonly recording: readonly RecordedChunk[] } {
  const { clock = systemClock } = options;
  const begin = clock.now();
  const recording: RecordedChunk[] = [];
  const keep = (direction: 'sent' | 'received', octets: Uint8Array) =>
    recording.push({ at: Math.round(clock.now() - begin), direction, hex: formatHex(octets) });
  return {
    recording,
    transport: intercept(transport, {
      sent(octets, pass) {
        keep('sent', octets);
        return pass(octets);
      },
      received(octets, pass) {
        keep('received', octets);
        pass(octets);
      },
    }),
  };
}

/** Options of {@link replay}. */
export interface ReplayOptions {
  /**
   * Whose part to play: the chunks in this direction are delivered, the others are expected. Default: `received`; the
   * recorded peer answers.
   */
  readonly play?: 'received' | 'sent';
  /**
   * Compares what is sent with the recording. Default: true. Set it to false if it always differs (challenges,
   * counters); then only the number of octets counts.
   */
  readonly compare?: boolean;
}

/**
 * A transport that plays back a recording: each recorded chunk arrives once everything before it has been sent. It ends
 * after the last chunk. If octets differ from the recording, it ends with `protocol/link` (side local), which names the
 * position.
 */
export function replay(recording: readonly RecordedChunk[], options: ReplayOptions = {}): Transport {
  const { play = 'received', compare = true } = options;
  const expected = concat(...recording.filter((c) => c.direction !== play).map((c) => parseHex(c.hex)));
  let sent = 0;
  let due = 0;
  let next = 0;
  let sink: OctetSink | undefined;
  let paused = false;
  const end = (error?: unknown) => {
    const to = sink;
    sink = undefined;
    to?.ended(error);
  };
  const advance = () => {
    while (sink !== undefined && !paused) {
      const chunk = recording[next];
      if (chunk === undefined) return sent >= due ? end() : undefined;
      if (chunk.direction !== play) due += chunk.hex.length / 2;
      else if (sent < due) return;
      else sink.octets(parseHex(chunk.hex));
      next++;
    }
  };
  return linkTransport({
    start(to) {
      sink = to;
      queueMicrotask(advance);
    },
    write(octets) {
      for (let i = 0; i < octets.length; i++) {
        const at = sent + i;
        if (at < expected.length && (!compare || octets[i] === expected[at])) continue;
        const reason =
          at < expected.length
            ? `octet ${at} sent differs from the recording`
            : `more was sent than the ${expected.length} octets recorded`;
        return end(new DlmsError('protocol/link', { side: 'local', state: 'replay', reason }));
      }
      sent += octets.length;
      queueMicrotask(advance);
    },
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      queueMicrotask(advance);
    },
    close: () => end(),
    abort: () => end(),
  });
}
