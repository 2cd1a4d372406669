import { mockAgent } from '@agent-harbor/conformance';
import { createMockClient, createVirtualClock } from '@agent-harbor/mock-client';
import sinon from 'sinon';
import { judgeManager, quickTask, repo } from './verdicts.ts';

/** Every promise of a task manager, on a clock that the page moves. */
const judgeOnVirtualClock = () =>
  judgeManager(async () => {
    const clock = createVirtualClock();
    const { tasks, workspaces, catalogue, conversations, deliveries, webhooks, terminals, close } =
      createMockClient({
        clock,
        maxConcurrentTasks: 2,
      });
    let done = false;
    const passing = async () => {
      while (!done) await clock.advance(50);
    };
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
        async settle(work) {
          done = false;
          const moving = passing();
          try {
            return await work;
          } finally {
            done = true;
            await moving;
          }
        },
      },
      close,
    };
  });

/** One session on fake timers: what is seen before time goes on, and after. */
const playOnFakeTimers = async () => {
  const timers = sinon.useFakeTimers({ now: 0 });
  try {
    const { tasks, close } = createMockClient({ seed: 'page' });
    const { id } = await tasks.launch(quickTask());
    await timers.tickAsync(0);
    const before = (await tasks.getSession(id)).status;
    await timers.tickAsync(10_000);
    const types: string[] = [];
    for await (const { event } of tasks.subscribe(id)) types.push(event.type);
    const after = (await tasks.getSession(id)).status;
    await close();
    return { id, before, after, types };
  } finally {
    timers.restore();
  }
};

Object.assign(globalThis, { judgeOnVirtualClock, playOnFakeTimers });
