import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../src/axdr/schema.js';
import { importKeys, type SecurityKeys } from '../../src/security/keys.js';
import { type ProtectForm, protect } from '../../src/security/protect.js';
import { unprotect } from '../../src/security/unprotect.js';
import { testKeysOf } from '../../src/testing/index.js';
import { Apdu } from '../../src/xdlms/index.js';
import {
  clientTitle,
  contextOf,
  descriptor,
  invoke,
  meterWith,
  octets,
  provider,
  route,
  serverTitle,
} from './support.js';

const get = encode(Apdu, {
  type: 'get-request',
  value: { type: 'get-request-normal', invokeIdAndPriority: invoke(), cosemAttributeDescriptor: descriptor() },
});
/** A pre-established association of suite 1 in which both sides have every key. */
async function both() {
  const pairs = async () => ({
    signing: await provider.generateKeyPair('ECDSA P-256'),
    agreement: await provider.generateKeyPair('ECDH P-256'),
  });
  const [ofClient, ofServer] = [await pairs(), await pairs()];
  const symmetric = await importKeys(provider, 1, testKeysOf(1));
  const keysOf = (own: typeof ofClient, peer: typeof ofClient): SecurityKeys => ({
    ...symmetric,
    ...own,
    peerSigning: peer.signing.publicKey,
    peerAgreement: peer.agreement.publicKey,
  });
  const [keys, serverKeys] = [keysOf(ofClient, ofServer), keysOf(ofServer, ofClient)];
  const client = await contextOf('client', { suite: 1, keys, peerSystemTitle: serverTitle });
  const server = await contextOf('server', { suite: 1, keys: serverKeys, peerSystemTitle: clientTitle });
  const meter = await meterWith({
    mechanism: 'none',
    preEstablished: true,
    ciphering: 'required',
    security: () => server,
  });
  const answerTo = async (form: ProtectForm | readonly ProtectForm[]): Promise<Uint8Array> =>
    (await meter.handler.handle(await protect(get, client, { form }), route))[0] as Uint8Array;
  return { meter, client, server, answerTo };
}

describe('the key of a response', () => {
  it.each(['one-pass', 'static'] as const)(
    'is agreed anew in one pass, or statically where there is nothing to sign with (%s)',
    async (key) => {
      const { meter, server, answerTo } = await both();
      const form = { type: 'general-ciphering', key } as const;
      expect(decode(Apdu, await answerTo(form))).toMatchObject({ keyInfo: { keyParameters: Uint8Array.of(1) } });
      server.setKeys({ signing: undefined });
      expect(decode(Apdu, await answerTo(form))).toMatchObject({ keyInfo: { keyParameters: Uint8Array.of(2) } });
      expect(meter.errors).toEqual([]);
    },
  );
  it('is that of the request inside a signature', async () => {
    const { meter, client, server, answerTo } = await both();
    for (const side of [client, server]) await side.takeDedicatedKey(octets(16));
    const answer = await answerTo(['ded', { type: 'general-signing' }]);
    expect((await unprotect(answer, client)).layers).toMatchObject([{ kind: 'ded', key: 'dedicated-key' }]);
    expect(meter.errors).toEqual([]);
  });
});
