import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { unsigned8 } from '../../src/axdr/scalars.js';
import { alternative, choice, nested, type Schema, sequence, sequenceOf } from '../../src/axdr/schema.js';
import { concat, formatHex, parseHex } from '../../src/core/index.js';
import { Clock } from '../../src/cosem/classes/clock.js';
import { decipherWith, type ExplainNode, explain, explainText, explainValue } from '../../src/translator/index.js';
import { encodeHdlcFrame, hdlcAddress } from '../../src/transport/hdlc/index.js';
import {
  encodeIdentification,
  encodeMbusFrame,
  encodeReadout,
  encodeRequest,
  toSevenE1,
} from '../../src/transport/index.js';

interface Vector {
  id: string;
  kind: string;
  input: { hex?: string; cases?: unknown[]; frames?: ({ hex: string } | string)[] };
  params?: Record<string, string>;
}
const vectors = readdirSync('test/vectors')
  .filter((f) => f.endsWith('.json'))
  .flatMap((f) => JSON.parse(readFileSync(`test/vectors/${f}`, 'utf8')) as Vector[]);
const byId = (id: string): Vector => vectors.find((v) => v.id === id) as Vector;

/** Every octet under exactly one node without children; the children of a node in order, without gaps. Gives the number of nodes. */
function covers(node: ExplainNode, from: number, to: number): number {
  const must = (ok: boolean, what: string): void => {
    // An expect() for each of some million nodes would take a minute.
    if (!ok) throw new Error(`${node.path} ${node.name} at ${node.offset}, ${node.length} octets: ${what}`);
  };
  must(node.offset === from && node.offset + node.length === to, `expected ${from} to ${to}`);
  let nodes = 1;
  let at = from;
  const here = (node.children ?? []).filter((c) => c.origin === undefined);
  for (const c of here) {
    must(c.offset === at, `${c.name} begins at ${c.offset} instead of ${at}`);
    at = c.offset + c.length;
    nodes += covers(c, c.offset, at);
  }
  must(here.length === 0 || at === to, `the children end at ${at}`);
  for (const made of (node.children ?? []).filter((c) => c.origin !== undefined)) {
    must(made.octets?.length === made.length, 'another number of octets than it says');
    nodes += covers(made, 0, made.length);
  }
  return nodes;
}
const all = (node: ExplainNode): ExplainNode[] => [node, ...(node.children ?? []).flatMap(all)];
const errors = (node: ExplainNode): string[] =>
  all(node).flatMap((n) => (n.error === undefined ? [] : [n.error.message]));
const find = (node: ExplainNode, name: string): ExplainNode | undefined => all(node).find((n) => n.name === name);

const hexes = vectors.flatMap((v) => [
  ...(v.input.hex === undefined ? [] : [[v.id, v.input.hex] as const]),
  ...(v.input.frames ?? []).slice(0, 12).map((f, i) => [`${v.id} ${i}`, typeof f === 'string' ? f : f.hex] as const),
]);
describe('octets of every kind', () => {
  it('are covered without gaps or overlaps', () => {
    expect(hexes.length).toBeGreaterThan(450);
    for (const [, hex] of hexes) {
      const bytes = parseHex(hex);
      covers(explain(bytes), 0, bytes.length);
      covers(explain(bytes, { framing: 'apdu' }), 0, bytes.length);
    }
  });
  it('are explained wherever they end', () => {
    for (const [, hex] of hexes.filter(([, h], i) => h.length < 240 && i % 2 === 0)) {
      const bytes = parseHex(hex);
      for (let n = 0; n < bytes.length; n++) covers(explain(bytes.subarray(0, n)), 0, n);
    }
  });
  it('are explained with any one octet changed', () => {
    for (const [i, [, hex]] of hexes.filter(([, h], i) => h.length < 160 && i % 2 === 1).entries()) {
      const bytes = parseHex(hex);
      for (let n = 0; n < bytes.length; n++) {
        const changed = bytes.slice();
        changed[n] = (i * 31 + n * 17) & 0xff;
        covers(explain(changed), 0, changed.length);
      }
    }
  });
  it('say no error for the APDUs that decode', () => {
    for (const v of vectors.filter(
      (x) => ['apdu', 'acse', 'xml', 'unprotect'].includes(x.kind) && x.input.hex !== undefined,
    )) {
      const bytes = parseHex(v.input.hex as string);
      expect([v.id, errors(explain(bytes, { framing: 'apdu' }))]).toEqual([v.id, []]);
    }
  });
  it('explain frames of every framing', () => {
    for (const v of vectors.filter(
      (x) => ['hdlc-frame', 'wrapper', 'mbus-stream', 'capture'].includes(x.kind) && x.input.hex !== undefined,
    )) {
      const bytes = parseHex(v.input.hex as string);
      expect(covers(explain(bytes), 0, bytes.length)).toBeGreaterThan(4);
    }
  });
});

