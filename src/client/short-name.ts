import { Data, octetString } from '../axdr/data.js';
import { encodedNull } from '../axdr/encoded-data.js';
import { encode } from '../axdr/schema.js';
import { DlmsError } from '../core/errors.js';
import type { Obis } from '../cosem/obis.js';
import { associationSnBase, attributeShortName, type MethodOffset, methodOffset } from '../cosem/short-names.js';
import type { Conversation } from '../session/conversation.js';
import type { ServiceLimits } from '../session/limits.js';
import { readNames, shortNameConformance, writeNames, writeThenRead } from '../session/short-name.js';
import type { ActionResponseWithOptionalData } from '../xdlms/action.js';
import type { CosemAttributeDescriptorWithSelection, CosemMethodDescriptor } from '../xdlms/common.js';
import type { GetDataResult } from '../xdlms/get-data-result.js';
import type { ConformanceBit } from '../xdlms/initiate.js';
import type { VariableAccessSpecification } from '../xdlms/short-name.js';
import { type ListedObject, readShortNameList } from './object-list.js';
import type { Referencing } from './referencing.js';

/** Options of {@link shortNames}. */
export interface ShortNameOptions {
  /**
   * The object list, if already known (for example `browser.objects`, stored). Default: it is read when the first
   * object other than the association is accessed.
   */
  readonly objects?: readonly ListedObject[];
  /** Offsets of methods that this library does not know, or that differ in this meter. */
  readonly methodOffset?: MethodOffset;
  /**
   * How the reply to the server's challenge goes to reply_to_HLS_authentication (FA58). `read` (default): a READ with
   * the reply as parameter. `write`: a WRITE, answered by a ReadResponse, as the Gurux family does on both sides.
   */
  readonly replyToHls?: 'read' | 'write';
}

/**
 * Short name referencing for a client: `new Client(channel, { referencing: shortNames() })`. Objects are named as
 * usual, by class and logical name; their base names come from the object list of the association (attribute 2 of
 * FA00).
 *
 * A late response to an abandoned request cannot be told from the next one, because there is no invoke-id: after a
 * timeout, connect again.
 * @throws DlmsError `service/unsupported` for a method with an unknown offset, and for selective access that the meter
 *   does not support
 */
export function shortNames(options: ShortNameOptions = {}): Referencing {
  return new ShortNames(options);
}

/** The one object known without a list. */
const current: ListedObject = {
  classId: 12,
  version: 2,
  logicalName: '0-0:40.0.0*255',
  baseName: associationSnBase,
  attributes: undefined,
  methods: undefined,
};

class ShortNames implements Referencing {
  readonly kind = 'SN';
  /** FA00. */
  readonly vaaName: number = -1536;
  readonly conformance: readonly ConformanceBit[] = shortNameConformance;
  readonly #options: ShortNameOptions;
  #objects: readonly ListedObject[] | undefined;
  #agreed: readonly ConformanceBit[] = [];
  constructor(options: ShortNameOptions) {
    this.#options = options;
    this.#objects = options.objects;
  }
  opened(conformance: readonly ConformanceBit[]): void {
    this.#agreed = conformance;
  }

