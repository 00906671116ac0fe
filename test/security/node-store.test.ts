import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { counterLimit, InvocationCounters } from '../../src/security/counters.js';
import { FileCounterStore } from '../../src/security/node-store.js';

/** Called before each use of the file system by the store. */
const hook = vi.hoisted(() => ({ step: undefined as ((name: string) => void) | undefined }));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  const watched = Object.fromEntries(
    (['openSync', 'writeSync', 'fsyncSync', 'closeSync', 'linkSync', 'rmSync', 'readdirSync', 'readFileSync'] as const).map((name) => [
      name,
      (...args: unknown[]) => {
        hook.step?.(name);
        // Asked for, but not waited for: the disk is not what is tested here.
        if (name === 'fsyncSync') return undefined;
        return (real[name] as (...a: unknown[]) => unknown)(...args);
      },
    ]),
  );
  return { ...real, ...watched };
});

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'counters-'));
});
afterEach(() => {
  hook.step = undefined;
  rmSync(directory, { recursive: true });
});
const store = (): FileCounterStore => new FileCounterStore(directory);

class Killed extends Error {}
/** Runs `use`, killing it before its n-th step in the file system: nothing after that happens, no clean-up either. */
function killedAt(n: number, use: () => void): boolean {
  let left = n;
  hook.step = () => {
    if (left-- <= 0) throw new Killed();
  };
  try {
    use();
    return false;
  } catch (e) {
    expect((e as { cause?: unknown }).cause ?? e).toBeInstanceOf(Killed);
    return true;
  } finally {
    hook.step = undefined;
  }
}

