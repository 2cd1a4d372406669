import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '@agent-harbor/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createGit, GitError, splitNul, withoutSecrets } from './git.ts';
import { createMutex } from './mutex.ts';
import { systemClock } from './testing/lab.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'harbor-git-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A program in the place of git. */
const standIn = (script: string, clock: Clock = systemClock) => {
  writeFileSync(join(root, 'git'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(root, 'git'), 0o755);
  return createGit({ clock, environment: { PATH: `${root}:${process.env.PATH}` } });
};

const failureOf = async (promise: Promise<unknown>): Promise<GitError> => {
  const error = await promise.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (error instanceof GitError) return error;
  throw new Error('It did not fail as git does.', { cause: error });
};

/** Whether a process is there, once it had the time to go. */
const isGone = async (pid: number): Promise<boolean> => {
  for (let attempt = 0; attempt < 200; attempt++) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return false;
};

test('gives the output and the exit codes that are answers', async () => {
  const git = standIn('cat; exit 3');
  expect(await git.run(['x'], { input: 'in\n', accept: [3] })).toEqual({
    stdout: Buffer.from('in\n'),
    exitCode: 3,
  });
  expect(await git.text(['x'], { input: 'in\n\n', accept: [3] })).toBe('in\n');
  expect(await failureOf(git.run(['x'], { input: '' }))).toMatchObject({ failure: 'failed' });
});

test('passes arguments as they are', async () => {
  const git = standIn('for each in "$@"; do printf "%s\\0" "$each"; done');
  const args = ['x', '--', '$(touch pwned)', '; touch pwned', 'a\nb', '-x', '"', "'", ''];
  const { stdout } = await git.run(args, { gitDir: '/a b' });
  expect(splitNul(stdout).map(String).slice(-args.length)).toEqual(args);
  expect(stdout.toString()).toContain('--git-dir=/a b\0');
  expect(existsSync(join(root, 'pwned'))).toBe(false);
});

test('tells the tail of what git said, without passwords', async () => {
  const git = standIn('echo "fatal: no access to https://me:secret@host/x and ssh://me@host" >&2; exit 128');
  const error = await failureOf(git.run(['fetch']));
  expect(error.message).toBe('git fetch failed: fatal: no access to https://host/x and ssh://me@host');
  expect(withoutSecrets('http://:token@host')).toBe('http://host');
  expect(withoutSecrets("'https://token@host/a@b' ssh://me:secret@host")).toBe(
    "'https://host/a@b' ssh://me@host",
  );
});

test('ends a command, and what it started, when the caller gives up', async () => {
  const git = standIn(`trap 'exit 9' TERM; sleep 100 & echo $! >'${root}/pid'; echo ready; wait`);
  const controller = new AbortController();
  const running = git.run(['x'], { signal: controller.signal, output: () => controller.abort() });
  expect(await failureOf(running)).toMatchObject({ failure: 'aborted' });
  expect(await isGone(Number(readFileSync(join(root, 'pid'), 'utf8')))).toBe(true);
  expect(await failureOf(git.run(['x'], { signal: AbortSignal.abort() }))).toMatchObject({
    failure: 'aborted',
  });
});

test('ends a command that takes too long by the clock, also one that does not want to', async () => {
  let letEnd = () => {};
  const isAskedToEnd = Promise.withResolvers<() => void>();
  const clock: Clock = {
    now: () => 0,
    schedule(delayMs, wake) {
      if (delayMs === 12_345) letEnd = wake;
      else isAskedToEnd.resolve(wake);
      return () => {};
    },
  };
  const git = standIn("trap '' TERM; echo ready; while :; do sleep 0.01; done", clock);
  const running = git.run(['x'], {
    timeoutMs: 12_345,
    output: () => letEnd(),
  });
  const failure = failureOf(running);
  const kill = await isAskedToEnd.promise;
  kill();
  expect(await failure).toMatchObject({ failure: 'timed-out' });
});

test('reads no more than is wanted', async () => {
  const git = standIn('yes');
  expect(await failureOf(git.run(['x'], { maxOutputBytes: 10_000 }))).toMatchObject({
    failure: 'too-much-output',
  });
});

test('does not wait for what outlives git and only holds its error channel', async () => {
  const git = standIn('sleep 3 >/dev/null & echo done');
  expect(await git.text(['x'], { asHost: true })).toBe('done');
});

test('says that git or the working tree is missing', async () => {
  const git = createGit({ clock: systemClock, environment: { PATH: root } });
  expect(await failureOf(git.run(['version']))).toMatchObject({ failure: 'not-installed' });
  const other = createGit({ clock: systemClock });
  const gone = other.run(['status'], { gitDir: root, workTree: join(root, 'nothing') });
  expect(await failureOf(gone)).toMatchObject({ failure: 'failed', stderr: 'the working tree is not there' });
});

test('a mutex lets one work at a time for each name, in order, and gives up with the caller', async () => {
  const mutex = createMutex();
  const seen: string[] = [];
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const first = mutex.hold('a', undefined, async () => {
    await gate;
    seen.push('first');
    throw new Error('failed');
  });
  const controller = new AbortController();
  const second = mutex.hold('a', controller.signal, async () => seen.push('second'));
  const third = mutex.hold('a', undefined, async () => seen.push('third'));
  await mutex.hold('b', undefined, async () => seen.push('other'));
  controller.abort();
  expect(await failureOf(second)).toMatchObject({ failure: 'aborted' });
  expect(seen).toEqual(['other']);
  open();
  await expect(first).rejects.toThrow('failed');
  await third;
  expect(seen).toEqual(['other', 'first', 'third']);
});
