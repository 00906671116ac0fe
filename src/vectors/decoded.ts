import { Data } from '../axdr/data.js';
import { toJson } from '../axdr/json.js';
import { encode, isFieldsSchema, type Schema } from '../axdr/schema.js';
import type { Shape } from '../axdr/shape.js';
import { Apdu } from '../xdlms/apdu.js';
import { anyOf, check, compare, compareFields, isRecord, type Matcher, show } from './compare.js';
import { bitOctets, type Form, forms, type Part, unsigned } from './forms.js';
import { otherWordsFor, plainName, renames } from './renames.js';

// Compares a decoded value with an expectation in the library's own JSON, or in the spellings of `renames.ts`. Nothing
// here knows a particular APDU: the schema says which fields there are, and the ways to write a value are the same
// everywhere.

export class Decoded implements Part {
  readonly schema: Schema<unknown> | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: of any schema; users look first at what it is
  readonly value: any;
  constructor(schema: Schema<unknown> | undefined, value: unknown) {
    this.schema = schema === undefined ? undefined : bare(schema);
    this.value = value;
  }

  match(expected: unknown, path: string, skip: ReadonlySet<string>): void {
    const forms: unknown[] = [];
    if (typeof expected !== 'object' || expected === null) forms.push(...this.#words());
    else if (Array.isArray(expected)) forms.push(this.list() ?? this.#json);
    else forms.push(this.#isRecordFor(expected) ? this.#fields : this.#json);
    const inside = this.isData ? undefined : this.#inside();
    compare(expected, anyOf(...forms, ...(inside === undefined ? [] : [inside])), path, skip);
  }
  show(): string {
    return show(this.#json);
  }
  /** Octets, bits and lists have fields as well, but only those that vectors give them. */
  #isRecordFor(expected: object): boolean {
    const isThere = (name: string): boolean => this.find(name)?.some((v) => v !== undefined) === true;
    return this.parts().length > 0 || Object.keys(expected).some(isThere);
  }
  get #fields(): Matcher {
    return {
      match: (expected, path, skip) => compareFields(expected as object, (name) => this.find(name), path, skip),
      show: () => this.show(),
    };
  }
  get #json(): unknown {
    return this.schema === undefined || this.value === undefined ? this.value : toJson(this.schema, this.value);
  }
  get #shape(): Shape | undefined {
    return this.value === undefined ? undefined : this.schema?.shape;
  }
  get isData(): boolean {
    return this.schema?.shape === Data.shape;
  }

