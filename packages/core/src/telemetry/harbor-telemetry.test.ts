import { expect, test } from 'vitest';
import { Problem } from '../problem.ts';
import { wholeHost } from '../scope.ts';
import { createFakeExecutor } from '../testing/fake-executor.ts';
import { recordMetrics, recordSpans } from '../testing/telling.ts';
import { log, openWorld, readAll, request } from '../testing/world.ts';
import type { Family } from './family.ts';

const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

const numbers = (families: readonly Family[]): Record<string, number> =>
  Object.fromEntries(
    families.flatMap(({ name, samples }) =>
      samples.map(({ labels = {}, value }) => [[name, ...Object.values(labels)].join(' '), value]),
    ),
  );

test('what there is now is counted by closed lists', async () => {
  const { harbor, executor, clock } = openWorld({ maxConcurrentTasks: 1 });
  const before = numbers(await harbor.figures());
  expect(before).toMatchObject({ 'agent_harbor_sessions running': 0, agent_harbor_queue_length: 0 });
  const { id } = await harbor.tasks.launch(request);
  await harbor.tasks.launch(request);
  await clock.advance(0);
  const reader = await harbor.events.open({ sessionId: id, scope: wholeHost });
  await reader.next(1000);
  executor.ask(id, 'a1');
  await clock.advance(0);
  const now = numbers(await harbor.figures());
  // As many series as before: nothing that happens makes new ones.
  expect(Object.keys(now)).toEqual(Object.keys(before));
  expect(now).toMatchObject({
    'agent_harbor_sessions queued': 1,
    'agent_harbor_sessions running': 1,
    agent_harbor_sessions_running: 1,
    agent_harbor_sessions_limit: 1,
    agent_harbor_queue_length: 1,
    agent_harbor_approvals_waiting: 1,
    agent_harbor_rings: 1,
  });
  expect(now.agent_harbor_ring_bytes).toBeGreaterThan(100);
});

test('what happens is told: appended, read, ended once', async () => {
  const { metrics, told } = recordMetrics();
  const { harbor, executor, clock } = openWorld({ metrics });
  const { id } = await harbor.tasks.launch(request);
  await clock.advance(0);
  await clock.advance(40);
  told.length = 0;
  executor.say(id, log('one', clock.now() - 30), log('two', clock.now() - 25));
  await clock.advance(0);
  expect(told).toEqual([['appended', 2, 25]]);

  executor.exit(id, { kind: 'exited', code: 0 });
  await clock.advance(0);
  expect(told.filter(([fact]) => fact === 'sessionEnded')).toEqual([['sessionEnded', 'completed']]);
  told.length = 0;
  await harbor.tasks.cancelSession(id);
  await readAll(harbor, id);
  expect(told.map(([fact]) => fact)).not.toContain('sessionEnded');
  expect(told.slice(0, 2)).toEqual([
    ['readerMoved', undefined, 'store'],
    ['read', 'store', 7, expect.any(Number)],
  ]);
});

test('a reader that moves from the store to the ring tells once', async () => {
  const { metrics, told } = recordMetrics();
  const { harbor, executor, clock } = openWorld({ metrics });
  const { id } = await harbor.tasks.launch(request);
  await clock.advance(0);
  const reader = await harbor.events.open({ sessionId: id, scope: wholeHost });
  // It is the first to ask for the ring, which begins with what comes now.
  await reader.next(1000);
  executor.say(id, log('live', clock.now()));
  await clock.advance(0);
  await reader.next(1000);
  expect(reader.from).toBe('ring');
  expect(told.filter(([fact]) => fact === 'readerMoved')).toEqual([
    ['readerMoved', undefined, 'store'],
    ['readerMoved', 'store', 'ring'],
  ]);
  expect(told.at(-1)).toEqual(['read', 'ring', 1, clock.now()]);
});

test.each([
  ['other-7', 'foreign-epoch'],
  ['test-99', 'future'],
])('a place that is none any more is told: %s', async (after, reason) => {
  const { metrics, told } = recordMetrics();
  const { harbor, clock } = openWorld({ metrics });
  const { id } = await harbor.tasks.launch(request);
  await clock.advance(0);
  await harbor.events.open({ sessionId: id, after });
  expect(told.at(-1)).toEqual(['resynced', reason]);
});

test('a session goes on with the trace of its request, also after a restart, and shows it to nobody', async () => {
  const { tracer, spans } = recordSpans();
  const journals = new Map();
  const executor = createFakeExecutor(journals);
  const given: (string | undefined)[] = [];
  executor.override('start', async ({ traceparent }) => {
    given.push(traceparent);
  });
  const first = openWorld({ tracer, executor });
  const { id } = await first.harbor.tasks.launch(request, { traceparent: parent });
  await first.clock.advance(0);
  expect(spans.map(({ name, parent: of }) => [name, of])).toEqual([
    ['session.provision', parent],
    ['session.start', parent],
  ]);
  // The agent gets the span of its start, not that of the request.
  expect(given).toEqual([spans[1]?.traceparent]);
  expect(JSON.stringify(await first.harbor.tasks.getSession(id))).not.toContain(parent);
  await first.harbor.close();

  const { store, clock } = first;
  const second = openWorld({ tracer, store, clock, executor: createFakeExecutor(journals) });
  await second.harbor.resume();
  await clock.advance(0);
  second.executor.exit(id, { kind: 'exited', code: 0 });
  await clock.advance(0);
  const { createdAt } = await second.harbor.tasks.getSession(id);
  expect(spans.map(({ name }) => name).slice(-2)).toEqual(['session.deliver', 'session']);
  expect(spans.at(-1)).toMatchObject({
    parent,
    startedAt: Date.parse(createdAt),
    end: { 'agent_harbor.session.status': 'completed' },
  });
  const told = JSON.stringify(spans);
  for (const secret of ['Fix it', '/repo', '/workspaces']) expect(told).not.toContain(secret);
});

test('what fails is a span that says so by a code', async () => {
  const { tracer, spans } = recordSpans();
  const { harbor, executor, clock } = openWorld({ tracer });
  executor.override('provision', async () => {
    throw new Problem('unsupported-choice', { detail: 'The repository is gone.' });
  });
  await harbor.tasks.launch(request);
  await clock.advance(0);
  expect(spans.map(({ name, failure }) => [name, failure])).toEqual([
    ['session.provision', 'unsupported-choice'],
    ['session', undefined],
  ]);
  expect(JSON.stringify(spans)).not.toContain('gone');
});
