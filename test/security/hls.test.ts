import { createCipheriv, createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { concat } from '../../src/core/bytes.js';
import { formatHex } from '../../src/core/hex.js';
import { SecurityContext } from '../../src/security/context.js';
import { aesEcbReply, type HlsExchange, hlsReply, hlsVerify, llsMatches } from '../../src/security/hls.js';
import {
  ChallengeMemory,
  checkChallenge,
  generateChallenge,
  type HlsMechanism,
} from '../../src/security/hls-challenge.js';
import { importKeys } from '../../src/security/keys.js';
import { clearPolicy } from '../../src/security/policy.js';
import { protect } from '../../src/security/protect.js';
import { nodeProvider } from '../../src/security/providers/node-provider.js';
import { type CryptoProvider, gmac, type KeyHandle } from '../../src/security/providers/provider.js';
import { unprotect } from '../../src/security/unprotect.js';
import { failure } from '../support/outcome.js';
import { clientTitle, countersFrom, hex, pairOf, serverTitle, type Vector, vectors } from './support.js';
import { providersWithToken } from './token.js';

const providers = await providersWithToken();

const mechanisms: readonly HlsMechanism[] = [2, 3, 4, 5, 6, 7];
const password = new TextEncoder().encode('Gurux');
const failed = { code: 'association/authentication-failed' };

async function exchanges(
  provider: Parameters<typeof pairOf>[0],
  mechanism: HlsMechanism,
  suite: 0 | 1 | 2 = 1,
): Promise<{ client: HlsExchange; server: HlsExchange }> {
  const { client, server } = await pairOf(provider, suite);
  const common = {
    mechanism,
    secret: await provider.importKey('secret', password),
    manufacturer: aesEcbReply(password),
    clientToServer: generateChallenge(provider, mechanism),
    serverToClient: generateChallenge(provider, mechanism),
  };
  return {
    client: { ...common, role: 'client', context: client },
    server: { ...common, role: 'server', context: server },
  };
}

describe.each(providers.map((p) => [p.name, p] as const))('HLS with %s', (_, provider) => {
  it.each(mechanisms)('mechanism %i: both sides prove themselves, in passes 3 and 4', async (mechanism) => {
    const { client, server } = await exchanges(provider, mechanism);
    checkChallenge(mechanism, server.clientToServer, undefined);
    checkChallenge(mechanism, client.serverToClient, client.clientToServer);
    await hlsVerify(server, await hlsReply(client));
    await hlsVerify(client, await hlsReply(server));
  });
  it.each(mechanisms)('mechanism %i: a wrong reply, secret, challenge or direction is refused', async (mechanism) => {
    const { client, server } = await exchanges(provider, mechanism);
    const reply = await hlsReply(client);
    for (const at of [0, 5, reply.length - 1]) {
      const changed = reply.slice();
      changed[at]! ^= 1;
      expect((await failure(async () => hlsVerify(server, changed))).code).toMatch(/authentication-failed|replay/);
    }
    for (const wrong of [reply.subarray(1), concat(reply, hex('00')), new Uint8Array(0)])
      expect(await failure(async () => hlsVerify(server, wrong))).toMatchObject(failed);
    expect(
      await failure(async () =>
        hlsVerify({ ...server, serverToClient: generateChallenge(provider, mechanism) }, reply),
      ),
    ).toMatchObject(failed);
    // What the client says is no proof of the server: the attacker who plays the client's own reply back learns nothing.
    expect(await failure(async () => hlsVerify(client, reply))).toMatchObject(failed);
    const own = await exchanges(provider, mechanism);
    const stranger =
      mechanism === 2
        ? { ...server, manufacturer: aesEcbReply(hex('00')) }
        : { ...server, secret: await provider.importKey('secret', hex('00')), context: strangerTo(server.context) };
    expect(
      await failure(async () =>
        hlsVerify({ ...stranger, clientToServer: own.server.clientToServer }, await hlsReply(client)),
      ),
    ).toMatchObject(failed);
    // The right one is still good.
    await hlsVerify(server, reply);
  });
});
/** The same titles, other keys. */
function strangerTo(context: SecurityContext): SecurityContext {
  const keys = importKeys(nodeProvider, 1, { globalUnicast: new Uint8Array(16), authentication: new Uint8Array(16) });
  const signing = nodeProvider.generateKeyPair('ECDSA P-256');
  if (keys instanceof Promise || signing instanceof Promise) throw new Error('synchronous');
  // Digest mechanisms do not look at these keys; the provider that does is the one they belong to.
  return context.provider === nodeProvider
    ? context.fresh({ keys: { ...keys, peerSigning: signing.publicKey } })
    : context.fresh({ peerSystemTitle: hex('0101010101010101') });
}

describe('HLS vectors', () => {
  const all = ['security-suite0', 'security-suite1', 'security-suite2'].flatMap(vectors);
  const of = (kind: string): (readonly [string, Vector])[] =>
    all.filter((v) => v.kind === kind).map((v) => [v.id, v] as const);
  it.each(of('hls-gmac'))('%s', async (_, { input, params, expected }) => {
    const suite = Number.parseInt(params.securityControl, 16) & 15;
    const keys = await importKeys(nodeProvider, suite, {
      globalUnicast: hex(params.encryptionKey),
      authentication: hex(params.authenticationKey),
    });
    const context = new SecurityContext({
      provider: nodeProvider,
      suite,
      systemTitle: hex(params.systemTitle),
      keys,
      counters: countersFrom(params.invocationCounter),
    });
    const exchange: HlsExchange = {
      mechanism: 5,
      role: 'client',
      context,
      clientToServer: new Uint8Array(8),
      serverToClient: hex(input.challenge),
    };
    expect(formatHex(await hlsReply(exchange))).toBe(expected.f);
  });
  it.each([...of('hls-digest'), ...of('hls-ecdsa')])('%s', async (_, { input, params, expected }) => {
    const mechanism = params.mechanism ?? 7;
    const { client, server } = await pairOf(
      nodeProvider,
      1,
      {
        systemTitle: hex(params.systemTitleClient),
        peerSystemTitle: hex(params.systemTitleServer),
      },
      { systemTitle: hex(params.systemTitleServer), peerSystemTitle: hex(params.systemTitleClient) },
    );
    const secret = await nodeProvider.importKey('secret', hex(params.secret ?? '00'));
    const common = { mechanism, secret, clientToServer: hex(input.CtoS), serverToClient: hex(input.StoC) };
    if (mechanism === 7) {
      client.setKeys({ peerSigning: { curve: 'P-256', octets: hex(params.serverPublicKey) } });
      server.setKeys({ peerSigning: { curve: 'P-256', octets: hex(params.clientPublicKey) } });
    } else {
      expect(formatHex(await hlsReply({ ...common, role: 'client', context: client }))).toBe(expected.fStoC);
      expect(formatHex(await hlsReply({ ...common, role: 'server', context: server }))).toBe(expected.fCtoS);
    }
    await hlsVerify({ ...common, role: 'server', context: server }, hex(expected.fStoC));
    await hlsVerify({ ...common, role: 'client', context: client }, hex(expected.fCtoS));
  });
});

describe('challenges', () => {
  it.each(mechanisms)('of mechanism %i have the lengths of the book', (mechanism) => {
    const [minimum, maximum] = mechanism === 7 ? [32, 64] : [8, 64];
    for (const n of [minimum, maximum])
      checkChallenge(mechanism, generateChallenge(nodeProvider, 2, n).fill(0xaa), undefined);
    for (const n of [0, minimum - 1, maximum + 1]) {
      expect(() => checkChallenge(mechanism, new Uint8Array(n), undefined)).toThrow(expect.objectContaining(failed));
      expect(() => generateChallenge(nodeProvider, mechanism, n)).toThrow(
        expect.objectContaining({ code: 'encode/invalid-value' }),
      );
    }
    expect(generateChallenge(nodeProvider, mechanism)).toHaveLength(32);
    expect(generateChallenge(nodeProvider, mechanism)).not.toEqual(generateChallenge(nodeProvider, mechanism));
  });
  it('that come back are refused, whatever the mechanism', async () => {
    for (const mechanism of mechanisms) {
      const { client, server } = await exchanges(nodeProvider, mechanism);
      expect(() => checkChallenge(mechanism, client.clientToServer, client.clientToServer)).toThrow(
        expect.objectContaining(failed),
      );
      // Also when the caller forgot to check: the same octets on both sides are never verified.
      const reflected = { ...client, serverToClient: client.clientToServer };
      const reply = await hlsReply({ ...server, serverToClient: client.clientToServer });
      expect(await failure(async () => hlsVerify(reflected, reply))).toMatchObject(failed);
    }
  });
  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'a memory that would remember nothing, or everything, is refused: %d',
    (size) => {
      expect(() => new ChallengeMemory(size)).toThrow(expect.objectContaining({ code: 'configuration/invalid' }));
    },
  );
  it('that were used before are refused where a memory is given, and the memory stays small', () => {
    const memory = new ChallengeMemory(3);
    const challenge = (i: number): Uint8Array => new Uint8Array(8).fill(i);
    for (const i of [1, 2, 3]) checkChallenge(6, challenge(i), undefined, { memory });
    expect(() => checkChallenge(6, challenge(1), undefined, { memory })).toThrow(expect.objectContaining(failed));
    checkChallenge(6, challenge(4), undefined, { memory });
    checkChallenge(6, challenge(1), undefined, { memory });
  });
});

