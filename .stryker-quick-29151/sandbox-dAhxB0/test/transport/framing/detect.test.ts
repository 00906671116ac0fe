import { describe, expect, it } from 'vitest';
import { apduFacts } from '../../../src/core/apdu-facts.js';
import { concat } from '../../../src/core/bytes.js';
import { parseHex } from '../../../src/core/hex.js';
import { detectFraming, wrap } from '../../../src/transport/index.js';

describe('the framing of octets', () => {
  it.each(Object.entries(apduFacts))('knows %s, bare, behind an LLC header and in a WPDU', (_, { tag }) => {
    const apdu = Uint8Array.of(tag, 1, 0x41, 0);
    expect(detectFraming(apdu)).toEqual({ framing: 'apdu', offset: 0, sure: false });
    expect(detectFraming(concat(parseHex('E6E700'), apdu))).toEqual({ framing: 'apdu', offset: 3, sure: true });
    expect(detectFraming(wrap(1, 16, apdu))).toEqual({ framing: 'wrapper', offset: 0, sure: true });
  });
  it.each([
    ['7EA0', 'hdlc'],
    ['7E7E', 'hdlc'],
    ['7EA02103610213CA', 'hdlc'],
    ['68111168', 'mbus'],
    ['0001000100100003', 'wrapper'],
    ['0001000100100003FFFFFF', 'wrapper'],
    ['0001000100100001C0FFFF', 'wrapper'],
  ] as const)('of %s, which is no whole frame, is named only to those who ask for damaged ones', (hex, framing) => {
    const octets = parseHex(hex);
    const strict = detectFraming(octets);
    if (strict !== undefined) expect(strict).toEqual({ framing, offset: 0, sure: false });
    expect(detectFraming(octets, { damaged: true })).toEqual({ framing, offset: 0, sure: false });
  });
  it('is not named where nothing begins like a frame, damaged or not', () => {
    for (const hex of ['', 'FF', '7E', '7E01', '68', '68111068', '68111167', '0001', '00020001001000030F0000'])
      expect([hex, detectFraming(parseHex(hex), { damaged: true })]).toEqual([hex, undefined]);
  });
});
