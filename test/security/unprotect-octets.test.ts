import { describe, expect, it } from 'vitest';
import { encode } from '../../src/axdr/schema.js';
import { concat } from '../../src/core/bytes.js';
import { sealContent } from '../../src/security/ciphering.js';
import type { SecurityContext, SecurityContextOptions } from '../../src/security/context.js';
import { InvocationCounters } from '../../src/security/counters.js';
import { clearPolicy, type SecurityPolicy } from '../../src/security/policy.js';
import { type GeneralCipheringForm, type ProtectForm, protect } from '../../src/security/protect.js';
import { nodeProvider } from '../../src/security/providers/node-provider.js';
import { unprotect } from '../../src/security/unprotect.js';
import { VolatileStore } from '../../src/store/store.js';
import { GeneralProtectionHeader } from '../../src/xdlms/ciphered.js';
import { LateStore } from '../store/support.js';
import { failure } from '../support/outcome.js';
import { clientTitle, hex, pairOf, serverTitle } from './support.js';

// What `unprotect` reads, octet by octet: messages made here by hand, each with one thing that differs.

const get = hex('C001C100080000010000FF0200');
const both = { authenticated: true, encrypted: true };
const signedPolicy: SecurityPolicy = { send: both, receive: { signed: true } };
const empty = new Uint8Array(0);
const stranger = hex('5858585800000001');

interface Fields {
  readonly transactionId: Uint8Array;
  readonly originatorSystemTitle: Uint8Array;
  readonly recipientSystemTitle: Uint8Array;
  readonly dateTime: Uint8Array;
  readonly otherInformation: Uint8Array;
}
const usual: Fields = {
  transactionId: hex('0000000000000001'),
  originatorSystemTitle: clientTitle,
  recipientSystemTitle: serverTitle,
  dateTime: empty,
  otherInformation: empty,
};
/** general-ciphering under the global unicast key, whatever the key information says. */
async function ciphering(
  client: SecurityContext,
  fields: Partial<Fields> = {},
  keyInfo = '010000',
  control = 0x30,
  counter = 1,
): Promise<Uint8Array> {
  const extra = encode(GeneralProtectionHeader, { ...usual, ...fields });
  const cipher = {
    provider: nodeProvider,
    key: client.keys.globalUnicast!,
    authenticationKey: client.keys.authentication,
    systemTitle: clientTitle,
    extra,
  };
  const content = await sealContent(cipher, control | client.suite.id, counter, get);
  return concat(hex('DD'), extra, hex(keyInfo), Uint8Array.of(content.length), content);
}
async function signing(client: SecurityContext, fields: Partial<Fields> = {}, content = get): Promise<Uint8Array> {
  const front = concat(
    encode(GeneralProtectionHeader, { ...usual, ...fields }),
    Uint8Array.of(content.length),
    content,
  );
  return concat(hex('DF'), front, hex('40'), await nodeProvider.sign(client.keys.signing!.privateKey, front));
}
const pair = (suite: 0 | 1 | 2 = 1, options: Partial<SecurityContextOptions> = {}): ReturnType<typeof pairOf> =>
  pairOf(nodeProvider, suite, {}, options);

