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

/** What a store on disk adds to {@link GroupedStore}. */
export interface StoreBackend {
  /** Whether this process has the store for itself: then nobody else has to see a change before it is written. */
  readonly exclusive: boolean;
  /** The newest value that is written. */
  get(name: string): string | undefined;
  entries(prefix: string): readonly (readonly [name: string, value: string])[];
  /** @throws DlmsError `security/counter-store` when another process has taken the store over */
  checkOwner(): void;
  /**
   * Asks `change` what to write, on the newest values, and writes it durably, all or nothing; asks again when another process was faster. Writes nothing
   * when `change` says nothing. Not called again before it has ended.
   */
  commit(change: (get: (name: string) => string | undefined) => StoreChanges): MaybePromise<void>;
  close(): void;
}

/** How a store on disk is used. */
export interface StoreOptions {
  /**
   * False (default): this process alone uses the store, and takes it over from one that had it before; that one is refused from then on. Changes that need
   * not be durable at once then wait for the next group. True: several processes use it at the same time, all of them opened this way, and every change is
   * written before the call returns.
   */
  readonly shared?: boolean;
  /** Milliseconds after which changes that were not durable at once are written, when nothing else was before. Default 1000. */
  readonly writeAfterMs?: number;
}

interface Waiting {
  readonly change: StoreChange<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Brings concurrent changes together: what is asked for while one group is being written becomes the next group, with one write for all of it. Changes that
 * need not be durable at once are seen by every later call and ride with the next group.
 */
export class GroupedStore implements Store {
  readonly #backend: StoreBackend;
  readonly #writeAfterMs: number;
  #queue: Waiting[] = [];
  /** Changes that wait for the next group. */
  #deferred = new Map<string, string | undefined>();
  /** The group that is being written. */
  #flight: StoreChanges | undefined;
  #running: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;
  readonly #newest = (name: string): string | undefined => {
    if (this.#deferred.has(name)) return this.#deferred.get(name);
    if (this.#flight?.has(name) === true) return this.#flight.get(name);
    return this.#backend.get(name);
  };

  /** As long as this process has the store for itself. */
  readonly defers: boolean;

  constructor(backend: StoreBackend, { writeAfterMs = 1000 }: StoreOptions) {
    this.#backend = backend;
    this.#writeAfterMs = writeAfterMs;
    this.defers = backend.exclusive;
  }
  /** The newest value; in a store of one process also one that is being written. */
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
      // What is being written may leave something for another group.
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
    // It must not keep the process alive: that nothing is lost then is what `close` is for.
    (this.#timer as { unref?: () => void }).unref?.();
  }

  /** The failure of the last group that could not be written. */
  #failed: unknown;
  #start(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#queue.length > 0) this.#start();
    });
  }
  async #run(): Promise<void> {
    // Everything that is asked for in this turn goes into the first group.
    await undefined;
    do await this.#write();
    while (this.#queue.length > 0);
  }
  async #write(): Promise<void> {
    const group = this.#queue;
    const deferred = this.#deferred;
    this.#queue = [];
    this.#deferred = new Map();
    // Until the group is known.
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
      // Nothing that was answered is forgotten; it is tried again with the next group.
      this.#deferred = new Map([...deferred, ...this.#deferred]);
      if (this.#deferred.size > 0 && !this.#closed && this.#timer === undefined) this.#wait();
    }
    this.#flight = undefined;
    for (const answer of answers) answer();
  }
}
const none: StoreChanges = /* @__PURE__ */ new Map();

/** Failures of the disk under the code of stores. */
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
