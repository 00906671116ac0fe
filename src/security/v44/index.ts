/**
 * ITU-T V.44, packet method: the compression of security suites 1 and 2 (bit 7 of the security control). `unprotect` reads it by itself; `protect` compresses
 * when its context is given `compress`, or `(apdu) => compress(apdu, { avoidFutureCodewords: true })` for a peer that needs it.
 *
 * Stability: preview, may change in a minor version.
 *
 * @module
 */
export { type CompressOptions, compress } from './compress.js';
export { type DecompressOptions, decompress } from './decompress.js';
