import type { MaybePromise } from '../core/promise.js';

/** One test vector: a fact about octets and their meaning. The format is described in the README beside the vectors. */
export interface Vector {
  readonly id: string;
  readonly kind: string;
  readonly description?: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly params: Readonly<Record<string, unknown>>;
  readonly expected: unknown;
  /** The expected form must also lead back to the octets. */
  readonly roundTrip?: boolean;
}

/** `unsupported`: the runner does not know what the vector asks for. */
export type VectorStatus = 'passed' | 'failed' | 'unsupported';
/** What became of one vector: `{ id: 'clock', kind: 'apdu', file: 'mine', status: 'passed' }`. */
export interface VectorResult {
  /** Its own, or `#0` for the first entry of a file when it has none. */
  readonly id: string;
  /** Empty for an entry that is no vector. */
  readonly kind: string;
  /** File it came from. */
  readonly file: string;
  readonly status: VectorStatus;
  /** Why it did not pass: the first difference with its path, or what the runner does not know. */
  readonly reason?: string;
  /** Deviations that lenient decoding accepted on the way. */
  readonly quirks?: readonly string[];
}

/** How vectors of one kind are run. */
export interface Kind {
  /** Names of parameters that are understood; another one makes the vector unsupported. Absent: no parameters. */
  readonly params?: readonly string[];
  /** Names of inputs that are understood. */
  readonly input: readonly string[];
  /** Keys of `expected` that are commentary in this kind, beside those that always are. */
  readonly commentary?: readonly string[];
  /**
   * What the library makes of the input. Every key that this kind knows is there, undefined when the octets have no such
   * thing; the runner visits every expected key and finds the ones that are not.
   */
  run(vector: Vector, notes: Notes): MaybePromise<unknown>;
}
/** What a run has to say besides its result. */
export interface Notes {
  readonly quirks: string[];
}

abstract class AtPath extends Error {
  /** Where in the expectation. */
  readonly path: string;
  constructor(message: string, path = '') {
    super(message);
    this.path = path;
  }
}
/** The runner, or the library, does not know what the vector asks about. Not a failure, never a pass. */
export class Unsupported extends AtPath {
  override readonly name = 'Unsupported';
}
/** The library's answer is not the expected one. */
export class Difference extends AtPath {
  override readonly name = 'Difference';
}
