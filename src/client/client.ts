import { Data } from '../axdr/data.js';
import { decode, encode, type Schema } from '../axdr/schema.js';
import { DlmsError, isDlmsError } from '../core/errors.js';
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
import type { ApduChannel } from '../transport/transport.js';
import type {
  CosemAttributeDescriptorWithSelection,
  CosemMethodDescriptor,
  InvokeIdAndPriority,
} from '../xdlms/common.js';
import { type AccessCall, type AccessOptions, type AccessOutcomes, accessOutcome } from './access.js';
import { ClientAssociation } from './association.js';
import { attributeOf, methodOf, schemaOf, target } from './descriptors.js';
import type { ClientOptions } from './options.js';

/** For one call. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Octets received so far of a value that comes by blocks. */
  readonly onProgress?: (octets: number) => void;
}
export interface ActionOptions extends CallOptions {
  /** The method has return data. Needed with short names only, where it decides the service; `action` knows it from the class. */
  readonly returns?: boolean;
}
/** Options of {@link Client.get}. */
export interface GetOptions<
  C extends InterfaceClass,
  A extends AttributeName<C>,
  S extends Selection<C, A> | undefined = Selection<C, A> | undefined,
> extends CallOptions {
  /** Selective access, typed by the class: `{ by: 'range', parameters: … }`. */
  readonly selection?: S;
}

/** One attribute to read, the type to read it with, and what to call it in an error. */
export interface GetTarget {
  readonly descriptor: CosemAttributeDescriptorWithSelection;
  readonly schema: Schema<unknown>;
  readonly label: string;
}
/** What became of one attribute of a list: its value, or why there is none. */
export type GetOutcome =
  | { readonly value: unknown; readonly error?: undefined }
  | { readonly value?: undefined; readonly error: DlmsError };

/**
 * A client (head-end) of one association. Calls may be made at any time; they run one after the other.
 *
 * After a timeout or another error in the middle of a call its answer may still come, and must not be taken for that of the next call. With logical names it is known by
 * its invoke-id, which is not used again in this association; after eight such calls the association ends. With short names, and with general block transfer, nothing tells
 * answers apart, and the association ends at once. It ends as well when the connection does. From then on every call fails with `association/not-open`, whose
 * `reason` says why; `connect()` opens again where the channel can be opened again.
 *
 * @example
 * const client = new Client(wrapperChannel(await connectTcp({ host, port: 4059 }), { clientSap: 1, serverSap: 1 }), {
 *   authentication: { mechanism: 'hls-gmac' },
 *   security, // what goes over the line is ciphered from here on
 * });
 * await client.connect();
 * const energy = await client.get(Register, '1-0:1.8.0*255', 'value');
 * await client.close();
 */
export class Client {
  readonly association: ClientAssociation;

  /** @throws DlmsError `configuration/…` for options that lack a key, contradict each other, or would send in clear without saying so: see `ClientOptions.ciphering` */
  constructor(channel: ApduChannel, options: ClientOptions = {}) {
    this.association = new ClientAssociation(channel, options);
  }

  /** How attributes are named on the wire: by logical names, or by short names (see `shortNames`). */
  get referencing(): 'LN' | 'SN' {
    return this.association.referencing.kind;
  }
  /**
   * Opens the lower layer and the association, HLS included. When that fails the channel is closed again: over a transport that cannot be opened twice (a socket) the next
   * attempt takes a new one, and a new client.
   * @throws DlmsError `association/rejected`, `association/authentication-failed`, `security/…`, `transport/…`
   */
  connect(signal?: AbortSignal): Promise<void> {
    return this.association.open(signal);
  }
  /**
   * Releases the association and closes the channel; never throws for a meter that is already gone. Calls that are under way may end, for at most 5 seconds; then they
   * fail with `transport/closed` or `transport/aborted`, and those behind them with `association/not-open`.
   */
  close(): Promise<void> {
    return this.association.close();
  }

