import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../src/axdr/schema.js';
import { SecurityContext } from '../../src/security/context.js';
import { InvocationCounters } from '../../src/security/counters.js';
import { importKeys } from '../../src/security/keys.js';
import type { SecurityPolicy } from '../../src/security/policy.js';
import { protect } from '../../src/security/protect.js';
import { unprotect } from '../../src/security/unprotect.js';
import type { AssociationConfig } from '../../src/server/index.js';
import { VolatileStore } from '../../src/store/store.js';
import { testKeys } from '../../src/testing/simulated-meter.js';
import { type Aare, type Aarq, Apdu } from '../../src/xdlms/index.js';
import type { InitiateRequest } from '../../src/xdlms/initiate.js';
import {
  aarq,
  ask,
  bytes,
  cipheredConfig,
  clientTitle,
  connected,
  contextOf,
  data,
  descriptor,
  Echo,
  echoName,
  failureOf,
  get,
  initiate,
  invoke,
  meterWith,
  octets,
  provider,
  route,
  secretOf,
  serverTitle,
  type TestMeter,
} from './support.js';

describe('AARQ: every refusal has its diagnostic', () => {
  const refusal = async (config: Partial<AssociationConfig>, apdu: Uint8Array): Promise<string> => {
    const meter = await meterWith(config);
    const answer = await ask(meter, apdu);
    if (answer?.type !== 'aare') return answer?.type ?? 'silence';
    // A refused association is not open.
    if (answer.result !== 'accepted')
      expect(await ask(meter, get)).toMatchObject({
        type: 'exception-response',
        serviceError: 'operation-not-possible',
      });
    return `${answer.result} ${answer.resultSourceDiagnostic.type} ${answer.resultSourceDiagnostic.value}`;
  };
  const lls = { mechanism: 'lls', password: bytes('12345678') } as const;
  const user = (diagnostic: string): string => `rejected-permanent acse-service-user ${diagnostic}`;
  it('plain', async () => {
    expect(await refusal({}, aarq('none'))).toBe('accepted acse-service-user null');
    expect(await refusal({}, aarq('none', { applicationContextName: '2.16.756.5.8.1.3' }))).toBe(
      user('application-context-name-not-supported'),
    );
    expect(await refusal({}, aarq('none', { applicationContextName: '2.16.756.5.8.1.2' }))).toBe(
      user('application-context-name-not-supported'),
    );
    expect(await refusal({}, aarq('none', { protocolVersion: '0' }))).toBe(
      'rejected-permanent acse-service-provider no-common-acse-version',
    );
    expect(await refusal({}, aarq('none', { protocolVersion: '1' }))).toBe('accepted acse-service-user null');
    expect(await refusal({}, aarq('lls'))).toBe(user('authentication-mechanism-name-not-recognised'));
    expect(await refusal({}, aarq('none', { userInformation: initiate({ conformance: ['read'] }) }))).toBe(
      user('no-reason-given'),
    );
    expect(await refusal({}, aarq('none', { userInformation: get }))).toBe(user('no-reason-given'));
    expect(await refusal({}, aarq('none', { userInformation: octets(4) }))).toBe('exception-response');
    const { userInformation: _, ...without } = decode(Apdu, aarq('none')) as Extract<Apdu, { type: 'aarq' }>;
    expect(await refusal({}, encode(Apdu, without as Apdu))).toBe(user('no-reason-given'));
    expect(await refusal({ users: [3, 4] }, aarq('none'))).toBe(
      user('calling-AE-invocation-identifier-not-recognized'),
    );
    expect(await refusal({ users: [3, 4] }, aarq('none', { callingAEInvocationId: 4 }))).toBe(
      'accepted acse-service-user null',
    );
    // A dedicated key in clear.
    expect(await refusal({}, aarq('none', { userInformation: initiate({ dedicatedKey: octets(16) }) }))).toBe(
      user('no-reason-given'),
    );
  });
  it('LLS', async () => {
    expect(await refusal(lls, aarq('lls'))).toBe(user('authentication-failure'));
    expect(await refusal(lls, aarq('none'))).toBe(user('authentication-mechanism-name-required'));
    expect(await refusal(lls, aarq('hls-md5'))).toBe(user('authentication-mechanism-name-not-recognised'));
    expect(
      await refusal(lls, aarq('lls', { callingAuthenticationValue: { type: 'charstring', value: bytes('12345678') } })),
    ).toBe('accepted acse-service-user null');
  });
  it('HLS and ciphering', async () => {
    const gmac = await cipheredConfig();
    const context = await contextOf('client', { form: 'glo' });
    const secured = async (changes: Parameters<typeof initiate>[0] = {}): Promise<Uint8Array> =>
      protect(initiate(changes), context);
    expect(await refusal(gmac, aarq('hls-gmac', {}, await secured(), true))).toBe(
      'accepted acse-service-user authentication-required',
    );
    expect(await refusal(gmac, aarq('hls-gmac', {}, await secured()))).toBe(
      user('application-context-name-not-supported'),
    );
    expect(await refusal(gmac, aarq('hls-gmac', { callingAPTitle: octets(7) }, await secured(), true))).toBe(
      user('calling-AP-title-not-recognized'),
    );
    // The meter's own title, reflected.
    expect(
      await refusal(
        gmac,
        aarq('hls-gmac', { callingAPTitle: Uint8Array.of(0x53, 0x52, 0x56, 0, 0, 0, 0, 1) }, await secured(), true),
      ),
    ).toBe(user('calling-AP-title-not-recognized'));
    for (const n of [0, 7, 65])
      expect(
        await refusal(
          gmac,
          aarq(
            'hls-gmac',
            { callingAuthenticationValue: { type: 'charstring', value: octets(n) } },
            await secured(),
            true,
          ),
        ),
      ).toBe(user('authentication-failure'));
    expect(await refusal(gmac, aarq('hls-gmac', {}, await secured({ dedicatedKey: octets(5) }), true))).toBe(
      user('no-reason-given'),
    );
    // Not ciphered although the context says so; another key.
    expect(await refusal(gmac, aarq('hls-gmac', {}, initiate(), true))).toBe('exception-response');
    const forged = await secured();
    forged[forged.length - 1]! ^= 1;
    expect(await refusal(gmac, aarq('hls-gmac', {}, forged, true))).toBe('exception-response');
    const { security } = gmac;
    const md5 = { mechanism: 'hls-md5', secret: await secretOf('secret'), security: security! } as const;
    expect(await refusal(md5, aarq('hls-md5', { callingAuthenticationValue: { type: 'bitstring', value: '1' } }))).toBe(
      user('authentication-failure'),
    );
    expect(await refusal(md5, aarq('hls-md5'))).toBe('accepted acse-service-user authentication-required');
  });
  it('version and PDU size, with the reason in a ConfirmedServiceError', async () => {
    const meter = await meterWith();
    for (const [changes, value] of [
      [{ proposedDlmsVersionNumber: 5 }, 'dlms-version-too-low'],
      [{ clientMaxReceivePduSize: 63 }, 'pdu-size-too-short'],
      [{ proposedConformance: ['write'] }, 'incompatible-conformance'],
    ] as const) {
      const plain = { ...(decode(Apdu, initiate()) as Extract<Apdu, { type: 'initiateRequest' }>), ...changes } as Apdu;
      const answer = await ask(meter, aarq('none', {}, encode(Apdu, plain)));
      expect(answer).toMatchObject({ type: 'aare', result: 'rejected-permanent' });
      if (answer?.type !== 'aare') return;
      expect(decode(Apdu, answer.userInformation!)).toMatchObject({
        value: { type: 'initiateError', value: { type: 'initiate', value } },
      });
    }
  });
  it('is answered by the client with a name', async () => {
    const meter = await meterWith(lls);
    expect(
      await failureOf(() =>
        connected(meter, { ciphering: 'none', authentication: { mechanism: 'lls', password: bytes('x') } }),
      ),
    ).toBe(
      'association/rejected {"result":"rejected-permanent","diagnostic":"acse-service-user authentication-failure"}',
    );
    expect(
      await failureOf(() =>
        connected(meter, {
          ciphering: 'none',
          authentication: { mechanism: 'lls', password: bytes('12345678') },
          conformance: ['read'],
        }),
      ),
    ).toContain('association/rejected');
  });
});

