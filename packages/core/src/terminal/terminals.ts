import type {
  ResyncEvent,
  TerminalFrame,
  TerminalPage,
  TerminalSize,
} from '@agent-harbor/api-contract/schemas';
import type { CallOptions, LocalOptions, MutationOptions } from '../call.ts';
import type { EventReader } from '../stream/reader.ts';

/** Where a reader of a terminal begins. */
export interface WatchOptions extends CallOptions {
  /** Goes on after the frame with this id; with the oldest that is kept when absent. */
  readonly after?: string | undefined;
}

/** One frame with the id to resume after it, or the word that frames before `oldest` are not kept. */
export interface TerminalItem {
  readonly id: string;
  readonly frame: TerminalFrame | ResyncEvent;
}

/**
 * The terminals that agents run in. Only a session whose agent was launched with `terminal` in its settings has one:
 * all others reject with `terminal-not-found`, and unknown ones with `session-not-found`.
 */
export interface Terminals {
  /**
   * What the terminal shows, as it is: what is kept of it (bounded; the oldest goes first), then live until its program has
   * ended. Of a session that waits it begins when the session does. Ends without an error when the signal fires.
   */
  watchTerminal(sessionId: string, options?: WatchOptions): AsyncIterable<TerminalItem>;
  /**
   * Types: text, or bytes. Resolves when they are on their way to the program; calls are typed in the order in which they
   * resolve. What is typed is not recorded, only what the program shows of it. Rejects with `payload-too-large` above
   * 64 KiB, `wrong-state` when the session does not run or the program does not read, `session-ended`.
   */
  typeTerminal(sessionId: string, input: string | Uint8Array, options?: MutationOptions): Promise<void>;
  /** Gives it another size, for everybody who watches. Rejects as typing does. */
  resizeTerminal(sessionId: string, size: TerminalSize, options?: MutationOptions): Promise<void>;
}

/** The same, with what only a caller inside the process can ask for. */
export interface LocalTerminals extends Terminals {
  /** A reader for a stream. */
  openTerminal(sessionId: string, options?: WatchOptions): Promise<EventReader>;
  /** What is there now, at most some 256 KiB of it. */
  terminalPage(sessionId: string, options?: WatchOptions): Promise<TerminalPage>;
  typeTerminal(
    sessionId: string,
    input: string | Uint8Array,
    options?: MutationOptions & LocalOptions<void>,
  ): Promise<void>;
  resizeTerminal(
    sessionId: string,
    size: TerminalSize,
    options?: MutationOptions & LocalOptions<void>,
  ): Promise<void>;
}
