import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DlmsError, isDlmsError } from '../core/errors.js';
import { type CounterEntry, type CounterReplacement, type CounterStore, firstOf, type ReceivedValue, recorded } from './counters.js';

/**
 * Counters in a directory of the file system. Several processes of one machine may use it at once.
 *
 * The state is one file `counters.<n>.json`; a change is written beside it, flushed to the disk, and then linked as n + 1, which is atomic and fails when
 * another process was faster: that one's state is read and the change tried again. There is no lock that a killed process could leave behind, and a process
 * killed between any two steps leaves either the old state or the new one, and perhaps a file that was not linked, which the next process removes. The file
 * system must know hard links.
 *
 * The whole state is written each time: right for a meter, a tool or some hundred meters; a head-end implements `CounterStore` with its database.
 * Each `record` (one per message received) and each `reserve` (one per block, see `CounterOptions.block`) waits for the disk.
 */
export class FileCounterStore implements CounterStore {
  readonly #directory: string;
  /** @param directory is made when it is missing; it belongs to this store alone */
  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    guarded(() => this.#clear());
  }
  reserve(name: string, count: number, atLeast: number): number {
    return this.#change((entries) => {
      const entry = entries.get(name) ?? {};
      const first = firstOf(entry, count, atLeast);
      entries.set(name, { ...entry, sent: first + count - 1 });
      return first;
    });
  }
  last(name: string): number | bigint | undefined {
    return guarded(() => this.#read().state.entries.get(name)?.received);
  }
  record(groups: readonly (readonly ReceivedValue[])[]): void {
    this.#change((entries) => {
      for (const [name, entry] of recorded((n) => entries.get(n), groups)) entries.set(name, entry);
    });
  }
  replace(changes: readonly CounterReplacement[]): void {
    this.#change((entries) => {
      const moved = changes.map(({ name, from }) => [name, from === undefined ? undefined : entries.get(from)] as const);
      for (const { name, from } of changes) {
        entries.delete(name);
        if (from !== undefined) entries.delete(from);
      }
      for (const [name, entry] of moved) if (entry !== undefined) entries.set(name, entry);
    });
  }

  #change<T>(change: (entries: Map<string, CounterEntry>) => T): T {
    return guarded(() => {
      for (;;) {
        const { version, state } = this.#read();
        const result = change(state.entries);
        const id = randomBytes(8).toString('hex');
        if (this.#commit(version + 1, id, { entries: state.entries, history: [...state.history, id].slice(-remembered) })) return result;
      }
    });
  }
  #commit(version: number, id: string, state: State): boolean {
    const temporary = join(this.#directory, `tmp.${process.pid}.${id}`);
    try {
      const file = openSync(temporary, 'wx', 0o600);
      try {
        writeSync(file, format(state));
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      try {
        linkSync(temporary, this.#path(version));
      } catch (e) {
        // Another was faster, or cleared our file away because it could not see that we live (another container): tried again.
        const { code } = e as NodeJS.ErrnoException;
        if (code === 'EEXIST' || code === 'ENOENT') return false;
        throw e;
      }
    } finally {
      rmSync(temporary, { force: true });
    }
    // The new name must be on the disk too before anything is given out.
    this.#flushDirectory();
    // A slow process can link a version that others have long passed and cleared away. If there is a higher one, it tells whether ours came before it.
    const latest = this.#read();
    if (latest.version > version && !latest.state.history.includes(id)) return false;
    for (const old of this.#versions()) if (old < latest.version) rmSync(this.#path(old), { force: true });
    return true;
  }
  /** Removes what killed processes were about to link. A process of the same id is this one, which is not writing now, or one before it. */
  #clear(): void {
    for (const name of readdirSync(this.#directory)) {
      const match = /^tmp\.(\d+)\.[0-9a-f]+$/.exec(name);
      if (match !== null && (Number(match[1]) === process.pid || !isAlive(Number(match[1])))) rmSync(join(this.#directory, name), { force: true });
    }
  }
  #read(): { version: number; state: State } {
    for (let attempt = 0; ; attempt++) {
      const version = Math.max(0, ...this.#versions());
      if (version === 0) return { version, state: { entries: new Map(), history: [] } };
      let text: string;
      try {
        text = readFileSync(this.#path(version), 'utf8');
      } catch (e) {
        // Cleared away between the two steps, because a higher version is there.
        if ((e as NodeJS.ErrnoException).code === 'ENOENT' && attempt < 1000) continue;
        throw e;
      }
      return { version, state: parse(text) };
    }
  }
  #versions(): number[] {
    return readdirSync(this.#directory).flatMap((name) => {
      const match = /^counters\.(\d+)\.json$/.exec(name);
      return match === null ? [] : [Number(match[1])];
    });
  }
  #path(version: number): string {
    return join(this.#directory, `counters.${version}.json`);
  }
  /** Windows cannot open a directory, and does not need it. */
  #flushDirectory(): void {
    if (process.platform === 'win32') return;
    const directory = openSync(this.#directory, 'r');
    try {
      fsyncSync(directory);
    } finally {
      closeSync(directory);
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (e) {
    return (e as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

interface State {
  readonly entries: Map<string, CounterEntry>;
  /** Ids of the last changes, newest last: how a process finds out whether its own change went in. */
  readonly history: readonly string[];
}
const remembered = 64;
const formatName = 'dlms-cosem counters 1';

/** Transaction-ids do not fit a JSON number, so received values are decimal text. */
interface StoredEntry {
  readonly sent?: number;
  readonly received?: string;
}
function format({ entries, history }: State): string {
  const stored: [string, StoredEntry][] = [...entries].map(([name, { sent, received }]) => [
    name,
    { ...(sent === undefined ? {} : { sent }), ...(received === undefined ? {} : { received: received.toString() }) },
  ]);
  return `${JSON.stringify({ format: formatName, history, entries: Object.fromEntries(stored) })}\n`;
}
/** A state that cannot be read is never taken for an empty one: that would use counters again. */
function parse(text: string): State {
  try {
    const stored = JSON.parse(text) as { format: string; history: string[]; entries: Record<string, StoredEntry> };
    if (stored.format !== formatName || !Array.isArray(stored.history)) throw new Error('format');
    const entries = Object.entries(stored.entries).map(([name, { sent, received }]): [string, CounterEntry] => {
      if (sent !== undefined && !Number.isSafeInteger(sent)) throw new Error('sent');
      const value = received === undefined ? undefined : BigInt(received);
      return [name, { ...(sent === undefined ? {} : { sent }), ...(value === undefined ? {} : { received: value <= 0xffffffffn ? Number(value) : value }) }];
    });
    return { entries: new Map(entries), history: stored.history };
  } catch (e) {
    throw new DlmsError('security/counter-store', { reason: 'the counter file cannot be read' }, { cause: e });
  }
}
function guarded<T>(use: () => T): T {
  try {
    return use();
  } catch (e) {
    throw isDlmsError(e) ? e : new DlmsError('security/counter-store', { reason: String((e as NodeJS.ErrnoException).code ?? 'cannot be used') }, { cause: e });
  }
}
