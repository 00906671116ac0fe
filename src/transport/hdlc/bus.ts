import { DlmsError } from '../../core/errors.js';
import type { ApduChannel, Transport } from '../transport.js';
import { type HdlcAddress, hdlcAddress } from './address.js';
import { Endpoint, type HdlcChannelOptions } from './channel.js';
import type { HdlcDeframerCounters } from './deframer.js';
import { addLlc, type HdlcFrame, llcCommand, maxInformation, stripLlc } from './frame.js';
import { type HdlcLineOptions, Line } from './line.js';
import { type HdlcReassembler, hdlcReassembler } from './reassembler.js';

/** What a server sent by itself (UI), segments joined, LLC header removed. */
export interface HdlcPush {
  readonly apdu: Uint8Array;
  readonly source: HdlcAddress;
  readonly destination: HdlcAddress;
}

/** Options of {@link hdlcBus}. */
export interface HdlcBusOptions extends HdlcLineOptions {
  /** Hears of pushes outside of links. */
  readonly onPush?: (push: HdlcPush) => void;
}

/** A line with several meters. The channels take turns: one exchange (from a poll to its final answer, all segments included) at a time, in order of asking. */
export interface HdlcBus {
  /** A channel to one logical device. `close` of the channel sends DISC and leaves the transport open. */
  channel(options: HdlcChannelOptions): ApduChannel;
  /** Sends an APDU to all stations (or the address given) as UI without P; nobody answers. At most 2027 octets. */
  broadcast(apdu: Uint8Array, from: HdlcAddress | number, to?: HdlcAddress): void;
  /** Ends all links and the transport. */
  close(): Promise<void>;
  readonly counters: HdlcDeframerCounters;
}

/** A transport on which several HDLC links to devices on one line live side by side, one speaking at a time. */
export function hdlcBus(transport: Transport, options: HdlcBusOptions = {}): HdlcBus {
  return new Bus(transport, options);
}

/**
 * A channel that owns its transport: `close` sends DISC and closes the transport too.
 * @throws DlmsError `configuration/invalid` for an option of the link outside its range
 */
export function hdlcChannel(transport: Transport, options: HdlcChannelOptions & HdlcBusOptions): ApduChannel {
  const bus = new Bus(transport, options);
  const channel = bus.channel(options);
  return {
    open: () => channel.open(),
    send: (apdu) => channel.send(apdu),
    receive: (receiveOptions) => channel.receive(receiveOptions),
    close: () => bus.close(),
  };
}

class Bus implements HdlcBus {
  readonly #line: Line;
  readonly #options: HdlcBusOptions;
  readonly #reassembler: HdlcReassembler = hdlcReassembler();
  /** In order of turns: who had the last one stands at the end. */
  readonly #endpoints: Endpoint[] = [];
  #current: Endpoint | undefined;
  #closed: DlmsError | undefined;
  #broadcasts: HdlcFrame[] = [];
  #busy = false;

  constructor(transport: Transport, options: HdlcBusOptions) {
    this.#options = options;
    this.#line = new Line(
      transport,
      options,
      (frame) => this.#frame(frame),
      (error) => this.#end(error),
    );
  }
  get counters(): HdlcDeframerCounters {
    return this.#line.counters;
  }
  channel(options: HdlcChannelOptions): ApduChannel {
    return new Endpoint(options, this.#line, {
      changed: () => this.#turn(),
      attach: (endpoint) => {
        if (this.#closed !== undefined) return this.#closed;
        if (!this.#endpoints.includes(endpoint)) this.#endpoints.push(endpoint);
        return undefined;
      },
      detach: (endpoint) => {
        const at = this.#endpoints.indexOf(endpoint);
        if (at >= 0) this.#endpoints.splice(at, 1);
        if (this.#current === endpoint) this.#current = undefined;
      },
    });
  }
  broadcast(apdu: Uint8Array, from: HdlcAddress | number, to: HdlcAddress = hdlcAddress(0x7f)): void {
    const information = addLlc(llcCommand, apdu);
    if (information.length > maxInformation)
      throw new DlmsError('encode/invalid-value', {
        expected: 'at most 2027 octets in a broadcast',
        actual: `${apdu.length} octets`,
      });
    if (this.#closed !== undefined) throw this.#closed;
    const source = typeof from === 'number' ? hdlcAddress(from) : from;
    this.#broadcasts.push({
      segmented: false,
      destination: to,
      source,
      control: { type: 'UI', pf: false },
      information,
    });
    this.#turn();
  }
  async close(): Promise<void> {
    await Promise.all([...this.#endpoints].map((e) => e.close()));
    this.#end(new DlmsError('transport/closed', { by: 'local', during: 'HDLC' }));
    await this.#line.close();
  }

  #end(error: DlmsError): void {
    this.#closed ??= error;
    for (const endpoint of [...this.#endpoints]) endpoint.end(this.#closed);
  }

  #frame(frame: HdlcFrame): void {
    if (frame.control.type === 'UI') return this.#push(frame);
    const endpoint = this.#endpoints.find((e) => e.concerns(frame));
    const holder = this.#current?.polled === true ? this.#current : undefined;
    if (endpoint === undefined || (holder !== undefined && holder !== endpoint)) {
      this.#line.diagnose(
        new DlmsError('protocol/link', {
          side: 'remote',
          state: 'bus',
          reason: `${frame.control.type} for nobody who waits for it`,
        }),
      );
      return;
    }
    this.#current = endpoint;
    endpoint.frame(frame);
    this.#turn();
  }
  #push(frame: HdlcFrame): void {
    try {
      const message = this.#reassembler.push(frame);
      if (message !== undefined)
        this.#options.onPush?.({
          apdu: stripLlc(message.information),
          source: message.source,
          destination: message.destination,
        });
    } catch (e) {
      this.#line.diagnose(e);
    }
  }

  /** Gives the line to the next who wants it, as long as nobody waits for an answer. */
  #turn(): void {
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#current?.polled !== true) {
        this.#line.write(this.#broadcasts.splice(0));
        const now = this.#line.clock.now();
        const next = this.#endpoints.findIndex((e) => e.wantsTurn(now));
        if (next < 0) break;
        const [endpoint] = this.#endpoints.splice(next, 1) as [Endpoint];
        this.#endpoints.push(endpoint);
        this.#current = endpoint;
        endpoint.turn();
      }
      const holder = this.#current?.polled === true ? this.#current : undefined;
      // While somebody holds the line only his timer counts; the others have their turn afterwards.
      const due = holder !== undefined ? holder.deadline : Math.min(...this.#endpoints.map((e) => e.deadline));
      this.#line.wake(due, () => {
        this.#current?.tick();
        this.#turn();
      });
    } finally {
      this.#busy = false;
    }
  }
}
