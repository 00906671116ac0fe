import { describe, expect, it } from 'vitest';
import { decodeTable, tableRows } from '../../src/axdr/table.js';
import { DataClass } from '../../src/cosem/classes/data.js';
import { ProfileGeneric } from '../../src/cosem/classes/profile-generic.js';
import { Register } from '../../src/cosem/classes/register.js';
import type { Knobs } from '../../src/meter/index.js';
import { aMeter, bits, clockColumn, column, rowsOf, start, unsigned } from './a-meter.js';

const minute = 60_000;
const at = (time: string): number => Date.parse(`2026-01-15T${time}Z`) - start;

function aLoadProfile(knobs: Partial<Knobs> = {}) {
  const engine = aMeter(knobs);
  engine.input('P', 3600);
  engine.add(Register, '1-0:1.8.0*255', { value: bits(0) as never }, { sources: { value: { integral: 'P' } } });
  engine.add(DataClass, '0-0:96.10.1*255', { value: unsigned(0) });
  const profile = engine.add(
    ProfileGeneric,
    '1-0:99.1.0*255',
    {
      captureObjects: [clockColumn, column(1, '0-0:96.10.1*255'), column(3, '1-0:1.8.0*255')],
      capturePeriod: 900,
    },
    { options: { statusObject: '0-0:96.10.1*255' } },
  );
  engine.start();
  return { engine, profile };
}

describe('rows of a load profile', () => {
  it('an outage over intervals: the one that was cut has its row, those inside have none, the first after it is marked', () => {
    const { engine, profile } = aLoadProfile();
    engine.advanceTo(at('10:17:00'));
    engine.power(false);
    engine.advanceTo(at('11:21:00'));
    engine.power(true);
    engine.advanceTo(at('11:45:00'));
    expect(rowsOf(profile)).toEqual([
      ['10:15:00', 0, 900],
      ['10:30:00', 0x80, 1020],
      ['11:30:00', 0x80, 1560],
      ['11:45:00', 0, 2460],
    ]);
  });
  it('supply that returns at the end of an interval leaves the next one whole', () => {
    const { engine, profile } = aLoadProfile();
    engine.advanceTo(at('10:20:00'));
    engine.power(false);
    engine.advanceTo(at('10:30:00'));
    engine.power(true);
    engine.advanceTo(at('10:45:00'));
    expect(rowsOf(profile).map((r) => r.slice(0, 2))).toEqual([
      ['10:15:00', 0],
      ['10:30:00', 0x80],
      ['10:45:00', 0],
    ]);
  });
  it('the row of an interval that was cut may be stamped when the supply went', () => {
    const { engine, profile } = aLoadProfile({ cutIntervalStamp: 'power-down' });
    engine.advanceTo(at('10:17:00'));
    engine.power(false);
    engine.advanceTo(at('10:31:00'));
    engine.power(true);
    expect(rowsOf(profile)[1]).toEqual(['10:17:00', 0x80, 1020]);
  });
  it('a clock that was set back gives the same times again, the first one marked', () => {
    const { engine, profile } = aLoadProfile();
    engine.advanceTo(at('10:20:00'));
    engine.setClock(start + at('10:05:00'), 'adjusted');
    engine.advanceTo(engine.elapsedAt(start + at('10:30:00')));
    expect(rowsOf(profile).map((r) => r.slice(0, 2))).toEqual([
      ['10:15:00', 0],
      ['10:15:00', 0x20],
      ['10:30:00', 0],
    ]);
  });
  it('a small step of the clock over the end of an interval loses no row and makes none twice', () => {
    const { engine, profile } = aLoadProfile();
    engine.advanceTo(at('10:14:58'));
    engine.setClock(engine.utc + 5000, 'synchronised');
    engine.setClock(engine.utc - 6000, 'synchronised');
    engine.advanceTo(at('10:31:00'));
    expect(rowsOf(profile).map((r) => r[0])).toEqual(['10:15:00', '10:30:00']);
  });
});

describe('rows as they are told', () => {
  const table = (knobs: Partial<Knobs>) => {
    const { engine, profile } = aLoadProfile(knobs);
    engine.advanceTo(at('10:46:00'));
    engine.input('P', 0);
    engine.advanceTo(at('11:15:00'));
    return { octets: engine.space().readEncoded(clockless(profile.logicalName)), profile };
  };
  const clockless = (logicalName: never | string) => ({
    classId: 7,
    logicalName: logicalName as never,
    attributeIndex: 2,
  });
  const energies = [900, 1800, 2700, 2760, 2760];
  it('deltas and null-data give the same values as rows in full, in fewer octets', () => {
    const lengths = (['none', 'total', 'delta'] as const).map((profileCompression) => {
      const { octets } = table({ profileCompression });
      const rows = tableRows(decodeTable(octets), ['clock', 'status', 'energy']);
      let last: unknown;
      const undone = rows.map((r) => {
        last = r.energy ?? last;
        return last;
      });
      expect(undone).toEqual(energies);
      expect(rows[0]?.clock).toBeInstanceOf(Uint8Array);
      expect(rows[1]?.clock instanceof Uint8Array).toBe(profileCompression === 'none');
      return octets.length;
    });
    expect(lengths[1]).toBeLessThan(lengths[0] as number);
    expect(lengths[2]).toBeLessThan(lengths[1] as number);
  });
  it('partial compression tells rows of midnight in full', () => {
    const { engine, profile } = aLoadProfile({ profileCompression: 'partial' });
    engine.advanceTo(14.5 * 60 * minute);
    const clocks = rowsOf(profile).map((r) => r[0]);
    expect(clocks.filter((c) => c !== null)).toEqual(['10:15:00', '00:00:00']);
  });
});
