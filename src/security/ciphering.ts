import { concat } from '../core/bytes.js';
import { DlmsError } from '../core/errors.js';
import { formatHex } from '../core/hex.js';
import { andThen } from '../core/maybe.js';
import type { MaybePromise } from '../core/promise.js';
import type { CryptoProvider, KeyHandle, Octets } from './provider.js';
import { parseSecurityControl, type SecurityControl } from './security-control.js';
import { securityHeaderLength, tagLength } from './suites.js';

// The octets inside a ciphered APDU: security header (control octet, invocation counter), content, tag (Green Book 9.2.7.2.4).

/** What the cipher needs beside the content. */
export interface CipherInput {
  readonly provider: CryptoProvider;
  /** Encryption key EK. */
  readonly key: KeyHandle;
  /** Authentication key AK. Absent only in profiles that leave it out of the authenticated data (GBCS). */
  readonly authenticationKey: KeyHandle | undefined;
  /** System title of the sender: the first 8 octets of the IV. */
  readonly systemTitle: Uint8Array;
  /** Authenticated after the AK; general-ciphering puts its header fields here, each with its length. */
  readonly extra?: Uint8Array | undefined;
}

/** The first five octets of ciphered content. */
export interface SecurityHeader {
  readonly controlOctet: number;
  readonly control: SecurityControl;
  /** 0 to 2^32 - 1. */
  readonly invocationCounter: number;
}
/** @throws DlmsError `decode/unexpected-end` when there is no complete header and tag */
export function readSecurityHeader(ciphered: Uint8Array): SecurityHeader {
  const controlOctet = ciphered[0] ?? 0;
  const needed = securityHeaderLength + ((controlOctet & 0x10) !== 0 ? tagLength : 0);
  if (ciphered.length < needed) throw new DlmsError('decode/unexpected-end', { offset: ciphered.length, expected: 'security header and authentication tag' });
  const [, a = 0, b = 0, c = 0, d = 0] = ciphered;
  return { controlOctet, control: parseSecurityControl(controlOctet), invocationCounter: ((a << 24) | (b << 16) | (c << 8) | d) >>> 0 };
}

/**
 * Applies authentication, encryption, both or neither (a header in front of plaintext), as the control octet says.
 * @param prefix octets in front of the header: tag and length of the APDU
 * @returns prefix, security header, content, tag when authenticated
 */
export function sealContent(
  input: CipherInput,
  controlOctet: number,
  counter: number,
  content: Uint8Array,
  prefix: Uint8Array = none,
): MaybePromise<Uint8Array> {
  refuseCompression(controlOctet);
  const { provider, key } = input;
  const front = new Uint8Array(prefix.length + securityHeaderLength);
  front.set(prefix);
  writeHeader(front, prefix.length, controlOctet, counter);
  const iv = ivOf(input.systemTitle, counter);
  switch (controlOctet & 0x30) {
    case 0x30:
      return provider.seal(key, iv, aadOf(input, controlOctet), content, front);
    case 0x20:
      return provider.ctr(key, iv, content, front);
    case 0x10:
      return provider.seal(key, iv, [...aadOf(input, controlOctet), content], none, concat(front, content));
    default:
      return concat(front, content);
  }
}
/** Octets of what {@link sealContent} writes after the prefix. */
export const sealedLength = (controlOctet: number, contentLength: number): number =>
  securityHeaderLength + contentLength + ((controlOctet & 0x10) !== 0 ? tagLength : 0);

/**
 * The reverse. Nothing is given out before the tag verified.
 * @param header of the same octets, already read (its counter was compared before this is called)
 * @throws DlmsError `security/authentication-failed`
 */
export function openContent(input: CipherInput, header: SecurityHeader, ciphered: Uint8Array): MaybePromise<Uint8Array> {
  const { controlOctet, invocationCounter } = header;
  refuseCompression(controlOctet);
  const { provider, key } = input;
  const iv = ivOf(input.systemTitle, invocationCounter);
  const body = ciphered.subarray(securityHeaderLength);
  const verified = (content: Uint8Array | undefined, wanted?: Uint8Array): Uint8Array => {
    if (content === undefined)
      throw new DlmsError('security/authentication-failed', { what: 'tag', invocationCounter, systemTitle: formatHex(input.systemTitle) });
    return wanted ?? content;
  };
  switch (controlOctet & 0x30) {
    case 0x30:
      return andThen(provider.open(key, iv, aadOf(input, controlOctet), body), verified);
    case 0x20:
      return provider.ctr(key, iv, body);
    case 0x10: {
      const content = body.subarray(0, body.length - tagLength);
      const tag = body.subarray(body.length - tagLength);
      return andThen(provider.open(key, iv, [...aadOf(input, controlOctet), content], tag), (opened) => verified(opened, content.slice()));
    }
    default:
      return body.slice();
  }
}
/** Reads the content without its tag being verified (no authentication key at hand): the result can be anything an attacker wants. */
export function openUnverified(
  input: Omit<CipherInput, 'authenticationKey' | 'extra'>,
  header: SecurityHeader,
  ciphered: Uint8Array,
): MaybePromise<Uint8Array> {
  refuseCompression(header.controlOctet);
  const body = ciphered.subarray(securityHeaderLength, header.control.authenticated ? ciphered.length - tagLength : ciphered.length);
  return header.control.encrypted ? input.provider.ctr(input.key, ivOf(input.systemTitle, header.invocationCounter), body) : body.slice();
}

/** Initialization vector: system title of the sender, invocation counter. */
export function ivOf(systemTitle: Uint8Array, counter: number): Uint8Array {
  const iv = new Uint8Array(12);
  iv.set(systemTitle);
  iv[8] = counter >>> 24;
  iv[9] = counter >>> 16;
  iv[10] = counter >>> 8;
  iv[11] = counter;
  return iv;
}
function writeHeader(into: Uint8Array, at: number, controlOctet: number, counter: number): void {
  into[at] = controlOctet;
  into[at + 1] = counter >>> 24;
  into[at + 2] = counter >>> 16;
  into[at + 3] = counter >>> 8;
  into[at + 4] = counter;
}
function aadOf({ authenticationKey, extra }: CipherInput, controlOctet: number): readonly Octets[] {
  const control = Uint8Array.of(controlOctet);
  if (authenticationKey === undefined) return extra === undefined ? [control] : [control, extra];
  return extra === undefined ? [control, authenticationKey] : [control, authenticationKey, extra];
}
/** The algorithm behind the bit (V.44) is not implemented: neither direction pretends. */
function refuseCompression(controlOctet: number): void {
  if ((controlOctet & 0x80) !== 0) throw new DlmsError('security/unsupported', { what: 'compression of ciphered content (security control bit 7)' });
}
const none = /* @__PURE__ */ new Uint8Array(0);
