import type { SqliteDatabase } from '../../src/store/sqlite-store.js';

// SQLite comes as an optional peer; where it is not installed, the reason is printed once and the tests of other stores go on.

const peer: string = 'better-sqlite3';
/** The class of the package; undefined when it is not there. */
export const Database: (new (file: string) => SqliteDatabase) | undefined = await import(peer).then(
  (module) => module.default,
  () => undefined,
);
if (Database === undefined) console.log('SqliteStore skipped: the package better-sqlite3 is not installed');
