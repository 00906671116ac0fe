import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat } from '../../../src/core/bytes.js';
import { isDlmsError } from '../../../src/core/errors.js';
import { formatHex, parseHex } from '../../../src/core/hex.js';
import { signed } from '../../../src/security/certificates/certificate.js';
import { der, derContext, derSequence, derSetOf } from '../../../src/security/certificates/der.js';
import { derInteger, derObjectIdentifier } from '../../../src/security/certificates/der-values.js';
import { derPublicKeyInfo } from '../../../src/security/certificates/ec.js';
import { derExtensionList } from '../../../src/security/certificates/extensions.js';
import {
  buildCertificate,
  buildCertificateRequest,
  ecPublicKey,
  formatName,
  formatPem,
  name,
  parseCertificate,
  parseCertificateRequest,
  parsePem,
  parseRevocationList,
  signatureFromDer,
  signatureToDer,
  systemTitleName,
  systemTitleOf,
  verifyCertificateRequest,
  verifySigned,
} from '../../../src/security/certificates/index.js';
import { outcome } from '../../support/outcome.js';
import { newKey, verifier } from './keys.js';
import { authority, from, here, issue, revocations, title, until } from './pki.js';

const orders = {
  'P-256': 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  'P-384': 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
} as const;
const octets = (v: bigint, n: number): Uint8Array => parseHex(v.toString(16).padStart(2 * n, '0'));