  /**
   * Reads one attribute, decoded by its class.
   * @throws DlmsError `service/data-access` when the meter refuses, `decode/…` when the value is not of the type
   */
  async get<
    C extends InterfaceClass,
    A extends AttributeName<C>,
    const S extends Selection<C, A> | undefined = undefined,
  >(cls: C, logicalName: Obis, attribute: A, options: GetOptions<C, A, S> = {}): Promise<ReadValue<C, A, S>> {
    const octets = await this.getEncoded(
      target(cls, logicalName, attribute, options.selection),
      options,
      `${cls.name} ${logicalName} ${attribute}`,
    );
    return decode(schemaOf(cls, attribute, options.selection as S), octets, { lenient: true });
  }
  /** Reads an attribute as Data, of a class that is not known here. */
  async getData(classId: number, logicalName: Obis, attributeId: number, options: CallOptions = {}): Promise<Data> {
    const octets = await this.getEncoded(
      { cosemAttributeDescriptor: { classId, instanceId: logicalName, attributeId } },
      options,
    );
    return decode(Data, octets, { lenient: true });
  }
  /** The octets of Data as the meter sent them, blocks put together: for column decoding of profiles and for storing. */
  async getEncoded(
    descriptor: CosemAttributeDescriptorWithSelection,
    options: CallOptions = {},
    label: string = labelOf(descriptor),
  ): Promise<Uint8Array> {
    const { association } = this;
    const result = await association.exchange.exclusive(() =>
      association.run(
        (limits) => association.referencing.get(this.#invoke(), descriptor, limits, options.onProgress),
        options.signal,
      ),
    );
    if (result.type === 'data') return result.value;
    throw new DlmsError('service/data-access', { result: result.value, object: label });
  }

  /** Writes one attribute; only those that the class makes writable compile. */
  async set<C extends InterfaceClass, A extends WritableName<C>>(
    cls: C,
    logicalName: Obis,
    attribute: A,
    value: AttributeValue<C, A>,
    options: GetOptions<C, A> = {},
  ): Promise<void> {
    const { schema } = attributeOf(cls, attribute);
    await this.#set(
      target(cls, logicalName, attribute, options.selection),
      encode(schema, value),
      options,
      `${cls.name} ${logicalName} ${attribute}`,
    );
  }
  /** Writes Data to any attribute. */
  async setData(
    descriptor: CosemAttributeDescriptorWithSelection,
    value: Data,
    options: CallOptions = {},
    label: string = labelOf(descriptor),
  ): Promise<void> {
    await this.#set(descriptor, encode(Data, value), options, label);
  }
  /** @param value octets of Data */
  async #set(
    descriptor: CosemAttributeDescriptorWithSelection,
    value: Uint8Array,
    options: CallOptions,
    label: string,
  ): Promise<void> {
    const { association } = this;
    const result = await association.exchange.exclusive(() =>
      association.run(
        (limits) => association.referencing.set(this.#invoke(), descriptor, value, limits),
        options.signal,
      ),
    );
    if (result !== 'success') throw new DlmsError('service/data-access', { result, object: label });
  }

  /** Invokes a method; the type of the parameter and of what comes back are the class's. */
  async action<C extends InterfaceClass, M extends MethodName<C>>(
    cls: C,
    logicalName: Obis,
    method: M,
    parameter: MethodParameter<C, M>,
    options: CallOptions = {},
  ): Promise<MethodResult<C, M>> {
    const { declaration, descriptor } = methodOf(cls, logicalName, method);
    const { returns } = declaration as { returns: Schema<unknown> | undefined };
    const returned = await this.#action(
      descriptor,
      encode(declaration.parameter, parameter),
      { ...options, returns: returns !== undefined },
      `${cls.name} ${logicalName} ${method}`,
    );
    return (
      returns === undefined || returned === undefined ? undefined : decode(returns, returned, { lenient: true })
    ) as MethodResult<C, M>;
  }
  /** Invokes a method of a class that is not known here. */
  async actionData(
    classId: number,
    logicalName: Obis,
    methodId: number,
    parameter?: Data,
    options: ActionOptions = {},
    label = `class ${classId} ${logicalName} method ${methodId}`,
  ): Promise<Data | undefined> {
    const returned = await this.#action(
      { classId, instanceId: logicalName, methodId },
      parameter === undefined ? undefined : encode(Data, parameter),
      options,
      label,
    );
    return returned === undefined ? undefined : decode(Data, returned, { lenient: true });
  }
  /** Parameter and return data are octets of Data. */
  async #action(
    method: CosemMethodDescriptor,
    parameter: Uint8Array | undefined,
    options: ActionOptions,
    label: string,
  ): Promise<Uint8Array | undefined> {
    const { association } = this;
    const response = await association.exchange.exclusive(() =>
      association.run(
        (limits) => association.referencing.action(this.#invoke(), method, parameter, limits, options.returns ?? false),
        options.signal,
      ),
    );
    if (response.result !== 'success')
      throw new DlmsError('service/action', { result: response.result, object: label });
    if (response.returnParameters === undefined) return undefined;
    if (response.returnParameters.type === 'data') return response.returnParameters.value;
    throw new DlmsError('service/data-access', { result: response.returnParameters.value, object: label });
  }

  /** A handle that remembers class and logical name. */
  object<C extends InterfaceClass>(cls: C, logicalName: Obis): ObjectHandle<C> {
    return new ObjectHandle(this, cls, logicalName);
  }

  /** Several attributes of any objects: in one request when the meter supports lists, else one after the other. @throws DlmsError for the first that fails */
  async getMany(targets: readonly GetTarget[], options: CallOptions = {}): Promise<unknown[]> {
    return (await this.getEach(targets, options)).map((r) => {
      if (r.error !== undefined) throw r.error;
      return r.value;
    });
  }
  /** As {@link Client.getMany}, but each attribute with its value or its own error: a refusal of one does not hide the others. */
  async getEach(targets: readonly GetTarget[], options: CallOptions = {}): Promise<GetOutcome[]> {
    if (targets.length > 1 && this.association.conformance.includes('multiple-references')) {
      const list = await outcome(async () => this.#getList(targets, options));
      const answered = list.error === undefined ? (list.value as GetOutcome[]) : undefined;
      if (answered?.every((r) => blockFault(r.error)) === false) return answered;
      // Some meters negotiate lists and answer them wrongly, or not when they are long: then one after the other.
      if (
        list.error !== undefined &&
        !list.error.code.startsWith('service/') &&
        !list.error.code.startsWith('decode/') &&
        list.error.code !== 'protocol/unexpected-apdu'
      )
        throw list.error;
    }
    const results: GetOutcome[] = [];
    for (const t of targets) {
      const result = await outcome(async () =>
        decode(t.schema, await this.getEncoded(t.descriptor, options, t.label), { lenient: true }),
      );
      if (result.error !== undefined && /^(transport|association|security|protocol)\//.test(result.error.code))
        throw result.error;
      results.push(result);
    }
    return results;
  }
  async #getList(targets: readonly GetTarget[], options: CallOptions): Promise<GetOutcome[]> {
    const { association } = this;
    const results: GetOutcome[] = [];
    // Meters with small buffers refuse long lists.
    for (let from = 0; from < targets.length; from += listLength) {
      const part = targets.slice(from, from + listLength);
      const received = await association.exchange.exclusive(() =>
        association.run(
          (limits) =>
            association.referencing.getList(
              this.#invoke(),
              part.map((t) => t.descriptor),
              limits,
            ),
          options.signal,
        ),
      );
      for (const [i, r] of received.entries()) {
        const { schema, label } = part[i] as GetTarget;
        results.push(
          await outcome(async () => {
            if (r.type !== 'data') throw new DlmsError('service/data-access', { result: r.value, object: label });
            return decode(schema, r.value, { lenient: true });
          }),
        );
      }
    }
    return results;
  }

  /**
   * GET, SET and ACTION of any objects in one exchange (ACCESS), carried out in the order given; each with its own result. As many items go into one request as
   * the meter takes.
   *
   * @example
   * const [time, done] = await client.access([
   *   accessGet(Clock, '0-0:1.0.0*255', 'time'),
   *   accessAction(DisconnectControl, '0-0:96.3.10*255', 'remoteReconnect', 0),
   * ]);
   * if (time.error === undefined) console.log(time.value);
   * @throws DlmsError `service/unsupported` when the association has no ACCESS, `service/exception`, `transport/…`
   */
  async access<const T extends readonly AccessCall<unknown>[]>(
    calls: T,
    options: AccessOptions = {},
  ): Promise<AccessOutcomes<T>> {
    const { association } = this;
    const { access } = association.referencing;
    if (access === undefined || !association.conformance.includes('access'))
      throw new DlmsError('service/unsupported', { what: 'ACCESS, which this association does not have' });
    const results = await association.exchange.exclusive(() =>
      association.run(
        (limits) =>
          access(
            {
              ...this.#invoke(),
              selfDescriptive: false,
              processingOption: options.onError === 'stop' ? 'break-on-error' : 'continue',
            },
            calls.map((call) => call.item),
            limits,
          ),
        options.signal,
      ),
    );
    return calls.map((call, i) => accessOutcome(call, results[i])) as AccessOutcomes<T>;
  }

  #invoke(): InvokeIdAndPriority {
    const { exchange, conformance } = this.association;
    return {
      invokeId: exchange.invokeIds.next(),
      serviceClass: 'confirmed',
      priority: conformance.includes('priority-mgmt-supported') ? 'high' : 'normal',
    };
  }
}

