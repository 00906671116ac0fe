import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DlmsError } from '../core/errors.js';
import type { VectorFile } from './run.js';

/**
 * The vector files of a folder (every `*.json`, sorted by name), or a single file. A file in a folder that is not JSON
 * has no vectors; the others still count.
 * @throws DlmsError `parse/invalid-text` when the path does not exist, the folder has no such file, or the single file
 * is not JSON.
 */
export async function readVectorFiles(path: string): Promise<VectorFile[]> {
  const folder = await stat(path).catch(() => {
    throw unusable('a folder of *.json files', `nothing readable at ${path}`);
  });
  if (!folder.isDirectory()) {
    const file = await read(path);
    if (file.vectors === undefined) throw unusable('a JSON array of vectors', basename(path));
    return [file];
  }
  const names = (await readdir(path)).filter((name) => name.endsWith('.json')).sort();
  if (names.length === 0) throw unusable('a folder of *.json files', `none in ${path}`);
  return Promise.all(names.map((name) => read(join(path, name))));
}
async function read(path: string): Promise<VectorFile> {
  const text = await readFile(path, 'utf8');
  try {
    return { name: basename(path), vectors: JSON.parse(text) };
  } catch {
    return { name: basename(path), vectors: undefined };
  }
}
const unusable = (expected: string, actual: string): DlmsError =>
  new DlmsError('parse/invalid-text', { offset: 0, expected, actual });
