import type { Infer, Schema } from '../axdr/schema.js';

/** One attribute of an interface class: a table row. Made by {@link attribute}, {@link writable}, {@link fixed}, {@link selective}. */
export interface Attribute<S extends Schema<any> = Schema<any>, W extends boolean = boolean, A extends SelectiveAccess = SelectiveAccess> {
  readonly index: number;
  readonly schema: S;
  /** May be written in principle; what an association really allows stands in its object list. */
  readonly writable: W;
  /** The value does not change by itself (Blue Book: static), false: dynamic, undefined: not known or instance specific. */
  readonly static: boolean | undefined;
  /** Selectors that may restrict a read, each with the type of its parameters. */
  readonly selective: A;
}
/** A selector: its number on the wire and its parameters. */
export interface Selector<S extends Schema<any> = Schema<any>> {
  readonly selector: number;
  readonly parameters: S;
}
export type SelectiveAccess = Readonly<Record<string, Selector>>;
export interface Method<S extends Schema<any> = Schema<any>, R extends Schema<any> | undefined = Schema<any> | undefined> {
  readonly index: number;
  readonly parameter: S;
  readonly returns: R;
}
/** How well a definition is known: see the table of sources in the documentation of the classes. */
export type Confidence = 'two sources' | 'one source' | 'unverified';

export interface InterfaceClass {
  /** Name in the Blue Book. */
  readonly name: string;
  readonly classId: number;
  readonly version: number;
  readonly confidence?: Confidence;
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly methods: Readonly<Record<string, Method>>;
}

type NoSelection = Readonly<Record<never, never>>;
/** A dynamic attribute that is only read. */
export const attribute = <S extends Schema<any>>(index: number, schema: S): Attribute<S, false, NoSelection> => ({
  index,
  schema,
  writable: false,
  static: false,
  selective: {},
});
export const writable = <S extends Schema<any>, A extends SelectiveAccess>(a: Attribute<S, boolean, A>): Attribute<S, true, A> => ({ ...a, writable: true });
/** A static attribute. */
export const fixed = <S extends Schema<any>, W extends boolean, A extends SelectiveAccess>(a: Attribute<S, W, A>): Attribute<S, W, A> => ({
  ...a,
  static: true,
});
/** An attribute whose kind (static or dynamic) is not known or differs by instance. */
export const unclassified = <S extends Schema<any>, W extends boolean, A extends SelectiveAccess>(a: Attribute<S, W, A>): Attribute<S, W, A> => ({
  ...a,
  static: undefined,
});
export const selective = <S extends Schema<any>, W extends boolean, const A extends SelectiveAccess>(
  a: Attribute<S, W, SelectiveAccess>,
  selectors: A,
): Attribute<S, W, A> => ({ ...a, selective: selectors });
export const selector = <S extends Schema<any>>(number: number, parameters: S): Selector<S> => ({ selector: number, parameters });
export function method<S extends Schema<any>>(index: number, parameter: S): Method<S, undefined>;
export function method<S extends Schema<any>, R extends Schema<any>>(index: number, parameter: S, returns: R): Method<S, R>;
export function method(index: number, parameter: Schema<any>, returns?: Schema<any>): Method {
  return { index, parameter, returns };
}

/** An identity function: it checks the definition and keeps its literal type. No registration, no side effect: an unused class costs nothing in a bundle. */
export const interfaceClass = <const C extends InterfaceClass>(definition: C): C => definition;

export type AttributeName<C extends InterfaceClass> = keyof C['attributes'] & string;
export type WritableName<C extends InterfaceClass> = {
  [K in AttributeName<C>]: C['attributes'][K] extends Attribute<any, true, any> ? K : never;
}[AttributeName<C>];
export type MethodName<C extends InterfaceClass> = keyof C['methods'] & string;
export type AttributeValue<C extends InterfaceClass, A extends AttributeName<C>> = Infer<C['attributes'][A]['schema']>;
export type MethodParameter<C extends InterfaceClass, M extends MethodName<C>> = Infer<C['methods'][M]['parameter']>;
export type MethodResult<C extends InterfaceClass, M extends MethodName<C>> = C['methods'][M]['returns'] extends Schema<infer T> ? T : void;
/** One selection on an attribute: `{ by: 'range', parameters }`. */
export type Selection<C extends InterfaceClass, A extends AttributeName<C>> = {
  [K in keyof C['attributes'][A]['selective'] & string]: { readonly by: K; readonly parameters: Infer<C['attributes'][A]['selective'][K]['parameters']> };
}[keyof C['attributes'][A]['selective'] & string];
/** All attributes of an object as one record: what a snapshot, a JSON export or a server model holds. */
export type ObjectOf<C extends InterfaceClass> = { -readonly [K in keyof C['attributes']]: Infer<C['attributes'][K]['schema']> };
