import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { handClock } from '../testing/hand-clock.ts';
import { temporaryDirectory } from '../testing/temporary.ts';
import { createWorkspacePool, type Wish, type WorkspacePoolOptions } from './workspace-pool.ts';

const commit = (digit: string) => digit.repeat(40);

const wishFor = (key: string, tip = commit('a'), other: Record<string, string> = {}): Wish => ({
  key,
  heads: {
    head: { commit: tip, branch: 'main' },
    branches: new Map(Object.entries({ main: tip, ...other })),
    tags: new Map(),
  },
  start: { commit: tip, branch: 'main' },
  isPinned: false,
});

const quiet = 500;
const halfAnHour = 30 * 60_000;

/** Each pool has a directory of its own in the folder. */
const inHomes = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .flatMap((home) => readdirSync(join(folder, home)).map((name) => join(folder, home, name)))
        .sort()
    : [];

const open = async (options: Partial<WorkspacePoolOptions> = {}, left: readonly string[] = []) => {
  const root = await temporaryDirectory();
  const folder = join(root, 'ready');
  for (const name of left) mkdirSync(join(folder, name), { recursive: true });
  const { clock, advance } = handClock();
  const warnings: unknown[] = [];
  const made: string[] = [];
  const pool = createWorkspacePool({
    size: 1,
    folder,
    make: async ({ git, tree }, { key }) => {
      for (const path of [git, tree]) mkdirSync(path);
      writeFileSync(join(tree, 'of'), key);
      made.push(key);
      return true;
    },
    clock,
    log: { info() {}, error() {}, warn: (_, fields) => warnings.push(fields) },
    hasRoom: () => Promise.resolve(true),
    ...options,
  });
  onTestFinished(() => pool.close());
  let taken = 0;
  return {
    pool,
    folder,
    made,
    warnings,
    advance,
    names: () => inHomes(folder).map((path) => basename(path)),
    place: (name: string) => inHomes(folder).find((path) => basename(path) === name) ?? '',
    /** Lets what is due be done: each thing is followed by another look. */
    settle: async (ms = quiet) => {
      advance(ms);
      for (let turn = 0; turn < 40; turn++) {
        await new Promise((resolve) => setImmediate(resolve));
        await new Promise((resolve) => setTimeout(resolve, 1));
        advance(0);
      }
    },
    /** Lets what is due be done until it is so. */
    until: (assertion: () => void) =>
      vi.waitFor(
        () => {
          advance(0);
          assertion();
        },
        { timeout: 30_000, interval: 2 },
      ),
    take: async (wish: Wish): Promise<string | undefined> => {
      const places = { git: join(root, `${++taken}.git`), tree: join(root, `${taken}.tree`) };
      const isTaken = await pool.take(wish, places);
      expect([existsSync(places.git), existsSync(places.tree)]).toEqual([isTaken, isTaken]);
      return isTaken ? readFileSync(join(places.tree, 'of'), 'utf8') : undefined;
    },
  };
};

test('one waits for whoever comes next, when it has been quiet for a while, and is given out once', async () => {
  const { pool, settle, take, names, until } = await open();
  pool.expect(wishFor('one'));
  await settle(quiet - 1);
  await until(() => expect(pool.waiting).toBe(0));
  await settle(1);
  await until(() => expect(pool.waiting).toBe(1));
  const both = await Promise.all([take(wishFor('one')), take(wishFor('one'))]);
  expect(both).toEqual(['one', undefined]);
  await until(() => expect(names()).toEqual([]));
  pool.expect(wishFor('one'));
  await settle();
  await until(() => expect(pool.waiting).toBe(1));
  expect(await take(wishFor('one'))).toBe('one');
});

test('none is made where none is to wait, or there is no commit', async () => {
  const off = await open({ size: 0 });
  off.pool.expect(wishFor('one'));
  await off.settle();
  const on = await open();
  on.pool.expect({ ...wishFor('one'), start: { commit: null, branch: 'main' } });
  await on.settle();
  expect([...off.made, ...on.made]).toEqual([]);
});

test.each([
  ['its branch moved', wishFor('one', commit('b'))],
  ['another branch appeared', wishFor('one', commit('a'), { topic: commit('c') })],
])('one is not given out after %s, but made anew', async (_, moved) => {
  const { pool, settle, take, made, names, until } = await open();
  pool.expect(wishFor('one'));
  await settle();
  await until(() => expect(pool.waiting).toBe(1));
  expect(await take(moved)).toBeUndefined();
  pool.expect(moved);
  await settle();
  await until(() => expect(pool.waiting).toBe(1));
  expect(made).toHaveLength(2);
  await until(() => expect(names()).toEqual(['2.git', '2.tree']));
  expect(await take(wishFor('one'))).toBeUndefined();
  expect(await take(moved)).toBe('one');
});

