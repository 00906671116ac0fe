export { type Store, type StoreChange, type StoreChanges, type UpdateOptions, VolatileStore } from './store.js';
