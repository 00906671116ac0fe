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
