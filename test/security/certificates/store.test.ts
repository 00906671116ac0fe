import { describe, expect, it } from 'vitest';
import { concat } from '../../../src/core/bytes.js';
import { isDlmsError } from '../../../src/core/errors.js';
import {
  type CertificateFields,
  type CertificateSelection,
  CertificateStore,
  type CertificateStoreOptions,
  type CertificateUse,
  type ImportContext,
  name,
  type StoredOctets,
} from '../../../src/security/certificates/index.js';
import { laterVerifier, newKey, verifier } from './keys.js';
import { authority, from, type Issued, issue, now, otherTitle, revocations, title, until } from './pki.js';

const root = authority(undefined, 'P-256', 'Root');
const own = issue(root, 'P-256');
const client = issue(root, 'P-256', { subject: nameOf('4142430000000002') });
const machine = issue(root, 'P-256', { subject: nameOf('web server'), type: 'tls' });
function nameOf(cn: string) {
  return name({ type: 'CN', value: cn });
}
const refusal = async (f: () => unknown): Promise<string> => {
  try {
    await f();
  } catch (e) {
    if (isDlmsError(e, 'security/certificate')) return e.context.reason;
    if (isDlmsError(e)) return e.code;
    throw e;
  }
  return 'done';
};
const storeOf = (change: Partial<CertificateStoreOptions> = {}): CertificateStore =>
  new CertificateStore({
    systemTitle: title,
    verifier,
    anchors: [root.certificate],
    revocation: whenAvailable,
    now: () => now,
    ...change,
  });
const whenAvailable = { policy: 'when-available', lists: [] } as const;
const later = (seconds: number): Date => new Date(from.getTime() + 1000 * seconds);
const byEntity = (
  certificateEntity: 'server' | 'client' | 'certification-authority' | 'other',
  systemTitle: Uint8Array,
  certificateType: CertificateUse = 'digital-signature',
) => ({ type: 'entity', value: { certificateEntity, certificateType, systemTitle } }) as const;

describe('a listener that throws', () => {
  it('does not have a change refused that is stored, nor the other listeners forgotten', async () => {
    const persisted: StoredOctets[] = [];
    const errors: unknown[] = [];
    const fault = new Error('a fault of the application');
    const store = storeOf({ persist: (octets) => void persisted.push(octets), onError: (e) => errors.push(e) });
    let told = 0;
    store.onChange(() => {
      throw fault;
    });
    store.onChange(() => void told++);
    await store.import(client.certificate.raw);
    await store.remove(byEntity('client', Uint8Array.of(0x41, 0x42, 0x43, 0, 0, 0, 0, 2)));
    expect([persisted.length, store.entries.length, told]).toEqual([2, 0, 2]);
    expect(errors).toEqual([fault, fault]);
    const silent = storeOf({
      onError: () => {
        throw new Error('a second fault');
      },
    });
    silent.onChange(() => Promise.reject(fault));
    await silent.import(client.certificate.raw);
    expect(silent.entries).toHaveLength(1);
    // Work for later fails for whoever does it.
    const work: (() => Promise<void>)[] = [];
    await silent.import(own.certificate.raw, { own: () => [own.key.publicKey], later: (w) => work.push(w) });
    await expect(work[0]!()).rejects.toBe(fault);
  });
});

