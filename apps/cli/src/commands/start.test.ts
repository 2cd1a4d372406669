import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { prepareDemo } from '../demo.ts';
import { run } from '../run.ts';
import { createFakeIo } from '../testing/fake-io.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ah-start-'));
});
afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

const git = (repository: string, ...args: readonly string[]): string =>
  execFileSync('git', ['-C', repository, ...args], { encoding: 'utf8' }).trim();

const ah = async (...argv: readonly string[]) => {
  const io = createFakeIo({ env: { AH_HOME: join(folder, 'state') }, cwd: folder });
  const code = await run(argv, io);
  return { code, out: io.out(), err: io.err() };
};

test('the demonstration ends with a branch on which the tests pass', { timeout: 60_000 }, async () => {
  const { code, out, err } = await ah(
    'start',
    '--once',
    '--port',
    '0',
    '--agent',
    'mock',
    '--setting',
    'speed=0.01',
    '--setting',
    'scenario=fix-failing-test',
  );
  expect({ code, err }).toEqual({ code: 0, err: 'Stopping the server …\n' });
  for (const sight of [
    'status    queued',
    'thought',
    'tool',
    'edit',
    'delivery',
    'completed',
    '+++ b/src/cart.js',
  ]) {
    expect(out).toContain(sight);
  }
  const demo = join(folder, 'state', 'demo');
  expect(git(demo, 'status', '--porcelain')).toBe('');
  expect(git(demo, 'branch', '--show-current')).toBe('main');
  const branch = git(demo, 'for-each-ref', '--format=%(refname:short)', 'refs/heads/ah');
  expect(branch).toMatch(/^ah\/fix-the-failing-test-/);
  const copy = join(folder, 'copy');
  git(folder, 'clone', '--quiet', '--branch', branch, demo, copy);
  execFileSync(process.execPath, ['--test'], {
    cwd: copy,
    env: { ...process.env, NODE_TEST_CONTEXT: undefined },
  });
});

test('the own task on the own repository, and its exit code', { timeout: 60_000 }, async () => {
  const repository = await prepareDemo(folder);
  const failing = ['--agent', 'command', '--setting', 'command=["sh","-c","echo tried; exit 4"]'];
  const failed = await ah(
    'start',
    '--once',
    '--port',
    '0',
    '--repo',
    repository,
    '--prompt',
    'Try',
    ...failing,
  );
  expect(failed).toMatchObject({ code: 1, out: expect.stringContaining('failed') });
});

test('goes on serving until Ctrl-C, and says what to type next', { timeout: 60_000 }, async () => {
  const io = createFakeIo({ env: { AH_HOME: join(folder, 'state') } });
  const argv = [
    'start',
    '--port',
    '0',
    '--agent',
    'mock',
    '--setting',
    'scenario=quick-edit',
    '--setting',
    'speed=0',
  ];
  const running = run(argv, io);
  await io.seen('What next?');
  expect(io.out()).toContain('/api/docs');
  expect(io.out()).toMatch(/git -C \S+demo merge ah\//);
  // A second one gives its task to the server that is there.
  const second = await ah(
    'start',
    '--agent',
    'mock',
    '--setting',
    'scenario=failing',
    '--setting',
    'speed=0',
  );
  expect(second).toMatchObject({ code: 1, out: expect.stringContaining('takes the task') });
  // Other commands find the server and its key by the state directory.
  expect(await ah('health')).toMatchObject({ code: 0, out: expect.stringContaining('ready') });
  io.interrupt();
  expect(await running).toBe(0);
  expect(await ah('health')).toMatchObject({ code: 5 });
});

test('a demo that somebody works on is left alone', async () => {
  const first = await prepareDemo(folder);
  expect(await prepareDemo(folder)).toBe(first);
  await writeFile(join(first, 'src', 'cart.js'), 'mine');
  const second = await prepareDemo(folder);
  expect(second).not.toBe(first);
  expect(await prepareDemo(folder)).toBe(second);
});

test('an agent runs without a server, and Ctrl-C stops it', { timeout: 60_000 }, async () => {
  const repository = await prepareDemo(folder);
  const io = createFakeIo({ cwd: repository });
  const script = 'echo half > half.txt; echo started; sleep 60';
  const agent = ['--agent', 'command', '--setting', `command=${JSON.stringify(['sh', '-c', script])}`];
  const running = run(['agent', 'start', '--prompt', 'Work', '--target-branch', 'half-done', ...agent], io);
  await io.seen('started');
  await io.seen('half.txt');
  io.interrupt();
  expect(await running).toBe(130);
  expect(git(repository, 'show', 'half-done:half.txt')).toBe('half');
});
