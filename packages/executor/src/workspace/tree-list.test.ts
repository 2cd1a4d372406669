import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createGit } from './git.ts';
import { git as asUser, type Lab, openLab, systemClock, write } from './testing/lab.ts';
import { baseSizes, listBase, listTree, treeSizes } from './tree-list.ts';

let lab: Lab;
beforeEach(() => {
  lab = openLab();
});
afterEach(() => lab.close());

const largeBytes = 100;

test('a tree that is told by what differs from the base is the one git lists', async () => {
  const repository = lab.repository('source', {
    'a.txt': 'one\n',
    'a/b.txt': 'two\n',
    'a-b.txt': 'three\n',
    'dir/deep/c.txt': 'c\n',
    'large.txt': 'x'.repeat(200),
    'script.sh': 'echo\n',
    // Git sorts these by bytes, callers by code units: the other way round.
    '\u{1f600}.txt': 'smile\n',
    '\uffee.txt': 'half\n',
    'z.txt': 'z\n',
  });
  writeFileSync(Buffer.concat([Buffer.from(`${repository}/`), Buffer.from([0xff])]), 'same');
  writeFileSync(Buffer.concat([Buffer.from(`${repository}/`), Buffer.from([0xfe])]), 'same');
  const commit = (): string => {
    asUser(repository, 'add', '--all');
    return asUser(repository, 'write-tree');
  };
  const git = createGit({ clock: systemClock }).with({ gitDir: join(repository, '.git') });
  const base = await listBase(git, commit(), undefined);
  const sizes = await baseSizes(git, base, largeBytes, undefined);

  const check = async (): Promise<void> => {
    const tree = commit();
    const whole = await listBase(git, tree, undefined);
    const told = await listTree(git, base, tree, undefined);
    const plain = ({ path, kind, id, isExecutable }: (typeof told.entries)[number]) =>
      `${path} ${kind} ${id} ${isExecutable}`;
    expect(told.entries.map(plain)).toEqual(whole.entries.map(plain));
    const known = new Set(base.entries);
    for (const entry of told.entries) expect(known.has(entry)).toBe(!entry.isModified);
    expect(await treeSizes(git, sizes, told, largeBytes, undefined)).toEqual(
      await baseSizes(git, whole, largeBytes, undefined),
    );
  };

  await check();
  write(repository, { 'a.txt': 'other\n', 'dir/new.txt': 'n\n', '0.txt': 'y'.repeat(300), zz: 'last\n' });
  await check();
  chmodSync(join(repository, 'script.sh'), 0o755);
  rmSync(join(repository, 'z.txt'));
  symlinkSync('a.txt', join(repository, 'z.txt'));
  renameSync(join(repository, 'large.txt'), join(repository, '\u{1f601}.txt'));
  await check();
  rmSync(join(repository, 'a'), { recursive: true });
  writeFileSync(join(repository, 'a'), 'was a directory\n');
  rmSync(join(repository, 'dir/deep/c.txt'));
  mkdirSync(join(repository, 'dir/deep/c.txt'), { recursive: true });
  write(repository, { 'dir/deep/c.txt/d': 'deeper\n' });
  rmSync(Buffer.concat([Buffer.from(`${repository}/`), Buffer.from([0xff])]));
  await check();
});
