import { type Alternative, decode, encode, isFieldsSchema, type Schema } from '../axdr/schema.js';
import { type Leaf, type Shape, unnested } from '../axdr/shape.js';
import { apduFacts } from '../core/apdu-facts.js';
import { equalBytes } from '../core/bytes.js';
import { type DecodeOptions, Writer } from '../core/cursor.js';
import { formatHex } from '../core/hex.js';
import { Apdu } from '../xdlms/apdu.js';
import { kept } from './kept.js';
import { identifier } from './names.js';
import { forms, innerApdu, itemNames, namespace, nestedFields } from './xml-hints.js';

/** How XML is written. */
export interface XmlOptions extends DecodeOptions {
  /** Blanks per level; 0 puts everything on one line. Default 2. */
  readonly indent?: number;
  /** Prefix of the namespace; empty for a default namespace. Default `x`. */
  readonly prefix?: string;
}

/**
 * One APDU in the COSEMpdu XML form of the DLMS UA: every element named by its ASN.1 identifier, no attributes.
 *
 * Where that form has no place for what was sent (a true of FF, a length longer than needed, characters that XML cannot hold), the octets
 * stand in front as a processing instruction `<?dlms-octets …?>`, which {@link apduFromXml} honours: octets to XML and back is the identity
 * for every APDU that can be decoded.
 * @throws DlmsError `decode/…` when the octets are no APDU.
 */
export function apduToXml(bytes: Uint8Array, options: XmlOptions = {}): string {
  const value = decode(Apdu, bytes, options);
  const { prefix = 'x', indent = 2 } = options;
  const w = new XmlWriter(prefix === '' ? '' : `${prefix}:`, indent);
  const root = `${w.prefix}${['aarq', 'aare', 'rlrq', 'rlre'].includes(value.type) ? 'aCSE-APDU' : 'xDLMS-APDU'}`;
  w.depth = 1;
  alternativeOf(Apdu)(w, value);
  const exact = !w.lossy && sameOctets(value, bytes);
  const instruction = exact ? '' : `${w.line(1)}<?dlms-octets ${formatHex(bytes)}?>`;
  return `<${root} xmlns${prefix === '' ? '' : `:${prefix}`}="${namespace}">${instruction}${w.text}${w.line(0)}</${root}>`;
}
function sameOctets(value: Apdu, bytes: Uint8Array): boolean {
  try {
    return equalBytes(encode(Apdu, value), bytes);
  } catch {
    // A value that only lenient decoding accepts.
    return false;
  }
}

