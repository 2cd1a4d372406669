import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JournalBatch } from '@agent-harbor/core';
import { expect, onTestFinished, test } from 'vitest';
import { Backlog } from './backlog.ts';

const batches: JournalBatch[] = [
  { events: [], offset: 30 },
  { events: [], offset: 100, exit: { kind: 'exited', code: 0 } },
];

test('what is not taken yet is told, and nothing of a journal that is done', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ah-backlog-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [path, missing] = [join(folder, 'journal'), join(folder, 'missing')];
  writeFileSync(path, 'x'.repeat(100));
  const backlog = new Backlog();
  const told = () =>
    backlog.figures('e').map(({ samples: [sample] }) => [sample?.labels?.executor, sample?.value]);
  expect(told()).toEqual([
    ['e', 0],
    ['e', 0],
  ]);
  async function* come() {
    yield* batches;
  }
  const journal = backlog.counted(path, 10, come());
  const other = backlog.counted(missing, 7, come());
  // The second generator runs only once it is asked.
  await other.next();
  await journal.next();
  expect(told()).toEqual([
    ['e', 90],
    ['e', 2],
  ]);
  await journal.next();
  expect(told()[0]).toEqual(['e', 70]);
  expect((await journal.next()).done).toBe(true);
  await other.return();
  expect(told()).toEqual([
    ['e', 0],
    ['e', 0],
  ]);
});
