import { describe, expect, it } from 'vitest';
import { DataClass } from '../../src/cosem/classes/data.js';
import { Register } from '../../src/cosem/classes/register.js';
import { eventCodes } from '../../src/meter/index.js';
import { aMeter, anEventLog, bits, rowsOf } from './a-meter.js';

const alarms = (engine: ReturnType<typeof aMeter>) =>
  engine.add(DataClass, '0-0:97.98.0*255', { value: bits(0) }, { options: { bits: { 6: 0, 40: 13 } } });

describe('events and alarms', () => {
  it('an alarm of something that lasts comes back when it is cleared, and one that is over does not', () => {
    const engine = aMeter();
    const register = alarms(engine);
    engine.start();
    engine.condition('clockInvalid', true);
    engine.raise(40);
    expect(register.get('value')).toEqual(bits(0x2001));
    register.write('value', bits(0), 'client');
    expect(register.get('value')).toEqual(bits(1));
    engine.condition('clockInvalid', false);
    register.write('value', bits(0), 'client');
    expect(register.get('value')).toEqual(bits(0));
  });
  it('a client cannot raise an alarm by writing the register', () => {
    const engine = aMeter();
    const register = alarms(engine);
    engine.start();
    engine.raise(40);
    register.write('value', bits(0xffff_ffff), 'client');
    expect(register.get('value')).toEqual(bits(0x2000));
    expect(() => register.write('value', { type: 'unsigned', value: 0 }, 'client')).toThrow('type-unmatched');
  });
  it('an error object that is cleared says so with its own code', () => {
    const engine = aMeter();
    const log = anEventLog(engine, [eventCodes.errorRegisterCleared, eventCodes.alarmRegisterCleared]);
    const errors = engine.add(
      DataClass,
      '0-0:97.97.0*255',
      { value: bits(0) },
      { options: { bits: { 12: 8 }, register: 'error' } },
    );
    engine.start();
    engine.raise(12);
    errors.write('value', bits(0), 'client');
    expect(rowsOf(log)).toEqual([['10:00:00', 10]]);
  });
  it('codes are those of the companion profile that the meter is built for, and none is no event', () => {
    const engine = aMeter({ eventCodes: { ...eventCodes, powerUp: 200, powerDown: undefined } });
    const log = anEventLog(engine, [1, 2, 200]);
    engine.start();
    engine.power(false);
    engine.advanceTo(60_000);
    engine.power(true);
    expect(rowsOf(log)).toEqual([['10:01:00', 200]]);
  });
  it('events are counted, also those without a log', () => {
    const engine = aMeter();
    const counter = engine.add(DataClass, '0-0:96.15.0*255', { value: bits(7) }, { options: { counts: [46, 49] } });
    engine.start();
    engine.raise('authenticationFailed');
    engine.raise(49);
    engine.raise(50);
    expect(counter.get('value')).toEqual(bits(9));
  });
  it('without supply nothing is noticed', () => {
    const engine = aMeter();
    const log = anEventLog(engine, [40]);
    engine.start();
    engine.power(false);
    engine.raise(40);
    expect(rowsOf(log)).toEqual([]);
  });
  it('only an outage that was long goes to the log of power failures', () => {
    const engine = aMeter({ longPowerFailureThreshold: 180 });
    const duration = engine.add(
      Register,
      '0-0:96.7.19*255',
      { value: bits(0) as never },
      { options: { powerFailureDuration: true } },
    );
    engine.start();
    for (const seconds of [179, 180, 20]) {
      engine.power(false);
      engine.advanceTo(engine.elapsed + seconds * 1000);
      engine.power(true);
    }
    expect(duration.get('value')).toEqual(bits(180));
  });
});
