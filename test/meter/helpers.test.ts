import { describe, expect, it } from 'vitest';
import { ArrayManager } from '../../src/cosem/classes/array-manager.js';
import { Clock } from '../../src/cosem/classes/clock.js';
import { CompactDataV0 } from '../../src/cosem/classes/compact-data.js';
import { DataClass } from '../../src/cosem/classes/data.js';
import { ExtendedRegister } from '../../src/cosem/classes/extended-register.js';
import { FunctionControl } from '../../src/cosem/classes/function-control.js';
import { ParameterMonitorV0 } from '../../src/cosem/classes/parameter-monitor.js';
import { ProfileGeneric } from '../../src/cosem/classes/profile-generic.js';
import { Register } from '../../src/cosem/classes/register.js';
import { ScriptTable } from '../../src/cosem/classes/script-table.js';
import { SensorManager } from '../../src/cosem/classes/sensor-manager.js';
import { SpecialDaysTable } from '../../src/cosem/classes/special-days-table.js';
import type { AccessRights } from '../../src/server/rights.js';
import { aMeter, bits, clockColumn, column, never, rowsOf } from './a-meter.js';

const name = Uint8Array.of(0x4c, 0x50);

describe('Array manager', () => {
  const managed = (rights: AccessRights | undefined) => {
    const engine = aMeter();
    const table = engine.add(SpecialDaysTable, '0-0:11.0.0*255', { entries: [] });
    const manager = engine.add(ArrayManager, '0-0:18.0.0*255', {
      arrayObjectList: [
        { arrayObjectId: 1, arrayObjectDefinition: { classId: 11, logicalName: '0-0:11.0.0*255', attributeIndex: 2 } },
      ],
    });
    engine.start();
    if (rights !== undefined) engine.space().rightsOf = () => rights;
    const caller = { protection: {}, signers: [] } as never;
    const entry = (index: number) => ({
      type: 'structure' as const,
      value: [
        { type: 'long-unsigned' as const, value: index },
        { type: 'octet-string' as const, value: Uint8Array.of(0xff, 0xff, 1, index, 0xff) },
        { type: 'unsigned' as const, value: 1 },
      ],
    });
    const insert = (index: number, by: 'client' | 'script' = 'client', value: unknown = entry(index)) =>
      manager.invoke(
        'insertEntry',
        { arrayObjectId: 1, entry: { entryIndex: 0, entryValue: value } },
        by,
        by === 'client' ? { caller } : undefined,
      );
    const indexes = (): number[] => (table.get('entries') as { index: number }[]).map((e) => e.index);
    return { engine, manager, insert, indexes, caller };
  };
  it('gives nobody more rights than he has at the array itself', () => {
    for (const rights of [undefined, {}, { attribute: () => ({ read: true, write: false }) }] as const) {
      const { insert, indexes } = managed(rights);
      expect(() => insert(1)).toThrow('read-write-denied');
      insert(2, 'script');
      expect(indexes()).toEqual([2]);
    }
  });
  it('asks for the protection that the attribute asks for', () => {
    const { insert } = managed({
      attribute: () => ({ read: true, write: true, request: { authenticated: true } }),
    });
    expect(() => insert(1)).toThrow('read-write-denied');
  });
  it('changes elements as the object of the array allows', () => {
    const { insert, indexes, manager, caller } = managed({ attribute: () => ({ read: true, write: true }) });
    insert(1);
    insert(2);
    expect(indexes()).toEqual([1, 2]);
    expect(() => insert(3, 'client', bits(3))).toThrow('type-unmatched');
    manager.invoke('removeEntries', { arrayObjectId: 1, entryRange: { fromEntry: 1, toEntry: 1 } }, 'client', {
      caller,
    });
    expect(indexes()).toEqual([2]);
  });
});

describe('Function control', () => {
  it('a profile that is switched off captures nothing and refuses to be read, and goes on when it is switched on', () => {
    const engine = aMeter();
    const profile = engine.add(ProfileGeneric, '1-0:99.1.0*255', { captureObjects: [clockColumn], capturePeriod: 900 });
    const control = engine.add(FunctionControl, '0-0:44.1.0*255', {
      activationStatus: [{ functionName: name, functionStatus: true }],
      functionList: [
        {
          functionName: name,
          functionSpecifications: [
            { classId: 7, logicalName: '1-0:99.1.0*255' },
            { classId: 122, logicalName: '0-0:44.1.0*255' },
          ],
        },
      ],
    });
    engine.start();
    const to = (on: boolean) =>
      control.invoke('setFunctionStatus', [{ functionName: name, functionStatus: on }], 'client');
    engine.advanceTo(900_000);
    to(false);
    expect(() => profile.write('capturePeriod', 60, 'client')).toThrow('object-unavailable');
    engine.advanceTo(2_800_000);
    to(true);
    engine.advanceTo(3_600_000);
    expect(rowsOf(profile)).toEqual([['10:15:00'], ['11:00:00']]);
    expect(() =>
      control.invoke(
        'setFunctionStatus',
        [
          { functionName: name, functionStatus: false },
          { functionName: Uint8Array.of(1), functionStatus: false },
        ],
        'client',
      ),
    ).toThrow('other-reason');
    expect(profile.active).toBe(true);
  });
});

