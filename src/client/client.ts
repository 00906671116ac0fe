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

/** Options of one call. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Called with the octets received so far of a value that arrives in blocks. */
  readonly onProgress?: (octets: number) => void;
}
/** Options of {@link Client.actionData}. */
export interface ActionOptions extends CallOptions {
  /**
   * Whether the method has return data. Only needed with short names, where it determines the service; `action` knows
   * it from the class.
   */
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

/** One attribute to read, the type to decode it with, and its name in errors. */
export interface GetTarget {
  readonly descriptor: CosemAttributeDescriptorWithSelection;
  readonly schema: Schema<unknown>;
  readonly label: string;
}
/** The outcome for one attribute of a list: its value, or why there is none. */
export type GetOutcome =
  | { readonly value: unknown; readonly error?: undefined }
  | { readonly value?: undefined; readonly error: DlmsError };

/**
 * A client (head-end) with one association. Calls may be made at any time; they run one after the other.
 *
 * After a timeout or another error in the middle of a call, its answer may still come, and must not be mistaken for
 * that of the next call. With logical names, it is recognised by its invoke-id, which is not used again in this
 * association; after more than eight such calls the association ends. With short names, and with general block
 * transfer, nothing tells answers apart, so the association ends at once. It also ends with the connection. From then
 * on, every call fails with `association/not-open`, whose `reason` says why; `connect()` opens it again if the channel
 * can be reopened.
 *
 * @example
 * const client = new Client(wrapperChannel(await connectTcp({ host, port: 4059 }), { clientSap: 1, serverSap: 1 }), {
 *   authentication: { mechanism: 'hls-gmac' },
 *   security, // from here on, what goes over the wire is ciphered
 * });
 * await client.connect();
 * const energy = await client.get(Register, '1-0:1.8.0*255', 'value');
 * await client.close();
 */
export class Client {
  readonly association: ClientAssociation;

  /**
   * @throws DlmsError `configuration/…` for options that lack a key, contradict each other, or would send in clear
   *   without saying so: see `ClientOptions.ciphering`
   */
  constructor(channel: ApduChannel, options: ClientOptions = {}) {
    this.association = new ClientAssociation(channel, options);
  }

  /** How attributes are named on the wire: by logical names, or by short names (see `shortNames`). */
  get referencing(): 'LN' | 'SN' {
    return this.association.referencing.kind;
  }
  /**
   * Opens the channel and the association, including HLS. If that fails, the channel is closed again: if its transport
   * cannot be opened twice (a socket), the next attempt needs a new one, and a new client.
   * @param signal ends the attempt at any point, with `transport/aborted`
   * @throws DlmsError `association/rejected`, `association/authentication-failed`, `security/…`, `transport/…`
   */
  connect(signal?: AbortSignal): Promise<void> {
    return this.association.open(signal);
  }
  /**
   * Releases the association and closes the channel; does not throw if the meter is already gone. Calls in progress
   * have 5 seconds to finish; then they fail with `transport/closed` or `transport/aborted`, and those waiting behind
   * them with `association/not-open`.
   */
  close(): Promise<void> {
    return this.association.close();
  }

  /**
   * Reads one attribute, decoded by its class.
   * @throws DlmsError `service/data-access` when the meter refuses, `decode/…` when the value is not of that type
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
  /** Reads an attribute of any class as Data. */
  async getData(classId: number, logicalName: Obis, attributeId: number, options: CallOptions = {}): Promise<Data> {
    const octets = await this.getEncoded(
      { cosemAttributeDescriptor: { classId, instanceId: logicalName, attributeId } },
      options,
    );
    return decode(Data, octets, { lenient: true });
  }
  /**
   * Reads the octets of Data as the meter sent them, with blocks assembled: for decoding profiles by columns, and for
   * storage.
   */
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

  /** Writes one attribute; only those that the class declares writable compile. */
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

  /**
   * Invokes a method; the types of parameter and return data come from the class.
   * @throws DlmsError `service/action` when the meter refuses; `decode/…` when it carried the method out, but returned
   *   nothing where the class declares return data, or something of another type
   */
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
    if (returns === undefined) return undefined as MethodResult<C, M>;
    if (returned === undefined)
      throw new DlmsError('decode/invalid-value', {
        offset: 0,
        expected: `return data of ${cls.name} ${logicalName} ${method}`,
        actual: 'success without any',
      });
    return decode(returns, returned, { lenient: true }) as MethodResult<C, M>;
  }
  /** Invokes a method of any class with Data. */
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

  /** A handle for one object, which remembers class and logical name. */
  object<C extends InterfaceClass>(cls: C, logicalName: Obis): ObjectHandle<C> {
    return new ObjectHandle(this, cls, logicalName);
  }

  /**
   * Reads several attributes of any objects: in one request if the meter supports lists, otherwise one after the other.
   * @throws DlmsError for the first that fails
   */
  async getMany(targets: readonly GetTarget[], options: CallOptions = {}): Promise<unknown[]> {
    return (await this.getEach(targets, options)).map((r) => {
      if (r.error !== undefined) throw r.error;
      return r.value;
    });
  }
  /**
   * Like {@link Client.getMany}, but with a value or an error for each attribute, so that a refusal of one does not
   * hide the others.
   */
  async getEach(targets: readonly GetTarget[], options: CallOptions = {}): Promise<GetOutcome[]> {
    if (targets.length > 1 && this.association.conformance.includes('multiple-references')) {
      const list = await outcome(async () => this.#getList(targets, options));
      const answered = list.error === undefined ? (list.value as GetOutcome[]) : undefined;
      if (answered?.every((r) => blockFault(r.error)) === false) return answered;
      // Some meters negotiate lists, but answer them wrongly, or not if they are long: then read one after the other.
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
   * GET, SET and ACTION of any objects in one exchange (ACCESS), carried out in the order given, each with its own
   * result. Each request has as many items as the meter accepts.
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

/**
 * One object of the meter: `const [value, scale] = await client.object(Register, '1-0:1.8.0*255').get('value',
 * 'scalerUnit')`.
 */
export class ObjectHandle<C extends InterfaceClass> {
  readonly client: Client;
  readonly definition: C;
  readonly logicalName: Obis;
  constructor(client: Client, definition: C, logicalName: Obis) {
    this.client = client;
    this.definition = definition;
    this.logicalName = logicalName;
  }
  /** Reads attributes, in one request if the meter supports lists. */
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

/** Maximum number of attributes in one request. */
const listLength = 16;
/** Whether an error is about the response as a whole, not about one of its attributes. */
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
