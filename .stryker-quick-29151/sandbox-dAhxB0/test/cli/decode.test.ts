import { describe, expect, it } from 'vitest';
import { concat } from '../../src/core/bytes.js';
import { formatHex } from '../../src/core/hex.js';
import { type ProtectForm, protect } from '../../src/security/protect.js';
import { nobleProvider } from '../../src/security/providers/noble.js';
import { encodeAarq, encodeInitiateRequest } from '../../src/session/association.js';
import { wrap } from '../../src/transport/framing/wpdu.js';
import { clientTitle, hex, pairOf, serverTitle, testKeys } from '../security/support.js';
import { cli, keyFile } from './support.js';

const get = hex('C001C100080000010000FF0200');
const response = hex('C401C100090C07E80115010B0000FF800000');
const both = { authenticated: true, encrypted: true };
const dedicated = Uint8Array.from({ length: 16 }, (_, i) => 0x77 - i);
const { globalUnicast, authentication, globalBroadcast } = testKeys[0] as Record<
  'globalUnicast' | 'authentication' | 'globalBroadcast',
  Uint8Array
>;
const known = { encryptionKey: formatHex(globalUnicast), authenticationKey: formatHex(authentication) };
const run = (command: 'decode' | 'explain', octets: Uint8Array, keys: object, ...more: string[]) =>
  cli([command, formatHex(octets), '--keys', keyFile(keys), ...more]);
async function sent(
  apdu: Uint8Array,
  side: 'client' | 'server',
  form: ProtectForm,
  protection: object = both,
): Promise<Uint8Array> {
  const pair = await pairOf(nobleProvider, 0);
  await pair[side].takeDedicatedKey(dedicated);
  return protect(apdu, pair[side], { form, protection });
}

describe('decode and explain', () => {
  it('never say "authenticated: true" beside "authentication failed": general-ded-ciphering', async () => {
    const bytes = await sent(get, 'client', 'general-ded');
    const opened = await run('decode', bytes, { ...known, dedicatedKey: formatHex(dedicated) });
    expect(opened).toMatchObject({ code: 0, err: '' });
    expect(opened.out).toContain('authenticated: true');
    expect(opened.out).toMatch(/deciphered.*verified, sender/);
    expect(opened.out).not.toMatch(/failed|error/);
    const without = await run('decode', bytes, known);
    expect(without.code).toBe(4);
    expect(without.err).toMatch(/the dedicated key is missing/);
    expect(without.out).not.toMatch(/authenticated|verified|deciphered/);
    expect((await run('explain', bytes, known)).out).not.toMatch(/verified|deciphered/);
  });
  it('open a message under the broadcast key with that key alone', async () => {
    const { client } = await pairOf(nobleProvider, 0);
    const bytes = await protect(get, client, { form: 'general-glo', broadcast: true, protection: both });
    const control = bytes[11] as number;
    expect(control & 0x40).toBe(0x40);
    expect((await run('decode', bytes, known)).err).toMatch(/the global broadcast encryption key is missing/);
    expect((await run('decode', bytes, { ...known, broadcastKey: formatHex(globalBroadcast) })).out).toContain(
      'authenticated: true',
    );
  });
  it('take the sender of each message of an association without tags from the titles in it, in any order', async () => {
    const initiate = encodeInitiateRequest({ conformance: ['get'], maxReceivePduSize: 500 });
    const encrypted = { encrypted: true };
    const stream = concat(
      wrap(
        16,
        1,
        encodeAarq({
          mechanism: 'none',
          referencing: 'LN',
          ciphered: true,
          systemTitle: clientTitle,
          userInformation: await sent(initiate, 'client', 'glo', encrypted),
        }),
      ),
      wrap(16, 1, await sent(get, 'client', 'glo', encrypted)),
      wrap(1, 16, await sent(response, 'server', 'glo', encrypted)),
    );
    for (const [title, ...more] of [[formatHex(serverTitle)], [formatHex(serverTitle), '--json']]) {
      const { out, err, code } = await run(
        'decode',
        stream,
        { encryptionKey: known.encryptionKey },
        '--unverified',
        '--system-title',
        title as string,
        ...more,
      );
      expect([code, err]).toEqual([0, '']);
      if (more.length === 0) {
        expect(out.match(/authenticated: false/g)).toHaveLength(2);
        expect(out).toMatch(
          new RegExp(
            `authenticated: false \\(sender ${formatHex(clientTitle)}, invocation counter \\d+\\): anyone could have sent or changed this`,
          ),
        );
        expect(out).toContain(`authenticated: false (sender ${formatHex(serverTitle)}`);
        expect(out.match(/not verified; opened with the system title/g)).toHaveLength(3);
        expect(out).not.toMatch(/wrong key|\[error/);
      } else
        expect(JSON.parse(out).messages.map((m: { value: { type: string } }) => m.value.type)).toEqual([
          'aarq',
          'get-request',
          'get-response',
        ]);
    }
  });
  it('find the dedicated key in the association', async () => {
    const { client } = await pairOf(nobleProvider, 0);
    const initiate = encodeInitiateRequest({ dedicatedKey: dedicated, conformance: ['get'], maxReceivePduSize: 500 });
    const stream = concat(
      wrap(
        16,
        1,
        encodeAarq({
          mechanism: 'none',
          referencing: 'LN',
          ciphered: true,
          systemTitle: clientTitle,
          userInformation: await protect(initiate, client, { form: 'glo' }),
        }),
      ),
      wrap(16, 1, await sent(get, 'client', 'ded')),
    );
    const { out, code, err } = await run('decode', stream, known);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('authenticated: true');
    expect(out).not.toMatch(/failed|\[error/);
  });
});