describe('Compact data', () => {
  it('a value of another type than the template says empties the buffer', () => {
    const engine = aMeter();
    const source = engine.add(DataClass, '0-0:96.15.0*255', { value: bits(5) });
    const compact = engine.add(CompactDataV0, '0-0:66.0.1*255', {
      captureObjects: [column(62, '0-0:66.0.1*255', 4), column(1, '0-0:96.15.0*255')],
      templateId: 3,
    });
    engine.start();
    compact.invoke('capture', 0, 'client');
    expect(compact.get('compactBuffer')).toEqual(Uint8Array.of(3, 0, 0, 0, 5));
    source.set('value', { type: 'unsigned', value: 5 });
    compact.invoke('capture', 0, 'client');
    expect(compact.get('compactBuffer')).toEqual(new Uint8Array());
  });
  it('without its own template_id in front a list is refused', () => {
    const engine = aMeter();
    const compact = engine.add(CompactDataV0, '0-0:66.0.1*255', {});
    engine.start();
    expect(() => compact.write('captureObjects', [clockColumn], 'client')).toThrow('other-reason');
  });
});

describe('Parameter monitor', () => {
  it('hears of what is written to an attribute that is worked out, and not of what the meter changes itself', () => {
    const engine = aMeter();
    const counter = engine.add(DataClass, '0-0:96.15.0*255', { value: bits(0) }, { options: { counts: [40] } });
    const monitor = engine.add(ParameterMonitorV0, '0-0:16.2.0*255', {
      parameterList: [
        { classId: 8, logicalName: '0-0:1.0.0*255', attributeIndex: 2 },
        { classId: 1, logicalName: '0-0:96.15.0*255', attributeIndex: 2 },
      ],
    });
    engine.start();
    engine.raise(40);
    expect(counter.get('value')).toEqual(bits(1));
    expect(monitor.get('changedParameter')).toMatchObject({ classId: 0 });
    const clock = engine.space().find(Clock.classId, '0-0:1.0.0*255');
    clock.write('time', { ...never, year: 2026, month: 1, dayOfMonth: 15, hour: 11, minute: 0 }, 'client');
    expect(monitor.get('changedParameter')).toMatchObject({ classId: 8, attributeIndex: 2 });
  });
});

describe('Sensor manager', () => {
  it('runs the script of a threshold that the raw value crosses, and notes when the value came', () => {
    const engine = aMeter();
    engine.add(ProfileGeneric, '0-0:99.50.0*255', { captureObjects: [clockColumn] });
    const parameter = { type: 'integer', value: 0 } as const;
    const action = {
      serviceId: 'execute-specific-method',
      classId: 7,
      logicalName: '0-0:99.50.0*255',
      index: 2,
      parameter,
    } as const;
    engine.add(ScriptTable, '0-0:10.0.0*255', { scripts: [{ scriptIdentifier: 1, actions: [action] }] });
    const script = (scriptSelector: number) => ({ scriptLogicalName: '0-0:10.0.0*255' as const, scriptSelector });
    const sensor = engine.add(
      SensorManager,
      '1-0:94.39.0*255',
      {
        rawValue: bits(0) as never,
        rawValueThresholds: [bits(100) as never],
        rawValueActions: [{ actionUp: script(1), actionDown: script(0) }],
      },
      { sources: { rawValue: { input: 'raw' } } },
    );
    engine.start();
    for (const [second, value] of [
      [10, 50],
      [20, 150],
      [30, 200],
      [40, 50],
      [50, 101],
    ] as const) {
      engine.advanceTo(second * 1000);
      engine.input('raw', value);
    }
    expect(rowsOf(engine.space().find(7, '0-0:99.50.0*255'))).toEqual([['10:00:20'], ['10:00:50']]);
    expect(sensor.get('captureTime')).toMatchObject({ hour: 10, minute: 0, second: 50 });
  });
});

describe('Extended register', () => {
  it('that holds a maximum keeps the time of the first of equal values, and begins anew after a reset', () => {
    const engine = aMeter();
    engine.add(Register, '1-0:1.7.0*255', { value: bits(0) as never }, { sources: { value: { input: 'p' } } });
    const maximum = engine.add(
      ExtendedRegister,
      '1-0:1.6.0*255',
      { value: bits(0) as never },
      { options: { maximumOf: { classId: 3, logicalName: '1-0:1.7.0*255', attributeIndex: 2 } } },
    );
    engine.start();
    const at = (second: number, value: number): void => {
      engine.advanceTo(second * 1000);
      engine.input('p', value);
    };
    at(10, 70);
    at(20, 70);
    at(30, 40);
    expect([maximum.get('value'), maximum.get('captureTime').second]).toEqual([bits(70), 10]);
    maximum.invoke('reset', 0, 'script');
    at(40, 30);
    expect([maximum.get('value'), maximum.get('captureTime').second]).toEqual([bits(30), 40]);
  });
});
