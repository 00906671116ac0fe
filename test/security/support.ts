import { readFileSync } from 'node:fs';
import { parseHex } from '../../src/core/hex.js';
import { SecurityContext, type SecurityContextOptions } from '../../src/security/context.js';
import { InvocationCounters } from '../../src/security/counters.js';
import { importKeys, type KeyMaterial } from '../../src/security/keys.js';
import { nobleProvider } from '../../src/security/providers/noble.js';
import { nodeProvider } from '../../src/security/providers/node-provider.js';
import type { CryptoProvider } from '../../src/security/providers/provider.js';
import { webCryptoProvider } from '../../src/security/providers/webcrypto.js';
import { VolatileStore } from '../../src/store/store.js';

export const providers: readonly CryptoProvider[] = [nobleProvider, nodeProvider, webCryptoProvider];
export const hex = parseHex;

export interface Vector {
  readonly id: string;
  readonly kind: string;
  readonly input: any;
  readonly params: any;
  readonly expected: any;
}
export function vectors(group: string): readonly Vector[] {
  return JSON.parse(readFileSync(new URL(`../vectors/${group}.json`, import.meta.url), 'utf8'));
}

/** Counters that deal out the given values, one for each call, then go on from there. */
export function countersFrom(first: number): InvocationCounters {
  return new InvocationCounters(new VolatileStore(), { initial: first });
}

export const clientTitle: Uint8Array = hex('4D4D4D0000BC614E');
export const serverTitle: Uint8Array = hex('4D4D4D0000000001');
export const testKeys: Readonly<Record<0 | 1 | 2, KeyMaterial>> = {
  0: symmetric(16),
  1: {
    ...symmetric(16),
    signing: hex('418073C239FA6125011DE4D6CD2E645780289F761BB21BFB0835CB5585E8B373'),
    agreement: hex('07C56DE2'.padEnd(64, '1')),
  },
  2: {
    ...symmetric(32),
    signing: hex('C838B85253EF8DC7394FA5808A5183981C7DEEF5A69BA8F4F2117FFEA39CFCD90E95F6CBC854ABACAB701D50C1F3CF24'),
    agreement: hex('07C56DE2'.padEnd(96, '1')),
  },
};
function symmetric(n: 16 | 32): KeyMaterial {
  const from = (first: number): Uint8Array => Uint8Array.from({ length: n }, (_, i) => (first + i) & 0xff);
  return { globalUnicast: from(0), authentication: from(0xd0), globalBroadcast: from(0x40), master: from(0x80) };
}

/** Both ends of one association: client and server with mirrored titles and public keys. The server has private keys of its own. */
export async function pairOf(
  provider: CryptoProvider,
  suite: 0 | 1 | 2,
  options: Partial<SecurityContextOptions> = {},
  serverOptions: Partial<SecurityContextOptions> = options,
): Promise<{ client: SecurityContext; server: SecurityContext }> {
  const clientKeys = await importKeys(provider, suite, testKeys[suite]);
  const n = suite === 2 ? 48 : 32;
  const own = (last: number): Uint8Array => Uint8Array.from({ length: n }, (_, i) => (i === n - 1 ? last : 0x21));
  const serverKeys = await importKeys(provider, suite, {
    ...testKeys[suite],
    ...(suite === 0 ? {} : { signing: own(1), agreement: own(2) }),
  });
  const base = { provider, suite, systemTitle: clientTitle, peerSystemTitle: serverTitle };
  const client = new SecurityContext({
    ...base,
    counters: new InvocationCounters(new VolatileStore(), { initial: 1 }),
    keys: { ...clientKeys, peerSigning: serverKeys.signing?.publicKey, peerAgreement: serverKeys.agreement?.publicKey },
    ...options,
  });
  const server = new SecurityContext({
    ...base,
    systemTitle: serverTitle,
    peerSystemTitle: clientTitle,
    counters: new InvocationCounters(new VolatileStore(), { initial: 1 }),
    keys: { ...serverKeys, peerSigning: clientKeys.signing?.publicKey, peerAgreement: clientKeys.agreement?.publicKey },
    ...serverOptions,
  });
  return { client, server };
}
