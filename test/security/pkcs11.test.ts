import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { concat } from '../../src/core/bytes.js';
import { isDlmsError } from '../../src/core/errors.js';
import { formatHex, parseHex } from '../../src/core/hex.js';
import {
  buildCertificate,
  buildCertificateRequest,
  name,
  signerOf,
  systemTitleName,
  validateCertificate,
  verifyCertificateRequest,
} from '../../src/security/certificates/index.js';
import { nodeProvider } from '../../src/security/providers/node-provider.js';
import { openPkcs11Provider, type Pkcs11Options, type Pkcs11Provider } from '../../src/security/providers/pkcs11.js';
import { gmac, type KeyHandle } from '../../src/security/providers/provider.js';
import { needs, pkcs11js, softhsm, softhsmLibrary } from '../support/needs.js';
import { laterOutcome } from '../support/outcome.js';
import { beside, makeTokens, pin } from './token.js';

const key16 = parseHex('000102030405060708090A0B0C0D0E0F');
const key32 = parseHex('F0E0D0C0B0A090807060504030201000F1E1D1C1B1A191817161514131211101');
const authenticationKey = parseHex('D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF');
const iv = parseHex('4D4D4D0000BC614E01234567');
const message = parseHex('C0010000080000010000FF0200');

describe('keys on a SoftHSM2 token', needs(softhsm, pkcs11js), () => {
  let remove: (() => void) | undefined;
  beforeAll(() => {
    remove = makeTokens('at once', 'in the background');
  });
  afterAll(() => remove?.());
  describe.each([['at once'], ['in the background']] as const)('%s', suite);
});

