import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMockServer } from '@agent-harbor/mock-server/start';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../../run.ts';
import { createFakeIo } from '../../testing/fake-io.ts';

const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

let env: Record<string, string>;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ah-chat-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  const server = await startMockServer({ port: 0, stateDir: folder, speed: 0.05 });
  closing.push(() => server.close());
  env = { AH_REST_BASE: server.url, AH_HOME: folder };
});

const ah = async (...argv: string[]) => {
  const io = createFakeIo({ env, cwd: folder });
  const code = await run(argv, io);
  return { code, out: io.out(), err: io.err() };
};
const json = async (...argv: string[]) => JSON.parse((await ah(...argv, '--json')).out);
const launch = async (scenario: string): Promise<string> =>
  (
    await json(
      'task',
      '--repo',
      'none',
      '--prompt',
      'Do',
      '--agent',
      'mock',
      '--setting',
      `scenario=${scenario}`,
    )
  ).id;
const until = async (id: string, text: string): Promise<void> => {
  const io = createFakeIo({ env });
  const watching = run(['session', 'events', id, '--follow'], io);
  await io.seen(text);
  io.interrupt();
  await watching;
};

test('people talk to an agent, with files, and read what was said', async () => {
  const id = await launch('long-running');
  await until(id, 'running');
  await writeFile(join(folder, 'notes.md'), 'Mind the tests.');
  await writeFile(join(folder, 'a.png'), Buffer.from('iVBORw0KGgo=', 'base64'));
  const sent = await ah('session', 'chat', id, 'Read this', '--attach', 'notes.md', '--attach', 'a.png');
  expect(sent).toMatchObject({ code: 0, err: '' });
  expect(sent.out).toContain('user    Read this');
  expect(sent.out).toContain('+ notes.md (15 bytes)');
  const { messages } = await json('session', 'chat', id);
  expect(messages[0]).toMatchObject({ id: 'msg-0', content: 'Do' });
  const { id: message } = messages.find(({ content }: { content: string }) => content === 'Read this');
  const shown = await ah('session', 'chat', id);
  expect(shown.out).toMatch(/msg-0 +user +Do\n/);
  await writeFile(join(folder, 'late.md'), 'One more thing.');
  const later = await ah('session', 'chat', id, '--to', message, '--attach', 'late.md');
  expect(later.out).toMatch(/late.md \(15 bytes\)\nThe agent is not told/);
  const [late = ''] = /att-\w+(?= {2}late)/.exec(later.out) ?? [];
  expect((await ah('session', 'chat', id, '--to', message, '--detach', late)).out).toContain('is off');
  const edited = await ah('session', 'chat', id, 'Read that', '--edit', message);
  expect(edited.out).toMatch(/Read that[\s\S]*The agent remembers/);
  expect(await json('session', 'chat', id, '--retry', message)).toMatchObject({ content: 'Read that' });
  expect((await ah('session', 'chat', id, '--delete', message)).out).toContain('out of the history');
  expect((await ah('session', 'chat', id)).out).toContain('(deleted; the agent remembers it)');
  const page = await ah('session', 'chat', id, '--limit', '1');
  expect(page.out).toContain('… older ones: --before msg-');

  for (const [argv, words] of [
    [['--edit', 'msg-1'], 'Give the words'],
    [['x', '--delete', 'msg-1'], 'take no words'],
    [['--retry', 'msg-1', '--delete', 'msg-1'], 'one of'],
    [['x', '--attach', 'none.txt'], 'cannot be attached'],
    [['--retry', 'msg-999'], 'ah session chat'],
    [['--retry', 'msg-1', '--thread', 't'], 'stays in its thread'],
    [['x', '--thread', 'none'], 'thread_id'],
    [['--follow'], 'goes with new words'],
    [['--to', 'msg-1'], 'either --attach or --detach'],
    [['x', '--to', 'msg-1', '--attach', 'a.png'], 'take no words'],
  ] as const)
    expect((await ah('session', 'chat', id, ...argv)).err).toContain(words);
});

test('an answer is shown as it comes', async () => {
  const members = ['--interactive', '--idle-timeout', '3600'];
  const task = [
    'task',
    '--repo',
    'none',
    '--prompt',
    'Do',
    '--agent',
    'mock',
    '--setting',
    'scenario=prompted-by-hand',
  ];
  const { id } = await json(...task, ...members);
  await until(id, 'I am here');
  const shown = await ah('session', 'chat', id, 'Hello', '--follow');
  expect(shown).toMatchObject({ code: 0, err: '' });
  expect(shown.out).toMatch(
    /user {4}Hello\n[\s\S]*agent {3}I heard you. One more, please.\n[\s\S]*It waits./,
  );
  const lines = (await ah('session', 'chat', id, 'And?', '--follow', '--json')).out.trim().split('\n');
  const frames = lines.map((line) => JSON.parse(line));
  expect(frames.map(({ type }) => type)).toEqual(['message_start', 'content_delta', 'message_complete']);
  expect(frames[2]).toMatchObject({ reason: 'idle', final_content: expect.stringMatching('second one') });
});

test('messages are put in threads, begun with words or without', async () => {
  const id = await launch('long-running');
  await until(id, 'running');
  expect((await ah('session', 'threads', id)).out).toContain('no thread yet');
  const begun = await ah('session', 'threads', id, 'Why are they slow?', '--begin', 'Slow tests');
  expect(begun).toMatchObject({ code: 0, err: '' });
  const [thread = ''] = /thread-\w+/.exec(begun.out) ?? [];
  await ah('session', 'chat', id, 'Something else');
  await ah('session', 'chat', id, 'And on Windows?', '--thread', thread);
  const { messages } = await json('session', 'chat', id, '--thread', thread);
  const users = messages.filter(({ role }: { role: string }) => role === 'user');
  expect(users.map(({ content }: { content: string }) => content)).toEqual([
    'Why are they slow?',
    'And on Windows?',
  ]);
  expect(await json('session', 'threads', id, '--begin', 'Later')).toMatchObject({ agent_memory: 'shared' });
  expect((await ah('session', 'threads', id)).out).toMatch(/active +Slow tests/);
  expect((await ah('session', 'threads', id, 'words')).err).toContain('--begin');
});

test('what an agent works with is shown and changed', async () => {
  const id = await launch('quick-edit');
  await until(id, 'completed');
  const context = await ah('session', 'context', id);
  expect(context.out).toMatch(/^model {5}/);
  expect(context.out).toMatch(/edited +~\d+/);
  const [tool = ''] = (await json('session', 'context', id)).enabled_tools;
  expect((await ah('session', 'context', id, '--disable-tool', tool)).out).toContain(`not       ${tool}`);
  expect(await json('session', 'models', id)).toMatchObject({ models: expect.any(Array) });
  expect((await ah('session', 'models', id)).code).toBe(0);
  const summary = await ah('session', 'summarize', id);
  expect(summary.out).toMatch(/^Asked: Do\nThe session is completed/);
  expect(await json('session', 'summarize', id)).toMatchObject({
    source: 'rules',
    suggestions: expect.any(Array),
  });
});
