import { describe, expect, it } from 'vitest';
import { decode } from '../../src/axdr/index.js';
import { type DlmsError, parseHex, type Quirk } from '../../src/core/index.js';
import { Apdu } from '../../src/xdlms/index.js';
import { refusal } from '../support/outcome.js';

const context = 'A109060760857405080101';
const requirements = '8A020780';
const mechanism = '8B0760857405080201';
const secret = 'AC0A80083132333435363738';
const user = 'BE10040E01000000065F1F0400007E1F04B0';
const aarq = (...fields: string[]): string => {
  const body = fields.join('');
  return `60${(body.length / 2).toString(16).padStart(2, '0')}${body}`;
};
const lenient = (hex: string): { value: unknown; quirks: string[] } => {
  const quirks: Quirk[] = [];
  const value = decode(Apdu, parseHex(hex), { lenient: true, quirks });
  return { value, quirks: quirks.map((q) => `${q.name}: ${q.detail}`) };
};
const refused = (hex: string, options = {}): DlmsError => refusal(() => decode(Apdu, parseHex(hex), options));
const both = [{}, { lenient: true }];

describe('association APDUs', () => {
  const right = aarq(context, requirements, mechanism, secret, user);
  it('lose no field that stands in the wrong place: strict decoding names it and its tag, lenient decoding reads it under the name field-order', () => {
    const wrong = aarq(context, mechanism, requirements, secret, user);
    expect(refused(wrong).message).toBe(
      'unexpected tag at offset 22 in aarq.senderAcseRequirements: 138 (0x8a) instead of a field behind mechanismName',
    );
    const { value, quirks } = lenient(wrong);
    expect(value).toEqual(decode(Apdu, parseHex(right)));
    expect(quirks).toEqual([expect.stringMatching(/^field-order: .*senderAcseRequirements.*0x8a/)]);
    const first = aarq(requirements, context, mechanism, secret, user);
    expect(refused(first).message).toBe(
      'unexpected tag at offset 2 in aarq.applicationContextName: 138 (0x8a) instead of applicationContextName',
    );
    expect(lenient(first).value).toEqual(decode(Apdu, parseHex(right)));
  });
  it('are refused with a field that is unknown or comes twice, in both modes, with its tag', () => {
    for (const options of both) {
      expect(refused(aarq(context, requirements, '8C0100', user), options).message).toBe(
        'unexpected tag at offset 17 in aarq: 140 (0x8c) instead of a field of AARQ',
      );
      expect(refused(aarq(context, secret, secret, user), options).message).toBe(
        'unexpected tag at offset 25 in aarq: 172 (0xac) instead of callingAuthenticationValue once',
      );
      expect(refused(aarq(mechanism, secret), options).message).toMatch(/in aarq\.applicationContextName/);
    }
  });
  it('are refused with an outer length that is too short or too long, in both modes, wherever it ends', () => {
    for (const options of both)
      for (let n = 0; n < 0x80; n++) {
        const hex = `60${n.toString(16).padStart(2, '0')}${right.slice(4)}`;
        if (hex === right) expect(decode(Apdu, parseHex(hex), options)).toMatchObject({ type: 'aarq' });
        else expect(refused(hex, options).code).toMatch(/^decode\//);
      }
  });
  it('are refused with a wrong length inside, in both modes', () => {
    const short = right.replace('BE10040E', 'BE10040D');
    for (const options of both) expect(refused(short, options).code).toBe('decode/invalid-length');
    for (const options of both) expect(refused(right.replace('A10906', 'A10806'), options).code).toMatch(/^decode\//);
  });
  it('keep the quirk of lengths that are too small to release APDUs', () => {
    const rlre = '6311800100BE0F040E0800065F1F0400001E1D04C80007';
    expect(refused(rlre).code).toBe('decode/unexpected-end');
    expect(lenient(rlre).quirks.map((q) => q.slice(0, 10))).toEqual(['ber-length', 'ber-length']);
    expect(lenient(`${right}00`).quirks.map((q) => q.slice(0, 15))).toEqual(['trailing-octets']);
  });
});
