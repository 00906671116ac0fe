import { encode } from '../axdr/schema.js';
import { type DlmsError, isDlmsError } from '../core/errors.js';
import { formatHex } from '../core/hex.js';
import { parseSecurityControl } from '../security/security-control.js';
import { GeneralProtectionHeader, type KeyInfo } from '../xdlms/ciphered.js';
import type { Explainer } from './explain.js';
import { type Draft, part } from './explain-node.js';

/** What is known about ciphered content: enough to choose keys and to open it. */
export interface CipheredContent {
  /** Security header, content, tag. */
  readonly ciphered: Uint8Array;
  /** `dedicated` in the ded- forms; `broadcast` when the control octet says so. */
  readonly key: 'global' | 'dedicated' | 'broadcast';
  /** Titles that could be the sender's: that of the message first, then those of the APDUs before it, the latest first. */
  readonly systemTitles: readonly Uint8Array[];
  /** Dedicated key of an InitiateRequest that was deciphered before. */
  readonly dedicatedKey: Uint8Array | undefined;
  /** Header of general-ciphering as sent; it is authenticated too. */
  readonly header: Uint8Array | undefined;
  readonly keyInfo: KeyInfo | undefined;
}
export interface Deciphered {
  readonly plaintext: Uint8Array;
  /** The authentication tag was verified. */
  readonly verified: boolean;
}
/** Opens ciphered content; undefined when there is no key for it. @throws DlmsError when the key or title is wrong */
export type Decipher = (content: CipheredContent) => Deciphered | undefined;

/** Security header, content and tag; below the content what the keys make of it. */
export function explainCiphered(
  state: Explainer,
  bytes: Uint8Array,
  from: number,
  to: number,
  at: string,
  siblings: Readonly<Record<string, unknown>>,
): Draft[] {
  if (to - from < 5) return [part(from, to - from, 'content', 'no security header')];
  const control = parseSecurityControl(bytes[from] as number);
  const words = [
    `suite ${control.suite}`,
    control.authenticated ? 'authenticated' : '',
    control.encrypted ? 'encrypted' : '',
    control.broadcastKey ? 'broadcast key' : '',
    control.compressed ? 'compressed' : '',
  ];
  const counter = new DataView(bytes.buffer, bytes.byteOffset).getUint32(from + 1);
  const out: Draft[] = [
    { ...part(from, 1, 'securityControl', words.filter((w) => w !== '').join(', ')), source: 'Green Book 9.2.7.2.4' },
    { ...part(from + 1, 4, 'invocationCounter', String(counter)), value: counter },
  ];
  const tagLength = control.authenticated ? Math.min(12, to - from - 5) : 0;
  const content = part(from + 5, to - from - 5 - tagLength, 'content', control.encrypted ? 'ciphertext' : 'plaintext');
  if (content.length > 0) out.push(content);
  let verified: boolean | undefined;
  if (state.options.decipher !== undefined) {
    const dedicated = at.includes('.ded-');
    const general = at === 'General-Ciphering.cipheredContent';
    const named = (siblings.systemTitle ?? siblings.originatorSystemTitle) as Uint8Array | undefined;
    try {
      const opened = state.options.decipher({
        ciphered: bytes.subarray(from, to),
        key: dedicated ? 'dedicated' : control.broadcastKey ? 'broadcast' : 'global',
        systemTitles: named !== undefined && named.length === 8 ? [named, ...state.titles] : state.titles,
        dedicatedKey: state.dedicatedKey,
        header: general ? encode(GeneralProtectionHeader, siblings as unknown as GeneralProtectionHeader) : undefined,
        keyInfo: siblings.keyInfo as KeyInfo | undefined,
      });
      verified = opened?.verified;
      if (opened !== undefined && control.encrypted && content.length > 0)
        content.children = [
          part(content.offset, content.length, 'ciphertext', ''),
          state.made('deciphered', opened.plaintext, (plain) => state.apdu(plain, 0, plain.length)),
        ];
      if (opened !== undefined && control.encrypted && !opened.verified) unverifiedHint(content);
    } catch (e) {
      if (!isDlmsError(e)) throw e;
      content.error = e as DlmsError;
      content.meaning = e.message;
    }
  }
  if (!control.encrypted && content.length > 0) content.children = [state.apdu(bytes, content.offset, content.offset + content.length)];
  const meaning = verified === undefined ? '' : verified ? 'verified' : 'not verified';
  if (tagLength > 0)
    out.push({ ...part(to - tagLength, tagLength, 'tag', `${formatHex(bytes.subarray(to - tagLength, to))}${meaning === '' ? '' : ` ${meaning}`}`) });
  return out;
}

/** Without a tag nothing says whether the key is right but the plaintext itself. */
function unverifiedHint(content: Draft): void {
  const made = content.children?.[1];
  const inside = made?.children?.[0];
  if (made !== undefined && inside?.children?.some((c) => c.error !== undefined)) made.meaning += ', no APDU: wrong key or title';
}
