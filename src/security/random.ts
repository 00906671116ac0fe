/** Random octets from the platform's cryptographic source, which gives at most 65536 at once. */
export function webRandom(n: number): Uint8Array {
  const out = new Uint8Array(n);
  for (let at = 0; at < n; at += 0x10000)
    globalThis.crypto.getRandomValues(out.subarray(at, Math.min(n, at + 0x10000)));
  return out;
}
