import { Data } from '../axdr/data.js';
import { decode } from '../axdr/schema.js';
import { DlmsError } from '../core/errors.js';
import { type Obis, obisFromBytes } from '../cosem/obis.js';
import type { Protection } from '../security/policy.js';

/** What a client may do with one attribute, whatever the version of the association object. */
export interface AttributeAccessRight {
  /** Attribute index; negative ones are manufacturer specific. */
  readonly index: number;
  readonly read: boolean;
  readonly write: boolean;
  /** Protection that a request must have. */
  readonly request: Protection;
  /** Protection that the response will have; empty if that version does not say. */
  readonly response: Protection;
  /** Selectors for selective access; empty if there are none. */
  readonly selectors: readonly number[];
}
/** What a client may do with one method, whatever the version of the association object. */
export interface MethodAccessRight {
  readonly index: number;
  readonly invoke: boolean;
  readonly request: Protection;
  readonly response: Protection;
}
/** An object as listed by the meter. */
export interface ListedObject {
  readonly classId: number;
  readonly version: number;
  readonly logicalName: Obis;
  /** Base name, 0 to 65535, with short name referencing. */
  readonly baseName?: number;
  /** Undefined if the meter does not say (a list without rights, or short names without an access rights list). */
  readonly attributes: readonly AttributeAccessRight[] | undefined;
  readonly methods: readonly MethodAccessRight[] | undefined;
}
/** The object list of one association. */
export interface ObjectList {
  /** Version of the association object according to the list; undefined when the association is not in its own list. */
  readonly associationVersion: number | undefined;
  readonly objects: readonly ListedObject[];
}

/**
 * Decodes attribute 2 of Association LN. The version, which determines how access modes are read, comes from the list
 * itself: from the element of `association` (default: the current one), or else from any element of class 15. Without
 * either, attribute modes above 6 or method modes above 2 mean version 3.
 * @throws DlmsError `decode/…`
 */
export function readObjectList(octets: Uint8Array, association: Obis = '0-0:40.0.0*255'): ObjectList {
  const elements = items(decode(Data, octets, { lenient: true })).map((element) => {
    const [classId, version, name, rights] = fields(element, 3, 4);
    return { classId: integer(classId), version: integer(version), logicalName: logicalName(name), rights };
  });
  const own =
    elements.find((e) => e.classId === 15 && e.logicalName === association) ?? elements.find((e) => e.classId === 15);
  const associationVersion = own?.version;
  const version = associationVersion ?? (elements.some((e) => e.rights !== undefined && hasFlags(e.rights)) ? 3 : 1);
  return {
    associationVersion,
    objects: elements.map(({ rights, ...object }) => ({ ...object, ...decodeRights(rights, version) })),
  };
}

/**
 * Decodes attribute 2 of Association SN (base name, class, version, logical name), and attribute 3 (access rights) if
 * the meter has it.
 * @throws DlmsError `decode/…`
 */
export function readShortNameList(octets: Uint8Array, accessRights?: Uint8Array): ObjectList {
  const elements = items(decode(Data, octets, { lenient: true })).map((element) => {
    const [base, classId, version, name] = fields(element, 4, 4);
    // An ObjectName is signed on the wire, but some meters send it unsigned: FA00 is -1536 or 64000.
    return {
      baseName: integer(base) & 0xffff,
      classId: integer(classId),
      version: integer(version),
      logicalName: logicalName(name),
    };
  });
  const associationVersion = (
    elements.find((e) => e.classId === 12 && e.baseName === 0xfa00) ?? elements.find((e) => e.classId === 12)
  )?.version;
  const rights = new Map<number, Data>();
  for (const element of accessRights === undefined ? [] : items(decode(Data, accessRights, { lenient: true }))) {
    const [base, attributes, methods] = fields(element, 3, 3);
    rights.set(integer(base) & 0xffff, { type: 'structure', value: [attributes as Data, methods as Data] });
  }
  const version = (associationVersion ?? 1) >= 4 || [...rights.values()].some(hasFlags) ? 3 : 1;
  return {
    associationVersion,
    objects: elements.map((object) => ({ ...object, ...decodeRights(rights.get(object.baseName), version) })),
  };
}

