import { Data } from '../axdr/data.js';
import type { Schema } from '../axdr/schema.js';
import { DlmsError, isDlmsError } from '../core/errors.js';
import type { ClassRegistry } from '../cosem/class-registry.js';
import type { Attribute, InterfaceClass, Method, ObjectOf } from '../cosem/interface-class.js';
import type { Obis } from '../cosem/obis.js';
import { describeObis } from '../cosem/obis-describe.js';
import { matchObis, parseObisPattern } from '../cosem/obis-match.js';
import type { CallOptions, Client, GetTarget, ObjectHandle } from './client.js';
import {
  type AttributeAccessRight,
  type ListedObject,
  type MethodAccessRight,
  type ObjectList,
  readObjectList,
  readShortNameList,
} from './object-list.js';

/** Options of {@link browse}. */
export interface BrowseOptions extends CallOptions {
  /** Logical name of the association object. Default: the current one, 0-0:40.0.0*255. */
  readonly association?: Obis;
}

/**
 * Reads the object list of the association and makes a browser of the meter from it. Classes come from the registry, in
 * exactly the versions that the meter states: `allClasses` has all of them, `classes(Register, Clock)` just these two.
 *
 * @example
 * const browser = await browse(client, allClasses);
 * for (const register of browser.find(Register)) {
 *   const { values } = await register.read();
 *   console.log(register.logicalName, values.value);
 * }
 *
 * @throws DlmsError `service/data-access`, `decode/…`
 */
export async function browse(
  client: Client,
  registry: ClassRegistry,
  options: BrowseOptions = {},
): Promise<MeterBrowser> {
  const association = options.association ?? '0-0:40.0.0*255';
  const get = (classId: number, attributeId: number): Promise<Uint8Array> =>
    client.getEncoded({ cosemAttributeDescriptor: { classId, instanceId: association, attributeId } }, options);
  if (client.referencing === 'LN')
    return new MeterBrowser(client, registry, readObjectList(await get(15, 2), association));
  const list = await get(12, 2);
  if ((readShortNameList(list).associationVersion ?? 0) === 0)
    return new MeterBrowser(client, registry, readShortNameList(list));
  // Access rights were added in version 1, but not every meter of that version has them.
  const rights = await get(12, 3).catch((e: unknown) => {
    if (isDlmsError(e, 'service/data-access') || isDlmsError(e, 'service/confirmed-error')) return undefined;
    throw e;
  });
  return new MeterBrowser(client, registry, readShortNameList(list, rights));
}

/** The objects of a meter, as one client sees them. */
export class MeterBrowser {
  readonly client: Client;
  readonly objects: readonly BrowsedObject[];
  /** Version of the association object; undefined when it is not in the list. */
  readonly associationVersion: number | undefined;
  constructor(client: Client, registry: ClassRegistry, list: ObjectList) {
    this.client = client;
    this.associationVersion = list.associationVersion;
    this.objects = list.objects.map(
      (listed) => new BrowsedObject(client, listed, registry.get(listed.classId, listed.version)),
    );
  }
  /** Objects of exactly this class and version, typed. */
  find<C extends InterfaceClass>(definition: C): BrowsedObject<C>[];
  /**
   * Objects with this class id, in any version; or objects whose logical name matches a pattern such as
   * `1.b.1-4.8.0-63.255` (see `parseObisPattern`).
   */
  find(what: number | string): BrowsedObject[];
  find(what: InterfaceClass | number | string): BrowsedObject[] {
    if (typeof what === 'number') return this.objects.filter((o) => o.classId === what);
    if (typeof what === 'string') {
      const pattern = parseObisPattern(what);
      return this.objects.filter((o) => matchObis(pattern, o.logicalName));
    }
    return this.objects.filter((o) => o.classId === what.classId && o.version === what.version);
  }
  /** The object with this logical name; the first, if several classes share it. */
  get(logicalName: Obis): BrowsedObject | undefined {
    return this.objects.find((o) => o.logicalName === logicalName);
  }
  /** The objects in the order of the list. */
  [Symbol.iterator](): Iterator<BrowsedObject> {
    return this.objects[Symbol.iterator]();
  }
}

/** An attribute as listed by the meter, with its name if the class is known. */
export interface BrowsedAttribute extends AttributeAccessRight {
  /** `attribute 9`, for example, if the class does not have it. */
  readonly name: string;
  readonly definition: Attribute | undefined;
}
/** A method as listed by the meter, with its name if the class is known. */
export interface BrowsedMethod extends MethodAccessRight {
  readonly name: string;
  readonly definition: Method | undefined;
}
/** A whole object, as read. */
export interface ObjectRecord<V = Record<string, unknown>> {
  /** Typed values by attribute name; Data if the class or the attribute is unknown. */
  readonly values: Partial<V> & Readonly<Record<string, unknown>>;
  /** Attributes without a value, and why: `no read access`, or what went wrong. */
  readonly skipped: Readonly<Record<string, string>>;
  /** Attributes that are not of the type in their class, and why; their value is Data. */
  readonly deviating: Readonly<Record<string, string>>;
}

