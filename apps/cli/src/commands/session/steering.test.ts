import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMockServer } from '@agent-harbor/mock-server/start';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../run.ts';
import { createFakeIo, type FakeIoOptions } from '../../testing/fake-io.ts';

const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

let env: Record<string, string>;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ah-steer-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  const server = await startMockServer({ port: 0, stateDir: folder, speed: 0.05 });
  closing.push(() => server.close());
  env = { AH_REST_BASE: server.url, AH_HOME: folder };
});

const ah = async (argv: readonly string[], options: FakeIoOptions = {}) => {
  const io = createFakeIo({ env, cwd: folder, ...options });
  const code = await run(argv, io);
  return { code, out: io.out(), err: io.err() };
};
const json = async (...argv: string[]) => JSON.parse((await ah([...argv, '--json'])).out);

const launch = async (scenario: string, ...more: string[]): Promise<string> => {
  const agent = ['--agent', 'mock', '--setting', `scenario=${scenario}`];
  return (await json('task', '--repo', 'none', '--prompt', 'Do', ...agent, ...more)).id;
};
const asks = JSON.stringify({
  name: 'asks',
  timeline: ['install', 'remove'].map((name) => ({
    agentPermissionRequest: { toolCall: { toolCallId: name, name, title: `May I ${name}?` } },
  })),
});
/** Waits until a session has this status, or asks. */
const until = async (id: string, text: string): Promise<void> => {
  const io = createFakeIo({ env });
  const watching = run(['session', 'events', id, '--follow'], io);
  await io.seen(text);
  io.interrupt();
  await watching;
};
const statusOf = async (id: string) => (await json('session', 'get', id)).status;

describe('a session that runs', () => {
  test('is paused and resumed', async () => {
    const id = await launch('long-running');
    await until(id, 'running');
    expect(await ah(['session', 'pause', id.slice(0, 20).toLowerCase()])).toMatchObject({
      code: 0,
      out: `${id} is asked to pause.\n`,
    });
    await until(id, 'paused');
    const prompted = await ah(['session', 'prompt', id, 'Go on']);
    expect(prompted).toMatchObject({ code: 1, err: expect.stringContaining('The session is paused') });
    expect(await json('session', 'resume', id, '--prompt', 'Leave the database alone')).toEqual({
      id,
      status: 'accepted',
    });
    await until(id, 'resuming');
    const { out } = await ah(['session', 'events', id, '--type', 'user_input']);
    expect(out).toMatch(/input +\S+: Leave the database alone/);
    await ah(['session', 'stop', id]);
  });

  test('is told something, by words, a file or a pipe', async () => {
    const id = await launch('long-running');
    await until(id, 'running');
    await writeFile(join(folder, 'remarks.md'), 'From a file');
    expect(await json('session', 'prompt', id, 'In words')).toMatchObject({ sessionId: id, accepted: true });
    expect((await ah(['session', 'prompt', id, '@remarks.md'])).out).toBe(`${id} has it.\n`);
    await ah(['session', 'prompt', id, '-'], { stdin: 'From a pipe' });
    const { out } = await ah(['session', 'events', id, '--type', 'user_input']);
    const told = ['In words', 'From a file', 'From a pipe'];
    expect(out.split('\n').map((line) => told.find((words) => line.endsWith(words)))).toEqual([
      ...told,
      undefined,
    ]);
    expect(await ah(['session', 'prompt', id, '@none.md'])).toMatchObject({
      code: 7,
      err: expect.stringContaining(join(folder, 'none.md')),
    });
    await ah(['session', 'stop', id, '--wait']);
    expect(await ah(['session', 'prompt', id, 'Too late'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('`ah session get` says how it ended'),
    });
  });

  test('waits for further prompts where it was launched to', async () => {
    const id = await launch('quick-edit', '--interactive', '--idle-timeout', '3600');
    await until(id, 'running idle');
    expect(await json('session', 'get', id)).toMatchObject({ status: 'running', statusReason: 'idle' });
    await ah(['session', 'stop', id]);
  });
});

describe('an agent that asks', () => {
  test('is answered with the command that is shown where it asks', async () => {
    const id = await launch(asks);
    const io = createFakeIo({ env });
    const watching = run(['session', 'events', id, '--follow'], io);
    await io.seen('--deny');
    const shown =
      io
        .out()
        .split('\n')
        .find((line) => line.includes('ah session approve')) ?? '';
    const [, words = ''] = /ah (session approve .*?) {2}\(or with --deny\)$/.exec(shown) ?? [];
    expect(words).toContain(`--session ${id}`);
    expect((await ah(['session', 'approvals', id])).out).toMatch(/ID +SESSION.*\n.*May I install\?/);
    expect(await ah(words.split(' '))).toMatchObject({
      code: 0,
      out: `allowed May I install?  session ${id}\n`,
    });
    await io.seen('asks for leave: May I remove?');
    expect(await ah(['session', 'approve', 'latest', '--deny', '--note', 'keep it'])).toMatchObject({
      code: 0,
      out: `denied May I remove?  session ${id}\n`,
    });
    expect(await watching).toBe(0);
    expect(io.out()).toContain('denied May I remove? (by');
    expect((await ah(['session', 'approvals', id])).out).toBe('Nothing is asked.\n');
    const { items } = await json('session', 'approvals', id, '--state', 'all');
    expect(items).toMatchObject([{ outcome: 'denied', note: 'keep it' }, { outcome: 'allowed' }]);
    expect(await statusOf(id)).toBe('completed');
  });

  test('is told apart from others that ask', async () => {
    const ids = [await launch(asks), await launch(asks)];
    for (const id of ids) await until(id, 'asks for leave');
    const [approval = '', ...others] = (await ah(['session', 'approvals', '--ids'])).out.trim().split('\n');
    expect(others).toContain(approval);
    expect(await ah(['session', 'approve', approval])).toMatchObject({
      code: 7,
      err: expect.stringContaining('--session'),
    });
    expect(await ah(['session', 'approve', 'nothing'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('`ah session approvals`'),
    });
    const here = ['--session', ids[0] ?? ''];
    expect((await ah(['session', 'approve', approval, ...here, '--deny', '--option', 'allow'])).code).toBe(7);
    expect((await ah(['session', 'approve', approval, ...here, '--option', 'reject'])).out).toContain(
      'denied',
    );
    for (const id of ids) await ah(['session', 'cancel', id]);
  });

  test('gets its answer from the policy of the task', async () => {
    const id = await launch(asks, '--approve', 'allow');
    await ah(['session', 'events', id, '--follow']);
    const { items } = await json('session', 'approvals', id, '--state', 'answered');
    expect(items).toMatchObject([
      { outcome: 'allowed', by: 'policy' },
      { outcome: 'allowed', by: 'policy' },
    ]);
  });
});
