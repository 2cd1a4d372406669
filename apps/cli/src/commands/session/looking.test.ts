import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
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
const ah = async (...argv: string[]) => {
  const io = createFakeIo({ env, cwd: folder });
  const code = await run(argv, io);
  return { code, out: io.out(), err: io.err() };
};
const json = async (...argv: string[]) => JSON.parse((await ah(...argv, '--json')).out);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ah-look-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  const server = await startMockServer({ port: 0, stateDir: folder, speed: 0.01 });
  closing.push(() => server.close());
  env = { AH_REST_BASE: server.url, AH_HOME: folder };
  const setting = ['--setting', 'scenario=fix-failing-test'];
  const repo = ['--repo', 'https://example.test/shop.git'];
  id = (await json('task', ...repo, '--prompt', 'Do', '--agent', 'mock', ...setting)).id;
  await ah('session', 'events', id, '--follow');
});

test('people look around in a workspace', async () => {
  const { children } = await json('session', 'browse', id, '--recursive');
  const changed = children.find((entry: { is_modified: boolean }) => entry.is_modified);
  expect(children.length).toBeGreaterThan(1);
  const top = await ah('session', 'browse', id);
  expect(top).toMatchObject({ code: 0, err: '' });
  expect(top.out).toMatch(/^CHANGED +SIZE +PATH\n/);
  expect((await ah('session', 'browse', id, '--recursive', '--modified')).out).toContain(changed.path);
  expect((await ah('session', 'browse', id, '--recursive', '--limit', '1')).out).toMatch(
    /\n… and more: --cursor \S+\n$/,
  );

  const name = changed.path.split('/').at(-1);
  expect((await ah('session', 'find', id, name.toUpperCase())).out.split('\n')[0]).toBe(changed.path);
  expect((await ah('session', 'find', id, 'no such path')).out).toBe('No path fits.\n');

  const found = await ah('session', 'search', id, '^.', '--path', changed.path);
  expect(found.out).toMatch(new RegExp(`^${changed.path}\n1: `));
  expect(found.out).toContain('1 file, 1 shown');
  expect((await ah('session', 'search', id, 'a(b', '--fixed', '--type', 'nothing')).out).toBe(
    'Nothing was found.\n',
  );
  const bad = await ah('session', 'search', id, 'a(b');
  expect([bad.code, bad.out]).toEqual([7, '']);
  expect(bad.err).toContain('literal=true');

  const shown = await ah('session', 'preview', id, changed.path, '--lines', '1');
  expect(shown.out).toMatch(new RegExp(`^${changed.path}: \\w+, utf-8, \\d+ lines, [\\d.]+ (B|KiB)\n`));
});

test('people take a workspace along', async () => {
  const saved = await json('session', 'download', id);
  expect(saved.path).toBe(join(folder, `${id}.tar.gz`));
  const list = (file: string) =>
    execFileSync('tar', ['-tzf', file], { encoding: 'utf8' }).trimEnd().split('\n');
  const { children } = await json('session', 'browse', id, '--recursive');
  const paths = children.map(({ path }: { path: string }) => `${id}/${path}`);
  expect(list(saved.path)).toEqual(paths);
  const part = await ah('session', 'download', id, children[0].path, '-o', 'part.tar.gz');
  expect(part.out).toMatch(/^Wrote [\d.]+ (B|KiB) to .*part\.tar\.gz\nUnpack it: tar -xzf /);
  expect(list(join(folder, 'part.tar.gz'))).toEqual([paths[0]]);
  const piped = await ah('session', 'download', id, '-o', '-', '--json');
  expect(piped.code).not.toBe(0);
  expect(piped.out + piped.err).toContain('name a file');
  expect((await ah('session', 'download', id, '-o', 'no/such/folder.tar.gz')).err).toContain(
    'cannot be written',
  );
});

test('people are told how to open an editor', async () => {
  const link = await json('session', 'open', id, 'zed', '--ssh-host', 'me@build-1');
  expect(link.remote.url).toMatch(/^zed:\/\/ssh\/me@build-1\//);
  const plain = await ah('session', 'open', id);
  expect(plain.out).toMatch(/^code \/\S+\nvscode:\/\/file\/\S+\n.*ssh_host/);
  expect((await ah('session', 'open', id, 'notepad')).err).toContain('take one of vscode');
  expect((await ah('session', 'open', id, '--line', '3')).err).toContain('--file');
});

test('a path is a repository where sessions and workspaces are sought, as where one is launched', async () => {
  const launched = await json('task', '--repo', 'shop', '--prompt', 'Do', '--agent', 'mock');
  for (const place of ['shop', './shop/', join(folder, 'shop')]) {
    const { items } = await json('session', 'list', '--repo', place);
    expect(items.map((session: { id: string }) => session.id)).toEqual([launched.id]);
    expect((await json('remote', 'workspaces', '--repo', place)).items).toHaveLength(1);
  }
  expect((await json('session', 'list', '--repo', 'https://example.test/shop.git')).items).toHaveLength(1);
  expect((await json('session', 'list', '--repo', 'none-such')).items).toEqual([]);
});
