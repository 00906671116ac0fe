export { nodeProvider } from './node-provider.js';
export { FileCounterStore } from './node-store.js';
