import { Data } from '../axdr/data.js';
import { decode, encode, type Schema } from '../axdr/schema.js';
import { DlmsError } from '../core/errors.js';
import type {
  Attribute,
  AttributeName,
  InterfaceClass,
  MethodName,
  ReadValue,
  Selection,
  Selector,
} from '../cosem/interface-class.js';
import type { Obis } from '../cosem/obis.js';
import type { CosemAttributeDescriptorWithSelection, CosemMethodDescriptor } from '../xdlms/common.js';

/** The declaration of an attribute. @throws DlmsError `service/unsupported` for a name that the class does not have */
export function attributeOf(cls: InterfaceClass, attribute: string): Attribute {
  const declaration = Object.hasOwn(cls.attributes, attribute) ? cls.attributes[attribute] : undefined;
  if (declaration === undefined)
    throw new DlmsError('service/unsupported', { what: `attribute ${attribute} of ${cls.name}` });
  return declaration;
}
/** The descriptor of an attribute, by its name in the class, with the selection encoded as Data. */
export function target<C extends InterfaceClass, A extends AttributeName<C>>(
  cls: C,
  logicalName: Obis,
  attribute: A,
  selection?: Selection<C, A>,
): CosemAttributeDescriptorWithSelection {
  const declaration = attributeOf(cls, attribute);
  const cosemAttributeDescriptor = { classId: cls.classId, instanceId: logicalName, attributeId: declaration.index };
  if (selection === undefined) return { cosemAttributeDescriptor };
  const selector = selectorOf(cls, attribute, selection);
  const { parameters } = selection as { parameters: unknown };
  return {
    cosemAttributeDescriptor,
    accessSelection: {
      accessSelector: selector.selector,
      accessParameters: decode(Data, encode(selector.parameters, parameters)),
    },
  };
}
/** The type of the answer for an attribute: its own, or that of the selection if the class says so. */
export function schemaOf<C extends InterfaceClass, A extends AttributeName<C>, S extends Selection<C, A> | undefined>(
  cls: C,
  attribute: A,
  selection: S,
): Schema<ReadValue<C, A, S>> {
  const own: Schema<unknown> = attributeOf(cls, attribute).schema;
  const answered = selection === undefined ? own : (selectorOf(cls, attribute, selection).returns ?? own);
  return answered as Schema<ReadValue<C, A, S>>;
}
function selectorOf(cls: InterfaceClass, attribute: string, selection: unknown): Selector {
  const { by } = selection as { by: string };
  const { selective } = attributeOf(cls, attribute);
  const selector = Object.hasOwn(selective, by) ? selective[by] : undefined;
  if (selector === undefined)
    throw new DlmsError('service/unsupported', { what: `selection by ${by} of ${cls.name} ${attribute}` });
  return selector;
}
/**
 * The declaration of a method, and its descriptor.
 * @throws DlmsError `service/unsupported` for a name that the class does not have
 */
export function methodOf<C extends InterfaceClass, M extends MethodName<C>>(
  cls: C,
  logicalName: Obis,
  method: M,
): { declaration: NonNullable<C['methods'][M]>; descriptor: CosemMethodDescriptor } {
  const declaration = (Object.hasOwn(cls.methods, method) ? cls.methods[method] : undefined) as C['methods'][M];
  if (declaration === undefined)
    throw new DlmsError('service/unsupported', { what: `method ${method} of ${cls.name}` });
  return { declaration, descriptor: { classId: cls.classId, instanceId: logicalName, methodId: declaration.index } };
}
