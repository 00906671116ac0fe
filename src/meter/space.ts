import { Data } from '../axdr/data.js';
import { decode, encode } from '../axdr/schema.js';
import type { Obis } from '../cosem/obis.js';
import { type Caller, hasProtection } from '../server/caller.js';
import { AccessRefused, type CosemObject, ObjectStore } from '../server/object.js';
import type { AccessRights } from '../server/rights.js';
import type { Cause, Reference } from './behaviour.js';
import type { EngineObject } from './object.js';

/** The objects of one logical device. Scripts, monitors and captures only refer to objects of their own device. */
export class ObjectSpace {
  /** SAP of the logical device. */
  readonly sap: number;
  /** The objects for a `LogicalDevice` of the server. */
  readonly served: ObjectStore = new ObjectStore();
  readonly #objects = new Map<Obis, EngineObject>();

  /** What a caller may do, by its association; if undefined, anything that needs to know is refused. */
  rightsOf: ((caller: Caller) => AccessRights | undefined) | undefined;

  constructor(sap: number) {
    this.sap = sap;
  }
  /** Adds an object, for the engine and for clients. */
  add(object: EngineObject): void {
    this.#objects.set(object.logicalName, object);
    this.served.add(object.served());
  }
  /** The object with a logical name. */
  get(logicalName: Obis): EngineObject | undefined {
    return this.#objects.get(logicalName);
  }
  /** @throws AccessRefused `object-undefined`, `object-class-inconsistent` */
  find(classId: number, logicalName: Obis): EngineObject {
    const found = this.#objects.get(logicalName);
    if (found === undefined) throw new AccessRefused('object-undefined');
    if (found.definition.classId !== classId) throw new AccessRefused('object-class-inconsistent');
    return found;
  }
  /**
   * @throws AccessRefused as {@link ObjectSpace.find}, and `object-unavailable` for an object whose function is
   *   switched off
   */
  #working(classId: number, logicalName: Obis): EngineObject {
    const object = this.find(classId, logicalName);
    if (!object.active) throw new AccessRefused('object-unavailable');
    return object;
  }
  /** Whether a caller may read or write an attribute with its present protection. */
  allows({ classId, logicalName, attributeIndex }: Reference, access: 'read' | 'write', caller: Caller): boolean {
    const object = this.served.get(logicalName);
    const attribute = object?.attributes.get(attributeIndex);
    if (object === undefined || attribute === undefined || object.definition.classId !== classId) return false;
    const right = this.rightsOf?.(caller)?.attribute?.(object, attribute, caller);
    return right?.[access] === true && hasProtection(caller, right.request ?? {});
  }
  /** All objects of a class. */
  ofClass(classId: number): EngineObject[] {
    return [...this.#objects.values()].filter((o) => o.definition.classId === classId);
  }
  /** All objects. */
  [Symbol.iterator](): IterableIterator<EngineObject> {
    return this.#objects.values();
  }

  /** An attribute as octets of Data. */
  readEncoded({ classId, logicalName, attributeIndex }: Reference): Uint8Array {
    const object = this.#working(classId, logicalName);
    const [name, { schema }] = readable(object, attributeIndex);
    return encode(schema, object.get(name));
  }
  /**
   * What a reference names: the whole attribute or, with a `dataIndex`, one element of an array or structure.
   * @throws AccessRefused if it does not exist
   */
  read(reference: Reference): Data {
    const object = this.#working(reference.classId, reference.logicalName);
    const [name, { schema }] = readable(object, reference.attributeIndex);
    const value = object.get(name);
    const whole = (schema as unknown) === Data ? (value as Data) : decode(Data, encode(schema, value));
    const { dataIndex = 0 } = reference;
    if (dataIndex === 0) return whole;
    const element =
      whole.type === 'array' || whole.type === 'structure'
        ? (whole.value as readonly Data[])[dataIndex - 1]
        : undefined;
    if (element === undefined) throw new AccessRefused('object-unavailable');
    return element;
  }
  /** Writes an attribute as a client would, with the authority of the meter. @throws AccessRefused */
  write(reference: Reference, value: Data, cause: Cause): void {
    const object = this.#working(reference.classId, reference.logicalName);
    const [name, { schema }] = object.attribute(reference.attributeIndex);
    object.write(name, typed(schema, value), cause);
  }
  /** Invokes a method with the authority of the meter; what it returns is dropped. @throws AccessRefused */
  invoke(classId: number, logicalName: Obis, methodId: number, parameter: Data, cause: Cause): void {
    const object = this.#working(classId, logicalName);
    const found = Object.entries(object.definition.methods).find(([, m]) => m.index === methodId);
    if (found === undefined) throw new AccessRefused('object-unavailable');
    const [name, method] = found;
    object.invoke(name, typed(method.parameter, parameter), cause);
  }
}
/** What nobody reads is not captured, pushed or watched either. @throws AccessRefused `read-write-denied` */
function readable(object: EngineObject, index: number): ReturnType<EngineObject['attribute']> {
  const found = object.attribute(index);
  if (object.behaviour.hidden?.includes(found[0]) === true) throw new AccessRefused('read-write-denied');
  return found;
}
function typed(schema: Parameters<typeof decode>[0], value: Data): unknown {
  try {
    return decode(schema, encode(Data, value));
  } catch {
    throw new AccessRefused('type-unmatched');
  }
}
/** An object as served to clients. */
export type Served = CosemObject;
