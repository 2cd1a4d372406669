import { describe, expect, it } from 'vitest';
import { Problem } from './problem.ts';
import type { Store } from './store/store.ts';
import { createFakeExecutor } from './testing/fake-executor.ts';
import { log, openWorld as open, readAll as read, request, story, storyOf } from './testing/world.ts';

describe('a session', () => {
  it('goes from the prompt to the delivered branch, and the delivery precedes the end', async () => {
    const { harbor, executor, clock } = open();
    const { id } = await harbor.tasks.launch(request);
    await clock.advance(0);
    executor.say(id, log('working'));
    executor.exit(id, { kind: 'exited', code: 0 });
    expect(await storyOf(harbor, id)).toEqual([
      'queued',
      'provisioning',
      'running',
      'working',
      'delivery',
      'completed',
    ]);
    const session = await harbor.tasks.getSession(id);
    expect(session).toMatchObject({
      status: 'completed',
      exitCode: 0,
      delivered: { state: 'delivered', branch: session.delivery.targetBranch },
      repo: { commit: 'a'.repeat(40) },
      workspace: { mountPath: `/workspaces/${id}`, state: 'ready', executorId: 'fake' },
      recent_events: [],
    });
    expect(session.endedAt).toBe(session.completedAt);
    expect((await harbor.catalogue.repositories()).items).toMatchObject([
      { remoteUrl: '/repo', defaultBranch: 'main' },
    ]);
  });

  it('shows its last three events while it lives', async () => {
    const { harbor, executor, clock } = open();
    const { id } = await harbor.tasks.launch(request);
    await clock.advance(0);
    executor.say(id, log('one'), log('two'));
    await clock.advance(0);
    const { recent_events: recent } = await harbor.tasks.getSession(id);
    expect(story(recent)).toEqual(['running', 'one', 'two']);
  });

  it('that cannot be provisioned is failed with the reason', async () => {
    const { harbor, executor, clock } = open();
    executor.override('provision', async () => {
      throw new Problem('unsupported-choice', { detail: 'The repository is gone.' });
    });
    const { id } = await harbor.tasks.launch(request);
    await clock.advance(0);
    expect(await storyOf(harbor, id)).toEqual(['queued', 'provisioning', 'failed']);
    expect((await harbor.tasks.getSession(id)).statusReason).toBe('The repository is gone.');
    expect(executor.asked).toContain(`kill ${id}`);
  });

  it('completes although the delivery failed, and says so', async () => {
    const { harbor, executor, clock } = open();
    executor.override('deliver', async () => ({ state: 'failed', reason: 'The branch moved.' }));
    const { id } = await harbor.tasks.launch(request);
    await clock.advance(0);
    executor.exit(id, { kind: 'turn-ended', stopReason: 'end_turn' });
    await clock.advance(0);
    expect(await harbor.tasks.getSession(id)).toMatchObject({
      status: 'completed',
      delivered: { state: 'failed', reason: 'The branch moved.' },
    });
  });

  it('waits for its turn', async () => {
    const { harbor, executor, clock } = open({ maxConcurrentTasks: 1 });
    const first = await harbor.tasks.launch(request);
    const second = await harbor.tasks.launch(request);
    await clock.advance(0);
    expect((await harbor.tasks.getSession(second.id)).status).toBe('queued');
    expect(await harbor.catalogue.executors()).toMatchObject([
      { running: 1, queued: 1, maxConcurrentTasks: 1 },
    ]);
    executor.exit(first.id, { kind: 'exited', code: 0 });
    await clock.advance(0);
    expect((await harbor.tasks.getSession(second.id)).status).toBe('running');
  });
});

