import { allClasses } from '../../cosem/all-classes.js';
import { ValueDefinition } from '../../cosem/common-types.js';
import type { InterfaceClass, ObjectOf } from '../../cosem/interface-class.js';
import { type Obis, obisFromBytes, obisToBytes, parseObis } from '../../cosem/obis.js';
import {
  behaviours,
  defaultKnobs,
  type Knobs,
  LocalTime,
  MeterEngine,
  type SourceOption,
  type TokenReader,
} from '../../meter/index.js';
import { included } from './included.js';
import { camel, octetsOf, typedValue } from './notation.js';
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

/** The meter of a scenario, steady at its beginning; one that is not started takes what another saved. */
export function meterOf({ given, knobs = {} }: Scenario, seed = 1, started = true): MeterEngine {
  // The format of tokens is a function, which the runner has.
  const unknown = Object.keys(knobs).find((k) => k !== 'tokenFormat' && !Object.hasOwn(defaultKnobs, k));
  if (unknown !== undefined) throw new Unsupported(`knob ${unknown}`);
  const clock = { ...zone, daylightSavingsEnabled: given.clock.daylight_savings_enabled ?? true };
  const engine = new MeterEngine({
    utc: momentOf(given.clock.local, new LocalTime(clock)),
    behaviours,
    knobs: { ...knobs } as Partial<Knobs>,
    seed,
  });
  const own = new Set(given.objects.map((o) => o.ln));
  const objects = [...(given.include ?? []).flatMap(included).filter((o) => !own.has(o.ln)), ...given.objects];
  for (const [name, value] of Object.entries(given.inputs ?? {})) engine.input(name, value);
  if (given.network !== undefined) engine.input('network', given.network);
  if (!objects.some((o) => o.class === 8)) engine.add(classOf(8, 0), '0-0:1.0.0*255' as Obis, clock as never);
  for (const o of objects) {
    // The server has it: what it does is done with keys.
    if (o.class === 64) continue;
    const definition = classOf(o.class, o.version);
    engine.add(definition, parseObis(o.ln) as Obis, attributesOf(definition, o), {
      ...(o.source === undefined || o.source.average !== undefined || o.source.maximumOf !== undefined
        ? {}
        : { sources: { value: sourceOf(o.source) } }),
      options: {
        ...o.engine,
        ...(o.source?.average === undefined ? {} : { average: o.source.average }),
        ...(o.source?.maximumOf === undefined ? {} : { maximumOf: typedValue(ValueDefinition, o.source.maximumOf) }),
        ...profileOptions(given, o),
        ...(o.class === 115 && knobs.tokenFormat !== undefined ? { read: readToken } : {}),
      },
    });
  }
  if (started) engine.start();
  return engine;
}
function sourceOf({ integral, input }: NonNullable<GivenObject['source']>): SourceOption {
  if (integral !== undefined) return { integral };
  if (input !== undefined) return { input };
  throw new Unsupported('source');
}
/** Decimal amount, and perhaps `#` with what names the token. */
const readToken: TokenReader = (octets) => {
  const [, amount, id] = /^(\d+)(?:#(.+))?$/.exec(new TextDecoder().decode(octets)) ?? [];
  if (amount === undefined) return 'format-failure';
  return { amount: Number(amount), ...(id === undefined ? {} : { id }) };
};
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
