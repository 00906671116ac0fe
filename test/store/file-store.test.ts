import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { InvocationCounters } from '../../src/security/counters.js';
import { FileStore } from '../../src/store/file-store.js';
import { failure } from '../support/outcome.js';
import { add, put } from './store-contract.js';

/** Called before each use of the file system by the store; what it returns is used instead. */
const hook = vi.hoisted(() => ({
  step: undefined as ((name: string, args: readonly unknown[]) => unknown) | undefined,
}));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  const watched = Object.fromEntries(
    (
      ['openSync', 'writeSync', 'closeSync', 'linkSync', 'rmSync', 'readdirSync', 'readFileSync', 'statSync'] as const
    ).map((name) => [
      name,
      (...args: unknown[]) => hook.step?.(name, args) ?? (real[name] as (...a: unknown[]) => unknown)(...args),
    ]),
  );
  const fsync = (file: number, done: (e: unknown) => void): void => {
    // Asked for, but not waited for: the disk is not what is tested here.
    const end = (e: unknown): void => void setImmediate(done, e);
    try {
      Promise.resolve(hook.step?.('fsync', [file])).then(() => end(null), end);
    } catch (e) {
      end(e);
    }
  };
  return { ...real, ...watched, fsync };
});

let folder: string;
let directory: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-'));
  directory = join(folder, 'store');
});
afterEach(() => {
  hook.step = undefined;
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});
const shared = { shared: true } as const;
const refused = async (use: () => unknown): Promise<{ reason: string; file?: string }> => {
  const error = await failure(use as () => Promise<unknown>);
  expect(error).toMatchObject({ name: 'DlmsError', code: 'security/counter-store' });
  return error.context;
};

class Killed extends Error {}
/** Runs `use`, killing it before its n-th step in the file system: nothing after that happens, no clean-up either. */
async function killedAt(n: number, use: () => Promise<unknown>): Promise<boolean> {
  let left = n;
  hook.step = () => {
    if (left-- <= 0) throw new Killed();
  };
  try {
    await use();
    return false;
  } catch (e) {
    expect((e as { cause?: unknown }).cause ?? e).toBeInstanceOf(Killed);
    return true;
  } finally {
    hook.step = undefined;
  }
}
/** As often as it can be killed; then it ran to its end. */
async function everyKill(use: () => Promise<unknown>, after: (killed: boolean) => Promise<void>): Promise<number> {
  for (let n = 0; ; n++) {
    const killed = await killedAt(n, use);
    await after(killed);
    if (!killed) return n;
  }
}

describe('a store in files that is killed between any two steps', () => {
  it('is there or is not while it is made, never half', async () => {
    let made = 0;
    const kills = await everyKill(
      () => FileStore.create(directory),
      async () => {
        const opened = await FileStore.open(directory).catch(() => undefined);
        if (opened !== undefined) made++;
        else await FileStore.create(directory);
        rmSync(directory, { recursive: true });
      },
    );
    expect(kills).toBeGreaterThan(made);
    expect(made).toBeGreaterThan(1);
  });
  it('gives no counter out twice', async () => {
    await FileStore.create(directory);
    const used = new Set<number>();
    const send = async (): Promise<void> => {
      const store = await FileStore.open(directory);
      const counters = new InvocationCounters(store, { initial: 1, block: 2 });
      for (let i = 0; i < 3; i++) {
        const value = await counters.next('k');
        expect(used.has(value)).toBe(false);
        used.add(value);
      }
      await store.close();
    };
    expect(await everyKill(send, send)).toBeGreaterThan(40);
    expect(used.size).toBeGreaterThan(120);
  });
  it('holds a change entirely or not at all, and for sure when it was answered', async () => {
    await FileStore.create(directory);
    let value = 0;
    await everyKill(
      async () => {
        value++;
        const store = await FileStore.open(directory);
        await put(store, { k: String(value), l: String(value) });
        await store.close();
      },
      async (killed) => {
        const store = await FileStore.open(directory);
        const [k, l] = [store.get('k'), store.get('l')];
        expect(k).toBe(l);
        if (!killed) expect(k).toBe(String(value));
        await store.close();
      },
    );
    expect(value).toBeGreaterThan(20);
  });
  it('is left without rests by the next process, which touches nothing of one that lives', async () => {
    await FileStore.create(directory);
    await everyKill(
      async () => add(await FileStore.open(directory), 'k'),
      async () => {},
    );
    const alive = `tmp.${process.ppid}.00`;
    for (const name of [alive, 'tmp.4194399.00']) writeFileSync(join(directory, name), '');
    await FileStore.open(directory);
    expect(readdirSync(directory).filter((name) => name.startsWith('tmp.'))).toEqual([alive]);
  });
});

