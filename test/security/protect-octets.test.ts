import { describe, expect, it } from 'vitest';
import { decode } from '../../src/axdr/schema.js';
import { formatHex } from '../../src/core/hex.js';
import type { SecurityContext } from '../../src/security/context.js';
import { InvocationCounters } from '../../src/security/counters.js';
import type { Protection } from '../../src/security/policy.js';
import {
  type GeneralCipheringForm,
  type ProtectForm,
  type ProtectOptions,
  protect,
} from '../../src/security/protect.js';
import { nodeProvider } from '../../src/security/providers/node-provider.js';
import type { CryptoProvider, KeyHandle } from '../../src/security/providers/provider.js';
import { unprotect } from '../../src/security/unprotect.js';
import { GeneralCiphering, GeneralSigning } from '../../src/xdlms/ciphered.js';
import { LateStore } from '../store/support.js';
import { failure } from '../support/outcome.js';
import { clientTitle, countersFrom, hex, pairOf, serverTitle } from './support.js';

// What `protect` writes, octet by octet.

const get = hex('C001C100080000010000FF0200');
const both: Protection = { authenticated: true, encrypted: true };
const form = (key: GeneralCipheringForm['key'], more: object = {}): GeneralCipheringForm => ({
  type: 'general-ciphering',
  key,
  ...more,
});
const keys = ['global-unicast', 'global-broadcast', 'wrapped', 'one-pass', 'static'] as const;
const octets = async (context: SecurityContext, options: ProtectOptions, apdu = get): Promise<Uint8Array> =>
  protect(apdu, context, options);

describe('the length in front of ciphered content', () => {
  const lengths: readonly (readonly [number, string])[] = [
    [0x7f, '7F'],
    [0x80, '8180'],
    [0xff, '81FF'],
    [0x100, '820100'],
    [0xffff, '82FFFF'],
    [0x10000, '83010000'],
    [0xffffff, '83FFFFFF'],
    [0x1000000, '8401000000'],
  ];
  it.each(lengths)('of %i octets takes as many octets as it needs', async (length, written) => {
    const { client, server } = await pairOf(nodeProvider, 0);
    const apdu = new Uint8Array(length - 17).fill(0xc0);
    const specific = await octets(client, {}, apdu);
    expect(formatHex(specific.subarray(0, 1 + written.length / 2 + 5))).toBe(`C8${written}3000000001`);
    expect(specific.length).toBe(1 + written.length / 2 + length);
    const general = await octets(client, { form: 'general-glo' }, apdu);
    expect(formatHex(general.subarray(0, 10 + written.length / 2 + 5))).toBe(
      `DB08${formatHex(clientTitle)}${written}3000000002`,
    );
    expect(general.length).toBe(10 + written.length / 2 + length);
    for (const sealed of [specific, general])
      expect(Buffer.compare((await unprotect(sealed, server)).apdu, apdu)).toBe(0);
  });
});

