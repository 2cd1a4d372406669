import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Executor, NewEvent, Run } from '@agent-harbor/core';
import { expect, test, vi } from 'vitest';
import { wait } from '../../process/wait.ts';
import { systemClock } from '../../recorder/system-clock.ts';
import { node, stayAndSayPid } from '../../testing/programs.ts';
import { randomFrom, seed } from '../../testing/random.ts';
import {
  acpRun,
  begin,
  bodies,
  follow,
  messages,
  openExecutor,
  type Recorded,
  runOf,
  startAcp,
} from '../../testing/sessions.ts';
import { temporaryDirectory } from '../../testing/temporary.ts';

// Real processes on a host that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const further = (id: string, prompt: Run['prompt']) => ({ id, prompt, author: 'ada' });

const isIdle = ({ body }: NewEvent) => body.type === 'status' && body.reason === 'idle';
const isWorking = ({ body }: NewEvent) => body.type === 'tool_use';

const withoutLogs = (recorded: Recorded) => bodies(recorded).filter(({ type }) => type !== 'log');

const untilIdle = (executor: Executor, run: Run, after = 0) =>
  follow(executor, run.sessionId, after, (events) => events.some(isIdle));

test('prompts that come while the agent works get their turns, in order and once', async () => {
  const { stateDir, executor, run, workspace } = await startAcp({ prompt: 'until there is a file' });
  const { sessionId } = run;
  await follow(executor, sessionId, 0, (events) => events.some(isWorking));
  await executor.prompt(sessionId, further('1', 'say one'));
  const written = await follow(executor, sessionId, 0, (events) =>
    events.some(({ body }) => body.type === 'user_input'),
  );
  expect(bodies(written)).toContainEqual({
    type: 'user_input',
    author: 'ada',
    content: 'say one',
    promptId: '1',
  });
  await Promise.all([
    executor.prompt(sessionId, further('2', [{ type: 'text', text: 'say two' }])),
    executor.prompt(sessionId, further('1', 'say one')),
  ]);
  await executor.close();
  const other = await openExecutor(stateDir);
  await other.prompt(sessionId, further('2', 'say something else'));
  await other.prompt(sessionId, further('3', 'say three'));
  await writeFile(join(workspace.path, 'a file'), '');

  const recorded = await follow(other, sessionId);
  expect(recorded.exit).toEqual({ kind: 'turn-ended', stopReason: 'end_turn' });
  expect(messages(recorded)).toEqual(['working', '1: one', '2: two', '3: three']);
  const told = bodies(recorded).filter(({ type }) => type === 'user_input' || type === 'status');
  expect(told).toEqual(
    ['say one', 'say two', 'say three'].map((content, index) => ({
      type: 'user_input',
      author: 'ada',
      content,
      promptId: `${index + 1}`,
    })),
  );
  // Who did not hear that it was taken asks again.
  await other.prompt(sessionId, further('3', 'say three'));
  await expect(other.prompt(sessionId, further('4', 'say four'))).rejects.toMatchObject({
    code: 'session-ended',
  });
});

test('a prompt that comes while the agent is started waits for it', async () => {
  const { executor, run } = await startAcp({ prompt: 'say one' });
  await executor.prompt(run.sessionId, further('1', 'say two'));
  expect(messages(await follow(executor, run.sessionId))).toEqual(['1: one', '2: two']);
});

test('an agent without anything to do waits, and says so', async () => {
  const { executor, run } = await startAcp({ prompt: 'say one', idleTimeoutMs: 600_000 });
  const first = await untilIdle(executor, run);
  await executor.prompt(run.sessionId, further('1', 'say two'));
  const second = await untilIdle(executor, run, first.offset);
  await executor.stop(run.sessionId, 60_000);
  const rest = await follow(executor, run.sessionId, second.offset);
  expect(withoutLogs(first)).toEqual([
    { type: 'message', role: 'assistant', content: '1: one' },
    { type: 'status', status: 'running', reason: 'idle' },
  ]);
  expect(bodies(second)).toEqual([
    { type: 'user_input', author: 'ada', content: 'say two', promptId: '1' },
    { type: 'status', status: 'running' },
    { type: 'message', role: 'assistant', content: '2: two' },
    { type: 'status', status: 'running', reason: 'idle' },
  ]);
  expect(rest).toMatchObject({ events: [], exit: { kind: 'ended-by-us' } });
});

test('an agent waits as long as it is to, and the time stands still while it does', async () => {
  const { executor, run } = await startAcp({ prompt: 'say one', idleTimeoutMs: 1_000 });
  const idle = await untilIdle(executor, run);
  await executor.pause(run.sessionId);
  await wait(systemClock, 1_500);
  await executor.prompt(run.sessionId, further('1', 'say two'));
  const resumed = systemClock.now();
  await executor.resume(run.sessionId);
  const rest = await follow(executor, run.sessionId, idle.offset);
  expect(rest.exit).toEqual({ kind: 'turn-ended', stopReason: 'end_turn' });
  expect(messages(rest)).toEqual(['2: two']);
  expect(systemClock.now() - resumed).toBeGreaterThanOrEqual(1_000);
});

