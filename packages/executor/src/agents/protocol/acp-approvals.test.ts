import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Executor, NewEvent } from '@agent-harbor/core';
import { expect, test, vi } from 'vitest';
import {
  acpRun,
  bodies,
  endWithTest,
  follow,
  messages,
  openExecutor,
  type Recorded,
  startAcp,
} from '../../testing/sessions.ts';
import { temporaryDirectory } from '../../testing/temporary.ts';

// Real processes on a host that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const options = [
  { optionId: 'yes', name: 'Yes', kind: 'allow_once' },
  { optionId: 'no', name: 'No', kind: 'reject_once' },
];
const asking = (...toolCalls: readonly object[]) =>
  `ask ${JSON.stringify(toolCalls.map((toolCall) => ({ toolCall, options })))}`;
const edit = { toolCallId: 'call-1', title: 'Write a file', kind: 'edit' };

const isAsked = ({ body }: NewEvent) => body.type === 'approval' && body.state === 'requested';
const untilAsked = (executor: Executor, sessionId: string) =>
  follow(executor, sessionId, 0, (events) => events.some(isAsked));
const approvalsIn = (recorded: Pick<Recorded, 'events'>) =>
  bodies(recorded).filter((body) => body.type === 'approval');

test('a request waits for its answer, over a restart of the server; the first one counts', async () => {
  const { stateDir, executor, run } = await startAcp({ prompt: asking(edit) });
  const { sessionId } = run;
  const before = await untilAsked(executor, sessionId);
  expect(approvalsIn(before)).toEqual([
    {
      type: 'approval',
      approvalId: 'approval-1',
      state: 'requested',
      title: 'Write a file',
      tool_name: 'edit',
      tool_execution_id: 'call-1',
      options,
      onExpiry: 'deny',
      expiresAt: expect.stringMatching(/Z$/),
    },
  ]);
  await executor.close();
  const other = await openExecutor(stateDir);
  const answer = { id: 'a', approvalId: 'approval-1', choice: { optionId: 'yes' }, by: 'ada', note: 'ok' };
  const rival = { ...answer, id: 'b', choice: { optionId: 'no' }, by: 'bob' };
  await expect(
    other.answer(sessionId, { ...answer, id: 'c', choice: { optionId: 'maybe' } }),
  ).rejects.toMatchObject({ code: 'invalid-request', errors: { optionId: [expect.any(String)] } });
  await expect(other.answer(sessionId, { ...answer, approvalId: 'approval-2' })).rejects.toMatchObject({
    code: 'approval-not-found',
  });
  const results = await Promise.allSettled([
    other.answer(sessionId, answer),
    other.answer(sessionId, answer),
    other.answer(sessionId, rival),
  ]);
  expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(
    results[2]?.status === 'rejected' ? 1 : 2,
  );

  const recorded = await follow(other, sessionId);
  const [said] = messages(recorded);
  const [, settled, ...more] = approvalsIn(recorded);
  expect(more).toEqual([]);
  expect(settled).toMatchObject({ state: 'answered', approvalId: 'approval-1' });
  if (settled?.type === 'approval') {
    expect(JSON.parse(said ?? '')).toEqual([{ outcome: 'selected', optionId: settled.optionId }]);
  }
  await expect(other.answer(sessionId, { ...rival, id: 'd' })).rejects.toMatchObject({
    code: 'session-ended',
  });
  if (results[0]?.status === 'fulfilled') await other.answer(sessionId, answer);
});