describe('stopping', () => {
  it('asks the agent, which ends: stopped, with what it did delivered', async () => {
    const { harbor, executor, clock } = open();
    const { id } = await harbor.tasks.launch(request);
    await clock.advance(0);
    await harbor.tasks.stopSession(id);
    expect(executor.asked).toContain(`stop ${id} 100`);
    executor.exit(id, { kind: 'exited', code: 143 });
    expect(await storyOf(harbor, id)).toEqual([
      'queued',
      'provisioning',
      'running',
      'stopping',
      'delivery',
      'stopped',
    ]);
  });

  it('kills an agent that does not listen, and settles even without its last word', async () => {
    const { harbor, executor, clock } = open();
    executor.override('kill', async (sessionId) => {
      executor.asked.push(`kill ${sessionId}`);
    });
    const { id } = await harbor.tasks.launch(request);
    await clock.advance(0);
    await harbor.tasks.stopSession(id);
    await clock.advance(60_000);
    expect(executor.asked).toContain(`kill ${id}`);
    expect((await harbor.tasks.getSession(id)).status).toBe('stopped');
  });

  it('ends a waiting session at once and a provisioning one before its agent starts', async () => {
    const { harbor, executor, clock } = open({ maxConcurrentTasks: 1 });
    executor.override('provision', ({ sessionId }, signal) => {
      executor.asked.push(`provision ${sessionId}`);
      return new Promise((_, reject) =>
        signal?.addEventListener('abort', () => reject(new Problem('aborted'))),
      );
    });
    const first = await harbor.tasks.launch(request);
    const second = await harbor.tasks.launch(request);
    await clock.advance(0);
    await harbor.tasks.stopSession(second.id);
    await harbor.tasks.stopSession(first.id);
    expect(await storyOf(harbor, second.id)).toEqual(['queued', 'stopping', 'stopped']);
    expect(await storyOf(harbor, first.id)).toEqual(['queued', 'provisioning', 'stopping', 'stopped']);
    expect(executor.asked.filter((line) => line.startsWith('start'))).toEqual([]);
  });

  it('twice is once, after the end it is a wrong state', async () => {
    const { harbor, executor, clock } = open();
    const { id } = await harbor.tasks.launch(request);
    await clock.advance(0);
    await Promise.all([harbor.tasks.stopSession(id), harbor.tasks.stopSession(id)]);
    executor.exit(id, { kind: 'ended-by-us' });
    await clock.advance(0);
    expect((await storyOf(harbor, id)).filter((word) => word === 'stopping')).toHaveLength(1);
    await expect(harbor.tasks.stopSession(id)).rejects.toMatchObject({
      code: 'wrong-state',
      detail: expect.stringContaining('stopped'),
    });
  });
});

describe('cancelling', () => {
  it('kills, releases the workspace and archives; the events stay readable', async () => {
    const { harbor, executor, clock } = open();
    const { id } = await harbor.tasks.launch(request);
    await clock.advance(0);
    await harbor.tasks.cancelSession(id);
    await harbor.tasks.cancelSession(id);
    expect(executor.asked.filter((line) => !line.startsWith('provision'))).toEqual([
      `start ${id}`,
      `kill ${id}`,
      `release ${id}`,
    ]);
    await expect(harbor.tasks.getSession(id)).rejects.toMatchObject({ code: 'session-not-found' });
    expect(await harbor.tasks.getSession(id, { archived: true })).toMatchObject({
      status: 'cancelled',
      workspace: { state: 'released' },
    });
    expect(await storyOf(harbor, id)).toEqual(['queued', 'provisioning', 'running', 'cancelled']);
  });

  it('keeps the status of a session that has ended', async () => {
    const { harbor, executor, clock } = open();
    const { id } = await harbor.tasks.launch(request);
    await clock.advance(0);
    executor.exit(id, { kind: 'exited', code: 0 });
    await clock.advance(0);
    await harbor.tasks.cancelSession(id);
    expect((await harbor.tasks.getSession(id, { archived: true })).status).toBe('completed');
  });

  it('ends a waiting session without running it', async () => {
    const { harbor, clock } = open({ maxConcurrentTasks: 1 });
    await harbor.tasks.launch(request);
    const { id } = await harbor.tasks.launch(request);
    await clock.advance(0);
    await harbor.tasks.cancelSession(id);
    expect(await storyOf(harbor, id)).toEqual(['queued', 'cancelled']);
  });
});

