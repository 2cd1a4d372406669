import { describe, expect, it } from 'vitest';
import { Problem } from '../problem.ts';
import { wholeHost } from '../scope.ts';
import type { Store } from '../store/store.ts';
import { createFakeExecutor } from '../testing/fake-executor.ts';
import { log, openWorld, readAll, request, story, storyOf } from '../testing/world.ts';

/** A promise that a test keeps in hand. */
const gate = () => {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
};

/** Lets commits fail while `failing` says how; `after` fails them although they were written. */
const breakable = (store: Store) => {
  const { commit } = store;
  const disk: { failing: 'before' | 'after' | undefined; problem: Problem } = {
    failing: undefined,
    problem: new Problem('storage-full'),
  };
  Object.assign(store, {
    commit: async (...args: Parameters<Store['commit']>) => {
      if (disk.failing === 'before') throw disk.problem;
      const events = await commit.apply(store, args);
      if (disk.failing === 'after') throw disk.problem;
      return events;
    },
  });
  return disk;
};

describe('cancelling', () => {
  it('a session that is stopping makes it cancelled, and delivers nothing', async () => {
    const { harbor, executor, clock } = openWorld();
    const { id } = await harbor.tasks.launch(request);
    await clock.advance(0);
    await harbor.tasks.stopSession(id);
    await harbor.tasks.cancelSession(id);
    expect(await storyOf(harbor, id)).toEqual(['queued', 'provisioning', 'running', 'stopping', 'cancelled']);
    expect(executor.asked).not.toContain(`deliver ${id}`);
  });

  it('while the agent ends by itself makes it cancelled, and delivers nothing', async () => {
    const { harbor, executor, clock } = openWorld();
    const { id } = await harbor.tasks.launch(request);
    await clock.advance(0);
    executor.exit(id, { kind: 'exited', code: 0 });
    await harbor.tasks.cancelSession(id);
    expect((await harbor.tasks.getSession(id, { archived: true })).status).toBe('cancelled');
    expect(executor.asked).not.toContain(`deliver ${id}`);
  });

  it('while the work is delivered waits for that, and keeps the word of it', async () => {
    const { harbor, executor, clock } = openWorld();
    const { opened, open } = gate();
    const { deliver } = executor;
    executor.override('deliver', (...args) => opened.then(() => deliver(...args)));
    const { id } = await harbor.tasks.launch(request);
    await clock.advance(0);
    executor.exit(id, { kind: 'exited', code: 0 });
    await clock.advance(0);
    const cancelled = harbor.tasks.cancelSession(id);
    await clock.advance(0);
    expect(executor.asked).not.toContain(`release ${id}`);
    open();
    await cancelled;
    expect(await harbor.tasks.getSession(id, { archived: true })).toMatchObject({
      status: 'cancelled',
      delivered: { state: 'delivered' },
    });
  });

  it.each(['stopSession', 'cancelSession'] as const)(
    'or stopping while the workspace is made never starts the agent (%s)',
    async (end) => {
      const { harbor, executor, clock } = openWorld();
      const { opened, open } = gate();
      const { provision } = executor;
      // An executor that does not listen to the signal.
      executor.override('provision', (run) => opened.then(() => provision(run)));
      const { id } = await harbor.tasks.launch(request);
      await clock.advance(0);
      const ended = harbor.tasks[end](id);
      await clock.advance(0);
      open();
      await ended;
      await clock.advance(0);
      const { status } = await harbor.tasks.getSession(id, { archived: true });
      expect(status).toBe(end === 'stopSession' ? 'stopped' : 'cancelled');
      expect(executor.asked).not.toContain(`start ${id}`);
    },
  );

  it.each([0, 1, 2, 3, 5, 8, 13, 21, 34])(
    'or stopping %i steps after the launch settles, twice at once as well',
    async (steps) => {
      for (const ends of [
        ['stopSession'],
        ['cancelSession'],
        ['stopSession', 'cancelSession'],
        ['cancelSession', 'cancelSession', 'stopSession'],
      ] as const) {
        const { harbor, executor, clock } = openWorld();
        executor.override('stop', async (sessionId) => executor.exit(sessionId, { kind: 'ended-by-us' }));
        const { id } = await harbor.tasks.launch(request);
        for (let step = 0; step < steps; step++) await Promise.resolve();
        await Promise.allSettled(ends.map((end) => harbor.tasks[end](id)));
        await clock.advance(0);
        const { status, archivedAt } = await harbor.tasks.getSession(id, { archived: true });
        expect(['stopped', 'cancelled']).toContain(status);
        expect(archivedAt !== undefined).toBe(ends.some((end) => end === 'cancelSession'));
        expect((await harbor.catalogue.executors())[0]?.running).toBe(0);
        expect(clock.waiting).toBe(0);
      }
    },
  );

  it('that the shutdown overtakes releases nothing and says so', async () => {
    const { harbor, executor, clock, store } = openWorld();
    executor.override('kill', () => new Promise(() => {}));
    const { id } = await harbor.tasks.launch(request);
    await clock.advance(0);
    const cancelled = harbor.tasks.cancelSession(id);
    const refused = expect(cancelled).rejects.toMatchObject({ code: 'not-ready' });
    await clock.advance(0);
    await harbor.close();
    await refused;
    expect(executor.asked).not.toContain(`release ${id}`);
    expect((await store.session(wholeHost, id))?.record.archivedAt).toBeUndefined();
  });

  it('gives up waiting when the caller does, and is done all the same', async () => {
    const { harbor, executor, clock } = openWorld();
    const { opened, open } = gate();
    const { kill } = executor;
    executor.override('kill', (sessionId) => opened.then(() => kill(sessionId)));
    const { id } = await harbor.tasks.launch(request);
    await clock.advance(0);
    const leave = new AbortController();
    const cancelled = harbor.tasks.cancelSession(id, { signal: leave.signal });
    const refused = expect(cancelled).rejects.toMatchObject({ code: 'aborted' });
    await clock.advance(0);
    leave.abort();
    await refused;
    open();
    await clock.advance(0);
    expect((await harbor.tasks.getSession(id, { archived: true })).archivedAt).toBeDefined();
  });
});

