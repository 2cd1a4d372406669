import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startMockServer } from '@agent-harbor/mock-server/start';
import { connect, type HarborClient } from '@agent-harbor/rest-client/node';
import { startServer } from '@agent-harbor/server/start';
import { afterEach, expect, test } from 'vitest';
import { fileBookmark } from './file-bookmark.ts';
import { follow } from './follow.ts';
import { run } from './run.ts';
import { migration } from './task.ts';

const leftovers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const leave of leftovers.splice(0).reverse()) await leave();
});

const temporary = async (): Promise<string> => {
  const path = await mkdtemp(join(tmpdir(), 'follow-a-session-'));
  leftovers.push(() => rm(path, { recursive: true, force: true, maxRetries: 5 }));
  return path;
};

/** A program of another package, started from its sources. */
const program = (source: string): string[] => [
  process.execPath,
  '--conditions=@agent-harbor/source',
  fileURLToPath(source),
];

const startMock = (stateDir: string) => startMockServer({ port: 0, stateDir });

const servers = {
  'the mock server': startMock,
  'the real server': (stateDir: string) =>
    startServer({
      port: 0,
      stateDir,
      stopSessions: true,
      recorderCommand: program(import.meta.resolve('@agent-harbor/executor/recorder')),
      mockAgentCommand: program(import.meta.resolve('@agent-harbor/executor/mock-agent')),
    }),
};

/** The key is found where the server has put it. */
const open = async (start: (stateDir: string) => ReturnType<typeof startServer>): Promise<HarborClient> => {
  const stateDir = await temporary();
  const { url, close } = await start(stateDir);
  leftovers.push(close);
  const harbor = connect({ base: url, stateDir });
  leftovers.push(() => harbor.close());
  return harbor;
};

test.each(Object.entries(servers))('follows and steers a session on %s', async (_, start) => {
  const harbor = await open(start);
  const said: string[] = [];

  const bookmark = fileBookmark(join(await temporary(), 'bookmark'));

  await run(harbor, migration, 'first', bookmark, (line) => said.push(line));

  const statuses = said.filter((line) => line.startsWith('status: ')).map((line) => line.slice(8));
  const [host] = await harbor.catalogue.executors();
  const rest = host?.pause === 'none' ? [] : ['pausing', 'paused', 'resuming', 'running'];
  const life = ['queued', 'provisioning', 'running', ...rest, 'completed'];
  expect(statuses.filter((status, index) => status !== statuses[index - 1])).toEqual(life);
  expect(said.filter((line) => line === 'approval')).toHaveLength(2);
  expect(said.at(-2)).toMatch(/^db\/version\.txt\n.*\+2/s);
  expect(said.at(-1)).toMatch(/^log\.md\n.*\+The migration ran\./s);

  // Once more by the same name: nothing is launched, and nothing was missed.
  const again: string[] = [];
  await run(harbor, migration, 'first', bookmark, (line) => again.push(line));
  expect(again).toEqual(said.slice(-2));
});

test('goes on where it was when the program was ended', async () => {
  const harbor = await open(startMock);
  const { id } = await harbor.tasks.launch({
    prompt: 'Say hello',
    repo: { mode: 'none' },
    agents: [{ type: 'mock', settings: { scenario: 'quick-edit' } }],
  });
  const bookmark = fileBookmark(join(await temporary(), 'bookmark'));

  const first: unknown[] = [];
  for await (const event of follow(harbor, id, bookmark)) {
    if (first.length === 3) break;
    first.push(event);
  }
  const rest = await Array.fromAsync(follow(harbor, id, bookmark));

  const all = await Array.fromAsync(harbor.tasks.subscribe(id), ({ event }) => event);
  expect([...first, ...rest]).toEqual(all);
});
