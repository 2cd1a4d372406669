import { type ManagerContext, managerSuite, mockAgent, type Opened } from '@agent-harbor/conformance';
import { describeSuite } from '@agent-harbor/conformance/vitest';
import { afterEach, beforeEach, describe, vi } from 'vitest';
import { createMockClient } from './mock-client.ts';

/** Time stands still but for these steps, until the work is done. */
const settle: ManagerContext['settle'] = async (work) => {
  let done = false;
  const finished = work.finally(() => {
    done = true;
  });
  // Whoever settles the work hears of its failure; this loop only has to end.
  finished.catch(() => undefined);
  while (!done) await vi.advanceTimersByTimeAsync(50);
  return finished;
};

const open = async (): Promise<Opened<ManagerContext>> => {
  const { tasks, workspaces, catalogue, close } = createMockClient({ maxConcurrentTasks: 2 });
  const repo = { mode: 'git', url: 'https://example.test/demo.git' } as const;
  return { context: { manager: tasks, workspaces, catalogue, agent: mockAgent, repo, settle }, close };
};

describe('the mock client on fake timers', () => {
  beforeEach(() => vi.useFakeTimers({ now: 0 }));
  afterEach(() => vi.useRealTimers());
  describeSuite(managerSuite, { open });
});
