import { decode, encode, type Schema } from '../axdr/schema.js';
import { type Leaf, unnested } from '../axdr/shape.js';
import { apduFacts } from '../core/apdu-facts.js';
import { equalBytes } from '../core/bytes.js';
import { type DecodeOptions, Writer } from '../core/cursor.js';
import { formatHex } from '../core/hex.js';
import { Apdu } from '../xdlms/apdu.js';
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
  putAlternative(w, Apdu, value);
  const exact = !w.lossy && sameOctets(value, bytes);
  const instruction = exact ? '' : `${w.line(1)}<?dlms-octets ${formatHex(bytes)}?>`;
  return `<${root} xmlns${prefix === '' ? '' : `:${prefix}`}="${namespace}">${instruction}${w.out.join('')}${w.line(0)}</${root}>`;
}
function sameOctets(value: Apdu, bytes: Uint8Array): boolean {
  try {
    return equalBytes(encode(Apdu, value), bytes);
  } catch {
    // A value that only lenient decoding accepts.
    return false;
  }
}

/** Collects the text; `lossy` once something had no place in it. */
class XmlWriter {
  readonly out: string[] = [];
  readonly prefix: string;
  readonly #indent: number;
  depth = 0;
  lossy = false;
  constructor(prefix: string, indent: number) {
    this.prefix = prefix;
    this.#indent = indent;
  }
  line(depth: number): string {
    return this.#indent === 0 ? '' : `\n${' '.repeat(this.#indent * depth)}`;
  }
  text(name: string, text: string): void {
    const tag = this.prefix + name;
    this.out.push(this.line(this.depth), text === '' ? `<${tag}/>` : `<${tag}>${this.#escape(text)}</${tag}>`);
  }
  element(name: string, inside: () => void): void {
    const tag = this.prefix + name;
    this.out.push(this.line(this.depth), `<${tag}>`);
    const before = this.out.length;
    this.depth++;
    inside();
    this.depth--;
    if (this.out.length === before) this.out[before - 1] = `<${tag}/>`;
    else this.out.push(this.line(this.depth), `</${tag}>`);
  }
  #escape(text: string): string {
    const held = text.replaceAll(unholdable, '?');
    if (held !== text) this.lossy = true;
    return held.replaceAll(/[&<>\r]/g, (c) =>
      c === '&' ? '&amp;' : c === '<' ? '&lt;' : c === '>' ? '&gt;' : '&#13;',
    );
  }
}
const unholdable = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** One element for a value; nothing for an optional one that is absent. `at` is `Type.field`, the key of the hints. */
function put(w: XmlWriter, name: string, schema: Schema<any>, value: any, at: string): void {
  const form = forms[at];
  const s = schema.shape;
  if (value === undefined) return;
  switch (s.of) {
    case 'optional':
    case 'default':
    case 'tagged':
    case 'nested':
    case 'deviating':
      return put(w, name, s.inner, value, at);
    case 'mapped':
      return put(w, name, s.inner, s.from(value), at);
    case 'fields':
      return w.element(name, () => putFields(w, s.name, s.fields, value));
    case 'alternatives':
      return w.element(name, () => putAlternative(w, schema, value));
    case 'elements':
      return w.element(name, () => {
        const item = itemName(s.element);
        for (const v of value as unknown[]) put(w, item, s.element, v, '');
      });
    default:
      if (at === innerApdu) return putInnerApdu(w, name, value as Uint8Array);
      return w.text(name, form === undefined ? leafText(w, s, value) : form.format(value, s, () => losing(w)));
  }
}
const losing = (w: XmlWriter): void => {
  w.lossy = true;
};

function putFields(
  w: XmlWriter,
  type: string,
  fields: Readonly<Record<string, Schema<any>>>,
  value: Record<string, unknown>,
): void {
  const inside = nestedFields[type];
  for (const [key, field] of Object.entries(fields)) {
    if (key === inside?.guest) continue;
    const guest = key === inside?.host ? value[inside.guest] : undefined;
    if (inside !== undefined && guest !== undefined) {
      if (value[key] !== inside.implies) losing(w);
      w.element(identifier(key), () =>
        put(w, identifier(inside.guest), fields[inside.guest] as Schema<any>, guest, ''),
      );
    } else put(w, identifier(key), field, value[key], `${type}.${key}`);
  }
}

/** The element of the alternative that was chosen. */
function putAlternative(w: XmlWriter, schema: Schema<any>, value: any): void {
  const s = unnested(schema).shape;
  if (s.of !== 'alternatives') return;
  const { type } = value as { type: string };
  const chosen = s.alternatives[type]?.schema as Schema<any>;
  const content = 'fill' in chosen ? value : (value as { value: unknown }).value;
  if (s.selfDescribing === true && chosen.shape.of === 'elements') {
    const { element } = chosen.shape;
    return w.element(type, () => {
      for (const v of content as unknown[]) putAlternative(w, element, v);
    });
  }
  put(w, type, chosen, content, `${s.name}.${type}`);
}

/** The APDU behind a gateway header as its own element; the octets where that would lose something. */
function putInnerApdu(w: XmlWriter, name: string, payload: Uint8Array): void {
  // A gateway behind a gateway stays octets: no nesting without end.
  if (payload[0] !== apduFacts['gateway-request'].tag && payload[0] !== apduFacts['gateway-response'].tag) {
    const inner = new XmlWriter(w.prefix, 0);
    try {
      const value = decode(Apdu, payload);
      putAlternative(inner, Apdu, value);
      if (!inner.lossy && sameOctets(value, payload)) return putAlternative(w, Apdu, value);
    } catch {
      // Not an APDU that is known here.
    }
  }
  w.text(name, formatHex(payload));
}

/** The element around an item: the name of its type. */
export function itemName(schema: Schema<any>): string {
  const { shape, kind } = unnested(schema);
  const name = 'name' in shape ? shape.name : kind;
  return itemNames[name] ?? name;
}

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
