import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Account } from '../../src/cosem/classes/account.js';
import { ActivityCalendar } from '../../src/cosem/classes/activity-calendar.js';
import { Charge } from '../../src/cosem/classes/charge.js';
import { Clock } from '../../src/cosem/classes/clock.js';
import { Credit } from '../../src/cosem/classes/credit.js';
import { DataClass } from '../../src/cosem/classes/data.js';
import { DemandRegister } from '../../src/cosem/classes/demand-register.js';
import { DisconnectControl } from '../../src/cosem/classes/disconnect-control.js';
import { Limiter } from '../../src/cosem/classes/limiter.js';
import { ProfileGeneric } from '../../src/cosem/classes/profile-generic.js';
import { PushSetup } from '../../src/cosem/classes/push-setup.js';
import { Register } from '../../src/cosem/classes/register.js';
import { RegisterMonitor } from '../../src/cosem/classes/register-monitor.js';
import { ScriptTable } from '../../src/cosem/classes/script-table.js';
import { SingleActionSchedule } from '../../src/cosem/classes/single-action-schedule.js';
import { behaviours, eventCodes, MeterEngine } from '../../src/meter/index.js';
import { AccessRefused } from '../../src/server/object.js';
import { anEventLog, bits, clockColumn, column, never, unsigned } from './a-meter.js';

const lastSunday = { ...never, dayOfWeek: 7, dayOfMonth: 'last-day', minute: 0, second: 0 } as const;
const script = (scriptSelector: number) => ({ scriptLogicalName: '0-0:10.0.0*255' as const, scriptSelector });
const method = (classId: number, logicalName: never | string, index: number) => ({
  serviceId: 'execute-specific-method' as const,
  classId,
  logicalName: logicalName as never,
  index,
  parameter: { type: 'integer' as const, value: 0 },
});
const at = (hour: number, minute = 0) => ({ hour, minute, second: 0, hundredths: 0 });
const anyDay = { year: null, month: null, dayOfMonth: null, dayOfWeek: null } as const;
const week = { monday: 1, tuesday: 1, wednesday: 1, thursday: 1, friday: 1, saturday: 2, sunday: 2 } as const;
const text = (s: string): Uint8Array => new TextEncoder().encode(s);

