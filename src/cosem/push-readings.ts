import { Data } from '../axdr/data.js';
import { type JsonObject, toJson } from '../axdr/json.js';
import { looksLikeDateTime } from './date-time-guess.js';
import { type Obis, obisFromBytes } from './obis.js';
import { scalerUnitOf } from './registers.js';
import { type ScaledValue, scaled } from './scaled.js';
import { type ScalerUnit, type Unit, type UnitName, unitCodes } from './units.js';

/** A reference to one attribute in a push object list. Its data index is 0, or names one column of a profile or one part of a structure. */
export interface PushReference {
  readonly classId: number;
  readonly obis: Obis;
  /** Attribute index; 0 means all attributes. */
  readonly attribute: number;
  readonly dataIndex: number;
}
/** A reference and the value that came for it. */
export interface PushItem extends PushReference {
  readonly value: Data;
}

/**
 * One named value of a push: an OBIS code and the Data that belongs to it, flat (`type` and `value` as in {@link Data}).
 * Scaler and unit stand there when the message carries them; the raw number is never multiplied.
 */
export type Reading = Data & {
  obis: Obis;
  /** Known when the message lists its objects. */
  classId?: number;
  attribute?: number;
  /** Power of ten. */
  scaler?: number;
  unit?: Unit;
  /** The value is a clock: twelve octets of a date-time, inside an octet-string or bare. */
  dateTime?: true;
};

/**
 * The values of a push that names them itself, without any profile. Read are, also mixed in one body and at any depth:
 * - `[logical name, value]` and `[logical name, value, [scaler, unit]]` as structures;
 * - logical name, value and perhaps `[scaler, unit]` as siblings in one flat structure;
 * - a first element that lists the objects (see {@link pushListOf}).
 *
 * What has no logical name (list versions, a leading clock, positional lists) is left out; a companion profile can name it.
 * Six octets count as a logical name when value group A is a medium (0 to 15) and they are not the name of a push setup (`0-b:25.9.e`), which
 * stands for the message and not for a value. Checked with the customer ports of Aidon, Kaifa, Kamstrup and Landis+Gyr.
 */
export function readingsOf(body: Data): Reading[] {
  return sortPush(body).readings;
}
/** {@link readingsOf} and the values that have no logical name, in their order, so that nothing is lost. The name of the push setup is no value. */
export function sortPush(body: Data): { readings: Reading[]; unnamed: Data[] } {
  const readings: Reading[] = [];
  const unnamed: Data[] = [];
  const listed = pushListOf(body);
  if (listed === undefined) collect(body, readings, unnamed);
  else readings.push(...withScales(listed.filter((item) => item.classId !== pushSetup)));
  return { readings, unnamed };
}
/** Readings of listed entries; an entry that is the scaler_unit of another goes to it. */
export function withScales(items: readonly PushItem[]): Reading[] {
  const keyOf = ({ classId, obis }: PushItem, attribute: number): string => `${classId} ${obis} ${attribute}`;
  const listed = new Map<string, PushItem>();
  const scales = new Set<string>();
  for (const item of items) {
    const key = keyOf(item, item.attribute);
    if (!listed.has(key)) listed.set(key, item);
    const scaledBy = scalerUnitOf(item.classId, item.attribute);
    if (scaledBy !== undefined) scales.add(keyOf(item, scaledBy));
  }
  return items.flatMap((item) => {
    const { classId, obis, attribute, value } = item;
    if (scales.has(keyOf(item, attribute)) && scalerUnit(value) !== undefined) return [];
    const scaledBy = scalerUnitOf(classId, attribute);
    const scale = scaledBy === undefined ? undefined : listed.get(keyOf(item, scaledBy));
    return [{ ...reading(obis, value, scalerUnit(scale?.value)), classId, attribute }];
  });
}

/**
 * The objects of a self-describing push with their values: the first element is the push object list (structures of four fields, or six in
 * Push setup version 2), the others are the values in the order of the list. Undefined when the body has another shape.
 * Senders that list the setup itself first repeat the list as its value; senders that do not are read too.
 */
export function pushListOf(body: Data): PushItem[] | undefined {
  if (body.type !== 'structure' && body.type !== 'array') return undefined;
  const [first, ...rest] = body.value;
  const references = first === undefined ? undefined : pushReferences(first);
  if (first === undefined || references === undefined) return undefined;
  const values =
    references.length === body.value.length ? body.value : references.length === rest.length ? rest : undefined;
  return values?.flatMap((value, i) => (references[i] === undefined ? [] : [{ ...references[i], value }]));
}

