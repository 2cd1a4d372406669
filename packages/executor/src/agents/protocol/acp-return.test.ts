import type { Executor, NewEvent, Run } from '@agent-harbor/core';
import { expect, test, vi } from 'vitest';
import { bodies, follow, messages, openExecutor, startAcp } from '../../testing/sessions.ts';

// Real processes on a host that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const further = (id: string, prompt: Run['prompt']) => ({ id, prompt, author: 'ada' });

const hasEnded = ({ body }: NewEvent) =>
  body.type === 'log' && body.message.startsWith('The agent ended while it had nothing to do');

/** A session whose agent broke down while it had nothing to do. */
const brokenDown = async (wish: Parameters<typeof startAcp>[0]) => {
  const started = await startAcp({ prompt: 'break down', idleTimeoutMs: 600_000, ...wish });
  const before = await follow(started.executor, started.run.sessionId, 0, (events) => events.some(hasEnded));
  return { ...started, before };
};

/** Asks, and gives what came of it until the agent has nothing to do again. */
const asked = async (executor: Executor, run: Run, words: string, after: number) => {
  await executor.prompt(run.sessionId, further(words, words));
  return follow(executor, run.sessionId, after, (events) =>
    events.some(({ body }) => body.type === 'status' && body.reason === 'idle'),
  );
};

test.each([
  ['loads', ['loads']],
  ['resumes', ['resumes']],
  ['resumes', ['loads', 'resumes']],
] as const)(
  'an agent that broke down between two turns %s its session for the next prompt',
  async (_, skills) => {
    const { executor, run, before } = await brokenDown({ skills });
    expect(bodies(before)).toContainEqual({
      type: 'agent_session',
      agent_session_id: 'the-session',
      can: skills.map((skill) => skill.slice(0, -1)),
    });
    expect(bodies(before).at(-1)).toMatchObject({
      level: 'warn',
      message: expect.stringContaining('SIGKILL'),
    });

    const after = await asked(executor, run, 'recall', before.offset);
    expect(bodies(after)).toContainEqual(
      expect.objectContaining({ type: 'agent_session', agent_session_id: 'the-session', continued: true }),
    );
    // It knows what was said, and what it told again was not recorded again.
    expect(messages(after)).toEqual(['small ask: break down']);
    await executor.stop(run.sessionId, 60_000);
    expect((await follow(executor, run.sessionId, after.offset)).exit).toEqual({ kind: 'ended-by-us' });
  },
);

test.each(['options', 'lists'] as const)(
  'it is set to what it was set to before, told by %s',
  async (offers) => {
    const { executor, run, before } = await brokenDown({ skills: ['loads'], offers, model: 'large' });
    const after = await asked(executor, run, 'recall', before.offset);
    expect(messages(after)).toEqual(['large ask: break down']);
  },
);

test('it may break down as often as it is asked again', async () => {
  const { executor, run, before } = await brokenDown({ skills: ['resumes'] });
  await executor.prompt(run.sessionId, further('1', 'exit 6 later'));
  const again = await follow(executor, run.sessionId, before.offset, (events) => events.some(hasEnded));
  expect(bodies(again).at(-1)).toMatchObject({ message: expect.stringContaining('code 6') });
  const after = await asked(executor, run, 'recall', again.offset);
  expect(messages(after)).toEqual(['small ask: break down, exit 6 later']);
});

test('it is done when nobody asks for it any more', async () => {
  const { executor, run } = await brokenDown({ skills: ['loads'], idleTimeoutMs: 1_500 });
  expect((await follow(executor, run.sessionId)).exit).toEqual({
    kind: 'turn-ended',
    stopReason: 'end_turn',
  });
});

test('it is not started while the session stands still', async () => {
  const { executor, run, before } = await brokenDown({ skills: ['resumes'] });
  await executor.pause(run.sessionId);
  await executor.prompt(run.sessionId, further('1', 'recall'));
  const taken = await follow(executor, run.sessionId, before.offset, (events) =>
    events.some(({ body }) => body.type === 'status' && body.reason === undefined),
  );
  await executor.resume(run.sessionId);
  const after = await follow(executor, run.sessionId, taken.offset, (events) =>
    events.some(({ body }) => body.type === 'status' && body.reason === 'idle'),
  );
  expect(bodies(taken).map(({ type }) => type)).not.toContain('agent_session');
  expect(messages(after)).toEqual(['small ask: break down']);
});

test.each([
  ['stopped', (executor: Executor, run: Run) => executor.stop(run.sessionId, 60_000)],
  ['killed', (executor: Executor, run: Run) => executor.kill(run.sessionId)],
])('a session whose agent broke down can be %s', async (_, end) => {
  const { executor, run } = await brokenDown({ skills: ['loads'] });
  await end(executor, run);
  expect((await follow(executor, run.sessionId)).exit).toEqual({ kind: 'ended-by-us' });
});

test('another server finds it as it is, and asks on', async () => {
  const { stateDir, executor, run, before } = await brokenDown({ skills: ['loads'] });
  await executor.close();
  const other = await openExecutor(stateDir);
  expect(messages(await asked(other, run, 'recall', before.offset))).toEqual(['small ask: break down']);
});

test('an agent that cannot take up its session has failed', async () => {
  const unable = await startAcp({ prompt: 'break down', idleTimeoutMs: 600_000 });
  expect((await follow(unable.executor, unable.run.sessionId)).exit).toMatchObject({
    kind: 'signalled',
    signal: 'SIGKILL',
  });
  const { executor, run } = await brokenDown({ prompt: 'forget it', skills: ['loads'] });
  await executor.prompt(run.sessionId, further('1', 'recall'));
  expect((await follow(executor, run.sessionId)).exit).toEqual({
    kind: 'lost',
    reason: expect.stringContaining(
      'could not take up its conversation: Internal error: nothing is kept of it',
    ),
  });
});

test('an agent that breaks down in its turn has failed, whatever it can', async () => {
  const { executor, run } = await startAcp({ prompt: 'exit 5', idleTimeoutMs: 600_000, skills: ['loads'] });
  expect((await follow(executor, run.sessionId)).exit).toMatchObject({ kind: 'exited', code: 5 });
});
