import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { identityOf } from '../process/identity.ts';
import { wait } from '../process/wait.ts';
import { cpuTicks } from '../testing/cpu-time.ts';
import { busy, detached, inChild, node, stayAndSayPid } from '../testing/programs.ts';
import { randomFrom, seed } from '../testing/random.ts';
import { begin, bodies, follow, followFor, lines, openExecutor, runOf } from '../testing/sessions.ts';
import { temporaryDirectory } from '../testing/temporary.ts';
import { readIdentity } from './claim.ts';
import { connectToRecorder } from './link.ts';
import { readRunFile } from './run-file.ts';
import { sessionDirectory } from './session-directory.ts';
import { systemClock } from './system-clock.ts';

// Real processes on a host that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const acpAgent = [process.execPath, join(import.meta.dirname, '../testing/acp-agent.ts')];
const familyCode = `${inChild(busy)}; ${inChild(busy, { detached: true })}; ${detached(busy)}; ${busy}`;

const open = async () => {
  const stateDir = await temporaryDirectory();
  return { stateDir, executor: await openExecutor(stateDir) };
};

/** A session whose program said `said` lines. */
const running = async (code: string, said: number) => {
  const { stateDir, executor } = await open();
  const run = runOf({ settings: { command: node(code) } });
  const workspace = await begin(executor, run);
  const before = await follow(executor, run.sessionId, 0, (events) => events.length >= said);
  return { stateDir, executor, run, workspace, before, pids: lines(before).map(Number) };
};

const ticksOf = (pids: readonly number[]) => pids.map(cpuTicks);

const goOn = async (pids: readonly number[]) => {
  const before = ticksOf(pids);
  while (ticksOf(pids).some((ticks, index) => ticks <= (before[index] ?? 0))) await wait(systemClock, 10);
};

test('a paused session uses no processor, also while the server is away, and goes on where it stood', async () => {
  const { stateDir, executor, run, pids } = await running(familyCode, 4);
  expect((await executor.describe()).pause).toMatch(/freeze|signal/);
  await goOn(pids);
  await Promise.all([executor.pause(run.sessionId), executor.pause(run.sessionId)]);
  const before = ticksOf(pids);
  await executor.close();
  await wait(systemClock, 2_000);
  const other = await openExecutor(stateDir);
  await other.pause(run.sessionId);
  expect(ticksOf(pids)).toEqual(before);

  await other.resume(run.sessionId);
  await goOn(pids);
  await other.resume(run.sessionId);
  await goOn(pids);
});

test('200 wishes at random leave nothing stuck', async () => {
  const random = randomFrom(seed);
  const { executor, run, pids } = await running(familyCode, 4);
  const { sessionId } = run;
  for (let round = 0; round < 200; round++) {
    const wishes = [executor.pause(sessionId)];
    if (random() < 0.2) wishes.push(executor.pause(sessionId));
    if (random() < 0.5) await Promise.all(wishes);
    if (random() < 0.2) await wait(systemClock, random() * 10);
    wishes.push(executor.resume(sessionId));
    if (random() < 0.2) wishes.push(executor.resume(sessionId));
    await Promise.all(wishes);
    if (random() < 0.5) await executor.resume(sessionId);
  }
  await executor.resume(sessionId);
  await goOn(pids);
});

test('what is in the pipes is recorded while the session is paused, and nothing more', async () => {
  const chatty = `
    console.log(process.pid);
    let n = 0;
    setInterval(() => { for (let end = n + 50; n < end; n++) console.log('line ' + n); }, 1);`;
  const { executor, run } = await running(chatty, 1);
  await executor.pause(run.sessionId);
  const inPipes = await followFor(executor, run.sessionId, 0, 1_000);
  expect((await followFor(executor, run.sessionId, inPipes.offset, 300)).events).toEqual([]);
  await executor.resume(run.sessionId);
  const rest = await follow(executor, run.sessionId, inPipes.offset, (events) => events.length >= 500);
  const told = [...lines(inPipes).slice(1), ...lines(rest)];
  expect(told).toEqual(told.map((_, index) => `line ${index}`));
});

test('a session that is paused while it starts starts when it is resumed', async () => {
  const { executor } = await open();
  const run = runOf({ type: 'acp', settings: { command: acpAgent }, prompt: 'hello file' });
  const workspace = await begin(executor, run);
  await executor.pause(run.sessionId);
  await wait(systemClock, 500);
  expect(existsSync(join(workspace.path, 'hello.txt'))).toBe(false);
  await executor.resume(run.sessionId);
  expect((await follow(executor, run.sessionId)).exit).toEqual({
    kind: 'turn-ended',
    stopReason: 'end_turn',
  });
  expect(existsSync(join(workspace.path, 'hello.txt'))).toBe(true);
});