function suite(mode: 'at once' | 'in the background'): void {
  const background = mode === 'in the background';
  const options: Pkcs11Options = { library: softhsmLibrary as string, token: mode, pin, background };
  let token: Pkcs11Provider;
  beforeAll(async () => {
    token = await openPkcs11Provider(options);
  });
  afterAll(() => token?.close());

  it('answers at once, or as promises', async () => {
    const key = await token.importKey('AES-128', key16);
    expect(token.seal(key, iv, [], message) instanceof Promise).toBe(background);
  });
  it.each([
    ['AES-128', key16],
    ['AES-256', key32],
  ] as const)('%s seals, opens and runs as the platform does', async (algorithm, octets) => {
    const here = await token.importKey(algorithm, octets);
    const there = await nodeProvider.importKey(algorithm, octets);
    const ak = await token.importKey('secret', authenticationKey);
    const aad = [Uint8Array.of(0x30), ak];
    const platformAad = [Uint8Array.of(0x30), await nodeProvider.importKey('secret', authenticationKey)];
    for (const plaintext of [new Uint8Array(0), message, new Uint8Array(16), new Uint8Array(5000).fill(5)]) {
      const sealed = await token.seal(here, iv, aad, plaintext, Uint8Array.of(1, 2));
      expect(sealed).toEqual(await nodeProvider.seal(there, iv, platformAad, plaintext, Uint8Array.of(1, 2)));
      expect(await token.open(here, iv, aad, sealed.subarray(2))).toEqual(plaintext);
      expect(await token.seal(here, iv, [], plaintext)).toEqual(await nodeProvider.seal(there, iv, [], plaintext));
      expect(await token.ctr(here, iv, plaintext, Uint8Array.of(7))).toEqual(
        await nodeProvider.ctr(there, iv, plaintext, Uint8Array.of(7)),
      );
    }
    expect(await gmac(token, here, iv, [message])).toEqual(await gmac(nodeProvider, there, iv, [message]));
    expect(await token.encryptBlock(here, key16)).toEqual(await nodeProvider.encryptBlock(there, key16));
  });
  it('refuses every changed octet, and works on afterwards', async () => {
    const key = await token.generateKey('AES-128');
    const sealed = await token.seal(key, iv, [message], message);
    for (let i = 0; i < sealed.length; i++) {
      const changed = sealed.slice();
      changed[i] = (changed[i] as number) ^ 1;
      expect([i, await token.open(key, iv, [message], changed)]).toEqual([i, undefined]);
    }
    expect(await token.open(key, iv, [], sealed)).toBeUndefined();
    expect(await token.open(key, iv, [message], sealed.subarray(0, 11))).toBeUndefined();
    expect(await token.open(key, iv, [message], sealed)).toEqual(message);
  });
  it('wraps and unwraps as the platform does, and keeps what may not leave', async () => {
    const kek = await token.importKey('AES-128', key16, { use: 'wrapping' });
    const platformKek = await nodeProvider.importKey('AES-128', key16, { use: 'wrapping' });
    const fresh = await token.generateKey('AES-256', { wrappable: true });
    const wrapped = await token.wrap(kek, fresh);
    const twin = await nodeProvider.unwrap(platformKek, wrapped, 'AES-256');
    if (twin === undefined) throw new Error('not unwrapped');
    expect(await nodeProvider.seal(twin, iv, [], message)).toEqual(await token.seal(fresh, iv, [], message));
    const again = await token.unwrap(kek, wrapped, 'AES-256', { wrappable: true });
    if (again === undefined) throw new Error('not unwrapped');
    expect(await token.seal(again, iv, [], message)).toEqual(await token.seal(fresh, iv, [], message));
    expect(await token.wrap(kek, again)).toEqual(wrapped);
    const ak = await token.importKey('secret', authenticationKey);
    const wrappedSecret = await token.wrap(kek, ak);
    expect(wrappedSecret).toEqual(
      await nodeProvider.wrap(platformKek, await nodeProvider.importKey('secret', authenticationKey)),
    );
    const akAgain = await token.unwrap(kek, wrappedSecret, 'secret');
    if (akAgain === undefined) throw new Error('not unwrapped');
    expect(await token.seal(fresh, iv, [akAgain], message)).toEqual(
      await token.seal(fresh, iv, [authenticationKey], message),
    );
    for (let i = 0; i < wrapped.length; i += 5) {
      const changed = wrapped.slice();
      changed[i] = (changed[i] as number) ^ 1;
      expect(await token.unwrap(kek, changed, 'AES-256')).toBeUndefined();
    }
    expect(await token.unwrap(kek, wrapped, 'AES-128')).toBeUndefined();
    expect(await token.unwrap(kek, wrapped.subarray(1), 'AES-256')).toBeUndefined();
    expect(await laterOutcome(async () => token.wrap(kek, await token.generateKey('AES-128')))).toBe(
      'security/invalid-key',
    );
  });
  it('who may use the token does not read a wrapped key by deciphering it: each key has one use, and keeps it', async () => {
    const kek = await token.generateKey('AES-128', { use: 'wrapping', label: 'kek' });
    const content = await token.generateKey('AES-128', { wrappable: true, label: 'content' });
    const wrapped = await token.wrap(kek, content);
    const again = (await token.unwrap(kek, wrapped, 'AES-128', { label: 'again' })) as KeyHandle;
    const nextKek = (await token.unwrap(kek, wrapped, 'AES-128', { use: 'wrapping', label: 'next kek' })) as KeyHandle;
    const z = await token.agree(
      (await token.generateKeyPair('ECDH P-256')).privateKey,
      (await token.generateKeyPair('ECDH P-256')).publicKey,
    );
    const agreedKek = await token.deriveKey('AES-128', 'SHA-256', [z], { use: 'wrapping' });
    const sealed = await token.seal(content, iv, [], message);
    for (const key of [kek, nextKek, agreedKek, token.find('kek', 'AES-128')])
      for (const f of [
        () => token.seal(key, iv, [], message),
        () => token.open(key, iv, [], sealed),
        () => token.ctr(key, iv, wrapped),
        () => token.encryptBlock(key, key16),
      ])
        expect(await laterOutcome(f)).toBe('security/invalid-key');
    for (const key of [content, again, token.find('again', 'AES-128')])
      for (const f of [() => token.wrap(key, content), () => token.unwrap(key, wrapped, 'AES-128')])
        expect(await laterOutcome(f)).toBe('security/invalid-key');
    const back = await token.unwrap(token.find('next kek', 'AES-128'), await token.wrap(nextKek, content), 'AES-128');
    expect(await token.open(back as KeyHandle, iv, [], sealed)).toEqual(message);
    // The token says the same to whoever asks it directly, and does not let it be changed.
    const direct = await beside(mode);
    const uses = [
      'CKA_ENCRYPT',
      'CKA_DECRYPT',
      'CKA_WRAP',
      'CKA_UNWRAP',
      'CKA_SENSITIVE',
      'CKA_EXTRACTABLE',
      'CKA_MODIFIABLE',
    ];
    expect(['kek', 'content', 'again', 'next kek'].map((label) => direct.flags(label, uses))).toEqual([
      '0011100',
      '1100110',
      '1100101',
      '0011101',
    ]);
    for (const flag of ['CKA_DECRYPT', 'CKA_ENCRYPT', 'CKA_EXTRACTABLE'])
      expect(direct.widen('kek', flag)).not.toBe('done');
    expect(direct.widen('content', 'CKA_UNWRAP')).not.toBe('done');
    // A key of another origin that does both is not taken.
    direct.makeBoth('both', key16);
    expect(await laterOutcome(() => token.find('both', 'AES-128'))).toBe('security/invalid-key');
    direct.close();
    for (const label of ['kek', 'content', 'again', 'next kek', 'both']) expect(token.remove(label)).toBe(1);
  });
  it('a block under a key for wrapping, of the one form that key wrap with padding gives', async () => {
    const there = await nodeProvider.importKey('AES-128', key16);
    const kek = await token.importKey('AES-128', key16, { use: 'wrapping' });
    for (const tail of ['66696E6700000000', '0000000000000000', 'FFFFFFFFFFFFFFFF']) {
      const block = parseHex(`A65959A600000008${tail}`);
      expect(await token.encryptBlock(kek, block)).toEqual(await nodeProvider.encryptBlock(there, block));
    }
    expect(await laterOutcome(() => token.encryptBlock(kek, parseHex('A65959A60000000966696E6700000000')))).toBe(
      'security/invalid-key',
    );
    expect(await laterOutcome(() => token.encryptBlock(kek, new Uint8Array(16)))).toBe('security/invalid-key');
    expect(await laterOutcome(() => token.encryptBlock(kek, new Uint8Array(15)))).toBe('encode/invalid-value');
  });
  it.each(['P-256', 'P-384'] as const)('%s: signs, agrees and derives with the platform', async (curve) => {
    const signing = await token.generateKeyPair(`ECDSA ${curve}`);
    const signature = await token.sign(signing.privateKey, message);
    expect(await nodeProvider.verify(signing.publicKey, message, signature)).toBe(true);
    expect(await token.verify(signing.publicKey, message, signature)).toBe(true);
    expect(await token.verify(signing.publicKey, message.subarray(1), signature)).toBe(false);
    const here = await token.generateKeyPair(`ECDH ${curve}`);
    const there = await nodeProvider.generateKeyPair(`ECDH ${curve}`);
    const hash = curve === 'P-256' ? 'SHA-256' : 'SHA-384';
    const aes = curve === 'P-256' ? 'AES-128' : 'AES-256';
    const info = Uint8Array.of(0x60, 0x85, 0x74);
    const derive = async (provider: typeof nodeProvider, own: typeof here, peerKey: typeof here) => {
      const z = await provider.agree(own.privateKey, peerKey.publicKey);
      const key = await provider.deriveKey(aes, hash, [Uint8Array.of(0, 0, 0, 1), z, info, new Uint8Array(0)]);
      return [await provider.seal(key, iv, [], message), await provider.digest(hash, [z, info])];
    };
    expect(await derive(token, here, there)).toEqual(await derive(nodeProvider, there, here));
    const off = there.publicKey.octets.slice();
    off[5] = (off[5] as number) ^ 1;
    expect(await laterOutcome(() => token.agree(here.privateKey, { curve, octets: off }))).toBe('security/invalid-key');
    const d = parseHex('11'.repeat(curve === 'P-256' ? 32 : 48));
    const imported = await token.importPrivateKey(`ECDSA ${curve}`, d);
    expect(imported.publicKey).toEqual((await nodeProvider.importPrivateKey(`ECDSA ${curve}`, d)).publicKey);
    expect(await nodeProvider.verify(imported.publicKey, message, await token.sign(imported.privateKey, message))).toBe(
      true,
    );
  });
  it('hashes secrets and octets as the platform does', async () => {
    const secret = await token.importKey('secret', authenticationKey);
    for (const algorithm of ['MD5', 'SHA-1', 'SHA-256', 'SHA-384'] as const)
      expect(await token.digest(algorithm, [message, secret])).toEqual(
        await nodeProvider.digest(algorithm, [concat(message, authenticationKey)]),
      );
    expect(token.random(33)).toHaveLength(33);
    expect(token.random(16)).not.toEqual(token.random(16));
  });

  it('keeps labelled keys for the next session, and no others', async () => {
    const aes = await token.generateKey('AES-128', { label: 'guek' });
    await token.importKey('secret', authenticationKey, { label: 'gak' });
    const signing = await token.generateKeyPair('ECDSA P-256', { label: 'sign' });
    const agreeing = await token.importPrivateKey('ECDH P-384', parseHex('21'.repeat(48)), { label: 'agree' });
    const kek = await token.importKey('AES-128', key16, { use: 'wrapping' });
    await token.unwrap(kek, await token.wrap(kek, await token.generateKey('AES-256', { wrappable: true })), 'AES-256', {
      label: 'unwrapped',
    });
    const session = await token.generateKey('AES-128');
    const sealed = await token.seal(aes, iv, [authenticationKey], message);
    token.close();
    expect(await laterOutcome(() => token.seal(session, iv, [], message))).toBe('security/provider');
    token = await openPkcs11Provider(options);
    expect(await laterOutcome(() => token.seal(session, iv, [], message))).toBe('security/invalid-key');
    expect(await token.open(token.find('guek', 'AES-128'), iv, [token.find('gak', 'secret')], sealed)).toEqual(message);
    const found = token.findPair('sign', 'ECDSA P-256');
    expect(found.publicKey).toEqual(signing.publicKey);
    expect(await nodeProvider.verify(found.publicKey, message, await token.sign(found.privateKey, message))).toBe(true);
    expect(token.findPair('agree', 'ECDH P-384').publicKey).toEqual(agreeing.publicKey);
    expect(await token.seal(token.find('unwrapped', 'AES-256'), iv, [], message)).toHaveLength(message.length + 12);

    expect(await laterOutcome(() => token.find('nothing', 'AES-128'))).toBe('security/missing-key');
    expect(await laterOutcome(() => token.find('guek', 'AES-256'))).toBe('security/invalid-key');
    expect(await laterOutcome(() => token.find('guek', 'secret'))).toBe('security/missing-key');
    expect(await laterOutcome(() => token.findPair('sign', 'ECDH P-256'))).toBe('security/invalid-key');
    expect(await laterOutcome(() => token.findPair('sign', 'ECDSA P-384'))).toBe('security/missing-key');
    expect(await laterOutcome(() => token.generateKey('AES-128', { label: 'guek' }))).toBe('security/invalid-key');
    // Forgetting a handle deletes nothing from the token; removing does.
    token.find('guek', 'AES-128').destroy();
    expect(await token.open(token.find('guek', 'AES-128'), iv, [authenticationKey], sealed)).toEqual(message);
    expect([token.remove('guek'), token.remove('sign'), token.remove('guek')]).toEqual([1, 2, 0]);
    expect(await laterOutcome(() => token.find('guek', 'AES-128'))).toBe('security/missing-key');
  });

  it('refuses keys of others, destroyed keys and keys for something else', async () => {
    const aes = await token.importKey('AES-128', key16);
    const secret = await token.importKey('secret', key16);
    const signing = await token.generateKeyPair('ECDSA P-256');
    const agreeing = await token.generateKeyPair('ECDH P-256');
    const kek = await token.importKey('AES-128', key16, { use: 'wrapping' });
    const gone = await token.importKey('AES-128', key16);
    gone.destroy();
    const bad: (() => unknown)[] = [
      () => token.seal(gone, iv, [], message),
      async () => token.seal(await nodeProvider.importKey('AES-128', key16), iv, [], message),
      () => token.seal(secret, iv, [], message),
      () => token.seal(signing.privateKey, iv, [], message),
      () => token.seal(aes, iv, [aes], message),
      () => token.sign(aes, message),
      () => token.sign(agreeing.privateKey, message),
      () => token.proveKey(signing.privateKey, message),
      () => token.agree(signing.privateKey, agreeing.publicKey),
      async () => token.agree(agreeing.privateKey, (await nodeProvider.generateKeyPair('ECDH P-384')).publicKey),
      () => token.importKey('AES-128', key32),
      () => token.wrap(aes, secret),
      () => token.unwrap(aes, new Uint8Array(24), 'AES-128'),
      () => token.wrap(kek, signing.privateKey),
      () => token.importPrivateKey('ECDSA P-256', new Uint8Array(32)),
    ];
    for (const [i, f] of bad.entries()) expect([i, await laterOutcome(f)]).toEqual([i, 'security/invalid-key']);
    expect(await token.seal(aes, iv, [], message)).toHaveLength(message.length + 12);
  });
  it('names what cannot be opened, without the PIN', async () => {
    const failure = async (change: Partial<Pkcs11Options>): Promise<string> => {
      try {
        await openPkcs11Provider({ ...options, ...change });
      } catch (e) {
        if (isDlmsError(e)) return `${e.code} ${e.message} ${inspect(e)}`;
        throw e;
      }
      return 'opened';
    };
    expect(await failure({ library: '/nowhere/module.so' })).toMatch(/^security\/provider .*cannot be loaded/);
    expect(await failure({ token: 'another' })).toMatch(/^security\/provider .*no token labelled "another"/);
    token.close();
    const wrongPin = await failure({ pin: '98761234' });
    token = await openPkcs11Provider(options);
    expect(wrongPin).toMatch(/^security\/provider .*CKR_PIN_INCORRECT/);
    expect(wrongPin).not.toContain('98761234');
  });
  it('shows no octets of keys', async () => {
    const keys = [
      await token.importKey('AES-128', key16),
      await token.importKey('secret', authenticationKey),
      (await token.importPrivateKey('ECDSA P-256', key32)).privateKey,
    ];
    for (const key of keys) {
      const shown = `${inspect(key, { depth: 9, showHidden: true })} ${String(key)} ${JSON.stringify(key)} ${JSON.stringify(Object.entries(key))}`;
      for (const octets of [key16, authenticationKey, key32]) {
        expect(shown).not.toContain(formatHex(octets).toLowerCase());
        expect(shown).not.toContain(Array.from(octets.subarray(0, 4)).join(', '));
      }
      expect(String(key)).toBe(`KeyHandle(${key.algorithm})`);
    }
  });

  it('is a certification authority, and requests certificates for both kinds of key', async () => {
    const authorityPair = await token.generateKeyPair('ECDSA P-256');
    const subject = name({ type: 'CN', value: 'Token CA' });
    const dates = { notBefore: new Date('2025-01-01'), notAfter: new Date('2035-01-01') };
    const signer = signerOf(token, authorityPair.privateKey);
    const root = await buildCertificate(
      {
        serialNumber: 1n,
        issuer: subject,
        subject,
        publicKey: authorityPair.publicKey,
        type: 'certification-authority',
        ...dates,
      },
      signer,
    );
    for (const [algorithm, type] of [
      ['ECDSA P-256', 'digital-signature'],
      ['ECDH P-256', 'key-agreement'],
    ] as const) {
      const pair = await token.generateKeyPair(algorithm);
      const title = parseHex('4142430000000001');
      const request = await buildCertificateRequest(
        { subject: systemTitleName(title), publicKey: pair.publicKey, type },
        signerOf(token, pair.privateKey),
      );
      expect(await verifyCertificateRequest(request, nodeProvider)).toBe(true);
      const certificate = await buildCertificate(
        {
          serialNumber: 2n,
          issuer: subject,
          subject: request.subject,
          publicKey: request.publicKey,
          issuerPublicKey: root.publicKey,
          type,
          ...dates,
        },
        signer,
      );
      const policy = {
        anchors: [root],
        now: new Date('2030-01-01'),
        purpose: type,
        systemTitle: title,
        revocation: 'unsafely-ignored',
        verifier: nodeProvider,
      } as const;
      expect(await validateCertificate(certificate, policy)).toEqual([certificate, root]);
    }
  });
  it('runs many operations that were started together', async () => {
    const key = await token.importKey('AES-128', key16);
    const there = await nodeProvider.importKey('AES-128', key16);
    const nonce = (i: number): Uint8Array => concat(iv.subarray(0, 8), Uint8Array.of(0, 0, 0, i));
    const all = await Promise.all(
      Array.from({ length: 30 }, async (_, i) => {
        const sealed = await token.seal(key, nonce(i), [message], message);
        // Every third one fails in between and must not disturb the others.
        if (i % 3 === 0) expect(await token.open(key, nonce(i), [], sealed)).toBeUndefined();
        return sealed;
      }),
    );
    for (const [i, sealed] of all.entries())
      expect(sealed).toEqual(await nodeProvider.seal(there, nonce(i), [message], message));
  });
}
