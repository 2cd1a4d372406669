import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { type AgentExit, createPlainLines } from '@agent-harbor/core';
import { lineBytes, reasonBytes, tailOf } from '../../journal/cut.ts';
import { canFindProgram } from '../../process/find-program.ts';
import type { TerminalDesk } from '../../terminal/desk.ts';
import type { SpawnInTerminal, TerminalProcess } from '../../terminal/pty.ts';
import { cannotStart } from './cannot-start.ts';
import type { AgentContext, RunningAgent, StartAgent } from './protocol.ts';

/** The longest line in characters, none of which is larger than four bytes. */
const lineCharacters = lineBytes / 4;

/**
 * Any program at all in a terminal of its own: people see what it shows as it is, its log has the lines of it as text.
 * How it exits is how it ended; it is asked to end as by a terminal that is closed.
 */
export const startTerminalAgent =
  (spawn: SpawnInTerminal): StartAgent =>
  (context): RunningAgent => {
    const { terminal: desk, tree } = context;
    if (desk === undefined) throw new Error('A program in a terminal was started without one.');
    return {
      exit: run(context, desk, spawn).catch((error: unknown) => {
        desk.close({});
        return { kind: 'lost', reason: cannotStart(context, error) };
      }),
      cancel() {
        tree.signal('SIGHUP');
        return true;
      },
    };
  };

const run = async (context: AgentContext, desk: TerminalDesk, spawn: SpawnInTerminal): Promise<AgentExit> => {
  const { argv, cwd, env } = context.program;
  // What cannot be started says so in the terminal at best, and not to us.
  const [program = ''] = argv;
  if (!existsSync(cwd) || !canFindProgram(program, env.PATH ?? '', env.PATHEXT)) throw new Error('ENOENT');
  const process = context.tree.born(() => spawn(argv, { cwd, env, ...desk.size }));
  desk.open(process);

  const output = takeOutput(context, desk, process);
  const { exitCode, signal } = await new Promise<Parameters<Parameters<TerminalProcess['onExit']>[0]>[0]>(
    (resolve) => process.onExit(resolve),
  );
  const name = signal === undefined || signal === 0 ? undefined : signalName(signal);
  const lastOutput = output.end();
  // What it started and left running belongs to the session, and the session's work is over.
  await context.tree.kill().catch((error: unknown) => {
    context.report({ type: 'log', level: 'error', message: String(error) });
  });
  desk.close(name === undefined ? { exitCode } : { signal: name });
  const tail = lastOutput === '' ? {} : { lastOutput };
  return name === undefined
    ? { kind: 'exited', code: exitCode, ...tail }
    : { kind: 'signalled', signal: name, ...tail };
};

/** Shows the output and tells its lines; holds it back while the journal has no room. */
const takeOutput = (context: AgentContext, desk: TerminalDesk, process: TerminalProcess) => {
  let last = '';
  let isHeld = false;
  const lines = createPlainLines(lineCharacters, (message, continued) => {
    last = tailOf(`${last}${message}\n`, reasonBytes);
    const more = continued ? { continued } : {};
    context.report({ type: 'log', level: 'info', message, stream: 'stdout', ...more });
  });
  const text = new TextDecoder('utf-8', { ignoreBOM: true });
  process.onData((bytes) => {
    desk.show(bytes);
    lines.push(text.decode(bytes, { stream: true }));
    if (isHeld) return;
    isHeld = true;
    process.pause();
    void context.room().then(() => {
      isHeld = false;
      process.resume();
    });
  });
  return {
    /** The last output. */
    end(): string {
      lines.push(text.decode());
      lines.end();
      if (isHeld) {
        const message = 'The terminal was closed while the disk was behind: its last output may be missing.';
        context.tell({ type: 'log', level: 'warn', message });
      }
      return last;
    },
  };
};

const signalName = (number: number): string =>
  Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? `signal ${number}`;
