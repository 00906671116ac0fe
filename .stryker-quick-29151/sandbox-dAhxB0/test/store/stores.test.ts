import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FileStore } from '../../src/store/file-store.js';
import { type SqliteDatabase, SqliteStore } from '../../src/store/sqlite-store.js';
import { VolatileStore } from '../../src/store/store.js';
import { betterSqlite3, needs } from '../support/needs.js';
import { Sqlite } from './sqlite-peer.js';
import { add, put, storeContract } from './store-contract.js';
import { LateStore } from './support.js';

const folder = mkdtempSync(join(tmpdir(), 'stores-'));
afterAll(() => rmSync(folder, { recursive: true }));
let places = 0;

storeContract('VolatileStore', () => ({ create: () => new VolatileStore() }));
storeContract('a store that answers late', () => ({ create: () => new LateStore() }));
storeContract('FileStore', () => {
  const directory = join(folder, `place-${places++}`);
  return { create: () => FileStore.create(directory), reopen: () => FileStore.open(directory) };
});
describe('on SQLite', needs(betterSqlite3), () => {
  storeContract('SqliteStore', () => {
    const file = join(folder, `place-${places++}.db`);
    return { create: () => SqliteStore.create(new Sqlite(file)), reopen: () => SqliteStore.open(new Sqlite(file)) };
  });
  describe('SqliteStore', () => {
    const refusedFor = (use: () => unknown, reason: string): void =>
      expect(use).toThrow(
        expect.objectContaining({
          code: 'security/counter-store',
          context: expect.objectContaining({ reason: expect.stringContaining(reason) }),
        }),
      );
    it('refuses a database that keeps nothing, one without a store, and one that is no database', () => {
      refusedFor(() => SqliteStore.create(new Sqlite(':memory:')), 'journal mode memory');
      refusedFor(() => SqliteStore.open(new Sqlite(join(folder, 'empty.db'))), 'no store');
      const file = join(folder, 'letter.db');
      writeFileSync(file, 'Dear Sir or Madam, '.repeat(400));
      refusedFor(() => SqliteStore.open(new Sqlite(file)), 'SQLITE_NOTADB');
    });
    it('refuses a database that is damaged', async () => {
      const file = join(folder, 'damaged.db');
      const store = SqliteStore.create(new Sqlite(file));
      for (let i = 0; i < 20; i++)
        await put(store, Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`name ${i} ${n}`, 'x'.repeat(60)])));
      await store.close();
      const octets = readFileSync(file);
      octets.fill(0xff, 8192, 8192 + 4096);
      writeFileSync(file, octets);
      refusedFor(() => SqliteStore.open(new Sqlite(file)), '');
    });
    it('writes through to the disk, once for all that is asked for at once', async () => {
      const database = new Sqlite(join(folder, 'full.db'));
      const store = SqliteStore.create(database);
      expect([pragma(database, 'synchronous'), pragma(database, 'journal_mode')]).toEqual([2, 'wal']);
      const statements: string[] = [];
      const exec = database.exec.bind(database);
      database.exec = (sql) => {
        statements.push(sql);
        return exec(sql);
      };
      await Promise.all(Array.from({ length: 50 }, () => add(store, 'k')));
      for (let i = 0; i < 10; i++) add(store, 'l', false);
      expect(statements).toEqual(['BEGIN IMMEDIATE', 'COMMIT']);
      await store.close();
    });
    it('shares a database with other tables, and with other processes', async () => {
      const file = join(folder, 'shared.db');
      new Sqlite(file).exec('CREATE TABLE theirs (x)');
      const first = SqliteStore.create(new Sqlite(file), { shared: true });
      const second = SqliteStore.open(new Sqlite(file), { shared: true });
      const numbers = await Promise.all(
        Array.from({ length: 30 }, (_, i) => add(i % 2 === 0 ? first : second, 'k', i % 3 === 0)),
      );
      expect(new Set(numbers).size).toBe(30);
      expect([first.get('k'), second.get('k')]).toEqual(['30', '30']);
      const alone = SqliteStore.open(new Sqlite(file));
      await expect(add(second, 'k')).rejects.toMatchObject({ code: 'security/counter-store' });
      expect(await add(alone, 'k')).toBe(31);
    });
    it('refuses, and goes on, when the database refuses', async () => {
      const database = new Sqlite(join(folder, 'fails.db'));
      const store = SqliteStore.create(database);
      await add(store, 'k');
      const exec = database.exec.bind(database);
      database.exec = (sql) => {
        if (sql === 'COMMIT') throw Object.assign(new Error('disk is full'), { code: 'SQLITE_FULL' });
        return exec(sql);
      };
      await expect(add(store, 'k')).rejects.toMatchObject({
        code: 'security/counter-store',
        context: { reason: 'SQLITE_FULL' },
      });
      database.exec = exec;
      expect(await add(store, 'k')).toBe(2);
    });
  });
});
const pragma = (database: SqliteDatabase, name: string): unknown =>
  Object.values(database.prepare(`PRAGMA ${name}`).get() as object)[0];