describe('the length of ciphered content', () => {
  it('is read in each of its forms', async () => {
    const { client, server } = await pair(0);
    for (const length of [0x7f, 0x80, 0xfe, 0xff, 0x100, 0x101, 0xffff, 0x10000]) {
      const apdu = new Uint8Array(length - 17).fill(0xc0);
      for (const form of ['glo', 'general-glo'] as const)
        expect((await unprotect(await protect(apdu, client, { form }), server)).apdu).toHaveLength(length - 17);
    }
  });
  it('must be that of the octets that are there', async () => {
    const { client, server } = await pair(0);
    for (const [form, at] of [
      ['glo', 1],
      ['general-glo', 10],
      [{ type: 'general-ciphering', key: 'global-unicast' }, 32],
    ] as const)
      for (const n of [20, 200, 300, 66_000]) {
        const sealed = await protect(new Uint8Array(n).fill(0xc0), client, { form });
        expect(await failure(() => unprotect(concat(sealed, hex('00')), server))).toMatchObject({
          code: 'decode/trailing-bytes',
          context: { left: 1 },
        });
        expect(await failure(() => unprotect(sealed.subarray(0, -1), server))).toMatchObject({
          code: 'decode/unexpected-end',
        });
        expect(await failure(() => unprotect(sealed.subarray(0, at), server))).toMatchObject({
          code: 'decode/unexpected-end',
        });
        expect((await unprotect(sealed, server)).apdu).toHaveLength(n);
      }
    // The signature ends a signed APDU.
    const pairOne = await pair(1, { policy: signedPolicy });
    const signed = await signing(pairOne.client);
    expect(await failure(() => unprotect(concat(signed, hex('00')), pairOne.server))).toMatchObject({
      code: 'decode/trailing-bytes',
    });
    expect(await failure(() => unprotect(signed.subarray(0, -1), pairOne.server))).toMatchObject({
      code: 'decode/unexpected-end',
    });
  });
  it('has one form that is right', async () => {
    const { server } = await pair(0);
    const of = (front: string, n: number): Uint8Array => concat(hex(`C8${front}`), new Uint8Array(n));
    for (const [message, code] of [
      // The first two octets of a longer form are no length.
      [of('83012C', 300), 'decode/unexpected-end'],
      [of('81012C', 300), 'decode/invalid-length'],
      [of('82001E', 30), 'decode/invalid-length'],
      [of('8200FB', 251), 'decode/invalid-length'],
      [of('80', 128), 'decode/invalid-length'],
      [of('820100', 255), 'decode/unexpected-end'],
      [of('820100', 257), 'decode/trailing-bytes'],
    ] as const)
      expect(await failure(() => unprotect(message, server))).toMatchObject({ code });
    expect(await failure(() => unprotect(hex('C882'), server))).toMatchObject({
      code: 'decode/unexpected-end',
      context: { offset: 2 },
    });
    expect(await failure(() => unprotect(empty, server))).toMatchObject({
      code: 'decode/unexpected-end',
      context: { offset: 0, expected: 'an APDU' },
    });
  });
  it('leaves room for the security header, and for the tag when there is one', async () => {
    const { server } = await pair(0, { policy: clearPolicy });
    for (const octets of ['C80400000000', 'C8042000000000', 'C8103000000001FFFFFFFFFFFFFFFFFFFFFF', 'DB0000'])
      expect(await failure(() => unprotect(hex(octets), server)), octets).toMatchObject({
        name: 'DlmsError',
        code: expect.stringMatching(/^decode/),
      });
  });
});

describe('the service tag', () => {
  it('that nobody knows is that of an APDU in clear, and no fault of ours', async () => {
    const { server } = await pair(0);
    for (const tag of ['00', '02', '7F', 'FF']) {
      const unknown = hex(`${tag}0102`);
      expect(await failure(() => unprotect(unknown, server)), tag).toMatchObject({ code: 'security/policy' });
      expect(await unprotect(unknown, server.fresh({ policy: clearPolicy })), tag).toMatchObject({
        apdu: unknown,
        authenticated: false,
        layers: [],
      });
    }
  });
  it('names what must be inside', async () => {
    const { client, server } = await pair(0);
    await server.takeDedicatedKey(await client.newDedicatedKey());
    for (const [form, other] of [
      ['glo', 0xc9],
      ['ded', 0xd1],
    ] as const) {
      const sealed = await protect(get, client, { form });
      const renamed = concat(Uint8Array.of(other), sealed.subarray(1));
      expect(await failure(() => unprotect(renamed, server))).toMatchObject({
        code: 'security/authentication-failed',
        context: { what: 'the APDU inside is not the one that the tag names' },
      });
      // Nothing was recorded.
      expect((await unprotect(sealed, server)).layers[0]!.kind).toBe(form);
    }
  });
});

