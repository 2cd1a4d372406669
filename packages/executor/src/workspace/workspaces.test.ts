import { chmodSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deliver, git, type Lab, openLab, runOn, systemClock, write } from './testing/lab.ts';
import { createWorkspaces } from './workspaces.ts';

let lab: Lab;
beforeEach(() => {
  lab = openLab();
});
afterEach(() => lab.close());

const sessionDirectory = (sessionId: string) => join(lab.stateDir, 'sessions', sessionId);

describe('check', () => {
  test('accepts what can be read, and a session without a repository', async () => {
    const url = lab.repository();
    const commit = git(url, 'rev-parse', 'HEAD');
    await lab.workspaces.check({ mode: 'none' });
    await lab.workspaces.check({ mode: 'git', url });
    await lab.workspaces.check({ mode: 'git', url: `file://${url}`, branch: 'main', commit });
  });

  test('names the url when there is no repository, also for a directory inside one', async () => {
    const url = join(lab.repository(), 'src');
    for (const wrong of [url, join(lab.root, 'nowhere'), `file://${lab.root}`]) {
      await expect(lab.workspaces.check({ mode: 'git', url: wrong })).rejects.toMatchObject({
        code: 'invalid-request',
        errors: { 'repo.url': [expect.stringContaining('not a git repository')] },
      });
    }
  });

  test('names the branch, and the branches there are', async () => {
    const url = lab.repository();
    git(url, 'branch', 'other');
    await expect(lab.workspaces.check({ mode: 'git', url, branch: 'mian' })).rejects.toMatchObject({
      errors: { 'repo.branch': ['there is no branch "mian": the repository has main, other'] },
    });
  });

  test('names the commit, and finds one that hangs on no branch', async () => {
    const url = lab.repository();
    git(url, 'commit', '--quiet', '--allow-empty', '--message=lost');
    const lost = git(url, 'rev-parse', 'HEAD');
    git(url, 'reset', '--quiet', '--hard', 'HEAD~');
    await lab.workspaces.check({ mode: 'git', url, commit: lost });
    await expect(lab.workspaces.check({ mode: 'git', url, commit: 'a'.repeat(40) })).rejects.toMatchObject({
      errors: { 'repo.commit': [expect.stringContaining('there is no commit')] },
    });
  });

  test('gives up when the caller does', async () => {
    const url = lab.repository();
    await expect(
      lab.workspaces.check({ mode: 'git', url }, undefined, AbortSignal.abort()),
    ).rejects.toMatchObject({
      code: 'aborted',
    });
  });

  test('says that git is missing', async () => {
    const url = lab.repository();
    const bare = openLab({ PATH: join(lab.root, 'no-programs') });
    try {
      await expect(bare.workspaces.check({ mode: 'git', url })).rejects.toMatchObject({
        code: 'unsupported-choice',
        detail: expect.stringContaining('git is not installed'),
      });
    } finally {
      bare.close();
    }
  });
});

