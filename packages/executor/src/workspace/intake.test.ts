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
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { git, type Lab, openLab, write } from './testing/lab.ts';
import { openView, sessionId } from './testing/view.ts';
import { workspacePaths } from './workspace-paths.ts';

let lab: Lab;
beforeEach(() => {
  lab = openLab();
});
afterEach(() => lab.close());

/** The tree that git makes of the files. */
const wanted = (tree: string): string => {
  git(tree, 'add', '--all');
  return git(tree, 'write-tree');
};

const files = (count: number): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, number) => [`d${number % 7}/e${number % 3}/${number}`, 'x\n']),
  );

describe('what is taken in is the tree that git makes', () => {
  const steps: readonly (readonly [string, (tree: string) => void])[] = [
    [
      'edits, new files and modes',
      (tree) => {
        write(tree, {
          'd0/e0/0': 'changed\n',
          'new/deep/er': 'n',
          'd1/0': 'n',
          'large.bin': Buffer.alloc(200_000, 'abc'),
        });
        chmodSync(join(tree, 'd1/e1/1'), 0o755);
      },
    ],
    [
      'directories that go, and with them all that was in them',
      (tree) => {
        rmSync(join(tree, 'd2'), { recursive: true });
        rmSync(join(tree, 'd3/e0'), { recursive: true });
        rmSync(join(tree, 'new'), { recursive: true });
      },
    ],
    [
      'a file in the place of a directory',
      (tree) => {
        rmSync(join(tree, 'd4'), { recursive: true });
        write(tree, { d4: 'a file now', 'd4-beside': 'x' });
      },
    ],
    [
      'a link in the place of a directory, to one that has the same',
      (tree) => {
        renameSync(join(tree, 'd5'), join(tree, 'moved'));
        symlinkSync('moved', join(tree, 'd5'));
      },
    ],
    [
      'a directory in the place of a file, and of a link',
      (tree) => {
        rmSync(join(tree, 'd4'));
        rmSync(join(tree, 'd5'));
        rmSync(join(tree, 'd6/e0/6'));
        write(tree, { 'd4/e1/x': 'x', 'd5/e0/y': 'y', 'd6/e0/6/z': 'z' });
      },
    ],
    [
      'many at once',
      (tree) => {
        for (const name of readdirSync(tree, { recursive: true, encoding: 'utf8' })) {
          if (!name.startsWith('.git') && statSync(join(tree, name)).isFile())
            appendFileSync(join(tree, name), 'more\n');
        }
      },
    ],
    [
      'names that sort otherwise than they read',
      (tree) => {
        write(tree, {
          'd0.txt': 'x',
          'd0-x': 'x',
          'd0/e0-': 'x',
          'd0/e0.': 'x',
          'ü/ä': 'x',
          '\u{1f600}': 'x',
          '\uffee': 'x',
        });
        writeFileSync(Buffer.concat([Buffer.from(`${tree}/`), Buffer.from([0xff, 0x41])]), 'x');
      },
    ],
    [
      'nothing at all',
      (tree) => {
        for (const name of readdirSync(Buffer.from(tree), { encoding: 'buffer' })) {
          const path = Buffer.concat([Buffer.from(`${tree}/`), name]);
          if (name.toString() !== '.git') rmSync(path, { recursive: true });
        }
      },
    ],
    ['and something again', (tree) => write(tree, { 'd0/e0/0': 'x\n', 'd7/e7': 'x' })],
  ];

  test.each(['sha1', 'sha256'])('step by step, and of all at once, with %s', async (format) => {
    const url = lab.repository('source', files(300));
    if (format === 'sha256') {
      rmSync(join(url, '.git'), { recursive: true });
      git(url, 'init', '--quiet', '--initial-branch=main', '--object-format=sha256');
      git(url, 'add', '--all');
      git(url, 'commit', '--quiet', '--message=first');
    }
    const { tree, view } = await openView(lab, url);
    for (const [what, change] of steps) {
      change(tree);
      const expected = wanted(tree);
      expect(await view.snapshot(), what).toBe(expected);
      expect(await view.snapshot({ fresh: true }), what).toBe(expected);
      await view.git.run(['fsck', '--full', '--strict', '--no-dangling', expected]);
    }
  });

  test('line ends, keywords and encodings are as the attributes say', async () => {
    const url = lab.repository('source', {
      '.gitattributes':
        '* text=auto\n*.bat text eol=crlf\n*.id ident\n*.utf text working-tree-encoding=UTF-16LE\n*.raw -text\n',
      'a.txt': 'one\ntwo\n',
      'a.bat': 'one\ntwo\n',
      'a.id': '$Id$\n',
      'a.utf': Buffer.from('one\n', 'utf16le'),
      'a.raw': 'one\r\n',
    });
    const { tree, view } = await openView(lab, url);
    expect(await view.snapshot()).toBe(await view.base());
    write(tree, {
      'a.txt': 'one\r\nthree\r\n',
      'a.bat': 'one\r\nthree\r\n',
      'a.id': '$Id: what git writes here $\n',
      'a.utf': Buffer.from('two\n', 'utf16le'),
      'a.raw': 'two\r\n',
      'large.bat': 'one line\r\n'.repeat(20_000),
      'deep/er/new.bat': 'x\r\n',
      'picture.png': Buffer.from([0x89, 0, 0x0d, 0x0a]),
    });
    const expected = wanted(tree);
    expect(await view.snapshot()).toBe(expected);
    expect(await view.git.text(['cat-file', 'blob', `${expected}:a.bat`])).toBe('one\nthree');
    // What the attributes say is asked again when they change.
    write(tree, { '.gitattributes': '* -text\n', 'a.bat': 'one\r\nfour\r\n' });
    git(tree, 'add', '--renormalize', '.');
    await view.snapshot();
    expect(await view.git.text(['cat-file', 'blob', `${await view.snapshot()}:a.bat`])).toBe('one\r\nfour\r');
  });

  test('a tree without attributes has none', async () => {
    const { tree, view } = await openView(lab, lab.repository());
    write(tree, { 'a.txt': 'one\r\n' });
    expect(await view.snapshot()).toBe(wanted(tree));
    write(tree, { '.gitattributes': '* text=auto\n', 'b.txt': 'one\r\n' });
    git(tree, 'reset', '--quiet');
    const snapshot = await view.snapshot();
    expect(await view.git.text(['cat-file', 'blob', `${snapshot}:b.txt`])).toBe('one');
    rmSync(join(tree, '.gitattributes'));
    write(tree, { 'b.txt': 'two\r\n' });
    const without = await view.snapshot();
    expect(await view.git.text(['cat-file', 'blob', `${without}:b.txt`])).toBe('two\r');
  });
});

