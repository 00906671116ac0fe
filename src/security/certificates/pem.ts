import { DlmsError } from '../../core/errors.js';

/** Labels of the PEM blocks (RFC 7468) that this library reads and writes; private keys are not among them. */
export type PemLabel = 'CERTIFICATE' | 'CERTIFICATE REQUEST' | 'X509 CRL';

/** Formats DER as PEM text: the label lines, and base64 in lines of 64 characters. */
export function formatPem(label: PemLabel, bytes: Uint8Array): string {
  let binary = '';
  for (const octet of bytes) binary += String.fromCharCode(octet);
  const lines = btoa(binary).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

/**
 * The blocks with this label in a text, in order (a chain file has several); any text around them is skipped.
 * @throws DlmsError `parse/invalid-text`
 */
export function parsePem(label: PemLabel, text: string): readonly Uint8Array[] {
  const blocks: Uint8Array[] = [];
  const begin = `-----BEGIN ${label}-----`;
  const end = `-----END ${label}-----`;
  for (let at = text.indexOf(begin); at >= 0; at = text.indexOf(begin, at)) {
    const from = at + begin.length;
    const to = text.indexOf(end, from);
    const body = text.slice(from, to < 0 ? undefined : to).replace(/\s/g, '');
    if (to < 0 || body.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(body))
      throw new DlmsError('parse/invalid-text', {
        offset: from,
        expected: to < 0 ? end : 'base64',
        actual: to < 0 ? 'the end of the text' : 'other characters',
      });
    blocks.push(Uint8Array.from(atob(body), (c) => c.charCodeAt(0)));
    at = to + end.length;
  }
  if (blocks.length === 0)
    throw new DlmsError('parse/invalid-text', { offset: 0, expected: begin, actual: 'no such block' });
  return blocks;
}
