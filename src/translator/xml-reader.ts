import { DlmsError, quoted } from '../core/errors.js';

/** One element of a document: names by namespace and local part, text with references resolved. */
export interface XmlElement {
  readonly name: string;
  /** Undefined where no namespace is declared. */
  readonly namespace: string | undefined;
  /** Attributes other than namespace declarations, by their name as written. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  /** All text directly inside, without that of the children. */
  text: string;
  /** Processing instructions directly inside. */
  readonly instructions: { readonly target: string; readonly data: string }[];
  /** Where its tag begins, counted in characters from 0. */
  readonly offset: number;
}
/** Bounds of an XML document that is read. */
export interface XmlLimits {
  /** Longest text that is read, in characters. Default 64 Mi. */
  readonly maxLength?: number;
  /** Nesting of elements. Default 200. */
  readonly maxDepth?: number;
}

/**
 * Reads one XML 1.0 document with namespaces. Strict and without side effects: no document type, no entities but the five of XML and character
 * references, nothing is fetched. Comments, processing instructions, CDATA and the XML declaration are read.
 * @throws DlmsError `parse/invalid-text` with line and column; `decode/too-deep` and `decode/too-large` for the limits.
 */
export function parseXml(text: string, limits: XmlLimits = {}): XmlElement {
  const maxLength = limits.maxLength ?? 64 * 1024 * 1024;
  if (text.length > maxLength)
    throw new DlmsError('decode/too-large', { offset: 0, limit: maxLength, actual: text.length });
  return new Parser(text, limits.maxDepth ?? 200).document();
}

/** Line and column (from 1) of an offset, for messages. */
export function placeOf(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let start = 0;
  for (let i = text.indexOf('\n'); i >= 0 && i < offset; i = text.indexOf('\n', i + 1)) {
    line++;
    start = i + 1;
  }
  return { line, column: offset - start + 1 };
}
/** The error for something wrong at an offset of a text. */
export const unreadable = (
  text: string,
  offset: number,
  expected: string,
  actual: string,
): DlmsError<'parse/invalid-text'> =>
  new DlmsError('parse/invalid-text', { offset, expected, actual: quoted(actual), ...placeOf(text, offset) });

const nameStart =
  'A-Z_a-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C\\u200D\\u2070-\\u218F\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD';
const nameRest = `${nameStart}\\-.0-9\\u00B7\\u0300-\\u036F\\u203F\\u2040`;
/** A name where `lastIndex` says. */
const nameHere = /* @__PURE__ */ new RegExp(`[${nameStart}][${nameRest}]*(?::[${nameStart}][${nameRest}]*)?`, 'y');
const isBlank = (code: number): boolean => code === 32 || code === 9 || code === 10 || code === 13;
const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', apos: "'", quot: '"' };
// What XML 1.0 cannot hold: most control characters, single surrogates, U+FFFE and U+FFFF.
const forbidden = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** Declarations of one element over those around it. Linked, not copied: a document can declare many prefixes in many places. */
interface Scope {
  readonly own: ReadonlyMap<string, string>;
  readonly outer?: Scope;
}
function lookUp(scope: Scope, prefix: string): string | undefined {
  for (let s: Scope | undefined = scope; s !== undefined; s = s.outer) {
    const hit = s.own.get(prefix);
    if (hit !== undefined) return hit;
  }
  return undefined;
}

/** A name as written, and its parts. */
interface Name {
  readonly qualified: string;
  /** Empty where there is none. */
  readonly prefix: string;
  readonly local: string;
}
/** Letters, digits and what else may stand in a name, of ASCII. */
const plainNames: Uint8Array = /* @__PURE__ */ Uint8Array.from({ length: 128 }, (_, code) =>
  /[\w:.-]/.test(String.fromCharCode(code)) ? 1 : 0,
);
const noAttributes: ReadonlyMap<string, string> = /* @__PURE__ */ new Map();

class Parser {
  readonly #text: string;
  readonly #maxDepth: number;
  /** Names by a sum of their characters: a document repeats a few. */
  readonly #names: (Name | undefined)[] = new Array(64);
  /** Most documents have none of these. */
  readonly #references: boolean;
  readonly #returns: boolean;
  readonly #ends: boolean;
  #at = 0;
  constructor(text: string, maxDepth: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
    this.#references = text.includes('&');
    this.#returns = text.includes('\r');
    this.#ends = text.includes(']]>');
  }

