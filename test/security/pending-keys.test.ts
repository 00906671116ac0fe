import { describe, expect, it } from 'vitest';
import { generateTransferableKey, transferableKeys } from '../../src/security/key-wrap.js';
import { forgetPendingKeys, loadPendingKeys, savePendingKeys } from '../../src/security/pending-keys.js';
import { VolatileStore } from '../../src/store/store.js';
import { failure } from '../support/outcome.js';
import { pairOf } from './support.js';
import { providersWithToken } from './token.js';

const providers = await providersWithToken();

describe.each(providers.map((p) => [p.name, p] as const))('keys that wait with %s', (_, provider) => {
  it.each([0, 2] as const)('come back fit for what they are for, suite %i', async (suite) => {
    const { client } = await pairOf(provider, suite);
    const pending = new VolatileStore();
    const newKeys = Object.fromEntries(
      await Promise.all(
        transferableKeys.map(async (name) => [name, await generateTransferableKey(client, name)] as const),
      ),
    );
    await savePendingKeys(client, newKeys, { pending });
    const { keys, kept } = (await loadPendingKeys(client, { pending }))!;
    expect([kept, Object.keys(keys)]).toEqual([false, [...transferableKeys]]);
    const master = keys['master-key']!;
    const unicast = keys['global-unicast-encryption-key']!;
    // The next keys of the meter travel under the new master key.
    const wrapped = await provider.wrap(master, unicast);
    expect((await provider.unwrap(newKeys['master-key']!, wrapped, client.suite.aes))!.fingerprint).toBe(
      unicast.fingerprint,
    );
    expect(await provider.seal(unicast, new Uint8Array(12), [], new Uint8Array(3))).toEqual(
      await provider.seal(newKeys['global-unicast-encryption-key']!, new Uint8Array(12), [], new Uint8Array(3)),
    );
    expect(await provider.digest('SHA-256', [keys['authentication-key']!])).toEqual(
      await provider.digest('SHA-256', [newKeys['authentication-key']!]),
    );
    await forgetPendingKeys(client, { pending });
    expect(await loadPendingKeys(client, { pending })).toBeUndefined();
  });
  it('are refused by name under a key that is for messages, and nothing is stored', async () => {
    const { client } = await pairOf(provider, 0);
    const pending = new VolatileStore();
    const storageKey = await provider.generateKey('AES-128');
    const newKeys = { 'master-key': await generateTransferableKey(client, 'master-key') };
    expect(await failure(() => savePendingKeys(client, newKeys, { pending, storageKey }))).toMatchObject({
      code: 'security/invalid-key',
    });
    expect(await loadPendingKeys(client, { pending })).toBeUndefined();
  });
});
