import type { Data } from '../../src/axdr/data.js';
import { Clock } from '../../src/cosem/classes/clock.js';
import { DataClass } from '../../src/cosem/classes/data.js';
import { ProfileGeneric } from '../../src/cosem/classes/profile-generic.js';
import type { CaptureObjectDefinition } from '../../src/cosem/common-types.js';
import type { Obis } from '../../src/cosem/obis.js';
import { behaviours, type EngineObject, type Knobs, MeterEngine } from '../../src/meter/index.js';

export const start: number = Date.UTC(2026, 0, 15, 10);
const anyDate = { year: null, month: null, dayOfMonth: null, dayOfWeek: null } as const;
export const never = {
  ...anyDate,
  hour: null,
  minute: null,
  second: null,
  hundredths: null,
  deviationMinutes: null,
  clockStatus: null,
} as const;

/** An engine with a clock that shows UTC. */
export function aMeter(knobs: Partial<Knobs> = {}): MeterEngine {
  const engine = new MeterEngine({ utc: start, behaviours, knobs });
  engine.add(Clock, '0-0:1.0.0*255', { timeZone: 0, daylightSavingsBegin: never, daylightSavingsEnd: never });
  return engine;
}
export const column = (classId: number, logicalName: Obis, attributeIndex = 2): CaptureObjectDefinition => ({
  classId,
  logicalName,
  attributeIndex,
  dataIndex: 0,
});
export const clockColumn: CaptureObjectDefinition = column(8, '0-0:1.0.0*255');
export const unsigned = (value: number): Data => ({ type: 'unsigned', value });
export const bits = (value: number): Data => ({ type: 'double-long-unsigned', value });
export const zero = { type: 'integer', value: 0 } as const;

export function anEventLog(engine: MeterEngine, events: readonly number[], n = 0): EngineObject {
  engine.add(DataClass, `0-0:96.11.${n}*255` as Obis, { value: unsigned(0) }, { options: { events } });
  return engine.add(ProfileGeneric, `0-0:99.98.${n}*255` as Obis, {
    captureObjects: [clockColumn, column(1, `0-0:96.11.${n}*255` as Obis)],
  });
}
/** Rows as `hh:mm:ss` and numbers. */
export function rowsOf(profile: EngineObject): unknown[][] {
  const { value } = profile.get('buffer') as { value: { value: Data[] }[] };
  return value.map((row) =>
    row.value.map((cell) => {
      const inner = (cell as { value?: unknown }).value;
      if (!(inner instanceof Uint8Array)) return inner ?? null;
      const two = (i: number): string => String(inner[i]).padStart(2, '0');
      return `${two(5)}:${two(6)}:${two(7)}`;
    }),
  );
}