describe('who it is from', () => {
  it('an empty title is that of the peer, which must be known', async () => {
    const { client, server } = await pair(0);
    const sealed = await protect(get, client, { form: 'general-glo' });
    const unnamed = concat(hex('DB00'), sealed.subarray(10));
    expect((await unprotect(unnamed, server)).originator).toEqual(clientTitle);
    const listening = server.fresh({ peerSystemTitle: undefined });
    for (const message of [unnamed, await protect(get, client)])
      expect(await failure(() => unprotect(message, listening))).toMatchObject({
        code: 'security/missing-key',
        context: { key: 'system title of the sender' },
      });
    const general = await ciphering(client, { originatorSystemTitle: empty }, '010000', 0x30, 2);
    expect((await unprotect(general, server)).layers[0]!.systemTitle).toEqual(clientTitle);
    const one = await pair(1, { policy: signedPolicy });
    expect((await unprotect(await signing(one.client, { originatorSystemTitle: empty }), one.server)).signers).toEqual([
      clientTitle,
    ]);
  });
  it('a title has 8 octets', async () => {
    const { client, server } = await pair(0);
    for (const title of [hex('41'), new Uint8Array(7), new Uint8Array(9)]) {
      const refused = {
        code: 'decode/invalid-length',
        context: { expected: 'a system title of 0 or 8 octets', actual: title.length },
      };
      const sealed = await protect(get, client, { form: 'general-glo' });
      expect(
        await failure(() =>
          unprotect(concat(hex('DB'), Uint8Array.of(title.length), title, sealed.subarray(10)), server),
        ),
      ).toMatchObject(refused);
      expect(
        await failure(async () => unprotect(await ciphering(client, { originatorSystemTitle: title }), server)),
      ).toMatchObject(refused);
    }
  });
  it('another than agreed is refused, and can be looked at', async () => {
    const { client, server } = await pair(0);
    const other = server.fresh({ peerSystemTitle: stranger });
    for (const message of [
      await protect(get, client, { form: 'general-glo' }),
      await ciphering(client, {}, '010000', 0x30, 7),
    ]) {
      expect(await failure(() => unprotect(message, other))).toMatchObject({
        context: { what: 'the system title is not the one agreed' },
      });
      expect(await unprotect(message, other, { mode: 'unverified' })).toMatchObject({
        apdu: get,
        originator: clientTitle,
      });
    }
  });
  it('the title in the report is a copy: the octets that came in may be used again', async () => {
    const { client, server } = await pair(1, { peerSystemTitle: undefined });
    const sealed = (await protect(get, client, { form: 'general-glo' })).slice();
    const opened = await unprotect(sealed, server);
    const clear = await protect(get, client, { form: 'general-glo', protection: { authenticated: true } });
    const readable = await unprotect(clear, server.fresh({ policy: { send: both, receive: { authenticated: true } } }));
    const one = await pair(1, {
      policy: signedPolicy,
      peerSystemTitle: undefined,
      signerOf: () => client.keys.signing!.publicKey,
    });
    const signed = await signing(client);
    const withSignature = await unprotect(signed, one.server);
    const unsigned = concat((await signing(client)).subarray(0, -65), hex('00'));
    const bare = await unprotect(unsigned, one.server.fresh({ policy: clearPolicy }));
    for (const used of [sealed, clear, signed, unsigned]) used.fill(0);
    expect([opened.apdu, readable.apdu, withSignature.apdu, bare.apdu]).toEqual([get, get, get, get]);
    expect([opened.originator, readable.originator, withSignature.originator]).toEqual([
      clientTitle,
      clientTitle,
      clientTitle,
    ]);
    expect(withSignature.signers).toEqual([clientTitle]);
  });
});

