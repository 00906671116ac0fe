import { concat } from '../core/bytes.js';
import type { DecodeOptions } from '../core/cursor.js';
import { DlmsError } from '../core/errors.js';
import { formatHex } from '../core/hex.js';
import { andThen, type MaybePromise } from '../core/promise.js';
import type { CryptoProvider, KeyHandle, Octets } from './providers/provider.js';
import { authenticatedBit, encryptedBit, parseSecurityControl, type SecurityControl } from './security-control.js';
import { securityHeaderLength, tagLength } from './suites.js';
import { decompress } from './v44/decompress.js';

// The octets inside a ciphered APDU: security header (control octet, invocation counter), content, tag (Green Book
// 9.2.7.2.4).

/** What the cipher needs besides the content. */
export interface CipherInput {
  readonly provider: CryptoProvider;
  /** Encryption key EK. */
  readonly key: KeyHandle;
  /**
   * Authentication key AK. Undefined when nothing is authenticated, and in profiles that leave it out of the
   * authenticated data (GBCS).
   */
  readonly authenticationKey: KeyHandle | undefined;
  /** System title of the sender: the first 8 octets of the IV. */
  readonly systemTitle: Uint8Array;
  /** Authenticated after the AK. In general-ciphering: its header fields, each with its length. */
  readonly extra?: Uint8Array | undefined;
}

/** The first five octets of ciphered content. */
export interface SecurityHeader {
  readonly controlOctet: number;
  readonly control: SecurityControl;
  /** 0 to 2^32 - 1. */
  readonly invocationCounter: number;
}
/**
 * Reads the security header of ciphered content: security control and invocation counter.
 * @param from where the header begins
 * @throws DlmsError `decode/unexpected-end` when the header or tag is incomplete
 */
export function readSecurityHeader(ciphered: Uint8Array, from = 0): SecurityHeader {
  const header = securityHeaderAt(ciphered, from);
  if (header.control.authenticated && ciphered.length - from < securityHeaderLength + tagLength)
    throw noHeader(ciphered);
  return header;
}
/** Only the header, whatever follows it. @throws DlmsError `decode/unexpected-end` */
export function securityHeaderAt(octets: Uint8Array, from = 0): SecurityHeader {
  if (octets.length - from < securityHeaderLength) throw noHeader(octets);
  const at = (i: number): number => octets[from + i] as number;
  const controlOctet = at(0);
  return {
    controlOctet,
    control: parseSecurityControl(controlOctet),
    invocationCounter: ((at(1) << 24) | (at(2) << 16) | (at(3) << 8) | at(4)) >>> 0,
  };
}
const noHeader = (octets: Uint8Array): DlmsError =>
  new DlmsError('decode/unexpected-end', {
    offset: octets.length,
    expected: 'security header and authentication tag',
  });

/** Options of {@link openContent} and {@link openUnverified}, for compressed content. */
export interface OpenOptions extends DecodeOptions {
  /**
   * Maximum size of decompressed content in octets. Default: 65 535, the longest PDU that can be negotiated; one octet
   * can stand for 291.
   */
  readonly maxDecompressed?: number | undefined;
}
/** The longest PDU that can be negotiated. */
const longestPdu = 0xffff;

/**
 * Authenticates or encrypts the content, does both or neither (a header in front of plaintext), as the control octet
 * says.
 * @param content already compressed if bit 7 of the control octet is set
 * @param prefix octets in front of the header: tag and length of the APDU
 * @returns prefix, security header, content, and the tag when authenticated
 */
export function sealContent(
  input: CipherInput,
  controlOctet: number,
  counter: number,
  content: Uint8Array,
  prefix: Uint8Array = none,
): MaybePromise<Uint8Array> {
  const front = new Uint8Array(prefix.length + securityHeaderLength);
  front.set(prefix);
  return sealBehind(input, controlOctet, counter, content, front);
}
/**
 * Like {@link sealContent}, but `front` holds the prefix and has room at its end for the security header, which this
 * writes.
 */
export function sealBehind(
  input: CipherInput,
  controlOctet: number,
  counter: number,
  content: Uint8Array,
  front: Uint8Array,
): MaybePromise<Uint8Array> {
  const { provider, key } = input;
  writeHeader(front, front.length - securityHeaderLength, controlOctet, counter);
  const iv = ivOf(input.systemTitle, counter);
  switch (controlOctet & (authenticatedBit | encryptedBit)) {
    case authenticatedBit | encryptedBit:
      return provider.seal(key, iv, aadOf(input, controlOctet), content, front);
    case encryptedBit:
      return provider.ctr(key, iv, content, front);
    case authenticatedBit:
      return provider.seal(key, iv, [...aadOf(input, controlOctet), content], none, concat(front, content));
    default:
      return concat(front, content);
  }
}
/** How many octets {@link sealContent} writes after the prefix. */
export const sealedLength = (controlOctet: number, contentLength: number): number =>
  securityHeaderLength + contentLength + ((controlOctet & authenticatedBit) !== 0 ? tagLength : 0);