describe('what stands around octets', () => {
  const frame = '7EA018210352D201E6E700C401C10009060100010800FF6FDA7E';
  it('is a frame behind noise, and no frame where the octets around it are an APDU that carries it', () => {
    expect(explain(parseHex(`FF00C4${frame}`)).name).toBe('hdlc');
    const carried = parseHex(`C401C10009${formatHex(Uint8Array.of(frame.length / 2))}${frame}`);
    expect(explain(carried)).toMatchObject({ name: 'apdu', length: carried.length });
    expect(errors(explain(carried))).toEqual([]);
  });
  it('is told of octets that are cut off, by what they begin like', () => {
    for (let end = 2; end < frame.length / 2; end++)
      expect([end, explain(parseHex(frame).subarray(0, end)).name]).toEqual([end, 'hdlc']);
  });
  it('is an LLC header, or the text of a meter, which is refused by name', () => {
    expect(explain(parseHex('E6E700C401C10001')).children?.map((c) => c.name)).toEqual(['llc', 'apdu']);
    expect(errors(explain(parseHex('2F3F210D0A')))).toEqual([expect.stringContaining('text of IEC 62056-21')]);
  });
});

describe('meanings', () => {
  const lines = (hex: string, options = {}): string => {
    const bytes = parseHex(hex);
    return explainText(explain(bytes, options), { octets: 8 });
  };
  it('a request', () => {
    expect(
      lines(
        'C001C1000701006301 00FF 02 01 01 0204 0204 120008 0906 0000010000FF 0F02 120000 090C 07E80101FF000000FF800000 090C 07E80102FF000000FF800000 0100',
      ),
    ).toMatchInlineSnapshot(`
      "000000                           apdu  get-request get-request-normal
      000000  C0                         choice  get-request
      000001  01                         choice  get-request-normal
      000002  C1                         invokeIdAndPriority  invoke-id 1, confirmed, high priority
      000003                             cosemAttributeDescriptor
      000003  00 07                        classId  7
      000005  01 00 63 01 00 FF            instanceId  1-0:99.1.0*255
      00000B  02                           attributeId  2
      00000C                             accessSelection
      00000C  01                           presence  present
      00000D  01                           accessSelector  1
      00000E                               accessParameters  structure  4 elements
      00000E  02 04                          structure  4
      000010                                 0  structure  4 elements
      000010  02 04                            structure  4
      000012  12 00 08                         0  long-unsigned  8
      000015  09 06 00 00 01 00 00 FF          1  octet-string  0-0:1.0.0*255
      00001D  0F 02                            2  integer  2
      00001F  12 00 00                         3  long-unsigned  0
      000022  09 0C 07 E8 01 01 FF 00 …      1  octet-string  2024-01-01T00:00:00
      000030  09 0C 07 E8 01 02 FF 00 …      2  octet-string  2024-01-02T00:00:00
      00003E  01 00                          3  array  0 elements"
    `);
  });
  it('borrows names', () => {
    const names = {
      classId: (id: number) => (id === 8 ? 'Clock' : undefined),
      obis: (code: string) => (code === '0-0:1.0.0*255' ? 'the clock' : undefined),
    };
    const text = lines('C001C100080000010000FF0200', { names });
    expect(text).toContain('classId  8 (Clock)');
    expect(text).toContain('instanceId  0-0:1.0.0*255 (the clock)');
  });
  it('goes on to where the octets end, and says what is missing', () => {
    const node = explain(parseHex('C401C1000202060000'));
    expect(errors(node)).toEqual([
      'unexpected end at offset 7 in get-response.get-response-normal.result.data.structure.0.double-long-unsigned',
    ]);
    expect(find(node, 'structure')).toMatchObject({ offset: 4, length: 2 });
    expect(find(node, 'unread')).toMatchObject({ offset: 7, length: 2 });
  });
  it('says which octets are too many, and names quirks', () => {
    expect(errors(explain(parseHex('C401C100110500')))).toEqual(['trailing bytes at offset 6: 1 octet is left over']);
    const quirk = all(explain(parseHex('C401C1000981020102'))).find((n) => n.quirk !== undefined);
    expect(quirk).toMatchObject({ quirk: 'non-minimal-length', offset: 3, type: 'data octet-string' });
    const cz = all(explain(parseHex(byId('quirk-push-untagged-cz').input.hex as string))).find(
      (n) => n.quirk !== undefined,
    );
    expect(cz).toMatchObject({ quirk: 'push-untagged-entries', name: 'dataValue' });
  });
  it('explains the initiate APDU inside an association request', () => {
    const node = explain(parseHex(byId('xml-aarq-ln-no-sec').input.hex as string));
    const inner = find(node, 'clientMaxReceivePduSize');
    expect(inner).toMatchObject({
      offset: 29,
      length: 2,
      meaning: '1200',
      path: 'initiateRequest.clientMaxReceivePduSize',
    });
  });
  it('says where layouts are laid down', () => {
    const bytes = parseHex('0001001000010005 6303800100');
    const text = explainText(explain(bytes), { sources: true });
    expect(text).toContain('wpdu  (IEC 62056-4-7, wrapper)');
    expect(text).toContain('rlre  (ISO/IEC 8650-1, as the Green Book uses it)');
  });
  it('names very many deviations without looking for each from the beginning', () => {
    const n = 20_000;
    const bytes = parseHex(`C401C1000182${n.toString(16)}${'09810101'.repeat(n)}`);
    const node = explain(bytes, { framing: 'apdu' });
    expect(all(node).filter((x) => x.quirk === 'non-minimal-length').length).toBe(n);
  });
  it('follows a limit of nesting', () => {
    const deep = parseHex(`C401C100${'0101'.repeat(500)}00`);
    const node = explain(deep);
    covers(node, 0, deep.length);
    expect(errors(node)[0]).toContain('too deep');
    expect(errors(explain(parseHex(`C401C100${'0101'.repeat(60)}00`)))).toEqual([]);
  });
  // Found by the fuzzer: an array of nothing in the middle hid how many parts the description has.
  it('does not take apart a compact-array whose description promises too much', () => {
    const hex = 'C401C10013 0201 01010A 010101 010101 010101 010101 010000 010101 01010111 00FF060000000009060101';
    const bytes = parseHex(hex);
    covers(explain(bytes), 0, bytes.length);
    const long = parseHex('C401C10013 01FFFF 010000 01FFFF 01FFFF 11 0401020304');
    const node = explain(long);
    covers(node, 0, long.length);
    expect(find(node, 'elements')).toMatchObject({ length: 4, meaning: 'array, not taken apart' });
  });
  it('takes a compact-array of very many elements apart', () => {
    const n = 200_000;
    const bytes = concat(parseHex('C401C1001311 83030D40'), new Uint8Array(n));
    const node = explain(bytes, { framing: 'apdu' });
    expect(errors(node)).toEqual([]);
    expect(find(node, 'arrayContents')?.children?.length).toBe(n + 1);
  });
  it('shows the octet of a boolean that is neither 00 nor 01', () => {
    expect(lines('C401C100020203FF0301').match(/(true|false).*/g)).toEqual(['true (sent as FF)', 'true']);
  });
  it('knows no name of a schema: one of your own may be called as it likes', () => {
    const any = choice(
      'anything',
      { number: alternative(1, unsigned8), list: alternative(2, sequenceOf(nested('anything', () => any))) },
      { selfDescribing: true },
    ) as Schema<any>;
    const schema = sequence('mine', {
      dataValue: unsigned8,
      any,
      plain: choice('Data', { list: alternative(2, sequenceOf(unsigned8)) }),
    });
    const bytes = parseHex('16 0202 0105 0106 020107');
    const node = explainValue(schema, bytes);
    covers(node, 0, bytes.length);
    expect(errors(node)).toEqual([]);
    expect(node.children?.map((c) => [c.name, c.offset, c.length])).toEqual([
      ['dataValue', 0, 1],
      ['any', 1, 6],
      ['plain', 7, 3],
    ]);
    // Tag and count are one thing where the tag says the type.
    expect(node.children?.[1]?.children?.[0]).toMatchObject({ name: 'list', offset: 1, length: 2 });
    expect(node.children?.[2]?.children?.[0]).toMatchObject({ name: 'choice', offset: 7, length: 1 });
  });
  it('explains a value of a class', () => {
    const node = explainValue(Clock.attributes.time.schema, parseHex('090C07E8011501080000FF800000'));
    expect(node).toMatchObject({ offset: 0, length: 14, meaning: expect.stringContaining('2024') });
  });
});

