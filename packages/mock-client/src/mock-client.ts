import type {
  Catalogue,
  Clock,
  EventLog,
  Harbor,
  LocalConversations,
  LocalDeliveries,
  LocalTaskManager,
  LocalTerminals,
  LocalWebhooks,
  RecordingSender,
  Workspaces,
} from '@agent-harbor/core';
import { type Control, createControl, type Troubles } from './control/control.ts';
import { methodsOf } from './control/method.ts';
import { createRules } from './control/rules.ts';
import { through } from './control/through.ts';
import { globalClock } from './global-clock.ts';
import { type MockOptions, memoryHarbor } from './memory-harbor.ts';

/** What a mock client plays, in whose time, and what goes wrong meanwhile. */
export interface MockClientOptions extends MockOptions, Troubles {
  /** What moves the mock, and nothing else does. The global timers when absent, faked or not. */
  readonly clock?: Clock | undefined;
}

/** The ports of a server, without one. */
export interface MockClient {
  readonly tasks: LocalTaskManager;
  readonly workspaces: Workspaces;
  readonly terminals: LocalTerminals;
  readonly catalogue: Catalogue;
  readonly conversations: LocalConversations;
  readonly webhooks: LocalWebhooks;
  /** What would have been sent to webhooks, oldest first: the last 1,000 requests. */
  readonly webhookRequests: RecordingSender['requests'];
  readonly deliveries: LocalDeliveries;
  readonly events: EventLog;
  /** What the test does to calls: delays, failures, races. */
  readonly control: Control;
  readonly clock: Clock;
  /** The same, for handlers that serve it: `createMockHandlers` of `@agent-harbor/rest-api/msw` takes this client. */
  readonly harbor: Harbor;
  /** Ends every stream and every call, and lets go of every session. */
  close(): Promise<void>;
}

/**
 * A TaskManager in memory whose time is the global timers: under fake timers a test says when things happen, and the
 * same seed and calls give the same ids, times and events.
 *
 * ```ts
 * vi.useFakeTimers({ now: 0 });
 * const { tasks, control } = createMockClient({ delays: { launch: 200 } });
 * const launching = tasks.launch({ prompt: 'Fix it', repo: { mode: 'none' }, agent: { type: 'mock' } });
 * await vi.advanceTimersByTimeAsync(60_000);
 * const { id } = await launching;
 * expect((await tasks.getSession(id)).status).toBe('completed');
 * ```
 */
export const createMockClient = (options: MockClientOptions = {}): MockClient => {
  const { clock = globalClock, delays, failures, ...rest } = options;
  const source = memoryHarbor(clock, rest);
  const rules = createRules();
  const way = { rules, clock, methods: methodsOf(source), counts: new Map() };
  const view = through(source, way);
  const harbor: Harbor = {
    ...source,
    ...view,
    within: (scope) => through(source.within(scope), way),
    async close(wish) {
      rules.closing.abort();
      await source.close(wish);
    },
  };
  const control = createControl(way, source.agents.say, { delays, failures });
  return {
    ...view,
    webhookRequests: source.webhookRequests,
    control,
    clock,
    harbor,
    close: () => harbor.close(),
  };
};
