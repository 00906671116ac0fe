import { Data } from '../axdr/data.js';
import { alternative, choice, type Infer, type Schema } from '../axdr/schema.js';
import { DataAccessResult } from './common.js';

// In a file of its own because GET and ACTION share it: whoever imports one service does not bundle the other.

const getDataResult = /* @__PURE__ */ choice('Get-Data-Result', {
  data: alternative(0, Data),
  'data-access-result': alternative(1, DataAccessResult),
});
/** A value, or why there is none. */
export type GetDataResult = Infer<typeof getDataResult>;
export const GetDataResult: Schema<GetDataResult> = getDataResult;