describe('a store in files that several processes share', () => {
  it('lets them take turns between any two steps, each seeing what the others did', async () => {
    const first = await FileStore.create(directory, shared);
    let expected = 0;
    for (let n = 0; ; n++) {
      const other = await FileStore.open(directory, shared);
      let left = n;
      let nested: Promise<unknown> | undefined;
      const used: number[] = [];
      hook.step = () => {
        if (nested !== undefined || left-- !== 0) return undefined;
        nested = (async () => {
          for (let i = 0; i < 3; i++) used.push(await add(other, 'k'));
        })();
        return undefined;
      };
      used.push(await add(first, 'k'));
      hook.step = undefined;
      if (nested === undefined) break;
      await nested;
      used.push(await add(first, 'k'));
      expect([...used].sort((a, b) => a - b)).toEqual(used.map((_, i) => expected + 1 + i));
      expected += used.length;
      expect([first.get('k'), other.get('k')]).toEqual([String(expected), String(expected)]);
    }
    expect(expected).toBeGreaterThan(30);
  });
  it('accepts a message once, whichever process gets it', async () => {
    await FileStore.create(directory, shared);
    const stores = await Promise.all(Array.from({ length: 4 }, () => FileStore.open(directory, shared)));
    for (let value = 1; value < 12; value++) {
      const results = await Promise.allSettled(
        stores.map(async (s, i) =>
          new InvocationCounters(s).record([[{ name: 'r', value }]], i % 2 === 0 ? 'none' : 'proven'),
        ),
      );
      expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1);
    }
  });
  it('does not lose a change whose version was cleared away before its maker looked again', async () => {
    const first = await FileStore.create(directory, shared);
    const other = await FileStore.open(directory, shared);
    // Between the link of the first and its look at the version before, the other goes far enough to clear both away.
    let linked = false;
    let work: Promise<unknown> | undefined;
    hook.step = (name) => {
      if (name === 'linkSync') linked = true;
      if (name === 'fsync' && linked && work === undefined) {
        work = (async () => {
          for (let i = 0; i < 140; i++) await add(other, 'other');
        })();
      }
      return undefined;
    };
    const mine = add(first, 'mine');
    await mine;
    await work;
    hook.step = undefined;
    expect([first.get('mine'), first.get('other'), other.get('mine')]).toEqual(['1', '140', '1']);
  });
  it.each([false, true])(
    'a version that a slow process links behind the others is noticed by it, and believed by nobody (it looked meanwhile: %s)',
    async (looks) => {
      const slow = await FileStore.create(directory, shared);
      const fast = await FileStore.open(directory, shared);
      const reader = await FileStore.open(directory, shared);
      expect(reader.get('k')).toBeUndefined();
      // The slow one has written its file and waits for the disk, while the fast one goes ahead by two snapshots.
      const held: (() => void)[] = [];
      const hold = (): Promise<void> => new Promise((release) => held.push(release));
      hook.step = (name) => (name === 'fsync' ? hold() : undefined);
      const mine = add(slow, 'k');
      while (held.length === 0) await new Promise((done) => setImmediate(done));
      hook.step = undefined;
      for (let i = 0; i < 300; i++) await add(fast, 'k');
      if (looks) expect(slow.get('k')).toBe('300');
      // Now it links a version that was there long ago, and waits for the disk again.
      hook.step = (name) => (name === 'fsync' ? hold() : undefined);
      held.shift()!();
      while (held.length === 0) await new Promise((done) => setImmediate(done));
      expect(readdirSync(directory)).toContain('version.3');
      expect([reader.get('k'), slow.get('k'), (await FileStore.open(directory, shared)).get('k')]).toEqual([
        '300',
        '300',
        '300',
      ]);
      hook.step = undefined;
      held.shift()!();
      expect(await mine).toBe(301);
      expect([fast.get('k'), reader.get('k')]).toEqual(['301', '301']);
    },
  );
  it('and one that has it for itself exclude each other', async () => {
    const one = await FileStore.create(directory);
    const several = await FileStore.open(directory, shared);
    expect((await refused(() => add(one, 'k'))).reason).toContain('another process');
    expect(await add(several, 'k')).toBe(1);
    const again = await FileStore.open(directory);
    expect((await refused(() => add(several, 'k'))).reason).toContain('for itself');
    expect(again.get('k')).toBe('1');
  });
});

