import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createGit } from './git.ts';
import { git, type Lab, openLab, systemClock, write } from './testing/lab.ts';
import { gitFollowedBy, openView, sessionId } from './testing/view.ts';
import { createTreeView, type TreeView, type TreeViewOptions } from './tree-view.ts';
import { workspacePaths } from './workspace-paths.ts';

let lab: Lab;
beforeEach(() => {
  lab = openLab();
});
afterEach(() => lab.close());

/** Where the system does not tell when it was started, every process begins anew. */
const isTold = existsSync('/proc/sys/kernel/random/boot_id');

/** As after a restart: a view of the same scratch that knows nothing. */
const openNext = (
  scratch: string,
  environment: NodeJS.ProcessEnv = process.env,
  limits: Pick<TreeViewOptions, 'tidyPacks'> = {},
): TreeView => {
  const paths = workspacePaths(lab.stateDir, sessionId);
  return createTreeView({ git: createGit({ clock: systemClock, environment }), paths, scratch, ...limits });
};

/** The tree that git makes of the files. */
const wanted = (tree: string): string => {
  git(tree, 'add', '--all');
  return git(tree, 'write-tree');
};

test.runIf(isTold)('another process goes on with what the looks of the last one have found', async () => {
  const { tree, view, scratch } = await openView(lab, lab.repository());
  write(tree, {
    'readme.md': 'changed\n',
    'new/deep/er': 'x',
    'other/x': 'x',
    '.gitattributes': '*.bat text eol=crlf\n',
  });
  rmSync(join(tree, 'src/a.ts'));
  const seen = await view.snapshot();
  const next = openNext(scratch);
  expect(await next.snapshot()).toBe(seen);
  // Nothing was read once more.
  expect(next.version).toBe(0);
  write(tree, { 'new/deep/er': 'y', 'src/b.ts': 'b', 'a.bat': 'one\r\n' });
  expect(await next.snapshot()).toBe(wanted(tree));
  expect(await openNext(scratch).snapshot({ fresh: true })).toBe(wanted(tree));
  await next.git.run(['fsck', '--full', '--strict', '--no-dangling', wanted(tree)]);
});

test.runIf(isTold)('also when nothing had changed, and after snapshots were forgotten', async () => {
  const { tree, view, scratch } = await openView(lab, lab.repository(), { tidyPacks: 2 });
  expect(await view.snapshot()).toBe(await view.base());
  const note = join(scratch, 'kept');
  expect(existsSync(note)).toBe(true);
  for (const content of ['one', 'two']) {
    write(tree, { 'readme.md': content });
    await view.tidy(await view.snapshot());
  }
  const next = openNext(scratch, process.env, { tidyPacks: 2 });
  write(tree, { 'readme.md': 'three' });
  // The third pack: how many there are is known as well.
  await next.tidy(await next.snapshot());
  expect(readdirSync(join(scratch, 'objects/pack')).filter((name) => name.endsWith('.pack'))).toHaveLength(1);
  const last = openNext(scratch);
  expect(await last.snapshot()).toBe(wanted(tree));
  expect(last.version).toBe(0);
});

test.runIf(isTold).each<readonly [string, (scratch: string) => void]>([
  [
    'the system was started anew',
    (scratch) => {
      const note = join(scratch, 'kept');
      const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
      const other = readFileSync(note, 'utf8').replace(boot, boot.replace(/./g, '0'));
      writeFileSync(note, other);
    },
  ],
  ['it is not all there', (scratch) => appendFileSync(join(scratch, 'kept'), 'more')],
  [
    'objects are missing',
    (scratch) => {
      const folder = join(scratch, 'objects/pack');
      for (const name of readdirSync(folder)) rmSync(join(folder, name));
    },
  ],
  ['it is of another base', (scratch) => exchangeBase(join(scratch, 'kept'))],
])('what was left is not relied on when %s', async (_, spoil) => {
  const { tree, view, scratch } = await openView(lab, lab.repository());
  write(tree, { 'readme.md': 'changed\n' });
  const seen = await view.snapshot();
  spoil(scratch);
  const next = openNext(scratch);
  expect(await next.snapshot()).toBe(seen);
  expect(next.version).toBe(1);
});

test.runIf(isTold)('nor when the index is that of a later look', async () => {
  const { tree, view, scratch } = await openView(lab, lab.repository());
  const note = join(scratch, 'kept');
  const folder = join(scratch, 'objects/pack');
  write(tree, { 'readme.md': 'changed\n' });
  await view.snapshot();
  const before = { note: readFileSync(note), objects: readdirSync(folder) };
  write(tree, { 'readme.md': 'changed once more\n' });
  const seen = await view.snapshot();
  writeFileSync(note, before.note);
  for (const name of readdirSync(folder)) if (!before.objects.includes(name)) rmSync(join(folder, name));
  expect(await openNext(scratch).snapshot()).toBe(seen);
});

const exchangeBase = (note: string): void => {
  const base = git(workspacePaths(lab.stateDir, sessionId).git, 'rev-parse', 'refs/agent-harbor/base^{tree}');
  writeFileSync(note, readFileSync(note, 'utf8').replace(`\n${base}\n`, `\n${base.replace(/./g, '0')}\n`));
};

test.runIf(isTold)(
  'nothing is left by a process that ends while something is changed, or after a look that failed',
  async () => {
    const { tree, view, scratch } = await openView(lab, lab.repository());
    const note = join(scratch, 'kept');
    const log = join(lab.root, 'log');
    await view.snapshot();
    // The trees are read before anything is written, and packed before any is thrown away; an index of another version
    // is written anew.
    const told = gitFollowedBy(
      lab,
      `case " $* " in *' ls-tree -r -d '* | *' pack-objects '* | *' update-index '*) ls '${scratch}' >> '${log}';; esac`,
    );
    /** What there was meanwhile. */
    const there = (): string[] => {
      const names = readFileSync(log, 'utf8').split('\n');
      rmSync(log);
      return names;
    };
    const next = openNext(scratch, told, { tidyPacks: 0 });
    write(tree, { 'readme.md': 'changed\n' });
    const seen = await next.snapshot();
    expect(existsSync(note)).toBe(true);
    expect(there()).not.toContain('kept');
    await next.tidy(seen);
    expect(existsSync(note)).toBe(true);
    expect(there()).not.toContain('kept');
    git(workspacePaths(lab.stateDir, sessionId).git, 'update-index', '--index-version', '4');
    await next.snapshot({ fresh: true });
    expect(existsSync(note)).toBe(true);
    expect(there()).not.toContain('kept');

    const leaving = new AbortController();
    const left = next.snapshot({ signal: leaving.signal });
    leaving.abort();
    await expect(left).rejects.toThrow('aborted');
    expect(existsSync(note)).toBe(true);

    renameSync(tree, `${tree}-moved`);
    await expect(next.snapshot()).rejects.toThrow('the working tree is not there');
    expect(existsSync(note)).toBe(false);
  },
);

test('that nothing can be left is no matter of the look', async () => {
  const { tree, view, scratch } = await openView(lab, lab.repository());
  await view.snapshot();
  mkdirSync(join(scratch, 'kept.new/in-the-way'), { recursive: true });
  write(tree, { 'readme.md': 'changed\n' });
  expect(await view.snapshot()).toBe(wanted(tree));
  expect(existsSync(join(scratch, 'kept'))).toBe(false);
  expect(await openNext(scratch).snapshot()).toBe(wanted(tree));
});
