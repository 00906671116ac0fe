/**
 * ITU-T V.44, packet method: the compression of security suites 1 and 2 (bit 7 of the security control). `unprotect`
 * decompresses automatically; `protect` compresses if its context has been given `compress`, or, for a peer that needs
 * it, `(apdu) => compress(apdu, { avoidFutureCodewords: true })`.
 *
 * Stability: preview, may change in a minor version.
 *
 * @module
 */
export { type CompressOptions, compress } from './compress.js';
export { type DecompressOptions, decompress } from './decompress.js';
