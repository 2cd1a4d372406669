import { jsonSchemaOf } from '@agent-harbor/api-contract/json-schema';
import { agentSettings, type CreateTask, type EventBody } from '@agent-harbor/api-contract/schemas';
import {
  type AgentExit,
  type Clock,
  type DeliveryResult,
  type DeliveryWish,
  type Executor,
  fieldProblem,
  type Ids,
  type JournalBatch,
  Problem,
  type ProvisionedWorkspace,
  parse,
  promptText,
  type Run,
  terminalOf,
  throwIfAborted,
  wishedBranches,
} from '@agent-harbor/core';
import { demoRepository } from '../demo-repository.ts';
import type { Scenario } from '../format/scenario.ts';
import { usualTerminal } from '../format/terminal.ts';
import { createMemoryTerminal, type MemoryTerminal } from '../terminal/memory-terminal.ts';
import { bytesOf, textOf } from '../tool/bytes.ts';
import { type Cast, createCasting } from './casting.ts';
import { withChecks } from './checks.ts';
import { type Conversation, converse } from './conversation.ts';
import { createMemoryJournal, type MemoryJournal } from './journal.ts';
import { archiveIn } from './memory-archive.ts';
import { createTreeOf, headsOf, searchIn } from './memory-look.ts';
import { createMemoryWorkspace, type MemoryWorkspace } from './memory-workspace.ts';
import {
  checkVersion,
  simulatedAgents,
  simulatedCapabilities,
  simulatedHost,
  simulatedRuntimes,
} from './offer.ts';
import { commitId, createRepositories, defaultBranch } from './repositories.ts';

/** What an executor plays, in whose time, and how much at once. */
export interface ScriptedExecutorOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  /** Multiplies every time of a session that does not say its own speed; 1 when absent. Asked when one starts. */
  readonly speed?: number | (() => number) | undefined;
  /**
   * Further scenarios, name → scenario. They hide built-in ones of the same name and are chosen first. What is added
   * later counts from then on.
   */
  readonly scenarios?: Readonly<Record<string, Scenario>> | undefined;
}

/** An executor whose agents can also be made to say what no scenario says. */
export interface ScriptedExecutor extends Executor {
  /**
   * Lets the agent of a session say something, or end by a `status` event of `completed` or `failed`. Rejects with
   * `wrong-state` where no agent runs, with `invalid-request` for a status that is not the agent's to give.
   */
  say(sessionId: string, body: EventBody): Promise<void>;
}

/** What is known of one session. */
interface Player {
  readonly journal: MemoryJournal;
  readonly provisioned: ProvisionedWorkspace;
  /** Stays as it was last, also when it was released. */
  readonly workspace: MemoryWorkspace;
  /** What a scenario agent plays; undefined for the others. */
  readonly cast: Cast | undefined;
  conversation?: Conversation;
  /** There instead of a conversation when it plays in a terminal. */
  terminal?: MemoryTerminal;
  /** Branch → what it was given last. */
  readonly delivered: Map<string, { readonly tree: string; readonly commit: string }>;
}

/**
 * An executor without processes and without a disk: sessions are played from scenarios on the clock, their files live
 * in memory and really change. Only microtasks and the clock move it. Agents of every type but `mock` are
 * simulated: one line of log, then a good end. Every repository exists but one named `missing`.
 */
