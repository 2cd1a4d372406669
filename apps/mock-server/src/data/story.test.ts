import type { Session } from '@agent-harbor/api-contract/schemas';
import { describe, expect, it } from 'vitest';
import { type Json, type OpenMock, openMock } from '../testing/open-mock.ts';

const sessionsOf = async ({ json }: OpenMock): Promise<Session[]> =>
  (await json('GET', '/api/v1/sessions?archived=true&perPage=200')).body.items;

describe('the demo data', () => {
  it('has sessions in the states there are, of several repositories, agents, projects and labels', async () => {
    const mock = await openMock({ data: 'demo' });
    const sessions = await sessionsOf(mock);
    const distinct = (of: (session: Session) => unknown) => new Set(sessions.map(of)).size;
    expect(new Set(sessions.map(({ status }) => status))).toEqual(
      new Set(['queued', 'running', 'paused', 'stopped', 'completed', 'failed', 'cancelled']),
    );
    expect(sessions.length).toBeGreaterThanOrEqual(30);
    expect(distinct(({ repo }) => repo.url)).toBe(5);
    expect(distinct(({ agent }) => agent.displayName)).toBe(4);
    expect(distinct(({ projectId }) => projectId)).toBe(4);
    expect(distinct(({ taskId }) => taskId)).toBeLessThan(sessions.length);
    expect(sessions.filter(({ archivedAt }) => archivedAt !== undefined).length).toBeGreaterThan(1);
    expect((await mock.json('GET', '/api/v1/repos')).body.total).toBe(5);
    const drafts = (await mock.json('GET', '/api/v1/drafts')).body.items;
    expect((await mock.json('GET', '/api/v1/approvals?state=requested')).body.total).toBe(1);
    expect(drafts.map(({ agents }: Json) => agents.length)).toEqual([0, 2, 1]);
  });

  it('came about by the rules: every session has its whole history, changes and delivery', async () => {
    const mock = await openMock({ data: 'demo' });
    for (const session of await sessionsOf(mock)) {
      const { items } = (await mock.json('GET', `/api/v1/sessions/${session.id}/events?sort=asc&perPage=200`))
        .body;
      expect(items.map(({ seq }: Json) => seq)).toEqual(items.map((_: Json, index: number) => index + 1));
      const times = items.map(({ ts }: Json) => ts);
      expect(times).toEqual(times.toSorted());
      expect(times[0]).toBe(session.createdAt);
      if (session.endedAt !== undefined) expect(times).toContain(session.endedAt);
      expect(session.createdAt < '2026-01-02T03:04:05.678Z').toBe(true);
      if (session.changes.files_changed === 0) continue;
      const diff = (await mock.json('GET', `/api/v1/sessions/${session.id}/diff`)).body;
      expect(diff.files.length).toBe(session.changes.files_changed);
      if (session.status === 'completed') expect(session.delivered).toMatchObject({ state: 'delivered' });
    }
  });

  it('goes on from there: what runs ends, and what waits gets its turn', async () => {
    const mock = await openMock({ data: 'demo' });
    const states = async () => (await sessionsOf(mock)).slice(0, 9).map(({ status }) => status);
    // The one that is paused keeps its place.
    expect(await states()).toEqual([
      ...Array(3).fill('queued'),
      ...Array(4).fill('running'),
      'paused',
      'running',
    ]);
    await mock.json('POST', '/mock/clock', { advanceMs: 90_000 });
    expect((await states()).filter((status) => status === 'queued')).toEqual([]);
    await mock.json('POST', '/mock/clock', { advanceMs: 3 * 3_600_000 });
    expect(new Set(await states())).toEqual(new Set(['completed', 'paused']));
  });

  it('goes on at the speed of the mock', async () => {
    const mock = await openMock({ data: 'demo', speed: 0.1 });
    expect((await sessionsOf(mock)).filter(({ status }) => status === 'running')).toHaveLength(5);
    await mock.json('POST', '/mock/clock', { advanceMs: 6_000 });
    expect((await sessionsOf(mock)).filter(({ status }) => status === 'queued')).toEqual([]);
    const instant = await openMock({ data: 'demo', speed: 0 });
    const live = (await sessionsOf(instant)).filter(({ endedAt }) => endedAt === undefined);
    expect(live).toEqual([]);
  });

  it('is the same for the same seed and time, there again after a reset, and left out on wish', async () => {
    const mock = await openMock({ data: 'demo' });
    const sessions = await sessionsOf(mock);
    expect(await sessionsOf(await openMock({ data: 'demo' }))).toEqual(sessions);
    await mock.launch('quick-edit');
    expect((await mock.json('POST', '/mock/reset', {})).body.data).toBe('demo');
    expect(await sessionsOf(mock)).toEqual(sessions);
    expect((await mock.json('POST', '/mock/reset', { data: 'empty', seed: 'x' })).body.data).toBe('empty');
    expect(await sessionsOf(mock)).toEqual([]);
  });

  it('is told until now where time runs', async () => {
    const before = Date.now();
    const mock = await openMock({ data: 'demo', freezeAt: undefined });
    const { now, mode } = (await mock.json('GET', '/mock/clock')).body;
    expect(mode).toBe('running');
    expect(Date.parse(now)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(now)).toBeLessThanOrEqual(Date.now());
  });
});