describe('what is written', () => {
  it('is on the disk before it is answered: the file before its name, the name before the answer', async () => {
    const store = await FileStore.create(directory);
    const steps: string[] = [];
    hook.step = (name, args) => {
      if (name === 'openSync') steps.push(String(args[0]) === directory ? 'open folder' : 'open file');
      else if (name === 'fsync') steps.push('flush');
      else if (['writeSync', 'linkSync', 'closeSync'].includes(name)) steps.push(name);
      return undefined;
    };
    await add(store, 'k');
    steps.push('answered');
    expect(steps).toEqual([
      'open file',
      'writeSync',
      'flush',
      'closeSync',
      'linkSync',
      'open folder',
      'flush',
      'closeSync',
      'answered',
    ]);
  });
  it('is for its owner alone: folder 0700, files 0600', async () => {
    const before = process.umask(0);
    try {
      const store = await FileStore.create(directory);
      await add(store, 'k');
      expect(statSync(directory).mode & 0o777).toBe(0o700);
      const files = readdirSync(directory);
      expect(files.length).toBeGreaterThan(1);
      for (const file of files) expect(statSync(join(directory, file)).mode & 0o777).toBe(0o600);
    } finally {
      process.umask(before);
    }
  });
  it('is one version for all that is asked for at once, and the next one for what comes meanwhile', async () => {
    const store = await FileStore.create(directory);
    const count = (): number => readdirSync(directory).length;
    const before = count();
    await Promise.all(Array.from({ length: 50 }, () => add(store, 'k')));
    expect(count()).toBe(before + 1);
    const first = add(store, 'k');
    await new Promise((done) => setImmediate(done));
    const others = Array.from({ length: 50 }, () => add(store, 'k'));
    await Promise.all([first, ...others]);
    expect(count()).toBe(before + 3);
    // A change that says nothing needs no version.
    expect(await store.update(['k'], (get) => ({ result: get('k'), set: new Map() }))).toBe('101');
    expect(count()).toBe(before + 3);
  });
  it('waits for the next group when it need not be durable: a moment later, or with what is', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const store = await FileStore.create(directory, { writeAfterMs: 500 });
    const count = (): number => readdirSync(directory).length;
    const before = count();
    let flushes = 0;
    hook.step = (name) => {
      if (name === 'fsync') flushes++;
      return undefined;
    };
    for (let i = 1; i <= 100; i++) expect(add(store, 'k', false)).toBe(i);
    expect([count(), flushes, store.get('k')]).toEqual([before, 0, '100']);
    vi.advanceTimersByTime(499);
    await new Promise((done) => setImmediate(done));
    expect(count()).toBe(before);
    vi.advanceTimersByTime(1);
    while (count() === before || readdirSync(directory).some((name) => name.startsWith('tmp.')))
      await new Promise((done) => setImmediate(done));
    expect([count(), flushes]).toEqual([before + 1, 2]);
    add(store, 'k', false);
    await add(store, 'l');
    expect(flushes).toBe(4);
    await store.close();
    expect(flushes).toBe(4);
    const again = await FileStore.open(directory);
    expect([again.get('k'), again.get('l')]).toEqual(['101', '1']);
  });
  it('is read piece by piece: what a process knows already it does not read again, and old versions are cleared away', async () => {
    const writer = await FileStore.create(directory, shared);
    const reader = await FileStore.open(directory, shared);
    for (let i = 0; i < 300; i++) await add(writer, `name ${i}`);
    expect(readdirSync(directory).length).toBeLessThan(140);
    expect(reader.entries('name ')).toHaveLength(300);
    await add(writer, 'name 0');
    let reads = 0;
    hook.step = (name) => {
      if (name === 'readFileSync') reads++;
      return undefined;
    };
    expect(reader.get('name 0')).toBe('2');
    // The new version, and that there is none after it.
    expect(reads).toBe(2);
    hook.step = undefined;
    const again = await FileStore.open(directory, shared);
    expect(again.entries('name ')).toEqual(reader.entries('name '));
  });
});

