import { decodeNoting } from '../axdr/decode-noting.js';
import { decode } from '../axdr/schema.js';
import { isGeneralBlock, isProtected } from '../core/apdu-facts.js';
import type { Quirk } from '../core/cursor.js';
import { DlmsError, isDlmsError } from '../core/errors.js';
import { SecurityContext } from '../security/context.js';
import { senderTitleOf } from '../security/key-ring.js';
import { importKeys } from '../security/keys.js';
import { clearPolicy } from '../security/policy.js';
import { nodeProvider } from '../security/providers/node-provider.js';
import { unprotect } from '../security/unprotect.js';
import type { ProtectionLayer, Unprotected } from '../security/unprotected.js';
import { GbtEndpoint } from '../session/general-block-transfer.js';
import type { Framing } from '../transport/framing/detect.js';
import { PushReceiver } from '../transport/push/push-receiver.js';
import { Apdu } from '../xdlms/apdu.js';
import { forgottenCounters } from './counters.js';
import { exitCodes, Failure } from './failure.js';
import { type GivenKeys, waysToGive } from './keys.js';

// From octets in any framing to plain APDUs.

export interface Message {
  /** The APDU as transferred: after framing and block transfer, before deciphering. */
  readonly octets: Uint8Array;
  readonly framing: Framing | undefined;
  /** The deciphered APDU, or the same octets if nothing was protected. Absent if it could not be opened. */
  readonly plain?: Uint8Array;
  readonly apdu?: Apdu;
  readonly layers: readonly ProtectionLayer[];
  /** Whether it verified; undefined when there was nothing to verify. */
  readonly authenticated?: boolean;
  /** What an association request or response carries. */
  readonly carried?: Carried;
  /** Deviations that lenient decoding accepted. */
  readonly quirks: readonly Quirk[];
  readonly error?: unknown;
}

export interface Carried {
  readonly plain?: Uint8Array;
  readonly layers: readonly ProtectionLayer[];
  readonly error?: unknown;
}

export type Mode = 'strict' | 'lenient' | 'both';
export interface OpenOptions {
  readonly keys: GivenKeys;
  /** Whether to read what cannot be verified. */
  readonly unverified: boolean;
  readonly mode: Mode;
}

/** The APDUs in the octets, joined from segments and blocks. */
export function apdusIn(octets: Uint8Array): {
  readonly apdus: { octets: Uint8Array; framing: Framing }[];
  readonly problems: unknown[];
  readonly framing: Framing | undefined;
} {
  const problems: unknown[] = [];
  const receiver = new PushReceiver({ onDropped: (e) => problems.push(e) });
  const first = receiver.push(octets);
  const framing = receiver.framing;
  const pushed = [...first, ...receiver.flush()];
  const gbt = new GbtEndpoint({});
  const apdus: { octets: Uint8Array; framing: Framing }[] = [];
  for (const p of pushed) {
    if (!isGeneralBlock(p.apdu)) {
      apdus.push({ octets: p.apdu, framing: p.framing });
      continue;
    }
    try {
      const { complete } = gbt.receive(p.apdu);
      if (complete !== undefined) apdus.push({ octets: complete, framing: p.framing });
    } catch (e) {
      problems.push(e);
    }
  }
  return { apdus, problems, framing: framing ?? pushed[0]?.framing };
}

/**
 * Opens and decodes the APDUs of one recording, one after the other, remembering the titles and the dedicated key of an
 * association for what follows. Never throws: what goes wrong is in the message.
 */
export class MessageReader {
  readonly #options: OpenOptions;
  /** Titles of the association, latest first. */
  readonly #titles: Uint8Array[] = [];
  #dedicated: Uint8Array | undefined;
  constructor(options: OpenOptions) {
    this.#options = options;
  }

  async read(octets: Uint8Array, framing: Framing | undefined): Promise<Message> {
    const quirks: Quirk[] = [];
    const message = { octets, framing, quirks };
    let layers: readonly ProtectionLayer[] = [];
    let plain = octets;
    let authenticated: boolean | undefined;
    try {
      if (isProtected(octets)) {
        const opened = await this.#open(octets, senderTitleOf(octets));
        ({ apdu: plain, layers, authenticated } = opened);
        if (opened.authenticated) this.#remember(opened.originator);
      }
      const apdu = decodePlain(plain, this.#options.mode, quirks, layers.length > 0 && authenticated !== true);
      const carried = await this.#carried(apdu);
      return {
        ...message,
        plain,
        apdu,
        layers,
        ...(carried === undefined ? {} : { carried }),
        ...(authenticated === undefined ? {} : { authenticated }),
      };
    } catch (error) {
      if (!isDlmsError(error) && !(error instanceof Failure)) throw error;
      return { ...message, layers, error };
    }
  }

  /** The xDLMS APDU inside an association request or response. */
  async #carried(apdu: Apdu): Promise<Carried | undefined> {
    const title =
      apdu.type === 'aarq' ? apdu.callingAPTitle : apdu.type === 'aare' ? apdu.respondingAPTitle : undefined;
    this.#remember(title);
    if (!('userInformation' in apdu) || !(apdu.userInformation instanceof Uint8Array)) return undefined;
    const { userInformation: octets } = apdu;
    try {
      const opened = isProtected(octets)
        ? await this.#open(octets, title?.length === 8 ? title : undefined)
        : undefined;
      const plain = opened?.apdu ?? octets;
      const inside = decode(Apdu, plain, { lenient: true });
      if (inside.type === 'initiateRequest') this.#dedicated = inside.dedicatedKey;
      return { plain, layers: opened?.layers ?? [] };
    } catch (error) {
      if (!isDlmsError(error) && !(error instanceof Failure)) throw error;
      return { error, layers: [] };
    }
  }
  #remember(title: Uint8Array | undefined): void {
    if (title?.length === 8 && this.#titles.length < 64) this.#titles.unshift(title);
  }

