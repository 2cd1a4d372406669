import type { Check } from '@agent-harbor/api-contract/schemas';
import { expect, test } from 'vitest';
import { openWorld, request } from '../testing/world.ts';
import { compare } from './compare.ts';

const check = (state: Check['state']): Check => ({ command: 'npm test', state });

/** A session as the wire shows it, with what is to be compared. */
const sessionFor = async () => {
  const { harbor } = openWorld();
  const { id } = await harbor.tasks.launch({ ...request, checks: ['npm test'] });
  const session = await harbor.tasks.getSession(id);
  return { ...session, status: 'completed' as const };
};

const changed = (lines: number) => ({ files_changed: 1, lines_added: lines, lines_removed: 0 });
const spent = (cost?: number) => ({
  input_tokens: 1,
  output_tokens: 1,
  ...(cost === undefined ? {} : { cost_micro_usd: cost }),
});
const from = (seconds: number) => ({
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: `2026-01-01T00:00:${String(seconds).padStart(2, '0')}.000Z`,
});

test('the best is ahead: by its checks, its end, its cost, its size, its time', async () => {
  const session = await sessionFor();
  const good = { ...session, checks: [check('passed')] };
  const worstFirst = [
    { ...session, id: 'failed', status: 'failed' as const, checks: [check('pending')] },
    { ...session, id: 'unchecked', checks: [check('failed')] },
    { ...good, id: 'stopped', status: 'stopped' as const },
    { ...good, id: 'dear', usage: spent(9), changes: changed(1) },
    { ...good, id: 'large', usage: spent(5), changes: changed(9), ...from(1) },
    { ...good, id: 'slow', usage: spent(5), changes: changed(2), ...from(9) },
    { ...good, id: 'best', usage: spent(5), changes: changed(2), ...from(3) },
  ];
  const { sessions, winner, reason } = compare('task', worstFirst, 0);
  expect(sessions.map(({ sessionId }) => sessionId)).toEqual(worstFirst.map(({ id }) => id).reverse());
  expect(sessions.map(({ rank }) => rank)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(sessions[0]).toMatchObject({ durationMs: 3_000, usage: spent(5), changes: changed(2) });
  expect(winner).toBe('best');
  expect(reason).toContain('4 of 7');
});

test('a cost that is not known says nothing', async () => {
  const good = { ...(await sessionFor()), checks: [check('passed')] };
  const { winner } = compare(
    'task',
    [
      { ...good, id: 'large', usage: spent(5), changes: changed(9) },
      { ...good, id: 'small', usage: spent(), changes: changed(2) },
    ],
    0,
  );
  expect(winner).toBe('small');
});

test('nobody wins without evidence', async () => {
  const session = await sessionFor();
  const verdict = (...sessions: Parameters<typeof compare>[1]) => {
    const { winner, reason } = compare('task', sessions, 0);
    return [winner, reason];
  };
  const passed = { ...session, checks: [check('passed')] };
  expect(verdict({ ...session, checks: undefined })).toEqual([null, expect.stringContaining('no check')]);
  expect(verdict({ ...session, checks: [check('failed'), check('passed')] })).toEqual([
    null,
    expect.stringContaining('1 of 2'),
  ]);
  expect(verdict(passed, { ...passed, status: 'running' })).toEqual([null, '1 of 2 sessions still go on.']);
  expect(verdict({ ...passed, status: 'failed' })[0]).toBe(null);
  expect(verdict(passed)).toEqual([session.id, 'It completed and passed every check, alone.']);
});
