import type { SqliteDatabase } from '../../src/store/sqlite-store.js';
import { betterSqlite3 } from '../support/needs.js';

const peer: string = 'better-sqlite3';
/** The class of the package; for tests that need `betterSqlite3`. */
export const Sqlite: new (file: string) => SqliteDatabase =
  betterSqlite3.missing === undefined ? (await import(peer)).default : undefined;
