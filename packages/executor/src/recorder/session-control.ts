import { randomUUID } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import type { ProblemCode } from '@agent-harbor/api-contract/problem';
import {
  type AgentExit,
  type Clock,
  type FurtherPrompt,
  type Log,
  type PermissionAnswer,
  promptText,
  steady,
  type TerminalResizing,
  type TerminalTyping,
} from '@agent-harbor/core';
import { Problem } from '@agent-harbor/core/problem';
import { blocksOf } from '../agents/adapter.ts';
import { takesPrompts } from '../agents/protocol/protocol.ts';
import { wasTaken } from '../journal/taken.ts';
import { isRunning, signalProcess } from '../process/identity.ts';
import { openTree } from '../process/open-tree.ts';
import type { ProcessTree } from '../process/process-tree.ts';
import { standstillMs } from '../process/standstill.ts';
import { wait } from '../process/wait.ts';
import { readIdentity } from './claim.ts';
import {
  type Command,
  commandLimit,
  encodeMessage,
  promptMark,
  type TerminalCommand,
} from './control-message.ts';
import { commandRecorder, type RecorderAddress } from './reach.ts';
import { type RunFile, readRunFile } from './run-file.ts';
import { exitOfKill, type SessionDirectory, writeDurably } from './session-directory.ts';

/** What can be done with a session that was started, by its recorder or without it. */
export interface SessionControl {
  readonly address: RecorderAddress;
  stop(graceMs: number): Promise<void>;
  /** Resolves when every process of the session stands still. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Resolves when the prompt is in the journal. */
  prompt(prompt: FurtherPrompt): Promise<void>;
  /** Resolves when the answer is in the journal. */
  answer(answer: PermissionAnswer): Promise<void>;
  /** Resolves when the bytes are on their way. */
  type(typing: TerminalTyping): Promise<void>;
  resize(resizing: TerminalResizing): Promise<void>;
  /** Resolves when none of the session's processes is left. */
  kill(because?: string): Promise<void>;
  /** Ends what is left of a session whose end was not written down, and says how it ended. */
  settleLost(): Promise<AgentExit>;
}

/** How long a recorder that runs may take to answer before it is given up. */
const patienceMs = 5_000;
/** It answers when the processes stand still, for which it has a deadline of its own. */
const standstillPatienceMs = standstillMs + patienceMs;

/** The session of a directory; undefined when it was never started. */
export const sessionControl = (
  directory: SessionDirectory,
  clock: Clock,
  log: Log,
): SessionControl | undefined =>
  existsSync(directory.run) ? new StartedSession(directory, readRunFile(directory), clock, log) : undefined;

class StartedSession implements SessionControl {
  readonly address: RecorderAddress;
  private readonly directory: SessionDirectory;
  private readonly sessionId: string;
  private readonly protocol: RunFile['protocol'];
  private readonly tree: ProcessTree;
  private readonly clock: Clock;
  private readonly log: Log;

  constructor(directory: SessionDirectory, run: RunFile, clock: Clock, log: Log) {
    this.directory = directory;
    this.address = { directory, socket: run.socket };
    this.sessionId = run.sessionId;
    this.protocol = run.protocol;
    this.clock = steady(clock);
    this.log = log;
    const owner = { sessionId: run.sessionId, root: () => readIdentity(directory.agent) };
    this.tree = openTree(run.tree, owner, clock);
  }

  async stop(graceMs: number): Promise<void> {
    // The id is always the same: a stop that is sent again, also by another server, happens once.
    const command = { id: 'stop', command: 'stop', graceMs } as const;
    const answer = await commandRecorder(this.address, command, this.clock, patienceMs);
    if (answer === 'silent') throw unanswered();
  }

  pause(): Promise<void> {
    return this.setPaused('pause');
  }

  resume(): Promise<void> {
    return this.setPaused('resume');
  }

  private async setPaused(command: 'pause' | 'resume'): Promise<void> {
    // Each wish is one of its own, also among those of servers before and after this one.
    const wish = { id: `${command}-${randomUUID()}`, command };
    const answer = await commandRecorder(this.address, wish, this.clock, standstillPatienceMs);
    if (answer === 'unknown') throw new Problem('pause-unsupported', { detail: ofOlderRelease });
    if (answer === 'dead')
      throw new Problem('wrong-state', { detail: 'The agent of the session has ended.' });
    if (answer === 'silent') throw unanswered();
  }