/** One object of the meter. */
export class BrowsedObject<C extends InterfaceClass = InterfaceClass> {
  readonly client: Client;
  readonly classId: number;
  /** The version stated by the meter. */
  readonly version: number;
  readonly logicalName: Obis;
  /** Base name, with short name referencing. */
  readonly baseName: number | undefined;
  /** Undefined if the registry does not have this class in this version; attributes are then read as Data, by index. */
  readonly definition: C | undefined;
  /** Whether the meter states what this client may do. If not, everything in the class is assumed to be readable. */
  readonly rightsStated: boolean;
  readonly attributes: readonly BrowsedAttribute[];
  readonly methods: readonly BrowsedMethod[];

  constructor(client: Client, listed: ListedObject, definition: C | undefined) {
    this.client = client;
    this.classId = listed.classId;
    this.version = listed.version;
    this.logicalName = listed.logicalName;
    this.baseName = listed.baseName;
    this.definition = definition;
    this.rightsStated = listed.attributes !== undefined;
    this.attributes = (listed.attributes ?? assumedAttributes(definition)).map((right) => {
      const [name, known] = member(definition?.attributes, right.index) ?? [`attribute ${right.index}`, undefined];
      return { ...right, name, definition: known };
    });
    this.methods = (listed.methods ?? assumedMethods(definition)).map((right) => {
      const [name, known] = member(definition?.methods, right.index) ?? [`method ${right.index}`, undefined];
      return { ...right, name, definition: known };
    });
  }
  /** The meaning of the OBIS code. */
  get description(): string {
    return describeObis(this.logicalName).text;
  }
  /** An attribute, by name or index; undefined when the meter does not list it. */
  attribute(which: string | number): BrowsedAttribute | undefined {
    return this.attributes.find((a) => a.name === which || a.index === which);
  }
  /** A method, by name or index; undefined when the meter does not list it. */
  method(which: string | number): BrowsedMethod | undefined {
    return this.methods.find((m) => m.name === which || m.index === which);
  }
  /** A typed handle of the object. @throws DlmsError `service/unsupported` when the class is not in the registry */
  handle(): ObjectHandle<C> {
    if (this.definition === undefined)
      throw new DlmsError('service/unsupported', {
        what: `class ${this.classId} version ${this.version} (read it as Data)`,
      });
    return this.client.object(this.definition, this.logicalName);
  }
  /** Reads one attribute as Data, whether the class knows it or not. */
  getData(index: number, options?: CallOptions): Promise<Data> {
    return this.client.getData(this.classId, this.logicalName, index, options);
  }
  /**
   * Reads the whole object into one record, in one request if the meter supports lists. What cannot be read is left
   * out, with the reason.
   * @throws DlmsError `transport/…`, `association/…`, `security/…` when nothing more can be read
   */
  async read(options: CallOptions = {}): Promise<ObjectRecord<ObjectOf<C>>> {
    const values: Record<string, unknown> = {};
    const skipped: Record<string, string> = {};
    const deviating: Record<string, string> = {};
    const readable = this.attributes.filter((a) => a.read);
    for (const a of this.attributes) if (!a.read) skipped[a.name] = 'no read access';
    const results = await this.client.getEach(
      readable.map((a) => this.#target(a)),
      options,
    );
    for (const [i, { name }] of readable.entries()) {
      const result = results[i];
      if (result === undefined) continue;
      if (result.error !== undefined) {
        skipped[name] = result.error.message;
        continue;
      }
      const { value, deviation } = result.value as Read;
      values[name] = value;
      if (deviation !== undefined) deviating[name] = deviation;
    }
    return { values: values as ObjectRecord<ObjectOf<C>>['values'], skipped, deviating };
  }
  #target({ index, name, definition }: BrowsedAttribute): GetTarget {
    const { classId, logicalName } = this;
    return {
      descriptor: { cosemAttributeDescriptor: { classId, instanceId: logicalName, attributeId: index } },
      schema: typedOrData(definition?.schema ?? Data),
      label: `${this.definition?.name ?? `class ${classId}`} ${logicalName} ${name}`,
    };
  }
}

interface Read {
  readonly value: unknown;
  readonly deviation?: string;
}
/** Decodes the type of the class, or Data if the meter sends something else. */
function typedOrData(schema: Schema<unknown>): Schema<Read> {
  return {
    ...schema,
    read(r) {
      const { offset, depth } = r;
      try {
        return { value: schema.read(r) };
      } catch (e) {
        if (schema === Data || (!isDlmsError(e) && !(e instanceof RangeError))) throw e;
        r.offset = offset;
        r.depth = depth;
        return { value: Data.read(r), deviation: e.message };
      }
    },
  };
}
const member = <M extends { readonly index: number }>(
  members: Readonly<Record<string, M>> | undefined,
  index: number,
): [string, M] | undefined => Object.entries(members ?? {}).find(([, m]) => m.index === index);
const assumedAttributes = (definition: InterfaceClass | undefined): readonly AttributeAccessRight[] =>
  definition === undefined
    ? [{ index: 1, read: true, write: false, request: {}, response: {}, selectors: [] }]
    : Object.values(definition.attributes).map(({ index, writable, selective }) => ({
        index,
        read: true,
        write: writable,
        request: {},
        response: {},
        selectors: Object.values(selective).map((s) => s.selector),
      }));
const assumedMethods = (definition: InterfaceClass | undefined): readonly MethodAccessRight[] =>
  Object.values(definition?.methods ?? {}).map(({ index }) => ({ index, invoke: true, request: {}, response: {} }));
