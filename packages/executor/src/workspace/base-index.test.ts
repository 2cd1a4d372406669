import { existsSync, mkdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createGit } from './git.ts';
import { rewriteIndex } from './index-file.ts';
import { dateIndex, secondOf } from './index-time.ts';
import { git, type Lab, openLab, systemClock, write } from './testing/lab.ts';
import { gitFollowedBy, openView, sessionId } from './testing/view.ts';
import { createTreeView, type TreeView } from './tree-view.ts';
import { workspacePaths } from './workspace-paths.ts';

let lab: Lab;
beforeEach(() => {
  lab = openLab();
});
afterEach(() => lab.close());

const pathsOf = () => workspacePaths(lab.stateDir, sessionId);

/** Another process that looks at the same session. */
const openOther = (environment: NodeJS.ProcessEnv = process.env): TreeView => {
  const paths = pathsOf();
  const program = createGit({ clock: systemClock, environment });
  return createTreeView({ git: program, paths, scratch: paths.serverScratch, settledFiles: 1 });
};

const isSettled = (): boolean => existsSync(pathsOf().settledIndex);
const secondOfFile = (path: string): number => secondOf(statSync(path).mtimeMs);

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
/** The clock of a file system goes some milliseconds slow. */
const nextSecond = (): Promise<void> => pause(1_050 - (Date.now() % 1_000));

/** As if the checkout had left the file in this second, with the very facts that it has now. */
const checkedOutNow = async (name: string): Promise<void> => {
  const { git: gitDir, index, tree } = pathsOf();
  const [mode = '', id = ''] = git(gitDir, 'ls-files', '--stage', '--', name).split(/\s/);
  const stats = await lstat(join(tree, name), { bigint: true });
  const to = { mode: Number.parseInt(mode, 8), id: Buffer.from(id, 'hex'), stats };
  const update = { name: Buffer.from(name), to };
  await rewriteIndex(index, [update], id.length / 2, { keeps: () => true, take: () => {} });
  await dateIndex(index, Number(stats.ctimeMs));
};

/** What the settled index says of each path: the second it was changed in, and its object. */
const settledEntries = async () => {
  const { git: gitDir, settledIndex, tree } = pathsOf();
  const there = createGit({ clock: systemClock }).with({
    gitDir,
    workTree: tree,
    environment: { GIT_INDEX_FILE: settledIndex },
  });
  const said = await there.text(['ls-files', '--debug']);
  const seconds = [...said.matchAll(/^(\S.*)\n {2}ctime: (\d+)/gm)];
  return new Map(seconds.map(([, name = '', second]) => [name, Number(second)]));
};

test('the first look of a later second leaves an index behind of which git reads nothing again', async () => {
  const { view, tree } = await openView(lab, lab.repository(), { settledFiles: 1 });
  await checkedOutNow('readme.md');
  await nextSecond();
  expect(await view.snapshot()).toBe(await view.base());
  expect(isSettled()).toBe(true);
  const { settledIndex } = pathsOf();
  const entries = await settledEntries();
  expect([...entries.keys()]).toEqual(['readme.md', 'src/a.ts']);
  for (const second of entries.values()) {
    expect(second).toBeGreaterThan(0);
    expect(second).toBeLessThan(secondOfFile(settledIndex));
  }
  const other = openOther();
  expect(await other.snapshot()).toBe(await view.base());
  write(tree, { 'readme.md': '# HELLO\n' });
  expect(await other.snapshot()).toBe(await view.snapshot());
  expect(await other.snapshot()).not.toBe(await view.base());
});

test.each([
  ['that found it', 0],
  ['after the one that found it', 1],
])('a change of the same second and size is seen after a look %s', async (_, earlier) => {
  const { view, tree } = await openView(lab, lab.repository(), { settledFiles: 1 });
  // Until all of it falls into one second.
  for (let attempt = 0; attempt < 5; attempt++) {
    rmSync(pathsOf().settledIndex, { force: true });
    await nextSecond();
    write(tree, { 'readme.md': '# HELLO\n' });
    await checkedOutNow('readme.md');
    for (let look = 0; look < earlier; look++) await view.snapshot({ fresh: true });
    if (!isSettled()) break;
  }
  expect(isSettled()).toBe(false);
  await nextSecond();
  write(tree, { new: 'x' });
  const seen = await view.snapshot();
  expect(await view.git.text(['cat-file', 'blob', `${seen}:readme.md`])).toBe('# HELLO');
  expect(isSettled()).toBe(true);
  expect([...(await settledEntries())].map(([name, second]) => [name, second > 0])).toEqual([
    ['readme.md', false],
    ['src/a.ts', true],
  ]);
  const other = openOther();
  expect(await other.snapshot()).toBe(seen);
  expect(await other.snapshot({ fresh: true })).toBe(seen);
});

