import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileCounterStore } from '../../src/security/node-store.js';

/** Sends and receives until it is killed: writes what it was given before it asks for more, in writes that reach the pipe whole or not at all. */
const program = `
  import { writeSync } from 'node:fs';
  import { InvocationCounters } from './src/security/counters.js';
  import { FileCounterStore } from './src/security/node-store.js';
  const store = new FileCounterStore(process.argv[2]);
  const counters = new InvocationCounters(store, { block: 2 });
  for (;;) {
    writeSync(1, 's' + counters.next('sent') + '\\n');
    const value = Number(store.last('received') ?? 0) + 1;
    try {
      store.record([[{ name: 'received', value }]]);
      writeSync(1, 'r' + value + '\\n');
    } catch (e) {
      if (e.code !== 'security/replay') {
        writeSync(1, 'failed ' + e.code + ' ' + e.context?.reason + '\\n');
        process.exit(1);
      }
      writeSync(1, 'seen\\n');
    }
  }`;
const generations = 4;

describe('two processes on one counter store, killed at any moment', () => {
  const folder = mkdtempSync(join(tmpdir(), 'counters-'));
  const directory = join(folder, 'store');
  const child = join(folder, 'child.mjs');
  beforeAll(async () => {
    const stdin = { contents: program, resolveDir: resolve(import.meta.dirname, '../..') };
    await build({ stdin, bundle: true, platform: 'node', format: 'esm', outfile: child, logLevel: 'error' });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Lets one run until it has written so many lines, kills it a random moment later, and answers all that it has written. */
  function killed(lines: number): Promise<string[]> {
    return new Promise((done, failed) => {
      const process = spawn('node', [child, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
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

  it('never use a counter twice, and accept each message once', async () => {
    const one = async (): Promise<string[]> => {
      const lines: string[] = [];
      for (let i = 0; i < generations; i++) lines.push(...(await killed(2 + Math.floor(Math.random() * 20))));
      return lines;
    };
    const [a, b] = await Promise.all([one(), one()]);
    const all = [...a, ...b];
    const numbers = (kind: string): number[] => all.filter((line) => line.startsWith(kind) && /\d$/.test(line)).map((line) => Number(line.slice(1)));
    for (const kind of ['s', 'r']) {
      const used = numbers(kind);
      expect(new Set(used).size).toBe(used.length);
      expect(used.length).toBeGreaterThan(generations);
    }
    // Both took part, and whoever comes next goes on behind them, and clears away what was killed before it was linked.
    for (const lines of [a, b]) expect(lines.some((line) => /^s\d/.test(line))).toBe(true);
    const next = new FileCounterStore(directory);
    expect(next.reserve('sent', 1, 1)).toBeGreaterThan(Math.max(...numbers('s')));
    expect(Number(next.last('received'))).toBeGreaterThanOrEqual(Math.max(...numbers('r')));
    expect(readdirSync(directory)).toEqual([expect.stringMatching(/^counters\.\d+\.json$/)]);
  });
});
