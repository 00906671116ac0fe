import { execFileSync } from 'node:child_process';
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  diffieHellman,
  generateKeyPairSync,
  sign as rawSign,
  verify as rawVerify,
} from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecurityContext } from '../src/security/context.js';
import { InvocationCounters } from '../src/security/counters.js';
import { hlsReply, hlsVerify } from '../src/security/hls.js';
import { deriveAgreedKey } from '../src/security/key-agreement.js';
import { importKeys } from '../src/security/keys.js';
import { protect } from '../src/security/protect.js';
import { nobleProvider } from '../src/security/providers/noble.js';
import { nodeProvider } from '../src/security/providers/node-provider.js';
import { openPkcs11Provider } from '../src/security/providers/pkcs11.js';
import type { CryptoProvider, KeyPair } from '../src/security/providers/provider.js';
import { suite1 } from '../src/security/suites.js';
import { unprotect } from '../src/security/unprotect.js';
import { VolatileStore } from '../src/store/store.js';
import { measure, type Row } from './measure.js';

/** What the library adds to the raw primitive of the platform, measured in one run, and what a token does in a second. */
export async function securityBench(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [n, batch, target] of [
    [64, 100, 1.5],
    [512, 100, 1.3],
    [65536, 20, 1.1],
  ] as const) {
    const apdu = octets(n);
    apdu[0] = 0xc0;
    rows.push(
      ...measure(`protect and unprotect, ${n} octets, node`, 'us', ours(nodeProvider, apdu), raw(apdu), {
        batch,
        rounds: 300,
        target,
      }),
    );
    rows.push(
      measure(`  the same with noble`, 'us', ours(nobleProvider, apdu), raw(apdu), { batch: 2, rounds: 60 })[0] as Row,
    );
  }
  rows.push(
    ...measure('suite 1 association: sign, verify, two agreements', 'us', association(), primitives(), {
      batch: 10,
      rounds: 100,
      target: 1.3,
    }),
  );
  rows.push(...(await tokenRows()));
  return rows;
}

const octets = (n: number, first = 0): Uint8Array => Uint8Array.from({ length: n }, (_, i) => (first + i) & 0xff);
const keyOctets = (): { ek: Uint8Array; ak: Uint8Array } => ({ ek: octets(16), ak: octets(16, 0xd0) });
const titleOf = (side: 0 | 1): Uint8Array => octets(8, side === 0 ? 1 : 65);

/**
 * The same useful work with node:crypto alone: an APDU that can be sent (front, ciphertext and tag in one buffer, allocated once), then the plaintext out of
 * the octets of such an APDU. Keys are made once, and everything that is equal in all messages. node:crypto cannot write into a buffer that is there
 * already: `update` allocates its result, so the ciphertext is copied once into the APDU. Nobody who sends what it sealed can do without that copy, except by
 * writing the parts one after the other to a socket.
 */
function raw(apdu: Uint8Array): () => void {
  const { ek, ak } = keyOctets();
  const key = createSecretKey(ek);
  const aad = Buffer.concat([Uint8Array.of(0x30), ak]);
  const iv = Buffer.concat([titleOf(0), octets(4)]);
  const front = octets(9);
  return () => {
    const cipher = createCipheriv('aes-128-gcm', key, iv, { authTagLength: 12 });
    cipher.setAAD(aad);
    const ciphertext = cipher.update(apdu);
    cipher.final();
    const message = Buffer.allocUnsafe(front.length + ciphertext.length + 12);
    message.set(front);
    message.set(ciphertext, front.length);
    message.set(cipher.getAuthTag(), front.length + ciphertext.length);
    const decipher = createDecipheriv('aes-128-gcm', key, iv, { authTagLength: 12 });
    decipher.setAuthTag(message.subarray(message.length - 12));
    decipher.setAAD(aad);
    decipher.update(message.subarray(front.length, message.length - 12));
    decipher.final();
  };
}
function ours(provider: CryptoProvider, apdu: Uint8Array): () => void {
  const { ek, ak } = keyOctets();
  const keys = importKeys(provider, 0, { globalUnicast: ek, authentication: ak });
  if (keys instanceof Promise) throw new Error('synchronous providers only');
  const make = (own: 0 | 1, peer: 0 | 1): SecurityContext =>
    new SecurityContext({
      provider,
      suite: 0,
      systemTitle: titleOf(own),
      peerSystemTitle: titleOf(peer),
      keys,
      counters: new InvocationCounters(new VolatileStore()),
    });
  const [client, server] = [make(0, 1), make(1, 0)];
  return () => {
    const sealed = protect(apdu, client);
    if (sealed instanceof Promise) throw new Error('not synchronous');
    const opened = unprotect(sealed, server);
    if (opened instanceof Promise) throw new Error('not synchronous');
  };
}