/**
 * The reverse of {@link sealContent}, including decompression. If there is a tag, nothing is decompressed or returned
 * before it has been verified.
 * @param header of the same octets, already read; compare its counter before calling this
 * @param from where the header begins
 * @throws DlmsError `security/authentication-failed`, `security/unsupported` (compression in suite 0), `decode/…`
 *   (content that cannot be decompressed)
 */
export function openContent(
  input: CipherInput,
  header: SecurityHeader,
  ciphered: Uint8Array,
  from = 0,
  options?: OpenOptions,
): MaybePromise<Uint8Array> {
  if (header.control.compressed) requireCompression(header);
  const content = openAsSent(input, header, ciphered, from);
  return header.control.compressed ? andThen(content, (packet) => unpacked(packet, options)) : content;
}
function openAsSent(
  input: CipherInput,
  header: SecurityHeader,
  ciphered: Uint8Array,
  from: number,
): MaybePromise<Uint8Array> {
  const { controlOctet, invocationCounter } = header;
  const { provider, key } = input;
  const iv = ivOf(input.systemTitle, invocationCounter);
  const begin = from + securityHeaderLength;
  const verified = (content: Uint8Array | undefined): Uint8Array => {
    if (content === undefined)
      throw new DlmsError('security/authentication-failed', {
        what: 'tag',
        invocationCounter,
        systemTitle: formatHex(input.systemTitle),
      });
    return content;
  };
  switch (controlOctet & (authenticatedBit | encryptedBit)) {
    case authenticatedBit | encryptedBit:
      return andThen(provider.open(key, iv, aadOf(input, controlOctet), ciphered.subarray(begin)), verified);
    case encryptedBit:
      return provider.ctr(key, iv, ciphered.subarray(begin));
    case authenticatedBit: {
      const end = ciphered.length - tagLength;
      const content = ciphered.slice(begin, end);
      return andThen(
        provider.open(key, iv, [...aadOf(input, controlOctet), content], ciphered.subarray(end)),
        (opened) => {
          verified(opened);
          return content;
        },
      );
    }
    default:
      return ciphered.slice(begin);
  }
}
/**
 * Reads the content without verifying its tag, because the authentication key is not at hand. The result may be
 * whatever an attacker likes.
 */
export function openUnverified(
  input: Omit<CipherInput, 'authenticationKey' | 'extra'>,
  header: SecurityHeader,
  ciphered: Uint8Array,
  from = 0,
  options?: OpenOptions,
): MaybePromise<Uint8Array> {
  if (header.control.compressed) requireCompression(header);
  const body = ciphered.subarray(
    from + securityHeaderLength,
    header.control.authenticated ? ciphered.length - tagLength : ciphered.length,
  );
  const content = header.control.encrypted
    ? input.provider.ctr(input.key, ivOf(input.systemTitle, header.invocationCounter), body)
    : body.slice();
  return header.control.compressed ? andThen(content, (packet) => unpacked(packet, options)) : content;
}
/** Suite 0 defines no compression, so nobody knows what bit 7 means there. */
function requireCompression({ control }: SecurityHeader): void {
  if (control.suite === 0) throw new DlmsError('security/unsupported', { what: 'compression in security suite 0' });
}
function unpacked(packet: Uint8Array, options: OpenOptions = {}): Uint8Array {
  return decompress(packet, { ...options, maxOutput: options.maxDecompressed ?? longestPdu });
}

/** Initialization vector: the sender's system title, then the invocation counter. */
export function ivOf(systemTitle: Uint8Array, counter: number): Uint8Array {
  const iv = new Uint8Array(12);
  for (let i = 0; i < 8; i++) iv[i] = systemTitle[i] as number;
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
  const control = controlOctets[controlOctet] as Uint8Array;
  if (authenticationKey === undefined) return extra === undefined ? [control] : [control, extra];
  return extra === undefined ? [control, authenticationKey] : [control, authenticationKey, extra];
}
/** Every control octet in an array of its own, ready to be authenticated. */
const controlOctets: readonly Uint8Array[] = /* @__PURE__ */ Array.from({ length: 256 }, (_, octet) =>
  Uint8Array.of(octet),
);

const none = /* @__PURE__ */ new Uint8Array(0);
