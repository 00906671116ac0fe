import { describe, expect, it } from 'vitest';
import { Data } from '../../src/axdr/data.js';
import { decode, encode } from '../../src/axdr/schema.js';
import { protect } from '../../src/security/protect.js';
import { unprotect } from '../../src/security/unprotect.js';
import type { Unprotected } from '../../src/security/unprotected.js';
import {
  type AssociationConfig,
  accessor,
  associationLnObject,
  type Caller,
  cosemObject,
  objectRights,
} from '../../src/server/index.js';
import { isVisible, listedAccess } from '../../src/server/objects/listed-access.js';
import { defaultConformance, encodeAarq, encodeInitiateRequest, type Mechanism } from '../../src/session/index.js';
import { type Aare, Apdu } from '../../src/xdlms/index.js';
import {
  ask,
  callerOf,
  cipheredConfig,
  clientTitle,
  contextOf,
  Echo,
  echoName,
  meterWith,
  octets,
  provider,
  serverTitle,
} from './support.js';

const initiate = encodeInitiateRequest({ conformance: defaultConformance, maxReceivePduSize: 0xffff });
const aarq = (mechanism: Mechanism, more: Partial<Parameters<typeof encodeAarq>[0]> = {}): Uint8Array =>
  encodeAarq({
    mechanism,
    referencing: 'LN',
    ciphered: false,
    userInformation: initiate,
    ...(mechanism === 'none' ? {} : { authenticationValue: octets(16) }),
    ...more,
  });
const diagnosticOf = (answer: Apdu | undefined): unknown => (answer as unknown as Aare).resultSourceDiagnostic.value;

describe('an AARQ', () => {
  it('that names no user, or another one, does not open an association of certain users', async () => {
    const outcome = async (users: readonly number[], userId?: number): Promise<unknown> =>
      diagnosticOf(await ask(await meterWith({ users }), aarq('none', { userId })));
    expect(await outcome([1])).toBe('calling-AE-invocation-identifier-not-recognized');
    expect(await outcome([0, 1])).toBe('calling-AE-invocation-identifier-not-recognized');
    expect(await outcome([1], 2)).toBe('calling-AE-invocation-identifier-not-recognized');
    expect(await outcome([1], 1)).toBe('null');
    expect(await outcome([0], 0)).toBe('null');
  });
  const ciphered = async (mechanism: 'none' | 'lls', proposal: Uint8Array, config: object = {}) => {
    const meter = await meterWith({ ...(await cipheredConfig()), mechanism, password: octets(16), ...config });
    const security = await contextOf('client', { peerSystemTitle: serverTitle });
    const userInformation = await protect(proposal, security, { form: 'glo' });
    const answer = await ask(meter, aarq(mechanism, { ciphered: true, systemTitle: clientTitle, userInformation }));
    return { answer, security };
  };
  it('under keys is refused under keys: nobody else hears why', async () => {
    const old = { ...decode(Apdu, initiate), proposedDlmsVersionNumber: 5 } as Apdu;
    const { answer, security } = await ciphered('none', encode(Apdu, old));
    const { userInformation = octets(0) } = answer as { userInformation?: Uint8Array };
    expect(answer).toMatchObject({ type: 'aare', result: 'rejected-permanent' });
    const opened = await unprotect(userInformation, security);
    expect(opened.protection).toMatchObject({ authenticated: true, encrypted: true });
    expect(decode(Apdu, opened.apdu)).toMatchObject({
      type: 'confirmedServiceError',
      value: { type: 'initiateError', value: { type: 'initiate', value: 'dlms-version-too-low' } },
    });
  });
  it('under keys with a password asks for no further proof, and is told to who listens', async () => {
    const heard: Unprotected[] = [];
    const { answer } = await ciphered('lls', initiate, { onMessage: (m: Unprotected) => heard.push(m) });
    expect(answer).toMatchObject({ result: 'accepted', resultSourceDiagnostic: { value: 'null' } });
    expect(answer).not.toHaveProperty('respondingAuthenticationValue');
    expect(heard.map(({ apdu, authenticated }) => [apdu[0], authenticated])).toEqual([[0x01, true]]);
  });
  it('in clear is told the title of the meter only where the mechanism needs it', async () => {
    const { security } = await cipheredConfig();
    const secret = await provider.importKey('secret', octets(16));
    const of = async (mechanism: 'hls-md5' | 'hls-gmac') =>
      ask(
        await meterWith({ mechanism, secret, security: security! }),
        aarq(mechanism, { systemTitle: clientTitle, authenticationValue: new Uint8Array(16).fill(0xa5) }),
      );
    expect(await of('hls-gmac')).toMatchObject({ result: 'accepted', respondingAPTitle: serverTitle });
    const clear = await of('hls-md5');
    expect(clear).toMatchObject({ result: 'accepted', resultSourceDiagnostic: { value: 'authentication-required' } });
    expect(clear).not.toHaveProperty('respondingAPTitle');
  });
});

describe('the rights that a client is shown', () => {
  const object = cosemObject(
    Echo,
    echoName,
    { value: accessor<Uint8Array>({ get: () => octets(1), selective: true }), other: octets(2) },
    { take: () => {} },
  );
  it('are those of each attribute and method, with the selectors that it understands', () => {
    expect(listedAccess(object, objectRights, callerOf())).toMatchObject({
      attributeAccess: [
        { attributeId: 1, accessMode: 'read-only' },
        { attributeId: 2, accessMode: 'read-only', accessSelectors: { type: 'array', value: [1, 2] } },
        { attributeId: 3, accessMode: 'read-and-write', accessSelectors: { type: 'null-data' } },
      ],
    });
  });
  it('name an object of which anything may be touched, and no other', () => {
    const visible = (attributes: readonly number[], methods: readonly number[]): boolean =>
      isVisible(
        listedAccess(
          object,
          {
            attribute: (_, { index }) => ({ read: attributes.includes(index), write: false }),
            method: (_, { index }) => ({ invoke: methods.includes(index) }),
          },
          callerOf(),
        ),
      );
    expect([visible([], []), visible([3], []), visible([], [2]), visible([1, 2, 3], [])]).toEqual([
      false,
      true,
      true,
      true,
    ]);
  });
  it('in its own association are those of the one who asks; asked from another, those that its client has at least', async () => {
    const config: AssociationConfig = {
      clientSap: 16,
      logicalName: '0-0:40.0.3*255',
      mechanism: 'lls',
      password: octets(8),
      ciphering: 'none',
      rights: {
        attribute: (_o, _a, { protection, clientSap }) => ({
          read: clientSap === 16,
          write: protection.authenticated === true,
        }),
      },
    };
    const list = associationLnObject(config, { objects: [object] }).attributes.get(2);
    const shown = async (changes: Partial<Caller>): Promise<string> =>
      JSON.stringify(decode(Data, (await list?.read({ caller: callerOf(changes) })) ?? octets(0)));
    const own: Partial<Caller> = { association: config.logicalName, clientSap: 16 };
    // The second field of an attribute is its access mode: 1 to read, 3 to read and write.
    const mode = (n: number): string => JSON.stringify({ type: 'enum', value: n });
    expect(await shown(own)).not.toContain(mode(3));
    expect(await shown({ ...own, protection: { authenticated: true } })).toContain(mode(3));
    const other: Partial<Caller> = {
      association: '0-0:40.0.1*255',
      clientSap: 1,
      protection: { authenticated: true },
    };
    expect(await shown(other)).toContain(mode(1));
    expect(await shown(other)).not.toContain(mode(3));
  });
});
