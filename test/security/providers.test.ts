import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { concat } from '../../src/core/bytes.js';
import { formatHex } from '../../src/core/hex.js';
import {
  buildCertificateRequest,
  signerOf,
  systemTitleName,
  verifyCertificateRequest,
} from '../../src/security/certificates/index.js';
import { fingerprintBlock } from '../../src/security/key-handle.js';
import type { Curve, KeyHandle } from '../../src/security/providers/provider.js';
import { webCryptoProvider } from '../../src/security/providers/webcrypto.js';
import { failure } from '../support/outcome.js';
import { hex } from './support.js';
import { providersWithToken } from './token.js';

const providers = await providersWithToken();

const key16 = hex('000102030405060708090A0B0C0D0E0F');
const key32 = hex('000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F');
const iv = hex('4D4D4D0000BC614E01234567');
const curves: readonly Curve[] = ['P-256', 'P-384'];
const scalar = (curve: Curve, last: number): Uint8Array =>
  Uint8Array.from({ length: curve === 'P-256' ? 32 : 48 }, (_, i) => (i === 0 ? 1 : i + last));
/** Orders of the groups. */
const order: Record<Curve, bigint> = {
  'P-256': 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  'P-384': 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
};
const toBig = (octets: Uint8Array): bigint => BigInt(`0x${formatHex(octets)}`);
const fromBig = (value: bigint, n: number): Uint8Array => hex(value.toString(16).padStart(2 * n, '0'));

describe.each(providers.map((p) => [p.name, p] as const))('fingerprints with %s', (_, provider) => {
  // SHA-256 over the block under the key, the first 8 octets: computed with openssl.
  it.each([
    ['AES-128', key16, 'CE5708DDBC02B34C'],
    ['AES-256', key32, 'FE3F13F5A74FB326'],
  ] as const)(
    'are the same for the same %s key, wherever it is and however it came there',
    async (algorithm, octets, expected) => {
      const key = await provider.importKey(algorithm, octets, { wrappable: true });
      const kek = await provider.importKey(
        'AES-128',
        key16.map((o) => o ^ 0xff),
        { use: 'wrapping' },
      );
      const wrapping = await provider.importKey(algorithm, octets, { use: 'wrapping' });
      const unwrapped = await provider.unwrap(kek, await provider.wrap(kek, key), algorithm);
      expect([key.fingerprint, unwrapped!.fingerprint, key.fingerprint, wrapping.fingerprint]).toEqual([
        expected,
        expected,
        expected,
        expected,
      ]);
      expect(kek.fingerprint).not.toBe(expected);
      const generated = [await provider.generateKey(algorithm), await provider.generateKey(algorithm)].map(
        (k) => k.fingerprint,
      );
      expect(new Set([...generated, expected]).size).toBe(3);
      for (const name of generated) expect(name).toMatch(/^[0-9A-F]{16}$/);
    },
  );
  it('say nothing about messages: neither the hash key of GCM nor any key stream is in them', async () => {
    const key = await provider.importKey('AES-128', key16);
    const h = await provider.encryptBlock(key, new Uint8Array(16));
    const hash = await provider.digest('SHA-256', [h]);
    expect(formatHex(h)).not.toContain(key.fingerprint);
    expect(formatHex(hash)).not.toContain(key.fingerprint);
    expect(fingerprintBlock.subarray(12)).toEqual(new Uint8Array(4));
    expect(fingerprintBlock.subarray(0, 12).some((o) => o !== 0)).toBe(true);
  });
  it('are for AES keys alone, and stay when a key that was named is destroyed', async () => {
    const secret = await provider.importKey('secret', key16);
    const { privateKey } = await provider.generateKeyPair('ECDSA P-256');
    for (const other of [secret, privateKey])
      expect(() => other.fingerprint).toThrow(expect.objectContaining({ code: 'security/invalid-key' }));
    const key = await provider.importKey('AES-128', key16);
    const name = key.fingerprint;
    key.destroy();
    expect(key.fingerprint).toBe(name);
  });
});

