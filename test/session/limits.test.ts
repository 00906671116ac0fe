import { describe, expect, it } from 'vitest';
import { SecurityContext } from '../../src/security/context.js';
import { InvocationCounters } from '../../src/security/counters.js';
import { importKeys } from '../../src/security/keys.js';
import type { Protection } from '../../src/security/policy.js';
import { type ProtectForm, protect } from '../../src/security/protect.js';
import { nodeProvider } from '../../src/security/providers/node-provider.js';
import { plainSize, servicesLeftToGbt, wholeSize } from '../../src/session/limits.js';
import { VolatileStore } from '../../src/store/store.js';
import { testKeysOf } from '../../src/testing/index.js';

const [own, peer] = [new Uint8Array(8).fill(1), new Uint8Array(8).fill(2)];
const authenticated: Protection = { authenticated: true };
const both: Protection = { authenticated: true, encrypted: true };
async function contextOf(suite: 0 | 1, send: Protection): Promise<SecurityContext> {
  const pairs =
    suite === 0
      ? {}
      : {
          signing: await nodeProvider.generateKeyPair('ECDSA P-256'),
          agreement: await nodeProvider.generateKeyPair('ECDH P-256'),
          peerAgreement: (await nodeProvider.generateKeyPair('ECDH P-256')).publicKey,
        };
  return new SecurityContext({
    provider: nodeProvider,
    suite,
    systemTitle: own,
    peerSystemTitle: peer,
    keys: { ...(await importKeys(nodeProvider, suite, testKeysOf(suite))), ...pairs },
    counters: new InvocationCounters(new VolatileStore()),
    policy: { send, receive: authenticated },
  });
}
const request = (length: number): Uint8Array => {
  const apdu = new Uint8Array(length);
  apdu.set([0xc0, 1, 0xc1]);
  return apdu;
};
const general = (key: 'wrapped' | 'one-pass' | 'static' | 'global-unicast'): ProtectForm => ({
  type: 'general-ciphering',
  key,
});

describe('the longest plain APDU that the peer takes when it is protected', () => {
  it.each<[string, 0 | 1, Protection, ProtectForm]>([
    ['glo, authenticated and encrypted', 0, both, 'glo'],
    ['glo, authenticated', 0, authenticated, 'glo'],
    ['general-glo', 0, both, 'general-glo'],
    ['general-ciphering with a wrapped key', 0, both, general('wrapped')],
    ['general-ciphering with a key agreed in one pass', 1, both, general('one-pass')],
    ['signed inside', 1, { ...both, signed: true }, 'glo'],
    ['signed inside general-ciphering', 1, { ...both, signed: true }, general('static')],
    ['only signed', 1, { signed: true }, 'glo'],
  ])('%s: fills the PDU size and never goes beyond', async (_, suite, send, form) => {
    const context = await contextOf(suite, send);
    for (const pdu of [400, 1024, 2048]) {
      const plain = plainSize(pdu, context, form as Parameters<typeof plainSize>[2]);
      const length = async (octets: number): Promise<number> =>
        (await protect(request(octets), context, { form })).length;
      expect(await length(plain)).toBeLessThanOrEqual(pdu);
      // The lengths of lengths are those of the whole: a few octets may stay free, not more.
      expect(await length(plain)).toBeGreaterThan(pdu - 4);
    }
  });
  it('is the PDU size itself without keys, and where nothing is to be applied', async () => {
    expect(plainSize(128, undefined, 'glo')).toBe(128);
    expect(plainSize(128, await contextOf(0, both), 'glo', {})).toBe(128);
  });
  it('has no limit where the peer has none', async () => {
    for (const context of [undefined, await contextOf(0, both)])
      expect(plainSize(Number.POSITIVE_INFINITY, context, 'glo')).toBe(Number.POSITIVE_INFINITY);
  });
  it('what a right asks beyond the policy leaves less room', async () => {
    const context = await contextOf(1, authenticated);
    const plain = plainSize(1024, context, 'glo', { authenticated: true, signed: true });
    const octets = await protect(request(plain), context, { protection: { authenticated: true, signed: true } });
    expect(octets.length).toBeLessThanOrEqual(1024);
    expect(plain).toBeLessThan(plainSize(1024, context, 'glo') - 64);
  });
});

describe('what general block transfer has to cut', () => {
  it('is what has no blocks of its own, and nothing where it was not agreed', () => {
    expect(servicesLeftToGbt([])).toEqual([]);
    expect(servicesLeftToGbt(['get', 'set', 'action', 'block-transfer-with-action'])).toEqual([]);
    expect(servicesLeftToGbt(['general-block-transfer'])).toEqual(['get', 'access', 'set', 'action']);
    expect(servicesLeftToGbt(['general-block-transfer', 'block-transfer-with-set-or-write'])).toEqual([
      'get',
      'access',
      'action',
    ]);
    expect(
      servicesLeftToGbt([
        'general-block-transfer',
        'block-transfer-with-set-or-write',
        'block-transfer-with-action',
        'block-transfer-with-get-or-read',
      ]),
    ).toEqual(['get', 'access']);
  });
  it('goes whole, whatever its length, and nothing else does', () => {
    const limits = { sendSize: 60, receiveTotal: 100, whole: ['set'] as const };
    expect(['get', 'set', 'action'].map((s) => wholeSize(limits, s as 'get'))).toEqual([
      60,
      Number.POSITIVE_INFINITY,
      60,
    ]);
    expect(wholeSize({ sendSize: 60, receiveTotal: 100 }, 'set')).toBe(60);
  });
});