test('an index of another version is read, too', async () => {
  const { tree, view } = await openView(lab, lab.repository());
  const { git: gitDir } = workspacePaths(lab.stateDir, sessionId);
  git(gitDir, 'update-index', '--index-version', '4');
  write(tree, { new: 'x' });
  expect(await view.snapshot()).toBe(wanted(tree));
});

describe('what was seen once is not read again', () => {
  test('and nothing is read for its times alone', async () => {
    const { tree, view } = await openView(lab, lab.repository('source', files(50)));
    write(tree, { 'd0/e0/0': 'changed\n', untracked: 'x' });
    const past = new Date(Date.now() - 60_000);
    for (const name of ['d0/e0/0', 'd1/e1/1', 'untracked']) utimesSync(join(tree, name), past, past);
    const snapshot = await view.snapshot();
    // What was touched in the second of the look is looked at once more.
    await new Promise((resolve) => setTimeout(resolve, 1_100 - (Date.now() % 1_000)));
    expect(await view.snapshot()).toBe(snapshot);
    const { version } = view;
    expect(await view.git.with({ workTree: tree }).text(['diff-files'])).toBe('');
    expect(await view.snapshot()).toBe(snapshot);
    expect(view.version).toBe(version);
  });

  test('but a change that hides behind an old time, in the second of the look, is seen', async () => {
    const { tree, view } = await openView(lab, lab.repository());
    const path = join(tree, 'readme.md');
    const past = new Date(Date.now() - 3_600_000);
    const end = Date.now() + 1_500;
    // More than a second of them, so that some fall on both sides of its end.
    for (let round = 0; Date.now() < end || round < 10; round++) {
      const content = String(1_000 + round);
      write(tree, { 'readme.md': content });
      utimesSync(path, past, past);
      const snapshot = await view.snapshot();
      expect(await view.git.text(['cat-file', 'blob', `${snapshot}:readme.md`])).toBe(content);
    }
  });

  test('nor one in the second of a look that found nothing', async () => {
    const { tree, view } = await openView(lab, lab.repository());
    const path = join(tree, 'readme.md');
    const end = Date.now() + 1_500;
    for (let round = 0; Date.now() < end || round < 10; round++) {
      await view.snapshot();
      const content = String(1_000 + round);
      write(tree, { 'readme.md': content });
      const { mtime } = statSync(path);
      const seen = await view.snapshot();
      await view.snapshot();
      writeFileSync(path, content.replace('1', '2'));
      utimesSync(path, mtime, mtime);
      const snapshot = await view.snapshot();
      expect(snapshot).not.toBe(seen);
    }
  });
});

test('a path that leads through a link is gone, whatever is behind it', async () => {
  const { tree, view } = await openView(lab, lab.repository('source', { 'd/secret': 'inside', a: 'x' }));
  const outer = join(lab.root, 'outer');
  mkdirSync(outer);
  writeFileSync(join(outer, 'secret'), 'CANARY');
  rmSync(join(tree, 'd'), { recursive: true });
  symlinkSync(outer, join(tree, 'd'));
  const snapshot = await view.snapshot();
  expect(await view.git.text(['ls-tree', '-r', '--format=%(objectmode) %(path)', snapshot])).toBe(
    '100644 a\n120000 d',
  );
});
