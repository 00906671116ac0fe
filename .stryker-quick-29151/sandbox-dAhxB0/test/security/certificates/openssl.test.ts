import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatHex } from '../../../src/core/hex.js';
import { derContext, derSequence } from '../../../src/security/certificates/der.js';
import { derObjectIdentifier } from '../../../src/security/certificates/der-values.js';
import {
  buildCertificateRequest,
  checkRevocationList,
  type Extension,
  formatPem,
  name,
  parseCertificate,
  parseCertificateRequest,
  parsePem,
  parseRevocationList,
  signatureFromDer,
  signatureToDer,
  systemTitleName,
  validateCertificate,
  verifyCertificateRequest,
} from '../../../src/security/certificates/index.js';
import { needs, openssl } from '../../support/needs.js';
import { refusal } from '../../support/outcome.js';
import { keyFromPem, newKey, pem, verifier } from './keys.js';
import { authority, from, here, issue, revocations, title } from './pki.js';

/** OpenSSL as referee: what we write it must accept, what it writes we must read, on both curves. */
describe.each([
  ['P-256', 'prime256v1', 'sha256'],
  ['P-384', 'secp384r1', 'sha384'],
] as const)('openssl on %s', needs(openssl), (curve, group, digest) => {
  let dir = '';
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'certificates-'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  const file = (name: string, content: string | Uint8Array): string => {
    writeFileSync(join(dir, name), content);
    return name;
  };
  const read = (name: string): string => readFileSync(join(dir, name), 'utf8');
  const run = (...args: string[]): { ok: boolean; text: string } => {
    const { status, stdout, stderr } = spawnSync('openssl', args, { cwd: dir, encoding: 'utf8' });
    return { ok: status === 0, text: `${stdout}${stderr}` };
  };
  const must = (...args: string[]): string => {
    const { ok, text } = run(...args);
    expect([args.join(' '), ok ? '' : text]).toEqual([args.join(' '), '']);
    return text;
  };

  it('verifies our path, with our revocation lists', () => {
    const root = authority(undefined, curve, 'Root', { notBefore: new Date(Date.now() - 60_000) });
    const sub = authority(root, curve, 'Sub', { pathLength: 0, notBefore: new Date(Date.now() - 60_000) });
    const leaf = issue(sub, curve, { notBefore: new Date(Date.now() - 60_000) });
    const gone = issue(sub, curve, { notBefore: new Date(Date.now() - 60_000) });
    const dates = { thisUpdate: new Date(Date.now() - 60_000), nextUpdate: new Date(Date.now() + 3_600_000) };
    const revoked = [
      { serialNumber: gone.certificate.serialNumber, revocationDate: from, reason: 'superseded' as const },
    ];
    const subList = revocations(sub, { ...dates, revoked });
    file('root.pem', formatPem('CERTIFICATE', root.certificate.raw));
    file('sub.pem', formatPem('CERTIFICATE', sub.certificate.raw));
    file('leaf.pem', formatPem('CERTIFICATE', leaf.certificate.raw));
    file('gone.pem', formatPem('CERTIFICATE', gone.certificate.raw));
    file('crls.pem', formatPem('X509 CRL', revocations(root, dates).raw) + formatPem('X509 CRL', subList.raw));
    const strict = [
      'verify',
      '-x509_strict',
      '-check_ss_sig',
      '-crl_check_all',
      '-CRLfile',
      'crls.pem',
      '-CAfile',
      'root.pem',
      '-untrusted',
      'sub.pem',
    ];
    expect(must(...strict, 'leaf.pem')).toContain('leaf.pem: OK');
    expect(run(...strict, 'gone.pem')).toMatchObject({
      ok: false,
      text: expect.stringContaining('certificate revoked'),
    });
    const text = must('x509', '-in', 'leaf.pem', '-noout', '-text', '-certopt', 'ext_error');
    expect(text).toContain('Subject: CN = 4142430000000001');
    expect(text).toMatch(/X509v3 Key Usage: critical\s+Digital Signature\n/);
    expect(must('x509', '-in', 'sub.pem', '-noout', '-text')).toMatch(
      /Basic Constraints: critical\s+CA:TRUE, pathlen:0\n/,
    );
    file('subCrl.pem', formatPem('X509 CRL', subList.raw));
    expect(must('crl', '-in', 'subCrl.pem', '-noout', '-text', '-CAfile', 'sub.pem')).toMatch(
      /verify OK[\s\S]*Superseded|Superseded[\s\S]*verify OK/,
    );
    const changed = leaf.certificate.raw.slice();
    changed[changed.length - 1] = (changed[changed.length - 1] as number) ^ 1;
    file('bad.pem', formatPem('CERTIFICATE', changed));
    expect(run('verify', '-CAfile', 'root.pem', '-untrusted', 'sub.pem', 'bad.pem').ok).toBe(false);
  });

  it('agrees with us about name constraints and the purposes of certificates', () => {
    const subtree = (o: string): Uint8Array => derSequence(derContext(4, true, name({ type: 'O', value: o }).raw));
    const host = (s: string): Uint8Array => derSequence(derContext(2, false, new TextEncoder().encode(s)));
    const san = (s: string): Extension => ({
      oid: '2.5.29.17',
      critical: false,
      value: derSequence(derContext(2, false, new TextEncoder().encode(s))),
    });
    const limits = (n: number, ...subtrees: Uint8Array[]): Extension => ({
      oid: '2.5.29.30',
      critical: false,
      value: derSequence(derContext(n, true, ...subtrees)),
    });
    const subjectOf = (o: string) => name({ type: 'O', value: o }, { type: 'CN', value: formatHex(title) });
    const clientAuth = {
      oid: '2.5.29.37',
      critical: false,
      value: derSequence(derObjectIdentifier('1.3.6.1.5.5.7.3.2')),
    };
    const cases: readonly (readonly [Extension, string, readonly Extension[]])[] = [
      [limits(0, subtree('Utility')), 'Utility', []],
      [limits(0, subtree('Utility')), 'utility  ', []],
      [limits(0, subtree('Utility')), 'Neighbour', []],
      [limits(1, subtree('Utility')), 'UTILITY', []],
      [limits(1, subtree('Neighbour')), 'Utility', []],
      [limits(0, host('example.org')), 'Utility', [san('a.example.org')]],
      [limits(0, host('example.org')), 'Utility', [san('example.com')]],
      [limits(1, host('example.org')), 'Utility', [san('a.example.org')]],
      [limits(0, host('example.org')), 'Utility', []],
      [clientAuth, 'Utility', []],
    ];
    const seen: string[] = [];
    for (const [i, [extension, o, extensions]] of cases.entries()) {
      const dates = { notBefore: new Date(Date.now() - 60_000) };
      const root = authority(undefined, curve, 'Root', dates);
      const sub = authority(root, curve, 'Sub', { ...dates, extensions: [extension] });
      const leaf = issue(sub, curve, { ...dates, subject: subjectOf(o), extensions });
      for (const [file_, one] of [
        ['nr.pem', root],
        ['ns.pem', sub],
        ['nl.pem', leaf],
      ] as const)
        file(file_, formatPem('CERTIFICATE', one.certificate.raw));
      // smimesign asks for digitalSignature, and for purposes of authorities that allow it.
      const theirs = run('verify', '-purpose', 'smimesign', '-CAfile', 'nr.pem', '-untrusted', 'ns.pem', 'nl.pem').ok;
      let ours = true;
      try {
        const options = {
          anchors: [root.certificate],
          intermediates: [sub.certificate],
          revocation: 'unsafely-ignored',
          verifier,
        } as const;
        here(
          validateCertificate(leaf.certificate, {
            ...options,
            now: new Date(),
            purpose: 'digital-signature',
            systemTitle: title,
          }),
        );
      } catch {
        ours = false;
      }
      expect([i, ours]).toEqual([i, theirs]);
      seen.push(ours ? 'y' : 'n');
    }
    expect(seen.join('')).toBe('yynnyynnyn');
  });

  it('verifies our request, and issues a certificate for it that we accept', () => {
    const key = newKey(curve);
    const request = here(
      buildCertificateRequest(
        { subject: systemTitleName(title), publicKey: key.publicKey, type: 'digital-signature' },
        key,
      ),
    );
    file('request.pem', formatPem('CERTIFICATE REQUEST', request.raw));
    expect(must('req', '-in', 'request.pem', '-verify', '-noout')).toContain('verify OK');
    expect(must('req', '-in', 'request.pem', '-noout', '-text')).toMatch(
      /Requested Extensions:\s+X509v3 Key Usage: critical\s+Digital Signature/,
    );
    must(
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      `ec_paramgen_curve:${group}`,
      '-nodes',
      '-keyout',
      'ca.key',
      '-subj',
      '/CN=CA/O=Utility',
      '-out',
      'ca.pem',
      '-days',
      '2',
      `-${digest}`,
      '-addext',
      'keyUsage=critical,keyCertSign,cRLSign',
    );
    must(
      'x509',
      '-req',
      '-in',
      'request.pem',
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-set_serial',
      '0x8001',
      '-days',
      '1',
      `-${digest}`,
      '-copy_extensions',
      'copy',
      '-out',
      'issued.pem',
    );
    const [ca] = parsePem('CERTIFICATE', read('ca.pem')).map(parseCertificate);
    const [issued] = parsePem('CERTIFICATE', read('issued.pem')).map(parseCertificate);
    if (ca === undefined || issued === undefined) throw new Error('no certificate');
    expect(issued.serialNumber).toBe(0x8001n);
    expect(issued.publicKey).toEqual(key.publicKey);
    expect(issued.type).toBe('digital-signature');
    const policy = {
      anchors: [ca],
      now: new Date(),
      purpose: 'digital-signature',
      systemTitle: title,
      revocation: 'unsafely-ignored',
      verifier,
    } as const;
    expect(here(validateCertificate(issued, policy))).toEqual([issued, ca]);
    // openssl writes no authority key identifier here by default, or the SHA-1 one; neither is ours.
    expect(ca.subjectKeyIdentifier).toHaveLength(20);
    const forged = issued.raw.slice();
    forged[forged.length - 1] = (forged.at(-1) as number) ^ 1;
    expect(refusal(() => here(validateCertificate(parseCertificate(forged), policy)))).toMatchObject({
      code: 'security/certificate',
      context: { reason: 'wrong-signature' },
    });
  });

  it('writes requests that we verify', () => {
    must(
      'req',
      '-new',
      '-newkey',
      'ec',
      '-pkeyopt',
      `ec_paramgen_curve:${group}`,
      '-nodes',
      '-keyout',
      'm.key',
      '-subj',
      `/CN=${formatHex(title)}`,
      '-out',
      'm.csr',
      `-${digest}`,
      '-addext',
      'keyUsage=critical,keyAgreement',
    );
    const [der] = parsePem('CERTIFICATE REQUEST', read('m.csr'));
    const request = parseCertificateRequest(der as Uint8Array);
    expect(request.systemTitle).toEqual(title);
    expect(request.keyUsage).toEqual(['keyAgreement']);
    expect(request.publicKey).toEqual(keyFromPem(read('m.key'), curve).publicKey);
    expect(here(verifyCertificateRequest(request, verifier))).toBe(true);
    must('req', '-new', '-key', 'm.key', '-subj', `/CN=${formatHex(title)}`, '-out', 'plain.csr', `-${digest}`);
    const plain = parseCertificateRequest(parsePem('CERTIFICATE REQUEST', read('plain.csr'))[0] as Uint8Array);
    expect(plain.extensions).toEqual([]);
    expect(here(verifyCertificateRequest(plain, verifier))).toBe(true);
  });

  it('writes revocation lists that we read and check', () => {
    const ca = authority(undefined, curve, 'Root', { notBefore: new Date(Date.now() - 60_000) });
    file('root.pem', formatPem('CERTIFICATE', ca.certificate.raw));
    file('root.key', pem(ca.key));
    // Index of `openssl ca`: status, expiry, revocation date and reason, serial number, file, subject.
    file(
      'index.txt',
      'R\t350101000000Z\t250101000000Z,keyCompromise\t1234\tunknown\t/CN=Gone\nV\t350101000000Z\t\t1235\tunknown\t/CN=Good\n',
    );
    file('crlnumber', '2A\n');
    file(
      'ca.cnf',
      '[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ncrlnumber=crlnumber\ndefault_crl_days=1\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid\n',
    );
    must(
      'ca',
      '-config',
      'ca.cnf',
      '-gencrl',
      '-cert',
      'root.pem',
      '-keyfile',
      'root.key',
      '-md',
      digest,
      '-out',
      'list.pem',
    );
    const list = parseRevocationList(parsePem('X509 CRL', read('list.pem'))[0] as Uint8Array);
    expect([...list.revoked.values()]).toEqual([
      { serialNumber: 0x1234n, revocationDate: from, reason: 'keyCompromise' },
    ]);
    expect(list.crlNumber).toBe(0x2an);
    expect(list.authorityKeyIdentifier).toEqual(ca.certificate.subjectKeyIdentifier);
    expect(here(checkRevocationList(list, ca.certificate, new Date(), verifier))).toBe('usable');
    expect(here(checkRevocationList(list, authority(undefined, curve, 'Root').certificate, new Date(), verifier))).toBe(
      'wrong-signature',
    );
    expect(here(checkRevocationList(list, ca.certificate, new Date(Date.now() + 3 * 86_400_000), verifier))).toBe(
      'not-current',
    );
  });

  it('verifies our signatures after conversion, and we verify its', () => {
    const key = newKey(curve);
    file('key.pem', pem(key));
    must('pkey', '-in', 'key.pem', '-pubout', '-out', 'pub.pem');
    for (let i = 0; i < 8; i++) {
      const data = new Uint8Array(20).fill(i);
      file('data', data);
      file('ours.sig', signatureToDer(here(key.sign(data))));
      expect(must('dgst', `-${digest}`, '-verify', 'pub.pem', '-signature', 'ours.sig', 'data')).toContain(
        'Verified OK',
      );
      must('dgst', `-${digest}`, '-sign', 'key.pem', '-out', 'theirs.sig', 'data');
      const raw = signatureFromDer(new Uint8Array(readFileSync(join(dir, 'theirs.sig'))), curve);
      expect(here(verifier.verify(key.publicKey, data, raw))).toBe(true);
      expect(here(verifier.verify(key.publicKey, data.subarray(1), raw))).toBe(false);
    }
  });
});
