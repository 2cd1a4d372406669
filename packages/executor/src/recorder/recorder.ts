import { mkdirSync, rmSync } from 'node:fs';
import type { EventBody } from '@agent-harbor/api-contract/schemas';
import { type AgentExit, type Clock, endedWell, steady } from '@agent-harbor/core';
import {
  type AgentContext,
  protocols,
  type RunningAgent,
  takesPrompts,
} from '../agents/protocol/protocol.ts';
import { createJournal, type JournalWriter } from '../journal/writer.ts';
import { openTree } from '../process/open-tree.ts';
import type { ProcessTree } from '../process/process-tree.ts';
import { wait } from '../process/wait.ts';
import { createTerminalDesk, type TerminalDesk } from '../terminal/desk.ts';
import { createTerminalLog } from '../terminal/log-writer.ts';
import { removeTree } from '../workspace/remove-tree.ts';
import { type Approvals, createApprovals } from './approvals.ts';
import { startChecks } from './checks.ts';
import { claimSession, readIdentity } from './claim.ts';
import { complain } from './complain.ts';
import { type ControlServer, listenForCommands } from './control-server.ts';
import { createFileClaims } from './file-claims.ts';
import { hidingSecretsOf } from './hide-secrets.ts';
import { createPromptQueue } from './prompt-queue.ts';
import { rememberRoot } from './remember-root.ts';
import { createReporter, type Reporter } from './reporter.ts';
import { type RunFile, readRunFile } from './run-file.ts';
import { exitOfKill, type SessionDirectory } from './session-directory.ts';
import { createStandstill, type Standstill } from './standstill.ts';
import { type CommandParts, createCommandTaker } from './take-commands.ts';

/** Watches a workspace and reports `file_edit` and `diff`; waits for room in between. */
export type WatchChanges = (
  run: RunFile,
  clock: Clock,
  sink: { readonly report: (body: EventBody) => void; readonly room: () => Promise<void> },
) => ChangeWatch;

interface ChangeWatch {
  /** A tool of the agent has ended. */
  toolEnded(): void;
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
/** How much of what its terminal shows a session keeps. */
const terminalBytes = 4 * 1024 * 1024;
const noTerminals =
  'No program can be run in a terminal here: @lydell/node-pty does not load on this host. GET /executors says so.';
/** What an agent gets to end when the recorder itself has to. */
const terminationGraceMs = 5_000;

/** Runs and records one session, from its run file to its exit; undefined when another recorder has taken it. */
export const startRecorder = (options: RecorderOptions): Recorder | undefined => {
  const run = readRunFile(options.directory);
  return claimSession(options.directory) ? new SessionRecorder(options, run) : undefined;
};

class SessionRecorder implements Recorder {
  readonly done: Promise<void>;
  private readonly options: RecorderOptions;
  private readonly run: RunFile;
  private readonly tree: ProcessTree;
  private readonly prepared: Promise<void>;
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
    const { agent } = options.directory;
    const owner = { sessionId: run.sessionId, root: () => readIdentity(agent) };
    this.tree = rememberRoot(openTree(run.tree, owner, options.clock), agent);
    // While the rest is made ready.
    this.prepared = this.tree.prepare();
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
    const terminal = this.openTerminal((number) => control?.show(number));
    const hide = hidingSecretsOf(this.run.env);
    const report = createReporter(journal, clock, this.run.outputLimitBytes, hide);
    const approvals = createApprovals({
      policy: this.run.approvals,
      clock,
      tell: report.fact,
      written: () => journal.written(),
      isFull: report.isFull,
    });
    control = await listenForCommands({
      path: this.run.socket,
      sessionId: this.run.sessionId,
      clock,
      durable: () => journal.durable,
      shown: () => terminal?.log.newest ?? 0,
      take: createCommandTaker({
        journal,
        report,
        standstill: this.standstill,
        prompts: takesPrompts[this.run.protocol] ? this.prompts : undefined,
        approvals,
        terminal: terminal?.desk,
        phase: () => this.phase,
        stop: (graceMs) => this.end(() => this.stop(graceMs)),
        kill: () => {
          this.wishedExit ??= exitOfKill(directory);
          this.end(() => this.kill());
        },
      }),
    });
    onReady();

