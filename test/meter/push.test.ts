import { describe, expect, it } from 'vitest';
import type { Data } from '../../src/axdr/data.js';
import { AutoConnect } from '../../src/cosem/classes/auto-connect.js';
import { ProfileGeneric } from '../../src/cosem/classes/profile-generic.js';
import { type PushObjectDefinition, PushSetup, PushSetupV0 } from '../../src/cosem/classes/push-setup.js';
import type { DateTime } from '../../src/cosem/date-time.js';
import type { ObjectOf } from '../../src/cosem/interface-class.js';
import type { Knobs, PushOutput } from '../../src/meter/index.js';
import { aMeter, clockColumn, column, never, start } from './a-meter.js';

const setup = '0-1:25.9.0*255';
const at = (time: string): DateTime => {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return { ...never, hour, minute, second: 0 };
};
const window = (from: string, to: string) => [{ startTime: at(from), endTime: at(to) }];
const whole: Pick<PushObjectDefinition, 'restriction' | 'columns'> = {
  restriction: { restrictionType: 'none', restrictionValue: { type: 'null-data' } },
  columns: [],
};

function aPushingMeter(attributes: Partial<ObjectOf<typeof PushSetup>>, knobs: Partial<Knobs> = {}) {
  const engine = aMeter(knobs);
  const push = engine.add(PushSetup, setup, {
    pushObjectList: [{ ...clockColumn, ...whole }],
    repetitionDelay: { repetitionDelayMin: 60, repetitionDelayExponent: 200, repetitionDelayMax: 200 },
    numberOfRetries: 3,
    pushOperationMethod: 'unconfirmed-retry-on-supporting-layer-failure',
    ...attributes,
  });
  engine.start();
  const pushes: PushOutput[] = [];
  const go = (seconds: number): readonly string[] => {
    engine.advanceTo(engine.elapsed + seconds * 1000);
    for (const o of engine.takeOutputs()) if (o.type === 'push') pushes.push(o);
    return pushes.map((p) => new Date(p.utc).toISOString().slice(11, 19));
  };
  const ask = (): void => push.invoke('push', 0, 'client') as undefined;
  return { engine, push, pushes, go, ask };
}

describe('attempts', () => {
  it('delays grow by the exponent up to the longest, and end after the repetitions', () => {
    const { engine, go, ask } = aPushingMeter({});
    engine.input('network', 'down');
    ask();
    // 60, 120, 200 (240 cut) seconds
    expect(go(3600)).toEqual(['10:00:00', '10:01:00', '10:03:00', '10:06:20']);
  });
  it('a confirmed push is repeated when nobody confirms, and the confirmation ends it and is noted', () => {
    const { engine, push, pushes, go, ask } = aPushingMeter({
      pushOperationMethod: 'confirmed-retry-on-missing-confirmation',
    });
    ask();
    expect(go(100)).toEqual(['10:00:00', '10:01:30']);
    expect(pushes.map((p) => [p.attempt, p.invokeId, p.confirmed])).toEqual([
      [1, 1, true],
      [2, 1, true],
    ]);
    engine.pushed(pushes[1] as PushOutput, 'confirmed');
    expect(go(3600)).toHaveLength(2);
    expect(push.get('lastConfirmationDateTime')).toMatchObject({ hour: 10, minute: 1, second: 40 });
  });
  it('an attempt that turns out to have failed is repeated', () => {
    const { engine, pushes, go, ask } = aPushingMeter({});
    ask();
    go(5);
    engine.pushed(pushes[0] as PushOutput, 'failed');
    expect(go(600)).toEqual(['10:00:00', '10:01:05']);
  });
  it('a push that is asked for while another is tried begins anew, with the values of now', () => {
    const { engine, pushes, go, ask } = aPushingMeter({});
    engine.input('network', 'down');
    ask();
    go(30);
    ask();
    go(0);
    engine.input('network', 'up');
    expect(go(3600)).toEqual(['10:00:00', '10:00:30', '10:01:30']);
    expect(pushes.map((p) => p.invokeId)).toEqual([1, 2, 2]);
  });
  it('the end of the window stops them, and the next window goes on', () => {
    const { engine, go, ask } = aPushingMeter({ communicationWindow: window('10:00', '10:02') });
    engine.input('network', 'down');
    ask();
    expect(go(3600)).toEqual(['10:00:00', '10:01:00']);
    engine.input('network', 'up');
    expect(go(86_400)).toEqual(['10:00:00', '10:01:00', '10:00:00']);
  });
  it('outside the windows a push may be lost instead', () => {
    const { go, ask } = aPushingMeter({ communicationWindow: window('22:00', '23:00') }, { pushOutsideWindow: 'lost' });
    ask();
    expect(go(86_400)).toEqual([]);
  });
  it('a loss of supply ends an ordinary push', () => {
    const { engine, go, ask } = aPushingMeter({ communicationWindow: window('22:00', '23:00') });
    ask();
    engine.power(false);
    engine.advanceTo(60_000);
    engine.power(true);
    expect(go(86_400)).toEqual([]);
  });
});

