import { describe, expect, it } from 'vitest';
import type { SecurityContext } from '../../src/security/context.js';
import { ephemeralComplete, ephemeralOffer } from '../../src/security/key-agreement.js';
import {
  type KeyChange,
  type KeyChangeOutcome,
  type KeyChangeStep,
  prepareAgreedKeyChange,
  prepareKeyChange,
} from '../../src/security/key-transfer.js';
import {
  generateTransferableKey,
  type NewKeys,
  transferableKey,
  unwrapKeys,
  wrapKeys,
} from '../../src/security/key-wrap.js';
import { importKeys } from '../../src/security/keys.js';
import { strictPolicy } from '../../src/security/policy.js';
import { protect } from '../../src/security/protect.js';
import { nodeProvider } from '../../src/security/providers/node-provider.js';
import type { KeyHandle } from '../../src/security/providers/provider.js';
import { unprotect } from '../../src/security/unprotect.js';
import { failure, laterOutcome } from '../support/outcome.js';
import { clientTitle, countersFrom, hex, pairOf, serverTitle, testKeys } from './support.js';
import { providersWithToken } from './token.js';

const providers = await providersWithToken();

const getRequest = hex('C001C100080000010000FF0200');
const getResponse = hex('C401C100090C07EA0B150603183600000000');

/** A meter that takes key transfers, and may answer otherwise than it acts. */
class Meter {
  context: SecurityContext;
  readonly answer: KeyChangeOutcome;
  readonly switches: boolean;
  constructor(context: SecurityContext, answer: KeyChangeOutcome, switches: boolean) {
    this.context = context;
    this.answer = answer;
    this.switches = switches;
  }
  async transfer(data: Parameters<typeof unwrapKeys>[1]): Promise<KeyChangeOutcome> {
    if (!this.switches) return this.answer;
    this.context = this.context.fresh({ keys: { ...this.context.keys, ...(await unwrapKeys(this.context, data)) } });
    return this.answer;
  }
  async probe(asked: SecurityContext): Promise<KeyChangeOutcome> {
    try {
      await unprotect(await protect(getRequest, asked), this.context);
    } catch {
      return 'unknown';
    }
    await unprotect(await protect(getResponse, this.context), asked);
    return 'ok';
  }
}
async function drive(change: KeyChange, meter: Meter, resume = false): Promise<{ result: string; steps: string[] }> {
  const conversation = resume ? change.resume() : change.run();
  const steps: string[] = [];
  let next = conversation.next();
  while (next.done !== true) {
    const step: KeyChangeStep = next.value;
    steps.push(step.type === 'transfer' ? 'transfer' : step.keys);
    next = conversation.next(
      step.type === 'transfer' ? await meter.transfer(step.keys) : await meter.probe(step.context),
    );
  }
  return { result: next.value, steps };
}
async function newKeysOf(context: SecurityContext, names: readonly (keyof NewKeys)[]): Promise<NewKeys> {
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await generateTransferableKey(context, name)])),
  );
}

describe.each(providers.map((p) => [p.name, p] as const))('a change of keys with %s', (_, provider) => {
  const both = ['global-unicast-encryption-key', 'authentication-key'] as const;
  it.each([
    ['ok', true, 'new', ['transfer', 'new']],
    ['ok', false, 'old', ['transfer', 'new', 'old']],
    ['refused', false, 'old', ['transfer', 'old']],
    ['refused', true, 'new', ['transfer', 'old', 'new']],
    ['unknown', true, 'new', ['transfer', 'new']],
    ['unknown', false, 'old', ['transfer', 'new', 'old']],
  ] as const)('survives a meter that answers %s and switched: %s', async (answer, switches, expected, steps) => {
    for (const [suite, names] of [
      [0, both],
      [2, ['authentication-key']],
      [0, ['master-key', 'global-unicast-encryption-key', 'global-broadcast-encryption-key']],
    ] as const) {
      const { client, server } = await pairOf(provider, suite);
      const meter = new Meter(server, answer, switches);
      for (let i = 0; i < 5; i++) expect(await meter.probe(client)).toBe('ok');
      const newKeys = await newKeysOf(client, names);
      const change = await prepareKeyChange(client, newKeys);
      expect(await drive(change, meter)).toEqual({ result: expected, steps });
      await change.settle(expected);
      expect(await meter.probe(client)).toBe('ok');
      const kek = await provider.generateKey('AES-128', { use: 'wrapping' });
      for (const [name, key] of Object.entries(newKeys)) {
        const use = async (): Promise<unknown> => provider.wrap(kek, key);
        const usable = await use().then(
          () => true,
          () => false,
        );
        expect(usable).toBe(expected === 'new' || name === 'global-broadcast-encryption-key');
      }
    }
  });
  it('stays undecided while nothing is proven, and is resumed', async () => {
    const { client, server } = await pairOf(provider, 0);
    const meter = new Meter(server, 'unknown', true);
    const newKeys = await newKeysOf(client, both);
    const change = await prepareKeyChange(client, newKeys);
    const silent = Object.assign(Object.create(meter), { probe: async () => 'unknown' });
    expect((await drive(change, silent)).result).toBe('undecided');
    meter.context = silent.context;
    expect(await drive(change, meter, true)).toEqual({ result: 'new', steps: ['new'] });
  });
});

