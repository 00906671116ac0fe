import type { TypeDescription } from '../axdr/compact-array.js';
import { decode } from '../axdr/schema.js';
import { apduFacts, factsOfTag, isApduTag } from '../core/apdu-facts.js';
import { concat } from '../core/bytes.js';
import { DlmsError } from '../core/errors.js';
import { detectFraming, type Framing } from '../transport/framing/detect.js';
import { Apdu } from '../xdlms/apdu.js';
import type { BlockControl } from '../xdlms/general.js';
import { type Decipher, type ExplainingCiphered, explainCiphered } from './explain-ciphered.js';
import { compactArrayContents } from './explain-compact.js';
import { explainFrames } from './explain-frames.js';
import type { ExplainNames } from './explain-meaning.js';
import { type Draft, type ExplainNode, type ExplainOrigin, end, part } from './explain-node.js';
import { explainSchema } from './explain-schema.js';
import { kept } from './kept.js';

/** Options of {@link explain}. */
export interface ExplainOptions {
  /** What stands around the APDUs; `apdu`: nothing, or an LLC header. Default: found out. */
  readonly framing?: Framing;
  /** Reads ciphered content; see `decipherWith`. */
  readonly decipher?: Decipher;
  /** Names for OBIS codes and classes. */
  readonly names?: ExplainNames;
  /** Nesting of Data that is followed. Default 64. */
  readonly maxDepth?: number;
}

/**
 * Octets with their meaning, across the layers: HDLC, wrapper or M-Bus frames, LLC, general block transfer, ciphering, APDU, Data. Never throws:
 * where the octets cannot be read, the rest is a node `unread` with the error. Known deviations are read as in lenient decoding and named.
 *
 * The children of every node cover it octet by octet; only nodes with an `origin` (deciphered, reassembled) count in octets of their own.
 */
export function explain(bytes: Uint8Array, options: ExplainOptions = {}): ExplainNode {
  const state = new Explainer(options);
  return withOctets(explainFrames(bytes, options.framing ?? framingOf(bytes), state), bytes);
}

/** Explains one value of a schema: an attribute of a class, a structure of your own. */
export function explainValue(
  schema: Parameters<typeof explainSchema>[0],
  bytes: Uint8Array,
  options: ExplainOptions = {},
): ExplainNode {
  const state = new Explainer(options);
  const { node, error } = explainSchema(schema, bytes, 0, bytes.length, schema.kind, state.schemaOptions(bytes));
  return withOctets(withUnread(node, error, 0, bytes.length), bytes);
}
function withOctets(top: Draft, octets: Uint8Array): ExplainNode {
  top.octets = octets;
  return top;
}

/** A frame behind other octets is one, unless all of them together are an APDU that contains it. */
function framingOf(bytes: Uint8Array): Framing {
  const found = detectFraming(bytes, { damaged: true });
  if (found === undefined || (found.offset > 0 && isApdu(bytes))) return 'apdu';
  return found.framing;
}
function isApdu(bytes: Uint8Array): boolean {
  if (!isApduTag(bytes[0])) return false;
  try {
    decode(Apdu, bytes, { lenient: true });
    return true;
  } catch {
    return false;
  }
}

/** A node for a range: the one that was read, and what could not be read behind it. */
export function withUnread(node: Draft, error: DlmsError | undefined, from: number, to: number): Draft {
  const at = end(node);
  if (error === undefined && at === to) return node;
  const rest = part(at, to - at, 'unread', '', '');
  rest.error = error ?? new DlmsError('decode/trailing-bytes', { offset: at, left: to - at });
  rest.meaning = rest.error.message;
  if (node.children !== undefined && node.children.length > 0) {
    node.length = to - node.offset;
    node.children.push(rest);
    return node;
  }
  const { name, meaning, type } = node;
  return {
    offset: from,
    length: to - from,
    path: '',
    name,
    meaning,
    ...(type === undefined ? {} : { type }),
    children: node.length > 0 ? [node, rest] : [rest],
  };
}

const contents: Map<string, Content> = /* @__PURE__ */ new Map();
/** What is remembered from one APDU to the next: titles, a dedicated key, blocks. */
class Explainer implements ExplainingCiphered {
  readonly options: ExplainOptions;
  readonly names: ExplainNames;
  readonly titles: Uint8Array[] = [];
  dedicatedKey: Uint8Array | undefined;
  #blocks: Uint8Array[] = [];
  #level = 0;
  constructor(options: ExplainOptions) {
    this.options = options;
    this.names = options.names ?? {};
  }
  get decipher(): Decipher | undefined {
    return this.options.decipher;
  }

