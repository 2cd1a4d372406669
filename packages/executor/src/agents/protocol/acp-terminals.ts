import { once } from 'node:events';
import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { type Pipeline, pipelinesRun } from '@agent-harbor/api-contract/schemas';
import type * as Sdk from '@agentclientprotocol/sdk';
import { lineBytes, piecesOf } from '../../journal/cut.ts';
import { createLineSplitter } from '../../journal/line-splitter.ts';
import { wait } from '../../process/wait.ts';
import { boundedOutput } from './acp-content.ts';
import { createKeptBytes, type KeptBytes } from './acp-kept-bytes.ts';
import { takeChunks } from './agent-process.ts';
import type { AgentContext } from './protocol.ts';

/** Commands an agent lets its client run: processes of the session, stopped, paused and ended with it. */
export interface Terminals {
  create(request: Sdk.CreateTerminalRequest): Promise<Sdk.CreateTerminalResponse>;
  output(id: string): Sdk.TerminalOutputResponse;
  waitForExit(id: string): Promise<Sdk.WaitForTerminalExitResponse>;
  kill(id: string): void;
  release(id: string): void;
  /** A tool call shows this terminal: what it prints are lines of the tool. */
  adopt(id: string, toolExecutionId: string): void;
  /** The turn is over: what no tool call shows will be shown by none. */
  flush(): void;
  /** What a terminal printed and is kept of it, also when it was released. */
  printed(id: string): { readonly text: string; readonly bytes: number } | undefined;
  /** What a terminal ran, where it was given a line with several commands. */
  pipelines(id: string): Pipeline[] | undefined;
}

interface Command {
  readonly pid: number;
  readonly argv: readonly string[];
  readonly output: KeptBytes;
  readonly ended: Promise<Sdk.TerminalExitStatus>;
  /** Lets it be a tool by itself where no tool call shows it, and tells its result once it has ended. */
  settle(): void;
  exit: Sdk.TerminalExitStatus | undefined;
  isReleased: boolean;
  owner: Owner;
}

/** Whose lines they are: they wait until a tool call shows the terminal, or nobody does and it is a tool by itself. */
type Owner =
  | {
      readonly kind: 'unknown';
      readonly lines: (readonly [message: string, stream: Stream, continued: boolean])[];
    }
  | { readonly kind: 'tool' | 'itself'; readonly id: string };
type Stream = 'stdout' | 'stderr';

const liveLimit = 32;
/** So many that were released are remembered for the results of their tools. */
const rememberedLimit = 64;
const defaultBytes = 256 * 1024;
const mostBytes = 1024 * 1024;
/** How long a tool call may take to show its terminal. */
const adoptionMs = 500;
const waitingLines = 1_000;
/** How long pipes may stay open behind a command, held by what it left running. */
const lingerMs = 500;
/** How long a command may take to end by itself when it is killed. */
const graceMs = 2_000;

