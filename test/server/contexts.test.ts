import { describe, expect, it } from 'vitest';
import type { SecurityContext } from '../../src/security/context.js';
import type { SecurityKeys } from '../../src/security/keys.js';
import type { Protection } from '../../src/security/policy.js';
import { checkContext } from '../../src/server/check-config.js';
import type { AssociationConfig } from '../../src/server/index.js';
import { contextOf, failureOf, provider } from './support.js';

// A security context that could not answer as its policy says is refused when it is made, and one that can is not.

const authenticated: Protection = { authenticated: true };
const signed: Protection = { signed: true };
const config: AssociationConfig = {
  clientSap: 1,
  logicalName: '0-0:40.0.1*255',
  mechanism: 'none',
  ciphering: 'required',
};
const always: AssociationConfig = { ...config, preEstablished: true };

describe('a context without the global unicast key', async () => {
  const { authentication, master } = (await contextOf('client')).keys;
  const signing = await provider.generateKeyPair('ECDSA P-256');
  const agreement = await provider.generateKeyPair('ECDH P-256');
  const context = (keys: SecurityKeys, send: Protection, receive: Protection): Promise<SecurityContext> =>
    contextOf('server', { suite: 1, keys, policy: { send, receive } });
  const outcome = async (
    association: AssociationConfig,
    keys: SecurityKeys,
    send = authenticated,
    receive = authenticated,
  ): Promise<string> => {
    const security = await context({ authentication, ...keys }, send, receive);
    const failure = await failureOf(() => checkContext(association, security));
    return /lacks the ([a-z ]+)/.exec(failure)?.[1] ?? failure;
  };
  const unicast = 'global unicast encryption key';
  it('cannot answer an AARQ, whatever else it has', async () => {
    for (const keys of [{}, { master }, { agreement }, { signing }])
      for (const send of [authenticated, { encrypted: true }, { ...authenticated, encrypted: true }])
        expect(await outcome(config, keys, send)).toBe(unicast);
  });
  it('can where its answers are only signed', async () => {
    expect(await outcome(config, { signing }, signed, signed)).toBe('no error');
    expect(await outcome(config, { signing }, {}, signed)).toBe('no error');
    expect(await outcome(config, {}, signed, signed)).toBe(unicast);
  });
  it('can in an association that is always open, under content keys that are wrapped, agreed or signed for', async () => {
    for (const keys of [{ master }, { agreement }, { signing }]) expect(await outcome(always, keys)).toBe('no error');
    expect(await outcome(always, {})).toBe(unicast);
  });
});

describe('a context without the authentication key', async () => {
  const { globalUnicast } = (await contextOf('client')).keys;
  const signing = await provider.generateKeyPair('ECDSA P-256');
  it('is refused where either side authenticates', async () => {
    const outcome = async (send: Protection, receive: Protection): Promise<string> => {
      const keys = { globalUnicast, signing };
      const security = await contextOf('server', { suite: 1, keys, policy: { send, receive } });
      return failureOf(() => checkContext(config, security));
    };
    expect(await outcome(authenticated, signed)).toContain('lacks the authentication key');
    expect(await outcome(signed, authenticated)).toContain('lacks the authentication key');
    expect(await outcome(signed, signed)).toBe('no error');
  });
});
