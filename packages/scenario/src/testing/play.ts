import {
  type AgentExit,
  createSeededIds,
  defaultApprovals,
  type JournalBatch,
  type NewEvent,
  type Run,
} from '@agent-harbor/core';
import {
  createScriptedExecutor,
  type ScriptedExecutor,
  type ScriptedExecutorOptions,
} from '../executor/create-scripted-executor.ts';
import type { Scenario } from '../format/scenario.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

export const sessionId = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

/** A run of a scenario, by name or as it is. */
export const runOf = (scenario: string | object, members: Partial<Run> = {}): Run => ({
  sessionId,
  taskId: '01ARZ3NDEKTSV4RRFFQ69G5FAW',
  prompt: 'Do it',
  repo: { mode: 'git', url: '/srv/shop' },
  agent: { type: 'mock', version: 'latest', settings: { scenario } },
  deliverTo: 'work',
  approvals: defaultApprovals,
  idleTimeoutMs: 0,
  checks: [],
  ...members,
});

/** An executor on a clock that moves only when told to. */
export const open = (
  options: Partial<ScriptedExecutorOptions> = {},
): { clock: VirtualClock; executor: ScriptedExecutor } => {
  const clock = createVirtualClock();
  return { clock, executor: createScriptedExecutor({ clock, ids: createSeededIds('test'), ...options }) };
};

export const begin = async (executor: ScriptedExecutor, run: Run): Promise<void> =>
  executor.start(run, await executor.provision(run));

/** The journal to its end; for one that has not ended, what is there now. */
export const journalOf = async (
  executor: ScriptedExecutor,
): Promise<{ events: readonly NewEvent[]; exit: AgentExit | undefined }> => {
  const batches: JournalBatch[] = [];
  const enough = new AbortController();
  const reading = (async () => {
    for await (const batch of executor.journal(sessionId, 0, enough.signal)) batches.push(batch);
  })();
  for (let turn = 0; turn < 2_000; turn++) await Promise.resolve();
  enough.abort();
  await reading;
  return { events: batches.flatMap(({ events }) => events), exit: batches.at(-1)?.exit };
};

const aWeek = 7 * 24 * 3_600_000;

/** Plays a scenario to its end on an executor of its own. */
export const playToEnd = async (
  scenario: string | object,
  {
    speed,
    scenarios,
    ...members
  }: Partial<Run> & { speed?: number; scenarios?: Record<string, Scenario> } = {},
) => {
  const { clock, executor } = open({ speed, scenarios });
  const run = runOf(scenario, members);
  const begun = clock.now();
  await begin(executor, run);
  await clock.advance(aWeek);
  const { events, exit } = await journalOf(executor);
  return { executor, clock, run, begun, events, bodies: events.map(({ body }) => body), exit };
};
