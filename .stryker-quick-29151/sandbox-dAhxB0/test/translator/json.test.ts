import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatHex, isDlmsError, parseHex } from '../../src/core/index.js';
import { apduFromJson, apduToJson, type JsonObject } from '../../src/translator/index.js';

interface Vector {
  id: string;
  kind: string;
  input: { hex: string };
}
const vectors = readdirSync('test/vectors')
  .filter((f) => f.endsWith('.json'))
  .flatMap((f) => JSON.parse(readFileSync(`test/vectors/${f}`, 'utf8')) as Vector[])
  .filter((v) => ['apdu', 'acse', 'xml', 'unprotect'].includes(v.kind) && v.input.hex !== undefined);

describe('every APDU of the vectors comes back from JSON as it was', () => {
  it.each(vectors.map((v) => [v.id, v.input.hex]))('%s', (_, hex) => {
    const text = JSON.stringify(apduToJson(parseHex(hex)));
    expect(formatHex(apduFromJson(text))).toBe(hex);
  });
  it('finds the vectors', () => expect(vectors.length).toBeGreaterThan(200));
});

describe('the form', () => {
  const form = (hex: string): JsonObject => apduToJson(parseHex(hex), { lenient: true });
  it('reads well', () => {
    expect(form('C001C10008 0000010000FF 02 00')).toEqual({
      type: 'get-request',
      value: {
        type: 'get-request-normal',
        invokeIdAndPriority: { invokeId: 1, serviceClass: 'confirmed', priority: 'high' },
        cosemAttributeDescriptor: { classId: 8, instanceId: '0-0:1.0.0*255', attributeId: 2 },
      },
    });
  });
  const data = (hex: string): unknown =>
    (form(`C401C100${hex}`) as { value: { result: { value: unknown } } }).value.result.value;
  it.each([
    ['15FFFFFFFFFFFFFFFF', { type: 'long64-unsigned', value: '18446744073709551615' }],
    ['177F800000', { type: 'float32', value: 'Infinity' }],
    ['17FF800000', { type: 'float32', value: '-Infinity' }],
    ['1780000000', { type: 'float32', value: '-0' }],
    ['0903010203', { type: 'octet-string', value: '010203' }],
    ['0C02FFFE', { type: 'utf8-string', value: { octets: 'FFFE' } }],
    ['03FF', { type: 'boolean', value: true, octet: 255 }],
    ['0A03006100', { type: 'visible-string', value: '\u0000a\u0000' }],
    ['130F020203', { type: 'compact-array', contentsDescription: { type: 'integer' }, arrayContents: '0203' }],
  ])('%s', (hex, expected) => {
    expect(data(hex)).toEqual(expected);
    expect(form(`C401C100${hex}`)).not.toHaveProperty('octets');
    expect(formatHex(apduFromJson(form(`C401C100${hex}`)))).toBe(`C401C100${hex}`);
  });
  it.each([
    'C402C1FF0000000100080102030405060708',
    '0100010100065F1F0400007E1F04B0',
    'C401C1000981020102',
    'C401C100177FC12345',
    'C401C100177F812345',
    'C401C100187FF0000000000001',
    '01000000065F040000501F0000',
    'C401C100040755',
    'C401C100110500',
    '0F40000000090C07E1090F05052128FF800000020109074B464D5F303031',
  ])('%s keeps its octets beside the fields', (hex) => {
    expect(form(hex).octets).toBe(hex);
    expect(formatHex(apduFromJson(JSON.stringify(form(hex))))).toBe(hex);
  });
  it('reads another spelling of an OBIS code', () => {
    const json = JSON.stringify(form('C001C1000800000100 00FF0200')).replace('0-0:1.0.0*255', '0.0.1.0.0.255');
    expect(formatHex(apduFromJson(json))).toBe('C001C100080000010000FF0200');
  });
});