  async prompt({ id, prompt, author, model }: FurtherPrompt): Promise<void> {
    if (!takesPrompts[this.protocol]) throw new Problem('prompt-unsupported');
    const blocks = blocksOf(prompt);
    const command = {
      id: `${promptMark}${id}`,
      command: 'prompt',
      blocks,
      text: promptText(prompt),
      author,
      ...(model === undefined ? {} : { model }),
    } as const;
    await this.give(command, 'prompt-unsupported');
  }

  async answer({ id, ...answer }: PermissionAnswer): Promise<void> {
    // A recorder that does not know answers does not ask.
    await this.give({ id: `answer-${id}`, command: 'answer', ...answer }, 'approval-not-found');
  }

  type({ id, data }: TerminalTyping): Promise<void> {
    return this.atTerminal({ id: `type-${id}`, command: 'type', data });
  }

  resize({ id, cols, rows }: TerminalResizing): Promise<void> {
    return this.atTerminal({ id: `resize-${id}`, command: 'resize', cols, rows });
  }

  private async atTerminal(command: TerminalCommand): Promise<void> {
    if (this.protocol !== 'terminal') throw new Problem('terminal-not-found');
    const answer = await commandRecorder(this.address, command, this.clock, patienceMs);
    if (answer === 'silent') throw unanswered();
    if (answer !== 'taken')
      throw new Problem('session-ended', { detail: 'The agent of the session has ended.' });
  }

  /** Gives the recorder a command that only counts while the agent lives. */
  private async give(command: Command, unknown: ProblemCode): Promise<void> {
    if (Buffer.byteLength(encodeMessage(command)) > commandLimit) {
      throw new Problem('payload-too-large', { detail: 'A recorder takes at most 1 MiB at once.' });
    }
    const answer = await commandRecorder(this.address, command, this.clock, patienceMs);
    if (answer === 'unknown') throw new Problem(unknown, { detail: ofOlderRelease });
    if (answer === 'silent') throw unanswered();
    // The recorder that took it may have ended before it could say so.
    if (answer === 'dead' && !(await wasTaken(this.directory.journal, command.id))) {
      throw new Problem('session-ended', { detail: 'The agent of the session has ended.' });
    }
  }

  async kill(because = ''): Promise<void> {
    this.rememberKill(because);
    const command = { id: 'kill', command: 'kill' } as const;
    const answer = await commandRecorder(this.address, command, this.clock, patienceMs);
    if (answer === 'taken') await this.recorderEnded();
    if (answer === 'silent') await this.endRecorder();
    await this.endTree();
    // A recorder that ended in its own time has removed its socket.
    if (answer !== 'taken') rmSync(this.address.socket, { force: true });
  }

  async settleLost(): Promise<AgentExit> {
    await this.endRecorder();
    await this.endTree();
    await this.tree.dispose();
    rmSync(this.address.socket, { force: true });
    const killed = exitOfKill(this.directory);
    if (killed !== undefined) return killed;
    this.log.warn('A recorder ended without a last word', { sessionId: this.sessionId });
    return {
      kind: 'lost',
      reason:
        'The recorder of the session ended without a last word: it was killed, or the host went down. Launch the task again.',
    };
  }

  /** So that the end is told as ours, or why it came, even if the recorder cannot write it any more. */
  private rememberKill(because: string): void {
    if (existsSync(this.directory.killed)) return;
    try {
      writeDurably(this.directory.killed, because);
    } catch (error) {
      // Killing has to work on a full disk, too.
      this.log.warn('A kill could not be written down', { sessionId: this.sessionId, error });
    }
  }

  /** The recorder ends when it killed what it recorded; only if that takes long it is looked after from here. */
  private async recorderEnded(): Promise<void> {
    const deadline = this.clock.now() + patienceMs;
    const recorder = readIdentity(this.directory.recorder);
    while (recorder !== undefined && isRunning(recorder) && this.clock.now() < deadline) {
      await wait(this.clock, 5);
    }
  }

  private endTree(): Promise<void> {
    return this.tree.pids().length === 0 ? Promise.resolve() : this.tree.kill();
  }

  /** A signal is sent before the process is gone, so its end is waited for. */
  private endRecorder(): Promise<void> {
    const recorder = readIdentity(this.directory.recorder);
    if (recorder !== undefined && isRunning(recorder)) signalProcess(recorder.pid, 'SIGKILL');
    return this.recorderEnded();
  }
}

const unanswered = (): Problem =>
  new Problem('internal', {
    detail: 'The recorder of the session does not answer. Delete the session to end its processes.',
  });

const ofOlderRelease = 'The recorder of this session is of an older release, which cannot do this.';