describe('provision', () => {
  test('gives the agent an ordinary checkout that depends on nothing', async () => {
    const url = lab.repository();
    git(url, 'branch', 'topic/one');
    git(url, 'tag', 'v1');
    const run = runOn({ mode: 'git', url });
    const workspace = await lab.workspaces.provision(run);
    const { path } = workspace;
    expect(workspace).toEqual({
      path: join(sessionDirectory(run.sessionId), 'workspace'),
      baseCommit: git(url, 'rev-parse', 'main'),
      branch: 'main',
    });
    expect(git(path, 'status', '--porcelain', '--branch')).toBe('## main');
    expect(git(path, 'remote')).toBe('');
    expect(git(path, 'branch', '--all', '--format=%(refname)').split('\n')).toEqual([
      'refs/heads/main',
      'refs/remotes/origin/main',
      'refs/remotes/origin/topic/one',
    ]);
    expect(git(path, 'describe', '--tags')).toBe('v1');
    expect(existsSync(join(path, '.git/objects/info/alternates'))).toBe(false);
    git(path, 'fsck', '--strict');
    write(path, { 'src/b.ts': 'b\n' });
    git(path, 'add', '--all');
    git(path, '-c', 'user.name=', 'commit', '--quiet', '--message=by the agent');
  });

  test('starts where it was asked to: branch, commit, both, a detached head', async () => {
    const url = lab.repository();
    const first = git(url, 'rev-parse', 'HEAD');
    git(url, 'symbolic-ref', 'HEAD', 'refs/heads/-f-dash');
    git(url, 'commit', '--quiet', '--allow-empty', '--message=second');
    const second = git(url, 'rev-parse', 'HEAD');
    const start = async (repo: { branch?: string; commit?: string }, sessionId: string) => {
      const { path, ...rest } = await lab.workspaces.provision(
        runOn({ mode: 'git', url, ...repo }, { sessionId }),
      );
      return { ...rest, head: git(path, 'rev-parse', 'HEAD'), on: git(path, 'branch', '--show-current') };
    };
    expect(await start({}, 'S1')).toEqual({
      baseCommit: second,
      branch: '-f-dash',
      head: second,
      on: '-f-dash',
    });
    expect(await start({ branch: 'main' }, 'S2')).toMatchObject({ baseCommit: first, on: 'main' });
    expect(await start({ commit: first }, 'S3')).toEqual({
      baseCommit: first,
      branch: null,
      head: first,
      on: '',
    });
    expect(await start({ branch: '-f-dash', commit: first }, 'S4')).toMatchObject({
      head: first,
      on: '-f-dash',
    });
    git(url, 'checkout', '--quiet', '--detach', first);
    expect(await start({}, 'S5')).toEqual({ baseCommit: first, branch: null, head: first, on: '' });
  });

  test('reads bare repositories, linked working trees, shallow clones and SHA-256', async () => {
    const url = lab.repository();
    git(url, 'commit', '--quiet', '--allow-empty', '--message=second');
    git(lab.root, 'clone', '--quiet', '--bare', url, 'bare.git');
    git(url, 'worktree', 'add', '--quiet', '-b', 'linked', join(lab.root, 'linked'));
    git(lab.root, 'clone', '--quiet', '--depth=1', `file://${url}`, 'shallow');
    const modern = join(lab.root, 'modern');
    git(lab.root, 'init', '--quiet', '--object-format=sha256', '--initial-branch=main', 'modern');
    git(modern, 'commit', '--quiet', '--allow-empty', '--message=first');
    for (const [name, branch] of [
      ['bare.git', 'main'],
      ['bare', 'main'],
      ['linked', 'linked'],
      ['shallow', 'main'],
      ['modern', 'main'],
    ] as const) {
      const run = runOn({ mode: 'git', url: join(lab.root, name) }, { sessionId: name.replace('.', '-') });
      const workspace = await lab.workspaces.provision(run);
      expect(workspace.branch).toBe(branch);
      write(workspace.path, { 'new.txt': `${name}\n` });
      expect(await lab.workspaces.files.changes(run.sessionId)).toHaveLength(1);
      expect(await deliver(lab.workspaces, { ...run, deliverTo: `work-${name}` }, 'm')).toMatchObject({
        state: 'delivered',
      });
    }
    expect(git(url, 'show', 'work-linked:new.txt')).toBe('linked');
    expect(git(modern, 'show', 'work-modern:new.txt')).toBe('modern');
  });

  test('begins in an empty repository and in no repository at all', async () => {
    git(lab.root, 'init', '--quiet', '--initial-branch=trunk', 'empty');
    const empty = runOn({ mode: 'git', url: join(lab.root, 'empty') }, { sessionId: 'EMPTY' });
    const none = runOn({ mode: 'none' }, { sessionId: 'NONE', deliverTo: null });
    const inEmpty = await lab.workspaces.provision(empty);
    const inNone = await lab.workspaces.provision(none);
    expect(inEmpty).toMatchObject({ baseCommit: null, branch: 'trunk' });
    expect(git(inEmpty.path, 'branch', '--show-current')).toBe('trunk');
    expect(inNone).toMatchObject({ baseCommit: null, branch: null });
    expect(readdirSync(inNone.path)).toEqual([]);
    for (const [run, workspace] of [
      [empty, inEmpty],
      [none, inNone],
    ] as const) {
      expect(await lab.workspaces.files.changes(run.sessionId)).toEqual([]);
      write(workspace.path, { 'a/b.txt': 'x\n' });
      expect(await lab.workspaces.files.changes(run.sessionId)).toMatchObject([
        { path: 'a/b.txt', status: 'added' },
      ]);
    }
    expect(await deliver(lab.workspaces, none, 'm')).toMatchObject({
      state: 'nothing-to-deliver',
      reason: expect.any(String),
    });
  });

  test('finds the workspace made before, with what the agent did in it', async () => {
    const run = runOn({ mode: 'git', url: lab.repository() });
    const workspace = await lab.workspaces.provision(run);
    write(workspace.path, { 'mine.txt': 'x' });
    const again = createWorkspaces({ stateDir: lab.stateDir, clock: systemClock });
    expect(await again.provision(run)).toEqual(workspace);
    expect(await again.files.changes(run.sessionId)).toMatchObject([{ path: 'mine.txt' }]);
  });

  test('makes again what a crash left half made, at any step', async () => {
    const url = lab.repository();
    const junk = { HEAD: 'junk', 'objects/x': 'junk', 'index.lock': '' };
    const halves: Record<string, string>[] = [
      { 'git.new/HEAD': 'junk' },
      { 'git.new/HEAD': 'junk', 'workspace.new/.git/index.lock': '' },
      { 'git/HEAD': 'junk', 'git/agent-harbor.json': '{', 'workspace.new/x': 'x' },
      { '../../cache/other.git.new/HEAD': 'junk' },
    ];
    for (const [index, half] of halves.entries()) {
      const run = runOn({ mode: 'git', url }, { sessionId: `S${index}` });
      write(sessionDirectory(run.sessionId), half);
      write(join(sessionDirectory(run.sessionId), 'git.new'), junk);
      const { path } = await lab.workspaces.provision(run);
      expect(git(path, 'status', '--porcelain')).toBe('');
      expect(await lab.workspaces.files.changes(run.sessionId)).toEqual([]);
      expect(readdirSync(sessionDirectory(run.sessionId)).sort()).toEqual(['git', 'look', 'workspace']);
    }
  });

  test('mends a damaged or locked cache', async () => {
    const url = lab.repository();
    await lab.workspaces.provision(runOn({ mode: 'git', url }, { sessionId: 'S1' }));
    const [name = ''] = readdirSync(join(lab.stateDir, 'cache'));
    const cache = join(lab.stateDir, 'cache', name);
    git(url, 'commit', '--quiet', '--allow-empty', '--message=second');
    write(cache, { 'refs/source/heads/main.lock': '' });
    expect(
      (await lab.workspaces.provision(runOn({ mode: 'git', url }, { sessionId: 'S2' }))).baseCommit,
    ).toBe(git(url, 'rev-parse', 'main'));
    write(cache, { HEAD: 'junk' });
    const { path } = await lab.workspaces.provision(runOn({ mode: 'git', url }, { sessionId: 'S3' }));
    git(path, 'fsck');
  });

  test('survives that the cache and the source are gone', async () => {
    const url = lab.repository();
    const run = runOn({ mode: 'git', url });
    const { path } = await lab.workspaces.provision(run);
    rmSync(join(lab.stateDir, 'cache'), { recursive: true });
    rmSync(url, { recursive: true });
    write(path, { 'readme.md': '# Changed\n' });
    git(path, 'fsck', '--full');
    expect(git(path, 'show', 'HEAD:readme.md')).toBe('# Hello');
    expect(await lab.workspaces.files.diff(run.sessionId, { context: 0, full: false })).toHaveLength(1);
  });

  test('makes many workspaces of one repository at once', async () => {
    const url = lab.repository();
    const runs = Array.from({ length: 6 }, (_, index) =>
      runOn({ mode: 'git', url }, { sessionId: `S${index}` }),
    );
    const made = await Promise.all(runs.map((run) => lab.workspaces.provision(run)));
    expect(new Set(made.map(({ path }) => path)).size).toBe(6);
    for (const { path } of made) expect(git(path, 'status', '--porcelain', '--branch')).toBe('## main');
    expect(readdirSync(join(lab.stateDir, 'cache'))).toHaveLength(1);
  });

  test('sees new commits, moved and removed branches of the source', async () => {
    const url = lab.repository();
    git(url, 'branch', 'a');
    await lab.workspaces.provision(runOn({ mode: 'git', url }, { sessionId: 'S1' }));
    git(url, 'branch', '--delete', 'a');
    git(url, 'branch', 'a/b');
    git(url, 'commit', '--quiet', '--amend', '--message=rewritten');
    const { path, baseCommit } = await lab.workspaces.provision(
      runOn({ mode: 'git', url }, { sessionId: 'S2' }),
    );
    expect(baseCommit).toBe(git(url, 'rev-parse', 'main'));
    expect(git(path, 'branch', '--remotes', '--format=%(refname:short)').split('\n')).toEqual([
      'origin/a/b',
      'origin/main',
    ]);
  });

  test('is a problem for a source that is gone, and leaves nothing behind', async () => {
    const run = runOn({ mode: 'git', url: join(lab.root, 'gone') });
    await expect(lab.workspaces.provision(run)).rejects.toMatchObject({ code: 'invalid-request' });
    await expect(lab.workspaces.files.changes(run.sessionId)).rejects.toMatchObject({
      code: 'workspace-gone',
    });
  });

  test('stops when the caller gives up', async () => {
    const run = runOn({ mode: 'git', url: lab.repository() });
    const controller = new AbortController();
    const provision = lab.workspaces.provision(run, controller.signal);
    controller.abort();
    await expect(provision).rejects.toMatchObject({ code: 'aborted' });
    expect(existsSync(join(sessionDirectory(run.sessionId), 'workspace'))).toBe(false);
    expect((await lab.workspaces.provision(run)).branch).toBe('main');
  });
});

