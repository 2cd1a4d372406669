import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type DirectoryWatch, watchDirectories } from './directory-watch.ts';
import { createGit } from './git.ts';
import { type Lab, openLab, runOn, systemClock, write } from './testing/lab.ts';
import { workspacePaths } from './workspace-paths.ts';

let lab: Lab;
let watch: DirectoryWatch | undefined;
beforeEach(() => {
  lab = openLab();
});
afterEach(() => {
  watch?.close();
  lab.close();
});

const open = async (files: Record<string, string>, maxDirectories?: number) => {
  const { path } = await lab.workspaces.provision(
    runOn({ mode: 'git', url: lab.repository('source', files) }, { sessionId: 'S1' }),
  );
  const paths = workspacePaths(lab.stateDir, 'S1');
  let wake = () => {};
  const opened = watchDirectories({
    tree: path,
    git: createGit({ clock: systemClock }).with({ gitDir: paths.git, workTree: path }),
    onHint: () => wake(),
    ...(maxDirectories === undefined ? {} : { maxDirectories }),
  });
  watch = opened;
  await opened.extend();
  return {
    tree: path,
    watch: opened,
    /** The hint that an action gives. */
    async hintOf(act: () => void) {
      const hint = new Promise<void>((resolve) => {
        wake = resolve;
      });
      act();
      await hint;
      await opened.extend();
    },
  };
};

test('gives a hint for every place that is not ignored, however it was made', async () => {
  const { tree, watch, hintOf } = await open({ '.gitignore': 'out/\n', 'a/b/c.txt': 'x' });
  await hintOf(() => write(tree, { 'a/b/c.txt': 'y' }));
  await hintOf(() => mkdirSync(join(tree, ':(top) *?/ü/deep'), { recursive: true }));
  await hintOf(() => write(tree, { ':(top) *?/ü/deep/x': 'x' }));
  await hintOf(() => mkdirSync(join(tree, ':(top) *?/ü/deep/er')));
  await hintOf(() => write(tree, { ':(top) *?/ü/deep/er/x': 'x' }));
  await hintOf(() => {
    rmSync(join(tree, 'a'), { recursive: true });
    mkdirSync(join(tree, 'a'));
  });
  await hintOf(() => write(tree, { 'a/x': 'x' }));
  write(tree, { 'out/deep/x': 'x' });
  await hintOf(() => write(tree, { '.gitignore': '' }));
  await hintOf(() => write(tree, { 'out/deep/x': 'y' }));
  expect(watch.isComplete).toBe(true);
});

test.skipIf(process.platform !== 'linux')('watches no more than it may, and says so', async () => {
  const { watch } = await open({ 'a/b/c/d.txt': 'x' }, 2);
  expect(watch.isComplete).toBe(false);
});

test.skipIf(process.platform !== 'linux')(
  'leaves ignored directories out, so they cost nothing',
  async () => {
    const ignored = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`out/${index}/x`, 'x']));
    const { tree, watch, hintOf } = await open({ '.gitignore': 'out/\n', 'a/x': 'x' }, 3);
    await hintOf(() => write(tree, ignored));
    await hintOf(() => write(tree, { 'a/x': 'y' }));
    expect(watch.isComplete).toBe(true);
  },
);
