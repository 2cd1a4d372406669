import type { TerminalFrame, TerminalSize } from '@agent-harbor/api-contract/schemas';
import type { Clock } from '@agent-harbor/core';
import { Problem } from '@agent-harbor/core/problem';
import type { TerminalLog } from './log-writer.ts';
import type { TerminalProcess } from './pty.ts';

/** Where people sit down at a session's terminal: what it shows is kept, what they type gets to its program. */
export interface TerminalDesk {
  /** As it is now. */
  readonly size: TerminalSize;
  /** The program is there. */
  open(process: Pick<TerminalProcess, 'write' | 'unread' | 'resize'>): void;
  show(bytes: Buffer): void;
  /** The program has ended. */
  close(exit: { readonly exitCode?: number; readonly signal?: string }): void;
  /** Throws what speaks against typing now. */
  check(): void;
  /** `data` is base64. What comes before the program is there waits for it. */
  type(data: string): void;
  resize(size: TerminalSize): void;
}

/** What a frame carries at most, bytes before they become text. */
const frameBytes = 32 * 1024;
/** What is typed and not read by then is not kept waiting; a person does not type so much. */
const unreadLimit = 256 * 1024;

export const createTerminalDesk = (first: TerminalSize, log: TerminalLog, clock: Clock): TerminalDesk => {
  const { cols, rows } = first;
  let size: TerminalSize = { cols, rows };
  let process: Parameters<TerminalDesk['open']>[0] | undefined;
  let early: Buffer[] = [];
  let isClosed = false;

  const append = (frame: WithoutTime<TerminalFrame>) => log.append({ ...frame, timestamp: clock.now() });
  const unread = (): number => process?.unread() ?? early.reduce((sum, { length }) => sum + length, 0);
  append({ type: 'terminal_resize', ...size });
  return {
    get size() {
      return size;
    },
    open(started) {
      process = started;
      // It may have changed while the agent was waited for.
      started.resize(size.cols, size.rows);
      for (const bytes of early) started.write(bytes);
      early = [];
    },
    show(bytes) {
      for (let start = 0; start < bytes.length; start += frameBytes) {
        append({
          type: 'terminal',
          data: bytes.toString('base64', start, Math.min(bytes.length, start + frameBytes)),
        });
      }
    },
    close(exit) {
      if (isClosed) return;
      isClosed = true;
      process = undefined;
      append({ type: 'terminal_exit', ...exit });
      log.close();
    },
    check() {
      if (isClosed) throw new Problem('session-ended', { detail: 'The program in the terminal has ended.' });
      if (unread() < unreadLimit) return;
      throw new Problem('wrong-state', { detail: 'The program does not read what was typed before.' });
    },
    type(data) {
      const bytes = Buffer.from(data, 'base64');
      if (process === undefined) early.push(bytes);
      else process.write(bytes);
    },
    resize(wish) {
      size = { cols: wish.cols, rows: wish.rows };
      process?.resize(size.cols, size.rows);
      append({ type: 'terminal_resize', ...size });
    },
  };
};

type WithoutTime<Frame> = Frame extends unknown ? Omit<Frame, 'timestamp'> : never;