export const createTerminals = (
  context: Pick<AgentContext, 'program' | 'tree' | 'report' | 'room' | 'agentTime' | 'clock'>,
): Terminals => {
  const commands = new Map<string, Command>();
  let count = 0;

  const known = (id: string): Command => {
    const command = commands.get(id);
    if (command === undefined || command.isReleased) throw new Error(`there is no terminal ${id}`);
    return command;
  };
  const tell = (command: Command, message: string, stream: Stream, continued: boolean) => {
    const { owner } = command;
    if (owner.kind === 'unknown') {
      if (owner.lines.length < waitingLines) owner.lines.push([message, stream, continued]);
      return;
    }
    const more = continued ? { continued } : {};
    context.report({ type: 'log', level: 'info', message, stream, ...more, tool_execution_id: owner.id });
  };
  const give = (command: Command, owner: Exclude<Owner, { kind: 'unknown' }>) => {
    const before = command.owner;
    if (before.kind !== 'unknown') return;
    command.owner = owner;
    for (const line of before.lines) tell(command, ...line);
  };

  const take = async (command: Command, stream: Stream, pipe: Readable): Promise<void> => {
    const text = new TextDecoder('utf-8', { ignoreBOM: true });
    const lines = createLineSplitter(lineBytes, (line, isCut) => {
      const pieces = piecesOf(text.decode(line), lineBytes);
      for (const [index, piece] of pieces.entries())
        tell(command, piece, stream, isCut || index < pieces.length - 1);
    });
    await takeChunks(pipe, async (chunk) => {
      command.output.push(chunk);
      lines.push(chunk);
      await context.room();
    });
    lines.end();
  };

  const end = (pid: number, signal: NodeJS.Signals) => {
    try {
      process.kill(process.platform === 'win32' ? pid : -pid, signal);
    } catch {
      // It has ended.
    }
  };
  const stop = (command: Command) => {
    if (command.exit !== undefined) return;
    end(command.pid, 'SIGTERM');
    const over = new AbortController();
    void command.ended.then(() => over.abort());
    void wait(context.agentTime, graceMs, over.signal).then(() => {
      if (command.exit === undefined) end(command.pid, 'SIGKILL');
    });
  };

  return {
    async create({ command: name, args = [], env = [], cwd, outputByteLimit }) {
      const live = [...commands.values()].filter(({ isReleased }) => !isReleased);
      if (live.length >= liveLimit) throw new Error(`${liveLimit} terminals are open; release one`);
      const { program, tree, clock, agentTime } = context;
      const place = await directoryInside(program.cwd, cwd ?? program.cwd);
      const own = Object.fromEntries(env.map(({ name: variable, value }) => [variable, value]));
      const argv = argvOf(name, args);
      // The marks of the session are not for the agent to change: by them its processes are found.
      const marks = Object.fromEntries(Object.entries(program.env).filter(([key]) => key.startsWith('AH_')));
      const child = tree.spawn(argv, {
        cwd: place,
        env: { ...program.env, ...own, ...marks },
        stdin: 'ignore',
      });
      child.on('error', () => {});
      await once(child, 'spawn');
      const beganAt = clock.now();
      count += 1;
      const id = `ah-terminal-${count}`;
      const tool = { tool_name: 'terminal', tool_execution_id: id };
      let isTold = false;
      const settled = Promise.withResolvers<Sdk.TerminalExitStatus>();
      const limit = Math.min(outputByteLimit ?? defaultBytes, mostBytes);
      const command: Command = {
        pid: child.pid ?? 0,
        argv,
        output: createKeptBytes(limit),
        ended: settled.promise,
        exit: undefined,
        isReleased: false,
        owner: { kind: 'unknown', lines: [] },
        settle() {
          if (command.owner.kind === 'unknown') {
            const tool_args = { command: name, args: [...args], cwd: relative(program.cwd, place) || '.' };
            context.report({ type: 'tool_use', ...tool, tool_args, status: 'started' });
            give(command, { kind: 'itself', id });
          }
          if (command.owner.kind !== 'itself' || command.exit === undefined || isTold) return;
          isTold = true;
          const pipelines = pipelinesRun(argv, command.exit.exitCode);
          context.report({
            type: 'tool_result',
            ...tool,
            ...boundedOutput(command.output.text()),
            status: command.exit.exitCode === 0 ? 'completed' : 'failed',
            duration_ms: Math.max(0, Math.round(clock.now() - beganAt)),
            output_bytes: command.output.total,
            ...(pipelines === undefined ? {} : { pipelines }),
          });
        },
      };
      commands.set(id, command);
      const exited = once(child, 'exit');
      const taken = Promise.all([
        child.stdout && take(command, 'stdout', child.stdout),
        child.stderr && take(command, 'stderr', child.stderr),
      ]);
      const cancelWait = agentTime.schedule(adoptionMs, command.settle);
      void exited.then(async ([code, signal]) => {
        await Promise.race([taken, wait(agentTime, lingerMs)]);
        command.exit =
          typeof code === 'number' ? { exitCode: code } : { exitCode: null, signal: String(signal) };
        settled.resolve(command.exit);
        // Whoever waits for it tells what it was for within the next words, if at all.
        await wait(agentTime, adoptionMs);
        cancelWait();
        command.settle();
      });
      return { terminalId: id };
    },
    output(id) {
      const { output, exit } = known(id);
      return {
        output: output.text(),
        truncated: output.isCut,
        ...(exit === undefined ? {} : { exitStatus: exit }),
      };
    },
    waitForExit: async (id) => ({ ...(await known(id).ended) }),
    kill: (id) => stop(known(id)),
    release(id) {
      const command = known(id);
      command.isReleased = true;
      stop(command);
      const released = [...commands].filter(([, { isReleased, exit }]) => isReleased && exit !== undefined);
      for (const [old] of released.slice(0, -rememberedLimit)) commands.delete(old);
    },
    adopt(id, toolExecutionId) {
      const command = commands.get(id);
      if (command !== undefined) give(command, { kind: 'tool', id: toolExecutionId });
    },
    flush() {
      for (const command of commands.values()) command.settle();
    },
    printed(id) {
      const output = commands.get(id)?.output;
      return output === undefined ? undefined : { text: output.text(), bytes: output.total };
    },
    pipelines(id) {
      const command = commands.get(id);
      return pipelinesRun(command?.argv ?? [], command?.exit?.exitCode);
    },
  };
};

/** A line without arguments is one for a shell, as agents mean it; with arguments it is a program. */
const argvOf = (command: string, args: readonly string[]): readonly string[] => {
  if (args.length > 0 || !/[\s;&|<>$`'"*?(){}]/.test(command)) return [command, ...args];
  return process.platform === 'win32' ? ['cmd.exe', '/d', '/s', '/c', command] : ['/bin/sh', '-c', command];
};

const directoryInside = async (workspace: string, path: string): Promise<string> => {
  const root = await realpath(workspace);
  const real = await realpath(path);
  const below = relative(root, real);
  if (
    below === '..' ||
    below.startsWith(`..${sep}`) ||
    isAbsolute(below) ||
    !(await stat(real)).isDirectory()
  )
    throw new Error(`${path} is no directory of the workspace`);
  return real;
};
