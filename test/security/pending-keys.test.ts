import { describe, expect, it } from 'vitest';
import {
  generateTransferableKey,
  type NewKeys,
  type TransferableKey,
  transferableKeys,
} from '../../src/security/key-wrap.js';
import { forgetPendingKeys, loadPendingKeys, savePendingKeys } from '../../src/security/pending-keys.js';
import { nodeProvider } from '../../src/security/providers/node-provider.js';
import { VolatileStore } from '../../src/store/store.js';
import { failure } from '../support/outcome.js';
import { hex, pairOf } from './support.js';
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

describe('keys that wait', () => {
  const provider = nodeProvider;
  const waiting = async (names: readonly TransferableKey[]) => {
    const { client, server } = await pairOf(provider, 0);
    const pending = new VolatileStore();
    const newKeys: NewKeys = Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await generateTransferableKey(client, name)] as const)),
    );
    await savePendingKeys(client, newKeys, { pending });
    return { client, server, pending, newKeys };
  };
  const nameOf = (pending: VolatileStore): string => pending.entries('')[0]![0];

  it('are not replaced by those of another change, save by the one that has begun', async () => {
    const { client, pending, newKeys } = await waiting(['global-unicast-encryption-key']);
    const before = pending.entries('');
    const other = {
      'global-broadcast-encryption-key': await generateTransferableKey(client, 'global-broadcast-encryption-key'),
    };
    expect(await failure(() => savePendingKeys(client, other, { pending }))).toMatchObject({ code: 'security/policy' });
    expect(pending.entries('')).toEqual(before);
    await savePendingKeys(client, { ...newKeys, ...other }, { pending }, true);
    const { keys } = (await loadPendingKeys(client, { pending }))!;
    expect(Object.keys(keys)).toEqual(['global-unicast-encryption-key', 'global-broadcast-encryption-key']);
  });
  it('are those of one meter and one client', async () => {
    const { client, pending } = await waiting(['global-unicast-encryption-key']);
    for (const other of [
      client.fresh({ peerSystemTitle: hex('4D4D4D0000000002') }),
      client.fresh({ systemTitle: hex('4D4D4D0000000003') }),
    ])
      expect(await loadPendingKeys(other, { pending })).toBeUndefined();
    expect(
      await failure(() => loadPendingKeys(client.fresh({ peerSystemTitle: undefined }), { pending })),
    ).toMatchObject({ code: 'security/missing-key', context: { key: 'system title of the meter' } });
  });
  it('stand nowhere in clear', async () => {
    const { pending, client } = await waiting([]);
    const known = new Uint8Array(16).fill(0xab);
    const key = await provider.importKey('AES-128', known, { wrappable: true });
    await savePendingKeys(client, { 'global-unicast-encryption-key': key }, { pending }, true);
    expect(JSON.stringify(pending.entries(''))).not.toContain('ABABABAB');
  });
  it('are asked for by the key that they are under', async () => {
    const { client, pending, newKeys } = await waiting(['global-unicast-encryption-key']);
    const storageKey = await provider.generateKey('AES-128', { use: 'wrapping' });
    expect(await failure(() => loadPendingKeys(client, { pending, storageKey }))).toMatchObject({
      code: 'security/missing-key',
      context: { key: expect.stringContaining(client.keys.master!.fingerprint) },
    });
    const without = client.fresh({ keys: { ...client.keys, master: undefined } });
    expect(await failure(() => loadPendingKeys(without, { pending }))).toMatchObject({ code: 'security/missing-key' });
    expect(await failure(() => savePendingKeys(without, newKeys, { pending }, true))).toMatchObject({
      code: 'security/missing-key',
    });
  });
  it('are kept already when the context has them all, whichever key they are under', async () => {
    const one = await waiting(['global-unicast-encryption-key', 'global-broadcast-encryption-key']);
    const half = one.client.fresh({
      keys: { ...one.client.keys, globalUnicast: one.newKeys['global-unicast-encryption-key'] },
    });
    expect((await loadPendingKeys(half, one))!.kept).toBe(false);
    const whole = half.fresh({
      keys: { ...half.keys, globalBroadcast: one.newKeys['global-broadcast-encryption-key'] },
    });
    expect(await loadPendingKeys(whole, one)).toEqual({ keys: {}, kept: true });
    // An authentication key has no name, so nobody can tell.
    const two = await waiting(['global-unicast-encryption-key', 'authentication-key']);
    const both = two.client.fresh({
      keys: {
        ...two.client.keys,
        globalUnicast: two.newKeys['global-unicast-encryption-key'],
        authentication: two.newKeys['authentication-key'],
      },
    });
    expect((await loadPendingKeys(both, two))!.kept).toBe(false);
    // The master key itself was changed.
    const three = await waiting(['master-key', 'authentication-key']);
    const master = three.client.fresh({ keys: { ...three.client.keys, master: three.newKeys['master-key'] } });
    expect(await loadPendingKeys(master, three)).toEqual({ keys: {}, kept: true });
    // An agreement was begun, and nobody knows how far it came.
    const none = await waiting([]);
    expect(await loadPendingKeys(none.client, none)).toEqual({ keys: {}, kept: false });
  });
  it('that are damaged are named, never taken for none', async () => {
    const { client, pending } = await waiting(['global-unicast-encryption-key']);
    const name = nameOf(pending);
    const good = JSON.parse(pending.get(name)!);
    const key = 'global-unicast-encryption-key';
    const wrapped: string = good.keys[key].wrapped;
    const flipped = wrapped.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
    for (const bad of [
      '',
      '{',
      'null',
      '7',
      JSON.stringify({ ...good, format: 'dlms-cosem pending keys 2' }),
      JSON.stringify({ ...good, under: undefined }),
      JSON.stringify({ ...good, keys: null }),
      JSON.stringify({ ...good, keys: 'none' }),
      JSON.stringify({ ...good, keys: undefined }),
      JSON.stringify({ ...good, keys: { [key]: null } }),
      JSON.stringify({ ...good, keys: { [key]: { wrapped: '' } } }),
      JSON.stringify({ ...good, keys: { [key]: { wrapped: wrapped.slice(1) } } }),
      JSON.stringify({ ...good, keys: { [key]: { wrapped: `x${wrapped}` } } }),
      JSON.stringify({ ...good, keys: { [key]: { wrapped: `${wrapped}\n` } } }),
      JSON.stringify({ ...good, keys: { [key]: { wrapped: flipped } } }),
    ]) {
      pending.update([name], () => ({ result: undefined, set: new Map([[name, bad]]) }));
      expect(await failure(() => loadPendingKeys(client, { pending })), bad).toMatchObject({
        code: 'security/counter-store',
      });
    }
  });
});
