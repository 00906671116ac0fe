import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat } from '../../src/core/bytes.js';
import { formatHex } from '../../src/core/hex.js';
import { sealContent } from '../../src/security/ciphering.js';
import type { SecurityContext } from '../../src/security/context.js';
import { InvocationCounters } from '../../src/security/counters.js';
import { KeyRing, senderTitleOf } from '../../src/security/key-ring.js';
import { importKeys } from '../../src/security/keys.js';
import { type OverheadQuestion, overhead } from '../../src/security/overhead.js';
import { clearPolicy, type Protection } from '../../src/security/policy.js';
import { type ProtectForm, protect } from '../../src/security/protect.js';
import { nodeProvider } from '../../src/security/providers/node-provider.js';
import type { CryptoProvider } from '../../src/security/providers/provider.js';
import { unprotect } from '../../src/security/unprotect.js';
import { VolatileStore } from '../../src/store/store.js';
import { failure } from '../support/outcome.js';
import { clientTitle, hex, pairOf, serverTitle, testKeys } from './support.js';
import { providersWithToken } from './token.js';

const providers = await providersWithToken();

const getRequest = hex('C001C100080000010000FF0200');
const getResponse = hex('C401C100090C07EA0B150603183600000000');
const notification = hex('0F0000000100020106FFFFFFFF');
const accessRequest = hex('D940000000000101000800000100 00FF02 0100');
const both: Protection = { authenticated: true, encrypted: true };
const forms: readonly ProtectForm[] = [
  'glo',
  'ded',
  'general-glo',
  'general-ded',
  { type: 'general-ciphering', key: 'global-unicast' },
  { type: 'general-ciphering', key: 'global-broadcast' },
  { type: 'general-ciphering', key: 'wrapped' },
  { type: 'general-ciphering', key: 'one-pass' },
  { type: 'general-ciphering', key: 'static' },
  { type: 'general-signing' },
];
const nameOf = (form: ProtectForm): string =>
  typeof form === 'string' ? form : `${form.type}${'key' in form ? ` ${form.key}` : ''}`;
const asymmetric = (form: ProtectForm): boolean =>
  typeof form !== 'string' && (form.type === 'general-signing' || form.key === 'one-pass' || form.key === 'static');
const cases = ([0, 1, 2] as const).flatMap((suite) =>
  forms.filter((f) => suite !== 0 || !asymmetric(f)).map((form) => [suite, nameOf(form), form] as const),
);

async function associated(
  provider: Parameters<typeof pairOf>[0],
  suite: 0 | 1 | 2,
  options: Parameters<typeof pairOf>[2] = {},
): ReturnType<typeof pairOf> {
  const pair = await pairOf(provider, suite, { broadcast: true, ...options });
  await pair.server.takeDedicatedKey(await pair.client.newDedicatedKey());
  return pair;
}

describe.each(providers.map((p) => [p.name, p] as const))('protect and unprotect with %s', (_, provider) => {
  it.each(cases)('suite %i, %s', async (suite, _name, form) => {
    const signs = nameOf(form) === 'general-signing';
    const policy = { send: both, receive: signs ? { signed: true } : both };
    const { client, server } = await associated(provider, suite, { policy });
    // Public key operations of noble take milliseconds: two messages are enough there.
    for (const apdu of [getRequest, concat(hex('C1'), new Uint8Array(300).fill(1)), notification, accessRequest].slice(
      0,
      asymmetric(form) ? 2 : 4,
    )) {
      const secured = await protect(apdu, client, { form });
      const opened = await unprotect(secured, server);
      expect(formatHex(opened.apdu)).toBe(formatHex(apdu));
      expect(opened.authenticated).toBe(true);
      expect(opened.layers).toHaveLength(1);
      expect(opened.layers[0]).toMatchObject(
        signs
          ? { signedBy: clientTitle, authenticated: false }
          : { authenticated: true, encrypted: true, suite, systemTitle: clientTitle },
      );
      expect(await failure(() => unprotect(secured, server))).toMatchObject({ code: 'security/replay' });
      const question: OverheadQuestion = {
        length: apdu.length,
        suite,
        form: signs ? 'general-signing' : (form as 'glo'),
        protection: both,
        tag: apdu[0]!,
      };
      expect(overhead(question)).toBe(secured.length - apdu.length);
    }
    const back = await protect(getResponse, server, { form });
    expect((await unprotect(back, client)).apdu).toEqual(getResponse);
  });
});

