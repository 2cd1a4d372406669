import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { FileWish, RepositoryRefs } from '@agent-harbor/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCache } from './cache.ts';
import { createGit } from './git.ts';
import { createMutex } from './mutex.ts';
import { openSource, readHeads } from './source.ts';
import { git, type Lab, openLab, runOn, systemClock, userEnvironment, write } from './testing/lab.ts';
import { countTurns } from './testing/turns-between.ts';
import { createTrackedFileLists } from './tracked-files.ts';

let lab: Lab;
beforeEach(() => {
  lab = openLab();
});
afterEach(() => lab.close());

const page = (url: string, wish: Partial<FileWish> = {}) =>
  lab.workspaces.trackedFiles(url, { limit: 1_000, ...wish });

/** Every path, a page at a time. */
const walk = async (url: string, wish: Partial<FileWish>) => {
  const paths: string[] = [];
  let after: FileWish['after'];
  for (let pages = 1; ; pages++) {
    const { commit, items, next } = await page(url, { ...wish, after });
    paths.push(...items.map(({ path }) => path));
    if (next === null || commit === null) return { paths, pages };
    after = { commit, offset: next };
  }
};

test('lists what git tracks, and nothing else, with its kind', async () => {
  const url = lab.repository('kinds', { 'a.txt': 'a', 'bin/run': '#!/bin/sh\n', 'ü/ name\n"x"': 'x' });
  git(url, 'update-index', '--chmod=+x', 'bin/run');
  const blob = git(url, 'rev-parse', 'HEAD:a.txt');
  const commit = git(url, 'rev-parse', 'HEAD');
  git(url, 'update-index', '--add', '--cacheinfo', `120000,${blob},link`);
  git(url, 'update-index', '--add', '--cacheinfo', `160000,${commit},vendor/lib`);
  git(url, 'commit', '--quiet', '--message=kinds');
  write(url, { 'untracked.txt': 'x' });
  const found = await page(url);
  expect(found).toEqual({
    commit: git(url, 'rev-parse', 'HEAD'),
    items: [
      { path: 'a.txt', type: 'file' },
      { path: 'bin/run', type: 'executable' },
      { path: 'link', type: 'symlink' },
      { path: 'vendor/lib', type: 'submodule' },
      { path: 'ü/ name\n"x"', type: 'file' },
    ],
    next: null,
    total: 5,
  });
});

test('walks page by page in one commit, whatever happens to the repository and the list', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => [`d${index % 7}/f${index}`, 'x']),
  );
  const url = lab.repository('many', files);
  const expected = git(url, 'ls-files').split('\n');
  for (const limit of [1, 7, 39, 40, 41]) {
    const { paths, pages } = await walk(url, { limit });
    expect(paths).toEqual(expected);
    expect(pages).toBe(Math.ceil(40 / limit));
  }
  const first = await page(url, { limit: 10 });
  git(url, 'rm', '--quiet', '-r', 'd0');
  git(url, 'commit', '--quiet', '--message=less');
  rmSync(join(lab.stateDir, 'cache', 'lists'), { recursive: true });
  const after = { commit: first.commit ?? '', offset: first.next ?? 0 };
  const rest = await page(url, { after });
  expect([...first.items, ...rest.items].map(({ path }) => path)).toEqual(expected);
  expect((await page(url)).total).toBe(expected.length - 6);
});

test('finds by directory and by a part of the path', async () => {
  const url = lab.repository('find', { 'src/Auth.ts': '1', 'src/b.ts': '2', 'srcs/auth.md': '3', src2: '4' });
  const paths = async (wish: Partial<FileWish>) => (await walk(url, wish)).paths;
  expect(await paths({ path: 'src' })).toEqual(['src/Auth.ts', 'src/b.ts']);
  expect(await paths({ path: 'src/' })).toEqual(['src/Auth.ts', 'src/b.ts']);
  expect(await paths({ path: 'src/b.ts' })).toEqual(['src/b.ts']);
  expect(await paths({ q: 'AUTH' })).toEqual(['src/Auth.ts', 'srcs/auth.md']);
  expect(await paths({ q: 'auth', path: 'src', limit: 1 })).toEqual(['src/Auth.ts']);
  expect(await page(url, { q: 'auth' })).toMatchObject({ total: null });
});

test('takes a branch, a tag and a commit, and refuses what could be an option', async () => {
  const url = lab.repository('refs', { one: '1' });
  git(url, 'tag', '--annotate', '--message=x', 'v1');
  const first = git(url, 'rev-parse', 'HEAD');
  git(url, 'symbolic-ref', 'HEAD', 'refs/heads/-dash');
  write(url, { two: '2' });
  git(url, 'add', '--all');
  git(url, 'commit', '--quiet', '--message=two');
  const total = async (ref: string) => {
    const found = await page(url, { ref });
    return [found.commit, found.total];
  };
  expect(await total('main')).toEqual([first, 1]);
  expect(await total('v1')).toEqual([first, 1]);
  expect(await total(first)).toEqual([first, 1]);
  expect(await total('-dash')).toEqual([git(url, 'rev-parse', 'HEAD'), 2]);
  for (const ref of ['--output=/x', 'HEAD', 'main~0', first.slice(0, 12), '0'.repeat(40)]) {
    await expect(page(url, { ref })).rejects.toMatchObject({
      code: 'invalid-request',
      errors: { ref: [expect.any(String)] },
    });
  }
});