describe('what is pushed', () => {
  const rows = (body: Data): unknown =>
    ((body as { value: Data[] }).value[0] as { value: { value: Data[] }[] }).value.map((r) => r.value.length);
  const pushed = (restriction: never, columns: readonly (typeof clockColumn)[]) => {
    const { engine, push, pushes, go, ask } = aPushingMeter({});
    engine.add(ProfileGeneric, '1-0:99.1.0*255', {
      captureObjects: [clockColumn, column(1, '0-0:96.1.0*255')],
      capturePeriod: 900,
    });
    for (const o of engine.space()) o.behaviour.start?.(o);
    push.write('pushObjectList', [{ ...column(7, '1-0:99.1.0*255'), restriction, columns }], 'client');
    go(3600);
    ask();
    go(0);
    return (pushes[0] as PushOutput).body;
  };
  it('rows between two dates, the end left open', () => {
    const fromDate = { ...at('10:30'), year: 2026, month: 1, dayOfMonth: 15, deviationMinutes: 0 };
    const body = pushed(
      {
        restrictionType: 'restriction-by-date',
        restrictionValue: { type: 'by-date', value: { fromDate, toDate: never } },
      } as never,
      [],
    );
    expect(rows(body)).toEqual([2, 2, 2]);
  });
  it('rows by position and some columns of them', () => {
    const body = pushed(
      {
        restrictionType: 'restriction-by-entry',
        restrictionValue: { type: 'by-entry', value: { fromEntry: 2, toEntry: 3 } },
      } as never,
      [clockColumn],
    );
    expect(rows(body)).toEqual([1, 1]);
  });
  it('the last rows by the data index', () => {
    const engine = aMeter();
    engine.add(ProfileGeneric, '1-0:99.1.0*255', { captureObjects: [clockColumn], capturePeriod: 60 });
    const push = engine.add(PushSetupV0, setup, {
      pushObjectList: [{ ...column(7, '1-0:99.1.0*255'), dataIndex: 0xf002 }],
      numberOfRetries: 0,
      repetitionDelay: 1,
    });
    engine.start();
    engine.advanceTo(600_000);
    push.invoke('push', 0, 'client');
    engine.advanceTo(600_000);
    const [output] = engine.takeOutputs();
    expect(rows((output as PushOutput).body)).toEqual([1, 1]);
  });
});

describe('the connection', () => {
  const connecting = (mode: 'permanently-connected-in-calling-window', knobs: Partial<Knobs> = {}) => {
    const engine = aMeter(knobs);
    const object = engine.add(AutoConnect, '0-0:2.1.0*255', {
      mode,
      repetitions: 1,
      repetitionDelay: 60,
      callingWindow: window('22:00', '23:00'),
    });
    engine.start();
    const go = (hours: number) => {
      engine.advanceTo(engine.elapsed + hours * 3_600_000);
      return engine
        .takeOutputs()
        .map((o) => [o.type, ((o.at + start) % 86_400_000) / 3_600_000, 'state' in o ? o.state : '']);
    };
    return { engine, object, go };
  };
  it('mode 102 is connected within its windows, and refuses to connect outside', () => {
    const { object, go } = connecting('permanently-connected-in-calling-window');
    expect(() => object.invoke('connect', 0, 'client')).toThrow('other-reason');
    expect(go(14)).toEqual([
      ['connection', 10, 'down'],
      ['connection', 22, 'up'],
      ['connection', 23, 'down'],
    ]);
  });
  it('a network that comes back inside the window is used again', () => {
    const { engine, go } = connecting('permanently-connected-in-calling-window');
    go(12.25);
    engine.input('network', 'down');
    go(0.25);
    engine.input('network', 'up');
    expect(go(0)).toEqual([['connection', 22.5, 'up']]);
  });
});
