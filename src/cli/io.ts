/** What a command may access of the outside world: provided by the terminal, or by a test. */
export interface Io {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly stdin: AsyncIterable<Uint8Array | string>;
  /** Whether standard output is a terminal: colours and width matter. */
  readonly isTTY: boolean;
  /** Whether standard error is a terminal: progress may overwrite its line. Default: as `isTTY`. */
  readonly errorIsTTY?: boolean;
  readonly columns?: number;
  /** Environment variables. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Asks the user without showing what is typed. Absent if there is no terminal. */
  ask?(question: string): Promise<string>;
  /** Adds work to do when the command has ended, however it ends. */
  atEnd?(work: () => unknown): void;
  /** Ends commands that run until told to stop, and calls that take long. */
  readonly signal?: AbortSignal;
}
