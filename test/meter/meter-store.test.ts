import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DlmsError } from '../../src/core/errors.js';
import { AssociationLnV2 } from '../../src/cosem/classes/association-ln.js';
import { ProfileGeneric } from '../../src/cosem/classes/profile-generic.js';
import { Register } from '../../src/cosem/classes/register.js';
import { type MeterEngine, MeterStore } from '../../src/meter/index.js';
import { FileStore } from '../../src/store/file-store.js';
import type { Store, StoreChange } from '../../src/store/store.js';
import { VolatileStore } from '../../src/store/store.js';
import { aMeter, anEventLog, bits, clockColumn, column, rowsOf } from './a-meter.js';

const directory = mkdtempSync(join(tmpdir(), 'meter-store-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function aLoadMeter(): MeterEngine {
  const engine = aMeter();
  engine.input('P', 3600);
  engine.add(Register, '1-0:1.8.0*255', { value: bits(0) as never }, { sources: { value: { integral: 'P' } } });
  engine.add(ProfileGeneric, '1-0:99.1.0*255', {
    captureObjects: [clockColumn, column(3, '1-0:1.8.0*255')],
    capturePeriod: 900,
  });
  engine.add(AssociationLnV2, '0-0:40.0.1*255', { secret: Uint8Array.of(1, 2) });
  anEventLog(engine, [40]);
  return engine;
}
const profileOf = (engine: MeterEngine) => engine.space().find(7, '1-0:99.1.0*255');
/** Counts what is written. */
class Counting extends VolatileStore {
  readonly writes: (readonly string[])[] = [];
  fails = false;
  override update<T>(names: readonly string[], change: StoreChange<T>): T {
    if (this.fails) throw new Error('no space left');
    this.writes.push(names);
    return super.update(names, change);
  }
}

describe('a meter in a store', () => {
  it('goes on where it was saved: rows, registers, passwords, and what is due', async () => {
    const path = join(directory, 'files');
    const before = aLoadMeter();
    let store: Store = await FileStore.create(path);
    const kept = new MeterStore(before, store);
    expect(await kept.restore()).toBe(false);
    before.start();
    before.advanceTo(2_000_000);
    await kept.save();
    await store.close();

    store = await FileStore.open(path);
    const after = aLoadMeter();
    expect(await new MeterStore(after, store).restore()).toBe(true);
    await store.close();
    expect(after.nextDue).toBe(2_700_000);
    for (const engine of [before, after]) engine.advanceTo(4_000_000);
    expect(rowsOf(profileOf(after))).toEqual(rowsOf(profileOf(before)));
    expect(rowsOf(profileOf(after))).toHaveLength(4);
    expect(after.space().find(15, '0-0:40.0.1*255').stored('secret')).toEqual(Uint8Array.of(1, 2));
    expect(after.save()).toEqual(before.save());
  });
  it('writes what has changed, in one step', () => {
    const engine = aLoadMeter();
    engine.start();
    const store = new Counting();
    const kept = new MeterStore(engine, store);
    void kept.save();
    void kept.save();
    engine.advanceTo(900_000);
    void kept.save();
    expect(store.writes.map((w) => w.length)).toEqual([7, 2]);
    expect(store.writes[1]).toEqual(['meter engine', 'meter object 1 1-0:99.1.0*255']);
  });
  it('what could not be written is written the next time', () => {
    const engine = aLoadMeter();
    engine.start();
    const store = new Counting();
    const kept = new MeterStore(engine, store);
    void kept.save();
    engine.advanceTo(900_000);
    store.fails = true;
    expect(() => kept.save()).toThrow('no space left');
    store.fails = false;
    void kept.save();
    const other = aLoadMeter();
    expect(new MeterStore(other, store).restore()).toBe(true);
    expect(rowsOf(profileOf(other))).toHaveLength(1);
  });
  it('a meter with other objects is refused by name, and stays as it was', () => {
    const store = new VolatileStore();
    const engine = aLoadMeter();
    engine.start();
    void new MeterStore(engine, store).save();
    const other = aLoadMeter();
    other.add(Register, '1-0:2.8.0*255', { value: bits(7) as never });
    expect(() => new MeterStore(other, store).restore()).toThrow('1-0:2.8.0*255');
    const fewer = aMeter();
    expect(() => new MeterStore(fewer, store).restore()).toThrow('0-0:40.0.1*255');
    expect(other.elapsed).toBe(0);
  });
  it('a text that is none of a meter is refused', () => {
    for (const text of ['{', '7', '{"format":"dlms-cosem-meter/1"}']) {
      const store = new VolatileStore();
      store.update(['meter engine'], () => ({ result: undefined, set: new Map([['meter engine', text]]) }));
      expect(() => new MeterStore(aMeter(), store).restore()).toThrow(DlmsError);
    }
  });
});
