import { describe, expect, it } from 'vitest';
import { Client } from '../../src/client/index.js';
import type { CryptoProvider, KeyHandle } from '../../src/security/providers/provider.js';
import { simulatedClients, simulatedMeter } from '../../src/testing/index.js';
import { bench, now, works } from './security-bench.js';
import { DirectChannel, failureOf, provider, serverTitle } from './support.js';

const route = { clientSap: simulatedClients.management, serverSap: 1 };
/** A meter whose keys are seen as they are imported, and a client that proposes dedicated keys. */
async function dedicated(through?: ConstructorParameters<typeof DirectChannel>[1]) {
  const imported: KeyHandle[] = [];
  const watched: CryptoProvider = {
    ...provider,
    importKey: async (...args) => {
      const key = await provider.importKey(...args);
      imported.push(key);
      return key;
    },
  };
  const meter = await simulatedMeter({ provider: watched, now: () => now, profileRows: 4, systemTitle: serverTitle });
  imported.length = 0;
  const { security } = await bench(0);
  const handler = meter.connection();
  const client = (): Client =>
    new Client(new DirectChannel(handler, through, route), {
      authentication: { mechanism: 'hls-gmac' },
      security,
      dedicatedKey: true,
      recoverCounter: false,
    });
  return { meter, security, imported, handler, client };
}
const usable = async (key: KeyHandle): Promise<boolean> =>
  !(await failureOf(async () => provider.encryptBlock(key, new Uint8Array(16)))).includes('destroyed');

describe('a dedicated key is destroyed on both sides', () => {
  it('when the association is released', async () => {
    const { security, imported, client } = await dedicated();
    const one = client();
    await one.connect();
    await works(one);
    const own = security.keys.dedicated as KeyHandle;
    expect([imported.length, await usable(own), await usable(imported[0] as KeyHandle)]).toEqual([1, true, true]);
    await one.close();
    expect([await usable(own), await usable(imported[0] as KeyHandle), security.keys.dedicated, security.form]).toEqual(
      [false, false, undefined, 'glo'],
    );
    // The context serves the next association, with or without a dedicated key.
    const next = client();
    await next.connect();
    await works(next);
    expect(security.keys.dedicated).not.toBe(own);
    await next.close();
  });
  it('when the connection ends, and when another association takes its place', async () => {
    const { imported, client, handler } = await dedicated();
    const first = client();
    await first.connect();
    const second = client();
    await second.connect();
    await works(second);
    expect(await Promise.all(imported.map(usable))).toEqual([false, true]);
    handler.released?.(undefined);
    expect(await Promise.all(imported.map(usable))).toEqual([false, false]);
  });
  it('when the association fails to open', async () => {
    const { security, client } = await dedicated((answers) =>
      answers.map((a) => (a[0] === 0x61 ? a : Uint8Array.of(0xd8, 1, 2))),
    );
    let own: KeyHandle | undefined;
    const take = security.takeDedicatedKey.bind(security);
    security.takeDedicatedKey = async (octets) => {
      await take(octets);
      own = security.keys.dedicated;
    };
    expect(await failureOf(() => client().connect())).not.toBe('no error');
    expect([own === undefined ? undefined : await usable(own), security.keys.dedicated]).toEqual([false, undefined]);
  });
  it('when it is replaced; a fresh context does not have it', async () => {
    const { security } = await dedicated();
    await security.newDedicatedKey();
    const first = security.keys.dedicated as KeyHandle;
    await security.newDedicatedKey();
    expect(await usable(first)).toBe(false);
    expect(security.fresh().keys.dedicated).toBeUndefined();
    expect(await usable(security.keys.dedicated as KeyHandle)).toBe(true);
    security.endDedicatedKey();
    security.endDedicatedKey();
    expect(security.keys.dedicated).toBeUndefined();
    expect(security.keys.globalUnicast).toBeDefined();
  });
});
