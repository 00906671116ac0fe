import { describe, expect, it } from 'vitest';
import { importKeys } from '../../src/security/context.js';
import { nodeProvider } from '../../src/security/providers/node-provider.js';
import { failure } from '../support/outcome.js';

describe('importing keys', () => {
  it('refuses the lengths of another suite and asymmetric keys in suite 0', async () => {
    const code = async (suite: number, keys: object): Promise<string> =>
      (await failure(async () => importKeys(nodeProvider, suite, keys))).code;
    expect(await code(2, { globalUnicast: new Uint8Array(16) })).toBe('security/invalid-key');
    expect(await code(0, { globalUnicast: new Uint8Array(32) })).toBe('security/invalid-key');
    expect(await code(2, { authentication: new Uint8Array(16) })).toBe('security/invalid-key');
    expect(await code(1, { authentication: new Uint8Array(0) })).toBe('security/invalid-key');
    expect(await code(0, { signing: new Uint8Array(32) })).toBe('security/unsupported');
    expect(await code(2, { peerSigning: { curve: 'P-256', octets: new Uint8Array(64) } })).toBe('security/invalid-key');
    expect(await code(3, {})).toBe('security/unsupported');
  });
});
