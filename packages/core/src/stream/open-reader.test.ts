import { describe, expect, it } from 'vitest';
import { Problem } from '../problem.ts';
import { createSeededIds } from '../seeded-ids.ts';
import { createMemoryStore } from '../store/memory/index.ts';
import type { Store, StoredEvent } from '../store/store.ts';
import { planLaunch } from '../task/plan-launch.ts';
import { createHub } from './hub.ts';
import { openReader, type ReaderSources } from './open-reader.ts';
import { createSharedReads } from './shared-reads.ts';

const texts = (events: readonly StoredEvent[] | undefined) =>
  events?.map(({ json }) => (JSON.parse(json) as { message?: string }).message);

/** A store with a session per tenant, a hub, and what a server does with them: commit, then publish. */
const open = async (changed: Partial<Store> = {}) => {
  const store = Object.assign(createMemoryStore({ epoch: 'e' }), changed);
  const hub = createHub();
  const live = new Set<string>();
  const sources: ReaderSources = {
    store,
    hub,
    isLive: (sessionId) => live.has(sessionId),
    shared: createSharedReads(store),
  };
  const ids = createSeededIds('readers');
  const begin = async (tenantId: string) => {
    const { task, sessions } = planLaunch(
      { prompt: 'x', repo: { mode: 'none' }, agent: { type: 'mock' }, tenantId },
      ids,
      0,
    );
    const [session] = sessions;
    if (session === undefined) throw new Error('no session was planned');
    await store.commit([
      { kind: 'task-created', task },
      { kind: 'session-created', session },
    ]);
    live.add(session.id);
    return session.id;
  };
  const commit = (sessionId: string, ...messages: string[]) =>
    store.commit([
      {
        kind: 'events-appended',
        sessionId,
        events: messages.map((message) => ({ at: 0, body: { type: 'log', level: 'info', message } })),
      },
    ]);
  const say = async (sessionId: string, ...messages: string[]) =>
    hub.publish(await commit(sessionId, ...messages));
  const end = (sessionId: string) => {
    live.delete(sessionId);
    hub.retire(sessionId);
  };
  return { store, hub, sources, begin, commit, say, end };
};