describe('GMAC replies', () => {
  it('have a counter below the APDU that carries them, and are welcome once', async () => {
    const { client, server } = await exchanges(nodeProvider, 5, 0);
    const reply = await hlsReply(client);
    const carrier = await protect(concat(hex('C3'), reply), client.context);
    const { apdu } = await unprotect(carrier, server.context);
    await hlsVerify(server, apdu.subarray(1));
    expect(await failure(async () => hlsVerify(server, reply))).toMatchObject({ code: 'security/replay' });
    // A later one is welcome, and then an APDU from before it is not.
    const late = await protect(hex('C0'), client.context);
    await hlsVerify(server, await hlsReply(client));
    expect(await failure(() => unprotect(late, server.context))).toMatchObject({ code: 'security/replay' });
  });
  it('that were seen are refused before the cipher runs', async () => {
    let ciphers = 0;
    const counting: CryptoProvider = {
      ...nodeProvider,
      seal(...args) {
        ciphers++;
        return nodeProvider.seal(...args);
      },
    };
    const { client, server } = await exchanges(counting, 5, 0);
    const reply = await hlsReply(client);
    await hlsVerify(server, reply);
    expect(ciphers).toBe(2);
    expect(await failure(async () => hlsVerify(server, reply))).toMatchObject({ code: 'security/replay' });
    expect(ciphers).toBe(2);
  });
  it('carry authentication only and the suite of the context', async () => {
    const { client, server } = await exchanges(nodeProvider, 5, 2);
    const reply = await hlsReply(client);
    expect(reply[0]).toBe(0x12);
    for (const control of [0x02, 0x22, 0x32, 0x52, 0x92, 0x10]) {
      const changed = reply.slice();
      changed[0] = control;
      expect(await failure(async () => hlsVerify(server, changed))).toMatchObject(failed);
    }
  });
  it('with a good tag are refused all the same when they name another suite or other protection', async () => {
    const { client, server } = await exchanges(nodeProvider, 5, 2);
    const { keys, systemTitle } = client.context;
    const made = async (control: number): Promise<Uint8Array> => {
      const counter = hex('00000005');
      const tag = await gmac(nodeProvider, keys.globalUnicast!, concat(systemTitle, counter), [
        Uint8Array.of(control),
        keys.authentication!,
        client.serverToClient,
      ]);
      return concat(Uint8Array.of(control), counter, tag);
    };
    for (const control of [0x02, 0x22, 0x32, 0x52, 0x92, 0x10, 0x11])
      expect(await failure(async () => hlsVerify(server, await made(control)))).toMatchObject({
        ...failed,
        context: { reason: `security control ${control} of the reply` },
      });
    await hlsVerify(server, await made(0x12));
  });
  it('that are too short to hold a counter are refused like any other', async () => {
    const { client, server } = await exchanges(nodeProvider, 5, 2);
    const reply = await hlsReply(client);
    for (let n = 0; n < 17; n++)
      expect(await failure(async () => hlsVerify(server, reply.slice(0, n)))).toMatchObject({
        ...failed,
        context: { reason: `a reply of ${n} octets (17 needed)` },
      });
  });
  it('that verified are a counter of the association, which is then proven; those that did not are none', async () => {
    const { client, server } = await exchanges(nodeProvider, 5, 0);
    const reply = await hlsReply(client);
    const proofAfter = async (change: number): Promise<string> => {
      const context = server.context.fresh();
      context.proof = 'expected';
      const changed = reply.slice();
      changed[16]! ^= change;
      await (async () => hlsVerify({ ...server, context }, changed))().catch(() => {});
      await context.proven();
      return context.proof;
    };
    expect(await proofAfter(1)).toBe('none');
    expect(await proofAfter(0)).toBe('proven');
  });
});

