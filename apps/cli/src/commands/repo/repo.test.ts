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

beforeAll(async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'ah-repo-'));
  closing.push(() => rm(stateDir, { recursive: true, force: true }));
  const server = await startMockServer({ port: 0, stateDir, speed: 0.05 });
  closing.push(() => server.close());
  env = { AH_REST_BASE: server.url, AH_HOME: stateDir };
  const launch = [
    '--prompt',
    'Do',
    '--project',
    'shop',
    '--agent',
    'mock',
    '--setting',
    'scenario=quick-edit',
  ];
  const task = await ah(['task', '--repo', 'https://example.test/acme/shop.git', '-f', ...launch]);
  expect(task.code).toBe(0);
});
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

test('a repository is added, found by any of its names, and removed', async () => {
  const url = 'https://example.test/acme/app.git';
  const added = await ah(['repo', 'add', url, '--name', 'acme/the-app', '--project', 'apps', '--json']);
  expect(added).toMatchObject({ code: 0, err: '' });
  const { id } = JSON.parse(added.out);
  for (const name of [id, id.slice(0, 12), 'acme/the-app', 'the-app', url]) {
    const { code, out } = await ah(['repo', 'show', name]);
    expect([code, out.includes(id)]).toEqual([0, true]);
  }
  expect((await ah(['repo', 'list', '--project', 'apps'])).out).toContain('acme/the-app');
  expect((await ah(['repo', 'list', '--search', 'THE-APP', '--names'])).out).toBe(`${id}\nacme/the-app\n`);
  expect((await ah(['remote', 'projects', '--ids'])).out.split('\n')).toContain('apps');
  expect((await ah(['repo', 'remove', 'the-app'])).out).toContain('Forgot acme/the-app');
  const gone = await ah(['repo', 'show', 'the-app']);
  expect(gone).toMatchObject({ code: 2, err: expect.stringContaining('ah repo add') });
});

test('what cannot be added says why, without the password', async () => {
  const { code, err } = await ah(['repo', 'add', 'https://me:secret@example.test/a.git']);
  expect(code).toBe(7);
  expect(err).toContain('must not carry a user or password');
  expect(err).not.toContain('secret');
  expect(await ah(['repo', 'add', '/srv/missing'])).toMatchObject({ err: expect.stringContaining('url: ') });
});

test('a name that fits more than one is refused', async () => {
  for (const owner of ['one', 'two']) {
    await ah(['repo', 'add', `https://example.test/${owner}/twin.git`]);
  }
  const { code, err } = await ah(['repo', 'branches', 'twin']);
  expect(code).toBe(7);
  expect(err).toContain('one/twin');
  expect(err).toContain('two/twin');
});

test('branches, refs and files of a repository are listed', async () => {
  expect((await ah(['repo', 'branches', 'shop'])).out).toMatch(/main +yes +[0-9a-f]{10}/);
  const branches = JSON.parse((await ah(['repo', 'branches', 'shop', '--search', 'none', '--json'])).out);
  expect(branches).toMatchObject({ items: [], total: 0, fetchedAt: expect.any(String) });
  const refs = await ah(['repo', 'refs', 'https://example.test/acme/shop.git', '--kind', 'tag']);
  expect(refs.out).toMatch(/v1\.0\.0 +tag/);
  const files = (await ah(['repo', 'files', 'shop'])).out.trimEnd().split('\n');
  expect(files).toContain('src/cart.js');
  expect((await ah(['repo', 'files', 'shop', 'src'])).out).toBe('src/cart.js\n');
  expect((await ah(['repo', 'files', 'shop', '--limit', '2'])).out.trimEnd().split('\n')).toEqual(
    files.slice(0, 2),
  );
  const lines = (await ah(['repo', 'files', 'shop', '--search', 'CART', '--json'])).out.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).path)).toEqual(['src/cart.js', 'test/cart.test.js']);
  const wrong = await ah(['repo', 'files', 'shop', '--ref', 'nothing']);
  expect(wrong).toMatchObject({ code: 7, err: expect.stringContaining('ref') });
});

test('the catalogue is shown in the words of the public command line', async () => {
  expect((await ah(['remote', 'repos', '--project', 'shop'])).out).toContain('acme/shop');
  const listed = await ah(['remote', 'workspaces', '--project', 'shop']);
  expect(listed.out).toMatch(/ws-[0-9A-Z]{26} +(active|released) +completed +scripted/);
  const [id = ''] = (await ah(['remote', 'workspaces', '--ids'])).out.split('\n');
  for (const name of [id, 'latest']) {
    const shown = await ah(['remote', 'workspace', 'show', name]);
    expect(shown).toMatchObject({ code: 0, err: '' });
    expect(shown.out).toMatch(/disk +[\d.]+ (B|KiB) in \d+ files, measured \d+s ago/);
    expect(shown.out).toContain(id);
  }
  const json = JSON.parse((await ah(['remote', 'workspace', 'show', id, '--json'])).out);
  expect(json).toMatchObject({
    id,
    storageUsed: { isComplete: true },
    taskHistory: [{ status: 'completed' }],
  });
  expect(await ah(['remote', 'workspace', 'show', 'ws-x'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('ah remote workspaces'),
  });
  expect((await ah(['remote', 'workspaces', '--status', 'ready'])).code).toBe(7);
});

test('executors say what was tried', async () => {
  const { out } = await ah(['remote', 'executors']);
  expect(out).toMatch(/SNAPSHOTS +PAUSE\nscripted.* none +simulated/);
  expect(out).toMatch(/no +snapshots: btrfs +Nothing is really run here\./);
  expect(out).toContain('isolation: bubblewrap');
});
