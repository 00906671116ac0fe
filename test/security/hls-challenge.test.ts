import { describe, expect, it } from 'vitest';
import { concat } from '../../src/core/bytes.js';
import { formatHex } from '../../src/core/hex.js';
import { sealContent } from '../../src/security/ciphering.js';
import { type HlsExchange, hlsReply } from '../../src/security/hls.js';
import {
  beginsApdu,
  checkChallenge,
  generateChallenge,
  readsAsApdu,
  readsAsSigned,
} from '../../src/security/hls-challenge.js';
import { gmac } from '../../src/security/index.js';
import { nodeProvider } from '../../src/security/providers/node-provider.js';
import type { CryptoProvider } from '../../src/security/providers/provider.js';
import { unprotect } from '../../src/security/unprotect.js';
import { failure } from '../support/outcome.js';
import { clientTitle, hex, pairOf, serverTitle, vectors } from './support.js';

const failed = { code: 'association/authentication-failed' };
const retryable = {
  ...failed,
  context: { side: 'remote', retryable: true, reason: expect.stringContaining('repeat the association') },
};
const encrypted = { encryptedReply: true };
const authenticated = { send: { authenticated: true }, receive: { authenticated: true } };

/** What an attacker would like to have tagged, each complete in 8 to 64 octets. */
const wanted: Readonly<Record<string, string>> = {
  'a get-request': 'C001C100080000010000FF0200',
  'a set-request': 'C101C100080000010000FF0200090C07EA0B150603183600000000',
  'a set-request with the first block': 'C102C100080000010000FF020000000000010401020304',
  'a set-request with a block': 'C103C10100000002040102030405',
  'a set-request with a list': 'C104C10100080000010000FF02000109010A',
  'an action-request': 'C301C10046000060030AFF01010F00',
  'an action-request with a list': 'C303C1010046000060030AFF01010F00',
  'an action-request with the first block': 'C304C1010046000060030AFF01010000000001020F00',
  'an action-request with a block': 'C306C101000000020401020304',
  'a read-request': '0501020001FFFFFF',
  'a write-request': '060102FA00010F00',
  'an unconfirmed write-request': '160102FA00010F00',
  'an information-report': '18000102FA00010F0000',
  'an access-request': 'D9400000000001030046000060030AFF01010F00',
  'an access-response': 'DA4000000000000100010100',
  'a get-response': 'C401C10006000F4240',
  'a set-response': 'C501C100FFFFFFFF',
  'an action-response': 'C701C10000FFFFFF',
  'a read-response': '0C01000600000001',
  'a notification': '0F000000010006FFFFFFFF',
  'an event notification': 'C20000080000010000FF0206FFFFFFFF',
  'an exception-response with octets left over': 'D80105FFFFFFFFFF',
  'a confirmed-service-error with octets left over': '0E010600FFFFFFFF',
  'an InitiateRequest': '01000000065F1F0400007E1F0400',
  'a general-block-transfer': 'E0C0000100000CC001C100080000010000FF02',
  'a request through a gateway': 'E6000101C001C100080000010000FF0200',
  'a protected service': 'CB0620000000FFC3FFFFFF',
  'general-glo-ciphering': 'DB084D4D4D0000BC614E1000000000FFC301C10046000060030AFF0101',
  'general-glo-ciphering without a title, its length too long': 'DB007F00000000FFC301C1',
  'general-ded-ciphering': 'DC084D4D4D0000BC614E7F00000000FFC301C100460000',
  'general-ciphering': 'DD0000000000010000127F00000000C301',
  'general-signing': 'DF000000000010C301C10046000060030AFF01010F0000',
  'the header of general-ciphering and an action': '0000000000C301C10046000060030AFF01010F00',
  'the same with transaction-id and titles': `0101${'08'}4D4D4D0000BC614E${'08'}4D4D4D00000000010000C301C10046000060030AFF01010F00`,
  'the header of protected data and a structure': '00084D4D4D0000BC614E00000202110A1101',
};

