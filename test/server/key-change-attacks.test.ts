import { describe, expect, it } from 'vitest';
import { Client } from '../../src/client/index.js';
import { SecuritySetupV0 } from '../../src/cosem/classes/security-setup.js';
import { SecurityContext } from '../../src/security/context.js';
import { InvocationCounters } from '../../src/security/counters.js';
import { importKeys, type SecurityKeys } from '../../src/security/keys.js';
import { SecurityState, securitySetupObject } from '../../src/server/index.js';
import { VolatileStore } from '../../src/store/store.js';
import { testKeys } from '../../src/testing/simulated-meter.js';
import { clientTitle, DirectChannel, failureOf, meterWith, octets, provider, serverTitle } from './support.js';

const setup = '0-0:43.0.0*255';
const key = (salt: number): Uint8Array => octets(16, salt);

/** A meter whose keys can be changed, what it has on its disk, and a disk that the test can hold back. */
async function scene() {
  const counters = new InvocationCounters(new VolatileStore());
  const stored: SecurityKeys[] = [];
  const policies: unknown[] = [];
  /** Writes that wait, in the order they came. */
  const waiting: (() => void)[] = [];
  let held = false;
  const disk = <T>(to: T[], value: T): Promise<void> | void => {
    if (!held) return void to.push(value);
    return new Promise((done) => {
      waiting.push(() => {
        to.push(value);
        done();
      });
    });
  };
  const state = new SecurityState({
    provider,
    suite: 0,
    systemTitle: serverTitle,
    keys: await importKeys(provider, 0, testKeys),
    counters,
    request: { authenticated: true },
    response: { authenticated: true },
    persistKeys: (keys) => disk(stored, keys),
    persistPolicy: (request, response) => disk(policies, { request, response }),
  });
  const meter = await meterWith({ mechanism: 'hls-gmac', ciphering: 'required', security: state.context });
  meter.device.objects.add(securitySetupObject(state, { version: 0 }));
  const channel = new DirectChannel(meter.handler);
  const security = new SecurityContext({
    provider,
    suite: 0,
    systemTitle: clientTitle,
    keys: await importKeys(provider, 0, testKeys),
    counters: new InvocationCounters(new VolatileStore()),
    policy: { send: { authenticated: true }, receive: { authenticated: true } },
  });
  const client = new Client(channel, { authentication: { mechanism: 'hls-gmac' }, security, recoverCounter: false });
  await client.connect();
  return {
    state,
    stored,
    policies,
    counters,
    client,
    security,
    meter,
    hold: () => {
      held = true;
    },
    /** Writes go through one at a time, the newest that waits first: a disk need not keep the order. */
    release: async () => {
      for (let idle = 0; idle < 5; idle++) {
        await new Promise((done) => setImmediate(done));
        const write = waiting.pop();
        if (write === undefined) continue;
        idle = 0;
        write();
      }
    },
    async transfer(octets: Uint8Array): Promise<void> {
      const keyWrapped = await provider.wrap(
        security.keys.master!,
        await provider.importKey('AES-128', octets, { wrappable: true }),
      );
      await client.action(SecuritySetupV0, setup, 'globalKeyTransfer', [
        { keyId: 'global-unicast-encryption-key', keyWrapped },
      ]);
    },
  };
}
const fresh = (salt: number): ReturnType<typeof provider.importKey> => provider.importKey('AES-128', key(salt));

describe('a key that is stored is the key in use', () => {
  it('an attacker who makes the response fail does not keep the old key alive: what is stored is in use without a restart', async () => {
    const { state, stored, counters, transfer } = await scene();
    const next = counters.next.bind(counters);
    // The sequence is used up, or the disk is full, at the moment when the response is protected.
    counters.next = () => {
      counters.next = next;
      throw new Error('no counter for this response');
    };
    const old = state.context().keys.globalUnicast!.fingerprint;
    await failureOf(() => transfer(key(77)));
    expect(stored).toHaveLength(1);
    const inUse = state.context().keys.globalUnicast!.fingerprint;
    expect([inUse, inUse === old]).toEqual([stored[0]!.globalUnicast!.fingerprint, false]);
  });
  it('two clients that change different keys at the same time: neither old key comes back with a restart', async () => {
    const { state, stored, hold, release } = await scene();
    hold();
    const changes = [
      state.changeKeys({ globalUnicast: await fresh(1) }),
      state.changeKeys({ globalBroadcast: await fresh(2) }),
    ];
    await release();
    for (const use of await Promise.all(changes)) use();
    const { keys } = state.context();
    const last = stored.at(-1)!;
    expect([last.globalUnicast, last.globalBroadcast]).toEqual([keys.globalUnicast, keys.globalBroadcast]);
    expect([last.globalUnicast!.fingerprint, last.globalBroadcast!.fingerprint]).toEqual([
      (await fresh(1)).fingerprint,
      (await fresh(2)).fingerprint,
    ]);
  });
  it('two clients that change the same key, the first of which gets its response last: the meter has the key that it stored', async () => {
    const { state, stored } = await scene();
    const [first, second] = [await fresh(1), await fresh(2)];
    const useFirst = await state.changeKeys({ globalUnicast: first });
    const useSecond = await state.changeKeys({ globalUnicast: second });
    useSecond();
    useFirst();
    expect(stored.at(-1)!.globalUnicast).toBe(second);
    expect(state.context().keys.globalUnicast).toBe(second);
    expect(await failureOf(async () => provider.encryptBlock(first, new Uint8Array(16)))).toContain('destroyed');
    expect(await failureOf(async () => provider.encryptBlock(second, new Uint8Array(16)))).toBe('no error');
  });
});

describe('a policy only becomes stronger', () => {
  const authenticated = { authenticated: true };
  const both = { authenticated: true, encrypted: true };
  it('a client that asks for a weaker one, and has its response held back, does not undo a stronger one', async () => {
    const { state, policies } = await scene();
    const weaker = await state.changePolicy(authenticated, authenticated);
    (await state.changePolicy(both, both))();
    weaker();
    expect([state.request, state.response]).toMatchObject([both, both]);
    expect(policies.at(-1)).toMatchObject({ request: both, response: both });
  });
  it('nor on the disk, whichever write comes last', async () => {
    const { state, policies, hold, release } = await scene();
    hold();
    const changes = [state.changePolicy(both, both), state.changePolicy(authenticated, authenticated)];
    await release();
    for (const use of await Promise.all(changes)) use();
    expect(policies.at(-1)).toMatchObject({ request: both, response: both });
    expect([state.request, state.response]).toMatchObject([both, both]);
  });
});
