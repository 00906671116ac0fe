/**
 * What of the security needs Node: the provider on `node:crypto`, and the repair of counters in folders.
 *
 * Stability: stable.
 *
 * @module
 */
export { nodeProvider } from './providers/node-provider.js';
export { type Repair, type RepairOptions, repairCounters } from './repair-counters.js';