describe.each(providers.map((p) => [p.name, p] as const))('provider %s', (_, provider) => {
  it('refuses a tag with any bit changed, cut or lengthened, and gives no plaintext', async () => {
    const key = await provider.importKey('AES-128', key16);
    const aad = [hex('30'), await provider.importKey('secret', key16)];
    const sealed = await provider.seal(key, iv, aad, hex('C001C100080000010000FF0200'));
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = sealed.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(await provider.open(key, iv, aad, changed)).toBeUndefined();
    }
    for (const n of [0, 1, 4, 8, 11, 12, sealed.length - 1])
      expect(await provider.open(key, iv, aad, sealed.subarray(0, n))).toBeUndefined();
    expect(await provider.open(key, iv, aad, concat(sealed, hex('00')))).toBeUndefined();
    expect(await provider.open(key, hex('4D4D4D0000BC614E01234568'), aad, sealed)).toBeUndefined();
    expect(await provider.open(key, iv, [hex('31'), aad[1]!], sealed)).toBeUndefined();
    expect(await provider.open(key, iv, aad, sealed)).toEqual(hex('C001C100080000010000FF0200'));
  });
  it('joins additional data as if it were one part, also when a part has one octet', async () => {
    const key = await provider.importKey('AES-256', key32);
    const secret = await provider.importKey('secret', key16);
    const whole = await provider.seal(key, iv, [concat(hex('30'), key16, hex('AABB'))], hex('01'));
    expect(await provider.seal(key, iv, [hex('30'), secret, hex('AABB')], hex('01'))).toEqual(whole);
    expect(await provider.seal(key, iv, [hex('30'), secret], hex('01'))).toEqual(
      await provider.seal(key, iv, [concat(hex('30'), key16)], hex('01')),
    );
    expect(await provider.seal(key, iv, [hex('31'), secret], hex('01'))).toEqual(
      await provider.seal(key, iv, [concat(hex('31'), key16)], hex('01')),
    );
  });
  it('puts the prefix in front, and returns plain Uint8Arrays that own what they show', async () => {
    const key = await provider.importKey('AES-128', key16);
    for (const n of [0, 1, 64, 512, 70_000]) {
      const plaintext = new Uint8Array(n).fill(7);
      const sealed = await provider.seal(key, iv, [], plaintext, hex('C81E30'));
      expect(sealed.subarray(0, 3)).toEqual(hex('C81E30'));
      expect(sealed).toHaveLength(n + 15);
      const opened = await provider.open(key, iv, [], sealed.subarray(3));
      for (const result of [sealed, opened!, await provider.ctr(key, iv, plaintext), provider.random(8)])
        expect(result.constructor).toBe(Uint8Array);
      expect(formatHex(opened!)).toBe(formatHex(plaintext));
    }
  });
  it('takes a copy of imported octets', async () => {
    const octets = key16.slice();
    const key = await provider.importKey('AES-128', octets);
    const secret = await provider.importKey('secret', octets);
    const before = [await provider.encryptBlock(key, key16), await provider.digest('SHA-256', [secret])];
    octets.fill(0);
    expect([await provider.encryptBlock(key, key16), await provider.digest('SHA-256', [secret])]).toEqual(before);
  });
  it('refuses wrong lengths, foreign, destroyed and misused keys by name', async () => {
    const invalid = { code: 'security/invalid-key' };
    for (const [algorithm, octets] of [
      ['AES-128', key32],
      ['AES-256', key16],
      ['AES-128', key16.subarray(1)],
    ] as const)
      expect(await failure(() => provider.importKey(algorithm, octets))).toMatchObject(invalid);
    const key = await provider.importKey('AES-128', key16);
    const secret = await provider.importKey('secret', key16);
    const signing = await provider.generateKeyPair('ECDSA P-256');
    const agreement = await provider.generateKeyPair('ECDH P-256');
    const other = await providers.find((p) => p !== provider)!.importKey('AES-128', key16);
    const fake = { algorithm: 'AES-128', length: 16, destroy: () => {} } as KeyHandle;
    for (const call of [
      () => provider.seal(other, iv, [], key16),
      () => provider.seal(fake, iv, [], key16),
      () => provider.seal(secret, iv, [], key16),
      () => provider.ctr(signing.privateKey, iv, key16),
      () => provider.sign(agreement.privateKey, key16),
      () => provider.sign(key, key16),
      () => provider.agree(signing.privateKey, agreement.publicKey),
      () => provider.digest('SHA-256', [signing.privateKey]),
      () => provider.encryptBlock(secret, key16),
    ])
      expect(await failure(call)).toMatchObject(invalid);
    key.destroy();
    secret.destroy();
    signing.privateKey.destroy();
    for (const call of [
      () => provider.seal(key, iv, [], key16),
      () => provider.digest('SHA-256', [secret]),
      () => provider.sign(signing.privateKey, key16),
    ])
      expect(await failure(call)).toMatchObject(invalid);
  });
  it('a key that wraps reads no message and none of the keys under it, a key for messages wraps none', async () => {
    const kek = await provider.importKey('AES-128', key16, { use: 'wrapping' });
    const content = await provider.importKey('AES-128', key32.subarray(16), { wrappable: true });
    const wrapped = await provider.wrap(kek, content);
    const pair = await provider.generateKeyPair('ECDH P-256');
    const z = await provider.agree(pair.privateKey, pair.publicKey);
    const use = 'wrapping';
    const invalid = { code: 'security/invalid-key' };
    for (const key of [
      kek,
      await provider.generateKey('AES-256', { use }),
      await provider.deriveKey('AES-128', 'SHA-256', [z], { use }),
      (await provider.unwrap(kek, wrapped, 'AES-128', { use }))!,
    ]) {
      for (const call of [
        () => provider.seal(key, iv, [], key16),
        () => provider.open(key, iv, [], wrapped),
        () => provider.ctr(key, iv, wrapped),
        () => provider.encryptBlock(key, key16),
      ])
        expect(await failure(call)).toMatchObject(invalid);
      expect((await provider.unwrap(key, await provider.wrap(key, content), 'AES-128'))!.fingerprint).toBe(
        content.fingerprint,
      );
    }
    for (const key of [
      content,
      await provider.generateKey('AES-128'),
      await provider.deriveKey('AES-128', 'SHA-256', [z]),
      (await provider.unwrap(kek, wrapped, 'AES-128'))!,
    ]) {
      expect(await failure(() => provider.wrap(key, content))).toMatchObject(invalid);
      expect(await failure(() => provider.unwrap(key, wrapped, 'AES-128'))).toMatchObject(invalid);
      expect(await provider.seal(key, iv, [], key16)).toHaveLength(28);
    }
  });
  it('prints keys as their algorithm', async () => {
    const keys = [
      await provider.importKey('AES-128', key16),
      await provider.importKey('secret', key16),
      (await provider.importPrivateKey('ECDH P-256', scalar('P-256', 3))).privateKey,
    ];
    for (const key of keys) {
      const text = `KeyHandle(${key.algorithm})`;
      expect([
        String(key),
        JSON.parse(JSON.stringify({ key })).key,
        inspect(key, { showHidden: true, depth: 9 }),
        inspect({ key }),
      ]).toEqual([text, text, text, `{ key: ${text} }`]);
      expect(structuredCloneText(key)).not.toMatch(/0, *1, *2, *3/);
    }
  });
  it('wraps under the key encrypting key only what it should, and unwraps only what was not changed', async () => {
    const kek = await provider.importKey('AES-128', key16, { use: 'wrapping' });
    const wrapped = await provider.wrap(kek, await provider.importKey('AES-256', key32, { wrappable: true }));
    expect(wrapped).toHaveLength(40);
    for (let bit = 0; bit < wrapped.length * 8; bit += 3) {
      const changed = wrapped.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(await provider.unwrap(kek, changed, 'AES-256')).toBeUndefined();
    }
    for (const wrong of [
      wrapped.subarray(0, 39),
      wrapped.subarray(0, 32),
      wrapped.subarray(0, 16),
      new Uint8Array(0),
      concat(wrapped, new Uint8Array(8)),
    ])
      expect(await provider.unwrap(kek, wrong, 'AES-256')).toBeUndefined();
    expect(await provider.unwrap(kek, wrapped, 'AES-128')).toBeUndefined();
    expect(
      await failure(async () => provider.wrap(kek, await provider.importKey('secret', new Uint8Array(8)))),
    ).toMatchObject({
      code: 'security/invalid-key',
    });
  });
  it.each(curves)('%s: accepts r and s from 1 to n - 1, high s too, and nothing else', async (curve) => {
    const n = curve === 'P-256' ? 32 : 48;
    const message = hex('C0FFEE');
    const pair = await provider.importPrivateKey(`ECDSA ${curve}`, scalar(curve, 1));
    const signature = await provider.sign(pair.privateKey, message);
    expect(signature).toHaveLength(2 * n);
    const r = signature.subarray(0, n);
    const s = signature.subarray(n);
    const mirrored = concat(r, fromBig(order[curve] - toBig(s), n));
    expect(await provider.verify(pair.publicKey, message, signature)).toBe(true);
    expect(await provider.verify(pair.publicKey, message, mirrored)).toBe(true);
    const zero = new Uint8Array(n);
    const group = fromBig(order[curve], n);
    const ones = new Uint8Array(n).fill(0xff);
    for (const wrong of [
      concat(zero, s),
      concat(r, zero),
      concat(zero, zero),
      concat(group, s),
      concat(r, group),
      concat(ones, ones),
      concat(s, r),
      signature.subarray(1),
      concat(signature, hex('00')),
      new Uint8Array(0),
      concat(r, fromBig(toBig(s) + 1n, n)),
    ])
      expect(await provider.verify(pair.publicKey, message, wrong)).toBe(false);
    expect(await provider.verify(pair.publicKey, hex('C0FFEF'), signature)).toBe(false);
    expect(
      await provider.verify((await provider.generateKeyPair(`ECDSA ${curve}`)).publicKey, message, signature),
    ).toBe(false);
  });
  it.each(curves)(
    '%s: refuses public keys that are no points of the curve, and scalars outside 1 to n - 1',
    async (curve) => {
      const n = curve === 'P-256' ? 32 : 48;
      const own = await provider.importPrivateKey(`ECDH ${curve}`, scalar(curve, 1));
      const { octets } = own.publicKey;
      const twisted = octets.slice();
      twisted[2 * n - 1]! ^= 1;
      const otherCurve = (await provider.generateKeyPair(curve === 'P-256' ? 'ECDH P-384' : 'ECDH P-256')).publicKey
        .octets;
      for (const bad of [
        twisted,
        new Uint8Array(2 * n),
        new Uint8Array(2 * n).fill(0xff),
        octets.subarray(1),
        concat(octets, hex('00')),
        concat(hex('04'), octets),
        new Uint8Array(0),
        // x and y swapped, x of 1 (not on the curve), a point of the other curve
        concat(octets.subarray(n), octets.subarray(0, n)),
        concat(fromBig(1n, n), fromBig(1n, n)),
        otherCurve,
      ]) {
        const publicKey = { curve, octets: bad };
        expect(await failure(() => provider.agree(own.privateKey, publicKey))).toMatchObject({
          code: 'security/invalid-key',
        });
        expect(await failure(() => provider.verify(publicKey, octets, new Uint8Array(2 * n).fill(1)))).toMatchObject({
          code: 'security/invalid-key',
        });
      }
      for (const d of [0n, order[curve], order[curve] + 5n])
        expect(await failure(() => provider.importPrivateKey(`ECDH ${curve}`, fromBig(d, n)))).toMatchObject({
          code: 'security/invalid-key',
        });
      for (const d of [scalar(curve, 1).subarray(1), concat(hex('00'), scalar(curve, 1))])
        expect(await failure(() => provider.importPrivateKey(`ECDSA ${curve}`, d))).toMatchObject({
          code: 'security/invalid-key',
        });
      for (const d of [1n, order[curve] - 1n])
        expect((await provider.importPrivateKey(`ECDH ${curve}`, fromBig(d, n))).publicKey.octets).toHaveLength(2 * n);
    },
  );
  it.each(curves)(
    '%s: proves a key agreement key for its request, and nothing else, or says by name that it cannot',
    async (curve) => {
      const agreement = await provider.generateKeyPair(`ECDH ${curve}`);
      const signing = await provider.generateKeyPair(`ECDSA ${curve}`);
      if (provider === webCryptoProvider) {
        expect(provider.proveKey).toBeUndefined();
        expect(() => signerOf(provider, agreement.privateKey)).toThrow(
          expect.objectContaining({ code: 'security/unsupported' }),
        );
        return;
      }
      const subject = systemTitleName(hex('4D4D4D0000BC614E'));
      const request = await buildCertificateRequest(
        { subject, publicKey: agreement.publicKey, type: 'key-agreement' },
        signerOf(provider, agreement.privateKey),
      );
      for (const verifier of providers) expect(await verifyCertificateRequest(request, verifier)).toBe(true);
      expect(
        await provider.verify(agreement.publicKey, key16, await provider.proveKey!(agreement.privateKey, key16)),
      ).toBe(true);
      const invalid = { code: 'security/invalid-key' };
      expect(await failure(() => provider.proveKey!(signing.privateKey, key16))).toMatchObject(invalid);
      expect(await failure(() => provider.sign(agreement.privateKey, key16))).toMatchObject(invalid);
      agreement.privateKey.destroy();
      expect(await failure(() => provider.proveKey!(agreement.privateKey, key16))).toMatchObject(invalid);
    },
  );
  it('makes random octets, keys and key pairs that differ', async () => {
    expect(provider.random(70_000)).toHaveLength(70_000);
    expect(formatHex(provider.random(16))).not.toBe(formatHex(provider.random(16)));
    const [a, b] = [await provider.generateKey('AES-128'), await provider.generateKey('AES-128')];
    expect(await provider.encryptBlock(a, key16)).not.toEqual(await provider.encryptBlock(b, key16));
    expect((await provider.generateKey('AES-256')).length).toBe(32);
    expect((await provider.generateKey('secret', { length: 32 })).length).toBe(32);
    expect((await provider.generateKeyPair('ECDH P-384')).publicKey.octets).not.toEqual(
      (await provider.generateKeyPair('ECDH P-384')).publicKey.octets,
    );
  });
});

