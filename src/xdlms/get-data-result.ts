import { Data } from '../axdr/data.js';
import { alternative, choice, type Infer, type Schema } from '../axdr/schema.js';
import { DataAccessResult } from './common.js';

// Shared by GET and ACTION, and in its own file so that importing one service does not bundle the other.

/**
 * The schema of Get-Data-Result in the responses of GET and ACTION, for the given form of its Data.
 * @param data `Data` for a tree, `encodedData` for its octets, or the expected type
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
