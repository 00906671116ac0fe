import { integer } from '../axdr/data.js';
import { encodedNull } from '../axdr/encoded-data.js';
import { decode, encode, type Schema } from '../axdr/schema.js';
import { andThen, type MaybePromise } from '../core/promise.js';
import type {
  AttributeName,
  AttributeValue,
  InterfaceClass,
  MethodName,
  MethodParameter,
  MethodResult,
} from '../cosem/interface-class.js';
import type { Obis } from '../cosem/obis.js';
import type { SecurityContext } from '../security/context.js';
import type { ActionResult, DataAccessResult, SelectiveAccessDescriptor } from '../xdlms/common.js';
import type { Caller } from './caller.js';

/** Who makes a request, and in what circumstances. Handlers of objects such as the current association need it. */
export interface AccessContext {
  readonly caller: Caller;
  /** Security context of this association; undefined if its messages are not ciphered, whatever the authentication. */
  readonly security?: SecurityContext | undefined;
  /** Defers work until the response is protected: a change of keys must not affect the response to itself. */
  readonly afterResponse?: (work: () => MaybePromise<void>) => void;
  /** Selective access of a read, as received. */
  readonly selection?: SelectiveAccessDescriptor | undefined;
}

/**
 * Thrown by a handler to refuse a request with this result instead of `other-reason`. A `cause` goes to `onError` of
 * the device; the client never sees it.
 */
export class AccessRefused extends Error {
  override readonly name: string = 'AccessRefused';
  readonly result: DataAccessResult & ActionResult;
  constructor(result: DataAccessResult & ActionResult, options?: ErrorOptions) {
    super(String(result), options);
    this.result = result;
  }
}

/** An attribute that is computed, watched, or restricted by selective access. */
export interface Accessor<T> {
  readonly [brand]: true;
  /** Returns the value. */
  get?(context: AccessContext): MaybePromise<T>;
  /** Returns encoded Data instead of a value, for long buffers that are known to be right. */
  getEncoded?(context: AccessContext): MaybePromise<Uint8Array>;
  /** Sets a new value. */
  set?(value: T, context: AccessContext): MaybePromise<void>;
  /** Says that `get` or `getEncoded` handles selective access. Default: false; selective access is refused. */
  readonly selective?: boolean;
}
const brand: unique symbol = Symbol('accessor');
/** Makes the {@link Accessor} of an attribute, for {@link cosemObject}. */
export const accessor = <T>(functions: Omit<Accessor<T>, typeof brand>): Accessor<T> => ({
  ...functions,
  [brand]: true,
});
const isAccessor = (x: unknown): x is Accessor<unknown> => typeof x === 'object' && x !== null && brand in x;

/**
 * The attributes of a class: for each a stored value (overwritten when the client may write), or an {@link Accessor}.
 * Attributes that are left out are answered with `object-unavailable`.
 */
export type AttributeHandlers<C extends InterfaceClass> = {
  [A in AttributeName<C>]?: AttributeValue<C, A> | Accessor<AttributeValue<C, A>>;
};
/** The methods of a class: a function for each, typed by the class. */
export type MethodHandlers<C extends InterfaceClass> = {
  [M in MethodName<C>]?: (parameter: MethodParameter<C, M>, context: AccessContext) => MaybePromise<MethodResult<C, M>>;
};

/** One attribute at run time: octets of Data in, octets of Data out. */
export interface ServedAttribute {
  readonly index: number;
  readonly name: string;
  /** False for passwords and secrets, which can only be written. */
  readonly readable: boolean;
  /** Whether the class and the handler make it writable; the association may say otherwise. */
  readonly writable: boolean;
  readonly selective: boolean;
  /** The value as octets of Data. */
  read(context: AccessContext): MaybePromise<Uint8Array>;
  /** Sets the value from octets of Data. */
  write(value: Uint8Array, context: AccessContext): MaybePromise<void>;
}
/** A method that an object offers. */
export interface ServedMethod {
  readonly index: number;
  readonly name: string;
  /** Invokes the method. @returns the return data as octets of Data, if any */
  invoke(parameter: Uint8Array | undefined, context: AccessContext): MaybePromise<Uint8Array | undefined>;
}
/** An object of a logical device. */
export interface CosemObject {
  readonly definition: InterfaceClass;
  readonly logicalName: Obis;
  readonly attributes: ReadonlyMap<number, ServedAttribute>;
  readonly methods: ReadonlyMap<number, ServedMethod>;
}

