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
  const paint = (code: number, text: string): string =>
    options.colours === true && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text;
  const wide = options.octets ?? 16;
  const column = wide * 3 + 1;
  const walk = (n: ExplainNode, octets: Uint8Array, level: number): void => {
    const own = n.octets ?? octets;
    const leaf = n.children === undefined || n.children.length === 0;
    const all = leaf ? own.subarray(n.offset, n.offset + n.length) : new Uint8Array(0);
    const hex = formatHex(all.subarray(0, wide), ' ') + (all.length > wide ? ' …' : '');
    const label = [paint(36, n.name), n.type === undefined ? '' : paint(2, n.type), n.meaning]
      .filter((t) => t !== '')
      .join('  ');
    const notes = [
      n.quirk === undefined ? '' : paint(33, `[quirk ${n.quirk}]`),
      n.error === undefined ? '' : paint(31, n.meaning === n.error.message ? '[error]' : `[error: ${n.error.message}]`),
      options.paths === true && n.path !== '' ? paint(2, n.path) : '',
      options.sources === true && n.source !== undefined ? paint(2, `(${n.source})`) : '',
    ].filter((t) => t !== '');
    lines.push(
      `${paint(2, n.offset.toString(16).toUpperCase().padStart(6, '0'))}  ${hex.padEnd(column)}${'  '.repeat(level)}${[label, ...notes].join('  ')}`.trimEnd(),
    );
    for (const c of n.children ?? []) walk(c, own, level + 1);
  };
  walk(node, new Uint8Array(0), 0);
  return lines.join('\n');
}
