import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Log, silent } from '@agent-harbor/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../recorder/system-clock.ts';
import { fromSource } from '../../testing/from-source.ts';
import { handClock } from '../../testing/hand-clock.ts';
import { overOf, type ProgramStart, type StartProgram, startDirectly } from '../start-program.ts';
import { createForkServer, type ForkServer, type ForkServerOptions } from './fork-server.ts';

let root: string;
const opened: ForkServer[] = [];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ah-fork-'));
});
afterEach(() => {
  for (const server of opened.splice(0)) server.close();
  rmSync(root, { recursive: true, force: true });
});

const open = async (options: Partial<ForkServerOptions> = {}): Promise<ForkServer> => {
  const server = createForkServer({
    command: fromSource('process/fork-server/main.ts'),
    socketPath: () => join(root, 's'),
    clock: systemClock,
    log: silent,
    ...options,
  });
  opened.push(server);
  await vi.waitFor(() => expect(server.pid).toBeDefined(), { timeout: 20_000, interval: 10 });
  return server;
};

const env = { PATH: process.env.PATH ?? '' };
const shell = (script: string, more: Partial<ProgramStart> = {}): ProgramStart => ({
  argv: ['sh', '-c', script],
  env,
  stdin: 'ignore',
  stdout: 'pipe',
  ...more,
});

/** All that a program says, and how it ended. */
const said = async (start: StartProgram, wish: ProgramStart, input?: string) => {
  const program = await start(wish);
  const read: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
  program.stdout?.on('data', (chunk: Buffer) => read.stdout.push(chunk));
  program.stderr.on('data', (chunk: Buffer) => read.stderr.push(chunk));
  program.stdin?.on('error', () => {});
  program.stdin?.end(input);
  const exitCode = await overOf(program);
  const [stdout, stderr] = [read.stdout, read.stderr].map((chunks) => Buffer.concat(chunks).toString());
  return { stdout, stderr, exitCode };
};

const isThere = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
const gone = (pid: number) =>
  vi.waitFor(() => expect(isThere(pid)).toBe(false), { timeout: 10_000, interval: 10 });

