import { describe, expect, it } from 'vitest';
import { DataClass } from '../../src/cosem/classes/data.js';
import { ProfileGeneric } from '../../src/cosem/classes/profile-generic.js';
import { Register } from '../../src/cosem/classes/register.js';
import { RegisterMonitor } from '../../src/cosem/classes/register-monitor.js';
import { ScriptTable } from '../../src/cosem/classes/script-table.js';
import { type AmountSource, household, type MeterEngine } from '../../src/meter/index.js';
import { aMeter, bits, clockColumn, column, rowsOf, start } from './a-meter.js';

const energy = '1-0:1.8.0*255';
function measuring(amount: AmountSource): MeterEngine {
  const engine = aMeter();
  engine.add(Register, energy, { value: bits(0) as never }, { sources: { value: { amount } } });
  engine.add(ProfileGeneric, '1-0:99.1.0*255', {
    captureObjects: [clockColumn, column(3, energy)],
    capturePeriod: 900,
  });
  return engine;
}
const energyOf = (engine: MeterEngine): unknown => engine.space().find(3, energy).get('value').value;

describe('a register that a function of time says', () => {
  it('is the same however often it is read, with outages between', () => {
    const run = (step: number): MeterEngine => {
      const engine = measuring(household(5).energy);
      engine.start();
      for (let at = 0; at < 86_400_000; ) {
        // Outages at the same instants, whatever the steps.
        const until = Math.min(at + step, 86_400_000, ...[20_000_123, 30_000_456].filter((t) => t > at));
        engine.advanceTo(until);
        energyOf(engine);
        if (until === 20_000_123) engine.power(false);
        if (until === 30_000_456) engine.power(true);
        at = until;
      }
      return engine;
    };
    const jumping = run(86_400_000);
    const ticking = run(7919);
    expect(rowsOf(ticking.space().find(7, '1-0:99.1.0*255'))).toEqual(
      rowsOf(jumping.space().find(7, '1-0:99.1.0*255')),
    );
    expect(ticking.save().objects).toEqual(jumping.save().objects);
    const { energy: wh } = household(5);
    const on = wh(start, start + 20_000_123) + wh(start + 30_000_456, start + 86_400_000);
    expect(energyOf(jumping)).toBe(Math.floor(on));
  });
  it('asks about real time, whatever the clock of the meter is set to', () => {
    const asked: number[][] = [];
    const engine = measuring((...span) => asked.push(span));
    engine.start();
    engine.advanceTo(1000);
    engine.setClock(start + 500_000, 'adjusted');
    engine.advanceTo(2000);
    energyOf(engine);
    expect(asked.at(-1)).toEqual([start, start + 2000]);
    expect(engine.realTime).toBe(start + 2000);
  });
  it('reaches a threshold at its instant, without being asked before', () => {
    const engine = measuring((from, to) => (to - from) / 3600);
    engine.add(DataClass, '0-0:96.1.0*255', { value: bits(0) });
    const table = '0-0:10.0.1*255';
    const set = {
      serviceId: 'write-attribute',
      classId: 1,
      logicalName: '0-0:96.1.0*255',
      index: 2,
      parameter: bits(1),
    } as const;
    engine.add(ScriptTable, table, { scripts: [{ scriptIdentifier: 1, actions: [set] }] });
    engine.add(RegisterMonitor, '0-0:16.1.0*255', {
      thresholds: [bits(100)] as never,
      monitoredValue: { classId: 3, logicalName: energy, attributeIndex: 2 },
      actions: [
        {
          actionUp: { scriptLogicalName: table, scriptSelector: 1 },
          actionDown: { scriptLogicalName: table, scriptSelector: 0 },
        },
      ],
    });
    engine.start();
    const flag = (): unknown => engine.space().find(1, '0-0:96.1.0*255').get('value').value;
    expect(engine.nextDue).toBeGreaterThanOrEqual(360_000);
    expect(engine.nextDue).toBeLessThanOrEqual(363_600);
    engine.advanceTo(359_999);
    expect(flag()).toBe(0);
    engine.advanceTo(363_600);
    expect(flag()).toBe(1);
  });
  it('of a broken sensor reads as hardware fault, and the profile goes on with null', () => {
    let broken = false;
    const engine = measuring((from, to) => {
      if (broken) throw new Error('no sensor');
      return (to - from) / 3600;
    });
    engine.start();
    engine.advanceTo(900_000);
    broken = true;
    engine.advanceTo(1_800_000);
    expect(() => energyOf(engine)).toThrow('hardware-fault');
    broken = false;
    engine.advanceTo(2_700_000);
    expect(rowsOf(engine.space().find(7, '1-0:99.1.0*255')).map(([, wh]) => wh)).toEqual([250, null, 750]);
  });
  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY])('that says %d is a broken sensor too', (n) => {
    const engine = measuring(() => n);
    engine.advanceTo(1);
    expect(() => energyOf(engine)).toThrow('hardware-fault');
  });
});

describe('a household', () => {
  it('adds up: spans that follow each other give what both together do, and power never is negative', () => {
    const { energy, power } = household(7);
    let at = start;
    let sum = 0;
    for (let i = 0; i < 500; i++) {
      const next = at + 1 + ((i * 7919) % 4_000_000);
      const part = energy(at, next);
      expect(part).toBeGreaterThanOrEqual(0);
      sum += part;
      at = next;
      expect(power(at)).toBeGreaterThan(0);
    }
    expect(sum).toBeCloseTo(energy(start, at), 6);
    expect(energy(start, start + 86_400_000)).toBeGreaterThan(5000);
  });
  it('is another for another seed, and power is what energy grows by', () => {
    expect(household(1).energy(start, start + 900_000)).not.toBe(household(2).energy(start, start + 900_000));
    const { energy, power } = household(3);
    expect(energy(start, start + 900_000) * 4).toBeCloseTo(power(start), 6);
  });
});