test('sources, branches and named commits are kept apart', async () => {
  const { pool, settle, take, until } = await open();
  pool.expect(wishFor('one'));
  await settle();
  await until(() => expect(pool.waiting).toBe(1));
  const here = wishFor('one');
  expect(await take(wishFor('two'))).toBeUndefined();
  expect(await take({ ...here, start: { ...here.start, branch: 'topic' } })).toBeUndefined();
  expect(await take({ ...here, start: { ...here.start, branch: null } })).toBeUndefined();
  expect(await take({ ...here, isPinned: true })).toBeUndefined();
  expect(await take(here)).toBe('one');
});

test('nothing is made while somebody waits, and what is being made is given up', async () => {
  const begun: AbortSignal[] = [];
  const { pool, settle, names, until } = await open({
    make: async ({ git, tree }, _, signal) => {
      for (const path of [git, tree]) mkdirSync(path);
      begun.push(signal);
      if (begun.length > 1) return true;
      return new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(new Error('aborted'))),
      );
    },
  });
  pool.expect(wishFor('one'));
  await settle();
  await until(() => expect(begun).toHaveLength(1));
  const { promise, resolve } = Promise.withResolvers<void>();
  const waitedFor = pool.during(() => promise);
  expect(begun[0]?.aborted).toBe(true);
  await settle();
  await settle();
  expect(begun).toHaveLength(1);
  resolve();
  await waitedFor;
  await settle(quiet - 1);
  expect(begun).toHaveLength(1);
  await settle(1);
  await until(() => expect(pool.waiting).toBe(1));
  await until(() => expect(names()).toEqual(['2.git', '2.tree']));
});

test('what nobody used for half an hour is dropped', async () => {
  const { pool, settle, names, until } = await open();
  pool.expect(wishFor('one'));
  await settle();
  await settle(halfAnHour - quiet - 1);
  await until(() => expect(pool.waiting).toBe(1));
  await settle(1);
  await until(() => expect(pool.waiting).toBe(0));
  await until(() => expect(names()).toEqual([]));
});

test('there are few sources, and few workspaces in all', async () => {
  const { pool, settle, names, take, until } = await open({ size: 8 });
  for (const key of ['one', 'two', 'three', 'four', 'five']) pool.expect(wishFor(key));
  for (let round = 0; round < 3; round++) await settle();
  await until(() => expect(pool.waiting).toBe(16));
  await until(() => expect(names()).toHaveLength(32));
  expect(await take(wishFor('one'))).toBeUndefined();
  expect(await take(wishFor('five'))).toBe('five');
});

test('the source used longest ago makes room for another one', async () => {
  const { pool, settle, until, take } = await open();
  for (const key of ['one', 'two', 'three', 'four']) pool.expect(wishFor(key));
  await settle();
  await until(() => expect(pool.waiting).toBe(4));
  pool.expect(wishFor('one'));
  pool.expect(wishFor('five'));
  await settle();
  await until(() => expect(pool.waiting).toBe(4));
  expect(await take(wishFor('two'))).toBeUndefined();
  expect(await take(wishFor('one'))).toBe('one');
  expect(await take(wishFor('five'))).toBe('five');
});

test('one whose source moves while it is made is thrown away', async () => {
  const held: (() => void)[] = [];
  const { pool, settle, until, take, names } = await open({
    make: async ({ git, tree }) => {
      const number = held.length + 1;
      for (const path of [git, tree]) mkdirSync(path);
      writeFileSync(join(tree, 'of'), String(number));
      await new Promise<void>((resolve) => held.push(resolve));
      return true;
    },
  });
  const moved = wishFor('one', commit('b'));
  pool.expect(wishFor('one'));
  await settle();
  await until(() => expect(held).toHaveLength(1));
  pool.expect(moved);
  held[0]?.();
  await settle();
  await until(() => expect(held).toHaveLength(2));
  held[1]?.();
  await until(() => expect(pool.waiting).toBe(1));
  await until(() => expect(names()).toEqual(['2.git', '2.tree']));
  expect(await take(moved)).toBe('2');
});

test('it stays quiet for as long as it should when the one that was given up takes its time', async () => {
  const begun: (() => void)[] = [];
  const { pool, settle, until } = await open({
    make: () => new Promise((_resolve, reject) => begun.push(() => reject(new Error('aborted')))),
  });
  pool.expect(wishFor('one'));
  await settle();
  await until(() => expect(begun).toHaveLength(1));
  await pool.during(() => Promise.resolve());
  begun[0]?.();
  await settle(quiet - 1);
  expect(begun).toHaveLength(1);
  await settle(1);
  await until(() => expect(begun).toHaveLength(2));
  begun[1]?.();
});

test('what a killed server left is removed, and never given out', async () => {
  const { pool, settle, names, take, until } = await open({}, ['of-a/1.git', 'of-a/1.tree']);
  expect(await take(wishFor('one'))).toBeUndefined();
  await settle();
  await until(() => expect(names()).toEqual([]));
  await until(() => expect(pool.waiting).toBe(0));
});