describe.each([
  ['by this process', async () => startDirectly],
  ['by a fork server', async () => (await open()).start],
])('a program that is started %s', (_, starter) => {
  test('has its input, its output and its exit code', async () => {
    const start = await starter();
    const wish = shell('cat; echo wrong >&2; exit 3', { stdin: 'pipe' });
    const end = { stdout: 'in', stderr: 'wrong\n', exitCode: 3 };
    expect(await said(start, wish, 'in')).toEqual(end);
    const many = await Promise.all(Array.from({ length: 40 }, (_, each) => said(start, wish, `${each}`)));
    expect(many).toEqual(Array.from({ length: 40 }, (_, each) => ({ ...end, stdout: `${each}` })));
  });

  test('prints and reads more than fits into a pipe', async () => {
    const start = await starter();
    const input = 'x'.repeat(3_000_000);
    const { stdout } = await said(start, shell('cat', { stdin: 'pipe' }), input);
    expect(stdout === input).toBe(true);
    // One that ends before it read everything.
    expect(await said(start, shell('exit 4', { stdin: 'pipe' }), input)).toMatchObject({ exitCode: 4 });
  });

  test('gets its arguments, its directory and no other environment', async () => {
    const start = await starter();
    const words = ['-x', '$(touch pwned)', '; touch pwned', 'a\nb', '', "'", '"', 'ü'];
    const print = 'for each in "$@"; do printf "%s|" "$each"; done';
    const told = await said(start, shell('', { argv: ['sh', '-c', print, 'sh', ...words], cwd: root }));
    expect(told.stdout).toBe(words.map((word) => `${word}|`).join(''));
    expect(existsSync(join(root, 'pwned'))).toBe(false);
    const environment = await said(start, shell('pwd; env', { env: { ...env, ONLY: '1' }, cwd: root }));
    const lines = (environment.stdout ?? '').trim().split('\n');
    expect(lines[0]).toBe(root);
    const names = lines.slice(1).map((line) => line.slice(0, line.indexOf('=')));
    // What a shell sets by itself.
    expect(names.filter((name) => !['PWD', 'SHLVL', '_', 'OLDPWD'].includes(name)).sort()).toEqual([
      'ONLY',
      'PATH',
    ]);
  });

  test('holds no descriptor of whoever started it', async () => {
    const start = await starter();
    const held = async (by: StartProgram) => {
      const { stdout } = await said(by, shell('', { argv: ['ls', '/proc/self/fd'] }));
      return (stdout ?? '').trim().split('\n').sort();
    };
    // What was given to this process without being closed at a start goes on to all.
    const own = (await held(startDirectly)).filter((each) => Number(each) > 3);
    expect(await held(start)).toEqual(['0', '1', '2', '3', ...own].sort());
  });

  test('is told by the system’s error when it is not there', async () => {
    const start = await starter();
    await expect(start(shell('', { argv: ['no such program'] }))).rejects.toMatchObject({ code: 'ENOENT' });
    const nowhere = start(shell('true', { cwd: join(root, 'nowhere') }));
    await expect(nowhere).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('is signalled with all that it started', async () => {
    const start = await starter();
    const program = await start(shell('sleep 1000 & echo $!; wait'));
    const [line] = await once(program.stdout ?? program.stderr, 'data');
    program.signal('SIGKILL');
    expect(await overOf(program)).toBeNull();
    await gone(Number(String(line)));
    // There is nobody any more.
    program.signal('SIGKILL');
  });
});

test('its programs are not children of this process', async () => {
  const server = await open();
  expect(await said(server.start, shell('echo $PPID'))).toMatchObject({ stdout: `${server.pid}\n` });
  expect(await said(startDirectly, shell('echo $PPID'))).toMatchObject({ stdout: `${process.pid}\n` });
});

test('what gets a file by its descriptor is started from here', async () => {
  const server = await open();
  const { open: openFile } = await import('node:fs/promises');
  const file = await openFile(join(root, 'out'), 'w');
  const program = await server.start(shell('echo $PPID', { stdout: file.fd }));
  expect(await overOf(program)).toBe(0);
  await file.close();
  expect(readFileSync(join(root, 'out'), 'utf8')).toBe(`${process.pid}\n`);
});

test('when it is gone its programs are given up, others are started from here, and a new one takes over', async () => {
  const { clock, advance } = handClock();
  const warnings: unknown[] = [];
  const log: Log = { ...silent, warn: (...words) => warnings.push(words) };
  const server = await open({ clock, log });
  const first = server.pid ?? 0;
  const program = await server.start(shell('echo $$; exec sleep 1000'));
  const [line] = await once(program.stdout ?? program.stderr, 'data');
  process.kill(first, 'SIGKILL');
  // Nobody can say any more how it ends.
  expect(await program.ended).toBeNull();
  program.signal('SIGKILL');
  await gone(Number(String(line)));
  expect(server.pid).toBeUndefined();
  expect(warnings).toEqual([[expect.any(String), { reason: 'It ended with SIGKILL.' }]]);
  expect(await said(server.start, shell('echo $PPID'))).toMatchObject({ stdout: `${process.pid}\n` });
  advance(1_999);
  expect(server.pid).toBeUndefined();
  advance(1);
  await vi.waitFor(() => expect(server.pid).toBeDefined(), { timeout: 20_000, interval: 10 });
  expect(server.pid).not.toBe(first);
  expect(await said(server.start, shell('echo $PPID'))).toMatchObject({ stdout: `${server.pid}\n` });
});

test('one that is stuck is ended, and whoever waits is told', async () => {
  const { clock, advance } = handClock();
  const server = await open({ clock });
  process.kill(server.pid ?? 0, 'SIGSTOP');
  const start = server.start(shell('true'));
  advance(30_000);
  await expect(start).rejects.toThrow('The process that starts programs is gone: It ended with SIGKILL.');
});

test.each([
  ['is not there', ['/no/such/program'], /ENOENT/],
  ['cannot be started at all', ['no\0program'], /null bytes/],
  ['ends at once', [process.execPath, '-e', 'process.exit(3)'], /code 3/],
  [
    'speaks otherwise',
    [process.execPath, '-e', 'process.send({ ready: 0 }); setInterval(() => {}, 1e6)'],
    /another release/,
  ],
])('programs are started from here when it %s', async (_, command, reason) => {
  const warnings: unknown[] = [];
  const log: Log = { ...silent, warn: (_words, more) => warnings.push(more) };
  const { clock, advance } = handClock();
  const server = createForkServer({
    command,
    socketPath: () => join(root, 's'),
    clock,
    log,
  });
  opened.push(server);
  const isWarned = (times: number) =>
    vi.waitFor(() => expect(warnings).toEqual(Array(times).fill({ reason: expect.stringMatching(reason) })), {
      timeout: 20_000,
      interval: 10,
    });
  await isWarned(1);
  // It is tried again, ever later.
  advance(2_000);
  await isWarned(2);
  advance(3_999);
  expect(warnings).toHaveLength(2);
  expect(server.pid).toBeUndefined();
  expect(await said(server.start, shell('echo $PPID'))).toMatchObject({ stdout: `${process.pid}\n` });
});

test('programs are started from here when its socket cannot be', async () => {
  const { promise: warned, resolve } = Promise.withResolvers<unknown>();
  const log: Log = { ...silent, warn: (_words, more) => resolve(more) };
  const socketPath = () => join(root, 'nowhere', 's');
  const server = createForkServer({ command: ['true'], socketPath, clock: handClock().clock, log });
  opened.push(server);
  expect(await warned).toMatchObject({ reason: expect.stringContaining('listen') });
  expect(await said(server.start, shell('echo $PPID'))).toMatchObject({ stdout: `${process.pid}\n` });
});

test('a stranger at its socket gets nothing, and is cut', async () => {
  const { clock, advance } = handClock();
  await open({ clock });
  const strangers = [connect(join(root, 's')), connect(join(root, 's'))];
  const cut = strangers.map((stranger) => once(stranger, 'close'));
  for (const stranger of strangers) stranger.on('error', () => {}).resume();
  await Promise.all(strangers.map((stranger) => once(stranger, 'connect')));
  strangers[0]?.write(Buffer.alloc(16));
  await cut[0];
  // It says nothing at all: not for ever.
  await vi.waitFor(() => {
    advance(10_000);
    expect(strangers[1]?.closed).toBe(true);
  });
});

test('it ends with whoever started it, however that ends', async () => {
  const argv = fromSource('process/fork-server/main.ts');
  const script = `
    import { spawn } from 'node:child_process';
    const child = spawn(process.argv[1], process.argv.slice(2), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], detached: true });
    child.on('message', () => console.log(child.pid));
  `;
  const parent = await startDirectly({
    argv: [process.execPath, '--input-type=module', '-e', script, '--', ...argv, join(root, 'nobody')],
    env,
    stdin: 'ignore',
    stdout: 'pipe',
  });
  parent.stderr.resume();
  const [line] = await once(parent.stdout ?? parent.stderr, 'data');
  const pid = Number(String(line));
  expect(isThere(pid)).toBe(true);
  process.kill(-pid, 0);
  parent.signal('SIGKILL');
  await gone(pid);
});