    const exit = await this.work(journal, report, approvals, terminal?.desk);
    terminal?.desk.close({});
    this.hasExit = true;
    journal.append({ kind: 'exit', exit: hide(exit) });
    await journal.close();
    await control.close();
    await this.tree.dispose();
    await removeTree(directory.temporary).catch((error: unknown) => complain('Left behind', error));
  }

  /** The agent's whole life, and the changes it made. */
  private async work(
    journal: JournalWriter,
    report: Reporter,
    approvals: Approvals,
    terminal: TerminalDesk | undefined,
  ): Promise<AgentExit> {
    const { clock, directory, watch } = this.options;
    const claims = createFileClaims(this.run.workspace.path, steady(clock));
    const start = await protocols[this.run.protocol]().catch((error: unknown) => {
      complain('The way to talk with the agent could not be loaded', error);
    });
    if (start === undefined) return { kind: 'lost', reason: noTerminals };
    this.wishedExit ??= exitOfKill(directory);
    await this.prepared;
    // Whoever is paused before he starts, starts when he is resumed. Nothing is awaited behind this: it could be a pause.
    if (this.wishedExit === undefined) await this.standstill.over();
    if (this.wishedExit !== undefined) return this.wishedExit;

    const changes = watch(this.run, clock, {
      report: (body) => report.fact(claims.attribute(body)),
      room: () => journal.room(),
    });
    const context: AgentContext = {
      program: { ...this.run, cwd: this.run.workspace.path },
      tree: this.tree,
      clock,
      agentTime: this.standstill.agentTime,
      report(body, at) {
        report.agent(body, at);
        if (body.type === 'tool_result') changes.toolEnded();
      },
      tell: report.fact,
      room: () => journal.room(),
      claimFile: claims.claim,
      releaseFiles: claims.release,
      prompts: this.prompts,
      mayStart: () => this.mayStart(),
      idleTimeoutMs: this.run.idleTimeoutMs,
      approvals,
      terminal,
    };
    this.agent = start(context);
    const exit = await this.agent.exit;
    this.prompts.close();
    approvals.close();
    // Nothing comes to its end while it is paused, but for what was ended by force or broke.
    if (exit.kind === 'exited' || exit.kind === 'turn-ended') await this.standstill.over();
    if (this.wishedExit === undefined && endedWell(exit) && (this.run.checks?.length ?? 0) > 0) {
      this.agent = startChecks(context, this.run.checks ?? [], directory.agent);
      await this.agent.exit;
      await this.standstill.over();
    }
    this.agent = undefined;
    this.hasAgentEnded = true;
    for (const cancel of this.deadlines) cancel();
    // Who watches hears the last words before git is started, which holds this process up.
    await journal.written();
    await this.lookOnceMore(changes, report);
    return this.wishedExit ?? exit;
  }

  private async mayStart(): Promise<boolean> {
    await this.standstill.over();
    if (this.wishedExit !== undefined) return false;
    // The processes of whoever ran before are gone: the next first one is found by its own mark.
    rmSync(this.options.directory.agent, { force: true });
    return true;
  }

  private openTerminal(onShown: (number: number) => void) {
    const { directory, clock } = this.options;
    if (this.run.terminal === undefined) return undefined;
    let isTelling = false;
    const log = createTerminalLog({
      directory: directory.terminal,
      limitBytes: terminalBytes,
      onAppended() {
        if (isTelling) return;
        isTelling = true;
        setImmediate(() => {
          isTelling = false;
          onShown(log.newest);
        });
      },
      onTrouble: (error) => complain('What the terminal shows cannot be kept now', error),
    });
    return { log, desk: createTerminalDesk(this.run.terminal, log, clock) };
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

  private get phase(): ReturnType<CommandParts['phase']> {
    if (this.hasExit) return 'over';
    if (this.hasAgentEnded) return 'ended';
    return this.wishedExit === undefined ? 'alive' : 'being-ended';
  }

  private end(act: () => void): void {
    this.wishedExit ??= { kind: 'ended-by-us' };
    act();
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
    this.standstill.release();
    // An agent that broke down between two turns is not there to be killed: nobody waits for a prompt for it any more.
    this.prompts.close();
    this.tree.kill().catch((error: unknown) => complain('Not every process could be killed', error));
  }

  private after(delayMs: number, act: () => void): void {
    const cancel = this.options.clock.schedule(delayMs, () => {
      this.deadlines.delete(cancel);
      act();
    });
    this.deadlines.add(cancel);
  }
}
