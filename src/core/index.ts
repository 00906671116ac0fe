export { concat, equalBytes, latin1 } from './bytes.js';
export { type DecodeOptions, type Quirk, Reader, Writer } from './cursor.js';
export type { DlmsErrorCode, DlmsErrorContext } from './error-codes.js';
export { DlmsError, isDlmsError } from './errors.js';
export { formatHex, parseHex } from './hex.js';
export type { MaybePromise } from './promise.js';