describe('the header fields', () => {
  it('of general-ciphering: transaction-id from the counter, both titles, and which key', async () => {
    const info: Record<(typeof keys)[number], object> = {
      'global-unicast': { type: 'identified-key', keyId: 0 },
      'global-broadcast': { type: 'identified-key', keyId: 1 },
      wrapped: { type: 'wrapped-key', kekId: 0 },
      'one-pass': { type: 'agreed-key', keyParameters: hex('01') },
      static: { type: 'agreed-key', keyParameters: hex('02'), keyCipheredData: hex('') },
    };
    for (const key of keys) {
      const { client } = await pairOf(nodeProvider, 1, { counters: countersFrom(0x01020304) });
      const message = decode(GeneralCiphering, (await octets(client, { form: form(key) })).subarray(1));
      expect(message).toMatchObject({
        transactionId: hex('0000000001020304'),
        originatorSystemTitle: clientTitle,
        recipientSystemTitle: serverTitle,
        dateTime: hex(''),
        otherInformation: hex(''),
        keyInfo: info[key],
      });
      expect(formatHex(message.cipheredContent.subarray(0, 5))).toBe('3101020304');
      expect(message.cipheredContent).toHaveLength(5 + get.length + 12);
    }
  });
  it('of general-signing are the same, and the signature is over all of them with their lengths', async () => {
    const { client, server } = await pairOf(nodeProvider, 1, { counters: countersFrom(0x01020304) });
    const signed = await octets(client, { form: { type: 'general-signing' }, protection: {} });
    const message = decode(GeneralSigning, signed.subarray(1));
    expect(message).toMatchObject({
      transactionId: hex('0000000001020304'),
      originatorSystemTitle: clientTitle,
      recipientSystemTitle: serverTitle,
      dateTime: hex(''),
      otherInformation: hex(''),
      content: get,
    });
    expect(formatHex(signed.subarray(-65, -64))).toBe('40');
    expect(await nodeProvider.verify(server.keys.peerSigning!, signed.subarray(1, -65), message.signature)).toBe(true);
    const wide = await pairOf(nodeProvider, 2);
    const longer = await octets(wide.client, { form: { type: 'general-signing' } }, new Uint8Array(300).fill(0xc0));
    expect(formatHex(longer.subarray(-97, -96))).toBe('60');
    expect(decode(GeneralSigning, longer.subarray(1)).content).toHaveLength(300);
  });
  it('are those that the caller gives, in both', async () => {
    const { client } = await pairOf(nodeProvider, 1);
    const fields = {
      transactionId: hex('0102030405'),
      recipientSystemTitle: hex('5245434950000001'),
      dateTime: hex('07EA0B150603183600000000'),
      otherInformation: hex('AABB'),
    };
    expect(
      decode(GeneralCiphering, (await octets(client, { form: form('wrapped', fields) })).subarray(1)),
    ).toMatchObject(fields);
    expect(
      decode(GeneralSigning, (await octets(client, { form: { type: 'general-signing', ...fields } })).subarray(1)),
    ).toMatchObject(fields);
    const none = { recipientSystemTitle: hex('') };
    expect(
      decode(GeneralCiphering, (await octets(client, { form: form('global-unicast', none) })).subarray(1)),
    ).toMatchObject(none);
    // With a transaction-id of its own a signature takes no counter.
    const before = await client.counters.next(client.sendName('global-unicast-encryption-key'));
    await octets(client, { form: { type: 'general-signing', ...fields }, protection: {} });
    expect(await client.counters.next(client.sendName('global-unicast-encryption-key'))).toBe(before + 1);
  });
  it('with lengths that the fields do not have are refused', async () => {
    const { client } = await pairOf(nodeProvider, 1);
    for (const [fields, expected] of [
      [{ dateTime: new Uint8Array(5) }, 'a date-time of 0 or 12 octets'],
      [{ recipientSystemTitle: new Uint8Array(7) }, 'a system title of 0 or 8 octets'],
    ] as const)
      for (const f of [form('global-unicast', fields), { type: 'general-signing', ...fields } as const])
        expect(await failure(() => protect(get, client, { form: f }))).toMatchObject({
          code: 'encode/invalid-value',
          context: { expected },
        });
  });
  it('leave the recipient empty while it is unknown, but not where the key depends on it', async () => {
    const { client } = await pairOf(nodeProvider, 1, { peerSystemTitle: undefined });
    for (const key of ['global-unicast', 'wrapped'] as const)
      expect(
        decode(GeneralCiphering, (await octets(client, { form: form(key) })).subarray(1)).recipientSystemTitle,
      ).toHaveLength(0);
    for (const key of ['one-pass', 'static'] as const)
      expect(await failure(() => protect(get, client, { form: form(key) }))).toMatchObject({
        code: 'security/missing-key',
        context: { key: 'system title of the recipient' },
      });
  });
});

