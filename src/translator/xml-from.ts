import { float32, float64 } from '../axdr/scalars.js';
import { type Alternative, encode, invalid, isFieldsSchema, type Schema } from '../axdr/schema.js';
import { type Leaf, type Shape, unnested } from '../axdr/shape.js';
import { equalBytes } from '../core/bytes.js';
import { Reader } from '../core/cursor.js';
import { DlmsError, isDlmsError } from '../core/errors.js';
import { parseHex } from '../core/hex.js';
import { Apdu } from '../xdlms/apdu.js';
import { kept } from './kept.js';
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
  if (isApdu(root.name)) return readApdu(doc, root);
  if (root.name !== 'xDLMS-APDU' && root.name !== 'aCSE-APDU')
    throw unreadable(doc.text, root.offset, 'xDLMS-APDU or aCSE-APDU', root.name);
  return one(doc, root, readApdu) as Apdu;
}

/** The namespace and the absence of attributes are part of the form. */
function plain(doc: Document, e: XmlElement): void {
  if (e.namespace !== undefined && e.namespace !== namespace)
    throw unreadable(doc.text, e.offset, `the namespace ${namespace}`, e.namespace);
  if (e.attributes.size === 0) return;
  for (const name of e.attributes.keys())
    if (!name.includes(':')) throw unreadable(doc.text, e.offset, 'no attributes', name);
}

/** Errors from below get the place of the element and its name in the path. */
function placed(doc: Document, e: XmlElement, cause: unknown): unknown {
  if (!isDlmsError(cause)) return cause;
  const error =
    cause.code === 'encode/invalid-value' || (cause.code === 'parse/invalid-text' && !('line' in cause.context))
      ? new DlmsError('parse/invalid-text', {
          offset: e.offset,
          expected: (cause.context as { expected: string }).expected,
          actual: (cause.context as { actual: string }).actual,
          ...placeOf(doc.text, e.offset),
        })
      : cause;
  if (error !== cause) error.path = cause.path;
  error.path.unshift(e.name);
  return error;
}
function within<T>(doc: Document, e: XmlElement, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw placed(doc, e, cause);
  }
}

/** Reads a value from the element that holds it. */
type Take = (doc: Document, e: XmlElement) => unknown;
// A schema is looked at once; what reads its values is kept, by the place (`Type.field`, the key of the hints).
const takes: WeakMap<Schema<unknown>, Map<string, Take>> = /* @__PURE__ */ new WeakMap();
const takeOf = (schema: Schema<unknown>, at: string): Take =>
  kept(
    kept(takes, schema, () => new Map<string, Take>()),
    at,
    () => compile(schema, at),
  );

function value(doc: Document, e: XmlElement, take: Take): unknown {
  try {
    plain(doc, e);
    return take(doc, e);
  } catch (cause) {
    throw placed(doc, e, cause);
  }
}

function compile(schema: Schema<unknown>, at: string): Take {
  const s = schema.shape;
  switch (s.of) {
    case 'optional':
    case 'default':
    case 'tagged':
    case 'deviating':
      return takeOf(s.inner, at);
    case 'nested':
      return (doc, e) => takeOf(s.inner, at)(doc, e);
    case 'mapped': {
      const take = takeOf(s.inner, at);
      return (doc, e) => s.to(take(doc, e));
    }
    case 'fields':
      return fieldsOf(s.name, s.fields);
    case 'alternatives': {
      const read = alternativeOf(schema);
      if (!impliedStructure.has(at)) return (doc, e) => one(doc, e, read);
      return (doc, e) => {
        if (e.children.length < 2) return one(doc, e, read);
        blank(doc, e);
        return { type: 'structure', value: e.children.map((c) => read(doc, c)) };
      };
    }
    case 'elements': {
      const { element } = s;
      const wanted = itemName(element);
      return (doc, e) => {
        blank(doc, e);
        return e.children.flatMap((c) => items(doc, c, element, wanted));
      };
    }
    default:
      return leafOf(s, at);
  }
}

