import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { git, type Lab, openLab, write } from './testing/lab.ts';
import { openView, sessionId } from './testing/view.ts';
import type { TreeView } from './tree-view.ts';
import { workspacePaths } from './workspace-paths.ts';

let lab: Lab;
beforeEach(() => {
  lab = openLab();
});
afterEach(() => lab.close());

const list = async (view: TreeView, tree: string): Promise<string[]> =>
  (await view.git.text(['ls-tree', '-r', '-z', '--format=%(objectmode) %(path)', tree]))
    .split('\0')
    .filter(Boolean);

test('is the base as long as nothing changed', async () => {
  const { view } = await openView(lab, lab.repository());
  const base = await view.base();
  expect(await view.snapshot()).toBe(base);
  expect(await view.snapshot({ fresh: true })).toBe(base);
});

test('knows modes, links, empty files, kinds that change, and what is ignored', async () => {
  const url = lab.repository('source', {
    '.gitignore': 'out/\n*.log\n!keep.log\n',
    'tracked.log': 'tracked although ignored\n',
    'file-to-directory': 'x',
    'directory-to-file/x': 'x',
    'file-to-link': 'x',
    'run.sh': 'x',
    gone: 'x',
  });
  git(url, 'add', '--force', 'tracked.log');
  git(url, 'commit', '--quiet', '--message=ignored');
  const { tree, view } = await openView(lab, url);
  rmSync(join(tree, 'file-to-directory'));
  write(tree, { 'file-to-directory/inside': 'x' });
  rmSync(join(tree, 'directory-to-file'), { recursive: true });
  rmSync(join(tree, 'file-to-link'));
  symlinkSync('run.sh', join(tree, 'file-to-link'));
  symlinkSync('/nowhere', join(tree, 'dangling'));
  symlinkSync('/etc', join(tree, 'outside'));
  chmodSync(join(tree, 'run.sh'), 0o755);
  rmSync(join(tree, 'gone'));
  write(tree, {
    'directory-to-file': 'x',
    empty: '',
    'out/a': 'x',
    'b.log': 'x',
    'keep.log': 'x',
    'tracked.log': 'changed\n',
    'deep/.gitignore': 'x\n',
    'deep/x': 'x',
    'deep/y': 'y',
  });
  expect(await list(view, await view.snapshot())).toEqual([
    '100644 .gitignore',
    '120000 dangling',
    '100644 deep/.gitignore',
    '100644 deep/y',
    '100644 directory-to-file',
    '100644 empty',
    '100644 file-to-directory/inside',
    '120000 file-to-link',
    '100644 keep.log',
    '120000 outside',
    '100755 run.sh',
    '100644 tracked.log',
  ]);
});

test('sees a change of the same length and time', async () => {
  const { tree, view } = await openView(lab, lab.repository());
  const path = join(tree, 'readme.md');
  const { atime, mtime } = statSync(path);
  const before = await view.snapshot();
  writeFileSync(path, '# HELLO\n');
  utimesSync(path, atime, mtime);
  const after = await view.snapshot();
  expect(after).not.toBe(before);
  expect(await view.git.text(['cat-file', 'blob', `${after}:readme.md`])).toBe('# HELLO');
});

test('sees every change of the same length in the same second', async () => {
  const { tree, view } = await openView(lab, lab.repository());
  // More than a second of them, so that some fall on both sides of its end.
  const end = Date.now() + 1_500;
  for (let round = 0; Date.now() < end || round < 10; round++) {
    const content = String(1_000 + round);
    write(tree, { 'readme.md': content });
    const snapshot = await view.snapshot();
    expect(await view.git.text(['cat-file', 'blob', `${snapshot}:readme.md`])).toBe(content);
  }
});

test('dates what it knows by the beginning of a look, in whole seconds', async () => {
  const { tree, view, scratch } = await openView(lab, lab.repository());
  for (const change of [() => {}, () => write(tree, { new: 'x' }), () => {}]) {
    change();
    await view.snapshot();
    const begun = statSync(join(scratch, 'tick')).mtimeMs;
    // Later, and a file that is written once more in the second it was read in would not be read again.
    expect(statSync(join(scratch, 'index')).mtimeMs).toBe(Math.floor(begun / 1000) * 1000);
  }
});

