import { invalid } from '../axdr/schema.js';
import type { Leaf } from '../axdr/shape.js';
import { latin1 } from '../core/bytes.js';

// Where the COSEMpdu form is not what the names and types of the definitions give by themselves: all of it, in one place.

export const namespace = 'http://www.dlms.com/COSEMpdu';

/** How one leaf is written and read, by `Type.field`. `lossy` is called when the text does not say everything. */
export interface TextForm {
  format(value: unknown, leaf: Leaf | undefined, lossy: () => void): string;
  parse(text: string, leaf: Leaf | undefined): unknown;
}

/** An OBJECT IDENTIFIER by its last arc: 1 for 2.16.756.5.8.1.1. Another one is written in full, and both are read. */
const lastArc = (stem: string): TextForm => ({
  format: (v: string) => (v.startsWith(stem) && /^\d+$/.test(v.slice(stem.length)) ? v.slice(stem.length) : v),
  parse: (t) => (/^\d{1,10}$/.test(t) ? `${stem}${t}` : t),
});
/** An ENUMERATED by number instead of by name; both are read. */
const byNumber: TextForm = {
  format: (v: string | number, leaf) => String(leaf?.of === 'names' && typeof v === 'string' ? leaf.names[v] : v),
  parse: (t, leaf) => (leaf?.of === 'names' ? named(t, leaf.names) : t),
};
/** GeneralizedTime: the octets are text. */
const textOfOctets: TextForm = {
  format: (v: Uint8Array) => latin1(v),
  parse: (t) => Uint8Array.from(t, (c) => c.charCodeAt(0)),
};
/** A name that the XML form spells differently. */
const respelled = (ours: string, xml: string): TextForm => ({
  format: (v: string | number) => (v === ours ? xml : String(v)),
  parse: (t, leaf) => (t === xml ? ours : leaf?.of === 'names' ? named(t, leaf.names) : t),
});
const context = /* @__PURE__ */ lastArc('2.16.756.5.8.1.');
const mechanism = /* @__PURE__ */ lastArc('2.16.756.5.8.2.');

export const forms: Readonly<Record<string, TextForm>> = {
  'AARQ.applicationContextName': context,
  'AARE.applicationContextName': context,
  'AARQ.mechanismName': mechanism,
  'AARE.mechanismName': mechanism,
  'AARE.result': byNumber,
  'Associate-source-diagnostic.acse-service-user': byNumber,
  'Associate-source-diagnostic.acse-service-provider': byNumber,
  'InformationReportRequest.currentTime': textOfOctets,
  'ServiceError.access': /* @__PURE__ */ respelled('object-access-violated', 'object-access-invalid'),
};

/** The element around one item of a SEQUENCE OF, where it is not the name of the item's type. */
export const itemNames: Readonly<Record<string, string>> = { 'Read-Result': 'CHOICE', 'Write-Result': 'CHOICE' };
/** Several alternatives in one item element are several items. */
export const severalInOne: ReadonlySet<string> = /* @__PURE__ */ new Set(['Variable-Access-Specification']);
/** Several types side by side are a structure of them. */
export const impliedStructure: ReadonlySet<string> = /* @__PURE__ */ new Set(['compact-array.contentsDescription']);
/** A field that stands inside the element of another one and implies its value. */
export const nestedFields: Readonly<
  Record<string, { readonly host: string; readonly guest: string; readonly implies: unknown }>
> = {
  'Exception-Response': { host: 'serviceError', guest: 'invocationCounterError', implies: 'invocation-counter-error' },
};
/** A field whose octets are themselves an APDU, written as its element. */
export const innerApdu = 'Gateway.payload';
/** Numbers that some producers write with the other signedness: both ranges are read. */
export const eitherSign: ReadonlySet<string> = /* @__PURE__ */ new Set([
  'attribute-id',
  'method-id',
  'variable-name',
  'vaa-name',
  'bcd',
  'block-number',
  'long-invoke-id-and-priority',
]);

/** Names of other producers (Gurux, jDLMS): read, never written. */
export const aliases: Readonly<Record<string, string>> = {
  'get-response-with-data-block': 'get-response-with-datablock',
  'set-request-first-data-block': 'set-request-with-first-datablock',
  'set-response-data-block': 'set-response-datablock',
  'set-response-with-last-data-block': 'set-response-last-datablock',
  BlockNumberAccess: 'block-number-access',
  ReadDataBlockAccess: 'read-data-block-access',
  WriteDataBlockAccess: 'write-data-block-access',
  DataBlockResult: 'data-block-result',
  CalledAPTitle: 'called-AP-title',
  CallingAPTitle: 'calling-AP-title',
  RespondingAPTitle: 'responding-AP-title',
  'called-Ae-qualifier': 'called-AE-qualifier',
  'calling-Ae-qualifier': 'calling-AE-qualifier',
  'responding-Ae-qualifier': 'responding-AE-qualifier',
  'glo-initiate-request': 'glo-initiateRequest',
  'glo-read-request': 'glo-readRequest',
  'glo-write-request': 'glo-writeRequest',
  'glo-initiate-response': 'glo-initiateResponse',
  'glo-read-response': 'glo-readResponse',
  'glo-write-response': 'glo-writeResponse',
  'ded-initiate-request': 'ded-initiateRequest',
  'ded-read-request': 'ded-readRequest',
  'ded-write-request': 'ded-writeRequest',
  'ded-initiate-response': 'ded-initiateResponse',
  'ded-read-response': 'ded-readResponse',
  'ded-write-response': 'ded-writeResponse',
  'ded-actionRequest': 'ded-action-request',
  pBlock: 'pblock',
  'long-integer': 'long',
  'integer-delta': 'delta-integer',
  'long-integer-delta': 'delta-long',
  'double-long-integer-delta': 'delta-double-long',
  'unsigned-delta': 'delta-unsigned',
  'long-unsigned-delta': 'delta-long-unsigned',
  'double-long-unsigned-delta': 'delta-double-long-unsigned',
};
/** The same inside one type only, by `Type.name`. */
export const localAliases: Readonly<Record<string, string>> = {
  'Access-Request-Action.cosem-attribute-descriptor': 'cosem-method-descriptor',
  'Cosem-Method-Descriptor.attribute-id': 'method-id',
  'Write-Result.data-access-result': 'data-access-error',
  'Read-Result.data-access-result': 'data-access-error',
};
/** Values of other producers, by `Type.field`. */
export const valueAliases: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'RLRQ.reason': { 'not-finished': 'urgent' },
};

/** An ENUMERATED from its name or its number. */
export function named(text: string, names: Readonly<Record<string, number>>): string | number {
  if (Object.hasOwn(names, text)) return text;
  const code = /^\d{1,3}$/.test(text) ? Number(text) : 256;
  if (code > 255) throw invalid(`one of ${Object.keys(names).join(', ')} or 0 to 255`, text);
  return Object.entries(names).find(([, n]) => n === code)?.[0] ?? code;
}
/** A boolean of XML Schema. */
export function truth(text: string): boolean {
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw invalid('true, false, 1 or 0', text);
}
