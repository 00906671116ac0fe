import { describe, expect, it } from 'vitest';
import { SecurityContext } from '../../src/security/context.js';
import { InvocationCounters } from '../../src/security/counters.js';
import { importKeys } from '../../src/security/keys.js';
import { protect } from '../../src/security/protect.js';
import type { KeyHandle } from '../../src/security/providers/provider.js';
import { unprotect } from '../../src/security/unprotect.js';
import { SecurityState } from '../../src/server/index.js';
import { VolatileStore } from '../../src/store/store.js';
import { failure } from '../support/outcome.js';
import { clientTitle, hex, pairOf, providers, serverTitle, testKeys } from './support.js';

const octets = (key: unknown): Uint8Array => (key as Uint8Array).slice();
const { globalUnicast, globalBroadcast } = testKeys[0];
const disconnect = hex('C30181004600006003 0AFF0100'.replaceAll(' ', ''));
const refused = (reason: string): object => ({
  code: 'security/invalid-key',
  context: { reason: expect.stringContaining(reason) },
});

describe.each(providers.map((provider) => [provider.name, provider] as const))(
  'one key under two names (%s)',
  (_, provider) => {
    const options = { provider, suite: 0, systemTitle: serverTitle, peerSystemTitle: clientTitle };
    const counters = (): InvocationCounters => new InvocationCounters(new VolatileStore());

    it('everybody in the group would have the unicast key: a broadcast key that is equal to it is refused wherever it comes from', async () => {
      const same = 'the global-broadcast-encryption-key is the same as the global-unicast-encryption-key';
      const keys = await importKeys(provider, 0, testKeys[0]);
      const again = await provider.importKey('AES-128', octets(globalUnicast));
      expect(
        await failure(
          async () =>
            new SecurityContext({ ...options, counters: counters(), keys: { ...keys, globalBroadcast: again } }),
        ),
      ).toMatchObject(refused(same));
      const context = new SecurityContext({ ...options, counters: counters(), keys });
      expect(await failure(async () => context.setKeys({ globalBroadcast: again }))).toMatchObject(refused(same));
      expect(context.keys.globalBroadcast).toBe(keys.globalBroadcast);
      expect(await failure(async () => context.fresh({ keys: { ...keys, globalBroadcast: again } }))).toMatchObject(
        refused(same),
      );
    });
    it('nor is it taken in a transfer of keys: nothing is stored then, and the keys stay', async () => {
      const stored: unknown[] = [];
      const keys = await importKeys(provider, 0, testKeys[0]);
      const state = new SecurityState({
        ...options,
        counters: counters(),
        keys,
        persistKeys: (k) => void stored.push(k),
      });
      const [a, b] = [
        await provider.importKey('AES-128', octets(globalBroadcast)),
        await provider.importKey('AES-128', octets(globalUnicast)),
      ];
      expect(await failure(() => state.changeKeys({ globalUnicast: a }))).toMatchObject(refused('is the same as'));
      expect(await failure(() => state.changeKeys({ globalBroadcast: b }))).toMatchObject(refused('is the same as'));
      expect([stored, state.context().keys]).toEqual([[], keys]);
    });
    it.each([
      ['global-unicast-encryption-key', globalUnicast],
      ['global-broadcast-encryption-key', globalBroadcast],
    ] as const)(
      'a recorded disconnect does not come back with another tag under a dedicated key that is the %s',
      async (name, key) => {
        const { client, server } = await pairOf(provider, 0);
        const recorded = await protect(disconnect, client, { form: 'glo' });
        await unprotect(recorded, server);
        expect(await failure(() => server.takeDedicatedKey(octets(key)))).toMatchObject(
          refused(`the dedicated-key is the same as the ${name}`),
        );
        const retagged = recorded.slice();
        // glo-action-request as ded-action-request: the tag in front is not authenticated.
        retagged[0] = 0xd3;
        expect(await failure(() => unprotect(retagged, server))).toMatchObject({ code: 'security/missing-key' });
      },
    );
    it('nor under a dedicated key that was the global key when it was recorded', async () => {
      const { client, server } = await pairOf(provider, 0);
      const recorded = await protect(disconnect, client, { form: 'glo' });
      await unprotect(recorded, server);
      server.setKeys({ globalUnicast: await provider.importKey('AES-128', new Uint8Array(16).fill(9)) });
      expect(await failure(() => server.takeDedicatedKey(octets(globalUnicast)))).toMatchObject(
        refused('was a global key'),
      );
      const retagged = recorded.slice();
      retagged[0] = 0xd3;
      expect(await failure(() => unprotect(retagged, server))).toMatchObject({ code: 'security/missing-key' });
    });
    it('a dedicated key that a new global key is equal to ends with it', async () => {
      const { server } = await pairOf(provider, 0);
      const key = new Uint8Array(16).fill(9);
      await server.takeDedicatedKey(key.slice());
      const dedicated = server.keys.dedicated as KeyHandle;
      expect(dedicated.algorithm).toBe('AES-128');
      server.setKeys({ globalUnicast: await provider.importKey('AES-128', key.slice()) });
      expect(server.keys.dedicated).toBeUndefined();
      expect(await failure(() => provider.ctr(dedicated, new Uint8Array(12), key))).toMatchObject({
        code: 'security/invalid-key',
      });
    });
  },
);
