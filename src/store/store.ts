import { DlmsError } from '../core/errors.js';
import type { MaybePromise } from '../core/promise.js';

/** What {@link Store.update} writes: a text for each name, or undefined to forget the name. */
export type StoreChanges = ReadonlyMap<string, string | undefined>;
/** Reads the newest values and says what becomes of them. A name that is read or set must be among the names of the update. */
export type StoreChange<T> = (get: (name: string) => string | undefined) => {
  readonly result: T;
  readonly set: StoreChanges;
};

/** Options of {@link Store.update}. */
export interface UpdateOptions {
  /**
   * True (default): the promise resolves, or the call returns, when the change survives a power cut. False: every later call on this store object sees
   * the change at once, and it is written with the next one that is durable, when the store is closed, or a moment later; a crash before that loses it.
   */
  readonly durable?: boolean;
}

/**
 * Durable values by name: counters, keys and their changes, the state of a meter, of a fleet. Names and values are text of any length.
 *
 * What a call promises holds when it returns (or its promise resolves). A store that cannot read or write says so with `security/counter-store`, never
 * with values that are older than what it once gave out.
 */
export interface Store {
  /** Whether a change that need not be durable is answered before it is written, so that a crash can lose it. */
  readonly defers: boolean;
  /** The newest value. */
  get(name: string): MaybePromise<string | undefined>;
  /** Every name that begins with `prefix`, and its value, by name. */
  entries(prefix: string): MaybePromise<readonly (readonly [name: string, value: string])[]>;
  /**
   * Reads, decides and writes in one step for all who use the store: all or nothing. `change` must be without effects of its own, because it may run again
   * on newer values; when it throws nothing is written.
   * @param names what `change` may read and set
   */
  update<T>(names: readonly string[], change: StoreChange<T>, options?: UpdateOptions): MaybePromise<T>;
  /** Writes what waits, and lets go of files and connections. Calls that come later are refused. */
  close(): MaybePromise<void>;
}

/** Forgets everything when the process ends: for tests, and for what must not outlive the process. Answers at once. */
export class VolatileStore implements Store {
  readonly defers = false;
  readonly #values = new Map<string, string>();
  readonly #get = (name: string): string | undefined => this.#values.get(name);
  #closed = false;

  get(name: string): string | undefined {
    this.#check();
    return this.#values.get(name);
  }
  entries(prefix: string): readonly (readonly [name: string, value: string])[] {
    this.#check();
    return entriesOf(this.#values, prefix);
  }
  update<T>(_names: readonly string[], change: StoreChange<T>): T {
    this.#check();
    const { result, set } = change(this.#get);
    for (const [name, value] of set) {
      if (value === undefined) this.#values.delete(name);
      else this.#values.set(name, value);
    }
    return result;
  }
  close(): void {
    this.#closed = true;
  }
  #check(): void {
    if (this.#closed) throw storeClosed();
  }
}

/** Entries by name, as every store gives them. */
export function entriesOf(
  values: Iterable<readonly [string, string]>,
  prefix: string,
): readonly (readonly [name: string, value: string])[] {
  const out: (readonly [string, string])[] = [];
  for (const entry of values) if (entry[0].startsWith(prefix)) out.push(entry);
  return out.sort(([a], [b]) => (a < b ? -1 : 1));
}
/** The error of calls after {@link Store.close}. */
export function storeClosed(): DlmsError {
  return new DlmsError('security/counter-store', { reason: 'the store is closed' });
}