test('what a killed server left running writes into no workspace of the next one', async () => {
  const first = await open();
  first.pool.expect(wishFor('one'));
  await first.settle();
  await first.until(() => expect(first.pool.waiting).toBe(1));
  const old = first.place('1.tree');
  const second = await open({ folder: first.folder });
  second.pool.expect(wishFor('one'));
  await second.settle();
  await second.until(() => expect(second.pool.waiting).toBe(1));
  const [place = ''] = inHomes(first.folder).filter((path) => path.endsWith('1.tree'));
  expect(existsSync(place)).toBe(true);
  expect(place).not.toBe(old);
});

test('nothing is left when it is closed, nor made afterwards', async () => {
  const { pool, settle, folder, made, until } = await open({ size: 2 });
  pool.expect(wishFor('one'));
  await settle();
  await until(() => expect(pool.waiting).toBe(2));
  await pool.close();
  expect(existsSync(folder)).toBe(false);
  pool.expect(wishFor('one'));
  await pool.during(() => Promise.resolve());
  await settle();
  expect(made).toHaveLength(2);
});

test('one that is being made ends with the pool', async () => {
  let isBegun = false;
  const { pool, settle, folder, until } = await open({
    make: async ({ git }, _, signal) => {
      mkdirSync(git);
      isBegun = true;
      return new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(new Error('aborted'))),
      );
    },
  });
  pool.expect(wishFor('one'));
  await settle();
  await until(() => expect(isBegun).toBe(true));
  await pool.close();
  expect(existsSync(folder)).toBe(false);
});

test('where the disk is nearly full none is made, and those that wait give way', async () => {
  let hasRoom = true;
  const { pool, settle, names, until } = await open({ hasRoom: () => Promise.resolve(hasRoom) });
  pool.expect(wishFor('one'));
  await settle();
  await until(() => expect(pool.waiting).toBe(1));
  hasRoom = false;
  pool.expect(wishFor('two'));
  await settle();
  await until(() => expect(pool.waiting).toBe(0));
  await until(() => expect(names()).toEqual([]));
});

test('a disk that is full while one is made empties the pool, and fails nobody', async () => {
  let failure: Error | undefined;
  const { pool, settle, names, warnings, until } = await open({
    make: async ({ git, tree }) => {
      mkdirSync(git);
      if (failure !== undefined) throw failure;
      mkdirSync(tree);
      return true;
    },
  });
  pool.expect(wishFor('one'));
  await settle();
  await until(() => expect(pool.waiting).toBe(1));
  failure = new Error('broken');
  pool.expect(wishFor('two'));
  await settle();
  await until(() => expect(pool.waiting).toBe(1));
  failure = Object.assign(new Error('full'), { code: 'ENOSPC' });
  pool.expect(wishFor('three'));
  await settle();
  await until(() => expect(pool.waiting).toBe(0));
  await until(() => expect(names()).toEqual([]));
  expect(warnings).toEqual([{ reason: 'Error: broken' }, { reason: 'Error: full' }]);
});

test('one that cannot be made of what the server has is not tried again until somebody asks', async () => {
  const make = vi.fn(() => Promise.resolve(false));
  const { pool, settle, until } = await open({ make });
  pool.expect(wishFor('one'));
  await settle();
  await until(() => expect(make).toHaveBeenCalled());
  await settle();
  expect(make).toHaveBeenCalledTimes(1);
  await until(() => expect(pool.waiting).toBe(0));
});

test('one whose directories are gone is passed over', async () => {
  const { pool, settle, take, place, warnings, until } = await open({ size: 2 });
  pool.expect(wishFor('one'));
  await settle();
  await until(() => expect(pool.waiting).toBe(2));
  rmSync(place('1.tree'), { recursive: true });
  expect(await take(wishFor('one'))).toBe('one');
  expect(await take(wishFor('one'))).toBeUndefined();
  expect(warnings).toHaveLength(1);
});

test('what could be moved only in part is no workspace', async () => {
  const { pool, settle, take, place, until } = await open();
  pool.expect(wishFor('one'));
  await settle();
  await until(() => expect(pool.waiting).toBe(1));
  rmSync(place('1.tree'), { recursive: true });
  expect(await take(wishFor('one'))).toBeUndefined();
});

test('all give way to somebody who needs the room', async () => {
  const { pool, settle, names, until } = await open();
  expect(await pool.drop()).toBe(false);
  pool.expect(wishFor('one'));
  await settle();
  await until(() => expect(pool.waiting).toBe(1));
  expect(await pool.drop()).toBe(true);
  await until(() => expect(names()).toEqual([]));
});

test('those of one source are removed, and those of others go on to wait', async () => {
  const { pool, settle, take, names, until } = await open();
  for (const key of ['one', 'two']) pool.expect(wishFor(key));
  await settle();
  await until(() => expect(pool.waiting).toBe(2));
  await pool.forgetSource('one');
  expect([pool.waiting, names().length]).toEqual([1, 2]);
  expect([await take(wishFor('one')), await take(wishFor('two'))]).toEqual([undefined, 'two']);
});
