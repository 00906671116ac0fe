import { describe, expect, it } from 'vitest';
import { encode } from '../../src/axdr/schema.js';
import { SecurityContext } from '../../src/security/context.js';
import { InvocationCounters } from '../../src/security/counters.js';
import { importKeys, type SecurityKeys } from '../../src/security/keys.js';
import { type ProtectForm, protect } from '../../src/security/protect.js';
import { unprotect } from '../../src/security/unprotect.js';
import { VolatileStore } from '../../src/store/store.js';
import { testKeysOf } from '../../src/testing/index.js';
import { Apdu } from '../../src/xdlms/index.js';
import { clientTitle, descriptor, invoke, meterWith, octets, provider, route, serverTitle } from './support.js';

const get = encode(Apdu, {
  type: 'get-request',
  value: { type: 'get-request-normal', invokeIdAndPriority: invoke(), cosemAttributeDescriptor: descriptor() },
});
const setTo = (n: number): Uint8Array =>
  encode(Apdu, {
    type: 'set-request',
    value: {
      type: 'set-request-normal',
      invokeIdAndPriority: invoke(),
      cosemAttributeDescriptor: descriptor(),
      value: { type: 'octet-string', value: octets(n) },
    },
  });

/** A pre-established association of suite 1 or 2, so that a test can speak at once, in any form. */
async function both(suite: 1 | 2, signed = false) {
  const curve = suite === 1 ? 'P-256' : 'P-384';
  const pairs = async () => ({
    signing: await provider.generateKeyPair(`ECDSA ${curve}`),
    agreement: await provider.generateKeyPair(`ECDH ${curve}`),
  });
  const [ofClient, ofServer] = [await pairs(), await pairs()];
  const symmetric = await importKeys(provider, suite, testKeysOf(suite));
  const keysOf = (own: typeof ofClient, peer: typeof ofClient): SecurityKeys => ({
    ...symmetric,
    ...own,
    peerSigning: peer.signing.publicKey,
    peerAgreement: peer.agreement.publicKey,
  });
  const protection = { authenticated: true, encrypted: true, ...(signed ? { signed } : {}) };
  const of = (systemTitle: Uint8Array, peerSystemTitle: Uint8Array, keys: SecurityKeys): SecurityContext =>
    new SecurityContext({
      provider,
      suite,
      systemTitle,
      peerSystemTitle,
      keys,
      counters: new InvocationCounters(new VolatileStore()),
      policy: { send: protection, receive: protection },
      broadcast: true,
    });
  const server = of(serverTitle, clientTitle, keysOf(ofServer, ofClient));
  const meter = await meterWith({
    mechanism: 'none',
    preEstablished: true,
    ciphering: 'required',
    broadcast: true,
    security: () => server,
  });
  return { meter, client: of(clientTitle, serverTitle, keysOf(ofClient, ofServer)) };
}

describe.each([1, 2] as const)('the response comes in the form of the request, suite %i', (suite) => {
  const general = (key: 'global-unicast' | 'global-broadcast' | 'wrapped' | 'one-pass' | 'static'): ProtectForm => ({
    type: 'general-ciphering',
    key,
  });
  it.each<[string, ProtectForm, string, string]>([
    ['glo', 'glo', 'glo', 'global-unicast-encryption-key'],
    ['general-glo', 'general-glo', 'general-glo', 'global-unicast-encryption-key'],
    ['general-ciphering, identified', general('global-unicast'), 'general-ciphering', 'global-unicast-encryption-key'],
    ['general-ciphering, broadcast', general('global-broadcast'), 'general-ciphering', 'global-unicast-encryption-key'],
    ['general-ciphering, wrapped', general('wrapped'), 'general-ciphering', 'wrapped-key'],
    ['general-ciphering, one-pass', general('one-pass'), 'general-ciphering', 'agreed-key'],
    ['general-ciphering, static', general('static'), 'general-ciphering', 'agreed-key'],
  ])('%s', async (_, form, kind, key) => {
    const { meter, client } = await both(suite);
    for (let i = 0; i < 3; i++) {
      const [answer] = await meter.handler.handle(await protect(get, client, { form }), route);
      const { apdu, layers, protection } = await unprotect(answer!, client);
      expect(layers).toMatchObject([{ kind, key }]);
      expect(protection).toEqual({ authenticated: true, encrypted: true, signed: false });
      expect(apdu[0]).toBe(0xc4);
    }
    expect(meter.errors).toEqual([]);
  });
  it('signed inside ciphered, when the policy asks for it; not otherwise', async () => {
    const { meter, client } = await both(suite, true);
    const [answer] = await meter.handler.handle(await protect(setTo(50), client), route);
    const { layers, apdu, protection } = await unprotect(answer!, client);
    expect(layers.map((l) => l.kind)).toEqual(['general-glo', 'general-signing']);
    expect(protection.signed).toBe(true);
    expect(apdu).toEqual(Uint8Array.of(0xc5, 1, 0xc1, 0));
    const [refusal] = await meter.handler.handle(
      await protect(get, client, { protection: { authenticated: true, encrypted: true } }),
      route,
    );
    expect(refusal).toEqual(Uint8Array.of(0xd8, 1, 5));
    expect(meter.errors).toMatchObject([{ code: 'security/policy' }]);
  });
  it('a request that comes a second time is refused in every form', async () => {
    for (const form of ['glo', 'general-glo', general('wrapped'), general('one-pass'), general('static')] as const) {
      const { meter, client } = await both(suite);
      const request = await protect(setTo(9), client, { form });
      expect((await meter.handler.handle(request, route))[0]![0]).not.toBe(0xd8);
      const [again] = await meter.handler.handle(request, route);
      expect(again!.subarray(0, 3)).toEqual(Uint8Array.of(0xd8, 1, 6));
    }
  });
});
