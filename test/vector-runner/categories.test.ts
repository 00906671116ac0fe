import { describe, expect, it } from 'vitest';
import { DlmsError } from '../../src/core/index.js';
import { isCategory } from '../../src/vectors/categories.js';

describe('error categories', () => {
  const tag = new DlmsError('decode/unexpected-tag', { offset: 0, expected: 'array', actual: 2 });
  const mac = new DlmsError('security/authentication-failed', { what: 'tag' });
  const end = new DlmsError('decode/unexpected-end', { offset: 0 });
  it('of A-or-B either is right, and both must be known', () => {
    expect(isCategory(end, 'truncated-or-unknown-tag')).toBe(true);
    expect(
      isCategory(
        new DlmsError('decode/unknown-choice', { offset: 0, expected: 'Data', actual: 99 }),
        'truncated-or-unknown-tag',
      ),
    ).toBe(true);
    expect(isCategory(mac, 'truncated-or-unknown-tag')).toBe(false);
    expect(isCategory(end, 'block-sequence-or-truncated-or-limit')).toBe(true);
    expect(isCategory(end, 'nesting-too-deep-or-truncated')).toBe(true);
    expect(() => isCategory(end, 'truncated-or-purple')).toThrow('purple');
  });
  it('a tag is that of a type, not the MAC of a message', () => {
    for (const word of ['unexpected-tag', 'wrong-tag', 'unexpected-tag-value', 'invalid-tag']) {
      expect([word, isCategory(tag, word)]).toEqual([word, true]);
      expect([word, isCategory(mac, word)]).toEqual([word, false]);
    }
    for (const word of ['authentication-tag', 'mac-mismatch', 'authentication-failed']) {
      expect([word, isCategory(mac, word)]).toEqual([word, true]);
      expect([word, isCategory(tag, word)]).toEqual([word, false]);
    }
  });
  it('a limit is one of size or of depth', () => {
    expect(isCategory(new DlmsError('decode/too-large', { offset: 0, limit: 1, actual: 2 }), 'limit')).toBe(true);
    expect(isCategory(new DlmsError('decode/too-deep', { offset: 0, limit: 1 }), 'limit')).toBe(true);
    expect(isCategory(end, 'limit')).toBe(false);
  });
});