  /** One APDU from here to there. */
  apdu(bytes: Uint8Array, from: number, to: number): Draft {
    // An APDU can carry another one (gateway, signature, block); nobody needs more than a few.
    if (this.#level >= 8) return part(from, to - from, 'apdu', 'nested too deeply');
    this.#level++;
    try {
      const { node, error } = explainSchema(Apdu, bytes, from, to, 'apdu', this.schemaOptions(bytes, bytes[from]));
      const all = withUnread(node, error, from, to);
      if (all.length > 0) all.source = sourceOf(bytes[from] as number);
      return all;
    } finally {
      this.#level--;
    }
  }

  /** @param tag of the APDU, when it is one: the books have one type for general-glo-ciphering and general-ded-ciphering */
  schemaOptions(bytes: Uint8Array, tag?: number): Parameters<typeof explainSchema>[5] {
    const { maxDepth } = this.options;
    return {
      names: this.names,
      ...(maxDepth === undefined ? {} : { maxDepth }),
      inside: (node, at, siblings) => this.#inside(bytes, node, at, siblings, tag),
    };
  }

  /** Octet strings that contain something. */
  #inside(
    bytes: Uint8Array,
    node: Draft,
    at: string,
    siblings: Readonly<Record<string, unknown>>,
    tag: number | undefined,
  ): void {
    const value = node.value as Uint8Array;
    const content = kept(contents, at, contentOf);
    if (content === undefined || value.length === 0) return;
    const from = end(node) - value.length;
    const fill = (children: Draft[]): void => {
      const header = from - node.offset;
      node.meaning = '';
      if (header > 0) children.unshift(part(node.offset, header, 'length', String(value.length), node.path));
      node.children = children;
    };
    switch (content) {
      case 'title':
        return this.#remember(value);
      case 'key':
        this.dedicatedKey = value;
        return;
      case 'apdu':
        return fill([this.apdu(bytes, from, end(node))]);
      case 'elements': {
        const description = siblings.contentsDescription as TypeDescription;
        return fill(compactArrayContents(bytes, from, end(node), description, this.schemaOptions(bytes)));
      }
      case 'block':
        return this.#block(node, value, siblings, fill);
      case 'ciphered':
        return fill(explainCiphered(this, bytes, from, end(node), { at, tag, siblings }));
    }
  }
  #remember(title: Uint8Array): void {
    if (title.length === 8 && this.titles.length < 64) this.titles.unshift(title);
  }

  /** The blocks of a message follow each other; the last one carries the whole of it below. */
  #block(
    node: Draft,
    data: Uint8Array,
    siblings: Readonly<Record<string, unknown>>,
    fill: (children: Draft[]) => void,
  ): void {
    const number = siblings.blockNumber as number;
    const last = (siblings.blockControl as BlockControl).lastBlock;
    if (number === 1) this.#blocks = [];
    // A block that was sent again replaces itself; a gap leaves nothing to be put together.
    if (number > this.#blocks.length + 1) this.#blocks = [];
    else this.#blocks[number - 1] = data;
    if (!last || this.#blocks.length !== number || number === 0) return;
    const octets = concat(...this.#blocks);
    this.#blocks = [];
    if (octets.length > 16 * 1024 * 1024) return;
    fill([
      part(end(node) - data.length, data.length, 'block', `block ${number}`, node.path),
      this.made('reassembled', octets, (all) => this.apdu(all, 0, all.length)),
    ]);
  }

  /** A node about octets that do not stand in the input as they are. */
  made(origin: ExplainOrigin, octets: Uint8Array, inside: (octets: Uint8Array) => Draft): Draft {
    return {
      offset: 0,
      length: octets.length,
      path: '',
      name: origin,
      meaning: `${octets.length} octets`,
      origin,
      octets,
      children: [inside(octets)],
    };
  }
}
/** Where an APDU of this tag is laid down. */
function sourceOf(tag: number): string {
  const facts = factsOfTag(tag);
  if (facts?.service === 'acse') return 'ISO/IEC 8650-1, as the Green Book uses it';
  if (facts?.service === 'general' && facts.protection !== undefined) return 'Green Book 9.5, general protection';
  if (facts === apduFacts['gateway-request'] || facts === apduFacts['gateway-response'])
    return 'Green Book, gateway header';
  return 'Green Book, COSEMpdu (ASN.1), in A-XDR (IEC 61334-6)';
}
const apduInside: ReadonlySet<string> = /* @__PURE__ */ new Set([
  'AARQ.userInformation',
  'AARE.userInformation',
  'RLRQ.userInformation',
  'RLRE.userInformation',
  'Gateway.payload',
  'General-Signing.content',
]);
/** What the octets at a place are or contain. */
type Content = 'title' | 'key' | 'apdu' | 'elements' | 'block' | 'ciphered' | undefined;
function contentOf(at: string): Content {
  if (at.endsWith('APTitle') || at.endsWith('ystemTitle')) return 'title';
  if (at === 'InitiateRequest.dedicatedKey') return 'key';
  if (apduInside.has(at)) return 'apdu';
  if (at === 'compact-array.arrayContents') return 'elements';
  if (at === 'General-Block-Transfer.blockData') return 'block';
  return at.endsWith('.cipheredContent') || /^xDLMS-APDU\.(glo|ded)-/.test(at) ? 'ciphered' : undefined;
}
