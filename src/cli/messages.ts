import { decode } from '../axdr/schema.js';
import type { Quirk } from '../core/cursor.js';
import { DlmsError, isDlmsError } from '../core/errors.js';
import { isProtected } from '../security/apdu-tags.js';
import { importKeys, SecurityContext } from '../security/context.js';
import { InvocationCounters } from '../security/counters.js';
import { senderTitleOf } from '../security/key-ring.js';
import { nodeProvider } from '../security/node-provider.js';
import { openPolicy } from '../security/policy.js';
import { type ProtectionLayer, unprotect } from '../security/unprotect.js';
import { GbtEndpoint } from '../session/general-block-transfer.js';
import type { Framing } from '../transport/detect.js';
import { PushReceiver } from '../transport/push-receiver.js';
import { Apdu } from '../xdlms/apdu.js';
import { exitCodes, Failure } from './failure.js';
import type { GivenKeys } from './keys.js';

// From octets of any framing to plain APDUs.

export interface Message {
  /** As carried: after framing and block transfer, before deciphering. */
  readonly octets: Uint8Array;
  readonly framing: Framing | undefined;
  /** Deciphered, or the same octets when nothing was protected. Absent when it could not be opened. */
  readonly plain?: Uint8Array;
  readonly apdu?: Apdu;
  readonly layers: readonly ProtectionLayer[];
  /** Undefined when there was nothing to verify. */
  readonly authenticated?: boolean;
  /** Deviations that lenient decoding accepted. */
  readonly quirks: readonly Quirk[];
  readonly error?: unknown;
}

export type Mode = 'strict' | 'lenient' | 'both';
export interface OpenOptions {
  readonly keys: GivenKeys;
  /** Read what cannot be verified. */
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
    if (p.apdu[0] !== 0xe0) {
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

/** Opens and decodes one APDU. Never throws: what goes wrong is in the message. */
export async function openMessage(octets: Uint8Array, framing: Framing | undefined, options: OpenOptions): Promise<Message> {
  const quirks: Quirk[] = [];
  const message = { octets, framing, quirks };
  let layers: readonly ProtectionLayer[] = [];
  let plain = octets;
  let authenticated: boolean | undefined;
  try {
    if (isProtected(octets)) {
      const opened = await open(octets, senderTitleOf(octets), options);
      ({ apdu: plain, layers, authenticated } = opened);
    }
    const checked = layers.length > 0;
    return {
      ...message,
      plain,
      apdu: decodePlain(plain, options.mode, quirks, checked && authenticated !== true),
      layers,
      ...(authenticated === undefined ? {} : { authenticated }),
    };
  } catch (error) {
    if (!isDlmsError(error) && !(error instanceof Failure)) throw error;
    return { ...message, layers, error };
  }
}

/** Ciphered octets of an APDU, or of the user-information of an association. */
export async function open(
  octets: Uint8Array,
  title: Uint8Array | undefined,
  { keys, unverified }: OpenOptions,
): Promise<{ apdu: Uint8Array; layers: readonly ProtectionLayer[]; authenticated: boolean }> {
  const any = keys.encryption ?? keys.dedicated ?? keys.broadcast;
  if (any === undefined && keys.authentication === undefined)
    throw new Failure('the message is ciphered: give its key with --ek (and the authentication key with --ak)', exitCodes.security);
  const suite = (any ?? keys.authentication)?.length === 32 ? 2 : 0;
  const context = new SecurityContext({
    provider: nodeProvider,
    suite,
    systemTitle: bystander,
    peerSystemTitle: title ?? keys.title,
    keys: await importKeys(nodeProvider, suite, {
      globalUnicast: keys.encryption ?? keys.dedicated,
      authentication: keys.authentication,
      globalBroadcast: keys.broadcast ?? keys.encryption,
    }),
    counters: new InvocationCounters(),
    policy: openPolicy,
    // Some meters write another suite than the one whose algorithms they use; the key length decides.
    acceptSuites: suite === 2 ? [2] : [0, 1],
  });
  if (keys.dedicated !== undefined) await context.takeDedicatedKey(keys.dedicated);
  if (context.peerSystemTitle === undefined)
    throw new Failure('the message does not name its sender: give the system title with --system-title', exitCodes.security);
  let opened: { apdu: Uint8Array; layers: readonly ProtectionLayer[]; authenticated: boolean };
  try {
    opened = await unprotect(octets, context, { ...(unverified ? { mode: 'unverified' as const } : {}), lenient: true });
  } catch (e) {
    if (isDlmsError(e, 'security/missing-key'))
      throw new Failure(
        e.context.key === 'authentication-key'
          ? 'the message carries an authentication tag: give the authentication key with --ak, or read it without verification with --unverified'
          : `the ${e.context.key} is missing: give it with ${optionOf(e.context.key)}`,
        exitCodes.security,
      );
    throw e;
  }
  if (!opened.authenticated && !unverified && opened.layers.length > 0)
    throw new Failure(
      'the message is encrypted but not authenticated, so nothing proves its sender or content: read it all the same with --unverified',
      exitCodes.security,
    );
  return opened;
}
const optionOf = (key: string): string =>
  /dedicated/.test(key) ? '--dedicated-key' : /broadcast/.test(key) ? '--broadcast-key' : /title/.test(key) ? '--system-title' : '--ek';
const bystander = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);

/** Decodes strictly first and leniently then. @param doubtful the octets were deciphered without proof, so that they make no sense says that the key is wrong */
export function decodePlain(bytes: Uint8Array, mode: Mode, quirks: Quirk[], doubtful: boolean): Apdu {
  try {
    if (mode !== 'lenient') {
      try {
        return decode(Apdu, bytes);
      } catch (e) {
        if (mode === 'strict') throw e;
        return decodeLenient(bytes, quirks, e);
      }
    }
    return decode(Apdu, bytes, { lenient: true, quirks });
  } catch (e) {
    if (!doubtful || !isDlmsError(e)) throw e;
    throw new DlmsError('security/authentication-failed', { what: 'deciphered octets (they are no APDU)' }, { cause: e });
  }
}
/** The strict error says more than the lenient one. */
function decodeLenient(bytes: Uint8Array, quirks: Quirk[], strict: unknown): Apdu {
  const found: Quirk[] = [];
  try {
    const apdu = decode(Apdu, bytes, { lenient: true, quirks: found });
    quirks.push(...found);
    return apdu;
  } catch {
    throw strict;
  }
}
