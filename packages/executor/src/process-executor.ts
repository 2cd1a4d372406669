import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { join, resolve } from 'node:path';
import { jsonSchemaOf } from '@agent-harbor/api-contract/json-schema';
import { AgentType, agentSettings, type CreateTask } from '@agent-harbor/api-contract/schemas';
import {
  type Clock,
  type Executor,
  type Family,
  gaugeBy,
  type Ids,
  type JournalBatch,
  type Log,
  Problem,
  type ProvisionedWorkspace,
  type Run,
  silent,
  type TerminalBatch,
  type Tracer,
  terminalOf,
  throwIfAborted,
  traced,
  untraced,
  wishedBranches,
} from '@agent-harbor/core';
import type { AgentHost } from './agents/adapter.ts';
import { agentEnvironment, type Environment, hostEnvironment } from './agents/agent-environment.ts';
import { createAskVersion } from './agents/asked-version.ts';
import { checkAgents, checkTerminals } from './agents/check-agents.ts';
import { homeOf, lendCredentials } from './agents/lend-credentials.ts';
import { planProgram } from './agents/plan-program.ts';
import { agents } from './agents/registry.ts';
import { executorId } from './executor-id.ts';
import { probeCapabilities } from './host/capabilities.ts';
import { Backlog } from './journal/backlog.ts';
import { followJournal } from './journal/follow.ts';
import { createForkServer, type ForkServer } from './process/fork-server/fork-server.ts';
import { probeTracking, type Tracking } from './process/probe.ts';
import { type StartProgram, startDirectly } from './process/start-program.ts';
import { forgetJournal, forgottenBatch } from './recorder/forget.ts';
import { createRecorderPool, type RecorderPool } from './recorder/pool.ts';
import { type RunFile, runVersion } from './recorder/run-file.ts';
import { type SessionControl, sessionControl } from './recorder/session-control.ts';
import { sessionDirectory, writeDurably } from './recorder/session-directory.ts';
import { dropSocketDirectory, socketPath, stateDirName } from './recorder/socket-path.ts';
import { startRecorderProcess } from './recorder/start-process.ts';
import { followTerminal } from './terminal/follow.ts';
import { terminalName, terminalTrouble } from './terminal/pty.ts';
import { diskUse } from './workspace/disk-use.ts';
import { asProblem } from './workspace/problems.ts';
import { removeTree } from './workspace/remove-tree.ts';
import { createWorkspaces, type DeliveryCheck, type GitWorkspaces } from './workspace/workspaces.ts';

export interface ProcessExecutorOptions {
  /** Where sessions, workspaces and journals are kept. Two executors never share one. */
  readonly stateDir: string;
  readonly clock: Clock;
  readonly ids: Ids;
  /** The recorder's program as an argv; the session's directory is appended. */
  readonly recorderCommand: readonly string[];
  /** The mock agent's program as an argv. */
  readonly mockAgentCommand: readonly string[];
  /** The fork server's program as an argv; without it programs are started by this process itself. */
  readonly forkServerCommand?: readonly string[] | undefined;
  /** Programs to start for agent types, each an argv, instead of what is found on the PATH. */
  readonly agentPrograms?: AgentHost['agentPrograms'];
  /** The agent types whose credentials of this host's user, files and variables, are passed in; none by default. */
  readonly agentCredentials?: readonly AgentType[];
  /** Variables and files of this host's user that agents of a type get beside those, by name. */
  readonly agentLends?: AgentHost['agentLends'];
  readonly log?: Log;
  /** Is told of starts. */
  readonly tracer?: Tracer;
  /** What recorders and agents may inherit a part of: by default the environment of this process. */
  readonly environment?: Environment;
  /** How much of its output one session may have recorded, bytes; 1 GiB by default. */
  readonly outputLimitBytes?: number;
  /** How many recorders wait for sessions; none by default. */
  readonly recorderPool?: number;
  /** How many workspaces are checked out in advance for each repository used lately; none by default. */
  readonly workspacePool?: number;
  /** Who makes the commits that are delivered. */
  readonly author?: { readonly name: string; readonly email: string } | undefined;
  /** Branches nobody delivers onto beside the default one, as globs; the usual ones where nothing is said. */
  readonly protectedBranches?: readonly string[] | undefined;
}

const gibibyte = 1024 ** 3;

/** An executor that tells what it has to do. */
export interface CountedExecutor extends Executor {
  /** What there is now, for whoever counts. */
  figures(): readonly Family[];
}

