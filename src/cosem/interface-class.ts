import type { Flat, Infer, Schema } from '../axdr/schema.js';

/**
 * One attribute of an interface class, as a table row. Made by {@link attribute}, {@link writable}, {@link fixed} and
 * {@link selective}.
 */
export interface Attribute<
  S extends Schema<unknown> = Schema<unknown>,
  W extends boolean = boolean,
  A extends SelectiveAccess = SelectiveAccess,
> {
  readonly index: number;
  readonly schema: S;
  /** Can be written in principle; what an association really allows is in its object list. */
  readonly writable: W;
  /**
   * True: the value does not change by itself (static in the Blue Book). False: dynamic. Undefined: not known, or
   * different from instance to instance.
   */
  readonly static: boolean | undefined;
  /** Selectors that can restrict a read, each with the type of its parameters. */
  readonly selective: A;
}
/**
 * A selector: its number on the wire, its parameters, and what it returns when that differs from the type of the
 * attribute.
 */
export interface Selector<
  S extends Schema<unknown> = Schema<unknown>,
  R extends Schema<unknown> | undefined = Schema<unknown> | undefined,
> {
  readonly selector: number;
  readonly parameters: S;
  readonly returns: R;
}
/** The selectors of an attribute by name. */
export type SelectiveAccess = Readonly<Record<string, Selector>>;
/** One method of an interface class, as a table row. Made by {@link method} and {@link mandatory}. */
export interface Method<
  S extends Schema<unknown> = Schema<unknown>,
  R extends Schema<unknown> | undefined = Schema<unknown> | undefined,
> {
  readonly index: number;
  readonly parameter: S;
  readonly returns: R;
  /** Every meter with this class has it. */
  readonly mandatory: boolean;
}
/**
 * How well a definition is known: how many public sources agree on it (see the documentation of the classes).
 * `unverified`: none.
 */
export type Confidence = 'two sources' | 'one source' | 'unverified';

/**
 * An interface class of the Blue Book as a table of its attributes and methods, with their indexes and types. Made by
 * {@link interfaceClass}.
 */
export interface InterfaceClass {
  /** Its name in the Blue Book. */
  readonly name: string;
  readonly classId: number;
  readonly version: number;
  readonly confidence?: Confidence;
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly methods: Readonly<Record<string, Method>>;
}

/** The selectors of an attribute that has none. */
export type NoSelection = Readonly<Record<never, never>>;
// Bundlers may drop calls of functions with this annotation when the result is not used, so an unused class costs
// nothing in a bundle. (They do not see it on a constant, only on a function declaration.)

/** A dynamic, read-only attribute. */
/* @__NO_SIDE_EFFECTS__ */
export function attribute<S extends Schema<unknown>>(index: number, schema: S): Attribute<S, false, NoSelection> {
  return { index, schema, writable: false, static: false, selective: {} };
}
/** An attribute that can be set: `writable(attribute(2, octetString))`. */
/* @__NO_SIDE_EFFECTS__ */
export function writable<S extends Schema<unknown>, A extends SelectiveAccess>(
  a: Attribute<S, boolean, A>,
): Attribute<S, true, A> {
  return { ...a, writable: true };
}
/** A static attribute. */
/* @__NO_SIDE_EFFECTS__ */
export function fixed<S extends Schema<unknown>, W extends boolean, A extends SelectiveAccess>(
  a: Attribute<S, W, A>,
): Attribute<S, W, A> {
  return { ...a, static: true };
}
/** An attribute that is static or dynamic depending on the instance, or of which it is not known. */
/* @__NO_SIDE_EFFECTS__ */
export function unclassified<S extends Schema<unknown>, W extends boolean, A extends SelectiveAccess>(
  a: Attribute<S, W, A>,
): Attribute<S, W, A> {
  return { ...a, static: undefined };
}
/** An attribute with selective access: its selectors by name. */
/* @__NO_SIDE_EFFECTS__ */
export function selective<S extends Schema<unknown>, W extends boolean, const A extends SelectiveAccess>(
  a: Attribute<S, W, SelectiveAccess>,
  selectors: A,
): Attribute<S, W, A> {
  return { ...a, selective: selectors };
}
/**
 * A selector: its number on the wire, its parameters, and what it returns when that differs from the type of the
 * attribute.
 */
export function selector<S extends Schema<unknown>>(number: number, parameters: S): Selector<S, undefined>;
export function selector<S extends Schema<unknown>, R extends Schema<unknown>>(
  number: number,
  parameters: S,
  returns: R,
): Selector<S, R>;
/* @__NO_SIDE_EFFECTS__ */
export function selector(number: number, parameters: Schema<unknown>, returns?: Schema<unknown>): Selector {
  return { selector: number, parameters, returns };
}
/** An optional method. */
export function method<S extends Schema<unknown>>(index: number, parameter: S): Method<S, undefined>;
export function method<S extends Schema<unknown>, R extends Schema<unknown>>(
  index: number,
  parameter: S,
  returns: R,
): Method<S, R>;
/* @__NO_SIDE_EFFECTS__ */
export function method(index: number, parameter: Schema<unknown>, returns?: Schema<unknown>): Method {
  return { index, parameter, returns, mandatory: false };
}
/** A mandatory method: `mandatory(method(1, integer))`. */
/* @__NO_SIDE_EFFECTS__ */
export function mandatory<S extends Schema<unknown>, R extends Schema<unknown> | undefined>(
  m: Method<S, R>,
): Method<S, R> {
  return { ...m, mandatory: true };
}

