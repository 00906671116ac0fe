import type { Clock } from '../core/clock.js';
import { type Protection, strongest } from '../security/policy.js';
import type { Caller } from './caller.js';

/** How this association can protect a response beyond its policy. */
export interface ResponseProtection {
  /** Whether it has the keys. */
  possible(beyond: Protection): boolean;
  /** Longest plain response that the client takes when it is protected so, in octets. */
  sendSize(beyond: Protection): number;
}
/** What one request may cost. */
export interface RequestLimits {
  /** Octets of all values in one response. */
  readonly octets: number;
  /** Milliseconds of work; the items of a list that have not begun then are refused. */
  readonly ms: number;
  readonly clock: Clock;
}

/** Milliseconds of work after which others have their turn. */
const slice = 10;
const nothing: Protection = {};

/** One request on its way through the meter: who asks, what protection its response needs, and what it has cost. */
export class Exchange {
  /** Of a request in parts: of all parts together, once the last one is here. */
  caller: Caller;
  readonly limits: RequestLimits;
  readonly #protects: ResponseProtection;
  #response: Protection = nothing;
  #began: number | undefined;
  #turn = 0;

  constructor(caller: Caller, protects: ResponseProtection, limits: RequestLimits) {
    this.caller = caller;
    this.limits = limits;
    this.#protects = protects;
  }
  /** Asked of the response beyond the policy of the association: the strongest of all that was accessed. */
  get response(): Protection {
    return this.#response;
  }
  /** @returns false, and asks for nothing, where the association cannot protect its responses so */
  require(protection: Protection | undefined): boolean {
    if (protection === undefined) return true;
    if (!this.#protects.possible(protection)) return false;
    this.#response = strongest(this.#response, protection);
    return true;
  }
  /** Longest plain response that the client takes, protected as it has to be by now. */
  get sendSize(): number {
    return this.#protects.sendSize(this.#response);
  }
  /**
   * Between the items of a list: lets others have their turn when this one took long.
   * @returns whether there is time for one more
   */
  async next(): Promise<boolean> {
    const { clock, ms } = this.limits;
    const now = clock.now();
    if (this.#began === undefined) {
      this.#began = now;
      this.#turn = now;
    }
    if (now - this.#began > ms) return false;
    if (now - this.#turn > slice) {
      await new Promise<void>((resume) => clock.after(0, resume));
      this.#turn = clock.now();
    }
    return true;
  }
}