describe('a false meter that has its challenge tagged', () => {
  it.each(Object.entries(wanted))('cannot have %s', async (_, octets) => {
    for (const challenge of [hex(octets), concat(hex(octets), hex('00')), concat(hex(octets), hex('FFFFFF'))]) {
      expect(readsAsApdu(challenge)).toBe(true);
      for (const options of [{}, encrypted]) {
        expect(await failure(() => checkChallenge(5, challenge, undefined, options))).toMatchObject(retryable);
        // A digest and a signature are no tags.
        for (const mechanism of [2, 3, 4, 6] as const) checkChallenge(mechanism, challenge, undefined, options);
      }
      // Also when the caller forgot to check, and on both sides.
      const { client, server } = await pairOf(nodeProvider, 0);
      const other = new Uint8Array(16).fill(0xaa);
      for (const exchange of [
        { mechanism: 5, role: 'client', context: client, clientToServer: other, serverToClient: challenge },
        { mechanism: 5, role: 'server', context: server, clientToServer: challenge, serverToClient: other },
      ] as const)
        expect(await failure(() => hlsReply(exchange))).toMatchObject(retryable);
      await hlsReply({
        mechanism: 6,
        role: 'client',
        context: client,
        clientToServer: other,
        serverToClient: challenge,
        secret: client.keys.authentication,
      });
    }
  });
  it('would have had the disconnect, service-specific and in general-ciphering: the tag is the tag', async () => {
    const { client, server } = await pairOf(nodeProvider, 0, { policy: authenticated });
    const action = hex('C301C10046000060030AFF01010F00');
    const extra = hex('0000000000');
    const tagFor = async (counter: string, challenge: Uint8Array): Promise<Uint8Array> =>
      gmac(nodeProvider, client.keys.globalUnicast!, concat(clientTitle, hex(counter)), [
        hex('10'),
        client.keys.authentication!,
        challenge,
      ]);
    const first = concat(
      hex('CB'),
      Uint8Array.of(17 + action.length),
      hex('1000000001'),
      action,
      await tagFor('00000001', action),
    );
    expect((await unprotect(first, server)).apdu).toEqual(action);
    const tag = await tagFor('00000002', concat(extra, action));
    const second = concat(
      hex('DD'),
      extra,
      hex('010000'),
      Uint8Array.of(17 + action.length),
      hex('1000000002'),
      action,
      tag,
    );
    expect((await unprotect(second, server)).apdu).toEqual(action);
    // Which is what a header alone would make of it, sealed as usual.
    const cipher = {
      provider: nodeProvider,
      key: client.keys.globalUnicast!,
      authenticationKey: client.keys.authentication,
      systemTitle: clientTitle,
      extra,
    };
    expect(formatHex((await sealContent(cipher, 0x10, 2, action)).subarray(-12))).toBe(formatHex(tag));
  });
  it('is told from the honest one by the whole header: what only begins as one cannot have been protected', () => {
    // One or four octet strings that fit, and then a length that does not.
    for (const tag of ['DD', 'DF'])
      for (const begins of ['00', '00000000', '0101084D4D4D0000BC614E0000']) {
        const challenge = concat(hex(tag), hex(begins), hex('7F'), new Uint8Array(16).fill(0xff));
        checkChallenge(5, challenge, undefined, encrypted);
        expect(readsAsApdu(challenge)).toBe(false);
      }
  });
  it('learns nothing from a reply in clear to anything that begins like an APDU', async () => {
    let refused = 0;
    for (let tag = 0; tag < 256; tag++) {
      const challenge = concat(Uint8Array.of(tag), new Uint8Array(15).fill(0xff));
      if (!readsAsApdu(challenge)) checkChallenge(5, challenge, undefined, encrypted);
      if (!beginsApdu(challenge)) checkChallenge(5, challenge, undefined);
      else {
        refused++;
        expect(await failure(() => checkChallenge(5, challenge, undefined))).toMatchObject(retryable);
        checkChallenge(6, challenge, undefined);
      }
    }
    // 16 services, each with a glo- and a ded- form, 12 others, and 4 of the association.
    expect(refused).toBe(3 * 16 + 12 + 4);
  });
  it('is told from the honest one: of a million random challenges few are refused', () => {
    // CHALLENGES=1000000 npx vitest run test/security/hls-challenge.test.ts counts a million of each length; refused APDUs cost an exception each.
    const all = Number(process.env.CHALLENGES ?? 0);
    for (const [length, count, most] of [
      [8, all || 5_000, 0.03],
      [16, all || 100_000, 0.03],
      [32, all || 5_000, 0.04],
      [64, all || 5_000, 0.06],
    ] as const) {
      const next = generator(length);
      let [begins, reads] = [0, 0];
      const challenge = new Uint8Array(length);
      for (let i = 0; i < count; i++) {
        for (let k = 0; k < length; k += 4) {
          const word = next();
          challenge[k] = word;
          challenge[k + 1] = word >>> 8;
          challenge[k + 2] = word >>> 16;
          challenge[k + 3] = word >>> 24;
        }
        if (beginsApdu(challenge)) begins++;
        if (readsAsApdu(challenge)) reads++;
      }
      const percent = (n: number): string => `${((100 * n) / count).toFixed(3)} %`;
      console.log(
        `of ${count} random challenges of ${length} octets: ${reads} (${percent(reads)}) read as an APDU, ${begins} (${percent(begins)}) begin like one`,
      );
      expect(reads / count).toBeLessThan(most);
      expect(reads).toBeGreaterThan(0);
      expect(begins / count).toBeCloseTo(64 / 256, 1);
    }
  }, 600_000);
});
/** xorshift of 32 bits: the same numbers in every run. */
function generator(seed: number): () => number {
  let x = 0x9e3779b9 ^ seed;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x >>> 0;
  };
}

