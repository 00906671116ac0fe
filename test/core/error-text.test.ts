import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DlmsErrorCode, DlmsErrorContext } from '../../src/core/error-codes.js';
import { DlmsError } from '../../src/core/errors.js';

/** Codes and the names of their facts, as they are declared. */
const declared = [
  ...readFileSync('src/core/error-codes.ts', 'utf8').matchAll(/^ {2}'([a-z]+\/[a-z-]+)': \{ (.*) \};$/gm),
].map(
  ([, code, fields]) =>
    [
      code as DlmsErrorCode,
      [...(fields as string).matchAll(/(\w+)(\??): ([^;]+)/g)].map(([, name, optional, type]) => ({
        name,
        optional,
        type,
      })),
    ] as const,
);
const sample = (type: string, name: string): unknown =>
  type.includes("'local'") ? 'remote' : type.startsWith('number') ? 7 : `the ${name} of it`;

describe('messages of errors', () => {
  it('finds the codes', () => expect(declared.length).toBeGreaterThan(35));
  it.each(declared)('%s is a sentence: no name of a field stands in front of its value', (code, fields) => {
    const context = Object.fromEntries(fields.map(({ name, type }) => [name, sample(type as string, name as string)]));
    const { message } = new DlmsError(code, context as never);
    expect(message).not.toMatch(/undefined|\[object/);
    for (const { name, type } of fields) {
      if (
        name === 'offset' ||
        name === 'side' ||
        name === 'by' ||
        name === 'line' ||
        name === 'column' ||
        type === 'true'
      )
        continue;
      // Everything that is known is said.
      if (!(type as string).startsWith('number')) expect(message).toContain(`the ${name} of it`);
      const words = (name as string).replace(/[A-Z]/g, (c) => ` ${c.toLowerCase()}`);
      if (
        ['what', 'reason', 'waitedMs', 'waitingFor', 'stateError', 'serviceError', 'key', 'object', 'result'].includes(
          name as string,
        )
      )
        expect(message).not.toContain(`${words} ${sample(type as string, name as string)}`);
    }
  });
  it.each(declared.filter(([, fields]) => fields.some((f) => f.optional === '?')))(
    '%s does without what is not known',
    (code, fields) => {
      const context = Object.fromEntries(
        fields
          .filter((f) => f.optional !== '?')
          .map(({ name, type }) => [name, sample(type as string, name as string)]),
      );
      expect(new DlmsError(code, context as never).message).not.toMatch(/undefined|: $|, $| \(\)/);
    },
  );
  const said = <C extends DlmsErrorCode>(code: C, context: DlmsErrorContext[C]): string =>
    new DlmsError(code, context).message;
  it('say what happened', () => {
    expect(said('transport/timeout', { waitedMs: 10_000, waitingFor: 'an APDU' })).toMatch(
      /^timeout: waited 10 s for an APDU\. No answer: /,
    );
    expect(said('transport/timeout', { waitedMs: 300, waitingFor: 'an APDU' })).toMatch(
      /^timeout: waited 300 ms for an APDU/,
    );
    expect(said('security/authentication-failed', { what: 'tag', invocationCounter: 5 })).toMatch(
      /^authentication failed: the tag does not verify, invocation counter 5\. Wrong key/,
    );
    expect(said('security/authentication-failed', { what: 'signature of the ephemeral key' })).toContain(
      'the signature of the ephemeral key does not verify',
    );
    expect(said('security/authentication-failed', { what: 'wrapped key' })).toContain(
      ': the wrapped key does not unwrap',
    );
    expect(said('security/authentication-failed', { what: 'another system title than agreed' })).toContain(
      ': another system title than agreed.',
    );
    expect(said('security/replay', { received: 5, last: 9 })).toContain('replay: counter 5 came after 9');
    expect(said('decode/trailing-bytes', { offset: 3, left: 1 })).toBe(
      'trailing bytes at offset 3: 1 octet is left over',
    );
    expect(said('decode/unexpected-tag', { offset: 3, expected: 'long-unsigned', actual: 9 })).toBe(
      'unexpected tag at offset 3: 9 (0x9) instead of long-unsigned',
    );
    expect(said('transport/closed', { by: 'remote', during: 'receiving' })).toBe(
      'closed: by the other side, during receiving',
    );
  });
});
