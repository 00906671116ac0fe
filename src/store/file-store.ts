import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { DlmsError } from '../core/errors.js';
import {
  applied,
  formatVersion,
  isCode,
  type ReadVersion,
  StoreFolder,
  unfinishedRepair,
  type Version,
} from './file-store-files.js';
import { GroupedStore, type StoreBackend, type StoreOptions, storeError } from './grouped-store.js';
import { entriesOf, type StoreChanges } from './store.js';

/**
 * A store in a folder of the file system, for the counters, keys and states of up to a few thousand names.
 *
 * The state is a sequence of versions: a snapshot, and the changes since. A change is written to a temporary file,
 * flushed to disk, and then linked as the next version. Linking is atomic and fails when another process was faster;
 * then that version is read and the change is tried again. There is no lock that a killed process could leave behind: a
 * process killed between any two steps leaves either the old state or the new one, and perhaps a file that was never
 * linked, which the next process removes. Concurrent changes of one process become one version. The file system must
 * support hard links.
 *
 * A damaged version (truncated, changed, missing between others) is refused by name, and no older one is used in its
 * place; see `repairCounters`. Only what leaves no trace goes unnoticed: replacing the whole folder, or its newest
 * version, by an older copy.
 *
 * The folder belongs to one user; it is refused when others can enter it (`chmod 700` is needed).
 */
export class FileStore extends GroupedStore {
  readonly directory: string;
  private constructor(directory: string, backend: StoreBackend, options: StoreOptions) {
    super(backend, options);
    this.directory = directory;
  }
  /**
   * Creates a new, empty store, and its folder if that does not exist.
   * @throws DlmsError `security/counter-store` when there is a store already, its repair was not finished, or the folder
   * contains anything else or cannot be written
   */
  static async create(directory: string, options: StoreOptions = {}): Promise<FileStore> {
    const folder = new StoreFolder(directory);
    try {
      if (statSync(unfinishedRepair(directory), { throwIfNoEntry: false }) !== undefined)
        throw refused('the repair of a store was not finished here: repair it again', directory);
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      if (folder.versions().length > 0) throw refused('there is a store already: open it', directory);
      if (!folder.isEmpty()) throw refused('the folder is not empty: a store needs a folder of its own', directory);
      chmodSync(directory, 0o700);
      checkFolder(directory);
      const first: Version = {
        version: 1,
        kind: 'snapshot',
        id: newId(),
        owner: 'nobody',
        previous: '',
        history: [],
        values: [],
      };
      if (!(await folder.link(1, formatVersion(first).text, () => {})))
        throw refused('there is a store already: open it', directory);
      await folder.flush();
    } catch (e) {
      throw storeError(e, directory);
    }
    return FileStore.open(directory, options);
  }
  /**
   * Opens an existing store.
   * @throws DlmsError `security/counter-store` when there is none (counters must not restart because a volume is not
   * mounted), or it is damaged, open to others or cannot be written
   */
  static async open(directory: string, options: StoreOptions = {}): Promise<FileStore> {
    try {
      checkFolder(directory);
      const files = new FileBackend(new StoreFolder(directory), options.shared === true);
      await files.take();
      return new FileStore(directory, files, options);
    } catch (e) {
      throw storeError(e, directory);
    }
  }
}

/** After this many versions, a snapshot is written. */
const snapshotEvery = 128;
const historyLength = 256;

class FileBackend implements StoreBackend {
  readonly exclusive: boolean;
  readonly #folder: StoreFolder;
  readonly #owner: string;
  #values = new Map<string, string>();
  #version = 0;
  #snapshot = 0;
  #sum = '';
  #ownedBy = '';
  /** The checksums of the last versions. */
  #history = new Map<number, string>();
  /** Set when a flush has failed: what is on the disk is no longer known. */
  #broken: DlmsError | undefined;
  readonly #get = (name: string): string | undefined => this.#values.get(name);

