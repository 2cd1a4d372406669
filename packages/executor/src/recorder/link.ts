import { connect, type Socket } from 'node:net';
import { Problem } from '@agent-harbor/core/problem';
import { createLineSplitter } from '../journal/line-splitter.ts';
import { type Command, encodeMessage, readNotice } from './control-message.ts';

/** The server's end of a recorder's control socket. */
export interface RecorderLink {
  /** The journal's size on the disk, as last heard. */
  readonly durable: number;
  /** Whether the recorder still listens. */
  readonly open: boolean;
  /** Resolves when `durable` grew beyond `size`, the link ended, or the signal fired. */
  changed(size: number, signal?: AbortSignal): Promise<void>;
  /** Sends a command; resolves when it is written down in the journal. */
  send(command: Command): Promise<void>;
  close(): void;
}

const noticeLimit = 64 * 1024;

/** Connects; undefined when nobody listens, or nobody said hello before `limit` called its argument. */
export const connectToRecorder = async (
  path: string,
  limit: (cut: () => void) => () => void,
): Promise<RecorderLink | undefined> => {
  const link = new Link(connect(path));
  const cancel = limit(() => link.close());
  const isGreeted = await link.greeted;
  cancel();
  return isGreeted ? link : undefined;
};

class Link implements RecorderLink {
  durable = 0;
  open = true;
  /** True when the recorder said hello, false when the connection ended before. */
  readonly greeted: Promise<boolean>;
  private readonly socket: Socket;
  private readonly wakers = new Set<() => void>();
  /** By the id of the command: resolves with the reason of a refusal, or nothing. */
  private readonly answers = new Map<string, PromiseWithResolvers<string | undefined>>();

  constructor(socket: Socket) {
    this.socket = socket;
    const greeting = Promise.withResolvers<boolean>();
    this.greeted = greeting.promise;
    const lines = createLineSplitter(noticeLimit, (line) => {
      const notice = readNotice(line);
      if (notice === undefined) return;
      if ('hello' in notice) {
        this.grow(notice.hello.durable);
        greeting.resolve(true);
      } else if ('durable' in notice) this.grow(notice.durable);
      else if ('taken' in notice) this.answers.get(notice.taken)?.resolve(undefined);
      else this.answers.get(notice.refused)?.resolve(notice.reason);
    });
    socket.on('data', (chunk) => lines.push(chunk));
    // Nobody listens, or the recorder died: both end the link, and the caller looks at the process.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.open = false;
      greeting.resolve(false);
      for (const answer of this.answers.values()) answer.resolve('It ended before it answered.');
      this.wake();
    });
  }

  async changed(size: number, signal?: AbortSignal): Promise<void> {
    if (this.durable > size || !this.open || signal?.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        this.wakers.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      this.wakers.add(wake);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  async send(command: Command): Promise<void> {
    if (!this.open) throw unreachable('It has ended.');
    const waiting = this.answers.get(command.id) ?? Promise.withResolvers<string | undefined>();
    this.answers.set(command.id, waiting);
    this.socket.write(encodeMessage(command));
    const refusal = await waiting.promise.finally(() => this.answers.delete(command.id));
    if (refusal !== undefined) throw unreachable(refusal);
  }

  close(): void {
    this.socket.destroy();
  }

  private grow(durable: number): void {
    this.durable = Math.max(this.durable, durable);
    this.wake();
  }

  private wake(): void {
    for (const wake of [...this.wakers]) wake();
  }
}

const unreachable = (reason: string): Problem =>
  new Problem('internal', { detail: `The recorder of the session did not take the command. ${reason}` });
