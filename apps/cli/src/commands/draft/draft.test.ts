import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMockServer } from '@agent-harbor/mock-server/start';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../../run.ts';
import { createFakeIo, type FakeIoOptions } from '../../testing/fake-io.ts';

const closing: (() => Promise<void>)[] = [];
let env: Record<string, string>;
const ah = async (argv: readonly string[], options: FakeIoOptions = {}) => {
  const io = createFakeIo({ env, ...options });
  return { code: await run(argv, io), out: io.out(), err: io.err() };
};
const json = async (argv: readonly string[], options?: FakeIoOptions) => {
  const { code, out, err } = await ah([...argv, '--json'], options);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out);
};

beforeAll(async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'ah-draft-'));
  closing.push(() => rm(stateDir, { recursive: true, force: true }));
  const server = await startMockServer({ port: 0, stateDir, speed: 0.05 });
  closing.push(() => server.close());
  env = { AH_REST_BASE: server.url, AH_HOME: stateDir };
});
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

test('a draft is begun, completed, launched and gone', async () => {
  const { id } = await json(['draft', 'create', '--prompt-file', '-'], { stdin: 'Speed up\nthe build' });
  const early = await ah(['draft', 'launch', id]);
  expect(early.code).toBe(7);
  expect(early.err).toContain(`ah draft edit ${id} --repo`);
  expect(early.err).toContain('--agent');
  const repo = ['--repo', 'https://example.test/shop.git', '--branch', 'main'];
  const agent = ['--agent', 'mock', '--instances', '2', '--setting', 'scenario=quick-edit'];
  const edited = await json(['draft', 'edit', id.slice(0, 20), ...repo, ...agent, '--label', 'team=web']);
  expect(edited).toMatchObject({
    id,
    prompt: 'Speed up\nthe build',
    repo: { mode: 'git', url: 'https://example.test/shop.git', branch: 'main' },
    agents: [{ type: 'mock', count: 2 }],
    labels: { team: 'web' },
  });
  expect((await json(['draft', 'edit', id, '--branch', 'next'])).repo).toEqual({
    mode: 'git',
    url: 'https://example.test/shop.git',
    branch: 'next',
  });
  const shown = (await ah(['draft', 'show', 'latest'])).out;
  expect(shown).toContain('mock ×2');
  expect(shown.endsWith('\nSpeed up\nthe build\n')).toBe(true);
  expect((await ah(['draft', 'list'])).out).toContain(id);
  expect((await ah(['draft', 'list', '--ids'])).out.split('\n')).toContain(id);

  const launched = await ah(['draft', 'launch', id, '--follow']);
  expect(launched).toMatchObject({ code: 0, err: '' });
  expect(launched.out.match(/^[0-9A-Z]{26} queued$/gm)).toHaveLength(2);
  expect(launched.out).toContain('completed');
  expect(await ah(['draft', 'show', id])).toMatchObject({
    code: 1,
    err: expect.stringContaining('ah draft list'),
  });
});

test('a kept draft is launched once for each of its states', async () => {
  const members = ['--repo', 'none', '--agent', 'mock', '--setting', 'scenario=quick-edit'];
  const { id } = await json(['draft', 'create', '--prompt', 'Do', ...members]);
  const first = await json(['draft', 'launch', id, '--keep']);
  expect((await json(['draft', 'launch', id, '--keep'])).id).toBe(first.id);
  await json(['draft', 'edit', id, '--prompt', 'Do more']);
  expect((await json(['draft', 'launch', id])).id).not.toBe(first.id);
});

test('a draft is deleted, and only what is there', async () => {
  const { id } = await json(['draft', 'create']);
  expect((await ah(['draft', 'delete', id])).out).toBe(`Deleted ${id}.\n`);
  for (const name of [id, 'draft-01ZZ', 'nothing at all']) {
    expect(await ah(['draft', 'delete', name])).toMatchObject({
      code: 1,
      err: expect.stringContaining('draft'),
    });
  }
  expect((await ah(['draft', 'edit', id])).err).toContain('nothing to change');
});
