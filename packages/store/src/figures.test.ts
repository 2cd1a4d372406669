import { statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { created } from './testing/samples.ts';
import { openTemporary, temporaryPath } from './testing/temporary.ts';

test('the store tells what it takes of its disk', { timeout: 30_000 }, async () => {
  const path = await temporaryPath();
  const store = await openTemporary(path);
  await store.commit(created(1));
  const figures = await store.figures();
  const samples = figures.flatMap(({ name, samples }) =>
    samples.map(({ labels, value }) => [[name, labels?.file].join(' ').trim(), value]),
  );
  expect(Object.fromEntries(samples)).toEqual({
    'agent_harbor_database_bytes database': statSync(path).size,
    'agent_harbor_database_bytes wal': statSync(`${path}-wal`).size,
    agent_harbor_disk_free_bytes: expect.any(Number),
    agent_harbor_disk_reserve_bytes: expect.any(Number),
    agent_harbor_disk_full: 0,
    agent_harbor_disk_failing: 0,
  });
  expect(statSync(`${path}-wal`).size).toBeGreaterThan(0);
});