describe('a restart', () => {
  it('goes on with each session from where its record and its journal stand, without a gap or a double', async () => {
    const journals = new Map();
    const before = open({ executor: createFakeExecutor(journals), maxConcurrentTasks: 1 });
    const running = await before.harbor.tasks.launch(request);
    const queued = await before.harbor.tasks.launch(request);
    await before.clock.advance(0);
    before.executor.say(running.id, log('one'));
    await before.clock.advance(0);
    await before.harbor.close();
    before.executor.say(running.id, log('two'));
    before.executor.exit(running.id, { kind: 'exited', code: 0 });

    const after = open({
      store: before.store,
      executor: createFakeExecutor(journals),
      maxConcurrentTasks: 1,
    });
    await after.harbor.resume();
    await after.clock.advance(0);
    expect(await storyOf(after.harbor, running.id)).toEqual([
      'queued',
      'provisioning',
      'running',
      'one',
      'two',
      'delivery',
      'completed',
    ]);
    expect((await after.harbor.tasks.getSession(queued.id)).status).toBe('running');
  });

  it('ends a session whose last word was read but not acted on', async () => {
    const journals = new Map();
    const before = open({ executor: createFakeExecutor(journals) });
    before.executor.override('deliver', () => new Promise(() => {}));
    const { id } = await before.harbor.tasks.launch(request);
    await before.clock.advance(0);
    before.executor.exit(id, { kind: 'exited', code: 0 });
    await before.clock.advance(0);

    const after = open({ store: before.store, executor: createFakeExecutor(journals) });
    await after.harbor.resume();
    await after.clock.advance(0);
    expect((await after.harbor.tasks.getSession(id)).status).toBe('completed');
  });

  it('carries out a stop that was wished before', async () => {
    const journals = new Map();
    const before = open({ executor: createFakeExecutor(journals) });
    const { id } = await before.harbor.tasks.launch(request);
    await before.clock.advance(0);
    await before.harbor.tasks.stopSession(id);
    await before.harbor.close();

    const after = open({ store: before.store, executor: createFakeExecutor(journals) });
    await after.harbor.resume();
    await after.clock.advance(0);
    expect(after.executor.asked).toContain(`stop ${id} 100`);
  });

  it('can take the agents down with the server', async () => {
    const { harbor, executor, clock, store } = open();
    executor.override('stop', async (sessionId) => executor.exit(sessionId, { kind: 'ended-by-us' }));
    const { id } = await harbor.tasks.launch(request);
    await clock.advance(0);
    await harbor.close({ stopSessions: true });
    expect((await store.session({ tenantId: null }, id))?.record).toMatchObject({ status: 'stopped' });
  });
});

describe('a full disk', () => {
  it('delays the log and loses nothing', async () => {
    const { harbor, executor, clock, store } = open();
    const { id } = await harbor.tasks.launch(request);
    await clock.advance(0);
    const { commit } = store;
    let full = true;
    Object.assign(store, {
      commit: (...args: Parameters<Store['commit']>) =>
        full ? Promise.reject(new Problem('storage-full')) : commit.apply(store, args),
    });
    executor.say(id, log('kept'));
    executor.exit(id, { kind: 'exited', code: 0 });
    await clock.advance(5_000);
    expect((await harbor.tasks.getSession(id)).status).toBe('running');
    full = false;
    await clock.advance(5_000);
    expect(await storyOf(harbor, id)).toEqual([
      'queued',
      'provisioning',
      'running',
      'kept',
      'delivery',
      'completed',
    ]);
  });
});

