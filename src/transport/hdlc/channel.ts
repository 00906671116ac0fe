import { DlmsError } from '../../core/errors.js';
import type { ApduChannel, ReceiveOptions } from '../transport.js';
import { answersFor, type HdlcAddress, hdlcAddress, sameAddress } from './address.js';
import type { HdlcFrame } from './frame.js';
import type { Line } from './line.js';
import { hdlcAwaitsAnswer, hdlcClientLink, hdlcLinkDeadline, hdlcLinkIsUp, hdlcLinkStep, hdlcUnsent } from './link.js';
import { linkError } from './link-error.js';
import type { HdlcLinkOptions } from './link-options.js';
import type { HdlcClientState, HdlcLinkInput, HdlcLinkOutput } from './link-state.js';

/** Addresses and limits of one HDLC link of a client. */
export interface HdlcChannelOptions extends Omit<HdlcLinkOptions, 'client' | 'server'> {
  /** Client address (SAP). */
  readonly client: HdlcAddress | number;
  /** Server address: upper (logical device) and, on multi-drop lines, lower (physical device). */
  readonly server: HdlcAddress | number;
  /** Default of `receive`, in milliseconds. Default 30 000. */
  readonly receiveTimeoutMs?: number;
  /** APDUs that may wait to be received before the server is told "not ready". Default 32. */
  readonly maxPendingApdus?: number;
}

interface Waiter<T> {
  resolve(value: T): void;
  reject(error: DlmsError): void;
}

/** What a link asks of its bus. */
export interface EndpointHost {
  /** Something waits for a turn, or a timer moved. */
  changed(): void;
  /** Takes part from now on; the error when the transport is gone. */
  attach(endpoint: Endpoint): DlmsError | undefined;
  detach(endpoint: Endpoint): void;
}

/** One link on a bus. Inputs that can make the link transmit wait for its turn. */
export class Endpoint implements ApduChannel {
  readonly #receiveTimeoutMs: number;
  readonly #maxPending: number;
  readonly #line: Line;
  readonly #host: EndpointHost;
  #state: HdlcClientState;
  #inputs: HdlcLinkInput[] = [];
  #apdus: Uint8Array[] = [];
  #failure: DlmsError | undefined;
  /** The transport is gone: nothing can be opened again. */
  #ended: DlmsError | undefined;
  #opening: Waiter<void>[] = [];
  #sending: Waiter<void>[] = [];
  #closing: (() => void)[] = [];
  #receiving: Waiter<Uint8Array> | undefined;

