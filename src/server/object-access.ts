import { encodedData } from '../axdr/encoded-data.js';
import { decode } from '../axdr/schema.js';
import type { ActionResponseWithOptionalData } from '../xdlms/action.js';
import type {
  ActionResult,
  CosemAttributeDescriptor,
  CosemMethodDescriptor,
  DataAccessResult,
  SelectiveAccessDescriptor,
} from '../xdlms/common.js';
import type { ConformanceBit } from '../xdlms/initiate.js';
import { hasProtection } from './caller.js';
import type { Exchange } from './exchange.js';
import {
  type AccessContext,
  AccessRefused,
  type CosemObject,
  type ObjectStore,
  type ServedAttribute,
  type ServedMethod,
} from './object.js';
import type { AccessRights, AttributeRight, MethodRight } from './rights.js';

/** What decides over every access to an object. */
export interface ObjectAccessOptions {
  readonly objects: ObjectStore;
  readonly rights: AccessRights;
  readonly context: Omit<AccessContext, 'selection' | 'caller'>;
  readonly conformance: readonly ConformanceBit[];
  /** Called for failed handlers; the client only sees `other-reason`. */
  readonly onError?: ((error: unknown) => void) | undefined;
}
export interface AttributeTarget {
  readonly cosemAttributeDescriptor: CosemAttributeDescriptor;
  readonly accessSelection?: SelectiveAccessDescriptor;
}

/**
 * Reads, writes and invokes objects for one association. Checks existence, class, access right, and the protection of
 * request and response, then calls the handler. Values, parameters and return data are octets of Data.
 */
export class ObjectAccess {
  readonly #o: ObjectAccessOptions;
  constructor(options: ObjectAccessOptions) {
    this.#o = options;
  }

  async read(target: AttributeTarget, exchange: Exchange): Promise<Uint8Array | DataAccessResult> {
    return this.#guarded(async () => {
      const attribute = this.#readable(target, exchange);
      return attribute.read({ ...this.#o.context, caller: exchange.caller, selection: target.accessSelection });
    });
  }
  async write(target: AttributeTarget, value: Uint8Array, exchange: Exchange): Promise<DataAccessResult> {
    return this.#guarded<DataAccessResult>(async () => {
      const attribute = this.#writable(target, exchange);
      await attribute.write(value, { ...this.#o.context, caller: exchange.caller });
      return 'success';
    });
  }
  async invoke(
    descriptor: CosemMethodDescriptor,
    parameter: Uint8Array | undefined,
    exchange: Exchange,
  ): Promise<ActionResponseWithOptionalData<Uint8Array>> {
    const result = await this.#guarded<ActionResponseWithOptionalData<Uint8Array>>(async () => {
      const method = this.#invocable(descriptor, exchange);
      const returned = await method.invoke(parameter, { ...this.#o.context, caller: exchange.caller });
      return returned === undefined
        ? { result: 'success' }
        : { result: 'success', returnParameters: { type: 'data', value: decode(encodedData, returned) } };
    });
    return typeof result === 'object' ? result : { result: result as ActionResult };
  }

  // The same checks without the access: why it would be refused, or undefined. The exchange is still told what the
  // response would need.
  readRefusal(target: AttributeTarget, exchange: Exchange): DataAccessResult | undefined {
    return this.#refusal(() => this.#readable(target, exchange));
  }
  writeRefusal(target: AttributeTarget, exchange: Exchange): DataAccessResult | undefined {
    return this.#refusal(() => this.#writable(target, exchange));
  }
  invokeRefusal(descriptor: CosemMethodDescriptor, exchange: Exchange): ActionResult | undefined {
    return this.#refusal(() => this.#invocable(descriptor, exchange)) as ActionResult | undefined;
  }

  #readable(target: AttributeTarget, exchange: Exchange): ServedAttribute {
    const { found, attribute } = this.#attribute(target.cosemAttributeDescriptor);
    const right = this.#o.rights.attribute?.(found, attribute, exchange.caller);
    allow(right?.read, right, exchange);
    if (
      target.accessSelection !== undefined &&
      (!attribute.selective || !this.#o.conformance.includes('selective-access'))
    )
      throw new AccessRefused('scope-of-access-violated');
    return attribute;
  }
  #writable(target: AttributeTarget, exchange: Exchange): ServedAttribute {
    const { found, attribute } = this.#attribute(target.cosemAttributeDescriptor);
    const right = this.#o.rights.attribute?.(found, attribute, exchange.caller);
    allow(right?.write && attribute.writable, right, exchange);
    if (target.accessSelection !== undefined) throw new AccessRefused('scope-of-access-violated');
    return attribute;
  }
  #invocable(descriptor: CosemMethodDescriptor, exchange: Exchange): ServedMethod {
    const found = this.#o.objects.find(descriptor.classId, descriptor.instanceId);
    const method = found.methods.get(descriptor.methodId);
    if (method === undefined) throw new AccessRefused('object-unavailable');
    const right = this.#o.rights.method?.(found, method, exchange.caller);
    allow(right?.invoke, right, exchange);
    return method;
  }
  #attribute({ classId, instanceId, attributeId }: CosemAttributeDescriptor): {
    found: CosemObject;
    attribute: ServedAttribute;
  } {
    const found = this.#o.objects.find(classId, instanceId);
    const attribute = found.attributes.get(attributeId);
    if (attribute === undefined)
      throw new AccessRefused(
        Object.values(found.definition.attributes).some((a) => a.index === attributeId)
          ? 'object-unavailable'
          : 'object-undefined',
      );
    return { found, attribute };
  }
  /** Turns whatever goes wrong inside an object into a result; the reason stays in the meter. */
  async #guarded<T>(work: () => Promise<T>): Promise<T | (DataAccessResult & ActionResult)> {
    try {
      return await work();
    } catch (e) {
      return this.#resultOf(e);
    }
  }
  #refusal(judge: () => unknown): (DataAccessResult & ActionResult) | undefined {
    try {
      judge();
      return undefined;
    } catch (e) {
      return this.#resultOf(e);
    }
  }
  #resultOf(e: unknown): DataAccessResult & ActionResult {
    if (!(e instanceof AccessRefused)) {
      this.#o.onError?.(e);
      return 'other-reason';
    }
    if (e.cause !== undefined) this.#o.onError?.(e.cause);
    return e.result;
  }
}

/**
 * Refuses what the rights do not name, a request with less protection than the right requires, and a response that
 * cannot be protected as it requires.
 */
function allow(named: boolean | undefined, right: AttributeRight | MethodRight | undefined, exchange: Exchange): void {
  if (named !== true || right === undefined) throw new AccessRefused('read-write-denied');
  if (right.request !== undefined && !hasProtection(exchange.caller, right.request))
    throw new AccessRefused('read-write-denied');
  if (!exchange.require(right.response)) throw new AccessRefused('read-write-denied');
}