describe('which layers', () => {
  const kinds = async (
    protection: Protection,
    forms?: ProtectForm | readonly ProtectForm[],
  ): Promise<readonly (readonly [string, boolean, boolean])[]> => {
    const { client, server } = await pairOf(nodeProvider, 1, {
      broadcast: true,
      policy: { send: protection, receive: {}, withoutReplayProtection: true },
    });
    await server.takeDedicatedKey(await client.newDedicatedKey());
    const opened = await unprotect(await octets(client, forms === undefined ? {} : { form: forms }), server);
    expect(opened.apdu).toEqual(get);
    return opened.layers.map((l) => [l.kind, l.authenticated, l.encrypted]);
  };
  const signing = { type: 'general-signing' } as const;
  it('follow from the policy: a signature inside what is authenticated, around what is only encrypted', async () => {
    expect(await kinds({})).toEqual([]);
    expect(await kinds({ authenticated: true })).toEqual([['glo', true, false]]);
    expect(await kinds({ encrypted: true })).toEqual([['glo', false, true]]);
    expect(await kinds({ signed: true })).toEqual([['general-signing', false, false]]);
    const signed = ['general-signing', false, false];
    expect(await kinds({ signed: true, authenticated: true })).toEqual([['general-glo', true, false], signed]);
    expect(await kinds({ signed: true, ...both })).toEqual([['general-glo', true, true], signed]);
    expect(await kinds({ signed: true, encrypted: true })).toEqual([signed, ['glo', false, true]]);
    expect(await kinds({ signed: true, encrypted: true }, form('wrapped'))).toEqual([
      signed,
      ['general-ciphering', false, true],
    ]);
    expect(await kinds({ signed: true }, form('wrapped'))).toEqual([['general-ciphering', false, false], signed]);
    expect(await kinds({ signed: true, ...both }, 'ded')).toEqual([['general-ded', true, true], signed]);
  });
  it('are those of the caller, with one signature where it put it', async () => {
    const signed = ['general-signing', false, false];
    expect(await kinds({ signed: true, ...both }, signing)).toEqual([signed]);
    expect(await kinds({ signed: true, ...both }, ['glo', signing])).toEqual([signed, ['glo', true, true]]);
    expect(await kinds({ signed: true, encrypted: true }, [signing, 'general-glo'])).toEqual([
      ['general-glo', false, true],
      signed,
    ]);
    expect(await kinds({ signed: true, ...both }, ['ded', form('wrapped')])).toEqual([
      ['general-ciphering', true, true],
      ['general-ded', true, true],
      signed,
    ]);
    expect(await kinds(both, ['glo'])).toEqual([['glo', true, true]]);
  });
  it('are none where nothing is to be applied: the very octets come back, and no counter is used', async () => {
    const { client } = await pairOf(nodeProvider, 1);
    for (const simple of ['glo', 'ded', 'general-glo', 'general-ded'] as const)
      expect(protect(get, client, { form: simple, protection: {} })).toBe(get);
    expect(await client.counters.next(client.sendName('global-unicast-encryption-key'))).toBe(1);
  });
});

