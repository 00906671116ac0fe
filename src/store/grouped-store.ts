import { DlmsError, isDlmsError } from '../core/errors.js';
import type { MaybePromise } from '../core/promise.js';
import {
  entriesOf,
  type Store,
  type StoreChange,
  type StoreChanges,
  storeClosed,
  type UpdateOptions,
} from './store.js';

/** What a store on disk must provide to {@link GroupedStore}. */
export interface StoreBackend {
  /** Whether this process alone uses the store: then nobody else needs to see a change before it is written. */
  readonly exclusive: boolean;
  /** The newest value that has been written. */
  get(name: string): string | undefined;
  /** Everything whose name begins with the prefix. */
  entries(prefix: string): readonly (readonly [name: string, value: string])[];
  /** @throws DlmsError `security/counter-store` when another process has taken the store over */
  checkOwner(): void;
  /**
   * Calls `change` with the newest values and durably writes what it returns, all or nothing; calls it again when
   * another process was faster. Writes nothing when `change` returns no changes. Never called again before it has
   * finished.
   */
  commit(change: (get: (name: string) => string | undefined) => StoreChanges): MaybePromise<void>;
  /** Lets go of what it holds; called once, after the last write. */
  close(): void;
}

/** Options of a store on disk. */
export interface StoreOptions {
  /**
   * False (the default): this process alone uses the store, and takes it over from one that had it before, which is
   * refused from then on. Changes that need not be durable at once wait for the next group. True: several processes use
   * the store at the same time, all of which open it this way, and every change is written before its call returns.
   */
  readonly shared?: boolean;
  /**
   * Milliseconds after which changes that need not be durable at once are written, unless another group was written
   * before. Default: 1000.
   */
  readonly writeAfterMs?: number;
}

interface Waiting {
  readonly change: StoreChange<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Groups concurrent changes: those requested while one group is being written become the next group, with a single
 * write. Changes that need not be durable at once are visible to every later call and are written with the next group.
 */
export class GroupedStore implements Store {
  readonly #backend: StoreBackend;
  readonly #writeAfterMs: number;
  #queue: Waiting[] = [];
  /** Changes that wait for the next group. */
  #deferred = new Map<string, string | undefined>();
  /** The group being written. */
  #flight: StoreChanges | undefined;
  #running: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;
  readonly #newest = (name: string): string | undefined => {
    if (this.#deferred.has(name)) return this.#deferred.get(name);
    if (this.#flight?.has(name) === true) return this.#flight.get(name);
    return this.#backend.get(name);
  };

  /** True when this process alone uses the store. */
  readonly defers: boolean;

  constructor(backend: StoreBackend, { writeAfterMs = 1000 }: StoreOptions) {
    this.#backend = backend;
    this.#writeAfterMs = writeAfterMs;
    this.defers = backend.exclusive;
  }
  /** The newest value, including one that is just being written if one process alone uses the store. */
  get(name: string): string | undefined {
    this.#check();
    return guarded(() => (this.#backend.exclusive ? this.#newest(name) : this.#backend.get(name)));
  }
  entries(prefix: string): readonly (readonly [name: string, value: string])[] {
    this.#check();
    return guarded(() => {
      const written = this.#backend.entries(prefix);
      if (!this.#backend.exclusive) return written;
      const values = new Map(written);
      for (const changes of [this.#flight ?? none, this.#deferred]) {
        for (const [name, value] of changes) {
          if (value === undefined) values.delete(name);
          else values.set(name, value);
        }
      }
      return entriesOf(values, prefix);
    });
  }
  update<T>(
    _names: readonly string[],
    change: StoreChange<T>,
    { durable = true }: UpdateOptions = {},
  ): MaybePromise<T> {
    this.#check();
    if (!durable && this.#backend.exclusive) return this.#defer(change);
    return new Promise((resolve, reject) => {
      this.#queue.push({ change, resolve: (result) => resolve(result as T), reject });
      this.#start();
    });
  }
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    try {
      // The group being written may leave changes for another one.
      while (this.#running !== undefined || this.#queue.length > 0 || this.#deferred.size > 0) {
        const failed = this.#failed;
        this.#start();
        await this.#running;
        if (this.#failed !== failed) throw this.#failed;
      }
    } finally {
      this.#backend.close();
    }
  }
  #check(): void {
    if (this.#closed) throw storeClosed();
  }
  #defer<T>(change: StoreChange<T>): T {
    guarded(() => this.#backend.checkOwner());
    const { result, set } = change(this.#newest);
    for (const [name, value] of set) this.#deferred.set(name, value);
    if (set.size > 0 && this.#timer === undefined) this.#wait();
    return result;
  }
  #wait(): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#start();
    }, this.#writeAfterMs);
    // The timer must not keep the process alive; `close` makes sure that nothing is lost.
    (this.#timer as { unref?: () => void }).unref?.();
  }

  /** Why the last group that failed could not be written. */
  #failed: unknown;
  #start(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#queue.length > 0) this.#start();
    });
  }
  async #run(): Promise<void> {
    // Everything requested in this turn goes into the first group.
    await undefined;
    do await this.#write();
    while (this.#queue.length > 0);
  }
  async #write(): Promise<void> {
    const group = this.#queue;
    const deferred = this.#deferred;
    this.#queue = [];
    this.#deferred = new Map();
    // Until the whole group is known.
    this.#flight = deferred;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    let answers: (() => void)[] = [];
    try {
      await this.#backend.commit((written) => {
        answers = [];
        const set = new Map(deferred);
        const get = (name: string): string | undefined => (set.has(name) ? set.get(name) : written(name));
        for (const { change, resolve, reject } of group) {
          try {
            const { result, set: changes } = change(get);
            for (const [name, value] of changes) set.set(name, value);
            answers.push(() => resolve(result));
          } catch (e) {
            answers.push(() => reject(e));
          }
        }
        this.#flight = set;
        return set;
      });
    } catch (e) {
      const error = storeError(e);
      this.#failed = error;
      answers = group.map(
        ({ reject }) =>
          () =>
            reject(error),
      );
      // Changes that callers were told about are not forgotten: they are tried again with the next group.
      this.#deferred = new Map([...deferred, ...this.#deferred]);
      if (this.#deferred.size > 0 && !this.#closed && this.#timer === undefined) this.#wait();
    }
    this.#flight = undefined;
    for (const answer of answers) answer();
  }
}
const none: StoreChanges = /* @__PURE__ */ new Map();

/** Turns failures of the disk into errors with the code of stores. */
export function guarded<T>(use: () => T): T {
  try {
    return use();
  } catch (e) {
    throw storeError(e);
  }
}
export function storeError(e: unknown, file?: string): DlmsError {
  if (isDlmsError(e)) return e;
  const reason = String((e as { code?: unknown }).code ?? 'cannot be used');
  return new DlmsError('security/counter-store', { reason, ...(file === undefined ? {} : { file }) }, { cause: e });
}