describe('what is refused', () => {
  const good = () => apduToJson(parseHex('C101C100080000010000FF0200 0201 0600000001')) as any;
  const refuse = (change: (v: any) => void, path: string, message: RegExp): void => {
    const v = good();
    change(v);
    try {
      apduFromJson(v);
    } catch (e) {
      if (!isDlmsError(e)) throw e;
      expect(e.path.join('.')).toBe(path);
      expect(e.message).toMatch(message);
      return;
    }
    expect.unreachable('accepted');
  };
  const inner = 'set-request.value.set-request-normal';
  it.each<[string, (v: any) => void, string, RegExp]>([
    ['an unknown member', (v) => (v.value.more = 1), `${inner}.more`, /no such member/],
    ['an unknown member at the top', (v) => (v.more = 1), 'set-request.more', /no such member/],
    ['a missing member', (v) => delete v.value.value, `${inner}.value`, /expected a value/],
    ['an unknown type', (v) => (v.type = 'get'), 'type', /a type of xDLMS-APDU/],
    ['no type', (v) => delete v.type, 'type', /a type of/],
    ['a type from the prototype', (v) => (v.type = 'constructor'), 'type', /a type of/],
    [
      'an object for a number',
      (v) => (v.value.cosemAttributeDescriptor.classId = {}),
      `${inner}.cosemAttributeDescriptor.classId`,
      /0 to 65535/,
    ],
    [
      'a number that is too large',
      (v) => (v.value.cosemAttributeDescriptor.classId = 65536),
      `${inner}.cosemAttributeDescriptor.classId`,
      /0 to 65535/,
    ],
    [
      'a fraction',
      (v) => (v.value.cosemAttributeDescriptor.classId = 1.5),
      `${inner}.cosemAttributeDescriptor.classId`,
      /0 to 65535/,
    ],
    [
      'a number for an OBIS code',
      (v) => (v.value.cosemAttributeDescriptor.instanceId = 5),
      `${inner}.cosemAttributeDescriptor.instanceId`,
      /OBIS|fits/,
    ],
    [
      'a wrong OBIS code',
      (v) => (v.value.cosemAttributeDescriptor.instanceId = '1-0:1.8.0*256'),
      `${inner}.cosemAttributeDescriptor.instanceId`,
      /OBIS/,
    ],
    [
      'a wrong name in a mapped value',
      (v) => (v.value.invokeIdAndPriority.priority = 'higher'),
      `${inner}.invokeIdAndPriority`,
      /normal or high/,
    ],
    [
      'an unknown member of a mapped value',
      (v) => (v.value.invokeIdAndPriority.x = 1),
      `${inner}.invokeIdAndPriority`,
      /fits/,
    ],
    ['null for a mapped value', (v) => (v.value.invokeIdAndPriority = null), `${inner}.invokeIdAndPriority`, /fits/],
    ['an array for an object', (v) => (v.value = []), 'set-request.value', /an object/],
    ['an object for an array', (v) => (v.value.value.value = {}), `${inner}.value.structure.value`, /an array/],
    [
      'a wrong element',
      (v) => (v.value.value.value[0].value = -1),
      `${inner}.value.structure.value.0.double-long-unsigned.value`,
      /0 to 4294967295/,
    ],
    [
      'octets that are no APDU',
      (v) => (v.octets = 'C101'),
      'octets.set-request.set-request-normal.invokeIdAndPriority',
      /unexpected end/,
    ],
    ['octets that are no digits', (v) => (v.octets = 'x'), 'octets', /hexadecimal/],
    ['octets of another value', (v) => (v.octets = 'C101C100080000010000FF020002010600000002'), 'octets', /agree/],
  ])('%s', (_, change, path, message) => refuse(change, path, message));

  it('does not touch prototypes', () => {
    const text = JSON.stringify(good()).replace(
      '"type":"set-request",',
      '"type":"set-request","__proto__":{"polluted":true},',
    );
    expect(() => apduFromJson(text)).toThrow('no such member');
    const mapped = JSON.stringify(good()).replace('"invokeId":1', '"__proto__":{"invokeId":1}');
    expect(() => apduFromJson(mapped)).toThrow('no such member');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
  it('says what is wrong with a text that is no JSON', () => {
    expect(() => apduFromJson('{\n "type": x }')).toThrow(/invalid text.*expected JSON, found Unexpected token/s);
  });
  it.each(['null', '5', '[]', '"x"', ''])('refuses %s', (text) => {
    try {
      apduFromJson(text);
      expect.unreachable();
    } catch (e) {
      expect(isDlmsError(e)).toBe(true);
    }
  });
  it('bounds depth and size', () => {
    const nested = (n: number) => `${'{"type":"array","value":['.repeat(n)}${']}'.repeat(n)}`;
    const apdu = (n: number) =>
      JSON.stringify(good()).replace(/"value":\{"type":"structure".*$/, `"value":${nested(n)}}}`);
    expect(apduFromJson(apdu(50)).length).toBeGreaterThan(100);
    for (const n of [1000, 100_000]) {
      try {
        apduFromJson(apdu(n));
        expect.unreachable();
      } catch (e) {
        expect(isDlmsError(e) && e.code).toMatch(/too-deep|invalid-text/);
      }
    }
    expect(() => apduFromJson('{"type":"x"}', { maxLength: 5 })).toThrow('too large');
  });
});

describe('text of half characters', () => {
  it.each(['\ud800', 'a\udc00', '\udc00\ud800'])('%j is refused', (value) => {
    expect(() => apduFromJson({ type: 'get-response', value: response({ type: 'utf8-string', value }) })).toThrow(
      'half characters',
    );
    expect(() =>
      apduFromJson(JSON.stringify({ type: 'get-response', value: response({ type: 'utf8-string', value }) })),
    ).toThrow('half characters');
  });
  const response = (value: JsonObject): JsonObject => ({
    type: 'get-response-normal',
    invokeIdAndPriority: { invokeId: 1, serviceClass: 'confirmed', priority: 'normal' },
    result: { type: 'data', value },
  });
});
