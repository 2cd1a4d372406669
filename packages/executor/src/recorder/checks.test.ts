import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventBody } from '@agent-harbor/api-contract/schemas';
import type { NewEvent } from '@agent-harbor/core';
import { expect, test, vi } from 'vitest';
import { openTree } from '../process/open-tree.ts';
import { wait } from '../process/wait.ts';
import { node, stayAndSayPid } from '../testing/programs.ts';
import { begin, bodies, follow, openExecutor, runOf } from '../testing/sessions.ts';
import { temporaryDirectory } from '../testing/temporary.ts';
import { startChecks } from './checks.ts';
import { createPromptQueue } from './prompt-queue.ts';
import { systemClock } from './system-clock.ts';

// Real processes on a host that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const check = (script: string) => ({ command: script, argv: node(script) });

const openChecked = async (agent: string, ...scripts: readonly string[]) => {
  const stateDir = await temporaryDirectory();
  const executor = await openExecutor(stateDir);
  const run = runOf({ settings: { command: node(agent) }, checks: scripts.map(check) });
  const workspace = await begin(executor, run);
  return { stateDir, executor, run, workspace };
};

const isOf =
  (number: number, state: string) =>
  ({ body }: NewEvent) =>
    body.type === 'check' && body.number === number && body.state === state;

test('what the task names is run in the workspace when the agent has ended well, and told', async () => {
  const { executor, run } = await openChecked(
    'require("node:fs").writeFileSync("made", "")',
    'console.log("looked"); process.exit(require("node:fs").existsSync("made") ? 0 : 1)',
    'console.log("too bad"); console.error("worse"); process.exit(3)',
  );
  const recorded = await follow(executor, run.sessionId);
  expect(recorded.exit).toMatchObject({ kind: 'exited', code: 0 });
  const told = bodies(recorded);
  expect(told).toContainEqual({ type: 'status', status: 'running', reason: 'checking' });
  const checks = told.filter(({ type }) => type === 'check');
  const [one, two] = run.checks;
  expect(checks).toEqual([
    { type: 'check', number: 1, command: one?.command, state: 'running' },
    expect.objectContaining({ number: 1, state: 'passed', exit_code: 0, output: 'looked\n' }),
    { type: 'check', number: 2, command: two?.command, state: 'running' },
    expect.objectContaining({ number: 2, state: 'failed', exit_code: 3, duration_ms: expect.any(Number) }),
  ]);
  expect(told).toContainEqual(
    expect.objectContaining({ type: 'log', message: 'too bad', tool_execution_id: 'check-2' }),
  );
});

test('an agent that failed is not checked', async () => {
  const { executor, run } = await openChecked('process.exit(2)', 'process.exit(0)');
  const recorded = await follow(executor, run.sessionId);
  expect(recorded.exit).toMatchObject({ kind: 'exited', code: 2 });
  expect(bodies(recorded).filter(({ type }) => type === 'check')).toEqual([]);
});

test('a program that is not there has failed, and says so', async () => {
  const stateDir = await temporaryDirectory();
  const executor = await openExecutor(stateDir);
  const checks = [{ command: 'no-such-program', argv: ['no-such-program'] }];
  const run = runOf({ settings: { command: node('') }, checks });
  await begin(executor, run);
  const recorded = await follow(executor, run.sessionId);
  expect(bodies(recorded)).toContainEqual(
    expect.objectContaining({ number: 1, state: 'failed', output: expect.stringContaining('not found') }),
  );
});

test('a session that is stopped while it is checked ends then, and the rest is not run', async () => {
  const { executor, run } = await openChecked('', stayAndSayPid, 'process.exit(0)');
  const { sessionId } = run;
  await follow(executor, sessionId, 0, (events) => events.some(isOf(1, 'running')));
  await executor.stop(sessionId, 5_000);
  const recorded = await follow(executor, sessionId);
  expect(recorded.exit).toEqual({ kind: 'ended-by-us' });
  const states = recorded.events.flatMap(({ body }) => (body.type === 'check' ? [body.state] : []));
  expect(states).toEqual(['running', 'cancelled']);
});

test('a session that is checked can be paused, and a server that comes back finds it there', async () => {
  const wait = 'const t = setInterval(() => require("node:fs").existsSync("go") && clearInterval(t), 20)';
  const { stateDir, executor, run, workspace } = await openChecked('', wait);
  const { sessionId } = run;
  await follow(executor, sessionId, 0, (events) => events.some(isOf(1, 'running')));
  await executor.pause(sessionId);
  await executor.close();
  const other = await openExecutor(stateDir);
  await writeFile(join(workspace.path, 'go'), '');
  await other.resume(sessionId);
  const recorded = await follow(other, sessionId);
  expect(recorded.events.some(isOf(1, 'passed'))).toBe(true);
});

test('a check that does not come to an end is ended, and the next one is not', async () => {
  const cwd = await temporaryDirectory();
  const told: EventBody[] = [];
  const opened = openTree({ kind: 'environment' }, { sessionId: 'late', root: () => undefined }, systemClock);
  const second = Promise.withResolvers<void>();
  const tell = (body: EventBody) => {
    told.push(body);
    if (body.type === 'check' && body.number === 2) second.resolve();
  };
  const limits: (() => void)[] = [];
  let kills = 0;
  const tree = {
    ...opened,
    // The first end is that of the limit; taking its time it meets whoever has begun meanwhile.
    kill: async () => {
      kills += 1;
      const isFirst = kills === 1;
      await opened.kill();
      if (!isFirst) return;
      const begun = second.promise.then(() => wait(systemClock, 100));
      await Promise.race([begun, wait(systemClock, 300)]);
      await opened.kill();
    },
  };
  const agentTime = {
    ...systemClock,
    schedule: (_delayMs: number, wake: () => void) => {
      limits.push(wake);
      return () => {};
    },
  };
  const never = async (): Promise<never> => Promise.reject(new Error('Nobody asks.'));
  const { exit } = startChecks(
    {
      program: { argv: [], env: { AH_SESSION_ID: 'late' }, cwd, prompt: [] },
      tree,
      clock: systemClock,
      agentTime,
      report: tell,
      tell,
      room: async () => {},
      claimFile() {},
      releaseFiles() {},
      prompts: createPromptQueue(),
      idleTimeoutMs: 0,
      approvals: { ask: never, check() {}, answer() {}, withdraw() {}, close() {} },
      mayStart: async () => true,
      terminal: undefined,
    },
    [check(stayAndSayPid), check('setTimeout(() => {}, 500)')],
    join(cwd, 'root'),
    500,
  );
  await expect.poll(() => limits.length, { interval: 5 }).toBe(1);
  limits[0]?.();
  await exit;
  const states = told.flatMap((body) => (body.type === 'check' ? [body.state] : []));
  expect(states).toEqual(['running', 'timed-out', 'running', 'passed']);
  expect(tree.pids()).toEqual([]);
});