describe('a disk that fails', () => {
  it.each(['openSync', 'writeSync', 'fsync', 'linkSync'])(
    'in %s: the change is refused, leaves nothing behind, and works again later',
    async (step) => {
      const store = await FileStore.create(directory);
      await add(store, 'k');
      const before = readdirSync(directory);
      hook.step = (name, args) => {
        // Flushing the folder is another matter: see below.
        if (name === step && !(step === 'openSync' && String(args[0]) === directory))
          throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
        return undefined;
      };
      expect(await refused(() => add(store, 'k'))).toMatchObject({ reason: 'ENOSPC' });
      hook.step = undefined;
      expect(readdirSync(directory)).toEqual(before);
      expect(await add(store, 'k')).toBe(2);
    },
  );
  it('when the folder is flushed: nothing is answered any more, because nobody knows what is on the disk', async () => {
    const store = await FileStore.create(directory);
    let flushes = 0;
    hook.step = (name) => {
      if (name === 'fsync' && ++flushes === 2) throw Object.assign(new Error('io'), { code: 'EIO' });
      return undefined;
    };
    expect(await refused(() => add(store, 'k'))).toMatchObject({ reason: 'EIO' });
    hook.step = undefined;
    expect(await refused(() => add(store, 'k'))).toMatchObject({ reason: 'EIO' });
    expect(await refused(() => store.get('k'))).toMatchObject({ reason: 'EIO' });
    expect(await add(await FileStore.open(directory), 'k')).toBe(2);
  });
  it('that writes short is written to again until all is there', async () => {
    const store = await FileStore.create(directory);
    const { writeSync } = await vi.importActual<typeof import('node:fs')>('node:fs');
    let writes = 0;
    hook.step = (name, [file, octets, at, n]) => {
      if (name !== 'writeSync') return undefined;
      writes++;
      return writeSync(file as number, octets as Buffer, at as number, Math.min(7, n as number));
    };
    expect(await add(store, 'k')).toBe(1);
    hook.step = undefined;
    expect(writes).toBeGreaterThan(10);
    expect((await FileStore.open(directory)).get('k')).toBe('1');
  });
  it('that is full after a part of a write: the part is never linked, and the store goes on where it was', async () => {
    const store = await FileStore.create(directory);
    await add(store, 'k');
    const { writeSync } = await vi.importActual<typeof import('node:fs')>('node:fs');
    let writes = 0;
    hook.step = (name, [file, octets]) => {
      if (name !== 'writeSync') return undefined;
      if (writes++ > 0) throw Object.assign(new Error('file too large'), { code: 'EFBIG' });
      return writeSync(file as number, octets as Buffer, 0, 20);
    };
    expect(await refused(() => add(store, 'k'))).toMatchObject({ reason: 'EFBIG' });
    hook.step = undefined;
    expect(readdirSync(directory).filter((name) => name.startsWith('tmp.'))).toEqual([]);
    expect((await FileStore.open(directory)).get('k')).toBe('1');
  });
  it('that gives back something else than was written is found out before it counts', async () => {
    const store = await FileStore.create(directory);
    hook.step = (name, [path]) =>
      name === 'readFileSync' && String(path).includes('tmp.') ? Buffer.from('something else') : undefined;
    expect((await refused(() => add(store, 'k'))).reason).toContain('reading back what was written');
    hook.step = undefined;
    expect(await add(store, 'k')).toBe(1);
  });
  it('keeps what was answered without it, until it works again', async () => {
    const store = await FileStore.create(directory);
    expect(add(store, 'loose', false)).toBe(1);
    hook.step = (name) => {
      if (name === 'writeSync') throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      return undefined;
    };
    await refused(() => add(store, 'k'));
    expect(store.get('loose')).toBe('1');
    expect(add(store, 'loose', false)).toBe(2);
    expect((await refused(() => store.close())).reason).toBe('ENOSPC');
    hook.step = undefined;
  });
});