  constructor(options: HdlcChannelOptions, line: Line, host: EndpointHost) {
    const { client, server, receiveTimeoutMs, maxPendingApdus, ...rest } = options;
    const address = (a: HdlcAddress | number): HdlcAddress => (typeof a === 'number' ? hdlcAddress(a) : a);
    this.#state = hdlcClientLink({ ...rest, client: address(client), server: address(server) });
    this.#receiveTimeoutMs = receiveTimeoutMs ?? 30_000;
    this.#maxPending = maxPendingApdus ?? 32;
    this.#line = line;
    this.#host = host;
  }

  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      const gone = this.#host.attach(this);
      if (gone !== undefined) return reject(gone);
      if (hdlcLinkIsUp(this.#state) && this.#closing.length === 0) return resolve();
      this.#failure = undefined;
      this.#opening.push({ resolve, reject });
      if (this.#opening.length === 1) this.#ask({ type: 'connect' });
    });
  }
  send(apdu: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      const down = this.#down();
      if (down !== undefined) return reject(down);
      this.#sending.push({ resolve, reject });
      this.#ask({ type: 'send', apdu });
    });
  }
  receive(options: ReceiveOptions = {}): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const { signal, timeoutMs = this.#receiveTimeoutMs } = options;
      if (signal?.aborted)
        return reject(new DlmsError('transport/aborted', { during: 'receive' }, { cause: signal.reason }));
      const apdu = this.#apdus.shift();
      if (apdu !== undefined) {
        if (this.#state.localBusy) this.#ask({ type: 'busy', busy: false });
        return resolve(apdu);
      }
      const down =
        this.#receiving === undefined
          ? this.#down()
          : new DlmsError('protocol/link', { side: 'local', state: 'receiving', reason: 'receive is already pending' });
      if (down !== undefined) return reject(down);
      const settle = (): void => {
        this.#receiving = undefined;
        cancel();
        signal?.removeEventListener('abort', abort);
        this.#direct({ type: 'want', wanted: false });
      };
      const fail = (error: DlmsError): void => {
        settle();
        reject(error);
      };
      const abort = (): void =>
        fail(new DlmsError('transport/aborted', { during: 'receive' }, { cause: signal?.reason }));
      const cancel = this.#line.clock.after(timeoutMs, () =>
        fail(new DlmsError('transport/timeout', { waitedMs: timeoutMs, waitingFor: 'an APDU' })),
      );
      signal?.addEventListener('abort', abort, { once: true });
      this.#receiving = {
        resolve: (value) => {
          settle();
          resolve(value);
        },
        reject: fail,
      };
      this.#direct({ type: 'want', wanted: true });
    });
  }
  close(): Promise<void> {
    if (this.#ended !== undefined || (this.#state.phase === 'disconnected' && this.#inputs.length === 0))
      return Promise.resolve();
    return new Promise((resolve) => {
      this.#closing.push(resolve);
      if (this.#closing.length === 1) this.#ask({ type: 'disconnect' });
    });
  }

  /** The transport is gone. */
  end(error: DlmsError): void {
    this.#ended = error;
    this.#state = hdlcClientLink(this.#state.settings);
    this.#inputs = [];
    for (const o of this.#opening.splice(0)) o.reject(error);
    this.#fail(error);
  }
  concerns(frame: HdlcFrame): boolean {
    const { client, server } = this.#state.settings;
    return sameAddress(frame.destination, client) && answersFor(server, frame.source);
  }
  get polled(): boolean {
    return hdlcAwaitsAnswer(this.#state);
  }
  get deadline(): number {
    return hdlcLinkDeadline(this.#state);
  }
  wantsTurn(now: number): boolean {
    return this.#ended === undefined && (this.#inputs.length > 0 || hdlcLinkDeadline(this.#state) <= now);
  }
  /** The line is free: carries out what waits, until an answer is needed. */
  turn(): void {
    if (hdlcLinkDeadline(this.#state) <= this.#line.clock.now()) this.#step({ type: 'tick' });
    while (!this.polled && this.#inputs.length > 0) this.#step(this.#inputs.shift() as HdlcLinkInput);
  }
  frame(frame: HdlcFrame): void {
    this.#step({ type: 'frame', frame });
  }
  tick(): void {
    if (hdlcLinkDeadline(this.#state) <= this.#line.clock.now()) this.#step({ type: 'tick' });
  }

  get #queuedSends(): number {
    return this.#inputs.filter((i) => i.type === 'send').length;
  }
  #down(): DlmsError | undefined {
    if (this.#failure !== undefined) return this.#failure;
    const up =
      hdlcLinkIsUp(this.#state) ||
      this.#state.phase === 'draining' ||
      this.#state.phase === 'connecting' ||
      this.#inputs.some((i) => i.type === 'connect');
    return up
      ? undefined
      : new DlmsError('protocol/link', { side: 'local', state: this.#state.phase, reason: 'the link is not open' });
  }
  #ask(input: HdlcLinkInput): void {
    this.#inputs.push(input);
    this.#host.changed();
  }
  /** Inputs that only set a timer. */
  #direct(input: HdlcLinkInput): void {
    if (this.#ended !== undefined) return;
    this.#step(input);
    this.#host.changed();
  }
  #step(input: HdlcLinkInput): void {
    const [state, outputs] = hdlcLinkStep(this.#state, input, this.#line.clock.now());
    this.#state = state;
    // All frames of a step leave in one piece.
    this.#line.write(outputs.flatMap((o) => (o.type === 'write' ? [o.frame] : [])));
    for (const output of outputs) this.#react(output);
    if (hdlcLinkIsUp(this.#state) && hdlcUnsent(this.#state) === 0)
      for (const s of this.#sending.splice(0, this.#sending.length - this.#queuedSends)) s.resolve();
  }
  #react(output: HdlcLinkOutput): void {
    switch (output.type) {
      case 'connected':
        this.#failure = undefined;
        this.#forget();
        for (const o of this.#opening.splice(0)) o.resolve();
        return;
      case 'apdu':
        return this.#arrived(output.apdu);
      case 'failed':
        for (const o of this.#opening.splice(0)) o.reject(output.error);
        return this.#fail(output.error);
      case 'disconnected':
        // Who has asked to open in the meantime is still to be connected.
        return this.#fail(new DlmsError('transport/closed', { by: output.by, during: `HDLC link: ${output.reason}` }));
      case 'refused':
        // Sends are carried out in order, and nothing else that somebody waits for can be refused.
        this.#sending.splice(this.#sending.length - 1 - this.#queuedSends, 1)[0]?.reject(output.error);
        return;
      case 'ignored':
        return this.#line.diagnose(output.error);
      case 'quirk':
        return this.#line.diagnose(output.quirk);
    }
  }
  #arrived(apdu: Uint8Array): void {
    if (this.#receiving !== undefined) return this.#receiving.resolve(apdu);
    this.#apdus.push(apdu);
    if (this.#apdus.length >= this.#maxPending) this.#step({ type: 'busy', busy: true });
  }
  /** What the former link brought is no answer to what the new one asks. */
  #forget(): void {
    const { length } = this.#apdus;
    this.#apdus = [];
    if (length > 0)
      this.#line.diagnose(
        linkError('local', this.#state.phase, `${length} APDU(s) of the former link were not received and are dropped`),
      );
    if (this.#state.localBusy) this.#step({ type: 'busy', busy: false });
  }
  #fail(error: DlmsError): void {
    this.#failure = error;
    this.#inputs = this.#inputs.filter((i) => i.type === 'connect');
    for (const s of this.#sending.splice(0)) s.reject(error);
    this.#receiving?.reject(error);
    for (const done of this.#closing.splice(0)) done();
    if (this.#opening.length === 0) this.#host.detach(this);
  }
}
