import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Scope } from '../scope.ts';
import { createSeededIds } from '../seeded-ids.ts';
import { createMemoryStore } from '../store/memory/index.ts';
import type { StoredEvent } from '../store/store.ts';
import { planLaunch } from '../task/plan-launch.ts';
import { createHub } from './hub.ts';
import { openReader } from './open-reader.ts';
import type { EventReader } from './reader.ts';
import { createSharedReads } from './shared-reads.ts';

const tenants = ['one', 'one', 'two'] as const;

/** What may happen: an append to a session, a prune of one, a reader reads, comes back, or reads while it is pruned. */
const step = fc.oneof(
  fc.record({
    kind: fc.constant('append' as const),
    session: fc.nat(2),
    count: fc.integer({ min: 1, max: 5 }),
  }),
  fc.record({
    kind: fc.constant('prune' as const),
    session: fc.nat(2),
    through: fc.integer({ min: 1, max: 40 }),
  }),
  fc.record({
    kind: fc.constant('read' as const),
    reader: fc.nat(6),
    maxBytes: fc.constantFrom(1, 300, 10_000),
  }),
  fc.record({ kind: fc.constant('resume' as const), reader: fc.nat(6) }),
  fc.record({
    kind: fc.constant('race' as const),
    reader: fc.nat(6),
    session: fc.nat(2),
    through: fc.integer({ min: 1, max: 40 }),
    call: fc.constantFrom('events' as const, 'eventBounds' as const),
    isBefore: fc.boolean(),
  }),
);

/** What a reader reads, and where it stands. */
interface Reading {
  readonly request: { readonly scope: Scope; readonly sessionId?: string };
  reader: EventReader;
  number: number;
  /** What was gone when it was opened: where it goes on was decided then. */
  goneThen: ReadonlySet<number>;
}

test('a reader gets every event once and in order, or is told exactly when one after its cursor is gone', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.boolean(), async (steps, isLive) => {
      const store = createMemoryStore({ epoch: 'e' });
      const hub = createHub({ channelBytes: 400, totalBytes: 1200 });
      const ids = createSeededIds('property');
      const sessions: { id: string; tenantId: string }[] = [];
      for (const tenantId of tenants) {
        const { task, sessions: planned } = planLaunch(
          { prompt: 'x', repo: { mode: 'none' }, agent: { type: 'mock' }, tenantId },
          ids,
          0,
        );
        const [session] = planned;
        if (session === undefined) throw new Error('no session was planned');
        await store.commit([
          { kind: 'task-created', task },
          { kind: 'session-created', session },
        ]);
        sessions.push({ id: session.id, tenantId });
      }
      const sources = { store, hub, isLive: () => isLive, shared: createSharedReads(store) };
      /** Everything there ever was, and what of it is left. */
      const all: StoredEvent[] = [];
      const isGone = new Set<number>();

      const prune = async (session: number, through: number) => {
        const { id = '' } = sessions[session] ?? {};
        await store.commit([{ kind: 'events-pruned', sessionId: id, through }]);
        const own = all.filter(({ sessionId }) => sessionId === id);
        for (const { seq, position } of own.slice(0, -1)) if (seq <= through) isGone.add(position);
      };
      const numberOf = ({ request }: Reading, event: StoredEvent) =>
        request.sessionId === undefined ? event.position : event.seq;
      const belongs = ({ request: { scope, sessionId } }: Reading, event: StoredEvent) =>
        sessionId === undefined
          ? scope.tenantId === null ||
            sessions.some(({ id, tenantId }) => id === event.sessionId && tenantId === scope.tenantId)
          : event.sessionId === sessionId;
      const after = (reading: Reading, number: number) =>
        all.filter((event) => belongs(reading, event) && numberOf(reading, event) > number);

      const begin = async (request: Reading['request']): Promise<Reading> => ({
        request,
        reader: await openReader(sources, request),
        number: 0,
        goneThen: new Set(),
      });
      const readings = await Promise.all([
        ...sessions.map(({ id }) => begin({ scope: { tenantId: null }, sessionId: id })),
        begin({ scope: { tenantId: null } }),
        begin({ scope: { tenantId: 'one' } }),
        begin({ scope: { tenantId: 'two' } }),
        begin({ scope: { tenantId: null } }),
      ]);

      const read = async (reading: Reading, maxBytes: number) => {
        const due = after(reading, reading.number);
        // Nothing is due: a live reader would wait.
        if (due.length === 0) return;
        const wasGone = new Set(isGone);
        const batch = await reading.reader.next(maxBytes);
        if (batch === undefined) throw new Error('The reader ended although something was due.');
        if (batch.resync !== undefined) {
          // Where it goes on may have been decided before more was dropped: then it is told once more.
          const whole = [reading.goneThen, wasGone, isGone].flatMap((gone) => {
            const last = after(reading, reading.number).findLast(({ position }) => gone.has(position));
            const next = last && after(reading, numberOf(reading, last))[0];
            return next === undefined ? [] : [numberOf(reading, next)];
          });
          expect(whole, 'a resync although nothing is gone').not.toEqual([]);
          expect(batch.resync.reason).toBe('pruned');
          const oldest = whole.find((number) => `e-${number}` === batch.resync?.oldest);
          expect(oldest, `${batch.resync.oldest} is not among ${whole}`).toBeDefined();
          reading.number = (oldest ?? 0) - 1;
          return;
        }
        expect(batch.events.map(({ position }) => position)).toEqual(
          after(reading, reading.number)
            .slice(0, batch.events.length)
            .map(({ position }) => position),
        );
        expect(batch.events.length).toBeGreaterThan(0);
        const last = batch.events.at(-1);
        if (last !== undefined) reading.number = numberOf(reading, last);
      };
      const resume = async (reading: Reading) => {
        const cursor = `e-${reading.number}`;
        reading.goneThen = new Set(isGone);
        reading.reader = await openReader(sources, { ...reading.request, after: cursor });
      };

      for (const now of steps) {
        if (now.kind === 'append') {
          const { id = '' } = sessions[now.session] ?? {};
          const events = Array.from({ length: now.count }, (_, index) => ({
            at: all.length + index,
            body: { type: 'log', level: 'info', message: 'x'.repeat(index * 10) } as const,
          }));
          const stored = await store.commit([{ kind: 'events-appended', sessionId: id, events }]);
          all.push(...stored);
          hub.publish(stored);
        } else if (now.kind === 'prune') {
          await prune(now.session, now.through);
        } else {
          const reading = readings[now.reader];
          if (reading === undefined) continue;
          if (now.kind === 'read') await read(reading, now.maxBytes);
          if (now.kind === 'resume') await resume(reading);
          if (now.kind === 'race') {
            const { events, eventBounds } = store;
            const between = <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) => {
              return async (...args: Args): Promise<Result> => {
                Object.assign(store, { events, eventBounds });
                if (now.isBefore) await prune(now.session, now.through);
                const result = await call(...args);
                if (!now.isBefore) await prune(now.session, now.through);
                return result;
              };
            };
            if (now.call === 'events') store.events = between(events);
            else store.eventBounds = between(eventBounds);
            await read(reading, 10_000);
            Object.assign(store, { events, eventBounds });
          }
        }
      }
      // Whoever goes on reading comes to the end.
      for (const reading of readings) {
        await resume(reading);
        for (let turns = 0; after(reading, reading.number).length > 0; turns++) {
          if (turns > 500) throw new Error('The reader does not come to the end.');
          await read(reading, 10_000);
        }
      }
    }),
    { numRuns: 400 },
  );
}, 60_000);
