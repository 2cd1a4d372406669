import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { prepareDemo } from './demo.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ah-demo-'));
});
afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

const git = (repository: string, ...args: readonly string[]): string =>
  execFileSync('git', ['-C', repository, '-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
    encoding: 'utf8',
  }).trim();

test('the demonstration starts where it started, whatever was done to it since', async () => {
  const first = await prepareDemo(folder);
  expect(first).toMatchObject({ mode: 'git', branch: 'main', commit: git(first.url, 'rev-parse', 'main') });
  expect(await readdir(folder)).toEqual(['demo']);

  // The delivered branch, checked out.
  git(first.url, 'checkout', '--quiet', '-b', 'ah/fix');
  await writeFile(join(first.url, 'src', 'cart.js'), 'fixed');
  git(first.url, 'commit', '--quiet', '--all', '--message', 'Fix');
  expect(await prepareDemo(folder)).toEqual(first);

  // Merged, and worked on.
  git(first.url, 'checkout', '--quiet', 'main');
  git(first.url, 'merge', '--quiet', 'ah/fix');
  await writeFile(join(first.url, 'src', 'cart.js'), 'mine');
  expect(await prepareDemo(folder)).toEqual(first);

  git(first.url, 'branch', '--move', 'main', 'trunk');
  expect(await prepareDemo(folder)).toEqual({ ...first, branch: undefined });
  expect(await readdir(folder)).toEqual(['demo']);
});

test("somebody else's folder of that name is left alone", async () => {
  await mkdir(join(folder, 'demo'));
  await writeFile(join(folder, 'demo', 'mine.txt'), 'mine');
  await mkdir(join(folder, 'demo-2'));
  git(join(folder, 'demo-2'), 'init', '--quiet');
  const demo = await prepareDemo(folder);
  expect(demo.url).toBe(join(folder, 'demo-3'));
  expect(await prepareDemo(folder)).toEqual(demo);
  expect(await readdir(join(folder, 'demo'))).toEqual(['mine.txt']);
});
