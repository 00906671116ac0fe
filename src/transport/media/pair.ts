import type { MaybePromise } from '../../core/promise.js';
import { linkTransport } from '../link.js';
import type { OctetLink, OctetSink, Transport } from '../transport.js';

/** Options of {@link transportPair}. */
export interface PairOptions {
  /** Octets that may wait for a paused reader before `write` makes the writer wait. Default: 65 536. */
  readonly capacity?: number;
  /** Makes chunks datagrams. Default: false. */
  readonly datagrams?: boolean;
}

/**
 * Two transports joined in memory: what goes into one comes out of the other in the next microtask. For tests,
 * simulations and meters in the same process.
 */
export function transportPair(options: PairOptions = {}): [Transport, Transport] {
  const capacity = options.capacity ?? 65536;
  const a = new PairEnd(capacity);
  const b = new PairEnd(capacity);
  a.peer = b;
  b.peer = a;
  const properties = options.datagrams === true ? { datagrams: true } : {};
  return [linkTransport(a, properties), linkTransport(b, properties)];
}

class PairEnd implements OctetLink {
  peer!: PairEnd;
  readonly #capacity: number;
  readonly #inbound: Uint8Array[] = [];
  #waitingOctets = 0;
  #room: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;
  #sink: OctetSink | undefined;
  #paused = false;
  #scheduled = false;
  #ending = false;
  #ended = false;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  start(sink: OctetSink): void {
    this.#sink = sink;
    this.#schedule();
  }

  write(octets: Uint8Array): MaybePromise<void> {
    return this.#ending ? undefined : this.peer.#take(octets);
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#schedule();
  }

  close(): void {
    if (this.#ending) return;
    this.peer.#finish();
    this.#drop();
  }

  abort(): void {
    this.close();
  }

  #take(octets: Uint8Array): MaybePromise<void> {
    if (this.#ending) return undefined;
    this.#inbound.push(octets);
    this.#waitingOctets += octets.length;
    this.#schedule();
    if (this.#waitingOctets <= this.#capacity) return undefined;
    if (this.#room === undefined) {
      let resolve = (): void => {};
      const promise = new Promise<void>((r) => {
        resolve = r;
      });
      this.#room = { promise, resolve };
    }
    return this.#room.promise;
  }

  /** The other side has closed; what is queued is delivered first. */
  #finish(): void {
    this.#ending = true;
    this.#schedule();
  }

  #drop(): void {
    this.#ending = true;
    this.#inbound.length = 0;
    this.#waitingOctets = 0;
    this.#release();
    this.#paused = false;
    this.#schedule();
  }

  #release(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }

  #schedule(): void {
    if (this.#scheduled || this.#sink === undefined || this.#paused) return;
    this.#scheduled = true;
    queueMicrotask(() => this.#run());
  }

  #run(): void {
    this.#scheduled = false;
    while (!this.#paused) {
      const chunk = this.#inbound.shift();
      if (chunk === undefined) break;
      this.#waitingOctets -= chunk.length;
      if (this.#waitingOctets <= this.#capacity / 2) this.#release();
      this.#sink?.octets(chunk);
    }
    if (!this.#ending || this.#inbound.length > 0 || this.#ended || this.#paused) return;
    this.#ended = true;
    this.#release();
    this.#sink?.ended();
  }
}
