// Ratios against the raw primitive, measured in one run. Bundle it first: esbuild bench/security.ts --bundle --platform=node --format=esm --outfile=bench-security.mjs
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
import { importKeys, SecurityContext } from '../src/security/context.js';
import { InvocationCounters } from '../src/security/counters.js';
import { hlsReply, hlsVerify } from '../src/security/hls.js';
import { deriveAgreedKey } from '../src/security/key-agreement.js';
import { nobleProvider } from '../src/security/noble.js';
import { nodeProvider } from '../src/security/node-provider.js';
import { protect } from '../src/security/protect.js';
import type { CryptoProvider, KeyPair } from '../src/security/provider.js';
import { suite1 } from '../src/security/suites.js';
import { unprotect } from '../src/security/unprotect.js';

const octets = (n: number, first = 0): Uint8Array => Uint8Array.from({ length: n }, (_, i) => (first + i) & 0xff);
const ek = octets(16);
const ak = octets(16, 0xd0);
const titles = [octets(8, 1), octets(8, 65)] as const;

/** Best of several rounds, interleaved with the rival, so that a busy machine disturbs both alike. Microseconds per call. */
function compare(calls: readonly (() => void)[], count: number, rounds = 600): number[] {
  const best = calls.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < rounds; round++)
    calls.forEach((call, k) => {
      const start = process.hrtime.bigint();
      for (let i = 0; i < count; i++) call();
      best[k] = Math.min(best[k] as number, Number(process.hrtime.bigint() - start) / 1000 / count);
    });
  return best;
}

/** @param joined also puts header, ciphertext and tag into one buffer, as whoever sends them must */
function raw(apdu: Uint8Array, joined: boolean): () => void {
  const key = createSecretKey(ek);
  const aad = Buffer.concat([Uint8Array.of(0x30), ak]);
  const iv = Buffer.concat([titles[0], octets(4)]);
  const header = octets(9);
  return () => {
    const cipher = createCipheriv('aes-128-gcm', key, iv, { authTagLength: 12 });
    cipher.setAAD(aad);
    const ciphertext = cipher.update(apdu);
    cipher.final();
    const tag = cipher.getAuthTag();
    if (joined) Buffer.concat([header, ciphertext, tag]);
    const decipher = createDecipheriv('aes-128-gcm', key, iv, { authTagLength: 12 });
    decipher.setAuthTag(tag);
    decipher.setAAD(aad);
    decipher.update(ciphertext);
    decipher.final();
  };
}
function contexts(provider: CryptoProvider): readonly [SecurityContext, SecurityContext] {
  const keys = importKeys(provider, 0, { globalUnicast: ek, authentication: ak });
  if (keys instanceof Promise) throw new Error('synchronous providers only');
  const make = (own: Uint8Array, peer: Uint8Array): SecurityContext =>
    new SecurityContext({ provider, suite: 0, systemTitle: own, peerSystemTitle: peer, keys, counters: new InvocationCounters() });
  return [make(titles[0], titles[1]), make(titles[1], titles[0])];
}
function ours(provider: CryptoProvider, apdu: Uint8Array): () => void {
  const [client, server] = contexts(provider);
  return () => {
    const sealed = protect(apdu, client);
    if (sealed instanceof Promise) throw new Error('not synchronous');
    const opened = unprotect(sealed, server);
    if (opened instanceof Promise) throw new Error('not synchronous');
  };
}

console.log('protect + unprotect, suite 0, authenticated and encrypted (us; ratio to node:crypto alone)');
for (const [n, count] of [
  [64, 100],
  [512, 100],
  [65536, 20],
] as const) {
  const apdu = octets(n);
  apdu[0] = 0xc0;
  const [rawTime = 0, joinedTime = 0, nodeTime = 0] = compare([raw(apdu, false), raw(apdu, true), ours(nodeProvider, apdu)], count);
  const [nobleTime = 0] = compare([ours(nobleProvider, apdu)], 5, 100);
  console.log(
    `${String(n).padStart(6)} octets: raw ${rawTime.toFixed(2)}, raw and joined ${joinedTime.toFixed(2)}, node ${nodeTime.toFixed(2)} (x ${(nodeTime / rawTime).toFixed(2)} and x ${(nodeTime / joinedTime).toFixed(2)}), noble ${nobleTime.toFixed(1)} (x ${(nobleTime / rawTime).toFixed(1)})`,
  );
}

console.log('suite 1 association: sign, verify, two key agreements (us)');
{
  const use = (algorithm: 'ECDSA P-256' | 'ECDH P-256'): KeyPair => nodeProvider.generateKeyPair(algorithm) as KeyPair;
  const [signing, peerSigning, agreement, peerAgreement] = [use('ECDSA P-256'), use('ECDSA P-256'), use('ECDH P-256'), use('ECDH P-256')];
  const symmetric = importKeys(nodeProvider, 1, { globalUnicast: ek, authentication: ak }) as object;
  const options = { provider: nodeProvider, suite: 1, counters: new InvocationCounters() };
  const client = new SecurityContext({
    ...options,
    systemTitle: titles[0],
    peerSystemTitle: titles[1],
    keys: { ...symmetric, signing, agreement, peerSigning: peerSigning.publicKey, peerAgreement: peerAgreement.publicKey },
  });
  const server = new SecurityContext({
    ...options,
    systemTitle: titles[1],
    peerSystemTitle: titles[0],
    keys: { ...symmetric, signing: peerSigning, agreement: peerAgreement, peerSigning: signing.publicKey, peerAgreement: agreement.publicKey },
  });
  const challenges = { clientToServer: octets(32, 7), serverToClient: octets(32, 99) };
  const association = (): void => {
    const reply = hlsReply({ mechanism: 7, role: 'client', context: client, ...challenges }) as Uint8Array;
    hlsVerify({ mechanism: 7, role: 'server', context: server, ...challenges }, reply);
    deriveAgreedKey(nodeProvider, suite1, agreement.privateKey, peerAgreement.publicKey, titles[0], titles[1]);
    deriveAgreedKey(nodeProvider, suite1, peerAgreement.privateKey, agreement.publicKey, titles[0], titles[1]);
  };
  const a = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const b = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const data = octets(80);
  const primitives = (): void => {
    const signature = rawSign('sha256', data, { key: a.privateKey, dsaEncoding: 'ieee-p1363' });
    rawVerify('sha256', data, { key: a.publicKey, dsaEncoding: 'ieee-p1363' }, signature);
    for (const z of [diffieHellman({ privateKey: a.privateKey, publicKey: b.publicKey }), diffieHellman({ privateKey: b.privateKey, publicKey: a.publicKey })])
      createHash('sha256').update(z).digest();
  };
  const [rawTime = 0, ourTime = 0] = compare([primitives, association], 10, 150);
  console.log(`   primitives ${rawTime.toFixed(0)}, ours ${ourTime.toFixed(0)} (x ${(ourTime / rawTime).toFixed(2)})`);
}
