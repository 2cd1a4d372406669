import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { diskUse } from './disk-use.ts';
import { systemClock } from './testing/lab.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ah-use-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('counts blocks, each file once, and follows no link', async () => {
  const tree = join(root, 'tree');
  mkdirSync(join(tree, 'deep', 'er'), { recursive: true });
  writeFileSync(join(root, 'outside'), Buffer.alloc(5_000_000));
  expect(await diskUse(tree, systemClock)).toMatchObject({ files: 0, isComplete: true });
  const empty = (await diskUse(tree, systemClock)).bytes;
  writeFileSync(join(tree, 'deep', 'er', 'file'), Buffer.alloc(100_000, 1));
  const one = await diskUse(tree, systemClock);
  expect(one.bytes - empty).toBeGreaterThanOrEqual(100_000);
  expect(one.bytes - empty).toBeLessThan(120_000);
  linkSync(join(tree, 'deep', 'er', 'file'), join(tree, 'again'));
  symlinkSync(join(root, 'outside'), join(tree, 'link'));
  const linked = await diskUse(tree, systemClock);
  expect(linked.files).toBe(3);
  expect(linked.bytes - one.bytes).toBeLessThan(10_000);
});

test('is nothing for a directory that is not there, and ends when nobody waits', async () => {
  expect(await diskUse(join(root, 'gone'), systemClock)).toEqual({ bytes: 0, files: 0, isComplete: true });
  for (let index = 0; index < 40; index++) writeFileSync(join(root, `f${index}`), '');
  await expect(diskUse(root, systemClock, AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' });
});

test('says when it gave up', async () => {
  for (let index = 0; index < 40; index++) writeFileSync(join(root, `f${index}`), '');
  let now = 0;
  // An hour goes by with every look at the clock.
  const clock = { now: () => (now += 3_600_000), schedule: systemClock.schedule };
  expect(await diskUse(root, clock)).toMatchObject({ isComplete: false });
});