describe('layers', () => {
  const keys = {
    encryptionKey: parseHex('000102030405060708090A0B0C0D0E0F'),
    authenticationKey: parseHex('D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF'),
    systemTitle: parseHex('4D4D4D0000BC614E'),
  };
  const aarq = parseHex(byId('xml-aarq-ln-ciphered-lls').input.hex as string);
  it('deciphers in place and verifies', () => {
    const node = explain(aarq, { decipher: decipherWith({ ...keys, systemTitle: [] }) });
    const made = all(node).find((n) => n.origin === 'deciphered') as ExplainNode;
    expect(formatHex(made.octets as Uint8Array)).toBe('01011000112233445566778899AABBCCDDEEFF0000065F1F0400007E1F04B0');
    expect(find(made, 'clientMaxReceivePduSize')).toMatchObject({ offset: 29, meaning: '1200' });
    expect(find(node, 'tag')?.meaning).toContain('verified');
    covers(node, 0, aarq.length);
  });
  it.each([
    ['encryption key', { ...keys, encryptionKey: keys.authenticationKey }],
    ['authentication key', { ...keys, authenticationKey: keys.encryptionKey }],
  ])('a wrong %s says so', (_, wrong) => {
    expect(errors(explain(aarq, { decipher: decipherWith(wrong) })).join()).toMatch(/wrong key or title/i);
  });
  it('a wrong title says so', () => {
    const alone = parseHex(byId('xml-rlrq-ciphered').input.hex as string);
    const decipher = decipherWith({ ...keys, systemTitle: parseHex('4D4D4D0000BC614F') });
    expect(errors(explain(alone, { decipher })).join()).toMatch(/wrong key or title/i);
    const none = decipherWith({ encryptionKey: keys.encryptionKey });
    expect(errors(explain(alone, { decipher: none })).join()).toMatch(/system title of the sender/);
  });
  it('reads without verifying when the authentication key is missing', () => {
    const node = explain(aarq, { decipher: decipherWith({ encryptionKey: keys.encryptionKey }) });
    expect(find(node, 'clientMaxReceivePduSize')?.meaning).toBe('1200');
    expect(find(node, 'tag')?.meaning).toContain('not verified');
    const bad = explain(aarq, { decipher: decipherWith({ encryptionKey: keys.authenticationKey }) });
    expect(all(bad).find((n) => n.origin === 'deciphered')?.meaning).toContain('wrong key or title');
  });
  it('finds what the vectors of protected APDUs contain', () => {
    let opened = 0;
    for (const v of vectors.filter(
      (x) =>
        x.kind === 'unprotect' && x.params?.authenticationKey !== undefined && x.params.encryptionKey !== undefined,
    )) {
      const p = v.params as Record<string, string>;
      const title = p.systemTitle ?? p.originatorSystemTitle ?? p.clientSystemTitle;
      const decipher = decipherWith({
        encryptionKey: parseHex(p.encryptionKey as string),
        authenticationKey: parseHex(p.authenticationKey as string),
        ...(p.dedicatedKey === undefined ? {} : { dedicatedKey: parseHex(p.dedicatedKey) }),
        ...(title === undefined ? {} : { systemTitle: parseHex(title) }),
      });
      const bytes = parseHex(v.input.hex as string);
      const node = explain(bytes, { decipher, framing: 'apdu' });
      covers(node, 0, bytes.length);
      const plaintext = (v as unknown as { expected: { plaintext?: string } }).expected.plaintext;
      const made = all(node).find((n) => n.origin === 'deciphered');
      if (made !== undefined && plaintext !== undefined) {
        expect([v.id, formatHex(made.octets as Uint8Array)]).toEqual([v.id, plaintext]);
        opened++;
      }
    }
    expect(opened).toBeGreaterThan(5);
  });
  it('joins the segments of HDLC and the blocks of general block transfer', () => {
    let joined = 0;
    for (const v of vectors.filter((x) => ['hdlc-stream', 'capture', 'gbt-session', 'hdlc-session'].includes(x.kind))) {
      const hex = v.input.hex ?? (v.input.frames ?? []).map((f) => (typeof f === 'string' ? f : f.hex)).join('');
      const bytes = parseHex(hex);
      const node = explain(bytes);
      covers(node, 0, bytes.length);
      joined += all(node).filter((n) => n.origin === 'reassembled').length;
    }
    expect(joined).toBeGreaterThan(3);
  });
  it('goes on behind a damaged M-Bus frame', () => {
    const stream = vectors.find((v) => v.kind === 'capture' && v.input.hex?.startsWith('68'))?.input.hex as string;
    const first = parseHex(stream).subarray(0, (parseHex(stream)[1] as number) + 6);
    const bytes = parseHex(`${formatHex(first)}${formatHex(first)}${formatHex(first)}`);
    bytes[first.length + 9] = (bytes[first.length + 9] as number) ^ 1;
    const node = explain(bytes);
    covers(node, 0, bytes.length);
    expect(node.children?.map((c) => c.name)).toEqual(['frame', 'unread', 'frame']);
  });
  it('shows a frame that lacks its last flag, and says so', () => {
    const bytes = parseHex('7EA007032193 0F01'.replace(' ', ''));
    const node = explain(bytes);
    covers(node, 0, bytes.length);
    expect(errors(node)).toEqual(['unexpected end at offset 8: the closing flag expected']);
    expect(find(node, 'destination')).toMatchObject({ offset: 3, length: 1, meaning: '1' });
  });
  it('does not join a segment twice that was sent again', () => {
    const segment = (ns: number, segmented: boolean, information: string) =>
      formatHex(
        encodeHdlcFrame({
          segmented,
          destination: hdlcAddress(16),
          source: hdlcAddress(1),
          control: { type: 'I', ns, nr: 0, pf: true },
          information: parseHex(information),
        }),
      );
    const bytes = parseHex(
      segment(0, true, 'E6E700C401') + segment(0, true, 'E6E700C401') + segment(1, false, 'C1001105'),
    );
    const node = explain(bytes);
    covers(node, 0, bytes.length);
    const made = all(node).filter((n) => n.origin === 'reassembled');
    expect(made.map((n) => formatHex(n.octets as Uint8Array))).toEqual(['E6E700C401C1001105']);
    expect(errors(node)).toEqual([]);
  });
  it('shows an M-Bus message whose last segment is empty, and the acknowledgements between frames', () => {
    const frame = (controlInformation: number, data: string) =>
      encodeMbusFrame({ control: 0x53, address: 255, controlInformation, data: parseHex(data) });
    const bytes = concat(frame(0x00, '0167C401C1001105'), parseHex('E5'), frame(0x11, '0167'));
    const node = explain(bytes);
    covers(node, 0, bytes.length);
    expect(node.children?.map((c) => c.name)).toEqual(['frame', 'acknowledgement', 'frame']);
    expect(all(node).find((n) => n.origin === 'reassembled')?.length).toBe(6);
    expect(errors(node)).toEqual([]);
  });
  it('shows the text of IEC 62056-21 message by message, and that it is no DLMS', () => {
    const bytes = concat(
      encodeRequest('123'),
      toSevenE1(encodeIdentification({ manufacturer: 'ISK', baudCharacter: '5', ident: 'MT174' })),
      encodeReadout('1.8.0(1)\r\n'),
    );
    const node = explain(bytes);
    covers(node, 0, bytes.length);
    expect(node.children?.map((c) => [c.name, c.type])).toEqual([
      ['message', 'request'],
      ['message', 'identification'],
      ['message', 'data'],
    ]);
    expect(find(node, 'bcc')).toMatchObject({ length: 1, meaning: 'good' });
    expect(all(node).find((n) => n.meaning.includes('/ISK5MT174'))).toBeDefined();
    expect(node.error).toMatchObject({ code: 'decode/unsupported' });
  });
  it('keeps a frame apart from the octets that are none', () => {
    const frame = byId('hdlc-ua-empty')?.input.hex ?? '7EA00703219 30F017E'.replace(' ', '');
    const bytes = parseHex(`${frame}FFFF${frame}`);
    const node = explain(bytes);
    covers(node, 0, bytes.length);
    expect(node.children?.filter((c) => c.name === 'frame').length).toBe(2);
    expect(node.children?.filter((c) => c.name === 'unread')).toMatchObject([{ length: 2 }]);
  });
});
