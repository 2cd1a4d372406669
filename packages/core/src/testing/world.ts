import type { ApprovalPolicyInput, CreateTask } from '@agent-harbor/api-contract/schemas';
import { createHarbor, type HarborOptions } from '../create-harbor.ts';
import type { NewEvent } from '../executor/executor.ts';
import type { Harbor } from '../harbor.ts';
import { createSeededIds } from '../seeded-ids.ts';
import { createMemoryStore } from '../store/memory/index.ts';
import type { Store } from '../store/store.ts';
import type { StreamItem, SubscribeOptions } from '../task/task-manager.ts';
import { createFakeExecutor, type FakeExecutor } from './fake-executor.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';

/** A whole product whose time and agents a test moves. */
export interface World {
  readonly store: Store;
  readonly clock: ManualClock;
  readonly executor: FakeExecutor;
  readonly harbor: Harbor;
}

/** Agents that are asked to stop get 100 ms. */
export const openWorld = (
  parts: Partial<World> & {
    maxConcurrentTasks?: number;
    approvals?: ApprovalPolicyInput;
  } & Pick<HarborOptions, 'metrics' | 'tracer' | 'webhooks'> = {},
): World => {
  const store = parts.store ?? createMemoryStore({ epoch: 'test' });
  const clock = parts.clock ?? createManualClock();
  const executor = parts.executor ?? createFakeExecutor();
  const ids = createSeededIds('harbor');
  const { maxConcurrentTasks, approvals, metrics, tracer, webhooks } = parts;
  return {
    store,
    clock,
    executor,
    harbor: createHarbor({
      store,
      clock,
      executor,
      ids,
      maxConcurrentTasks,
      approvals,
      metrics,
      tracer,
      webhooks,
      stopGraceMs: 100,
    }),
  };
};

export const request: CreateTask = {
  prompt: 'Fix it',
  repo: { mode: 'git', url: '/repo' },
  agent: { type: 'mock' },
};

export const log = (message: string, at = 0): NewEvent => ({
  at,
  body: { type: 'log', level: 'info', message },
});

/** Everything a subscriber gets until the stream ends. */
export const readAll = async (
  harbor: Harbor,
  sessionId: string,
  options: SubscribeOptions = {},
): Promise<StreamItem[]> => {
  const items = [];
  for await (const item of harbor.tasks.subscribe(sessionId, options)) items.push(item);
  return items;
};

/** One word per event: its status, its message or its type. */
export const story = (events: readonly object[]): unknown[] =>
  events.map((event) => {
    if ('status' in event) return event.status;
    if ('message' in event) return event.message;
    return 'type' in event ? event.type : undefined;
  });

export const storyOf = async (harbor: Harbor, sessionId: string): Promise<unknown[]> =>
  story((await readAll(harbor, sessionId)).map(({ event }) => event));