/**
 * Declares a class. An identity function that checks the definition and keeps its literal type; it registers nothing,
 * so an unused class costs nothing in a bundle.
 */
/* @__NO_SIDE_EFFECTS__ */
export function interfaceClass<const C extends InterfaceClass>(definition: C): C {
  return definition;
}

/**
 * How another version of a class differs: the members that it adds or changes, and the names of those that it lacks.
 */
export interface Revision {
  readonly version: number;
  readonly name?: string;
  readonly confidence?: Confidence;
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly methods?: Readonly<Record<string, Method>>;
  readonly without?: readonly string[];
}
/** The attributes or methods of a revision: the old ones, some of them replaced, added or left out. */
export type Revised<Old, New, Without> = Flat<
  { readonly [K in keyof Old as K extends keyof New | Without ? never : K]: Old[K] } & New
>;
/** What a revision specifies; nothing if it is absent. */
export type Given<T> = T extends object ? T : Record<never, never>;
/** The type of a {@link revision}: the class with what the revision changes, adds and leaves out. */
export interface RevisedClass<C extends InterfaceClass, R extends Revision> {
  readonly name: string;
  readonly classId: C['classId'];
  readonly version: R['version'];
  readonly confidence: Confidence;
  readonly attributes: Revised<
    C['attributes'],
    Given<R['attributes']>,
    Given<R['without']>[number & keyof Given<R['without']>]
  >;
  readonly methods: Revised<C['methods'], Given<R['methods']>, Given<R['without']>[number & keyof Given<R['without']>]>;
}
/**
 * Derives another version of a class: everything that `changes` does not name stays the same. Members are in the order
 * of their indexes.
 */
/* @__NO_SIDE_EFFECTS__ */
export function revision<C extends InterfaceClass, const R extends Revision>(base: C, changes: R): RevisedClass<C, R> {
  const { without, attributes, methods, ...head } = changes;
  const revised = <M extends { readonly index: number }>(
    old: Readonly<Record<string, M>>,
    changed: Readonly<Record<string, M>> = {},
  ) =>
    Object.fromEntries(
      Object.entries({ ...old, ...changed })
        .filter(([name]) => Object.hasOwn(changed, name) || without?.includes(name) !== true)
        .sort(([, a], [, b]) => a.index - b.index),
    );
  return {
    ...base,
    ...head,
    attributes: revised(base.attributes, attributes),
    methods: revised(base.methods, methods),
  } as unknown as RevisedClass<C, R>;
}

/** The names of the attributes of a class. */
export type AttributeName<C extends InterfaceClass> = keyof C['attributes'] & string;
/** The names of the attributes of a class that can be written. */
export type WritableName<C extends InterfaceClass> = {
  [K in AttributeName<C>]: C['attributes'][K] extends Attribute<Schema<unknown>, true> ? K : never;
}[AttributeName<C>];
/** The names of the methods of a class. */
export type MethodName<C extends InterfaceClass> = keyof C['methods'] & string;
/** The type of an attribute of a class. */
export type AttributeValue<C extends InterfaceClass, A extends AttributeName<C>> = Infer<C['attributes'][A]['schema']>;
/** The type of the parameter of a method. */
export type MethodParameter<C extends InterfaceClass, M extends MethodName<C>> = Infer<C['methods'][M]['parameter']>;
/** The type of the result of a method; `void` when it returns nothing. */
export type MethodResult<C extends InterfaceClass, M extends MethodName<C>> =
  C['methods'][M]['returns'] extends Schema<infer T> ? T : void;
/** One selection on an attribute: `{ by: 'range', parameters }`. */
export type Selection<C extends InterfaceClass, A extends AttributeName<C>> = {
  [K in keyof C['attributes'][A]['selective'] & string]: {
    readonly by: K;
    readonly parameters: Infer<C['attributes'][A]['selective'][K]['parameters']>;
  };
}[keyof C['attributes'][A]['selective'] & string];
/** The type that a read with this selection returns: that of the attribute, unless the selector says otherwise. */
export type SelectedValue<
  C extends InterfaceClass,
  A extends AttributeName<C>,
  K extends keyof C['attributes'][A]['selective'],
> = C['attributes'][A]['selective'][K]['returns'] extends Schema<infer T> ? T : AttributeValue<C, A>;
/** The value that a read returns, with a {@link Selection} or without one. */
export type ReadValue<C extends InterfaceClass, A extends AttributeName<C>, S> = S extends {
  readonly by: infer K extends keyof C['attributes'][A]['selective'];
}
  ? SelectedValue<C, A, K>
  : AttributeValue<C, A>;
/** All attributes of an object in one record, as in a snapshot, a JSON export or a server model. */
export type ObjectOf<C extends InterfaceClass> = {
  -readonly [K in keyof C['attributes']]: Infer<C['attributes'][K]['schema']>;
};
