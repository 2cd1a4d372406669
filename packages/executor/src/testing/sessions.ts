import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { AgentType, Prompt, RepoInput } from '@agent-harbor/api-contract/schemas';
import {
  type AgentExit,
  createSeededIds,
  defaultApprovals,
  type Executor,
  type NewEvent,
  type Run,
} from '@agent-harbor/core';
import { onTestFinished } from 'vitest';
import { isRunning } from '../process/identity.ts';
import { wait } from '../process/wait.ts';
import {
  type CountedExecutor,
  createProcessExecutor,
  type ProcessExecutorOptions,
} from '../process-executor.ts';
import { readIdentity } from '../recorder/claim.ts';
import { sessionDirectory } from '../recorder/session-directory.ts';
import { systemClock } from '../recorder/system-clock.ts';
import { fromSource } from './from-source.ts';
import { temporaryDirectory } from './temporary.ts';

const stateDirs = new WeakMap<Executor, string>();

/** An executor over real processes, closed with the test. */
export const openExecutor = async (
  stateDir: string,
  options: Partial<ProcessExecutorOptions> = {},
): Promise<CountedExecutor> => {
  const executor = await createProcessExecutor({
    stateDir,
    clock: systemClock,
    ids: createSeededIds(stateDir),
    recorderCommand: fromSource('recorder/main.ts'),
    mockAgentCommand: fromSource('agents/mock/main.ts'),
    ...options,
  });
  stateDirs.set(executor, stateDir);
  onTestFinished(() => executor.close());
  return executor;
};

export interface RunWish {
  readonly type?: AgentType;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly prompt?: Prompt;
  readonly model?: string;
  readonly repo?: RepoInput;
  readonly deliverTo?: string | null;
  readonly approvals?: Partial<Run['approvals']>;
  readonly idleTimeoutMs?: number;
  readonly checks?: Run['checks'];
}

export const runOf = ({
  type = 'command',
  settings = {},
  prompt = 'Do it.',
  model,
  repo,
  deliverTo,
  approvals,
  idleTimeoutMs = 0,
  checks = [],
}: RunWish): Run => ({
  sessionId: `test-${randomUUID()}`,
  taskId: 'task',
  prompt,
  repo: repo ?? { mode: 'none' },
  agent: { type, version: 'latest', settings, ...(model === undefined ? {} : { model }) },
  deliverTo: deliverTo ?? null,
  approvals: { ...defaultApprovals, ...approvals },
  idleTimeoutMs,
  checks,
});

/** The agent of `acp-agent.ts`: its prompts name what it does. */
export const acpRun = ({ offers = 'none', skills = [], ...wish }: AcpWish): Run =>
  runOf({
    ...wish,
    type: 'acp',
    settings: { command: [process.execPath, join(import.meta.dirname, 'acp-agent.ts'), offers, ...skills] },
  });

/** `offers`: how it says what models and modes it has, if it does; `skills`: how it can take up its conversation. */
type AcpWish = Omit<RunWish, 'type' | 'settings'> & {
  readonly offers?: 'none' | 'options' | 'lists';
  readonly skills?: readonly ('loads' | 'resumes')[];
};

/** Provisions and starts; whatever the test does, no process of the session is left behind it. */
export const begin = async (executor: Executor, run: Run) => {
  const workspace = await executor.provision(run);
  endWithTest(executor, run.sessionId);
  await executor.start(run, workspace);
  return workspace;
};

/** A session of the agent of `acp-agent.ts`, on an executor of its own. */
export const startAcp = async (wish: AcpWish) => {
  const stateDir = await temporaryDirectory();
  const executor = await openExecutor(stateDir);
  const run = acpRun(wish);
  const workspace = await begin(executor, run);
  return { stateDir, executor, run, workspace };
};

/** Ends the session and waits for its recorder, so that nobody writes to a directory that is being removed. */
export const endWithTest = (executor: Executor, sessionId: string): void =>
  onTestFinished(async () => {
    await executor.kill(sessionId);
    const { recorder: path } = sessionDirectory(stateDirs.get(executor) ?? '', sessionId);
    const recorder = readIdentity(path);
    while (recorder !== undefined && isRunning(recorder)) await wait(systemClock, 5);
  });

export interface Recorded {
  readonly events: readonly NewEvent[];
  readonly offset: number;
  readonly exit: AgentExit | undefined;
}

/** The journal from `after` on, to its end or until `enough` says so. */
export const follow = async (
  executor: Executor,
  sessionId: string,
  after = 0,
  enough: (events: readonly NewEvent[]) => boolean = () => false,
): Promise<Recorded> => {
  const events: NewEvent[] = [];
  let offset = after;
  for await (const batch of executor.journal(sessionId, after)) {
    events.push(...batch.events);
    offset = batch.offset;
    if (batch.exit !== undefined) return { events, offset, exit: batch.exit };
    if (enough(events)) break;
  }
  return { events, offset, exit: undefined };
};

/** The journal from `after` on, as far as it comes within `ms`. */
export const followFor = async (
  executor: Executor,
  sessionId: string,
  after: number,
  ms: number,
): Promise<Recorded> => {
  const leaving = new AbortController();
  const cancel = systemClock.schedule(ms, () => leaving.abort());
  const events: NewEvent[] = [];
  let last: { readonly offset: number; readonly exit?: AgentExit } = { offset: after };
  for await (const batch of executor.journal(sessionId, after, leaving.signal)) {
    events.push(...batch.events);
    last = batch;
  }
  cancel();
  return { events, offset: last.offset, exit: last.exit };
};

export const bodies = ({ events }: Pick<Recorded, 'events'>) => events.map(({ body }) => body);

/** What the agent said. */
export const messages = (recorded: Pick<Recorded, 'events'>): string[] =>
  bodies(recorded).flatMap((body) => (body.type === 'message' ? [body.content] : []));

/** The log lines of one stream, pieces of long lines joined. */
export const lines = (
  recorded: Pick<Recorded, 'events'>,
  stream: 'stdout' | 'stderr' = 'stdout',
): string[] => {
  const found: string[] = [];
  let goesOn = false;
  for (const body of bodies(recorded)) {
    if (body.type !== 'log' || body.stream !== stream) continue;
    found.push(goesOn ? `${found.pop()}${body.message}` : body.message);
    goesOn = body.continued === true;
  }
  return found;
};
