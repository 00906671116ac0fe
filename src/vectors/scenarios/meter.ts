import { allClasses } from '../../cosem/all-classes.js';
import type { InterfaceClass, ObjectOf } from '../../cosem/interface-class.js';
import { type Obis, obisFromBytes, obisToBytes, parseObis } from '../../cosem/obis.js';
import { behaviours, type Knobs, LocalTime, MeterEngine, type SourceOption } from '../../meter/index.js';
import { camel, type Json, octetsOf, typedValue } from './notation.js';
import { type Given, type GivenObject, type Scenario, Unsupported } from './scenario.js';

/** The rule of local time that scenarios mean: Central Europe. */
const any = { year: null, dayOfWeek: 7, dayOfMonth: 'last-day', minute: 0, second: 0, hundredths: null } as const;
const unspecified = { deviationMinutes: null, clockStatus: null } as const;
const zone = {
  timeZone: -60,
  daylightSavingsEnabled: true,
  daylightSavingsDeviation: 60,
  daylightSavingsBegin: { ...any, month: 3, hour: 2, ...unspecified },
  daylightSavingsEnd: { ...any, month: 10, hour: 3, ...unspecified },
};
const localTime = new LocalTime(zone);

/** The moment of a local time of a scenario; `/N` names the second of two. */
export function momentOf(text: string, local: LocalTime = localTime): number {
  const [bare, season] = text.split('/');
  const wall = Date.parse(`${bare}Z`);
  const first = local.utc(wall);
  if (season === 'N' && local.daylightSaving(first) && local.local(first + 3_600_000) === wall)
    return first + 3_600_000;
  return first;
}

/** The class as the scenario names it. */
export function classOf(classId: number, version: number): InterfaceClass {
  const found = allClasses.get(classId, version);
  if (found === undefined) throw new Unsupported(`class ${classId} version ${version}`);
  return found;
}

/** Objects that scenarios include by name. */
function included(name: string): readonly GivenObject[] {
  const log = (n: number, more: Json[] = []): GivenObject[] => [
    {
      class: 1,
      ln: `0-0:96.11.${n}*255`,
      version: 0,
      attributes: { value: { unsigned: 0 } },
      engine: { events: n },
    },
    profile(`0-0:99.98.${n}*255`, [column(8, '0-0:1.0.0*255', 2), column(1, `0-0:96.11.${n}*255`, 2), ...more]),
  ];
  switch (name) {
    case 'standardLog':
      return log(0);
    case 'fraudLog':
      return log(1);
    case 'disconnectorLog':
      return log(2, [column(71, '0-0:17.0.0*255', 3)]);
    case 'mbusLog':
      return log(3);
    case 'powerFailureLog':
      return [
        {
          class: 3,
          ln: '0-0:96.7.19*255',
          version: 0,
          attributes: { value: { 'double-long-unsigned': 0 }, scaler_unit: { scaler: 0, unit: 7 } },
          engine: { powerFailureDuration: true },
        },
        profile('1-0:99.97.0*255', [column(8, '0-0:1.0.0*255', 2), column(3, '0-0:96.7.19*255', 2)]),
      ];
    default:
      throw new Unsupported(`include ${name}`);
  }
}
const column = (class_id: number, logical_name: string, attribute_index: number): Json => ({
  class_id,
  logical_name,
  attribute_index,
  data_index: 0,
});
const profile = (ln: string, capture_objects: Json[]): GivenObject => ({
  class: 7,
  ln,
  version: 1,
  attributes: {
    capture_objects,
    capture_period: 0,
    sort_method: 1,
    sort_object: column(0, '0-0:0.0.0*0', 0),
    profile_entries: 100,
  },
});

/** The meter of a scenario, steady at its beginning. */
export function meterOf({ given, knobs = {} }: Scenario, seed = 1): MeterEngine {
  const clock = { ...zone, daylightSavingsEnabled: given.clock.daylight_savings_enabled ?? true };
  const engine = new MeterEngine({
    utc: momentOf(given.clock.local, new LocalTime(clock)),
    behaviours,
    knobs: knobs as Partial<Knobs>,
    seed,
  });
  const objects = [...(given.include ?? []).flatMap(included), ...given.objects];
  for (const [name, value] of Object.entries(given.inputs ?? {})) engine.input(name, value);
  if (!objects.some((o) => o.class === 8)) engine.add(classOf(8, 0), '0-0:1.0.0*255' as Obis, clock as never);
  for (const o of objects) {
    const definition = classOf(o.class, o.version);
    engine.add(definition, parseObis(o.ln) as Obis, attributesOf(definition, o), {
      ...(o.source === undefined || o.source.average !== undefined ? {} : { sources: { value: sourceOf(o.source) } }),
      options: {
        ...o.engine,
        ...(o.source?.average === undefined ? {} : { average: o.source.average }),
        ...profileOptions(given, o),
      },
    });
  }
  engine.start();
  return engine;
}
function sourceOf({ integral, input }: NonNullable<GivenObject['source']>): SourceOption {
  if (integral !== undefined) return { integral };
  if (input !== undefined) return { input };
  throw new Unsupported('source');
}
const profileOptions = ({ profileStatus }: Given, { ln }: GivenObject): Record<string, unknown> =>
  profileStatus?.profile === ln ? { statusObject: profileStatus.object } : {};

/** Attributes of the notation as values of the class; names are those of the books. */
export function attributesOf(
  definition: InterfaceClass,
  { attributes }: GivenObject,
): Partial<ObjectOf<InterfaceClass>> {
  const out: Record<string, unknown> = {};
  for (const [name, json] of Object.entries(attributes)) {
    const wanted = camel(name).toLowerCase();
    const found = Object.entries(definition.attributes).find(([k]) => k.toLowerCase() === wanted);
    if (found === undefined) throw new Unsupported(`attribute ${name} of ${definition.name}`);
    out[found[0]] = typedValue(found[1].schema, json);
  }
  return out;
}
export const nameOf = (ln: string): Obis => obisFromBytes(obisToBytes(parseObis(ln) as Obis));
export { octetsOf };
