import { simpleTypes } from '../axdr/data-types.js';
import { parseHex } from '../core/hex.js';
import { parseObisPattern } from '../cosem/obis-match.js';
import { dataCheck } from './data-check.js';
import {
  type Check,
  finite,
  flag,
  integer,
  type JsonSchema,
  listOf,
  object,
  oneOf,
  optional,
  orNull,
  parseJson,
  readable,
  recordOf,
  refuse,
  text,
} from './json-check.js';
import type { CompanionProfile } from './profile.js';
import { parseRights } from './rights.js';

/**
 * Reads a companion profile from JSON: a text, or the value parsed from it. Every field is checked, including that each
 * `source` is explained and that the clients of rights and the logs of events exist. `docs/idis-profile.md` describes
 * the fields.
 * @throws DlmsError `parse/invalid-text` with the path of the field in `path`.
 */
export function parseProfile(json: unknown): CompanionProfile {
  const profile: CompanionProfile = shape()(typeof json === 'string' ? parseJson(json) : json);
  const known = (name: string, keys: readonly string[], ...used: readonly (readonly [string, readonly string[]])[]) => {
    for (const [where, values] of used)
      for (const value of values)
        if (!keys.includes(value)) refuse(`${where}: ${name}: one of ${keys.join(', ') || 'none'}`, value);
  };
  const { clients, titles, eventLogs, events, bitFields, pushSetups, pushPayloads, scripts, objects, suites, keys } =
    profile;
  const rows = [
    ...[
      ...clients,
      ...suites,
      ...keys,
      ...eventLogs,
      ...events,
      ...pushSetups,
      ...pushPayloads,
      ...scripts,
      ...objects,
      ...bitFields.flatMap((f) => f.bits),
    ],
    ...[titles.systemTitle, titles.logicalDeviceName, ...titles.deviceTypes, ...titles.functionTypes],
  ];
  known(
    'a key of sources',
    Object.keys(profile.sources),
    ...rows.map((row) => ['name' in row ? row.name : 'row', row.source] as const),
  );
  known(
    'the id of a client',
    clients.map((c) => c.id),
    ...objects.map((o) => [`${o.obis} ${o.name}, rights`, Object.keys(o.rights)] as const),
  );
  known(
    'the name of a log',
    ['all', 'unknown', ...eventLogs.map((l) => l.name)],
    ...events.map((e) => [`event ${e.code}`, [e.log]] as const),
  );
  return profile;
}
/** The JSON text of a profile, for you to fill in and read back with {@link parseProfile}. */
export const formatProfile = (profile: CompanionProfile): string => `${JSON.stringify(profile, null, 1)}\n`;

const provenance = {
  source: listOf(text),
  confidence: oneOf('high', 'medium', 'low', 'unknown'),
  plausibility: optional(oneOf('strong', 'fair')),
  note: optional(text),
} as const;
const octet = /* @__PURE__ */ integer(0, 255);
const pattern = /* @__PURE__ */ readable(parseObisPattern, 'An OBIS code or pattern');
const typeName: Check<string> = /* @__PURE__ */ (() =>
  oneOf(...Object.keys(simpleTypes), 'array', 'structure', 'compact-array'))();

/**
 * The format of a profile as JSON Schema (2020-12), for editors; `parseProfile` checks more than a schema can express.
 */
export const profileJsonSchema = (): JsonSchema => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Companion profile',
  ...shape().schema,
});

const shape = (): Check<CompanionProfile> =>
  object({
    format: oneOf('companion-profile/1'),
    id: text,
    name: text,
    note: optional(text),
    sources: recordOf(text),
    clients: listOf(
      object({
        id: text,
        name: text,
        sap: integer(0, 0xffff),
        authentication: text,
        ciphered: flag,
        use: text,
        ...provenance,
      }),
    ),
    suites: listOf(object({ suite: octet, algorithms: text, ...provenance })),
    keys: listOf(object({ keyId: orNull(octet), short: text, name: text, use: text, ...provenance })),
    titles: object({
      systemTitle: object({ layout: oneOf('idis', 'free'), ...provenance }),
      logicalDeviceName: object({ layout: oneOf('idis', 'free'), ...provenance }),
      deviceTypes: listOf(object({ value: octet, name: text, ...provenance })),
      functionTypes: listOf(object({ bit: integer(0, 3), option: text, name: text, ...provenance })),
    }),
    objects: listOf(
      object({
        obis: pattern,
        classId: integer(0, 0xffff),
        versions: listOf(octet),
        name: text,
        group: text,
        mandatory: orNull(flag),
        mandatoryJudgement: optional(flag),
        option: optional(text),
        rights: recordOf(readable(parseRights, 'Rights like 2-4:G 5:GS 1:A, or -')),
        rightsBasis: optional(text),
        attributes: optional(
          listOf(
            object({
              index: integer(1, 255),
              name: optional(text),
              types: optional(listOf(typeName)),
              value: optional(dataCheck),
              min: optional(finite),
              max: optional(finite),
            }),
          ),
        ),
        ...provenance,
      }),
    ),
    eventLogs: listOf(
      object({ name: text, profile: pattern, eventObject: optional(pattern), columns: listOf(text), ...provenance }),
    ),
    events: listOf(object({ code: integer(0, 0xffff), log: text, name: text, ...provenance })),
    bitFields: listOf(
      object({
        id: text,
        objects: listOf(pattern),
        bits: listOf(
          object({
            bit: integer(0, 63),
            name: text,
            abbreviation: optional(text),
            events: optional(listOf(integer(0, 0xffff))),
            ...provenance,
          }),
        ),
      }),
    ),
    pushSetups: listOf(
      object({
        obis: pattern,
        name: text,
        trigger: text,
        destination: optional(text),
        payload: optional(text),
        ...provenance,
      }),
    ),
    pushPayloads: listOf(
      object({
        name: text,
        elements: listOf(
          object({
            name: text,
            obis: pattern,
            types: listOf(typeName),
            hex: optional(readable(parseHex, 'Octets as hexadecimal digits')),
            length: optional(integer(0, 0xffff)),
            optional: optional(flag),
            scaler: optional(integer(-128, 127)),
            unit: optional(text),
          }),
        ),
        ...provenance,
      }),
    ),
    scripts: listOf(object({ table: pattern, script: integer(0, 0xffff), action: text, ...provenance })),
  });
