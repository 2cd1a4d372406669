import { chmodSync, linkSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { ChangedFile, FileContent, FileDiff } from '@agent-harbor/api-contract/schemas';
import { diffLimits } from '@agent-harbor/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createGit } from './git.ts';
import { createMutex } from './mutex.ts';
import { createSessionTrees } from './session-trees.ts';
import { type Lab, openLab, runOn, systemClock, write } from './testing/lab.ts';
import { createWorkspaceFiles } from './workspace-files.ts';

let lab: Lab;
beforeEach(() => {
  lab = openLab();
});
afterEach(() => lab.close());

const sessionId = 'S1';
const lines = (count: number, from = 1) =>
  Array.from({ length: count }, (_, index) => `line ${index + from}\n`).join('');

const provision = async (files: Record<string, string | Buffer>): Promise<string> =>
  (
    await lab.workspaces.provision(
      runOn({ mode: 'git', url: lab.repository('source', files) }, { sessionId }),
    )
  ).path;

const changes = async () => {
  const files = await lab.workspaces.files.changes(sessionId);
  for (const file of files) ChangedFile.parse(file);
  return files;
};

const diff = async (path: string, options: { context?: number; full?: boolean } = {}) => {
  const found = await lab.workspaces.files.diff(sessionId, {
    paths: [path],
    context: 3,
    full: false,
    ...options,
  });
  for (const file of found) FileDiff.parse(file);
  return found[0];
};

describe('changes', () => {
  test('tells status, kind, lines, size and time of each file, sorted', async () => {
    const tree = await provision({
      'b.txt': 'one\ntwo\n',
      'Z.txt': 'x\n',
      'binary.bin': Buffer.from([0, 1]),
      'moved.txt': lines(20),
      'moved-and-changed.txt': lines(20, 100),
      'mode.sh': 'x\n',
      'latin1.txt': Buffer.from('caf\xe9\n', 'latin1'),
      'deleted.txt': lines(3),
    });
    write(tree, {
      'b.txt': 'one\r\ntwo\n',
      'a/new.txt': 'no line end',
      'binary.bin': Buffer.from([0, 2, 3]),
      empty: '',
      'latin1.txt': Buffer.from('caf\xe8\n', 'latin1'),
    });
    renameSync(join(tree, 'moved.txt'), join(tree, 'to.txt'));
    rmSync(join(tree, 'moved-and-changed.txt'));
    write(tree, { 'changed.txt': `${lines(20, 100)}more\n` });
    rmSync(join(tree, 'deleted.txt'));
    chmodSync(join(tree, 'mode.sh'), 0o755);
    symlinkSync('b.txt', join(tree, 'link'));
    utimesSync(join(tree, 'empty'), 1, 1_600_000_000.5);
    const found = await changes();
    expect(
      found.map(({ path, status, change_type, lines_added, lines_removed, size_bytes, old_path }) =>
        [path, status, change_type, lines_added, lines_removed, size_bytes, old_path].join(' ').trim(),
      ),
    ).toEqual([
      'a/new.txt added content 1 0 11',
      'b.txt modified content 1 1 9',
      'binary.bin modified binary 0 0 3',
      'changed.txt renamed content 1 0 185 moved-and-changed.txt',
      'deleted.txt deleted content 0 3 0',
      'empty added content 0 0 0',
      'latin1.txt modified content 1 1 5',
      'link added content 1 0 5',
      'mode.sh modified mode 0 0 2',
      'to.txt renamed rename 0 0 151 moved.txt',
    ]);
    expect(found.find(({ path }) => path === 'empty')?.last_modified).toBe('2020-09-13T12:26:40.500Z');
    expect(found.find(({ path }) => path === 'deleted.txt')?.last_modified).toBeNull();
  });

  test('is workspace-gone without a workspace', async () => {
    const gone = { code: 'workspace-gone' };
    await expect(lab.workspaces.files.changes('NONE')).rejects.toMatchObject(gone);
    await expect(lab.workspaces.files.content('NONE', 'a')).rejects.toMatchObject(gone);
    await expect(lab.workspaces.files.diff('NONE', { context: 3, full: false })).rejects.toMatchObject(gone);
  });

  test('answers while the agent keeps writing, to several readers at once', async () => {
    const tree = await provision({ 'a.txt': 'x\n' });
    const readers = Array.from({ length: 4 }, async (_, index) => {
      write(tree, { [`f${index}`]: 'x'.repeat(index) });
      return lab.workspaces.files.diff(sessionId, { context: 3, full: true });
    });
    for (const found of await Promise.all(readers)) expect(found.length).toBeGreaterThan(0);
    expect(await changes()).toHaveLength(4);
  });

  test('gives up with the caller', async () => {
    await provision({ 'a.txt': 'x\n' });
    await expect(lab.workspaces.files.changes(sessionId, AbortSignal.abort())).rejects.toMatchObject({
      code: 'aborted',
    });
  });
});

describe('diff', () => {
  test('has hunks with as much context as asked for', async () => {
    const tree = await provision({ 'a.txt': lines(30) });
    write(tree, { 'a.txt': lines(30).replace('line 5\n', 'five\n').replace('line 25\n', '') });
    const found = await diff('a.txt', { context: 1 });
    expect(found).toMatchObject({
      status: 'modified',
      binary: false,
      lines_added: 1,
      lines_removed: 2,
      context_lines: 1,
      full_file: false,
      file_content: null,
      hunks: [
        {
          old_start: 4,
          old_lines: 3,
          new_start: 4,
          new_lines: 3,
          content: '@@ -4,3 +4,3 @@ line 3\n line 4\n-line 5\n+five\n line 6\n',
        },
        {
          old_start: 24,
          old_lines: 3,
          new_start: 24,
          new_lines: 2,
          content: '@@ -24,3 +24,2 @@ line 23\n line 24\n-line 25\n line 26\n',
        },
      ],
    });
    expect(found?.diff).toMatch(
      /^diff --git a\/a\.txt b\/a\.txt\nindex [0-9a-f]{40}\.\.[0-9a-f]{40} 100644\n--- a/,
    );
    expect((await diff('a.txt', { context: 0 }))?.hunks[0]).toMatchObject({ old_start: 5, old_lines: 1 });
    expect((await diff('a.txt', { context: 10 }))?.hunks).toHaveLength(1);
  });

  test('shows line ends, their absence, and lines that look like headers', async () => {
    const tree = await provision({ 'a.txt': 'a\r\nb' });
    write(tree, {
      'a.txt': 'a\nb\n',
      h: '-- a/x\n++ b/x\n@@ -1 +1 @@\ndiff --git a/x b/x\nBinary files a and b differ\n',
    });
    expect((await diff('a.txt'))?.hunks[0]?.content).toBe(
      '@@ -1,2 +1,2 @@\n-a\r\n-b\n\\ No newline at end of file\n+a\n+b\n',
    );
    expect(await diff('h')).toMatchObject({
      binary: false,
      hunks: [
        {
          old_start: 0,
          old_lines: 0,
          new_lines: 5,
          content:
            '@@ -0,0 +1,5 @@\n+-- a/x\n+++ b/x\n+@@ -1 +1 @@\n+diff --git a/x b/x\n+Binary files a and b differ\n',
        },
      ],
    });
  });

  test('is empty and binary where there is no text to compare', async () => {
    const tree = await provision({
      'b.bin': Buffer.from([0, 1]),
      'l.txt': Buffer.from('\xe9\n', 'latin1'),
      u: 'x\n',
    });
    write(tree, { 'b.bin': Buffer.from([0, 2]), 'l.txt': Buffer.from('\xe8\n', 'latin1'), u: 'ü\n' });
    expect(await diff('b.bin', { full: true })).toMatchObject({
      diff: '',
      binary: true,
      truncated: false,
      file_content: null,
      hunks: [],
    });
    // What can be read of it is shown; that it is not all of it is said.
    expect(await diff('l.txt')).toMatchObject({
      binary: false,
      lossy: true,
      truncated: false,
      hunks: [{ content: '@@ -1 +1 @@\n-\ufffd\n+\ufffd\n' }],
    });
    expect(await diff('u', { full: true })).toMatchObject({
      binary: false,
      file_content: 'ü\n',
      full_file: true,
    });
  });

  test('tells modes, links, renames and kinds', async () => {
    const tree = await provision({ 'run.sh': 'x\n', 'old.txt': lines(9), kind: 'x', 'gone.txt': 'x\n' });
    chmodSync(join(tree, 'run.sh'), 0o755);
    renameSync(join(tree, 'old.txt'), join(tree, 'new.txt'));
    rmSync(join(tree, 'kind'));
    symlinkSync('/etc/passwd', join(tree, 'kind'));
    rmSync(join(tree, 'gone.txt'));
    expect((await diff('run.sh'))?.diff).toBe(
      'diff --git a/run.sh b/run.sh\nold mode 100644\nnew mode 100755\n',
    );
    expect(await diff('new.txt')).toMatchObject({
      status: 'renamed',
      old_path: 'old.txt',
      similarity: 100,
      old_mode: '100644',
      new_mode: '100644',
      diff: expect.stringContaining('rename from old.txt\nrename to new.txt\n'),
      hunks: [],
    });
    expect(await diff('old.txt')).toBeUndefined();
    expect(await diff('kind', { full: true })).toMatchObject({
      status: 'modified',
      old_mode: '100644',
      new_mode: '120000',
      file_content: '/etc/passwd',
      hunks: [
        { content: '@@ -1 +0,0 @@\n-x\n\\ No newline at end of file\n' },
        { content: '@@ -0,0 +1 @@\n+/etc/passwd\n\\ No newline at end of file\n' },
      ],
    });
    expect(await diff('gone.txt', { full: true })).toMatchObject({ status: 'deleted', file_content: null });
    const all = await lab.workspaces.files.diff(sessionId, { context: 3, full: false });
    expect(all.map(({ path }) => path)).toEqual(['gone.txt', 'kind', 'new.txt', 'run.sh']);
    for (const file of all) expect(file).toEqual({ ...(await diff(file.path)) });
  });

  test('of some files says of each what the list says, also where they alone would look like a move', async () => {
    const some = (name: string, count: number) =>
      Array.from({ length: count }, (_, index) => `${name} ${index}\n`).join('');
    const alike = some('all', 60) + some('most', 20);
    const four = [1, 2, 3, 4];
    const many = Array.from({ length: 20 }, (_, each) => each);
    const tree = await provision({
      ...Object.fromEntries(four.map((each) => [`from-${each}`, `${alike}${some(`own ${each}`, 20)}`])),
      ...Object.fromEntries(many.map((each) => [`gone-${each}`, some('all', 50) + some(`pair ${each}`, 12)])),
      gone: some('all', 60) + some('gone', 40),
    });
    for (const name of ['gone', ...many.map((each) => `gone-${each}`)]) rmSync(join(tree, name));
    for (const each of four) {
      rmSync(join(tree, `from-${each}`));
      write(tree, { [`to-${each}`]: `${alike}${some(`own ${each}`, 19)}` });
    }
    // Git looks at its four likeliest origins, which have gone elsewhere.
    write(tree, { fresh: `${alike}${some('fresh', 20)}` });
    for (const each of many) write(tree, { [`fresh-${each}`]: `${alike}${some(`pair ${each}`, 12)}` });
    const listed = await changes();
    expect(listed.filter(({ status }) => status === 'renamed')).toHaveLength(4);
    const found = await lab.workspaces.files.diff(sessionId, {
      paths: ['fresh', 'gone'],
      context: 3,
      full: false,
    });
    expect(found.map(({ path, status, diff }) => [path, status, diff.split('\n')[1]])).toEqual([
      ['fresh', 'added', 'new file mode 100644'],
      ['gone', 'deleted', 'deleted file mode 100644'],
    ]);
    // Each of them takes a run of git, so of very many the rest is left out, and says so.
    const all = await lab.workspaces.files.diff(sessionId, {
      paths: many.flatMap((each) => [`fresh-${each}`, `gone-${each}`]),
      context: 3,
      full: false,
    });
    expect(all).toHaveLength(40);
    expect(all.filter(({ truncated, diff }) => truncated && diff === '')).toHaveLength(24);
    expect(all.filter(({ diff }) => diff.includes('rename from'))).toEqual([]);
  });

  test('of a huge file is bounded and says so; the patch has all of it, a piece at a time', async () => {
    const tree = await provision({ 'long.txt': lines(60_000), 'wide.txt': 'x' });
    write(tree, {
      'long.txt': lines(60_000, 100_000),
      'wide.txt': 'y'.repeat(3_000_000),
      'small.txt': 'small\n',
      // What git would compare line by line if it were let.
      'huge.txt': Buffer.alloc(100 * 1024 * 1024, 'all the same line\n'),
    });
    const all = await lab.workspaces.files.diff(sessionId, { context: 3, full: true });
    const told = Object.fromEntries(
      all.map(({ path, truncated, binary, hunks }) => [path, [truncated, binary, hunks.length]]),
    );
    expect(told).toEqual({
      'huge.txt': [true, true, 0],
      'long.txt': [true, false, 1],
      'small.txt': [false, false, 1],
      'wide.txt': [true, false, 1],
    });
    expect(Buffer.byteLength(JSON.stringify(all))).toBeLessThan(3 * diffLimits.all.bytes);
    const alone = await diff('long.txt');
    expect(alone?.diff.length).toBeGreaterThan(all.find(({ path }) => path === 'long.txt')?.diff.length ?? 0);
    expect(Buffer.byteLength(alone?.diff ?? '')).toBeLessThanOrEqual(diffLimits.all.bytes);

    let bytes = 0;
    let text = '';
    const patch = await lab.workspaces.files.patch(sessionId, { message: 'x', at: 0 });
    for await (const piece of patch) {
      bytes += piece.length;
      expect(piece.length).toBeLessThanOrEqual(64 * 1024);
      if (bytes < 100_000) text += Buffer.from(piece).toString('latin1');
    }
    expect(text).toContain('diff --git a/huge.txt b/huge.txt\n');
    expect(bytes).toBeGreaterThan(4_000_000);
  });

  test('with a file that git would hold whole in memory is refused by its name, and had without it', async () => {
    const tree = await provision({ 'was-large.bin': Buffer.alloc(2_000), 'small.txt': 'x\n' });
    write(tree, { 'was-large.bin': 'x', 'small.txt': 'y\n', 'exact.bin': Buffer.alloc(1_000) });
    const git = createGit({ clock: systemClock });
    const author = { name: 'A', email: 'a@b' };
    const files = createWorkspaceFiles(createSessionTrees(git, lab.stateDir), createMutex(), author, 1_000);
    const patch = (paths?: readonly string[]) => files.patch(sessionId, { message: 'x', at: 0, paths });
    await expect(patch()).rejects.toMatchObject({
      code: 'invalid-request',
      errors: { files: [expect.stringMatching(/leave out "was-large\.bin": it has 2000 bytes.*1000/)] },
    });
    let text = '';
    for await (const piece of await patch(['small.txt', 'exact.bin'])) text += Buffer.from(piece).toString();
    expect(text).toContain('+y\n');
    expect(text).toContain('diff --git a/exact.bin b/exact.bin');
  });

  test('that nobody reads any more, or that was given up, ends', async () => {
    const tree = await provision({ a: 'x' });
    write(tree, { a: lines(300_000) });
    const options = { message: 'x', at: 0 };
    for await (const _piece of await lab.workspaces.files.patch(sessionId, options)) break;
    const giveUp = new AbortController();
    const given = await lab.workspaces.files.patch(sessionId, { ...options, signal: giveUp.signal });
    const reading = (async () => {
      for await (const _piece of given) giveUp.abort();
    })();
    await expect(reading).rejects.toThrow('aborted');
    // Neither holds the session.
    expect(await changes()).toHaveLength(1);
  });

  test('is a list that is made again only when a file changed', async () => {
    const tree = await provision({ a: 'x' });
    write(tree, { a: 'y' });
    const first = await lab.workspaces.files.changes(sessionId);
    expect(await lab.workspaces.files.changes(sessionId)).toBe(first);
    write(tree, { a: 'z' });
    utimesSync(join(tree, 'a'), 1, 1_600_000_000);
    expect((await changes())[0]?.last_modified).toBe('2020-09-13T12:26:40.000Z');
    write(tree, { b: 'new' });
    expect(await changes()).toHaveLength(2);
    rmSync(join(tree, 'b'));
    expect(await changes()).toHaveLength(1);
  });

  test('takes many paths, unknown ones, and refuses those that lead out', async () => {
    const tree = await provision({ a: 'x' });
    const names = Array.from({ length: 600 }, (_, index) => `${'long/'.repeat(9)}${index}`);
    write(tree, Object.fromEntries(names.map((name) => [name, 'x'])));
    const options = { context: 3, full: false };
    expect(
      await lab.workspaces.files.diff(sessionId, { ...options, paths: [...names, 'unknown'] }),
    ).toHaveLength(600);
    expect(await lab.workspaces.files.diff(sessionId, { ...options, paths: [] })).toEqual([]);
    for (const path of ['../x', '/etc/passwd', 'a/../../x', '.git/config', '']) {
      await expect(lab.workspaces.files.diff(sessionId, { ...options, paths: [path] })).rejects.toMatchObject(
        {
          code: 'file-not-found',
        },
      );
    }
  });
});

describe('content', () => {
  test('is text, or base64 of what is none', async () => {
    const tree = await provision({ 'a.txt': 'ü\r\n', 'b.bin': Buffer.from([0, 255]), empty: '' });
    write(tree, { 'ignored.log': 'x', '.gitignore': '*.log\n' });
    const read = async (path: string) =>
      FileContent.parse(await lab.workspaces.files.content(sessionId, path));
    expect(await read('a.txt')).toMatchObject({
      content: 'ü\r\n',
      encoding: 'utf-8',
      size_bytes: 4,
      is_modified: false,
    });
    expect(await read('b.bin')).toMatchObject({ content: 'AP8=', encoding: 'base64', size_bytes: 2 });
    expect(await read('empty')).toMatchObject({ content: '', encoding: 'utf-8' });
    expect(await read('.gitignore')).toMatchObject({ is_modified: true });
    expect(await read('ignored.log')).toMatchObject({ content: 'x', is_modified: false });
  });

  test('follows links inside and none that leads out, to a directory, or into .git', async () => {
    const tree = await provision({ 'a/b.txt': 'x' });
    write(lab.root, { 'outside.txt': 'secret' });
    symlinkSync('a/b.txt', join(tree, 'inside'));
    symlinkSync('a', join(tree, 'directory'));
    symlinkSync(join(lab.root, 'outside.txt'), join(tree, 'outside'));
    symlinkSync(lab.root, join(tree, 'up'));
    symlinkSync('.git/HEAD', join(tree, 'head'));
    symlinkSync('loop', join(tree, 'loop'));
    mkdirSync(join(tree, 'sub'));
    linkSync(join(tree, 'a/b.txt'), join(tree, 'sub/hard'));
    expect((await lab.workspaces.files.content(sessionId, 'inside')).content).toBe('x');
    expect((await lab.workspaces.files.content(sessionId, 'directory/b.txt')).content).toBe('x');
    for (const path of [
      'outside',
      'up/outside.txt',
      'head',
      'loop',
      'a',
      'directory',
      '.git/HEAD',
      '.GIT/HEAD',
    ]) {
      await expect(lab.workspaces.files.content(sessionId, path)).rejects.toMatchObject({
        code: 'file-not-found',
      });
    }
  });
});