describe('which key and control octet', () => {
  it('an empty list of forms does not send in clear what is to be protected', async () => {
    const { client } = await pairOf(nodeProvider, 1);
    expect(await failure(() => protect(get, client, { form: [] }))).toMatchObject({
      code: 'configuration/invalid',
      context: { what: 'no form for a message that is to be authenticated and encrypted' },
    });
    expect(await octets(client, { form: [], protection: {} })).toEqual(get);
  });
  it('the broadcast key says so, and not in front of the dedicated key', async () => {
    const { client } = await pairOf(nodeProvider, 1);
    await client.newDedicatedKey();
    const control = async (options: ProtectOptions, at: number): Promise<number> =>
      (await octets(client, options))[at]!;
    expect(await control({ broadcast: true }, 2)).toBe(0x71);
    expect(await control({ broadcast: false }, 2)).toBe(0x31);
    expect(await control({ broadcast: true, form: 'general-glo' }, 11)).toBe(0x71);
    // What was meant for the group must not leave under another key without a word.
    for (const f of ['ded', 'general-ded', form('global-unicast'), form('wrapped'), ['ded', 'general-ded']] as const)
      expect((await failure(() => protect(get, client, { broadcast: true, form: f }))).code).toBe(
        'configuration/invalid',
      );
    expect(await control({ broadcast: true, protection: { encrypted: true } }, 2)).toBe(0x61);
    // In the list form as well.
    expect(await control({ broadcast: true, form: ['general-glo'] }, 11)).toBe(0x71);
    const general = decode(
      GeneralCiphering,
      (await octets(client, { broadcast: true, form: form('global-broadcast') })).subarray(1),
    );
    expect(general.cipheredContent[0]).toBe(0x31);
  });
  it('an InitiateRequest and an InitiateResponse are always under the global key', async () => {
    const { client, server } = await pairOf(nodeProvider, 0);
    await server.takeDedicatedKey(await client.newDedicatedKey());
    for (const [tag, glo] of [
      ['01', 0x21],
      ['08', 0x28],
    ] as const)
      for (const simple of ['glo', 'ded', 'general-glo', 'general-ded'] as const) {
        const sealed = await octets(client, { form: simple }, hex(`${tag}00000006`));
        expect(sealed[0]).toBe(glo);
        expect(await unprotect(sealed, server)).toMatchObject({
          key: 'global-unicast-encryption-key',
          apdu: hex(`${tag}00000006`),
        });
      }
  });
  it('keys that are missing are refused by name, each of them', async () => {
    const { client } = await pairOf(nodeProvider, 1);
    await client.newDedicatedKey();
    const without = (name: string): SecurityContext => client.fresh({ keys: { ...client.keys, [name]: undefined } });
    const cases: readonly (readonly [string, ProtectOptions, string])[] = [
      ['authentication', {}, 'authentication-key'],
      ['authentication', { form: form('wrapped') }, 'authentication-key'],
      ['globalUnicast', { form: form('global-unicast') }, 'global-unicast-encryption-key'],
      ['globalBroadcast', { form: form('global-broadcast') }, 'global-broadcast-encryption-key'],
      ['master', { form: form('wrapped') }, 'master-key'],
      ['peerAgreement', { form: form('one-pass') }, 'key agreement key of the recipient'],
      ['signing', { form: form('one-pass') }, 'digital signature key'],
      ['agreement', { form: form('static') }, 'key agreement key'],
      ['peerAgreement', { form: form('static') }, 'key agreement key of the recipient'],
      ['signing', { form: { type: 'general-signing' } }, 'digital signature key'],
    ];
    for (const [name, options, key] of cases)
      expect(await failure(() => protect(get, without(name), options)), `${name} ${key}`).toMatchObject({
        code: 'security/missing-key',
        context: { key },
      });
    // Nothing that the protection does not need.
    expect((await octets(without('authentication'), { protection: { encrypted: true } }))[2]).toBe(0x21);
    const { client: suite0 } = await pairOf(nodeProvider, 0);
    for (const f of [form('one-pass'), form('static'), { type: 'general-signing' } as const])
      expect(await failure(() => protect(get, suite0, { form: f }))).toMatchObject({ code: 'security/unsupported' });
  });
});

describe('counters', () => {
  it('of each layer are one apart, and a store that answers later gives the same octets', async () => {
    const { client: fast } = await pairOf(nodeProvider, 1);
    const { client: slow } = await pairOf(nodeProvider, 1, {
      counters: new InvocationCounters(new LateStore(), { initial: 1 }),
    });
    for (const f of ['glo', 'general-glo', form('global-unicast'), ['glo', form('global-unicast')]] as const) {
      const options = { form: f as ProtectForm };
      expect(formatHex(await octets(slow, options))).toBe(formatHex(await octets(fast, options)));
    }
    expect(await fast.counters.next(fast.sendName('global-unicast-encryption-key'))).toBe(6);
    expect(await slow.counters.next(slow.sendName('global-unicast-encryption-key'))).toBe(6);
  });
  it('are used up by a signature only where its transaction-id comes from them', async () => {
    const { client } = await pairOf(nodeProvider, 1);
    const signing = { type: 'general-signing' } as const;
    const id = async (more: object = {}): Promise<string> =>
      formatHex((await octets(client, { form: { ...signing, ...more }, protection: {} })).subarray(2, 10));
    const first = await id();
    expect(await id({ transactionId: hex('7000000000000001') })).toBe('7000000000000001');
    expect(BigInt(`0x${await id()}`)).toBe(BigInt(`0x${first}`) + 1n);
  });
});