  *get(
    _invoke: unknown,
    target: CosemAttributeDescriptorWithSelection,
    limits: ServiceLimits,
    onProgress?: (octets: number) => void,
  ): Conversation<GetDataResult<Uint8Array>> {
    const [result] = yield* readNames([yield* this.#attribute(target, limits)], limits, onProgress);
    return result as GetDataResult<Uint8Array>;
  }
  *getList(
    _invoke: unknown,
    targets: readonly CosemAttributeDescriptorWithSelection[],
    limits: ServiceLimits,
  ): Conversation<GetDataResult<Uint8Array>[]> {
    const names: VariableAccessSpecification<Uint8Array>[] = [];
    for (const target of targets) names.push(yield* this.#attribute(target, limits));
    return yield* readNames(names, limits);
  }
  *set(
    _invoke: unknown,
    target: CosemAttributeDescriptorWithSelection,
    value: Uint8Array,
    limits: ServiceLimits,
  ): ReturnType<Referencing['set']> {
    const [result] = yield* writeNames([yield* this.#attribute(target, limits)], [value], limits);
    return result ?? 'other-reason';
  }
  /**
   * A method without return data is a WRITE to its name; one with return data is a READ with the parameter
   * (parameterized access, selector 0).
   */
  *action(
    _invoke: unknown,
    { classId, instanceId, methodId }: CosemMethodDescriptor,
    parameters: Uint8Array | undefined,
    limits: ServiceLimits,
    returns = false,
  ): Conversation<ActionResponseWithOptionalData<Uint8Array>> {
    const object = yield* this.#object(classId, instanceId, limits);
    const variableName = this.#method(object, methodId);
    const parameter = parameters ?? encodedNull;
    if (!returns) {
      const [result] = yield* writeNames([{ type: 'variable-name', value: variableName }], [parameter], limits);
      return { result: (result ?? 'other-reason') as ActionResponseWithOptionalData['result'] };
    }
    return yield* this.#invoke(variableName, parameter, limits);
  }
  *replyToHls(
    _invoke: unknown,
    reply: Uint8Array,
    limits: ServiceLimits,
  ): Conversation<ActionResponseWithOptionalData<Uint8Array>> {
    const name = this.#method(current, 8);
    const parameter = encode(octetString, reply);
    return yield* this.#options.replyToHls === 'write'
      ? returned(writeThenRead({ type: 'variable-name', value: name }, parameter))
      : this.#invoke(name, parameter, limits);
  }
  *#invoke(
    variableName: number,
    parameter: Uint8Array,
    limits: ServiceLimits,
  ): Conversation<ActionResponseWithOptionalData<Uint8Array>> {
    return yield* returned(readNames([{ type: 'parameterized-access', variableName, selector: 0, parameter }], limits));
  }

  *#attribute(
    target: CosemAttributeDescriptorWithSelection,
    limits: ServiceLimits,
  ): Conversation<VariableAccessSpecification<Uint8Array>> {
    const { classId, instanceId, attributeId } = target.cosemAttributeDescriptor;
    const object = yield* this.#object(classId, instanceId, limits);
    if (attributeId < 1) throw new DlmsError('service/unsupported', { what: `attribute ${attributeId} by short name` });
    const variableName = signed(attributeShortName(object.baseName ?? 0, attributeId));
    if (target.accessSelection === undefined) return { type: 'variable-name', value: variableName };
    if (!this.#agreed.includes('parameterized-access'))
      throw new DlmsError('service/unsupported', {
        what: 'selective access (parameterized access) in this association',
      });
    const { accessSelector, accessParameters } = target.accessSelection;
    return {
      type: 'parameterized-access',
      variableName,
      selector: accessSelector,
      parameter: encode(Data, accessParameters),
    };
  }
  #method(object: ListedObject, methodId: number): number {
    const offset =
      this.#options.methodOffset?.(object.classId, object.version, methodId) ??
      methodOffset(object.classId, object.version, methodId);
    if (offset === undefined)
      throw new DlmsError('service/unsupported', {
        what: `method ${methodId} of class ${object.classId} version ${object.version} by short name: its offset is unknown`,
      });
    return signed((object.baseName ?? 0) + offset);
  }
  /** @throws DlmsError `service/data-access` like the answer of a meter with logical names */
  *#object(classId: number, logicalName: Obis, limits: ServiceLimits): Conversation<ListedObject> {
    if (this.#objects === undefined && classId === 12 && logicalName === current.logicalName) return current;
    this.#objects ??= yield* this.#list(limits);
    const named = this.#objects.filter((o) => o.logicalName === logicalName);
    const found = named.find((o) => o.classId === classId);
    if (found !== undefined) return found;
    throw new DlmsError('service/data-access', {
      result: named.length === 0 ? 'object-undefined' : 'object-class-inconsistent',
      object: `class ${classId} ${logicalName} (not in the object list)`,
    });
  }
  *#list(limits: ServiceLimits): Conversation<readonly ListedObject[]> {
    const [result] = yield* readNames(
      [{ type: 'variable-name', value: signed(attributeShortName(associationSnBase, 2)) }],
      limits,
    );
    if (result?.type === 'data') return readShortNameList(result.value).objects;
    throw new DlmsError('service/data-access', {
      result: result?.value ?? 'other-reason',
      object: 'Association SN FA00 object list',
    });
  }
}

/** Turns the result of a READ into that of a method. */
function* returned(
  conversation: Conversation<GetDataResult<Uint8Array>[]>,
): Conversation<ActionResponseWithOptionalData<Uint8Array>> {
  const [result] = yield* conversation;
  if (result?.type !== 'data')
    return { result: (result?.value ?? 'other-reason') as ActionResponseWithOptionalData['result'] };
  return { result: 'success', returnParameters: result };
}
/** An ObjectName is a signed 16-bit number. */
const signed = (name: number): number => ((name & 0xffff) << 16) >> 16;
