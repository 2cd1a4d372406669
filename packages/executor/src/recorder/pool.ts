import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock, Log } from '@agent-harbor/core';
import { isHeard, isOfThisRelease, isReady, isWaiting, sendTo } from './channel.ts';
import type { SessionDirectory } from './session-directory.ts';
import { answerOf, letGo, type RecorderProgram, spawnRecorder, waitFlag } from './starting.ts';

/**
 * Recorders that were started before anybody needs them, so that a session does not wait for a program to start. They
 * end with the process that started them, however it ends, until they are given a session.
 */
export interface RecorderPool {
  /**
   * Gives a session that has its run file to a waiting recorder; resolves when that takes commands. False when none could
   * be had, or it died: then one is started for the session, which finds out whether another one took it.
   */
  take(directory: SessionDirectory): Promise<boolean>;
  /** How many wait now. */
  readonly waiting: number;
  /** The memory of those that wait, bytes resident; 0 where the host does not say. */
  memory(): number;
  /** Ends those that wait. */
  close(): Promise<void>;
}

export interface RecorderPoolOptions extends RecorderProgram {
  /** How many wait. */
  readonly size: number;
  /** Where the logs of those that wait lie, in the state directory: they are moved into their session's directory. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
}

interface Waiting {
  readonly child: ChildProcess;
  readonly log: string;
}

/** A start is made when the one before has gone through: nobody who waits shares the processor with it. */
const refillMs = 500;
/** After a start that failed; doubled with each. */
const retryMs = 2_000;
const longestRetryMs = 300_000;
/** How long a recorder may take to start, and to be ready with a session, on a host that is busy. */
const startMs = 30_000;
/** One that does not hear at once, because it is stopped or stuck, is not waited for. */
const hearMs = 1_000;

export const createRecorderPool = (options: RecorderPoolOptions): RecorderPool =>
  options.size === 0 ? noPool : new ProcessPool(options);

const noPool: RecorderPool = {
  take: () => Promise.resolve(false),
  waiting: 0,
  memory: () => 0,
  close: () => Promise.resolve(),
};

class ProcessPool implements RecorderPool {
  private readonly options: RecorderPoolOptions;
  private readonly ready: Waiting[] = [];
  private readonly starting = new Set<ChildProcess>();
  private failures = 0;
  private isClosed = false;
  private cancelRefill: (() => void) | undefined;

  constructor(options: RecorderPoolOptions) {
    this.options = options;
    // What a server that was killed left behind; its recorders ended with it.
    rmSync(options.folder, { recursive: true, force: true });
    this.refillIn(refillMs);
  }

  get waiting(): number {
    return this.ready.length;
  }

  memory(): number {
    return this.ready.reduce((sum, { child }) => sum + residentBytes(child.pid), 0);
  }

  async take(directory: SessionDirectory): Promise<boolean> {
    if (existsSync(directory.log)) return false;
    try {
      for (let one = this.ready.shift(); one !== undefined; one = this.ready.shift()) {
        if (await this.give(one, directory)) return true;
      }
      return false;
    } finally {
      this.refillIn(refillMs);
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.cancelRefill?.();
    const children = [...this.starting, ...this.ready.splice(0).map(({ child }) => child)];
    await Promise.all(children.map(end));
    rmSync(this.options.folder, { recursive: true, force: true });
  }

  private async give({ child, log }: Waiting, directory: SessionDirectory): Promise<boolean> {
    const { clock } = this.options;
    child.removeAllListeners('exit');
    // What it prints goes on into the same file, which is now the session's.
    renameSync(log, directory.log);
    const heard = answerOf(child, isHeard, clock, hearMs);
    const ready = answerOf(child, isReady, clock, startMs);
    sendTo(child, { record: directory.root });
    const answer = 'message' in (await heard) ? await ready : await heard;
    if ('message' in answer) {
      letGo(child);
      return true;
    }
    this.options.log.warn('A waiting recorder did not take its session', { reason: answer.failure });
    await end(child);
    rmSync(directory.log, { force: true });
    return false;
  }

  private refillIn(ms: number): void {
    if (this.isClosed) return;
    this.cancelRefill?.();
    this.cancelRefill = this.options.clock.schedule(ms, () => {
      this.cancelRefill = undefined;
      void this.refill();
    });
  }

  private async refill(): Promise<void> {
    if (this.isClosed || this.starting.size > 0 || this.ready.length >= this.options.size) return;
    const failure = await this.add().catch((error: unknown) => String(error));
    if (this.isClosed) return;
    if (failure === undefined) {
      this.failures = 0;
      this.refillIn(0);
      return;
    }
    // Sessions are started without it, so this is nothing to fail for.
    this.options.log.warn('A recorder that waits for sessions could not be started', { reason: failure });
    this.refillIn(Math.min(longestRetryMs, retryMs * 2 ** this.failures));
    this.failures += 1;
  }

  /** One more, or why there is none. */
  private async add(): Promise<string | undefined> {
    const { folder, clock } = this.options;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const log = join(folder, `${randomUUID()}.log`);
    const file = openSync(log, 'a', 0o600);
    const child = spawnRecorder(this.options, waitFlag, folder, file);
    closeSync(file);
    this.starting.add(child);
    const answer = await answerOf(child, isWaiting, clock, startMs);
    this.starting.delete(child);
    const failure = 'failure' in answer ? answer.failure : refusalOf(answer.message);
    if (failure !== undefined || this.isClosed) {
      await end(child);
      rmSync(log, { force: true });
      return failure;
    }
    const one = { child, log };
    this.ready.push(one);
    child.once('exit', () => {
      this.ready.splice(this.ready.indexOf(one), 1);
      rmSync(log, { force: true });
      this.refillIn(refillMs);
    });
    child.unref();
    child.channel?.unref();
    return undefined;
  }
}

const refusalOf = (message: unknown): string | undefined =>
  isOfThisRelease(message)
    ? undefined
    : 'The program is of another release than this server. Restart the server.';

const end = async (child: ChildProcess): Promise<void> => {
  child.on('error', () => {});
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
};

const residentBytes = (pid: number | undefined): number => {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
};