describe('subscribing', () => {
  it('resumes after any event with the same rest', async () => {
    const { harbor, executor, clock } = open();
    const { id } = await harbor.tasks.launch(request);
    await clock.advance(0);
    executor.say(id, log('one'), log('two'), log('three'));
    executor.exit(id, { kind: 'exited', code: 0 });
    await clock.advance(0);
    const whole = await read(harbor, id);
    for (const [index, { id: after }] of whole.entries()) {
      expect(await read(harbor, id, { after })).toEqual(whole.slice(index + 1));
    }
  });

  it('is live, and ends without an error when the caller leaves', async () => {
    const { harbor, executor, clock } = open();
    const { id } = await harbor.tasks.launch(request);
    const leave = new AbortController();
    const seen = read(harbor, id, { signal: leave.signal });
    await clock.advance(0);
    executor.say(id, log('live'));
    await clock.advance(0);
    leave.abort();
    expect(story((await seen).map(({ event }) => event))).toEqual([
      'queued',
      'provisioning',
      'running',
      'live',
    ]);
  });

  it('tells a reader of another epoch, or from the future, where to go on', async () => {
    const { harbor, executor, clock } = open();
    const { id } = await harbor.tasks.launch(request);
    await clock.advance(0);
    executor.exit(id, { kind: 'exited', code: 0 });
    await clock.advance(0);
    const whole = await read(harbor, id);
    for (const [after, reason] of [
      ['other-2', 'foreign-epoch'],
      ['test-999', 'future'],
    ] as const) {
      const [first, ...rest] = await read(harbor, id, { after });
      expect(first?.event).toEqual({ type: 'resync', oldest: 'test-1', epoch: 'test', reason });
      expect(rest).toEqual(whole);
    }
    await expect(read(harbor, id, { after: 'nonsense' })).rejects.toMatchObject({ code: 'invalid-request' });
    await expect(read(harbor, 'unknown')).rejects.toMatchObject({ code: 'session-not-found' });
  });

  it('filters without losing the end', async () => {
    const { harbor, executor, clock } = open();
    const { id } = await harbor.tasks.launch(request);
    const statuses = read(harbor, id, { types: ['status'] });
    await clock.advance(0);
    executor.say(id, log('one'));
    executor.exit(id, { kind: 'exited', code: 0 });
    expect(story((await statuses).map(({ event }) => event))).toEqual([
      'queued',
      'provisioning',
      'running',
      'completed',
    ]);
  });

  it('gives every event of every session on one reader, in the order of the log', async () => {
    const { harbor, executor, clock } = open();
    const leave = new AbortController();
    const reader = await harbor.events.open({ signal: leave.signal });
    const seen: { position: number; sessionId: string }[] = [];
    const reading = (async () => {
      for (let batch = await reader.next(1000); batch !== undefined; batch = await reader.next(1000))
        seen.push(...batch.events);
    })();
    const launched = await Promise.all([harbor.tasks.launch(request), harbor.tasks.launch(request)]);
    await clock.advance(0);
    for (const { id } of launched) executor.exit(id, { kind: 'exited', code: 0 });
    await clock.advance(0);
    leave.abort();
    await reading;
    expect(seen).toHaveLength(10);
    expect(seen.map(({ position }) => position)).toEqual(
      seen.map(({ position }) => position).sort((a, b) => a - b),
    );
  });
});

describe('launching', () => {
  it('once per key, whoever asks at the same time', async () => {
    const { harbor, executor } = open();
    const options = { idempotencyKey: 'key-1' };
    const first = await harbor.tasks.launch(request, options);
    expect(await harbor.tasks.launch(request, options)).toEqual(first);
    await expect(harbor.tasks.launch({ ...request, prompt: 'Another' }, options)).rejects.toMatchObject({
      code: 'idempotency-key-reused',
    });
    const twins = await Promise.all(
      [1, 2, 3].map(() => harbor.tasks.launch(request, { idempotencyKey: 'key-2' })),
    );
    expect(new Set(twins.map(({ id }) => id)).size).toBe(1);
    expect((await harbor.tasks.listSessions()).total).toBe(2);
    expect(executor.asked.filter((line) => line.startsWith('provision')).length).toBeLessThanOrEqual(2);
  });

  it('creates nothing when the host refuses', async () => {
    const { harbor, executor } = open();
    executor.override('check', async () => {
      throw new Problem('unsupported-choice');
    });
    await expect(harbor.tasks.launch(request)).rejects.toMatchObject({ code: 'unsupported-choice' });
    expect((await harbor.tasks.listSessions()).total).toBe(0);
  });

  it('stays within the scope of the caller', async () => {
    const { harbor } = open();
    const acme = harbor.within({ tenantId: 'acme' });
    const { id } = await acme.tasks.launch({ ...request, tenantId: 'victim' });
    expect((await acme.tasks.getSession(id)).tenantId).toBe('acme');
    const other = harbor.within({ tenantId: 'other' });
    await expect(other.tasks.getSession(id)).rejects.toMatchObject({ code: 'session-not-found' });
    await expect(other.tasks.stopSession(id)).rejects.toMatchObject({ code: 'session-not-found' });
    await expect(other.tasks.cancelSession(id)).rejects.toMatchObject({ code: 'session-not-found' });
    await expect(other.events.open({ sessionId: id })).rejects.toMatchObject({ code: 'session-not-found' });
    await expect(other.events.history(id, {})).rejects.toMatchObject({ code: 'session-not-found' });
    await expect(other.events.logs(id, {})).rejects.toMatchObject({ code: 'session-not-found' });
    await expect(other.workspaces.diff(id)).rejects.toMatchObject({ code: 'session-not-found' });
    expect((await other.tasks.listSessions()).items).toEqual([]);
  });
});
