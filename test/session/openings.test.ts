import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../src/axdr/schema.js';
import { isDlmsError } from '../../src/core/index.js';
import { authenticationRequired, decodeInitiateResponse, requireAccepted } from '../../src/session/association.js';
import { defaultConformance, encodeAarq, encodeInitiateRequest } from '../../src/session/index.js';
import { type Aare, type Aarq, Apdu, type InitiateRequest } from '../../src/xdlms/index.js';

const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (e) {
    if (isDlmsError(e)) return `${e.code} ${JSON.stringify(e.context)}`;
    throw e;
  }
  return 'no error';
};
const userInformation = encodeInitiateRequest({ conformance: defaultConformance, maxReceivePduSize: 500 });
const aarq = (o: Partial<Parameters<typeof encodeAarq>[0]> = {}): Aarq =>
  decode(
    Apdu,
    encodeAarq({ mechanism: 'none', referencing: 'LN', ciphered: false, userInformation, ...o }),
  ) as unknown as Aarq;

describe('what a client proposes', () => {
  it('is everything that the conversations for logical names need, and what it says of itself only when it is told', () => {
    const initiate = decode(Apdu, userInformation) as unknown as InitiateRequest;
    expect(initiate.proposedConformance).toEqual(
      expect.arrayContaining([
        'get',
        'set',
        'action',
        'access',
        'selective-access',
        'multiple-references',
        'block-transfer-with-get-or-read',
        'block-transfer-with-set-or-write',
        'block-transfer-with-action',
      ]),
    );
    expect(initiate).toMatchObject({
      responseAllowed: true,
      proposedDlmsVersionNumber: 6,
      clientMaxReceivePduSize: 500,
    });
    expect(initiate).not.toHaveProperty('dedicatedKey');
    expect(Object.keys(aarq()).sort()).toEqual(['applicationContextName', 'type', 'userInformation']);
    const title = new Uint8Array(8).fill(7);
    expect(aarq({ systemTitle: title, userId: 5, mechanism: 'lls', authenticationValue: title })).toMatchObject({
      callingAPTitle: title,
      callingAEInvocationId: 5,
      senderAcseRequirements: '1',
      callingAuthenticationValue: { type: 'charstring', value: title },
    });
  });
  it('names the context by referencing and ciphering', () => {
    const context = (o: Parameters<typeof aarq>[0]) => aarq(o).applicationContextName.slice(-1);
    expect(
      [
        { referencing: 'LN', ciphered: false },
        { referencing: 'SN', ciphered: false },
        { referencing: 'LN', ciphered: true },
        { referencing: 'SN', ciphered: true },
      ].map((o) => context(o as Parameters<typeof aarq>[0])),
    ).toEqual(['1', '2', '3', '4']);
  });
});

describe('how a server answers', () => {
  it('an InitiateResponse is agreed, a refusal has its words, and anything else is no answer', () => {
    const agreed = encode(Apdu, {
      type: 'initiateResponse',
      negotiatedDlmsVersionNumber: 6,
      negotiatedConformance: ['get'],
      serverMaxReceivePduSize: 200,
      vaaName: 7,
    });
    expect(decodeInitiateResponse(agreed)).toMatchObject({
      negotiatedConformance: ['get'],
      serverMaxReceivePduSize: 200,
    });
    const error = encode(Apdu, {
      type: 'confirmedServiceError',
      value: { type: 'initiateError', value: { type: 'initiate', value: 'pdu-size-too-short' } },
    });
    expect(codeOf(() => decodeInitiateResponse(error))).toBe(
      'association/rejected {"result":"rejected","diagnostic":"initiateError initiate pdu-size-too-short"}',
    );
    expect(codeOf(() => decodeInitiateResponse(userInformation))).toContain('protocol/unexpected-apdu');
    expect(codeOf(() => decodeInitiateResponse(Uint8Array.of(0xd8, 1, 1)))).toContain('service/exception');
  });
  it('only an AARE that accepts opens, and only one diagnostic asks for the proof', () => {
    const aare = (result: Aare['result'], value: string): Aare =>
      ({
        applicationContextName: '2.16.756.5.8.1.1',
        result,
        resultSourceDiagnostic: { type: 'acse-service-user', value },
      }) as Aare;
    expect(codeOf(() => requireAccepted(aare('accepted', 'null')))).toBe('no error');
    for (const result of ['rejected-permanent', 'rejected-transient'] as const)
      expect(codeOf(() => requireAccepted(aare(result, 'authentication-failure')))).toBe(
        `association/rejected {"result":"${result}","diagnostic":"acse-service-user authentication-failure"}`,
      );
    expect(['null', 'authentication-required'].map((v) => authenticationRequired(aare('accepted', v)))).toEqual([
      false,
      true,
    ]);
  });
});
