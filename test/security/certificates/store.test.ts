import { describe, expect, it } from 'vitest';
import { concat } from '../../../src/core/bytes.js';
import { isDlmsError } from '../../../src/core/errors.js';
import { type CertificateIdentification, CertificateStore, type CertificateType, name } from '../../../src/security/certificates/index.js';
import { newKey } from './keys.js';
import { authority, issue, otherTitle, title } from './pki.js';

const root = authority(undefined, 'P-256', 'Root');
const own = issue(root, 'P-256');
const client = issue(root, 'P-256', { subject: nameOf('4142430000000002') });
const machine = issue(root, 'P-256', { subject: nameOf('web server'), type: 'tls' });
function nameOf(cn: string) {
  return name({ type: 'CN', value: cn });
}
const refusal = (f: () => unknown): string => {
  try {
    f();
  } catch (e) {
    if (isDlmsError(e, 'security/certificate')) return e.context.reason;
    if (isDlmsError(e)) return e.code;
    throw e;
  }
  return 'done';
};
const byEntity = (
  certificateEntity: 'server' | 'client' | 'certification-authority' | 'other',
  systemTitle: Uint8Array,
  certificateType: CertificateType = 'digital-signature',
) => ({ type: 'entity', value: { certificateEntity, certificateType, systemTitle } }) as const;

describe('the certificate store', () => {
  const all = [root, own, client, machine].map((i) => i.certificate.raw);
  it('sorts certificates by entity and lists them as attribute 6 does', () => {
    const store = new CertificateStore({ systemTitle: title, certificates: all });
    expect(store.list().map((c) => [c.certificateEntity, c.certificateType])).toEqual([
      ['certification-authority', 'other'],
      ['server', 'digital-signature'],
      ['client', 'digital-signature'],
      ['other', 'tls'],
    ]);
    expect(store.list()[1]).toMatchObject({ issuer: root.certificate.subject.raw, subject: own.certificate.subject.raw, subjectAltName: new Uint8Array(0) });
    expect(store.octets()).toEqual(all);
    expect(store.authorities()).toEqual([root.certificate]);
    expect(store.find(otherTitle, 'digital-signature')).toEqual(client.certificate);
    expect(store.find(otherTitle, 'key-agreement')).toBeUndefined();
  });
  it('exports and removes by entity', () => {
    const store = new CertificateStore({ systemTitle: title, certificates: all });
    expect(store.export(byEntity('server', title))).toEqual(own.certificate.raw);
    expect(store.export(byEntity('client', otherTitle))).toEqual(client.certificate.raw);
    expect(store.export(byEntity('other', new Uint8Array(0), 'tls'))).toEqual(machine.certificate.raw);
    for (const wrong of [byEntity('client', title), byEntity('server', otherTitle), byEntity('server', new Uint8Array(0)), byEntity('server', title, 'tls')])
      expect(refusal(() => store.export(wrong))).toBe('not-found');
    expect(store.remove(byEntity('server', title)).certificate).toEqual(own.certificate);
    expect(refusal(() => store.remove(byEntity('server', title)))).toBe('not-found');
    expect(store.entries).toHaveLength(3);
  });
  it('exports and removes by serial number and issuer, in each form seen', () => {
    const small = issue(root, 'P-256', { serialNumber: 0x80n });
    const store = new CertificateStore({ systemTitle: otherTitle, certificates: [small.certificate.raw, client.certificate.raw] });
    const [listed] = store.list();
    expect(listed?.serialNumber).toEqual(new Uint8Array([0, 0x80]));
    const id = (serialNumber: readonly number[], issuer = root.certificate.subject.raw): CertificateIdentification => ({
      type: 'serial',
      value: { serialNumber: new Uint8Array(serialNumber), issuer },
    });
    for (const form of [[0, 0x80], [0x80], [2, 2, 0, 0x80]]) expect(store.export(id(form))).toEqual(small.certificate.raw);
    for (const form of [[], [0], [0x80, 0], [2, 1, 0x80]]) expect([form, refusal(() => store.export(id(form)))]).toEqual([form, 'not-found']);
    expect(refusal(() => store.export(id([0x80], client.certificate.subject.raw)))).toBe('not-found');
    store.remove(id([0x80]));
    expect(store.entries.map((e) => e.certificate)).toEqual([client.certificate]);
  });
  it('replaces the certificate of the same owner and type only', () => {
    const store = new CertificateStore({ systemTitle: title, certificates: all });
    const renewed = issue(root, 'P-256');
    const agreement = issue(root, 'P-256', { type: 'key-agreement' });
    store.import(renewed.certificate.raw);
    store.import(agreement.certificate.raw);
    expect(store.entries.map((e) => e.certificate.serialNumber)).toEqual([root, client, machine, renewed, agreement].map((i) => i.certificate.serialNumber));
    store.import(renewed.certificate.raw);
    expect(store.entries).toHaveLength(5);
  });
  it('keeps several authorities and refuses to guess between them', () => {
    const store = new CertificateStore({
      systemTitle: title,
      certificates: [root.certificate.raw, authority(undefined, 'P-256', 'Other root').certificate.raw],
    });
    const any = byEntity('certification-authority', new Uint8Array(0), 'other');
    expect(refusal(() => store.remove(any))).toBe('ambiguous');
    expect(store.entries).toHaveLength(2);
  });
  it('is bounded', () => {
    const store = new CertificateStore({ systemTitle: title, limit: 2 });
    for (const i of [root, own]) store.import(i.certificate.raw);
    expect(refusal(() => store.import(client.certificate.raw))).toBe('store-full');
    store.import(issue(root, 'P-256').certificate.raw);
    expect(store.entries).toHaveLength(2);
    expect(refusal(() => store.import(concat(client.certificate.raw, client.certificate.raw)))).toBe('decode/trailing-bytes');
  });
  it('refuses an own certificate for another key, and two with one number', () => {
    const store = new CertificateStore({ systemTitle: title, ownPublicKey: (type) => (type === 'digital-signature' ? own.key.publicKey : undefined) });
    store.import(own.certificate.raw);
    expect(refusal(() => store.import(issue(root, 'P-256', {}, newKey('P-256')).certificate.raw))).toBe('wrong-key');
    expect(refusal(() => store.import(issue(root, 'P-256', { type: 'key-agreement' }, own.key).certificate.raw))).toBe('wrong-key');
    expect(refusal(() => store.import(issue(root, 'P-256', { serialNumber: own.certificate.serialNumber }, own.key).certificate.raw))).toBe(
      'duplicate-serial-number',
    );
    expect(store.entries.map((e) => e.certificate)).toEqual([own.certificate]);
    expect(refusal(() => new CertificateStore({ systemTitle: title.subarray(1) }))).toBe('encode/invalid-value');
  });
  it('gives nothing out that could be changed', () => {
    const store = new CertificateStore({ systemTitle: title, certificates: all });
    store.export(byEntity('server', title)).fill(0);
    for (const info of store.list()) info.issuer.fill(0);
    for (const octets of store.octets()) octets.fill(0);
    expect(store.octets()).toEqual(all);
  });
});
