import { formatHex } from '../../core/hex.js';
import { nobleProvider } from '../../security/providers/noble.js';
import { isRecord, type Json } from './notation.js';
import { Unsupported } from './scenario.js';

const octets = (from: number): Uint8Array => Uint8Array.from({ length: 16 }, (_, i) => (from + i) & 0xff);
/** Keys by the names that scenarios use. */
export const keyMaterial: Readonly<Record<string, Uint8Array>> = {
  GUEK: octets(0),
  AK: octets(0xd0),
  KEK: octets(0x30),
  newGUEK: octets(0x60),
  newAK: octets(0x70),
  otherKEK: octets(0x40),
  mbusMaster: octets(0x80),
  key: octets(0x90),
};
const keyOf = (name: string): Uint8Array => {
  const found = keyMaterial[name.trim()];
  if (found === undefined) throw new Unsupported(`key ${name}`);
  return found;
};

/** A step with what the runner makes: `@wrap(kek,key)`, `@key`, `@token(amount#id)`, `@bytes(n)`. */
export async function made<T extends { readonly [key: string]: Json }>(step: T): Promise<T> {
  return (await replaced(step)) as T;
}
async function replaced(json: Json): Promise<Json> {
  if (typeof json === 'string') return json.startsWith('@') ? text(json) : json;
  if (Array.isArray(json)) return Promise.all(json.map(replaced));
  if (!isRecord(json)) return json;
  return Object.fromEntries(await Promise.all(Object.entries(json).map(async ([k, v]) => [k, await replaced(v)])));
}
async function text(reference: string): Promise<Json> {
  const [, name, inside = ''] = /^@(\w+)(?:\((.*)\))?$/.exec(reference) ?? [];
  switch (name) {
    case 'bytes':
      return '41'.repeat(Number(inside));
    case 'key':
      return formatHex(keyOf('key'));
    case 'wrap': {
      const [kek, key] = inside.split(',').map(keyOf) as [Uint8Array, Uint8Array];
      const wrapping = await nobleProvider.importKey('AES-128', kek, { use: 'wrapping' });
      const wrapped = await nobleProvider.importKey('AES-128', key, { wrappable: true });
      return formatHex(await nobleProvider.wrap(wrapping, wrapped));
    }
    case 'token':
      return formatHex(new TextEncoder().encode(inside));
    default:
      throw new Unsupported(reference);
  }
}
