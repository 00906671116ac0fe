import { createSecretKey } from 'node:crypto';
import { afterEach, expect, it, vi } from 'vitest';
import { equalBytes } from '../../src/core/bytes.js';
import { nodeProvider } from '../../src/security/providers/node-provider.js';
import { webCryptoProvider } from '../../src/security/providers/webcrypto.js';

afterEach(() => vi.restoreAllMocks());

it('node: the octets of an AES key that were taken out to wrap or hash it are overwritten', async () => {
  const prototype = Object.getPrototypeOf(createSecretKey(new Uint8Array(16))) as { export(): Buffer };
  const real = prototype.export;
  const taken: Buffer[] = [];
  vi.spyOn(prototype, 'export').mockImplementation(function (this: never) {
    const octets = real.call(this);
    taken.push(octets);
    return octets;
  });
  const key16 = new Uint8Array(16).fill(9);
  const kek = await nodeProvider.importKey('AES-128', key16, { use: 'wrapping' });
  const key = await nodeProvider.importKey('AES-128', key16, { wrappable: true });
  const wrapped = await nodeProvider.wrap(kek, key);
  expect((await nodeProvider.unwrap(kek, wrapped, 'AES-128'))?.fingerprint).toBe(key.fingerprint);
  expect(await nodeProvider.digest('SHA-256', [key])).toEqual(await nodeProvider.digest('SHA-256', [key16]));
  await nodeProvider.deriveKey('AES-128', 'SHA-256', [key, key16]);
  await nodeProvider.seal(key, new Uint8Array(12), [key, key16], key16);
  expect(taken).toHaveLength(4);
  for (const octets of taken) expect(octets).toEqual(Buffer.alloc(16));
});
it('node: a secret is not overwritten when it is wrapped or hashed', async () => {
  const octets = new Uint8Array(16).fill(3);
  const kek = await nodeProvider.importKey('AES-128', octets, { use: 'wrapping' });
  const secret = await nodeProvider.importKey('secret', octets);
  const first = await nodeProvider.wrap(kek, secret);
  await nodeProvider.digest('SHA-256', [secret]);
  expect(await nodeProvider.wrap(kek, secret)).toEqual(first);
});
it('WebCrypto: every copy of a derived key is overwritten', async () => {
  const slices: Uint8Array[] = [];
  const real = Uint8Array.prototype.slice;
  vi.spyOn(Uint8Array.prototype, 'slice').mockImplementation(function (this: Uint8Array, ...range) {
    const copy = real.apply(this, range) as Uint8Array<ArrayBuffer>;
    slices.push(copy);
    return copy;
  });
  await webCryptoProvider.deriveKey('AES-128', 'SHA-256', [new Uint8Array(16).fill(3)]);
  vi.restoreAllMocks();
  const derived = (await nodeProvider.digest('SHA-256', [new Uint8Array(16).fill(3)])).subarray(0, 16);
  expect(slices.some((copy) => equalBytes(copy, new Uint8Array(16)))).toBe(true);
  expect(slices.filter((copy) => equalBytes(copy, derived))).toEqual([]);
});
