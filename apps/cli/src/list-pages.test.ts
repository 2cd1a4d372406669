import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMockServer } from '@agent-harbor/mock-server/start';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pagesOf } from './list-pages.ts';
import { run } from './run.ts';
import { createFakeIo } from './testing/fake-io.ts';

const closing: (() => Promise<void>)[] = [];
let env: Record<string, string>;
const ah = async (...argv: readonly string[]) => {
  const io = createFakeIo({ env });
  const code = await run(argv, io);
  expect({ code, out: io.out(), err: io.err() }).toMatchObject({ code: 0 });
  return { out: io.out(), err: io.err() };
};
const json = async (...argv: readonly string[]) => JSON.parse((await ah(...argv, '--json')).out);

beforeAll(async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'ah-pages-'));
  closing.push(() => rm(stateDir, { recursive: true, force: true }));
  const server = await startMockServer({ port: 0, stateDir, speed: 0.01, noAuth: true });
  closing.push(() => server.close());
  env = { AH_REST_BASE: server.url, AH_HOME: stateDir };
  for (const name of ['one', 'two', 'three'])
    await ah('webhook', 'create', `https://hooks.example.test/${name}`, '--event', 'completed');
  for (const name of ['one', 'two', 'three']) {
    await ah('draft', 'create', '--prompt', name);
    const repo = ['--repo', `https://example.test/${name}.git`, '--project', name];
    const agent = ['--agent', 'mock', '--setting', 'scenario=fix-failing-test'];
    await ah('task', '--prompt', name, ...repo, ...agent, '--follow');
  }
});
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

/** How a list tells the cursor of its rest. */
const rest = /^… and more: --cursor (\S+)$/m;

/** A list, a part at a time, as a person walks it: the cursors come from what is printed. */
const walked = async (argv: readonly string[], limit: string): Promise<string[]> => {
  const parts: string[] = [];
  for (let more: readonly string[] | undefined = []; more !== undefined; ) {
    const { out, err }: { out: string; err: string } = await ah(...argv, '--limit', limit, ...more);
    const cursor: string | undefined = rest.exec(`${out}${err}`)?.[1];
    parts.push(out.replace(rest, '').trimEnd());
    more = cursor === undefined ? undefined : ['--cursor', cursor];
  }
  return parts;
};

describe.each<[string, { id: (item: { id: string; path: string }) => string }]>([
  ['session list', { id: ({ id }) => id }],
  ['draft list', { id: ({ id }) => id }],
  ['webhook list', { id: ({ id }) => id }],
  ['webhook deliveries latest', { id: ({ id }) => id }],
  ['repo list', { id: ({ id }) => id }],
  ['remote repos', { id: ({ id }) => id }],
  ['remote projects', { id: ({ id }) => id }],
  ['remote workspaces', { id: ({ id }) => id }],
  ['session files latest', { id: ({ path }) => path }],
  ['session browse latest --recursive', { id: ({ path }) => path }],
])('%s', (words, { id }) => {
  const argv = words.split(' ');

  test('is walked to its end by the cursor each part tells', async () => {
    const whole = await json(...argv);
    const names: string[] = (whole.items ?? whole.children).map(id);
    expect(names.length).toBeGreaterThan(1);
    const parts = await walked(argv, '1');
    expect(parts).toHaveLength(names.length);
    for (const [place, name] of names.entries()) expect(parts[place]).toContain(name);
  });

  test('tells programs where it goes on', async () => {
    const first = await json(...argv, '--limit', '1');
    expect(first.nextCursor).toEqual(expect.any(String));
    const others = await json(...argv, '--cursor', first.nextCursor);
    expect(others.nextCursor).toBeNull();
    const list = (page: typeof first) => page.items ?? page.children;
    expect([...list(first), ...list(others)].map(id)).toEqual(list(await json(...argv)).map(id));
  });
});

test('the files of a repository go on, and only they are on standard output', async () => {
  const { out, err } = await ah('repo', 'files', 'one');
  expect(err).toBe('');
  const parts = await walked(['repo', 'files', 'one'], '1');
  expect(parts).toEqual(out.trimEnd().split('\n'));
  const cut = await ah('repo', 'files', 'one', '--limit', '1', '--json');
  expect(JSON.parse(cut.out)).toMatchObject({ path: parts[0] });
  expect(cut.err).toMatch(rest);
});

test('the log goes on to older lines, and who asked for the last ones is not told of them', async () => {
  const { logs } = await json('session', 'logs', 'latest');
  const last = await json('session', 'logs', 'latest', '--tail', '1');
  expect((await ah('session', 'logs', 'latest', '--tail', '1')).err).toBe('');
  const before = await ah('session', 'logs', 'latest', '--tail', '1', '--cursor', last.nextCursor);
  expect(before.out).toContain(logs.at(-2).message.split('\n')[0]);
  expect(before.err).toMatch(rest);
  const older = await json('session', 'logs', 'latest', '--cursor', last.nextCursor);
  expect([...older.logs, ...last.logs]).toEqual(logs);
});

test('words for another command are alone on standard output; that they are not all is said beside them', async () => {
  for (let made = 0; made < 18; made += 1) await ah('draft', 'create');
  const { items } = await json('draft', 'list', '--limit', '200');
  expect(items).toHaveLength(21);
  const cut = await ah('draft', 'list', '--ids');
  expect(cut.out.trimEnd().split('\n')).toHaveLength(20);
  expect(cut.err).toMatch(rest);
  expect(await ah('draft', 'list', '--ids', '--limit', '1')).toEqual({ out: `${items[0].id}\n`, err: '' });
});

test('a list that is walked past its end says so, and a cursor of another list is refused', async () => {
  const { nextCursor } = await json('draft', 'list', '--limit', '20');
  const { items } = await json('draft', 'list', '--cursor', nextCursor);
  for (const { id } of items) await ah('draft', 'delete', id);
  expect((await ah('draft', 'list', '--cursor', nextCursor)).out).toBe('Nothing more.\n');
  const io = createFakeIo({ env });
  expect(await run(['webhook', 'list', '--cursor', nextCursor], io)).toBe(7);
  expect(io.err()).toContain('cursor');
});

test('a walk asks for no more than it wants, and stops where the list does', async () => {
  const all = Array.from({ length: 7 }, (_, at) => at);
  const asked: number[] = [];
  const walk = async (limit: number, cursor?: string) => {
    asked.length = 0;
    const seen: number[] = [];
    const ask = async ({ perPage, cursor: from = '0' }: { perPage: number; cursor: string | undefined }) => {
      asked.push(perPage);
      const end = Number(from) + perPage;
      return { items: all.slice(Number(from), end), nextCursor: end < all.length ? String(end) : null };
    };
    const pages = pagesOf({ limit, cursor, together: 3 }, ask, ({ items }) => items.length);
    for await (const { items } of pages) seen.push(...items);
    return { seen, asked };
  };
  expect(await walk(100)).toEqual({ seen: all, asked: [3, 3, 3] });
  expect(await walk(4)).toEqual({ seen: [0, 1, 2, 3], asked: [3, 1] });
  expect(await walk(2, '5')).toEqual({ seen: [5, 6], asked: [2] });
});
