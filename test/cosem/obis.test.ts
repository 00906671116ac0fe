import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { obisFromBytes, obisToBytes, parseObis } from '../../src/cosem/obis.js';
import { confidenceOf, describeObis, namedObis, obisMedia } from '../../src/cosem/obis-describe.js';
import { compareObis, matchObis, parseObisPattern, valueGroups } from '../../src/cosem/obis-match.js';
import { outcome } from '../support/outcome.js';

const octets = fc.uint8Array({ minLength: 6, maxLength: 6 });

describe('patterns', () => {
  it('match numbers, ranges, lists and channels', () => {
    expect(matchObis('0.b.98.1.0-127,255.255', '0-3:98.1.255')).toBe(true);
    expect(matchObis('0.b.98.1.0-127,255.255', '0-3:98.1.128')).toBe(false);
    expect(matchObis('0.b.98.1.0-127,255.255', '0-65:98.1.1')).toBe(false);
    expect(matchObis('0-b:24.2.1-4*255', '0-4:24.2.4*255')).toBe(true);
    expect(matchObis('0-1-4:24.2.1', '0-5:24.2.1')).toBe(false);
    expect(matchObis('1-0:1.8.0-63', '1-0:1.8.63*255')).toBe(true);
    expect(matchObis('1-0:1.8.0-63', '1-0:1.8.63*1')).toBe(false);
  });
  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5.256',
    '1.2.3.4.9-3.255',
    '1.2.3.x.5.6',
    '1.2.3.4.5.6.7',
    '1.2.3.4.5,.6',
    '1-0:1.8.0*255*1',
    '0.-1.2.3.4.5',
  ])('%j is none', (text) => expect(outcome(() => parseObisPattern(text))).toBe('parse/invalid-text'));
  it('any text ends in a pattern or an error of the library, and a code is a pattern of itself alone', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9b.,*:-]{1,24}$/)), octets, octets, (text, x, y) => {
        expect(['accepted', 'parse/invalid-text']).toContain(outcome(() => parseObisPattern(text)));
        expect(['accepted', 'parse/invalid-text']).toContain(outcome(() => describeObis(text)));
        const [a, b] = [obisFromBytes(x), obisFromBytes(y)];
        expect(matchObis(a, a)).toBe(true);
        expect(matchObis(a, b)).toBe(a === b);
        expect(Math.sign(compareObis(a, b))).toBe(-Math.sign(compareObis(b, a)) + 0);
        expect(obisToBytes(a)).toEqual(x);
      }),
    );
  });
  it('gives the value groups', () => expect(valueGroups('1-0:1.8.0')).toEqual([1, 0, 1, 8, 0, 255]));
});

describe('names', () => {
  it('lists 754 patterns, each with class ids, a name and its own example', () => {
    const all = namedObis();
    expect(all.length).toBe(754);
    for (const { pattern, classIds, name, sources } of all) {
      expect(name.length).toBeGreaterThan(3);
      expect(sources).toMatch(/^[gsjkbr]+$/);
      expect(classIds.every((id) => id > 0 && id < 256)).toBe(true);
      const first = pattern.groups.map((ranges) => ranges[0]![0]).join('.');
      const description = describeObis(first);
      expect(description.pattern, `${first} has a more specific name`).toBeDefined();
      expect(parseObisPattern(description.pattern!).size).toBeLessThanOrEqual(pattern.size);
    }
    const count = (c: string) => all.filter(({ sources }) => confidenceOf(sources) === c).length;
    expect([count('two sources'), count('one source'), count('unverified')]).toEqual([615, 136, 3]);
  });
  it.each([
    ['1-0:1.8.0*255', 'Active import (+A, QI+QIV) energy, total', [3, 4], 'two sources'],
    ['1-0:1.8.2*255', 'Active import (+A, QI+QIV) energy, rate 2', [3, 4], 'two sources'],
    ['1-1:1.8.0*255', 'Active import (+A, QI+QIV) energy, total, channel 1', [3, 4], 'two sources'],
    ['1-0:1.8.0*3', 'Active import (+A, QI+QIV) energy, total, billing period 3', [3, 4], 'two sources'],
    ['0-0:1.0.0*255', 'Clock', [8], 'two sources'],
    ['0-1:1.0.0*255', 'Clock, further instance, channel 1', [8], 'two sources'],
    ['0-0:99.98.1*255', 'Fraud detection log (companion profile convention)', [7], 'one source'],
    ['0-0:99.98.9*255', 'Event log', [7], 'two sources'],
    ['0-0:65.17.3*255', 'Utility table: Manufacturer tables, table number 131', [26], 'two sources'],
    ['1-0:32.7.5*255', 'L1: Voltage, Instantaneous value, harmonic 5', [], 'one source'],
    ['1-0:81.7.14*255', 'Phase angle of I(L1) against U(L2)', [3], 'one source'],
    ['1-0:21.29.0*255', 'L1: Active power+ (QI+QIV), Time integral 5, total', [], 'unverified'],
    ['0-0:94.7.0*255', 'Country specific, Russia', [], 'one source'],
    ['6-0:13.0.0*255', 'thermal energy, heating, Media pressure, Current value', [], 'unverified'],
    ['1-0:199.1.0*255', 'manufacturer specific', [], 'unverified'],
    ['3-0:1.8.0*255', 'unknown', [], 'unverified'],
  ] as const)('%s is %s', (code, text, classIds, confidence) => {
    expect(describeObis(code)).toMatchObject({ obis: code, text, classIds, confidence });
  });
  it('says what rests on recollection', () => {
    expect(describeObis('7-0:13.2.0')).toMatchObject({
      pattern: '7.0.13.2.0.255',
      recall: true,
      confidence: 'one source',
    });
    expect(describeObis('1-0:1.8.0')).toMatchObject({ recall: false });
    expect(describeObis('1-0:1.8.0').groups.map((g) => g.recall)).toEqual([false, false, false, true, false, false]);
  });
  it('keeps the remark of a row', () =>
    expect(describeObis('0-0:99.98.4').note).toMatch(/common companion profile choice/));
  it('is deterministic and total on codes', () => {
    fc.assert(
      fc.property(octets, (x) => {
        const code = obisFromBytes(x);
        const d = describeObis(code);
        expect(d.text.length).toBeGreaterThan(0);
        expect(describeObis(parseObis(code.replace(/[-:*]/g, '.')))).toEqual(d);
      }),
    );
  });
  it('names media', () => expect([obisMedia('7-0:1.0.0'), obisMedia('14-0:1.0.0')]).toEqual(['gas', undefined]));
});