describe('release', () => {
  test('drops the tree, twice if asked, and goes on to serve its last state', async () => {
    const run = runOn({ mode: 'git', url: lab.repository() });
    const { path } = await lab.workspaces.provision(run);
    write(path, { 'src/a.ts': 'export const a = 2;\n', 'wide/ü.bin': Buffer.from([0, 1, 2]) });
    const before = await lab.workspaces.files.diff(run.sessionId, { context: 3, full: true });
    await lab.workspaces.release(run.sessionId);
    await lab.workspaces.release(run.sessionId);
    expect(readdirSync(sessionDirectory(run.sessionId))).toEqual(['git']);
    expect(await lab.workspaces.files.diff(run.sessionId, { context: 3, full: true })).toEqual(before);
    expect(await lab.workspaces.files.changes(run.sessionId)).toMatchObject([
      { path: 'src/a.ts', last_modified: null, size_bytes: 20 },
      { path: 'wide/ü.bin', change_type: 'binary' },
    ]);
    const content = await lab.workspaces.files.content(run.sessionId, 'src/a.ts');
    expect(content).toMatchObject({ content: 'export const a = 2;\n', is_modified: true });
    expect(await lab.workspaces.files.content(run.sessionId, 'readme.md')).toMatchObject({
      is_modified: false,
    });
    for (const path of ['src', 'nothing', '../git/HEAD', '.git/HEAD']) {
      await expect(lab.workspaces.files.content(run.sessionId, path)).rejects.toMatchObject({
        code: 'file-not-found',
      });
    }
    await expect(lab.workspaces.provision(run)).rejects.toMatchObject({ code: 'workspace-gone' });
  });

  test('removes directories that were locked, and keeps the delivered commit', async () => {
    const url = lab.repository();
    const run = runOn({ mode: 'git', url });
    const workspace = await lab.workspaces.provision(run);
    write(workspace.path, { 'locked/deep/file': 'x', 'readme.md': 'y' });
    const delivered = await deliver(lab.workspaces, run, 'm');
    chmodSync(join(workspace.path, 'locked/deep'), 0);
    chmodSync(join(workspace.path, 'locked'), 0);
    await lab.workspaces.release(run.sessionId);
    expect(existsSync(workspace.path)).toBe(false);
    expect(await deliver(lab.workspaces, run, 'm')).toEqual(delivered);
  });

  test('does nothing for a session that never had a workspace', async () => {
    await lab.workspaces.release('NEVER');
    expect(existsSync(sessionDirectory('NEVER'))).toBe(false);
  });
});

test('lists branches, and where it stands', async () => {
  const url = lab.repository();
  git(url, 'branch', 'b');
  const lastCommit = git(url, 'rev-parse', 'main');
  expect(await lab.workspaces.refs(url)).toEqual({
    head: { commit: lastCommit, branch: 'main' },
    branches: [
      { name: 'b', commit: lastCommit },
      { name: 'main', commit: lastCommit },
    ],
    tags: [],
  });
  await expect(lab.workspaces.refs(lab.root)).rejects.toMatchObject({ code: 'invalid-request' });
  expect(readFileSync(join(url, 'readme.md'), 'utf8')).toBe('# Hello\n');
});
