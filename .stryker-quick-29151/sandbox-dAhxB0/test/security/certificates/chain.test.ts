import { describe, expect, it } from 'vitest';
import { isDlmsError } from '../../../src/core/errors.js';
import { parseHex } from '../../../src/core/hex.js';
import { signed } from '../../../src/security/certificates/certificate.js';
import { derContext, derSequence } from '../../../src/security/certificates/der.js';
import { derInteger, derObjectIdentifier, derTime } from '../../../src/security/certificates/der-values.js';
import { derExtensionList } from '../../../src/security/certificates/extensions.js';
import {
  type Certificate,
  type CertificatePolicy,
  type CertificateRefusal,
  checkRevocationList,
  type Extension,
  name,
  parseRevocationList,
  validateCertificate,
} from '../../../src/security/certificates/index.js';
import { laterVerifier, newKey, verifier } from './keys.js';
import { authority, from, here, issue, now, otherTitle, revocations, title, until } from './pki.js';

const root = authority(undefined, 'P-256', 'Root');
const sub = authority(root, 'P-256', 'Sub', { pathLength: 0 });
const leaf = issue(sub, 'P-256');
const base: CertificatePolicy = {
  anchors: [root.certificate],
  intermediates: [sub.certificate],
  now,
  purpose: 'digital-signature',
  systemTitle: title,
  revocation: 'unsafely-ignored',
  verifier,
};
const outcome = (
  certificate: Certificate,
  change: Partial<CertificatePolicy> = {},
): CertificateRefusal | 'accepted' => {
  try {
    here(validateCertificate(certificate, { ...base, ...change }));
    return 'accepted';
  } catch (e) {
    if (isDlmsError(e, 'security/certificate')) return e.context.reason as CertificateRefusal;
    throw e;
  }
};
const extension = { oid: '1.3.6.1.4.1.99999.1', critical: true, value: new Uint8Array([5, 0]) };