describe('whom it is for', () => {
  it('nobody else, in general-ciphering; an empty recipient is everybody', async () => {
    const { client, server } = await pair(1);
    expect(
      await failure(async () => unprotect(await ciphering(client, { recipientSystemTitle: stranger }), server)),
    ).toMatchObject({
      code: 'security/authentication-failed',
      context: { what: 'the message is for another recipient', systemTitle: '5858585800000001' },
    });
    // Looking at recordings, any recipient goes.
    const looked = await unprotect(await ciphering(client, { recipientSystemTitle: stranger }), server, {
      mode: 'unverified',
    });
    expect(looked.apdu).toEqual(get);
    expect((await unprotect(await ciphering(client, { recipientSystemTitle: empty }), server)).authenticated).toBe(
      true,
    );
    const one = await pair(1, { policy: signedPolicy });
    const signed = await signing(one.client, { recipientSystemTitle: stranger });
    expect((await unprotect(signed, one.server, { mode: 'unverified' })).layers[0]!.signedBy).toEqual(clientTitle);
  });
  it('with a date-time of 12 octets or none', async () => {
    const { client, server } = await pair(1, { policy: signedPolicy });
    const refused = {
      code: 'decode/invalid-length',
      context: { expected: 'a date-time of 0 or 12 octets', actual: 5 },
    };
    for (const make of [ciphering, signing])
      expect(
        await failure(async () => unprotect(await make(client, { dateTime: new Uint8Array(5) }), server)),
      ).toMatchObject(refused);
    expect((await unprotect(await signing(client, { dateTime: new Uint8Array(12) }), server)).authenticated).toBe(true);
    expect(
      (await unprotect(await signing(client, { dateTime: new Uint8Array(5) }), server, { mode: 'unverified' })).apdu,
    ).toEqual(get);
    const other = await pair(1);
    expect(
      (await unprotect(await ciphering(other.client, { dateTime: new Uint8Array(12) }), other.server)).authenticated,
    ).toBe(true);
  });
});

