import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../src/axdr/index.js';
import { formatHex, parseHex, type Quirk } from '../../src/core/index.js';
import { Apdu } from '../../src/xdlms/index.js';
import { refusal } from '../support/outcome.js';

interface Vector {
  id: string;
  kind: string;
  input: { hex?: string };
}
const read = (file: string): Vector[] => JSON.parse(readFileSync(`test/vectors/${file}`, 'utf8'));

// What the values mean is compared by the vector runner; here: nothing is lost between octets and values.
describe('every APDU of the vectors is written back as it came', () => {
  const vectors = readdirSync('test/vectors')
    .filter((f) => f.endsWith('.json'))
    .flatMap((f) =>
      read(f).filter((v) => ['apdu', 'acse', 'xml', 'unprotect'].includes(v.kind) && v.input.hex !== undefined),
    );
  it.each(vectors.map((v) => [v.id, v.input.hex as string]))('%s', (_, hex) => {
    expect(formatHex(encode(Apdu, decode(Apdu, parseHex(hex))))).toBe(hex);
  });
  it('there are more than 200, so that the test above does not pass for want of vectors', () =>
    expect(vectors.length).toBeGreaterThan(200));
});

describe('deviations that only lenient decoding accepts', () => {
  const quirk = (id: string): string => read('negative.json').find((v) => v.id === id)?.input.hex as string;
  it('the untagged push of the Czech network is refused, or named push-untagged-entries', () => {
    const bytes = parseHex(quirk('quirk-push-untagged-cz'));
    expect(refusal(() => decode(Apdu, bytes)).code).toBe('decode/unknown-choice');
    const quirks: Quirk[] = [];
    const apdu = decode(Apdu, bytes, { lenient: true, quirks });
    expect(quirks.map((q) => q.name)).toEqual(['push-untagged-entries']);
    expect(apdu).toMatchObject({
      type: 'data-notification',
      notificationBody: { dataValue: { value: [{ type: 'enum', value: 1 }, { type: 'array' }] } },
    });
  });
  it('the tag in front of the date-time of a Kaifa push is refused, or named date-time-tag', () => {
    const bytes = parseHex('0F40000000090C07E1090F05052128FF800000020109074B464D5F303031');
    expect(() => decode(Apdu, bytes)).toThrow('12 octets');
    const quirks: Quirk[] = [];
    expect(decode(Apdu, bytes, { lenient: true, quirks })).toMatchObject({
      dateTime: parseHex('07E1090F05052128FF800000'),
    });
    expect(quirks.map((q) => q.name)).toEqual(['date-time-tag']);
  });
  it('the short lengths of a release response are refused, or named ber-length', () => {
    const bytes = parseHex('6311800100BE0F040E0800065F1F0400001E1D04C80007');
    expect(refusal(() => decode(Apdu, bytes)).code).toBe('decode/unexpected-end');
    const quirks: Quirk[] = [];
    expect(decode(Apdu, bytes, { lenient: true, quirks })).toMatchObject({
      type: 'rlre',
      userInformation: parseHex('0800065F1F0400001E1D04C80007'),
    });
    expect(new Set(quirks.map((q) => q.name))).toEqual(new Set(['ber-length']));
  });
});
