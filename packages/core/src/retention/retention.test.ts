import { describe, expect, it } from 'vitest';
import { createHarbor } from '../create-harbor.ts';
import type { Log } from '../log.ts';
import { wholeHost } from '../scope.ts';
import { createSeededIds } from '../seeded-ids.ts';
import { createMemoryStore } from '../store/memory/index.ts';
import type { Store } from '../store/store.ts';
import { createFakeExecutor } from '../testing/fake-executor.ts';
import { createManualClock, type ManualClock } from '../testing/manual-clock.ts';
import { log, request } from '../testing/world.ts';
import type { BackupMark, RetentionPolicy } from './policy.ts';

const day = 24 * 3600 * 1000;
const minute = 60_000;

const open = async (
  policy: RetentionPolicy,
  parts: { lastBackup?: () => Promise<BackupMark | undefined> } = {},
) => {
  const store = createMemoryStore({ epoch: 'test' });
  const clock = settable(createManualClock());
  const executor = createFakeExecutor();
  const warnings: string[] = [];
  const heard: Log = { info: () => {}, warn: (message) => warnings.push(message), error: () => {} };
  const harbor = createHarbor({
    store,
    clock,
    executor,
    ids: createSeededIds('retention'),
    log: heard,
    retention: { policy, ...parts },
  });
  await harbor.resume();

  /** A session that says so much; resolves when the log has it. */
  const begin = async (...messages: string[]): Promise<string> => {
    const { session_ids } = await harbor.tasks.launch({ ...request, repo: { mode: 'none' } });
    const [id = ''] = session_ids;
    await clock.advance(0);
    executor.say(id, ...messages.map((message) => log(message, clock.now())));
    await clock.advance(0);
    return id;
  };
  const end = async (id: string) => {
    executor.exit(id, { kind: 'exited', code: 0 });
    await clock.advance(0);
    expect((await store.session(wholeHost, id))?.record.status).toBe('completed');
  };
  const kept = async (id: string) => (await read(store, id)).map(({ seq }) => seq);
  const lastSeq = async (id: string) => (await store.session(wholeHost, id))?.lastSeq ?? 0;
  return { store, clock, executor, harbor, warnings, begin, end, kept, lastSeq };
};

/** A clock whose time of day somebody sets; what goes by evenly goes on. */
const settable = (clock: ManualClock) => {
  let off = 0;
  return {
    now: () => clock.now() + off,
    elapsed: () => clock.now(),
    schedule: clock.schedule,
    advance: clock.advance,
    set: (ms: number) => {
      off += ms;
    },
  };
};

const read = (store: Store, sessionId: string) =>
  store.events({ scope: wholeHost, sessionId, order: 'asc', limit: 10_000, maxBytes: 1e9 });

const texts = (count: number) => Array.from({ length: count }, (_, index) => `line ${index}`);

