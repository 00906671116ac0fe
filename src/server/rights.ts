import type { AttributeAccessModeV1, MethodAccessModeV1 } from '../cosem/access-rights.js';
import type { Obis } from '../cosem/obis.js';
import { accessProtection, type Protection } from '../security/policy.js';
import type { Caller } from './caller.js';
import type { CosemObject, ServedAttribute, ServedMethod } from './object.js';

/** What one caller may do with an attribute. */
export interface AttributeRight {
  readonly read: boolean;
  readonly write: boolean;
  /** Required of the request in addition to the policy of the association. */
  readonly request?: Protection;
  /**
   * Applied to the response in addition to the policy of the association. If the association cannot apply it, the
   * access is refused.
   */
  readonly response?: Protection;
}
/** What one caller may do with a method. */
export interface MethodRight {
  readonly invoke: boolean;
  /** Required of the request in addition to the policy of the association. */
  readonly request?: Protection;
  /**
   * Applied to the response in addition to the policy of the association. If the association cannot apply it, the
   * access is refused.
   */
  readonly response?: Protection;
}
/** Who may do what. Anything not named is refused: where a function is missing or returns undefined. */
export interface AccessRights {
  /** What the caller may do with an attribute; undefined: nothing. */
  attribute?(object: CosemObject, attribute: ServedAttribute, caller: Caller): AttributeRight | undefined;
  /** Whether the caller may invoke a method; undefined: no. */
  method?(object: CosemObject, method: ServedMethod, caller: Caller): MethodRight | undefined;
}

/** Allows reading whatever is readable, but no writing or invoking. The default of an association. */
export const readOnlyRights: AccessRights = { attribute: (_, { readable }) => ({ read: readable, write: false }) };
/**
 * Allows whatever the objects themselves allow: reading every readable and writing every writable attribute, and
 * invoking every method. Never the default.
 */
export const objectRights: AccessRights = {
  attribute: (_, { readable, writable }) => ({ read: readable, write: writable }),
  method: () => ({ invoke: true }),
};

/**
 * The right that corresponds to an access mode of Association LN version 3: bit 0 read, bit 1 write, bits 2 to 4
 * authenticated, encrypted and digitally signed request, bits 5 to 7 likewise for the response.
 */
export function attributeRight(accessMode: number): AttributeRight {
  return { read: (accessMode & 1) !== 0, write: (accessMode & 2) !== 0, ...accessProtection(accessMode) };
}
/** Like {@link attributeRight}, for a method: bit 0 access; bits 2 to 7 as for attributes. */
export function methodRight(accessMode: number): MethodRight {
  return { invoke: (accessMode & 1) !== 0, ...accessProtection(accessMode) };
}
/** Access modes of Association LN version 3, by attribute and method id. */
export interface AccessModes {
  readonly attributes?: Readonly<Record<number, number>>;
  readonly methods?: Readonly<Record<number, number>>;
}
/**
 * Rights from a table of logical names and access modes, in the notation of the books.
 *
 * @example
 * // Anybody may read the clock; setting it takes an authenticated and encrypted request.
 * tableRights({ '0-0:1.0.0*255': { attributes: { 1: 0x01, 2: 0x0f } } });
 */
export function tableRights(table: Readonly<Record<Obis, AccessModes>>): AccessRights {
  const modes = new Map(Object.entries(table));
  return {
    attribute({ logicalName }, { index }) {
      const mode = modes.get(logicalName)?.attributes?.[index];
      return mode === undefined ? undefined : attributeRight(mode);
    },
    method({ logicalName }, { index }) {
      const mode = modes.get(logicalName)?.methods?.[index];
      return mode === undefined ? undefined : methodRight(mode);
    },
  };
}

/**
 * A right as shown in the object lists of Association LN versions 1 and 2 and of Association SN; the only protection
 * they can express is an authenticated request.
 */
export function attributeModeV1(right: AttributeRight | undefined): AttributeAccessModeV1 {
  const { read = false, write = false, request } = right ?? {};
  const mode = read ? (write ? 'read-and-write' : 'read-only') : write ? 'write-only' : 'no-access';
  return mode === 'no-access' || request?.authenticated !== true ? mode : `authenticated-${mode}`;
}
export function methodModeV1(right: MethodRight | undefined): MethodAccessModeV1 {
  if (right?.invoke !== true) return 'no-access';
  return right.request?.authenticated === true ? 'authenticated-access' : 'access';
}
