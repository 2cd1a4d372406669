import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readRepo } from './repo-flag.ts';

let folder: string;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'ah-repo-')));
  await mkdir(join(folder, 'work', '.git'), { recursive: true });
  await mkdir(join(folder, 'work', 'src', 'deep'), { recursive: true });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('without a word it is the repository one stands in', () => {
  const repo = readRepo(undefined, undefined, join(folder, 'work', 'src', 'deep'));
  expect(repo).toEqual({ mode: 'git', url: join(folder, 'work'), branch: undefined });
  expect(() => readRepo(undefined, undefined, folder)).toThrow(expect.objectContaining({ exitCode: 2 }));
});

test.each([
  ['https://example.com/a.git', 'https://example.com/a.git'],
  ['ssh://git@example.com/a.git', 'ssh://git@example.com/a.git'],
  ['git@example.com:a/b.git', 'git@example.com:a/b.git'],
  ['file:///a/b', 'file:///a/b'],
  ['/abs/olute', resolve('/abs/olute')],
  ['.', resolve('/here')],
  ['../there', resolve('/there')],
  ['name', resolve('/here', 'name')],
])('%s is %s', (flag, url) => {
  expect(readRepo(flag, 'dev', '/here')).toEqual({ mode: 'git', url, branch: 'dev' });
});

test('none is no repository', () => {
  expect(readRepo('none', undefined, '/here')).toEqual({ mode: 'none' });
});
