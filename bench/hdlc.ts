import { encodeHdlcFrames, type HdlcFrame, hdlcAddress, hdlcDeframer } from '../src/transport/hdlc/index.js';
import { measure, type Row } from './measure.js';

const megabyte = 1_000_000;

/**
 * Framing and deframing of 1 MB, against a bare slice-by-4 FCS loop over the same octets in the same run (target: ratio at most 1.3).
 * Frames are written in groups of seven, a full window, once into a buffer that is there and once into a new one per group, as the link does; they are read in
 * chunks of 64 kB, what a socket gives.
 */
export async function hdlcBench(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const size of [128, 2030]) {
    const groups = groupsOf(size);
    const stream = encodeHdlcFrames(groups.flat());
    const spans = spansOf(stream);
    const chunks = Array.from({ length: Math.ceil(stream.length / 65536) }, (_, i) =>
      stream.slice(i * 65536, (i + 1) * 65536),
    );
    let sink = 0;
    const reference = (): void => {
      for (let i = 0; i < spans.length; i += 2) sink ^= bareFcs(stream, spans[i] as number, spans[i + 1] as number);
    };
    const buffer = new Uint8Array(7 * (size + 20));
    const framing = (): void => {
      for (const group of groups) sink ^= encodeHdlcFrames(group, buffer).length;
    };
    const allocating = (): void => {
      for (const group of groups) sink ^= encodeHdlcFrames(group).length;
    };
    const deframing = (): void => {
      const deframer = hdlcDeframer();
      for (const chunk of chunks) sink ^= deframer.push(chunk).length;
    };
    rows.push(...measure(`framing of 1 MB, ${size}-octet frames`, 'ms', framing, reference, { target: 1.3 }));
    rows.push(...measure(`  with a new buffer per window`, 'ms', allocating, reference).slice(0, 1));
    rows.push(...measure(`deframing of 1 MB, ${size}-octet frames`, 'ms', deframing, reference, { target: 1.3 }));
    // Uses the sum, so that no loop can be left out.
    if (sink === 0x1234567) rows.push({ name: 'unlikely', unit: '', ours: sink });
  }
  return rows;
}

function groupsOf(size: number): HdlcFrame[][] {
  const information = Uint8Array.from({ length: megabyte }, (_, i) => (i * 7919) >>> 3);
  const frames: HdlcFrame[] = [];
  for (let at = 0; at < megabyte; at += size)
    frames.push({
      segmented: at + size < megabyte,
      destination: hdlcAddress(16),
      source: hdlcAddress(1),
      control: { type: 'I', ns: frames.length & 7, nr: 0, pf: frames.length % 7 === 6 },
      information: information.subarray(at, at + size),
    });
  return Array.from({ length: Math.ceil(frames.length / 7) }, (_, i) => frames.slice(i * 7, i * 7 + 7));
}

/** From and to of what the FCS of each frame covers. */
function spansOf(stream: Uint8Array): number[] {
  const spans: number[] = [];
  for (let at = 0; at < stream.length; ) {
    const length = (((stream[at + 1] as number) & 7) << 8) | (stream[at + 2] as number);
    spans.push(at + 1, at + length - 1);
    at += length + 2;
  }
  return spans;
}

let tables: Uint16Array | undefined;
/** The reference: slice-by-4 and nothing else. */
function bareFcs(octets: Uint8Array, from: number, to: number): number {
  tables ??= makeTables();
  const t = tables;
  let crc = 0xffff;
  let i = from;
  for (; i < to - 3; i += 4) {
    const low = crc ^ ((octets[i] as number) | ((octets[i + 1] as number) << 8));
    crc =
      (t[0x300 | (low & 0xff)] as number) ^
      (t[0x200 | (low >>> 8)] as number) ^
      (t[0x100 | (octets[i + 2] as number)] as number) ^
      (t[octets[i + 3] as number] as number);
  }
  for (; i < to; i++) crc = (crc >>> 8) ^ (t[(crc ^ (octets[i] as number)) & 0xff] as number);
  return crc ^ 0xffff;
}
function makeTables(): Uint16Array {
  const t = new Uint16Array(1024);
  for (let n = 0; n < 256; n++) {
    let crc = n;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x8408 : crc >>> 1;
    t[n] = crc;
  }
  for (let i = 256; i < 1024; i++) t[i] = ((t[i - 256] as number) >>> 8) ^ (t[(t[i - 256] as number) & 0xff] as number);
  return t;
}
