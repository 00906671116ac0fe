import { Data } from '../axdr/data.js';
import { alternative, choice, type Infer, type Schema } from '../axdr/schema.js';
import { DataAccessResult } from './common.js';

// In a file of its own because GET and ACTION share it: whoever imports one service does not bundle the other.

/**
 * Get-Data-Result with its Data as the caller wants it, as in the responses of GET and ACTION.
 * @param data `Data` for a tree, `encodedData` for its octets, or the type that is expected
 */
/* @__NO_SIDE_EFFECTS__ */
export const getDataResult = <D>(data: Schema<D>) =>
  choice('Get-Data-Result', {
    data: alternative(0, data),
    'data-access-result': alternative(1, DataAccessResult),
  });
/** A value, or why there is none. */
export type GetDataResult<D = Data> = Infer<ReturnType<typeof getDataResult<D>>>;
export const GetDataResult: Schema<GetDataResult> = /* @__PURE__ */ getDataResult(Data);
