/**
 * Security that needs Node: the provider on `node:crypto`, and the repair of counter stores in folders.
 *
 * Stability: stable.
 *
 * @module
 */
export { nodeProvider } from './providers/node-provider.js';
export { type Repair, type RepairOptions, repairCounters } from './repair-counters.js';