/** Runs sessions as processes of this host, each under a recorder that outlives this object. */
export const createProcessExecutor = async (options: ProcessExecutorOptions): Promise<CountedExecutor> => {
  const stateDir = resolve(options.stateDir);
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  // Nobody waits for it before the first session: a server answers meanwhile.
  const tracking = probeTracking(stateDirName(stateDir), options.clock);
  tracking.catch(() => {});
  const {
    clock,
    environment = process.env,
    workspacePool: poolSize,
    log,
    author,
    protectedBranches,
    forkServerCommand: command,
  } = options;
  const forkServer =
    command === undefined || process.platform === 'win32'
      ? undefined
      : createForkServer({
          command,
          socketPath: () => socketPath(stateDir, 'fork server'),
          clock,
          log: log ?? silent,
        });
  const start = forkServer?.start;
  const made = { stateDir, clock, environment, poolSize, log, author, protectedBranches, start };
  const workspaces = createWorkspaces(made);
  return new ProcessExecutor({ ...options, stateDir }, tracking, workspaces, forkServer);
};

class ProcessExecutor implements CountedExecutor {
  readonly id: string;
  readonly files: Executor['files'];
  readonly look: Executor['look'];
  private readonly options: ProcessExecutorOptions;
  private readonly tracking: Promise<Tracking>;
  private readonly workspaces: GitWorkspaces;
  private readonly forkServer: ForkServer | undefined;
  private readonly startProgram: StartProgram;
  private readonly log: Log;
  private readonly environment: Environment;
  private readonly host: AgentHost;
  private readonly pool: RecorderPool;
  /** Starts under way: a second one waits for the first, and so does a kill. */
  private readonly starting = new Map<string, Promise<void>>();
  private readonly closing = new AbortController();
  private readonly backlog = new Backlog();
  private capable: ReturnType<Executor['capabilities']> | undefined;

  constructor(
    options: ProcessExecutorOptions,
    tracking: Promise<Tracking>,
    workspaces: GitWorkspaces,
    forkServer: ForkServer | undefined,
  ) {
    this.options = options;
    this.tracking = tracking;
    this.workspaces = workspaces;
    this.forkServer = forkServer;
    this.startProgram = forkServer?.start ?? startDirectly;
    this.id = executorId(options.stateDir, options.ids);
    this.files = workspaces.files;
    this.look = workspaces.look;
    this.log = options.log ?? silent;
    this.environment = options.environment ?? process.env;
    this.host = {
      ...options,
      environment: this.environment,
      askVersion: createAskVersion({
        environment: this.environment,
        clock: options.clock,
        start: this.startProgram,
      }),
    };
    this.pool = createRecorderPool({
      command: options.recorderCommand,
      env: hostEnvironment(this.environment),
      size: options.recorderPool ?? 0,
      folder: join(options.stateDir, 'waiting'),
      clock: options.clock,
      log: this.log,
    });
  }

  describe: Executor['describe'] = async () => {
    const { kind, pause } = await this.tracking;
    return {
      id: this.id,
      os: platform(),
      arch: arch(),
      health: isWritable(this.options.stateDir) ? 'ok' : 'degraded',
      processTracking: kind,
      pause,
      terminal: (await terminalTrouble()) === undefined ? 'pty' : 'none',
    };
  };

  agents: Executor['agents'] = () =>
    Promise.all(
      AgentType.options.map(async (type) => {
        const { displayName, description, versions, presence, capabilities } = agents[type];
        const settingsSchemaRef = `/api/v1/schemas/agents/${type}.json`;
        const here = presence === undefined ? {} : { presence: await presence(this.host) };
        const can = capabilities === undefined ? {} : { capabilities: [...capabilities] };
        return {
          type,
          displayName,
          description,
          versions: [...versions],
          settingsSchemaRef,
          ...here,
          ...can,
        };
      }),
    );

  settingsSchema: Executor['settingsSchema'] = (type) => jsonSchemaOf(agentSettings[type]);

  runtimes: Executor['runtimes'] = () => [
    {
      type: 'local',
      description: 'The processes of an agent run on this host itself, without isolation.',
      sandboxProfiles: [],
    },
  ];

  check: Executor['check'] = async (request, signal) => {
    checkAgents(request, this.host);
    await checkTerminals(request, terminalTrouble);
    await this.workspaces.check(request.repo, deliveryCheckOf(request), signal);
  };

  provision: Executor['provision'] = (run, signal) => this.workspaces.provision(run, signal);

