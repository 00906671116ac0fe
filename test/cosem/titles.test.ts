import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatHex, parseHex } from '../../src/core/hex.js';
import { flagLetters, flagNumber, isFlag, manufacturerName } from '../../src/cosem/flag.js';
import { buildLogicalDeviceName, compareTitles, parseLogicalDeviceName } from '../../src/cosem/logical-device-name.js';
import { buildSystemTitle, deviceTypeName, functionTypeNames, parseSystemTitle } from '../../src/cosem/system-title.js';
import { outcome } from '../support/outcome.js';

const letter = fc.stringMatching(/^[A-Z]{3}$/);
const identity = fc.record({ deviceType: fc.nat(255), functionType: fc.nat(15), serialNumber: fc.nat(0x0fffffff) });

describe('manufacturers', () => {
  it('letters and numbers', () => {
    // By hand: K 11, F 6, M 13.
    expect(flagNumber('KFM')).toBe(11 * 1024 + 6 * 32 + 13);
    expect(flagLetters(0x2ccd)).toBe('KFM');
    expect([flagNumber('AAA'), flagNumber('ZZZ')]).toEqual([0x0421, 0x6b5a]);
    expect(manufacturerName('LGZ')).toBe('Landis+Gyr');
    expect([manufacturerName('XYZ'), manufacturerName('constructor')]).toEqual([undefined, undefined]);
  });
  it('any text and any number end in a value or an error of the library', () => {
    fc.assert(
      fc.property(fc.string(), fc.oneof(fc.nat(0xffff), fc.double()), letter, (text, n, id) => {
        expect(outcome(() => flagNumber(text))).toBe(isFlag(text) ? 'accepted' : 'parse/invalid-text');
        const read = outcome(() => flagLetters(n));
        if (read === 'accepted') expect(flagNumber(flagLetters(n))).toBe(n);
        else expect(read).toBe('decode/invalid-value');
        expect(flagLetters(flagNumber(id))).toBe(id);
      }),
    );
  });
});

describe('system title', () => {
  it.each([
    ['4D4D4D6610BC614E', 'MMM', 102, 1, 12345678],
    ['4B464D6750000009', 'KFM', 103, 5, 9],
    ['4C475A677370B177', 'LGZ', 103, 7, 57717111],
  ])('%s', (hex, manufacturer, deviceType, functionType, serialNumber) => {
    expect(parseSystemTitle(parseHex(hex))).toMatchObject({
      manufacturer,
      idis: { deviceType, functionType, serialNumber },
    });
    expect(formatHex(buildSystemTitle(manufacturer, { deviceType, functionType, serialNumber }))).toBe(hex);
  });
  it('keeps octets that are no letters', () => {
    const title = parseSystemTitle(parseHex('0001020304050607'));
    expect([title.manufacturer, formatHex(title.octets)]).toEqual([undefined, '0001020304050607']);
  });
  it('names types and options, keeps unknown ones as numbers', () => {
    expect([deviceTypeName(103), deviceTypeName(69)]).toEqual(['package 2 IP polyphase meter', undefined]);
    expect([functionTypeNames(7), functionTypeNames(12), functionTypeNames(0)]).toEqual([
      ['disconnector', 'loadManagement', 'multiUtility'],
      ['multiUtility', 3],
      [],
    ]);
  });
  it('round trips, and refuses what does not fit', () => {
    fc.assert(
      fc.property(letter, identity, fc.uint8Array({ maxLength: 12 }), (id, parts, octets) => {
        expect(parseSystemTitle(buildSystemTitle(id, parts))).toMatchObject({ manufacturer: id, idis: parts });
        expect(outcome(() => parseSystemTitle(octets))).toBe(
          octets.length === 8 ? 'accepted' : 'decode/invalid-length',
        );
      }),
    );
    const good = { deviceType: 102, functionType: 1, serialNumber: 1 };
    expect(outcome(() => buildSystemTitle('MM', good))).toBe('encode/invalid-value');
    for (const wrong of [
      { deviceType: 256 },
      { functionType: 16 },
      { serialNumber: 2 ** 28 },
      { serialNumber: -1 },
      { serialNumber: 0.5 },
    ])
      expect(outcome(() => buildSystemTitle('MMM', { ...good, ...wrong }))).toBe('encode/invalid-value');
  });
});

describe('logical device name', () => {
  it('reads the IDIS form and keeps the rest', () => {
    expect(parseLogicalDeviceName('MMM1020112345678')).toEqual({
      text: 'MMM1020112345678',
      manufacturer: 'MMM',
      idis: { deviceType: 102, functionType: 1, serialNumber: 12345678 },
    });
    expect(parseLogicalDeviceName(parseHex('475255786D6574657231'))).toEqual({
      text: 'GRUxmeter1',
      manufacturer: 'GRU',
      idis: undefined,
    });
    expect(parseLogicalDeviceName('')).toEqual({ text: '', manufacturer: undefined, idis: undefined });
  });
  it('builds', () => {
    expect(buildLogicalDeviceName('MMM', { deviceType: 102, functionType: 1, serialNumber: 12345678 })).toBe(
      'MMM1020112345678',
    );
    expect(buildLogicalDeviceName('LGZ', { deviceType: 103, functionType: 6, serialNumber: 155933512 })).toBe(
      'LGZ1030655933512',
    );
    expect(outcome(() => buildLogicalDeviceName('lgz', { deviceType: 1, functionType: 1, serialNumber: 1 }))).toBe(
      'encode/invalid-value',
    );
  });
  it('agrees with a system title built from the same parts', () => {
    fc.assert(
      fc.property(letter, identity, (id, parts) => {
        expect(
          compareTitles(
            parseSystemTitle(buildSystemTitle(id, parts)),
            parseLogicalDeviceName(buildLogicalDeviceName(id, parts)),
          ),
        ).toEqual([]);
      }),
    );
  });
  it('names each part that differs, as two captured meters show', () => {
    // Titles of the ciphered frames and names in their plaintexts (captures cap-kaifa-at-rs and cap-kaifa-at-tinetz).
    expect(
      compareTitles(parseSystemTitle(parseHex('4B464D10200112A9')), parseLogicalDeviceName('KFM1200200070313')),
    ).toEqual([{ part: 'device type', systemTitle: 16, logicalDeviceName: 120 }]);
    expect(
      compareTitles(parseSystemTitle(parseHex('4B464D1010000023')), parseLogicalDeviceName('KFM1100100000035')).map(
        (m) => m.part,
      ),
    ).toEqual(['device type']);
    const title = parseSystemTitle(parseHex('4D4D4D6610BC614E'));
    expect(compareTitles(title, parseLogicalDeviceName('MMN1030212345679')).map((m) => m.part)).toEqual([
      'manufacturer',
      'device type',
      'function type',
      'serial number',
    ]);
    expect(compareTitles(title, parseLogicalDeviceName('MMM12345678')).map((m) => m.part)).toEqual(['form']);
  });
});