/** The children in the order of the fields; only optional ones may be missing. */
function fieldsOf(type: string, fields: Readonly<Record<string, Schema<unknown>>>): Take {
  const inside = nestedFields[type];
  const parts = Object.entries(fields)
    .filter(([key]) => key !== inside?.guest)
    .map(([key, schema]) => ({
      key,
      schema,
      wanted: identifier(key),
      innerApdu: `${type}.${key}` === innerApdu,
      take: takeOf(schema, `${type}.${key}`),
    }));
  const guest =
    inside === undefined ? undefined : fieldsOf('', { [inside.guest]: fields[inside.guest] as Schema<unknown> });
  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: fields in any order, some inside others
  return (doc, e) => {
    blank(doc, e);
    const out: Record<string, unknown> = {};
    let i = 0;
    for (const { key, schema, wanted, innerApdu, take } of parts) {
      const child = e.children[i];
      const name = child === undefined || child.name === wanted ? child?.name : nameOf(child.name, type);
      if (child !== undefined && innerApdu && name !== wanted) {
        out[key] = encode(
          Apdu,
          within(doc, child, () => readApdu(doc, child)),
        );
        i++;
      } else if (child !== undefined && name === wanted) {
        i++;
        if (inside !== undefined && guest !== undefined && key === inside.host && child.children.length > 0) {
          out[key] = inside.implies;
          Object.assign(out, guest(doc, child));
        } else out[key] = value(doc, child, take);
      } else if (schema.shape.of === 'default') out[key] = schema.shape.standard;
      else if (!('optional' in schema))
        throw unreadable(doc.text, child?.offset ?? e.offset, `<${wanted}>`, child?.name ?? `the end of ${e.name}`);
    }
    const extra = e.children[i];
    if (extra !== undefined) throw unreadable(doc.text, extra.offset, `nothing more in ${e.name}`, extra.name);
    return out;
  };
}
/** The name that is meant inside a type. No name of ours is another one's alias in the same type. */
const nameOf = (given: string, type: string): string => {
  const name = lookUp(aliases, given) ?? given;
  return lookUp(localAliases, `${type}.${name}`) ?? name;
};
const lookUp = (table: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

/** The one alternative inside an element. */
function one(doc: Document, e: XmlElement, read: Take): unknown {
  blank(doc, e);
  const [child, second] = e.children;
  if (child === undefined || second !== undefined)
    throw unreadable(doc.text, second?.offset ?? e.offset, `one element in ${e.name}`, second?.name ?? 'none');
  return read(doc, child);
}

/** An element that is named by the alternative it holds. */
const alternativeOf = (schema: Schema<unknown>): Take =>
  kept(choices, schema, () => {
    const byName = new Map<string, Take>();
    return (doc, e) => {
      let take = byName.get(e.name);
      if (take === undefined) {
        take = chosenOf(doc, e, schema);
        byName.set(e.name, take);
      }
      return take(doc, e);
    };
  });
const choices: WeakMap<Schema<unknown>, Take> = /* @__PURE__ */ new WeakMap();
const readApdu = (doc: Document, e: XmlElement): Apdu => alternativeOf(Apdu)(doc, e) as Apdu;
/** For the name of this element, and its aliases: other names are refused, so these are all that are ever kept. */
function chosenOf(doc: Document, e: XmlElement, schema: Schema<unknown>): Take {
  const s = unnested(schema).shape as Extract<Shape, { of: 'alternatives' }>;
  const name = nameOf(e.name, s.name);
  const names = Object.keys(s.alternatives);
  // The name as the schema has it: other texts of the same characters are compared one by one.
  const type = names.find((n) => n === name);
  if (type === undefined)
    throw unreadable(
      doc.text,
      e.offset,
      names.length > 12 ? `an element of ${s.name}` : `one of ${names.join(', ')}`,
      e.name,
    );
  const chosen = (s.alternatives[type] as Alternative<unknown>).schema;
  if (s.selfDescribing === true && chosen.shape.of === 'elements') {
    const read = alternativeOf(chosen.shape.element);
    return (doc, e) =>
      within(doc, e, () => {
        plain(doc, e);
        blank(doc, e);
        return { type, value: e.children.map((c) => read(doc, c)) };
      });
  }
  const take = takeOf(chosen, `${s.name}.${type}`);
  return isFieldsSchema(chosen)
    ? (doc, e) => ({ type, ...(value(doc, e, take) as object) })
    : (doc, e) => ({ type, value: value(doc, e, take) });
}

/** One item of a SEQUENCE OF; some producers leave out the element around it, or put several into one. */
function items(doc: Document, e: XmlElement, schema: Schema<unknown>, wanted: string): unknown[] {
  const { shape } = unnested(schema);
  if (e.name === wanted || e.name.toLowerCase() === wanted.toLowerCase()) {
    if (shape.of === 'alternatives' && severalInOne.has(wanted) && e.children.length > 1)
      return within(doc, e, () => e.children.map((c) => alternativeOf(schema)(doc, c)));
    return [value(doc, e, takeOf(schema, ''))];
  }
  if (shape.of === 'alternatives' && Object.hasOwn(shape.alternatives, nameOf(e.name, shape.name)))
    return [alternativeOf(schema)(doc, e)];
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

function leafOf(s: Leaf, at: string): Take {
  const form = forms[at];
  const known = valueAliases[at] ?? {};
  const blanksCount = form === forms['InformationReportRequest.currentTime'];
  return (doc, e) => {
    const raw = textOf(doc, e);
    const trimmed = raw.trim();
    const text = lookUp(known, trimmed) ?? trimmed;
    return form === undefined ? leafValue(e, s, raw, text) : form.parse(blanksCount ? raw : text, s);
  };
}
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: one case for each kind of leaf
function leafValue(e: XmlElement, s: Leaf, raw: string, text: string): unknown {
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
