import { connect, type Socket } from 'node:net';
import { isProblemCode } from '@agent-harbor/api-contract/problem';
import { Problem } from '@agent-harbor/core/problem';
import { createLineSplitter } from '../journal/line-splitter.ts';
import { type Command, encodeMessage, type Notice, readNotice } from './control-message.ts';

/** The server's end of a recorder's control socket. */
export interface RecorderLink {
  /** The journal's size on the disk, as last heard. */
  readonly durable: number;
  /** Whether the recorder still listens. */
  readonly open: boolean;
  /** Resolves when `durable` grew beyond `size`, the link ended, or the signal fired. */
  changed(size: number, signal?: AbortSignal): Promise<void>;
  /** The number of the last frame of the session's terminal, as last heard; 0 without one. */
  readonly shown: number;
  /** Resolves when `shown` grew beyond `number`, the link ended, or the signal fired. */
  moreShown(number: number, signal?: AbortSignal): Promise<void>;
  /** Sends a command and gives the answer. `gone`: the link ended before there was one. */
  send(command: Command): Promise<Answer>;
  close(): void;
}

/** What became of a command. `unknown`: the recorder is of an older release. */
type Answer =
  | { readonly answer: 'taken' | 'unknown' | 'gone' }
  | { readonly answer: 'refused'; readonly problem: Problem };

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
  shown = 0;
  open = true;
  /** True when the recorder said hello, false when the connection ended before. */
  readonly greeted: Promise<boolean>;
  private readonly socket: Socket;
  private readonly wakers = new Set<() => void>();
  private readonly watchers = new Set<() => void>();
  /** By the id of the command. */
  private readonly answers = new Map<string, PromiseWithResolvers<Answer>>();

  constructor(socket: Socket) {
    this.socket = socket;
    const greeting = Promise.withResolvers<boolean>();
    this.greeted = greeting.promise;
    const lines = createLineSplitter(noticeLimit, (line) => {
      const notice = readNotice(line);
      if (notice === undefined) return;
      if ('hello' in notice) {
        this.grow(notice.hello.durable);
        this.shown = notice.hello.shown ?? 0;
        greeting.resolve(true);
      } else if ('durable' in notice) this.grow(notice.durable);
      else if ('shown' in notice) this.show(notice.shown);
      else if ('taken' in notice) this.answers.get(notice.taken)?.resolve({ answer: 'taken' });
      else this.answers.get(notice.refused)?.resolve(refusal(notice));
    });
    socket.on('data', (chunk) => lines.push(chunk));
    // Nobody listens, or the recorder died: both end the link, and the caller looks at the process.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.open = false;
      greeting.resolve(false);
      for (const answer of this.answers.values()) answer.resolve({ answer: 'gone' });
      wakeAll(this.wakers);
      wakeAll(this.watchers);
    });
  }

  async changed(size: number, signal?: AbortSignal): Promise<void> {
    if (this.durable > size || !this.open || signal?.aborted) return;
    await woken(this.wakers, signal);
  }

  async moreShown(number: number, signal?: AbortSignal): Promise<void> {
    if (this.shown > number || !this.open || signal?.aborted) return;
    await woken(this.watchers, signal);
  }

  async send(command: Command): Promise<Answer> {
    if (!this.open) return { answer: 'gone' };
    const waiting = this.answers.get(command.id) ?? Promise.withResolvers<Answer>();
    this.answers.set(command.id, waiting);
    this.socket.write(encodeMessage(command));
    return waiting.promise.finally(() => this.answers.delete(command.id));
  }

  close(): void {
    this.socket.destroy();
  }

  private grow(durable: number): void {
    this.durable = Math.max(this.durable, durable);
    wakeAll(this.wakers);
  }

  private show(number: number): void {
    this.shown = Math.max(this.shown, number);
    wakeAll(this.watchers);
  }
}

const wakeAll = (wakers: ReadonlySet<() => void>): void => {
  for (const wake of [...wakers]) wake();
};

const woken = (wakers: Set<() => void>, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    const wake = () => {
      wakers.delete(wake);
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    wakers.add(wake);
    signal?.addEventListener('abort', wake, { once: true });
  });

const refusal = ({ reason, code, errors }: Extract<Notice, { refused: string }>): Answer => {
  if (code === undefined) return { answer: 'unknown' };
  const context = { detail: reason, ...(errors === undefined ? {} : { errors }) };
  return { answer: 'refused', problem: new Problem(isProblemCode(code) ? code : 'internal', context) };
};
