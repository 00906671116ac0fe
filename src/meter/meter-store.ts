import { DlmsError } from '../core/errors.js';
import { andThen, type MaybePromise } from '../core/promise.js';
import type { Store, StoreChanges, UpdateOptions } from '../store/store.js';
import type { MeterEngine, SavedEngine } from './engine.js';

/**
 * Keeps a running meter in a store, so that another process goes on with it. What is written has all or nothing of what
 * happened since the last time: no calendar is half there. Passwords are part of it: the store is to be as safe as the
 * meter.
 *
 * @example
 * const kept = new MeterStore(engine, await FileStore.open('state'), 'meter 1 ');
 * if (!(await kept.restore())) engine.start();
 * engine.advanceTo(now);
 * await kept.save();
 */
export class MeterStore {
  readonly #engine: MeterEngine;
  readonly #store: Store;
  readonly #prefix: string;
  /** What the store has, by name: only what differs is written. */
  #written = new Map<string, string>();
  #turn: MaybePromise<void> = undefined;

  /** @param prefix of all names of this meter in the store */
  constructor(engine: MeterEngine, store: Store, prefix = 'meter ') {
    this.#engine = engine;
    this.#store = store;
    this.#prefix = prefix;
  }
  /**
   * Writes what has changed. Saves run one after the other, each with what holds when it was called.
   * @throws DlmsError `security/counter-store` when the store cannot write: then nothing of it is there
   */
  save(options?: UpdateOptions): MaybePromise<void> {
    const now = textsOf(this.#prefix, this.#engine.save());
    const write = (): MaybePromise<void> => this.#write(now, options);
    this.#turn = this.#turn instanceof Promise ? this.#turn.then(write, write) : write();
    return this.#turn;
  }
  #write(now: Map<string, string>, options: UpdateOptions | undefined): MaybePromise<void> {
    const changed: StoreChanges = new Map([...now].filter(([name, text]) => this.#written.get(name) !== text));
    if (changed.size === 0) return undefined;
    const written = this.#store.update([...changed.keys()], () => ({ result: undefined, set: changed }), options);
    return andThen(written, () => {
      this.#written = now;
    });
  }
  /**
   * Gives the engine what is in the store, instead of {@link MeterEngine.start}.
   * @returns false when there is nothing: the meter is new
   * @throws DlmsError `configuration/invalid` when it is no meter, or one with other objects
   */
  restore(): MaybePromise<boolean> {
    return andThen(this.#store.entries(this.#prefix), (entries) => {
      if (entries.length === 0) return false;
      const texts = new Map(entries);
      const saved = savedOf(this.#prefix, texts);
      try {
        this.#engine.restore(saved);
      } catch (cause) {
        if (cause instanceof DlmsError) throw cause;
        throw new DlmsError('configuration/invalid', { what: 'the store of a meter' }, { cause });
      }
      this.#written = texts;
      return true;
    });
  }
}

const objectName = 'object ';
function textsOf(prefix: string, { objects, ...rest }: SavedEngine): Map<string, string> {
  return new Map([
    [`${prefix}engine`, JSON.stringify(rest)],
    ...Object.entries(objects).map(([name, o]) => [`${prefix}${objectName}${name}`, JSON.stringify(o)] as const),
  ]);
}
function savedOf(prefix: string, texts: ReadonlyMap<string, string>): SavedEngine {
  const parsed = (name: string, text: string | undefined): never => {
    try {
      return JSON.parse(text ?? '') as never;
    } catch (cause) {
      throw new DlmsError('configuration/invalid', { what: `${name} in the store of a meter` }, { cause });
    }
  };
  const begin = `${prefix}${objectName}`;
  const objects = [...texts].flatMap(([name, text]) =>
    name.startsWith(begin) ? [[name.slice(begin.length), parsed(name, text)] as const] : [],
  );
  const engine = `${prefix}engine`;
  return { ...(parsed(engine, texts.get(engine)) as SavedEngine), objects: Object.fromEntries(objects) };
}
