import { type Clock, systemClock } from '../../core/clock.js';
import { DlmsError } from '../../core/errors.js';
import type { MaybePromise } from '../../core/promise.js';
import { toSevenE1 } from '../framing/iec-62056-21.js';
import { closedError, linkTransport, octetLink } from '../link.js';
import type { SerialLine } from '../media/serial-line.js';
import type { OctetLink, OctetSink, Transport } from '../transport.js';
import {
  type ModeEClientOptions,
  type ModeEInput,
  type ModeEOutput,
  type ModeEServerOptions,
  type ModeEState,
  modeEClient,
  modeEIdle,
  modeEServer,
} from './mode-e.js';

/** Options of {@link modeEPort}. */
export interface ModeEPortOptions {
  readonly clock?: Clock;
  /**
   * For a line that stays at 8 data bits without parity (a gateway, a pseudo terminal): adds the parity bits of the
   * sign-on by software. Default: false.
   */
  readonly emulateSevenE1?: boolean;
}

/** The outcome of a sign-on. */
export type ModeEResult =
  | (Extract<ModeEOutput, { type: 'hdlc' }> & {
      /** The transport for HDLC, valid until the next sign-on. Closing it leaves the line open. */
      readonly transport: Transport;
    })
  | Extract<ModeEOutput, { type: 'readout' }>;

/** A serial line for IEC 62056-21 sign-ons, one after the other. */
export interface ModeEPort {
  /**
   * For a client: signs on.
   * @throws DlmsError `transport/timeout`, `protocol/link` (no HDLC offered), `transport/closed`, `transport/aborted`,
   *   `decode/too-large`
   */
  signOn(options?: ModeEClientOptions & { readonly signal?: AbortSignal }): Promise<ModeEResult>;
  /**
   * For a meter: waits for a client that wants HDLC, and answers readouts meanwhile.
   * @throws DlmsError `transport/closed`, `transport/aborted`
   */
  listen(
    options: ModeEServerOptions & { readonly signal?: AbortSignal },
  ): Promise<Extract<ModeEResult, { type: 'hdlc' }>>;
  /** Closes the line. */
  close(): Promise<void>;
}

/** Makes a {@link ModeEPort}, which takes over the line. */
export function modeEPort(line: SerialLine, options: ModeEPortOptions = {}): ModeEPort {
  return new Port(line, options);
}

class Port implements ModeEPort {
  readonly #line: SerialLine;
  readonly #link: OctetLink;
  readonly #clock: Clock;
  readonly #emulate: boolean;
  #sink: OctetSink | undefined;
  #held: Uint8Array[] = [];
  #failure: DlmsError | undefined;

