import { type FileHandle, open } from 'node:fs/promises';
import type { Clock } from '@agent-harbor/core';
import { wait } from '../process/wait.ts';
import { createPages } from './pages.ts';
import { type JournalRecord, lineOf } from './record.ts';

/** The writing end of a journal. Records get on the disk in the order they were appended. */
export interface JournalWriter {
  /** Takes a record; it is durable when `written` resolves. */
  append(record: JournalRecord): void;
  /** Resolves when everything appended so far is on the disk. */
  written(): Promise<void>;
  /** Resolves at once while the disk keeps up, else when it has caught up: who produces much waits for it. */
  room(): Promise<void>;
  /** Bytes that are on the disk for sure; always the end of a record. */
  readonly durable: number;
  /** Bytes appended, durable or not. */
  readonly size: number;
  close(): Promise<void>;
}

export interface JournalWriterOptions {
  readonly path: string;
  readonly clock: Clock;
  /** Called after each write that reached the disk, with the new durable size. */
  readonly onDurable: (size: number) => void;
  /** Called when the disk refused; the write is repeated until it succeeds. */
  readonly onTrouble: (error: unknown) => void;
}

/** Above this many bytes in memory the producers are made to wait. */
const pendingLimit = 1024 * 1024;
const retryMs = 1_000;

/** Starts a new journal; fails when there is one already. */
export const createJournal = async (options: JournalWriterOptions): Promise<JournalWriter> =>
  new Writer(await open(options.path, 'wx', 0o600), options);

class Writer implements JournalWriter {
  durable = 0;
  size = 0;
  private readonly file: FileHandle;
  private readonly options: JournalWriterOptions;
  private readonly pages = createPages();
  private flushing: Promise<void> | undefined;
  private readonly roomWaiters = new Set<() => void>();

  constructor(file: FileHandle, options: JournalWriterOptions) {
    this.file = file;
    this.options = options;
  }

  append(record: JournalRecord): void {
    this.size += this.pages.add(lineOf(record));
    this.flushing ??= this.flush();
  }

  async written(): Promise<void> {
    const target = this.size;
    while (this.durable < target) await this.flushing;
  }

  room(): Promise<void> {
    if (this.size - this.durable < pendingLimit) return Promise.resolve();
    return new Promise((resolve) => this.roomWaiters.add(resolve));
  }

  async close(): Promise<void> {
    await this.written();
    await this.file.close();
  }

  /** One write and one fdatasync for whatever a tick of the event loop brought. */
  private async flush(): Promise<void> {
    await endOfTick();
    for (let batch = this.pages.take(); batch !== undefined; batch = this.pages.take()) {
      await this.persist(batch);
      this.durable += batch.length;
      this.pages.giveBack(batch);
      this.options.onDurable(this.durable);
      if (this.size - this.durable < pendingLimit) {
        for (const resume of this.roomWaiters) resume();
        this.roomWaiters.clear();
      }
    }
    this.flushing = undefined;
  }

  /**
   * Writes at the end of what is durable. After a failure, also of the fsync, nothing is known about the bytes, so
   * all of them are written again at the same place.
   */
  private async persist(batch: Uint8Array): Promise<void> {
    for (;;) {
      try {
        for (let done = 0; done < batch.length; ) {
          const { bytesWritten } = await this.file.write(
            batch,
            done,
            batch.length - done,
            this.durable + done,
          );
          done += bytesWritten;
        }
        await this.file.datasync();
        return;
      } catch (error) {
        this.options.onTrouble(error);
        await wait(this.options.clock, retryMs);
      }
    }
  }
}

const endOfTick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
