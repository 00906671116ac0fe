import { DlmsError } from '../../src/core/errors.js';
import { Inbox } from '../../src/transport/channels/inbox.js';
import type { ApduChannel, ApduHandler, ReceiveOptions, Route } from '../../src/transport/index.js';
import type { VirtualClock } from '../transport/virtual-clock.js';

const route: Route = { clientSap: 1, serverSap: 1 };

/** A meter whose answers take as long as `delay` says, in milliseconds of virtual time: they overtake each other. Closed and opened it is another connection. */
export class DelayedChannel implements ApduChannel {
  readonly sent: Uint8Array[] = [];
  opened = 0;
  closed = 0;
  readonly #clock: VirtualClock;
  readonly #connect: () => ApduHandler;
  readonly #delay: (request: Uint8Array, answer: Uint8Array) => number;
  #handler: ApduHandler | undefined;
  #inbox: Inbox;
  constructor(
    clock: VirtualClock,
    connect: () => ApduHandler,
    delay: (request: Uint8Array, answer: Uint8Array) => number = () => 0,
  ) {
    this.#clock = clock;
    this.#connect = connect;
    this.#delay = delay;
    this.#inbox = new Inbox(clock, 1000);
  }
  async open(): Promise<void> {
    this.opened++;
    this.#inbox = new Inbox(this.#clock, 1000);
    this.#handler = this.#connect();
  }
  async send(apdu: Uint8Array): Promise<void> {
    this.sent.push(apdu);
    const inbox = this.#inbox;
    for (const answer of (await this.#handler?.handle(apdu, route)) ?? []) {
      const ms = this.#delay(apdu, answer);
      if (ms <= 0) inbox.deliver(answer);
      else this.#clock.after(ms, () => inbox.deliver(answer));
    }
  }
  /** As if the meter had sent it. */
  arrive(apdu: Uint8Array): void {
    this.#inbox.deliver(apdu);
  }
  receive(options?: ReceiveOptions): Promise<Uint8Array> {
    return this.#inbox.receive(options);
  }
  async close(): Promise<void> {
    this.closed++;
    this.#handler = undefined;
    this.#inbox.fail(new DlmsError('transport/closed', { by: 'local', during: 'receiving' }));
  }
}

/** Lets everything happen that needs no time, then the clock go on to its next timer, until the promise settles. */
export async function settled<T>(clock: VirtualClock, work: Promise<T>): Promise<T> {
  let done = false;
  work.then(
    () => (done = true),
    () => (done = true),
  );
  for (let idle = 0; ; ) {
    await new Promise((resolve) => setImmediate(resolve));
    if (done) return work;
    const { next } = clock;
    if (next !== undefined) clock.advance(next - clock.now());
    else if (++idle > 20) throw new Error('nothing will ever happen any more');
  }
}
