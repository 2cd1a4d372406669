import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMockServer } from '@agent-harbor/mock-server/start';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../../run.ts';
import { createFakeIo, type FakeIoOptions } from '../../testing/fake-io.ts';

const closing: (() => Promise<void>)[] = [];
const url = 'https://hooks.example.test/agents';
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
let env: Record<string, string>;
let cwd: string;
const ah = async (argv: readonly string[], options: FakeIoOptions = {}) => {
  const io = createFakeIo({ env, cwd, ...options });
  return { code: await run(argv, io), out: io.out(), err: io.err() };
};
const json = async (argv: readonly string[], options?: FakeIoOptions) => {
  const { code, out, err } = await ah([...argv, '--json'], options);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out);
};
/** What receivers would have got. */
const sent = async (to: string) => {
  const answer = await fetch(`${env.AH_REST_BASE}/mock/webhooks`);
  const { items } = await answer.json();
  return items.filter((item: { url: string }) => item.url === to);
};
const launch = (...more: readonly string[]) =>
  json([
    'task',
    '--agent',
    'mock',
    '--setting',
    'scenario=quick-edit',
    '--prompt',
    'Do',
    '--repo',
    'none',
    ...more,
  ]);
const finish = (id: string) => ah(['session', 'events', id, '--follow']);

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'ah-webhook-'));
  closing.push(() => rm(cwd, { recursive: true, force: true }));
  const server = await startMockServer({ port: 0, stateDir: cwd, speed: 0.02, noAuth: true });
  closing.push(() => server.close());
  env = { AH_REST_BASE: server.url, AH_HOME: cwd };
  await writeFile(join(cwd, 'secret'), `${secret}\n`);
});
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

