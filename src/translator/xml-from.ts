import { float32, float64 } from '../axdr/scalars.js';
import { encode, invalid, type Schema } from '../axdr/schema.js';
import { type Leaf, unnested } from '../axdr/shape.js';
import { equalBytes } from '../core/bytes.js';
import { Reader } from '../core/cursor.js';
import { DlmsError, isDlmsError } from '../core/errors.js';
import { parseHex } from '../core/hex.js';
import { Apdu } from '../xdlms/apdu.js';
import { identifier } from './names.js';
import { apduToXml, itemName } from './xml.js';
import {
  aliases,
  eitherSign,
  forms,
  impliedStructure,
  innerApdu,
  localAliases,
  named,
  namespace,
  nestedFields,
  severalInOne,
  truth,
  valueAliases,
} from './xml-hints.js';
import { parseXml, placeOf, unreadable, type XmlElement, type XmlLimits } from './xml-reader.js';

/**
 * The octets of an APDU in COSEMpdu XML: of `xDLMS-APDU` or `aCSE-APDU`, or of the element of the APDU itself. Elements without a namespace and
 * the names of other producers are read as well. `<?dlms-octets …?>` in front of the APDU gives the octets themselves; they must agree with the elements.
 * @throws DlmsError `parse/invalid-text` with line, column and path.
 */
export function apduFromXml(text: string, limits?: XmlLimits): Uint8Array {
  const root = parseXml(text, limits);
  const doc: Document = { text };
  const bytes = encode(Apdu, apduOf(doc, root));
  const exact = root.instructions.filter((i) => i.target === 'dlms-octets');
  if (exact.length === 0) return bytes;
  if (exact.length > 1) throw unreadable(text, root.offset, 'dlms-octets once', `${exact.length} times`);
  const octets = within(doc, root, () => parseHex((exact[0] as { data: string }).data));
  const rendered = apduToXml(octets, { lenient: true, indent: 0 });
  if (!equalBytes(encode(Apdu, apduOf({ text: rendered }, parseXml(rendered))), bytes))
    throw unreadable(text, root.offset, 'dlms-octets that agree with the elements', 'others');
  return octets;
}

interface Document {
  readonly text: string;
}
const isApdu = (name: string): boolean =>
  Object.hasOwn((Apdu.shape as { alternatives: object }).alternatives, aliases[name] ?? name);

function apduOf(doc: Document, root: XmlElement): Apdu {
  plain(doc, root);
  if (isApdu(root.name)) return alternative(doc, root, Apdu) as Apdu;
  if (root.name !== 'xDLMS-APDU' && root.name !== 'aCSE-APDU')
    throw unreadable(doc.text, root.offset, 'xDLMS-APDU or aCSE-APDU', root.name);
  return one(doc, root, Apdu) as Apdu;
}

/** The namespace and the absence of attributes are part of the form. */
function plain(doc: Document, e: XmlElement): void {
  if (e.namespace !== undefined && e.namespace !== namespace)
    throw unreadable(doc.text, e.offset, `the namespace ${namespace}`, e.namespace);
  for (const name of e.attributes.keys())
    if (!name.includes(':')) throw unreadable(doc.text, e.offset, 'no attributes', name);
}

/** Errors from below get the place of the element and its name in the path. */
function within<T>(doc: Document, e: XmlElement, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!isDlmsError(cause)) throw cause;
    const placed =
      cause.code === 'encode/invalid-value' || (cause.code === 'parse/invalid-text' && !('line' in cause.context))
        ? new DlmsError('parse/invalid-text', {
            offset: e.offset,
            expected: (cause.context as { expected: string }).expected,
            actual: (cause.context as { actual: string }).actual,
            ...placeOf(doc.text, e.offset),
          })
        : cause;
    if (placed !== cause) placed.path = cause.path;
    placed.path.unshift(e.name);
    throw placed;
  }
}

const value = (doc: Document, e: XmlElement, schema: Schema<any>, at: string): unknown =>
  within(doc, e, () => content(doc, e, schema, at));