describe('protect', () => {
  it('chooses the APDU by service, form and key set', async () => {
    const { client, server } = await associated(nodeProvider, 0);
    const tagOf = (apdu: Uint8Array, options?: Parameters<typeof protect>[2]): number =>
      (protect(apdu, client, options) as Uint8Array)[0]!;
    expect(
      ['01', '05', '06', '08', '0C', '0D', '0E', '16', '18', 'C0', 'C1', 'C2', 'C3', 'C4', 'C5', 'C7'].map((t) =>
        tagOf(hex(`${t}00`)),
      ),
    ).toEqual([33, 37, 38, 40, 44, 45, 46, 54, 56, 200, 201, 202, 203, 204, 205, 207]);
    expect(
      ['01', '05', '06', '08', '0C', '0D', '0E', '16', '18', 'C0', 'C1', 'C2', 'C3', 'C4', 'C5', 'C7'].map((t) =>
        tagOf(hex(`${t}00`), { form: 'ded' }),
      ),
    ).toEqual([33, 69, 70, 40, 76, 77, 78, 86, 88, 208, 209, 210, 211, 212, 213, 215]);
    expect([tagOf(notification), tagOf(accessRequest), tagOf(notification, { form: 'ded' })]).toEqual([
      0xdb, 0xdb, 0xdc,
    ]);
    expect([tagOf(hex('0100'), { form: 'general-glo' }), tagOf(hex('0800'), { form: 'general-ded' })]).toEqual([
      33, 40,
    ]);
    const broadcast = protect(getRequest, client, { broadcast: true }) as Uint8Array;
    expect(broadcast[2]).toBe(0x70);
    expect(await unprotect(broadcast, server)).toMatchObject({ layers: [{ key: 'global-broadcast-encryption-key' }] });
  });
  it('applies exactly the policy, and hands out what needs no protection as it is', async () => {
    const control = async (protection: Protection): Promise<number> => {
      const { client } = await pairOf(nodeProvider, 1, {
        policy: { send: protection, receive: {}, withoutReplayProtection: true },
      });
      return (await protect(getRequest, client))[2]!;
    };
    expect([await control({ authenticated: true }), await control({ encrypted: true }), await control(both)]).toEqual([
      0x11, 0x21, 0x31,
    ]);
    const { client, server } = await pairOf(nodeProvider, 0, { policy: clearPolicy });
    expect(protect(getRequest, client)).toBe(getRequest);
    expect(await unprotect(getRequest, server)).toMatchObject({ authenticated: false, layers: [] });
  });
  it('refuses missing keys and an empty APDU by name', async () => {
    const { client } = await pairOf(nodeProvider, 1, { keys: {} });
    for (const [form, key] of [
      ['glo', 'global-unicast-encryption-key'],
      ['ded', 'dedicated-key'],
      [{ type: 'general-ciphering', key: 'wrapped' }, 'master-key'],
      [{ type: 'general-ciphering', key: 'one-pass' }, 'digital signature key'],
      [{ type: 'general-signing' }, 'digital signature key'],
    ] as const)
      expect(await failure(() => protect(getRequest, client, { form }))).toMatchObject({
        code: 'security/missing-key',
        context: { key },
      });
    expect(await failure(() => protect(getRequest, client, { broadcast: true }))).toMatchObject({
      context: { key: 'global-broadcast-encryption-key' },
    });
    expect(await failure(() => protect(new Uint8Array(0), client))).toMatchObject({ code: 'encode/invalid-value' });
    const suite0 = await pairOf(nodeProvider, 0);
    expect(
      await failure(() => protect(getRequest, suite0.client, { form: { type: 'general-signing' } })),
    ).toMatchObject({ code: 'security/unsupported' });
  });
});

describe('providers that answer at once', () => {
  it.each(providers.filter((p) => p.name !== 'webcrypto').map((p) => [p.name, p] as const))(
    '%s: no promise on the way',
    async (_, provider) => {
      const { client, server } = await associated(provider, 1, {
        policy: { send: both, receive: {}, withoutReplayProtection: true },
      });
      for (const form of forms) {
        const secured = protect(getRequest, client, { form });
        expect(secured).toBeInstanceOf(Uint8Array);
        expect(unprotect(secured as Uint8Array, server)).not.toBeInstanceOf(Promise);
      }
    },
  );
});