describe('the certificate store', () => {
  const all = [root, own, client, machine].map((i) => i.certificate.raw);
  it('sorts certificates by entity and lists them as attribute 6 does', () => {
    const store = storeOf({ certificates: all });
    expect(store.list().map((c) => [c.certificateEntity, c.certificateType])).toEqual([
      ['certification-authority', 'other'],
      ['server', 'digital-signature'],
      ['client', 'digital-signature'],
      ['other', 'tls'],
    ]);
    expect(store.list()[1]).toMatchObject({
      issuer: root.certificate.subject.raw,
      subject: own.certificate.subject.raw,
      subjectAltName: new Uint8Array(0),
    });
    expect(store.octets().certificates).toEqual(all);
    expect(store.authorities()).toEqual([root.certificate]);
    expect(store.find(otherTitle, 'digital-signature')).toEqual(client.certificate);
    expect(store.find(otherTitle, 'key-agreement')).toBeUndefined();
  });
  it('exports and removes by entity', async () => {
    const store = storeOf({ certificates: all });
    expect(store.export(byEntity('server', title))).toEqual(own.certificate.raw);
    expect(store.export(byEntity('client', otherTitle))).toEqual(client.certificate.raw);
    expect(store.export(byEntity('other', new Uint8Array(0), 'tls'))).toEqual(machine.certificate.raw);
    for (const wrong of [
      byEntity('client', title),
      byEntity('server', otherTitle),
      byEntity('server', new Uint8Array(0)),
      byEntity('server', title, 'tls'),
    ])
      expect(await refusal(() => store.export(wrong))).toBe('not-found');
    expect((await store.remove(byEntity('server', title))).certificate).toEqual(own.certificate);
    expect(await refusal(() => store.remove(byEntity('server', title)))).toBe('not-found');
    expect(store.entries).toHaveLength(3);
  });
  it('exports and removes by serial number and issuer, in each form seen', async () => {
    const small = issue(root, 'P-256', { serialNumber: 0x80n });
    const store = storeOf({ systemTitle: otherTitle, certificates: [small.certificate.raw, client.certificate.raw] });
    const [listed] = store.list();
    expect(listed?.serialNumber).toEqual(new Uint8Array([0, 0x80]));
    const id = (serialNumber: readonly number[], issuer = root.certificate.subject.raw): CertificateSelection => ({
      type: 'serial',
      value: { serialNumber: new Uint8Array(serialNumber), issuer },
    });
    for (const form of [[0, 0x80], [0x80], [2, 2, 0, 0x80]])
      expect(store.export(id(form))).toEqual(small.certificate.raw);
    for (const form of [[], [0], [0x80, 0], [2, 1, 0x80]])
      expect([form, await refusal(() => store.export(id(form)))]).toEqual([form, 'not-found']);
    expect(await refusal(() => store.export(id([0x80], client.certificate.subject.raw)))).toBe('not-found');
    await store.remove(id([0x80]));
    expect(store.entries.map((e) => e.certificate)).toEqual([client.certificate]);
  });
  it('replaces the certificate of the same owner and type only, by a newer one', async () => {
    const store = storeOf({ certificates: all });
    const own_ = { own: () => [renewed.key.publicKey, agreement.key.publicKey] };
    const renewed = issue(root, 'P-256', { notBefore: later(1) });
    const agreement = issue(root, 'P-256', { type: 'key-agreement' });
    await store.import(renewed.certificate.raw, own_);
    await store.import(agreement.certificate.raw, own_);
    expect(store.entries.map((e) => e.certificate.serialNumber)).toEqual(
      [root, client, machine, renewed, agreement].map((i) => i.certificate.serialNumber),
    );
    const { version } = store;
    await store.import(renewed.certificate.raw, own_);
    expect([store.entries.length, store.version]).toEqual([5, version]);
    const again = (change: Partial<CertificateFields>) =>
      refusal(() => store.import(issue(root, 'P-256', change, renewed.key).certificate.raw, own_));
    expect(await again({ notBefore: later(0) })).toBe('not-newer');
    expect(await again({ notBefore: later(1) })).toBe('not-newer');
    expect(await again({ notBefore: later(1), notAfter: new Date(until.getTime() + 1000) })).toBe('done');
    expect(await again({ notBefore: later(2), notAfter: now })).toBe('done');
  });
  it('keeps both certificates of an authority that changes its key, and refuses to guess between them', async () => {
    const store = storeOf();
    const [old, rekeyed] = [authority(root, 'P-256', 'Sub'), authority(root, 'P-256', 'Sub', { notBefore: later(1) })];
    await store.import(old.certificate.raw);
    await store.import(rekeyed.certificate.raw);
    expect(store.authorities()).toHaveLength(2);
    const any = byEntity('certification-authority', new Uint8Array(0), 'other');
    expect(await refusal(() => store.remove(any))).toBe('ambiguous');
    const renewed = authority(root, 'P-256', 'Sub', { notBefore: later(2) }, old.key);
    await store.import(renewed.certificate.raw);
    expect(store.authorities().map((c) => c.serialNumber)).toEqual(
      [rekeyed, renewed].map((i) => i.certificate.serialNumber),
    );
    // What it certifies is taken through it.
    await store.import(issue(renewed, 'P-256', { subject: nameOf('4142430000000002') }).certificate.raw);
  });
  it('takes nothing that no anchor vouches for, authorities included, and nothing for no purpose', async () => {
    const store = storeOf();
    const stranger = authority(undefined, 'P-256', 'Root');
    const refused = [
      [stranger, 'no-trusted-issuer'],
      [issue(stranger, 'P-256', { subject: nameOf('4142430000000002') }), 'no-trusted-issuer'],
      [
        issue(stranger, 'P-256', { subject: nameOf('4142430000000002'), issuerPublicKey: root.key.publicKey }),
        'wrong-signature',
      ],
      [issue(root, 'P-256', { subject: nameOf('4142430000000002'), type: 'other' }), 'wrong-usage'],
      [issue(root, 'P-256', { subject: nameOf('Somebody') }), 'wrong-system-title'],
      [issue(root, 'P-256', { subject: nameOf('4142430000000002'), notAfter: later(1) }), 'expired'],
    ] as const;
    for (const [one, reason] of refused)
      expect([reason, await refusal(() => store.import(one.certificate.raw))]).toEqual([reason, reason]);
    expect([store.entries, store.version]).toEqual([[], 0]);
    for (const one of [root, client, machine]) await store.import(one.certificate.raw);
    expect(store.entries).toHaveLength(3);
    expect(await refusal(() => storeOf({ anchors: [] }).import(client.certificate.raw))).toBe('no-anchors');
    expect(
      await refusal(() => new CertificateStore({ systemTitle: title, verifier, anchors: [root.certificate] })),
    ).toBe('encode/invalid-value');
  });
  it('is bounded in number, in number of a kind, and in octets', async () => {
    const store = storeOf({ limits: { certificates: 3, ofOneKind: 2, octets: 700 } });
    const of = (i: number, change: Partial<CertificateFields> = {}) =>
      issue(root, 'P-256', { subject: nameOf(`414243000000000${i}`), ...change }).certificate.raw;
    await store.import(of(2));
    await store.import(of(3));
    expect(await refusal(() => store.import(of(4)))).toBe('store-full');
    await store.import(of(3, { notBefore: later(1) }));
    await store.import(of(4, { type: 'key-agreement' }));
    expect(await refusal(() => store.import(of(5, { type: 'key-agreement' })))).toBe('store-full');
    expect(store.entries).toHaveLength(3);
    const long = { oid: '1.3.6.1.4.1.99999.1', critical: false, value: new Uint8Array(400) };
    expect(await refusal(() => store.import(of(3, { extensions: [long] })))).toBe('too-large');
    expect(await refusal(() => store.import(concat(of(6), of(7))))).toBe('too-large');
    expect(await refusal(() => storeOf().import(concat(of(6), of(7))))).toBe('decode/trailing-bytes');
    expect(await refusal(() => storeOf({ certificates: all, limits: { certificates: 3 } }))).toBe('store-full');
  });
  it('refuses an own certificate for another key, and two with one number', async () => {
    const store = storeOf();
    const context: ImportContext = { own: (type) => (type === 'digital-signature' ? [own.key.publicKey] : []) };
    const put = (certificate: Issued, c: ImportContext = context) =>
      refusal(() => store.import(certificate.certificate.raw, c));
    expect(await put(own, {})).toBe('wrong-key');
    expect(await put(own)).toBe('done');
    expect(await put(issue(root, 'P-256', { notBefore: later(1) }, newKey('P-256')))).toBe('wrong-key');
    expect(await put(issue(root, 'P-256', { type: 'key-agreement' }, own.key))).toBe('wrong-key');
    expect(
      await put(issue(root, 'P-256', { serialNumber: own.certificate.serialNumber, notBefore: later(1) }, own.key)),
    ).toBe('duplicate-serial-number');
    expect(store.entries.map((e) => e.certificate)).toEqual([own.certificate]);
    expect(await refusal(() => storeOf({ systemTitle: title.subarray(1) }))).toBe('encode/invalid-value');
  });
  it('stores first: what cannot be kept is not there, and what was prepared is undone', async () => {
    let fails = false;
    const kept: StoredOctets[] = [];
    const persist = (octets: StoredOctets): void => {
      if (fails) throw new Error('the flash is worn out');
      kept.push(octets);
    };
    const store = storeOf({ persist });
    const done: string[] = [];
    const context: ImportContext = {
      before: () => {
        done.push('before');
        return () => void done.push('undone');
      },
      later: () => void done.push('later'),
    };
    fails = true;
    await expect(store.import(client.certificate.raw, context)).rejects.toThrow('worn out');
    expect([store.entries, done]).toEqual([[], ['before', 'undone']]);
    fails = false;
    await store.import(client.certificate.raw, context);
    expect([store.entries.length, kept.at(-1), done.slice(2)]).toEqual([
      1,
      { certificates: [client.certificate.raw], revocationLists: [] },
      ['before', 'later'],
    ]);
    fails = true;
    await expect(store.remove(byEntity('client', otherTitle))).rejects.toThrow('worn out');
    expect(store.entries).toHaveLength(1);
    expect(await refusal(() => store.remove(byEntity('client', otherTitle), { needed: () => true }))).toBe('in-use');
    const failing: ImportContext = {
      before: () => {
        throw new Error('no');
      },
    };
    await expect(store.import(machine.certificate.raw, failing)).rejects.toThrow('no');
    expect(store.entries).toHaveLength(1);
  });
  it('of two imports at once, each sees what the other left', async () => {
    const store = storeOf({ limits: { certificates: 1 }, verifier: laterVerifier });
    const results = await Promise.all([client, machine].map((i) => refusal(() => store.import(i.certificate.raw))));
    expect(results).toEqual(['done', 'store-full']);
  });
  it('gives nothing out that could be changed', () => {
    const store = storeOf({ certificates: all });
    store.export(byEntity('server', title)).fill(0);
    for (const info of store.list()) info.issuer.fill(0);
    for (const octets of store.octets().certificates) octets.fill(0);
    expect(store.octets().certificates).toEqual(all);
  });
});

