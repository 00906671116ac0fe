import { beforeEach, describe, expect, it, vi } from 'vitest';
import { openPkcs11Provider, type Pkcs11Provider } from '../../src/security/providers/pkcs11.js';
import { laterOutcome } from '../support/outcome.js';

// What SoftHSM cannot be made to do: a module that fails at a certain call, or has more objects than one answer holds.
// Only its objects and sessions are here, no cryptography; the tests on a real module are in pkcs11.test.ts.

const module = vi.hoisted(() => ({
  objects: new Map<number, readonly { type: string; value?: unknown }[]>(),
  sessions: new Set<number>(),
  next: 1,
  loggedIn: false,
  searches: [] as number[][],
  /** The calls that fail, and with what. */
  fails: new Map<string, string>(),
  called: [] as string[],
}));
vi.mock('pkcs11js', () => {
  const functions: Record<string, (...args: any[]) => unknown> = {
    load: () => undefined,
    C_Initialize: () => undefined,
    C_GetSlotList: () => [1],
    C_GetTokenInfo: () => ({ label: 'fake' }),
    C_OpenSession: () => {
      module.sessions.add(module.next);
      return module.next++;
    },
    C_CloseSession: (session: number) => module.sessions.delete(session),
    C_Login: (_session: number, _user: unknown, pin: string) => {
      if (module.loggedIn) throw new Error('CKR_USER_ALREADY_LOGGED_IN:256');
      if (pin !== '1234') throw new Error('CKR_PIN_INCORRECT:160');
      module.loggedIn = true;
    },
    C_CreateObject: (_session: number, template: { type: string; value?: unknown }[]) => {
      const isPublic = template.some((a) => a.type === 'CKA_EC_POINT');
      if (isPublic && module.fails.has('public')) throw new Error(module.fails.get('public'));
      module.objects.set(module.next, template);
      return module.next++;
    },
    C_DestroyObject: (_session: number, object: number) => module.objects.delete(object),
    C_FindObjectsInit: (_session: number, template: { type: string; value?: unknown }[]) =>
      module.searches.push(
        [...module.objects].flatMap(([object, attributes]) =>
          template.every((t) => attributes.some((a) => a.type === t.type && a.value === t.value)) ? [object] : [],
        ),
      ),
    C_FindObjects: (_session: number, most: number) => module.searches.at(-1)!.splice(0, most),
    C_FindObjectsFinal: () => module.searches.pop(),
    C_WrapKey: (_session: number, _mechanism: unknown, _key: unknown, _object: unknown, out: Buffer) => out,
    C_EncryptInit: () => undefined,
    C_Encrypt: (_session: number, block: Buffer) => block,
  };
  class PKCS11 {}
  for (const [name, work] of Object.entries(functions)) {
    const call = (...args: unknown[]): unknown => {
      module.called.push(name);
      const reason = module.fails.get(name);
      if (reason !== undefined) throw new Error(reason);
      return work(...args);
    };
    Object.assign(PKCS11.prototype, { [name]: call, [`${name}Async`]: async (...args: unknown[]) => call(...args) });
  }
  const constants = new Proxy({} as Record<string, unknown>, {
    get: (_, name) => (name === 'PKCS11' ? PKCS11 : name === 'then' ? undefined : name),
    has: (_, name) => name !== 'then',
  });
  return { default: constants };
});

const open = (pin = '1234', background = false): Promise<Pkcs11Provider> =>
  openPkcs11Provider({ library: 'fake', token: 'fake', pin, background });
beforeEach(() => {
  for (const held of [module.objects, module.sessions, module.fails]) held.clear();
  module.loggedIn = false;
});

describe('a token that is already open in this process', () => {
  it.each(['1234', '9999'])('is not opened a second time, because nobody would check the PIN: %s', async (pin) => {
    await open();
    const held = module.sessions.size;
    await expect(open(pin)).rejects.toMatchObject({
      code: 'security/provider',
      context: { operation: 'C_Login', reason: 'CKR_USER_ALREADY_LOGGED_IN' },
    });
    expect(module.sessions.size).toBe(held);
  });
});

it('a session that cannot be closed does not hide why the token was refused', async () => {
  module.fails.set('C_CloseSession', 'CKR_DEVICE_ERROR:48');
  await expect(open('9999')).rejects.toMatchObject({ context: { reason: 'CKR_PIN_INCORRECT' } });
});
it('a session that cannot be closed does not hide why an operation failed', async () => {
  const token = await open();
  const key = await token.importKey('AES-128', new Uint8Array(16));
  module.fails.set('C_CloseSession', 'CKR_DEVICE_ERROR:48').set('C_Encrypt', 'CKR_FUNCTION_FAILED:6');
  expect(() => key.fingerprint).toThrow(
    expect.objectContaining({ context: expect.objectContaining({ reason: 'CKR_FUNCTION_FAILED' }) }),
  );
  expect(() => token.encryptBlock(key, new Uint8Array(16))).toThrow(
    expect.objectContaining({ context: expect.objectContaining({ reason: 'CKR_FUNCTION_FAILED' }) }),
  );
  module.fails.clear();
  expect(token.encryptBlock(key, new Uint8Array(16))).toHaveLength(16);
});

it('removing a label removes every object that has it, however many there are', async () => {
  const token = await open();
  for (let i = 0; i < 130; i++)
    module.objects.set(module.next++, [
      { type: 'CKA_LABEL', value: 'many' },
      { type: 'CKA_TOKEN', value: true },
    ]);
  expect([token.remove('many'), token.remove('many'), module.objects.size]).toEqual([130, 0, 0]);
});

it.each([false, true])(
  'a secret is not left on the token when wrapping it fails (in the background: %s)',
  async (background) => {
    const token = await open('1234', background);
    const kek = await token.importKey('AES-128', new Uint8Array(16), { use: 'wrapping' });
    const secret = await token.importKey('secret', new Uint8Array(16).fill(7));
    const before = module.objects.size;
    module.fails.set('C_WrapKey', 'CKR_FUNCTION_FAILED:6');
    expect(await laterOutcome(() => token.wrap(kek, secret))).toBe('security/provider');
    expect(module.objects.size).toBe(before);
    module.fails.clear();
    expect(await token.wrap(kek, secret)).toHaveLength(24);
    expect(module.objects.size).toBe(before);
  },
);

it('half a key pair is not left on the token when the other half is refused', async () => {
  const token = await open();
  module.fails.set('public', 'CKR_DEVICE_MEMORY:49');
  const d = new Uint8Array(32).fill(5);
  expect(await laterOutcome(() => token.importPrivateKey('ECDSA P-256', d, { label: 'pair' }))).toBe(
    'security/provider',
  );
  expect(module.objects.size).toBe(0);
  module.fails.clear();
  await token.importPrivateKey('ECDSA P-256', d, { label: 'pair' });
  expect(module.objects.size).toBe(2);
});
