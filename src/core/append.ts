/** How far each buffer made here is filled; the octets after that are free. */
const filled = new WeakMap<ArrayBufferLike, number>();

/**
 * Joins two arrays like `concat`, but appending octet by octet takes linear time in total: when the buffer of the first
 * has free room after it, the second is written there. Neither argument changes, so states of machines remain values.
 */
export function append(first: Uint8Array, second: Uint8Array): Uint8Array {
  const end = first.byteOffset + first.length;
  const length = first.length + second.length;
  const { buffer } = first;
  if (filled.get(buffer) === end && end + second.length <= buffer.byteLength) {
    new Uint8Array(buffer).set(second, end);
    filled.set(buffer, end + second.length);
    return new Uint8Array(buffer, first.byteOffset, length);
  }
  const grown = new Uint8Array(Math.max(64, 2 * length));
  grown.set(first);
  grown.set(second, first.length);
  filled.set(grown.buffer, length);
  return grown.subarray(0, length);
}
