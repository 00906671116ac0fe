import { createHash, randomBytes } from 'node:crypto';
import { closeSync, fsync, linkSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DlmsError } from '../core/errors.js';
import type { StoreChanges } from './store.js';

// The files of a FileStore. `version.<n>` is a snapshot of all values or a delta to version n - 1: one line of JSON, and a line with its SHA-256. It names the
// checksum of its predecessor, so that a version out of another line of versions is noticed.

/** One version of a store. */
export interface Version {
  readonly version: number;
  readonly kind: 'snapshot' | 'delta';
  /** Makes two versions of the same number and content differ. */
  readonly id: string;
  /** Whose store it is: an id of the process that has it for itself, or `shared`. */
  readonly owner: string;
  /** Checksum of the version before; empty in the first. */
  readonly previous: string;
  /** Of a snapshot: versions and checksums before it, so that a process whose version was cleared away sees whether it is among them. */
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

/** @throws DlmsError `security/counter-store` that names the file: whatever is not exactly what was written is damaged */
export function parseVersion(text: string, version: number, file: string): ReadVersion {
  const damaged = (reason: string): DlmsError => new DlmsError('security/counter-store', { reason, file });
  const end = text.indexOf('\n');
  const body = text.slice(0, end);
  const sum = text.slice(end + 1, -1);
  if (end < 0 || !text.endsWith('\n') || sum.length !== 64) throw damaged('damaged: cut off');
  if (sumOf(body) !== sum) throw damaged('damaged: its checksum does not fit');
  let stored: Record<string, unknown>;
  try {
    stored = JSON.parse(body);
  } catch {
    throw damaged('damaged: no JSON');
  }
  if (stored.format !== format) throw damaged('of another format');
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
  if (!whole) throw damaged('damaged: not of the shape of a version');
  return { ...(stored as unknown as Version), sum, octets: text.length };
}

/** The folder of a store, and what can be done in it. All of it throws what `node:fs` throws. */
export class StoreFolder {
  readonly path: string;
  constructor(path: string) {
    this.path = path;
  }
  file(version: number): string {
    return join(this.path, `version.${version}`);
  }
  /** Numbers of the versions, lowest first. */
  versions(): number[] {
    return readdirSync(this.path)
      .flatMap((name) => {
        const match = /^version\.([1-9]\d*)$/.exec(name);
        return match === null ? [] : [Number(match[1])];
      })
      .sort((a, b) => a - b);
  }
  /** But for what a killed process was about to link. */
  isEmpty(): boolean {
    return readdirSync(this.path).every((name) => temporaryName.test(name));
  }
  has(version: number): boolean {
    return statSync(this.file(version), { throwIfNoEntry: false }) !== undefined;
  }
  /** Undefined when it is not there. */
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
   * Writes beside, makes sure of it, and links: atomic, and all or nothing.
   * @returns whether this process made the version; false when it is there already
   */
  async link(version: number, text: string, linked: () => void): Promise<boolean> {
    const temporary = join(this.path, `tmp.${process.pid}.${randomBytes(8).toString('hex')}`);
    try {
      const octets = Buffer.from(text);
      const file = openSync(temporary, 'wx', 0o600);
      try {
        // A write can be short: a limit of the file size, a disk that is almost full.
        for (let at = 0; at < octets.length; ) at += writeSync(file, octets, at, octets.length - at);
        await flush(file);
      } finally {
        closeSync(file);
      }
      if (!readFileSync(temporary).equals(octets))
        throw new DlmsError('security/counter-store', {
          reason: 'what was written reads back otherwise',
          file: temporary,
        });
      try {
        linkSync(temporary, this.file(version));
      } catch (e) {
        // Another was faster, or cleared our file away because it could not see that we live (another container).
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
  /** Lowest first: that a version is there means that none above it was cleared away. */
  clearBelow(version: number): void {
    for (const old of this.versions()) if (old < version) rmSync(this.file(old), { force: true });
  }
  /** Removes what killed processes were about to link. A process of the same id is this one, which is not writing now, or one before it. */
  clearTemporary(): void {
    for (const name of readdirSync(this.path)) {
      const match = temporaryName.exec(name);
      if (match !== null && (Number(match[1]) === process.pid || !isAlive(Number(match[1]))))
        rmSync(join(this.path, name), { force: true });
    }
  }
}
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

/** Versions applied one after the other. */
export function applied(values: Map<string, string>, changes: StoreChanges | Version['values']): void {
  for (const [name, value] of changes) {
    if (value === undefined || value === null) values.delete(name);
    else values.set(name, value);
  }
}