// ── rights ───────────────────────────────────────────────────────────────────────────────────────────────

function decodeRights(rights: Data | undefined, version: number): Pick<ListedObject, 'attributes' | 'methods'> {
  if (rights === undefined) return { attributes: undefined, methods: undefined };
  const [attributes, methods] = fields(rights, 2, 2);
  return {
    attributes: items(attributes).map((item): AttributeAccessRight => {
      const [index, mode, selectors] = fields(item, 2, 3);
      const n = integer(mode);
      const right = version >= 3 ? { read: (n & 1) !== 0, write: (n & 2) !== 0, ...protectionOf(n) } : numbered(n);
      return {
        index: signed(integer(index)),
        ...right,
        selectors: selectors?.type === 'array' ? selectors.value.map(integer) : [],
      };
    }),
    methods: items(methods).map((item): MethodAccessRight => {
      const [index, mode] = fields(item, 2, 2);
      const n = mode?.type === 'boolean' ? Number(mode.value) : integer(mode);
      const right =
        version >= 3
          ? { invoke: (n & 1) !== 0, ...protectionOf(n) }
          : { invoke: n === 1 || n === 2, request: n === 2 ? { authenticated: true } : {}, response: {} };
      return { index: signed(integer(index)), ...right };
    }),
  };
}
/**
 * Versions 0 to 2: 0 none, 1 read, 2 write, 3 both, 4 to 6 likewise with an authenticated request. An unknown number
 * grants nothing.
 */
function numbered(mode: number): Omit<AttributeAccessRight, 'index' | 'selectors'> {
  const known = mode >= 0 && mode <= 6 ? mode : 0;
  const bits = known > 3 ? known - 3 : known;
  return {
    read: (bits & 1) !== 0,
    write: (bits & 2) !== 0,
    request: known > 3 ? { authenticated: true } : {},
    response: {},
  };
}
/** Version 3: bits 2 to 4 for the request, 5 to 7 for the response. */
function protectionOf(mode: number): { request: Protection; response: Protection } {
  const at = (bit: number): Protection => ({
    ...((mode >> bit) & 1 ? { authenticated: true } : {}),
    ...((mode >> (bit + 1)) & 1 ? { encrypted: true } : {}),
    ...((mode >> (bit + 2)) & 1 ? { signed: true } : {}),
  });
  return { request: at(2), response: at(5) };
}
function hasFlags(rights: Data): boolean {
  const [attributes, methods] = fields(rights, 2, 2);
  const above = (list: Data | undefined, limit: number): boolean =>
    items(list).some((item) => number(fields(item, 2, 3)[1]) > limit);
  return above(attributes, 6) || above(methods, 2);
}

// ── parts ────────────────────────────────────────────────────────────────────────────────────────────────

const wrong = (expected: string, actual: Data | undefined): DlmsError =>
  new DlmsError('decode/invalid-value', {
    offset: 0,
    expected: `object list: ${expected}`,
    actual: actual?.type ?? 'nothing',
  });
function items(d: Data | undefined): readonly Data[] {
  if (d?.type !== 'array') throw wrong('an array', d);
  return d.value;
}
function fields(d: Data | undefined, min: number, max: number): readonly (Data | undefined)[] {
  if (d?.type !== 'structure' || d.value.length < min || d.value.length > max)
    throw wrong(`a structure of ${min} to ${max} elements`, d);
  return d.value;
}
const number = (d: Data | undefined): number =>
  d !== undefined && 'value' in d && typeof d.value === 'number' ? d.value : 0;
function integer(d: Data | undefined): number {
  if (d !== undefined && 'value' in d && typeof d.value === 'number' && Number.isInteger(d.value)) return d.value;
  throw wrong('an integer', d);
}
/** Attribute and method indexes are signed octets, but some meters send them unsigned. */
const signed = (n: number): number => (n > 0x7f && n <= 0xff ? n - 0x100 : n);
function logicalName(d: Data | undefined): Obis {
  if (d?.type !== 'octet-string' || d.value.length !== 6) throw wrong('a logical name of 6 octets', d);
  return obisFromBytes(d.value);
}
