import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { StreamItem } from '@agent-harbor/core';
import { connect } from '@agent-harbor/rest-client/node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { fromSource } from './programs/from-source.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

let stateDir: string;
const children: ChildProcess[] = [];
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'ah-main-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(stateDir, { recursive: true, force: true, maxRetries: 5 });
});

const command = (...args: readonly string[]): [string, ...string[]] => [...fromSource(main), ...args];

const environment = () => ({ PATH: process.env.PATH, HOME: stateDir, AH_HOME: stateDir });

const start = (...args: readonly string[]): ChildProcess => {
  const [program, ...rest] = command(...args);
  const child = spawn(program, rest, {
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  return child;
};

const firstLine = async (child: ChildProcess): Promise<unknown> => {
  if (child.stdout === null) throw new Error('no stdout');
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return JSON.parse(String(line));
};

const readyLine = (line: unknown): { url: string } => z.object({ url: z.string() }).parse(line);

const finish = async (child: ChildProcess): Promise<{ code: unknown; err: string }> => {
  let err = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  child.stdout?.resume();
  const [code] = await once(child, 'close');
  return { code, err };
};

test.each([[['mock-server']], [['agent', 'access-point']]])(
  '%j --json says one line when it is ready, and ends politely',
  { timeout: 60_000 },
  async (command) => {
    const child = start(...command, '--port', '0', '--state-dir', stateDir, '--stop-sessions', '--json');
    const line = await firstLine(child);
    expect(line).toEqual({
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      pid: child.pid,
      stateDir,
      keyFile: join(stateDir, 'api-key'),
    });
    expect((await readFile(join(stateDir, 'api-key'), 'utf8')).length).toBeGreaterThan(16);
    child.kill('SIGTERM');
    expect(await finish(child)).toEqual({ code: 0, err: '' });
  },
);

test('a second server says who holds the state directory, or the port', { timeout: 60_000 }, async () => {
  const first = start('agent', 'access-point', '--port', '0', '--json');
  const { url } = readyLine(await firstLine(first));
  const sameDirectory = await finish(start('agent', 'access-point', '--port', '0'));
  expect(sameDirectory.code).not.toBe(0);
  expect(sameDirectory.err).toContain(String(first.pid));
  const { port } = new URL(url);
  const samePort = await finish(
    start('agent', 'access-point', '--port', port, '--state-dir', join(stateDir, 'other')),
  );
  expect(samePort.code).not.toBe(0);
  expect(samePort.err).toContain(`Port ${port}`);
});

test('a server that is killed and started again loses nothing of what is followed', {
  timeout: 90_000,
}, async () => {
  const first = start('agent', 'access-point', '--port', '0', '--json');
  const { url } = readyLine(await firstLine(first));
  const { port } = new URL(url);
  const client = connect({ base: url, stateDir, backoff: { baseMs: 50, maxMs: 500 } });
  try {
    const script = 'for i in $(seq 1 60); do echo line $i; sleep 0.1; done';
    const { id } = await client.tasks.launch({
      prompt: 'Count',
      repo: { mode: 'none' },
      agent: { type: 'command', settings: { command: ['sh', '-c', script] } },
    });
    const items: StreamItem[] = [];
    let killed = false;
    for await (const item of client.tasks.subscribe(id)) {
      items.push(item);
      if (killed || items.length < 12) continue;
      killed = true;
      first.kill('SIGKILL');
      start('agent', 'access-point', '--port', port, '--json');
    }
    const seqs = items.map(({ event }) => ('seq' in event ? event.seq : undefined));
    expect(seqs).toEqual(items.map((_, index) => index + 1));
    const lines = items.flatMap(({ event }) =>
      event.type === 'log' && 'message' in event ? [event.message] : [],
    );
    expect(lines).toEqual(Array.from({ length: 60 }, (_, index) => `line ${index + 1}`));
    expect(items.at(-1)?.event).toMatchObject({ type: 'status', status: 'completed', exitCode: 0 });
  } finally {
    await client.close();
  }
});

test('a pipe that closes early is no failure', { timeout: 60_000 }, async () => {
  const child = start('--help');
  child.stdout?.destroy();
  expect(await finish(child)).toMatchObject({ code: 0, err: '' });
});

test('a pipe that closes early ends `ah start` in good order', { timeout: 60_000 }, async () => {
  const agent = ['--agent', 'mock', '--setting', 'scenario=long-running'];
  const child = start('start', '--port', '0', '--stop-sessions', ...agent);
  if (child.stdout === null) throw new Error('no stdout');
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const { code, err } = await finish(child);
  expect({ code, err }).toEqual({ code: 130, err: 'Stopping the server and its sessions …\n' });
  await expect(readFile(join(stateDir, 'server.json'))).rejects.toThrow('ENOENT');
});

test.skipIf(process.platform !== 'linux')('output that cannot be written is a failure', () => {
  const { status, stderr } = spawnSync('sh', ['-c', '"$@" > /dev/full', 'sh', ...command('--help')], {
    encoding: 'utf8',
    env: environment(),
  });
  expect(status).toBe(1);
  expect(stderr).toContain('ENOSPC');
});
