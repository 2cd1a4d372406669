import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { RepoInput } from '@agent-harbor/api-contract/schemas';
import type { Clock } from '@agent-harbor/core';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { openExecutor } from '../testing/sessions.ts';
import { createCache } from './cache.ts';
import { rememberEmptyRepository } from './empty-repository.ts';
import { createGit } from './git.ts';
import { emptyRepositoryBy, makeInAdvance } from './make-workspace.ts';
import { createMutex } from './mutex.ts';
import { openSource, readHeads } from './source.ts';
import { startOf } from './start.ts';
import { deliver, fingerprint, git, type Lab, openLab, runOn, systemClock, write } from './testing/lab.ts';
import { createWorkspaces, type GitWorkspaces } from './workspaces.ts';

let lab: Lab;
beforeEach(() => {
  lab = openLab();
});
afterEach(() => lab.close());

const patience = { timeout: 30_000, interval: 10 };

/** The host's clock, by which it is quiet at once. */
const hastyClock: Clock = {
  ...systemClock,
  schedule: (delayMs, wake) => systemClock.schedule(delayMs === 500 ? 0 : delayMs, wake),
};

const open = (environment: NodeJS.ProcessEnv = { PATH: process.env.PATH }): GitWorkspaces => {
  const workspaces = createWorkspaces({
    stateDir: lab.stateDir,
    clock: hastyClock,
    environment,
    poolSize: 1,
  });
  onTestFinished(() => workspaces.close());
  return workspaces;
};

const untilWaiting = (workspaces: GitWorkspaces, count = 1) =>
  vi.waitFor(() => expect(workspaces.waiting).toBe(count), patience);

const ready = () => join(lab.stateDir, 'ready');
const waitingPath = () =>
  readdirSync(ready(), { recursive: true, encoding: 'utf8' }).find((path) =>
    /^[^/]+\/\d+\.tree$/.test(path),
  ) ?? '';
/** The inode of the checkout that waits: what is given out is that very one. */
const waitingTree = (): number => lstatSync(join(ready(), waitingPath())).ino;

const onto = (repo: Partial<RepoInput>, sessionId: string) =>
  runOn({ mode: 'git', ...repo }, { sessionId, deliverTo: `work-${sessionId}` });

/** What differs between two checkouts of one commit made at two moments. */
const isOfItsTime = (path: string) => path === '.git/index' || path === 'index';

test('one that waited is as one made for the session', async () => {
  const url = lab.repository('repository', {
    'readme.md': '# Hello\n',
    'bin/run': '#!/bin/sh\n',
    'deep/er/ü.txt': 'x\n',
    '.gitattributes': '*.txt text eol=crlf\n',
  });
  chmodSync(join(url, 'bin/run'), 0o755);
  git(url, 'commit', '--quiet', '--all', '--message=mode');
  git(url, 'branch', 'topic/one');
  git(url, 'tag', 'v1');
  const workspaces = open();
  const first = await workspaces.provision(onto({ url }, 'S1'));
  const withoutTimes = (path: string) =>
    fingerprint(path, isOfItsTime).replaceAll(/ (\d+) [\d.]+ (?=[0-9a-f]{64}$)/gm, ' $1 ');
  const fresh = withoutTimes(first.path);
  const freshGit = withoutTimes(join(lab.stateDir, 'sessions/S1/git'));
  await untilWaiting(workspaces);
  const waiting = waitingTree();
  const second = await workspaces.provision(onto({ url }, 'S2'));
  expect(lstatSync(second.path).ino).toBe(waiting);
  expect(second).toEqual({ ...first, path: join(lab.stateDir, 'sessions/S2/workspace') });
  expect(withoutTimes(second.path)).toBe(fresh);
  expect(withoutTimes(join(lab.stateDir, 'sessions/S2/git'))).toBe(freshGit);
  for (const name of ['', 'S1', 'S2', 'S1/git', 'S2/git', 'S1/workspace', 'S2/workspace']) {
    const { mode } = lstatSync(join(lab.stateDir, 'sessions', name));
    expect(mode).toBe(lstatSync(join(lab.stateDir, 'sessions', name.replace('S2', 'S1'))).mode);
  }
  // Without a look at any file: what the index remembers of them is still so.
  git(second.path, 'diff-files', '--quiet');
  expect(git(second.path, 'status', '--porcelain', '--branch')).toBe('## main');
  git(second.path, 'fsck', '--strict');
  expect(await workspaces.files.changes('S2')).toEqual([]);
});

