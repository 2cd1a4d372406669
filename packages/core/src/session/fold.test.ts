import type { EventBody } from '@agent-harbor/api-contract/schemas';
import { expect, it } from 'vitest';
import { createSeededIds } from '../seeded-ids.ts';
import { planLaunch } from '../task/plan-launch.ts';
import { request } from '../testing/world.ts';
import { fold } from './fold.ts';

const start = () => {
  const [session] = planLaunch(request, createSeededIds('fold'), 1_000).sessions;
  if (session === undefined) throw new Error('no session was planned');
  return session;
};
const after = (...events: readonly (readonly [at: number, body: EventBody])[]) =>
  events.reduce((session, [at, body]) => fold(session, { at, body }), start());
const status = (status: 'running' | 'stopping' | 'stopped' | 'completed' | 'failed', more = {}) =>
  ({ type: 'status', status, ...more }) as const;
const at = (ms: number) => new Date(ms).toISOString();

it('remembers when a session first ran, ended and was completed', () => {
  const ran = after([2_000, status('running')], [3_000, status('stopping')], [4_000, status('running')]);
  expect(ran).toMatchObject({ status: 'running', startedAt: at(2_000), updatedAt: at(4_000) });
  expect(ran.endedAt).toBeUndefined();
  expect(after([5_000, status('completed', { exitCode: 0 })])).toMatchObject({
    exitCode: 0,
    endedAt: at(5_000),
    completedAt: at(5_000),
  });
  const failed = after([5_000, status('failed', { reason: 'why', exitCode: 3 })]);
  expect(failed).toMatchObject({ statusReason: 'why', exitCode: 3, endedAt: at(5_000) });
  expect(failed.completedAt).toBeUndefined();
});

it('forgets the reason of a status with the status', () => {
  expect(
    after([2_000, status('stopping', { reason: 'why' })], [3_000, status('stopped')]).statusReason,
  ).toBeUndefined();
});

it('knows by which id the agent keeps the session', () => {
  const told: EventBody = { type: 'agent_session', agent_session_id: 'ses_1', can: ['load'] };
  const before = start().agent;
  expect(after([2_000, told]).agent).toEqual({ ...before, sessionId: 'ses_1' });
});

it('keeps the delivery', () => {
  const delivery = {
    type: 'delivery',
    mode: 'pr',
    state: 'failed',
    branch: 'b',
    targetBranch: 'main',
    reason: 'moved',
  } as const;
  expect(after([2_000, delivery]).delivered).toEqual({
    state: 'failed',
    mode: 'pr',
    branch: 'b',
    targetBranch: 'main',
    commit: undefined,
    reason: 'moved',
  });
});

it('is touched by every event, and never goes back in time', () => {
  const log = { type: 'log', level: 'info', message: 'x' } as const;
  expect(after([2_000, log])).toEqual({ ...start(), updatedAt: at(2_000) });
  expect(after([500, log])).toEqual(start());
});
