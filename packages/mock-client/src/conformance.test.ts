import { type ManagerContext, managerSuite, mockAgent, type Opened } from '@agent-harbor/conformance';
import { describeSuite } from '@agent-harbor/conformance/vitest';
import sinon from 'sinon';
import { afterEach, beforeEach, describe, vi } from 'vitest';
import { memoryHarbor } from './memory-harbor.ts';
import { createMockClient, type MockClientOptions } from './mock-client.ts';
import { createVirtualClock } from './virtual-clock.ts';

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

const openClient = (options: MockClientOptions, step: () => Promise<unknown>): Opened<ManagerContext> => {
  const { tasks, workspaces, catalogue, conversations, deliveries, webhooks, terminals, close } =
    createMockClient({
      maxConcurrentTasks: 2,
      ...options,
    });
  const settle = settleBy(step);
  return {
    context: {
      manager: tasks,
      workspaces,
      catalogue,
      conversations,
      webhooks,
      deliveries,
      terminals,
      agent: mockAgent,
      repo,
      settle,
    },
    close,
  };
};

describe("the mock client on vitest's fake timers", () => {
  beforeEach(() => vi.useFakeTimers({ now: 0 }));
  afterEach(() => vi.useRealTimers());
  describeSuite(managerSuite, { open: async () => openClient({}, () => vi.advanceTimersByTimeAsync(50)) });
});

describe("the mock client on sinon's fake timers", () => {
  let timers: sinon.SinonFakeTimers;
  beforeEach(() => {
    // Everything but `nextTick`, without which the test runner's own messages get stuck.
    timers = sinon.useFakeTimers({
      now: 0,
      toFake: [
        'setTimeout',
        'clearTimeout',
        'setInterval',
        'clearInterval',
        'setImmediate',
        'clearImmediate',
        'Date',
        'performance',
        'queueMicrotask',
      ],
    });
  });
  afterEach(() => timers.restore());
  describeSuite(managerSuite, { open: async () => openClient({}, () => timers.tickAsync(50)) });
});

describe('the mock client with slow calls, while time goes on by itself', () => {
  describeSuite(managerSuite, {
    async open() {
      const clock = createVirtualClock();
      const delays = { '*': { call: 20, answer: 20 }, subscribe: 30 };
      let isOpen = true;
      const passing = (async () => {
        while (isOpen) await clock.advance(10);
      })();
      const { context, close } = openClient({ clock, delays }, async () => {});
      return {
        context: { ...context, settle: (work) => work },
        async close() {
          await close();
          isOpen = false;
          await passing;
        },
      };
    },
  });
});

describe('the manager with memory ports, on a clock of its own', () => {
  describeSuite(managerSuite, {
    async open(): Promise<Opened<ManagerContext>> {
      const clock = createVirtualClock();
      const harbor = memoryHarbor(clock, { maxConcurrentTasks: 2 });
      const { tasks, workspaces, catalogue, conversations, deliveries, webhooks, terminals } = harbor;
      const settle = settleBy(() => clock.advance(50));
      return {
        context: {
          manager: tasks,
          workspaces,
          catalogue,
          conversations,
          webhooks,
          deliveries,
          terminals,
          agent: mockAgent,
          repo,
          settle,
        },
        close: () => harbor.close(),
      };
    },
  });
});