export const createScriptedExecutor = (options: ScriptedExecutorOptions): ScriptedExecutor => {
  const { clock, ids, speed = 1, scenarios = {} } = options;
  const hostSpeed = (): number => (typeof speed === 'number' ? speed : speed());
  const casting = createCasting(scenarios);
  const repositories = createRepositories();
  const players = new Map<string, Player>();
  const treeOf = createTreeOf();
  const released = new Set<string>();

  const castFor = ({ agent, prompt }: Run): Cast | undefined =>
    agent.type === 'mock' ? casting.cast(agent.settings, promptText(prompt), 'agent.settings') : undefined;

  const checkAgents = (request: CreateTask): void => {
    const choices = request.agents ?? (request.agent === undefined ? [] : [request.agent]);
    for (const [index, { type, version, settings = {} }] of choices.entries()) {
      const root = request.agents === undefined ? 'agent' : `agents.${index}`;
      checkVersion(type, version, `${root}.version`);
      if (type === 'mock') casting.cast(settings, promptText(request.prompt), `${root}.settings`);
      else parse<unknown>(agentSettings[type], settings, `${root}.settings`);
    }
  };

  const provision = (run: Run): Player => {
    const { sessionId, repo } = run;
    const cast = castFor(run);
    const scenario = cast?.scenario;
    const branch = repo.mode === 'none' ? null : (repo.branch ?? scenario?.repo?.branch ?? defaultBranch);
    const baseCommit =
      branch === null ? null : (repo.commit ?? repositories.baseCommit(repo.url ?? '', branch));
    return {
      cast,
      delivered: new Map(),
      journal: withChecks(createMemoryJournal(), run, cast?.scenario, clock),
      workspace: createMemoryWorkspace(baseFiles(scenario, branch !== null)),
      provisioned: { path: `/simulated/${sessionId}`, baseCommit, branch },
    };
  };

  const start = (run: Run, player: Player): void => {
    const { cast, journal, workspace } = player;
    const size = terminalOf(run.agent.settings);
    if (size !== undefined) {
      const script = cast?.scenario['x-terminal'] ?? usualTerminal;
      player.terminal = createMemoryTerminal({
        script,
        size,
        speed: cast?.speed ?? hostSpeed(),
        clock,
        journal,
      });
      return;
    }
    if (cast === undefined) {
      simulate(run, journal);
      return;
    }
    const executionId = () => ids.next('execution', run.sessionId);
    const { scenario, speed = hostSpeed(), mode } = cast;
    player.conversation = converse(scenario, { run, clock, journal, workspace, speed, mode, executionId });
  };

  const simulate = ({ agent }: Run, journal: MemoryJournal): void => {
    const message = `An agent of type ${agent.type} is only simulated here: nothing was run.`;
    journal.append([{ at: clock.now(), body: { type: 'log', level: 'info', message, stream: 'stdout' } }]);
    journal.end({ kind: 'exited', code: 0 });
  };

  const end = (sessionId: string, exit: AgentExit): void => {
    const player = players.get(sessionId);
    const played = player?.terminal ?? player?.conversation ?? player?.journal;
    played?.end(exit);
  };

  /** The conversation of a session that goes on. Throws `session-ended`, or `wrong-state` before it began. */
  const conversationOf = (sessionId: string): Conversation => {
    const player = players.get(sessionId);
    if (player?.journal.ended) {
      throw new Problem('session-ended', { detail: 'The agent of the session has ended.' });
    }
    if (player?.conversation !== undefined) return player.conversation;
    if (player?.terminal !== undefined) throw new Problem('prompt-unsupported');
    throw new Problem('wrong-state', { detail: `No agent runs in session ${sessionId}.` });
  };

  /** What plays in a session that goes on, in a terminal or without. */
  const playOf = (sessionId: string): Pick<Conversation, 'pause' | 'resume'> => {
    const player = players.get(sessionId);
    return player?.terminal !== undefined && !player.journal.ended
      ? player.terminal
      : conversationOf(sessionId);
  };

  const terminalIn = (sessionId: string): MemoryTerminal => {
    const terminal = players.get(sessionId)?.terminal;
    if (terminal !== undefined) return terminal;
    throw new Problem('terminal-not-found');
  };

  const workspaceOf = (sessionId: string, signal: AbortSignal | undefined): MemoryWorkspace => {
    throwIfAborted(signal);
    const workspace = players.get(sessionId)?.workspace;
    if (workspace !== undefined) return workspace;
    throw new Problem('workspace-gone', {
      detail: `Session ${sessionId} has no workspace yet.`,
    });
  };

  return {
    id: simulatedHost.id,
    describe: async () => simulatedHost,
    agents: async () => simulatedAgents,
    settingsSchema: (type) => jsonSchemaOf(agentSettings[type]),
    runtimes: () => simulatedRuntimes,
    async check(request, signal) {
      throwIfAborted(signal);
      repositories.check(request.repo);
      const { branch } = request.delivery ?? {};
      const field = branch === undefined ? 'delivery.targetBranch' : 'delivery.branch';
      repositories.checkTargets(request.repo.url ?? '', wishedBranches(request), field);
      checkAgents(request);
    },
    async provision(run, signal) {
      throwIfAborted(signal);
      const player = players.get(run.sessionId) ?? provision(run);
      players.set(run.sessionId, player);
      return player.provisioned;
    },
    async start(run, _workspace, signal) {
      throwIfAborted(signal);
      const player = players.get(run.sessionId);
      const isStarted = player?.conversation !== undefined || player?.terminal !== undefined;
      if (player === undefined || isStarted || player.journal.ended) return;
      start(run, player);
    },
    journal(sessionId, after, signal) {
      return players.get(sessionId)?.journal.read(after, signal) ?? lostJournal(after);
    },
    async stop(sessionId) {
      end(sessionId, { kind: 'ended-by-us' });
    },
    async kill(sessionId) {
      end(sessionId, { kind: 'ended-by-us' });
    },
    async pause(sessionId) {
      playOf(sessionId).pause();
    },
    async resume(sessionId) {
      playOf(sessionId).resume();
    },
    terminal: (sessionId, after, options = {}) =>
      players.get(sessionId)?.terminal?.read(after, options) ?? nothing(),
    async type(sessionId, typing) {
      terminalIn(sessionId).type(typing);
    },
    async resize(sessionId, resizing) {
      terminalIn(sessionId).resize(resizing);
    },
    async prompt(sessionId, prompt) {
      conversationOf(sessionId).prompt(prompt);
    },
    async answer(sessionId, answer) {
      conversationOf(sessionId).answer(answer);
    },
    async say(sessionId, body) {
      const journal = players.get(sessionId)?.journal;
      if (journal === undefined || journal.ended) {
        throw new Problem('wrong-state', { detail: `No agent runs in session ${sessionId}.` });
      }
      if (body.type === 'status') end(sessionId, exitOf(body));
      else if (body.type === 'approval') conversationOf(sessionId).ask(body);
      else journal.append([{ at: clock.now(), body }]);
    },
    async deliver(run, wish, signal) {
      throwIfAborted(signal);
      const player = players.get(run.sessionId);
      if (player === undefined)
        throw new Problem('workspace-gone', { detail: 'Nobody here played the session.' });
      return deliver(run, player, wish);
    },
    // Nothing takes room on a disk; what a session did stays readable.
    release: async (sessionId) => {
      released.add(sessionId);
    },
    forget: async () => 'gone',
    capabilities: async () => simulatedCapabilities,
    async refs(url, signal) {
      throwIfAborted(signal);
      return repositories.refs(url);
    },
    async trackedFiles(url, wish, signal) {
      throwIfAborted(signal);
      return repositories.trackedFiles(url, wish);
    },
    // Nothing of a repository is kept.
    forgetRepository: async () => {},
    async usage(sessionId, signal) {
      throwIfAborted(signal);
      const files = players.get(sessionId)?.workspace.files ?? new Map<string, Uint8Array>();
      const bytes = [...files.values()].reduce((sum, { length }) => sum + length, 0);
      return { bytes, files: files.size, isComplete: true };
    },
    files: {
      changes: async (sessionId, signal) => workspaceOf(sessionId, signal).changes(),
      content: async (sessionId, path, signal) => workspaceOf(sessionId, signal).content(path),
      diff: async (sessionId, { signal, ...wish }) => workspaceOf(sessionId, signal).diff(wish),
      patch: async (sessionId, { signal, ...wish }) => {
        const text = workspaceOf(sessionId, signal).patch(wish);
        return text === '' ? nothing() : once(bytesOf(text));
      },
    },
    look: {
      tree: async (sessionId, signal) => treeOf(workspaceOf(sessionId, signal)),
      heads: async (sessionId, paths, { signal, ...wish }) =>
        headsOf(workspaceOf(sessionId, signal), paths, wish),
      search: async (sessionId, wish) => searchIn(workspaceOf(sessionId, wish.signal), wish),
      archive: async (sessionId, wish) => archiveIn(workspaceOf(sessionId, wish.signal), wish),
      place: async (sessionId) => {
        workspaceOf(sessionId, undefined);
        return released.has(sessionId) ? null : (players.get(sessionId)?.provisioned.path ?? null);
      },
    },
    async close() {
      for (const { conversation, terminal, journal } of players.values()) {
        conversation?.halt();
        terminal?.halt();
        journal.abandon();
      }
    },
  };

  function deliver(
    { sessionId, repo }: Run,
    { workspace, delivered }: Player,
    { mode, branch: wished, isMadeUp, message, isFinal }: DeliveryWish,
  ): DeliveryResult {
    if (workspace.changes().length === 0) {
      return { state: 'nothing-to-deliver', reason: 'The files are as they were at the start.' };
    }
    const files = [...workspace.files].map(([path, bytes]) => [path, textOf(bytes) ?? [...bytes]]);
    const tree = JSON.stringify(files);
    const made = commitId(sessionId, message, tree);
    if (mode === 'patch') return { state: 'delivered', ...(isFinal ? { commit: made } : {}) };
    if (wished === null || repo.url === undefined) {
      return { state: 'nothing-to-deliver', reason: 'The session works on no repository.' };
    }
    const before = delivered.get(wished);
    if (before?.tree === tree) return { state: 'delivered', branch: wished, commit: before.commit };
    let reason = '';
    for (let number = 1; number <= (isMadeUp ? numberLimit : 1); number++) {
      const branch = number === 1 ? wished : `${wished}-${number}`;
      const refusal = repositories.deliver(repo.url, branch, sessionId, made);
      if (refusal === undefined) {
        delivered.set(wished, { tree, commit: made });
        return { state: 'delivered', branch, commit: made };
      }
      reason ||= refusal.reason;
      if (!refusal.isTaken) break;
    }
    return { state: 'failed', branch: wished, reason, obstacle: 'target' };
  }
};

