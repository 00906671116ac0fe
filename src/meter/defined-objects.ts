import { DlmsError } from '../core/errors.js';
import { Clock } from '../cosem/classes/clock.js';
import { DataClass } from '../cosem/classes/data.js';
import { ProfileGeneric } from '../cosem/classes/profile-generic.js';
import { type PushObjectDefinition, PushSetup } from '../cosem/classes/push-setup.js';
import { Register } from '../cosem/classes/register.js';
import { SapAssignment } from '../cosem/classes/sap-assignment.js';
import { type ActionSpecification, ScriptTable } from '../cosem/classes/script-table.js';
import { type ExecutionTime, SingleActionSchedule } from '../cosem/classes/single-action-schedule.js';
import type { CaptureObjectDefinition } from '../cosem/common-types.js';
import type { ObjectOf } from '../cosem/interface-class.js';
import type { Obis } from '../cosem/obis.js';
import type { MeterDefinition } from './define-meter.js';
import type { MeterEngine, SourceOption } from './engine.js';
import type { EventName } from './events.js';
import type { AmountSource, LevelSource } from './functions-of-time.js';

// The objects that a meter of a few lines has: what is the same in all of them is filled in here.

/** Attributes of a class that may be given; the others have the defaults of their behaviour. */
export type DefinedAttributes<C extends Parameters<MeterEngine['add']>[0]> = Partial<Omit<ObjectOf<C>, 'logicalName'>>;

/** A register: its attributes, and where its value comes from. */
export interface RegisterDefinition extends DefinedAttributes<typeof Register> {
  readonly scalerUnit: ObjectOf<typeof Register>['scalerUnit'];
  /** What is added with time; `value` (default: 0 as double-long-unsigned) is where it begins. */
  readonly amount?: AmountSource;
  /** What it is at an instant; `value` only says the type then. */
  readonly level?: LevelSource;
}
/** An attribute of an object of the meter; a name alone means its attribute 2. */
export type Column = Obis | CaptureObjectDefinition;
/** A profile. Its capture period is in seconds; 0 for one that scripts or clients fill. */
export interface ProfileDefinition extends Omit<DefinedAttributes<typeof ProfileGeneric>, 'buffer' | 'captureObjects'> {
  readonly captureObjects: readonly Column[];
}
/** An event log: a profile with a row (time and code) for each of its events. */
export interface EventLogDefinition {
  /** By name, or by code where the meter notices something of its own (see {@link MeterEngine.raise}). */
  readonly events: readonly (EventName | number)[];
  /** Number of rows. Default: knob `logEntries`. */
  readonly profileEntries?: number;
  /** The Data object that holds the last code. Default: 0-b:96.11.e*255 for the log 0-b:99.98.e*255. */
  readonly eventObject?: Obis;
}
/** A push: its Push setup, and when it is sent by itself. */
export interface PushDefinition extends Omit<DefinedAttributes<typeof PushSetup>, 'pushObjectList'> {
  readonly pushObjectList: readonly (Obis | PushObjectDefinition)[];
  /** Times of day, `hh:mm` or `hh:mm:ss` local time. Default: only clients and scripts trigger it. */
  readonly dailyAt?: readonly string[];
}

export const invalid = (what: string): DlmsError => new DlmsError('configuration/invalid', { what });
const clockName: Obis = '0-0:1.0.0*255';
const scriptTable: Obis = '0-0:10.0.108*255';
const entriesOf = <T>(table: Readonly<Record<Obis, T>> | undefined): [Obis, T][] =>
  Object.entries(table ?? {}) as [Obis, T][];