/** One object of the meter: `const [value, scale] = await client.object(Register, '1-0:1.8.0*255').get('value', 'scalerUnit')`. */
export class ObjectHandle<C extends InterfaceClass> {
  readonly client: Client;
  readonly definition: C;
  readonly logicalName: Obis;
  constructor(client: Client, definition: C, logicalName: Obis) {
    this.client = client;
    this.definition = definition;
    this.logicalName = logicalName;
  }
  /** Reads the attributes, in one request when the meter supports lists. */
  async get<const A extends readonly AttributeName<C>[]>(
    ...attributes: A
  ): Promise<{ -readonly [I in keyof A]: AttributeValue<C, A[I]> }> {
    const { definition, logicalName } = this;
    const values = await this.client.getMany(
      attributes.map((name) => ({
        descriptor: target(definition, logicalName, name),
        schema: attributeOf(definition, name).schema,
        label: `${definition.name} ${logicalName} ${name}`,
      })),
    );
    return values as { -readonly [I in keyof A]: AttributeValue<C, A[I]> };
  }
  /** Writes an attribute; see {@link Client.set}. */
  set<A extends WritableName<C>>(attribute: A, value: AttributeValue<C, A>): Promise<void> {
    return this.client.set(this.definition, this.logicalName, attribute, value);
  }
  /** Invokes a method; see {@link Client.action}. */
  call<M extends MethodName<C>>(method: M, parameter: MethodParameter<C, M>): Promise<MethodResult<C, M>> {
    return this.client.action(this.definition, this.logicalName, method, parameter);
  }
}

/** Attributes in one request. */
const listLength = 16;
/** A response that failed as a whole, not for one of its attributes. */
const blockFault = (e: DlmsError | undefined): boolean =>
  isDlmsError(e, 'service/data-access') &&
  ['data-block-number-invalid', 'data-block-unavailable', 'long-get-aborted'].includes(String(e.context.result));
async function outcome(work: () => Promise<unknown>): Promise<GetOutcome> {
  try {
    return { value: await work() };
  } catch (error) {
    if (isDlmsError(error)) return { error };
    throw error;
  }
}
const labelOf = ({ cosemAttributeDescriptor: d }: CosemAttributeDescriptorWithSelection): string =>
  `class ${d.classId} ${d.instanceId} attribute ${d.attributeId}`;