describe('layers', () => {
  const signing: ProtectForm = { type: 'general-signing' };
  const nestings: readonly (readonly [string, readonly ProtectForm[], readonly string[]])[] = [
    [
      'signed inside ciphered',
      [signing, { type: 'general-ciphering', key: 'one-pass' }],
      ['general-ciphering', 'general-signing'],
    ],
    [
      'ciphered inside signed',
      [{ type: 'general-ciphering', key: 'wrapped' }, signing],
      ['general-signing', 'general-ciphering'],
    ],
    ['signed inside general-glo', [signing, 'general-glo'], ['general-glo', 'general-signing']],
    ['service-specific inside signed', ['glo', signing], ['general-signing', 'glo']],
    [
      'ciphered twice',
      [{ type: 'general-ciphering', key: 'static' }, 'general-ded'],
      ['general-ded', 'general-ciphering'],
    ],
  ];
  it.each(nestings)('%s are reported outermost first', async (_, form, kinds) => {
    const { client, server } = await associated(nodeProvider, 2);
    const { apdu, layers, protection } = await unprotect(await protect(getRequest, client, { form }), server);
    expect(apdu).toEqual(getRequest);
    expect(layers.map((l) => l.kind)).toEqual(kinds);
    expect(protection).toMatchObject({
      authenticated: true,
      encrypted: true,
      signed: kinds.includes('general-signing'),
    });
  });
  it('are signed because the policy says so, in a general APDU', async () => {
    const policy = { send: { ...both, signed: true }, receive: { ...both, signed: true } };
    const { client, server } = await pairOf(nodeProvider, 1, { policy });
    const secured = await protect(getRequest, client);
    expect(secured[0]).toBe(0xdb);
    expect(await unprotect(secured, server)).toMatchObject({
      layers: [{ kind: 'general-glo' }, { kind: 'general-signing', signedBy: clientTitle }],
    });
    const unsigned = await protect(getRequest, client, { form: 'glo', protection: both });
    expect(await failure(() => unprotect(unsigned, server))).toMatchObject({
      code: 'security/policy',
      context: { actual: 'authenticated and encrypted' },
    });
  });
  it('are not followed for ever', async () => {
    const { client, server } = await associated(nodeProvider, 1);
    const four = [
      { type: 'general-signing' },
      { type: 'general-ciphering', key: 'wrapped' },
      'general-ded',
      'general-glo',
    ] as const;
    const deep = await protect(getRequest, client, { form: four });
    expect((await unprotect(deep, server)).layers).toHaveLength(4);
    const deeper = await protect(getRequest, client, { form: [{ type: 'general-ciphering', key: 'static' }, ...four] });
    expect(await failure(() => unprotect(deeper, server))).toMatchObject({ code: 'decode/too-deep' });
  });
  it('of a third party are verified with its key, and an empty signature proves nothing', async () => {
    const { client, server } = await pairOf(nodeProvider, 1, { policy: { send: both, receive: { signed: true } } });
    const third = hex('5448495244000001');
    const signer = await pairOf(nodeProvider, 1, { systemTitle: third, peerSystemTitle: serverTitle });
    const signed = await protect(getRequest, signer.client, { form: signing });
    const forwarded = (): Promise<Uint8Array> => Promise.resolve(protect(signed, client, { form: 'general-glo' }));
    expect(await failure(async () => unprotect(await forwarded(), server))).toMatchObject({
      code: 'security/missing-key',
    });
    const knowing = server.fresh({
      signerOf: (title) => (formatHex(title) === formatHex(third) ? signer.client.keys.signing!.publicKey : undefined),
    });
    expect(await unprotect(await forwarded(), knowing)).toMatchObject({
      layers: [{ systemTitle: clientTitle }, { signedBy: third }],
    });
    const empty = concat(signed.subarray(0, signed.length - 65), hex('00'));
    expect(await failure(() => unprotect(empty, knowing))).toMatchObject({
      code: 'security/policy',
      context: { required: 'signed', actual: 'no protection' },
    });
  });
});

