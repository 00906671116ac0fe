/**
 * Where counters and keys outlive the process: the interface of a store, and one that forgets.
 *
 * Stability: stable.
 *
 * @module
 */
export { type Store, type StoreChange, type StoreChanges, type UpdateOptions, VolatileStore } from './store.js';
