/** What a command may touch of the outside: given by the terminal, or by a test. */
export interface Io {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly stdin: AsyncIterable<Uint8Array | string>;
  /** Standard output is a terminal: colours and width matter. */
  readonly isTTY: boolean;
  /** Standard error is a terminal: progress may overwrite its line. Default: as `isTTY`. */
  readonly errorIsTTY?: boolean;
  readonly columns?: number;
  /** Environment variables. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Asks the user, and does not show what is typed. Absent where there is no terminal. */
  ask?(question: string): Promise<string>;
  /** Work for when the command has ended, whatever its end. */
  atEnd?(work: () => unknown): void;
  /** Ends commands that run until they are told to stop, and calls that take long. */
  readonly signal?: AbortSignal;
}
