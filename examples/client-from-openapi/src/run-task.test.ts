import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startMockServer } from '@agent-harbor/mock-server/start';
import { startServer } from '@agent-harbor/server/start';
import { afterEach, expect, test } from 'vitest';
import { runTask, type Server } from './run-task.ts';

const leftovers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const leave of leftovers.splice(0).reverse()) await leave();
});

const stateDirectory = async (): Promise<string> => {
  const path = await mkdtemp(join(tmpdir(), 'generated-client-'));
  leftovers.push(() => rm(path, { recursive: true, force: true, maxRetries: 5 }));
  return path;
};

/** A program of another package, started from its sources. */
const program = (source: string): string[] => [
  process.execPath,
  '--conditions=@agent-harbor/source',
  fileURLToPath(source),
];

const servers = {
  async 'the mock server'(stateDir: string) {
    return startMockServer({ port: 0, stateDir, speed: 0 });
  },
  async 'the real server'(stateDir: string) {
    return startServer({
      port: 0,
      stateDir,
      stopSessions: true,
      recorderCommand: program(import.meta.resolve('@agent-harbor/executor/recorder')),
      mockAgentCommand: program(import.meta.resolve('@agent-harbor/executor/mock-agent')),
    });
  },
};

const open = async (start: (stateDir: string) => ReturnType<typeof startServer>): Promise<Server> => {
  const { url, keyFile, close } = await start(await stateDirectory());
  leftovers.push(close);
  return { url, key: (await readFile(keyFile, 'utf8')).trim() };
};

test.each(Object.entries(servers))('runs a task on %s', async (_, start) => {
  const events = runTask(await open(start), {
    prompt: 'Say what you find.',
    repo: { mode: 'none' },
    agents: [{ type: 'mock', settings: { scenario: 'quick-edit', speed: 0 } }],
  });

  const seen = await Array.fromAsync(events);

  expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_, index) => index + 1));
  expect(seen.at(-1)).toMatchObject({ type: 'status', status: 'completed' });
});

test.each(Object.entries(servers))('says what is wrong with a task, on %s', async (_, start) => {
  const events = runTask(await open(start), {
    prompt: 'Go on.',
    repo: { mode: 'none' },
    // @ts-expect-error: the generated types know the agents there are.
    agents: [{ type: 'nobody' }],
  });

  await expect(events.next()).rejects.toThrow('agents');
});
