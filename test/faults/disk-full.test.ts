import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { waitingTask } from './harness/agents.ts';
import { append, startReader, startWriter } from './harness/clients.ts';
import { faultTest } from './harness/fault-test.ts';
import { integrityOf } from './harness/integrity.ts';
import { endedSessions, launch, statusOf, untilStatus } from './harness/launch.ts';
import { slowness } from './harness/slowness.ts';
import { smallDisk } from './harness/small-disk.ts';
import { byTier } from './harness/tier.ts';

const recoveryMs = 5_000;

faultTest('F4: the disk of the server is full', { needs: ['linux', 'tmpfs'] }, async (run) => {
  const disk = smallDisk(run, 24 * 1024 * 1024);
  const stop = join(run.folder, 'stop');
  const rounds = byTier(1, 8);
  // In each round one task more waits for the end.
  const server = run.server({
    stateDir: join(disk.path, 'state'),
    settings: { maxConcurrentTasks: rounds + 1 },
  });
  await server.start();
  const ended = await endedSessions(server, 2 + rounds);
  const [target = '', other = '', ...toDelete] = ended;
  const draft = await server.json('POST', '/api/v1/drafts', { prompt: 'later' });

  const work = { server, oracle: run.oracle };
  const reader = startReader({ ...work, name: 'reader' }, undefined);
  for (const [index, deleted] of toDelete.entries()) {
    const running = await launch(server, waitingTask(stop));
    await untilStatus(server, running, (status) => status === 'running', 30_000);
    const writers = [target, other].map((id, number) =>
      startWriter({ ...work, name: `writer-${index}-${number}` }, id, () => run.between(0, 2_000)),
    );
    disk.fill();

    // New work is turned away, by the one status that says why.
    let status = 201;
    for (let tries = 0; status === 201 && tries < 2_000; tries++) {
      status = await append(server, target, [`until it is full ${'x'.repeat(4_000)}`]);
    }
    expect(status).toBe(507);
    run.struck();
    const refused = await server.call('POST', '/api/v1/tasks', waitingTask(stop), {
      'idempotency-key': `refused-${index}`,
    });
    expect([refused.status, await refused.json()]).toMatchObject([507, { code: 'storage-full' }]);
    expect(refused.headers.get('retry-after')).not.toBeNull();

    // Reading goes on, streams too, and what ends or deletes something is done.
    expect((await server.call('GET', '/api/v1/sessions')).status).toBe(200);
    expect((await server.call('GET', '/readyz')).status).toBe(503);
    const fresh = startReader({ ...work, name: `fresh-reader-${index}` }, target);
    await fresh.until(({ event }) => event.seq >= 3);
    expect((await server.call('POST', `/api/v1/sessions/${running}/stop`)).status).toBeLessThan(300);
    expect(['stopping', 'stopped']).toContain(await statusOf(server, running));
    expect((await server.call('DELETE', `/api/v1/sessions/${deleted}`)).status).toBeLessThan(300);
    if (index === 0) expect((await server.call('DELETE', `/api/v1/drafts/${draft.id}`)).status).toBe(204);
    await untilStatus(server, running, (now) => now === 'stopped', 30_000);
    const { items } = await server.json('GET', '/api/v1/sessions?perPage=100');
    expect(Array.isArray(items) && items.some(({ id }) => id === deleted)).toBe(false);

    // It comes back by itself.
    disk.free();
    const freed = performance.now();
    while ((await append(server, target, ['there is room'])) !== 201) {
      const waitedMs = performance.now() - freed;
      if (waitedMs > recoveryMs) expect(waitedMs, 'still full').toBeLessThan(recoveryMs * (await slowness()));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    run.tell(`took writes ${Math.round(performance.now() - freed)} ms after there was room`);
    expect((await server.call('GET', '/readyz')).status).toBe(200);
    await launch(server, waitingTask(stop), `refused-${index}`);
    await Promise.all(writers.map((writer) => writer.stop()));
    await fresh.stop();
  }
  await writeFile(stop, '');
  await reader.stop();
  await run.expectSound(server, [target, other]);
  await server.stop();
  expect(integrityOf(server.stateDir)).toBe('ok');
});