describe('what is received', () => {
  const store = (context: SecurityContext): string => JSON.stringify(context.counters.store.entries('receive '));
  const integrity: readonly (readonly [string, ProtectForm | readonly ProtectForm[], Protection])[] = [
    ['glo', 'glo', both],
    ['glo, authenticated only', 'glo', { authenticated: true }],
    ['ded', 'ded', both],
    ['general-glo', 'general-glo', both],
    ['general-ded', 'general-ded', both],
    ...(['global-unicast', 'global-broadcast', 'wrapped', 'one-pass', 'static'] as const).map(
      (key) =>
        [`general-ciphering ${key}`, { type: 'general-ciphering', key }, both] as [string, ProtectForm, Protection],
    ),
    ['general-signing', { type: 'general-signing' }, {}],
    ['signed inside ciphered', [{ type: 'general-signing' }, { type: 'general-ciphering', key: 'static' }], both],
  ];
  it.each(integrity)(
    'is refused with any bit flipped, and changes no state: %s',
    async (_, form, protection) => {
      const receive = protection.authenticated === true ? { authenticated: true } : { signed: true };
      const { client, server } = await associated(nodeProvider, 1, { policy: { send: protection, receive } });
      const secured = await protect(getRequest, client, { form });
      const before = store(server);
      for (let bit = 0; bit < secured.length * 8; bit++) {
        const changed = secured.slice();
        changed[bit >> 3]! ^= 1 << (bit & 7);
        const error = await failure(() => unprotect(changed, server));
        expect(error.name, `bit ${bit}`).toBe('DlmsError');
      }
      expect(store(server)).toBe(before);
      // Untouched it is still welcome: nothing above used its counter up.
      expect((await unprotect(secured, server)).apdu).toEqual(getRequest);
    },
    30_000,
  );
  it('is refused when octets are cut, added or replaced', async () => {
    const { client, server } = await associated(nodeProvider, 1);
    const samples = await Promise.all(
      integrity.filter(([, , p]) => p.encrypted).map(async ([, form]) => protect(getRequest, client, { form })),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...samples),
        fc.nat(400),
        fc.nat(12),
        fc.uint8Array({ maxLength: 12 }),
        async (secured, at, cut, added) => {
          const start = at % (secured.length + 1);
          const changed = concat(secured.subarray(0, start), added, secured.subarray(start + cut));
          fc.pre(formatHex(changed) !== formatHex(secured));
          expect((await failure(() => unprotect(changed, server))).name).toBe('DlmsError');
        },
      ),
      { numRuns: 400 },
    );
  });
  it('is a value or a DlmsError for any octets whatever', async () => {
    const { server } = await associated(nodeProvider, 1);
    const tags = fc.constantFrom(0x21, 0xc8, 0xd0, 0xdb, 0xdc, 0xdd, 0xdf, 0xc0, 0xd8, 0x0e);
    await fc.assert(
      fc.asyncProperty(tags, fc.uint8Array({ maxLength: 80 }), fc.boolean(), async (tag, rest, verified) => {
        try {
          await unprotect(
            concat(Uint8Array.of(tag), rest),
            server,
            verified ? {} : { mode: 'unverified', lenient: true },
          );
        } catch (e) {
          expect((e as Error).name).toBe('DlmsError');
        }
      }),
      { numRuns: 1000 },
    );
    expect((await failure(() => unprotect(new Uint8Array(0), server))).code).toBe('decode/unexpected-end');
  });
  it('is refused when it comes twice, late or from the other direction', async () => {
    for (const form of forms) {
      const { client, server } = await associated(nodeProvider, 1, {
        policy: { send: both, receive: {}, withoutReplayProtection: true },
      });
      const [first, second, third] = [
        await protect(getRequest, client, { form }),
        await protect(getRequest, client, { form }),
        await protect(getRequest, client, { form }),
      ];
      await unprotect(first, server);
      expect(await failure(() => unprotect(first, server))).toMatchObject({ code: 'security/replay' });
      await unprotect(third, server);
      expect(await failure(() => unprotect(second, server))).toMatchObject({ code: 'security/replay' });
      expect(await failure(() => unprotect(first, server))).toMatchObject({ code: 'security/replay' });
      // Reflected to its own sender.
      expect(await failure(() => unprotect(third, client))).toMatchObject({ name: 'DlmsError' });
    }
  });
  it('counts as seen in other contexts of the same store, also when the cipher is asynchronous and both race', async () => {
    for (const provider of providers) {
      const { client, server } = await pairOf(provider, 0);
      const secured = await protect(getRequest, client);
      const results = await Promise.allSettled([1, 2, 3].map(async () => unprotect(secured, server.fresh())));
      expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1);
      for (const r of results) if (r.status === 'rejected') expect(r.reason).toMatchObject({ code: 'security/replay' });
    }
  });
  it('may begin with counter 0', async () => {
    const { client, server } = await pairOf(
      nodeProvider,
      0,
      { counters: new InvocationCounters(new VolatileStore(), { initial: 0 }) },
      {},
    );
    const secured = await protect(getRequest, client);
    expect(formatHex(secured.subarray(3, 7))).toBe('00000000');
    await unprotect(secured, server);
    expect(await failure(() => unprotect(secured, server))).toMatchObject({
      code: 'security/replay',
      context: { received: 0, last: 0 },
    });
  });
  it('is compared before the cipher runs, and recorded only after the tag verified', async () => {
    const calls: string[] = [];
    const counting: CryptoProvider = {
      ...nodeProvider,
      open(...args) {
        calls.push('open');
        return nodeProvider.open(...args);
      },
    };
    const spy = new (class extends InvocationCounters {
      override last(...args: Parameters<InvocationCounters['last']>): ReturnType<InvocationCounters['last']> {
        calls.push('compare');
        return super.last(...args);
      }
      override record(...args: Parameters<InvocationCounters['record']>): ReturnType<InvocationCounters['record']> {
        calls.push('record');
        return super.record(...args);
      }
    })(new VolatileStore());
    const { client, server } = await pairOf(counting, 0, {}, { counters: spy });
    const secured = await protect(getRequest, client);
    await unprotect(secured, server);
    expect(calls.splice(0)).toEqual(['compare', 'open', 'record']);
    await failure(() => unprotect(secured, server));
    expect(calls.splice(0)).toEqual(['compare']);
    const next = await protect(getRequest, client);
    next[12]! ^= 1;
    await failure(() => unprotect(next, server));
    expect(calls).toEqual(['compare', 'open']);
  });
  it('is named wrong key, wrong title or wrong suite', async () => {
    const { client, server } = await pairOf(nodeProvider, 0);
    const secured = (): Uint8Array => protect(getRequest, client) as Uint8Array;
    const wrong = { ...testKeys[0], globalUnicast: new Uint8Array(16) };
    const wrongAuthentication = { ...testKeys[0], authentication: new Uint8Array(16) };
    for (const keys of [wrong, wrongAuthentication])
      expect(
        await failure(async () =>
          unprotect(secured(), server.fresh({ keys: await importKeys(nodeProvider, 0, keys) })),
        ),
      ).toMatchObject({
        code: 'security/authentication-failed',
        context: { what: 'tag', systemTitle: formatHex(clientTitle) },
      });
    expect(
      await failure(() => unprotect(secured(), server.fresh({ peerSystemTitle: hex('0102030405060708') }))),
    ).toMatchObject({
      code: 'security/authentication-failed',
    });
    const general = protect(getRequest, client, { form: 'general-glo' }) as Uint8Array;
    expect(
      await failure(() => unprotect(general, server.fresh({ peerSystemTitle: hex('0102030405060708') }))),
    ).toMatchObject({
      context: { what: 'the system title is not the one agreed' },
    });
    expect((await unprotect(general, server.fresh({ peerSystemTitle: undefined }))).authenticated).toBe(true);
    const suite1 = await pairOf(nodeProvider, 1);
    expect(await failure(() => unprotect(secured(), suite1.server))).toMatchObject({ code: 'security/policy' });
    expect(
      (
        await unprotect(
          protect(getRequest, suite1.client) as Uint8Array,
          server.fresh({ acceptSuites: [0, 1], counters: new InvocationCounters(new VolatileStore()) }),
        )
      ).layers[0]?.suite,
    ).toBe(1);
  });
  it('is refused when it bears our own title, also while the peer is unknown', async () => {
    const { client } = await pairOf(nodeProvider, 1);
    const alone = client.fresh({ peerSystemTitle: undefined });
    const reflected = {
      code: 'security/authentication-failed',
      context: { what: expect.stringContaining('reflected') },
    };
    for (const form of [
      'general-glo',
      { type: 'general-ciphering', key: 'global-unicast', recipientSystemTitle: new Uint8Array(0) },
      { type: 'general-signing' },
    ] as const)
      expect(await failure(async () => unprotect(await protect(getRequest, client, { form }), alone))).toMatchObject(
        reflected,
      );
    expect(() => alone.setPeer(clientTitle)).toThrow(expect.objectContaining(reflected));
    alone.setPeer(serverTitle);
    expect(() => alone.setPeer(hex('0102030405060708'))).toThrow(
      expect.objectContaining({ code: 'security/authentication-failed' }),
    );
  });
  it('is for this side: another recipient is refused', async () => {
    const { client, server } = await pairOf(nodeProvider, 1);
    for (const type of ['general-signing', 'general-ciphering'] as const) {
      const form = { type, key: 'global-unicast', recipientSystemTitle: hex('0102030405060708') } as ProtectForm;
      expect(await failure(async () => unprotect(await protect(getRequest, client, { form }), server))).toMatchObject({
        context: { what: 'the message is for another recipient' },
      });
    }
  });
  it('refuses compression in suite 0, which has none', async () => {
    const { server } = await pairOf(nodeProvider, 0);
    const apdu = concat(hex('C812B000000001'), new Uint8Array(13));
    expect(await failure(() => unprotect(apdu, server))).toMatchObject({
      code: 'security/unsupported',
      context: { what: expect.stringContaining('compression') },
    });
    expect(await failure(() => unprotect(apdu, server, { mode: 'unverified' }))).toMatchObject({
      code: 'security/unsupported',
    });
  });
  it('takes lengths that are longer than needed in lenient mode only', async () => {
    const { client, server } = await pairOf(nodeProvider, 0);
    const secured = protect(getRequest, client) as Uint8Array;
    const long = concat(hex('C8840000001E'), secured.subarray(2));
    expect(await failure(() => unprotect(long, server))).toMatchObject({ code: 'decode/invalid-length' });
    const quirks: any[] = [];
    expect((await unprotect(long, server, { lenient: true, quirks })).apdu).toEqual(getRequest);
    expect(quirks).toMatchObject([{ name: 'non-minimal-length' }]);
  });
});

