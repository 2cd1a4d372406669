import type { EventBody } from '@agent-harbor/api-contract/schemas';
import { defaultApprovals } from '@agent-harbor/core/approval';
import { expect, test } from 'vitest';
import { handClock } from '../testing/hand-clock.ts';
import { type ApprovalsOptions, createApprovals, type PermissionWish } from './approvals.ts';

const options = [
  { optionId: 'never', name: 'Never', kind: 'reject_always' },
  { optionId: 'no', name: 'No', kind: 'reject_once' },
  { optionId: 'always', name: 'Always', kind: 'allow_always' },
  { optionId: 'yes', name: 'Yes', kind: 'allow_once' },
] as const;

const wish: PermissionWish = {
  title: 'Write a file',
  toolName: 'Write',
  kind: 'edit',
  toolExecutionId: 'call-1',
  paths: ['src/a.ts'],
  options,
};

const open = (policy: Partial<ApprovalsOptions['policy']> = {}) => {
  const { clock, advance } = handClock();
  const told: EventBody[] = [];
  const state = { isFull: false, isWritten: Promise.resolve() };
  const approvals = createApprovals({
    policy: { ...defaultApprovals, ...policy },
    clock,
    tell: (body) => told.push(body),
    written: () => state.isWritten,
    isFull: () => state.isFull,
  });
  const leaving = new AbortController();
  const ask = (more: Partial<PermissionWish> = {}) => approvals.ask({ ...wish, ...more }, leaving.signal);
  return { approvals, ask, told, advance, state, leave: () => leaving.abort() };
};

const asked = {
  type: 'approval',
  approvalId: 'approval-1',
  title: 'Write a file',
  tool_name: 'Write',
  tool_execution_id: 'call-1',
};

test('the policy answers at once, in one event', async () => {
  const { ask, told } = open({
    default: 'deny',
    rules: [{ tool: 'edit', path: 'src/**', decision: 'allow' }],
  });
  expect(await ask()).toBe('yes');
  expect(await ask({ paths: ['docs/a.md'] })).toBe('no');
  expect(told).toEqual([
    {
      ...asked,
      paths: ['src/a.ts'],
      options,
      state: 'answered',
      by: 'policy',
      outcome: 'allowed',
      optionId: 'yes',
    },
    {
      ...asked,
      approvalId: 'approval-2',
      paths: ['docs/a.md'],
      options,
      state: 'answered',
      by: 'policy',
      outcome: 'denied',
      optionId: 'no',
    },
  ]);
});

test('an option for all times is taken where there is no other; without one that fits nothing is chosen', async () => {
  const allowing = open({ default: 'allow' });
  expect(await allowing.ask({ options: options.slice(0, 3) })).toBe('always');
  expect(await allowing.ask({ options: options.slice(0, 2) })).toBeUndefined();
  expect(allowing.told[1]).toMatchObject({ state: 'answered', outcome: 'cancelled' });
  const denying = open({ default: 'deny' });
  expect(await denying.ask({ options: options.slice(0, 1) })).toBe('never');
  expect(await denying.ask({ options: options.slice(2) })).toBeUndefined();
});

test('a person decides, the first answer counts, and it is written down before the agent hears it', async () => {
  const { approvals, ask, told, state, advance } = open();
  const answer = ask();
  expect(told).toEqual([
    {
      ...asked,
      paths: ['src/a.ts'],
      options,
      state: 'requested',
      expiresAt: '1970-01-01T00:10:01.000Z',
      onExpiry: 'deny',
    },
  ]);
  const writing = Promise.withResolvers<void>();
  state.isWritten = writing.promise;
  const given = { approvalId: 'approval-1', choice: { optionId: 'always' }, by: 'ada', note: 'Go on.' };
  approvals.check(given);
  approvals.answer(given);
  expect(told[1]).toEqual({
    ...asked,
    state: 'answered',
    outcome: 'allowed',
    optionId: 'always',
    by: 'ada',
    note: 'Go on.',
  });
  expect(await Promise.race([answer, Promise.resolve('not yet')])).toBe('not yet');
  writing.resolve();
  expect(await answer).toBe('always');

  const late = { approvalId: 'approval-1', choice: { outcome: 'denied' }, by: 'bob' } as const;
  expect(() => approvals.check(late)).toThrow(expect.objectContaining({ code: 'wrong-state' }));
  advance(3_600_000);
  expect(told).toHaveLength(2);
});