test('refuses places that nobody gave', async () => {
  const url = lab.repository('places', { 'a/b': '1', 'c/d': '2' });
  const { commit } = await page(url);
  for (const after of [
    { commit: '--output=/x', offset: 0 },
    { commit: '../../x', offset: 0 },
    { commit: 'f'.repeat(40), offset: 0 },
    { commit: commit ?? '', offset: 3 },
  ]) {
    await expect(page(url, { after })).rejects.toMatchObject({
      code: 'invalid-request',
      errors: { cursor: [expect.any(String)] },
    });
  }
  const beyond = await page(url, { after: { commit: commit ?? '', offset: 1e12 } });
  expect(beyond).toMatchObject({ items: [], next: null });
});

test('has none in a repository without a commit, and refuses what is no repository', async () => {
  git(lab.root, 'init', '--quiet', 'empty');
  expect(await page(join(lab.root, 'empty'))).toEqual({ commit: null, items: [], next: null, total: 0 });
  await expect(page(join(lab.root, 'gone'))).rejects.toMatchObject({
    errors: { 'repo.url': [expect.any(String)] },
  });
});

test('keeps few lists, the ones that were made last', async () => {
  const url = lab.repository('kept', { a: '1' });
  const ours = createGit({ clock: systemClock });
  const directory = join(lab.root, 'lists');
  const lists = createTrackedFileLists(ours, createCache(ours, lab.stateDir, createMutex()), directory, 2);
  for (let turn = 0; turn < 4; turn++) {
    git(url, 'commit', '--quiet', '--allow-empty', `--message=${turn}`);
    const source = await openSource(ours, url);
    await lists.page({ source, heads: await readHeads(ours, source) }, { limit: 1 });
  }
  const names = readdirSync(directory);
  expect(names).toHaveLength(2);
  expect(names.some((name) => name.includes(git(url, 'rev-parse', 'HEAD')))).toBe(true);
});

test('walks 50,000 files without holding the loop up or all of them in memory', async () => {
  const url = lab.repository('large', { a: '1' });
  const blob = git(url, 'rev-parse', 'HEAD:a');
  const entries = Array.from({ length: 50_000 }, (_, index) => {
    const path = `packages/p${Math.floor(index / 1000)}/src/module-${String(index).padStart(6, '0')}.ts`;
    return `100644 ${blob}\t${path}\n`;
  });
  const input = entries.join('');
  execFileSync('git', ['update-index', '--index-info'], { cwd: url, env: userEnvironment, input });
  git(url, 'commit', '--quiet', '--message=large');
  await page(url, { limit: 1 });
  const turns = countTurns();
  let seen = 0;
  let after: FileWish['after'];
  turns.mark();
  do {
    const { commit, items, next } = await page(url, { limit: 5_000, after });
    turns.mark();
    seen += items.length;
    after = next === null || commit === null ? undefined : { commit, offset: next };
  } while (after !== undefined);
  expect(seen).toBe(50_001);
  // A piece of the list at a time: others have a turn between two of them.
  const [least = 0] = turns
    .between()
    .slice(0, 10)
    .toSorted((one, other) => one - other);
  expect(least).toBeGreaterThanOrEqual(10);
});

test('refs are sorted, and say where the repository stands', async () => {
  const url = lab.repository('heads', { a: '1' });
  for (const name of ['z', 'a/b', 'm']) git(url, 'branch', name);
  git(url, 'tag', 'v1');
  const commit = git(url, 'rev-parse', 'HEAD');
  const refs: RepositoryRefs = await lab.workspaces.refs(url);
  expect(refs).toEqual({
    head: { commit, branch: 'main' },
    branches: ['a/b', 'm', 'main', 'z'].map((name) => ({ name, commit })),
    tags: [{ name: 'v1', commit }],
  });
});

test('a repository that is forgotten leaves nothing, also when it is gone, and is had again', async () => {
  const [url, other] = [lab.repository('mine', { a: '1' }), lab.repository('other', { a: '2' })];
  for (const each of [url, `${url}/.git`, other]) await page(each);
  const kept = () => readdirSync(join(lab.stateDir, 'cache'), { recursive: true, encoding: 'utf8' });
  const copies = () => kept().filter((name) => /^[^/]+\.git$/.test(name));
  const lists = () => kept().filter((name) => /^lists\/./.test(name));
  expect([copies().length, lists().length]).toEqual([2, 2]);

  await lab.workspaces.forgetRepository('/no/such/place');
  expect([copies().length, lists().length]).toEqual([2, 2]);
  await lab.workspaces.forgetRepository(`file://${url}`);
  expect([copies().length, lists().length]).toEqual([1, 1]);
  await lab.workspaces.forgetRepository(url);
  expect((await page(url)).items).toEqual([{ path: 'a', type: 'file' }]);
  expect(copies()).toHaveLength(2);

  rmSync(other, { recursive: true });
  await lab.workspaces.forgetRepository(other);
  expect([copies().length, lists().length]).toEqual([1, 1]);
  expect((await page(url)).total).toBe(1);
});

test('a session goes on without the copy of a repository that was forgotten', async () => {
  const url = lab.repository('needed', { a: '1' });
  const run = runOn({ mode: 'git', url });
  const { path } = await lab.workspaces.provision(run);
  await lab.workspaces.forgetRepository(url);
  write(path, { a: '2' });
  expect(await lab.workspaces.files.changes(run.sessionId)).toMatchObject([{ path: 'a' }]);
});
