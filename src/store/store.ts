import { DlmsError } from '../core/errors.js';
import type { MaybePromise } from '../core/promise.js';

/** What {@link Store.update} writes: a text for each name, or undefined to delete the name. */
export type StoreChanges = ReadonlyMap<string, string | undefined>;
/** Reads the newest values and returns what to change. It may read and set only the names of the update. */
export type StoreChange<T> = (get: (name: string) => string | undefined) => {
  readonly result: T;
  readonly set: StoreChanges;
};

/** Options of {@link Store.update}. */
export interface UpdateOptions {
  /**
   * True (the default): the promise resolves, or the call returns, once the change would survive a power cut. False:
   * every later call on this store object sees the change at once, and it is written with the next durable change, when
   * the store is closed, or a moment later; a crash before that loses it.
   */
  readonly durable?: boolean;
}

/**
 * Durable values by name: counters, keys and their changes, the state of a meter or a fleet. Names and values are texts
 * of any length.
 *
 * What a call promises holds once it returns (or its promise resolves). A store that cannot read or write fails with
 * `security/counter-store`; it never returns values older than those it has returned before.
 */
export interface Store {
  /**
   * Whether the call for a change that need not be durable returns before it is written, so that a crash can lose it.
   */
  readonly defers: boolean;
  /** The newest value. */
  get(name: string): MaybePromise<string | undefined>;
  /** Every name that begins with `prefix`, with its value, sorted by name. */
  entries(prefix: string): MaybePromise<readonly (readonly [name: string, value: string])[]>;
  /**
   * Reads, decides and writes in one atomic step for everybody who uses the store. `change` must have no side effects,
   * because it may run again with newer values; when it throws, nothing is written.
   * @param names the names that `change` may read and set
   */
  update<T>(names: readonly string[], change: StoreChange<T>, options?: UpdateOptions): MaybePromise<T>;
  /** Writes pending changes and releases files and connections. Later calls are refused. */
  close(): MaybePromise<void>;
}

/**
 * Forgets everything when the process ends: for tests, and for what must not outlive the process. Its calls return at
 * once.
 */
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

/** The entries with a prefix, sorted by name, as every store returns them. */
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
