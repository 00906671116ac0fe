import { describe, expect, it } from 'vitest';
import { concat } from '../../src/core/bytes.js';
import { formatHex } from '../../src/core/hex.js';
import { type ProtectForm, protect } from '../../src/security/protect.js';
import { nobleProvider } from '../../src/security/providers/noble.js';
import { decipherWith, type ExplainKeys, type ExplainNode, explain, explainText } from '../../src/translator/index.js';
import { wrap } from '../../src/transport/framing/wpdu.js';
import { clientTitle, hex, pairOf, testKeys } from '../security/support.js';

const all = (node: ExplainNode): ExplainNode[] => [node, ...(node.children ?? []).flatMap(all)];
const get = hex('C001C100080000010000FF0200');
const keysOf = (suite: 0 | 1 | 2): ExplainKeys => {
  const k = testKeys[suite] as Record<string, Uint8Array>;
  return {
    encryptionKey: k.globalUnicast as Uint8Array,
    authenticationKey: k.authentication as Uint8Array,
    broadcastKey: k.globalBroadcast as Uint8Array,
    masterKey: k.master as Uint8Array,
    systemTitle: clientTitle,
  };
};
const deciphered = (bytes: Uint8Array, keys: ExplainKeys): (Uint8Array | undefined)[] =>
  all(explain(bytes, { framing: 'apdu', decipher: decipherWith(keys) }))
    .filter((n) => n.origin === 'deciphered')
    .map((n) => n.octets);
const problems = (bytes: Uint8Array, keys: ExplainKeys): string =>
  all(explain(bytes, { framing: 'apdu', decipher: decipherWith(keys) }))
    .map((n) => n.error?.message ?? '')
    .join('');

describe.each([0, 1, 2] as const)('what protect makes, suite %i', (suite) => {
  const forms: [string, ProtectForm | ProtectForm[]][] = [
    ['glo', 'glo'],
    ['general-glo', 'general-glo'],
    ['general-ciphering, unicast', { type: 'general-ciphering', key: 'global-unicast' }],
    ['general-ciphering, broadcast', { type: 'general-ciphering', key: 'global-broadcast' }],
    ['general-ciphering, wrapped key', { type: 'general-ciphering', key: 'wrapped' }],
  ];
  it.each(forms)('%s is opened and verified', async (_, form) => {
    const { client } = await pairOf(nobleProvider, suite);
    const bytes = await protect(get, client, { form, protection: { authenticated: true, encrypted: true } });
    expect(deciphered(bytes, keysOf(suite))).toEqual([get]);
    expect(problems(bytes, keysOf(suite))).toBe('');
    const changed = bytes.slice();
    changed[bytes.length - 1] = (changed[bytes.length - 1] as number) ^ 1;
    expect(deciphered(changed, keysOf(suite))).toEqual([]);
    expect(problems(changed, keysOf(suite))).toMatch(/wrong key or title/i);
  });
  it('encryption alone is opened, and authentication alone is read without a key', async () => {
    const { client } = await pairOf(nobleProvider, suite);
    const encrypted = await protect(get, client, { form: 'glo', protection: { encrypted: true } });
    expect(deciphered(encrypted, keysOf(suite))).toEqual([get]);
    const authenticated = await protect(get, client, { form: 'glo', protection: { authenticated: true } });
    const node = explain(authenticated);
    expect(all(node).find((n) => n.name === 'instanceId')).toMatchObject({
      meaning: '0-0:1.0.0*255',
      path: expect.stringContaining('get-request'),
    });
    const { encryptionKey: _, ...others } = keysOf(suite);
    expect(deciphered(encrypted, others)).toEqual([]);
  });
});

it('a signed APDU is explained inside its signature, and an agreed key stays closed', async () => {
  const { client } = await pairOf(nobleProvider, 1);
  const signed = await protect(get, client, { form: { type: 'general-signing' }, protection: { signed: true } });
  expect(all(explain(signed)).some((n) => n.name === 'instanceId')).toBe(true);
  const agreed = await protect(get, client, {
    form: { type: 'general-ciphering', key: 'static' },
    protection: { authenticated: true, encrypted: true },
  });
  expect(deciphered(agreed, keysOf(1))).toEqual([]);
  expect(problems(agreed, keysOf(1))).toBe('');
});

it('the dedicated key of a deciphered InitiateRequest opens what follows on the stream', async () => {
  const { client } = await pairOf(nobleProvider, 0);
  const dedicated = Uint8Array.from({ length: 16 }, (_, i) => 0x77 - i);
  const initiate = await protect(concat(hex('010110'), dedicated, hex('0000065F1F0400007E1F04B0')), client, {
    protection: { authenticated: true, encrypted: true },
  });
  const key = await nobleProvider.importKey('AES-128', dedicated);
  const { client: later } = await pairOf(nobleProvider, 0, { keys: { ...client.keys, dedicated: key } });
  const request = await protect(get, later, { form: 'ded', protection: { authenticated: true, encrypted: true } });
  const stream = concat(wrap(16, 1, initiate), wrap(16, 1, request));
  const made = all(explain(stream, { decipher: decipherWith(keysOf(0)) })).filter((n) => n.origin === 'deciphered');
  expect(made.map((n) => n.octets?.[0])).toEqual([0x01, 0xc0]);
});

