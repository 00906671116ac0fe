import { Data } from '../src/axdr/data.js';
import { encode } from '../src/axdr/schema.js';
import { decodeTable, tableRows } from '../src/axdr/table.js';
import { measure, type Row } from './measure.js';

const rows = 10_000;
/** array of structure { octet-string(12), unsigned, 4 x double-long-unsigned }: 38 octets a row. */
export function profileOctets(n: number = rows): Uint8Array {
  return encode(Data, profileData(n));
}
const profileData = (n: number): Data => ({
  type: 'array',
  value: Array.from(
    { length: n },
    (_, i): Data => ({
      type: 'structure',
      value: [
        {
          type: 'octet-string',
          value: Uint8Array.of(7, 0xe8, 1, 1 + (i % 28), 0xff, i % 24, (i % 4) * 15, 0, 0, 0xff, 0xc4, 0),
        },
        { type: 'unsigned', value: i & 0x7f },
        ...[1, 2, 3, 4].map((k): Data => ({ type: 'double-long-unsigned', value: (k * 100_000 + i * 17) >>> 0 })),
      ],
    }),
  ),
});

/** What one writes by hand for this layout and no other. */
function byHand(b: Uint8Array): { clock: Uint8Array; status: Float64Array; values: Float64Array[] } {
  if (b[0] !== 1 || b[1] !== 0x82) throw new Error('layout');
  const n = ((b[2] as number) << 8) | (b[3] as number);
  const clock = new Uint8Array(n * 12);
  const status = new Float64Array(n);
  const v0 = new Float64Array(n);
  const v1 = new Float64Array(n);
  const v2 = new Float64Array(n);
  const v3 = new Float64Array(n);
  const u32 = (p: number): number =>
    (((b[p] as number) << 24) | ((b[p + 1] as number) << 16) | ((b[p + 2] as number) << 8) | (b[p + 3] as number)) >>>
    0;
  for (let i = 0, p = 4, o = 0; i < n; i++, p += 38) {
    if (
      b[p] !== 2 ||
      b[p + 1] !== 6 ||
      b[p + 2] !== 9 ||
      b[p + 3] !== 12 ||
      b[p + 16] !== 17 ||
      b[p + 18] !== 6 ||
      b[p + 23] !== 6 ||
      b[p + 28] !== 6 ||
      b[p + 33] !== 6
    )
      throw new Error('layout');
    for (let k = 0; k < 12; k++) clock[o++] = b[p + 4 + k] as number;
    status[i] = b[p + 17] as number;
    v0[i] = u32(p + 19);
    v1[i] = u32(p + 24);
    v2[i] = u32(p + 29);
    v3[i] = u32(p + 34);
  }
  return { clock, status, values: [v0, v1, v2, v3] };
}
/** The same into objects. */
function byHandObjects(
  b: Uint8Array,
): { clock: Uint8Array; status: number; a: number; b: number; c: number; d: number }[] {
  const t = byHand(b);
  const [a, bb, c, d] = t.values as [Float64Array, Float64Array, Float64Array, Float64Array];
  const out = new Array(t.status.length);
  for (let i = 0; i < out.length; i++)
    out[i] = { clock: t.clock.subarray(i * 12, i * 12 + 12), status: t.status[i], a: a[i], b: bb[i], c: c[i], d: d[i] };
  return out;
}
/** Encoding by hand: the same layout, from objects of the generic form, with the tags and sizes known beforehand. Values that do not fit are refused. */
function encodeByHand(d: Data): Uint8Array {
  const list = (d as { value: { value: { type: string; value: unknown }[] }[] }).value;
  if (list.length > 0xffff) throw new Error('length');
  const out = new Uint8Array(4 + list.length * 38);
  const v = new DataView(out.buffer);
  out.set([1, 0x82, list.length >> 8, list.length & 0xff]);
  for (let i = 0, p = 4; i < list.length; i++, p += 38) {
    const row = (list[i] as { value: { type: string; value: unknown }[] }).value;
    const [clock, status] = row as [{ type: string; value: unknown }, { type: string; value: unknown }];
    if (row.length !== 6 || clock.type !== 'octet-string' || status.type !== 'unsigned') throw new Error('layout');
    if (!(clock.value instanceof Uint8Array) || clock.value.length !== 12) throw new Error('clock');
    if (((status.value as number) & 0xff) !== status.value) throw new Error('status');
    out[p] = 2;
    out[p + 1] = 6;
    out[p + 2] = 9;
    out[p + 3] = 12;
    for (let k = 0; k < 12; k++) out[p + 4 + k] = clock.value[k] as number;
    out[p + 16] = 17;
    out[p + 17] = status.value as number;
    for (let k = 0; k < 4; k++) {
      const { type, value } = row[2 + k] as { type: string; value: number };
      if (type !== 'double-long-unsigned' || value >>> 0 !== value) throw new Error('value');
      out[p + 18 + k * 5] = 6;
      v.setUint32(p + 19 + k * 5, value);
    }
  }
  return out;
}

export async function profileBench(): Promise<Row[]> {
  const octets = profileOctets();
  const data = profileData(rows);
  const names = ['clock', 'status', 'a', 'b', 'c', 'd'] as const;
  return [
    ...measure(
      'profile 10 000 x 6, columns',
      'ms',
      () => decodeTable(octets),
      () => byHand(octets),
      { target: 1.3 },
    ),
    ...measure(
      'profile 10 000 x 6, row objects',
      'ms',
      () => tableRows(decodeTable(octets), names),
      () => byHandObjects(octets),
      { target: 3 },
    ),
    ...measure(
      'profile 10 000 x 6, encode',
      'ms',
      () => encode(Data, data),
      () => encodeByHand(data),
      { target: 3.5 },
    ),
  ];
}
/** Octets of heap for each octet decoded, at growing sizes: it must not grow. */
export function profileMemory(): { rows: number; perOctet: number }[] {
  const gc = (globalThis as { gc?: () => void }).gc;
  return [5_000, 20_000, 80_000].map((n) => {
    const octets = profileOctets(n);
    gc?.();
    const before = process.memoryUsage();
    const table = decodeTable(octets);
    gc?.();
    const after = process.memoryUsage();
    const used = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
    return { rows: table.length, perOctet: Math.round((used / octets.length) * 100) / 100 };
  });
}
