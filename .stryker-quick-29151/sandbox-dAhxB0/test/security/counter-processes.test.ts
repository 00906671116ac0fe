import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MaybePromise } from '../../src/core/promise.js';
import { InvocationCounters } from '../../src/security/counters.js';
import { FileStore } from '../../src/store/file-store.js';
import { SqliteStore } from '../../src/store/sqlite-store.js';
import type { Store } from '../../src/store/store.js';
import { Sqlite } from '../store/sqlite-peer.js';
import { betterSqlite3, needs } from '../support/needs.js';

/** Sends and receives until it is killed: writes what it was given before it asks for more, in writes that reach the pipe whole or not at all. */
const program = `
  import { writeSync } from 'node:fs';
  import { InvocationCounters } from './src/security/counters.js';
  import { createRequire } from 'node:module';
  import { FileStore } from './src/store/file-store.js';
  import { SqliteStore } from './src/store/sqlite-store.js';
  const shared = process.argv[3] === 'shared';
  const sqlite = process.argv[4] === 'SqliteStore';
  const store = sqlite ? SqliteStore.open(new (createRequire(process.argv[5])('better-sqlite3'))(process.argv[2]), { shared }) : await FileStore.open(process.argv[2], { shared });
  const counters = new InvocationCounters(store, { initial: 1, block: 2 });
  for (;;) {
    writeSync(1, 's' + (await counters.next('sent')) + '\\n');
    const value = Number((await counters.last('received')) ?? 0) + 1;
    try {
      await Promise.all([
        counters.record([[{ name: 'received', value }]]).then(() => writeSync(1, 'r' + value + '\\n')),
        counters.record([[{ name: 'other', value: Date.now() * 1000 + Math.floor(performance.now() * 1000) % 1000 }]]).catch(() => {}),
      ]);
    } catch (e) {
      if (e.code !== 'security/replay') {
        writeSync(1, 'failed ' + e.code + ' ' + e.context?.reason + '\\n');
        process.exit(1);
      }
      writeSync(1, 'seen\\n');
    }
  }`;
const generations = 4;

describe('processes on one store of counters, killed at any moment', () => {
  const folder = mkdtempSync(join(tmpdir(), 'counters-'));
  const child = join(folder, 'child.mjs');
  beforeAll(async () => {
    const stdin = { contents: program, resolveDir: resolve(import.meta.dirname, '../..') };
    await build({ stdin, bundle: true, platform: 'node', format: 'esm', outfile: child, logLevel: 'error' });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Lets one run until it has written so many lines, kills it a random moment later, and answers all that it has written. */
  function killed(lines: number, place: Place, mode: string): Promise<string[]> {
    return new Promise((done, failed) => {
      const process = spawn('node', [child, place.path, mode, place.kind, resolve('test/real/package.json')], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let text = '';
      let dying = false;
      process.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        if (dying || text.split('\n').length <= lines) return;
        dying = true;
        setTimeout(() => process.kill('SIGKILL'), Math.random() * 3);
      });
      process.on('error', failed);
      process.on('close', (_, signal) => {
        if (signal === 'SIGKILL') done(text.split('\n').slice(0, -1));
        else failed(new Error(`ended by itself: ${text.slice(-200)}`));
      });
    });
  }
  const generation = async (place: Place, mode: string): Promise<string[]> => {
    const lines: string[] = [];
    for (let i = 0; i < generations; i++)
      lines.push(...(await killed(2 + Math.floor(Math.random() * 20), place, mode)));
    return lines;
  };

  const proven = (store: Place, needed: ReturnType<typeof needs>): void => {
    const cases = [
      ['shared', 2, store],
      ['exclusive', 1, { ...store, path: `${store.path}.alone` }],
    ] as const;
    it.each(cases)(
      `${store.kind}, %s by %i at a time: never use a counter twice, and accept each message once`,
      needed,
      async (mode, at, place) => {
        await (await place.create(place.path)).close();
        const runs = await Promise.all(Array.from({ length: at }, () => generation(place, mode)));
        const all = runs.flat();
        const numbers = (kind: string): number[] =>
          all.filter((line) => line.startsWith(kind) && /\d$/.test(line)).map((line) => Number(line.slice(1)));
        for (const kind of ['s', 'r']) {
          const used = numbers(kind);
          expect(new Set(used).size).toBe(used.length);
          expect(used.length).toBeGreaterThan(generations);
        }
        // All took part, and whoever comes next goes on behind them, and clears away what was killed before it was linked.
        for (const lines of runs) expect(lines.some((line) => /^s\d/.test(line))).toBe(true);
        const next = await place.open(place.path);
        const counters = new InvocationCounters(next, { initial: 1 });
        expect(await counters.next('sent')).toBeGreaterThan(Math.max(...numbers('s')));
        expect(Number(await counters.last('received'))).toBeGreaterThanOrEqual(Math.max(...numbers('r')));
        await next.close();
        if (place.kind === 'FileStore')
          for (const file of readdirSync(place.path)) expect(file).toMatch(/^version\.\d+$/);
      },
    );
  };
  proven(
    {
      kind: 'FileStore',
      path: join(folder, 'files'),
      create: (path) => FileStore.create(path),
      open: (path) => FileStore.open(path),
    },
    needs(),
  );
  proven(
    {
      kind: 'SqliteStore',
      path: join(folder, 'store.db'),
      create: (path) => SqliteStore.create(new Sqlite(path)),
      open: (path) => SqliteStore.open(new Sqlite(path)),
    },
    needs(betterSqlite3),
  );
});

interface Place {
  readonly kind: string;
  readonly path: string;
  create(path: string): MaybePromise<Store>;
  open(path: string): MaybePromise<Store>;
}
