import { describe, expect, it } from 'vitest';
import {
  accessProtection,
  clearPolicy,
  policyOf,
  policyValue,
  requireProtection,
  strictPolicy,
  strongest,
  weakest,
} from '../../src/security/policy.js';
import { nodeProvider } from '../../src/security/providers/node-provider.js';
import { formatSecurityControl, parseSecurityControl } from '../../src/security/security-control.js';
import { unprotect } from '../../src/security/unprotect.js';
import { failure } from '../support/outcome.js';
import { hex, pairOf } from './support.js';

const unproven = { withoutReplayProtection: true };
const none = { authenticated: false, encrypted: false, signed: false };

describe('the security control octet', () => {
  it('has a meaning for each of its 256 values, both ways', () => {
    for (let octet = 0; octet < 256; octet++) expect(formatSecurityControl(parseSecurityControl(octet))).toBe(octet);
    expect(parseSecurityControl(0xd2)).toEqual({
      suite: 2,
      authenticated: true,
      encrypted: false,
      broadcastKey: true,
      compressed: true,
    });
    expect(() => formatSecurityControl({ ...parseSecurityControl(0), suite: 16 })).toThrow(
      expect.objectContaining({ code: 'encode/invalid-value' }),
    );
  });
});

describe('the security policy of a Security setup', () => {
  it('of version 0 holds for both directions', () => {
    expect([0, 1, 2, 3].map((v) => policyOf(0, v, 'client', unproven).send)).toEqual([
      none,
      { ...none, authenticated: true },
      { ...none, encrypted: true },
      { ...none, authenticated: true, encrypted: true },
    ]);
    expect(policyOf(0, 3, 'server').receive).toEqual(policyOf(0, 3, 'client').send);
  });
  it('of version 1 has bits of its own for request and response', () => {
    const client = policyOf(1, 0x04 | 0x08 | 0x80, 'client', {});
    expect(client).toEqual({
      send: { ...none, authenticated: true, encrypted: true },
      receive: { ...none, signed: true },
    });
    expect(policyOf(1, 0x8c, 'server')).toEqual({ send: client.receive, receive: client.send });
    for (let value = 0; value < 256; value += 4) {
      const { send, receive, withoutReplayProtection } = policyOf(1, value, 'client', unproven);
      expect(withoutReplayProtection).toBe(true);
      expect(policyValue(1, send, receive)).toBe(value);
    }
    for (let value = 0; value < 4; value++) {
      const { send, receive } = policyOf(0, value, 'client', unproven);
      expect(policyValue(0, send, receive)).toBe(value);
    }
  });
  it('that leaves this side without proof is refused unless that is said', () => {
    const refused = (version: 0 | 1, value: number, role: 'client' | 'server'): boolean => {
      expect(policyOf(version, value, role, unproven).withoutReplayProtection).toBe(true);
      try {
        expect(policyOf(version, value, role)).not.toHaveProperty('withoutReplayProtection');
        return false;
      } catch (e) {
        expect(e).toMatchObject({
          code: 'configuration/open-to-everybody',
          context: {
            what: expect.stringMatching(/asks for (no protection|encrypted) of what is received/),
            hint: expect.stringContaining('withoutReplayProtection'),
          },
        });
        return true;
      }
    };
    for (const role of ['client', 'server'] as const) {
      expect([0, 1, 2, 3].filter((v) => refused(0, v, role))).toEqual([0, 2]);
      const [authenticated, signed] = role === 'client' ? [0x20, 0x80] : [0x04, 0x10];
      for (let value = 0; value < 256; value += 4)
        expect(refused(1, value, role)).toBe((value & (authenticated | signed)) === 0);
    }
  });
  it('with values that its version does not have is refused', () => {
    for (const [version, value] of [
      [0, 4],
      [0, -1],
      [1, 1],
      [1, 2],
      [1, 256],
      [1, 1.5],
    ] as const)
      expect(() => policyOf(version, value, 'client')).toThrow(
        expect.objectContaining({ code: 'security/unsupported' }),
      );
    expect(() => policyValue(0, { authenticated: true }, {})).toThrow(
      expect.objectContaining({ code: 'security/unsupported' }),
    );
    expect(() => policyValue(0, { signed: true }, { signed: true })).toThrow(
      expect.objectContaining({ code: 'security/unsupported' }),
    );
  });
});

describe('what is required', () => {
  it('is the policy and the access right together', () => {
    const access = accessProtection(0x01 | 0x10 | 0x40);
    expect(access).toEqual({ request: { ...none, signed: true }, response: { ...none, encrypted: true } });
    const required = strongest({ authenticated: true }, access.request);
    requireProtection(required, { authenticated: true, encrypted: true, signed: true });
    expect(() => requireProtection(required, { authenticated: true, encrypted: true })).toThrow(
      expect.objectContaining({
        code: 'security/policy',
        context: { required: 'authenticated and signed', actual: 'authenticated and encrypted' },
      }),
    );
    requireProtection({}, {});
  });
  it('of a message in parts is held against what all of its parts have', () => {
    const both = { authenticated: true, encrypted: true };
    expect(weakest(both, { encrypted: true, signed: true })).toEqual({ ...none, encrypted: true });
    expect(weakest(both, {})).toEqual(none);
    expect(strongest(both, { signed: true })).toEqual({ ...both, signed: true });
  });
  it('is everything when nothing is configured', async () => {
    const { client } = await pairOf(nodeProvider, 0);
    expect(client.policy).toBe(strictPolicy);
    const both = { authenticated: true, encrypted: true };
    expect(strictPolicy).toEqual({ send: both, receive: both });
    expect(clearPolicy).toEqual({ send: {}, receive: {}, withoutReplayProtection: true });
    // Shared by all contexts: nobody may weaken them for the others.
    for (const part of [strictPolicy, strictPolicy.send, strictPolicy.receive, clearPolicy, clearPolicy.send])
      expect(Object.isFrozen(part)).toBe(true);
    expect(await failure(() => unprotect(hex('C401C10000'), client))).toMatchObject({
      code: 'security/policy',
      context: { required: 'authenticated and encrypted', actual: 'no protection' },
    });
  });
});