test('sessions share nothing by it: each is changed, delivered and dropped for itself', async () => {
  const url = lab.repository();
  const workspaces = open();
  const runs = ['S1', 'S2', 'S3'].map((id) => onto({ url }, id));
  const made = [];
  for (const run of runs) {
    const workspace = await workspaces.provision(run);
    made.push(workspace.path);
    write(workspace.path, { [`${run.sessionId}.txt`]: run.sessionId, 'readme.md': run.sessionId });
    git(workspace.path, 'config', 'user.name', run.sessionId);
    await untilWaiting(workspaces);
  }
  const packs = made.flatMap((path) =>
    readdirSync(join(path, '.git/objects/pack')).map((name) =>
      lstatSync(join(path, '.git/objects/pack', name)),
    ),
  );
  expect(packs.every(({ nlink }) => nlink === 1)).toBe(true);
  for (const run of runs) {
    const { sessionId } = run;
    expect((await workspaces.files.changes(sessionId)).map(({ path }) => path)).toEqual([
      `${sessionId}.txt`,
      'readme.md',
    ]);
    await workspaces.provision(run);
    expect(await deliver(workspaces, run, 'm')).toMatchObject({ state: 'delivered' });
    await workspaces.release(sessionId);
    expect(readdirSync(join(lab.stateDir, 'sessions', sessionId))).toEqual(['git']);
    expect(git(url, 'show', `work-${sessionId}:readme.md`)).toBe(sessionId);
  }
});

test('what the source is now decides: one of another commit is not used, and another one waits', async () => {
  const url = lab.repository();
  const workspaces = open();
  await workspaces.provision(onto({ url }, 'S1'));
  await untilWaiting(workspaces);
  const old = waitingTree();
  expect(waitingPath()).toMatch(/1\.tree$/);
  write(url, { 'readme.md': 'new\n' });
  git(url, 'commit', '--quiet', '--all', '--message=second');
  const { path, baseCommit } = await workspaces.provision(onto({ url }, 'S2'));
  expect(baseCommit).toBe(git(url, 'rev-parse', 'main'));
  expect(lstatSync(path).ino).not.toBe(old);
  expect(readFileSync(join(path, 'readme.md'), 'utf8')).toBe('new\n');
  await vi.waitFor(() => {
    expect(workspaces.waiting).toBe(1);
    expect(waitingPath()).toMatch(/2\.tree$/);
  }, patience);
  const waiting = waitingTree();
  const third = await workspaces.provision(onto({ url }, 'S3'));
  expect(lstatSync(third.path).ino).toBe(waiting);
  expect(third.baseCommit).toBe(baseCommit);
  expect(readFileSync(join(third.path, 'readme.md'), 'utf8')).toBe('new\n');
});

test('nobody gets one of a source that does not answer any more', async () => {
  const url = lab.repository();
  const workspaces = open();
  await workspaces.provision(onto({ url }, 'S1'));
  await untilWaiting(workspaces);
  renameSync(url, `${url}-gone`);
  await expect(workspaces.provision(onto({ url }, 'S2'))).rejects.toMatchObject({ code: 'invalid-request' });
  expect(workspaces.waiting).toBe(1);
});

test('none is made of a copy that is behind: the source is not asked for it', async () => {
  const url = lab.repository();
  const theGit = createGit({ clock: systemClock });
  const cache = createCache(theGit, lab.stateDir, createMutex());
  const makeEmptyRepository = rememberEmptyRepository(emptyRepositoryBy(theGit));
  const maker = { git: theGit, cache, author: { name: 'A', email: 'a@example.org' }, makeEmptyRepository };
  const source = await openSource(theGit, url);
  let made = 0;
  const make = async () => {
    const heads = await readHeads(theGit, source);
    const wish = { key: source.key, heads, start: startOf({ mode: 'git', url }, heads, ''), isPinned: false };
    const place = join(lab.root, `made-${++made}`);
    mkdirSync(place);
    const places = { git: join(place, 'git'), tree: join(place, 'tree') };
    return makeInAdvance(maker, places, wish, new AbortController().signal);
  };
  const fetch = async () => cache.use(source, await readHeads(theGit, source), null, async () => {});
  expect(await make()).toBe(false);
  await fetch();
  expect(await make()).toBe(true);
  git(url, 'branch', 'other');
  expect(await make()).toBe(false);
  await fetch();
  expect(await make()).toBe(true);
});

