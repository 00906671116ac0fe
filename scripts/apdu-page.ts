import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { decode, encode, type Schema } from '../src/axdr/index.js';
import { equalBytes, formatHex, parseHex } from '../src/core/index.js';
import { apduArbitrary } from '../src/testing/apdu-samples.js';
import { describeType } from '../src/translator/describe.js';
import {
  apduFromJson,
  apduFromXml,
  apduToJson,
  apduToXml,
  type ExplainNode,
  explain,
} from '../src/translator/index.js';
import { Apdu, type ApduType } from '../src/xdlms/index.js';

// docs/apdus.md: which APDUs there are, what works with each of them, and their definitions. Nothing in it is written by
// hand: every cell of the table is tested. test/translator/apdu-page.test.ts compares the page;
// `npx vitest run test/translator/apdu-page.test.ts -u` writes it.

type Choices = Readonly<Record<string, { readonly tag: number; readonly schema: Schema<any> }>>;
const choicesOf = (schema: Schema<any>): Choices =>
  schema.shape.of === 'alternatives' ? (schema.shape.alternatives as Choices) : {};
/** An APDU and, where it is a CHOICE, the alternative. */
interface Kind {
  readonly type: ApduType;
  readonly tag: number;
  readonly inner?: { readonly type: string; readonly tag: number };
}

function kinds(): Kind[] {
  return Object.entries(choicesOf(Apdu))
    .sort(([, a], [, b]) => a.tag - b.tag)
    .flatMap(([type, { tag, schema }]): Kind[] => {
      const inner = Object.entries(choicesOf(schema)).filter(() => type !== 'confirmedServiceError');
      const apdu = { type: type as ApduType, tag };
      return inner.length === 0 ? [apdu] : inner.map(([t, a]) => ({ ...apdu, inner: { type: t, tag: a.tag } }));
    });
}

export function apduPage(): string {
  const vectors = vectorCounts();
  const rows = kinds().map((k) => {
    const works = tried(k);
    const name = k.inner?.type ?? k.type;
    const octets = k.inner === undefined ? hex(k.tag) : `${hex(k.tag)} ${hex(k.inner.tag)}`;
    const count = vectors.get(name) ?? 0;
    return `| ${octets} | ${name} | ${[works.encode, works.decode, works.xml, works.json, works.explain].map(mark).join(' | ')} | ${count === 0 ? 'generated' : count} |`;
  });
  const plain = Object.entries(choicesOf(Apdu)).filter(([type]) => !/^(glo|ded)-/.test(type));
  const known = new Set<string>();
  const tables = plain.map(([type, { tag, schema }]) => {
    const text = describeType(schema, `${type} (tag ${tag}, ${hex(tag)})`, { level: 3, known });
    for (const m of text.matchAll(/^### (\S+)$/gm)) known.add(m[1] as string);
    return text;
  });
  return [
    '# APDUs',
    '',
    'Generated from the definitions. "yes" means that generated APDUs of this kind made the round trip without a changed',
    'octet: encoded and decoded, through the COSEMpdu XML form, through JSON, and explained with every octet covered. The last',
    'column is the number of test vectors of this kind; "generated": only property tests cover it.',
    '',
    '| Tag | APDU | encode | decode | XML | JSON | explain | vectors |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
    '',
    'The glo- and ded- APDUs are one octet string each: security header, content, authentication tag (see',
    '[security](../src/security)). They protect the APDU of the same name.',
    '',
    '## Definitions',
    '',
    'The table of a type is where the type is first used. An ENUMERATED without a name of its own is described with its field',
    'in the TypeScript types.',
    '',
    ...tables,
  ].join('\n');
}

const hex = (n: number): string => n.toString(16).toUpperCase().padStart(2, '0');
const mark = (works: boolean): string => (works ? 'yes' : 'no');

/** Tries the kind with generated APDUs. */
function tried(kind: Kind): { encode: boolean; decode: boolean; xml: boolean; json: boolean; explain: boolean } {
  const wanted = (v: Apdu): boolean =>
    kind.inner === undefined || (v as { value?: { type?: string } }).value?.type === kind.inner.type;
  const samples = fc.sample(apduArbitrary([kind.type]).filter(wanted), { numRuns: 12, seed: 1 });
  const encoded = samples.map((v) => attempt(() => encode(Apdu, v)));
  const each = (works: (bytes: Uint8Array, value: Apdu) => boolean): boolean =>
    encoded.every((bytes, i) => bytes !== undefined && attempt(() => works(bytes, samples[i] as Apdu)) === true);
  return {
    encode: encoded.every((bytes) => bytes !== undefined),
    decode: each((bytes) => equalBytes(encode(Apdu, decode(Apdu, bytes)), bytes)),
    xml: each((bytes) => equalBytes(apduFromXml(apduToXml(bytes)), bytes)),
    json: each((bytes) => equalBytes(apduFromJson(JSON.stringify(apduToJson(bytes))), bytes)),
    explain: each((bytes) => covered(explain(bytes, { framing: 'apdu' }), 0, bytes.length)),
  };
}
function attempt<T>(f: () => T): T | undefined {
  try {
    return f();
  } catch {
    return undefined;
  }
}
function covered(node: ExplainNode, from: number, to: number): boolean {
  const here = (node.children ?? []).filter((c) => c.origin === undefined);
  let at = from;
  for (const c of here) {
    if (!covered(c, at, c.offset + c.length)) return false;
    at = c.offset + c.length;
  }
  return node.offset === from && node.offset + node.length === to && (here.length === 0 || at === to);
}

/** Every distinct APDU in the vectors that decodes, by its kind: whole inputs, plaintexts, and the APDUs of sessions. */
function vectorCounts(): Map<string, number> {
  const found = new Map<string, Set<string>>();
  const add = (text: unknown): void => {
    if (typeof text !== 'string' || text.length > 20_000 || !/^([0-9A-F]{2})+$/.test(text)) return;
    const apdu = attempt(() => decode(Apdu, parseHex(text)));
    if (apdu === undefined) return;
    const inner = (apdu as { value?: { type?: unknown } }).value?.type;
    const name = typeof inner === 'string' && apdu.type !== 'confirmedServiceError' ? inner : apdu.type;
    const set = found.get(name) ?? new Set();
    found.set(name, set.add(formatHex(encode(Apdu, apdu))));
  };
  for (const file of readdirSync('test/vectors').filter((f) => f.endsWith('.json'))) {
    for (const v of JSON.parse(readFileSync(`test/vectors/${file}`, 'utf8')) as Record<string, any>[]) {
      if (['apdu', 'acse', 'xml', 'unprotect', 'protect', 'quirk'].includes(v.kind))
        for (const hexText of [v.input?.hex, v.input?.plaintext, v.expected?.plaintext, v.expected?.secured])
          add(hexText);
      if (v.kind === 'session') for (const step of v.expected?.steps ?? []) add(step.plaintext);
    }
  }
  return new Map([...found].map(([name, set]) => [name, set.size]));
}