it.each(providers.filter((p) => p.name === 'pkcs11').map((p) => [p.name, p] as const))(
  '%s says by name what a token cannot do',
  async (_, provider) => {
    const key = await provider.importKey('AES-128', key16);
    // An AES key stays on the token: it cannot be additional data, which the caller of a token has to bring. Of the primitives, that is all that is missing.
    expect(await failure(() => provider.seal(key, iv, [key], key16))).toMatchObject({
      code: 'security/invalid-key',
      context: { reason: 'the octets of a key on the token (AES-128) are not readable' },
    });
    // A shared secret too: it enters hashes there, and key derivation.
    const pair = await provider.generateKeyPair('ECDH P-256');
    const shared = await provider.agree(pair.privateKey, pair.publicKey);
    expect(await failure(() => provider.seal(key, iv, [shared], key16))).toMatchObject({
      code: 'security/invalid-key',
      context: { reason: 'the octets of a key on the token (secret) are not readable' },
    });
    expect(await provider.digest('SHA-256', [shared])).toHaveLength(32);
    const kek = await provider.importKey('AES-128', key16, { use: 'wrapping' });
    expect(await failure(() => provider.wrap(kek, shared))).toMatchObject({ code: 'security/invalid-key' });
  },
);

const pairs = providers.flatMap((a) => providers.filter((b) => b !== a).map((b) => [a.name, b.name, a, b] as const));
describe.each(pairs)('%s and %s agree', (_, __, a, b) => {
  it('on ciphers, hashes and wrapped keys', async () => {
    for (const [algorithm, octets] of [
      ['AES-128', key16],
      ['AES-256', key32],
    ] as const) {
      const ka = await a.importKey(algorithm, octets, { wrappable: true });
      const kb = await b.importKey(algorithm, octets);
      for (const n of [0, 1, 15, 16, 17, 1000]) {
        const plaintext = Uint8Array.from({ length: n }, (_, i) => i);
        const sealed = await a.seal(ka, iv, [hex('30'), key16], plaintext);
        expect(await b.open(kb, iv, [hex('30'), key16], sealed)).toEqual(plaintext);
        expect(await b.ctr(kb, iv, plaintext, hex('AA'))).toEqual(await a.ctr(ka, iv, plaintext, hex('AA')));
      }
      expect(await b.encryptBlock(kb, key16)).toEqual(await a.encryptBlock(ka, key16));
      const [wa, wb] = [
        await a.importKey(algorithm, octets, { use: 'wrapping' }),
        await b.importKey(algorithm, octets, { use: 'wrapping' }),
      ];
      const unwrapped = await b.unwrap(wb, await a.wrap(wa, ka), algorithm);
      expect(await b.encryptBlock(unwrapped!, key16)).toEqual(await a.encryptBlock(ka, key16));
    }
    const [sa, sb] = [await a.importKey('secret', key32), await b.importKey('secret', key32)];
    for (const hash of ['MD5', 'SHA-1', 'SHA-256', 'SHA-384'] as const)
      expect(await b.digest(hash, [key16, sb])).toEqual(await a.digest(hash, [key16, sa]));
  });
  it.each(curves)('on signatures and shared secrets of %s', async (curve) => {
    const signing = await a.generateKeyPair(`ECDSA ${curve}`);
    expect(await b.verify(signing.publicKey, key16, await a.sign(signing.privateKey, key16))).toBe(true);
    const own = await a.generateKeyPair(`ECDH ${curve}`);
    const other = await b.importPrivateKey(`ECDH ${curve}`, scalar(curve, 9));
    const za = await a.agree(own.privateKey, other.publicKey);
    const zb = await b.agree(other.privateKey, own.publicKey);
    expect(await a.digest('SHA-256', [za])).toEqual(await b.digest('SHA-256', [zb]));
    expect(za.length).toBe(curve === 'P-256' ? 32 : 48);
    const [ka, kb] = [await a.deriveKey('AES-128', 'SHA-256', [za]), await b.deriveKey('AES-128', 'SHA-256', [zb])];
    expect(await a.encryptBlock(ka, key16)).toEqual(await b.encryptBlock(kb, key16));
  });
});

/** What a structured clone or a walk over all own properties would show. */
function structuredCloneText(value: object): string {
  const seen: unknown[] = [];
  for (const key of Reflect.ownKeys(value)) seen.push(key, (value as Record<PropertyKey, unknown>)[key as string]);
  return inspect(seen, { showHidden: true, depth: 9 });
}

describe.each(providers.map((provider) => [provider.name, provider] as const))('a new secret of %s', (_, provider) => {
  it.each([-1, 0, 1.5, Number.NaN, 0x10000, Number.POSITIVE_INFINITY])(
    'of a length that no secret has is refused by name: %d',
    async (length) => {
      expect(await failure(async () => provider.generateKey('secret', { length }))).toMatchObject({
        code: 'security/invalid-key',
      });
    },
  );
  it('has the length that was asked for', async () => {
    for (const length of [undefined, 1, 0xffff])
      expect((await provider.generateKey('secret', length === undefined ? {} : { length })).length).toBe(length ?? 16);
  });
});