describe('a path', () => {
  it('goes from the leaf to an anchor', async () => {
    const path = [leaf.certificate, sub.certificate, root.certificate];
    expect(here(validateCertificate(leaf.certificate, base))).toEqual(path);
    const later = validateCertificate(leaf.certificate, { ...base, verifier: laterVerifier });
    expect(later).toBeInstanceOf(Promise);
    expect(await later).toEqual(path);
    const strangers = {
      ...base,
      verifier: laterVerifier,
      intermediates: [authority(root, 'P-256', 'Sub').certificate],
    };
    await expect(async () =>
      validateCertificate(issue(sub, 'P-256', { issuerPublicKey: newKey('P-256').publicKey }).certificate, strangers),
    ).rejects.toMatchObject({
      code: 'security/certificate',
    });
  });
  it('may mix the curves: each issuer signs with its own algorithm', () => {
    const strong = authority(undefined, 'P-384', 'Strong root');
    const mixed = authority(strong, 'P-256', 'Sub');
    const meter = issue(mixed, 'P-384');
    expect(outcome(meter.certificate, { anchors: [strong.certificate], intermediates: [mixed.certificate] })).toBe(
      'accepted',
    );
  });
  it('trusts nothing by default', () => {
    expect(outcome(leaf.certificate, { anchors: [] })).toBe('no-trusted-issuer');
    expect(outcome(leaf.certificate, { intermediates: [] })).toBe('no-trusted-issuer');
    expect(outcome(leaf.certificate, { anchors: [], intermediates: [sub.certificate, root.certificate] })).toBe(
      'no-trusted-issuer',
    );
    expect(outcome(issue(undefined, 'P-256').certificate)).toBe('no-trusted-issuer');
  });
  it('may be one pinned certificate, or end at an intermediate that is an anchor', () => {
    expect(outcome(leaf.certificate, { anchors: [leaf.certificate], intermediates: [] })).toBe('accepted');
    expect(outcome(leaf.certificate, { anchors: [sub.certificate], intermediates: [] })).toBe('accepted');
    expect(outcome(leaf.certificate, { anchors: [leaf.certificate], now: until, purpose: 'key-agreement' })).toBe(
      'wrong-usage',
    );
  });
  it('is found among authorities of the same name', () => {
    const renewed = authority(root, 'P-256', 'Sub', {}, sub.key);
    const impostor = authority(undefined, 'P-256', 'Sub');
    const withoutKeyId = issue(sub, 'P-256');
    for (const intermediates of [
      [impostor, sub],
      [renewed, impostor, sub],
      [sub, impostor, renewed],
    ])
      expect(outcome(withoutKeyId.certificate, { intermediates: intermediates.map((i) => i.certificate) })).toBe(
        'accepted',
      );
    expect(outcome(leaf.certificate, { anchors: [root.certificate, impostor.certificate] })).toBe('accepted');
  });
  it('is bounded however many certificates there are', () => {
    // Twelve keys that all claim the same name and issued each other: paths grow without end.
    const same = { subject: name({ type: 'CN', value: 'Same' }), issuer: name({ type: 'CN', value: 'Same' }) };
    const key = newKey('P-256');
    const crowd = Array.from({ length: 12 }, () => authority(undefined, 'P-256', 'Same', same, key).certificate);
    const victim = issue({ key, certificate: crowd[0] as Certificate }, 'P-256').certificate;
    let calls = 0;
    const counted = {
      verify: (...args: Parameters<typeof verifier.verify>) => {
        calls++;
        return verifier.verify(...args);
      },
    };
    expect(outcome(victim, { intermediates: crowd, verifier: counted })).toBe('path-too-long');
    expect(calls).toBe(0);
    expect(outcome(victim, { anchors: crowd, intermediates: [], verifier: counted })).toBe('accepted');
    expect(calls).toBe(1);
    // A forged one costs eight attempts, not one for each anchor.
    const forged = issue({ key: newKey('P-256'), certificate: crowd[0] as Certificate }, 'P-256', {
      issuerPublicKey: key.publicKey,
    }).certificate;
    expect(outcome(forged, { anchors: crowd, intermediates: [], verifier: counted })).toBe('wrong-signature');
    expect(calls).toBe(9);
    let looks = 0;
    const watched = crowd.map((c) => ({
      ...c,
      get subject() {
        looks++;
        return c.subject;
      },
    }));
    expect(outcome(victim, { intermediates: watched, maxPath: 6 })).toBe('path-too-long');
    expect(looks).toBeLessThan(2000);
    const long = [root];
    for (let i = 0; i < 5; i++) long.push(authority(long[i], 'P-256', `CA ${i}`));
    const end = issue(long[5], 'P-256').certificate;
    const intermediates = long.slice(1).map((i) => i.certificate);
    expect(outcome(end, { intermediates })).toBe('path-too-long');
    expect(outcome(end, { intermediates, maxPath: 7 })).toBe('accepted');
  });
});

