import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import type { EventBody } from '@agent-harbor/api-contract/schemas';
import type { AgentExit, Clock } from '@agent-harbor/core';
import { Problem } from '@agent-harbor/core/problem';
import { type AgentContext, protocols, type RunningAgent } from '../agents/protocol/protocol.ts';
import { createJournal, type JournalWriter } from '../journal/writer.ts';
import { identityOf } from '../process/identity.ts';
import { openTree } from '../process/open-tree.ts';
import type { ProcessTree } from '../process/process-tree.ts';
import { wait } from '../process/wait.ts';
import { removeTree } from '../workspace/remove-tree.ts';
import { type Approvals, createApprovals } from './approvals.ts';
import { claimSession, readIdentity } from './claim.ts';
import { complain } from './complain.ts';
import type { Command } from './control-message.ts';
import { type ControlServer, listenForCommands } from './control-server.ts';
import { createFileClaims } from './file-claims.ts';
import { createPromptQueue } from './prompt-queue.ts';
import { createReporter, type Reporter } from './reporter.ts';
import { type RunFile, readRunFile } from './run-file.ts';
import type { SessionDirectory } from './session-directory.ts';
import { beingEnded, createStandstill, type Standstill } from './standstill.ts';

/** Watches a workspace and reports `file_edit` and `diff`; waits for room in between. */
export type WatchChanges = (
  run: RunFile,
  clock: Clock,
  sink: { readonly report: (body: EventBody) => void; readonly room: () => Promise<void> },
) => ChangeWatch;

interface ChangeWatch {
  /** Reports what changed up to now, and stops watching. */
  finish(): Promise<void>;
}

export interface RecorderOptions {
  readonly directory: SessionDirectory;
  readonly clock: Clock;
  readonly watch: WatchChanges;
  /** Called when the recorder takes commands; whoever started it may go on. */
  readonly onReady: () => void;
}

/** A recorder at work. */
export interface Recorder {
  /** Resolves when the agent's end is durable and nothing is left to do. */
  readonly done: Promise<void>;
  /** Ends the agent because the recorder itself has to go. */
  terminate(reason: string): void;
  /** Kills every process of the session, for the case that nothing else can be done any more. */
  abandon(): Promise<void>;
}

/** How long the last look at the workspace may take. */
const lastLookMs = 60_000;
/** What an agent gets to end when the recorder itself has to. */
const terminationGraceMs = 5_000;

/** Runs and records one session, from its run file to its exit; undefined when another recorder has taken it. */
export const startRecorder = (options: RecorderOptions): Recorder | undefined => {
  const run = readRunFile(options.directory);
  return claimSession(options.directory) ? new SessionRecorder(options, run) : undefined;
};

/** What a command is worked on with. */
interface Desk {
  readonly journal: JournalWriter;
  readonly report: Reporter;
  readonly approvals: Approvals;
}

class SessionRecorder implements Recorder {
  readonly done: Promise<void>;
  private readonly options: RecorderOptions;
  private readonly run: RunFile;
  private readonly tree: ProcessTree;
  private readonly taken = new Map<string, Promise<void>>();
  private readonly deadlines = new Set<() => void>();
  private readonly standstill: Standstill;
  private readonly prompts = createPromptQueue();
  private agent: RunningAgent | undefined;
  private hasAgentEnded = false;
  /** How the agent is said to have ended once we asked for it. */
  private wishedExit: AgentExit | undefined;
  private hasExit = false;

  constructor(options: RecorderOptions, run: RunFile) {
    this.options = options;
    this.run = run;
    this.tree = this.rememberRoot(
      openTree(
        run.tree,
        { sessionId: run.sessionId, root: () => readIdentity(options.directory.agent) },
        options.clock,
      ),
    );
    this.standstill = createStandstill(this.tree, options.clock);
    this.done = this.record();
  }

  terminate(reason: string): void {
    this.wishedExit ??= { kind: 'lost', reason };
    this.stop(terminationGraceMs);
  }

  abandon(): Promise<void> {
    return this.tree.kill();
  }

  private async record(): Promise<void> {
    const { clock, directory, onReady } = this.options;
    let control: ControlServer | undefined;
    for (const path of [directory.home, directory.temporary])
      mkdirSync(path, { recursive: true, mode: 0o700 });
    const journal = await createJournal({
      path: directory.journal,
      clock,
      onDurable: (size) => control?.announce(size),
      onTrouble: (error) => complain('The journal cannot be written now', error),
    });
    const report = createReporter(journal, clock, this.run.outputLimitBytes);
    const desk: Desk = {
      journal,
      report,
      approvals: createApprovals({
        policy: this.run.approvals,
        clock,
        tell: report.fact,
        written: () => journal.written(),
        isFull: report.isFull,
      }),
    };
    control = await listenForCommands({
      path: this.run.socket,
      sessionId: this.run.sessionId,
      clock,
      durable: () => journal.durable,
      take: (command) => this.take(command, desk),
    });
    onReady();

    const exit = await this.work(desk);
    this.hasExit = true;
    journal.append({ kind: 'exit', exit });
    await journal.close();
    await control.close();
    await this.tree.dispose();
    await removeTree(directory.temporary).catch((error: unknown) => complain('Left behind', error));
  }