test('a webhook is made, shown, changed, given a new secret and deleted', async () => {
  const made = await ah(['webhook', 'create', url, '--event', 'completed', '--event', 'session.approval']);
  expect(made).toMatchObject({ code: 0, err: '' });
  expect(made.out).toMatch(/^wh-\S+ tells https:\/\/hooks.+\nsecret {2}whsec_\S{44} {2}\(keep it/);
  const [id = ''] = made.out.split(' ');
  expect((await ah(['webhook', 'list', '--ids'])).out.split('\n')).toContain(id);
  expect((await ah(['webhook', 'list'])).out).toContain('completed,approval');
  expect((await ah(['webhook', 'show', id.slice(0, 12)])).out).toMatch(/state +enabled\n/);
  expect(await json(['webhook', 'show', 'latest'])).toMatchObject({ id, deadLetters: 0 });

  const change = ['--event', '*', '--description', 'The team', '--disable'];
  const changed = await ah(['webhook', 'update', id.slice(3), ...change]);
  expect(changed.out).toContain('session.*');
  expect(changed.out).toContain('disabled');
  expect(changed.out).toContain('The team');
  expect(await json(['webhook', 'update', id, '--enable'])).toMatchObject({ state: 'enabled' });

  const rotated = await ah(['webhook', 'rotate', id, '--secret-file', '-', '--keep', '0'], { stdin: secret });
  expect(rotated.out).toContain(secret);
  expect((await ah(['webhook', 'test', id])).out).toMatch(/^taken with status 200/);
  expect((await ah(['webhook', 'delete', id])).out).toBe(`Deleted ${id}.\n`);
  const gone = { code: 1, err: expect.stringContaining('ah webhook list') };
  expect(await ah(['webhook', 'show', id])).toMatchObject(gone);
});

test('what was sent is listed and sent once more', async () => {
  const to = `${url}/again`;
  const made = await json(['webhook', 'create', to, '--event', 'completed', '--secret-file', 'secret']);
  expect(made.secret).toBe(secret);
  expect((await ah(['webhook', 'deliveries', made.id])).out).toContain('Nothing like that');
  const [session] = (await launch()).session_ids;
  expect((await finish(session)).code).toBe(0);
  const [message] = await sent(to);
  const delivered = (await ah(['webhook', 'deliveries', made.id, '--session', session])).out;
  expect(delivered).toMatch(new RegExp(`${message.headers['webhook-id']} +session.completed +delivered +1`));
  expect((await ah(['webhook', 'dead-letters', made.id])).out).toContain('No dead letters');

  const replay = (...which: readonly string[]) => json(['webhook', 'replay', made.id, ...which]);
  expect(await replay('--message', message.headers['webhook-id'])).toEqual({ messages: 1, sessions: 0 });
  expect(await replay('--session', session, '--after', '1')).toEqual({ messages: 0, sessions: 1 });
  expect(await replay('--dead-letters')).toEqual({ messages: 0, sessions: 0 });
  expect((await ah(['webhook', 'replay', made.id, '--since', '2026-01-02T03:04:05Z'])).code).toBe(0);
  const again = await sent(to);
  expect(again.length).toBeGreaterThan(1);
  expect(new Set(again.map(({ body }: { body: string }) => body)).size).toBe(1);

  for (const which of [
    [],
    ['--dead-letters', '--session', session],
    ['--since', 'now'],
    ['--dead-letters', '--after', '1'],
  ])
    expect(await ah(['webhook', 'replay', made.id, ...which])).toMatchObject({ code: 7, out: '' });
  await ah(['webhook', 'delete', made.id]);
});

test('a task says who is told, and the secret is shown once', async () => {
  const to = `${url}/task`;
  const words = ['--webhook', to, '--webhook-event', 'completed', '--webhook-event', 'running'];
  const launched = await launch(...words);
  expect(launched.webhooks).toMatchObject([
    { url: to, events: ['session.completed', 'session.running'], secret: expect.stringMatching(/^whsec_/) },
  ]);
  await finish(launched.session_ids[0]);
  const types = (await sent(to)).map(({ body }: { body: string }) => JSON.parse(body).type);
  expect(types).toEqual(['session.running', 'session.completed']);
  expect((await ah(['webhook', 'list', '--task', launched.task_id])).out).toContain(to);

  const task = ['task', '--agent', 'mock', '--prompt', 'Do', '--repo', 'none'];
  const shown = await ah([...task, '--webhook', to, '--webhook-secret-file', 'secret']);
  expect(shown.out).toContain(secret);
  for (const wrong of [
    ['--webhook', 'ftp://x'],
    ['--webhook', to, '--webhook-event', 'done'],
    ['--webhook-event', 'failed'],
  ])
    expect(await ah([...task, ...wrong])).toMatchObject({ code: 7, out: '' });
});

test('a message that came is checked to the byte, with secrets that no command line shows', async () => {
  const { id } = await json(['webhook', 'create', `${url}/verify`, '--secret-file', 'secret']);
  await ah(['webhook', 'test', id]);
  const [{ headers, body }] = await sent(`${url}/verify`);
  await writeFile(join(cwd, 'headers.json'), JSON.stringify(headers));
  await writeFile(
    join(cwd, 'headers.txt'),
    Object.entries(headers)
      .map(([name, value]) => `${name.toUpperCase()}: ${value}\r\n`)
      .join(''),
  );
  await writeFile(join(cwd, 'body.json'), body);
  const old = ['--tolerance', '3153600000'];
  const given = Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]);

  const right = { code: 0, out: expect.stringContaining(headers['webhook-id']), err: '' };
  const byFile = ['webhook', 'verify', 'body.json', '--secret-file', 'secret', ...old];
  expect(await ah([...byFile, '--headers', 'headers.json'])).toMatchObject(right);
  expect(await ah([...byFile, '--headers', 'headers.txt'])).toMatchObject(right);
  const byEnv = { stdin: body, env: { ...env, AH_WEBHOOK_SECRET: `${secret.replace('B', 'C')} ${secret}` } };
  expect(await ah(['webhook', 'verify', ...given, ...old], byEnv)).toMatchObject(right);

  const wrong = await ah(['webhook', 'verify', ...given, ...old, '--json'], { ...byEnv, stdin: `${body} ` });
  expect(wrong.code).toBe(1);
  expect(JSON.parse(wrong.out)).toMatchObject({ valid: false, reason: expect.stringContaining('signature') });
  expect(await ah(['webhook', 'verify', 'body.json', ...old], byEnv)).toMatchObject({
    code: 1,
    out: expect.stringContaining('There is no webhook-id'),
  });
  const twice = [...byFile, '--headers', 'headers.txt', '--header', 'webhook-id: msg_other'];
  expect((await ah(twice)).err).toContain('webhook-id is there twice');
  expect((await ah(['webhook', 'verify', 'body.json', ...given])).err).toContain('AH_WEBHOOK_SECRET');
  expect((await ah(['webhook', 'verify', '--secret-file', '-', ...given])).code).toBe(7);
  const bad = await ah([...byFile.slice(0, 3), '--secret-file', 'body.json', ...given]);
  expect(bad).toMatchObject({ code: 7, err: expect.stringContaining('whsec_') });
  expect(bad.err).not.toContain('webhook.test');
});

test('nothing is changed by a command that names nothing', async () => {
  const { id } = await json(['webhook', 'create', url]);
  expect((await ah(['webhook', 'update', id])).err).toContain('nothing to change');
  expect(await ah(['webhook', 'update', id, '--enable', '--disable'])).toMatchObject({ code: 7 });
  expect((await ah(['webhook', 'create', url, '--event', 'done'])).err).toContain('--event');
});