/** Makes the text; `lossy` once something had no place in it. */
class XmlWriter {
  readonly prefix: string;
  text = '';
  depth = 0;
  lossy = false;
  readonly #indent: number;
  /** What begins a line, by depth. */
  readonly #lines: string[] = [];
  /** The tag of the element around has no end yet. */
  #unended = false;
  constructor(prefix: string, indent: number) {
    this.prefix = prefix;
    this.#indent = indent;
  }
  line(depth: number): string {
    for (let d = this.#lines.length; d <= depth; d++)
      this.#lines.push(this.#indent === 0 ? '' : `\n${' '.repeat(this.#indent * d)}`);
    return this.#lines[depth] as string;
  }
  /** An element with text that needs no escapes. */
  plain(name: string, text: string): void {
    const begin = this.#inside();
    const tag = this.prefix + name;
    this.text += text === '' ? `${begin}<${tag}/>` : `${begin}<${tag}>${text}</${tag}>`;
  }
  /** An element with any text. */
  any(name: string, text: string): void {
    this.plain(name, this.#escape(text));
  }
  open(name: string): void {
    this.text += `${this.#inside()}<${this.prefix}${name}`;
    this.#unended = true;
    this.depth++;
  }
  close(name: string): void {
    this.depth--;
    this.text += this.#unended ? '/>' : `${this.line(this.depth)}</${this.prefix}${name}>`;
    this.#unended = false;
  }
  /** Where the next element begins. */
  #inside(): string {
    const begin = this.line(this.depth);
    if (!this.#unended) return begin;
    this.#unended = false;
    return `>${begin}`;
  }
  #escape(text: string): string {
    if (!special.test(text)) return text;
    const held = text.replaceAll(unholdable, '?');
    if (held !== text) this.lossy = true;
    return held.replaceAll(/[&<>\r]/g, (c) =>
      c === '&' ? '&amp;' : c === '<' ? '&lt;' : c === '>' ? '&gt;' : '&#13;',
    );
  }
}
const unholdable = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;
const special = /[^\t\n\u0020-%'-;=?-\uD7FF\uE000-\uFFFD]/;

/** Writes one value as an element of that name; nothing for an optional one that is absent. */
// biome-ignore lint/suspicious/noExplicitAny: a value of the schema that this was made of
type Put = (w: XmlWriter, name: string, value: any) => void;
/** Writes what stands inside an element. */
// biome-ignore lint/suspicious/noExplicitAny: a value of the schema that this was made of
type PutInside = (w: XmlWriter, value: any) => void;
// A schema is looked at once; what writes its values is kept, by the place (`Type.field`, the key of the hints).
const puts: WeakMap<Schema<unknown>, Map<string, Put>> = /* @__PURE__ */ new WeakMap();

function putOf(schema: Schema<unknown>, at: string): Put {
  const places = kept(puts, schema, () => new Map<string, Put>());
  return kept(places, at, () => compile(schema, at));
}
function compile(schema: Schema<unknown>, at: string): Put {
  const s = schema.shape;
  switch (s.of) {
    case 'optional':
    case 'default':
    case 'tagged':
    case 'deviating':
      return putOf(s.inner, at);
    case 'nested':
      return (w, name, value) => putOf(s.inner, at)(w, name, value);
    case 'mapped': {
      const put = putOf(s.inner, at);
      return (w, name, value) => put(w, name, s.from(value));
    }
    case 'fields':
      return around(fieldsOf(s.name, s.fields));
    case 'alternatives':
      return around(alternativeOf(schema));
    case 'elements': {
      const { element } = s;
      const item = itemName(element);
      return around((w, value) => {
        const put = putOf(element, '');
        for (const v of value as unknown[]) put(w, item, v);
      });
    }
    default: {
      if (at === innerApdu) return putInnerApdu;
      const form = forms[at];
      if (form !== undefined)
        return (w, name, value) =>
          w.any(
            name,
            form.format(value, s, () => losing(w)),
          );
      return s.of === 'text'
        ? (w, name, value) => w.any(name, leafText(w, s, value))
        : (w, name, value) => w.plain(name, leafText(w, s, value));
    }
  }
}
const around =
  (inside: PutInside): Put =>
  (w, name, value) => {
    w.open(name);
    inside(w, value);
    w.close(name);
  };
const losing = (w: XmlWriter): void => {
  w.lossy = true;
};

/** The fields one after the other. */
function fieldsOf(type: string, fields: Readonly<Record<string, Schema<unknown>>>): PutInside {
  const inside = nestedFields[type];
  const guest = inside === undefined ? undefined : fields[inside.guest];
  const parts = Object.entries(fields)
    .filter(([key]) => key !== inside?.guest)
    .map(([key, field]) => ({ key, name: identifier(key), put: putOf(field, `${type}.${key}`) }));
  const putGuest = guest === undefined ? undefined : putOf(guest, '');
  return (w, value) => {
    for (const { key, name, put } of parts) {
      const v = value[key];
      if (inside !== undefined && key === inside.host && value[inside.guest] !== undefined) {
        if (v !== inside.implies) losing(w);
        w.open(name);
        putGuest?.(w, identifier(inside.guest), value[inside.guest]);
        w.close(name);
      } else if (v !== undefined) put(w, name, v);
    }
  };
}

/** The element of the alternative that was chosen. */
const alternativeOf = (schema: Schema<unknown>): PutInside =>
  kept(choices, schema, () => {
    const byType = new Map<string, PutInside>();
    return (w, value) => kept(byType, (value as { type: string }).type, (type) => chosenOf(schema, type))(w, value);
  });
const choices: WeakMap<Schema<unknown>, PutInside> = /* @__PURE__ */ new WeakMap();
function chosenOf(schema: Schema<unknown>, type: string): PutInside {
  const s = unnested(schema).shape as Extract<Shape, { of: 'alternatives' }>;
  const chosen = (s.alternatives[type] as Alternative<unknown>).schema;
  if (s.selfDescribing === true && chosen.shape.of === 'elements') {
    const put = alternativeOf(chosen.shape.element);
    return (w, value) => {
      w.open(type);
      for (const v of (value as { value: unknown[] }).value) put(w, v);
      w.close(type);
    };
  }
  const put = putOf(chosen, `${s.name}.${type}`);
  return isFieldsSchema(chosen) ? (w, value) => put(w, type, value) : (w, { value }) => put(w, type, value);
}

/** The APDU behind a gateway header as its own element; the octets where that would lose something. */
function putInnerApdu(w: XmlWriter, name: string, payload: Uint8Array): void {
  // A gateway behind a gateway stays octets: no nesting without end.
  if (payload[0] !== apduFacts['gateway-request'].tag && payload[0] !== apduFacts['gateway-response'].tag) {
    const inner = new XmlWriter(w.prefix, 0);
    try {
      const value = decode(Apdu, payload);
      alternativeOf(Apdu)(inner, value);
      if (!inner.lossy && sameOctets(value, payload)) return alternativeOf(Apdu)(w, value);
    } catch {
      // Not an APDU that is known here.
    }
  }
  w.plain(name, formatHex(payload));
}

/** The element around an item: the name of its type. */
export function itemName(schema: Schema<unknown>): string {
  const { shape, kind } = unnested(schema);
  const name = 'name' in shape ? shape.name : kind;
  return itemNames[name] ?? name;
}

// biome-ignore lint/suspicious/noExplicitAny: each leaf says of what type its value is
function leafText(w: XmlWriter, s: Leaf, value: any): string {
  switch (s.of) {
    case 'float': {
      // A NaN has a payload that a number may or may not keep.
      if (Number.isNaN(value)) losing(w);
      const octets = new Writer(8);
      if (s.octets === 4) octets.f32(value);
      else octets.f64(value);
      return formatHex(octets.finish());
    }
    case 'octets':
      return formatHex(value);
    case 'flags':
      return (value as string[]).join(' ');
    case 'boolean':
      // XML knows true and false, meters also send other octets for true.
      if (typeof value === 'number') losing(w);
      return String(value !== false);
    case 'text':
      if (typeof value === 'string') return value;
      losing(w);
      return new TextDecoder('utf-8', { ignoreBOM: true }).decode(value as Uint8Array);
    default:
      return String(value);
  }
}
