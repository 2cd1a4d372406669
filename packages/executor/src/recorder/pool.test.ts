import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test, vi } from 'vitest';
import { identityOf, isRunning } from '../process/identity.ts';
import { listProcesses } from '../process/proc.ts';
import type { CountedExecutor } from '../process-executor.ts';
import { fromSource } from '../testing/from-source.ts';
import { node } from '../testing/programs.ts';
import { begin, endWithTest, follow, lines, openExecutor, runOf } from '../testing/sessions.ts';
import { temporaryDirectory } from '../testing/temporary.ts';
import { readIdentity } from './claim.ts';
import { createRecorderPool } from './pool.ts';
import { sessionDirectory } from './session-directory.ts';
import { systemClock } from './system-clock.ts';

// Real processes on a host that may be busy.
vi.setConfig({ testTimeout: 60_000 });
const patience = { timeout: 30_000, interval: 10 };

const run = () => runOf({ settings: { command: node(`console.log('here', process.cwd())`) } });

/** The recorders that wait for sessions of this state directory: it is where they stand. Linux only. */
const waitingOf = (stateDir: string): number[] =>
  listProcesses()
    .map(({ pid }) => pid)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`) === join(stateDir, 'waiting');
      } catch {
        return false;
      }
    });

const open = async (recorderPool: number) => {
  const stateDir = await temporaryDirectory();
  return { stateDir, executor: await openExecutor(stateDir, { recorderPool }) };
};

/** The one that waits, and said so. */
const oneOf = (stateDir: string, executor: CountedExecutor, other = 0): Promise<number> =>
  vi.waitFor(() => {
    const waiting = executor.figures().find(({ name }) => name === 'agent_harbor_recorders_waiting');
    expect(waiting?.samples[0]?.value).toBe(1);
    const [pid = 0] = waitingOf(stateDir);
    expect([0, other]).not.toContain(pid);
    return pid;
  }, patience);

const untilWaiting = (stateDir: string, count: number) =>
  vi.waitFor(() => expect(waitingOf(stateDir)).toHaveLength(count), patience);

const linux = test.runIf(process.platform === 'linux');

linux('a session is recorded by one that waited, and another one waits in its place', async () => {
  const { stateDir, executor } = await open(1);
  const pid = await oneOf(stateDir, executor);
  const [memory] = executor
    .figures()
    .flatMap(({ name, samples }) => (name.endsWith('_bytes') && name.includes('waiting') ? samples : []));
  expect(memory?.value).toBeGreaterThan(1024 * 1024);
  const session = run();
  const { path } = await begin(executor, session);
  const recorded = await follow(executor, session.sessionId);
  expect(lines(recorded)).toEqual([`here ${path}`]);
  expect(recorded.exit).toMatchObject({ kind: 'exited', code: 0 });
  const directory = sessionDirectory(stateDir, session.sessionId);
  expect(readIdentity(directory.recorder)?.pid).toBe(pid);
  expect(readFileSync(directory.log, 'utf8')).toBe('');
  await oneOf(stateDir, executor, pid);
});

linux('one that died while it waited is replaced', async () => {
  const { stateDir, executor } = await open(1);
  const pid = await oneOf(stateDir, executor);
  process.kill(pid, 'SIGKILL');
  await oneOf(stateDir, executor, pid);
});

linux('one that hangs is not waited for: the session gets a recorder of its own', async () => {
  const { stateDir, executor } = await open(1);
  const pid = await oneOf(stateDir, executor);
  process.kill(pid, 'SIGSTOP');
  const session = run();
  await begin(executor, session);
  expect((await follow(executor, session.sessionId)).exit).toMatchObject({ kind: 'exited', code: 0 });
  expect(identityOf(pid)).toBeUndefined();
});

test('one of another release is ended, and not waited for again at once', async () => {
  const folder = join(await temporaryDirectory(), 'waiting');
  const told: unknown[] = [];
  const pool = createRecorderPool({
    command: node(
      `process.send({ waiting: { run: 999, control: 2 } }); process.once('disconnect', () => process.exit())`,
      '--',
    ),
    env: {},
    size: 1,
    folder,
    clock: systemClock,
    log: { info() {}, error() {}, warn: (_, fields) => told.push(fields) },
  });
  onTestFinished(() => pool.close());
  await vi.waitFor(
    () => expect(told).toEqual([{ reason: expect.stringContaining('another release') }]),
    patience,
  );
  expect(pool.waiting).toBe(0);
  expect(await pool.take(sessionDirectory(folder, 'a-session'))).toBe(false);
  expect(told).toHaveLength(1);
});

linux('none is left when the executor is closed', async () => {
  const { stateDir, executor } = await open(2);
  await untilWaiting(stateDir, 2);
  await executor.close();
  expect(waitingOf(stateDir)).toEqual([]);
  expect(existsSync(join(stateDir, 'waiting'))).toBe(false);
});

linux('none is left when the server is killed, and those with a session go on', async () => {
  const stateDir = await temporaryDirectory();
  const session = runOf({ settings: { command: node(`setInterval(() => console.log('tick'), 20)`) } });
  const [program, ...args] = fromSource('testing/server.ts');
  const server = spawn(program, [...args, stateDir, JSON.stringify(session), '2'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const executor = await openExecutor(stateDir);
  endWithTest(executor, session.sessionId);
  await once(createInterface(server.stdout), 'line');
  const ofServer = () => waitingOf(stateDir).flatMap((pid) => identityOf(pid) ?? []);
  await vi.waitFor(() => expect(ofServer()).toHaveLength(2), patience);
  const waiting = ofServer();
  server.kill('SIGKILL');
  await once(server, 'exit');
  await vi.waitFor(() => expect(waiting.filter(isRunning)).toEqual([]), patience);
  const first = await follow(executor, session.sessionId, 0, (events) => events.length > 3);
  expect(
    (await follow(executor, session.sessionId, first.offset, (events) => events.length > 3)).exit,
  ).toBeUndefined();
});
