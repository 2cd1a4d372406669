import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import type { Clock, Log } from '@agent-harbor/core';
import {
  type ProgramStart,
  type RunningProgram,
  type StartProgram,
  signalGroup,
  startDirectly,
} from '../start-program.ts';
import { createDoors, type Doors } from './doors.ts';
import { type ForkServerMessage, forkServerVersion, isFromForkServer, type StartMessage } from './message.ts';

/**
 * A small process that starts programs for this one. To start a program the system copies what it knows of the memory of
 * the process that asks, which meanwhile does nothing else: 2 ms for a new server, 16 ms for one with 350 MiB. Programs
 * are started from this process itself while there is none, and where one gets a file by its descriptor.
 */
export interface ForkServer {
  readonly start: StartProgram;
  /** Its process id, while it starts programs. */
  readonly pid: number | undefined;
  /** Ends it; programs it started go on. */
  close(): void;
}

export interface ForkServerOptions {
  /** Its program as an argv; the path of the socket is appended. */
  readonly command: readonly string[];
  /** Says where the socket lies through which the channels of programs come. */
  readonly socketPath: () => string;
  readonly clock: Clock;
  readonly log: Log;
}

/** After one that could not be started, or ended without having started anything; doubled with each. */
const retryMs = 2_000;
const longestRetryMs = 300_000;
/** How long it may take to start a program, on a host that is busy. */
const startMs = 30_000;
/** It holds next to nothing. */
const smallHeap = '--max-semi-space-size=1';

/** A program that was asked for: who waits for its start, and for its end. */
interface Asked {
  readonly started: PromiseWithResolvers<number>;
  readonly ended: PromiseWithResolvers<number | null>;
}

export const createForkServer = (options: ForkServerOptions): ForkServer => new ForkServerProcess(options);

class ForkServerProcess implements ForkServer {
  private readonly options: ForkServerOptions;
  private readonly asked = new Map<number, Asked>();
  private child: ChildProcess | undefined;
  private doors: Doors | undefined;
  private isReady = false;
  private isClosed = false;
  private failures = 0;
  private lastId = 0;
  private cancelRetry = () => {};

  constructor(options: ForkServerOptions) {
    this.options = options;
    this.open().catch((error: unknown) => this.warn(String(error)));
  }

  private async open(): Promise<void> {
    const { socketPath, clock } = this.options;
    const path = socketPath();
    // What a server that was killed left behind.
    rmSync(path, { force: true });
    this.doors = createDoors(path, clock);
    await this.doors.open;
    this.begin(path);
  }

  get pid(): number | undefined {
    return this.isReady ? this.child?.pid : undefined;
  }

  start: StartProgram = (start) => {
    const { child, doors } = this;
    const isPiped = typeof start.stdin !== 'number' && start.stdout === 'pipe';
    const canAsk = this.isReady && child !== undefined && doors !== undefined && isPiped;
    return canAsk ? this.ask(child, doors, start) : startDirectly(start);
  };

  close(): void {
    this.isClosed = true;
    this.isReady = false;
    this.cancelRetry();
    this.doors?.close();
    // It has nothing to bring to an end.
    this.child?.kill('SIGKILL');
  }

  private begin(path: string): void {
    if (this.isClosed) return;
    try {
      this.fork(path);
    } catch (error) {
      // As where the host has no room for another process.
      this.retry(path, String(error));
    }
  }

  private fork(path: string): void {
    const [program = '', ...args] = this.options.command;
    // A session of its own: Ctrl-C is for the server, which may need programs to end well.
    const child = spawn(program, [...args, path], {
      env: { NODE_OPTIONS: smallHeap },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      detached: true,
    });
    this.child = child;
    child.unref();
    child.channel?.unref();
    const lose = (reason: string) => this.lose(child, path, reason);
    child.on('message', (message) => {
      if (isFromForkServer(message)) this.hear(message, lose);
    });
    child.on('error', (error) => lose(error.message));
    child.once('exit', (code, signal) => lose(`It ended with ${signal ?? `code ${code}`}.`));
  }

  /** It is gone, and whoever waited for it is told. */
  private lose(child: ChildProcess, path: string, reason: string): void {
    if (this.child !== child) return;
    this.child = undefined;
    this.isReady = false;
    child.kill('SIGKILL');
    for (const { started, ended } of this.asked.values()) {
      started.reject(new Error(`The process that starts programs is gone: ${reason}`));
      ended.resolve(null);
    }
    this.asked.clear();
    this.retry(path, reason);
  }

  private retry(path: string, reason: string): void {
    if (this.isClosed) return;
    this.warn(reason);
    const delayMs = Math.min(longestRetryMs, retryMs * 2 ** this.failures);
    this.failures += 1;
    this.cancelRetry = this.options.clock.schedule(delayMs, () => this.begin(path));
  }

  private warn(reason: string): void {
    // Programs are started without it, so this is nothing to fail for.
    this.options.log.warn('Programs are started by the server itself: its fork server is not there', {
      reason,
    });
  }

  private hear(message: ForkServerMessage, lose: (reason: string) => void): void {
    if ('ready' in message) {
      this.isReady = message.ready === forkServerVersion;
      if (this.isReady) return;
      lose('The program is of another release than this server. Restart the server.');
    } else if ('started' in message) {
      this.failures = 0;
      this.asked.get(message.started)?.started.resolve(message.pid);
    } else if ('failed' in message) {
      this.asked.get(message.failed)?.started.reject(systemError(message));
      this.forget(message.failed);
    } else {
      this.asked.get(message.ended)?.ended.resolve(message.exitCode);
      this.forget(message.ended);
    }
  }

  /** While anything is under way this process does not end for having nothing to do. */
  private remember(id: number, asked: Asked): void {
    this.asked.set(id, asked);
    this.child?.channel?.ref();
  }

  private forget(id: number): void {
    this.asked.delete(id);
    if (this.asked.size === 0) this.child?.channel?.unref();
  }

  private async ask(
    child: ChildProcess,
    open: Doors,
    { argv, cwd, env, stdin }: ProgramStart,
  ): Promise<RunningProgram> {
    this.lastId += 1;
    const id = this.lastId;
    const asked: Asked = { started: Promise.withResolvers(), ended: Promise.withResolvers() };
    this.remember(id, asked);
    const doors = {
      in: stdin === 'pipe' ? open.wait() : undefined,
      out: open.wait(),
      err: open.wait(),
    };
    const message: StartMessage = {
      id,
      argv,
      cwd,
      env,
      stdin: doors.in?.token ?? null,
      stdout: doors.out.token,
      stderr: doors.err.token,
    };
    // One that is stopped or stuck is ended, and so is the wait for it.
    const cancel = this.options.clock.schedule(startMs, () => child.kill('SIGKILL'));
    try {
      child.send(message, (error) => {
        if (error !== null) asked.started.reject(error);
      });
      const pid = await asked.started.promise;
      const [input, stdout, stderr] = await Promise.all([
        doors.in?.socket,
        doors.out.socket,
        doors.err.socket,
      ]);
      // Nobody reads from what is only written to; its end is seen nevertheless.
      input?.resume();
      return {
        stdin: input,
        stdout,
        stderr,
        ended: asked.ended.promise,
        signal: (name) => signalGroup(pid, name),
      };
    } catch (error) {
      for (const door of [doors.in, doors.out, doors.err]) door?.close();
      this.forget(id);
      throw error;
    } finally {
      cancel();
    }
  }
}

const systemError = ({ code, words }: { readonly code: string; readonly words: string }): Error =>
  Object.assign(new Error(words), code === '' ? {} : { code });
