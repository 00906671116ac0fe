import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../src/axdr/schema.js';
import { protect } from '../../src/security/protect.js';
import type { AssociationConfig } from '../../src/server/index.js';
import { Apdu } from '../../src/xdlms/index.js';
import {
  aarq,
  ask,
  bytes,
  cipheredConfig,
  connected,
  contextOf,
  failureOf,
  get,
  initiate,
  meterWith,
  octets,
  secretOf,
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
