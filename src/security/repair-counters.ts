import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DlmsError, isDlmsError } from '../core/errors.js';
import { FileStore } from '../store/file-store.js';
import { applied, type ReadVersion, StoreFolder, unfinishedRepair } from '../store/file-store-files.js';
import { storeError } from '../store/grouped-store.js';
import { counterLimit } from './counters.js';

/** Options of {@link repairCounters}. */
export interface RepairOptions {
  /**
   * How far every sending sequence is moved ahead of the highest value that can still be read, at least 1: more than
   * can have been sent since. One message a second for a week is 604 800.
   */
  readonly ahead: number;
}
/** What was found, and what must be done by hand. */
export interface Repair {
  /** Files that could not be used, and why. If empty, nothing was done. */
  readonly damaged: readonly { readonly file: string; readonly reason: string }[];
  /** Where the damaged store is now, complete, for a closer look. Undefined when nothing was done. */
  readonly movedTo: string | undefined;
  /**
   * Sending sequences that were moved ahead, by key and own system title. A sequence that only the lost part knew is
   * not among them.
   */
  readonly sent: readonly {
    readonly name: string;
    readonly key: string;
    readonly systemTitle: string;
    readonly from: number;
    readonly to: number;
  }[];
  /**
   * System titles of the meters (or clients) in the store. Ask each which counter it expects, and make it prove itself,
   * before believing anything else it sends.
   */
  readonly ask: readonly string[];
  /** Names of other values, kept as last readable: they may be out of date. */
  readonly kept: readonly string[];
}

/**
 * Turns a damaged store into a usable one in the same folder: takes what is intact, moves all sending sequences ahead,
 * and keeps the highest values received. Messages recorded only in the lost part would be accepted again: hence
 * {@link Repair.ask}. No process may use the store meanwhile. A repair that was interrupted is undone and done again;
 * until then, no new store can be created in its place.
 * @throws DlmsError `security/counter-store` when nothing at all can be read, or the folder cannot be written
 */
export async function repairCounters(directory: string, { ahead }: RepairOptions): Promise<Repair> {
  if (!Number.isInteger(ahead) || ahead < 1 || ahead > counterLimit)
    throw new DlmsError('encode/invalid-value', { expected: 'a margin from 1 to 2^32 - 1', actual: String(ahead) });
  try {
    await undone(directory);
    const opened = await FileStore.open(directory).catch((e: unknown) => {
      if (isDlmsError(e, 'security/counter-store') && e.context.file !== undefined && e.context.file !== directory)
        return undefined;
      throw e;
    });
    if (opened !== undefined) {
      await opened.close();
      return { damaged: [], movedTo: undefined, sent: [], ask: [], kept: [] };
    }
    const { versions, damaged } = readable(new StoreFolder(directory));
    if (versions.length === 0)
      throw new DlmsError('security/counter-store', {
        reason: 'nothing in the store can be read: create a new one, and ask every meter for its counters',
        file: directory,
      });
    const values = restored(versions);
    const sent: Repair['sent'][number][] = [];
    const ask = new Set<string>();
    const kept: string[] = [];
    for (const [name, value] of values) {
      const [kind, key = '', systemTitle = ''] = name.split(' ');
      if (kind === 'send') {
        const to = Math.min(Number(value) + ahead, counterLimit);
        sent.push({ name, key, systemTitle, from: Number(value), to });
        values.set(name, String(to));
      } else if (kind === 'receive') ask.add(systemTitle);
      else if (kind !== 'ahead' && kind !== 'moved') kept.push(name);
    }
    const fresh = unfinishedRepair(directory);
    const store = await FileStore.create(fresh);
    await store.update([...values.keys()], () => ({ result: undefined, set: values }));
    await store.close();
    const movedTo = `${directory}.damaged-${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
    const parent = new StoreFolder(dirname(directory));
    // The new store must be on the disk before the old one loses its name.
    await parent.flush();
    renameSync(directory, movedTo);
    await parent.flush();
    renameSync(fresh, directory);
    await parent.flush();
    return { damaged, movedTo, sent, ask: [...ask].sort(), kept };
  } catch (e) {
    throw storeError(e, directory);
  }
}

/** Brings back the state before a repair that was interrupted; without one, does nothing. */
async function undone(directory: string): Promise<void> {
  const fresh = unfinishedRepair(directory);
  if (!existsSync(fresh)) return;
  const parent = new StoreFolder(dirname(directory));
  if (!existsSync(directory)) {
    // By their names, the last one is the latest.
    const moved = readdirSync(parent.path)
      .filter((name) => name.startsWith(`${basename(directory)}.damaged-`))
      .sort()
      .at(-1);
    // If somebody took the damaged store away, the new one is all there is, and it is complete.
    renameSync(moved === undefined ? fresh : join(parent.path, moved), directory);
    await parent.flush();
    if (moved === undefined) return;
  }
  rmSync(fresh, { recursive: true });
}
function readable(folder: StoreFolder): { versions: readonly ReadVersion[]; damaged: Repair['damaged'] } {
  const versions: ReadVersion[] = [];
  const damaged: Repair['damaged'][number][] = [];
  let before: ReadVersion | undefined;
  for (const version of folder.versions()) {
    const file = folder.file(version);
    if (
      before !== undefined &&
      version > before.version + 1 &&
      !damaged.some((d) => d.file === folder.file(version - 1))
    )
      damaged.push({ file: folder.file(version - 1), reason: 'damaged: this version is missing' });
    try {
      const read = folder.read(version);
      if (read === undefined) continue;
      if (before?.version === version - 1 && read.previous !== before.sum && read.kind === 'delta')
        damaged.push({ file, reason: 'damaged: it does not follow the version before it' });
      else versions.push(read);
      before = read;
    } catch (e) {
      if (!isDlmsError(e, 'security/counter-store')) throw e;
      damaged.push({ file, reason: e.context.reason });
    }
  }
  return { versions, damaged };
}
/** The newest of each value; of a counter the highest, because what deleted it may itself be damaged. */
function restored(versions: readonly ReadVersion[]): Map<string, string> {
  const values = new Map<string, string>();
  const highest = new Map<string, bigint>();
  for (const { kind, values: changes } of versions) {
    if (kind === 'snapshot') values.clear();
    applied(values, changes);
    for (const [name, value] of changes) {
      if (!/^(send|receive|ahead|moved) /.test(name) || value === null || !/^\d{1,78}$/.test(value)) continue;
      const number = BigInt(value);
      if (number >= (highest.get(name) ?? 0n)) highest.set(name, number);
    }
  }
  for (const [name, number] of highest) values.set(name, number.toString());
  return values;
}
