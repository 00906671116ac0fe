import type { Store, StoreChange, UpdateOptions } from '../../src/store/store.js';
import { VolatileStore } from '../../src/store/store.js';

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
