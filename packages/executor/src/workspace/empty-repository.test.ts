import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../recorder/system-clock.ts';
import { temporaryDirectory } from '../testing/temporary.ts';
import { rememberEmptyRepository } from './empty-repository.ts';
import { createGit } from './git.ts';
import { emptyRepositoryBy } from './make-workspace.ts';

const contentOf = async (root: string) => {
  const paths = (await readdir(root, { recursive: true })).sort();
  return Promise.all(
    paths.map(async (path) => {
      const found = await lstat(join(root, path));
      return [path, found.mode, found.isFile() ? await readFile(join(root, path), 'latin1') : null];
    }),
  );
};

test('an empty repository that was written down is the one git made', async () => {
  const folder = await temporaryDirectory();
  const git = createGit({ clock: systemClock });
  let made = 0;
  const make = rememberEmptyRepository((...place) => {
    made += 1;
    return emptyRepositoryBy(git)(...place);
  });
  const [first, second] = [join(folder, 'first'), join(folder, 'second')];
  const baseTree = await make(first);
  expect(await make(second)).toBe(baseTree);
  expect(made).toBe(1);
  expect(await contentOf(second)).toEqual(await contentOf(first));
  const there = git.with({ gitDir: second });
  expect(await there.text(['cat-file', '-t', baseTree])).toBe('tree');
  expect(await there.text(['fsck', '--strict'])).toBe('');
});
