import { expect, it } from 'vitest';
import { SecuritySetup } from '../../src/cosem/classes/security-setup.js';
import { InvocationCounters } from '../../src/security/counters.js';
import { importKeys } from '../../src/security/keys.js';
import { ObjectStore, SecurityState, securitySetupObject } from '../../src/server/index.js';
import { VolatileStore } from '../../src/store/store.js';
import { testKeysOf } from '../../src/testing/simulated-meter.js';
import { connected, failureOf, meterWith, provider, serverTitle } from './support.js';

it('changes no security for a client without keys, even where every method is allowed', async () => {
  let stored = 0;
  const state = new SecurityState({
    provider,
    suite: 1,
    systemTitle: serverTitle,
    keys: await importKeys(provider, 1, testKeysOf(1)),
    counters: new InvocationCounters(new VolatileStore()),
    request: {},
    response: {},
    withoutReplayProtection: true,
    persistPolicy: () => {
      stored++;
    },
    persistKeys: () => {
      stored++;
    },
  });
  const meter = await meterWith({}, { objects: new ObjectStore().add(securitySetupObject(state)) });
  const { client } = await connected(meter);
  const setup = '0-0:43.0.0*255';
  for (const call of [
    () => client.action(SecuritySetup, setup, 'securityActivate', ['authenticated-request']),
    () => client.action(SecuritySetup, setup, 'generateKeyPair', 'digital-signature-key-pair'),
    () => client.action(SecuritySetup, setup, 'importCertificate', new Uint8Array(40)),
    () =>
      client.action(SecuritySetup, setup, 'keyTransfer', [
        { keyId: 'global-unicast-encryption-key', keyWrapped: new Uint8Array(24) },
      ]),
  ])
    expect(await failureOf(call)).toContain('read-write-denied');
  expect(stored).toBe(0);
  expect(state.request).toEqual({});
  expect(state.pair('digital-signature')).toBeUndefined();
});