describe('the counter store in files', () => {
  it('keeps what it promised over a restart', () => {
    const first = store();
    expect(first.reserve('k', 10, 1)).toBe(1);
    first.record([[{ name: 'k', value: 7 }], [{ name: 't', value: 2n ** 70n }]]);
    const second = store();
    expect([second.reserve('k', 1, 1), second.last('k'), second.last('t'), second.last('other')]).toEqual([11, 7, 2n ** 70n, undefined]);
    expect(() => second.record([[{ name: 'k', value: 7 }]])).toThrow(expect.objectContaining({ code: 'security/replay' }));
    second.replace([{ name: 'k', from: 't' }]);
    expect([store().last('k'), store().last('t'), store().reserve('k', 1, 5)]).toEqual([2n ** 70n, undefined, 5]);
    expect(() => store().reserve('k', 2, counterLimit - 1)).toThrow(expect.objectContaining({ code: 'security/counter-exhausted' }));
    expect(readdirSync(directory)).toHaveLength(1);
  });
  it('gives no counter out twice when it is killed between any two steps', () => {
    const used = new Set<number>();
    let kills = 0;
    for (let n = 0; n < 40; n++) {
      const counters = new InvocationCounters(store(), { block: 2 });
      const send = (): void => {
        for (let i = 0; i < 3; i++) {
          const value = counters.next('k') as number;
          expect(used.has(value)).toBe(false);
          used.add(value);
        }
      };
      if (killedAt(n, send)) kills++;
      send();
    }
    expect(kills).toBeGreaterThan(20);
    expect(used.size).toBeGreaterThan(120);
  });
  it('clears away what a killed process left, and nothing of one that lives', () => {
    for (let n = 0; n < 12; n++) killedAt(n, () => new FileCounterStore(directory).reserve('k', 1, 1));
    const alive = join(directory, `tmp.${process.ppid}.00`);
    const dead = join(directory, 'tmp.4194399.00');
    for (const path of [alive, dead]) writeFileSync(path, '');
    store().reserve('k', 1, 1);
    expect(readdirSync(directory).filter((name) => name.startsWith('tmp.'))).toEqual([`tmp.${process.ppid}.00`]);
    // Also when one that cannot see us takes our file for such a rest: the change is tried again.
    let cleared = 0;
    hook.step = (name) => {
      if (name !== 'linkSync' || cleared++ > 0) return;
      for (const left of readdirSync(directory)) if (left.startsWith('tmp.')) rmSync(join(directory, left));
    };
    const next = store().reserve('k', 1, 1);
    hook.step = undefined;
    expect([cleared, store().reserve('k', 1, 1)]).toEqual([2, next + 1]);
  });
  it('records a received counter entirely or not at all when it is killed', () => {
    for (let n = 0, value = 1; n < 25; n++, value++) {
      const before = store().last('k');
      const killed = killedAt(n, () => store().record([[{ name: 'k', value }], [{ name: 'l', value }]]));
      expect([before, value]).toContain(store().last('k'));
      expect(store().last('l')).toBe(store().last('k'));
      if (!killed) expect(store().last('k')).toBe(value);
    }
  });
  it('moves counters in one step when keys change, also when it is killed', () => {
    for (let n = 0; n < 25; n++) {
      const s = store();
      s.replace([{ name: 'old' }, { name: 'new' }]);
      s.record([[{ name: 'old', value: 9 }], [{ name: 'new', value: 3 }]]);
      killedAt(n, () => store().replace([{ name: 'old', from: 'new' }]));
      expect([
        [9, 3],
        [3, undefined],
      ]).toContainEqual([store().last('old'), store().last('new')]);
    }
  });
  it('lets two processes take turns between any two steps', () => {
    for (let n = 0; n < 36; n++) {
      const used: number[] = [];
      let accepted = 0;
      const accept = (by: FileCounterStore): void => {
        try {
          by.record([[{ name: 'r', value: n }]]);
          accepted++;
        } catch (e) {
          expect(e).toMatchObject({ code: 'security/replay' });
        }
      };
      const other = store();
      let left = n;
      let nested = false;
      hook.step = () => {
        if (nested || left-- !== 0) return;
        nested = true;
        // More turns than versions are kept, so that the one which the first process is about to link was cleared away meanwhile.
        for (let i = 0; i < 3; i++) used.push(other.reserve('k', 1, 1));
        accept(other);
        nested = false;
      };
      const mine = store();
      used.push(mine.reserve('k', 1, 1));
      accept(mine);
      hook.step = undefined;
      expect(new Set(used).size).toBe(used.length);
      // Exactly one: also when a change of the other process follows ours before we looked whether ours went in.
      expect(accepted).toBe(1);
      expect(store().last('r')).toBe(n);
    }
  });
  it('of two processes that saw the same message, lets exactly one accept it', () => {
    for (let n = 0; n < 16; n++) {
      let accepted = 0;
      const accept = (value: number): void => {
        try {
          store().record([[{ name: 'r', value }]]);
          accepted++;
        } catch (e) {
          expect(e).toMatchObject({ code: 'security/replay' });
        }
      };
      let left = n;
      let nested = false;
      hook.step = () => {
        if (nested || left-- !== 0) return;
        nested = true;
        accept(n + 1);
        nested = false;
      };
      accept(n + 1);
      hook.step = undefined;
      expect(accepted).toBe(1);
    }
  });
  it('never takes a damaged or unwritable state for a new one', () => {
    store().reserve('k', 1, 1);
    const [file] = readdirSync(directory) as [string];
    const path = join(directory, file);
    const text = readFileSync(path, 'utf8');
    for (const damaged of ['', text.slice(0, -5), '{}', text.replace('counters 1', 'counters 2'), text.replace('"sent":1', '"sent":"x"')]) {
      writeFileSync(path, damaged);
      expect(() => store().reserve('k', 1, 1)).toThrow(expect.objectContaining({ code: 'security/counter-store' }));
      expect(() => store().last('k')).toThrow(expect.objectContaining({ code: 'security/counter-store' }));
    }
    writeFileSync(path, text);
    hook.step = (name) => {
      if (name === 'fsyncSync') throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    };
    expect(() => store().reserve('k', 1, 1)).toThrow(expect.objectContaining({ code: 'security/counter-store', context: { reason: 'ENOSPC' } }));
    hook.step = undefined;
    expect(store().reserve('k', 1, 1)).toBe(2);
  });
});