/** Of most classes that do something by themselves, wired to each other. */
function aBusyMeter(utc: number): MeterEngine {
  const engine = new MeterEngine({ utc, behaviours, knobs: { clockReserveSeconds: 86_400 } });
  engine.add(Clock, '0-0:1.0.0*255', {
    timeZone: -60,
    daylightSavingsEnabled: true,
    daylightSavingsDeviation: 60,
    daylightSavingsBegin: { ...lastSunday, month: 3, hour: 2 },
    daylightSavingsEnd: { ...lastSunday, month: 10, hour: 3 },
  });
  engine.add(Register, '1-0:1.8.0*255', { value: bits(0) as never }, { sources: { value: { integral: 'P' } } });
  engine.add(Register, '1-0:1.7.0*255', { value: bits(0) as never }, { sources: { value: { input: 'P' } } });
  engine.add(DemandRegister, '1-0:1.4.0*255', { period: 900, numberOfPeriods: 3 }, { options: { average: 'P' } });
  engine.add(DataClass, '0-0:96.10.1*255', { value: unsigned(0) });
  engine.add(
    ProfileGeneric,
    '1-0:99.1.0*255',
    {
      captureObjects: [
        clockColumn,
        column(1, '0-0:96.10.1*255'),
        column(3, '1-0:1.8.0*255'),
        column(5, '1-0:1.4.0*255', 3),
      ],
      capturePeriod: 900,
      profileEntries: 400,
    },
    { options: { statusObject: '0-0:96.10.1*255' } },
  );
  engine.add(ProfileGeneric, '0-0:98.1.0*255', { captureObjects: [clockColumn, column(3, '1-0:1.8.0*255')] });
  anEventLog(engine, Object.values(eventCodes));
  engine.add(ScriptTable, '0-0:10.0.0*255', {
    scripts: [
      { scriptIdentifier: 1, actions: [method(7, '0-0:98.1.0*255', 2)] },
      { scriptIdentifier: 2, actions: [method(40, '0-1:25.9.0*255', 1)] },
      { scriptIdentifier: 3, actions: [method(5, '1-0:1.4.0*255', 1)] },
    ],
  });
  engine.add(SingleActionSchedule, '0-0:15.0.0*255', {
    executedScript: script(1),
    executionTime: [{ time: at(2, 30), date: anyDay }],
  });
  engine.add(SingleActionSchedule, '0-1:15.0.4*255', {
    executedScript: script(2),
    executionTime: [{ time: at(6), date: anyDay }],
  });
  engine.add(ActivityCalendar, '0-0:13.0.0*255', {
    seasonProfileActive: [
      { seasonProfileName: text('S'), seasonStart: { ...never, month: 1, dayOfMonth: 1 }, weekName: text('W') },
    ],
    weekProfileTableActive: [{ weekProfileName: text('W'), ...week }],
    dayProfileTableActive: [
      { dayId: 1, daySchedule: [6, 22].map((h, i) => ({ startTime: at(h), ...script(i === 0 ? 3 : 1) })) },
      { dayId: 2, daySchedule: [{ startTime: at(0), ...script(1) }] },
    ],
  });
  engine.add(RegisterMonitor, '0-0:16.1.0*255', {
    monitoredValue: { classId: 3, logicalName: '1-0:1.8.0*255', attributeIndex: 2 },
    thresholds: [bits(50_000) as never],
    actions: [{ actionUp: script(2), actionDown: script(0) }],
  });
  engine.add(Limiter, '0-0:17.0.0*255', {
    monitoredValue: { classId: 3, logicalName: '1-0:1.7.0*255', attributeIndex: 2 },
    thresholdNormal: bits(5000) as never,
    thresholdEmergency: bits(1000) as never,
    minOverThresholdDuration: 600,
    minUnderThresholdDuration: 60,
    actions: { actionOverThreshold: script(1), actionUnderThreshold: script(2) },
  });
  engine.add(DisconnectControl, '0-0:96.3.10*255', { controlMode: 'mode-6' });
  engine.add(PushSetup, '0-1:25.9.0*255', {
    pushObjectList: [
      {
        ...clockColumn,
        restriction: { restrictionType: 'none', restrictionValue: { type: 'null-data' } },
        columns: [],
      },
    ],
    communicationWindow: [{ startTime: { ...never, ...at(5) }, endTime: { ...never, ...at(9) } }],
    randomisationStartInterval: 600,
    numberOfRetries: 3,
    repetitionDelay: { repetitionDelayMin: 60, repetitionDelayExponent: 200, repetitionDelayMax: 3600 },
    pushOperationMethod: 'confirmed-retry-on-missing-confirmation',
  });
  engine.add(Account, '0-0:19.0.0*255', {
    accountModeAndStatus: { paymentMode: 'prepayment-mode', accountStatus: 'account-active' },
    creditReferenceList: ['0-0:19.10.0*255'],
    chargeReferenceList: ['0-0:19.20.0*255', '0-0:19.20.1*255'],
  });
  engine.add(Credit, '0-0:19.10.0*255', { currentCreditAmount: 5000, creditStatus: 'in-use' });
  const unitChargeActive = (chargePerUnit: number) => ({
    chargePerUnitScaling: { commodityScale: 3, priceScale: 0 },
    commodityReference: { classId: 3, logicalName: '1-0:1.8.0*255' as const, attributeIndex: 2 },
    chargeTable: [{ index: new Uint8Array(), chargePerUnit }],
  });
  const chargeConfiguration = ['continuous-collection' as const];
  engine.add(Charge, '0-0:19.20.0*255', { chargeConfiguration, unitChargeActive: unitChargeActive(7) });
  engine.add(Charge, '0-0:19.20.1*255', {
    chargeConfiguration,
    chargeType: 'time-based-collection',
    period: 3600,
    unitChargeActive: unitChargeActive(2),
  });
  return engine;
}

