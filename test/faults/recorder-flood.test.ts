import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { programs } from './harness/bundle.ts';
import { startReader } from './harness/clients.ts';
import { faultTest } from './harness/fault-test.ts';
import { isOver, launch, untilStatus } from './harness/launch.ts';
import { slowness } from './harness/slowness.ts';
import { countingTask, floodingTask } from './recorder/agents.ts';
import { recorderOf } from './recorder/sessions.ts';

const mebibyte = 1024 * 1024;

const residentBytes = (pid: number): number =>
  Number(/^RssAnon:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) * 1024;

faultTest('F11: an agent floods, and the others go on', { needs: ['linux'], tier: 'long' }, async (run) => {
  const [stop, progress] = [join(run.folder, 'stop'), join(run.folder, 'progress')];
  const [node = '', ...program] = (await programs()).recorderCommand;
  const server = run.server({
    settings: { recorderCommand: [node, '--max-old-space-size=40', ...program] },
  });
  // An engine that may take much takes it before it cleans up. With heaps this small both would die of a queue that grows.
  await server.start({ env: { NODE_OPTIONS: '--max-old-space-size=80 --max-semi-space-size=1' } });
  const other = await launch(server, countingTask(stop, join(run.folder, 'mark-other'), 50));
  const reader = startReader({ server, oracle: run.oracle, name: 'reader' }, other);

  /** Asks one after the other; the time below which 99 of 100 answers came, and the most memory meanwhile. */
  const ask = async (requests: number, pids: readonly number[] = []) => {
    const times: number[] = [];
    const most = pids.map(() => 0);
    for (let one = 0; one < requests; one++) {
      const asked = performance.now();
      await server.json('GET', `/api/v1/sessions/${other}`);
      times.push(performance.now() - asked);
      for (const [index, pid] of pids.entries()) most[index] = Math.max(most[index] ?? 0, residentBytes(pid));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    times.sort((one, two) => one - two);
    return { p99: times[Math.floor(times.length * 0.99)] ?? 0, most };
  };

  const before = await ask(100);
  const slow = await slowness();
  const flooding = await launch(
    server,
    floodingTask(join(run.folder, 'stop-flood'), join(run.folder, 'mark'), progress),
  );
  await untilStatus(server, flooding, (status) => status === 'running', 30_000);
  const recorder = recorderOf(server, flooding);
  const [server0, recorder0] = [residentBytes(server.pid), residentBytes(recorder)];
  const { p99, most } = await ask(200, [server.pid, recorder]);
  const taken = Number(readFileSync(progress, 'utf8'));
  expect(taken).toBeGreaterThan(50_000);
  run.struck();

  const grown = [(most[0] ?? 0) - server0, (most[1] ?? 0) - recorder0].map((bytes) => bytes / mebibyte);
  run.tell(
    `${taken} lines, p99 ${before.p99.toFixed(0)} ms before and ${p99.toFixed(0)} ms in it, ` +
      `server +${grown[0]?.toFixed(0)} MiB, recorder +${grown[1]?.toFixed(0)} MiB`,
  );
  // A machine that is slow without the flood cannot show more than that it is no slower with it.
  expect(p99).toBeLessThan(Math.max(200 * slow, 3 * before.p99));
  expect(grown[0]).toBeLessThan(64);
  expect(grown[1]).toBeLessThan(64);

  writeFileSync(join(run.folder, 'stop-flood'), '');
  expect(await untilStatus(server, flooding, isOver, 300_000)).toBe('completed');
  writeFileSync(stop, '');
  expect(await untilStatus(server, other, isOver, 30_000)).toBe('completed');
  await reader.until(({ event }) => event.type === 'status' && event.status === 'completed');
  await reader.stop();
  await run.expectSound(server, [other]);
  await server.stop();
});
