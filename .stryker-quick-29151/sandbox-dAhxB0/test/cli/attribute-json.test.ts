import { expect, it } from 'vitest';
import { Data } from '../../src/axdr/data.js';
import { decode, encode } from '../../src/axdr/schema.js';
import { attributeJson } from '../../src/cli/attribute-json.js';
import { isDlmsError, parseHex } from '../../src/core/index.js';
import { allClasses } from '../../src/cosem/all-classes.js';
import { fromJson, toJson } from '../../src/translator/index.js';

const oneOfEach = [
  '00',
  '0100',
  '0101 0200',
  '0202 1100 0600000000',
  '0301',
  '0401 80',
  '0500000001',
  '0600000001',
  '0901 00',
  '090C07EA0B150613070A00000000',
  '0A0141',
  '0C0141',
  '0D01',
  '0FFF',
  '10FFFF',
  '1101',
  '120001',
  '13 0F 020203',
  '140000000000000001',
  '150000000000000001',
  '1601',
  '173F800000',
  '183FF0000000000000',
].map((hex) => decode(Data, parseHex(hex)));
const attributes = Array.from({ length: 256 }, (_, classId) =>
  allClasses.versions(classId).flatMap((version) =>
    Object.values(allClasses.get(classId, version)?.attributes ?? {}).map((a) => ({
      classId,
      version,
      index: a.index,
      schema: a.schema,
    })),
  ),
).flat();

it('a status that is a type outside its class is given as it is, as the Gurux C++ meter sends one', () => {
  expect(attributeJson(5, 0, 5, { type: 'double-long', value: 1 })).toBe(1);
  const status = allClasses.get(5, 0)?.attributes.status;
  const lenient = decode(status!.schema, parseHex('0500000001'), { lenient: true });
  expect(toJson<any>(status!.schema, lenient)).toEqual({ type: 'double-long', value: 1 });
});
it('any type of Data at any attribute becomes JSON, or is no value of the class', () => {
  let read = 0;
  for (const { classId, version, index, schema } of attributes)
    for (const value of oneOfEach) {
      if (attributeJson(classId, version, index, value) !== undefined) read++;
      try {
        expect(toJson<any>(schema, decode<any>(schema, encode(Data, value), { lenient: true }))).toBeDefined();
      } catch (e) {
        if (!isDlmsError(e)) throw e;
      }
    }
  expect(read).toBeGreaterThan(attributes.length);
  expect(() => fromJson(allClasses.get(5, 0)!.attributes.status!.schema, { type: 'double-long', value: 1 })).toThrow(
    /one of/,
  );
});