test('an outcome stands for the first option that fits', async () => {
  const { approvals, ask } = open();
  const answer = ask();
  approvals.answer({ approvalId: 'approval-1', choice: { outcome: 'denied' }, by: 'ada' });
  expect(await answer).toBe('no');
});

test('answers nobody asked for are refused by their field', () => {
  const { approvals, ask } = open();
  void ask({ options: options.slice(2) });
  const check = (approvalId: string, choice: { optionId: string } | { outcome: 'denied' }) => () =>
    approvals.check({ approvalId, choice, by: 'ada' });
  const failing = (code: string, errors?: unknown) =>
    expect.objectContaining({ code, ...(errors ? { errors } : {}) });
  expect(check('approval-1', { optionId: 'no' })).toThrow(
    failing('invalid-request', { optionId: [expect.any(String)] }),
  );
  expect(check('approval-1', { outcome: 'denied' })).toThrow(
    failing('invalid-request', { outcome: [expect.any(String)] }),
  );
  for (const id of ['approval-2', 'approval-0', 'approval-01', 'approval-', '', 'x', '__proto__']) {
    expect(check(id, { optionId: 'yes' })).toThrow(failing('approval-not-found'));
  }
});

test.each([
  ['deny', 'no', 'denied'],
  ['allow', 'yes', 'allowed'],
] as const)('a request nobody answers expires to %s', async (onExpiry, optionId, outcome) => {
  const { ask, told, advance } = open({ onExpiry, expiresAfterSeconds: 5 });
  const answer = ask();
  advance(4_999);
  expect(told).toHaveLength(1);
  advance(1);
  expect(told[1]).toEqual({ ...asked, state: 'expired', outcome, optionId });
  expect(await answer).toBe(optionId);
});

test('what nobody waits for any more is cancelled', async () => {
  const { approvals, ask, told, leave } = open();
  const first = ask();
  approvals.withdraw();
  expect(await first).toBeUndefined();
  expect(told[1]).toEqual({ ...asked, state: 'expired', outcome: 'cancelled' });
  const second = ask();
  leave();
  expect(await second).toBeUndefined();
  expect(told).toHaveLength(4);
  approvals.close();
  expect(await approvals.ask(wish, new AbortController().signal)).toBeUndefined();
  expect(told).toHaveLength(4);
});

test('a flood of requests is bounded, and said', async () => {
  const { approvals, ask, told } = open();
  const answers = Array.from({ length: 1_000 }, () => ask());
  expect(await Promise.race(answers)).toBeUndefined();
  expect(told.filter(({ type }) => type === 'approval')).toHaveLength(64);
  expect(told.filter(({ type }) => type === 'log')).toHaveLength(1);
  approvals.close();
  expect(await Promise.all(answers)).toEqual(answers.map(() => undefined));
});

test('beyond what may be recorded nothing is allowed', async () => {
  const { ask, told, state } = open({ default: 'allow' });
  state.isFull = true;
  expect([await ask(), await ask()]).toEqual([undefined, undefined]);
  expect(told).toEqual([expect.objectContaining({ type: 'log', level: 'warn' })]);
});

test('a request nobody can look through is not allowed by itself', async () => {
  const many = Array.from({ length: 101 }, (_, n) => `src/${n}.ts`);
  const { approvals, ask, told } = open({ default: 'allow' });
  const answers = [ask({ paths: many }), ask({ paths: [`src/${'x'.repeat(5_000)}`] })];
  expect(told).toMatchObject([{ state: 'requested' }, { state: 'requested' }]);
  const lengths = told.map((body) =>
    body.type === 'approval' ? body.paths?.map(({ length }) => length) : [],
  );
  expect(lengths[0]).toHaveLength(100);
  expect(lengths[1]).toEqual([4096]);
  approvals.close();
  await Promise.all(answers);
  expect(await open({ default: 'deny' }).ask({ paths: many })).toBe('no');
});

test('a tool without a name is told by its kind', async () => {
  const { ask, told } = open({ default: 'allow' });
  await ask({ toolName: undefined, paths: [] });
  expect(told[0]).toEqual({
    ...asked,
    tool_name: 'edit',
    options,
    state: 'answered',
    by: 'policy',
    outcome: 'allowed',
    optionId: 'yes',
  });
});
