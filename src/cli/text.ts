import { styleText } from 'node:util';
import type { Io } from './io.js';

// Text for terminals.

type Style = Parameters<typeof styleText>[0];
export type Paint = (style: Style, text: string) => string;

/** Colours, if there is a terminal to show them. */
export const painter = (io: Io): Paint =>
  io.isTTY ? (style, text) => (text === '' ? '' : styleText(style, text)) : (_, text) => text;

/**
 * Text from a meter or the command line must not control the terminal: no control characters, no change of direction.
 */
export const harmless = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (c) => {
    const code = (c.codePointAt(0) as number).toString(16);
    return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`;
  });

/** Breaks lines at blanks. */
export function wrapped(text: string, columns: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > Math.max(20, columns)) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}

export interface TableColumn {
  readonly title: string;
  readonly right?: boolean;
}
/** Columns side by side, two blanks apart. */
export function table(columns: readonly TableColumn[], rows: readonly (readonly string[])[], paint: Paint): string {
  const wide = columns.map((c, i) => Math.max(width(c.title), ...rows.map((r) => width(r[i] ?? ''))));
  const line = (cells: readonly string[], style?: Style): string =>
    columns
      .map((c, i) => {
        const cell = cells[i] ?? '';
        const gap = ' '.repeat((wide[i] as number) - width(cell));
        const text = style === undefined ? cell : paint(style, cell);
        return c.right === true ? gap + text : text + gap;
      })
      .join('  ')
      .trimEnd();
  return [
    line(
      columns.map((c) => c.title),
      'bold',
    ),
    ...rows.map((r) => line(r)),
  ].join('\n');
}
const width = (text: string): number => [...text].length;

/** Octets as `1.5 kB`. */
export const size = (octets: number): string =>
  octets < 1000
    ? `${octets} B`
    : octets < 1_000_000
      ? `${(octets / 1000).toFixed(1)} kB`
      : `${(octets / 1_000_000).toFixed(1)} MB`;

/** A line on standard error that is overwritten; nothing if nobody watches. */
export class Progress {
  readonly #io: Io;
  #shown = 0;
  #last = 0;
  constructor(io: Io) {
    this.#io = io;
  }
  show(text: string): void {
    const now = Date.now();
    if (!(this.#io.errorIsTTY ?? this.#io.isTTY) || now - this.#last < 100) return;
    this.#last = now;
    this.#io.stderr.write(`\r${text.padEnd(this.#shown)}`);
    this.#shown = text.length;
  }
  done(): void {
    if (this.#shown > 0) this.#io.stderr.write(`\r${' '.repeat(this.#shown)}\r`);
    this.#shown = 0;
  }
}

/**
 * Lines on standard error about what others do: at most twenty per second, so that a flood of messages cannot fill a
 * disk.
 */
export class Notes {
  readonly #io: Io;
  #second = 0;
  #written = 0;
  #silent = 0;
  constructor(io: Io) {
    this.#io = io;
  }
  write(text: string): void {
    const second = Math.floor(Date.now() / 1000);
    if (second !== this.#second) {
      if (this.#silent > 0) this.#io.stderr.write(`… and ${this.#silent} more like these\n`);
      this.#second = second;
      this.#written = 0;
      this.#silent = 0;
    }
    if (++this.#written > 20) this.#silent++;
    else this.#io.stderr.write(`${text}\n`);
  }
}

/** A small chart of values: a line of blocks, with the highest value of each step. */
export function sparkline(
  values: readonly number[],
  columns: number,
  low: number = Math.min(...values),
  high: number = Math.max(...values),
): string {
  const steps = Math.min(columns, values.length);
  let out = '';
  for (let i = 0; i < steps; i++) {
    const part = values.slice(
      Math.floor((i * values.length) / steps),
      Math.max(Math.floor((i * values.length) / steps) + 1, Math.floor(((i + 1) * values.length) / steps)),
    );
    const level = high === low ? 0 : (Math.max(...part) - low) / (high - low);
    out += blocks[Math.round(level * (blocks.length - 1))];
  }
  return out;
}
const blocks = '▁▂▃▄▅▆▇█';

/**
 * A chart of several lines: a column of blocks for each step, with the highest value at the top and the lowest at the
 * bottom.
 */
export function plot(values: readonly number[], columns: number, lines: number): string[] {
  const [low, high] = [0, Math.max(...values)];
  const steps = Math.min(columns, values.length);
  const heights = Array.from({ length: steps }, (_, i) => {
    const from = Math.floor((i * values.length) / steps);
    const part = values.slice(from, Math.max(from + 1, Math.floor(((i + 1) * values.length) / steps)));
    const mean = part.reduce((a, b) => a + b, 0) / part.length;
    return high === low ? 0 : ((mean - low) / (high - low)) * lines;
  });
  return Array.from({ length: lines }, (_, k) => {
    const floor = lines - 1 - k;
    return heights
      .map((h) =>
        h <= floor ? ' ' : h >= floor + 1 ? '█' : (blocks[Math.max(0, Math.ceil((h - floor) * 8) - 1)] as string),
      )
      .join('');
  });
}