  start: Executor['start'] = (run, workspace, signal) => {
    const begun = this.starting.get(run.sessionId);
    if (begun !== undefined) return begun;
    const { tracer = untraced } = this.options;
    const span = { name: 'recorder.start', parent: run.traceparent };
    const start = attempt('The session cannot be started', () =>
      traced(tracer, span, ({ traceparent }) => this.startOnce({ ...run, traceparent }, workspace, signal)),
    );
    this.starting.set(run.sessionId, start);
    return start.finally(() => this.starting.delete(run.sessionId));
  };

  async *journal(sessionId: string, after: number, signal?: AbortSignal): AsyncGenerator<JournalBatch, void> {
    const { clock } = this.options;
    const session = await this.session(sessionId);
    if (session === undefined) {
      const reason = 'The session was never started on this host. Launch the task again.';
      yield { events: [], offset: after, exit: { kind: 'lost', reason } };
      return;
    }
    const forgotten = forgottenBatch(sessionDirectory(this.options.stateDir, sessionId), after);
    if (forgotten !== undefined) {
      yield forgotten;
      return;
    }
    const ending = AbortSignal.any([this.closing.signal, ...(signal === undefined ? [] : [signal])]);
    const { address } = session;
    const { log } = this;
    try {
      const batches = followJournal({ address, clock, log, lost: () => session.settleLost() }, after, ending);
      yield* this.backlog.counted(address.directory.journal, after, batches);
    } catch (error) {
      throw asProblem(error, 'The journal of the session cannot be read');
    }
  }

  stop: Executor['stop'] = (sessionId, graceMs) =>
    attempt('The session cannot be stopped', async () => {
      await (await this.session(sessionId))?.stop(graceMs);
    });

  kill: Executor['kill'] = (sessionId, because) =>
    attempt('The processes of the session cannot be ended', async () => {
      await (await this.session(sessionId))?.kill(because);
    });

  pause: Executor['pause'] = (sessionId) =>
    attempt('The session cannot be paused', async () => {
      await (await this.startedSession(sessionId)).pause();
    });

  resume: Executor['resume'] = (sessionId) =>
    attempt('The session cannot be resumed', async () => {
      await (await this.startedSession(sessionId)).resume();
    });

  prompt: Executor['prompt'] = (sessionId, prompt) =>
    attempt('The prompt cannot be handed over', async () => {
      await (await this.startedSession(sessionId)).prompt(prompt);
    });

  async *terminal(
    sessionId: string,
    after: number,
    { live = true, signal }: Parameters<Executor['terminal']>[2] = {},
  ): AsyncGenerator<TerminalBatch, void> {
    const session = await this.session(sessionId);
    if (session === undefined) return;
    const ending = AbortSignal.any([this.closing.signal, ...(signal === undefined ? [] : [signal])]);
    try {
      const follow = { address: session.address, clock: this.options.clock, live };
      yield* followTerminal(follow, after, ending);
    } catch (error) {
      throw asProblem(error, 'The terminal of the session cannot be read');
    }
  }

  type: Executor['type'] = (sessionId, typing) =>
    attempt('The terminal cannot be typed into', async () => {
      await (await this.startedSession(sessionId)).type(typing);
    });

  resize: Executor['resize'] = (sessionId, resizing) =>
    attempt('The terminal cannot be resized', async () => {
      await (await this.startedSession(sessionId)).resize(resizing);
    });

  answer: Executor['answer'] = (sessionId, answer) =>
    attempt('The answer cannot be handed over', async () => {
      await (await this.startedSession(sessionId)).answer(answer);
    });

  deliver: Executor['deliver'] = (run, wish, signal) => this.workspaces.deliver(run, wish, signal);

  release: Executor['release'] = (sessionId) =>
    attempt('The files of the session cannot be dropped', async () => {
      await this.workspaces.release(sessionId);
      const { home, temporary } = sessionDirectory(this.options.stateDir, sessionId);
      await Promise.all([removeTree(home), removeTree(temporary)]);
    });

  forget: Executor['forget'] = (sessionId, offset) =>
    attempt('The journal of the session cannot be dropped', () =>
      forgetJournal(sessionDirectory(this.options.stateDir, sessionId), offset),
    );

  /** Found out when it is first asked: most servers are never asked, and none waits for it at its start. */
  capabilities: Executor['capabilities'] = () => {
    this.capable ??= probeCapabilities({
      stateDir: this.options.stateDir,
      clock: this.options.clock,
      environment: this.environment,
      start: this.startProgram,
    });
    return this.capable;
  };

  refs: Executor['refs'] = (url, signal) => this.workspaces.refs(url, signal);

  trackedFiles: Executor['trackedFiles'] = (url, wish, signal) =>
    this.workspaces.trackedFiles(url, wish, signal);