describe('a store that is damaged', () => {
  /** A snapshot of 130 versions and ten that follow it. */
  const filled = async (): Promise<readonly string[]> => {
    const store = await FileStore.create(directory);
    for (let i = 1; i <= 138; i++) await put(store, { [`send ${i % 7}`]: String(i) });
    await store.close();
    return readdirSync(directory).sort((a, b) => Number(a.slice(8)) - Number(b.slice(8)));
  };
  const damage: readonly (readonly [string, (text: string) => string])[] = [
    ['empty', () => ''],
    ['cut off in the middle', (text) => text.slice(0, text.length >> 1)],
    ['cut off at the last octet', (text) => text.slice(0, -1)],
    ['without its checksum', (text) => `${text.split('\n')[0]}\n`],
    ['with a value changed', (text) => text.replace(/"(\d+)"\]/, '"9$1"]')],
    ['longer', (text) => `${text}x`],
    ['another file', () => '{}\n'],
  ];
  it.each(damage)(
    '%s: is refused with the name of the file, whichever it is, and nothing older is taken',
    async (_, change) => {
      const files = await filled();
      for (const file of [files[0], files[1], files.at(-1)] as string[]) {
        const path = join(directory, file);
        const text = readFileSync(path, 'utf8');
        writeFileSync(path, change(text));
        const { reason, file: named } = await refused(() => FileStore.open(directory));
        expect(named).toBe(path);
        expect(reason).toMatch(/damaged|format/);
        writeFileSync(path, text);
      }
      const store = await FileStore.open(directory);
      expect(store.get('send 5')).toBe('138');
    },
  );
  it('with any single bit flipped: every one is noticed', async () => {
    const store = await FileStore.create(directory);
    await put(store, { 'send k': '31', 'receive k': '99999999999999999999' });
    await store.close();
    const path = join(directory, readdirSync(directory).sort().at(-1)!);
    const octets = readFileSync(path);
    let noticed = 0;
    for (let bit = 0; bit < octets.length * 8; bit++) {
      const changed = Buffer.from(octets);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      writeFileSync(path, changed);
      await FileStore.open(directory).then(
        () => expect.fail(`bit ${bit}`),
        (e) => {
          expect(e).toMatchObject({ code: 'security/counter-store', context: { file: path } });
          noticed++;
        },
      );
    }
    expect(noticed).toBe(octets.length * 8);
  });
  it('with a version missing between others, or its first: is refused by its name', async () => {
    const files = await filled();
    for (const file of [files[0], files[3]] as string[]) {
      const path = join(directory, file);
      const text = readFileSync(path);
      rmSync(path);
      expect(await refused(() => FileStore.open(directory))).toEqual({
        reason: expect.stringContaining('missing'),
        file: path,
      });
      writeFileSync(path, text);
    }
  });
  it('by a version of another store: is refused', async () => {
    await filled();
    const other = join(folder, 'other');
    const stranger = await FileStore.create(other);
    for (let i = 1; i <= 138; i++) await put(stranger, { 'send 1': String(i) });
    const file = readdirSync(directory)
      .sort((a, b) => Number(a.slice(8)) - Number(b.slice(8)))
      .at(-1)!;
    writeFileSync(join(directory, file), readFileSync(join(other, file)));
    expect(await refused(() => FileStore.open(directory))).toEqual({
      reason: expect.stringContaining('does not follow'),
      file: join(directory, file),
    });
  });
  it('while it is open: what comes after is refused too, and nothing is written on top', async () => {
    const store = await FileStore.create(directory, shared);
    const writer = await FileStore.open(directory, shared);
    await add(writer, 'k');
    const file = readdirSync(directory).sort().at(-1)!;
    writeFileSync(join(directory, file), '');
    expect((await refused(() => add(store, 'k'))).reason).toContain('damaged');
    expect((await refused(() => store.get('k'))).reason).toContain('damaged');
    expect(readdirSync(directory)).toContain(file);
  });
});

describe('a folder that is not a store of ours', () => {
  it('an attacker unmounts the volume, or gives another: what is not there is not begun anew', async () => {
    expect((await refused(() => FileStore.open(directory))).reason).toContain('no such folder');
    mkdirSync(directory, { mode: 0o700 });
    expect((await refused(() => FileStore.open(directory))).reason).toContain('no store');
    writeFileSync(join(folder, 'file'), '');
    expect((await refused(() => FileStore.open(join(folder, 'file')))).reason).toContain('not a folder');
  });
  it('is not made where something is already', async () => {
    await (await FileStore.create(directory)).close();
    expect((await refused(() => FileStore.create(directory))).reason).toContain('already');
    const home = join(folder, 'home');
    mkdirSync(home, { mode: 0o755 });
    writeFileSync(join(home, 'letter'), '');
    expect((await refused(() => FileStore.create(home))).reason).toContain('not empty');
    expect(statSync(home).mode & 0o777).toBe(0o755);
    symlinkSync(join(folder, 'nowhere'), join(folder, 'link'));
    await refused(() => FileStore.create(join(folder, 'link')));
  });
  it.each([0o777, 0o755, 0o730, 0o707, 0o701])(
    'an attacker with an account of his own: a folder open to others (%o) is refused',
    async (mode) => {
      await (await FileStore.create(directory)).close();
      chmodSync(directory, mode);
      expect(await refused(() => FileStore.open(directory))).toEqual({
        reason: expect.stringContaining('open to others'),
        file: directory,
      });
      chmodSync(directory, 0o700);
      await FileStore.open(directory);
    },
  );
});