test('nothing is claimed for the second of the checkout, however long a look takes', async () => {
  await openView(lab, lab.repository());
  // Git has ended, and what it saw comes in the second after.
  const slow = openOther(gitFollowedBy(lab, `case " $* " in *' diff-files '*) sleep 1.1;; esac`));
  await nextSecond();
  await dateIndex(pathsOf().index, Date.now());
  await slow.snapshot();
  const begun = secondOfFile(join(pathsOf().serverScratch, 'tick'));
  expect(isSettled()).toBe(begun > secondOfFile(pathsOf().index));
  expect(slow.isYoung).toBe(!isSettled());

  await slow.snapshot();
  expect(isSettled()).toBe(true);
  expect(slow.isYoung).toBe(false);
  const { settledIndex, serverScratch } = pathsOf();
  if (begun > secondOfFile(pathsOf().index)) return;
  expect(secondOfFile(settledIndex)).toBe(secondOfFile(join(serverScratch, 'tick')));
});

test('a look that fails leaves nothing behind, and one that is fresh believes nothing that was left', async () => {
  const { view, tree } = await openView(lab, lab.repository(), { settledFiles: 1 });
  await nextSecond();
  const ending = new AbortController();
  const failed = view.snapshot({ signal: ending.signal });
  ending.abort();
  await expect(failed).rejects.toThrow();
  expect(isSettled()).toBe(false);
  expect(await view.snapshot()).toBe(await view.base());

  // Whatever it says.
  write(tree, { 'readme.md': '# HELLO\n' });
  const { settledIndex } = pathsOf();
  const stats = await lstat(join(tree, 'readme.md'), { bigint: true });
  const id = Buffer.from(git(pathsOf().git, 'rev-parse', `${await view.base()}:readme.md`), 'hex');
  const update = { name: Buffer.from('readme.md'), to: { mode: 0o100644, id, stats } };
  await rewriteIndex(settledIndex, [update], id.length, { keeps: () => true, take: () => {} });
  await dateIndex(settledIndex, Number(stats.ctimeMs) + 10_000);
  const other = openOther();
  expect(await other.snapshot()).toBe(await view.base());
  expect(await other.snapshot({ fresh: true })).toBe(await view.snapshot());
});

test('is left by one of two that look at once, in one piece', async () => {
  const { view, tree } = await openView(lab, lab.repository(), { settledFiles: 1 });
  write(tree, { 'readme.md': 'changed\n' });
  await nextSecond();
  const other = openOther();
  const [one, two] = await Promise.all([view.snapshot(), other.snapshot()]);
  expect(one).toBe(two);
  expect([...(await settledEntries()).keys()]).toEqual(['readme.md', 'src/a.ts']);
  const third = openOther();
  expect(await third.snapshot()).toBe(one);
});

test('files that are gone, converted or in submodules are as they are without it', async () => {
  const inner = lab.repository('inner', { 'inner.txt': 'x' });
  const url = lab.repository('source', {
    '.gitattributes': '*.bat text eol=crlf\n',
    'a.bat': 'one\ntwo\n',
    gone: 'x',
    'gone-and-back': 'x',
  });
  git(url, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'module');
  git(url, 'commit', '--quiet', '--message=module');
  const { view, tree } = await openView(lab, url, { settledFiles: 1 });
  git(tree, 'rm', '--quiet', 'gone', 'gone-and-back');
  await nextSecond();
  const seen = await view.snapshot();
  expect(isSettled()).toBe(true);
  const other = openOther();
  expect(await other.snapshot()).toBe(seen);
  write(tree, { 'gone-and-back': 'x', 'a.bat': 'one\r\nTWO\r\n' });
  const changed = await openOther().snapshot();
  expect(changed).toBe(await view.snapshot());
  expect(await view.git.text(['cat-file', 'blob', `${changed}:a.bat`])).toBe('one\nTWO');
});

test('nothing is claimed by a look that goes on where another process has ended', async () => {
  const { view, tree, scratch } = await openView(lab, lab.repository());
  write(tree, { 'readme.md': '# HELLO\n' });
  await view.snapshot();
  await nextSecond();
  const git = createGit({ clock: systemClock });
  const next = createTreeView({ git, paths: pathsOf(), scratch, settledFiles: 1 });
  expect(await next.snapshot()).toBe(await view.snapshot());
  expect(isSettled()).toBe(false);
});

test('is of no use for few files, and for an index of another version', async () => {
  const { view } = await openView(lab, lab.repository());
  await nextSecond();
  await view.snapshot();
  expect(isSettled()).toBe(false);
  git(pathsOf().git, 'update-index', '--index-version', '4');
  const past = new Date(Date.now() - 60_000);
  utimesSync(pathsOf().index, past, past);
  await openOther().snapshot();
  expect(isSettled()).toBe(false);
});

test('that it cannot be written is no matter of the look', async () => {
  const { view, scratch } = await openView(lab, lab.repository(), { settledFiles: 1 });
  const { index } = pathsOf();
  const later = new Date(Date.now() + 60_000);
  utimesSync(index, later, later);
  await view.snapshot();
  const past = new Date(Date.now() - 60_000);
  utimesSync(index, past, past);
  mkdirSync(join(scratch, 'settled/in-the-way'), { recursive: true });
  expect(await view.snapshot()).toBe(await view.base());
  expect(isSettled()).toBe(false);
});

test('goes with the workspace', async () => {
  const { view } = await openView(lab, lab.repository(), { settledFiles: 1 });
  await nextSecond();
  await view.snapshot();
  expect(isSettled()).toBe(true);
  await lab.workspaces.release(sessionId);
  expect(isSettled()).toBe(false);
});
