import { describe, expect, it } from 'vitest';
import type { SecurityContext } from '../../src/security/context.js';
import { InvocationCounters } from '../../src/security/counters.js';
import type { SecurityPolicy } from '../../src/security/policy.js';
import { type ProtectForm, type ProtectOptions, protect } from '../../src/security/protect.js';
import { nodeProvider } from '../../src/security/providers/node-provider.js';
import { unprotect } from '../../src/security/unprotect.js';
import { MemoryDisk } from '../store/support.js';
import { failure } from '../support/outcome.js';
import { hex, pairOf } from './support.js';

// In an association that our challenge has proven, a counter need not be on the disk before its message is acted on. Which messages belong to one, and that none
// is taken again after a crash, whether it does or not.

const get = hex('C001C100080000010000FF0200');
const dataNotification = hex('0F0000000100020106FFFFFFFF');
const eventNotification = hex('C20000080000010000FF02090101');
const initiateRequest = hex('01000000065F1F0400001E1DFFFF');
const policy: SecurityPolicy = {
  send: { authenticated: true, encrypted: true },
  receive: { authenticated: true },
};
const ciphering = (key: 'global-unicast' | 'global-broadcast' | 'wrapped' | 'one-pass' | 'static'): ProtectForm => ({
  type: 'general-ciphering',
  key,
});
interface Message {
  readonly apdu?: Uint8Array;
  readonly options: ProtectOptions;
  /** Layers of a message that is protected twice, outside of `options`. */
  readonly around?: ProtectOptions;
}

/** Client and meter, whose counters stand on a disk, and who share a dedicated key. */
async function associated(): Promise<{ disk: MemoryDisk; client: SecurityContext; meter: SecurityContext }> {
  const disk = new MemoryDisk();
  const { client, server: meter } = await pairOf(
    nodeProvider,
    1,
    { policy },
    { policy, broadcast: true, counters: new InvocationCounters(disk.open()) },
  );
  await meter.takeDedicatedKey(await client.newDedicatedKey());
  return { disk, client, meter };
}
async function made(client: SecurityContext, { apdu = get, options, around }: Message): Promise<Uint8Array> {
  const inner = await protect(apdu, client, options);
  return around === undefined ? inner : protect(inner, client, around);
}
/** The client answers the challenge of the meter in this message. */
async function answer(client: SecurityContext, meter: SecurityContext, message: Message): Promise<string> {
  meter.proof = 'expected';
  await unprotect(await made(client, message), meter);
  await meter.proven();
  return meter.proof;
}

const requests: readonly (readonly [string, Message])[] = [
  ['glo', { options: { form: 'glo' } }],
  ['general-glo', { options: { form: 'general-glo' } }],
  ['ded inside general-glo', { options: { form: 'ded' }, around: { form: 'general-glo' } }],
];
const others: readonly (readonly [string, Message])[] = [
  ['a data-notification', { apdu: dataNotification, options: { form: 'general-glo' } }],
  ['an event-notification', { apdu: eventNotification, options: { form: 'glo' } }],
  ['the InitiateRequest of another association', { apdu: initiateRequest, options: {} }],
  ['the broadcast key', { options: { form: 'glo', broadcast: true } }],
  ['the broadcast key in general-ciphering', { options: { form: ciphering('global-broadcast') } }],
  ['a wrapped key', { options: { form: ciphering('wrapped') } }],
  ['an agreed key', { options: { form: ciphering('static') } }],
  [
    'an encrypted layer around',
    { options: { form: 'glo' }, around: { form: 'general-ded', protection: { encrypted: true } } },
  ],
  ['a signature inside', { options: { form: { type: 'general-signing' } }, around: { form: 'general-glo' } }],
];

describe('the counter of a message in a proven association', () => {
  const writesOf = async (message: Message): Promise<{ writes: number; last: Uint8Array; disk: MemoryDisk }> => {
    const { disk, client, meter } = await associated();
    expect(await answer(client, meter, { options: { form: 'glo' } })).toBe('proven');
    let last = await made(client, message);
    await unprotect(last, meter);
    const { writes } = disk;
    for (let i = 0; i < 3; i++) {
      last = await made(client, message);
      await unprotect(last, meter);
    }
    return { writes: disk.writes - writes, last, disk };
  };
  /** A meter that starts again with what was on the disk. */
  const afterCrash = async (disk: MemoryDisk, message: Uint8Array): Promise<unknown> => {
    const { server } = await pairOf(nodeProvider, 1, {
      policy,
      broadcast: true,
      counters: new InvocationCounters(disk.open()),
    });
    return failure(() => unprotect(message, server));
  };
  it.each(requests)('need not be on the disk: %s', async (_, message) => {
    expect((await writesOf(message)).writes).toBe(0);
  });
  it.each([
    ...others,
    ['the global key in general-ciphering', { options: { form: ciphering('global-unicast') } }] as const,
    [
      'the same inside the dedicated key',
      { options: { form: ciphering('global-unicast') }, around: { form: 'general-ded' } },
    ] as const,
  ])('is on the disk before the message is given out: %s', async (_, message) => {
    expect((await writesOf(message)).writes).toBe(3);
  });
  it.each(
    [...requests, ...others].filter(([, { options, around }]) => !/ded|agreed/.test(JSON.stringify([options, around]))),
  )('is not forgotten in a crash: %s', async (_, message) => {
    const { last, disk } = await writesOf(message);
    expect(await afterCrash(disk, last)).toMatchObject({ code: 'security/replay' });
  });
  it('waits for the disk again when nothing has proven the association', async () => {
    const { disk, client, meter } = await associated();
    for (let i = 1; i <= 3; i++) {
      await unprotect(await protect(get, client), meter);
      expect(disk.writes).toBe(i);
    }
  });
});

describe('the answer to a challenge proves the counters of the association', () => {
  it.each([
    ...requests,
    ['the global key in general-ciphering', { options: { form: ciphering('global-unicast') } }] as const,
  ])('under the key of the two: %s', async (_, message) => {
    const { client, meter } = await associated();
    expect(await answer(client, meter, message)).toBe('proven');
  });
  it.each([...others, ['the dedicated key alone', { options: { form: 'ded' } }] as const])(
    'and not in what others can have made, or at another time: %s',
    async (_, message) => {
      const { client, meter } = await associated();
      expect(await answer(client, meter, message)).toBe('none');
    },
  );
  it('nor the last message before it', async () => {
    const { client, meter } = await associated();
    meter.proof = 'expected';
    await unprotect(await protect(get, client), meter);
    await unprotect(await protect(get, client, { form: 'ded' }), meter);
    await meter.proven();
    expect(meter.proof).toBe('none');
  });
});
