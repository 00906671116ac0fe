import { createHash, randomBytes } from 'node:crypto';
import { closeSync, fsync, linkSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DlmsError } from '../core/errors.js';
import type { StoreChanges } from './store.js';

// The files of a FileStore. `version.<n>` is a snapshot of all values, or a delta to version n - 1: a line of JSON, and
// a line with its SHA-256. Each contains the checksum of its predecessor, so a version from another history is noticed.

/** One version of a store. */
export interface Version {
  readonly version: number;
  readonly kind: 'snapshot' | 'delta';
  /** Random; makes two versions with the same number and content differ. */
  readonly id: string;
  /** Who owns the store: the id of the one process that uses it, or `shared`. */
  readonly owner: string;
  /** The checksum of the previous version; empty in the first. */
  readonly previous: string;
  /**
   * In a snapshot: numbers and checksums of the versions before it, so that a process whose version has been removed
   * can see whether it is among them.
   */
  readonly history: readonly (readonly [version: number, sum: string])[];
  readonly values: readonly (readonly [name: string, value: string | null])[];
}
export interface ReadVersion extends Version {
  readonly sum: string;
  readonly octets: number;
}
const format = 'dlms-cosem store 1';

export function formatVersion({ version, kind, id, owner, previous, history, values }: Version): {
  text: string;
  sum: string;
} {
  const body = JSON.stringify({ format, version, kind, id, owner, previous, history, values });
  const sum = sumOf(body);
  return { text: `${body}\n${sum}\n`, sum };
}
const sumOf = (body: string): string => createHash('sha256').update(body).digest('hex');

/** @throws DlmsError `security/counter-store` naming the file, when the text is not exactly what was written */
export function parseVersion(text: string, version: number, file: string): ReadVersion {
  const damaged = (reason: string): DlmsError => new DlmsError('security/counter-store', { reason, file });
  const end = text.indexOf('\n');
  const body = text.slice(0, end);
  const sum = text.slice(end + 1, -1);
  if (end < 0 || !text.endsWith('\n') || sum.length !== 64) throw damaged('damaged: truncated');
  if (sumOf(body) !== sum) throw damaged('damaged: wrong checksum');
  let stored: Record<string, unknown>;
  try {
    stored = JSON.parse(body);
  } catch {
    throw damaged('damaged: not JSON');
  }
  if (stored.format !== format) throw damaged('in another format');
  const { values, history, kind, owner, previous, id } = stored;
  const pairs = (list: unknown, types: readonly [string, string], orNull: boolean): boolean =>
    Array.isArray(list) &&
    list.every(
      (e) =>
        Array.isArray(e) &&
        e.length === 2 &&
        typeof e[0] === types[0] &&
        (typeof e[1] === types[1] || (orNull && e[1] === null)),
    );
  const whole =
    stored.version === version &&
    (kind === 'snapshot' || kind === 'delta') &&
    [owner, previous, id].every((s) => typeof s === 'string') &&
    pairs(values, ['string', 'string'], kind === 'delta') &&
    pairs(history, ['number', 'string'], false);
  if (!whole) throw damaged('damaged: not a version of a store');
  return { ...(stored as unknown as Version), sum, octets: text.length };
}

/** The folder of a store, and the operations in it. They throw what `node:fs` throws. */
export class StoreFolder {
  readonly path: string;
  constructor(path: string) {
    this.path = path;
  }
  file(version: number): string {
    return join(this.path, `version.${version}`);
  }
  /** The numbers of the versions, lowest first. */
  versions(): number[] {
    return readdirSync(this.path)
      .flatMap((name) => {
        const match = /^version\.([1-9]\d*)$/.exec(name);
        return match === null ? [] : [Number(match[1])];
      })
      .sort((a, b) => a - b);
  }
  /** Whether there is nothing in it, except files that a killed process did not come to link. */
  isEmpty(): boolean {
    return readdirSync(this.path).every((name) => temporaryName.test(name));
  }
  has(version: number): boolean {
    return statSync(this.file(version), { throwIfNoEntry: false }) !== undefined;
  }
  /** Undefined when there is no such version. */
  read(version: number): ReadVersion | undefined {
    const file = this.file(version);
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (e) {
      if (isCode(e, 'ENOENT')) return undefined;
      throw e;
    }
    return parseVersion(text, version, file);
  }
  /**
   * Writes a temporary file, verifies it, and links it under the name of the version: atomic, all or nothing.
   * @returns whether this process made the version; false when it exists already
   */
  async link(version: number, text: string, linked: () => void): Promise<boolean> {
    const temporary = join(this.path, `tmp.${process.pid}.${randomBytes(8).toString('hex')}`);
    try {
      const octets = Buffer.from(text);
      const file = openSync(temporary, 'wx', 0o600);
      try {
        // A write can be short: when a file size limit is reached, or the disk is almost full.
        for (let at = 0; at < octets.length; ) at += writeSync(file, octets, at, octets.length - at);
        await flush(file);
      } finally {
        closeSync(file);
      }
      if (!readFileSync(temporary).equals(octets))
        throw new DlmsError('security/counter-store', {
          reason: 'reading back what was written gives something else',
          file: temporary,
        });
      try {
        linkSync(temporary, this.file(version));
      } catch (e) {
        // Another process was faster, or removed our file because it could not see that we are alive (another
        // container).
        if (isCode(e, 'EEXIST') || isCode(e, 'ENOENT')) return false;
        throw e;
      }
      linked();
    } finally {
      rmSync(temporary, { force: true });
    }
    return true;
  }
  /** Makes new names durable. Windows cannot open a directory, and does not need it. */
  async flush(): Promise<void> {
    if (process.platform === 'win32') return;
    const directory = openSync(this.path, 'r');
    try {
      await flush(directory);
    } finally {
      closeSync(directory);
    }
  }
  /** Removes the lowest version first: a version that exists shows that none above it has been removed. */
  clearBelow(version: number): void {
    for (const old of this.versions()) if (old < version) rmSync(this.file(old), { force: true });
  }
  /**
   * Removes files that killed processes did not come to link. A process with the same id is this one, which is not
   * writing now, or an earlier one.
   */
  clearTemporary(): void {
    for (const name of readdirSync(this.path)) {
      const match = temporaryName.exec(name);
      if (match !== null && (Number(match[1]) === process.pid || !isAlive(Number(match[1]))))
        rmSync(join(this.path, name), { force: true });
    }
  }
}
/** Where the repair of a store makes its new one; while this folder exists, the repair is not finished. */
export const unfinishedRepair = (directory: string): string => `${directory}.repaired`;
const temporaryName = /^tmp\.(\d+)\.[0-9a-f]+$/;
const flush = (file: number): Promise<void> => promisify(fsync)(file);
export const isCode = (e: unknown, code: string): boolean => (e as NodeJS.ErrnoException).code === code;
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (e) {
    return !isCode(e, 'ESRCH');
  }
}

/** Applies changes to `values`. */
export function applied(values: Map<string, string>, changes: StoreChanges | Version['values']): void {
  for (const [name, value] of changes) {
    if (value === undefined || value === null) values.delete(name);
    else values.set(name, value);
  }
}