/** HLS 7 in one direction and a key agreed on both sides. */
function association(): () => void {
  const use = (algorithm: 'ECDSA P-256' | 'ECDH P-256'): KeyPair => nodeProvider.generateKeyPair(algorithm) as KeyPair;
  const [signing, peerSigning, agreement, peerAgreement] = [
    use('ECDSA P-256'),
    use('ECDSA P-256'),
    use('ECDH P-256'),
    use('ECDH P-256'),
  ];
  const { ek, ak } = keyOctets();
  const symmetric = importKeys(nodeProvider, 1, { globalUnicast: ek, authentication: ak }) as object;
  const shared = { provider: nodeProvider, suite: 1, counters: new InvocationCounters(new VolatileStore()) };
  const client = new SecurityContext({
    ...shared,
    systemTitle: titleOf(0),
    peerSystemTitle: titleOf(1),
    keys: {
      ...symmetric,
      signing,
      agreement,
      peerSigning: peerSigning.publicKey,
      peerAgreement: peerAgreement.publicKey,
    },
  });
  const server = new SecurityContext({
    ...shared,
    systemTitle: titleOf(1),
    peerSystemTitle: titleOf(0),
    keys: {
      ...symmetric,
      signing: peerSigning,
      agreement: peerAgreement,
      peerSigning: signing.publicKey,
      peerAgreement: agreement.publicKey,
    },
  });
  const challenges = { clientToServer: octets(32, 7), serverToClient: octets(32, 99) };
  return () => {
    const reply = hlsReply({ mechanism: 7, role: 'client', context: client, ...challenges }) as Uint8Array;
    hlsVerify({ mechanism: 7, role: 'server', context: server, ...challenges }, reply);
    deriveAgreedKey(nodeProvider, suite1, agreement.privateKey, peerAgreement.publicKey, titleOf(0), titleOf(1));
    deriveAgreedKey(nodeProvider, suite1, peerAgreement.privateKey, agreement.publicKey, titleOf(0), titleOf(1));
  };
}
function primitives(): () => void {
  const a = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const b = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const data = octets(80);
  return () => {
    const signature = rawSign('sha256', data, { key: a.privateKey, dsaEncoding: 'ieee-p1363' });
    rawVerify('sha256', data, { key: a.publicKey, dsaEncoding: 'ieee-p1363' }, signature);
    for (const z of [
      diffieHellman({ privateKey: a.privateKey, publicKey: b.publicKey }),
      diffieHellman({ privateKey: b.privateKey, publicKey: a.publicKey }),
    ])
      createSecretKey(createHash('sha256').update(z).digest().subarray(0, 16));
  };
}

/** A general-ciphering APDU with a wrapped key, opened on a SoftHSM2 token: unwrap, then open. Nothing where there is no token. */
async function tokenRows(): Promise<Row[]> {
  const library = [
    '/usr/lib/softhsm/libsofthsm2.so',
    '/usr/lib64/pkcs11/libsofthsm2.so',
    '/usr/local/lib/softhsm/libsofthsm2.so',
  ].find(existsSync);
  const folder = mkdtempSync(join(tmpdir(), 'token-'));
  try {
    if (library === undefined) throw new Error('SoftHSM2 is not installed');
    mkdirSync(join(folder, 'tokens'));
    process.env.SOFTHSM2_CONF = join(folder, 'softhsm2.conf');
    writeFileSync(
      process.env.SOFTHSM2_CONF,
      `directories.tokendir = ${join(folder, 'tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`,
    );
    execFileSync('softhsm2-util', ['--init-token', '--free', '--label', 'bench', '--pin', '1234', '--so-pin', '5678'], {
      stdio: 'ignore',
    });
    const token = await openPkcs11Provider({ library, token: 'bench', pin: '1234' });
    try {
      return [await unwrapAndOpen(token)];
    } finally {
      token.close();
    }
  } catch (e) {
    console.log(`  no token: ${(e as Error).message}`);
    return [];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
async function unwrapAndOpen(token: CryptoProvider): Promise<Row> {
  const { ek, ak } = keyOctets();
  const apdu = octets(512);
  apdu[0] = 0xc0;
  const contextOf = async (provider: CryptoProvider, own: 0 | 1, peer: 0 | 1): Promise<SecurityContext> =>
    new SecurityContext({
      provider,
      suite: 0,
      systemTitle: titleOf(own),
      peerSystemTitle: titleOf(peer),
      keys: await importKeys(provider, 0, { master: ek, authentication: ak }),
      counters: new InvocationCounters(new VolatileStore()),
    });
  const perSecond = async (provider: CryptoProvider): Promise<number> => {
    const client = await contextOf(nodeProvider, 0, 1);
    const server = await contextOf(provider, 1, 0);
    let best = Number.POSITIVE_INFINITY;
    for (let round = -1; round < 5; round++) {
      const messages: Uint8Array[] = [];
      for (let i = 0; i < 200; i++)
        messages.push(await protect(apdu, client, { form: { type: 'general-ciphering', key: 'wrapped' } }));
      const start = performance.now();
      for (const message of messages) await unprotect(message, server);
      if (round >= 0) best = Math.min(best, performance.now() - start);
    }
    return (200 * 1000) / best;
  };
  const reference = await perSecond(nodeProvider);
  const here = await perSecond(token);
  return {
    name: 'unwrap and open, 512 octets, SoftHSM2 token (to node)',
    unit: '1/s',
    ours: here,
    reference,
    ratio: here / reference,
  };
}