test('stop lets a paused agent go on to meet it', async () => {
  const { executor, run, before } = await running(
    `process.on('SIGTERM', () => { console.log('bye'); process.exit(0); });
     console.log(process.pid); setInterval(() => {}, 1000)`,
    1,
  );
  await executor.pause(run.sessionId);
  await executor.stop(run.sessionId, 60_000);
  const rest = await follow(executor, run.sessionId, before.offset);
  expect(lines(rest)).toEqual(['bye']);
  expect(rest.exit).toEqual({ kind: 'ended-by-us' });
});

test('a session that is being stopped is not paused any more', async () => {
  const { executor, run, pids } = await running(stayAndSayPid, 1);
  await executor.stop(run.sessionId, 60_000);
  for (const wish of [executor.pause(run.sessionId), executor.resume(run.sessionId)]) {
    await expect(wish).rejects.toMatchObject({
      code: 'wrong-state',
      detail: expect.stringContaining('ended'),
    });
  }
  await executor.kill(run.sessionId);
  expect(pids.map(identityOf)).toEqual([undefined]);
});

test('kill ends a paused session', async () => {
  const { executor, run, before, pids } = await running(familyCode, 4);
  await executor.pause(run.sessionId);
  await executor.kill(run.sessionId);
  expect(pids.map(identityOf)).toEqual(pids.map(() => undefined));
  expect((await follow(executor, run.sessionId, before.offset)).exit).toEqual({ kind: 'ended-by-us' });
});

test('a recorder that is asked to go takes a paused agent with it', async () => {
  const { stateDir, executor, run, before, pids } = await running(
    'console.log(process.pid); setInterval(() => {}, 1000)',
    1,
  );
  await executor.pause(run.sessionId);
  process.kill(readIdentity(sessionDirectory(stateDir, run.sessionId).recorder)?.pid ?? 0, 'SIGTERM');
  expect((await follow(executor, run.sessionId, before.offset)).exit).toMatchObject({ kind: 'lost' });
  expect(pids.map(identityOf)).toEqual([undefined]);
});

test('a recorder that dies while its session is paused leaves no process', async () => {
  const { stateDir, executor, run, before, pids } = await running(familyCode, 4);
  await executor.pause(run.sessionId);
  process.kill(readIdentity(sessionDirectory(stateDir, run.sessionId).recorder)?.pid ?? 0, 'SIGKILL');
  expect((await follow(executor, run.sessionId, before.offset)).exit).toMatchObject({ kind: 'lost' });
  expect(pids.map(identityOf)).toEqual(pids.map(() => undefined));
});

test('after the end there is nothing to pause', async () => {
  const { executor } = await open();
  const run = runOf({ settings: { command: node(`console.log('done')`) } });
  await begin(executor, run);
  await follow(executor, run.sessionId);
  for (const sessionId of [run.sessionId, 'test-never']) {
    await expect(executor.pause(sessionId)).rejects.toMatchObject({ code: 'wrong-state' });
    await expect(executor.resume(sessionId)).rejects.toMatchObject({ code: 'wrong-state' });
  }
});

test('a pause that is sent again after the resume does not happen again', async () => {
  const { stateDir, run, pids } = await running(familyCode, 4);
  const { socket } = readRunFile(sessionDirectory(stateDir, run.sessionId));
  const link = await connectToRecorder(socket, () => () => {});
  if (link === undefined) throw new Error('Nobody listens.');
  expect(await link.send({ id: 'p', command: 'pause' })).toEqual({ answer: 'taken' });
  expect(await link.send({ id: 'r', command: 'resume' })).toEqual({ answer: 'taken' });
  expect(await link.send({ id: 'p', command: 'pause' })).toEqual({ answer: 'taken' });
  await goOn(pids);
  link.close();
});

test('nothing ends while it is paused', async () => {
  // The first process ends just before the pause or just after it; what is told is the same.
  const { executor, run, before } = await running(
    `console.log(process.pid); setTimeout(() => { ${'for (const end = Date.now() + 5; Date.now() < end;);'} }, 10)`,
    1,
  );
  const paused = await executor.pause(run.sessionId).then(
    () => true,
    () => false,
  );
  if (paused) {
    expect((await followFor(executor, run.sessionId, before.offset, 300)).exit).toBeUndefined();
    await executor.resume(run.sessionId);
  }
  const { exit, ...rest } = await follow(executor, run.sessionId, before.offset);
  expect(exit).toMatchObject({ kind: 'exited', code: 0 });
  expect(bodies(rest)).toEqual([]);
});
