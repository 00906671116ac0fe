import { Data } from '../axdr/data.js';
import { toJson } from '../axdr/json.js';
import { DlmsError } from '../core/errors.js';
import { parseHex } from '../core/hex.js';
import { type Obis, obisFromBytes, parseObis } from '../cosem/obis.js';
import { dataCheck } from './data-check.js';
import { dataFromJson } from './data-json.js';
import {
  type Check,
  check,
  flag,
  integer,
  type JsonSchema,
  listOf,
  object,
  oneOf,
  optional,
  parseJson,
  readable,
  text,
} from './json-check.js';
import { mayInvoke, type ProfileRight, profileRight } from './rights.js';

/** A meter as one client sees it: its object list, and the values that were read. Plain data, saved as JSON. */
export interface AssociationView {
  readonly format: 'association-view/1';
  /** The address of the client; the profile says which client that is. */
  readonly clientSap?: number;
  /** Eight octets in hexadecimal. */
  readonly systemTitle?: string;
  readonly logicalDeviceName?: string;
  /** When it was read; for people only. */
  readonly readAt?: string;
  readonly objects: readonly ViewObject[];
}
/** One object in an {@link AssociationView}. */
export interface ViewObject {
  readonly classId: number;
  readonly version: number;
  readonly logicalName: Obis;
  readonly attributes: readonly ViewAttribute[];
  readonly methods: readonly ViewMethod[];
}
/** One attribute in an {@link AssociationView}. */
export interface ViewAttribute {
  readonly index: number;
  readonly right: ProfileRight;
  /** The value, if it was read. */
  readonly value?: Data;
}
/** One method in an {@link AssociationView}. */
export interface ViewMethod {
  readonly index: number;
  readonly allowed: boolean;
}

const shape = (): Check<AssociationView> =>
  object({
    format: oneOf('association-view/1'),
    clientSap: optional(integer(0, 0xffff)),
    systemTitle: optional(readable(parseHex, 'Octets as hexadecimal digits')),
    logicalDeviceName: optional(text),
    readAt: optional(text),
    objects: listOf(
      object({
        classId: integer(0, 0xffff),
        version: integer(0, 255),
        logicalName: check({ type: 'string', description: 'An OBIS code' }, (v) => parseObis(text(v))),
        attributes: listOf(
          object({
            index: integer(-128, 255),
            right: oneOf('G', 'S', 'GS', '-'),
            value: optional(check(dataCheck.schema, (v) => dataFromJson(v))),
          }),
        ),
        methods: listOf(object({ index: integer(-128, 255), allowed: flag })),
      }),
    ),
  });

/** The format of a view as JSON Schema (2020-12), for editors. */
export const associationViewJsonSchema = (): JsonSchema => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Association view',
  ...shape().schema,
});

/**
 * Reads a saved association view: a JSON text, or the value parsed from it. Values are Data as `toJson` writes it.
 * @throws DlmsError `parse/invalid-text` with the path of the field in `path`.
 */
export const parseAssociationView = (json: unknown): AssociationView =>
  shape()(typeof json === 'string' ? parseJson(json) : json);

/** The JSON text of a view; {@link parseAssociationView} reads it back. */
export function formatAssociationView(view: AssociationView): string {
  const objects = view.objects.map((o) => ({
    ...o,
    attributes: o.attributes.map(({ value, ...a }) => (value === undefined ? a : { ...a, value: toJson(Data, value) })),
  }));
  return `${JSON.stringify({ ...view, objects }, null, 1)}\n`;
}

/**
 * The objects in the `object_list` (attribute 2) of Association LN, as the meter sent it. The version of the
 * association object says how to read access modes.
 * @throws DlmsError `encode/invalid-value` when the Data is no object list.
 */
export function objectsOfList(objectList: Data, associationVersion: number): ViewObject[] {
  if (objectList.type !== 'array') throw noList('an array', objectList.type);
  return objectList.value.map((element) => {
    const [classId, version, name, rights] = fields(element, 4);
    if (
      classId?.type !== 'long-unsigned' ||
      version?.type !== 'unsigned' ||
      name?.type !== 'octet-string' ||
      name.value.length !== 6
    )
      throw noList('class id, version and logical name', [classId, version, name].map((d) => d?.type).join(', '));
    const [attributes, methods] = fields(rights, 2).map(items);
    return {
      classId: classId.value,
      version: version.value,
      logicalName: obisFromBytes(name.value),
      attributes: (attributes ?? []).map((item) => {
        const [index, mode] = accessItem(item, 3);
        return { index, right: profileRight(Number(mode), associationVersion) };
      }),
      methods: (methods ?? []).map((item) => {
        const [index, mode] = accessItem(item, 2);
        return { index, allowed: mayInvoke(mode, associationVersion) };
      }),
    };
  });
}

const fields = (data: Data | undefined, n: number): Data[] => {
  if (data?.type !== 'structure' || data.value.length !== n)
    throw noList(`a structure of ${n} elements`, data?.type ?? 'nothing');
  return data.value;
};
const items = (data: Data): Data[] => {
  if (data.type !== 'array') throw noList('an array of access rights', data.type);
  return data.value;
};
function accessItem(item: Data, n: number): [number, number | boolean] {
  const [index, mode] = fields(item, n);
  if (index?.type !== 'integer' || (mode?.type !== 'enum' && mode?.type !== 'boolean' && mode?.type !== 'unsigned'))
    throw noList('an index and an access mode', `${index?.type}, ${mode?.type}`);
  return [index.value, mode.value];
}
const noList = (expected: string, actual: string): DlmsError =>
  new DlmsError('encode/invalid-value', { expected: `object list: ${expected}`, actual });
