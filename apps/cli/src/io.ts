/** Where a command writes to. */
export interface Output {
  /** Resolves when the reader has taken it, or the user does not want to wait. Rejects with `OutputClosed`. */
  write(text: string): Promise<void>;
  readonly isTTY?: boolean | undefined;
  /** The width of the terminal. */
  readonly columns?: number | undefined;
}

/** Nobody reads on, as in `ah … | head`: a reason to end in good order, and not a failure. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';
}

/** Everything a command touches of the process it runs in; tests bring their own. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  /** The whole of standard input, for `--prompt-file -`. */
  readonly readStdin: () => Promise<string>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** How this program is started again: the program and its first arguments. */
  readonly program: readonly string[];
  /** Fires on Ctrl-C and on a polite kill. Looking at it is what keeps the process from ending by itself. */
  readonly interrupted: AbortSignal;
}
