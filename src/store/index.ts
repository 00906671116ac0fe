/**
 * Storage for counters and keys that outlive the process: the interface of a store, and a volatile one.
 *
 * Stability: stable.
 *
 * @module
 */

export type { GroupedStore, StoreBackend, StoreOptions } from './grouped-store.js';
export { type Store, type StoreChange, type StoreChanges, type UpdateOptions, VolatileStore } from './store.js';