describe('a full disk', () => {
  it.each(['stopSession', 'cancelSession'] as const)(
    'leaves a queued session in its line when it cannot be ended (%s)',
    async (end) => {
      const { harbor, executor, clock, store } = openWorld({ maxConcurrentTasks: 1 });
      const first = await harbor.tasks.launch(request);
      const { id } = await harbor.tasks.launch(request);
      await clock.advance(0);
      const disk = breakable(store);
      disk.failing = 'before';
      await expect(harbor.tasks[end](id)).rejects.toMatchObject({ code: 'storage-full' });
      disk.failing = undefined;
      executor.exit(first.id, { kind: 'exited', code: 0 });
      await clock.advance(0);
      expect((await harbor.tasks.getSession(id)).status).toBe('running');
    },
  );

  it('does not cost an agent that has just started its life', async () => {
    const { harbor, executor, clock, store } = openWorld();
    const disk = breakable(store);
    executor.override('start', async () => {
      disk.failing = 'before';
    });
    const { id } = await harbor.tasks.launch(request);
    await clock.advance(2_000);
    expect(executor.asked).not.toContain(`kill ${id}`);
    disk.failing = undefined;
    await clock.advance(2_000);
    expect((await harbor.tasks.getSession(id)).status).toBe('running');
  });

  it('loses nothing of what a stopped agent said, however long it lasts', async () => {
    const { harbor, executor, clock, store } = openWorld();
    const { id } = await harbor.tasks.launch(request);
    await clock.advance(0);
    await harbor.tasks.stopSession(id);
    const disk = breakable(store);
    disk.failing = 'before';
    executor.say(id, log('one'));
    executor.say(id, log('two'));
    executor.exit(id, { kind: 'exited', code: 0 });
    await clock.advance(600_000);
    disk.failing = undefined;
    await clock.advance(2_000);
    expect(story((await readAll(harbor, id)).slice(3).map(({ event }) => event))).toEqual([
      'stopping',
      'one',
      'two',
      'delivery',
      'stopped',
    ]);
  });

  it('does not keep the server from closing', async () => {
    const { harbor, executor, clock, store } = openWorld();
    const { id } = await harbor.tasks.launch(request);
    await clock.advance(0);
    const events = readAll(harbor, id);
    breakable(store).failing = 'before';
    executor.say(id, log('kept in the journal'));
    const closed = harbor.close({ stopSessions: true });
    await clock.advance(60_000);
    await closed;
    expect(story((await events).map(({ event }) => event))).toEqual(['queued', 'provisioning', 'running']);
    expect(clock.waiting).toBe(0);
  });

  it('that comes while the sessions are stopped keeps the server for a while only', async () => {
    const { harbor, executor, clock, store } = openWorld();
    const { id } = await harbor.tasks.launch(request);
    await clock.advance(0);
    const disk = breakable(store);
    executor.override('stop', async () => {
      disk.failing = 'before';
      executor.exit(id, { kind: 'ended-by-us' });
    });
    const closed = harbor.close({ stopSessions: true });
    await clock.advance(60_000);
    await closed;
    expect(clock.waiting).toBe(0);
  });
});

