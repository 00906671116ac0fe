import { Data } from '../axdr/data.js';
import { decode, encode } from '../axdr/schema.js';
import { dateTimeToBytes, fromInstant } from '../cosem/date-time.js';
import type { Attribute, InterfaceClass } from '../cosem/interface-class.js';
import type { Obis } from '../cosem/obis.js';
import { registerAttributes } from '../cosem/registers.js';
import { dataFromJson } from '../idis/data-json.js';
import type { ProfileAttribute } from '../idis/profile.js';
import { plainData, plainValue } from './plain-value.js';

/** What the values of a meter are made from. */
export interface PlainWorld {
  readonly logicalDeviceName: string;
  readonly serialNumber: number;
  readonly now: () => number;
  readonly deviationMinutes: number;
}

/**
 * A plausible value for an attribute, of the type in its class: what the profile prescribes, or else what an object of
 * that name usually has, or else the simplest value that can be encoded.
 */
export function profileValue(
  definition: InterfaceClass,
  logicalName: Obis,
  attribute: Attribute,
  prescribed: ProfileAttribute | undefined,
  world: PlainWorld,
): unknown {
  const data =
    prescribedData(prescribed) ?? usualData(definition.classId, logicalName, attribute.index, world, prescribed);
  if (data !== undefined) {
    try {
      return decode(attribute.schema, encode(Data, data));
    } catch {
      // The profile requires a type that the class does not have; the check will say so.
    }
  }
  return plainValue(attribute.schema);
}

function prescribedData(prescribed: ProfileAttribute | undefined): Data | undefined {
  if (prescribed?.value !== undefined) return dataFromJson(prescribed.value);
  const type = prescribed?.types?.[0];
  return type === undefined ? undefined : bounded(plainData(type), prescribed);
}
function bounded(data: Data | undefined, { min, max }: ProfileAttribute = { index: 0 }): Data | undefined {
  if (data === undefined || !('value' in data) || (typeof data.value !== 'number' && typeof data.value !== 'bigint'))
    return data;
  const value = Math.min(
    Math.max(Number(data.value), min ?? Number.NEGATIVE_INFINITY),
    max ?? Number.POSITIVE_INFINITY,
  );
  return { ...data, value: typeof data.value === 'bigint' ? BigInt(Math.ceil(value)) : value } as Data;
}

const text = (value: string): Data => ({ type: 'octet-string', value: new TextEncoder().encode(value) });
const number = (value: number): Data => ({ type: 'double-long-unsigned', value });
function usualData(
  classId: number,
  name: Obis,
  index: number,
  world: PlainWorld,
  prescribed: ProfileAttribute | undefined,
): Data | undefined {
  const register = registerAttributes(classId);
  if (register?.scalerUnit === index) return scalerUnit(name);
  if (register?.values.includes(index) === true) return bounded(number(reading(name)), prescribed);
  if (register?.times.includes(index) === true)
    return { type: 'octet-string', value: dateTimeToBytes(fromInstant(world.now(), world.deviationMinutes)) };
  if (classId === 7 && (index === 4 || index === 8)) return bounded(number(index === 4 ? 900 : 100), prescribed);
  if (classId !== 1 || index !== 2) return undefined;
  if (name === '0-0:42.0.0*255') return text(world.logicalDeviceName);
  if (/^0-\d+:96\.1\.\d+\*255$/.test(name)) return text(String(world.serialNumber).padStart(8, '0'));
  if (/^[01]-\d+:0\.2\.0\*255$/.test(name)) return text('SIM 1.0');
  if (/:96\.(11|10)\./.test(name)) return { type: 'unsigned', value: 0 };
  if (/:97\.9[78]\./.test(name) || /:43\.1\./.test(name)) return number(0);
  return number(0);
}
/** A number that differs between objects, but is always the same for one. */
function reading(name: Obis): number {
  let sum = 17;
  for (let i = 0; i < name.length; i++) sum = (sum * 31 + name.charCodeAt(i)) % 100_003;
  return sum;
}
/** The unit according to the code (groups C and D of electricity); a count if it is not a known quantity. */
function scalerUnit(name: Obis): Data {
  const unit = unitOf(name);
  return {
    type: 'structure',
    value: [
      { type: 'integer', value: unit[1] },
      { type: 'enum', value: unit[0] },
    ],
  };
}
function unitOf(name: Obis): readonly [unit: number, scaler: number] {
  const [medium, rest = ''] = name.split(':');
  const [c = 0, d = 0] = rest.split('.').map(Number);
  if (!medium?.startsWith('1-')) return rest.startsWith('96.7.') || rest.startsWith('96.8.') ? [7, 0] : [255, 0];
  const energy = d === 8 || d === 9 || d === 29;
  const kind = c % 20;
  if (kind === 1 || kind === 2 || c === 15 || c === 16 || kind === 15 || kind === 16) return [energy ? 30 : 27, 0];
  if ((kind >= 3 && kind <= 8) || c === 0) return [energy ? 32 : 29, 0];
  if (kind === 9 || kind === 10) return [energy ? 31 : 28, 0];
  if (kind === 11) return [33, -2];
  if (kind === 12) return [35, -1];
  if (kind === 14) return [44, -2];
  return [255, kind === 13 ? -3 : 0];
}
