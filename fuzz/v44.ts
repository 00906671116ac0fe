import { equalBytes, isDlmsError } from '../src/core/index.js';
import { compress, decompress } from '../src/security/v44/index.js';

/** Any octets as a packet, after one octet that says how: lenient or not, and how much may come out. */
export function fuzz(data: Uint8Array): string {
  const mode = data[0] ?? 0;
  const maxOutput = [65_535, 1000, 20][mode % 3] as number;
  const packet = data.subarray(1);
  let octets: Uint8Array;
  try {
    octets = decompress(packet, { maxOutput, lenient: (mode & 4) !== 0 });
  } catch (e) {
    if (!isDlmsError(e)) throw e;
    return `${e.code} ${(e.context as { expected?: string }).expected?.slice(0, 60)} ${packet.length >> 4}`;
  }
  if (octets.length > maxOutput) throw new Error(`${octets.length} octets came out, ${maxOutput} may`);
  const options = { avoidFutureCodewords: (mode & 8) !== 0 };
  if (!equalBytes(decompress(compress(octets, options), { maxOutput: octets.length }), octets))
    throw new Error('compression changes the octets');
  return `accepted ${packet.length >> 3} ${Math.round(Math.log2(octets.length + 1))}`;
}
