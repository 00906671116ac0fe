export { nodeProvider } from './providers/node-provider.js';
export { type Repair, type RepairOptions, repairCounters } from './repair-counters.js';
