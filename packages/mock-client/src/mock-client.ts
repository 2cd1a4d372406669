import type { Catalogue, EventLog, LocalTaskManager, Workspaces } from '@agent-harbor/core';
import { globalClock } from './global-clock.ts';
import { type MockOptions, memoryHarbor } from './memory-harbor.ts';

/** The ports of a server, without one. */
export interface MockClient {
  readonly tasks: LocalTaskManager;
  readonly workspaces: Workspaces;
  readonly catalogue: Catalogue;
  readonly events: EventLog;
  /** Ends every stream and lets go of every session. */
  close(): Promise<void>;
}

/**
 * A TaskManager in memory whose time is the global timers: under fake timers a test says when things happen, and the
 * same seed and calls give the same ids, times and events.
 *
 * ```ts
 * vi.useFakeTimers({ now: 0 });
 * const { tasks } = createMockClient();
 * const { id } = await tasks.launch({ prompt: 'Fix it', repo: { mode: 'none' }, agent: { type: 'mock' } });
 * await vi.advanceTimersByTimeAsync(60_000);
 * expect((await tasks.getSession(id)).status).toBe('completed');
 * ```
 */
export const createMockClient = (options: MockOptions = {}): MockClient => {
  const harbor = memoryHarbor(globalClock, options);
  const { tasks, workspaces, catalogue, events } = harbor;
  return { tasks, workspaces, catalogue, events, close: () => harbor.close() };
};
