/**
 * Scenarios of a running meter: what clients ask, and what they must see. A step or a knob that is not known is
 * `unsupported`.
 *
 * Stability: preview, may change in a minor version.
 *
 * @module
 */
export type { Json } from './notation.js';
export { runScenario, type Ways } from './run.js';
export type { Expectation, Given, GivenObject, Scenario, ScenarioResult, Step } from './scenario.js';