describe('a commit whose outcome is not known', () => {
  it('doubles and loses nothing, also for who reads live', async () => {
    const { harbor, executor, clock, store } = openWorld();
    const { id } = await harbor.tasks.launch(request);
    await clock.advance(0);
    const live = readAll(harbor, id);
    await clock.advance(0);
    const disk = breakable(store);
    for (const message of ['one', 'two']) {
      disk.failing = 'after';
      executor.say(id, log(message));
      await clock.advance(0);
      disk.failing = undefined;
      await clock.advance(2_000);
      executor.say(id, log(`after ${message}`));
      await clock.advance(0);
    }
    expect(story((await harbor.tasks.getSession(id)).recent_events)).toEqual([
      'after one',
      'two',
      'after two',
    ]);
    disk.failing = 'after';
    executor.exit(id, { kind: 'exited', code: 0 });
    await clock.advance(1_500);
    disk.failing = undefined;
    await clock.advance(2_000);
    const expected = [
      'queued',
      'provisioning',
      'running',
      'one',
      'after one',
      'two',
      'after two',
      'delivery',
      'completed',
    ];
    expect(story((await live).map(({ event }) => event))).toEqual(expected);
    expect(await storyOf(harbor, id)).toEqual(expected);
    expect((await harbor.tasks.getSession(id)).status).toBe('completed');
    expect((await harbor.catalogue.executors())[0]?.running).toBe(0);
  });

  it('launches what was written', async () => {
    const { harbor, executor, clock, store } = openWorld();
    const disk = breakable(store);
    disk.failing = 'after';
    const { id } = await harbor.tasks.launch(request);
    disk.failing = undefined;
    await clock.advance(0);
    executor.exit(id, { kind: 'exited', code: 0 });
    expect(await storyOf(harbor, id)).toEqual(['queued', 'provisioning', 'running', 'delivery', 'completed']);
  });
});

describe('a restart', () => {
  it('gives the places to those that ran, and only then to those that waited', async () => {
    const before = openWorld({ maxConcurrentTasks: 1 });
    const slow = await before.harbor.tasks.launch({ ...request, agent: { type: 'mock', count: 3 } });
    const [first = '', second = '', waiting = ''] = slow.session_ids;
    const other = await before.harbor.tasks.launch(request);
    await before.clock.advance(0);
    for (const id of [first, second]) {
      before.executor.exit(id, { kind: 'exited', code: 0 });
      await before.clock.advance(0);
    }
    const statusOf = async (id: string) => (await before.store.session(wholeHost, id))?.record.status;
    // Tasks take turns: the younger session runs.
    expect(await statusOf(other.id)).toBe('running');
    await before.harbor.close();

    const after = openWorld({ store: before.store, executor: createFakeExecutor(), maxConcurrentTasks: 1 });
    await after.harbor.resume();
    await after.clock.advance(0);
    expect((await after.harbor.catalogue.executors())[0]).toMatchObject({ running: 1, queued: 1 });
    expect(await statusOf(waiting)).toBe('queued');
  });
});

describe('letting go', () => {
  it('leaves no timer and no agent dead behind, also when asking it to stop fails late', async () => {
    const { harbor, executor, clock } = openWorld();
    const { opened, open } = gate();
    executor.override('stop', async () => {
      await opened;
      throw new Problem('internal');
    });
    const { id } = await harbor.tasks.launch(request);
    await clock.advance(0);
    await harbor.tasks.stopSession(id);
    await harbor.close();
    open();
    await clock.advance(0);
    expect(executor.asked).not.toContain(`kill ${id}`);
    expect(clock.waiting).toBe(0);
  });

  it('does not wait for a look at the files', async () => {
    const { harbor, executor, clock } = openWorld();
    executor.override('files', {
      ...executor.files,
      changes: (_, signal) =>
        new Promise((_resolve, reject) =>
          signal?.addEventListener('abort', () => reject(new Problem('aborted'))),
        ),
    });
    const { id } = await harbor.tasks.launch(request);
    await clock.advance(0);
    executor.exit(id, { kind: 'exited', code: 0 });
    await clock.advance(0);
    await harbor.close();
  });
});

describe('the count of changes', () => {
  it('is last looked at when nothing else looks any more', async () => {
    const { harbor, executor, clock } = openWorld();
    let looking = 0;
    let most = 0;
    const gates: (() => void)[] = [];
    executor.override('files', {
      ...executor.files,
      changes: async () => {
        most = Math.max(most, ++looking);
        await new Promise<void>((resolve) => gates.push(resolve));
        looking--;
        return [];
      },
    });
    const { id } = await harbor.tasks.launch(request);
    await clock.advance(0);
    for (let edit = 0; edit < 2; edit++) {
      executor.say(id, {
        at: 0,
        body: { type: 'file_edit', file_path: 'a', lines_added: 1, lines_removed: 0 },
      });
      await clock.advance(0);
    }
    executor.exit(id, { kind: 'exited', code: 0 });
    for (let look = 0; look < 5; look++) {
      await clock.advance(0);
      gates.shift()?.();
    }
    await clock.advance(0);
    expect((await harbor.tasks.getSession(id)).status).toBe('completed');
    expect(most).toBe(1);
    expect(gates).toEqual([]);
  });
});
