import { describe, expect, it } from 'vitest';
import { isDlmsError } from '../../../src/core/errors.js';
import { der, derContext, derSequence, derSetOf } from '../../../src/security/certificates/der.js';
import { derInteger, derObjectIdentifier, derUtf8String } from '../../../src/security/certificates/der-values.js';
import {
  type Certificate,
  type CertificatePolicy,
  type Extension,
  name,
  validateCertificate,
} from '../../../src/security/certificates/index.js';
import { newKey, verifier } from './keys.js';
import { authority, here, type Issued, issue, now } from './pki.js';

const root = authority(undefined, 'P-256', 'Root');
const outcome = (
  certificate: Certificate,
  intermediates: readonly Certificate[],
  change: Partial<CertificatePolicy> = {},
): string => {
  try {
    here(
      validateCertificate(certificate, {
        anchors: [root.certificate],
        intermediates,
        now,
        purpose: 'digital-signature',
        revocation: 'unsafely-ignored',
        verifier,
        ...change,
      }),
    );
    return 'accepted';
  } catch (e) {
    if (isDlmsError(e, 'security/certificate')) return e.context.reason;
    throw e;
  }
};
const text = (s: string): Uint8Array => new TextEncoder().encode(s);
const dns = (s: string): Uint8Array => derContext(2, false, text(s));
const mail = (s: string): Uint8Array => derContext(1, false, text(s));
const address = (...octets: number[]): Uint8Array => derContext(7, false, Uint8Array.from(octets));
const directory = (raw: Uint8Array): Uint8Array => derContext(4, true, raw);
const subtrees = (n: number, bases: readonly Uint8Array[]): readonly Uint8Array[] =>
  bases.length === 0 ? [] : [derContext(n, true, ...bases.map((b) => derSequence(b)))];
const constraints = (
  permitted: readonly Uint8Array[],
  excluded: readonly Uint8Array[] = [],
  critical = false,
): Extension => ({
  oid: '2.5.29.30',
  critical,
  value: derSequence(...subtrees(0, permitted), ...subtrees(1, excluded)),
});
const also = (...names: readonly Uint8Array[]): Extension => ({
  oid: '2.5.29.17',
  critical: false,
  value: derSequence(...names),
});
const named = (...attributes: readonly (readonly [string, string])[]) =>
  name(...attributes.map(([type, value]) => ({ type, value })));
const subject = (...more: readonly (readonly [string, string])[]) =>
  named(['O', 'Utility'], ['CN', '4142430000000001'], ...more);
const subWith = (...extensions: readonly Extension[]): Issued => authority(root, 'P-256', 'Sub', { extensions });
/** The leaf of an authority with these constraints. */
const under = (constraint: Extension, certified = subject(), ...extensions: readonly Extension[]): string => {
  const sub = subWith(constraint);
  return outcome(issue(sub, 'P-256', { subject: certified, extensions }).certificate, [sub.certificate]);
};

