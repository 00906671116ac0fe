import { Data } from '../axdr/data.js';
import { decode } from '../axdr/schema.js';
import { type Protection, requireProtection } from '../security/policy.js';
import type { ActionResponseWithOptionalData } from '../xdlms/action.js';
import type { ActionResult, CosemAttributeDescriptor, CosemMethodDescriptor, DataAccessResult, SelectiveAccessDescriptor } from '../xdlms/common.js';
import type { ConformanceBit } from '../xdlms/initiate.js';
import type { AccessRight, AccessRights } from './association.js';
import { type AccessContext, AccessRefused, type CosemObject, type ObjectStore, type ServedAttribute, type ServedMethod } from './object.js';

export interface ObjectAccessOptions {
  readonly objects: ObjectStore;
  readonly rights: AccessRights;
  readonly context: Omit<AccessContext, 'selection'>;
  readonly conformance: readonly ConformanceBit[];
  /** Faults of handlers: the client hears only `other-reason`. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** Octets of the values in one response: a list of long attributes ends with `other-reason` here, instead of with the memory. */
export const responseTotal = 0x4000000;

/** What an attribute allows by itself: the right where an association says nothing else. */
export const ownRight = (attribute: ServedAttribute): AccessRight => ({ read: attribute.readable, write: attribute.writable });

/** Reads, writes and invokes objects for one association: existence, class, access right, protection, then the handler. */
export class ObjectAccess {
  readonly #o: ObjectAccessOptions;
  constructor(options: ObjectAccessOptions) {
    this.#o = options;
  }

  async read(
    target: { cosemAttributeDescriptor: CosemAttributeDescriptor; accessSelection?: SelectiveAccessDescriptor },
    protection: Protection,
  ): Promise<Uint8Array | DataAccessResult> {
    return this.#guarded(async () => {
      const { found, attribute } = this.#attribute(target.cosemAttributeDescriptor);
      const right = this.#o.rights.attribute?.(found, attribute) ?? ownRight(attribute);
      if (!right.read || !this.#protectedEnough(right.request, protection)) throw new AccessRefused('read-write-denied');
      if (target.accessSelection !== undefined && (!attribute.selective || !this.#o.conformance.includes('selective-access')))
        throw new AccessRefused('scope-of-access-violated');
      return attribute.read({ ...this.#o.context, selection: target.accessSelection });
    });
  }
  async write(
    target: { cosemAttributeDescriptor: CosemAttributeDescriptor; accessSelection?: SelectiveAccessDescriptor },
    value: Uint8Array,
    protection: Protection,
  ): Promise<DataAccessResult> {
    return this.#guarded<DataAccessResult>(async () => {
      const { found, attribute } = this.#attribute(target.cosemAttributeDescriptor);
      const right = this.#o.rights.attribute?.(found, attribute) ?? ownRight(attribute);
      if (!right.write || !this.#protectedEnough(right.request, protection)) throw new AccessRefused('read-write-denied');
      if (target.accessSelection !== undefined) throw new AccessRefused('scope-of-access-violated');
      await attribute.write(value, this.#o.context);
      return 'success';
    });
  }
  async invoke(descriptor: CosemMethodDescriptor, parameter: Uint8Array | undefined, protection: Protection): Promise<ActionResponseWithOptionalData> {
    const result = await this.#guarded<ActionResponseWithOptionalData>(async () => {
      const found = this.#o.objects.find(descriptor.classId, descriptor.instanceId);
      const method: ServedMethod | undefined = found.methods.get(descriptor.methodId);
      if (method === undefined) throw new AccessRefused('object-unavailable');
      const right = this.#o.rights.method?.(found, method) ?? { invoke: true };
      if (!right.invoke || !this.#protectedEnough(right.request, protection)) throw new AccessRefused('read-write-denied');
      const returned = await method.invoke(parameter, this.#o.context);
      return returned === undefined ? { result: 'success' } : { result: 'success', returnParameters: { type: 'data', value: decode(Data, returned) } };
    });
    return typeof result === 'object' ? result : { result: result as ActionResult };
  }
  #attribute({ classId, instanceId, attributeId }: CosemAttributeDescriptor): { found: CosemObject; attribute: ServedAttribute } {
    const found = this.#o.objects.find(classId, instanceId);
    const attribute = found.attributes.get(attributeId);
    if (attribute === undefined)
      throw new AccessRefused(Object.values(found.definition.attributes).some((a) => a.index === attributeId) ? 'object-unavailable' : 'object-undefined');
    return { found, attribute };
  }
  #protectedEnough(required: Protection | undefined, actual: Protection): boolean {
    if (required === undefined) return true;
    try {
      requireProtection(required, actual);
      return true;
    } catch {
      return false;
    }
  }
  /** Whatever goes wrong inside an object ends in a result; the reason stays in the meter. */
  async #guarded<T>(work: () => Promise<T>): Promise<T | (DataAccessResult & ActionResult)> {
    try {
      return await work();
    } catch (e) {
      if (e instanceof AccessRefused) return e.result;
      this.#o.onError?.(e);
      return 'other-reason';
    }
  }
}