describe('the policy of the receiver', () => {
  it.each([
    ['plain', {}, 'no protection'],
    ['authenticated', { authenticated: true }, 'authenticated'],
    ['encrypted', { encrypted: true }, 'encrypted'],
  ] as const)('refuses a message that is %s when both are required', async (_, send, actual) => {
    const { client, server } = await pairOf(
      nodeProvider,
      0,
      { policy: { send, receive: {}, withoutReplayProtection: true } },
      {},
    );
    const secured = await protect(getRequest, client);
    expect(await failure(() => unprotect(secured, server))).toMatchObject({
      code: 'security/policy',
      context: { required: 'authenticated and encrypted', actual },
    });
    expect(
      await failure(() => unprotect(secured, server.fresh({ policy: clearPolicy }), { required: both })),
    ).toMatchObject({ code: 'security/policy' });
  });
  it('takes more protection than required', async () => {
    const { client, server } = await pairOf(nodeProvider, 0, {}, { policy: clearPolicy });
    expect((await unprotect(await protect(getRequest, client), server)).authenticated).toBe(true);
  });
  it('lets an error in clear pass as a hint, unless configured otherwise, and nothing that only looks like one', async () => {
    const { client } = await pairOf(nodeProvider, 0);
    for (const error of ['D80105', 'D8010600000005', '0E010600'])
      expect(await unprotect(hex(error), client)).toMatchObject({ authenticated: false, layers: [] });
    for (const other of ['D801', 'D8010500000005', 'D80105FF', '0E0106', 'C401C10300'])
      expect(await failure(() => unprotect(hex(other), client))).toMatchObject({ code: 'security/policy' });
    const strict = client.fresh({ policy: { ...client.policy, plainErrors: false } });
    expect(await failure(() => unprotect(hex('D80105'), strict))).toMatchObject({ code: 'security/policy' });
  });
});