describe('counters at a change of keys', () => {
  it('begin anew with a new key, and go on when the old one returns', async () => {
    const { client } = await pairOf(nodeProvider, 0, { counters: countersFrom(1) });
    const old = await importKeys(nodeProvider, 0, testKeys[0]);
    const send = (): number => Buffer.from(protect(getRequest, client) as Uint8Array).readUInt32BE(3);
    for (let i = 0; i < 7; i++) send();
    (await prepareKeyChange(client, await newKeysOf(client, ['global-unicast-encryption-key']))).settle('new');
    expect([send(), send()]).toEqual([1, 2]);
    (await prepareKeyChange(client, { 'global-unicast-encryption-key': old.globalUnicast! })).settle('new');
    expect(send()).toBe(8);
  });
  it('of the broadcast key begin anew with it too', async () => {
    const { client } = await pairOf(nodeProvider, 0, { counters: countersFrom(1) });
    const send = (): number =>
      Buffer.from(protect(getRequest, client, { broadcast: true }) as Uint8Array).readUInt32BE(3);
    expect([send(), send()]).toEqual([1, 2]);
    (await prepareKeyChange(client, await newKeysOf(client, ['global-broadcast-encryption-key']))).settle('new');
    expect(send()).toBe(1);
  });
  it('and the dedicated key of the association stay behind: the candidate has none', async () => {
    const { client } = await pairOf(nodeProvider, 0);
    await client.newDedicatedKey();
    const change = await prepareKeyChange(client, await newKeysOf(client, ['global-unicast-encryption-key']));
    expect(change.candidate.keys.dedicated).toBeUndefined();
    expect(await failure(() => protect(getRequest, change.candidate, { form: 'ded' }))).toMatchObject({
      code: 'security/missing-key',
    });
  });
  it.each(['new', 'old'] as const)('the handles that %s leaves over are destroyed, and no others', async (result) => {
    const { client } = await pairOf(nodeProvider, 0);
    const before = client.keys;
    const newKeys = await newKeysOf(client, [
      'global-unicast-encryption-key',
      'master-key',
      'global-broadcast-encryption-key',
    ]);
    (await prepareKeyChange(client, newKeys)).settle(result);
    const dead = async (key: KeyHandle | undefined): Promise<boolean> =>
      (await laterOutcome(() => nodeProvider.digest('SHA-256', [key!]))) === 'security/invalid-key';
    const [kept, gone] = result === 'new' ? [newKeys, before] : [before, newKeys];
    const pick = (keys: any): (KeyHandle | undefined)[] => [
      keys.globalUnicast ?? keys['global-unicast-encryption-key'],
      keys.master ?? keys['master-key'],
    ];
    expect(await Promise.all(pick(kept).map(dead))).toEqual([false, false]);
    expect(await Promise.all(pick(gone).map(dead))).toEqual([true, true]);
    // The other meters of the group have, or get, the same broadcast keys.
    for (const key of [before.globalBroadcast, newKeys['global-broadcast-encryption-key']])
      expect(await dead(key)).toBe(false);
  });
  it('are not changed where any answer would prove them', async () => {
    const policy = { ...strictPolicy, receive: { encrypted: true }, withoutReplayProtection: true };
    const { client } = await pairOf(nodeProvider, 0, { policy });
    const newKeys = await newKeysOf(client, ['global-unicast-encryption-key']);
    expect((await failure(() => prepareKeyChange(client, newKeys))).code).toBe('configuration/invalid');
  });
  it('are not used twice under the new key when the candidate has sent already', async () => {
    const { client } = await pairOf(nodeProvider, 0);
    const change = await prepareKeyChange(client, await newKeysOf(client, ['global-unicast-encryption-key']));
    const ofCandidate = [1, 2, 3].map(() =>
      Buffer.from(protect(getRequest, change.candidate) as Uint8Array).readUInt32BE(3),
    );
    await change.settle('new');
    const after = Buffer.from(protect(getRequest, client) as Uint8Array).readUInt32BE(3);
    expect(after).toBeGreaterThan(Math.max(...ofCandidate));
  });
  it('let the meter begin with 0 again, and still refuse what was seen under the new key', async () => {
    const { client, server } = await pairOf(nodeProvider, 0);
    for (let i = 0; i < 9; i++) await unprotect(await protect(getResponse, server), client);
    const meter = new Meter(server, 'ok', true);
    const change = await prepareKeyChange(client, await newKeysOf(client, ['global-unicast-encryption-key']));
    await drive(change, meter);
    const seen = await protect(getResponse, meter.context);
    await unprotect(seen, change.candidate);
    await change.settle('new');
    expect(await failure(() => unprotect(seen, client))).toMatchObject({ code: 'security/replay' });
    expect((await unprotect(await protect(getResponse, meter.context), client)).authenticated).toBe(true);
  });
  it('follow keys that were agreed instead of wrapped', async () => {
    const { client, server } = await pairOf(nodeProvider, 1);
    const [a, b] = await Promise.all(
      [client, server].map((c) => ephemeralOffer(c.provider, c.suite, c.keys.signing!, 0)),
    );
    const ours = await ephemeralComplete(
      nodeProvider,
      client.suite,
      a!,
      client.keys.peerSigning!,
      b!.data,
      clientTitle,
      serverTitle,
    );
    const theirs = await ephemeralComplete(
      nodeProvider,
      server.suite,
      b!,
      server.keys.peerSigning!,
      a!.data,
      clientTitle,
      serverTitle,
    );
    const change = prepareAgreedKeyChange(client, { 'global-unicast-encryption-key': ours });
    const meter = new Meter(server.fresh({ keys: { ...server.keys, globalUnicast: theirs } }), 'ok', false);
    expect(await drive(change, meter)).toEqual({ result: 'new', steps: ['transfer', 'new'] });
  });
});

