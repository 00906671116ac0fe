import type { Clock } from '../core/clock.js';
import { type Protection, strongest } from '../security/policy.js';
import type { Caller } from './caller.js';

/** How an association can protect a response beyond its policy. */
export interface ResponseProtection {
  /** Whether it has the keys for this protection. */
  possible(beyond: Protection): boolean;
  /** Longest plain response that the client accepts with this protection, in octets. */
  sendSize(beyond: Protection): number;
}
/** How much one request may cost. */
export interface RequestLimits {
  /** Octets of all values in one response. */
  readonly octets: number;
  /** Milliseconds of work; items of a list that have not begun by then are refused. */
  readonly ms: number;
  readonly clock: Clock;
}

/** Milliseconds of work after which others get a turn. */
const slice = 10;
const nothing: Protection = {};

/** One request on its way through the meter: who asks, what protection its response needs, and how much it has cost. */
export class Exchange {
  /** For a request in parts: the caller of all parts together, once the last one has arrived. */
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
  /** What the response needs beyond the policy of the association: everything that any accessed item requires. */
  get response(): Protection {
    return this.#response;
  }
  /**
   * Adds a protection that the response needs.
   * @returns false, with nothing added, if the association cannot protect its responses that way
   */
  require(protection: Protection | undefined): boolean {
    if (protection === undefined) return true;
    if (!this.#protects.possible(protection)) return false;
    this.#response = strongest(this.#response, protection);
    return true;
  }
  /** Longest plain response that the client accepts, with the protection required so far. */
  get sendSize(): number {
    return this.#protects.sendSize(this.#response);
  }
  /**
   * Called before each item of a list: gives others a turn if this request has taken long.
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
