import { decodeFrom, type FieldsSchema, isFieldsSchema, type Schema } from '../axdr/schema.js';
import type { Shape } from '../axdr/shape.js';
import { type DecodeOptions, type Quirk, Reader } from '../core/cursor.js';
import { type DlmsError, isDlmsError } from '../core/errors.js';
import { type ExplainNames, meaningOf } from './explain-meaning.js';
import { type Draft, end, extend, fillGaps, noteQuirks, part } from './explain-node.js';
import { kept } from './kept.js';

/** What one schema read: kept by the note-takers while the value is decoded. */
class Note {
  readonly key: string;
  readonly schema: Schema<unknown>;
  readonly shape: Shape;
  readonly start: number;
  stop: number;
  value: unknown = undefined;
  done = false;
  children: readonly Note[] = none;
  constructor(key: string, schema: Schema<unknown>, shape: Shape, start: number) {
    this.key = key;
    this.schema = schema;
    this.shape = shape;
    this.start = start;
    this.stop = start;
  }
}
const none: readonly Note[] = [];

export interface SchemaOptions {
  readonly names: ExplainNames;
  readonly maxDepth?: number;
  /**
   * Hears of every node of octets that has no children yet, with its `Type.field`: those that contain something else get
   * their parts here.
   */
  inside?(node: Draft, at: string, siblings: Readonly<Record<string, unknown>>): void;
}
/** What was read, and why it ended early. */
export interface SchemaResult {
  /** Undefined when not even the first octet could be read. */
  readonly node: Draft;
  readonly error: DlmsError | undefined;
}

/**
 * Decodes leniently with a schema whose every part has a note-taker around it, and makes nodes of the notes. The schema is rebuilt by `shape.with`
 * part by part as it is needed, so one that contains itself costs no more than what the octets use of it, and the normal decoder knows nothing of this.
 * @param to end of the octets; nodes count from the beginning of `bytes`, not from `from`
 */
export function explainSchema(
  schema: Schema<unknown>,
  bytes: Uint8Array,
  from: number,
  to: number,
  name: string,
  options: SchemaOptions,
): SchemaResult {
  const quirks: Quirk[] = [];
  const tracer: Tracer = { open: undefined, limit: to, top: undefined };
  const noting: NotingOptions = {
    lenient: true,
    quirks,
    taker: tracer,
    ...(options.maxDepth === undefined ? {} : { maxDepth: options.maxDepth }),
  };
  const r = new Reader(to === bytes.length ? bytes : bytes.subarray(0, to), noting);
  r.offset = from;
  let error: DlmsError | undefined;
  try {
    decodeFrom(around(schema, name), r);
  } catch (e) {
    if (!isDlmsError(e)) throw e;
    error = e;
  }
  const top = tracer.top as Note;
  const node = toNode(top, name, '', '', '', {}, options) ?? part(from, 0, name, '');
  if (quirks.length > 0) noteQuirks(node, quirks);
  return { node, error };
}

/** The notes of one reading. The reader carries them in its options, so that the rebuilt schemas can be used again for the next reading. */
interface Tracer {
  /** Of what is being read. */
  open: Note | undefined;
  readonly limit: number;
  top: Note | undefined;
}
interface NotingOptions extends DecodeOptions {
  readonly taker: Tracer;
}
const rebuilt: WeakMap<Schema<unknown>, Schema<unknown>> = /* @__PURE__ */ new WeakMap();

/** The same schema with a note-taker in front. One that only names another leaves the note to that. */
function around(schema: Schema<unknown>, key: string): Schema<unknown> {
  const { shape } = schema;
  if (shape.of === 'nested') return shape.with((inner) => around(inner, key));
  let inner: Schema<unknown> | undefined;
  const noted = <T>(r: Reader, read: (inner: Schema<unknown>, r: Reader, into?: object) => T, into?: object): T => {
    inner ??= innerOf(schema);
    const { taker } = r.options as NotingOptions;
    const outer = taker.open;
    const note = new Note(key, schema, shape, r.offset);
    if (outer === undefined) taker.top = note;
    else if (outer.children === none) outer.children = [note];
    else (outer.children as Note[]).push(note);
    taker.open = note;
    try {
      const value = read(inner, r, into);
      note.value = value;
      note.done = true;
      note.stop = r.offset;
      return value;
    } catch (e) {
      const last = note.children[note.children.length - 1];
      note.stop = Math.min(Math.max(r.offset, last?.stop ?? 0), taker.limit);
      throw e;
    } finally {
      taker.open = outer;
    }
  };
  return {
    kind: schema.kind,
    shape,
    read: (r) => noted(r, readWith),
    write: schema.write,
    ...('optional' in schema ? { optional: true } : {}),
    ...(isFieldsSchema(schema) ? { fill: (r: Reader, into: object) => noted(r, fillWith, into) } : {}),
  };
}
const readWith = (inner: Schema<unknown>, r: Reader): unknown => inner.read(r);
const fillWith = (inner: Schema<unknown>, r: Reader, into?: object): unknown =>
  (inner as FieldsSchema<unknown>).fill(r, into as object);

/** What stands behind the note-taker: a leaf as it is, everything else around parts with note-takers of their own. */
function innerOf(schema: Schema<unknown>): Schema<unknown> {
  const s = schema.shape;
  if (!('with' in s) || (s.of === 'mapped' && !('with' in s.inner.shape))) return schema;
  let known = rebuilt.get(schema);
  if (known === undefined) {
    known = s.with(around);
    rebuilt.set(schema, known);
  }
  return known;
}

