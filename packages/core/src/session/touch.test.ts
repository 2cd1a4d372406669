import { expect, test } from 'vitest';
import { wholeHost } from '../scope.ts';
import { openWorld, request } from '../testing/world.ts';

const said = { type: 'log', level: 'info', message: 'said' } as const;

/** A world with two running sessions, and what their records in the store say. */
const openTwo = async () => {
  const world = openWorld();
  const launch = async () => (await world.harbor.tasks.launch(request)).id;
  const ids = [await launch(), await launch()];
  await world.clock.advance(10);
  const inStore = async () =>
    Promise.all(ids.map(async (id) => (await world.store.session(wholeHost, id))?.record.updatedAt));
  const told = async (sort: 'updatedAt' | 'createdAt') =>
    (await world.harbor.tasks.listSessions({ sort, perPage: 10, status: undefined })).items.map(
      ({ id, updatedAt }) => [ids.indexOf(id), updatedAt],
    );
  return { ...world, ids, inStore, told };
};

test('events that only touch a session do not write its record, and every answer tells of them', async () => {
  const { harbor, clock, ids, inStore, told } = await openTwo();
  const [first = ''] = ids;
  const before = await inStore();
  await clock.advance(100);
  await harbor.append(first, [said]);
  expect(await inStore()).toEqual(before);
  const { updatedAt } = await harbor.tasks.getSession(first);
  expect(updatedAt).not.toBe(before[0]);
  expect(JSON.parse(await harbor.tasks.sessionText(first)).updatedAt).toBe(updatedAt);
  expect(await told('createdAt')).toEqual([
    [0, updatedAt],
    [1, before[1]],
  ]);
  const { items } = JSON.parse(await harbor.tasks.sessionsText({ sort: 'createdAt', perPage: 10 }));
  expect(items.map((item: { updatedAt: string }) => item.updatedAt)).toEqual([updatedAt, before[1]]);
  const { task_id } = { task_id: items[0].taskId };
  expect((await harbor.tasks.getTask(task_id)).sessions.map((session) => session.updatedAt)).toEqual([
    updatedAt,
  ]);
  // Who sorts by it has it written first.
  expect(await told('updatedAt')).toEqual([
    [1, before[1]],
    [0, updatedAt],
  ]);
  expect(await inStore()).toEqual([updatedAt, before[1]]);
});

test('a record is never behind by more than ten seconds, and a restart tells it from the log', async () => {
  const { harbor, store, executor, clock, ids, inStore } = await openTwo();
  const [first = ''] = ids;
  const [before] = await inStore();
  for (const _ of [1, 2, 3]) {
    await clock.advance(4000);
    await harbor.append(first, [said]);
  }
  const [saved] = await inStore();
  expect(saved).not.toBe(before);
  await clock.advance(4000);
  await harbor.append(first, [said]);
  const { updatedAt } = await harbor.tasks.getSession(first);
  expect((await inStore())[0]).toBe(saved);
  const { harbor: next } = openWorld({ store, clock, executor });
  await next.resume();
  expect((await next.tasks.getSession(first)).updatedAt).toBe(updatedAt);
});