/** A push object list as Data, read entry by entry; undefined when it is anything else. */
export function pushReferences(list: Data): PushReference[] | undefined {
  if (list.type !== 'array' || list.value.length === 0) return undefined;
  const references: PushReference[] = [];
  for (const entry of list.value) {
    if (entry.type !== 'structure' || (entry.value.length !== 4 && entry.value.length !== 6)) return undefined;
    const [classId, name, attribute, dataIndex] = entry.value;
    if (classId?.type !== 'long-unsigned' || attribute?.type !== 'integer' || dataIndex?.type !== 'long-unsigned')
      return undefined;
    if (name?.type !== 'octet-string' || name.value.length !== 6) return undefined;
    references.push({
      classId: classId.value,
      obis: obisFromBytes(name.value),
      attribute: attribute.value,
      dataIndex: dataIndex.value,
    });
  }
  return references;
}

/** The logical name of the push setup that made the message, when the body carries it: in the object list, or as the first element. */
export function pushSetupOf(body: Data): Obis | undefined {
  const own = pushListOf(body)?.find((item) => item.classId === pushSetup);
  if (own !== undefined) return own.obis;
  if (body.type !== 'structure' && body.type !== 'array') return undefined;
  return body.value.slice(0, 2).flatMap((d) => (isName(d) && isSetupName(d) ? [obisFromBytes(d.value)] : []))[0];
}

/** The value with its scaler and unit; undefined when the message does not say them or the value is not a number. */
export const scaledReading = (reading: Reading): ScaledValue | undefined =>
  reading.scaler === undefined || reading.unit === undefined
    ? undefined
    : scaled(reading, { scaler: reading.scaler, unit: reading.unit });

/** A reading in JSON: its Data (`type`, `value`), dotted OBIS code, a count as `unitless`. */
export function plainReading(reading: Reading): Record<string, unknown> {
  const { obis, classId, attribute, scaler, unit, dateTime } = reading;
  return {
    obis: dotted(obis),
    ...(toJson(Data, reading) as JsonObject),
    ...(classId === undefined ? {} : { classId, attribute }),
    ...(scaler === undefined ? {} : { scaler, unit: unit === 'count' ? 'unitless' : unit }),
    ...(dateTime === undefined ? {} : { dateTime }),
  };
}
/** An entry of a push object list in JSON, with its Data. The list itself, which is the value of the setup's own entry, is only named. */
export function plainPushItem({ classId, obis, attribute, value }: PushItem): Record<string, unknown> {
  const itself = classId === pushSetup && attribute === 2;
  const data = itself ? { value: 'push object list' } : (toJson(Data, value) as JsonObject);
  return { classId, obis: dotted(obis), attribute, ...data };
}

function collect(body: Data, into: Reading[], unnamed: Data[]): void {
  if (body.type !== 'structure' && body.type !== 'array') {
    if (!isName(body) || !isSetupName(body)) unnamed.push(body);
    return;
  }
  const items = body.value;
  for (let i = 0; i < items.length; i++) {
    const item = items[i] as Data;
    const value = items[i + 1];
    if (isName(item) && !isSetupName(item) && value !== undefined) {
      const scale = scalerUnit(items[i + 2]);
      into.push(reading(obisFromBytes(item.value), value, scale));
      i += scale === undefined ? 1 : 2;
    } else if (pushReferences(item) === undefined) collect(item, into, unnamed); // A list of objects without its values has none to give.
  }
}

/** A reading from a code, a value and perhaps its scaler and unit. */
export function reading(obis: Obis, value: Data, scale: ScalerUnit | undefined): Reading {
  return { obis, ...value, ...scale, ...(isDateTime(value) ? { dateTime: true as const } : {}) };
}

type OctetString = Extract<Data, { type: 'octet-string' }>;
const isName = (d: Data): d is OctetString =>
  d.type === 'octet-string' && d.value.length === 6 && (d.value[0] as number) <= 15;
const isSetupName = (d: OctetString): boolean => d.value[0] === 0 && d.value[2] === 25 && d.value[3] === 9;

function scalerUnit(d: Data | undefined): ScalerUnit | undefined {
  if (d?.type !== 'structure' || d.value.length !== 2) return undefined;
  const [scaler, unit] = d.value;
  return scaler?.type === 'integer' && unit?.type === 'enum'
    ? { scaler: scaler.value, unit: unitOf(unit.value) }
    : undefined;
}

const isDateTime = (d: Data): boolean =>
  d.type === 'date-time' || (d.type === 'octet-string' && looksLikeDateTime(d.value));

const dotted = (obis: Obis): string => obis.replace(/[-:*]/g, '.');

const pushSetup = 40;
const unitOf = (code: number): Unit =>
  (Object.keys(unitCodes) as UnitName[]).find((name) => unitCodes[name] === code) ?? code;