  /** Tries the sender that the message names; if it names none, the title given, then those from earlier messages. */
  async #open(octets: Uint8Array, sender: Uint8Array | undefined): Promise<Unprotected> {
    const given = this.#options.keys.title;
    const titles = sender === undefined ? [...(given === undefined ? [] : [given]), ...this.#titles] : [sender];
    if (titles.length === 0)
      throw new Failure(
        'the message does not name its sender: give the system title with --system-title',
        exitCodes.security,
      );
    const results: { opened?: Unprotected; error?: unknown }[] = [];
    for (const title of titles) {
      try {
        const opened = await openAs(octets, title, this.#options, this.#dedicated);
        if (opened.authenticated || isApdu(opened.apdu)) return opened;
        results.push({ opened });
      } catch (error) {
        if (!isDlmsError(error) && !(error instanceof Failure)) throw error;
        results.push({ error });
      }
    }
    const [first] = results;
    if (first?.opened === undefined) throw first?.error;
    return first.opened;
  }
}
function isApdu(plain: Uint8Array): boolean {
  try {
    decode(Apdu, plain, { lenient: true });
    return true;
  } catch {
    return false;
  }
}

/** Opens ciphered octets only with the keys of the command line; an error names the key that is missing. */
async function openAs(
  octets: Uint8Array,
  sender: Uint8Array,
  { keys, unverified }: OpenOptions,
  associationKey: Uint8Array | undefined,
): Promise<Unprotected> {
  const { encryption, broadcast, authentication } = keys;
  const dedicated = associationKey ?? keys.dedicated;
  const any = encryption ?? broadcast ?? dedicated;
  if (any === undefined && authentication === undefined)
    throw new Failure(
      `the message is ciphered: its key and the authentication key are needed. ${waysToGive}`,
      exitCodes.security,
    );
  const suite = (any ?? authentication)?.length === 32 ? 2 : 0;
  const context = new SecurityContext({
    provider: nodeProvider,
    suite,
    systemTitle: placeholderTitle,
    peerSystemTitle: sender,
    keys: await importKeys(nodeProvider, suite, {
      globalUnicast: encryption,
      authentication,
      globalBroadcast: broadcast,
    }),
    counters: forgottenCounters(),
    policy: clearPolicy,
    broadcast: true,
    acceptSignaturesWithoutRecipient: true,
    // Some meters state a suite other than the one whose algorithms they use; the key length decides.
    acceptSuites: suite === 2 ? [2] : [0, 1],
  });
  if (dedicated !== undefined) await context.takeDedicatedKey(dedicated);
  let opened: Unprotected;
  try {
    opened = await unprotect(octets, context, {
      ...(unverified ? { mode: 'unverified' as const } : {}),
      lenient: true,
    });
  } catch (e) {
    if (isDlmsError(e, 'security/missing-key'))
      throw new Failure(
        e.context.key === 'authentication-key'
          ? 'the message carries an authentication tag: its authentication key is needed (DLMS_COSEM_AK, or in the file of --keys); --unverified reads it without'
          : `the ${e.context.key.replaceAll('-', ' ')} is missing. ${waysToGive}`,
        exitCodes.security,
      );
    throw e;
  }
  if (!opened.authenticated && !unverified && opened.layers.length > 0)
    throw new Failure(
      'the message is encrypted but not authenticated, so nothing proves its sender or content; --unverified reads it all the same',
      exitCodes.security,
    );
  return opened;
}
const placeholderTitle = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);

/** @param doubtful the octets were deciphered without proof; if they make no sense, the key is wrong */
export function decodePlain(bytes: Uint8Array, mode: Mode, quirks: Quirk[], doubtful: boolean): Apdu {
  try {
    if (mode === 'both') return decodeNoting(Apdu, bytes, quirks);
    return decode(Apdu, bytes, { lenient: mode === 'lenient', quirks });
  } catch (e) {
    if (!doubtful || !isDlmsError(e)) throw e;
    throw new DlmsError('security/authentication-failed', { what: 'deciphered octets (not an APDU)' }, { cause: e });
  }
}