/** `Type.field`: one text for each, so that it is known again at once. */
const place = (type: string, field: string): string =>
  kept(
    kept(places, type, () => new Map<string, string>()),
    field,
    () => `${type}.${field}`,
  );
const places: Map<string, Map<string, string>> = /* @__PURE__ */ new Map();
const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

/** The node of a note, which is a field of its owner; undefined for something optional that is absent and takes no octet. */
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: one node, each exception with its reason
function toNode(
  note: Note,
  name: string,
  path: string,
  owner: string,
  field: string,
  siblings: Readonly<Record<string, unknown>>,
  options: SchemaOptions,
  type?: string,
): Draft | undefined {
  const s = note.shape;
  const only = note.children[0];
  switch (s.of) {
    case 'optional':
      if (only === undefined)
        return note.stop === note.start
          ? undefined
          : part(note.start, note.stop - note.start, name, note.done ? 'absent' : '', path);
      return withHeader(
        note,
        toNode(only, name, path, owner, field, siblings, options, type),
        s.inner.shape.of === 'tagged' ? 'header' : 'presence',
        s.inner.shape.of === 'tagged' ? s.inner.kind : 'present',
      );
    case 'default':
      if (only === undefined)
        return part(note.start, note.stop - note.start, name, note.done ? `${String(s.standard)} (default)` : '', path);
      return withHeader(
        note,
        toNode(only, name, path, owner, field, siblings, options, type),
        'presence',
        'not the default',
      );
    case 'deviating':
      if (only !== undefined) return toNode(only, name, path, owner, field, siblings, options, type);
      break;
    case 'tagged':
      if (only !== undefined)
        return withHeader(
          note,
          toNode(only, name, path, owner, field, siblings, options, type),
          'header',
          s.inner.kind,
        );
      break;
    case 'mapped':
      if (only !== undefined) {
        const node = toNode(only, name, path, owner, field, siblings, options, type);
        if (node !== undefined && note.done)
          Object.assign(node, {
            value: note.value,
            meaning: meaningOf(note.schema, name, type, note.value, options.names),
          });
        return node;
      }
      break;
    case 'alternatives':
      if (only !== undefined) {
        const node = toNode(only, name, join(path, only.key), s.name, only.key, siblings, options, only.key);
        if (node === undefined) return undefined;
        node.type = node.type === undefined || node.type === only.key ? only.key : `${only.key} ${node.type}`;
        const header = node.children?.[0];
        if (header?.name === 'count' && s.selfDescribing === true) {
          // Tag and count of an array or structure are one thing to the eye.
          const tag = header.offset - note.start;
          header.name = only.key;
          for (const n of [header, node]) {
            n.offset -= tag;
            n.length += tag;
          }
        }
        return withHeader(note, node, 'choice', only.key);
      }
      break;
    case 'fields':
    case 'elements': {
      if (note.children.length === 0) break;
      const values = (typeof note.value === 'object' && note.value !== null ? note.value : {}) as Record<
        string,
        unknown
      >;
      const seen: Record<string, unknown> = note.done
        ? values
        : Object.fromEntries(note.children.map((c) => [c.key, c.value]));
      const children: Draft[] = [];
      for (let i = 0; i < note.children.length; i++) {
        const c = note.children[i] as Note;
        const key = s.of === 'fields' ? c.key : String(i);
        const child =
          s.of === 'fields'
            ? toNode(c, key, join(path, key), s.name, key, seen, options)
            : toNode(c, key, join(path, key), owner, field, seen, options);
        if (child !== undefined) children.push(child);
      }
      const meaning = s.of === 'elements' ? `${note.children.length} elements` : '';
      const node = part(note.start, note.stop - note.start, name, meaning, path, type);
      node.children = children;
      const first = children[0];
      if (first !== undefined && first.offset > note.start) {
        children.unshift(
          part(
            note.start,
            first.offset - note.start,
            s.of === 'elements' ? 'count' : 'header',
            s.of === 'elements' ? String(note.children.length) : '',
            path,
          ),
        );
      }
      if (children.length === 0) delete node.children;
      fillGaps(node, 'octets');
      return node;
    }
  }
  const node = part(note.start, note.stop - note.start, name, '', path, type);
  if (note.done) {
    // A record that a CHOICE has put its type into is shown by its wire form.
    const wire = s.of === 'mapped' && isFieldsSchema(note.schema);
    node.value = wire ? s.from(note.value) : s.of === 'fields' ? undefined : note.value;
    const schema = wire ? s.inner : note.schema;
    node.meaning = s.of === 'elements' ? '0 elements' : meaningOf(schema, name, type, node.value, options.names);
    if (node.value instanceof Uint8Array) options.inside?.(node, place(owner, field), siblings);
  }
  return node;
}

/** A node that begins where the note begins; what a failing part left unread stays outside. */
function withHeader(note: Note, node: Draft | undefined, name: string, meaning: string): Draft | undefined {
  if (node === undefined) return undefined;
  const grown = extend(node, note.start, name, meaning);
  if (note.stop > end(grown)) {
    const from = end(grown);
    grown.length = note.stop - grown.offset;
    if (grown.children !== undefined) grown.children.push(part(from, note.stop - from, 'octets', '', grown.path));
  }
  return grown;
}