/** Adds the objects of a definition. @throws DlmsError `configuration/invalid` */
export function addDefined(engine: MeterEngine, definition: MeterDefinition): void {
  const { registers, profiles, eventLogs, pushes, objects = [] } = definition;
  engine.add(Clock, clockName, definition.clock);
  const name = new TextEncoder().encode(definition.logicalDeviceName);
  engine.add(DataClass, '0-0:42.0.0*255', { value: { type: 'octet-string', value: name } });
  engine.add(SapAssignment, '0-0:41.0.0*255', { sapAssignmentList: [{ sap: 1, logicalDeviceName: name }] });
  for (const [logicalName, register] of entriesOf(registers)) addRegister(engine, logicalName, register);
  for (const o of objects) engine.add(o.definition, o.logicalName, o.attributes as never, o.options);
  for (const [logicalName, log] of entriesOf(eventLogs)) addEventLog(engine, logicalName, log);
  // Profiles of profiles are rare: those capture what is above them.
  for (const [logicalName, { captureObjects, ...attributes }] of entriesOf(profiles))
    engine.add(ProfileGeneric, logicalName, {
      ...attributes,
      captureObjects: captureObjects.map((c) => columnOf(engine, logicalName, c)),
    });
  addPushes(engine, entriesOf(pushes));
}
function addRegister(engine: MeterEngine, logicalName: Obis, register: RegisterDefinition): void {
  const { amount, level, value = { type: 'double-long-unsigned', value: 0 }, ...attributes } = register;
  if (amount !== undefined && level !== undefined) throw invalid(`register ${logicalName} with amount and level`);
  const source: SourceOption | undefined =
    amount !== undefined ? { amount } : level !== undefined ? { level } : undefined;
  engine.add(
    Register,
    logicalName,
    { ...attributes, value: value as ObjectOf<typeof Register>['value'] },
    source === undefined ? {} : { sources: { value: source } },
  );
}
function columnOf(engine: MeterEngine, of: Obis, column: Column): CaptureObjectDefinition {
  const name = typeof column === 'string' ? column : column.logicalName;
  const found = engine.space().get(name);
  if (found === undefined) throw invalid(`${of} with ${name}, which the meter does not have`);
  const { classId } = found.definition;
  if (typeof column !== 'string') {
    if (column.classId !== classId) throw invalid(`${of} with ${name} of class ${column.classId}, which is ${classId}`);
    return column;
  }
  return { classId, logicalName: name, attributeIndex: 2, dataIndex: 0 };
}

function addEventLog(engine: MeterEngine, logicalName: Obis, log: EventLogDefinition): void {
  const events = log.events.map((e) => {
    const code = typeof e === 'number' ? e : engine.knobs.eventCodes[e];
    if (code === undefined) throw invalid(`log ${logicalName} of the event ${e}, which has no code`);
    return code;
  });
  const [, channel, e] = /^0-(\d+):99\.98\.(\d+)\*255$/.exec(logicalName) ?? [];
  const eventObject = log.eventObject ?? (e === undefined ? undefined : (`0-${channel}:96.11.${e}*255` as Obis));
  if (eventObject === undefined) throw invalid(`log ${logicalName} without eventObject`);
  const wide = events.some((code) => code > 0xff);
  const value = { type: wide ? 'long-unsigned' : 'unsigned', value: 0 } as const;
  engine.add(DataClass, eventObject, { value }, { options: { events } });
  engine.add(ProfileGeneric, logicalName, {
    captureObjects: [clockName, eventObject].map((c) => columnOf(engine, logicalName, c as Obis)),
    ...(log.profileEntries === undefined ? {} : { profileEntries: log.profileEntries }),
  });
}

function addPushes(engine: MeterEngine, pushes: readonly (readonly [Obis, PushDefinition])[]): void {
  for (const [logicalName, { pushObjectList, dailyAt: _, ...attributes }] of pushes) {
    if ((attributes.numberOfRetries ?? 0) > 0 && attributes.repetitionDelay === undefined)
      throw invalid(`push ${logicalName} with retries, but without repetitionDelay`);
    engine.add(PushSetup, logicalName, {
      ...attributes,
      pushObjectList: pushObjectList.map((entry) =>
        typeof entry === 'string'
          ? {
              ...columnOf(engine, logicalName, entry),
              restriction: { restrictionType: 'none', restrictionValue: { type: 'null-data' } },
              columns: [],
            }
          : { ...entry, ...columnOf(engine, logicalName, entry) },
      ),
    });
  }
  const scheduled = pushes.flatMap(([setup, { dailyAt = [] }]) => (dailyAt.length === 0 ? [] : [{ setup, dailyAt }]));
  if (scheduled.length === 0) return;
  engine.add(ScriptTable, scriptTable, {
    scripts: scheduled.map(({ setup }, i) => ({ scriptIdentifier: i + 1, actions: [pushing(setup)] })),
  });
  for (const [i, { dailyAt }] of scheduled.entries())
    engine.add(SingleActionSchedule, `0-${i}:15.0.4*255` as Obis, {
      executedScript: { scriptLogicalName: scriptTable, scriptSelector: i + 1 },
      type: 'n-entries-different-times-wildcard-in-date-allowed',
      executionTime: dailyAt.map(daily),
    });
}
const pushing = (setup: Obis): ActionSpecification => ({
  serviceId: 'execute-specific-method',
  classId: PushSetup.classId,
  logicalName: setup,
  index: 1,
  parameter: { type: 'integer', value: 0 },
});
function daily(text: string): ExecutionTime {
  const [, hour, minute, second = '0'] = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(text) ?? [];
  if (hour === undefined) throw invalid(`the time of day ${text}`);
  return {
    time: { hour: Number(hour), minute: Number(minute), second: Number(second), hundredths: 0 },
    date: { year: null, month: null, dayOfMonth: null, dayOfWeek: null },
  };
}
