import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hasGitServer, startGitServer } from './testing/git-server.ts';
import { deliver, git, type Lab, openLab, runOn, write } from './testing/lab.ts';

let lab: Lab;
beforeEach(() => {
  lab = openLab();
});
afterEach(() => lab.close());

const empty = (...flags: string[]): string => {
  git(lab.root, 'init', '--quiet', '--initial-branch=trunk', ...flags, 'empty');
  return join(lab.root, 'empty');
};

test('work in an empty repository becomes the first commit of its branch, and more goes on top', async () => {
  const url = empty();
  const run = runOn({ mode: 'git', url });
  const { path } = await lab.workspaces.provision(run);
  write(path, { 'a/b.txt': 'x\n' });
  const now = { isFinal: false };
  const first = await deliver(lab.workspaces, run, 'Begin it', now);
  expect(first).toMatchObject({ state: 'delivered', branch: 'work' });
  expect(git(url, 'log', '--format=%H%P%s', 'work')).toBe(`${first.commit}Begin it`);
  expect(git(url, 'show', 'work:a/b.txt')).toBe('x');
  expect(git(url, 'branch', '--format=%(refname)')).toBe('refs/heads/work');
  git(url, 'fsck', '--strict');
  expect(await deliver(lab.workspaces, run, 'Begin it', now)).toEqual(first);

  appendFileSync(join(path, 'a/b.txt'), 'y\n');
  const second = await deliver(lab.workspaces, run, 'Go on');
  expect(git(url, 'log', '--format=%H', 'work')).toBe(`${second.commit}\n${first.commit}`);
  expect(await deliver(lab.workspaces, { ...run, deliverTo: 'trunk' }, 'm')).toMatchObject({
    state: 'failed',
    reason: expect.stringContaining('"trunk" is the default branch'),
  });
});

test('a first branch somebody else made meanwhile is left as it is', async () => {
  const url = empty();
  const run = runOn({ mode: 'git', url });
  const { path } = await lab.workspaces.provision(run);
  write(path, { 'a.txt': 'x\n' });
  git(url, 'commit', '--quiet', '--allow-empty', '--message=theirs');
  git(url, 'branch', 'work');
  const theirs = git(url, 'rev-parse', 'work');
  expect(await deliver(lab.workspaces, run, 'm')).toMatchObject({
    state: 'failed',
    reason: expect.stringContaining('(the work began without any commit)'),
  });
  expect(git(url, 'rev-parse', 'work')).toBe(theirs);
});

test('a pull request in an empty repository is refused before the work begins', async () => {
  const url = empty();
  const wish = { branches: ['work'], field: 'delivery.branch' };
  await lab.workspaces.check({ mode: 'git', url }, wish);
  await expect(
    lab.workspaces.check({ mode: 'git', url }, { ...wish, isRequest: true }),
  ).rejects.toMatchObject({
    code: 'invalid-request',
    errors: { 'delivery.mode': [expect.stringMatching(/no branch yet.*--delivery branch/)] },
  });
});

test.skipIf(!hasGitServer)('an empty remote gets its first branch', async () => {
  const bare = empty('--bare');
  git(bare, 'config', 'http.receivepack', 'true');
  const server = await startGitServer(lab.root);
  try {
    const run = runOn({ mode: 'git', url: server.url('empty') });
    write((await lab.workspaces.provision(run)).path, { 'a.txt': 'x\n' });
    const { commit } = await deliver(lab.workspaces, run, 'Begin it');
    expect(git(bare, 'log', '--format=%H%P', 'work')).toBe(commit);
  } finally {
    await server.close();
  }
});
