import { parseHex } from '../core/hex.js';
import {
  type Check,
  check,
  type JsonSchema,
  listOf,
  object,
  oneOf,
  optional,
  refuse,
  text,
} from '../idis/json-check.js';
import type { InvocationCounters } from '../security/counters.js';
import { KeyRing, type RingEntry } from '../security/key-ring.js';
import { importKeys } from '../security/keys.js';
import type { Protection } from '../security/policy.js';
import { nodeProvider } from '../security/providers/node-provider.js';
import { usage } from './failure.js';
import { secretFile } from './guarded-file.js';
import { parseSecrets, secretHex } from './keys.js';

/**
 * What is required of the messages of a sender. `unverified` opens whatever the keys can read, without checking tags or
 * counters, and therefore replays.
 */
export type PushPolicy = 'both' | 'authenticated' | 'encrypted' | 'unverified';
/** One sender in the key file. */
export interface PushSender {
  /** Eight octets as hex. */
  readonly systemTitle: string;
  /** A name for people. */
  readonly name?: string;
  readonly encryptionKey?: string;
  readonly authenticationKey?: string;
  readonly broadcastKey?: string;
  /** Default: 2 for keys of 32 octets, otherwise 0. */
  readonly suite?: number;
  /** Default: `both`. */
  readonly policy?: PushPolicy;
  /** Address from which its messages come, if they do not name their sender. */
  readonly address?: string;
  /** Id or file of its companion profile, instead of the one from --profile. */
  readonly profile?: string;
}
/** The file of --keys. */
export interface PushKeyFile {
  readonly format: 'push-keys/1';
  /** What to do with messages without any protection. Default: `refuse`. */
  readonly plain?: 'accept' | 'refuse';
  readonly senders: readonly PushSender[];
}

const title: Check<string> = check({ type: 'string', pattern: '^[0-9A-Fa-f]{16}$' }, (v) =>
  typeof v === 'string' && /^[\da-f]{16}$/i.test(v)
    ? v
    : refuse('a system title of 16 hexadecimal digits', 'something else'),
);
const suite: Check<number> = check({ enum: [0, 1, 2] }, (v) =>
  v === 0 || v === 1 || v === 2 ? v : refuse('0, 1 or 2', 'something else'),
);

const shape = (): Check<PushKeyFile> =>
  object({
    format: oneOf('push-keys/1'),
    plain: optional(oneOf('accept', 'refuse')),
    senders: listOf(
      object({
        systemTitle: title,
        name: optional(text),
        encryptionKey: optional(secretHex),
        authenticationKey: optional(secretHex),
        broadcastKey: optional(secretHex),
        suite: optional(suite),
        policy: optional(oneOf('both', 'authenticated', 'encrypted', 'unverified')),
        address: optional(text),
        profile: optional(text),
      }),
    ),
  });

/** The format of the key file as JSON Schema (2020-12), for editors. */
export const pushKeysJsonSchema = (): JsonSchema => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Keys of push senders',
  ...shape().schema,
});

/** Reads a key file. Errors name the place of what is wrong, but show none of its contents. */
export const parsePushKeys = (json: string, name: string): PushKeyFile => parseSecrets(json, name, shape());

/** Reads the file; refuses one that other users of this machine can read or write. */
export const readPushKeys = async (path: string): Promise<PushKeyFile> =>
  parsePushKeys(new TextDecoder().decode(await secretFile(path, '--keys')), path);

const required: Readonly<Record<PushPolicy, Protection>> = {
  both: { authenticated: true, encrypted: true },
  authenticated: { authenticated: true },
  encrypted: { encrypted: true },
  unverified: {},
};

/** The keys of all senders, as handles. */
export async function pushKeyRing(file: PushKeyFile, own: Uint8Array, counters: InvocationCounters): Promise<KeyRing> {
  const ring = new KeyRing({ provider: nodeProvider, systemTitle: own, counters });
  const seen = new Set<string>();
  for (const [i, sender] of file.senders.entries()) {
    const wrong = (what: string): Error => usage(`--keys, senders.${i} (${sender.systemTitle}): ${what}`);
    const key = sender.systemTitle.toUpperCase();
    if (seen.has(key)) throw wrong('the same system title appears twice');
    seen.add(key);
    ring.set(parseHex(sender.systemTitle), await entryOf(sender, wrong));
  }
  return ring;
}
async function entryOf(sender: PushSender, wrong: (what: string) => Error): Promise<RingEntry> {
  const { encryptionKey, authenticationKey, broadcastKey, policy = 'both' } = sender;
  const given = [encryptionKey, authenticationKey, broadcastKey].filter((k) => k !== undefined);
  const id = sender.suite ?? (given[0]?.length === 64 ? 2 : 0);
  if (given.length === 0) throw wrong('no key');
  if (given.some((k) => k.length !== (id === 2 ? 64 : 32)))
    throw wrong(`keys of suite ${id} have ${id === 2 ? 32 : 16} octets`);
  if (encryptionKey === undefined && broadcastKey === undefined) throw wrong('encryptionKey is missing');
  if ((policy === 'both' || policy === 'authenticated') && authenticationKey === undefined)
    throw wrong(
      `policy ${policy} needs the authenticationKey; "encrypted" and "unverified" do without it, and are shown as not authenticated`,
    );
  const octets = (hex: string | undefined): Uint8Array | undefined => (hex === undefined ? undefined : parseHex(hex));
  return {
    suite: id,
    keys: await importKeys(nodeProvider, id, {
      globalUnicast: octets(encryptionKey),
      authentication: octets(authenticationKey),
      globalBroadcast: octets(broadcastKey),
    }),
    policy: {
      send: required.both,
      receive: required[policy],
      withoutReplayProtection: policy === 'encrypted' || policy === 'unverified',
    },
    // Given for this very sender, so the operator wants it.
    broadcast: broadcastKey !== undefined,
    form: 'general-glo',
    acceptSuites: id === 2 ? [2] : [0, 1],
  };
}
