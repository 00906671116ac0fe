import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Data, decode, encode, type Schema, TypeDescription } from '../../src/axdr/index.js';
import { formatHex, isDlmsError } from '../../src/core/index.js';
import { ProfileGeneric } from '../../src/cosem/classes/profile-generic.js';
import { apduArbitrary, apduTypes } from '../../src/testing/apdu-samples.js';
import { arbitrary } from '../../src/testing/arbitrary.js';
import {
  apduFromJson,
  apduFromXml,
  apduToJson,
  apduToXml,
  type ExplainNode,
  explain,
  fromJson,
  type JsonObject,
  toJson,
} from '../../src/translator/index.js';
import {
  Apdu,
  CosemAttributeDescriptorWithSelection,
  KeyInfo,
  SelectiveAccessDescriptor,
  ServiceError,
} from '../../src/xdlms/index.js';

/** Spans in order, without gaps, to the last octet. */
function covered(node: ExplainNode, from: number, to: number): boolean {
  if (node.offset !== from || node.offset + node.length !== to) return false;
  const here = (node.children ?? []).filter((c) => c.origin === undefined);
  let at = from;
  for (const c of here) {
    if (!covered(c, at, c.offset + c.length)) return false;
    at = c.offset + c.length;
  }
  return (
    (here.length === 0 || at === to) &&
    (node.children ?? []).every((c) => c.origin === undefined || covered(c, 0, c.length))
  );
}
const errorsOf = (node: ExplainNode): number =>
  (node.error === undefined ? 0 : 1) + (node.children ?? []).reduce((n, c) => n + errorsOf(c), 0);

describe('every kind of APDU', () => {
  it.each(apduTypes())('%s', (type) => {
    fc.assert(
      fc.property(apduArbitrary([type]), (apdu) => {
        const bytes = encode(Apdu, apdu);
        expect(decode(Apdu, bytes)).toEqual(apdu);
        const json = apduToJson(bytes);
        expect(formatHex(apduFromJson(json))).toBe(formatHex(bytes));
        expect(formatHex(apduFromJson(JSON.stringify(json)))).toBe(formatHex(bytes));
        expect(formatHex(apduFromXml(apduToXml(bytes)))).toBe(formatHex(bytes));
        const node = explain(bytes, { framing: 'apdu' });
        expect(covered(node, 0, bytes.length)).toBe(true);
        if (!/^aar|^rlr|^glo-|^ded-|gateway|signing|block|ciphering/.test(type)) expect(errorsOf(node)).toBe(0);
      }),
      { numRuns: 25 },
    );
  });
});

describe('any octets', () => {
  /** A value, or an error of the library; nothing else. */
  const ends = (f: () => unknown): boolean => {
    try {
      f();
      return true;
    } catch (e) {
      if (isDlmsError(e)) return false;
      throw e;
    }
  };
  const tags = Object.values((Apdu.shape as { alternatives: Record<string, { tag: number }> }).alternatives).map(
    (a) => a.tag,
  );
  const octets = fc.oneof(
    fc.uint8Array({ maxLength: 80 }),
    fc
      .tuple(fc.constantFrom(...tags), fc.integer({ min: 0, max: 6 }), fc.uint8Array({ maxLength: 80 }))
      .map(([tag, choice, rest]) => Uint8Array.of(tag, choice, ...rest)),
  );
  it('end in a value or an error, strict and lenient, and an accepted value survives JSON and XML', () => {
    fc.assert(
      fc.property(octets, fc.boolean(), (bytes, lenient) => {
        const ok = ends(() => decode(Apdu, bytes, { lenient }));
        expect(ends(() => apduToJson(bytes, { lenient }))).toBe(ok);
        if (ok) {
          expect(formatHex(apduFromJson(apduToJson(bytes, { lenient })))).toBe(formatHex(bytes));
          expect(formatHex(apduFromXml(apduToXml(bytes, { lenient })))).toBe(formatHex(bytes));
        }
        expect(covered(explain(bytes), 0, bytes.length)).toBe(true);
      }),
      { numRuns: 800 },
    );
  });
  it('cut anywhere, or with one octet changed, end in a value or an error', () => {
    fc.assert(
      fc.property(
        apduArbitrary(),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        (apdu, place, change, lenient) => {
          const bytes = encode(Apdu, apdu);
          const at = place % bytes.length;
          ends(() => decode(Apdu, bytes.subarray(0, at), { lenient }));
          const changed = bytes.slice();
          changed[at] = (changed[at] as number) ^ change;
          if (ends(() => decode(Apdu, changed, { lenient }))) {
            expect(formatHex(apduFromXml(apduToXml(changed, { lenient })))).toBe(formatHex(changed));
            expect(formatHex(apduFromJson(apduToJson(changed, { lenient })))).toBe(formatHex(changed));
          }
          expect(covered(explain(changed, { framing: 'apdu' }), 0, changed.length)).toBe(true);
          expect(covered(explain(bytes.subarray(0, at)), 0, at)).toBe(true);
        },
      ),
      { numRuns: 600 },
    );
  });
  it('text of any kind ends in octets or an error', () => {
    const words = [
      '<xDLMS-APDU>',
      '</xDLMS-APDU>',
      '<get-request>',
      '<a/>',
      '&lt;',
      '&#x',
      '<?',
      '?>',
      '<!--',
      '-->',
      ']]>',
      ' ',
      'x="1"',
      '<![CDATA[',
      '{"type":',
      '"get-request"',
      '}',
      '[',
      '1',
      ',',
    ];
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 6 })), { maxLength: 20 }),
        (parts) => {
          ends(() => apduFromXml(parts.join('')));
          ends(() => apduFromJson(parts.join('')));
        },
      ),
      { numRuns: 600 },
    );
  });
  it('any JSON value ends in octets or an error', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...apduTypes()), (json, type) => {
        ends(() => apduFromJson(json as JsonObject));
        ends(() => apduFromJson({ type, value: json } as JsonObject));
        ends(() => apduFromJson({ type, ...(json as object) } as JsonObject));
      }),
      { numRuns: 600 },
    );
  });
});

describe('the JSON form of other schemas', () => {
  const schemas: [string, Schema<any>][] = [
    ['Data', Data],
    ['TypeDescription', TypeDescription],
    ['KeyInfo', KeyInfo],
    ['ServiceError', ServiceError],
    ['SelectiveAccessDescriptor', SelectiveAccessDescriptor],
    ['CosemAttributeDescriptorWithSelection', CosemAttributeDescriptorWithSelection],
    ...Object.entries(ProfileGeneric.attributes).map(
      ([name, a]) => [`ProfileGeneric.${name}`, a.schema] as [string, Schema<any>],
    ),
  ];
  it.each(schemas)('%s', (_, schema) => {
    fc.assert(
      fc.property(arbitrary(schema), (value) => {
        const json = JSON.parse(JSON.stringify(toJson(schema, value)));
        expect(formatHex(encode(schema, fromJson(schema, json)))).toBe(formatHex(encode(schema, value)));
      }),
      { numRuns: 60 },
    );
  });
});
