import { encode } from '../axdr/schema.js';
import { factsOfTag } from '../core/apdu-facts.js';
import { DlmsError, isDlmsError } from '../core/errors.js';
import { formatHex } from '../core/hex.js';
import { securityHeaderAt } from '../security/ciphering.js';
import { securityHeaderLength, tagLength } from '../security/suites.js';
import { decompress } from '../security/v44/decompress.js';
import { GeneralProtectionHeader, type KeyInfo } from '../xdlms/ciphered.js';
import { type Draft, type Explaining, end, part } from './explain-node.js';

/** What is known about ciphered content: enough to choose keys and to open it. */
export interface CipheredContent {
  /** Security header, content, tag. */
  readonly ciphered: Uint8Array;
  /** `dedicated` in the ded- forms and in general-ded-ciphering; `broadcast` when the control octet says so. */
  readonly key: 'global' | 'dedicated' | 'broadcast';
  /** The sender, when the message names it: then it is nobody else. */
  readonly sender: Uint8Array | undefined;
  /** Titles of the APDUs before it, the latest first: the sender of a message that names none is perhaps among them. */
  readonly systemTitles: readonly Uint8Array[];
  /** Dedicated key of an InitiateRequest that was deciphered before. */
  readonly dedicatedKey: Uint8Array | undefined;
  /** Header of general-ciphering as sent; it is authenticated too. */
  readonly header: Uint8Array | undefined;
  readonly keyInfo: KeyInfo | undefined;
  /** Tag of the APDU that the service-specific tag promises. */
  readonly expectedTag: number | undefined;
}
/** Ciphered content that could be read. */
export interface Deciphered {
  readonly plaintext: Uint8Array;
  /** The authentication tag was verified. */
  readonly verified: boolean;
  /** The title that opened it. Not proven to be the sender's unless `verified`. */
  readonly systemTitle: Uint8Array;
  /** Not verified: how many of the titles and keys at hand make an APDU of it. 0: none, so that one of them is wrong. */
  readonly readings: number;
}
/** Opens ciphered content; undefined when there is no key for it. @throws DlmsError when the key or title is wrong */
export type Decipher = (content: CipheredContent) => Deciphered | undefined;

/** What is known of keys and senders while octets are explained. */
export interface ExplainingCiphered extends Explaining {
  readonly decipher: Decipher | undefined;
  /** Titles of the APDUs before, the latest first. */
  readonly titles: readonly Uint8Array[];
  readonly dedicatedKey: Uint8Array | undefined;
}

/** Where ciphered content stands. */
export interface CipheredPlace {
  /** `Type.field`. */
  readonly at: string;
  /** Of the APDU around. */
  readonly tag: number | undefined;
  readonly siblings: Readonly<Record<string, unknown>>;
}

/** Security header, content and tag; below the content what the keys make of it. */
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: part by part, in the order of the octets
export function explainCiphered(
  state: ExplainingCiphered,
  bytes: Uint8Array,
  from: number,
  to: number,
  { at, tag, siblings }: CipheredPlace,
): Draft[] {
  if (to - from < securityHeaderLength) return [part(from, to - from, 'content', 'no security header')];
  const { control, invocationCounter: counter } = securityHeaderAt(bytes, from);
  // What the sender says that it applied: nothing is proven by it.
  const words = [
    `suite ${control.suite}`,
    control.authenticated ? 'authentication' : '',
    control.encrypted ? 'encryption' : '',
    control.broadcastKey ? 'broadcast key' : '',
    control.compressed ? 'compression' : '',
  ];
  const out: Draft[] = [
    { ...part(from, 1, 'securityControl', words.filter((w) => w !== '').join(', ')), source: 'Green Book 9.2.7.2.4' },
    { ...part(from + 1, 4, 'invocationCounter', String(counter)), value: counter },
  ];
  const behind = from + securityHeaderLength;
  const tagAt = control.authenticated ? Math.max(to - tagLength, behind) : to;
  const content = part(behind, tagAt - behind, 'content', control.encrypted ? 'ciphertext' : 'plaintext');
  if (content.length > 0) out.push(content);
  let opened: Deciphered | undefined;
  let failed = false;
  if (state.decipher !== undefined) {
    const { protection, plain } = factsOfTag(tag) ?? {};
    const dedicated = protection === 'ded' || protection === 'general-ded';
    const named = (siblings.systemTitle ?? siblings.originatorSystemTitle) as Uint8Array | undefined;
    try {
      opened = state.decipher({
        ciphered: bytes.subarray(from, to),
        key: dedicated ? 'dedicated' : control.broadcastKey ? 'broadcast' : 'global',
        sender: named?.length === 8 ? named : undefined,
        systemTitles: state.titles,
        dedicatedKey: state.dedicatedKey,
        header:
          at === 'General-Ciphering.cipheredContent'
            ? encode(GeneralProtectionHeader, siblings as unknown as GeneralProtectionHeader)
            : undefined,
        keyInfo: siblings.keyInfo as KeyInfo | undefined,
        expectedTag: plain,
      });
    } catch (e) {
      if (!isDlmsError(e)) throw e;
      failed = true;
      content.error = e as DlmsError;
      content.meaning = e.message;
    }
    if (opened !== undefined && control.encrypted && content.length > 0) {
      const made = state.made('deciphered', opened.plaintext, (plain) => state.apdu(plain, 0, plain.length));
      made.meaning += `${control.compressed ? ' when decompressed' : ''}, ${judgement(opened)}`;
      content.children = [part(content.offset, content.length, 'ciphertext', ''), made];
    }
    if (opened?.verified === true && plain !== undefined && opened.plaintext[0] !== plain) {
      content.error = new DlmsError('security/authentication-failed', {
        what: 'the APDU inside is not the one that the tag names',
      });
      content.meaning = content.error.message;
    }
  }
  if (!control.encrypted && content.length > 0) inClear(state, bytes, content, control.compressed);
  if (tagAt < to) {
    const octets = formatHex(bytes.subarray(tagAt, to));
    const judged = failed
      ? ' does not verify'
      : opened === undefined
        ? ''
        : opened.verified
          ? ' verified'
          : ' not verified';
    out.push(part(tagAt, to - tagAt, 'tag', `${octets}${judged}`));
  }
  return out;
}

/** Content that anybody can read: an APDU, or one that was compressed. */
function inClear(state: Explaining, bytes: Uint8Array, content: Draft, compressed: boolean): void {
  if (!compressed) {
    content.children = [state.apdu(bytes, content.offset, end(content))];
    return;
  }
  const packet = bytes.subarray(content.offset, end(content));
  try {
    const plain = decompress(packet, { maxOutput: 0xffff, lenient: true });
    content.children = [
      part(content.offset, content.length, 'packet', 'V.44'),
      state.made('decompressed', plain, (octets) => state.apdu(octets, 0, octets.length)),
    ];
  } catch (e) {
    if (!isDlmsError(e)) throw e;
    content.error ??= e as DlmsError;
    content.meaning = e.message;
  }
}

/** Without a tag nothing says whether key and title are right but the plaintext itself. */
function judgement({ verified, systemTitle, readings }: Deciphered): string {
  if (verified) return `verified, sender ${formatHex(systemTitle)}`;
  const opened = `not verified; opened with the system title ${formatHex(systemTitle)}`;
  if (readings === 0) return `${opened}, which makes no APDU of it: wrong key or title`;
  return readings === 1 ? opened : `${opened}, one of ${readings} that make an APDU of it`;
}
