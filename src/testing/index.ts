export { type SimulatedMeter, type SimulatedMeterOptions, simulatedClients, simulatedMeter, testKeys } from './simulated-meter.js';