/** How many numbers are tried behind a made-up name. */
const numberLimit = 50;

/** The end of an agent that a status tells; every other status is given by the server. */
const exitOf = ({ status, reason, exitCode }: Extract<EventBody, { type: 'status' }>): AgentExit => {
  if (status === 'completed') return { kind: 'exited', code: 0 };
  if (status !== 'failed') {
    throw fieldProblem(
      'status',
      'an agent can say completed or failed; for the others call the session’s routes',
    );
  }
  return exitCode === undefined || exitCode === 0
    ? { kind: 'lost', reason: reason ?? 'The agent failed.' }
    : { kind: 'exited', code: exitCode, lastOutput: reason };
};

/** What the agent finds: the scenario's own files, else the demonstration's; without a repository nothing. */
const baseFiles = (scenario: Scenario | undefined, withRepository: boolean): Map<string, Uint8Array> => {
  const seeds = scenario?.repo?.files;
  if (seeds !== undefined) return new Map(seeds.map(({ path, contents }) => [path, bytesOf(contents)]));
  const files = withRepository ? Object.entries(demoRepository) : [];
  return new Map(files.map(([path, text]) => [path, bytesOf(text)]));
};

/** A session nobody here knows: whoever played it is gone, and its journal with it. */
async function* lostJournal(offset: number): AsyncGenerator<JournalBatch> {
  const reason = 'The session was played by a process that has ended; nothing of it was kept.';
  yield { events: [], offset, exit: { kind: 'lost', reason } };
}

/** What has nothing: the terminal of a session that was never started, a patch without a change. */
async function* nothing(): AsyncGenerator<never> {}

async function* once<Item>(item: Item): AsyncGenerator<Item> {
  yield item;
}