  document(): XmlElement {
    const t = this.#text;
    const bad = forbidden.exec(t);
    if (bad !== null) throw this.#error('a character that XML 1.0 allows', bad.index);
    if (t.charCodeAt(0) === 0xfeff) this.#at = 1;
    if (t.startsWith('<?xml', this.#at) && isBlank(t.charCodeAt(this.#at + 5))) this.#declaration();
    let root: XmlElement | undefined;
    for (;;) {
      this.#blanks();
      if (this.#at >= t.length) break;
      if (t.startsWith('<!--', this.#at)) this.#comment();
      else if (t.startsWith('<?', this.#at)) this.#instruction();
      else if (t.startsWith('<!', this.#at)) throw this.#error('no document type');
      else if (root === undefined && t[this.#at] === '<') root = this.#tree();
      else throw this.#error(root === undefined ? 'the root element' : 'nothing after the root element');
    }
    if (root === undefined) throw this.#error('the root element');
    return root;
  }

  /** The root with everything inside; a stack instead of recursion, so that depth costs nothing but the limit. */
  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: one case for each kind of markup
  #tree(): XmlElement {
    const t = this.#text;
    const open: { element: XmlElement; scope: Scope; qualified: string }[] = [];
    const outermost: Scope = { own: new Map([['xml', 'http://www.w3.org/XML/1998/namespace']]) };
    let root: XmlElement | undefined;
    for (;;) {
      const top = open[open.length - 1];
      if (top !== undefined) this.#textInto(top.element);
      if (this.#at >= t.length) throw this.#error(`</${top?.qualified ?? ''}>`);
      const next = t[this.#at + 1];
      if (next === '/') {
        const closed = open.pop();
        const offset = this.#at;
        this.#at += 2;
        const { qualified } = this.#readName();
        this.#blanks();
        if (closed === undefined || qualified !== closed.qualified)
          throw this.#error(`</${closed?.qualified ?? ''}>`, offset);
        this.#literal('>');
        const parent = open[open.length - 1];
        if (parent === undefined) return closed.element;
      } else if (next !== '!' && next !== '?') {
        if (open.length >= this.#maxDepth)
          throw new DlmsError('decode/too-deep', { offset: this.#at, limit: this.#maxDepth });
        const started = this.#start(top?.scope ?? outermost);
        if (top === undefined) root = started.element;
        else top.element.children.push(started.element);
        if (!started.empty) open.push(started);
        else if (root !== undefined && open.length === 0) return root;
      } else if (t.startsWith('<!--', this.#at)) this.#comment();
      else if (t.startsWith('<![CDATA[', this.#at)) {
        const end = t.indexOf(']]>', this.#at);
        if (end < 0) throw this.#error('the end of the CDATA section');
        if (top !== undefined) top.element.text += lineEnds(t.slice(this.#at + 9, end));
        this.#at = end + 3;
      } else if (next === '?') top?.element.instructions.push(this.#instruction());
      else throw this.#error('an element, no declaration');
    }
  }

  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: a start tag, from left to right
  #start(outer: Scope): { element: XmlElement; scope: Scope; qualified: string; empty: boolean } {
    const t = this.#text;
    const offset = this.#at;
    this.#at++;
    const name = this.#readName();
    let attributes: Map<string, string> | undefined;
    let own: Map<string, string> | undefined;
    for (;;) {
      const spaced = this.#blanks();
      const c = t[this.#at];
      if (c === '>' || c === '/' || c === undefined) break;
      if (!spaced) throw this.#error('a blank in front of an attribute');
      const at = this.#at;
      const { qualified } = this.#readName();
      this.#blanks();
      this.#literal('=');
      this.#blanks();
      const value = this.#attributeValue();
      attributes ??= new Map();
      if (attributes.has(qualified)) throw this.#error('each attribute once', at);
      attributes.set(qualified, value);
      if (qualified === 'xmlns' || qualified.startsWith('xmlns:')) {
        own ??= new Map();
        own.set(qualified === 'xmlns' ? '' : qualified.slice(6), value);
      }
    }
    const empty = t[this.#at] === '/';
    if (empty) this.#at++;
    this.#literal('>');
    const scope: Scope = own === undefined ? outer : { own, outer };
    const namespace = lookUp(scope, name.prefix);
    if (name.prefix !== '' && (namespace === undefined || namespace === ''))
      throw this.#error('a declared prefix', offset + 1);
    if (own !== undefined)
      for (const prefix of own.keys()) attributes?.delete(prefix === '' ? 'xmlns' : `xmlns:${prefix}`);
    const element: XmlElement = {
      name: name.local,
      namespace: namespace === '' ? undefined : namespace,
      attributes: attributes ?? noAttributes,
      children: [],
      text: '',
      instructions: [],
      offset,
    };
    return { element, scope, qualified: name.qualified, empty };
  }

  #textInto(element: XmlElement): void {
    const t = this.#text;
    const next = t.indexOf('<', this.#at);
    const end = next < 0 ? t.length : next;
    if (end === this.#at) return;
    const raw = t.slice(this.#at, end);
    const stop = this.#ends ? raw.indexOf(']]>') : -1;
    if (stop >= 0) throw this.#error('no ]]> in text', this.#at + stop);
    element.text += this.#resolve(raw, this.#at);
    this.#at = end;
  }

  #attributeValue(): string {
    const t = this.#text;
    const quote = t[this.#at];
    if (quote !== '"' && quote !== "'") throw this.#error('a quoted value');
    const end = t.indexOf(quote, this.#at + 1);
    if (end < 0) throw this.#error('the end of the value');
    const raw = t.slice(this.#at + 1, end);
    const less = raw.indexOf('<');
    if (less >= 0) throw this.#error('no < in a value', this.#at + 1 + less);
    const value = this.#resolve(raw, this.#at + 1).replaceAll(/[\t\n]/g, ' ');
    this.#at = end + 1;
    return value;
  }

  /** Line ends and references. */
  #resolve(raw: string, base: number): string {
    const text = this.#returns ? lineEnds(raw) : raw;
    if (!this.#references || !raw.includes('&')) return text;
    let out = '';
    let from = 0;
    for (let i = raw.indexOf('&'); i >= 0; i = raw.indexOf('&', from)) {
      out += lineEnds(raw.slice(from, i));
      const end = raw.indexOf(';', i);
      const name = end < 0 || end - i > 12 ? undefined : raw.slice(i + 1, end);
      const character = name === undefined ? undefined : reference(name);
      if (character === undefined || forbidden.test(character))
        throw this.#error('&lt; &gt; &amp; &apos; &quot; or a character reference', base + i);
      out += character;
      from = end + 1;
    }
    return out + lineEnds(raw.slice(from));
  }

  #comment(): void {
    const end = this.#text.indexOf('--', this.#at + 4);
    if (end < 0 || this.#text[end + 2] !== '>') throw this.#error('the end of the comment', end < 0 ? this.#at : end);
    this.#at = end + 3;
  }

  #instruction(): { target: string; data: string } {
    const offset = this.#at;
    const end = this.#text.indexOf('?>', this.#at);
    if (end < 0) throw this.#error('the end of the processing instruction');
    this.#at += 2;
    const target = this.#readName().qualified;
    if (target.toLowerCase() === 'xml') throw this.#error('the XML declaration at the very beginning', offset);
    if (this.#at < end && !isBlank(this.#text.charCodeAt(this.#at))) throw this.#error('a blank behind the target');
    const data = this.#text.slice(this.#at, end).trim();
    this.#at = end + 2;
    return { target, data };
  }

  #declaration(): void {
    const end = this.#text.indexOf('?>', this.#at);
    const raw = end < 0 ? '' : this.#text.slice(this.#at, end);
    const m =
      /^<\?xml\s+version\s*=\s*(["'])1\.\d\1(?:\s+encoding\s*=\s*(["'])([A-Za-z][\w.-]*)\2)?(?:\s+standalone\s*=\s*(["'])(?:yes|no)\4)?\s*$/.exec(
        raw,
      );
    if (m === null) throw this.#error('an XML declaration of version 1.0');
    this.#at = end + 2;
  }

  #readName(): Name {
    const t = this.#text;
    const from = this.#at;
    let at = from;
    let sum = 0;
    let code = t.charCodeAt(at);
    for (; plainNames[code] === 1; code = t.charCodeAt(++at)) sum = (sum * 31 + code) & 63;
    const known = this.#names[sum];
    // A letter beyond ASCII would go on.
    if (
      known !== undefined &&
      known.qualified.length === at - from &&
      !(code > 0x7f) &&
      t.startsWith(known.qualified, from)
    ) {
      this.#at = at;
      return known;
    }
    nameHere.lastIndex = from;
    const qualified = nameHere.exec(t)?.[0];
    if (qualified === undefined) throw this.#error('a name');
    this.#at = from + qualified.length;
    const colon = qualified.indexOf(':');
    const name = { qualified, prefix: qualified.slice(0, Math.max(colon, 0)), local: qualified.slice(colon + 1) };
    if (this.#at === at) this.#names[sum] = name;
    return name;
  }
  #literal(c: string): void {
    if (this.#text[this.#at] !== c) throw this.#error(c);
    this.#at++;
  }
  #blanks(): boolean {
    const from = this.#at;
    while (isBlank(this.#text.charCodeAt(this.#at))) this.#at++;
    return this.#at > from;
  }
  #error(expected: string, offset: number = this.#at): DlmsError {
    const actual = this.#text.slice(offset, offset + 20);
    return unreadable(this.#text, offset, expected, actual === '' ? 'the end of the text' : actual);
  }
}

const lineEnds = (s: string): string => (s.includes('\r') ? s.replaceAll(/\r\n?/g, '\n') : s);
function reference(name: string): string | undefined {
  if (!name.startsWith('#')) return Object.hasOwn(entities, name) ? entities[name] : undefined;
  const code = /^#x[0-9A-Fa-f]+$/.test(name)
    ? Number.parseInt(name.slice(2), 16)
    : /^#\d+$/.test(name)
      ? Number(name.slice(1))
      : Number.NaN;
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}