describe('key information', () => {
  it.each([
    [
      'an identified key of another number',
      '010002',
      { code: 'security/unsupported', context: { what: 'key-id 2 of an identified key' } },
    ],
    [
      'a wrapped key under another KEK',
      '0101010100',
      { code: 'security/unsupported', context: { what: 'kek-id 1 of a wrapped key' } },
    ],
    [
      'a wrapped key that does not unwrap',
      `01010018${'00'.repeat(24)}`,
      { code: 'security/authentication-failed', context: { what: 'wrapped key', systemTitle: '4D4D4D0000BC614E' } },
    ],
    [
      'an agreement of another kind',
      '0102010300',
      { code: 'security/unsupported', context: { what: 'key-parameters of an agreed key' } },
    ],
    [
      'an agreement of two kinds',
      '010202010200',
      { code: 'security/unsupported', context: { what: 'key-parameters of an agreed key' } },
    ],
    [
      'an agreement of no kind',
      '01020000',
      { code: 'security/unsupported', context: { what: 'key-parameters of an agreed key' } },
    ],
    [
      'C(0e, 2s) with data',
      '010201020100',
      { code: 'decode/invalid-length', context: { expected: 'no key-ciphered-data', actual: 1 } },
    ],
    ['C(1e, 1s) without data', '0102010100', { code: 'decode/invalid-length' }],
    [
      'no key information',
      '00',
      { code: 'security/missing-key', context: { key: 'content key of general-ciphering without key-info' } },
    ],
  ])('refuses %s', async (_, info, error) => {
    const { client, server } = await pair(1);
    expect(await failure(async () => unprotect(await ciphering(client, {}, info), server))).toMatchObject(error);
  });
  it('asks for its keys by name', async () => {
    const { client, server } = await pair(1, { broadcast: true });
    await server.takeDedicatedKey(await client.newDedicatedKey());
    const cases: readonly (readonly [string, ProtectForm, string])[] = [
      ['globalUnicast', 'glo', 'global-unicast-encryption-key'],
      ['authentication', 'glo', 'authentication-key'],
      ['dedicated', 'ded', 'dedicated-key'],
      ['globalUnicast', { type: 'general-ciphering', key: 'global-unicast' }, 'global-unicast-encryption-key'],
      ['globalBroadcast', { type: 'general-ciphering', key: 'global-broadcast' }, 'global-broadcast-encryption-key'],
      ['master', { type: 'general-ciphering', key: 'wrapped' }, 'master-key'],
      ['agreement', { type: 'general-ciphering', key: 'one-pass' }, 'key agreement key'],
      ['peerSigning', { type: 'general-ciphering', key: 'one-pass' }, 'digital signature key of the originator'],
      ['agreement', { type: 'general-ciphering', key: 'static' }, 'key agreement key'],
      ['peerAgreement', { type: 'general-ciphering', key: 'static' }, 'key agreement key of the originator'],
      ['peerSigning', { type: 'general-signing' }, 'digital signature key of 4D4D4D0000BC614E'],
    ];
    for (const [name, form, key] of cases) {
      const without = server.fresh({ keys: { ...server.keys, [name]: undefined }, policy: clearPolicy });
      expect(await failure(async () => unprotect(await protect(get, client, { form }), without)), key).toMatchObject({
        code: 'security/missing-key',
        context: { key },
      });
    }
    const suite0 = await pair(0);
    for (const info of ['0102010100', '0102010200'])
      expect(
        await failure(async () => unprotect(await ciphering(suite0.client, {}, info), suite0.server)),
      ).toMatchObject({ code: 'security/unsupported' });
    expect(await failure(async () => unprotect(await signing(client), suite0.server))).toMatchObject({
      code: 'security/unsupported',
    });
  });
  it('of the British companion specification is told by all its marks', async () => {
    const { server } = await pair(1);
    const gbcs = 'DD0000000000002311000000 00DF09'.replaceAll(' ', '');
    const body = 'FF'.repeat(0x23 - 7);
    const unsupported = { code: 'security/unsupported', context: { what: expect.stringContaining('Companion') } };
    expect(await failure(() => unprotect(hex(`${gbcs}${body}`), server))).toMatchObject(unsupported);
    const key = { code: 'security/missing-key', context: { key: 'content key of general-ciphering without key-info' } };
    for (const [at, octet] of [
      // A transaction-id; encryption; a counter; something else inside.
      [8, 0x31],
      [8, 0x01],
      [8, 0x91],
      [9, 1],
      [12, 1],
      [13, 0xc0],
      // No APDU that anybody knows.
      [13, 0x00],
      [13, 0xff],
    ] as const) {
      const changed = hex(`${gbcs}${body}`);
      changed[at] = octet;
      expect(await failure(() => unprotect(changed, server)), `${at}`).toMatchObject(key);
    }
    const named = concat(hex('DD0101'), hex(`${gbcs}${body}`).subarray(2));
    expect(await failure(() => unprotect(named, server))).toMatchObject(key);
    // Nothing inside, and not even a whole security header.
    for (const content of ['051100000000', '0411000000', '00'])
      expect(await failure(() => unprotect(hex(`DD000000000000${content}`), server)), content).toMatchObject(key);
    // It has no key information: with it this is a message under that key, whose tag does not verify.
    const keyed = hex(`DD0000000000010000${`${gbcs}${body}`.slice(14)}`);
    expect(await failure(() => unprotect(keyed, server))).toMatchObject({ code: 'security/authentication-failed' });
    // With a content key at hand it is an ordinary message, whose tag does not verify.
    const contentKey = await nodeProvider.importKey('AES-128', new Uint8Array(16));
    expect(await failure(() => unprotect(hex(`${gbcs}${body}`), server, { contentKey }))).toMatchObject({
      code: 'security/authentication-failed',
    });
  });
});