describe('what an AARQ may claim', () => {
  /** The diagnostic of the AARE, `accepted`, or what else came. */
  const answered = async (config: Partial<AssociationConfig>, apdu: Uint8Array): Promise<string> => {
    const answer = await ask(await meterWith(config), apdu);
    if (answer?.type !== 'aare') return answer?.type ?? 'silence';
    return answer.result === 'accepted' ? 'accepted' : String(answer.resultSourceDiagnostic.value);
  };
  const changed = (changes: Partial<InitiateRequest>): Uint8Array =>
    encode(Apdu, { ...decode(Apdu, initiate()), ...changes } as Apdu);
  const challenge = (value: Uint8Array): Partial<Aarq> => ({
    callingAuthenticationValue: { type: 'charstring', value },
  });

  it('no user is none of the users that may come, not user 0', async () => {
    for (const users of [[0], [1]])
      expect(await answered({ users }, aarq('none'))).toBe('calling-AE-invocation-identifier-not-recognized');
    expect(await answered({ users: [0] }, aarq('none', { callingAEInvocationId: 0 }))).toBe('accepted');
    expect(await answered({ users: [] }, aarq('none', { callingAEInvocationId: 0 }))).toBe(
      'calling-AE-invocation-identifier-not-recognized',
    );
  });
  it('a later protocol version beside the first is no reason to refuse', async () => {
    expect(await answered({}, aarq('none', { protocolVersion: '11' }))).toBe('accepted');
    expect(await answered({}, aarq('none', { protocolVersion: '01' }))).toBe('no-common-acse-version');
  });
  it('limits as they are in the books, at their edges', async () => {
    for (const [changes, outcome] of [
      [{ clientMaxReceivePduSize: 0 }, 'accepted'],
      [{ clientMaxReceivePduSize: 1 }, 'no-reason-given'],
      [{ clientMaxReceivePduSize: 64 }, 'accepted'],
      [{ proposedDlmsVersionNumber: 7 }, 'accepted'],
    ] as const)
      expect(await answered({}, aarq('none', {}, changed(changes))), JSON.stringify(changes)).toBe(outcome);
  });
  it('what the client takes bounds what it is sent, and 0 bounds nothing', async () => {
    const long = octets(600);
    for (const [clientMaxReceivePduSize, blocks] of [
      [0, false],
      [700, false],
      [128, true],
    ] as const) {
      const meter = await meterWith();
      expect(await ask(meter, aarq('none', {}, changed({ clientMaxReceivePduSize })))).toMatchObject({
        result: 'accepted',
      });
      await ask(meter, {
        type: 'set-request',
        value: {
          type: 'set-request-normal',
          invokeIdAndPriority: invoke(),
          cosemAttributeDescriptor: descriptor(),
          value: data(long),
        },
      });
      const [answer] = await meter.handler.handle(get, route);
      expect(answer![1], `${clientMaxReceivePduSize}`).toBe(blocks ? 2 : 1);
      if (blocks) expect(answer!.length).toBeLessThanOrEqual(clientMaxReceivePduSize);
    }
  });
  it('the answer says what was agreed, and names the meter where keys are used', async () => {
    const response = { type: 'initiateResponse', negotiatedDlmsVersionNumber: 6, vaaName: 7 };
    const plain = await ask(
      await meterWith({ conformance: ['get', 'action'] }, { maxReceivePduSize: 500 }),
      aarq('none', {}, initiate({ conformance: ['get', 'set'] })),
    );
    if (plain?.type !== 'aare') throw new Error(plain?.type);
    expect(plain.respondingAPTitle).toBeUndefined();
    expect(plain.mechanismName).toBeUndefined();
    expect(plain.respondingAuthenticationValue).toBeUndefined();
    expect(decode(Apdu, plain.userInformation!)).toMatchObject({
      ...response,
      negotiatedConformance: ['get'],
      serverMaxReceivePduSize: 500,
    });
    const { security } = await cipheredConfig();
    const client = await contextOf('client', { form: 'glo', peerSystemTitle: serverTitle });
    const lls = { mechanism: 'lls', password: octets(16), ciphering: 'required', security: security! } as const;
    const ciphered = await ask(await meterWith(lls), aarq('lls', {}, await protect(initiate(), client), true));
    if (ciphered?.type !== 'aare') throw new Error(ciphered?.type);
    expect(ciphered).toMatchObject({ respondingAPTitle: serverTitle, resultSourceDiagnostic: { value: 'null' } });
    expect(ciphered.mechanismName).toBeUndefined();
    const { apdu, authenticated } = await unprotect(ciphered.userInformation!, client);
    expect([authenticated, decode(Apdu, apdu)]).toMatchObject([true, response]);
    // Digests of a secret need no titles: none is asked for and none is given, whatever the client says of itself.
    const md5 = await ask(
      await meterWith({ mechanism: 'hls-md5', secret: await secretOf('s'), security: security! }),
      aarq('hls-md5', { callingAPTitle: octets(3) }),
    );
    expect(md5).toMatchObject({ result: 'accepted', resultSourceDiagnostic: { value: 'authentication-required' } });
    expect((md5 as Aare).respondingAPTitle).toBeUndefined();
    // Mechanism 5 names them also where nothing is ciphered.
    const gmac = await ask(await meterWith({ mechanism: 'hls-gmac', security: security! }), aarq('hls-gmac'));
    expect(gmac).toMatchObject({ result: 'accepted', respondingAPTitle: serverTitle, responderAcseRequirements: '1' });
  });
  it('a client without a title, or with that of another, gets no association under keys', async () => {
    const { security } = await cipheredConfig();
    const client = await contextOf('client', { form: 'glo' });
    const expecting = await cipheredConfig({ peerSystemTitle: octets(8, 5) });
    for (const [config, ciphered] of [
      [{ mechanism: 'hls-gmac', security }, false],
      [{ mechanism: 'hls-gmac', security, ciphering: 'required' }, true],
      [{ mechanism: 'none', security, ciphering: 'required' }, true],
    ] as const) {
      const user = ciphered ? await protect(initiate(), client) : initiate();
      const { callingAPTitle: _, ...untitled } = decode(Apdu, aarq(config.mechanism, {}, user, ciphered)) as Aarq;
      for (const apdu of [
        encode(Apdu, untitled as Apdu),
        aarq(config.mechanism, { callingAPTitle: octets(9) }, user, ciphered),
      ])
        expect(await answered(config as Partial<AssociationConfig>, apdu)).toBe('calling-AP-title-not-recognized');
      expect(
        await answered(
          { ...(config as Partial<AssociationConfig>), security: expecting.security! },
          aarq(config.mechanism, {}, user, ciphered),
        ),
      ).toBe('calling-AP-title-not-recognized');
    }
  });
  it('a ciphered association is opened by a ciphered request alone', async () => {
    const { userInformation: _, ...empty } = decode(Apdu, aarq('hls-gmac', {}, initiate(), true)) as Aarq;
    expect(await answered(await cipheredConfig(), encode(Apdu, empty as Apdu))).toBe('no-reason-given');
    expect(await answered({ ...(await cipheredConfig()), mechanism: 'none' }, aarq('none', {}, initiate(), true))).toBe(
      'exception-response',
    );
  });
  it('a challenge whose answer could be the tag of an APDU is answered under encryption alone', async () => {
    // Begins as a get-response, and does not go on as one.
    const begins = Uint8Array.of(0xc4, 0xff, ...octets(14, 1));
    // A get-request as it stands.
    const whole = get;
    const encrypting = await cipheredConfig();
    const policy: SecurityPolicy = { send: { authenticated: true }, receive: { authenticated: true } };
    const authenticating = await cipheredConfig({ policy });
    const plain = { mechanism: 'hls-gmac', security: encrypting.security! } as const;
    const client = await contextOf('client', { form: 'glo' });
    const secured = async (value: Uint8Array): Promise<Uint8Array> =>
      aarq('hls-gmac', challenge(value), await protect(initiate(), client), true);
    expect(await answered(encrypting, await secured(begins))).toBe('accepted');
    expect(await answered(encrypting, await secured(whole))).toBe('authentication-failure');
    expect(await answered(authenticating, await secured(begins))).toBe('authentication-failure');
    expect(await answered(authenticating, await secured(octets(16)))).toBe('accepted');
    expect(await answered(plain, aarq('hls-gmac', challenge(begins)))).toBe('authentication-failure');
    expect(await answered(plain, aarq('hls-gmac', challenge(octets(16))))).toBe('accepted');
    // No key makes the digest of mechanism 3 into a tag.
    const md5 = { mechanism: 'hls-md5', secret: await secretOf('s'), security: encrypting.security! } as const;
    expect(await answered(md5, aarq('hls-md5', challenge(begins)))).toBe('accepted');
  });
  it('the challenge of the meter is new each time, and long enough', async () => {
    const seen = new Set<string>();
    const { security } = await cipheredConfig();
    const ecdsaKeys = await importKeys(provider, 1, { ...testKeys, signing: octets(32, 1) });
    for (const [mechanism, more, length] of [
      ['hls-gmac', { security }, 16],
      ['hls-md5', { security, secret: await secretOf('s') }, 16],
      [
        'hls-ecdsa',
        {
          security: () =>
            new SecurityContext({
              provider,
              suite: 1,
              systemTitle: serverTitle,
              keys: ecdsaKeys,
              counters: new InvocationCounters(new VolatileStore()),
            }),
        },
        32,
      ],
    ] as const)
      for (let i = 0; i < 3; i++) {
        const aare = await ask(
          await meterWith({ mechanism, ...more } as Partial<AssociationConfig>),
          aarq(mechanism, challenge(octets(32))),
        );
        const value = (aare as Aare).respondingAuthenticationValue?.value as Uint8Array;
        expect(value).toHaveLength(length);
        seen.add(value.join());
      }
    expect(seen.size).toBe(9);
  });
  it('the reason for a refusal under keys comes under keys', async () => {
    const client = await contextOf('client', { form: 'glo', peerSystemTitle: serverTitle });
    const old = changed({ proposedDlmsVersionNumber: 5 });
    const aare = await ask(
      await meterWith(await cipheredConfig()),
      aarq('hls-gmac', {}, await protect(old, client), true),
    );
    if (aare?.type !== 'aare') throw new Error(aare?.type);
    const { apdu, authenticated } = await unprotect(aare.userInformation!, client);
    expect(authenticated).toBe(true);
    expect(decode(Apdu, apdu)).toMatchObject({ value: { value: { value: 'dlms-version-too-low' } } });
  });
  it('an InitiateRequest under keys is heard of, and one that does not verify is not', async () => {
    const heard: unknown[] = [];
    const client = await contextOf('client', { form: 'glo' });
    const config = { ...(await cipheredConfig()), onMessage: (message: unknown) => void heard.push(message) };
    const secured = await protect(initiate(), client);
    const forged = secured.slice();
    forged[forged.length - 1]! ^= 1;
    expect(await answered(config, aarq('hls-gmac', {}, forged, true))).toBe('exception-response');
    expect(heard).toEqual([]);
    expect(await answered(config, aarq('hls-gmac', {}, secured, true))).toBe('accepted');
    expect(heard).toMatchObject([{ authenticated: true, originator: clientTitle }]);
    // In clear there is nothing that could be told as protected.
    expect(await answered({ onMessage: config.onMessage }, aarq('none'))).toBe('accepted');
    expect(heard).toHaveLength(1);
  });
  it('a response under keys in place of the request opens nothing', async () => {
    const client = await contextOf('client', { form: 'glo' });
    const response = encode(Apdu, {
      type: 'initiateResponse',
      negotiatedDlmsVersionNumber: 6,
      negotiatedConformance: ['get'],
      serverMaxReceivePduSize: 0,
      vaaName: 7,
    });
    expect(await answered(await cipheredConfig(), aarq('hls-gmac', {}, await protect(response, client), true))).toBe(
      'no-reason-given',
    );
  });
});

