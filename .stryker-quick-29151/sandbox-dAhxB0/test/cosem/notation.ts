import type { Schema } from '../../src/axdr/schema.js';
import { unitCodes } from '../../src/cosem/units.js';
import type { Type } from '../facts/parse-type.js';

/**
 * One notation for both sides: types of the catalogue and schemas of the library. Names of members are camelCased, labels in lower case with
 * hyphens; a label that is a number is a speed.
 */
export function ofType(t: Type): string {
  if (t.kind === 'array') return `array of ${ofType(t.of)}`;
  if (t.kind === 'choice') return `CHOICE { ${t.options.map(ofType).join(' | ')} }`;
  if (t.kind === 'structure')
    return t.members === null
      ? 'structure of ANY'
      : `structure { ${t.members.map((m) => `${camelCase(m.name)}: ${ofType(m.type)}`).join(', ')} }`;
  const labels = t.labels?.map((l) => [Number(l.value.replace('bit', '')), label(l.label)] as const);
  const flags = t.name !== 'enum' || t.labels?.every((l) => l.value.startsWith('bit')) === true;
  return `${t.name}${t.size === undefined ? '' : `[${t.size}]`}${t.format === undefined ? '' : `(${t.format})`}${named(labels, flags)}`;
}

export function ofSchema(s: Schema<any>): string {
  if (s.kind === 'Data') return 'ANY';
  if (s.kind === 'logical-name') return 'octet-string[6]';
  const { shape } = s;
  if (shape.of === 'fields' && s.kind === 'structure')
    return `structure { ${Object.entries(shape.fields)
      .map(([name, f]) => `${name}: ${ofSchema(f)}`)
      .join(', ')} }`;
  if (shape.of === 'alternatives') {
    const options = Object.entries(shape.alternatives).map(
      ([type, a]) =>
        untyped[type]?.(a.schema) ?? (s.kind.includes(type) && plain(a.schema) ? type : ofSchema(a.schema)),
    );
    return options.length === 1 ? (options[0] as string) : `CHOICE { ${options.join(' | ')} }`;
  }
  if (shape.of !== 'tagged') return s.kind;
  const inner = shape.inner;
  if (inner.shape.of === 'elements') return `array of ${ofSchema(inner.shape.element)}`;
  // The unit of a scaler_unit: 118 names, which the catalogue keeps in a table of their own.
  if (inner.shape.of === 'names')
    return inner.shape.names === unitCodes
      ? 'enum'
      : `enum${named(
          Object.entries(inner.shape.names).map(([name, code]) => [code, name]),
          false,
        )}`;
  if (inner.shape.of === 'flags')
    return `${inner.kind}${named(
      [...inner.shape.names.entries()].filter(([, name]) => name !== ''),
      true,
    )}`;
  return inner.shape.of === 'bits' && inner.shape.size !== undefined ? inner.kind : s.kind;
}
/** Untagged forms inside a restricted Data have no kind of a Data type. */
const plain = (s: Schema<any>): boolean =>
  s.shape.of !== 'tagged' && s.shape.of !== 'fields' && s.shape.of !== 'mapped' && !s.kind.includes('[');
const untyped: Record<string, ((s: Schema<any>) => string | undefined) | undefined> = {
  array: (s) => (s.shape.of === 'elements' ? 'array of ANY' : undefined),
  structure: (s) => (s.shape.of === 'elements' ? 'structure of ANY' : undefined),
  'null-data': () => 'null-data',
  boolean: () => 'boolean',
  'compact-array': () => 'compact-array',
};

const named = (labels: readonly (readonly [number, string])[] | undefined, flags: boolean): string =>
  labels === undefined
    ? ''
    : ` { ${[...labels]
        .sort(([a], [b]) => a - b)
        .map(([code, name]) => `${flags ? 'bit' : ''}${code}: ${name}`)
        .join(', ')} }`;
const label = (text: string): string => text.toLowerCase().replaceAll('_', '-').replace(/^\d+$/, '$&-baud');

/** `reply_to_HLS_authentication` is replyToHlsAuthentication, `TCP-UDP_port` tcpUdpPort, `T3412ext2` t3412ext2. */
export const camelCase = (name: string): string =>
  name
    .replace('IPv6', 'Ipv6')
    .split(/[_-]/)
    .map((part, i) => {
      const word = part.replace(/[A-Z]{2,}/g, (run, at: number) =>
        /[a-z]/.test(part[at + run.length] ?? '')
          ? run[0] + run.slice(1, -1).toLowerCase() + run.at(-1)
          : run[0] + run.slice(1).toLowerCase(),
      );
      return (i === 0 ? word[0]?.toLowerCase() : word[0]?.toUpperCase()) + word.slice(1);
    })
    .join('');