describe('what is remembered', () => {
  it('of general-ciphering is shared by all contexts, and of several layers all of it', async () => {
    const { client, server } = await pair(1);
    const general = await ciphering(client, {}, '010000', 0x30, 1);
    expect((await unprotect(general, server)).layers[0]!.transactionId).toEqual(usual.transactionId);
    expect(await failure(() => unprotect(general, server.fresh()))).toMatchObject({ code: 'security/replay' });
    const early = await protect(
      get,
      client.fresh({ counters: new InvocationCounters(new VolatileStore(), { initial: 2 }) }),
    );
    const counters = new InvocationCounters(new VolatileStore(), { initial: 10 });
    const sender = client.fresh({ counters });
    const inner = await protect(get, sender, { form: { type: 'general-ciphering', key: 'wrapped' } });
    await unprotect(await protect(inner, sender, { form: 'general-glo' }), server);
    // The outer layer counts under the global key, the inner one under its own.
    expect(await failure(() => unprotect(early, server))).toMatchObject({ code: 'security/replay' });
    expect(await failure(() => unprotect(inner, server))).toMatchObject({ code: 'security/replay' });
  });
  it('says nothing against a header in front of plaintext, whatever its counter', async () => {
    const { client, server } = await pair(0, { policy: clearPolicy });
    await unprotect(await protect(get, client), server);
    expect((await unprotect(concat(hex('C812'), hex('0000000000'), get), server)).apdu).toEqual(get);
  });
});

describe('a transaction-id that is empty', () => {
  it('is nothing to one-pass agreement, whose key is new in every message', async () => {
    const { client, server } = await pair(1);
    const form: ProtectForm = { type: 'general-ciphering', key: 'one-pass', transactionId: empty };
    const message = await protect(get, client, { form });
    expect((await unprotect(message, server)).apdu).toEqual(get);
    expect(await failure(() => unprotect(message, server))).toMatchObject({ code: 'security/replay' });
  });
});

describe('transaction-ids', () => {
  it('have at most 32 octets where they are remembered', async () => {
    const { client, server } = await pair(1, { policy: signedPolicy });
    expect(
      (await unprotect(await signing(client, { transactionId: new Uint8Array(32).fill(1) }), server)).authenticated,
    ).toBe(true);
    expect(
      await failure(async () =>
        unprotect(await signing(client, { transactionId: new Uint8Array(33).fill(2) }), server),
      ),
    ).toMatchObject({
      code: 'decode/too-large',
      context: { limit: 32, actual: 33 },
    });
  });
  it('are compared as numbers, whatever their length', async () => {
    const { client, server } = await pair(1, { policy: signedPolicy });
    const send = async (id: string): Promise<unknown> =>
      unprotect(await signing(client, { transactionId: hex(id) }), server);
    await send('FF');
    await send('0100');
    for (const old of ['FF', '0100', '000000FF', '00000100'])
      expect(await failure(() => send(old)), old).toMatchObject({ code: 'security/replay' });
    await send('00000101');
    await send('FFFFFFFFFFFFFFFFFF');
  });
  it('or counters may grow under content keys that are new in every message', async () => {
    const { client, server } = await pair(1);
    for (const key of ['wrapped', 'one-pass', 'static'] as const) {
      const by = (initial: number, id: string): Promise<Uint8Array> =>
        Promise.resolve(
          protect(get, client.fresh({ counters: new InvocationCounters(new VolatileStore(), { initial }) }), {
            form: { type: 'general-ciphering', key, transactionId: hex(id) } as GeneralCipheringForm,
          }),
        );
      const fresh = server.fresh({ counters: new InvocationCounters(new VolatileStore()) });
      const opens = async (message: Uint8Array): Promise<string> =>
        Promise.resolve(message)
          .then((m) => unprotect(m, fresh))
          .then(
            () => 'opened',
            (e) => e.code,
          );
      const first = await by(5, '05');
      expect(await opens(first)).toBe('opened');
      expect(await opens(await by(4, '06'))).toBe('opened');
      expect(await opens(await by(6, '04'))).toBe('opened');
      for (const [counter, id] of [
        [5, '05'],
        [6, '06'],
        [4, '06'],
        [6, '04'],
        [0, '00'],
      ] as const)
        expect(await opens(await by(counter, id)), `${key} ${counter} ${id}`).toBe('security/replay');
      expect(await opens(first)).toBe('security/replay');
    }
    // Under a lasting key the counter alone decides.
    const opened = await ciphering(client, { transactionId: hex('01') }, '010000', 0x30, 9);
    await unprotect(opened, server);
    expect(
      await failure(async () =>
        unprotect(await ciphering(client, { transactionId: hex('02') }, '010000', 0x30, 8), server),
      ),
    ).toMatchObject({
      code: 'security/replay',
      context: { received: 8, last: 9 },
    });
  });
});