describe.each(['P-256', 'P-384'] as const)('certificates on %s', (curve) => {
  const ca = authority(undefined, curve, 'Root', { pathLength: 1 });
  const leaf = issue(ca, curve, { serialNumber: 0x80n });

  it('are read back as they were built', () => {
    const c = leaf.certificate;
    expect(c.serialNumber).toBe(0x80n);
    expect(c.subject.attributes).toEqual([{ type: 'CN', value: '4142430000000001' }]);
    expect(c.systemTitle).toEqual(title);
    expect(formatName(c.issuer)).toBe('CN=Root, O=Utility');
    expect([c.notBefore, c.notAfter]).toEqual([from, until]);
    expect(c.publicKey).toEqual(leaf.key.publicKey);
    expect(c.keyUsage).toEqual(['digitalSignature']);
    expect(c.type).toBe('digital-signature');
    expect(c.signatureAlgorithm).toBe(curve === 'P-256' ? 'ecdsa-with-SHA256' : 'ecdsa-with-SHA384');
    expect(c.authorityKeyIdentifier).toEqual(ca.certificate.subjectKeyIdentifier);
    expect(ca.certificate.basicConstraints).toEqual({ ca: true, pathLength: 1 });
    expect(ca.certificate.systemTitle).toBeUndefined();
    expect(here(verifySigned(c, ca.key.publicKey, verifier))).toBe(true);
    expect(here(verifySigned(c, leaf.key.publicKey, verifier))).toBe(false);
  });
  it('are read the same by the platform', () => {
    const c = leaf.certificate;
    const oracle = new X509Certificate(c.raw);
    expect(oracle.verify(new X509Certificate(ca.certificate.raw).publicKey)).toBe(true);
    expect(oracle.checkIssued(new X509Certificate(ca.certificate.raw))).toBe(true);
    expect(oracle.subject).toBe('CN=4142430000000001');
    expect(oracle.issuer).toBe('CN=Root\nO=Utility');
    expect(BigInt(`0x${oracle.serialNumber}`)).toBe(c.serialNumber);
    expect(new Date(oracle.validFrom)).toEqual(c.notBefore);
    expect(new Date(oracle.validTo)).toEqual(c.notAfter);
    expect(new X509Certificate(ca.certificate.raw).ca).toBe(true);
    expect(oracle.ca).toBe(false);
  });
  it('have the type of their key usage', () => {
    const types = (['digital-signature', 'key-agreement', 'tls', 'other'] as const).map(
      (type) => issue(ca, curve, { type }).certificate,
    );
    expect(types.map((c) => c.type)).toEqual(['digital-signature', 'key-agreement', 'tls', 'other']);
    expect(types.map((c) => c.keyUsage)).toEqual([
      ['digitalSignature'],
      ['keyAgreement'],
      ['digitalSignature', 'keyAgreement'],
      undefined,
    ]);
    expect(ca.certificate.type).toBe('other');
  });
  it('keep unknown extensions as octets', () => {
    const extension = { oid: '1.3.6.1.4.1.99999.1', critical: true, value: parseHex('0500') };
    expect(issue(ca, curve, { extensions: [extension] }).certificate.extensions.at(-1)).toEqual(extension);
  });
  it('are refused with any bit flipped, in form or by signature', () => {
    const { raw } = leaf.certificate;
    let byForm = 0;
    // Every bit on the fast curve, every fifth on the slow one.
    const step = curve === 'P-256' ? 1 : 5;
    for (let bit = 0; bit < raw.length * 8; bit += step) {
      const changed = raw.slice();
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (0x80 >> (bit & 7));
      try {
        const c = parseCertificate(changed);
        expect([bit, here(verifySigned(c, ca.key.publicKey, verifier))]).toEqual([bit, false]);
      } catch (e) {
        if (!isDlmsError(e)) throw e;
        byForm++;
      }
    }
    expect(byForm).toBeGreaterThan(raw.length / step);
    expect(byForm).toBeLessThan((raw.length * 8) / step);
  });
  it('do not follow later changes of the octets they were read from', () => {
    const octetsOfOthers = leaf.certificate.raw.slice();
    const c = parseCertificate(octetsOfOthers);
    octetsOfOthers.fill(0);
    expect(c.raw).toEqual(leaf.certificate.raw);
    expect(here(verifySigned(c, ca.key.publicKey, verifier))).toBe(true);
  });

  it('requests show that the sender has the key', () => {
    const key = newKey(curve);
    const request = here(
      buildCertificateRequest(
        { subject: systemTitleName(title), publicKey: key.publicKey, type: 'key-agreement' },
        key,
      ),
    );
    expect(request.systemTitle).toEqual(title);
    expect(request.keyUsage).toEqual(['keyAgreement']);
    expect(request.publicKey).toEqual(key.publicKey);
    expect(here(verifyCertificateRequest(request, verifier))).toBe(true);
    const foreign = here(
      buildCertificateRequest({ subject: systemTitleName(title), publicKey: key.publicKey }, newKey(curve)),
    );
    expect(foreign.extensions).toEqual([]);
    expect(here(verifyCertificateRequest(foreign, verifier))).toBe(false);
    for (let bit = 0; bit < request.raw.length * 8; bit += 3) {
      const changed = request.raw.slice();
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (0x80 >> (bit & 7));
      let accepted = false;
      try {
        accepted = here(verifyCertificateRequest(parseCertificateRequest(changed), verifier));
      } catch (e) {
        if (!isDlmsError(e)) throw e;
      }
      expect([bit, accepted]).toEqual([bit, false]);
    }
  });

  it('signatures go from r‖s to DER and back; r and s outside 1 to n-1 are refused', () => {
    const n = orders[curve];
    const size = curve === 'P-256' ? 32 : 48;
    const number = fc.oneof(
      fc.bigInt(1n, n - 1n),
      fc.constantFrom(1n, 127n, 128n, 255n, 256n, n >> 1n, (n >> 1n) + 1n, n - 1n),
    );
    fc.assert(
      fc.property(number, number, (r, s) => {
        const raw = concat(octets(r, size), octets(s, size));
        expect(signatureFromDer(signatureToDer(raw), curve)).toEqual(raw);
      }),
    );
    for (const [r, s] of [
      [0n, 1n],
      [1n, 0n],
      [n, 1n],
      [1n, n],
      [n + 1n, 1n],
    ] as const) {
      expect(outcome(() => signatureToDer(concat(octets(r, size), octets(s, size))))).toBe('encode/invalid-value');
      expect(outcome(() => signatureFromDer(derSequence(derInteger(r), derInteger(s)), curve))).toBe(
        'decode/invalid-value',
      );
    }
    expect(outcome(() => signatureFromDer(derSequence(derInteger(-1n), derInteger(1n)), curve))).toBe(
      'decode/invalid-value',
    );
    expect(outcome(() => signatureFromDer(derSequence(derInteger(1n), derInteger(1n), derInteger(1n)), curve))).toBe(
      'decode/trailing-bytes',
    );
    expect(outcome(() => signatureToDer(new Uint8Array(63)))).toBe('encode/invalid-value');
  });
  it('public keys that are no point are refused', () => {
    const { octets: good } = leaf.key.publicKey;
    expect(ecPublicKey(good)).toEqual({ curve, octets: good });
    const changed = good.slice();
    changed[3] = (changed[3] as number) ^ 1;
    for (const bad of [
      changed,
      new Uint8Array(good.length),
      new Uint8Array(good.length).fill(0xff),
      good.subarray(1),
      concat(Uint8Array.of(4), good),
    ])
      expect(outcome(() => ecPublicKey(bad, curve))).toBe('security/invalid-key');
  });
});