  /**
   * The candidates for a name, the library's own or another spelling: from this record, then from the records inside
   * it, because vectors flatten what APDUs nest. Undefined for a name that no APDU has.
   */
  find(name: string): readonly unknown[] | undefined {
    const found: unknown[] = [];
    this.#collect(plainName(name), true, found);
    return found.length > 0 ? found : knownNames().has(plainName(name)) ? [undefined] : undefined;
  }
  #collect(name: string, here: boolean, found: unknown[]): void {
    const parts = this.parts();
    for (const [own, part] of parts) if (plainName(own) === name) found.push(part);
    for (const { own, form } of renames.get(name) ?? []) {
      const part = own.startsWith('/') ? (here ? this.at(own) : undefined) : parts.find(([n]) => n === own)?.[1];
      const made = part && form ? (forms[form] as Form)(part as Part, this, decoded) : part;
      if (made !== undefined) found.push(made);
    }
    if (this.isData) return;
    const list = this.list();
    // Do not look inside Data, nor inside a list of several elements.
    for (const part of list?.length === 1 ? list : parts.map(([, p]) => p))
      if (part instanceof Decoded && !part.isData) part.#collect(name, false, found);
  }

  /**
   * The fields that are present. A CHOICE has its `type` and, besides `value`, the same under the name of the
   * alternative.
   */
  parts(): (readonly [string, Decoded | Matcher])[] {
    const { value } = this;
    const s = this.#shape;
    const records = (names: readonly string[], schemas: Readonly<Record<string, Schema<unknown>>> = {}) =>
      names.flatMap((n) => (value[n] === undefined ? [] : [[n, new Decoded(schemas[n], value[n])] as const]));
    if (s?.of === 'fields') return records(Object.keys(s.fields), s.fields);
    if (s?.of !== 'alternatives') return isRecord(value) ? records(Object.keys(value)) : [];
    const { schema, tag } = s.alternatives[value.type] as { schema: Schema<unknown>; tag: number };
    const type = ['type', anyOf(...wordsOf(value.type, commonWords(s.alternatives)), tag)] as const;
    if (isFieldsSchema(schema))
      return [
        type,
        ...(schema.shape.of === 'fields'
          ? records(Object.keys(schema.shape.fields), schema.shape.fields)
          : records(Object.keys(value).filter((key) => key !== 'type'))),
      ];
    const only = new Decoded(schema, value.value);
    return [type, ['value', only], [value.type, only]];
  }
  /** The elements of a list. */
  list(): Decoded[] | undefined {
    const s = this.#shape;
    return s?.of === 'elements' ? (this.value as unknown[]).map((v) => new Decoded(s.element, v)) : undefined;
  }
  /** The part at a path such as `/value.type`; `/` is the value itself, without a CHOICE around it. */
  at(path: string): Decoded | Matcher | undefined {
    if (path === '/') return this.#inside() ?? this;
    let part: Decoded | Matcher | undefined = this;
    for (const name of path.slice(1).split('.'))
      part = part instanceof Decoded ? part.parts().find(([own]) => own === name)?.[1] : undefined;
    return part;
  }
  #inside(): Decoded | undefined {
    if (this.#shape?.of !== 'alternatives') return undefined;
    return this.parts().find(([name]) => name === 'value')?.[1] as Decoded | undefined;
  }

  /** The words, numbers and texts that can stand for this value. */
  #words(): unknown[] {
    const { value } = this;
    const s = this.#shape;
    switch (s?.of) {
      case 'names':
        return typeof value === 'number' ? [value] : [...wordsOf(value), s.names[value]];
      case 'float':
        return [value, this.#json, ...(Number.isFinite(value) ? [] : [null])];
      case 'flags':
        return [bitOctets(s.names.map((name, i) => (value.includes(name === '' ? i : name) ? '1' : '0')).join(''))];
      case 'mapped': {
        const octets = encode(this.schema as Schema<unknown>, value);
        if (typeof value === 'string') return [alike(value, (v) => v.replace(/[-:*]/g, '.'))];
        return [octets, unsigned(octets), this.#json];
      }
      case 'alternatives':
        return this.isData || this.#inside() !== undefined
          ? [this.#json, ...otherWordsFor(value.type)]
          : wordsOf(value.type);
      case 'octets':
      case 'bigint':
        return [value];
      default:
        return s === undefined && typeof value === 'string'
          ? wordsOf(value)
          : [value instanceof Uint8Array ? value : this.#json];
    }
  }
}

/** A value with its schema. Without a schema: what a mapped type decodes to, or any record of plain values. */
export const decoded = (schema: Schema<unknown> | undefined, value: unknown): Decoded => new Decoded(schema, value);

/** The schema inside optional, default, tagged and nested ones, which do not change the value. */
function bare(schema: Schema<unknown>): Schema<unknown> {
  const { shape } = schema;
  return 'inner' in shape && shape.of !== 'mapped' ? bare(shape.inner) : schema;
}
const alike = (value: string, plain: (text: string) => string): Matcher =>
  check((e) => (typeof e === 'string' && plain(e) === plain(value) ? undefined : value), value);
/** A word, also without the beginning that all alternatives of its CHOICE share: `normal` for `get-request-normal`. */
const wordsOf = (word: string, common = ''): unknown[] => [
  alike(word, plainName),
  ...(common === '' ? [] : [alike(word.slice(common.length), plainName)]),
  ...otherWordsFor(word),
];
function commonWords(alternatives: Readonly<Record<string, unknown>>): string {
  const [first = '', ...others] = Object.keys(alternatives);
  let n = others.length === 0 ? 0 : first.length;
  for (const other of others) while (!other.startsWith(first.slice(0, n))) n--;
  return first.slice(0, first.lastIndexOf('-', n - 1) + 1);
}
/** The names that any APDU has: an expectation can ask for one of them and find that it is absent. */
let names: Set<string> | undefined;
function knownNames(): ReadonlySet<string> {
  if (names !== undefined) return names;
  names = new Set([
    'type',
    'value',
    ...renames.keys(),
    ...[...renames.values()].flat().map(({ own }) => plainName(own)),
  ]);
  const seen = new Set<unknown>([Data.shape]);
  const collect = (schema: Schema<unknown>): void => {
    const { shape } = bare(schema);
    if (seen.has(shape)) return;
    seen.add(shape);
    const inner: Readonly<Record<string, Schema<unknown>>> =
      shape.of === 'fields'
        ? shape.fields
        : shape.of === 'alternatives'
          ? Object.fromEntries(Object.entries(shape.alternatives).map(([k, a]) => [k, a.schema]))
          : shape.of === 'elements'
            ? { type: shape.element }
            : {};
    for (const [name, schema] of Object.entries(inner)) {
      names?.add(plainName(name));
      collect(schema);
    }
  };
  collect(Apdu);
  return names;
}
