import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

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

const start = (...args: readonly string[]): ChildProcess => {
  const child = spawn(process.execPath, ['--conditions=@agent-harbor/source', main, ...args], {
    env: { PATH: process.env.PATH, HOME: stateDir, AH_HOME: stateDir },
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
  const line = await firstLine(first);
  const url = typeof line === 'object' && line !== null && 'url' in line ? String(line.url) : '';
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

test('a pipe that closes early is no failure', { timeout: 60_000 }, async () => {
  const child = start('--help');
  child.stdout?.destroy();
  expect(await finish(child)).toMatchObject({ code: 0, err: '' });
});