test('no prompt is taken and forgotten', async () => {
  const random = randomFrom(seed);
  const stateDir = await temporaryDirectory();
  const executor = await openExecutor(stateDir);
  const play = async (round: number) => {
    const run = acpRun({ prompt: 'say begin', idleTimeoutMs: round % 3 === 0 ? 0 : 40 });
    await begin(executor, run);
    const taken: string[] = [];
    for (let n = 0; ; n++) {
      const isTaken = await executor.prompt(run.sessionId, further(`${n}`, `say ${n}`)).then(
        () => true,
        (error: unknown) => {
          expect(error).toMatchObject({ code: 'session-ended' });
          return false;
        },
      );
      if (!isTaken) break;
      taken.push(`${n + 2}: ${n}`);
      await wait(systemClock, random() * 60);
    }
    const recorded = await follow(executor, run.sessionId);
    expect(messages(recorded).slice(1)).toEqual(taken);
    expect(recorded.exit).toEqual({ kind: 'turn-ended', stopReason: 'end_turn' });
  };
  for (let round = 0; round < 6; round++) await play(round);
});

test('who refuses is not waited with, but hears what was said before', async () => {
  const alone = await startAcp({ prompt: 'refuse', idleTimeoutMs: 600_000 });
  expect((await follow(alone.executor, alone.run.sessionId)).exit).toEqual({
    kind: 'turn-ended',
    stopReason: 'refusal',
  });
  const { executor, run } = await startAcp({ prompt: 'refuse' });
  await executor.prompt(run.sessionId, further('1', 'say one'));
  const recorded = await follow(executor, run.sessionId);
  expect(messages(recorded)).toEqual(['1: one']);
  expect(recorded.exit).toEqual({ kind: 'turn-ended', stopReason: 'end_turn' });
});

test('an agent that leaves while it has nothing to do is done', async () => {
  const { executor, run } = await startAcp({ prompt: 'exit later', idleTimeoutMs: 600_000 });
  expect((await follow(executor, run.sessionId)).exit).toEqual({
    kind: 'turn-ended',
    stopReason: 'end_turn',
  });
});

test('a stop ends the turn, and no other is begun', async () => {
  const { executor, run } = await startAcp({ prompt: 'hang' });
  await follow(executor, run.sessionId, 0, (events) => events.some(isWorking));
  await executor.prompt(run.sessionId, further('1', 'say one'));
  await executor.stop(run.sessionId, 60_000);
  const recorded = await follow(executor, run.sessionId);
  expect(messages(recorded)).toEqual([expect.stringContaining('pid')]);
  expect(recorded.exit).toEqual({ kind: 'ended-by-us' });
});

test('content the agent does not take is refused by its place', async () => {
  const { executor, run } = await startAcp({ prompt: 'say one', idleTimeoutMs: 600_000 });
  await untilIdle(executor, run);
  const image = { type: 'image', data: 'AAAA', mimeType: 'image/png' } as const;
  await expect(
    executor.prompt(run.sessionId, further('1', [{ type: 'text', text: 'say' }, image])),
  ).rejects.toMatchObject({ code: 'invalid-request', errors: { 'prompt.1': [expect.any(String)] } });
});

test('too many prompts, and too large ones, are refused', async () => {
  const { executor, run } = await startAcp({ prompt: 'hang' });
  await follow(executor, run.sessionId, 0, (events) => events.some(isWorking));
  const prompts = Array.from({ length: 101 }, (_, n) =>
    executor.prompt(run.sessionId, further(`${n}`, 'say')),
  );
  const refused = (await Promise.allSettled(prompts)).filter(({ status }) => status === 'rejected');
  expect(refused).toEqual([{ status: 'rejected', reason: expect.objectContaining({ code: 'wrong-state' }) }]);
  await expect(
    executor.prompt(run.sessionId, further('large', 'x'.repeat(2 * 1024 * 1024))),
  ).rejects.toMatchObject({ code: 'payload-too-large' });
});

test('a command takes no further prompts', async () => {
  const executor = await openExecutor(await temporaryDirectory());
  const run = runOf({ settings: { command: node(stayAndSayPid) } });
  await begin(executor, run);
  await expect(executor.prompt(run.sessionId, further('1', 'x'))).rejects.toMatchObject({
    code: 'prompt-unsupported',
  });
  await expect(executor.prompt('test-never', further('1', 'x'))).rejects.toMatchObject({
    code: 'wrong-state',
  });
});