describe('an AARQ where there is nothing to open', () => {
  it('is refused for a client that nobody configured, and for an association that is always open', async () => {
    const refused = {
      type: 'aare',
      result: 'rejected-permanent',
      resultSourceDiagnostic: { type: 'acse-service-user', value: 'no-reason-given' },
    };
    for (const [config, clientSap] of [
      [{}, 77],
      [{ preEstablished: true }, 1],
    ] as const) {
      const meter = await meterWith(config);
      const [aare] = await meter.handler.handle(aarq('none'), { clientSap, serverSap: 1 });
      expect(decode(Apdu, aare!)).toMatchObject(refused);
      expect(meter.errors).toEqual([]);
    }
    // As another may, which is the difference.
    expect(await ask(await meterWith({}), aarq('none'))).toMatchObject({ result: 'accepted' });
  });
});

describe('what the meter keeps of an AARQ', () => {
  it('is a copy: the octets that came in may be used again', async () => {
    const titles: (Uint8Array | undefined)[] = [];
    const { security } = await cipheredConfig();
    const meter = await meterWith({
      mechanism: 'hls-gmac',
      ciphering: 'required',
      security: (title) => {
        titles.push(title);
        return security!(title);
      },
    });
    // As a transport does that has one buffer.
    const { handler } = meter;
    const overwriting: TestMeter = {
      ...meter,
      handler: {
        handle: async (apdu, to) => {
          const buffer = apdu.slice();
          const answers = await handler.handle(buffer, to);
          buffer.fill(0);
          return answers;
        },
      },
    };
    const { client } = await connected(overwriting, {
      authentication: { mechanism: 'hls-gmac' },
      security: await contextOf('client'),
      dedicatedKey: true,
    });
    await client.set(Echo, echoName, 'value', octets(4));
    expect(await client.get(Echo, echoName, 'value')).toEqual(octets(4));
    expect(titles).toEqual([clientTitle]);
  });
  it('is nothing where neither ciphering nor HLS needs a context', async () => {
    let asked = 0;
    const { security } = await cipheredConfig();
    const config = {
      security: (title?: Uint8Array) => {
        asked++;
        return security!(title);
      },
    };
    expect(await ask(await meterWith(config), aarq('none'))).toMatchObject({ result: 'accepted' });
    const password = octets(16);
    expect(await ask(await meterWith({ ...config, mechanism: 'lls', password }), aarq('lls'))).toMatchObject({
      result: 'accepted',
    });
    expect(asked).toBe(0);
  });
  it('is whether it was proven: who is encrypted only has proven nothing, and may send little before he does', async () => {
    const conformance = ['get', 'set', 'general-block-transfer'] as const;
    const encrypted: SecurityPolicy = {
      send: { encrypted: true },
      receive: { encrypted: true },
      withoutReplayProtection: true,
    };
    const taken = async (policy: SecurityPolicy | undefined): Promise<number> => {
      const changes = policy === undefined ? {} : { policy };
      const meter = await meterWith({
        ...(await cipheredConfig(changes)),
        mechanism: 'lls',
        password: octets(16),
        conformance,
        rights: {},
      });
      const client = await contextOf('client', { form: 'glo', ...changes });
      expect(await ask(meter, aarq('lls', {}, await protect(initiate({ conformance }), client), true))).toMatchObject({
        result: 'accepted',
      });
      let blockNumber = 0;
      while (blockNumber++ < 40) {
        const answer = await ask(meter, {
          type: 'general-block-transfer',
          blockControl: { lastBlock: false, streaming: true, window: 10 },
          blockNumber,
          blockNumberAck: 0,
          blockData: octets(500),
        });
        if (answer?.type === 'general-block-transfer' ? answer.blockControl.lastBlock : answer !== undefined) break;
      }
      return (blockNumber - 1) * 500;
    };
    expect(await taken(undefined)).toBe(20_000);
    expect(await taken(encrypted)).toBeLessThanOrEqual(0x2000);
  });
});

