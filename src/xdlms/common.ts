import { Data } from '../axdr/data.js';
import {
  boolean,
  enumerated,
  fixedOctets,
  integer8,
  octets,
  unsigned8,
  unsigned16,
  unsigned32,
} from '../axdr/scalars.js';
import { type FieldsSchema, type Infer, invalid, mapped, optional, type Schema, sequence } from '../axdr/schema.js';
import { DlmsError } from '../core/errors.js';
import { type Obis, obisFromBytes, obisToBytes } from '../cosem/obis.js';

// Parts that several services share (Green Book, COSEMpdu ASN.1).

/** One octet: bits 0 to 3 invoke-id, 4 and 5 reserved, 6 service class, 7 priority. */
export interface InvokeIdAndPriority {
  /** 0 to 15; a response repeats that of its request. */
  invokeId: number;
  serviceClass: 'unconfirmed' | 'confirmed';
  priority: 'normal' | 'high';
  /** Bits 4 and 5 as sent, when not zero. */
  reserved?: number;
}
export const InvokeIdAndPriority: Schema<InvokeIdAndPriority> = /* @__PURE__ */ mapped(
  'Invoke-Id-And-Priority',
  unsigned8,
  (b): InvokeIdAndPriority => ({
    invokeId: b & 0x0f,
    serviceClass: b & 0x40 ? 'confirmed' : 'unconfirmed',
    priority: b & 0x80 ? 'high' : 'normal',
    ...(b & 0x30 ? { reserved: b & 0x30 } : {}),
  }),
  (v) =>
    within(v.invokeId, 0x0f) |
    spare(v.reserved, 0x30) |
    bit(v.serviceClass, 'unconfirmed', 'confirmed', 0x40) |
    bit(v.priority, 'normal', 'high', 0x80),
);

/**
 * Four octets: bits 0 to 23 invoke-id, 24 to 27 reserved, 28 self-descriptive, 29 processing option, 30 service class,
 * 31 priority.
 */
export interface LongInvokeIdAndPriority {
  /** 0 to 16 777 215. */
  invokeId: number;
  selfDescriptive: boolean;
  processingOption: 'continue' | 'break-on-error';
  serviceClass: 'unconfirmed' | 'confirmed';
  priority: 'normal' | 'high';
  /** Bits 24 to 27 as sent, when not zero. */
  reserved?: number;
}
export const LongInvokeIdAndPriority: Schema<LongInvokeIdAndPriority> = /* @__PURE__ */ mapped(
  'Long-Invoke-Id-And-Priority',
  unsigned32,
  (b): LongInvokeIdAndPriority => ({
    invokeId: b & 0xffffff,
    selfDescriptive: (b & 0x10000000) !== 0,
    processingOption: b & 0x20000000 ? 'break-on-error' : 'continue',
    serviceClass: b & 0x40000000 ? 'confirmed' : 'unconfirmed',
    priority: b & 0x80000000 ? 'high' : 'normal',
    ...(b & 0x0f000000 ? { reserved: b & 0x0f000000 } : {}),
  }),
  (v) =>
    (within(v.invokeId, 0xffffff) |
      spare(v.reserved, 0x0f000000) |
      bit(v.selfDescriptive, false, true, 0x10000000) |
      bit(v.processingOption, 'continue', 'break-on-error', 0x20000000) |
      bit(v.serviceClass, 'unconfirmed', 'confirmed', 0x40000000) |
      bit(v.priority, 'normal', 'high', 0x80000000)) >>>
    0,
);
function within(n: number, max: number): number {
  if (!Number.isInteger(n) || n < 0 || n > max) throw invalid(`an invoke-id from 0 to ${max}`, n);
  return n;
}
/** Checks that reserved bits, written as received, touch no other bits. */
function spare(bits: number | undefined, mask: number): number {
  if (bits === undefined) return 0;
  if (typeof bits !== 'number' || (bits & mask) !== bits)
    throw invalid(`reserved bits within ${mask.toString(16)}`, bits);
  return bits;
}
function bit<T>(value: T, clear: T, set: T, mask: number): number {
  if (value === clear) return 0;
  if (value !== set) throw invalid(`${String(clear)} or ${String(set)}`, value);
  return mask;
}

/** The logical name of an object: six octets without a tag. */
export const InstanceId: Schema<Obis> = /* @__PURE__ */ mapped(
  'Cosem-Object-Instance-Id',
  /* @__PURE__ */ fixedOctets(6),
  obisFromBytes,
  obisToBytes,
);