describe('reading without the authentication key', () => {
  it('is asked for by name and says so', async () => {
    const { client, server } = await associated(nodeProvider, 0);
    const withheld = server.fresh({ keys: { globalUnicast: server.keys.globalUnicast } });
    for (const protection of [both, { authenticated: true }, { encrypted: true }]) {
      const secured = await protect(getRequest, client, { protection });
      if (protection.authenticated)
        expect(await failure(() => unprotect(secured, withheld))).toMatchObject({
          code: 'security/missing-key',
          context: { key: 'authentication-key' },
        });
      for (let i = 0; i < 2; i++) {
        const opened = await unprotect(secured, withheld, { mode: 'unverified' });
        expect(opened).toMatchObject({ authenticated: false, layers: [{ authenticated: false }] });
        expect(opened.apdu).toEqual(getRequest);
      }
    }
    // Changed octets come out changed: that is what "not authenticated" means.
    const changed = (await protect(getRequest, client)).slice();
    changed[12]! ^= 0xff;
    expect((await unprotect(changed, withheld, { mode: 'unverified' })).apdu).not.toEqual(getRequest);
    // With the key at hand the tag is still verified.
    expect(await failure(() => unprotect(changed, server, { mode: 'unverified' }))).toMatchObject({
      code: 'security/authentication-failed',
    });
  });
});