describe('retention of events', () => {
  it('takes out what is older than its age, and nothing younger', async () => {
    const { clock, begin, kept, executor, lastSeq } = await open({ events: { ageMs: 2 * day } });
    const id = await begin('old', 'old too');
    const young = (await lastSeq(id)) + 1;
    await clock.advance(1.5 * day);
    executor.say(id, log('young', clock.now()), log('youngest', clock.now()));
    await clock.advance(day);
    expect(await kept(id)).toEqual([young, young + 1]);
    // The newest event stays however old it is.
    await clock.advance(10 * day);
    expect(await kept(id)).toEqual([young + 1]);
  });

  it('keeps so many events of each session, in steps', async () => {
    const { clock, begin, kept, lastSeq } = await open({ events: { count: 10 } });
    const small = await begin('a');
    const large = await begin(...texts(1000));
    await clock.advance(minute);
    const last = await lastSeq(large);
    expect(await kept(large)).toEqual(Array.from({ length: 10 }, (_, index) => last - 9 + index));
    expect((await kept(small))[0]).toBe(1);
  });

  it('keeps so many bytes of each session', async () => {
    const { store, clock, begin } = await open({ events: { bytes: 5000 } });
    const id = await begin(...texts(300));
    expect((await store.sessionLog(id))?.bytes).toBeGreaterThan(20_000);
    await clock.advance(minute);
    const { bytes = 0 } = (await store.sessionLog(id)) ?? {};
    expect(bytes).toBeLessThanOrEqual(5000);
    expect(bytes).toBeGreaterThan(4500);
  });

  it('makes room over all: first of sessions that ended, the oldest end first, then the oldest of the others', async () => {
    const total = { bytes: 1_000_000 };
    const { store, clock, begin, end, kept, lastSeq } = await open({ total });
    const [early, late, alive] = [
      await begin(...texts(100)),
      await begin(...texts(600)),
      await begin(...texts(300)),
    ];
    await clock.advance(1000);
    await end(late);
    await clock.advance(1000);
    await end(early);
    const size = async (id: string) => (await store.sessionLog(id))?.bytes ?? 0;
    await clock.advance(minute);
    expect((await kept(early))[0]).toBe(1);

    // A little too much: the one that ended first pays, one step and no more.
    total.bytes = (await store.usage()).bytes - 1;
    await clock.advance(minute);
    expect((await kept(late))[0]).toBe(251);
    total.bytes = (await store.usage()).bytes - (await size(late)) + 500;
    await clock.advance(minute);
    expect(await kept(late)).toEqual([await lastSeq(late)]);
    expect([(await kept(early))[0], (await kept(alive))[0]]).toEqual([1, 1]);
    // More: the next one, and then the one that lives, but no more than has to be.
    total.bytes = (await size(alive)) - 100;
    await clock.advance(minute);
    expect(await kept(early)).toEqual([await lastSeq(early)]);
    expect((await store.usage()).bytes).toBeLessThanOrEqual(total.bytes);
    total.bytes = 10;
    await clock.advance(minute);
    expect(await kept(alive)).toEqual([await lastSeq(alive)]);
  });

  it('does not believe a time of day that was set, for a day', async () => {
    const { store, clock, begin, kept, warnings } = await open({
      events: { ageMs: 2 * day },
      workspaces: { ageMs: day },
    });
    const id = await begin('a', 'b');
    await clock.advance(minute);
    const before = await kept(id);
    clock.set(365 * day);
    await clock.advance(day - 10 * minute);
    expect(await kept(id)).toEqual(before);
    expect(warnings).toEqual(['The time of day was set: nothing is dropped by its age for a day']);
    await clock.advance(20 * minute);
    expect(await kept(id)).toEqual([before.at(-1)]);
    expect((await store.sessionLog(id))?.pruned).toBeGreaterThan(0);
  });

  it('lets appends and streams go on during a large prune', async () => {
    const { store, clock, begin, executor, harbor } = await open({ events: { count: 5 } });
    const large = await begin(...texts(5000));
    const reader = await harbor.events.open({ sessionId: large });
    await clock.advance(5000);
    const between: number[] = [];
    // Each rest of the rule gives everyone else a turn; at most two steps end within one of these.
    for (let turn = 0; turn < 30; turn++) {
      await clock.advance(10);
      executor.say(large, log(`meanwhile ${turn}`, clock.now()));
      between.push((await store.sessionLog(large))?.pruned ?? 0);
    }
    expect(new Set(between).size).toBeGreaterThan(10);
    for (const [index, pruned] of between.entries()) {
      expect(pruned - (between[index - 1] ?? 0)).toBeLessThanOrEqual(500);
    }
    await clock.advance(minute);
    const batch = await reader.next(1e6);
    expect(batch?.resync ?? batch?.events[0]?.seq).toBeDefined();
    const last = (await read(store, large)).at(-1);
    expect(JSON.parse(last?.json ?? '{}')).toMatchObject({ message: 'meanwhile 29' });
  });

  it('ends with the Harbor, in the middle of a prune', async () => {
    const { store, clock, begin, harbor } = await open({ events: { count: 5 } });
    const id = await begin(...texts(2000));
    await clock.advance(5020);
    const closing = harbor.close();
    await clock.advance(0);
    await closing;
    const { pruned = 0 } = (await store.sessionLog(id)) ?? {};
    expect(pruned).toBeGreaterThan(0);
    await clock.advance(minute);
    expect((await store.sessionLog(id))?.pruned).toBe(pruned);
  });
});

