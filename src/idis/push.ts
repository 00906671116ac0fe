import type { Data } from '../axdr/data.js';
import { equalBytes, latin1 } from '../core/bytes.js';
import { parseHex } from '../core/hex.js';
import { type Obis, parseObis } from '../cosem/obis.js';
import { describeObis } from '../cosem/obis-describe.js';
import { covers, matchObis, valueGroups } from '../cosem/obis-match.js';
import {
  type PushReference,
  pushListOf,
  pushSetupOf,
  type Reading,
  reading,
  sortPush,
  withScales,
} from '../cosem/push-readings.js';
import { type UnitName, unitCodes } from '../cosem/units.js';
import { bitFieldOf, type DecodedBit, type DecodedEvent, decodeBits, decodeEvent, eventCode, logOf } from './decode.js';
import { objectPatterns } from './patterns.js';
import type { CompanionProfile, PayloadElement, PushPayload, PushSetupRow } from './profile.js';

/** A reading with its name; alarm registers and event codes are decoded as well. */
export type NamedReading = Reading & {
  name: string;
  /** The bits that are set, if the object is an alarm register, an error register or a status word of the profile. */
  bits?: DecodedBit[];
  /** The event, if the object is an event object of the profile. */
  event?: DecodedEvent;
};
/** What {@link decodePush} found in the body of a push. */
export interface DecodedPush {
  /**
   * Where the names of the values come from: the message, the configuration of the push setup, a template in the
   * profile, or nowhere.
   */
  readonly namedBy: 'message' | 'configuration' | 'template' | 'nothing';
  /** The name of the template. */
  readonly template?: string;
  /** The logical name of the push setup, from the message or the configuration. */
  readonly setup?: Obis;
  /** What the profile says about that setup. */
  readonly setupRow?: PushSetupRow;
  readonly readings: NamedReading[];
  /** Values that nothing names. */
  readonly unnamed: Data[];
}
/** Options of {@link decodePush}. */
export interface DecodePushOptions {
  /**
   * The push object list configured in the meter, for messages that do not carry it: attribute 2 of the Push setup, as
   * read or as written.
   */
  readonly objects?: readonly PushReference[];
  /** The name of the only template to try. */
  readonly template?: string;
}

/**
 * Names the values of a push (the body of a Data-Notification). The objects are taken from the message if it lists them
 * or names its values, otherwise from the configuration, otherwise from the first template in the profile whose types
 * and fixed octets fit the body. Their names come from the profile, or else from the table of OBIS codes. Values that
 * nothing names are in `unnamed`: no value is dropped.
 *
 * ```ts
 * const { readings } = decodePush(notification.notificationBody.dataValue, idisPackage2());
 * for (const r of readings) console.log(r.name, String(scaledReading(r)));
 * ```
 */
export function decodePush(body: Data, profile: CompanionProfile, options: DecodePushOptions = {}): DecodedPush {
  const setup = pushSetupOf(body) ?? options.objects?.find((o) => o.classId === 40)?.obis;
  const setupRow = setup === undefined ? undefined : profile.pushSetups.find((row) => matchObis(row.obis, setup));
  const about = { ...(setup === undefined ? {} : { setup }), ...(setupRow === undefined ? {} : { setupRow }) };
  const named = (readings: readonly Reading[]): NamedReading[] => readings.map((r) => nameReading(r, profile));

  const own = sortPush(body);
  if (pushListOf(body) !== undefined || own.readings.length > 0)
    return { namedBy: 'message', ...about, readings: named(own.readings), unnamed: own.unnamed };
  const values = body.type === 'structure' || body.type === 'array' ? body.value : [body];
  const { objects } = options;
  if (objects !== undefined && objects.length === values.length) {
    const items = objects.map((reference, i) => ({ ...reference, value: values[i] as Data }));
    return {
      namedBy: 'configuration',
      ...about,
      readings: named(withScales(items.filter((item) => item.classId !== 40))),
      unnamed: [],
    };
  }
  const template = profile.pushPayloads.find(
    (p) => (options.template === undefined || p.name === options.template) && fits(p, values),
  );
  if (template !== undefined) {
    const readings = values
      .map((value, i) => fromTemplate(template.elements[i] as PayloadElement, value))
      .filter((r) => !isSetup(r.obis));
    return {
      namedBy: 'template',
      template: template.name,
      ...about,
      readings: readings.map((r) => nameReading(r, profile, r.name)),
      unnamed: [],
    };
  }
  return { namedBy: 'nothing', ...about, readings: [], unnamed: own.unnamed };
}

/**
 * The name of an object in a profile, or else in the table of OBIS codes. The most specific row of the profile wins.
 */
export function nameOf(profile: CompanionProfile, obis: Obis, classId?: number): string {
  const code = valueGroups(obis);
  const found = objectPatterns(profile).find(
    ({ row, pattern }) => (classId === undefined || row.classId === classId) && covers(pattern.groups, code),
  );
  return found?.row.name ?? describeObis(obis).text;
}

/**
 * A reading with its name in a profile, or else in the table of OBIS codes; alarm registers, status words and event
 * codes are decoded.
 */
export function nameReading(r: Reading, profile: CompanionProfile, own?: string): NamedReading {
  const log = r.attribute === undefined || r.attribute === 2 ? logOf(profile, r.obis) : undefined;
  const code = log?.eventObject !== undefined && matchObis(log.eventObject, r.obis) ? eventCode(r) : undefined;
  const isStatus = bitFieldOf(profile, r.obis) !== undefined && statusTypes.includes(r.type);
  return {
    ...r,
    name: own ?? nameOf(profile, r.obis, r.classId),
    ...(isStatus ? { bits: decodeBits(profile, r.obis, r) } : {}),
    ...(code === undefined ? {} : { event: decodeEvent(profile, code, log?.name) }),
  };
}
const statusTypes: readonly string[] = [
  'unsigned',
  'long-unsigned',
  'double-long-unsigned',
  'long64-unsigned',
  'bit-string',
  'octet-string',
];

function fits({ elements }: PushPayload, values: readonly Data[]): boolean {
  const required = elements.filter((e) => e.optional !== true).length;
  return (
    values.length >= required &&
    values.length <= elements.length &&
    values.every((value, i) => fitsElement(elements[i] as PayloadElement, value))
  );
}
function fitsElement({ types, hex, length }: PayloadElement, value: Data): boolean {
  if (!types.includes(value.type)) return false;
  const octets =
    'value' in value && (value.value instanceof Uint8Array || typeof value.value === 'string')
      ? value.value
      : undefined;
  if (length !== undefined && octets?.length !== length) return false;
  if (hex === undefined) return true;
  const expected = parseHex(hex);
  return typeof octets === 'string'
    ? octets === latin1(expected)
    : octets !== undefined && equalBytes(octets, expected);
}
function fromTemplate(element: PayloadElement, value: Data): Reading & { name: string } {
  const { scaler, unit } = element;
  const scale =
    scaler === undefined || unit === undefined
      ? undefined
      : { scaler, unit: Object.hasOwn(unitCodes, unit) ? (unit as UnitName) : 254 };
  return { ...reading(parseObis(element.obis), value, scale), name: element.name };
}
const isSetup = (obis: Obis): boolean => matchObis('0.0-255.25.9.0-255.0-255', obis);