describe('a certificate is refused by name', () => {
  it('outside its time, or when any of the path is (shell model)', () => {
    expect(outcome(leaf.certificate, { now: new Date(from.getTime() - 1) })).toBe('not-yet-valid');
    expect(outcome(leaf.certificate, { now: from })).toBe('accepted');
    expect(outcome(leaf.certificate, { now: until })).toBe('accepted');
    expect(outcome(leaf.certificate, { now: new Date(until.getTime() + 1000) })).toBe('expired');
    const past = { notAfter: new Date(now.getTime() - 1000) };
    const oldSub = authority(root, 'P-256', 'Old sub', past);
    expect(outcome(issue(oldSub, 'P-256').certificate, { intermediates: [oldSub.certificate] })).toBe('expired');
    const oldRoot = authority(undefined, 'P-256', 'Old root', past);
    expect(outcome(issue(oldRoot, 'P-256').certificate, { anchors: [oldRoot.certificate] })).toBe('expired');
    const futureRoot = authority(undefined, 'P-256', 'Future root', { notBefore: new Date(now.getTime() + 1000) });
    expect(outcome(issue(futureRoot, 'P-256').certificate, { anchors: [futureRoot.certificate] })).toBe(
      'not-yet-valid',
    );
    expect(() => outcome(leaf.certificate, { now: new Date(Number.NaN) })).toThrowError(/a date/);
  });
  it('for another purpose than its key usage and extensions allow', () => {
    const tls = issue(sub, 'P-256', { type: 'tls' }).certificate;
    const agreement = issue(sub, 'P-256', { type: 'key-agreement' }).certificate;
    const other = issue(sub, 'P-256', { type: 'other' }).certificate;
    for (const [certificate, allowed] of [
      [leaf.certificate, ['digital-signature']],
      [agreement, ['key-agreement']],
      [tls, ['tls-server', 'tls-client']],
      [other, []],
      [sub.certificate, []],
    ] as const)
      for (const purpose of ['digital-signature', 'key-agreement', 'tls-server', 'tls-client'] as const) {
        const expected = (allowed as readonly string[]).includes(purpose) ? 'accepted' : 'wrong-usage';
        expect([purpose, outcome(certificate, { purpose })]).toEqual([purpose, expected]);
      }
  });
  it('for another system title, or none', () => {
    expect(outcome(leaf.certificate, { systemTitle: otherTitle })).toBe('wrong-system-title');
    const nameless = issue(sub, 'P-256', { subject: name({ type: 'CN', value: 'Meter 1' }) }).certificate;
    expect(outcome(nameless)).toBe('wrong-system-title');
    const { systemTitle: _, ...anybody } = base;
    expect(here(validateCertificate(nameless, anybody))).toHaveLength(3);
  });
  it('signed by somebody else under the name of the issuer', () => {
    const impostor = authority(root, 'P-256', 'Sub');
    const forged = issue(impostor, 'P-256', { issuerPublicKey: sub.key.publicKey }).certificate;
    expect(outcome(forged)).toBe('wrong-signature');
    const wrongCurve = authority(root, 'P-384', 'Sub');
    expect(outcome(issue(wrongCurve, 'P-256', {}).certificate)).toBe('no-trusted-issuer');
  });
  it('when its issuer may not issue', () => {
    const endEntity = issue(sub, 'P-256', { subject: name({ type: 'CN', value: 'No authority' }) });
    expect(
      outcome(issue(endEntity, 'P-256').certificate, {
        intermediates: [sub.certificate, endEntity.certificate],
        maxPath: 9,
      }),
    ).toBe('issuer-not-authorised');
    // Key usage without keyCertSign in an authority.
    const noSign = issue(root, 'P-256', {
      subject: name({ type: 'CN', value: 'No sign' }),
      type: 'other',
      extensions: [
        { oid: '2.5.29.19', critical: true, value: new Uint8Array([0x30, 3, 1, 1, 0xff]) },
        { oid: '2.5.29.15', critical: true, value: new Uint8Array([3, 2, 1, 2]) },
      ],
    });
    expect(noSign.certificate.keyUsage).toEqual(['cRLSign']);
    expect(outcome(issue(noSign, 'P-256').certificate, { intermediates: [noSign.certificate] })).toBe(
      'issuer-not-authorised',
    );
  });
  it('when its issuer is no authority, whatever its key usage says, and be it the anchor', () => {
    const signs = { oid: '2.5.29.15', critical: true, value: new Uint8Array([3, 2, 2, 4]) };
    const noAuthority = issue(root, 'P-256', {
      subject: name({ type: 'CN', value: 'No CA' }),
      type: 'other',
      extensions: [signs],
    });
    expect(noAuthority.certificate.keyUsage).toEqual(['keyCertSign']);
    const end = issue(noAuthority, 'P-256').certificate;
    expect(outcome(end, { intermediates: [noAuthority.certificate] })).toBe('issuer-not-authorised');
    expect(outcome(end, { anchors: [noAuthority.certificate] })).toBe('issuer-not-authorised');
    // And an authority signs no messages, whatever its key usage says.
    const both = [signs, { oid: '2.5.29.19', critical: true, value: new Uint8Array([0x30, 3, 1, 1, 0xff]) }];
    const signing = { ...(both[0] as (typeof both)[0]), value: new Uint8Array([3, 2, 7, 0x80]) };
    const ca = issue(sub, 'P-256', { type: 'other', extensions: [signing, both[1] as (typeof both)[0]] }).certificate;
    expect([ca.keyUsage, ca.type, outcome(ca)]).toEqual([['digitalSignature'], 'other', 'wrong-usage']);
  });
  it('for TLS without the purpose, or without a key that signs', () => {
    const usage = (bits: number) => ({ oid: '2.5.29.15', critical: true, value: new Uint8Array([3, 2, 3, bits]) });
    const purpose = { oid: '2.5.29.37', critical: false, value: parseHex('300A06082B06010505070301') };
    const of = (...extensions: Extension[]) => issue(sub, 'P-256', { type: 'other', extensions }).certificate;
    expect(of(usage(0x88)).type).toBe('tls');
    expect(outcome(of(usage(0x88)), { purpose: 'tls-server' })).toBe('wrong-usage');
    expect(outcome(of(usage(0x88), purpose), { purpose: 'tls-server' })).toBe('accepted');
    expect(outcome(of(usage(0x88), purpose), { purpose: 'tls-client' })).toBe('wrong-usage');
    expect(outcome(of(usage(0x08), purpose), { purpose: 'tls-server' })).toBe('wrong-usage');
    expect(outcome(of(purpose), { purpose: 'tls-server' })).toBe('accepted');
  });
  it('made for something else (extended key usage), though its key usage fits: code signing signs no messages', () => {
    const purposes = (...ids: readonly string[]) => [
      { oid: '2.5.29.37', critical: false, value: derSequence(...ids.map(derObjectIdentifier)) },
    ];
    const codeSigning = '1.3.6.1.5.5.7.3.3';
    const any = '2.5.29.37.0';
    const of = (type: 'digital-signature' | 'key-agreement', ...ids: readonly string[]) =>
      issue(sub, 'P-256', { type, extensions: purposes(...ids) }).certificate;
    for (const purpose of ['digital-signature', 'key-agreement'] as const) {
      expect(of(purpose, codeSigning).type).toBe(purpose);
      expect(outcome(of(purpose, codeSigning), { purpose })).toBe('wrong-usage');
      expect(outcome(of(purpose, '1.3.6.1.5.5.7.3.1'), { purpose })).toBe('wrong-usage');
      expect(outcome(of(purpose, any), { purpose })).toBe('accepted');
      expect(outcome(of(purpose, codeSigning, any), { purpose })).toBe('accepted');
      // What a companion profile names has to be said.
      expect(outcome(of(purpose, codeSigning), { purpose, extendedKeyUsages: [codeSigning] })).toBe('accepted');
    }
    // An authority for code is none for meters, the anchor included.
    for (const [ids, expected] of [
      [[codeSigning], 'issuer-not-authorised'],
      [[any], 'accepted'],
    ] as const) {
      const limited = authority(root, 'P-256', 'Limited', { extensions: purposes(...ids) });
      const limitedRoot = authority(undefined, 'P-256', 'Limited root', { extensions: purposes(...ids) });
      expect(outcome(issue(limited, 'P-256').certificate, { intermediates: [limited.certificate] })).toBe(expected);
      expect(outcome(issue(limitedRoot, 'P-256').certificate, { anchors: [limitedRoot.certificate] })).toBe(expected);
    }
  });
  it('as an authority, when nobody lets it be one', () => {
    const { systemTitle: _, ...nameless } = base;
    const purpose = { ...nameless, purpose: 'certification-authority', intermediates: [] } as const;
    const of = (certificate: Certificate, change: Partial<CertificatePolicy> = {}) =>
      outcome(certificate, { systemTitle: undefined, ...purpose, ...change } as CertificatePolicy);
    expect(of(sub.certificate)).toBe('accepted');
    expect(of(root.certificate)).toBe('accepted');
    expect(of(authority(undefined, 'P-256', 'Self-made').certificate)).toBe('no-trusted-issuer');
    expect(of(leaf.certificate, { intermediates: [sub.certificate] })).toBe('issuer-not-authorised');
    // Below `sub` there may be none (path length 0).
    expect(of(authority(sub, 'P-256', 'Third').certificate, { intermediates: [sub.certificate] })).toBe(
      'path-length-exceeded',
    );
  });
  it('below more authorities than allowed', () => {
    const third = authority(sub, 'P-256', 'Third');
    const end = issue(third, 'P-256').certificate;
    expect(outcome(end, { intermediates: [sub.certificate, third.certificate] })).toBe('path-length-exceeded');
    // A renewal of the same authority does not count.
    const renewed = authority(sub, 'P-256', 'Sub');
    expect(
      outcome(issue(renewed, 'P-256').certificate, { intermediates: [sub.certificate, renewed.certificate] }),
    ).toBe('accepted');
  });
  it('with a critical extension that nobody understands, anywhere in the path', () => {
    const strange = issue(sub, 'P-256', { extensions: [extension] }).certificate;
    expect(outcome(strange)).toBe('unknown-critical-extension');
    expect(outcome(strange, { understood: [extension.oid] })).toBe('accepted');
    expect(outcome(issue(sub, 'P-256', { extensions: [{ ...extension, critical: false }] }).certificate)).toBe(
      'accepted',
    );
    const strangeSub = authority(root, 'P-256', 'Strange', { extensions: [extension] });
    expect(outcome(issue(strangeSub, 'P-256').certificate, { intermediates: [strangeSub.certificate] })).toBe(
      'unknown-critical-extension',
    );
  });
  it('and the error says whose certificate, and no more than that', () => {
    try {
      outcomeError();
      expect.unreachable();
    } catch (e) {
      expect(String((e as Error).message)).toContain(
        'wrong-system-title of CN=4142430000000001: 4142430000000002 wanted',
      );
    }
    function outcomeError(): void {
      here(validateCertificate(leaf.certificate, { ...base, systemTitle: otherTitle }));
    }
  });
});

