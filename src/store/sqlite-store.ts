/**
 * A store in a SQLite database that you provide.
 *
 * Stability: preview, may change in a minor version.
 *
 * @module
 */
import { DlmsError } from '../core/errors.js';
import { GroupedStore, type StoreBackend, type StoreOptions, storeError } from './grouped-store.js';
import type { StoreChanges } from './store.js';

export type { StoreOptions } from './grouped-store.js';

/**
 * The part of a database that is used: the `Database` of better-sqlite3 and the `DatabaseSync` of `node:sqlite` fit.
 */
export interface SqliteDatabase {
  /** Runs statements that return nothing. */
  exec(sql: string): unknown;
  /** Prepares one statement. */
  prepare(sql: string): SqliteStatement;
  /** Closes the database. */
  close(): unknown;
}
/** A prepared statement of a {@link SqliteDatabase}. */
export interface SqliteStatement {
  /** The first row, or undefined. */
  get(...parameters: string[]): unknown;
  /** All rows. */
  all(...parameters: string[]): unknown;
  /** Runs it without returning rows. */
  run(...parameters: string[]): unknown;
}

/**
 * A store in a SQLite database, for many thousands of names; the database can hold other tables as well. You provide
 * it: from better-sqlite3 (`new Database(file)`), or from `node:sqlite` (`new DatabaseSync(file)`) where that exists.
 * The store sets write-ahead logging and `synchronous = FULL`. It belongs to one user; the access rights of the file
 * are up to whoever created it.
 *
 * As with `FileStore`, one process has it for itself, or several share it (`shared: true`).
 */
export class SqliteStore extends GroupedStore {
  private constructor(backend: StoreBackend, options: StoreOptions) {
    super(backend, options);
  }
  /**
   * Creates a new, empty store: its tables. Closing the store closes the database.
   * @throws DlmsError `security/counter-store` when there is a store already, or the database cannot be written or is
   * not durable (`:memory:`)
   */
  static create(database: SqliteDatabase, options: StoreOptions = {}): SqliteStore {
    return guardedBy(() => {
      checkDurable(database);
      transaction(database, () => {
        if (hasStore(database)) throw refused('there is a store already: open it');
        database.exec(`CREATE TABLE ${table} (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID`);
        database.exec(`CREATE TABLE ${about} (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID`);
        const insert = database.prepare(`INSERT INTO ${about} VALUES (?, ?)`);
        insert.run('format', format);
        insert.run('owner', 'nobody');
      });
      return SqliteStore.open(database, options);
    });
  }
  /**
   * Opens an existing store. Closing the store closes the database.
   * @throws DlmsError `security/counter-store` when there is none, or the database is damaged or cannot be written
   */
  static open(database: SqliteDatabase, options: StoreOptions = {}): SqliteStore {
    return guardedBy(() => {
      checkDurable(database);
      if (!hasStore(database))
        throw refused('there is no store in this database: create one, or provide the database that holds it');
      const check = Object.values(database.prepare('PRAGMA quick_check(1)').get() as object)[0];
      if (check !== 'ok') throw refused(`damaged: ${String(check)}`);
      if (read(database, `SELECT value FROM ${about} WHERE key = ?`, 'format') !== format)
        throw refused('in another format');
      return new SqliteStore(new SqliteBackend(database, options.shared === true), options);
    });
  }
}

const table = 'dlms_cosem_store';
const about = 'dlms_cosem_store_about';
const format = 'dlms-cosem store 1';

