import { readFileSync } from 'node:fs';
import { Data } from '../../src/axdr/data.js';
import { decode } from '../../src/axdr/schema.js';
import { concat } from '../../src/core/bytes.js';
import { parseHex } from '../../src/core/hex.js';

export interface Capture {
  id: string;
  input: { hex: string };
  params: { meter: string; framing: 'hdlc' | 'mbus' | 'none' };
  expected: {
    plaintext?: string;
    readings?: Record<string, unknown>[];
    pushList?: Record<string, unknown>[];
    body?: unknown;
  };
}
export const captures: readonly Capture[] = JSON.parse(
  readFileSync(new URL('../vectors/captures.json', import.meta.url), 'utf8'),
);
export const capture = (id: string): Capture => captures.find((c) => c.id === id)!;

/** The body of the Data-Notification in a capture, taken apart by hand so that these tests need no transport and no keys. */
export function captureBody(c: Capture): Data {
  const apdu = parseHex(c.expected.plaintext ?? (c.params.framing === 'hdlc' ? '' : c.input.hex));
  return notificationBody(apdu.length > 0 ? apdu : unframed(parseHex(c.input.hex)));
}

function notificationBody(apdu: Uint8Array): Data {
  if (apdu[0] !== 0x0f) throw new Error('not a data-notification');
  const time = apdu[5] === 0x09 ? 6 : 5; // Kaifa writes the tag of an octet-string in front of the length.
  return decode(Data, apdu.subarray(time + 1 + apdu[time]!));
}

function unframed(stream: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < stream.length; ) {
    const length = ((stream[at + 1]! & 7) << 8) | stream[at + 2]!;
    const frame = stream.subarray(at + 1, at + 1 + length);
    let i = 2;
    for (let address = 0; address < 2; address++) while ((frame[i++]! & 1) === 0);
    parts.push(frame.subarray(i + 3, length - 2));
    at += length + 2;
  }
  const information = concat(...parts);
  const payload = information.subarray(3);
  if (payload[0] !== 0xe0) return payload;
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < payload.length; at += 7 + payload[at + 6]!)
    blocks.push(payload.subarray(at + 7, at + 7 + payload[at + 6]!));
  return concat(...blocks);
}
