import { decode, encode } from '../src/axdr/index.js';
import { parseHex } from '../src/core/index.js';
import { apduFromJson, apduFromXml, apduToJson, apduToXml, explain } from '../src/translator/index.js';
import { Apdu, type GetRequest, type GetResponse } from '../src/xdlms/index.js';
import type { Row } from './measure.js';

/** One APDU of each family, of the usual size. */
export const families: Readonly<Record<string, string>> = {
  AARQ: '6036A1090607608574050801018A0207808B0760857405080201AC0A80083132333435363738BE10040E01000000065F1F0400007E1F04B0',
  AARE: '6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F040000501F01F40007',
  RLRQ: '6203800100',
  InitiateRequest: '01000000065F1F0400007E1F04B0',
  'Get-Request-Normal': 'C001C100080000010000FF0200',
  'Get-Request with range':
    'C001C100070100630100FF0201010204020412000809060000010000FF0F02120000090C07E80101FF000000FF800000090C07E80102FF000000FF8000000100',
  'Get-Response-Normal, register': 'C401C1000600001391',
  'Get-Response-With-Datablock, 200 octets': `C402C1000000000100${'81C8'}${'5A'.repeat(200)}`,
  'Set-Request-Normal': 'C101C100080000010000FF0200090C07E50118FF0E303950FFC400',
  'Set-Response-Normal': 'C501C100',
  'Action-Request-Normal': 'C30141000F0000280000FF01010911100000000106725D910F9221D263877516',
  'Action-Response-Normal': 'C701C10001000903010203',
  'Event-Notification': 'C20000010000600B00FF021105',
  'Data-Notification, 3 values': '0F000000010C07E8011501080000FF8000000203090C07E8011501080000FF80000006000013911200EB',
  'Access-Request, two attributes': 'D94000000000020100010000600100FF020100080000010000FF02020000',
  ReadRequest: '050102FA08',
  ReadResponse: '0C010006000004D2',
  WriteRequest: '0601020108010903010203',
  'glo-get-request': 'C8153000000001C81122334455667788990A0B0C0D0E0F',
  'general-glo-ciphering': 'DB084D4D4D0000BC614E15300000000100112233445566778899AABBCCDDEEFF',
  'general-block-transfer': 'E080000100000DC001C100080000010000FF0200',
  'Exception-Response': 'D8010600000123',
};

/** Decoding and encoding of each family, the translations per MB, and what one entry of a list costs in long lists. */
export async function codecBench(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [name, hex] of Object.entries(families)) {
    const bytes = parseHex(hex);
    const value = decode(Apdu, bytes);
    rows.push({ name: `decode ${name}`, unit: 'ns', ours: time(() => decode(Apdu, bytes)) });
    rows.push({ name: `encode ${name}`, unit: 'ns', ours: time(() => encode(Apdu, value)) });
  }

  const profile = encode(Apdu, profileAnswer(2000));
  const octets = Object.values(families).map(parseHex);
  const perMb = (bytes: number, ns: number): number => ns / 1e6 / (bytes / 1e6);
  const small = octets.reduce((n, b) => n + b.length, 0);
  const xml = apduToXml(profile);
  const json = JSON.stringify(apduToJson(profile));
  rows.push({
    name: 'octets to XML, per MB of octets, small APDUs',
    unit: 'ms',
    ours: perMb(
      small,
      time(() => octets.map((b) => apduToXml(b)), 50),
    ),
  });
  rows.push({
    name: 'octets to XML, per MB of octets, one profile',
    unit: 'ms',
    ours: perMb(
      profile.length,
      time(() => apduToXml(profile), 1),
    ),
  });
  rows.push({
    name: 'XML to octets, per MB of octets, one profile',
    unit: 'ms',
    ours: perMb(
      profile.length,
      time(() => apduFromXml(xml), 1),
    ),
  });
  rows.push({
    name: 'octets to JSON text, per MB of octets, one profile',
    unit: 'ms',
    ours: perMb(
      profile.length,
      time(() => JSON.stringify(apduToJson(profile)), 1),
    ),
  });
  rows.push({
    name: 'JSON text to octets, per MB of octets, one profile',
    unit: 'ms',
    ours: perMb(
      profile.length,
      time(() => apduFromJson(json), 1),
    ),
  });
  rows.push({
    name: 'explain, per MB of octets, one profile',
    unit: 'ms',
    ours: perMb(
      profile.length,
      time(() => explain(profile, { framing: 'apdu' }), 1),
    ),
  });

  for (const [what, make] of [
    ['Get-Request-With-List', listRequest],
    ['Get-Response-With-List', listAnswer],
  ] as const) {
    const few = 10;
    const many = 5000;
    const cost = (n: number, f: (value: Apdu, bytes: Uint8Array) => unknown): number => {
      const value = make(n);
      const bytes = encode(Apdu, value);
      return time(() => f(value, bytes), Math.max(1, Math.round(5000 / n))) / n;
    };
    const rowOf = (verb: string, f: (value: Apdu, bytes: Uint8Array) => unknown): Row => {
      const ours = cost(many, f);
      const reference = cost(few, f);
      // Near 1: the cost of a list is linear in its length.
      return {
        name: `${verb} ${what}: one of ${many} entries (to one of ${few})`,
        unit: 'ns',
        ours,
        reference,
        ratio: ours / reference,
      };
    };
    rows.push(
      rowOf('decode', (_, bytes) => decode(Apdu, bytes)),
      rowOf('encode', (value) => encode(Apdu, value)),
      rowOf('XML of', (_, bytes) => apduToXml(bytes)),
    );
  }
  return rows;
}

/** Nanoseconds of one call: the best of ten rounds. */
function time(f: () => unknown, calls = 2000): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = -3; round < 10; round++) {
    const start = performance.now();
    for (let i = 0; i < calls; i++) f();
    if (round >= 0) best = Math.min(best, ((performance.now() - start) * 1e6) / calls);
  }
  return best;
}

const invokeIdAndPriority = { invokeId: 1, serviceClass: 'confirmed', priority: 'high' } as const;
const listRequest = (n: number): Apdu => ({
  type: 'get-request',
  value: {
    type: 'get-request-with-list',
    invokeIdAndPriority,
    attributeDescriptorList: Array.from({ length: n }, () => ({
      cosemAttributeDescriptor: { classId: 3, instanceId: '1-0:1.8.0*255', attributeId: 2 },
    })),
  } satisfies GetRequest,
});
const listAnswer = (n: number): Apdu => ({
  type: 'get-response',
  value: {
    type: 'get-response-with-list',
    invokeIdAndPriority,
    result: Array.from({ length: n }, (_, i) => ({ type: 'data', value: { type: 'double-long-unsigned', value: i } })),
  } satisfies GetResponse,
});
const profileAnswer = (n: number): Apdu => ({
  type: 'get-response',
  value: {
    type: 'get-response-normal',
    invokeIdAndPriority,
    result: {
      type: 'data',
      value: {
        type: 'array',
        value: Array.from({ length: n }, (_, i) => ({
          type: 'structure',
          value: [
            { type: 'octet-string', value: parseHex('07E8011501080000FF800000') },
            { type: 'unsigned', value: 0 },
            { type: 'double-long-unsigned', value: 1000 + i },
            { type: 'long-unsigned', value: i },
          ],
        })),
      },
    },
  } satisfies GetResponse,
});
