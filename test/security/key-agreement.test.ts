import { describe, expect, it } from 'vitest';
import { concat } from '../../src/core/bytes.js';
import type { SecurityContext } from '../../src/security/context.js';
import {
  deriveAgreedKey,
  ephemeralComplete,
  ephemeralOffer,
  onePassOriginator,
  onePassRecipient,
  staticUnified,
} from '../../src/security/key-agreement.js';
import type { CryptoProvider, KeyHandle } from '../../src/security/providers/provider.js';
import { securitySuite } from '../../src/security/suites.js';
import { failure } from '../support/outcome.js';
import { clientTitle, hex, pairOf, serverTitle } from './support.js';
import { providersWithToken } from './token.js';

const providers = await providersWithToken();

// A block that a key for wrapping on a token can encrypt as well.
const block = hex('A65959A60000000866696E6700000000');

describe.each(providers.map((p) => [p.name, p] as const))('key agreement with %s', (_, provider) => {
  const same = async (a: KeyHandle, b: KeyHandle): Promise<void> => {
    expect(a.algorithm).toBe(b.algorithm);
    expect(await provider.encryptBlock(a, block)).toEqual(await provider.encryptBlock(b, block));
  };
  it.each([1, 2] as const)('suite %i: ephemeral unified model, both signatures verified', async (id) => {
    const suite = securitySuite(id);
    const { client, server } = await pairOf(provider, id);
    const ours = await ephemeralOffer(provider, suite, client.keys.signing!, 0);
    const theirs = await ephemeralOffer(provider, suite, server.keys.signing!, 0);
    for (const at of [0, theirs.data.length - 1]) {
      const changed = theirs.data.slice();
      changed[at]! ^= 1;
      const again = await ephemeralOffer(provider, suite, client.keys.signing!, 0);
      expect(
        (
          await failure(async () =>
            ephemeralComplete(provider, suite, again, client.keys.peerSigning!, changed, clientTitle, serverTitle),
          )
        ).code,
      ).toBe('security/authentication-failed');
      // Its private key is gone.
      expect((await failure(() => provider.agree(again.keyPair.privateKey, theirs.keyPair.publicKey))).code).toBe(
        'security/invalid-key',
      );
    }
    // A signature for another key-id is another statement.
    const forMaster = await ephemeralOffer(provider, suite, server.keys.signing!, 3);
    const third = await ephemeralOffer(provider, suite, client.keys.signing!, 0);
    expect(
      await failure(async () =>
        ephemeralComplete(provider, suite, third, client.keys.peerSigning!, forMaster.data, clientTitle, serverTitle),
      ),
    ).toMatchObject({ code: 'security/authentication-failed' });
    const fourth = await ephemeralOffer(provider, suite, client.keys.signing!, 0);
    expect(
      await failure(async () =>
        ephemeralComplete(
          provider,
          suite,
          fourth,
          client.keys.signing!.publicKey,
          fourth.data,
          clientTitle,
          serverTitle,
        ),
      ),
    ).toMatchObject({ code: 'security/authentication-failed' });
    const a = await ephemeralComplete(
      provider,
      suite,
      ours,
      client.keys.peerSigning!,
      theirs.data,
      clientTitle,
      serverTitle,
    );
    const b = await ephemeralComplete(
      provider,
      suite,
      theirs,
      server.keys.peerSigning!,
      ours.data,
      clientTitle,
      serverTitle,
    );
    await same(a, b);
    expect(a.algorithm).toBe(suite.aes);
  });
  it.each([1, 2] as const)('suite %i: one-pass, the signature is verified before the point is used', async (id) => {
    const suite = securitySuite(id);
    const { client, server } = await pairOf(provider, id);
    const { key, keyCipheredData } = await onePassOriginator(
      provider,
      suite,
      client.keys.signing!,
      client.keys.peerAgreement!,
      clientTitle,
      serverTitle,
    );
    const receive = (data: Uint8Array): Promise<KeyHandle> =>
      (async () =>
        onePassRecipient(
          provider,
          suite,
          server.keys.agreement!,
          server.keys.peerSigning!,
          data,
          clientTitle,
          serverTitle,
        ))();
    await same(key, await receive(keyCipheredData));
    const n = keyCipheredData.length / 2;
    const signedBadPoint = concat(
      new Uint8Array(n).fill(1),
      await provider.sign(client.keys.signing!.privateKey, new Uint8Array(n).fill(1)),
    );
    expect(await failure(() => receive(signedBadPoint))).toMatchObject({ code: 'security/invalid-key' });
    for (const changed of [keyCipheredData.subarray(1), concat(keyCipheredData, hex('00')), new Uint8Array(0)])
      expect(await failure(() => receive(changed))).toMatchObject({ code: 'decode/invalid-length' });
    const flipped = keyCipheredData.slice();
    flipped[n + 3]! ^= 1;
    expect(await failure(() => receive(flipped))).toMatchObject({ code: 'security/authentication-failed' });
  });
  it('static unified model: one key per transaction-id, and none without', async () => {
    const suite = securitySuite(1);
    const { client, server } = await pairOf(provider, 1);
    const own = (context: SecurityContext, id: string): Promise<KeyHandle> =>
      (async () =>
        staticUnified(
          provider,
          suite,
          context.keys.agreement!,
          context.keys.peerAgreement!,
          hex(id),
          clientTitle,
          serverTitle,
        ))();
    await same(await own(client, '01'), await own(server, '01'));
    expect(await provider.encryptBlock(await own(client, '01'), block)).not.toEqual(
      await provider.encryptBlock(await own(client, '02'), block),
    );
    expect(await failure(() => own(client, ''))).toMatchObject({ code: 'security/unsupported' });
  });
  it('leaves no ephemeral private key behind, whatever the other side sent', async () => {
    const suite = securitySuite(1);
    const { client, server } = await pairOf(provider, 1);
    const { data } = await ephemeralOffer(provider, suite, server.keys.signing!, 0);
    const offCurve = new Uint8Array(64).fill(1);
    const signed = await provider.sign(server.keys.signing!.privateKey, concat(hex('00'), offCurve));
    const own = await ephemeralOffer(provider, suite, client.keys.signing!, 0);
    for (const [offer, answer, code] of [
      [own, own.data, 'security/authentication-failed'],
      [await ephemeralOffer(provider, suite, client.keys.signing!, 0), data.subarray(1), 'decode/invalid-length'],
      [
        await ephemeralOffer(provider, suite, client.keys.signing!, 0),
        concat(offCurve, signed),
        'security/invalid-key',
      ],
    ] as const) {
      expect(
        await failure(async () =>
          ephemeralComplete(provider, suite, offer, client.keys.peerSigning!, answer, clientTitle, serverTitle),
        ),
      ).toMatchObject({ code });
      expect(await failure(() => provider.agree(offer.keyPair.privateKey, client.keys.peerAgreement!))).toMatchObject({
        code: 'security/invalid-key',
        context: { reason: 'the key was destroyed' },
      });
    }
  });
  it('leaves neither private key nor shared secret behind when the key cannot be derived', async () => {
    const suite = securitySuite(1);
    const { client, server } = await pairOf(provider, 1);
    const secrets: KeyHandle[] = [];
    const failing: CryptoProvider = {
      ...provider,
      async agree(...args) {
        const z = await provider.agree(...args);
        secrets.push(z);
        return z;
      },
      async generateKeyPair(...args) {
        const made = await provider.generateKeyPair(...args);
        secrets.push(made.privateKey);
        return made;
      },
      deriveKey: async () => Promise.reject(new Error('broken')),
    };
    const offer = await ephemeralOffer(failing, suite, client.keys.signing!, 0);
    const { data } = await ephemeralOffer(provider, suite, server.keys.signing!, 0);
    await expect(
      (async () =>
        ephemeralComplete(failing, suite, offer, client.keys.peerSigning!, data, clientTitle, serverTitle))(),
    ).rejects.toThrow('broken');
    await expect(
      (async () =>
        onePassOriginator(
          failing,
          suite,
          client.keys.signing!,
          client.keys.peerAgreement!,
          clientTitle,
          serverTitle,
        ))(),
    ).rejects.toThrow('broken');
    expect(secrets).toHaveLength(4);
    for (const secret of secrets)
      expect(
        await failure(async () =>
          secret.algorithm === 'secret'
            ? provider.digest('SHA-256', [secret])
            : provider.agree(secret, client.keys.peerAgreement!),
        ),
      ).toMatchObject({ code: 'security/invalid-key', context: { reason: 'the key was destroyed' } });
  });
  it('is refused in suite 0, which has no curve', async () => {
    const pair = await provider.generateKeyPair('ECDH P-256');
    expect(
      await failure(async () =>
        deriveAgreedKey(provider, securitySuite(0), pair.privateKey, pair.publicKey, clientTitle, serverTitle),
      ),
    ).toMatchObject({
      code: 'security/unsupported',
    });
  });
  it('gives keys that can be used: 256 bits in suite 2', async () => {
    const { client, server } = await pairOf(provider, 2);
    const a = await deriveAgreedKey(
      provider,
      securitySuite(2),
      client.keys.agreement!.privateKey,
      client.keys.peerAgreement!,
      clientTitle,
      serverTitle,
    );
    expect([a.algorithm, a.length]).toEqual(['AES-256', 32]);
    await same(
      a,
      await deriveAgreedKey(
        provider,
        securitySuite(2),
        server.keys.agreement!.privateKey,
        server.keys.peerAgreement!,
        clientTitle,
        serverTitle,
      ),
    );
  });
});
