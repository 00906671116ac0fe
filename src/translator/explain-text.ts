import { formatHex } from '../core/hex.js';
import type { ExplainNode } from './explain-node.js';

/** How {@link explainText} writes. */
export interface ExplainTextOptions {
  /** ANSI colours for a terminal. Default: false. */
  readonly colours?: boolean;
  /** Octets shown per line. Default 16. */
  readonly octets?: number;
  /** Paths of the decoded value behind each line. Default: false. */
  readonly paths?: boolean;
  /** Where the layout of frames, APDUs and security headers is laid down. Default: false. */
  readonly sources?: boolean;
}

/** The tree of `explain` as lines: offset, octets, name and meaning. Octets of a node with children stand on the lines of the children. */
export function explainText(node: ExplainNode, options: ExplainTextOptions = {}): string {
  const lines: string[] = [];
  const colours = options.colours === true;
  const paint = (code: number, text: string): string =>
    colours && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text;
  const wide = options.octets ?? 16;
  const column = wide * 3 + 1;
  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: one line of one node, and the columns it does without
  const walk = (n: ExplainNode, octets: Uint8Array, level: number): void => {
    const own = n.octets ?? octets;
    const leaf = n.children === undefined || n.children.length === 0;
    let hex = '';
    if (leaf) {
      hex = formatHex(own.subarray(n.offset, n.offset + Math.min(n.length, wide)), ' ');
      if (n.length > wide) hex += ' …';
    }
    let text = paint(36, n.name);
    const add = (code: number, more: string): void => {
      if (more !== '') text += `  ${paint(code, more)}`;
    };
    if (n.type !== undefined) add(2, n.type);
    if (n.meaning !== '') text += `  ${n.meaning}`;
    if (n.quirk !== undefined) add(33, `[quirk ${n.quirk}]`);
    if (n.error !== undefined) add(31, n.meaning === n.error.message ? '[error]' : `[error: ${n.error.message}]`);
    if (options.paths === true) add(2, n.path);
    if (options.sources === true && n.source !== undefined) add(2, `(${n.source})`);
    const offset = n.offset.toString(16).toUpperCase().padStart(6, '0');
    lines.push(`${paint(2, offset)}  ${hex.padEnd(column)}${'  '.repeat(level)}${text}`.trimEnd());
    for (const c of n.children ?? []) walk(c, own, level + 1);
  };
  walk(node, new Uint8Array(0), 0);
  return lines.join('\n');
}
