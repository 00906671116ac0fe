import type { Option } from './command.js';
import { hexArgument } from './input.js';

/** Keys on the command line: the same in every command. */
export const keyOptions = {
  ek: { type: 'string', value: 'HEX', help: 'global unicast encryption key, 16 or 32 octets' },
  ak: { type: 'string', value: 'HEX', help: 'authentication key, as long as the encryption key' },
  'system-title': { type: 'string', value: 'HEX', help: 'system title of the sender, 8 octets; only where messages do not name it' },
  'dedicated-key': { type: 'string', value: 'HEX', help: 'key of ded- messages; found without it when the association is in the octets' },
  'broadcast-key': { type: 'string', value: 'HEX', help: 'global broadcast encryption key' },
} as const satisfies Record<string, Option>;

export interface KeyValues {
  readonly ek?: string;
  readonly ak?: string;
  readonly 'system-title'?: string;
  readonly 'dedicated-key'?: string;
  readonly 'broadcast-key'?: string;
}
export interface GivenKeys {
  readonly encryption: Uint8Array | undefined;
  readonly authentication: Uint8Array | undefined;
  readonly title: Uint8Array | undefined;
  readonly dedicated: Uint8Array | undefined;
  readonly broadcast: Uint8Array | undefined;
}

const keyLengths = [16, 32] as const;
export function givenKeys(values: KeyValues): GivenKeys {
  const key = (name: keyof KeyValues, lengths: readonly number[]): Uint8Array | undefined =>
    values[name] === undefined ? undefined : hexArgument(values[name], `--${name}`, lengths);
  const encryption = key('ek', keyLengths);
  const lengths = encryption === undefined ? keyLengths : [encryption.length];
  return {
    encryption,
    authentication: key('ak', lengths),
    title: key('system-title', [8]),
    dedicated: key('dedicated-key', keyLengths),
    broadcast: key('broadcast-key', lengths),
  };
}
