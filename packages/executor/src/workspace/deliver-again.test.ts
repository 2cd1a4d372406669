import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deliver, git, type Lab, openLab, runOn, systemClock, write } from './testing/lab.ts';
import { createWorkspaces } from './workspaces.ts';

let lab: Lab;
beforeEach(() => {
  lab = openLab();
});
afterEach(() => lab.close());

const live = { isFinal: false };

test('what is there now is delivered, and what comes later goes on top of it', async () => {
  const url = lab.repository();
  const run = runOn({ mode: 'git', url });
  const { path, baseCommit } = await lab.workspaces.provision(run);
  write(path, { 'a.txt': 'one\n' });
  const first = await deliver(lab.workspaces, run, 'first', live);
  expect(first).toMatchObject({ state: 'delivered', branch: 'work' });
  expect(await deliver(lab.workspaces, run, 'the same files, another message', live)).toEqual(first);
  write(path, { 'a.txt': 'two\n', 'b.txt': 'b\n' });
  const second = await deliver(lab.workspaces, run, 'second', live);
  expect(git(url, 'log', '--format=%H %P %s', 'main..work').split('\n')).toEqual([
    `${second.commit} ${first.commit} second`,
    `${first.commit} ${baseCommit} first`,
  ]);
  // At the end nothing more was changed: the branch has it all.
  expect(await deliver(lab.workspaces, run, 'end')).toEqual(second);
  expect(git(url, 'show', 'work:a.txt')).toBe('two');
});

test('after the end every branch gets the same files, also when the workspace is gone', async () => {
  const url = lab.repository();
  const run = runOn({ mode: 'git', url });
  const { path } = await lab.workspaces.provision(run);
  write(path, { 'a.txt': 'one\n' });
  const first = await deliver(lab.workspaces, run, 'm');
  await lab.workspaces.release(run.sessionId);
  const other = await deliver(lab.workspaces, { ...run, deliverTo: 'other' }, 'said otherwise');
  expect(other).toMatchObject({ state: 'delivered', branch: 'other' });
  expect(git(url, 'rev-parse', 'other^{tree}')).toBe(git(url, 'rev-parse', 'work^{tree}'));
  expect(git(url, 'log', '-1', '--format=%s', 'other')).toBe('said otherwise');
  // Who repeats it finds it.
  expect(await deliver(lab.workspaces, { ...run, deliverTo: 'other' }, 'said otherwise')).toEqual(other);
  const patch = { mode: 'patch', branch: null } as const;
  expect(await deliver(lab.workspaces, run, 'm', patch)).toEqual({
    state: 'delivered',
    commit: first.commit,
  });
});

test('a delivery that died anywhere is repeated into the same branch', async () => {
  const url = lab.repository();
  const run = runOn({ mode: 'git', url });
  const { path } = await lab.workspaces.provision(run);
  write(path, { 'a.txt': 'one\n' });
  let calls = 0;
  for (let dieAt = 1; ; dieAt += 1) {
    const dying = new AbortController();
    calls = 0;
    const real = process.env.PATH ?? '';
    write(lab.root, { 'bin/git': `#!/bin/sh\necho x >>'${lab.root}/calls'\nPATH='${real}' exec git "$@"\n` });
    chmodSync(join(lab.root, 'bin/git'), 0o755);
    const clock = {
      ...systemClock,
      schedule: (ms: number, wake: () => void) => {
        // Every command begins by scheduling its time limit.
        calls += 1;
        if (calls === dieAt) dying.abort();
        return systemClock.schedule(ms, wake);
      },
    };
    const dyingWorkspaces = createWorkspaces({ stateDir: lab.stateDir, clock, environment: { PATH: real } });
    const died = await deliver(dyingWorkspaces, run, 'm', live, dying.signal).then(
      () => false,
      (error: unknown) => {
        expect(error).toMatchObject({ code: 'aborted' });
        return true;
      },
    );
    const result = await deliver(lab.workspaces, run, 'm', live);
    expect(result).toMatchObject({ state: 'delivered', branch: 'work' });
    expect(git(url, 'rev-list', '--count', 'main..work')).toBe('1');
    expect(git(url, 'rev-parse', 'work')).toBe(result.commit);
    if (!died) break;
    git(url, 'branch', '--quiet', '--delete', '--force', 'work');
  }
  expect(calls).toBeGreaterThan(3);
}, 120_000);