describe('a trusted key', () => {
  const sub = authority(root, 'P-256', 'Sub', { notAfter: later(100) });
  const signer = issue(sub, 'P-256', { subject: nameOf('4142430000000002'), notAfter: later(50) });
  const certificates = [sub, signer].map((i) => i.certificate.raw);
  const end = later(51).getTime();
  it('counts until the first certificate of the path is over, or the list that is required', async () => {
    let t = later(10);
    const at = { now: () => t, certificates };
    const trusted = (store: CertificateStore) => store.trusted(otherTitle, 'digital-signature');
    expect(await trusted(storeOf(at))).toEqual({ publicKey: signer.key.publicKey, until: end });
    const shortAuthority = authority(root, 'P-256', 'Short', { notAfter: later(20) });
    const below = issue(shortAuthority, 'P-256', { subject: nameOf('4142430000000002'), notAfter: later(50) });
    expect(
      await trusted(storeOf({ ...at, certificates: [shortAuthority, below].map((i) => i.certificate.raw) })),
    ).toMatchObject({
      until: later(21).getTime(),
    });
    const lists = [
      revocations(root, { thisUpdate: from, nextUpdate: later(90) }),
      revocations(sub, { thisUpdate: from, nextUpdate: later(30) }),
    ];
    expect(await trusted(storeOf({ ...at, revocation: { policy: 'required', lists } }))).toMatchObject({
      until: later(30).getTime() + 1,
    });
    expect(await trusted(storeOf({ ...at, revocation: { policy: 'required', lists: [] } }))).toBeUndefined();
    const store = storeOf(at);
    expect(await trusted(store)).toMatchObject({ until: end });
    t = later(51);
    expect(await trusted(store)).toBeUndefined();
    expect(await store.trusted(title, 'digital-signature')).toBeUndefined();
    expect(await storeOf({ certificates, anchors: [] }).trusted(otherTitle, 'digital-signature')).toBeUndefined();
  });
  it('that is found while its certificate is replaced is not remembered', async () => {
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    let waits = true;
    const slow = {
      verify: async (...args: Parameters<typeof verifier.verify>) => {
        if (waits) await gate;
        return verifier.verify(...args);
      },
    };
    const store = storeOf({ now: () => later(10), certificates, verifier: slow });
    const asked = store.trusted(otherTitle, 'digital-signature');
    waits = false;
    const renewed = issue(root, 'P-256', { subject: nameOf('4142430000000002'), notBefore: later(1) });
    await store.import(renewed.certificate.raw);
    open();
    await asked;
    expect(await store.trusted(otherTitle, 'digital-signature')).toMatchObject({ publicKey: renewed.key.publicKey });
  });
  it('costs an attacker who repeats the title of a client nothing: believed once, no signature is verified again', async () => {
    let calls = 0;
    const counted = {
      verify: (...args: Parameters<typeof verifier.verify>) => {
        calls++;
        return verifier.verify(...args);
      },
    };
    const store = storeOf({ now: () => later(10), certificates, verifier: counted });
    for (let i = 0; i < 1000; i++)
      expect(await store.trusted(otherTitle, 'digital-signature')).toMatchObject({ until: end });
    expect(calls).toBe(2);
    await store.import(issue(root, 'P-256', { subject: nameOf('4142430000000003') }).certificate.raw);
    expect(await store.trusted(otherTitle, 'digital-signature')).toMatchObject({ until: end });
    expect(calls).toBe(5);
  });
});

