import { decode, encode, type Schema } from '../axdr/schema.js';
import { DlmsError } from '../core/errors.js';
import type {
  AttributeName,
  AttributeValue,
  InterfaceClass,
  MethodName,
  MethodParameter,
  MethodResult,
  ReadValue,
  Selection,
  WritableName,
} from '../cosem/interface-class.js';
import type { Obis } from '../cosem/obis.js';
import type { AccessItem, AccessResult } from '../session/access.js';
import { attributeOf, methodOf, schemaOf, target } from './descriptors.js';

/** One item of `Client.access`: made by {@link accessGet}, {@link accessSet} or {@link accessAction}. */
export interface AccessCall<T> {
  readonly item: AccessItem;
  /** Its name in errors. */
  readonly label: string;
  /** Decodes the value of a GET, or the return data of an ACTION, from octets of Data. */
  read(data: Uint8Array): T;
}
/** Options of `Client.access`. */
export interface AccessOptions {
  readonly signal?: AbortSignal;
  /** After a failed item, whether to carry out the others (default) or none of them. */
  readonly onError?: 'continue' | 'stop';
}
/** The outcome of one item: its value (`undefined` for a SET), or why there is none. */
export type AccessOutcome<T> =
  | { readonly value: T; readonly error?: undefined }
  | { readonly value?: undefined; readonly error: DlmsError };
/** The outcomes, in the order of the items. */
export type AccessOutcomes<T extends readonly AccessCall<unknown>[]> = {
  -readonly [I in keyof T]: AccessOutcome<T[I] extends AccessCall<infer V> ? V : never>;
};

/**
 * Makes an item that reads an attribute.
 * @throws DlmsError `service/unsupported` for a name or a selection that the class does not have
 */
export function accessGet<
  C extends InterfaceClass,
  A extends AttributeName<C>,
  const S extends Selection<C, A> | undefined = undefined,
>(cls: C, logicalName: Obis, attribute: A, selection?: S): AccessCall<ReadValue<C, A, S>> {
  const schema = schemaOf(cls, attribute, selection as S);
  return {
    item: { service: 'get', attribute: target(cls, logicalName, attribute, selection) },
    label: `${cls.name} ${logicalName} ${attribute}`,
    read: (data) => decode(schema, data, { lenient: true }),
  };
}
/**
 * Makes an item that writes an attribute; only those that the class declares writable compile.
 * @throws DlmsError `encode/…`, `service/unsupported`
 */
export function accessSet<C extends InterfaceClass, A extends WritableName<C>>(
  cls: C,
  logicalName: Obis,
  attribute: A,
  value: AttributeValue<C, A>,
  selection?: Selection<C, A>,
): AccessCall<undefined> {
  return {
    item: {
      service: 'set',
      attribute: target(cls, logicalName, attribute, selection),
      value: encode(attributeOf(cls, attribute).schema, value),
    },
    label: `${cls.name} ${logicalName} ${attribute}`,
    read: () => undefined,
  };
}
/** Makes an item that invokes a method. @throws DlmsError `encode/…`, `service/unsupported` */
export function accessAction<C extends InterfaceClass, M extends MethodName<C>>(
  cls: C,
  logicalName: Obis,
  method: M,
  parameter: MethodParameter<C, M>,
): AccessCall<MethodResult<C, M>> {
  const { declaration, descriptor } = methodOf(cls, logicalName, method);
  const returns = declaration.returns as Schema<MethodResult<C, M>> | undefined;
  return {
    item: { service: 'action', method: descriptor, parameter: encode(declaration.parameter, parameter) },
    label: `${cls.name} ${logicalName} ${method}`,
    read: (data) =>
      returns === undefined ? (undefined as MethodResult<C, M>) : decode(returns, data, { lenient: true }),
  };
}

/** @param result absent for an item that was not sent because an earlier one failed */
export function accessOutcome<T>(
  { item, label, read }: AccessCall<T>,
  result: AccessResult | undefined,
): AccessOutcome<T> {
  if (result === undefined)
    return {
      error: new DlmsError('transport/aborted', { during: `an ACCESS in which an item before ${label} failed` }),
    };
  if (result.result !== 'success') {
    const code = item.service === 'action' ? 'service/action' : 'service/data-access';
    return { error: new DlmsError(code, { result: result.result, object: label }) };
  }
  try {
    return { value: read(result.data) };
  } catch (error) {
    if (error instanceof DlmsError) return { error };
    throw error;
  }
}
