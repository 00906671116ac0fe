import { describe, expect, it } from 'vitest';
import { Client } from '../../src/client/index.js';
import { SecuritySetupV0 } from '../../src/cosem/classes/security-setup.js';
import { SecurityContext } from '../../src/security/context.js';
import { InvocationCounters } from '../../src/security/counters.js';
import { importKeys } from '../../src/security/keys.js';
import type { KeyHandle } from '../../src/security/providers/provider.js';
import { SecurityState, securitySetupObject } from '../../src/server/index.js';
import { VolatileStore } from '../../src/store/store.js';
import { testKeys } from '../../src/testing/simulated-meter.js';
import { LateStore } from '../store/support.js';
import {
  clientTitle,
  DirectChannel,
  Echo,
  echoName,
  meterWith,
  octets,
  provider,
  route,
  serverTitle,
} from './support.js';

const setup = '0-0:43.0.0*255';
const keyA = Uint8Array.from({ length: 16 }, (_, i) => i);
const keyB = octets(16, 55);

/** A meter whose keys can be changed, a client inside, and an attacker who hears everything and may send it again at any time. */
async function scene(store: VolatileStore | LateStore) {
  const keys = await importKeys(provider, 0, { ...testKeys, globalUnicast: keyA });
  const state = new SecurityState({
    provider,
    suite: 0,
    systemTitle: serverTitle,
    keys,
    counters: new InvocationCounters(store),
  });
  const meter = await meterWith({ mechanism: 'hls-gmac', ciphering: 'required', security: state.context });
  meter.device.objects.add(securitySetupObject(state, { version: 0 }));
  const channel = new DirectChannel(meter.handler);
  const security = new SecurityContext({
    provider,
    suite: 0,
    systemTitle: clientTitle,
    keys: await importKeys(provider, 0, { ...testKeys, globalUnicast: keyA }),
    counters: new InvocationCounters(new VolatileStore()),
  });
  const client = new Client(channel, { authentication: { mechanism: 'hls-gmac' }, security });
  await client.connect();
  const wrappable = async (key: Uint8Array): Promise<KeyHandle> =>
    provider.importKey('AES-128', key, { wrappable: true });
  return {
    meter,
    /** The octets of the command that was carried out. */
    async command(): Promise<Uint8Array> {
      await client.action(Echo, echoName, 'take', octets(4, 9));
      return channel.sent.at(-1) as Uint8Array;
    },
    async transfer(key: Uint8Array): Promise<Uint8Array> {
      const keyWrapped = await provider.wrap(security.keys.master!, await wrappable(key));
      await client.action(SecuritySetupV0, setup, 'globalKeyTransfer', [
        { keyId: 'global-unicast-encryption-key', keyWrapped },
      ]);
      const sent = channel.sent.at(-1) as Uint8Array;
      security.setKeys({ globalUnicast: await wrappable(key) });
      return sent;
    },
    replay: async (apdu: Uint8Array): Promise<number | undefined> => (await meter.handler.handle(apdu, route))[0]?.[0],
  };
}
const exception = 0xd8;

describe.each([
  ['that answers at once', () => new VolatileStore()],
  ['that answers late', () => new LateStore()],
] as const)('a transfer of keys to a meter with a store %s', (_, store) => {
  it('a recorded disconnect does not work again when the same key is transferred, nor does the recorded transfer', async () => {
    const { meter, command, transfer, replay } = await scene(store());
    const disconnect = await command();
    const keyTransfer = await transfer(keyA);
    expect(meter.calls).toHaveLength(1);
    for (let i = 0; i < 5; i++)
      for (const apdu of [disconnect, keyTransfer]) expect(await replay(apdu)).toBe(exception);
    expect(meter.calls).toHaveLength(1);
    await command();
    expect(meter.calls).toHaveLength(2);
  });
  it('nor when another key was there meanwhile: A, B, A', async () => {
    const { meter, command, transfer, replay } = await scene(store());
    const recorded = [await command(), await transfer(keyB), await command(), await transfer(keyA), await command()];
    expect(meter.calls).toHaveLength(3);
    for (let i = 0; i < 3; i++) for (const apdu of recorded) expect(await replay(apdu)).toBe(exception);
    recorded.push(await transfer(keyB));
    for (const apdu of recorded) expect(await replay(apdu)).toBe(exception);
    expect(meter.calls).toHaveLength(3);
    await command();
    expect(meter.calls).toHaveLength(4);
  });
  it('nor while the key changes: an attacker floods the meter with the recording', async () => {
    const { meter, command, transfer, replay } = await scene(store());
    const disconnect = await command();
    let over = false;
    const flood = (async () => {
      for (let n = 0; !over || n < 10; n++) {
        expect(await replay(disconnect)).toBe(exception);
        await new Promise((done) => setImmediate(done));
      }
    })();
    for (const key of [keyA, keyB, keyA, keyB]) await transfer(key);
    over = true;
    await flood;
    expect(meter.calls).toHaveLength(1);
  });
  it('the keys that were replaced are dead, and the new ones live', async () => {
    const { command, transfer } = await scene(store());
    const destroyed: string[] = [];
    const old = await provider.importKey('AES-128', keyA);
    const state = new SecurityState({
      provider,
      suite: 0,
      systemTitle: serverTitle,
      keys: { globalUnicast: { ...handleOf(old), destroy: () => destroyed.push('old') } },
      counters: new InvocationCounters(store()),
    });
    const next = await provider.importKey('AES-128', keyB);
    const use = await state.changeKeys({ globalUnicast: next });
    expect(destroyed).toEqual([]);
    use();
    expect(destroyed).toEqual(['old']);
    expect((await state.context()).keys.globalUnicast).toBe(next);
    await transfer(keyB);
    await command();
  });
});
const handleOf = (key: KeyHandle): KeyHandle =>
  ({
    algorithm: key.algorithm,
    length: key.length,
    fingerprint: key.fingerprint,
    toJSON: () => '',
    toString: () => '',
  }) as unknown as KeyHandle;
