import type { Quirk } from '../core/cursor.js';
import type { DlmsError } from '../core/errors.js';

/** A span of octets with its meaning. The children of a node cover it without gaps; where a node has none, it is one thing. */
export interface ExplainNode {
  /** First octet, counted in the octets that were given; below a node with `origin`, in the octets of that node. */
  readonly offset: number;
  readonly length: number;
  /** Where in the decoded value, as in the path of an error: `get-request.get-request-normal.invokeIdAndPriority`. */
  readonly path: string;
  /** Field, element or part of a frame. */
  readonly name: string;
  /** Type in the books' words, where it is not fixed by the name. */
  readonly type?: string;
  /** The value in words. */
  readonly meaning: string;
  readonly value?: unknown;
  readonly children?: readonly ExplainNode[];
  /** What made the reading stop here. */
  readonly error?: DlmsError;
  /** Name of a deviation that was accepted. */
  readonly quirk?: string;
  /** Where the layout is laid down: on frames, APDUs and security headers. */
  readonly source?: string;
  /** This node and those below are about other octets than those around: see {@link ExplainOrigin}. */
  readonly origin?: ExplainOrigin;
  /** The octets in which this node and those below count: on the top node, and where an `origin` made others. */
  readonly octets?: Uint8Array;
}
/** Where octets come from that do not stand in the input: deciphered (and decompressed), only decompressed, or put together from several frames or blocks. */
export type ExplainOrigin = 'deciphered' | 'decompressed' | 'reassembled';
/** While it is being made. */
export type Draft = { -readonly [K in keyof ExplainNode]: K extends 'children' ? Draft[] : ExplainNode[K] };

/** What explains the octets inside others: APDUs, and octets that do not stand in the input as they are. */
export interface Explaining {
  /** One APDU from here to there. */
  apdu(bytes: Uint8Array, from: number, to: number): Draft;
  /** A node about octets that do not stand in the input as they are. */
  made(origin: ExplainOrigin, octets: Uint8Array, inside: (octets: Uint8Array) => Draft): Draft;
}

export const end = (node: ExplainNode): number => node.offset + node.length;

/** A part that has a length and a meaning, and nothing inside. */
export const part = (offset: number, length: number, name: string, meaning: string, path = '', type?: string): Draft =>
  type === undefined ? { offset, length, path, name, meaning } : { offset, length, path, name, type, meaning };

/** Lets a node begin earlier: what stood in front (a tag, a count, a presence octet) becomes its first child, or part of it when it has no children. */
export function extend(node: Draft, offset: number, name: string, meaning: string): Draft {
  const extra = node.offset - offset;
  if (extra <= 0) return node;
  if (node.children !== undefined && node.children.length > 0)
    node.children.unshift(part(offset, extra, name, meaning, node.path));
  node.offset = offset;
  node.length += extra;
  return node;
}

/** Every octet between the children gets a node of its own. Nodes about other octets stay where they are. */
export function fillGaps(node: Draft, name: string): void {
  if (node.children === undefined || node.children.length === 0) return;
  let at = node.offset;
  for (const c of node.children) {
    if (c.origin !== undefined || c.offset !== at) break;
    at = end(c);
  }
  if (at === end(node)) return;
  const out: Draft[] = [];
  at = node.offset;
  for (const c of node.children) {
    if (c.origin === undefined) {
      if (c.offset > at) out.push(part(at, c.offset - at, name, '', node.path));
      at = Math.max(at, end(c));
    }
    out.push(c);
  }
  if (at < end(node)) out.push(part(at, end(node) - at, name, '', node.path));
  node.children = out;
}

/** Gives each deviation to the deepest node that holds its octet. Goes through the tree once, however many there are. */
export function noteQuirks(top: Draft, quirks: readonly Quirk[]): void {
  const sorted = [...quirks].sort((a, b) => a.offset - b.offset);
  let next = 0;
  const until = (node: Draft, offset: number): void => {
    for (let q = sorted[next]; q !== undefined && q.offset < offset; q = sorted[++next]) node.quirk ??= q.name;
  };
  const walk = (node: Draft): void => {
    for (const c of node.children ?? []) {
      if (c.origin !== undefined) continue;
      until(node, c.offset);
      walk(c);
    }
    until(node, end(node));
  };
  walk(top);
  until(top, Number.POSITIVE_INFINITY);
}