describe('a header in front of plaintext', () => {
  it('opens where nothing is required, needs no tag, and its counter says nothing', async () => {
    const { client, server } = await pair(0, { policy: clearPolicy });
    const message = concat(hex('C812'), hex('00FFFFFFFF'), get);
    for (let i = 0; i < 2; i++)
      expect(await unprotect(message, server)).toMatchObject({
        apdu: get,
        authenticated: false,
        protection: { authenticated: false, encrypted: false, signed: false },
        replayProtected: false,
        key: 'global-unicast-encryption-key',
      });
    expect((await unprotect(await protect(get, client), server)).replayProtected).toBe(true);
    expect(
      await failure(() =>
        unprotect(message, server.fresh({ policy: { send: both, receive: { authenticated: true } } })),
      ),
    ).toMatchObject({
      code: 'security/policy',
    });
  });
});

describe('how deep', () => {
  it('four layers, whatever the fifth is', async () => {
    const { client, server } = await pair(1, { broadcast: true });
    await server.takeDedicatedKey(await client.newDedicatedKey());
    const general = (key: GeneralCipheringForm['key']): ProtectForm => ({ type: 'general-ciphering', key });
    const four: readonly ProtectForm[] = [
      general('wrapped'),
      general('global-broadcast'),
      'general-ded',
      'general-glo',
    ];
    for (const fifth of ['glo', 'general-glo', general('static'), { type: 'general-signing' }] as const) {
      const message = await protect(get, client, { form: [fifth, ...four] });
      expect(await failure(() => unprotect(message, server)), JSON.stringify(fifth)).toMatchObject({
        code: 'decode/too-deep',
        context: { limit: 4 },
      });
    }
    expect((await unprotect(await protect(get, client, { form: four }), server)).layers).toHaveLength(4);
  });
});

describe('a signature', () => {
  it('has the length of its suite, or none', async () => {
    const { client, server } = await pair(1, { policy: signedPolicy });
    const signed = await signing(client);
    const front = signed.subarray(0, -65);
    for (const n of [1, 63, 65, 96])
      expect(await failure(() => unprotect(concat(front, Uint8Array.of(n), new Uint8Array(n)), server))).toMatchObject({
        code: 'decode/invalid-length',
        context: { offset: front.length + 1, expected: 'a signature of 64 octets', actual: n },
      });
    const without = concat(front, hex('00'));
    expect(await failure(() => unprotect(without, server))).toMatchObject({
      code: 'security/policy',
      context: { required: 'signed', actual: 'no protection' },
    });
    expect(await unprotect(without, server.fresh({ policy: clearPolicy }))).toMatchObject({
      authenticated: false,
      signers: [],
      layers: [{ kind: 'general-signing' }],
    });
    // With nothing counted, its transaction-id is not remembered.
    expect((await unprotect(signed, server)).signers).toEqual([clientTitle]);
  });
  it('of somebody unknown can be looked at, and is not verified then', async () => {
    const { client, server } = await pair(1, { policy: signedPolicy });
    const foreign = await signing(client, { originatorSystemTitle: stranger });
    expect(await failure(() => unprotect(foreign, server))).toMatchObject({
      code: 'security/missing-key',
      context: { key: 'digital signature key of 5858585800000001' },
    });
    const looked = await unprotect(foreign, server, { mode: 'unverified' });
    expect([looked.apdu, looked.layers[0]!.signedBy, looked.authenticated]).toEqual([get, undefined, false]);
    const known = await unprotect(await signing(client), server, { mode: 'unverified' });
    expect(known).toMatchObject({ authenticated: true, signers: [clientTitle], replayProtected: false });
    const wrong = await signing(client);
    wrong[wrong.length - 1]! ^= 1;
    expect(await failure(() => unprotect(wrong, server, { mode: 'unverified' }))).toMatchObject({
      code: 'security/authentication-failed',
    });
    // Our own may be looked at too.
    const own = await signing(client, { originatorSystemTitle: serverTitle });
    expect(await failure(() => unprotect(own, server))).toMatchObject({
      context: { what: 'signed by ourselves: a reflected message' },
    });
    expect((await unprotect(own, server, { mode: 'unverified' })).apdu).toEqual(get);
  });
  it('of a third party is not verified with the key of the peer', async () => {
    const asked: Uint8Array[] = [];
    const signerOf: SecurityContextOptions['signerOf'] = (title) => {
      asked.push(title);
      return undefined;
    };
    const { client, server } = await pair(1, { policy: signedPolicy, signerOf });
    expect(
      (await failure(async () => unprotect(await signing(client, { originatorSystemTitle: stranger }), server))).code,
    ).toBe('security/missing-key');
    expect(asked).toEqual([stranger]);
    expect((await unprotect(await signing(client), server)).signers).toEqual([clientTitle]);
    expect(asked).toHaveLength(1);
  });
});