describe('revocation lists', () => {
  const sub = authority(root, 'P-256', 'Sub');
  const signer = issue(sub, 'P-256', { subject: nameOf('4142430000000002') });
  const certificates = [sub, signer].map((i) => i.certificate.raw);
  const entry = { serialNumber: signer.certificate.serialNumber, revocationDate: from };
  it('that the application brings count at once, are kept, and do not go back', async () => {
    const kept: StoredOctets[] = [];
    const store = storeOf({ certificates, persist: (octets) => void kept.push(octets) });
    const trusted = async (): Promise<boolean> => (await store.trusted(otherTitle, 'digital-signature')) !== undefined;
    expect(await trusted()).toBe(true);
    const clear = revocations(sub, { crlNumber: 1n });
    const listed = revocations(sub, { crlNumber: 2n, revoked: [entry] });
    await store.importRevocationList(clear.raw);
    expect(await trusted()).toBe(true);
    await store.importRevocationList(listed.raw);
    expect(await trusted()).toBe(false);
    expect(kept.at(-1)?.revocationLists).toEqual([listed.raw]);
    expect(await refusal(() => store.importRevocationList(clear.raw))).toBe('not-newer');
    expect(await refusal(() => store.importRevocationList(listed.raw))).toBe('done');
    expect(store.revocationLists.map((l) => l.crlNumber)).toEqual([2n]);
    // A revoked certificate is not imported either.
    const another = storeOf({
      certificates: [sub.certificate.raw],
      revocation: { policy: 'when-available', lists: store.revocationLists },
    });
    expect(await refusal(() => another.import(signer.certificate.raw))).toBe('revoked');
  });
  it('that a stranger signed, that are over, or of an authority that is revoked, are not taken', async () => {
    const store = storeOf({ certificates });
    const stranger = authority(undefined, 'P-256', 'Sub');
    const taking = (list: { readonly raw: Uint8Array }) => refusal(() => store.importRevocationList(list.raw));
    expect(await taking(revocations(stranger))).toBe('revocation-unknown');
    expect(await taking(revocations(authority(undefined, 'P-256', 'Stranger')))).toBe('no-trusted-issuer');
    expect(await taking(revocations(sub, { nextUpdate: new Date(now.getTime() - 1000) }))).toBe('revocation-unknown');
    await store.importRevocationList(
      revocations(root, { revoked: [{ serialNumber: sub.certificate.serialNumber, revocationDate: from }] }).raw,
    );
    expect(await taking(revocations(sub))).toBe('revoked');
    expect(
      await refusal(() => storeOf({ revocation: 'unsafely-ignored' }).importRevocationList(revocations(root).raw)),
    ).toBe('security/unsupported');
    expect(store.revocationLists).toHaveLength(1);
  });
  it('where they are required, come from the root downwards', async () => {
    const store = storeOf({ certificates, revocation: { policy: 'required', lists: [] } });
    const trusted = async (): Promise<boolean> => (await store.trusted(otherTitle, 'digital-signature')) !== undefined;
    expect(await trusted()).toBe(false);
    await store.importRevocationList(revocations(sub).raw);
    expect(await trusted()).toBe(false);
    await store.importRevocationList(revocations(root).raw);
    expect(await trusted()).toBe(true);
  });
});