test('the policy judges by kind, and by where a path leads', async () => {
  const stateDir = await temporaryDirectory();
  const executor = await openExecutor(stateDir);
  const at = (path: string) => ({ ...edit, toolCallId: path, locations: [{ path }] });
  const run = acpRun({
    prompt: asking(
      at('src/new.ts'),
      at('src/out/x'),
      at('src/../secret'),
      at('src/dangling'),
      at('/etc/passwd'),
    ),
    approvals: { default: 'deny', rules: [{ tool: 'edit', path: 'src/**', decision: 'allow' }] },
  });
  const workspace = await executor.provision(run);
  await mkdir(join(workspace.path, 'src'));
  await symlink('/etc', join(workspace.path, 'src/out'));
  await symlink('../../outside', join(workspace.path, 'src/dangling'));
  endWithTest(executor, run.sessionId);
  await executor.start(run, workspace);
  const told = approvalsIn(await follow(executor, run.sessionId));
  const outcomes = told.map((body) =>
    body.type === 'approval' ? [body.tool_execution_id, body.paths, body.outcome, body.by] : [],
  );
  expect(outcomes).toHaveLength(5);
  expect(outcomes).toEqual(
    expect.arrayContaining([
      ['src/new.ts', ['src/new.ts'], 'allowed', 'policy'],
      ['src/out/x', ['/etc/x'], 'denied', 'policy'],
      ['src/../secret', ['secret'], 'denied', 'policy'],
      ['src/dangling', [join(workspace.path, '../outside')], 'denied', 'policy'],
      ['/etc/passwd', ['/etc/passwd'], 'denied', 'policy'],
    ]),
  );
});

test('what was said of the call before is part of the request', async () => {
  const { executor, run } = await startAcp({ prompt: 'everything' });
  const before = await untilAsked(executor, run.sessionId);
  expect(approvalsIn(before)).toMatchObject([
    { title: 'Edit a file', tool_name: 'edit', tool_execution_id: 'call-1' },
  ]);
  const choice = { outcome: 'allowed' } as const;
  await executor.answer(run.sessionId, { id: '1', approvalId: 'approval-1', choice, by: 'ada' });
  expect((await follow(executor, run.sessionId)).exit).toEqual({
    kind: 'turn-ended',
    stopReason: 'end_turn',
  });
});

test('an answer reaches an agent that is paused when it goes on', async () => {
  const { executor, run } = await startAcp({ prompt: asking(edit) });
  await untilAsked(executor, run.sessionId);
  await executor.pause(run.sessionId);
  const choice = { outcome: 'denied' } as const;
  await executor.answer(run.sessionId, { id: '1', approvalId: 'approval-1', choice, by: 'ada' });
  await executor.resume(run.sessionId);
  const recorded = await follow(executor, run.sessionId);
  expect(messages(recorded)).toEqual([JSON.stringify([{ outcome: 'selected', optionId: 'no' }])]);
});

test('a request nobody answers expires, also while the agent is paused', async () => {
  const { executor, run } = await startAcp({
    prompt: asking(edit),
    approvals: { expiresAfterSeconds: 1, onExpiry: 'allow' },
  });
  await untilAsked(executor, run.sessionId);
  await executor.pause(run.sessionId);
  const settled = await follow(executor, run.sessionId, 0, (events) =>
    events.some(({ body }) => body.type === 'approval' && body.state !== 'requested'),
  );
  expect(approvalsIn(settled)[1]).toMatchObject({ state: 'expired', outcome: 'allowed', optionId: 'yes' });
  await executor.resume(run.sessionId);
  expect(messages(await follow(executor, run.sessionId))).toEqual([expect.stringContaining('"yes"')]);
});

test('a stop cancels what is asked, and the agent hears so', async () => {
  const { executor, run, workspace } = await startAcp({
    prompt: asking(edit, { ...edit, toolCallId: 'call-2' }),
  });
  await follow(executor, run.sessionId, 0, (events) => events.filter(isAsked).length === 2);
  await executor.stop(run.sessionId, 60_000);
  const recorded = await follow(executor, run.sessionId);
  expect(recorded.exit).toEqual({ kind: 'ended-by-us' });
  expect(approvalsIn(recorded).slice(2)).toMatchObject([
    { state: 'expired', outcome: 'cancelled' },
    { state: 'expired', outcome: 'cancelled' },
  ]);
  expect(JSON.parse(await readFile(join(workspace.path, 'outcomes.json'), 'utf8'))).toEqual([
    { outcome: 'cancelled' },
    { outcome: 'cancelled' },
  ]);
});

test('a request of an agent that is killed is settled before the end is told', async () => {
  const { executor, run } = await startAcp({ prompt: asking(edit) });
  await untilAsked(executor, run.sessionId);
  await executor.kill(run.sessionId);
  const recorded = await follow(executor, run.sessionId);
  expect(approvalsIn(recorded)[1]).toMatchObject({ state: 'expired', outcome: 'cancelled' });
});