describe('a content key of one message', () => {
  /** Remembers keys that were made for a message, and which of them are destroyed. */
  function watching(more: Partial<CryptoProvider> = {}): {
    provider: CryptoProvider;
    made: KeyHandle[];
    destroyed: () => Promise<boolean[]>;
  } {
    const made: KeyHandle[] = [];
    const note = (key: any): any => {
      made.push(key);
      return key;
    };
    const provider: CryptoProvider = {
      ...nodeProvider,
      generateKey: (...args) => note(nodeProvider.generateKey(...args)),
      deriveKey: (...args) => note(nodeProvider.deriveKey(...args)),
      unwrap: (...args) => note(nodeProvider.unwrap(...args)),
      ...more,
    };
    const gone = async (key: KeyHandle): Promise<boolean> =>
      failure(() => nodeProvider.ctr(key, new Uint8Array(12), get)).then(
        (e) => e.code === 'security/invalid-key',
        () => false,
      );
    return { provider, made, destroyed: () => Promise.all(made.map(gone)) };
  }
  it.each(['wrapped', 'one-pass', 'static'] as const)(
    '(%s) is destroyed on both sides, and lasting keys are not',
    async (key) => {
      const { provider, destroyed } = watching();
      const { client, server } = await pairOf(provider, 1);
      const sealed = await octets(client, { form: form(key) });
      expect(await destroyed()).toEqual([true]);
      await unprotect(sealed, server);
      expect(await destroyed()).toEqual([true, true]);
      const spoiled = await octets(client, { form: form(key) });
      spoiled[spoiled.length - 1]! ^= 1;
      await failure(() => unprotect(spoiled, server));
      expect(await destroyed()).toEqual([true, true, true, true]);
      const again = await octets(client, { form: form('global-unicast') });
      expect((await unprotect(again, server)).apdu).toEqual(get);
      expect((await unprotect(await octets(client, { form: form('global-unicast') }), server)).apdu).toEqual(get);
    },
  );
  it.each(['wrapped', 'one-pass', 'static'] as const)(
    '(%s) is destroyed when the message cannot be made',
    async (key) => {
      const broken = (): never => {
        throw new Error('broken');
      };
      for (const seal of [broken, async () => broken()]) {
        const { provider, destroyed } = watching({ seal });
        const { client } = await pairOf(provider, 1);
        await failure(() => protect(get, client, { form: form(key) }));
        expect(await destroyed()).toEqual([true]);
      }
      const { provider, destroyed } = watching();
      const { client } = await pairOf(provider, 1);
      await failure(() =>
        protect(get, client.fresh({ keys: { ...client.keys, authentication: undefined } }), { form: form(key) }),
      );
      expect(await destroyed()).toEqual([true]);
    },
  );
  it('(wrapped) may leave under its KEK, and an APDU without octets is none', async () => {
    const asked: unknown[] = [];
    const provider: CryptoProvider = {
      ...nodeProvider,
      generateKey(...args) {
        asked.push(args);
        return nodeProvider.generateKey(...args);
      },
    };
    const { client } = await pairOf(provider, 2);
    await octets(client, { form: form('wrapped') });
    expect(asked).toEqual([['AES-256', { wrappable: true }]]);
    expect(await failure(() => protect(new Uint8Array(0), client))).toMatchObject({
      code: 'encode/invalid-value',
      context: { expected: 'an APDU' },
    });
    const nameless = { type: 'general-signing', transactionId: new Uint8Array(0) } as const;
    expect(await failure(() => protect(get, client, { form: nameless }))).toMatchObject({
      code: 'encode/invalid-value',
      context: { expected: expect.stringContaining('transaction-id') },
    });
  });
  it('(wrapped) is destroyed when it cannot be wrapped', async () => {
    const { provider, destroyed } = watching({ wrap: async () => Promise.reject(new Error('broken')) });
    const { client } = await pairOf(provider, 1);
    await failure(() => protect(get, client, { form: form('wrapped') }));
    expect(await destroyed()).toEqual([true]);
  });
});