/** What people and the world do to it. */
type Deed = (engine: MeterEngine) => void;
const invoke =
  (classId: number, name: string, methodId: number, type: 'integer' | 'double-long' | 'long', value = 0): Deed =>
  (engine) =>
    engine.space().invoke(classId, name as never, methodId, { type, value }, 'client');
const deeds: fc.Arbitrary<Deed> = fc.oneof(
  fc.integer({ min: 0, max: 9000 }).map(
    (p): Deed =>
      (e) =>
        e.input('P', p),
  ),
  fc.boolean().map(
    (on): Deed =>
      (e) =>
        e.power(on),
  ),
  fc.constantFrom('up', 'down').map(
    (n): Deed =>
      (e) =>
        e.input('network', n),
  ),
  fc.integer({ min: -900, max: 900 }).map((s) => invoke(8, '0-0:1.0.0*255', 6, 'long', s)),
  fc.integer({ min: -7200, max: 7200 }).map(
    (s): Deed =>
      (e) =>
        e.setClock(e.utc + s * 1000, 'adjusted'),
  ),
  fc.constantFrom(
    invoke(8, '0-0:1.0.0*255', 1, 'integer'),
    invoke(7, '1-0:99.1.0*255', 1, 'integer'),
    invoke(5, '1-0:1.4.0*255', 2, 'integer'),
    invoke(70, '0-0:96.3.10*255', 1, 'integer'),
    invoke(70, '0-0:96.3.10*255', 2, 'integer'),
    invoke(40, '0-1:25.9.0*255', 1, 'integer'),
    invoke(112, '0-0:19.10.0*255', 1, 'double-long', 500),
  ),
  fc.integer({ min: 0, max: 2 }).map(
    (n): Deed =>
      (e) => {
        for (const o of e.takeOutputs().slice(-1))
          if (o.type === 'push' && n > 0) e.pushed(o, n === 1 ? 'confirmed' : 'failed');
      },
  ),
);
/** By the clock of the host: a month around the end, and one around the begin of summer time. */
const beginnings = [Date.UTC(2026, 9, 10, 11), Date.UTC(2026, 2, 14, 3)];
const days = 30;

interface Plan {
  readonly begin: number;
  readonly steps: readonly (readonly [seconds: number, deed: Deed])[];
}
function live({ begin, steps }: Plan, go: (engine: MeterEngine, to: number) => void, swap = false): unknown {
  let engine = aBusyMeter(begin);
  engine.start();
  for (const [after, deed] of steps) {
    go(engine, engine.elapsed + after * 1000);
    try {
      // Without supply nobody is served.
      deed(engine);
    } catch (e) {
      if (!(e instanceof AccessRefused)) throw e;
    }
    engine.advanceTo(engine.elapsed);
    if (!swap) continue;
    const next = aBusyMeter(begin);
    next.restore(JSON.parse(JSON.stringify(engine.save())));
    engine = next;
  }
  engine.power(true);
  engine.advanceTo(engine.elapsed);
  return engine.save();
}

describe('a month of a busy meter', () => {
  const plans = fc.record({
    begin: fc.constantFrom(...beginnings),
    steps: fc.array(fc.tuple(fc.integer({ min: 0, max: (2 * days * 86_400) / 25 }), deeds), {
      minLength: 15,
      maxLength: 25,
    }),
  });
  it('ends the same in jumps, in small steps, and when others take over again and again', () => {
    fc.assert(
      fc.property(plans, fc.integer({ min: 60_001, max: 7_200_001 }), (plan, small) => {
        const jumped = live(plan, (engine, to) => engine.advanceTo(to));
        const stepped = live(plan, (engine, to) => {
          while (engine.elapsed + small < to) engine.advanceTo(engine.elapsed + small);
          engine.advanceTo(to);
        });
        expect(stepped).toEqual(jumped);
        expect(live(plan, (engine, to) => engine.advanceTo(to), true)).toEqual(jumped);
      }),
      { numRuns: 8 },
    );
  });
});
