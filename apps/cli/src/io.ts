import type { Pager } from './terminal/pager.ts';

/** Where a command writes to. */
export interface Output {
  /** Resolves when the reader has taken it, or the user does not want to wait. Rejects with `OutputClosed`. */
  write(text: string | Uint8Array): Promise<void>;
  readonly isTTY?: boolean | undefined;
  /** The width of the terminal. */
  readonly columns?: number | undefined;
}

/** Nobody reads on, as in `ah … | head`: a reason to end in good order, and not a failure. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';
}

/** The terminal a person sits at: what is typed there, and its size. */
export interface Seat {
  readonly size: () => { readonly cols: number; readonly rows: number };
  /**
   * Gives every key to `take` as it is pressed, and the terminal back as it was when the returned function is called, the
   * command ends or a signal ends it. `resized` hears of another size.
   */
  sit(take: (keys: Uint8Array) => void, resized: () => void): () => void;
}

/** Everything a command touches of the process it runs in; tests bring their own. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  /** The whole of standard input, for `--prompt-file -`. */
  readonly readStdin: () => Promise<string>;
  /** The same as it came, for what is signed to the byte. */
  readonly readStdinBytes: () => Promise<Uint8Array>;
  /** Undefined when standard input or output is no terminal. */
  readonly seat: Seat | undefined;
  /** Starts a pager for a person; undefined where standard output is no terminal, or none is wanted or there. */
  readonly openPager: () => Promise<Pager | undefined>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** How this program is started again: the program and its first arguments. */
  readonly program: readonly string[];
  /** Fires on Ctrl-C and on a polite kill. Looking at it is what keeps the process from ending by itself. */
  readonly interrupted: AbortSignal;
}