describe('the key ring', () => {
  it('finds keys by title and logical device, and the title in the message', async () => {
    const { client } = await associated(nodeProvider, 1);
    const ring = new KeyRing({
      provider: nodeProvider,
      systemTitle: serverTitle,
      counters: new InvocationCounters(new VolatileStore()),
    });
    ring.set(clientTitle, {
      suite: 1,
      keys: await importKeys(nodeProvider, 1, testKeys[1]),
      policy: { send: both, receive: {}, withoutReplayProtection: true },
    });
    ring.set(clientTitle, { suite: 1, keys: {} }, 17);
    for (const form of [
      'general-glo',
      { type: 'general-ciphering', key: 'wrapped' },
      { type: 'general-signing' },
    ] as const) {
      const secured = await protect(notification, client, { form });
      expect(senderTitleOf(secured)).toEqual(clientTitle);
    }
    const secured = await protect(notification, client);
    expect((await unprotect(secured, ring.context(senderTitleOf(secured)!, 1)!)).apdu).toEqual(notification);
    // Another context of the ring shares what was seen.
    expect(await failure(() => unprotect(secured, ring.context(clientTitle)!))).toMatchObject({
      code: 'security/replay',
    });
    expect(await failure(() => unprotect(secured, ring.context(clientTitle, 17)!))).toMatchObject({
      code: 'security/missing-key',
    });
    expect(ring.context(serverTitle)).toBeUndefined();
    expect([
      senderTitleOf(getRequest),
      senderTitleOf(hex('DB00')),
      senderTitleOf(hex('DB0811')),
      senderTitleOf(hex('DD81')),
    ]).toEqual([undefined, undefined, undefined, undefined]);
    expect(ring.delete(clientTitle, 17)).toBe(true);
    expect(ring.size).toBe(1);
  });
});

describe('overhead', () => {
  it('is below 10 % from the sizes that the documentation names', () => {
    const share = (length: number, form: 'glo' | 'general-glo'): number =>
      overhead({ length, form, suite: 0, protection: both }) / length;
    const from = (form: 'glo' | 'general-glo'): number => {
      let length = 2000;
      while (length > 1 && share(length - 1, form) < 0.1) length--;
      return length;
    };
    expect([
      overhead({ length: 110, form: 'glo', suite: 0, protection: both }),
      overhead({ length: 111, form: 'glo', suite: 0, protection: both }),
    ]).toEqual([19, 20]);
    expect([from('glo'), from('general-glo')]).toEqual([201, 301]);
  });
});

describe('general-ciphering without key information', () => {
  it('opens with a content key that the caller gives, and is refused without', async () => {
    const { client, server } = await pairOf(nodeProvider, 1);
    const key = await nodeProvider.importKey('AES-128', new Uint8Array(16).fill(9));
    const extra = concat(hex('0100'), hex('08'), clientTitle, hex('000000'));
    const cipher = {
      provider: nodeProvider,
      key,
      authenticationKey: client.keys.authentication,
      systemTitle: clientTitle,
      extra,
    };
    const content = await sealContent(cipher, 0x31, 7, getRequest);
    const apdu = concat(hex('DD'), extra, hex('00'), Uint8Array.of(content.length), content);
    expect(await failure(() => unprotect(apdu, server))).toMatchObject({ code: 'security/missing-key' });
    expect(await unprotect(apdu, server, { contentKey: key })).toMatchObject({
      apdu: getRequest,
      layers: [{ key: 'given-key', invocationCounter: 7, transactionId: hex('00') }],
    });
    expect(await failure(() => unprotect(apdu, server, { contentKey: key }))).toMatchObject({
      code: 'security/replay',
    });
  });
});