it('a coordinate is below the field prime, so that a point has one form only', () => {
  const p = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
  const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
  const power = (base: bigint, exponent: bigint): bigint => {
    let out = 1n;
    for (let x = base, e = exponent; e > 0n; e >>= 1n, x = (x * x) % p) if (e & 1n) out = (out * x) % p;
    return out;
  };
  // A point with a small x: x + p still has 32 octets and satisfies the equation.
  let x = 1n;
  const right = (): bigint => (((x ** 3n - 3n * x + b) % p) + p) % p;
  while (power(right(), (p - 1n) / 2n) !== 1n) x++;
  const y = octets(power(right(), (p + 1n) / 4n), 32);
  expect(outcome(() => ecPublicKey(concat(octets(x, 32), y)))).toBe('accepted');
  expect(outcome(() => ecPublicKey(concat(octets(x + p, 32), y)))).toBe('security/invalid-key');
});

describe('a request', () => {
  const key = newKey('P-256');
  const wanted = derSequence(derObjectIdentifier('1.2.840.113549.1.9.14'), derSetOf(derExtensionList([])));
  const made = (version: number, ...attributes: Uint8Array[]): string => {
    const tbs = derSequence(
      derInteger(version),
      systemTitleName(title).raw,
      derPublicKeyInfo(key.publicKey),
      derContext(0, true, ...attributes),
    );
    return outcome(() => parseCertificateRequest(here(signed(tbs, key))));
  };
  it('of another version, or that asks for extensions twice, is refused', () => {
    expect(made(0, wanted)).toBe('accepted');
    expect(made(1, wanted)).toBe('security/unsupported');
    expect(made(0, wanted, wanted)).toBe('decode/invalid-value');
    const password = derSequence(derObjectIdentifier('1.2.840.113549.1.9.7'), derSetOf(derInteger(1)));
    expect(made(0, password, wanted, password)).toBe('accepted');
  });
});