describe('a reader', () => {
  it('of one tenant rests while only others have news, and then goes on', async () => {
    const { sources, store, begin, say } = await open();
    const [mine, theirs] = [await begin('mine'), await begin('theirs')];
    await say(mine, 'one');
    await say(theirs, 'secret');
    const { eventBounds } = store;
    let looks = 0;
    store.eventBounds = (...args) => {
      if (++looks > 100) throw new Error('The reader never rests.');
      return eventBounds(...args);
    };
    const reader = await openReader(sources, { scope: { tenantId: 'mine' } });
    expect(texts((await reader.next(1000))?.events)).toEqual(['one']);
    const next = reader.next(1000);
    for (let turn = 0; turn < 500; turn++) await Promise.resolve();
    await say(theirs, 'secret');
    await say(mine, 'two');
    expect(texts((await next)?.events)).toEqual(['two']);
    expect(looks).toBeLessThan(10);
  });

  it('ends when the hub closes while it looks into the store', async () => {
    const { sources, store, hub, begin } = await open();
    const sessionId = await begin('t');
    const reader = await openReader(sources, { sessionId });
    const { eventBounds } = store;
    store.eventBounds = async (...args) => {
      const bounds = await eventBounds(...args);
      hub.close();
      return bounds;
    };
    expect(await reader.next(1000)).toBeUndefined();
    expect(reader.ended).toBe(false);
  });

  it('sees what is told while it looks into the store', async () => {
    const { sources, store, begin, say } = await open();
    const sessionId = await begin('t');
    const reader = await openReader(sources, { sessionId });
    const { eventBounds } = store;
    store.eventBounds = async (...args) => {
      const bounds = await eventBounds(...args);
      store.eventBounds = eventBounds;
      await say(sessionId, 'meanwhile');
      return bounds;
    };
    expect(texts((await reader.next(1000))?.events)).toEqual(['meanwhile']);
  });

  it('gives what became durable without being told, once it is in doubt', async () => {
    const { sources, hub, begin, commit, say } = await open();
    const sessionId = await begin('t');
    await say(sessionId, 'one');
    const readers = [await openReader(sources, { sessionId }), await openReader(sources, {})];
    for (const reader of readers) expect(texts((await reader.next(1000))?.events)).toEqual(['one']);
    const waiting = readers.map((reader) => reader.next(1000));
    await commit(sessionId, 'untold');
    hub.doubt(sessionId);
    for (const next of waiting) expect(texts((await next)?.events)).toEqual(['untold']);
    await commit(sessionId, 'untold too');
    hub.doubt(sessionId);
    await say(sessionId, 'told');
    for (const reader of readers) {
      expect(texts((await reader.next(1000))?.events)).toEqual(['untold too', 'told']);
    }
  });

  it('ends with a session that ends while it waits, and at once when it is behind the end', async () => {
    const { sources, begin, say, end } = await open();
    const sessionId = await begin('t');
    const reader = await openReader(sources, { sessionId });
    const first = reader.next(1000);
    await say(sessionId, 'last');
    end(sessionId);
    expect(texts((await first)?.events)).toEqual(['last']);
    expect(await reader.next(1000)).toBeUndefined();
    expect(reader.ended).toBe(true);
    expect((await openReader(sources, { sessionId, after: reader.cursor })).ended).toBe(true);
    expect((await openReader(sources, { sessionId, after: 'e-0' })).ended).toBe(false);
  });

  it('that asks for what was dropped is told where history goes on, also when it fell behind meanwhile', async () => {
    const { sources, store, begin, say, end } = await open();
    const sessionId = await begin('t');
    await say(sessionId, 'one', 'two', 'three', 'four');
    const slow = await openReader(sources, { sessionId, after: 'e-1' });
    end(sessionId);
    await store.commit([{ kind: 'events-pruned', sessionId, through: 3 }]);
    const resync = { type: 'resync', oldest: 'e-4', epoch: 'e', reason: 'pruned' };
    for (const reader of [slow, await openReader(sources, { sessionId, after: 'e-1' })]) {
      expect(await reader.next(1000)).toEqual({ events: [], cursor: 'e-3', resync });
      expect(texts((await reader.next(1000))?.events)).toEqual(['four']);
      expect(await reader.next(1000)).toBeUndefined();
    }
    // The one before the oldest is no gap.
    expect((await (await openReader(sources, { sessionId, after: 'e-3' })).next(1000))?.resync).toBe(
      undefined,
    );
  });

  it('of many sessions is told too, and goes on where nothing is missing', async () => {
    const { sources, store, begin, commit } = await open();
    const [one, two, foreign] = [await begin('t'), await begin('t'), await begin('other')];
    for (const sessionId of [one, two, foreign, one, two, foreign]) await commit(sessionId, 'x');
    // Positions 1 and 4 are those of the first session; 4 stays, since it is the newest.
    const slow = await openReader(sources, { after: 'e-0' });
    await store.commit([{ kind: 'events-pruned', sessionId: one, through: 1 }]);
    const resync = { type: 'resync', oldest: 'e-2', epoch: 'e', reason: 'pruned' };
    for (const reader of [slow, await openReader(sources, { after: 'e-0' }), await openReader(sources, {})])
      expect(await reader.next(1000)).toEqual({ events: [], cursor: 'e-1', resync });
    // What a tenant sees has lost nothing by the prune of another.
    const others = await openReader(sources, { scope: { tenantId: 'other' }, after: 'e-0' });
    expect((await others.next(1000))?.resync).toBe(undefined);
    // Left over before what is gone: a reader is not sent back to it.
    await store.commit([{ kind: 'events-pruned', sessionId: foreign, through: 1 }]);
    const late = await openReader(sources, { after: 'e-1' });
    expect((await late.next(1000))?.resync).toEqual({ ...resync, oldest: 'e-4' });
    expect((await late.next(1000))?.events.map(({ position }) => position)).toEqual([4, 5, 6]);
  });

  it('passes over what is damaged, and says so', async () => {
    const { sources, store, begin, commit } = await open();
    const sessionId = await begin('t');
    await commit(sessionId, 'one', 'two', 'three', 'four', 'five');
    const damaged = new Set([3, 4]);
    const { events } = store;
    store.events = async (selection) => {
      const page = [...(await events(selection))];
      if (damaged.has(page[0]?.seq ?? 0)) throw new Problem('data-damaged');
      const end = page.findIndex(({ seq }) => damaged.has(seq));
      return end === -1 ? page : page.slice(0, end);
    };
    const reader = await openReader(sources, { sessionId });
    expect(texts((await reader.next(1000))?.events)).toEqual(['one', 'two']);
    const resync = { type: 'resync', oldest: 'e-5', epoch: 'e', reason: 'damaged' };
    expect(await reader.next(1000)).toEqual({ events: [], cursor: 'e-4', resync });
    expect(texts((await reader.next(1000))?.events)).toEqual(['five']);
    store.events = async () => {
      throw new Problem('internal');
    };
    await commit(sessionId, 'six');
    await expect(reader.next(1000)).rejects.toMatchObject({ code: 'internal' });
  });

  it('notices what is dropped while it reads a page', async () => {
    const { sources, store, begin, commit } = await open();
    const sessionId = await begin('t');
    await commit(sessionId, 'one', 'two', 'three', 'four');
    const readers = [
      await openReader(sources, { sessionId, filter: { types: ['log'] }, after: 'e-1' }),
      await openReader(sources, { after: 'e-1' }),
    ];
    let through = 1;
    for (const reader of readers) {
      const { events } = store;
      store.events = async (selection) => {
        store.events = events;
        await store.commit([{ kind: 'events-pruned', sessionId, through: ++through }]);
        return events(selection);
      };
      const resync = (await reader.next(1000))?.resync;
      expect(resync).toMatchObject({ oldest: `e-${through + 1}`, reason: 'pruned' });
    }
  });

  it('moves its cursor over what is filtered out', async () => {
    const { sources, begin, say, end } = await open();
    const sessionId = await begin('t');
    await say(sessionId, 'one', 'two');
    const filter = { types: ['status'] } as const;
    const live = await openReader(sources, { sessionId, filter });
    expect(await live.next(1000)).toEqual({ events: [], cursor: 'e-2' });
    end(sessionId);
    const ended = await openReader(sources, { sessionId, filter });
    expect(await ended.next(1000)).toEqual({ events: [], cursor: 'e-2' });
    expect(await ended.next(1000)).toBeUndefined();
  });

  it('filters by level and time, whether the ring or the store serves it', async () => {
    const { sources, hub, begin, store, end } = await open();
    const sessionId = await begin('t');
    hub.publish(
      await store.commit([
        {
          kind: 'events-appended',
          sessionId,
          events: (['info', 'warn', 'error'] as const).flatMap((level) =>
            [1, 2, 3].map((at) => ({ at, body: { type: 'log', level, message: `${level} ${at}` } }) as const),
          ),
        },
      ]),
    );
    const filter = { level: 'warn', since: 2, until: 2 } as const;
    for (const act of [() => {}, () => end(sessionId)]) {
      act();
      const reader = await openReader(sources, { sessionId, filter });
      expect(texts((await reader.next(10_000))?.events)).toEqual(['warn 2', 'error 2']);
    }
  });
});
