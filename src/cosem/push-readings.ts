import { Data } from '../axdr/data.js';
import { type JsonObject, toJson } from '../axdr/json.js';
import { looksLikeDateTime } from './date-time-guess.js';
import { type Obis, obisFromBytes } from './obis.js';
import { scalerUnitOf } from './registers.js';
import { type ScaledValue, scaled } from './scaled.js';
import { type ScalerUnit, type Unit, type UnitName, unitCodes } from './units.js';

/**
 * A reference to one attribute in a push object list. Its data index is 0, or selects a column of a profile or a part
 * of a structure.
 */
export interface PushReference {
  readonly classId: number;
  readonly obis: Obis;
  /** The attribute index; 0 means all attributes. */
  readonly attribute: number;
  readonly dataIndex: number;
}
/** A reference and the value received for it. */
export interface PushItem extends PushReference {
  readonly value: Data;
}

/**
 * One named value of a push: an OBIS code and its Data, flattened (`type` and `value` as in {@link Data}). Scaler and
 * unit are present when the message carries them; the raw number is never multiplied.
 */
export type Reading = Data & {
  obis: Obis;
  /** Present when the message lists its objects. */
  classId?: number;
  attribute?: number;
  /** The power of ten. */
  scaler?: number;
  unit?: Unit;
  /** The value is a date-time of twelve octets, in an octet-string or as the type date-time. */
  dateTime?: true;
};

/**
 * The values of a push that names them itself, so that no profile is needed. These forms are read, also mixed in one
 * body and at any depth:
 * - `[logical name, value]` and `[logical name, value, [scaler, unit]]` as structures;
 * - logical name, value and optionally `[scaler, unit]` as siblings in one flat structure;
 * - a first element that lists the objects (see {@link pushListOf}).
 *
 * Values without a logical name (list versions, a leading clock, positional lists) are left out; a companion profile
 * can name them. Six octets count as a logical name when value group A is a medium (0 to 15) and they are not the name
 * of a push setup (`0-b:25.9.e`), which identifies the message, not a value. Checked with messages from the customer
 * ports of Aidon, Kaifa, Kamstrup and Landis+Gyr meters.
 */
export function readingsOf(body: Data): Reading[] {
  return sortPush(body).readings;
}
/**
 * The {@link readingsOf} a push and the values without a logical name, in order, so that nothing is lost. The name of
 * the push setup does not count as a value.
 */
export function sortPush(body: Data): { readings: Reading[]; unnamed: Data[] } {
  const readings: Reading[] = [];
  const unnamed: Data[] = [];
  const listed = pushListOf(body);
  if (listed === undefined) collect(body, readings, unnamed);
  else readings.push(...withScales(listed.filter((item) => item.classId !== pushSetup)));
  return { readings, unnamed };
}
/** The readings of listed entries; an entry that is the scaler_unit of another is merged into it. */
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
 * The objects of a self-describing push with their values: the first element is the push object list (structures of
 * four fields, or of six in Push setup version 2), the others are the values in the order of the list. Undefined when
 * the body has another shape. In a list that begins with the push setup itself, the first element is also the value of
 * that entry; lists that do not are read too.
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

/** The entries of a push object list in Data; undefined when it is anything else. */
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

/**
 * The logical name of the push setup that sent the message, if the body carries it: in the object list, or as one of
 * the first two elements.
 */
export function pushSetupOf(body: Data): Obis | undefined {
  const own = pushListOf(body)?.find((item) => item.classId === pushSetup);
  if (own !== undefined) return own.obis;
  if (body.type !== 'structure' && body.type !== 'array') return undefined;
  return body.value.slice(0, 2).flatMap((d) => (isName(d) && isSetupName(d) ? [obisFromBytes(d.value)] : []))[0];
}

/** The value with its scaler and unit; undefined when the message does not carry them or the value is not a number. */
export const scaledReading = (reading: Reading): ScaledValue | undefined =>
  reading.scaler === undefined || reading.unit === undefined
    ? undefined
    : scaled(reading, { scaler: reading.scaler, unit: reading.unit });

/** A reading for JSON: its Data (`type`, `value`), the OBIS code in dotted form, the unit count as `unitless`. */
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
/**
 * An entry of a push object list for JSON, with its Data. The list itself, which is the value of the entry of the push
 * setup, is only named.
 */
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
    } else if (pushReferences(item) === undefined) collect(item, into, unnamed); // A bare object list has no values.
  }
}

/** A reading from an OBIS code, a value and optionally its scaler and unit. */
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
