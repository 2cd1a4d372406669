import { mkdtemp, readFile, rm } from 'node:fs/promises';
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
let id: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ah-deliver-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  const server = await startMockServer({ port: 0, stateDir: folder, speed: 0.001 });
  closing.push(() => server.close());
  env = { AH_REST_BASE: server.url, AH_HOME: folder };
  const repo = ['--repo', 'https://github.com/acme/shop.git', '--delivery', 'pr', '--target-branch', 'main'];
  const agent = ['--agent', 'mock', '--setting', 'scenario=fix-failing-test'];
  await ah('task', ...repo, ...agent, '--prompt', 'Fix it', '--follow');
  ({ sessionId: id } = JSON.parse((await ah('session', 'deliver', 'latest', '--json')).out));
});

const ah = async (...argv: string[]) => {
  const io = createFakeIo({ env, cwd: folder });
  const code = await run(argv, io);
  return { code, out: io.out(), err: io.err() };
};

test('a task asks for a pull request, and asking again finds it', async () => {
  const { code, out } = await ah('session', 'deliver', id);
  expect(code).toBe(0);
  expect(out).toContain('and asked for into main:');
  expect(out).toContain('https://github.com/acme/shop/pull/1');
  const again = JSON.parse((await ah('session', 'deliver', id, '--json')).out);
  expect(again).toMatchObject({ mode: 'pr', url: 'https://github.com/acme/shop/pull/1' });
});

test('another branch gets the work, and a patch goes to a file', async () => {
  expect((await ah('session', 'deliver', id, '--mode', 'branch', '--branch', 'fix/cart')).out).toContain(
    'delivered to branch fix/cart',
  );
  const saved = await ah('session', 'deliver', id, '--output', 'work.patch');
  expect(saved.code).toBe(0);
  expect(await readFile(join(folder, 'work.patch'), 'utf8')).toContain('diff --git');
});

test('a refusal names the way out', async () => {
  for (const branch of ['main', 'moved']) {
    const refused = await ah('session', 'deliver', id, '--mode', 'branch', '--branch', branch);
    expect(refused.code).not.toBe(0);
    expect(refused.err).toContain('--branch <name>');
  }
  const wrong = await ah('session', 'deliver', id, '--mode', 'patch', '--branch', 'x');
  expect(wrong.code).not.toBe(0);
  expect(wrong.err).toContain('branch');
});