describe('an AARQ of a client that writes its lengths otherwise', () => {
  it('is taken, plain and ciphered', async () => {
    const accepted = { type: 'aare', result: 'accepted' };
    expect(await ask(await meterWith(), aarq('none', {}, Uint8Array.of(...initiate(), 0)))).toMatchObject(accepted);
    const sealed = await protect(initiate(), await contextOf('client', { form: 'glo' }));
    const long = Uint8Array.of(sealed[0]!, 0x84, 0, 0, 0, ...sealed.subarray(1));
    expect(await ask(await meterWith(await cipheredConfig()), aarq('hls-gmac', {}, long, true))).toMatchObject(
      accepted,
    );
  });
});

describe('the key of the whole group', () => {
  it('opens an association that says so, and no other, whatever its context says', async () => {
    const group = await contextOf('client', { form: 'glo' });
    const answered = async (config: Partial<AssociationConfig>): Promise<string | undefined> => {
      const secured = await protect(initiate(), group, { broadcast: true });
      const answer = await ask(
        await meterWith({ ...(await cipheredConfig({ broadcast: true })), mechanism: 'none', ...config }),
        aarq('none', {}, secured, true),
      );
      return answer?.type === 'aare' ? String(answer.result) : answer?.type;
    };
    expect(await answered({})).toBe('exception-response');
    expect(await answered({ broadcast: false })).toBe('exception-response');
    expect(await answered({ broadcast: true })).toBe('accepted');
  });
});