function content(doc: Document, e: XmlElement, schema: Schema<any>, at: string): unknown {
  plain(doc, e);
  const s = schema.shape;
  switch (s.of) {
    case 'optional':
    case 'default':
    case 'tagged':
    case 'nested':
    case 'deviating':
      return content(doc, e, s.inner, at);
    case 'mapped':
      return s.to(content(doc, e, s.inner, at));
    case 'fields':
      return fields(doc, e, s.name, s.fields);
    case 'alternatives':
      if (impliedStructure.has(at) && e.children.length > 1) {
        blank(doc, e);
        return { type: 'structure', value: e.children.map((c) => alternative(doc, c, schema)) };
      }
      return one(doc, e, schema);
    case 'elements':
      blank(doc, e);
      return e.children.flatMap((c) => items(doc, c, s.element));
    default:
      return leaf(doc, e, s, at);
  }
}

/** The children in the order of the fields; only optional ones may be missing. */
function fields(
  doc: Document,
  e: XmlElement,
  type: string,
  parts: Readonly<Record<string, Schema<any>>>,
): Record<string, unknown> {
  blank(doc, e);
  const out: Record<string, unknown> = {};
  const inside = nestedFields[type];
  let i = 0;
  for (const [key, schema] of Object.entries(parts)) {
    if (key === inside?.guest) continue;
    const child = e.children[i];
    const at = `${type}.${key}`;
    const wanted = identifier(key);
    const name = child === undefined ? undefined : nameOf(child, type);
    if (child !== undefined && at === innerApdu && name !== wanted) {
      out[key] = encode(Apdu, within(doc, child, () => alternative(doc, child, Apdu)) as Apdu);
      i++;
    } else if (child !== undefined && name === wanted) {
      i++;
      if (inside !== undefined && key === inside.host && child.children.length > 0) {
        out[key] = inside.implies;
        out[inside.guest] = fields(doc, child, '', { [inside.guest]: parts[inside.guest] as Schema<any> })[
          inside.guest
        ];
      } else out[key] = value(doc, child, schema, at);
    } else if (schema.shape.of === 'default') out[key] = schema.shape.standard;
    else if (!('optional' in schema))
      throw unreadable(doc.text, child?.offset ?? e.offset, `<${wanted}>`, child?.name ?? `the end of ${e.name}`);
  }
  const extra = e.children[i];
  if (extra !== undefined) throw unreadable(doc.text, extra.offset, `nothing more in ${e.name}`, extra.name);
  return out;
}
const nameOf = (e: XmlElement, type: string): string => {
  const name = lookUp(aliases, e.name) ?? e.name;
  return lookUp(localAliases, `${type}.${name}`) ?? name;
};
const lookUp = (table: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

/** The one alternative inside an element. */
function one(doc: Document, e: XmlElement, schema: Schema<any>): unknown {
  blank(doc, e);
  const [child, second] = e.children;
  if (child === undefined || second !== undefined)
    throw unreadable(doc.text, second?.offset ?? e.offset, `one element in ${e.name}`, second?.name ?? 'none');
  return alternative(doc, child, schema);
}

/** An element that is named by the alternative it holds. */
function alternative(doc: Document, e: XmlElement, schema: Schema<any>): unknown {
  const s = unnested(schema).shape;
  if (s.of !== 'alternatives') return undefined;
  const type = nameOf(e, s.name);
  const chosen: Schema<any> | undefined = Object.hasOwn(s.alternatives, type)
    ? s.alternatives[type]?.schema
    : undefined;
  if (chosen === undefined) {
    const names = Object.keys(s.alternatives);
    throw unreadable(
      doc.text,
      e.offset,
      names.length > 12 ? `an element of ${s.name}` : `one of ${names.join(', ')}`,
      e.name,
    );
  }
  if (s.selfDescribing === true && chosen.shape.of === 'elements') {
    const { element } = chosen.shape;
    return within(doc, e, () => {
      plain(doc, e);
      blank(doc, e);
      return { type, value: e.children.map((c) => alternative(doc, c, element)) };
    });
  }
  const inner = value(doc, e, chosen, `${s.name}.${type}`);
  return 'fill' in chosen ? { type, ...(inner as object) } : { type, value: inner };
}

/** One item of a SEQUENCE OF; some producers leave out the element around it, or put several into one. */
function items(doc: Document, e: XmlElement, schema: Schema<any>): unknown[] {
  const wanted = itemName(schema);
  const { shape } = unnested(schema);
  if (e.name.toLowerCase() === wanted.toLowerCase()) {
    if (shape.of === 'alternatives' && severalInOne.has(wanted) && e.children.length > 1)
      return within(doc, e, () => e.children.map((c) => alternative(doc, c, schema)));
    return [value(doc, e, schema, '')];
  }
  if (shape.of === 'alternatives' && Object.hasOwn(shape.alternatives, nameOf(e, shape.name)))
    return [alternative(doc, e, schema)];
  throw unreadable(doc.text, e.offset, `<${wanted}>`, e.name);
}

function blank(doc: Document, e: XmlElement): void {
  if (e.text.trim() !== '') throw unreadable(doc.text, e.offset, `no text in ${e.name}`, e.text.trim());
}
function textOf(doc: Document, e: XmlElement): string {
  const child = e.children[0];
  if (child !== undefined) throw unreadable(doc.text, child.offset, `text in ${e.name}`, child.name);
  return e.text;
}

function leaf(doc: Document, e: XmlElement, s: Leaf, at: string): unknown {
  const raw = textOf(doc, e);
  const text = lookUp(valueAliases[at] ?? {}, raw.trim()) ?? raw.trim();
  const form = forms[at];
  if (form !== undefined) return form.parse(form === forms['InformationReportRequest.currentTime'] ? raw : text, s);
  switch (s.of) {
    case 'integer': {
      const n = /^[+-]?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
      const range = s.max - s.min + 1;
      const v = !eitherSign.has(e.name)
        ? n
        : s.min < 0 && n > s.max && n < range
          ? n - range
          : s.min === 0 && n < 0 && n >= -range / 2
            ? n + range
            : n;
      if (!(v >= s.min && v <= s.max)) throw invalid(`a number from ${s.min} to ${s.max}`, text);
      return v + 0;
    }
    case 'bigint': {
      if (!/^[+-]?\d{1,20}$/.test(text)) throw invalid('a number', text);
      const v = BigInt(text.replace(/^\+/, ''));
      if (v < s.min || v > s.max) throw invalid(`a number from ${s.min} to ${s.max}`, text);
      return v;
    }
    case 'boolean':
      return truth(text);
    case 'float': {
      const bytes = parseHex(text);
      if (bytes.length !== s.octets) throw invalid(`${s.octets} octets in hexadecimal digits`, text);
      const r = new Reader(bytes);
      return s.octets === 4 ? float32.read(r) : float64.read(r);
    }
    case 'octets': {
      const bytes = parseHex(text);
      if (s.size !== undefined && bytes.length !== s.size)
        throw invalid(`${s.size} octets in hexadecimal digits`, text);
      return bytes;
    }
    case 'text':
      if (s.encoding === 'latin1')
        for (let i = 0; i < raw.length; i++)
          if (raw.charCodeAt(i) > 0xff) throw invalid('characters from U+0000 to U+00FF', raw[i]);
      return raw;
    case 'bits':
      if (!/^[01]*$/.test(text) || (s.size !== undefined && text.length !== s.size))
        throw invalid(`${s.size ?? 'any number of'} binary digits`, text);
      return text;
    case 'flags': {
      const set = new Set(
        text
          .split(/\s+/)
          .filter((t) => t !== '')
          .map((t) => t.toLowerCase()),
      );
      const found = s.names.filter((n) => set.delete(n.toLowerCase()));
      if (set.size > 0) throw invalid(`names of ${s.names.join(', ')}`, [...set][0]);
      return found;
    }
    case 'names':
      return named(text, s.names);
  }
}