describe('what is no certificate of this profile', () => {
  const ca = authority(undefined, 'P-256', 'Root');
  const c = ca.certificate;
  const replaced = (find: string, by: string, once = true): Uint8Array => {
    const text = formatHex(c.raw);
    expect(text).toContain(find);
    return parseHex(once ? text.replace(find, by) : text.replaceAll(find, by));
  };
  it('is refused: other versions, curves and algorithms, two different algorithms, octets behind it', () => {
    expect(outcome(() => parseCertificate(replaced('A003020102', 'A003020101')))).toBe('security/unsupported');
    expect(outcome(() => parseCertificate(replaced('06082A8648CE3D030107', '06082A8648CE3D030106')))).toBe(
      'security/unsupported',
    );
    expect(outcome(() => parseCertificate(replaced('06072A8648CE3D0201', '06072A8648CE3D0202')))).toBe(
      'security/unsupported',
    );
    // Only one of the two algorithm identifiers.
    expect(outcome(() => parseCertificate(replaced('06082A8648CE3D040302', '06082A8648CE3D040303')))).toBe(
      'decode/invalid-value',
    );
    expect(outcome(() => parseCertificate(replaced('06082A8648CE3D040302', '06082A8648CE3D040309', false)))).toBe(
      'security/unsupported',
    );
    expect(outcome(() => parseCertificate(replaced('03420004', '03420002')))).toBe('security/unsupported');
    expect(outcome(() => parseCertificate(concat(c.raw, Uint8Array.of(0))))).toBe('decode/trailing-bytes');
    expect(outcome(() => parseCertificate(new Uint8Array(0)))).toBe('decode/unexpected-end');
    expect(outcome(() => parseCertificate(new Uint8Array(20000)))).toBe('decode/too-large');
  });
  it('any extension that stands twice is refused', () => {
    const twice = { oid: '1.2.3', critical: false, value: new Uint8Array(0) };
    expect(outcome(() => issue(ca, 'P-256', { extensions: [twice, twice] }))).toBe('decode/invalid-value');
  });
  it('is not built: serial numbers of no size, times in the wrong order, keys and signatures of another curve', () => {
    const fields = {
      serialNumber: 1n,
      issuer: c.subject,
      subject: c.subject,
      notBefore: from,
      notAfter: until,
      publicKey: c.publicKey,
      type: 'other',
    } as const;
    expect(outcome(() => buildCertificate({ ...fields, serialNumber: 0n }, ca.key))).toBe('encode/invalid-value');
    expect(outcome(() => buildCertificate({ ...fields, serialNumber: 1n << 160n }, ca.key))).toBe(
      'encode/invalid-value',
    );
    expect(outcome(() => buildCertificate({ ...fields, notAfter: new Date(0) }, ca.key))).toBe('encode/invalid-value');
    expect(outcome(() => buildCertificate({ ...fields, notAfter: new Date(Number.NaN) }, ca.key))).toBe(
      'encode/invalid-value',
    );
    expect(outcome(() => buildCertificate(fields, newKey('P-384')))).toBe('encode/invalid-value');
    expect(
      outcome(() => buildCertificate({ ...fields, publicKey: { curve: 'P-256', octets: new Uint8Array(64) } }, ca.key)),
    ).toBe('security/invalid-key');
    expect(outcome(() => buildCertificate(fields, { curve: 'P-256', sign: () => new Uint8Array(63) }))).toBe(
      'encode/invalid-value',
    );
  });
});

describe('names', () => {
  it('carry a system title as 16 hexadecimal digits', () => {
    expect(systemTitleOf(systemTitleName(title, { type: 'O', value: 'x' }))).toEqual(title);
    expect(systemTitleOf(name({ type: 'CN', value: '414243000000000a' }))).toEqual(parseHex('414243000000000A'));
    for (const bad of ['41424300000000', '41424300000000011', '4142 43000000001', 'Root'])
      expect(systemTitleOf(name({ type: 'CN', value: bad }))).toBeUndefined();
    expect(
      systemTitleOf(name({ type: 'CN', value: '4142430000000001' }, { type: 'CN', value: '4142430000000002' })),
    ).toBeUndefined();
    expect(systemTitleOf(name({ type: 'O', value: '4142430000000001' }))).toBeUndefined();
    expect(outcome(() => systemTitleName(title.subarray(1)))).toBe('encode/invalid-value');
  });
  it('print with special characters escaped', () => {
    expect(
      formatName(
        name({ type: 'CN', value: ' a,b="c"\n ' }, { type: '2.5.4.65', value: 'p' }, { type: 'C', value: 'DE' }),
      ),
    ).toBe('CN=\\ a\\,b=\\"c\\"\\0a\\ , 2.5.4.65=p, C=DE');
    expect(outcome(() => name({ type: 'C', value: 'DEU' }))).toBe('encode/invalid-value');
  });
  it('keep a value that is no text', () => {
    const strange = derSequence(derSetOf(derSequence(derObjectIdentifier('2.5.4.3'), der(0x05))));
    expect(
      issue(undefined, 'P-256', { subject: { raw: strange, attributes: [] } }).certificate.subject.attributes,
    ).toEqual([{ type: 'CN', value: '#0500' }]);
    const { subject } = issue(undefined, 'P-256', { subject: { raw: strange, attributes: [] } }).certificate;
    expect(formatName(subject)).toBe('CN=#0500');
  });
  it('print a text that looks like octets so that it cannot be taken for them', () => {
    expect(formatName(name({ type: 'CN', value: '#0500' }, { type: 'O', value: 'a#b' }))).toBe('CN=\\#0500, O=a#b');
    const { subject } = issue(undefined, 'P-256', { subject: name({ type: 'CN', value: '#0500' }) }).certificate;
    expect(formatName(subject)).toBe('CN=\\#0500');
  });
});