describe('a dedicated key', () => {
  const bothWays = { authenticated: true, encrypted: true };
  const opened = async (
    policy: SecurityPolicy,
    dedicatedKey: Uint8Array,
    more: Partial<AssociationConfig> = {},
    options: Parameters<typeof protect>[2] = {},
  ): Promise<string> => {
    const client = await contextOf('client', { form: 'glo', policy });
    const config = { ...(await cipheredConfig({ policy })), ...more };
    const meter = await meterWith(config);
    const answer = await ask(
      meter,
      aarq(config.mechanism!, {}, await protect(initiate({ dedicatedKey }), client, options), true),
    );
    if (answer?.type !== 'aare') return answer?.type ?? 'silence';
    return answer.result === 'accepted' ? 'accepted' : String(answer.resultSourceDiagnostic.value);
  };
  it('is taken when only the client and the meter can have read it', async () => {
    const strict = { send: bothWays, receive: bothWays };
    expect(await opened(strict, octets(16))).toBe('accepted');
    for (const n of [0, 15, 17, 32]) expect(await opened(strict, octets(n)), `${n}`).toBe('no-reason-given');
    const authenticated = { send: { authenticated: true }, receive: { authenticated: true } };
    expect(await opened(authenticated, octets(16))).toBe('no-reason-given');
    expect(await opened(authenticated, octets(16), {}, { protection: bothWays })).toBe('accepted');
    expect(await opened(strict, octets(16), { broadcast: true })).toBe('accepted');
    expect(await opened(strict, octets(16), { broadcast: true }, { broadcast: true })).toBe('no-reason-given');
    // Nor when the other layer is under the key of the two.
    const form = ['glo', { type: 'general-ciphering', key: 'global-broadcast' }] as const;
    expect(await opened(strict, octets(16), { broadcast: true }, { form })).toBe('no-reason-given');
  });
});

