import { type ManagerContext, managerSuite, mockAgent, type Opened } from '@agent-harbor/conformance';
import { describeSuite } from '@agent-harbor/conformance/vitest';
import { afterEach, beforeEach, describe, vi } from 'vitest';
import { memoryHarbor } from './memory-harbor.ts';
import { createMockClient } from './mock-client.ts';
import { createLeapingClock } from './testing/leaping-clock.ts';

const repo = { mode: 'git', url: 'https://example.test/demo.git' } as const;

/** Moves time step by step until the work is done. */
const settleBy =
  (step: () => Promise<unknown>): ManagerContext['settle'] =>
  async (work) => {
    let done = false;
    const finished = work.finally(() => {
      done = true;
    });
    // Whoever settles the work hears of its failure; this loop only has to end.
    finished.catch(() => undefined);
    while (!done) await step();
    return finished;
  };

describe('the mock client on fake timers', () => {
  beforeEach(() => vi.useFakeTimers({ now: 0 }));
  afterEach(() => vi.useRealTimers());
  describeSuite(managerSuite, {
    async open(): Promise<Opened<ManagerContext>> {
      const { tasks, workspaces, catalogue, close } = createMockClient({ maxConcurrentTasks: 2 });
      const settle = settleBy(() => vi.advanceTimersByTimeAsync(50));
      return { context: { manager: tasks, workspaces, catalogue, agent: mockAgent, repo, settle }, close };
    },
  });
});

describe('the manager with memory ports, on a clock of its own', () => {
  describeSuite(managerSuite, {
    async open(): Promise<Opened<ManagerContext>> {
      const clock = createLeapingClock();
      const harbor = memoryHarbor(clock, { maxConcurrentTasks: 2 });
      const { tasks, workspaces, catalogue } = harbor;
      const settle = settleBy(() => clock.leap());
      return {
        context: { manager: tasks, workspaces, catalogue, agent: mockAgent, repo, settle },
        close: () => harbor.close(),
      };
    },
  });
});
