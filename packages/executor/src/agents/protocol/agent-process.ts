import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { AgentExit } from '@agent-harbor/core';
import { lineBytes, piecesOf, reasonBytes, tailOf } from '../../journal/cut.ts';
import { createLineSplitter } from '../../journal/line-splitter.ts';
import { wait } from '../../process/wait.ts';
import { cannotStart } from './cannot-start.ts';
import type { AgentContext } from './protocol.ts';

/** The agent's program while it runs. */
export interface AgentProcess {
  readonly stdin: Writable | null;
  /** Resolves when the program has ended, whatever it left behind was ended, and all its output is taken. */
  readonly exit: Promise<AgentExit>;
  /** The last output, for those who have to say what went wrong. */
  lastOutput(): string;
}

export interface AgentProcessOptions {
  readonly stdin: 'pipe' | 'ignore';
  readonly stderr: 'info' | 'error';
  /** Takes the standard output, and waits for room after every piece; by default it becomes log lines. */
  readonly stdout?: (output: Readable, room: () => Promise<void>) => Promise<void>;
}

/**
 * How much is taken before the journal is asked for room. A line end is one byte and becomes a record of a hundred: what a
 * pipe gives at once would be megabytes.
 */
const portionBytes = 4 * 1024;
/** How long a pipe may stay silent after everybody who could write to it was killed. */
const silenceMs = 2_000;

export const startAgentProcess = (context: AgentContext, options: AgentProcessOptions): AgentProcess => {
  let lastOutput = '';
  const keepLast = (text: string) => {
    lastOutput = tailOf(`${lastOutput}${text}\n`, reasonBytes);
  };
  /** Whether output still comes in: taken pieces, and takers who wait for the journal. */
  const activity = { taken: 0, waiting: 0 };
  const room = async () => {
    activity.waiting += 1;
    await context.room();
    activity.waiting -= 1;
    activity.taken += 1;
  };
  const start = (): ChildProcess => {
    const { argv, cwd, env } = context.program;
    return context.tree.spawn(argv, { cwd, env, stdin: options.stdin });
  };
  const run = async (child: ChildProcess): Promise<AgentExit> => {
    const ended = once(child, 'exit');
    ended.catch(() => {});
    await once(child, 'spawn');
    const outputs = [
      child.stdout && (options.stdout ?? ((output) => log(output, 'stdout', 'info')))(child.stdout, room),
      child.stderr && log(child.stderr, 'stderr', options.stderr),
    ];
    const taken = Promise.all(outputs);
    const [code, signal] = await ended;
    // What it started and left running belongs to the session, and the session's work is over.
    await context.tree.kill().catch((error: unknown) => {
      context.report({ type: 'log', level: 'error', message: String(error) });
    });
    await drained(taken, child);
    const tail = lastOutput === '' ? {} : { lastOutput };
    return typeof code === 'number'
      ? { kind: 'exited', code, ...tail }
      : { kind: 'signalled', signal: String(signal), ...tail };

    async function log(output: Readable, stream: 'stdout' | 'stderr', level: 'info' | 'error') {
      const lines = createLineSplitter(lineBytes, (line, isCut) => {
        // What is no UTF-8 grows as it becomes text.
        const pieces = piecesOf(utf8.decode(line), lineBytes);
        for (const [index, message] of pieces.entries()) {
          const continued = isCut || index < pieces.length - 1;
          keepLast(message);
          context.report({ type: 'log', level, message, stream, ...(continued ? { continued } : {}) });
        }
      });
      await takeChunks(output, async (chunk) => {
        for (let start = 0; start < chunk.length; start += portionBytes) {
          lines.push(chunk.subarray(start, start + portionBytes));
          await room();
        }
      });
      lines.end();
    }
  };

  /** All output ends with the last process that can write it; one that got away must not keep the session waiting. */
  const drained = async (taken: Promise<unknown>, child: ChildProcess) => {
    const done = taken.then(() => true);
    for (let before = -1; before !== activity.taken || activity.waiting > 0; ) {
      before = activity.taken;
      const silence = new AbortController();
      const isSilent = wait(context.agentTime, silenceMs, silence.signal).then(() => false);
      const isDone = await Promise.race([done, isSilent]);
      silence.abort();
      if (isDone) return;
    }
    child.stdout?.destroy();
    child.stderr?.destroy();
    await taken;
  };

  try {
    const child = start();
    return {
      stdin: child.stdin,
      exit: run(child).catch((error: unknown) => ({ kind: 'lost', reason: cannotStart(context, error) })),
      lastOutput: () => lastOutput,
    };
  } catch (error) {
    const exit = { kind: 'lost', reason: cannotStart(context, error) } as const;
    return { stdin: null, exit: Promise.resolve(exit), lastOutput: () => '' };
  }
};

/** Hands over chunk by chunk until the end; a pipe that breaks or is destroyed has ended. Rejects as `take` does. */
export const takeChunks = async (stream: Readable, take: (chunk: Buffer) => Promise<void>): Promise<void> => {
  let failure: { readonly error: unknown } | undefined;
  try {
    for await (const chunk of stream) {
      await take(chunk).catch((error: unknown) => {
        failure = { error };
      });
      if (failure !== undefined) break;
    }
  } catch {
    // The pipe broke.
  }
  if (failure !== undefined) throw failure.error;
};

/** Bytes that are no UTF-8 become replacement characters; a byte order mark stays what it is. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