test('a session finds its workspace after a restart, and what waited is gone', async () => {
  const url = lab.repository();
  const workspaces = open();
  await workspaces.provision(onto({ url }, 'S1'));
  await untilWaiting(workspaces);
  const run = onto({ url }, 'S2');
  const workspace = await workspaces.provision(run);
  write(workspace.path, { 'mine.txt': 'x' });
  await untilWaiting(workspaces);
  // As if it had been killed: nothing is closed.
  const again = open();
  expect(await again.provision(run)).toEqual(workspace);
  expect((await again.files.changes('S2')).map(({ path }) => path)).toEqual(['mine.txt']);
  await vi.waitFor(() => expect(existsSync(join(lab.stateDir, 'ready'))).toBe(false), patience);
  expect(again.waiting).toBe(0);
});

test('a crash while one is moved to its session leaves what is made anew', async () => {
  const url = lab.repository();
  const session = (id: string) => join(lab.stateDir, 'sessions', id);
  for (const [id, moved] of Object.entries({
    A: ['git.new'],
    B: ['git.new', 'workspace.new'],
    C: ['git', 'workspace.new'],
  })) {
    const workspaces = open();
    await workspaces.provision(onto({ url }, `${id}-first`));
    await untilWaiting(workspaces);
    mkdirSync(session(id), { recursive: true });
    for (const name of moved) {
      const from = name.startsWith('git') ? waitingPath().replace(/tree$/, 'git') : waitingPath();
      renameSync(join(ready(), from), join(session(id), name));
    }
    if (moved.includes('workspace.new')) write(session(id), { 'workspace.new/half': 'x' });
    const again = open();
    const { path } = await again.provision(onto({ url }, id));
    expect(git(path, 'status', '--porcelain')).toBe('');
    expect(readdirSync(session(id)).sort()).toEqual(['git', 'workspace']);
    await Promise.all([workspaces.close(), again.close()]);
  }
});

test('a session that finds the disk full gets the room of those that wait', async () => {
  const url = lab.repository();
  const other = lab.repository('other');
  const bin = join(lab.root, 'bin');
  mkdirSync(bin);
  const full = join(lab.root, 'full');
  // Full as long as a workspace waits.
  const script = `#!/bin/sh
case " $* " in *" read-tree "*) if [ -e "${full}" ] && [ -n "$(find "${ready()}" -mindepth 2 2>/dev/null)" ]; then
  echo 'fatal: unable to write new index file: No space left on device' >&2; exit 128
fi;; esac
PATH="\${PATH#*:}" exec git "$@"
`;
  writeFileSync(join(bin, 'git'), script, { mode: 0o755 });
  const workspaces = open({ PATH: `${bin}:${process.env.PATH}` });
  await workspaces.provision(onto({ url }, 'S1'));
  await untilWaiting(workspaces);
  writeFileSync(full, '');
  const { path } = await workspaces.provision(onto({ url: other }, 'S2'));
  expect(git(path, 'status', '--porcelain')).toBe('');
});

test('a session does not wait for one that is being made in advance', async () => {
  const url = lab.repository();
  const bin = join(lab.root, 'bin');
  mkdirSync(bin);
  const [slow, begun] = [join(lab.root, 'slow'), join(lab.root, 'begun')];
  const script = `#!/bin/sh
case " $* " in *"${ready()}"*" read-tree "*) if [ -e "${slow}" ]; then : > "${begun}"; exec sleep 60; fi;; esac
PATH="\${PATH#*:}" exec git "$@"
`;
  writeFileSync(join(bin, 'git'), script, { mode: 0o755 });
  writeFileSync(slow, '');
  const workspaces = open({ PATH: `${bin}:${process.env.PATH}` });
  await workspaces.provision(onto({ url }, 'S1'));
  await vi.waitFor(() => expect(existsSync(begun)).toBe(true), patience);
  rmSync(slow);
  const { path } = await workspaces.provision(onto({ url }, 'S2'));
  expect(git(path, 'status', '--porcelain')).toBe('');
  await untilWaiting(workspaces);
});

test('nothing is left when it is closed', async () => {
  const workspaces = open();
  await workspaces.provision(onto({ url: lab.repository() }, 'S1'));
  await untilWaiting(workspaces);
  await workspaces.close();
  expect(readdirSync(lab.stateDir).sort()).toEqual(['cache', 'sessions']);
});

test('an executor tells how many wait, and leaves none when it closes', async () => {
  const url = lab.repository();
  const executor = await openExecutor(lab.stateDir, { clock: hastyClock, workspacePool: 2 });
  await executor.provision(onto({ url }, 'S1'));
  await vi.waitFor(() => {
    const waiting = executor.figures().find(({ name }) => name === 'agent_harbor_workspaces_waiting');
    expect(waiting?.samples).toEqual([{ labels: { executor: executor.id }, value: 2 }]);
  }, patience);
  await executor.close();
  expect(existsSync(ready())).toBe(false);
});