it.each([
  ['the CRL number', '551D14040402020107', '551D14040402010107'],
  ['the reason', '551D1504040A0200C8', '551D1504040A0100C8'],
])('octets behind %s of a revocation list are refused, not passed over', (_, whole, cut) => {
  const { raw } = revocations(authority(undefined, 'P-256', 'Root'), {
    crlNumber: 0x0107n,
    revoked: [{ serialNumber: 5n, revocationDate: from, reason: 200 }],
  });
  expect(parseRevocationList(raw)).toMatchObject({ crlNumber: 0x0107n });
  const hex = formatHex(raw);
  expect(hex.split(whole)).toHaveLength(2);
  expect(outcome(() => parseRevocationList(parseHex(hex.replace(whole, cut))))).toBe('decode/trailing-bytes');
});

describe('PEM', () => {
  it('round-trips, also several in one text', () => {
    const blocks = [new Uint8Array([1]), new Uint8Array(48).fill(7), new Uint8Array(100)];
    const text = blocks.map((b) => `comment\n${formatPem('CERTIFICATE', b)}`).join('\r\n');
    expect(parsePem('CERTIFICATE', text)).toEqual(blocks);
    for (const bad of [
      '',
      text.slice(0, -20),
      formatPem('X509 CRL', blocks[0] as Uint8Array),
      text.replace('Bw', '*w'),
      text.slice(0, text.lastIndexOf('-----END')),
    ])
      expect(outcome(() => parsePem('CERTIFICATE', bad))).toBe('parse/invalid-text');
  });
});

describe('hostile octets', () => {
  const ca = authority(undefined, 'P-256', 'Root');
  const leaf = issue(ca, 'P-256');
  const list = revocations(ca, { revoked: [{ serialNumber: 5n, revocationDate: from, reason: 'keyCompromise' }] });
  const request = here(
    buildCertificateRequest({ subject: systemTitleName(title), publicKey: leaf.key.publicKey, type: 'tls' }, leaf.key),
  );
  const parsers = [
    ['certificate', leaf.certificate.raw, parseCertificate],
    ['request', request.raw, parseCertificateRequest],
    ['revocation list', list.raw, parseRevocationList],
  ] as const;

  it.each(parsers)('a mutated %s ends in a value or a DlmsError', (_, good, parse) => {
    const at = fc.nat(good.length - 1);
    const mutation = fc.record({
      at,
      to: fc.integer({ min: 0, max: 255 }),
      cut: fc.option(at),
      insert: fc.option(fc.uint8Array({ maxLength: 6 })),
    });
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 6 }), (mutations) => {
        let bytes = good.slice();
        for (const m of mutations) {
          if (m.at < bytes.length) bytes[m.at] = m.to;
          if (m.insert !== null)
            bytes = concat(bytes.subarray(0, m.at), m.insert, bytes.subarray(m.at)) as Uint8Array<ArrayBuffer>;
          if (m.cut !== null && m.cut < bytes.length)
            bytes = concat(bytes.subarray(0, m.cut), bytes.subarray(m.cut + 1)) as Uint8Array<ArrayBuffer>;
        }
        outcome(() => parse(bytes));
      }),
      { numRuns: 2000 },
    );
  });
  it.each(parsers)('every prefix of a %s is refused', (_, good, parse) => {
    for (let n = 0; n < good.length; n++)
      expect([n, outcome(() => parse(good.subarray(0, n)))]).not.toEqual([n, 'accepted']);
  });
  it('random octets, and random DER, too', () => {
    const tree = fc.letrec<{ node: Uint8Array }>((tie) => ({
      node: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc
          .tuple(fc.constantFrom(1, 2, 3, 4, 5, 6, 12, 19, 23, 24), fc.uint8Array({ maxLength: 12 }))
          .map(([tag, content]) => der(tag, content)),
        fc
          .tuple(fc.constantFrom(0x30, 0x31, 0xa0, 0xa3), fc.array(tie('node'), { maxLength: 5 }))
          .map(([tag, parts]) => der(tag, ...parts)),
      ),
    })).node;
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), tree), (bytes) => {
        for (const [, , parse] of parsers) expect(outcome(() => parse(bytes))).not.toBe('accepted');
      }),
      { numRuns: 1000 },
    );
  });
});