/**
 * Makes an object of a meter from its class and the handlers of its attributes and methods, typed by the class.
 * `logicalName` is served automatically.
 *
 * @example
 * cosemObject(Register, '1-0:1.8.0*255', {
 *   value: accessor({ get: () => ({ type: 'double-long-unsigned', value: read() }) }),
 *   scalerUnit: { scaler: 0, unit: 'Wh' },
 * });
 */
export function cosemObject<C extends InterfaceClass>(
  definition: C,
  logicalName: Obis,
  attributes: AttributeHandlers<C>,
  methods: MethodHandlers<C> = {},
): CosemObject {
  const served = new Map<number, ServedAttribute>();
  for (const [name, declaration] of Object.entries(definition.attributes)) {
    const handler = name === 'logicalName' ? logicalName : (attributes as Record<string, unknown>)[name];
    if (handler !== undefined)
      served.set(
        declaration.index,
        servedAttribute(name, declaration.index, declaration.writable, declaration.schema, handler),
      );
  }
  const invocable = new Map<number, ServedMethod>();
  for (const [name, { index, parameter, returns }] of Object.entries(definition.methods)) {
    const handler = (methods as Record<string, ((p: unknown, c: AccessContext) => MaybePromise<unknown>) | undefined>)[
      name
    ];
    if (handler === undefined) continue;
    invocable.set(index, {
      index,
      name,
      invoke: (octets, context) =>
        andThen(handler(parameterOf(parameter, octets), context), (result) =>
          returns === undefined || result === undefined ? undefined : encode(returns, result),
        ),
    });
  }
  return { definition, logicalName, attributes: served, methods: invocable };
}

function servedAttribute(
  name: string,
  index: number,
  writable: boolean,
  schema: Schema<unknown>,
  handler: unknown,
): ServedAttribute {
  if (!isAccessor(handler)) {
    let stored = handler;
    return {
      index,
      name,
      readable: true,
      writable,
      selective: false,
      read: () => encode(schema, stored),
      write(octets) {
        stored = matched(schema, octets);
      },
    };
  }
  return {
    index,
    name,
    readable: handler.get !== undefined || handler.getEncoded !== undefined,
    writable: writable && handler.set !== undefined,
    selective: handler.selective ?? false,
    read(context) {
      if (handler.getEncoded !== undefined) return handler.getEncoded(context);
      if (handler.get === undefined) throw new AccessRefused('read-write-denied');
      return andThen(handler.get(context), (value) => encode(schema, value));
    },
    write(octets, context) {
      if (handler.set === undefined) throw new AccessRefused('read-write-denied');
      return handler.set(matched(schema, octets), context);
    },
  };
}
/**
 * By convention, methods without parameters get integer(0); no parameter or null-data means the same. Any other
 * parameter must be present.
 */
function parameterOf(schema: Schema<unknown>, octets: Uint8Array | undefined): unknown {
  const absent = octets === undefined || (octets.length === 1 && octets[0] === 0);
  if (absent && schema === (integer as Schema<unknown>)) return 0;
  return matched(schema, octets ?? encodedNull);
}
/**
 * Decodes a copy of the octets: decoded octet strings are views, and what an object keeps must not be a view of the
 * request. A value of the wrong type is the client's fault, and is answered as such.
 */
function matched(schema: Schema<unknown>, octets: Uint8Array): unknown {
  try {
    return decode(schema, new Uint8Array(octets));
  } catch {
    throw new AccessRefused('type-unmatched');
  }
}

/** The objects of a logical device, by logical name. */
export class ObjectStore {
  readonly #byName = new Map<string, CosemObject>();
  /** Adds objects; each replaces any with the same logical name. */
  add(...objects: readonly CosemObject[]): this {
    for (const o of objects) this.#byName.set(o.logicalName, o);
    return this;
  }
  /** @throws AccessRefused `object-undefined`, or `object-class-inconsistent` when the object is of another class */
  find(classId: number, logicalName: Obis): CosemObject {
    const found = this.#byName.get(logicalName);
    if (found === undefined) throw new AccessRefused('object-undefined');
    if (found.definition.classId !== classId) throw new AccessRefused('object-class-inconsistent');
    return found;
  }
  /** The object with this logical name. */
  get(logicalName: Obis): CosemObject | undefined {
    return this.#byName.get(logicalName);
  }
  /** The objects in the order in which they were added. */
  [Symbol.iterator](): IterableIterator<CosemObject> {
    return this.#byName.values();
  }
}
