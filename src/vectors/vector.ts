import type { MaybePromise } from '../core/promise.js';

/** A test vector: a fact about octets and their meaning. The README beside the vectors describes the format. */
export interface Vector {
  readonly id: string;
  readonly kind: string;
  readonly description?: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly params: Readonly<Record<string, unknown>>;
  readonly expected: unknown;
  /** Encoding the expected form must also reproduce the octets. */
  readonly roundTrip?: boolean;
}

/** `unsupported`: the runner or the library does not know what the vector asks for. */
export type VectorStatus = 'passed' | 'failed' | 'unsupported';
/** The result of one vector: `{ id: 'clock', kind: 'apdu', file: 'mine', status: 'passed' }`. */
export interface VectorResult {
  /** The id of the vector, or `#0` for the first entry of a file if it has none. */
  readonly id: string;
  /** Empty for an entry that is not a vector. */
  readonly kind: string;
  /** The file it is from. */
  readonly file: string;
  readonly status: VectorStatus;
  /** Why it did not pass: the first difference with its path, or what is not known. */
  readonly reason?: string;
  /** The deviations that lenient decoding accepted. */
  readonly quirks?: readonly string[];
}

/** How vectors of one kind are run. */
export interface Kind {
  /** The names of the known parameters; any other makes the vector unsupported. Absent: no parameters. */
  readonly params?: readonly string[];
  /** The names of the known inputs. */
  readonly input: readonly string[];
  /** Keys of `expected` that are commentary in this kind, besides those that always are. */
  readonly commentary?: readonly string[];
  /**
   * Returns what the library makes of the input. Every key that this kind knows is present, undefined if the octets
   * have no such thing; so the runner notices any expected key that is unknown.
   */
  run(vector: Vector, notes: Notes): MaybePromise<unknown>;
}
/** What a run reports besides its result. */
export interface Notes {
  readonly quirks: string[];
}

abstract class AtPath extends Error {
  /** The place in the expectation. */
  readonly path: string;
  constructor(message: string, path = '') {
    super(message);
    this.path = path;
  }
}
/** The runner or the library does not know what the vector asks for. This is not a failure, but never a pass. */
export class Unsupported extends AtPath {
  override readonly name = 'Unsupported';
}
/** The library's result is not the expected one. */
export class Difference extends AtPath {
  override readonly name = 'Difference';
}