  forgetRepository: Executor['forgetRepository'] = (url) =>
    attempt('What is kept of the repository cannot be dropped', () => this.workspaces.forgetRepository(url));

  usage: Executor['usage'] = (sessionId, signal) =>
    attempt('The workspace cannot be measured', () =>
      diskUse(sessionDirectory(this.options.stateDir, sessionId).root, this.options.clock, signal),
    );

  figures: CountedExecutor['figures'] = () => [
    ...this.backlog.figures(this.id),
    ...poolFigures(this.id, this.pool),
    gaugeBy(
      'agent_harbor_workspaces_waiting',
      'Workspaces of an executor that were checked out in advance and wait for a session.',
      'executor',
      [this.id],
      () => this.workspaces.waiting,
    ),
  ];

  async close(): Promise<void> {
    this.closing.abort();
    await Promise.allSettled([this.tracking, ...this.starting.values()]);
    await Promise.all([this.pool.close(), this.workspaces.close()]);
    this.forkServer?.close();
    dropSocketDirectory(this.options.stateDir);
  }

  /** The session once nobody is starting it any more; undefined when it was never started. */
  private async session(sessionId: string) {
    const directory = sessionDirectory(this.options.stateDir, sessionId);
    await this.starting.get(sessionId)?.catch(() => {});
    return sessionControl(directory, this.options.clock, this.log);
  }

  private async startedSession(sessionId: string): Promise<SessionControl> {
    const session = await this.session(sessionId);
    if (session !== undefined) return session;
    throw new Problem('wrong-state', { detail: 'The agent of the session was not started.' });
  }

  private async startOnce(run: Run, workspace: ProvisionedWorkspace, signal?: AbortSignal): Promise<void> {
    const { stateDir, recorderCommand, outputLimitBytes = gibibyte } = this.options;
    const { sessionId, agent, prompt } = run;
    const directory = sessionDirectory(stateDir, sessionId);
    if (existsSync(directory.recorder)) return;
    throwIfAborted(signal);
    if (!existsSync(directory.run)) {
      const program = planProgram(agent.type, agent.settings, 'agent', prompt, this.host, agent.model);
      const terminal = terminalOf(agent.settings);
      const file: RunFile = {
        version: runVersion,
        sessionId,
        protocol: terminal === undefined ? agents[agent.type].protocol : 'terminal',
        terminal,
        argv: program.argv,
        env: {
          ...agentEnvironment(this.environment, run, directory),
          ...(terminal === undefined ? {} : { TERM: terminalName }),
          ...program.env,
        },
        prompt: program.prompt,
        workspace,
        stateDir,
        tree: (await this.tracking).place(sessionId),
        socket: socketPath(stateDir, sessionId),
        outputLimitBytes,
        approvals: run.approvals,
        idleTimeoutMs: run.idleTimeoutMs,
        ...(program.acp === undefined ? {} : { acp: program.acp }),
        ...(run.checks.length === 0 ? {} : { checks: run.checks }),
      };
      mkdirSync(directory.root, { recursive: true, mode: 0o700 });
      await lendCredentials(program.credentialFiles, homeOf(this.environment), directory.home);
      writeDurably(directory.run, JSON.stringify(file));
    }
    if (await this.pool.take(directory)) return;
    const env = hostEnvironment(this.environment);
    await startRecorderProcess({ command: recorderCommand, directory, env, clock: this.options.clock });
  }
}

const poolFigures = (executor: string, pool: RecorderPool): readonly Family[] => [
  gaugeBy(
    'agent_harbor_recorders_waiting',
    'Recorders of an executor that were started and wait for a session.',
    'executor',
    [executor],
    () => pool.waiting,
  ),
  gaugeBy(
    'agent_harbor_recorders_waiting_bytes',
    'Resident memory of the recorders that wait for a session.',
    'executor',
    [executor],
    () => pool.memory(),
  ),
];

/** What the repository is asked about the delivery before anything is written. */
const deliveryCheckOf = (request: CreateTask): DeliveryCheck => {
  const { mode, branch, targetBranch } = request.delivery ?? {};
  return {
    branches: wishedBranches(request),
    field: branch === undefined ? 'delivery.targetBranch' : 'delivery.branch',
    isRequest: mode === 'pr',
    targetBranch: mode === 'pr' ? targetBranch : undefined,
  };
};

/** Whatever goes wrong below, callers get a problem. */
const attempt = <Result>(doing: string, work: () => Promise<Result>): Promise<Result> =>
  work().catch((error: unknown) => {
    throw asProblem(error, doing);
  });

const isWritable = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};