const cosemAttributeDescriptor = /* @__PURE__ */ sequence('Cosem-Attribute-Descriptor', {
  classId: unsigned16,
  instanceId: InstanceId,
  /** 0 means all attributes (attribute 0 access); negative indexes are used by manufacturers. */
  attributeId: integer8,
});
/** Class, logical name and index of an attribute. */
export interface CosemAttributeDescriptor extends Infer<typeof cosemAttributeDescriptor> {}
export const CosemAttributeDescriptor: FieldsSchema<CosemAttributeDescriptor> = cosemAttributeDescriptor;

const cosemMethodDescriptor = /* @__PURE__ */ sequence('Cosem-Method-Descriptor', {
  classId: unsigned16,
  instanceId: InstanceId,
  methodId: integer8,
});
/** Class, logical name and index of a method. */
export interface CosemMethodDescriptor extends Infer<typeof cosemMethodDescriptor> {}
export const CosemMethodDescriptor: FieldsSchema<CosemMethodDescriptor> = cosemMethodDescriptor;

const selectiveAccessDescriptor = /* @__PURE__ */ sequence('Selective-Access-Descriptor', {
  /** The kind of selection, as the interface class defines it; Profile generic: 1 range, 2 entry. */
  accessSelector: unsigned8,
  accessParameters: Data,
});
/** A selector and its parameters. */
export interface SelectiveAccessDescriptor extends Infer<typeof selectiveAccessDescriptor> {}
export const SelectiveAccessDescriptor: FieldsSchema<SelectiveAccessDescriptor> = selectiveAccessDescriptor;

const cosemAttributeDescriptorWithSelection = /* @__PURE__ */ sequence('Cosem-Attribute-Descriptor-With-Selection', {
  cosemAttributeDescriptor: CosemAttributeDescriptor,
  accessSelection: optional(SelectiveAccessDescriptor),
});
/** An attribute, and optionally what to select from it. */
export interface CosemAttributeDescriptorWithSelection extends Infer<typeof cosemAttributeDescriptorWithSelection> {}
export const CosemAttributeDescriptorWithSelection: FieldsSchema<CosemAttributeDescriptorWithSelection> =
  cosemAttributeDescriptorWithSelection;

const dataBlockSA = /* @__PURE__ */ sequence('DataBlock-SA', {
  lastBlock: boolean,
  /** Counted from 1. */
  blockNumber: unsigned32,
  /** A slice of the encoded Data (or list of Data with its count). */
  rawData: octets,
});
/** A block of a SET or ACTION: its number and its octets. */
export interface DataBlockSA extends Infer<typeof dataBlockSA> {}
export const DataBlockSA: FieldsSchema<DataBlockSA> = dataBlockSA;

const commonResults = {
  success: 0,
  'hardware-fault': 1,
  'temporary-failure': 2,
  'read-write-denied': 3,
  'object-undefined': 4,
  'object-class-inconsistent': 9,
  'object-unavailable': 11,
  'type-unmatched': 12,
  'scope-of-access-violated': 13,
  'data-block-unavailable': 14,
} as const;
/** Later editions define codes above 19 whose names are not known here: they stay numbers. */
const dataAccessResult = /* @__PURE__ */ enumerated(
  {
    ...commonResults,
    'long-get-aborted': 15,
    'no-long-get-in-progress': 16,
    'long-set-aborted': 17,
    'no-long-set-in-progress': 18,
    'data-block-number-invalid': 19,
    'other-reason': 250,
  },
  'Data-Access-Result',
);
/** The result of reading or writing an attribute (Data-Access-Result): `success`, or why it failed. */
export type DataAccessResult = Infer<typeof dataAccessResult>;
export const DataAccessResult: Schema<DataAccessResult> = dataAccessResult;

const actionResult = /* @__PURE__ */ enumerated(
  { ...commonResults, 'long-action-aborted': 15, 'no-long-action-in-progress': 16, 'other-reason': 250 },
  'Action-Result',
);
/** The result of invoking a method (Action-Result): `success`, or why it failed. */
export type ActionResult = Infer<typeof actionResult>;
export const ActionResult: Schema<ActionResult> = actionResult;

/**
 * The field after the result of a response. Some meters omit it when they refuse (accepted as `truncated-refusal` in
 * lenient mode); a success must be complete.
 * @param instead the value of the omitted field
 */
/* @__NO_SIDE_EFFECTS__ */
export function afterResult<T, S extends Schema<T>>(field: S & Schema<T>, instead: T): S {
  const { shape } = field;
  return {
    ...field,
    shape:
      shape.of === 'optional'
        ? { ...shape, with: (part) => afterResult(optional(part(shape.inner, '')), undefined) }
        : shape,
    read(r) {
      // The octet before is the result.
      if (r.left > 0 || r.bytes[r.offset - 1] === 0) return field.read(r);
      r.tolerate(
        'truncated-refusal',
        new DlmsError('decode/unexpected-end', { offset: r.offset, expected: 'the rest of a refusal' }),
      );
      return instead;
    },
  };
}
