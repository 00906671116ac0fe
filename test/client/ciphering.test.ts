import { describe, expect, it } from 'vitest';
import { Client, type ClientOptions } from '../../src/client/index.js';
import type { SecurityContextOptions } from '../../src/security/context.js';
import { isProtected } from '../../src/security/index.js';
import { clearPolicy } from '../../src/security/policy.js';
import type { ApduChannel } from '../../src/transport/index.js';
import {
  cipheredConfig,
  contextOf,
  DirectChannel,
  Echo,
  echoName,
  failureOf,
  meterWith,
  octets,
  provider,
  serverTitle,
} from '../server/support.js';

const nothing: ApduChannel = {
  open: () => Promise.reject(new Error('opened')),
  send: () => Promise.reject(new Error('sent')),
  receive: () => Promise.reject(new Error('received')),
  close: async () => {},
};
const refusal = (options: ClientOptions): Promise<string> => failureOf(() => new Client(nothing, options));
const without = async (...names: (keyof SecurityContextOptions['keys'])[]) => {
  const context = await contextOf('client');
  return contextOf('client', {
    keys: Object.fromEntries(Object.entries(context.keys).filter(([k]) => !names.includes(k as never))),
  });
};
const gmac = { authentication: { mechanism: 'hls-gmac' } } as const;
const password = { authentication: { mechanism: 'lls', password: octets(8) } } as const;

describe('a client that would send in clear although it has a security context', () => {
  it('an unset variable: a strict context without its encryption key is refused, not opened in clear', async () => {
    const security = await without('globalUnicast');
    for (const options of [
      {},
      gmac,
      password,
      { preEstablished: true },
      { authentication: { mechanism: 'hls-md5', secret: await provider.importKey('secret', octets(9)) } },
    ])
      expect(await refusal({ ...options, security } as ClientOptions)).toMatch(
        /^configuration\/invalid .*without the global unicast encryption key/,
      );
  });
  it('an unset variable: no authentication key, though the policy authenticates', async () => {
    expect(await refusal({ security: await without('authentication') })).toMatch(
      /^configuration\/invalid .*a policy with authentication without the authentication key/,
    );
    // Encrypted only: no key of the tag is needed.
    const encrypted = { encrypted: true };
    const { keys } = await without('authentication');
    expect(
      await refusal({
        security: await contextOf('client', {
          keys,
          policy: { send: encrypted, receive: encrypted, withoutReplayProtection: true },
        }),
      }),
    ).toBe('no error');
  });
  it('signatures that cannot be: in suite 0, and without the key of the meter', async () => {
    const policy = {
      send: { authenticated: true, encrypted: true },
      receive: { authenticated: true, encrypted: true, signed: true },
    };
    expect(await refusal({ security: await contextOf('client', { policy }) })).toMatch(
      /^configuration\/invalid .*signatures in security suite 0/,
    );
    expect(await refusal({ security: await contextOf('client', { suite: 1, policy }) })).toMatch(
      /^configuration\/invalid .*a policy that asks for signatures without the signing key of the meter/,
    );
  });
  it('ciphering required without any security', async () => {
    expect(await refusal({ ciphering: 'required' })).toMatch(
      /^configuration\/invalid .*ciphering without a security context/,
    );
    expect(await refusal({ ciphering: 'maybe' as never })).toMatch(/^configuration\/invalid/);
  });
  it('ciphering under a policy that protects nothing', async () => {
    const security = await contextOf('client', { policy: clearPolicy });
    expect(await refusal({ security })).toMatch(/^configuration\/open-to-everybody .*applies no protection/);
    expect(await refusal({ security, ciphering: 'none' })).toBe('no error');
  });
  it('signatures without a signing key', async () => {
    const policy = { send: { signed: true }, receive: { signed: true } };
    expect(await refusal({ security: await contextOf('client', { policy }) })).toMatch(
      /^configuration\/invalid .*our signing key/,
    );
  });
});

describe('what lacks its keys', () => {
  it.each(['hls-md5', 'hls-sha1', 'hls-sha256', 'hls-gmac', 'hls-ecdsa'] as const)(
    '%s without a security context',
    async (mechanism) => {
      const authentication = {
        mechanism,
        secret: await provider.importKey('secret', octets(9)),
      } as ClientOptions['authentication'];
      for (const ciphering of [undefined, 'none'] as const)
        expect(
          await refusal({ authentication: authentication!, ...(ciphering === undefined ? {} : { ciphering }) }),
        ).toMatch(/^configuration\/invalid .*without a security context/);
    },
  );
  it('HLS 5 without ciphering needs both keys all the same, HLS 7 both signing keys', async () => {
    for (const key of ['globalUnicast', 'authentication'] as const)
      expect(await refusal({ ...gmac, ciphering: 'none', security: await without(key) })).toMatch(
        /^configuration\/invalid .*hls-gmac without the /,
      );
    const ecdsa = { authentication: { mechanism: 'hls-ecdsa' }, ciphering: 'none' } as const;
    const keys = (await contextOf('client')).keys;
    const signing = await provider.generateKeyPair('ECDSA P-256');
    expect(await refusal({ ...ecdsa, security: await contextOf('client') })).toContain(
      'our signing key and the signing key of the meter',
    );
    expect(
      await refusal({ ...ecdsa, security: await contextOf('client', { suite: 1, keys: { ...keys, signing } }) }),
    ).toMatch(/without the signing key of the meter/);
    expect(
      await refusal({
        ...ecdsa,
        security: await contextOf('client', { suite: 1, keys: { ...keys, signing, peerSigning: signing.publicKey } }),
      }),
    ).toBe('no error');
  });
  it('authentication or a dedicated key in an association without AARQ or without ciphering', async () => {
    expect(await refusal({ ...password, ciphering: 'none', preEstablished: true })).toMatch(
      /^configuration\/invalid .*pre-established/,
    );
    expect(await refusal({ ...gmac, preEstablished: true, security: await contextOf('client') })).toMatch(
      /^configuration\/invalid .*pre-established/,
    );
    expect(await refusal({ dedicatedKey: true })).toMatch(/^configuration\/invalid .*dedicated key/);
    expect(
      await refusal({ dedicatedKey: true, ...gmac, ciphering: 'none', security: await contextOf('client') }),
    ).toMatch(/dedicated key/);
  });
});