it('a key of a length that no suite has is an error in the tree, not an exception', async () => {
  const { client } = await pairOf(nobleProvider, 0);
  const bytes = await protect(get, client, { form: 'glo', protection: { authenticated: true, encrypted: true } });
  expect(problems(bytes, { ...keysOf(0), encryptionKey: new Uint8Array(5) })).toMatch(/invalid key/);
  expect(problems(bytes, { encryptionKey: new Uint8Array(5) })).toMatch(/invalid key/);
});

describe('what is not proven is not called so', () => {
  const dedicated = Uint8Array.from({ length: 16 }, (_, i) => 0x77 - i);
  const both = { authenticated: true, encrypted: true };
  async function dedicatedMessage(): Promise<Uint8Array> {
    const { client } = await pairOf(nobleProvider, 0);
    await client.takeDedicatedKey(dedicated);
    return protect(get, client, { form: 'general-ded', protection: both });
  }
  const textOf = (bytes: Uint8Array, keys: ExplainKeys): string =>
    explainText(explain(bytes, { framing: 'apdu', decipher: decipherWith(keys) }));

  it('general-ded-ciphering is opened with the dedicated key, never with the global one', async () => {
    const bytes = await dedicatedMessage();
    expect(deciphered(bytes, { ...keysOf(0), dedicatedKey: dedicated })).toEqual([get]);
    expect(textOf(bytes, { ...keysOf(0), dedicatedKey: dedicated })).toMatch(/tag {2}\S+ verified/);
    expect(deciphered(bytes, keysOf(0))).toEqual([]);
    expect(problems(bytes, keysOf(0))).toBe('');
    expect(textOf(bytes, keysOf(0))).not.toMatch(/authenticated|verified/);
  });
  it('a tag that does not verify is said to, and nothing around it says authenticated', async () => {
    const { client } = await pairOf(nobleProvider, 0);
    const bytes = await protect(get, client, { form: 'general-glo', protection: both });
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] as number) ^ 1;
    const text = textOf(bytes, keysOf(0));
    expect(text).toMatch(/tag {2}\S+ does not verify/);
    expect(text).not.toMatch(/\bauthenticated\b|\d verified/);
  });
  it('a tag moved to another service is an error although it verifies', async () => {
    const { client } = await pairOf(nobleProvider, 0);
    const bytes = await protect(get, client, { form: 'glo', protection: both });
    bytes[0] = 0xc9;
    expect(problems(bytes, keysOf(0))).toContain('not the one that the tag names');
  });
  it('of two titles and no tag to check, the one is taken that makes an APDU, whichever comes first', async () => {
    const { client, server } = await pairOf(nobleProvider, 0);
    const other = hex('0011223344556677');
    for (const [sender, title] of [
      [client, client.systemTitle],
      [server, server.systemTitle],
    ] as const) {
      const bytes = await protect(sender === client ? get : hex('C401C10009060100202000FF'), sender, {
        form: 'glo',
        protection: { encrypted: true },
      });
      for (const systemTitle of [
        [other, title],
        [title, other],
      ]) {
        const text = textOf(bytes, { ...keysOf(0), systemTitle });
        expect(text).toContain(`not verified; opened with the system title ${formatHex(title)}`);
        expect(text).not.toContain('wrong key');
      }
    }
  });
  it('titles of which none makes an APDU are not believed, and several that do are counted', async () => {
    const { client } = await pairOf(nobleProvider, 0);
    const bytes = await protect(get, client, { form: 'glo', protection: { encrypted: true } });
    expect(textOf(bytes, { ...keysOf(0), systemTitle: [hex('0011223344556677'), hex('8899AABBCCDDEEFF')] })).toContain(
      'wrong key or title',
    );
    const undecided = { plaintext: get, verified: false, systemTitle: clientTitle, readings: 2 };
    expect(explainText(explain(bytes, { framing: 'apdu', decipher: () => undecided }))).toContain(
      `${formatHex(clientTitle)}, one of 2 that make an APDU of it`,
    );
  });
  it('a sender that the message names is nobody else', async () => {
    const { client } = await pairOf(nobleProvider, 0);
    const bytes = await protect(get, client, { form: 'general-glo', protection: both });
    bytes[5] = (bytes[5] as number) ^ 1;
    expect(deciphered(bytes, keysOf(0))).toEqual([]);
    expect(problems(bytes, keysOf(0))).toMatch(/wrong key or title/i);
  });
});
