export { type SimulatedMeter, type SimulatedMeterOptions, simulatedClients, simulatedMeter, testKeys, testKeysOf } from './simulated-meter.js';