it('a password in clear has to be said; the public client has nothing to say', async () => {
  expect(await refusal(password)).toMatch(/^configuration\/open-to-everybody .*ciphering: 'none'/);
  expect(await refusal({ ...password, ciphering: 'none' })).toBe('no error');
  expect(await refusal({ ...password, security: await contextOf('client') })).toBe('no error');
  expect(await refusal({})).toBe('no error');
  expect(await refusal({ preEstablished: true })).toBe('no error');
});

describe('a client with a strict context', () => {
  it.each([
    ['HLS 5', gmac],
    ['no authentication', {}],
    ['pre-established', { preEstablished: true }],
  ] as const)('sends no service in clear, and believes no answer in clear: %s', async (_, options) => {
    const server = await cipheredConfig(
      'preEstablished' in options ? { peerSystemTitle: (await contextOf('client')).systemTitle } : {},
    );
    const meter = await meterWith({
      ...server,
      ...('authentication' in options ? {} : { mechanism: 'none' as const }),
      ...('preEstablished' in options ? options : {}),
    });
    let forged: Uint8Array | undefined;
    const channel = new DirectChannel(meter.handler, (answers) => (forged === undefined ? answers : [forged]));
    const security = await contextOf(
      'client',
      'preEstablished' in options ? { form: 'general-glo', peerSystemTitle: serverTitle } : {},
    );
    const client = new Client(channel, { ...options, security });
    await client.connect();
    await client.set(Echo, echoName, 'value', octets(5));
    expect(await client.get(Echo, echoName, 'value')).toEqual(octets(5));
    await client.action(Echo, echoName, 'take', octets(5));
    expect(channel.sent.filter((a) => !isProtected(a)).map((a) => a[0])).toEqual(
      'preEstablished' in options ? [] : [0x60],
    );
    const received = channel.received.length;
    const id = client.association.conformance.includes('priority-mgmt-supported') ? 0xc0 : 0x40;
    for (const [answer, call] of [
      [(i: number) => [0xc4, 1, id | i, 0, 9, 1, 7], () => client.get(Echo, echoName, 'value')],
      [(i: number) => [0xc5, 1, id | i, 0], () => client.set(Echo, echoName, 'value', octets(3))],
      [(i: number) => [0xc7, 1, id | i, 0, 0], () => client.action(Echo, echoName, 'take', octets(3))],
    ] as const)
      for (let i = 0; i < 16; i++) {
        // Whatever invoke-id is guessed; the first wrong answer in clear ends the call.
        forged = Uint8Array.from(answer(i));
        if (client.association.state !== 'open') break;
        expect(await failureOf(call)).toMatch(/^(security\/policy|association\/not-open)/);
      }
    expect(channel.received.length).toBeGreaterThan(received);
  });
  it('a hint in clear stays a hint: an exception-response ends the call with its reason', async () => {
    const meter = await meterWith(await cipheredConfig());
    let answer: Uint8Array | undefined;
    const client = new Client(
      new DirectChannel(meter.handler, (answers) => (answer === undefined ? answers : [answer])),
      {
        ...gmac,
        security: await contextOf('client'),
      },
    );
    await client.connect();
    answer = Uint8Array.of(0xd8, 1, 1);
    expect(await failureOf(() => client.get(Echo, echoName, 'value'))).toContain('service/exception');
  });
});

it('a password in a ciphered association with a dedicated key: one key is made, and it is gone afterwards', async () => {
  const meter = await meterWith({ ...(await cipheredConfig()), mechanism: 'lls', password: octets(8) });
  const security = await contextOf('client');
  const shown: Uint8Array[] = [];
  const channel = new DirectChannel(meter.handler);
  const client = new Client(channel, {
    ...password,
    security,
    dedicatedKey: true,
    onEvent: (e) => e.type === 'sent' && shown.push(e.apdu),
  });
  await client.connect();
  expect(security.form).toBe('ded');
  await client.set(Echo, echoName, 'value', octets(5));
  expect(await client.get(Echo, echoName, 'value')).toEqual(octets(5));
  // D0: get-request under the dedicated key; and the log has no password.
  expect(channel.sent.at(-1)?.[0]).toBe(0xd0);
  expect(shown[0]).toHaveLength((channel.sent[0] as Uint8Array).length);
  expect(shown[0]).not.toEqual(channel.sent[0]);
  await client.close();
  expect([security.form, security.keys.dedicated]).toEqual(['glo', undefined]);
});
