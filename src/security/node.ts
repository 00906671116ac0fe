export type { StoreOptions } from './grouped-store.js';
export { nodeProvider } from './node-provider.js';
export { FileStore } from './node-store.js';
export { type Repair, type RepairOptions, repairCounters } from './node-store-repair.js';