describe('the reply of each mechanism', () => {
  it('with a shared secret is the digest of challenge and secret, or of secret, titles and challenges', async () => {
    const hash = (name: string, ...parts: readonly Uint8Array[]): string =>
      createHash(name)
        .update(concat(...parts))
        .digest('hex')
        .toUpperCase();
    for (const [mechanism, expected] of [
      [3, ({ serverToClient }: HlsExchange) => hash('md5', serverToClient, password)],
      [4, ({ serverToClient }: HlsExchange) => hash('sha1', serverToClient, password)],
      [
        6,
        ({ clientToServer, serverToClient }: HlsExchange) =>
          hash('sha256', password, clientTitle, serverTitle, serverToClient, clientToServer),
      ],
    ] as const) {
      const { client } = await exchanges(nodeProvider, mechanism);
      expect([mechanism, formatHex(await hlsReply(client))]).toEqual([mechanism, expected(client)]);
    }
  });
  it('of mechanism 2 in the form of AES-ECB has as many blocks as the challenge needs, and a secret of up to 16 octets', async () => {
    for (const secret of [hex(''), password, new Uint8Array(16).fill(7)])
      for (const length of [8, 16, 17, 64]) {
        const challenge = Uint8Array.from({ length }, (_, i) => i + 1);
        const padded = new Uint8Array(Math.ceil(length / 16) * 16);
        padded.set(challenge);
        const key = new Uint8Array(16);
        key.set(secret);
        const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
        const expected = concat(cipher.update(padded), cipher.final());
        expect(formatHex(await aesEcbReply(secret)(challenge, nodeProvider))).toBe(formatHex(expected));
      }
  });
  it('of mechanism 2 leaves no key made of the secret behind, well or not', async () => {
    const made: KeyHandle[] = [];
    const watching: CryptoProvider = {
      ...nodeProvider,
      importKey(...args) {
        const key = nodeProvider.importKey(...args);
        made.push(key as KeyHandle);
        return key;
      },
    };
    await aesEcbReply(password)(new Uint8Array(32), watching);
    const broken: CryptoProvider = { ...watching, encryptBlock: async () => Promise.reject(new Error('broken')) };
    await expect(aesEcbReply(password)(new Uint8Array(32), broken)).rejects.toThrow('broken');
    expect(made).toHaveLength(2);
    for (const key of made)
      expect(await failure(() => nodeProvider.encryptBlock(key, new Uint8Array(16)))).toMatchObject({
        code: 'security/invalid-key',
        context: { reason: 'the key was destroyed' },
      });
  });
});

describe('HLS without its key, secret or suite', () => {
  it('is refused by name, never answered', async () => {
    const { client } = await pairOf(nodeProvider, 0, { policy: clearPolicy, keys: {} });
    const exchange = {
      role: 'client',
      context: client,
      clientToServer: new Uint8Array(32),
      serverToClient: new Uint8Array(32).fill(1),
    } as const;
    const code = async (mechanism: HlsMechanism): Promise<string> =>
      (await failure(async () => hlsReply({ ...exchange, mechanism }))).code;
    expect(await Promise.all(mechanisms.map(code))).toEqual([
      'security/unsupported',
      'security/missing-key',
      'security/missing-key',
      'security/missing-key',
      'security/missing-key',
      'security/unsupported',
    ]);
    expect(() => aesEcbReply(new Uint8Array(17))).toThrow(expect.objectContaining({ code: 'security/invalid-key' }));
  });
});

describe('low level security', () => {
  it('compares the whole password', () => {
    expect([
      llsMatches(password, password.slice()),
      llsMatches(password, password.subarray(1)),
      llsMatches(password, hex('4775727579')),
      llsMatches(password, new Uint8Array(0)),
    ]).toEqual([true, false, false, false]);
  });
});
