import { open } from 'node:fs/promises';
import { exitCodes, Failure, usage } from './failure.js';

/**
 * The content of a file with keys. One that others of this machine may read or write is refused: they would know the keys, or choose them.
 * @param option what to call it in an error
 */
export async function secretFile(path: string, option: string): Promise<Uint8Array> {
  const file = await open(path, 'r').catch(() => {
    throw usage(`${option}: nothing readable at ${path}`);
  });
  try {
    const info = await file.stat();
    if (!info.isFile()) throw usage(`${option}: ${path} is no file`);
    // Windows has no such mode bits.
    if (process.platform !== 'win32' && (info.mode & 0o066) !== 0)
      throw new Failure(
        `${option}: ${path} holds keys, and other users of this machine can read or write it (mode ${(info.mode & 0o777).toString(8)}); chmod 600 ${path} keeps them out. Keys that others could read are no secret any more`,
        exitCodes.security,
      );
    return await file.readFile();
  } finally {
    await file.close();
  }
}