  constructor(folder: StoreFolder, shared: boolean) {
    this.#folder = folder;
    this.exclusive = !shared;
    this.#owner = shared ? 'shared' : newId();
    folder.clearTemporary();
    this.#readAll();
  }
  /** Makes this process the owner of the store, or the store a shared one. */
  async take(): Promise<void> {
    if (this.#ownedBy === this.#owner) return;
    await this.#commit(() => none, true);
  }
  get(name: string): string | undefined {
    this.#intact();
    if (!this.exclusive) this.#refresh();
    return this.#values.get(name);
  }
  entries(prefix: string): readonly (readonly [name: string, value: string])[] {
    this.#intact();
    if (!this.exclusive) this.#refresh();
    return entriesOf(this.#values, prefix);
  }
  checkOwner(): void {
    this.#intact();
    // One look at the disk is enough: a process that takes the store over makes a new version.
    if (this.#folder.has(this.#version + 1)) this.#refresh();
    if (this.#ownedBy === this.#owner) return;
    throw refused(
      this.exclusive
        ? 'another process has opened this store: open it in one process at a time, or in all of them with shared: true'
        : 'another process has this store for itself',
      this.#folder.path,
    );
  }
  commit(change: (get: (name: string) => string | undefined) => StoreChanges): Promise<void> {
    return this.#commit(change, false);
  }
  async #commit(change: (get: (name: string) => string | undefined) => StoreChanges, taking: boolean): Promise<void> {
    for (;;) {
      this.#intact();
      this.#refresh();
      if (!taking) this.checkOwner();
      const set = change(this.#get);
      if (set.size === 0 && !taking) return;
      if (await this.#write(set)) return;
    }
  }
  async #write(set: StoreChanges): Promise<boolean> {
    const version = this.#version + 1;
    const snapshot = version - this.#snapshot >= snapshotEvery;
    const values: [string, string | null][] = [];
    if (snapshot) {
      for (const [name, value] of this.#values) if (!set.has(name)) values.push([name, value]);
      for (const [name, value] of set) if (value !== undefined) values.push([name, value]);
    } else for (const [name, value] of set) values.push([name, value ?? null]);
    const next: Version = {
      version,
      kind: snapshot ? 'snapshot' : 'delta',
      id: newId(),
      owner: this.#owner,
      previous: this.#sum,
      history: snapshot ? [...this.#history] : [],
      values,
    };
    const { text, sum } = formatVersion(next);
    let stale = false;
    const linked = (): void => {
      // A slow process can link a version that others have long passed and removed; then the one before it is gone,
      // too.
      stale = this.#version !== version - 1 || !this.#folder.has(version - 1);
      if (!stale) this.#follow({ ...next, sum, octets: text.length });
    };
    if (!(await this.#folder.link(version, text, linked))) return false;
    try {
      await this.#folder.flush();
    } catch (e) {
      this.#broken = storeError(e, this.#folder.path);
      throw this.#broken;
    }
    if (stale) {
      this.#readAll();
      // Unless this version is among the ancestors of the newest one, it had no effect, and the change is made again.
      if (this.#history.get(version) !== sum) return false;
    }
    if (snapshot) this.#folder.clearBelow(version);
    return true;
  }
  #intact(): void {
    if (this.#broken !== undefined) throw this.#broken;
  }
  #follow(next: ReadVersion): void {
    if (next.kind === 'snapshot') {
      this.#values = new Map();
      this.#snapshot = next.version;
      for (const [version, sum] of next.history) this.#history.set(version, sum);
    }
    applied(this.#values, next.values);
    this.#version = next.version;
    this.#sum = next.sum;
    this.#ownedBy = next.owner;
    this.#history.set(next.version, next.sum);
    for (const old of this.#history.keys()) {
      if (this.#history.size <= historyLength) break;
      this.#history.delete(old);
    }
  }
  /** Reads the versions that are newer than the known one. */
  #refresh(): void {
    for (;;) {
      const next = this.#folder.read(this.#version + 1);
      // If the version before it still exists, this is its successor; otherwise both may have been removed and the name
      // reused.
      if (!this.#folder.has(this.#version)) return this.#readAll();
      if (next === undefined) return;
      if (next.previous !== this.#sum) return this.#readAll();
      this.#follow(next);
    }
  }
  /** Reads the newest snapshot and all that follows it. */
  #readAll(): void {
    for (let attempt = 0; ; attempt++) {
      try {
        const row = this.#row();
        if (row !== undefined) {
          const [first, ...others] = row as [ReadVersion, ...ReadVersion[]];
          let before = first;
          for (const next of others) {
            if (next.previous !== before.sum)
              throw new DlmsError('security/counter-store', {
                reason: 'damaged: it does not follow the version before it',
                file: this.#folder.file(next.version),
              });
            before = next;
          }
          this.#history = new Map();
          for (const version of row) this.#follow(version);
          return;
        }
      } catch (e) {
        // While others write and remove versions, what was listed may be gone or different by now.
        if (attempt >= 8) throw e;
      }
      if (attempt >= 1000) throw refused('the store changes too fast to be read', this.#folder.path);
    }
  }
  /** The newest snapshot and what follows it; undefined when others changed the folder in the meantime. */
  #row(): readonly ReadVersion[] | undefined {
    const { path } = this.#folder;
    const versions = this.#folder.versions();
    const row: ReadVersion[] = [];
    if (versions.length === 0)
      throw refused('there is no store in this folder: create one, or mount the volume that holds it', path);
    for (let version = versions[versions.length - 1] as number; ; version--) {
      const read = this.#folder.read(version);
      if (read === undefined)
        throw new DlmsError('security/counter-store', {
          reason: 'damaged: this version is missing',
          file: this.#folder.file(version),
        });
      row.unshift(read);
      if (read.kind === 'snapshot') break;
    }
    const first = row[0] as ReadVersion;
    const again = this.#folder.versions();
    const newest = again[again.length - 1];
    for (let version = first.version; version <= (newest ?? 0); version++)
      if (!again.includes(version)) return undefined;
    return newest === undefined || newest < first.version ? undefined : row;
  }
  close(): void {}
}
const none: StoreChanges = /* @__PURE__ */ new Map();
const newId = (): string => randomBytes(8).toString('hex');
const refused = (reason: string, file: string): DlmsError => new DlmsError('security/counter-store', { reason, file });

/** Refuses a folder that others can enter: they could put an older state into it. */
function checkFolder(directory: string): void {
  let stats: ReturnType<typeof statSync>;
  try {
    stats = statSync(directory) as NonNullable<typeof stats>;
  } catch (e) {
    if (isCode(e, 'ENOENT'))
      throw refused('there is no such folder: create the store, or mount the volume that holds it', directory);
    throw e;
  }
  if (stats?.isDirectory() !== true) throw refused('not a folder', directory);
  if (process.platform !== 'win32' && (Number(stats.mode) & 0o077) !== 0)
    throw refused(
      `open to others (mode ${(Number(stats.mode) & 0o777).toString(8)}): only its owner may have access (chmod 700)`,
      directory,
    );
}
