import { type Clock, createHarbor, createSeededIds, type Store } from '@agent-harbor/core';
import { createMemoryStore } from '@agent-harbor/core/memory';
import { createScriptedExecutor } from '@agent-harbor/scenario';
import { expect, test } from 'vitest';
import { workload } from './testing/workload.ts';
import { createVirtualClock } from './virtual-clock.ts';

/** What was done, counted: it does not depend on how fast the machine is. */
interface Work {
  events: number;
  wakes: number;
  storeCalls: number;
  rowsRead: number;
  jsonWritten: number;
}

/** Plays a session of about so many events on counted ports, read by one subscriber. */
const play = async (size: number): Promise<Work> => {
  const work: Work = { events: 0, wakes: 0, storeCalls: 0, rowsRead: 0, jsonWritten: 0 };
  const clock = createVirtualClock();
  const counted: Clock = {
    now: clock.now,
    schedule(delayMs, wake) {
      work.wakes += 1;
      return clock.schedule(delayMs, wake);
    },
  };
  const scenario = workload('work', size / 20, size);
  const ids = createSeededIds('work');
  const executor = createScriptedExecutor({ clock: counted, ids, scenarios: { work: scenario } });
  const harbor = createHarbor({ store: countedStore(work), executor, clock: counted, ids });
  const { id } = await harbor.tasks.launch({
    prompt: 'Work',
    repo: { mode: 'none' },
    agents: [{ type: 'mock', settings: { scenario: 'work' } }],
  });
  const reading = (async () => {
    for await (const _ of harbor.tasks.subscribe(id)) work.events += 1;
  })();
  await clock.advance(size * 3_600);
  await reading;
  await harbor.close();
  await executor.close();
  return work;
};

const countedStore = (work: Work): Store =>
  new Proxy(createMemoryStore(), {
    get(store, name) {
      const member: unknown = Reflect.get(store, name);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]) => {
        work.storeCalls += 1;
        const result: unknown = await Reflect.apply(member, store, args);
        if (name === 'events' && Array.isArray(result)) work.rowsRead += result.length;
        if (name === 'commit') work.jsonWritten += JSON.stringify(args).length;
        return result;
      };
    },
  });

test('an event costs the same in a long session as in a short one, and little', async () => {
  const [short, long] = [await play(250), await play(2_000)];
  expect(long.events).toBeGreaterThan(7 * short.events);
  for (const { events, wakes, storeCalls, rowsRead } of [short, long]) {
    expect(wakes / events).toBeLessThan(1);
    expect(storeCalls / events).toBeLessThan(1.5);
    // Whoever keeps up is served from the ring.
    expect(rowsRead / events).toBeLessThan(0.1);
  }
  expect(long.jsonWritten / long.events).toBeLessThan(1.1 * (short.jsonWritten / short.events));
});
