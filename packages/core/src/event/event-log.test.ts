import { describe, expect, it } from 'vitest';
import type { NewEvent } from '../executor/executor.ts';
import { encodeCursor } from '../page.ts';
import { log, openWorld, request } from '../testing/world.ts';

/** A running session whose agent said this; its first three events are queued, provisioning and running. */
const open = async (...said: NewEvent[]) => {
  const world = openWorld();
  const { id } = await world.harbor.tasks.launch(request);
  await world.clock.advance(0);
  world.executor.say(id, ...said);
  await world.clock.advance(0);
  return { ...world, id, events: world.harbor.events };
};
const numbered = (count: number) => Array.from({ length: count }, (_, index) => log(`line ${index + 1}`));
/** Seventy of these are more than a page holds. */
const large = (count: number) =>
  Array.from({ length: count }, (_, index) => log(`${index} ${'x'.repeat(250_000)}`));

describe('history', () => {
  it('is newest first, or oldest first, and each page leads to the next', async () => {
    const { events, id } = await open(...numbered(4));
    for (const sessionId of [id, undefined]) {
      for (const [sort, expected] of [
        [undefined, [7, 6, 5, 4, 3, 2, 1]],
        ['asc', [1, 2, 3, 4, 5, 6, 7]],
      ] as const) {
        const byCursor = [];
        let cursor: string | undefined;
        do {
          const page = await events.history(sessionId, { sort, perPage: 3, cursor });
          byCursor.push(...page.items.map(({ seq }) => seq));
          expect(page.total).toBe(7);
          cursor = page.nextCursor ?? undefined;
        } while (cursor !== undefined);
        expect(byCursor).toEqual(expected);
        const byNumber = [];
        for (let number: number | null = 1; number !== null; ) {
          const page = await events.history(sessionId, { sort, perPage: 3, page: number });
          byNumber.push(...page.items.map(({ seq }) => seq));
          number = page.nextPage;
        }
        expect(byNumber).toEqual(expected);
      }
    }
  });

  it('goes on behind a page that large events cut short', { timeout: 30_000 }, async () => {
    const { events, id } = await open(...large(70));
    const seen = [];
    let cursor: string | undefined;
    do {
      const page = await events.history(id, { sort: 'asc', perPage: 200, cursor });
      seen.push(...page.items.map(({ seq }) => seq));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(Array.from({ length: 73 }, (_, index) => index + 1));
    const second = await events.history(id, { sort: 'asc', perPage: 36, page: 2 });
    expect(second.items.map(({ seq }) => seq)).toEqual(Array.from({ length: 36 }, (_, index) => index + 37));
    expect(second.nextPage).toBe(3);
  });

  it('is in the order of its times, also where something is heard of late', async () => {
    const { events, id, clock } = await open(log('said before the server said it runs'));
    const { items } = await events.history(id, { sort: 'asc' });
    expect(items.map(({ type }) => type)).toEqual(['status', 'status', 'status', 'log']);
    expect(new Set(items.map(({ ts }) => ts))).toEqual(new Set([new Date(clock.now()).toISOString()]));
  });

  it('is filtered by type, level, time and place', async () => {
    const { events, id } = await open(
      { at: Date.parse('2026-01-03T00:00:00Z'), body: { type: 'log', level: 'warn', message: 'early' } },
      { at: Date.parse('2026-01-05T00:00:00Z'), body: { type: 'log', level: 'error', message: 'late' } },
    );
    const seqs = async (query: Parameters<typeof events.history>[1]) =>
      (await events.history(id, { sort: 'asc', ...query })).items.map(({ seq }) => seq);
    expect(await seqs({ type: ['status'] })).toEqual([1, 2, 3]);
    expect(await seqs({ level: 'warn' })).toEqual([4, 5]);
    expect(await seqs({ type: ['log'], since: '2026-01-04T00:00:00Z' })).toEqual([5]);
    expect(await seqs({ type: ['log'], until: '2026-01-03T00:00:00Z' })).toEqual([4]);
    expect(await seqs({ after: 'test-3' })).toEqual([4, 5]);
  });

  it('refuses a place of another epoch, and a cursor that is none of this list', async () => {
    const { events, id } = await open();
    const refused = (query: Parameters<typeof events.history>[1]) =>
      expect(events.history(id, query)).rejects.toMatchObject({ code: 'invalid-request' });
    await refused({ after: 'other-1' });
    await refused({ after: 'x' });
    await refused({ cursor: 'x' });
    await refused({ cursor: encodeCursor(`events ${id} asc`, [1]) });
    await refused({ cursor: encodeCursor(`events ${id} desc`, ['one']) });
    await refused({ cursor: encodeCursor(`events ${id} desc`, [0.5]) });
    await expect(events.history('unknown', {})).rejects.toMatchObject({ code: 'session-not-found' });
  });
});

describe('logs', () => {
  const messages = ({ logs }: { logs: readonly { message: string }[] }) => logs.map(({ message }) => message);

  it('are the last lines, oldest first, and lead to those before', async () => {
    const { events, id } = await open(...numbered(5));
    const last = await events.logs(id, { tail: 2 });
    expect(messages(last)).toEqual(['line 4', 'line 5']);
    const before = await events.logs(id, { tail: 2, cursor: last.nextCursor ?? undefined });
    expect(messages(before)).toEqual(['line 2', 'line 3']);
    const first = await events.logs(id, { tail: 2, cursor: before.nextCursor ?? undefined });
    expect(first).toMatchObject({ logs: [{ message: 'line 1', level: 'info' }], nextCursor: null });
  });

  it('lead on when large lines cut them short', { timeout: 30_000 }, async () => {
    const { events, id } = await open(...large(70));
    const last = await events.logs(id, {});
    expect(last.logs.length).toBeLessThan(70);
    const rest = await events.logs(id, { cursor: last.nextCursor ?? undefined });
    expect(last.logs.length + rest.logs.length).toBe(70);
    expect(rest.nextCursor).toBeNull();
  });

  it('are filtered by level and execution, and refuse what is no cursor of them', async () => {
    const { events, id } = await open(log('one'), {
      at: 0,
      body: { type: 'log', level: 'error', message: 'two', tool_execution_id: 'x' },
    });
    expect(messages(await events.logs(id, { level: 'warn' }))).toEqual(['two']);
    expect((await events.logs(id, { tool_execution_id: 'x' })).logs).toMatchObject([
      { tool_execution_id: 'x' },
    ]);
    const cursor = encodeCursor(`logs ${id}`, ['x']);
    await expect(events.logs(id, { cursor })).rejects.toMatchObject({ code: 'invalid-request' });
    await expect(events.logs('unknown', {})).rejects.toMatchObject({ code: 'session-not-found' });
  });
});
