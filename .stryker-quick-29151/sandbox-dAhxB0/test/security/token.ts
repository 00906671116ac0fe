import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, it } from 'vitest';
import { openPkcs11Provider, type Pkcs11Provider } from '../../src/security/providers/pkcs11.js';
import type { CryptoProvider } from '../../src/security/providers/provider.js';
import { needs, pkcs11js, softhsm, softhsmLibrary } from '../support/needs.js';
import { providers } from './support.js';

// A SoftHSM2 token of its own for each test file that imports this; where there is none, such tests are skipped.

const peer: string = 'pkcs11js';
export const pin = '1234';
/**
 * Makes tokens with these labels. The module reads its configuration and its tokens once per process: call this once, before the module is loaded.
 * @returns what removes them
 */
export function makeTokens(...labels: readonly string[]): () => void {
  const dir = mkdtempSync(join(tmpdir(), 'token-'));
  mkdirSync(join(dir, 'tokens'));
  process.env.SOFTHSM2_CONF = join(dir, 'softhsm2.conf');
  writeFileSync(
    process.env.SOFTHSM2_CONF,
    `directories.tokendir = ${join(dir, 'tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  );
  for (const label of labels) {
    const made = spawnSync(
      'softhsm2-util',
      ['--init-token', '--free', '--label', label, '--pin', pin, '--so-pin', '5678'],
      { encoding: 'utf8' },
    );
    if (made.status !== 0) throw new Error(`no token made: ${made.stderr}`);
  }
  return () => rmSync(dir, { recursive: true, force: true });
}

/** The providers in software, and one on a new token where that is possible. */
export async function providersWithToken(): Promise<readonly CryptoProvider[]> {
  const needed = needs(softhsm, pkcs11js);
  if (needed.skip) {
    it('with keys on a token as well', needed, () => {});
    return providers;
  }
  const remove = makeTokens('conformance');
  const token: Pkcs11Provider = await openPkcs11Provider({
    library: softhsmLibrary as string,
    token: 'conformance',
    pin,
  });
  afterAll(() => {
    token.close();
    remove();
  });
  return [...providers, token];
}

/** Somebody else who may use the token, with the functions of the interface themselves. (The process has loaded the module and opened the token already.) */
export async function beside(token: string) {
  const loaded = await import(peer);
  const c = (loaded.default ?? loaded) as Record<string, number> & {
    PKCS11: new () => Record<string, (...args: any[]) => any>;
  };
  const module = new c.PKCS11();
  const call = (name: string, ...args: readonly unknown[]): any =>
    (module[name] as (...a: readonly unknown[]) => unknown).call(module, ...args);
  call('load', softhsmLibrary);
  const slot = call('C_GetSlotList', true).find((s: Buffer) => call('C_GetTokenInfo', s).label.trimEnd() === token);
  const session = call('C_OpenSession', slot, (c.CKF_SERIAL_SESSION as number) | (c.CKF_RW_SESSION as number));
  const find = (label: string): Buffer => {
    call('C_FindObjectsInit', session, [{ type: c.CKA_LABEL, value: label }]);
    const [found] = call('C_FindObjects', session, 2);
    call('C_FindObjectsFinal', session);
    return found;
  };
  return {
    flags: (label: string, names: readonly string[]): string =>
      names.map((name) => call('C_GetAttributeValue', session, find(label), [{ type: c[name] }])[0].value[0]).join(''),
    widen(label: string, flag: string): string {
      try {
        call('C_SetAttributeValue', session, find(label), [{ type: c[flag], value: true }]);
        return 'done';
      } catch (e) {
        return (e as Error).message;
      }
    },
    makeBoth(label: string, value: Uint8Array): void {
      const all = ['CKA_TOKEN', 'CKA_PRIVATE', 'CKA_ENCRYPT', 'CKA_DECRYPT', 'CKA_WRAP', 'CKA_UNWRAP'].map((name) => ({
        type: c[name],
        value: true,
      }));
      call('C_CreateObject', session, [
        { type: c.CKA_CLASS, value: c.CKO_SECRET_KEY },
        { type: c.CKA_KEY_TYPE, value: c.CKK_AES },
        { type: c.CKA_LABEL, value: label },
        { type: c.CKA_VALUE, value: Buffer.from(value) },
        ...all,
      ]);
    },
    close: (): void => call('C_CloseSession', session),
  };
}
