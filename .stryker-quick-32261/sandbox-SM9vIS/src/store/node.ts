export { FileStore } from './file-store.js';
export type { StoreOptions } from './grouped-store.js';
