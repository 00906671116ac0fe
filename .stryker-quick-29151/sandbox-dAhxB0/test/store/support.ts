import { GroupedStore, type StoreBackend } from '../../src/store/grouped-store.js';
import type { Store, StoreChange, StoreChanges, UpdateOptions } from '../../src/store/store.js';
import { entriesOf, VolatileStore } from '../../src/store/store.js';

/** The rules of a volatile store, but every answer comes later, and it can be out of order for a while. */
export class LateStore implements Store {
  readonly defers: boolean = false;
  readonly inner: VolatileStore = new VolatileStore();
  broken = false;
  /** Called before each update, with its names. */
  onUpdate: (names: readonly string[], options: UpdateOptions | undefined) => void | Promise<void> = () => {};
  /** Called when an update is decided, and not answered yet. */
  onUpdated: () => void | Promise<void> = () => {};
  async get(name: string): Promise<string | undefined> {
    return this.inner.get(name);
  }
  async entries(prefix: string): Promise<readonly (readonly [string, string])[]> {
    return this.inner.entries(prefix);
  }
  async update<T>(names: readonly string[], change: StoreChange<T>, options?: UpdateOptions): Promise<T> {
    await this.onUpdate(names, options);
    await new Promise((done) => setImmediate(done));
    if (this.broken) throw new Error('disk');
    const result = this.inner.update(names, change);
    await this.onUpdated();
    return result;
  }
  async close(): Promise<void> {
    this.inner.close();
  }
}

/** A disk of one process in memory. Whoever opens it again finds what was durable, and nothing else. */
export class MemoryDisk implements StoreBackend {
  readonly exclusive = true;
  readonly #values = new Map<string, string>();
  /** Groups that were written. */
  writes = 0;
  /** A store on this disk that writes only when it must. The one before it is taken for dead. */
  open(): GroupedStore {
    return new GroupedStore(this, { writeAfterMs: 2 ** 31 - 1 });
  }
  get(name: string): string | undefined {
    return this.#values.get(name);
  }
  entries(prefix: string): readonly (readonly [string, string])[] {
    return entriesOf(this.#values, prefix);
  }
  checkOwner(): void {}
  commit(change: (get: (name: string) => string | undefined) => StoreChanges): void {
    const changes = change((name) => this.get(name));
    if (changes.size > 0) this.writes++;
    for (const [name, value] of changes) {
      if (value === undefined) this.#values.delete(name);
      else this.#values.set(name, value);
    }
  }
  close(): void {}
}

/** The same store, which fails when a change reads or sets a name that was not announced: stores of several processes rely on that. */
export function announced<S extends Store>(store: S): S {
  const update = store.update.bind(store) as Store['update'];
  store.update = ((names, change, options) => {
    const checked = (name: string): void => {
      if (!names.includes(name)) throw new Error(`${name} is not among the names of the update`);
    };
    return update(
      names,
      (get) => {
        const answer = change((name) => {
          checked(name);
          return get(name);
        });
        for (const name of answer.set.keys()) checked(name);
        return answer;
      },
      options,
    );
  }) as Store['update'];
  return store;
}