  /** The agent's whole life, and the changes it made. */
  private async work({ journal, report, approvals }: Desk): Promise<AgentExit> {
    const { clock, directory, watch } = this.options;
    const claims = createFileClaims(this.run.workspace.path, clock);
    const start = await protocols[this.run.protocol]();
    if (existsSync(directory.killed)) this.wishedExit ??= { kind: 'ended-by-us' };
    // Whoever is paused before he starts, starts when he is resumed.
    if (this.wishedExit === undefined) await this.standstill.over();
    if (this.wishedExit !== undefined) return this.wishedExit;

    const context: AgentContext = {
      program: { ...this.run, cwd: this.run.workspace.path },
      tree: this.tree,
      clock,
      agentTime: this.standstill.agentTime,
      report: report.agent,
      tell: report.fact,
      room: () => journal.room(),
      claimFile: claims.claim,
      releaseFiles: claims.release,
      prompts: this.prompts,
      idleTimeoutMs: this.run.idleTimeoutMs,
      approvals,
    };
    const changes = watch(this.run, clock, {
      report: (body) => report.fact(claims.attribute(body)),
      room: () => journal.room(),
    });
    this.agent = start(context);
    const exit = await this.agent.exit;
    this.prompts.close();
    approvals.close();
    // Nothing comes to its end while it is paused, but for what was ended by force or broke.
    if (exit.kind === 'exited' || exit.kind === 'turn-ended') await this.standstill.over();
    this.agent = undefined;
    this.hasAgentEnded = true;
    for (const cancel of this.deadlines) cancel();
    await this.lookOnceMore(changes, report);
    return this.wishedExit ?? exit;
  }

  private async lookOnceMore(changes: ChangeWatch, report: Reporter): Promise<void> {
    const seen = new AbortController();
    const late = wait(this.options.clock, lastLookMs, seen.signal).then(() => {
      if (!seen.signal.aborted) throw new Error(`The last look took more than ${lastLookMs / 1000} s.`);
    });
    await Promise.race([changes.finish(), late]).catch((error: unknown) => {
      report.trouble('The last changes of files could not be read', error);
    });
    seen.abort();
    late.catch(() => {});
  }

  /**
   * A command is written down before it is acknowledged, and carried out once however often it is sent. One that is
   * refused before it is written down may be sent again.
   */
  private async take(command: Command, desk: Desk): Promise<void> {
    const known = this.taken.get(command.id);
    if (known !== undefined) return known;
    this.refuse(command, desk);
    // There is nothing left that could be written down, and nothing left to end.
    if (this.hasExit) return;
    const carriedOut = this.carryOut(command, desk);
    // Behind its effect: whoever finds the command in a journal finds what it did.
    desk.journal.append({ kind: 'command', id: command.id });
    const done = Promise.all([carriedOut, desk.journal.written()]).then(() => {});
    this.taken.set(command.id, done);
    return done;
  }

  /** Throws what speaks against a command as things stand. */
  private refuse(command: Command, { approvals }: Desk): void {
    switch (command.command) {
      case 'stop':
      case 'kill':
        return;
      case 'pause':
      case 'resume':
        if (this.hasAgentEnded) throw ended();
        if (this.wishedExit !== undefined) throw beingEnded();
        return;
      case 'prompt':
        if (this.run.protocol === 'output') throw new Problem('prompt-unsupported');
        if (this.wishedExit !== undefined && !this.hasAgentEnded) throw beingEnded();
        this.prompts.check(command.blocks);
        return;
      case 'answer':
        approvals.check(command);
        return;
    }
  }

  private carryOut(command: Command, { journal, report, approvals }: Desk): Promise<void> | void {
    switch (command.command) {
      case 'pause':
        return this.standstill.pause();
      case 'resume':
        return this.standstill.resume();
      case 'stop':
        this.wishedExit ??= { kind: 'ended-by-us' };
        this.stop(command.graceMs);
        return;
      case 'kill':
        this.wishedExit ??= { kind: 'ended-by-us' };
        this.standstill.release();
        this.kill();
        return;
      case 'prompt': {
        const { blocks, author, text: content } = command;
        report.fact({ type: 'user_input', author, content });
        this.prompts.add({ blocks, written: journal.written() });
        return;
      }
      case 'answer':
        approvals.answer(command);
        return;
    }
  }

  /** In the words of its protocol, then by a signal, then by force. */
  private stop(graceMs: number): void {
    this.standstill.release();
    if (this.agent === undefined) return;
    if (this.agent.cancel()) this.after(graceMs / 2, () => this.tree.signal('SIGTERM'));
    else this.tree.signal('SIGTERM');
    this.after(graceMs, () => this.kill());
  }

  private kill(): void {
    this.tree.kill().catch((error: unknown) => complain('Not every process could be killed', error));
  }

  private after(delayMs: number, act: () => void): void {
    const cancel = this.options.clock.schedule(delayMs, () => {
      this.deadlines.delete(cancel);
      act();
    });
    this.deadlines.add(cancel);
  }

  /** The first process of the tree is written down, for hosts where the others are found from it. */
  private rememberRoot(tree: ProcessTree): ProcessTree {
    const { agent } = this.options.directory;
    return {
      ...tree,
      spawn(argv, options) {
        const child = tree.spawn(argv, options);
        const identity = child.pid === undefined ? undefined : identityOf(child.pid);
        if (identity === undefined || existsSync(agent)) return child;
        try {
          writeFileSync(agent, JSON.stringify(identity), { mode: 0o600 });
        } catch (error) {
          // The agent runs; on most hosts its processes are found without this.
          complain('The first process could not be written down', error);
        }
        return child;
      },
    };
  }
}

const ended = (): Problem => new Problem('wrong-state', { detail: 'The agent of the session has ended.' });
