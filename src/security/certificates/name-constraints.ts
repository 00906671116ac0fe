import { equalBytes, latin1 } from '../../core/bytes.js';
import { isDlmsError } from '../../core/errors.js';
import type { Certificate } from './certificate.js';
import { type DerElement, DerReader, derTag } from './der.js';
import { readObjectIdentifier, readSmallInteger, readString } from './der-values.js';
import { sameName } from './name.js';
import { oid } from './object-identifiers.js';
import { refuse } from './refusal.js';

// Name constraints of an authority (RFC 5280, 4.2.1.10). They count whether or not they are critical: whoever wrote
// them meant them.

/** Identifier octets of a GeneralName. */
const form = { mailbox: 0x81, host: 0x82, directory: 0xa4, address: 0x87 } as const;

interface Constraints {
  readonly permitted: readonly DerElement[];
  readonly excluded: readonly DerElement[];
}

/**
 * Checks every certificate of a path (leaf first) against the constraints of all authorities above it. Names of a form
 * that is constrained but not understood here (anything but directory names, mailboxes, host names and IP addresses)
 * are refused; so is everything below constraints that cannot be decoded.
 */
export function checkNames(path: readonly Certificate[]): void {
  for (const [i, authority] of path.entries()) {
    const extension = authority.extensions.find((e) => e.oid === oid.nameConstraints);
    if (i === 0 || extension === undefined) continue;
    for (const [j, certificate] of path.slice(0, i).entries()) {
      // An authority that renews itself keeps the name that was allowed before.
      if (j > 0 && sameName(certificate.subject, certificate.issuer)) continue;
      if (!understood(() => allowed(certificate, readConstraints(extension.value))))
        refuse('name-not-permitted', certificate);
    }
  }
}
function understood(check: () => boolean): boolean {
  try {
    return check();
  } catch (e) {
    if (isDlmsError(e)) return false;
    throw e;
  }
}

function readConstraints(value: Uint8Array): Constraints {
  const file = new DerReader(value);
  const r = file.sequence('NameConstraints');
  file.end();
  const permitted = readSubtrees(r, 0xa0);
  const excluded = readSubtrees(r, 0xa1);
  r.end();
  return { permitted, excluded };
}
function readSubtrees(r: DerReader, tag: number): readonly DerElement[] {
  const element = r.optional(tag);
  if (element === undefined) return [];
  const list = r.open(element);
  const bases: DerElement[] = [];
  while (!list.done) {
    const subtree = list.sequence('GeneralSubtree');
    bases.push(subtree.element());
    // RFC 5280 does not use minimum and maximum, so the minimum must be its default, 0.
    const minimum = subtree.optional(0x80);
    if (minimum !== undefined) readSmallInteger(minimum, 0);
    subtree.end();
  }
  return bases;
}

function allowed(certificate: Certificate, { permitted, excluded }: Constraints): boolean {
  return namesOf(certificate).every((name) => {
    const same = (base: DerElement): boolean => base.tag === name.tag;
    if (excluded.some((base) => same(base) && (!isUnderstood(name) || within(name, base)))) return false;
    const wanted = permitted.filter(same);
    return wanted.length === 0 || (isUnderstood(name) && wanted.some((base) => within(name, base)));
  });
}
const isUnderstood = ({ tag }: DerElement): boolean => (Object.values(form) as readonly number[]).includes(tag);

/** Every name that the certificate gives its holder: the subject, the mailboxes in it, and the alternative names. */
function namesOf(certificate: Certificate): readonly DerElement[] {
  const { subject, subjectAltName } = certificate;
  const names: DerElement[] = [];
  if (subject.raw.length > 2) names.push({ tag: form.directory, content: subject.raw, raw: subject.raw, offset: 0 });
  for (const relative of relativeNames(subject.raw))
    for (const { type, value } of relative) if (type === oid.emailAddress) names.push({ ...value, tag: form.mailbox });
  if (subjectAltName === undefined) return names;
  const list = new DerReader(subjectAltName).sequence('GeneralNames');
  while (!list.done) names.push(list.element());
  return names;
}

function within(name: DerElement, base: DerElement): boolean {
  switch (name.tag) {
    case form.directory: {
      const [below, above] = [relativeNames(name.content), relativeNames(base.content)];
      return above.length <= below.length && above.every((relative, i) => sameRelative(relative, below[i] ?? []));
    }
    case form.host:
      return hostWithin(text(name), text(base));
    case form.mailbox: {
      const [whole, wanted] = [text(name), text(base)];
      const at = whole.lastIndexOf('@');
      if (wanted.includes('@'))
        return (
          whole.slice(0, at) === wanted.slice(0, wanted.lastIndexOf('@')) &&
          sameHost(whole.slice(at), wanted.slice(wanted.lastIndexOf('@')))
        );
      const host = whole.slice(at + 1).toLowerCase();
      return at > 0 && (wanted.startsWith('.') ? host.endsWith(wanted.toLowerCase()) : sameHost(host, wanted));
    }
    default: {
      const { content: address } = name;
      const { content: range } = base;
      return (
        range.length === 2 * address.length &&
        address.every((octet, i) => ((octet ^ (range[i] as number)) & (range[address.length + i] as number)) === 0)
      );
    }
  }
}
/**
 * Hosts with labels added on the left match; a constraint that begins with a dot requires at least one more label. An
 * empty constraint matches every host.
 */
function hostWithin(host: string, base: string): boolean {
  const [h, b] = [host.toLowerCase(), base.toLowerCase()];
  return b === '' || h === b || h.endsWith(b.startsWith('.') ? b : `.${b}`);
}
const sameHost = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
const text = ({ content }: DerElement): string => latin1(content);

interface Attribute {
  readonly type: string;
  readonly value: DerElement;
}
/** The relative distinguished names of a Name (DER), each with its attributes. */
function relativeNames(raw: Uint8Array): readonly (readonly Attribute[])[] {
  const file = new DerReader(raw);
  const list = file.sequence('Name');
  file.end();
  const names: Attribute[][] = [];
  while (!list.done) {
    const relative = list.sequence('RelativeDistinguishedName', derTag.set);
    const attributes: Attribute[] = [];
    while (!relative.done) {
      const pair = relative.sequence('AttributeTypeAndValue');
      const type = readObjectIdentifier(pair.expect(derTag.objectIdentifier, 'attribute type'));
      attributes.push({ type, value: pair.element() });
      pair.end();
    }
    names.push(attributes);
  }
  return names;
}
const sameRelative = (a: readonly Attribute[], b: readonly Attribute[]): boolean =>
  a.length === b.length &&
  a.every((one) => b.some((other) => one.type === other.type && sameValue(one.value, other.value)));
/** Texts are compared as people read them, so that another spelling does not get around an excluded name. */
function sameValue(a: DerElement, b: DerElement): boolean {
  const [x, y] = [readString(a), readString(b)];
  return x === undefined || y === undefined ? equalBytes(a.raw, b.raw) : folded(x) === folded(y);
}
const folded = (s: string): string => s.normalize('NFKC').toLowerCase().trim().replace(/\s+/g, ' ');
