/**
 * A store in a folder. Needs Node.
 *
 * Stability: stable.
 *
 * @module
 */
export { FileStore } from './file-store.js';
export type { StoreOptions } from './grouped-store.js';
