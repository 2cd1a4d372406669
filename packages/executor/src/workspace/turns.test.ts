import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startDirectly } from '../process/start-program.ts';
import { archiveOf } from './archive.ts';
import { compareTrees } from './compare.ts';
import { searchFiles } from './content-search.ts';
import { createGit, type Git } from './git.ts';
import { createMutex } from './mutex.ts';
import { createFindRipgrep } from './ripgrep.ts';
import type { Seen } from './session-trees.ts';
import { git as asUser, type Lab, openLab, systemClock, write } from './testing/lab.ts';
import { type Turns, watchTurns } from './testing/turns.ts';
import { type BaseList, type ListedEntry, listTree } from './tree-list.ts';
import { createWorkspaceFiles } from './workspace-files.ts';

let lab: Lab;
let turns: Turns;
beforeEach(() => {
  lab = openLab();
  turns = watchTurns();
});
afterEach(() => {
  turns.stop();
  lab.close();
});

const many = 20_000;
const id = '1'.repeat(40);

/** Files of a large tree that tell when they are looked at. */
const largeTree = (): ListedEntry[] =>
  Array.from({ length: many }, (_, number) => {
    const path = `directory-${String(number % 40).padStart(2, '0')}/file-${number}`;
    return {
      get path() {
        turns.count();
        return path;
      },
      kind: 'file',
      isModified: false,
      isExecutable: false,
      id,
    };
  });

/** A git that has answered before it was asked: nobody gets a turn by waiting for it. */
const answering = (stdout: Buffer): Git => ({
  run: async () => ({ stdout, exitCode: 0 }),
  text: async () => '',
  with: () => answering(stdout),
});

const seenBy = (git: Git): Seen => ({
  git,
  base: 'base',
  tree: 'tree',
  directory: undefined,
  version: '1',
  hold: () => () => {},
});

/** What `diff-tree` says of many edits. */
const edits = (): Buffer => {
  const paths = Array.from({ length: many }, (_, number) => `file-${String(number).padStart(5, '0')}`);
  const raw = paths.map((path) => `:100644 100644 ${id} ${'2'.repeat(40)} M\0${path}\0`).join('');
  return Buffer.from(`${raw}${paths.map((path) => `1\t0\t${path}\0`).join('')}`);
};

test('choosing what to search gives others their turn', async () => {
  const wish = {
    pattern: 'x',
    isLiteral: true,
    isCaseSensitive: true,
    accepts: () => false,
    limit: 10,
    signal: undefined,
  };
  const ripgrep = await createFindRipgrep(process.env)();
  const place = { ripgrep, start: startDirectly, clock: systemClock, directory: lab.root };
  const found = await searchFiles({ ...place, entries: largeTree(), large: new Set(), wish });
  expect(found.files).toEqual([]);
  expect(turns.most).toBeGreaterThan(100);
  expect(turns.most).toBeLessThan(2_000);
});

test('choosing what to download gives others their turn', async () => {
  const options = { path: 'elsewhere', root: 'S1', at: 0, signal: undefined };
  const made = archiveOf(seenBy(answering(Buffer.alloc(0))), largeTree(), options);
  await expect(made).rejects.toMatchObject({ code: 'file-not-found' });
  expect(turns.most).toBeGreaterThan(100);
  expect(turns.most).toBeLessThan(3_000);
});

test('listing a tree by what differs from its base gives others their turn', async () => {
  const repository = lab.repository();
  const git = createGit({ clock: systemClock }).with({ gitDir: join(repository, '.git') });
  const before = asUser(repository, 'write-tree');
  write(repository, { new: 'x' });
  asUser(repository, 'add', '--all');
  const entries = largeTree();
  const base: BaseList = { tree: before, entries };
  const told = await listTree(git, base, asUser(repository, 'write-tree'), undefined);
  expect(told.entries).toHaveLength(many + 1);
  expect(turns.most).toBeGreaterThan(100);
  // A path is read a few times for each entry.
  expect(turns.most).toBeLessThan(35_000);
});

test('reading what differs gives others their turn', async () => {
  const git = answering(edits());
  const before = turns.turns;
  expect(await compareTrees(git, 'base', 'tree', { renames: true })).toHaveLength(many);
  // The list is read in portions, and so are the numbers of lines.
  expect(turns.turns - before).toBeGreaterThanOrEqual(2 * (many / 1_000) - 2);
});

test('making the list of changes gives others their turn', async () => {
  const git = answering(edits());
  const seen = seenBy(git);
  const none = () => Promise.reject(new Error('It is not asked for.'));
  const trees = { look: async () => seen, final: none, now: none, drop: none };
  const files = createWorkspaceFiles(trees, createMutex(), { name: 'A', email: 'a@example.org' });
  const alone = turns.turns;
  await compareTrees(git, 'base', 'tree', { renames: true });
  const forReading = turns.turns - alone;
  const before = turns.turns;
  expect(await files.changes('S1')).toHaveLength(many);
  expect(turns.turns - before).toBeGreaterThanOrEqual(forReading + many / 500 - 2);
});
