import type { Schema } from '../axdr/schema.js';
import type { Attribute, InterfaceClass } from '../cosem/interface-class.js';
import { unitCodes } from '../cosem/units.js';

/** What the definition itself does not hold: the meaning of the class and of its members, by name. */
export interface ClassNotes {
  readonly summary?: string;
  readonly members?: Readonly<Record<string, string>>;
}

/**
 * An interface class as a page of Markdown: attributes and methods as tables, then the layout of every structure, enumeration and set of flags.
 * @example console.log(describeClass(Register));
 */
export function describeClass(c: InterfaceClass, notes: ClassNotes = {}): string {
  const types: Types = new Map();
  const withMeaning = notes.members !== undefined;
  const meaning = (name: string) => (withMeaning ? [notes.members?.[name] ?? ''] : []);
  const columns = withMeaning ? ['Meaning'] : [];
  const attributes = Object.entries(c.attributes).map(([name, a]) => [
    String(a.index),
    name,
    typeName(a.schema, name, types),
    a.static === undefined ? '' : a.static ? 'static' : 'dynamic',
    a.writable ? 'read, write' : 'read',
    selectors(a, name, types),
    ...meaning(name),
  ]);
  const methods = Object.entries(c.methods).map(([name, m]) => [
    String(m.index),
    name,
    typeName(m.parameter, name, types),
    m.returns === undefined ? '' : typeName(m.returns, `${name} answer`, types),
    m.mandatory ? 'mandatory' : 'optional',
    ...meaning(name),
  ]);
  return [
    `## ${c.name} (class_id ${c.classId}, version ${c.version})`,
    ...(notes.summary === undefined ? [] : ['', notes.summary]),
    ...(c.confidence === undefined ? [] : ['', `Confidence: ${c.confidence}.`]),
    '',
    ...table(['#', 'Attribute', 'Type', 'Static', 'Access', 'Selective access', ...columns], attributes),
    ...(methods.length === 0
      ? []
      : ['', ...table(['#', 'Method', 'Parameter', 'Answer', 'Presence', ...columns], methods)]),
    ...(types.size === 0 ? [] : ['', 'Types:', '', ...[...types].map(([name, text]) => `- **${name}**: ${text}`)]),
    '',
  ].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)];
}
const selectors = (a: Attribute, name: string, types: Types): string =>
  Object.entries(a.selective)
    .map(([by, s]) => {
      const answer = s.returns === undefined ? '' : `, answers ${typeName(s.returns, `${name} ${by}`, types)}`;
      return `${s.selector} ${by}: ${typeName(s.parameters, `${name} ${by}`, types)}${answer}`;
    })
    .join('; ');

/** Layouts to explain below the tables, by name. */
type Types = Map<string, string>;
/** A name to look up below, unless it is taken by another layout: then a longer one. */
function explained(name: string, text: string, where: string, types: Types): string {
  const known = [...types].find(([key, value]) => value === text && (key === name || key.startsWith(`${name} (`)));
  const free = known?.[0] ?? (types.has(name) ? `${name} (${where})` : name);
  types.set(free, text);
  return free;
}

/** The Data type in the words of the books; `where` names what has no name of its own. */
function typeName(s: Schema<unknown>, where: string, types: Types): string {
  const { shape } = s;
  if (shape.of === 'alternatives' && shape.selfDescribing === true) return 'any Data';
  if (shape.of === 'fields' && s.kind === 'structure') {
    const members = Object.entries(shape.fields).map(([name, f]) => `${name}: ${typeName(f, name, types)}`);
    return `structure ${explained(shape.name, members.join(', '), where, types)}`;
  }
  if (shape.of === 'alternatives') {
    const options = Object.entries(shape.alternatives).map(([type, a]) => {
      if (
        a.schema.shape.of === 'tagged' ||
        a.schema.shape.of === 'mapped' ||
        (a.schema.shape.of === 'fields' && a.schema.kind === 'structure')
      )
        return isDataType(a.schema, type)
          ? typeName(a.schema, where, types)
          : `${type}: ${typeName(a.schema, where, types)}`;
      return type;
    });
    return options.length === 1
      ? (options[0] as string)
      : options.length < 5
        ? options.join(' or ')
        : explained(`choice of ${where}`, options.join(' or '), where, types);
  }
  if (shape.of !== 'tagged') return s.kind;
  const { inner } = shape;
  if (inner.shape.of === 'elements') return `array of ${typeName(inner.shape.element, where, types)}`;
  if (inner.shape.of === 'names') {
    if (inner.shape.names === unitCodes) return 'enum (units)';
    const codes = Object.entries(inner.shape.names).map(([name, code]) => `${code} ${name}`);
    return `enum ${explained(where, codes.join(', '), 'enum', types)}`;
  }
  if (inner.shape.of === 'flags') {
    const bits = inner.shape.names.flatMap((name, bit) => (name === '' ? [] : [`bit ${bit} ${name}`]));
    return `${inner.kind} ${explained(where, bits.join(', '), 'flags', types)}`;
  }
  return inner.shape.of === 'bits' && inner.shape.size !== undefined ? inner.kind : s.kind;
}
/** The option is named after its own Data type, so the name says nothing more. */
const isDataType = (s: Schema<unknown>, type: string): boolean =>
  s.kind === type || s.kind.startsWith(`${type}(`) || type === s.shape.of || (type === 'array' && s.kind === 'array');