test('a branch that moved since the first delivery is left alone', async () => {
  const url = lab.repository();
  const run = runOn({ mode: 'git', url });
  const { path } = await lab.workspaces.provision(run);
  write(path, { 'a.txt': 'one\n' });
  await deliver(lab.workspaces, run, 'first', live);
  git(url, 'checkout', '--quiet', 'work');
  git(url, 'commit', '--quiet', '--allow-empty', '--message=a colleague');
  git(url, 'checkout', '--quiet', 'main');
  const theirs = git(url, 'rev-parse', 'work');
  write(path, { 'a.txt': 'two\n' });
  const refused = await deliver(lab.workspaces, run, 'second', live);
  expect(refused).toMatchObject({ state: 'failed', obstacle: 'target' });
  expect(refused.reason).toMatch(/"work" is at .* it moved.*--branch <name>/);
  expect(git(url, 'rev-parse', 'work')).toBe(theirs);
  expect(await deliver(lab.workspaces, { ...run, deliverTo: 'free' }, 'second', live)).toMatchObject({
    state: 'delivered',
  });
});

test('the default branch and what is configured are protected', async () => {
  const bare = join(lab.root, 'bare.git');
  git(lab.root, 'clone', '--quiet', '--bare', lab.repository(), bare);
  const workspaces = createWorkspaces({
    stateDir: join(lab.root, 'other'),
    clock: systemClock,
    environment: { PATH: process.env.PATH },
    protectedBranches: ['release/**'],
  });
  const run = runOn({ mode: 'git', url: bare });
  const { path } = await workspaces.provision(run);
  write(path, { 'a.txt': 'one\n' });
  const before = git(bare, 'for-each-ref');
  for (const [branch, why] of [
    ['main', '"main" is the default branch'],
    ['release/2026/11', '"release/2026/11" is protected by "release/**"'],
  ] as const) {
    const refused = await deliver(workspaces, { ...run, deliverTo: branch }, 'm', live);
    expect(refused).toMatchObject({ state: 'failed', reason: expect.stringContaining(why) });
    await expect(
      workspaces.check(run.repo, { branches: [branch], field: 'delivery.targetBranch' }),
    ).rejects.toMatchObject({ errors: { 'delivery.targetBranch': [expect.stringContaining(why)] } });
  }
  expect(git(bare, 'for-each-ref')).toBe(before);
  expect(await deliver(workspaces, { ...run, deliverTo: 'releases' }, 'm', live)).toMatchObject({
    state: 'delivered',
  });
});

test('what could not be delivered is refused before the work begins', async () => {
  const url = lab.repository();
  git(url, 'branch', 'free');
  git(url, 'worktree', 'add', '--quiet', join(lab.root, 'linked'), 'free');
  git(url, 'checkout', '--quiet', '-b', 'taken');
  git(url, 'commit', '--quiet', '--allow-empty', '--message=theirs');
  git(url, 'checkout', '--quiet', 'main');
  const check = (branch: string, targetBranch?: string) =>
    lab.workspaces.check(
      { mode: 'git', url },
      { branches: [branch], field: 'delivery.branch', targetBranch },
    );
  await check('new');
  await check('new', 'taken');
  for (const [branch, targetBranch, errors] of [
    ['taken', undefined, { 'delivery.branch': [expect.stringMatching(/"taken" is there already/)] }],
    ['free', undefined, { 'delivery.branch': [expect.stringMatching(/"free" is checked out in /)] }],
    ['new', 'nowhere', { 'delivery.targetBranch': [expect.stringMatching(/no branch "nowhere"/)] }],
  ] as const)
    await expect(check(branch, targetBranch)).rejects.toMatchObject({ code: 'invalid-request', errors });
});

test('a source that takes something else than it said is found out', async () => {
  const bare = join(lab.root, 'bare.git');
  git(lab.root, 'clone', '--quiet', '--bare', lab.repository(), bare);
  const run = runOn({ mode: 'git', url: bare });
  const { path } = await lab.workspaces.provision(run);
  write(path, { 'a.txt': 'one\n' });
  // A git that says it did, and did nothing.
  const real = process.env.PATH ?? '';
  mkdirSync(join(lab.root, 'bin'));
  writeFileSync(
    join(lab.root, 'bin/git'),
    `#!/bin/sh\nfor word in "$@"; do [ "$word" = update-ref ] && case "$*" in *heads/work*) exit 0;; esac; done\nPATH='${real}' exec git "$@"\n`,
    { mode: 0o755 },
  );
  const environment = { PATH: `${lab.root}/bin:${real}` };
  const lying = createWorkspaces({ stateDir: lab.stateDir, clock: systemClock, environment });
  expect(await deliver(lying, run, 'm', live)).toMatchObject({
    state: 'failed',
    reason: expect.stringContaining('has no such branch there'),
  });
});