describe('what is required', () => {
  it('is the policy and what the caller adds, and an error in clear passes both', async () => {
    const { client, server } = await pair(1, { policy: { send: both, receive: { authenticated: true } } });
    const message = async (protection: object): Promise<Uint8Array> => protect(get, client, { protection });
    expect((await unprotect(await message({ authenticated: true }), server)).protection).toEqual({
      authenticated: true,
      encrypted: false,
      signed: false,
    });
    const needed = { required: { encrypted: true } };
    expect(await failure(async () => unprotect(await message({ authenticated: true }), server, needed))).toMatchObject({
      code: 'security/policy',
      context: { required: 'authenticated and encrypted', actual: 'authenticated' },
    });
    expect((await unprotect(await message(both), server, needed)).protection.encrypted).toBe(true);
    expect(await failure(async () => unprotect(await message({ encrypted: true }), server))).toMatchObject({
      context: { required: 'authenticated', actual: 'encrypted' },
    });
    expect(await unprotect(hex('D80105'), server, needed)).toMatchObject({
      authenticated: false,
      replayProtected: false,
      originator: undefined,
      key: undefined,
    });
    // The error must be in clear: inside a layer that proves nothing it is no such thing.
    const wrapped = concat(hex('DB00'), hex('0801FFFFFFFF'), hex('D80105'));
    expect(await failure(() => unprotect(wrapped, server))).toMatchObject({ code: 'security/policy' });
    expect((await unprotect(get, server.fresh({ policy: clearPolicy }))).layers).toEqual([]);
  });
  it('is the suite of the context, and the refusal says both', async () => {
    const { client } = await pair(1);
    const { server } = await pair(2);
    expect(await failure(async () => unprotect(await protect(get, client), server))).toMatchObject({
      code: 'security/policy',
      context: { required: 'security suite 2', actual: 'security suite 1' },
    });
  });
});

describe('stores that answer later', () => {
  it('compare and record the same: every form once, and nothing given out before it is recorded', async () => {
    const counters = new InvocationCounters(new LateStore());
    const { client, server } = await pair(1, { counters, broadcast: true, policy: clearPolicy });
    await server.takeDedicatedKey(await client.newDedicatedKey());
    server.dedicatedCounters = new InvocationCounters(new LateStore());
    const general = (key: GeneralCipheringForm['key']): ProtectForm => ({ type: 'general-ciphering', key });
    for (const form of [
      'glo',
      'ded',
      general('wrapped'),
      { type: 'general-signing' },
      ['general-ded', general('static')],
    ] as readonly (ProtectForm | ProtectForm[])[]) {
      const message = await protect(get, client, { form });
      const opening = unprotect(message, server);
      expect(opening).toBeInstanceOf(Promise);
      expect((await opening).replayProtected).toBe(true);
      expect(await failure(() => unprotect(message, server)), JSON.stringify(form)).toMatchObject({
        code: 'security/replay',
      });
      // Two that race: one loses, whichever store it is.
      const next = await protect(get, client, { form });
      const results = await Promise.allSettled([1, 2].map(async () => unprotect(next, server)));
      expect(results.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected']);
    }
  });
});
