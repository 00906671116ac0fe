import { describe, expect, it, vi } from 'vitest';
import { agreeKeys, changeKeys } from '../../src/client/index.js';
import { SecuritySetup } from '../../src/cosem/classes/security-setup.js';
import { generateTransferableKey, type TransferableKey } from '../../src/security/key-wrap.js';
import type { SecurityKeys } from '../../src/security/keys.js';
import type { CryptoProvider, KeyHandle, KeyPair } from '../../src/security/providers/provider.js';
import { bench, setup, works } from './security-bench.js';
import { failureOf, octets, provider } from './support.js';

/** A meter whose new keys are seen as they are made. */
async function watched(persistKeys?: (keys: SecurityKeys) => void) {
  const made: KeyHandle[] = [];
  const seen = <T extends KeyHandle | undefined>(key: T): T => {
    if (key !== undefined) made.push(key);
    return key;
  };
  const watching: CryptoProvider = {
    ...provider,
    unwrap: async (...args) => seen(await provider.unwrap(...args)),
    deriveKey: async (...args) => seen(await provider.deriveKey(...args)),
  };
  const b = await bench(1, { provider: watching, ...(persistKeys === undefined ? {} : { persist: { persistKeys } }) });
  return { ...b, made };
}
const destroyed = async (key: KeyHandle | undefined): Promise<boolean> =>
  (
    await failureOf(async () =>
      key?.algorithm === 'secret'
        ? provider.digest('SHA-256', [key])
        : provider.encryptBlock(key as KeyHandle, new Uint8Array(16)),
    )
  ).includes('destroyed');
const names = [
  'global-unicast-encryption-key',
  'authentication-key',
  'global-broadcast-encryption-key',
  'master-key',
] as const satisfies TransferableKey[];

describe('keys of the meter', () => {
  it('that were replaced are destroyed, all of them, and the new ones are not', async () => {
    const { meter, security, connect, options, made } = await watched();
    const client = await connect();
    const { globalUnicast, authentication, globalBroadcast, master } = meter.security.context().keys;
    const old = [globalUnicast, authentication, globalBroadcast, master];
    expect(await Promise.all(old.map(destroyed))).toEqual([false, false, false, false]);
    const newKeys = Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await generateTransferableKey(security, name)])),
    );
    expect((await changeKeys(client, newKeys, options)).result).toBe('new');
    expect(await Promise.all(old.map(destroyed))).toEqual([true, true, true, true]);
    expect(await Promise.all(made.map(destroyed))).toEqual([false, false, false, false]);
    await works(client);
  });
  it('that came in a transfer which failed half-way, or could not be stored, are destroyed', async () => {
    const { connect, security, made } = await watched(() => {
      throw new Error('the flash is worn out');
    });
    const client = await connect();
    const wrapped = async () => ({
      keyId: 'global-unicast-encryption-key' as const,
      keyWrapped: await provider.wrap(
        security.keys.master!,
        await generateTransferableKey(security, 'global-unicast-encryption-key'),
      ),
    });
    const bad = { keyId: 'global-broadcast-encryption-key' as const, keyWrapped: octets(24) };
    expect(
      await failureOf(async () => client.action(SecuritySetup, setup, 'keyTransfer', [await wrapped(), bad])),
    ).toContain('other-reason');
    expect(
      await failureOf(async () =>
        client.action(SecuritySetup, setup, 'keyTransfer', [await wrapped(), await wrapped()]),
      ),
    ).toContain('other-reason');
    expect(
      await failureOf(async () => client.action(SecuritySetup, setup, 'keyTransfer', [await wrapped()])),
    ).toContain('other-reason');
    expect(await Promise.all(made.map(destroyed))).toEqual([true, true, true, true]);
    await works(client);
  });
  it('that were agreed and could not be stored, or whose companion failed, are destroyed', async () => {
    const { connect, options, made, security } = await watched(() => {
      throw new Error('the flash is worn out');
    });
    const client = await connect();
    const ephemeral = vi.spyOn(provider, 'generateKeyPair');
    expect(
      await failureOf(() =>
        agreeKeys(client, ['global-unicast-encryption-key', 'global-broadcast-encryption-key'], options),
      ),
    ).toContain('other-reason');
    expect(await Promise.all(made.map(destroyed))).toEqual([true, true]);
    // Nor does the client keep the private keys of offers that were refused.
    expect(ephemeral).toHaveBeenCalledTimes(2);
    for (const { value } of ephemeral.mock.results) {
      const { privateKey, publicKey } = (await value) as KeyPair;
      expect(await failureOf(async () => provider.agree(privateKey, publicKey))).toContain('destroyed');
    }
    ephemeral.mockRestore();
    made.length = 0;
    const pair = await provider.generateKeyPair('ECDH P-256');
    const { octets: point } = pair.publicKey;
    const data = Uint8Array.from([
      ...point,
      ...(await provider.sign(security.keys.signing!.privateKey, Uint8Array.from([0, ...point]))),
    ]);
    const offers = [
      { keyId: 'global-unicast-encryption-key' as const, keyData: data },
      { keyId: 'global-broadcast-encryption-key' as const, keyData: data },
    ];
    expect(await failureOf(() => client.action(SecuritySetup, setup, 'keyAgreement', offers))).toContain(
      'other-reason',
    );
    expect([made.length, ...(await Promise.all(made.map(destroyed)))]).toEqual([1, true]);
    await works(client);
  });
});
