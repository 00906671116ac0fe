/**
 * A runner for test vectors.
 *
 * Stability: preview, may change in a minor version.
 *
 * @module
 */
export {
  type RunOptions,
  runVector,
  runVectors,
  summarize,
  summaryLine,
  type VectorFile,
  type VectorSummary,
} from './run.js';
export type { VectorResult, VectorStatus } from './vector.js';
