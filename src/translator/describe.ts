import type { Alternatives, Fields, Schema } from '../axdr/schema.js';
import type { Leaf } from '../axdr/shape.js';

/** Tables of one definition, as Markdown: the fields of a SEQUENCE, the alternatives of a CHOICE with their tags, and below them what they are made of. */
export interface DescribeOptions {
  /** Level of the headings. Default 3. */
  readonly level?: number;
  /** Types that are described elsewhere, by their name: they are named, not unfolded. */
  readonly known?: ReadonlySet<string>;
}

/** One definition and everything in it that has a name of its own, each type once. */
export function describeType(
  schema: Schema<unknown>,
  name: string = nameOf(schema),
  options: DescribeOptions = {},
): string {
  const { level = 3, known = new Set() } = options;
  const done = new Set(known);
  const out: string[] = [];
  const queue: [string, Schema<unknown>][] = [[name, schema]];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [title, current] = next;
    if (done.has(title)) continue;
    done.add(title);
    const s = current.shape;
    const table =
      s.of === 'fields'
        ? fieldTable(s.fields)
        : s.of === 'alternatives'
          ? alternativeTable(s.alternatives)
          : s.of === 'names'
            ? nameTable(s.names)
            : undefined;
    if (table === undefined) out.push(`${'#'.repeat(level)} ${title}`, '', typeText(current), '');
    else out.push(`${'#'.repeat(level)} ${title}`, '', ...table, '');
    for (const inner of partsOf(current))
      if (isNamed(inner) && !done.has(nameOf(inner))) queue.push([nameOf(inner), inner]);
  }
  return out.join('\n');
}

/** The type of a value in the words of the books: `Unsigned16`, `SEQUENCE OF Data`, `OCTET STRING (SIZE(6))`. */
export function typeText(schema: Schema<unknown>): string {
  const s = schema.shape;
  switch (s.of) {
    case 'optional':
    case 'default':
      return typeText(s.inner);
    case 'tagged':
    case 'nested':
    case 'deviating':
      return typeText(s.inner);
    case 'mapped':
      return isNamed(s.inner) ? nameOf(s.inner) : schema.kind;
    case 'elements':
      return `SEQUENCE OF ${typeText(s.element)}`;
    case 'fields':
      return Object.keys(s.fields).length === 0 ? 'NULL' : s.name;
    case 'alternatives':
      return s.name;
    default:
      return schema.kind;
  }
}

function fieldTable(fields: Fields): string[] {
  if (Object.keys(fields).length === 0) return ['NULL'];
  const rows = Object.entries(fields).map(([key, schema]) => `| ${key} | ${typeText(schema)} | ${presence(schema)} |`);
  return ['| Field | Type | Presence |', '|---|---|---|', ...rows];
}
function presence(schema: Schema<unknown>): string {
  const s = schema.shape;
  if ('optional' in schema)
    return s.of === 'optional' && s.inner.shape.of === 'tagged'
      ? `optional, tag ${hex(s.inner.shape.tag)}`
      : 'optional';
  if (s.of === 'default') return `default ${String(s.standard)}`;
  return s.of === 'tagged' ? `tag ${hex(s.tag)}` : '';
}
function alternativeTable(alternatives: Alternatives): string[] {
  const rows = Object.entries(alternatives)
    .sort(([, a], [, b]) => a.tag - b.tag)
    .map(([type, a]) => {
      const s = a.schema.shape;
      const fields = 'fill' in a.schema && s.of === 'fields' ? Object.entries(s.fields as Fields) : undefined;
      const content =
        fields === undefined
          ? typeText(a.schema)
          : fields.length === 0
            ? 'NULL'
            : fields
                .map(
                  ([key, f]) =>
                    `${key}: ${typeText(f)}${'optional' in f ? ' (optional)' : f.shape.of === 'default' ? ` (default ${String(f.shape.standard)})` : ''}`,
                )
                .join('<br>');
      return `| ${a.tag} (${hex(a.tag)}) | ${type} | ${content} |`;
    });
  return ['| Tag | Alternative | Contents |', '|---|---|---|', ...rows];
}
function nameTable(names: Readonly<Record<string, number>>): string[] {
  return ['| Code | Name |', '|---|---|', ...Object.entries(names).map(([name, code]) => `| ${code} | ${name} |`)];
}

/** What a definition is made of; the fields of an alternative belong to its CHOICE. */
function partsOf(schema: Schema<unknown>): Schema<unknown>[] {
  const s = schema.shape;
  switch (s.of) {
    case 'fields':
      return Object.values(s.fields).map(unwrapped);
    case 'alternatives':
      return Object.values(s.alternatives).flatMap((a): Schema<unknown>[] => {
        const inner = a.schema.shape;
        return 'fill' in a.schema && inner.of === 'fields'
          ? Object.values(inner.fields as Fields).map(unwrapped)
          : [unwrapped(a.schema)];
      });
    default:
      return [];
  }
}
function unwrapped(schema: Schema<unknown>): Schema<unknown> {
  const s = schema.shape;
  if (s.of === 'elements') return unwrapped(s.element);
  return 'inner' in s && (s.of !== 'mapped' || isNamed(s.inner)) ? unwrapped(s.inner) : schema;
}
/** Types with a table of their own: records, choices, and enumerations that the books name. */
const isNamed = (schema: Schema<unknown>): boolean => {
  const s = schema.shape;
  return (
    s.of === 'alternatives' ||
    (s.of === 'fields' && Object.keys(s.fields).length > 0) ||
    (s.of === 'names' && schema.kind !== 'ENUMERATED' && schema.kind !== 'enum')
  );
};
function nameOf(schema: Schema<unknown>): string {
  const s = schema.shape as Leaf | { of: string; name?: string };
  return 'name' in s && s.name !== undefined ? s.name : schema.kind;
}
const hex = (tag: number): string => tag.toString(16).toUpperCase().padStart(2, '0');
