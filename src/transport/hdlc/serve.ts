import { DlmsError } from '../../core/errors.js';
import type { ApduHandler, Route, Transport } from '../transport.js';
import { addressKey, type HdlcAddress, hdlcAddress, hdlcReserved, isAllStation } from './address.js';
import type { HdlcDeframerCounters } from './deframer.js';
import { type HdlcFrame, llcOf, stripLlc } from './frame.js';
import { type HdlcLineOptions, Line } from './line.js';
import { hdlcLinkDeadline, hdlcLinkStep, hdlcServerLink } from './link.js';
import { type HdlcLinkOptions, hdlcLinkSettings } from './link-options.js';
import type { HdlcLinkInput, HdlcServerState } from './link-state.js';
import { type HdlcReassembler, hdlcReassembler } from './reassembler.js';

/** Options of {@link serveHdlc}. */
export interface HdlcServerOptions extends HdlcLineOptions, Omit<HdlcLinkOptions, 'client' | 'server'> {
  /** The logical devices here: upper address, and the lower one of this physical device when the line has several. Frames to other addresses are met with silence. */
  readonly devices: readonly (HdlcAddress | number)[];
  /** Clients that may connect; others are met with silence. Default: every client but "no station". */
  readonly clients?: readonly number[];
  /** Links at the same time, over all clients and devices; more are refused with DM. Default 16. */
  readonly maxLinks?: number;
  /** APDUs of one link that may wait for the handler before the client is told "not ready". Default 4. */
  readonly maxPendingApdus?: number;
  /** Answer also links that address the lower address "all stations", for lines with a single meter. Default false: such frames are heard as broadcast only. */
  readonly answerAllStation?: boolean;
}

/** The meter's side of a line. */
export interface HdlcServer {
  /** Sends an APDU by itself, as UI with the LLC header E6E700. While a link with this client is up it goes out with the next answer, otherwise at once. */
  push(
    apdu: Uint8Array,
    route: { readonly client: HdlcAddress | number; readonly device?: HdlcAddress | number },
  ): void;
  /** Lets go of the transport; links end without DISC, which only a client can send. */
  close(): Promise<void>;
  /** Resolves when the transport ended or {@link close} is done. */
  readonly closed: Promise<void>;
  readonly counters: HdlcDeframerCounters;
  /** Links that are up. */
  readonly links: readonly Route[];
}

/**
 * Serves a meter on a transport: several logical devices and several clients, each pair with its own link.
 * @throws DlmsError `configuration/invalid` for an option of links outside its range
 */
export function serveHdlc(transport: Transport, handler: ApduHandler, options: HdlcServerOptions): HdlcServer {
  return new Station(transport, handler, options);
}

interface Link {
  readonly key: string;
  readonly route: Route;
  state: HdlcServerState;
  /** APDUs for the handler, one after the other. */
  readonly waiting: Uint8Array[];
  working: boolean;
  /** Grows with every SNRM, so that answers to the link before are told apart. */
  generation: number;
  /** The handler has not been told that it is released: with FRMR it is, before the link is down. */
  held: boolean;
}

class Station implements HdlcServer {
  readonly #handler: ApduHandler;
  readonly #options: HdlcServerOptions;
  readonly #devices: readonly HdlcAddress[];
  readonly #line: Line;
  readonly #links = new Map<string, Link>();
  readonly #reassembler: HdlcReassembler = hdlcReassembler();
  #unconfirmed = 0;
  readonly closed: Promise<void>;
  #resolveClosed: () => void = () => undefined;