describe('retention of workspaces', () => {
  it('drops those of sessions that ended long ago, once', async () => {
    const { store, clock, executor, begin, end } = await open({ workspaces: { ageMs: day } });
    const [old, alive] = [await begin('x'), await begin('x')];
    await end(old);
    await clock.advance(day - 10 * minute);
    expect(executor.asked).not.toContain(`release ${old}`);
    await clock.advance(20 * minute);
    await clock.advance(day);
    expect(executor.asked.filter((word) => word === `release ${old}`)).toHaveLength(1);
    expect(executor.asked).not.toContain(`release ${alive}`);
    expect((await store.session(wholeHost, old))?.record.workspace.state).toBe('released');
    expect((await store.session(wholeHost, alive))?.record.workspace.state).toBe('ready');
  });

  it('goes on with the next one when one cannot be dropped', async () => {
    const { clock, executor, begin, end, warnings } = await open({ workspaces: { ageMs: day } });
    const [bad, good] = [await begin('x'), await begin('x')];
    await end(bad);
    await end(good);
    const { release } = executor;
    executor.override('release', async (id) => {
      if (id === bad) throw new Error('no');
      await release(id);
    });
    await clock.advance(day + 2 * minute);
    expect(executor.asked).toContain(`release ${good}`);
    expect(warnings).toEqual(['The workspace of a session could not be dropped']);
  });
});

describe('retention of journals', () => {
  const forgotten = (asked: readonly string[]) =>
    asked.filter((word) => word.startsWith('forget')).map((word) => word.split(' ')[1]);

  it('drops the journal of a session that ended once a verified backup has it', async () => {
    let backup: BackupMark | undefined;
    const { store, clock, executor, begin, end } = await open({}, { lastBackup: async () => backup });
    const [first, second, alive] = [await begin('x'), await begin('x'), await begin('x')];
    await end(first);
    await clock.advance(10 * minute);
    expect(forgotten(executor.asked)).toEqual([]);
    const [last] = (await read(store, first)).slice(-1);
    // It lacks the last word of the first session.
    backup = { epoch: 'test', position: (last?.position ?? 0) - 1 };
    await end(second);
    await clock.advance(10 * minute);
    expect(forgotten(executor.asked)).toEqual([]);
    backup = { epoch: 'other', position: 1e9 };
    await clock.advance(10 * minute);
    expect(forgotten(executor.asked)).toEqual([]);
    backup = { epoch: 'test', position: last?.position ?? 0 };
    await clock.advance(10 * minute);
    expect(forgotten(executor.asked)).toEqual([first]);
    backup = { epoch: 'test', position: 1e9 };
    await clock.advance(10 * minute);
    expect(forgotten(executor.asked)).toEqual([first, second]);
    expect(forgotten(executor.asked)).not.toContain(alive);
  });

  it('drops it without a backup when it is old enough', async () => {
    const { clock, executor, begin, end } = await open({ journals: { ageMs: day } });
    const id = await begin('x');
    await end(id);
    await clock.advance(day - 10 * minute);
    expect(forgotten(executor.asked)).toEqual([]);
    await clock.advance(20 * minute);
    expect(forgotten(executor.asked)).toEqual([id]);
  });

  it('says that it keeps one the store has not all of', async () => {
    const { clock, executor, begin, end, warnings } = await open({ journals: { ageMs: day } });
    const id = await begin('x');
    await end(id);
    executor.override('forget', async () => 'kept');
    await clock.advance(day + 2 * minute);
    expect(warnings).toEqual(['A journal is kept: it has more than the store']);
  });
});