describe('name constraints', () => {
  it('an authority for one utility certifies the meter of another: refused, whether the constraint is critical or not', () => {
    for (const critical of [false, true]) {
      const allowed = constraints([directory(named(['O', 'Utility']).raw)], [], critical);
      expect(under(allowed)).toBe('accepted');
      expect(under(allowed, named(['O', 'Neighbour'], ['CN', '4142430000000001']))).toBe('name-not-permitted');
      expect(under(allowed, named(['CN', '4142430000000001'], ['O', 'Utility']))).toBe('name-not-permitted');
      const excluded = constraints([], [directory(named(['O', 'Utility'], ['CN', '4142430000000001']).raw)], critical);
      expect(under(excluded)).toBe('name-not-permitted');
      expect(under(excluded, named(['O', 'Utility'], ['CN', '4142430000000002']))).toBe('accepted');
    }
  });
  it('other letters, more spaces or another string type do not lead around an excluded name', () => {
    const excluded = constraints([], [directory(named(['O', 'The Utility']).raw)]);
    const printable = derSequence(
      derSetOf(derSequence(derObjectIdentifier('2.5.4.10'), der(0x13, text('the  UTILITY ')))),
      cn(),
    );
    for (const raw of [named(['O', 'THE UTILITY'], ['CN', '4142430000000001']).raw, printable])
      expect(under(excluded, { raw, attributes: [] })).toBe('name-not-permitted');
    function cn(): Uint8Array {
      return derSetOf(derSequence(derObjectIdentifier('2.5.4.3'), derUtf8String('4142430000000001')));
    }
  });
  it('two attributes in one relative name are not two relative names', () => {
    const pair = (id: string, value: string): Uint8Array => derSequence(derObjectIdentifier(id), derUtf8String(value));
    const joined = derSequence(derSetOf(pair('2.5.4.10', 'Utility'), pair('2.5.4.3', '4142430000000001')));
    expect(under(constraints([directory(named(['O', 'Utility']).raw)]), { raw: joined, attributes: [] })).toBe(
      'name-not-permitted',
    );
    expect(under(constraints([directory(joined)]), { raw: joined, attributes: [] })).toBe('accepted');
  });
  it('hold for every name of a certificate and for every certificate below, authorities too', () => {
    const allowed = constraints([directory(named(['O', 'Utility']).raw)]);
    expect(under(allowed, subject(), also(directory(named(['O', 'Utility'], ['OU', 'x']).raw)))).toBe('accepted');
    expect(under(allowed, subject(), also(directory(named(['O', 'Neighbour']).raw)))).toBe('name-not-permitted');
    const sub = subWith(allowed);
    const stray = authority(sub, 'P-256', 'Stray', { subject: named(['O', 'Neighbour'], ['CN', 'Stray']) });
    expect(
      outcome(issue(stray, 'P-256', { subject: subject() }).certificate, [sub.certificate, stray.certificate]),
    ).toBe('name-not-permitted');
    const inside = authority(sub, 'P-256', 'Inside', { subject: named(['O', 'Utility'], ['CN', 'Inside']) });
    expect(
      outcome(issue(inside, 'P-256', { subject: subject() }).certificate, [sub.certificate, inside.certificate]),
    ).toBe('accepted');
    // An authority cannot loosen what one above it said.
    const looser = authority(sub, 'P-256', 'Looser', {
      subject: named(['O', 'Utility'], ['CN', 'Looser']),
      extensions: [constraints([directory(named(['O', 'Neighbour']).raw)])],
    });
    for (const o of ['Utility', 'Neighbour'])
      expect(
        outcome(issue(looser, 'P-256', { subject: named(['O', o], ['CN', '4142430000000001']) }).certificate, [
          sub.certificate,
          looser.certificate,
        ]),
      ).toBe('name-not-permitted');
    // The name of the authority is no way out for one that is none.
    expect(outcome(issue(sub, 'P-256', { subject: sub.certificate.subject }).certificate, [sub.certificate])).toBe(
      'name-not-permitted',
    );
    // An authority that renews its own certificate goes by the name it has.
    const renewed = authority(sub, 'P-256', 'Sub');
    expect(
      outcome(issue(renewed, 'P-256', { subject: subject() }).certificate, [sub.certificate, renewed.certificate]),
    ).toBe('accepted');
  });
  it('of the anchor count as well', () => {
    const anchor = authority(undefined, 'P-256', 'Anchor', {
      extensions: [constraints([directory(named(['O', 'Utility']).raw)])],
    });
    const of = (o: string) =>
      outcome(issue(anchor, 'P-256', { subject: named(['O', o], ['CN', '4142430000000001']) }).certificate, [], {
        anchors: [anchor.certificate],
      });
    expect([of('Utility'), of('Neighbour')]).toEqual(['accepted', 'name-not-permitted']);
  });
  it('of host names, mailboxes and addresses', () => {
    const cases: readonly (readonly [permitted: Uint8Array, name: Uint8Array, inside: boolean])[] = [
      [dns('example.org'), dns('example.org'), true],
      [dns('example.org'), dns('Meter.EXAMPLE.org'), true],
      [dns('example.org'), dns('badexample.org'), false],
      [dns('.example.org'), dns('example.org'), false],
      [dns('.example.org'), dns('meter.example.org'), true],
      [mail('example.org'), mail('a@example.org'), true],
      [mail('example.org'), mail('a@sub.example.org'), false],
      [mail('.example.org'), mail('a@sub.example.org'), true],
      [mail('a@example.org'), mail('a@EXAMPLE.org'), true],
      [mail('a@example.org'), mail('b@example.org'), false],
      [mail('example.org'), mail('nobody'), false],
      [address(10, 1, 0, 0, 255, 255, 0, 0), address(10, 1, 2, 3), true],
      [address(10, 1, 0, 0, 255, 255, 0, 0), address(10, 2, 2, 3), false],
      [address(10, 1, 0, 0, 255, 255, 0, 0), address(...new Array<number>(16).fill(0)), false],
    ];
    for (const [i, [base, one, inside]] of cases.entries()) {
      expect([i, under(constraints([base]), subject(), also(one))]).toEqual([
        i,
        inside ? 'accepted' : 'name-not-permitted',
      ]);
      expect([i, under(constraints([], [base]), subject(), also(one))]).toEqual([
        i,
        inside ? 'name-not-permitted' : 'accepted',
      ]);
      // A constraint of one form says nothing about names of another.
      expect(under(constraints([base]), subject())).toBe('accepted');
    }
    // The mailbox may stand in the subject, as older certificates write it.
    const inSubject = named(['O', 'Utility'], ['CN', '4142430000000001'], ['1.2.840.113549.1.9.1', 'a@elsewhere.org']);
    expect(under(constraints([mail('example.org')]), inSubject)).toBe('name-not-permitted');
  });
  it('of a form that is not understood refuse names of that form', () => {
    const uri = (s: string): Uint8Array => derContext(6, false, text(s));
    expect(under(constraints([uri('example.org')]), subject(), also(uri('https://example.org/')))).toBe(
      'name-not-permitted',
    );
    expect(under(constraints([], [uri('example.org')]), subject(), also(uri('https://elsewhere.org/')))).toBe(
      'name-not-permitted',
    );
    expect(under(constraints([uri('example.org')]), subject(), also(dns('example.org')))).toBe('accepted');
  });
  it('that cannot be read, or that count levels, refuse everything below', () => {
    const broken = (value: Uint8Array): string => under({ oid: '2.5.29.30', critical: false, value });
    expect(broken(Uint8Array.of(0x30, 3, 1))).toBe('name-not-permitted');
    expect(broken(derSequence(derInteger(1)))).toBe('name-not-permitted');
    const leveled = (n: number, levels: number): Uint8Array =>
      derSequence(
        derContext(
          0,
          true,
          derSequence(directory(named(['O', 'Utility']).raw), derContext(n, false, Uint8Array.of(levels))),
        ),
      );
    expect(broken(leveled(0, 1))).toBe('name-not-permitted');
    expect(broken(leveled(1, 9))).toBe('name-not-permitted');
    const unreadable: Extension = {
      oid: '2.5.29.17',
      critical: false,
      value: derSequence(directory(Uint8Array.of(0x30, 2, 1, 1))),
    };
    expect(under(constraints([directory(named(['O', 'Utility']).raw)]), subject(), unreadable)).toBe(
      'name-not-permitted',
    );
    expect(outcome(issue(root, 'P-256', {}, newKey('P-256')).certificate, [])).toBe('accepted');
  });
});