  constructor(transport: Transport, handler: ApduHandler, options: HdlcServerOptions) {
    this.#handler = handler;
    this.#options = options;
    this.#devices = options.devices.map(address);
    // Each link takes these options; what is wrong with them is told now, not when a client comes.
    for (const server of this.#devices)
      hdlcLinkSettings('server', { ...options, client: hdlcAddress(hdlcReserved.publicClient), server });
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.#line = new Line(
      transport,
      options,
      (frame) => this.#frame(frame),
      (error) => {
        if (error.code !== 'transport/closed') this.#line.diagnose(error);
        this.#end();
      },
    );
  }
  get counters(): HdlcDeframerCounters {
    return this.#line.counters;
  }
  get links(): readonly Route[] {
    return [...this.#links.values()].map((l) => l.route);
  }
  push(
    apdu: Uint8Array,
    route: { readonly client: HdlcAddress | number; readonly device?: HdlcAddress | number },
  ): void {
    const device = route.device === undefined ? this.#devices[0] : address(route.device);
    if (device === undefined)
      throw new DlmsError('encode/invalid-value', { expected: 'a device to push from', actual: 'none' });
    const link = this.#link(address(route.client), device);
    this.#step(link, { type: 'ui', apdu });
  }
  async close(): Promise<void> {
    await this.#line.close();
    this.#end();
  }

  #end(): void {
    for (const link of this.#links.values()) this.#released(link);
    this.#links.clear();
    this.#resolveClosed();
  }

  #frame(frame: HdlcFrame): void {
    const { destination, source, control } = frame;
    // Servers on the same line answer with longer addresses; a client has one octet. UI may come from anywhere.
    const clients = this.#options.clients;
    if (source.upper === 0 || (clients !== undefined && !clients.includes(source.upper))) return;
    if (control.type === 'UI') return this.#ui(frame);
    if (
      source.size !== 1 ||
      isAllStation(destination, 'upper') ||
      !this.#devices.some((d) => this.#isAt(d, destination))
    )
      return;
    if (isAllStation(destination, 'lower') && this.#options.answerAllStation !== true) return;
    this.#step(this.#link(source, destination), { type: 'frame', frame });
    this.#wake();
  }

  /** UI is given to every device that it is for; what the handler answers is dropped, because nothing answers UI. */
  #ui(frame: HdlcFrame): void {
    const { destination, source } = frame;
    const devices = this.#devices.filter((d) => isAllStation(destination, 'upper') || this.#isAt(d, destination));
    if (devices.length === 0) return;
    try {
      const message = this.#reassembler.push(frame);
      if (message === undefined || llcOf(message.information) === 'response') return;
      const limit = this.#options.maxPendingApdus ?? 4;
      for (const device of devices) {
        if (this.#unconfirmed >= limit * this.#devices.length)
          throw new DlmsError('protocol/link', {
            side: 'remote',
            state: 'UI',
            reason: 'more UI than the handler takes; dropped',
          });
        this.#unconfirmed++;
        void this.#handle(stripLlc(message.information), { clientSap: source.upper, serverSap: device.upper }).then(
          () => {
            this.#unconfirmed--;
          },
        );
      }
    } catch (e) {
      this.#line.diagnose(e);
    }
  }
  /** The destination means this device (or, in its lower half, all of them); what one of the two does not say is not compared. */
  #isAt(device: HdlcAddress, destination: HdlcAddress): boolean {
    if (destination.upper !== device.upper) return false;
    return (
      device.lower === undefined ||
      destination.lower === undefined ||
      destination.lower === device.lower ||
      isAllStation(destination, 'lower')
    );
  }

  #link(client: HdlcAddress, server: HdlcAddress): Link {
    const key = `${addressKey(client)} ${addressKey(server)}`;
    const known = this.#links.get(key);
    if (known !== undefined) return known;
    return {
      key,
      route: { clientSap: client.upper, serverSap: server.upper },
      state: hdlcServerLink({ ...this.#options, client, server }),
      waiting: [],
      working: false,
      generation: 0,
      held: false,
    };
  }

  #step(link: Link, input: HdlcLinkInput): void {
    if (
      input.type === 'frame' &&
      input.frame.control.type === 'SNRM' &&
      !this.#links.has(link.key) &&
      this.#links.size >= (this.#options.maxLinks ?? 16)
    ) {
      this.#line.write([
        {
          ...input.frame,
          source: link.state.settings.server,
          destination: link.state.settings.client,
          control: { type: 'DM', pf: true },
          information: new Uint8Array(0),
        },
      ]);
      return;
    }
    const [state, outputs] = hdlcLinkStep(link.state, input, this.#line.clock.now());
    link.state = state;
    this.#line.write(outputs.flatMap((o) => (o.type === 'write' ? [o.frame] : [])));
    for (const output of outputs) {
      switch (output.type) {
        case 'connected':
          link.generation++;
          link.held = true;
          this.#links.set(link.key, link);
          break;
        case 'disconnected':
          this.#released(link);
          break;
        case 'failed':
          this.#line.diagnose(output.error);
          this.#released(link);
          break;
        case 'apdu':
          this.#queue(link, output.apdu);
          break;
        case 'ignored':
        case 'refused':
          this.#line.diagnose(output.error);
          break;
      }
    }
    if (state.phase === 'disconnected') this.#links.delete(link.key);
  }
  #wake(): void {
    let due = Number.POSITIVE_INFINITY;
    for (const link of this.#links.values()) due = Math.min(due, hdlcLinkDeadline(link.state));
    this.#line.wake(due, () => {
      const now = this.#line.clock.now();
      for (const link of [...this.#links.values()])
        if (hdlcLinkDeadline(link.state) <= now) this.#step(link, { type: 'tick' });
      this.#wake();
    });
  }

  #released(link: Link): void {
    if (!link.held) return;
    link.held = false;
    link.waiting.length = 0;
    link.generation++;
    try {
      this.#handler.released?.(link.route);
    } catch (e) {
      this.#line.diagnose(e);
    }
  }
  #queue(link: Link, apdu: Uint8Array): void {
    link.waiting.push(apdu);
    this.#flow(link);
    void this.#work(link);
  }
  #flow(link: Link): void {
    const busy = link.waiting.length >= (this.#options.maxPendingApdus ?? 4);
    if (busy !== link.state.localBusy) this.#step(link, { type: 'busy', busy });
  }
  /** Gives the waiting APDUs to the handler, in order. */
  async #work(link: Link): Promise<void> {
    if (link.working) return;
    link.working = true;
    for (let apdu = link.waiting.shift(); apdu !== undefined; apdu = link.waiting.shift()) {
      const { generation } = link;
      const apdus = await this.#handle(apdu, link.route);
      if (this.#line.closed) break;
      if (link.generation === generation) this.#step(link, { type: 'reply', apdus });
      this.#flow(link);
      this.#wake();
    }
    link.working = false;
  }
  async #handle(apdu: Uint8Array, route: Route): Promise<readonly Uint8Array[]> {
    try {
      return await this.#handler.handle(apdu, route);
    } catch (e) {
      this.#line.diagnose(e);
      return [];
    }
  }
}

const address = (a: HdlcAddress | number): HdlcAddress => (typeof a === 'number' ? hdlcAddress(a) : a);
