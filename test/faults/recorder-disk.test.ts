import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'vitest';
import { programs } from './harness/bundle.ts';
import { faultTest } from './harness/fault-test.ts';
import { countedIn, isOver, launch, untilStatus } from './harness/launch.ts';
import { replay } from './harness/replay.ts';
import { countingTask, floodingTask } from './recorder/agents.ts';
import { untilNoneIsLeft, wholeLog } from './recorder/sessions.ts';

const mount = (...args: readonly string[]): void => {
  const { status, stderr } = spawnSync('mount', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`mount ${args.join(' ')}: ${stderr}`);
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Resolves with a number that was the same over this time. */
const standing = async (look: () => number, ms: number): Promise<number> => {
  for (let last = look(), since = performance.now(); ; ) {
    await pause(50);
    const now = look();
    if (now !== last) [last, since] = [now, performance.now()];
    else if (performance.now() - since > ms) return now;
  }
};

faultTest('the disk of server and recorder is full', { needs: ['tmpfs'], tier: 'long' }, async (run) => {
  const disk = join(run.folder, 'disk');
  const stop = join(run.folder, 'stop');
  const progress = join(run.folder, 'progress');
  mkdirSync(disk);
  mount('-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk);
  run.finally(() => spawnSync('umount', ['--lazy', disk]));
  const server = run.server({ stateDir: join(disk, 'state') });
  await server.start();
  const mark = join(run.folder, 'mark');
  const id = await launch(server, floodingTask(stop, mark, progress));
  const taken = () => (existsSync(progress) ? Number(readFileSync(progress, 'utf8')) : 0);

  // The agent itself fills the disk, for the journal and the log of the server are on it; then it stands still.
  await untilStatus(server, id, (status) => status === 'running', 30_000);
  while (taken() === 0) await pause(20);
  const stuck = await standing(taken, 2_500);
  run.struck();
  expect(stuck).toBeGreaterThan(1_000);
  expect((await server.call('GET', `/api/v1/sessions/${id}`)).status).toBe(200);
  expect(await untilStatus(server, id, () => true, 1_000)).toBe('running');
  const dies = run.chance() < 0.5;
  if (dies) await server.kill();
  mount('-o', 'remount,size=512m', disk);
  if (dies) await server.start();
  const patience = performance.now() + 30_000;
  while (taken() < stuck + 1_000 && performance.now() < patience) await pause(20);
  writeFileSync(stop, '');
  expect(await untilStatus(server, id, isOver, 90_000)).toBe('completed');
  const said = countedIn(await wholeLog(server, id));
  expect(said.length).toBe(taken());
  expect(said.length).toBeGreaterThan(stuck);
  run.tell(`stood still at line ${stuck}, ended at ${said.length}${dies ? ', the server died between' : ''}`);
  await untilNoneIsLeft(mark);
  await server.stop();
});

const sessions = 10;

faultTest('writes and syncs of a journal fail', { needs: ['linux'], tier: 'long' }, async (run) => {
  const plans = join(run.folder, 'plans');
  mkdirSync(plans);
  const failAt = pathToFileURL(join(import.meta.dirname, 'recorder/fail-at.ts')).href;
  const [node = '', ...program] = (await programs()).recorderCommand;
  const server = run.server({
    settings: {
      maxConcurrentTasks: sessions,
      recorderPool: 0,
      recorderCommand: [node, '--import', `${failAt}?${encodeURIComponent(plans)}`, ...program],
    },
  });
  await server.start();
  const stop = join(run.folder, 'stop');
  // Each plan names calls to `file.write` and `file.datasync` that fail; a failed write has written a part of it.
  const cast: string[] = [];
  for (let one = 0; one < sessions; one++) {
    const failing = Array.from({ length: 3 }, () => run.between(1, 60));
    writeFileSync(join(plans, `${String(one).padStart(4, '0')}.plan`), `eio ${failing.join(' ')}`);
    cast.push(await launch(server, countingTask(stop, join(run.folder, `mark-${one}`))));
  }
  for (const id of cast) {
    for (let said = 0; said < 150; said = countedIn(await replay(server, id)).length) await pause(50);
  }
  writeFileSync(stop, '');
  for (const id of cast) {
    expect(await untilStatus(server, id, isOver, 60_000)).toBe('completed');
    await wholeLog(server, id);
  }
  const struck = readdirSync(plans).filter((name) => name.endsWith('.struck'));
  expect(struck.length).toBeGreaterThanOrEqual(cast.length);
  run.struck(struck.length);
});