describe('key transfer on the meter', () => {
  it('takes all keys or none', async () => {
    const { client, server } = await pairOf(nodeProvider, 0);
    const wrapped = await wrapKeys(
      client,
      await newKeysOf(client, ['global-unicast-encryption-key', 'authentication-key']),
    );
    expect(wrapped.map((w) => [w.keyId, w.keyWrapped.length])).toEqual([
      [0, 24],
      [2, 24],
    ]);
    expect(Object.keys(await unwrapKeys(server, wrapped))).toEqual(['globalUnicast', 'authentication']);
    const changed = wrapped[1]!.keyWrapped.slice();
    changed[20]! ^= 1;
    const failed = { code: 'security/authentication-failed' };
    expect(
      await failure(async () => unwrapKeys(server, [wrapped[0]!, { keyId: 2, keyWrapped: changed }])),
    ).toMatchObject(failed);
    expect(
      await failure(async () => unwrapKeys(server, [wrapped[0]!, { keyId: 7, keyWrapped: changed }])),
    ).toMatchObject({ code: 'security/unsupported' });
    expect(await failure(async () => unwrapKeys(server, [wrapped[0]!, wrapped[0]!]))).toMatchObject({
      code: 'security/invalid-key',
    });
    expect(await failure(async () => unwrapKeys(server.fresh({ keys: {} }), wrapped))).toMatchObject({
      code: 'security/missing-key',
    });
    expect(transferableKey(3)).toBe('master-key');
  });
  it('refuses wrapped keys of another length, padded ones too', async () => {
    const { server } = await pairOf(nodeProvider, 0);
    const kek = await nodeProvider.importKey('AES-128', testKeys[0].master as Uint8Array, {
      use: 'wrapping',
    });
    for (const n of [24, 32]) {
      const keyWrapped = await nodeProvider.wrap(kek, await nodeProvider.importKey('secret', new Uint8Array(n)));
      expect(await failure(async () => unwrapKeys(server, [{ keyId: 0, keyWrapped }]))).toMatchObject({
        code: 'security/authentication-failed',
      });
      expect(await failure(async () => unwrapKeys(server, [{ keyId: 2, keyWrapped }]))).toMatchObject({
        code: 'security/authentication-failed',
      });
    }
  });
});
