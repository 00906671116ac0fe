import { describe, expect, it } from 'vitest';
import { decode } from '../../src/axdr/schema.js';
import { concat } from '../../src/core/bytes.js';
import { formatHex } from '../../src/core/hex.js';
import { SecurityContext } from '../../src/security/context.js';
import { InvocationCounters } from '../../src/security/counters.js';
import { importKeys } from '../../src/security/keys.js';
import type { CryptoProvider } from '../../src/security/providers/provider.js';
import { unprotect } from '../../src/security/unprotect.js';
import type { UnprotectOptions } from '../../src/security/unprotected.js';
import { VolatileStore } from '../../src/store/store.js';
import { framesIn } from '../../src/vectors/frames.js';
import { Apdu } from '../../src/xdlms/apdu.js';
import { failure } from '../support/outcome.js';
import { hex, type Vector, vectors } from './support.js';
import { providersWithToken } from './token.js';

const providers = await providersWithToken();
const all = vectors('captures').filter((v) => v.expected.ciphering !== undefined && v.params.encryptionKey !== null);

/** The last complete message: an APDU, or the blocks from the last block 1 on. */
function messageOf({ input, params }: Vector): Uint8Array {
  const apdus = framesIn(hex(input.hex), params.framing).flatMap((frame) => frame.apdu ?? []);
  let message: Uint8Array = new Uint8Array(0);
  for (const octets of apdus) {
    const apdu = decode(Apdu, octets);
    if (apdu.type !== 'general-block-transfer') message = octets.slice();
    else message = concat(apdu.blockNumber === 1 ? new Uint8Array(0) : message, apdu.blockData);
  }
  return message;
}
/** As a listener has it that knows the meter: its title and its keys. */
async function listener(provider: CryptoProvider, { params, expected }: Vector): Promise<SecurityContext> {
  const keys = await importKeys(provider, 0, {
    globalUnicast: hex(params.encryptionKey),
    ...(params.authenticationKey === null ? {} : { authentication: hex(params.authenticationKey) }),
  });
  const protection = { authenticated: expected.ciphering.securityControl.authenticated, encrypted: true };
  return new SecurityContext({
    provider,
    suite: 0,
    // Some meters write 1 into the control octet and use suite 0.
    acceptSuites: [0, 1],
    systemTitle: hex('FFFFFFFFFFFFFFFF'),
    peerSystemTitle: hex(expected.ciphering.systemTitle),
    keys,
    counters: new InvocationCounters(new VolatileStore()),
    policy: { send: protection, receive: protection, withoutReplayProtection: !protection.authenticated },
  });
}

describe.each(providers.map((p) => [p.name, p] as const))('captured pushes of real meters with %s', (_, provider) => {
  it.each(all.map((v) => [v.id, v] as const))('%s', async (_id, v) => {
    const { securityControl, invocationCounter } = v.expected.ciphering;
    const context = await listener(provider, v);
    const message = messageOf(v);
    // Authenticated, but the key for it was not published: read without verification, which has to be asked for.
    const withheld = securityControl.authenticated && v.params.authenticationKey === null;
    if (withheld)
      expect(await failure(() => unprotect(message, context))).toMatchObject({ code: 'security/missing-key' });
    const options: UnprotectOptions = withheld ? { mode: 'unverified' } : {};
    const { apdu, layers, authenticated, replayProtected } = await unprotect(message, context, options);
    expect(formatHex(apdu)).toBe(v.expected.plaintext);
    expect(authenticated).toBe(securityControl.authenticated && !withheld);
    expect(layers).toMatchObject([
      { kind: 'general-glo', suite: securityControl.suite, encrypted: true, invocationCounter },
    ]);
    expect(replayProtected).toBe(authenticated);
    if (authenticated)
      expect(await failure(() => unprotect(message, context))).toMatchObject({ code: 'security/replay' });
    // Nothing proves the others to be new: the same octets open again, and no counter was recorded.
    else expect((await unprotect(message, context, options)).replayProtected).toBe(false);
  });
  it('are eight: none is missing above', () => {
    expect(all).toHaveLength(8);
  });
});