describe('revocation', () => {
  const entry = (c: Certificate) => ({
    serialNumber: c.serialNumber,
    revocationDate: from,
    reason: 'keyCompromise' as const,
  });
  const clear = [revocations(root), revocations(sub)];
  it('needs a usable list of every issuer', () => {
    expect(outcome(leaf.certificate, { revocation: { policy: 'required', lists: clear } })).toBe('accepted');
    expect(outcome(leaf.certificate, { revocation: { policy: 'required', lists: [] } })).toBe('revocation-unknown');
    expect(outcome(leaf.certificate, { revocation: { policy: 'required', lists: clear.slice(0, 1) } })).toBe(
      'revocation-unknown',
    );
    expect(outcome(leaf.certificate, { revocation: { policy: 'required', lists: clear.slice(1) } })).toBe(
      'revocation-unknown',
    );
  });
  it('refuses the leaf and the authorities that are named', () => {
    expect(
      outcome(leaf.certificate, {
        revocation: {
          policy: 'required',
          lists: [revocations(root), revocations(sub, { revoked: [entry(leaf.certificate)] })],
        },
      }),
    ).toBe('revoked');
    expect(
      outcome(leaf.certificate, {
        revocation: {
          policy: 'required',
          lists: [revocations(root, { revoked: [entry(sub.certificate)] }), revocations(sub)],
        },
      }),
    ).toBe('revoked');
    expect(
      outcome(leaf.certificate, {
        revocation: { policy: 'required', lists: [...clear, revocations(sub, { revoked: [entry(leaf.certificate)] })] },
      }),
    ).toBe('revoked');
    // The number alone is not enough: another issuer may use the same.
    expect(
      outcome(leaf.certificate, {
        revocation: {
          policy: 'required',
          lists: [revocations(root, { revoked: [entry(leaf.certificate)] }), revocations(sub)],
        },
      }),
    ).toBe('accepted');
  });
  it('a list that is kept back does not bring a revoked certificate back', () => {
    const stale = revocations(sub, { revoked: [entry(leaf.certificate)], nextUpdate: new Date(now.getTime() - 1000) });
    for (const policy of ['required', 'when-available'] as const) {
      expect(outcome(leaf.certificate, { revocation: { policy, lists: [...clear, stale] } })).toBe('revoked');
      expect(outcome(leaf.certificate, { revocation: { policy, lists: [clear[0] as (typeof clear)[0], stale] } })).toBe(
        'revoked',
      );
    }
    const { key } = sub;
    const forged = revocations(
      { key: newKey('P-256'), certificate: sub.certificate },
      { revoked: [entry(leaf.certificate)], issuerPublicKey: key.publicKey },
    );
    expect(outcome(leaf.certificate, { revocation: { policy: 'when-available', lists: [forged] } })).toBe('accepted');
    expect(outcome(leaf.certificate, { revocation: { policy: 'when-available', lists: [] } })).toBe('accepted');
    expect(outcome(leaf.certificate, { revocation: 'unsafely-ignored' })).toBe('accepted');
  });
  it('uses no list that is old, early, forged, or not understood', () => {
    const first = clear[0] as (typeof clear)[0];
    const withList = (list: (typeof clear)[0]) =>
      outcome(leaf.certificate, { revocation: { policy: 'required', lists: [first, list] } });
    expect(withList(revocations(sub, { nextUpdate: new Date(now.getTime() - 1000) }))).toBe('revocation-unknown');
    expect(withList(revocations(sub, { thisUpdate: new Date(now.getTime() + 1000) }))).toBe('revocation-unknown');
    expect(withList(revocations({ key: newKey('P-256'), certificate: sub.certificate }))).toBe('revocation-unknown');
    expect(withList({ ...revocations(sub), unknownCritical: ['2.5.29.27'] })).toBe('revocation-unknown');
    const noCrlSign = { ...sub.certificate, keyUsage: ['keyCertSign'] as const };
    expect(
      outcome(leaf.certificate, {
        anchors: [noCrlSign],
        intermediates: [],
        revocation: { policy: 'required', lists: clear },
      }),
    ).toBe('revocation-unknown');
  });
  it('knows no list by heart that has a critical extension of its own, for the list or for an entry', () => {
    const critical = { oid: '2.5.29.28', critical: true, value: new Uint8Array([0x30, 0]) };
    const written = (entryExtensions: readonly Extension[], listExtensions: readonly Extension[]) => {
      const tbs = derSequence(
        derInteger(1),
        derSequence(derObjectIdentifier('1.2.840.10045.4.3.2')),
        sub.certificate.subject.raw,
        derTime(from),
        derTime(until),
        derSequence(
          derSequence(
            derInteger(9),
            derTime(from),
            ...(entryExtensions.length === 0 ? [] : [derExtensionList(entryExtensions)]),
          ),
        ),
        ...(listExtensions.length === 0 ? [] : [derContext(0, true, derExtensionList(listExtensions))]),
      );
      const list = parseRevocationList(here(signed(tbs, sub.key)));
      return [list.unknownCritical, here(checkRevocationList(list, sub.certificate, now, verifier))];
    };
    expect(written([], [])).toEqual([[], 'usable']);
    expect(written([{ ...critical, critical: false }], [{ ...critical, critical: false }])).toEqual([[], 'usable']);
    expect(written([critical], [])).toEqual([['2.5.29.28'], 'unknown-critical-extension']);
    expect(written([], [critical])).toEqual([['2.5.29.28'], 'unknown-critical-extension']);
  });
  it('reads back what it wrote, entries and reasons', () => {
    const revoked = [
      entry(leaf.certificate),
      { serialNumber: 2n ** 100n, revocationDate: until, reason: 7 },
      { serialNumber: 3n, revocationDate: from },
    ];
    const list = parseRevocationList(revocations(sub, { revoked }).raw);
    expect([...list.revoked.values()]).toEqual(revoked);
    expect(list.crlNumber).toBe(7n);
    expect(list.authorityKeyIdentifier).toEqual(sub.certificate.subjectKeyIdentifier);
    expect(list.unknownCritical).toEqual([]);
    expect(() => revocations(sub, { revoked: [{ ...entry(leaf.certificate), reason: 'whim' }] })).toThrowError(
      /reason of RFC 5280/,
    );
  });
  it('a flipped bit anywhere makes a list unusable', () => {
    const { raw } = revocations(sub, { revoked: [entry(leaf.certificate)] });
    for (let bit = 0; bit < raw.length * 8; bit++) {
      const changed = raw.slice();
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (0x80 >> (bit & 7));
      let result: string;
      try {
        result = here(checkRevocationList(parseRevocationList(changed), sub.certificate, now, verifier));
      } catch (e) {
        if (!isDlmsError(e)) throw e;
        result = 'no list';
      }
      expect([bit, result]).not.toEqual([bit, 'usable']);
    }
  });
});