describe('a password', () => {
  const given = async (password: AssociationConfig['password'], value: Partial<Aarq>): Promise<string> => {
    const answer = await ask(await meterWith({ mechanism: 'lls', password: password! }), aarq('lls', value));
    return answer?.type === 'aare' ? String(answer.result) : String(answer?.type);
  };
  const of = (value: Uint8Array): Partial<Aarq> => ({ callingAuthenticationValue: { type: 'charstring', value } });
  it('is right as a whole', async () => {
    const password = bytes('12345678');
    expect(await given(password, of(password))).toBe('accepted');
    for (const wrong of [bytes('1234567'), bytes('123456789'), bytes('12345679'), bytes('')])
      expect(await given(password, of(wrong))).toBe('rejected-permanent');
  });
  it('may be judged by the application, now or later, on octets of its own', async () => {
    const seen: Uint8Array[] = [];
    const judge = (fits: boolean) => async (password: Uint8Array) => {
      seen.push(password.slice());
      // Nobody's message but a copy.
      password.fill(0);
      return fits;
    };
    const apdu = of(bytes('secret'));
    const sent = aarq('lls', apdu);
    await (await meterWith({ mechanism: 'lls', password: judge(true) })).handler.handle(sent, route);
    expect(sent).toEqual(aarq('lls', apdu));
    expect(await given(judge(true), apdu)).toBe('accepted');
    expect(await given(judge(false), apdu)).toBe('rejected-permanent');
    expect(await given(() => false, apdu)).toBe('rejected-permanent');
    expect(seen).toEqual([bytes('secret'), bytes('secret'), bytes('secret')]);
  });
  it('that is missing is not asked for: nobody judges what was not given', async () => {
    let asked = 0;
    const judge = (): boolean => {
      asked++;
      return true;
    };
    const { callingAuthenticationValue: _, ...without } = decode(Apdu, aarq('lls')) as Aarq;
    const answer = await ask(await meterWith({ mechanism: 'lls', password: judge }), encode(Apdu, without as Apdu));
    expect([answer, asked]).toMatchObject([{ result: 'rejected-permanent' }, 0]);
  });
});
