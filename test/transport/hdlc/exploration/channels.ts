import { Interned, memoized } from './interned.js';

/** A frame that is held back, or the double of one. */
interface Late {
  readonly frame: number;
  /** Turns of its sender, beside its own, that can still overtake it. */
  readonly left: number;
}

/** One direction of the line. */
export interface Channel {
  /** Frames on their way, in order. */
  readonly queue: readonly number[];
  readonly late: Late | undefined;
}

/** A line in one direction, as numbers: what is on it, and what can become of it. */
export class Channels {
  readonly #channels: Interned<Channel> = new Interned(
    ({ queue, late }) => `${queue.join()} ${late === undefined ? '' : `${late.frame}.${late.left}`}`,
  );
  readonly empty: number;
  readonly #lateTurns: number;
  readonly #endsTurn: (frame: number) => boolean;
  /** By channel, then by list of frames. */
  readonly #pushed: (number | undefined)[][] = [];

  constructor(lateTurns: number, endsTurn: (frame: number) => boolean) {
    this.#lateTurns = lateTurns;
    this.#endsTurn = endsTurn;
    this.empty = this.#channels.number({ queue: [], late: undefined });
  }
  get size(): number {
    return this.#channels.size;
  }
  value(channel: number): Channel {
    return this.#channels.value(channel);
  }

  /** A turn is written. */
  push(channel: number, list: number, writes: readonly number[]): number {
    if (list === 0) return channel;
    let known = this.#pushed[channel];
    if (known === undefined) {
      known = [];
      this.#pushed[channel] = known;
    }
    known[list] ??= this.#push(channel, writes);
    return known[list];
  }
  #push(channel: number, writes: readonly number[]): number {
    const { queue, late } = this.value(channel);
    return this.#channels.number({ queue: [...queue, ...writes], late });
  }
  /** The frame that arrives next when the line keeps the order; -1 for none. */
  readonly head: (channel: number) => number = memoized((channel) => this.value(channel).queue[0] ?? -1);
  /** Frames on their way, without the late one. */
  readonly underWay: (channel: number) => number = memoized((channel) => this.value(channel).queue.length);
  /** The place of that frame in the order has passed: it arrived, or is lost. */
  readonly passed: (channel: number) => number = memoized((channel) => {
    const { queue, late } = this.value(channel);
    return this.#channels.number({ queue: queue.slice(1), late: this.#overtaken(late, queue[0] as number) });
  });
  /** The same, and the frame arrives later, or once more. What was late before is lost. */
  readonly passedLate: (channel: number) => number = memoized((channel) => {
    const { queue } = this.value(channel);
    const frame = queue[0] as number;
    const left = this.#lateTurns + (this.#endsTurn(frame) ? 0 : 1);
    return this.#channels.number({ queue: queue.slice(1), late: { frame, left } });
  });
  readonly late: (channel: number) => number = memoized((channel) => this.value(channel).late?.frame ?? -1);
  /** The late frame arrived. */
  readonly withoutLate: (channel: number) => number = memoized((channel) =>
    this.#channels.number({ queue: this.value(channel).queue, late: undefined }),
  );
  /** Every frame made another. */
  aging(aged: (frame: number) => number): (channel: number) => number {
    return memoized((channel) => {
      const { queue, late } = this.value(channel);
      return this.#channels.number({
        queue: queue.map(aged),
        late: late === undefined ? undefined : { ...late, frame: aged(late.frame) },
      });
    });
  }

  #overtaken(late: Late | undefined, by: number): Late | undefined {
    if (late === undefined || !this.#endsTurn(by)) return late;
    return late.left === 0 ? undefined : { ...late, left: late.left - 1 };
  }
}
