import { isDlmsError } from '../core/errors.js';
import { type Check, check, object, oneOf, optional, refuse } from '../idis/json-check.js';
import type { Option } from './command.js';
import { usage } from './failure.js';
import { secretFile } from './guarded-file.js';
import { hexArgument } from './input.js';
import type { Io } from './io.js';

// Keys and passwords, in the same way for every command: from a file, the environment or the terminal. Not from
// arguments, which everybody can see in the list of processes.

/** Each secret by the name of its option: environment variable, field of the key file, and display name. */
const secrets = {
  ek: { variable: 'DLMS_COSEM_EK', field: 'encryptionKey', text: 'global unicast encryption key' },
  ak: { variable: 'DLMS_COSEM_AK', field: 'authenticationKey', text: 'authentication key' },
  'dedicated-key': { variable: 'DLMS_COSEM_DEDICATED_KEY', field: 'dedicatedKey', text: 'dedicated key' },
  'broadcast-key': {
    variable: 'DLMS_COSEM_BROADCAST_KEY',
    field: 'broadcastKey',
    text: 'global broadcast encryption key',
  },
  password: { variable: 'DLMS_COSEM_PASSWORD', field: 'password', text: 'password' },
} as const;
export type SecretName = keyof typeof secrets;
export const secretNames = Object.keys(secrets) as SecretName[];

const source = {
  keys: {
    type: 'string',
    value: 'FILE',
    help: 'keys and password from a file that only you can read and write, see below',
  },
  ask: {
    type: 'string',
    value: 'NAMES',
    help: 'prompt for these on the terminal, e.g. ek,ak or password; the input is not shown',
  },
} as const satisfies Record<string, Option>;
const onCommandLine = {
  'keys-on-command-line': {
    type: 'boolean',
    help: 'accept keys and passwords as arguments, although every user of this machine can see them in the process list',
  },
} as const satisfies Record<string, Option>;
const hex = (help: string) => ({ type: 'string', value: 'HEX', help }) as const;
const passwordOption = {
  type: 'string',
  value: 'TEXT',
  help: 'password (LLS) or HLS secret; hex:… for octets; with --keys-on-command-line',
} as const;

/** Options of commands that open recordings. */
export const keyOptions = {
  ...source,
  ek: hex('global unicast encryption key, 16 or 32 octets; with --keys-on-command-line'),
  ak: hex('authentication key, as long as the encryption key; with --keys-on-command-line'),
  'dedicated-key': hex(
    'key of ded- messages; not needed if the octets contain the association; with --keys-on-command-line',
  ),
  'broadcast-key': hex('global broadcast encryption key; with --keys-on-command-line'),
  ...onCommandLine,
} as const satisfies Record<string, Option>;
/** Options of commands that talk to a meter, or are one. */
export const meterKeyOptions = {
  ...source,
  ek: keyOptions.ek,
  ak: keyOptions.ak,
  'broadcast-key': keyOptions['broadcast-key'],
  password: passwordOption,
  ...onCommandLine,
} as const satisfies Record<string, Option>;

export const keysNote = `Keys come from three places, and the first that has a key wins: --ask, the file of --keys, the environment (${secretNames.map((n) => secrets[n].variable).join(', ')}). FILE is {"format": "keys/1", ${secretNames.map((n) => `"${secrets[n].field}": ${n === 'password' ? 'TEXT' : 'HEX'}`).join(', ')}}, each of them optional; a file that other users can read or write is refused (chmod 600 FILE).`;

/** For errors about a missing key. */
export const waysToGive = `Put it in a file (--keys FILE) or in the environment (${secrets.ek.variable}, ${secrets.ak.variable}), or enter it at a prompt (--ask ek,ak)`;

export interface KeyValues extends Partial<Readonly<Record<SecretName, string>>> {
  readonly keys?: string;
  readonly ask?: string;
  readonly 'keys-on-command-line'?: boolean;
  readonly 'system-title'?: string;
}
export interface GivenKeys {
  readonly encryption: Uint8Array | undefined;
  readonly authentication: Uint8Array | undefined;
  readonly title: Uint8Array | undefined;
  readonly dedicated: Uint8Array | undefined;
  readonly broadcast: Uint8Array | undefined;
  /** Password for LLS, or secret for HLS. */
  readonly password: Uint8Array | undefined;
}
export const noKeys: GivenKeys = {
  encryption: undefined,
  authentication: undefined,
  title: undefined,
  dedicated: undefined,
  broadcast: undefined,
  password: undefined,
};

const keyLengths = [16, 32] as const;
/**
 * @throws Failure for keys in arguments without `--keys-on-command-line`, files that others can read or write, and what
 *   is not a key; shows no key
 */
