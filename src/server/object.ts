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

/** Who asks, and with what. Handlers of objects like the current association need it. */
export interface AccessContext {
  readonly caller: Caller;
  /** Security state of this association; undefined where its messages are not ciphered, whatever the authentication. */
  readonly security?: SecurityContext | undefined;
  /** Does something once the response is protected and on its way: a change of keys must not change those of its own response. */
  readonly afterResponse?: (work: () => MaybePromise<void>) => void;
  /** Restricts a read, as it came. */
  readonly selection?: SelectiveAccessDescriptor | undefined;
}

/** Refuses a request with this result instead of `other-reason`. A `cause` goes to `onError` of the device; the client hears nothing of it. */
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
  /** Answers the value. */
  get?(context: AccessContext): MaybePromise<T>;
  /** Encoded Data instead of a value, for buffers that are long and known to be right. */
  getEncoded?(context: AccessContext): MaybePromise<Uint8Array>;
  /** Takes a new value. */
  set?(value: T, context: AccessContext): MaybePromise<void>;
  /** The attribute understands selectors; without this a selection is refused. */
  readonly selective?: boolean;
}
const brand: unique symbol = Symbol('accessor');
/** What reads and writes one attribute, for {@link cosemObject}. */
export const accessor = <T>(functions: Omit<Accessor<T>, typeof brand>): Accessor<T> => ({
  ...functions,
  [brand]: true,
});
const isAccessor = (x: unknown): x is Accessor<unknown> => typeof x === 'object' && x !== null && brand in x;

/** A stored value (written when the client may write), or an {@link Accessor}. Attributes that are left out answer `object-unavailable`. */
export type AttributeHandlers<C extends InterfaceClass> = {
  [A in AttributeName<C>]?: AttributeValue<C, A> | Accessor<AttributeValue<C, A>>;
};
/** What carries out the methods of a class: a function for each, typed by the class. */
export type MethodHandlers<C extends InterfaceClass> = {
  [M in MethodName<C>]?: (parameter: MethodParameter<C, M>, context: AccessContext) => MaybePromise<MethodResult<C, M>>;
};

/** One attribute at run time: octets of Data in, octets of Data out. */
export interface ServedAttribute {
  readonly index: number;
  readonly name: string;
  /** Passwords and secrets are only written. */
  readonly readable: boolean;
  /** Writable by its class; the association may say otherwise. */
  readonly writable: boolean;
  readonly selective: boolean;
  /** The value as octets of Data. */
  read(context: AccessContext): MaybePromise<Uint8Array>;
  /** Takes a value as octets of Data. */
  write(value: Uint8Array, context: AccessContext): MaybePromise<void>;
}
/** A method that an object offers. */
export interface ServedMethod {
  readonly index: number;
  readonly name: string;
  /** Return data as octets of Data, or nothing. */
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
 * An object of a meter from its class and the handlers of its attributes and methods, typed by the class. `logicalName` is served by itself.
 *
 * @example
 * object(Register, '1-0:1.8.0*255', { value: access({ get: () => ({ type: 'double-long-unsigned', value: read() }) }), scalerUnit: { scaler: 0, unit: 'Wh' } })
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
/** integer(0) is the convention for methods without parameters: nothing and null-data stand for it. Any other parameter must be there. */
function parameterOf(schema: Schema<unknown>, octets: Uint8Array | undefined): unknown {
  const absent = octets === undefined || (octets.length === 1 && octets[0] === 0);
  if (absent && schema === (integer as Schema<unknown>)) return 0;
  return matched(schema, octets ?? encodedNull);
}
/**
 * The value of the octets, which are copied: decoded octet strings are views, and what an object keeps must not be a view of the request.
 * A value of the wrong type is the client's fault and named so.
 */
function matched(schema: Schema<unknown>, octets: Uint8Array): unknown {
  try {
    return decode(schema, new Uint8Array(octets));
  } catch {
    throw new AccessRefused('type-unmatched');
  }
}

/** Objects by class and logical name. */
export class ObjectStore {
  readonly #byName = new Map<string, CosemObject>();
  /** Adds objects; one with the same logical name is replaced. */
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