class SqliteBackend implements StoreBackend {
  readonly exclusive: boolean;
  readonly #database: SqliteDatabase;
  readonly #owner: string;
  readonly #get: SqliteStatement;
  readonly #all: SqliteStatement;
  readonly #put: SqliteStatement;
  readonly #remove: SqliteStatement;
  readonly #ownedBy: SqliteStatement;
  readonly #read = (name: string): string | undefined =>
    (this.#get.get(encoded(name)) as { value: string } | undefined)?.value;

  constructor(database: SqliteDatabase, shared: boolean) {
    this.exclusive = !shared;
    this.#database = database;
    this.#owner = shared ? 'shared' : globalThis.crypto.randomUUID();
    this.#get = database.prepare(`SELECT value FROM ${table} WHERE name = ?`);
    this.#all = database.prepare(`SELECT name, value FROM ${table} WHERE substr(name, 1, length(?)) = ?`);
    this.#put = database.prepare(
      `INSERT INTO ${table} VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value`,
    );
    this.#remove = database.prepare(`DELETE FROM ${table} WHERE name = ?`);
    this.#ownedBy = database.prepare(`SELECT value FROM ${about} WHERE key = 'owner'`);
    database.prepare(`UPDATE ${about} SET value = ? WHERE key = 'owner'`).run(this.#owner);
  }
  get(name: string): string | undefined {
    const value = this.#read(name);
    return value === undefined ? undefined : decoded(value);
  }
  entries(prefix: string): readonly (readonly [name: string, value: string])[] {
    const rows = this.#all.all(encoded(prefix), encoded(prefix)) as { name: string; value: string }[];
    return rows.map(({ name, value }) => [decoded(name), decoded(value)] as const).sort(([a], [b]) => (a < b ? -1 : 1));
  }
  checkOwner(): void {
    if ((this.#ownedBy.get() as { value: string }).value === this.#owner) return;
    throw refused(
      this.exclusive
        ? 'another process has opened this store: open it in one process at a time, or in all of them with shared: true'
        : 'another process has this store for itself',
    );
  }
  commit(change: (get: (name: string) => string | undefined) => StoreChanges): void {
    transaction(this.#database, () => {
      this.checkOwner();
      for (const [name, value] of change((n) => this.get(n))) {
        if (value === undefined) this.#remove.run(encoded(name));
        else this.#put.run(encoded(name), encoded(value));
      }
    });
  }
  close(): void {
    this.#database.close();
  }
}

/**
 * Runs `work` in a transaction: all or nothing, and durable after the COMMIT. Other writers wait, at most for the busy
 * timeout of the database.
 */
function transaction(database: SqliteDatabase, work: () => void): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    work();
    database.exec('COMMIT');
  } catch (e) {
    try {
      database.exec('ROLLBACK');
    } catch {
      // SQLite may already have rolled back.
    }
    throw e;
  }
}
function checkDurable(database: SqliteDatabase): void {
  database.exec('PRAGMA busy_timeout = 5000');
  const mode = pragma(database, 'journal_mode = WAL');
  if (mode !== 'wal') throw refused(`a durable database is needed; this one has journal mode ${String(mode)}`);
  database.exec('PRAGMA synchronous = FULL');
  const level = pragma(database, 'synchronous');
  if (level !== 2) throw refused('the database does not accept synchronous = FULL');
}
const pragma = (database: SqliteDatabase, what: string): unknown =>
  Object.values(database.prepare(`PRAGMA ${what}`).get() as object)[0];
const hasStore = (database: SqliteDatabase): boolean =>
  database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name = ?").get(about) !== undefined;
const read = (database: SqliteDatabase, sql: string, key: string): string | undefined =>
  (database.prepare(sql).get(key) as { value: string } | undefined)?.value;
const refused = (reason: string): DlmsError => new DlmsError('security/counter-store', { reason });
function guardedBy<T>(use: () => T): T {
  try {
    return use();
  } catch (e) {
    throw storeError(e);
  }
}
/**
 * SQLite stores UTF-8, and some ways of reading a text stop at U+0000: what would not survive that (also lone
 * surrogates) is escaped.
 */
const encoded = (text: string): string =>
  text.replaceAll(/[\\\0\ud800-\udfff]/gu, (c) => `\\${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
const decoded = (text: string): string =>
  text.replaceAll(/\\([0-9a-f]{4})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