describe('a false meter that has its challenge signed', () => {
  it('cannot have an APDU signed whose header begins with our title', async () => {
    // A title of ours that begins with a small octet, which a signature of general-signing would take for the length of the transaction-id.
    const own = hex('1144444444444401');
    const { client } = await pairOf(nodeProvider, 1, { systemTitle: own, peerSystemTitle: serverTitle });
    const clientToServer = hex('C301C10046000060030AFF01010F000000000000000000000000000000000000');
    // Transaction-id: the rest of our title, the title of the peer, two octets; then originator, recipient, date-time, other information up to our challenge.
    const serverToClient = concat(
      hex('0000'),
      hex('08'),
      own,
      hex('08'),
      serverTitle,
      hex('0000'),
      new Uint8Array(10),
      hex('20'),
    );
    serverToClient[21] = 10;
    const exchange: HlsExchange = { mechanism: 7, role: 'client', context: client, clientToServer, serverToClient };
    expect(readsAsSigned(concat(own, serverTitle, serverToClient, clientToServer))).toBe(true);
    checkChallenge(7, serverToClient, clientToServer);
    expect(await failure(() => hlsReply(exchange))).toMatchObject({
      ...failed,
      context: { retryable: true, reason: expect.stringContaining('sign') },
    });
    expect(
      await hlsReply({ ...exchange, serverToClient: concat(serverToClient.subarray(0, -1), hex('1F')) }),
    ).toHaveLength(64);
    expect(readsAsSigned(concat(own, serverTitle, serverToClient, clientToServer, hex('00')))).toBe(false);
  });
});

describe('a challenge of ours', () => {
  /** Gives out the octets in turn. */
  const drawing = (...octets: Uint8Array[]): CryptoProvider => {
    let i = 0;
    return { ...nodeProvider, name: 'drawing', random: () => octets[i++ % octets.length]!.slice() };
  };
  it('is drawn again until nobody has a reason to refuse it', () => {
    const good = hex('AABBCCDDEEFF00112233445566778899');
    const begins = concat(hex('C0'), new Uint8Array(15).fill(0xff));
    const header = concat(new Uint8Array(5), hex('C301C10046000060030AFF'));
    for (const mechanism of [2, 3, 4, 5, 6] as const)
      expect(generateChallenge(drawing(begins, header, good), mechanism, 16)).toEqual(good);
    expect(generateChallenge(drawing(concat(begins, begins), concat(good, good)), 7)).toEqual(concat(good, good));
    for (let i = 0; i < 2000; i++) checkChallenge(5, generateChallenge(nodeProvider, 5, 16), undefined);
  });
  it('is not drawn for ever from a generator that is broken', async () => {
    expect(await failure(() => generateChallenge(drawing(new Uint8Array(16)), 5, 16))).toMatchObject({
      code: 'security/provider',
      context: { provider: 'drawing', operation: 'random' },
    });
    // 63 bad ones in a row are still not the end.
    const bad = new Uint8Array(16);
    const good = new Uint8Array(16).fill(0xaa);
    expect(generateChallenge(drawing(...Array.from({ length: 63 }, () => bad), good), 5, 16)).toEqual(good);
    expect(
      await failure(() => generateChallenge(drawing(...Array.from({ length: 64 }, () => bad), good), 5, 16)),
    ).toMatchObject({ code: 'security/provider' });
  });
});

describe('challenges of recorded sessions', () => {
  const values = vectors('sessions').flatMap((v) =>
    v.expected.steps.flatMap((step: any) =>
      [step.acse?.callingAuthenticationValue, step.acse?.respondingAuthenticationValue].filter(
        (c) => typeof c === 'string' && c.length >= 16,
      ),
    ),
  );
  it('are taken where the reply leaves encrypted', () => {
    expect(values.length).toBeGreaterThan(10);
    for (const value of values) checkChallenge(5, hex(value), undefined, encrypted);
  });
});