  constructor(line: SerialLine, options: ModeEPortOptions) {
    this.#line = line;
    this.#clock = options.clock ?? systemClock;
    this.#emulate = options.emulateSevenE1 === true;
    this.#link = octetLink(line);
    this.#link.start({
      octets: (chunk) => {
        // Nobody is listening: only a little is kept, in case HDLC follows at once; the rest is noise.
        if (this.#sink === undefined) this.#held = [...this.#held, chunk].slice(-16);
        else this.#sink.octets(chunk);
      },
      ended: (error) => {
        this.#failure = closedError(error, 'on the serial line');
        this.#sink?.ended(this.#failure);
        this.#sink = undefined;
      },
    });
  }

  async signOn(options: ModeEClientOptions & { readonly signal?: AbortSignal } = {}): Promise<ModeEResult> {
    return await this.#run((state, input, now) => modeEClient(state, input, now, options), options.signal);
  }

  async listen(
    options: ModeEServerOptions & { readonly signal?: AbortSignal },
  ): Promise<Extract<ModeEResult, { type: 'hdlc' }>> {
    const result = await this.#run((state, input, now) => modeEServer(state, input, now, options), options.signal);
    return result as Extract<ModeEResult, { type: 'hdlc' }>;
  }

  async close(): Promise<void> {
    await this.#link.close();
  }

  #run(
    step: (state: ModeEState, input: ModeEInput, now: number) => [ModeEState, readonly ModeEOutput[]],
    signal: AbortSignal | undefined,
  ): Promise<ModeEResult> {
    // The transport of the previous sign-on ends here.
    this.#sink?.ended();
    this.#held = [];
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (signal?.aborted === true)
      return Promise.reject(new DlmsError('transport/aborted', { during: 'the sign-on' }, { cause: signal.reason }));
    return new Promise((resolve, reject) => {
      let state = modeEIdle;
      let stopTimer = (): void => {};
      let working = Promise.resolve();
      let finished = false;
      const finish = (settle: () => void) => {
        if (finished) return;
        finished = true;
        stopTimer();
        signal?.removeEventListener('abort', aborted);
        this.#sink = undefined;
        settle();
      };
      const aborted = () =>
        finish(() => reject(new DlmsError('transport/aborted', { during: 'the sign-on' }, { cause: signal?.reason })));
      // One input at a time: setting the line takes time, and octets that arrive meanwhile wait their turn.
      const feed = (input: ModeEInput) => {
        working = working.then(async () => {
          if (finished) return;
          const [next, outputs] = step(state, input, this.#clock.now());
          state = next;
          for (const output of outputs) await this.#perform(output, finish, resolve, reject);
          stopTimer();
          if (!finished && state.deadline !== undefined)
            stopTimer = this.#clock.after(Math.max(0, state.deadline - this.#clock.now()), () =>
              feed({ type: 'tick' }),
            );
        });
        working.catch((error) => finish(() => reject(error)));
      };
      signal?.addEventListener('abort', aborted);
      this.#sink = {
        octets: (octets) => feed({ type: 'octets', octets }),
        ended: (error) => finish(() => reject(closedError(error, 'the sign-on'))),
      };
      feed({ type: 'start' });
    });
  }

  async #perform(
    output: ModeEOutput,
    finish: (settle: () => void) => void,
    resolve: (result: ModeEResult) => void,
    reject: (error: unknown) => void,
  ): Promise<void> {
    switch (output.type) {
      case 'write':
        await this.#link.write(this.#emulate ? toSevenE1(output.octets) : output.octets);
        return;
      case 'line': {
        const seven = output.parity === '7E1' && !this.#emulate;
        await this.#line.configure?.({
          baudRate: output.baud,
          dataBits: seven ? 7 : 8,
          parity: seven ? 'even' : 'none',
          stopBits: 1,
        });
        return;
      }
      case 'hdlc':
        finish(() => resolve({ ...output, transport: this.#handOver(output.rest) }));
        return;
      case 'readout':
        finish(() => resolve(output));
        return;
      case 'failed':
        finish(() => reject(output.error));
        return;
      case 'option':
        return;
    }
  }

  /** The line as a transport of its own, for HDLC. */
  #handOver(rest: Uint8Array): Transport {
    const link = this.#link;
    if (rest.length > 0) this.#held.unshift(rest);
    let mine: OctetSink | undefined;
    let closed = false;
    return linkTransport({
      start: (sink) => {
        mine = sink;
        this.#sink = sink;
        const held = this.#held;
        this.#held = [];
        queueMicrotask(() => {
          for (const chunk of held) if (this.#sink === sink) sink.octets(chunk);
          if (this.#failure !== undefined && !closed) sink.ended(this.#failure);
        });
      },
      write: (octets): MaybePromise<void> => (closed || this.#sink !== mine ? undefined : link.write(octets)),
      pause: () => link.pause(),
      resume: () => link.resume(),
      close: () => {
        closed = true;
        if (mine !== undefined && this.#sink === mine) {
          this.#sink = undefined;
          mine.ended();
        }
      },
      abort() {
        this.close();
      },
    });
  }
}