test('takes the files of repositories inside the tree, and the commits of submodules', async () => {
  const inner = lab.repository('inner', { 'inner.txt': 'x' });
  const url = lab.repository('source');
  git(url, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'module');
  git(url, 'commit', '--quiet', '--message=module');
  const { tree, view } = await openView(lab, url);
  expect(readdirSync(join(tree, 'module'))).toEqual([]);
  expect(await view.snapshot()).toBe(await view.base());

  // The agent fetches the submodule and moves it on.
  git(tree, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'update', '--init');
  expect(await view.snapshot()).toBe(await view.base());
  git(join(tree, 'module'), 'commit', '--quiet', '--allow-empty', '--message=moved');
  const moved = git(join(tree, 'module'), 'rev-parse', 'HEAD');
  expect(await view.git.text(['rev-parse', `${await view.snapshot()}:module`])).toBe(moved);

  mkdirSync(join(tree, 'own/deeper'), { recursive: true });
  git(join(tree, 'own'), 'init', '--quiet');
  git(join(tree, 'own/deeper'), 'init', '--quiet');
  write(tree, { 'own/a': 'x', 'own/deeper/b': 'x', 'own/.gitignore': 'c\n', 'own/c': 'x' });
  git(join(tree, 'own'), 'add', 'a');
  git(join(tree, 'own'), 'commit', '--quiet', '--message=own');
  const paths = () => view.snapshot().then((snapshot) => list(view, snapshot));
  expect(await paths()).toEqual(expect.arrayContaining(['100644 own/a', '100644 own/deeper/b']));
  write(tree, { 'own/deeper/later': 'x', 'own/d': 'x' });
  expect(await paths()).toEqual(expect.arrayContaining(['100644 own/deeper/later', '100644 own/d']));
  expect((await paths()).some((path) => path.includes('.git/') || path.endsWith('own/c'))).toBe(false);

  rmSync(join(tree, 'module'), { recursive: true });
  expect((await paths()).some((path) => path.includes('module') && path.startsWith('160000'))).toBe(false);
});

test('leaves the agent’s own index, refs and objects alone', async () => {
  const { tree, view } = await openView(lab, lab.repository());
  write(tree, { staged: 'x', 'readme.md': 'changed' });
  git(tree, 'add', 'staged');
  const before = git(tree, 'status', '--porcelain=v2');
  await view.snapshot();
  expect(git(tree, 'status', '--porcelain=v2')).toBe(before);
  git(tree, 'commit', '--quiet', '--message=by the agent');
  expect(await list(view, await view.snapshot())).toContain('100644 staged');
});

test('forgets old snapshots when they grow, and never the newest', async () => {
  const { tree, view, scratch } = await openView(lab, lab.repository(), { tidyBytes: 50_000 });
  const stored = () =>
    readdirSync(join(scratch, 'objects'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
  let most = 0;
  let snapshot = '';
  for (let round = 0; round < 12; round++) {
    // Does not compress.
    appendFileSync(join(tree, 'growing.bin'), randomBytes(20_000));
    snapshot = await view.snapshot();
    await view.tidy(snapshot);
    most = Math.max(most, stored());
  }
  expect(most).toBeLessThan(12 * 20_000 * 2);
  const blob = await view.git.run(['cat-file', 'blob', `${snapshot}:growing.bin`]);
  expect(blob.stdout.length).toBe(240_000);
  expect(await view.snapshot({ fresh: true })).toBe(snapshot);
});

test('forgets old snapshots when they lie in many packs', async () => {
  const { tree, view, scratch } = await openView(lab, lab.repository(), { tidyPacks: 3 });
  let most = 0;
  for (let round = 0; round < 10; round++) {
    write(tree, { 'readme.md': `${round}\n` });
    const snapshot = await view.snapshot();
    await view.tidy(snapshot);
    most = Math.max(most, readdirSync(join(scratch, 'objects/pack')).length);
    expect(await view.git.text(['cat-file', 'blob', `${snapshot}:readme.md`])).toBe(`${round}`);
  }
  // Of each the objects and their index.
  expect(most).toBe(2 * 4);
});

test('keeps a snapshot in the session’s repository', async () => {
  const { tree, view } = await openView(lab, lab.repository());
  write(tree, { 'a/b/c.txt': 'x' });
  const snapshot = await view.snapshot();
  await view.keep(snapshot);
  await view.drop();
  const { git: gitDir } = workspacePaths(lab.stateDir, sessionId);
  expect(git(gitDir, 'cat-file', 'blob', `${snapshot}:a/b/c.txt`)).toBe('x');
  expect(git(gitDir, 'fsck', '--full', '--strict', snapshot)).not.toMatch(/missing|error/);
});

test('is an error when the tree is gone or was exchanged for a link', async () => {
  const { tree, view } = await openView(lab, lab.repository());
  await view.snapshot();
  renameSync(tree, `${tree}-moved`);
  await expect(view.snapshot()).rejects.toThrow('the working tree is not there');
  symlinkSync('/etc', tree);
  await expect(view.snapshot()).rejects.toThrow('the working tree is not there');
  rmSync(tree);
  renameSync(`${tree}-moved`, tree);
  expect(await view.snapshot()).toBe(await view.base());
});
