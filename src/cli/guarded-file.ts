import { open } from 'node:fs/promises';
import { exitCodes, Failure, usage } from './failure.js';

/**
 * The contents of a file with keys. Refuses a file that other users of this machine may read or write: they would know
 * the keys, or choose them.
 * @param option what to call it in an error
 */
export const secretFile = (path: string, option: string): Promise<Uint8Array> =>
  guarded(
    path,
    option,
    0o066,
    (mode) =>
      `${option}: ${path} holds keys, and other users of this machine can read or write it (mode ${mode}); chmod 600 ${path} keeps them out. Keys that others could read are no secret any more`,
  );
/**
 * The contents of a file that says whom to trust: a public key or a certificate. Refuses a file that other users of
 * this machine may write: they could put their own in its place.
 * @param option what to call it in an error
 */
export const trustedFile = (path: string, option: string): Promise<Uint8Array> =>
  guarded(
    path,
    option,
    0o022,
    (mode) =>
      `${option}: other users of this machine can replace ${path} (mode ${mode}), and with it whom this program believes; chmod go-w ${path} keeps them out. Make sure first that nobody has`,
  );

/** @param forbidden mode bits that must be clear; Windows has none */
async function guarded(
  path: string,
  option: string,
  forbidden: number,
  refusal: (mode: string) => string,
): Promise<Uint8Array> {
  const file = await open(path, 'r').catch(() => {
    throw usage(`${option}: nothing readable at ${path}`);
  });
  try {
    const info = await file.stat();
    if (!info.isFile()) throw usage(`${option}: ${path} is no file`);
    if (process.platform !== 'win32' && (info.mode & forbidden) !== 0)
      throw new Failure(refusal((info.mode & 0o777).toString(8)), exitCodes.security);
    return await file.readFile();
  } finally {
    await file.close();
  }
}