export async function givenKeys(values: KeyValues, io: Io): Promise<GivenKeys> {
  for (const name of secretNames)
    if (values[name] !== undefined && values['keys-on-command-line'] !== true)
      throw usage(
        `every user of this machine can see --${name} in the process list: put the ${secrets[name].text} in a file (--keys FILE) or in the environment (${secrets[name].variable}), or enter it at a prompt (--ask ${name}); --keys-on-command-line accepts it all the same`,
      );
  const asked = askedFor(values.ask);
  const file = values.keys === undefined ? {} : await keyFile(values.keys);
  const given: Partial<Record<SecretName, { text: string; where: string }>> = {};
  for (const name of secretNames) {
    const { variable, field } = secrets[name];
    const variableText = io.env?.[variable];
    const fieldText = file[field];
    if (values[name] !== undefined) given[name] = { text: values[name], where: `--${name}` };
    else if (asked.includes(name)) given[name] = { text: await ask(name, io), where: `the ${secrets[name].text}` };
    else if (fieldText !== undefined) given[name] = { text: fieldText, where: `${field} in ${values.keys}` };
    else if (variableText !== undefined) given[name] = { text: variableText, where: variable };
  }
  const octets = (name: SecretName, lengths: readonly number[]): Uint8Array | undefined => {
    const found = given[name];
    return found === undefined ? undefined : hexArgument(found.text, found.where, lengths);
  };
  const encryption = octets('ek', keyLengths);
  const lengths = encryption === undefined ? keyLengths : [encryption.length];
  return {
    encryption,
    authentication: octets('ak', lengths),
    title:
      values['system-title'] === undefined ? undefined : hexArgument(values['system-title'], '--system-title', [8]),
    dedicated: octets('dedicated-key', keyLengths),
    broadcast: octets('broadcast-key', lengths),
    password: given.password === undefined ? undefined : passwordOctets(given.password.text, given.password.where),
  };
}

function askedFor(text: string | undefined): readonly SecretName[] {
  return (text?.split(',') ?? []).map((part) => {
    const name = secretNames.find((n) => n === part.trim());
    // It may be the key itself.
    if (name === undefined) throw usage(`--ask takes names, not values: ${secretNames.join(', ')}`);
    return name;
  });
}
function ask(name: SecretName, io: Io): Promise<string> {
  if (io.ask === undefined) throw usage(`--ask ${name} needs a terminal, but standard input or standard error is none`);
  return io.ask(`${secrets[name].text}: `);
}
const passwordOctets = (text: string, where: string): Uint8Array =>
  text.startsWith('hex:') ? hexArgument(text.slice(4), where) : new TextEncoder().encode(text);

// ── the key file ─────────────────────────────────────────────────────────────────────────────────────────

export type KeyFile = Partial<Readonly<Record<(typeof secrets)[SecretName]['field'], string>>>;
/** A key as text; errors never show any of it. */
export const secretHex: Check<string> = check(
  { type: 'string', pattern: '^([0-9A-Fa-f]{32}|[0-9A-Fa-f]{64})$' },
  (v) =>
    typeof v === 'string' && /^([\da-f]{32}|[\da-f]{64})$/i.test(v)
      ? v
      : refuse('a key of 32 or 64 hexadecimal digits', 'something else'),
);
const secretText: Check<string> = check({ type: 'string' }, (v) =>
  typeof v === 'string' ? v : refuse('a text', 'something else'),
);

const shape = (): Check<KeyFile> =>
  object({
    format: oneOf('keys/1'),
    encryptionKey: optional(secretHex),
    authenticationKey: optional(secretHex),
    dedicatedKey: optional(secretHex),
    broadcastKey: optional(secretHex),
    password: optional(secretText),
  });
const keyFile = async (path: string): Promise<KeyFile> => parseSecrets(await fileText(path), path, shape());
const fileText = async (path: string): Promise<string> => new TextDecoder().decode(await secretFile(path, '--keys'));

/** Reads JSON with keys. Errors name the place of what is wrong, but show none of its contents. */
export function parseSecrets<T>(json: string, name: string, form: Check<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (e) {
    // The message of the parser quotes the text.
    const at = /position (\d+)/.exec(e instanceof Error ? e.message : '')?.[1];
    throw usage(`${name} is no JSON${at === undefined ? '' : ` (at character ${at})`}`);
  }
  try {
    return form(value);
  } catch (e) {
    if (!isDlmsError(e, 'parse/invalid-text')) throw e;
    const path = e.path.map((part) => (/^(\d{1,6}|[A-Za-z]{1,20})$/.test(part) ? part : '…')).join('.');
    throw usage(`${name}${path === '' ? '' : `, ${path}`}: ${e.context.expected} expected`);
  }
}
/** The text of a key file with these secrets. */
export const formatKeyFile = (keys: KeyFile): string =>
  `${JSON.stringify({ format: 'keys/1', ...keys }, undefined, 2)}\n`;
