/**
 * Simulated meters.
 *
 * Stability: preview, may change in a minor version.
 *
 * @module
 */

export { LoadProfile, type LoadProfileOptions } from './load-profile.js';
export { plainData, plainValue } from './plain-value.js';
export { type ProfileMeter, type ProfileMeterOptions, profileMeter, titlesOf } from './profile-meter.js';
export {
  type SimulatedMeter,
  type SimulatedMeterOptions,
  simulatedClients,
  simulatedMeter,
  testKeys,
  testKeysOf,
} from './simulated-meter.js';
