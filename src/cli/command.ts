import type { Io } from './io.js';

/** One option of a command: declared once, used by the parser and the help. */
export interface Option {
  readonly type: 'string' | 'boolean';
  readonly multiple?: boolean;
  readonly short?: string;
  /** The placeholder for the value in the help. */
  readonly value?: string;
  readonly help: string;
}
export type Options = Readonly<Record<string, Option>>;
/** Values by name, typed by the declaration. */
export type Values<O extends Options> = {
  readonly [K in keyof O]?: O[K]['type'] extends 'boolean'
    ? boolean
    : O[K] extends { multiple: true }
      ? readonly string[]
      : string;
};

/** What the parser made of the command line, by the names of the options. */
export type ParsedValues = Readonly<Record<string, unknown>>;

export interface Command<O extends Options = Options, V = ParsedValues> {
  readonly name: string;
  /** One line in the list of commands. */
  readonly summary: string;
  /** The arguments, as shown in the usage line. */
  readonly arguments: string;
  /** Minimum and maximum number of arguments. */
  readonly count: readonly [number, number];
  readonly options: O;
  /** Further paragraphs of the help. */
  readonly notes?: readonly string[];
  readonly examples?: readonly string[];
  /** @returns the exit code */
  run(args: readonly string[], values: V, io: Io): Promise<number>;
}
/** Keeps the literal types of the options. */
export const command = <const O extends Options>(c: Command<O, Values<O>>): Command => c;
