import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { bytesOf } from '../tool/bytes.ts';
import { createMemoryWorkspace, type Files } from './memory-workspace.ts';

const at = Date.parse('2026-01-02T03:04:05.678Z');
const files = (texts: Record<string, string>): Files =>
  new Map(Object.entries(texts).map(([path, text]) => [path, bytesOf(text)]));
const open = (texts: Record<string, string>, edits: Record<string, string | null> = {}) => {
  const workspace = createMemoryWorkspace(files(texts));
  for (const [path, text] of Object.entries(edits))
    workspace.write(path, text === null ? null : bytesOf(text), at);
  return workspace;
};
const plain = { context: 3, full: false };

describe('what differs from the base', () => {
  it('is told by path, with its lines', () => {
    const workspace = open(
      { 'b.txt': '1\n2\n3\n', gone: 'x\n', same: 's' },
      { 'b.txt': '1\nTwo\n3\n4\n', gone: null, 'a/new': 'n' },
    );
    expect(workspace.changes()).toEqual([
      {
        path: 'a/new',
        status: 'added',
        new_mode: '100644',
        lines_added: 1,
        lines_removed: 0,
        last_modified: '2026-01-02T03:04:05.678Z',
        size_bytes: 1,
        change_type: 'content',
      },
      {
        path: 'b.txt',
        status: 'modified',
        old_mode: '100644',
        new_mode: '100644',
        lines_added: 2,
        lines_removed: 1,
        last_modified: '2026-01-02T03:04:05.678Z',
        size_bytes: 10,
        change_type: 'content',
      },
      {
        path: 'gone',
        status: 'deleted',
        old_mode: '100644',
        lines_added: 0,
        lines_removed: 1,
        last_modified: null,
        size_bytes: 0,
        change_type: 'content',
      },
    ]);
  });

  it('is nothing once a file is as it was', () => {
    const workspace = open({ a: '1' }, { a: '2', b: 'x' });
    workspace.write('a', bytesOf('1'), at);
    workspace.write('b', null, at);
    expect(workspace.changes()).toEqual([]);
    expect(workspace.content('a')).toMatchObject({ content: '1', is_modified: false });
  });

  it('has no lines where a side is no text', () => {
    const workspace = createMemoryWorkspace(new Map([['p.gif', Uint8Array.of(0, 1)]]));
    workspace.write('p.gif', Uint8Array.of(0, 2), at);
    expect(workspace.changes()).toMatchObject([{ change_type: 'binary', lines_added: 0, lines_removed: 0 }]);
    expect(workspace.diff({ ...plain, full: true })).toMatchObject([
      { binary: true, diff: '', hunks: [], file_content: null },
    ]);
    expect(workspace.content('p.gif')).toMatchObject({ encoding: 'base64', content: 'AAI=', size_bytes: 2 });
  });
});

describe('reading', () => {
  it('knows only files of the workspace', () => {
    const workspace = open({ 'a/b': 'x' });
    expect(workspace.content('a/b')).toMatchObject({ content: 'x', last_modified: null });
    for (const path of ['a', '../a/b', '/a/b', 'a/./b', '', 'constructor']) {
      expect(() => workspace.content(path), path).toThrow(/^file-not-found/);
    }
  });

  it('shows a diff as git writes it', () => {
    const workspace = open({ 'a b': '1\n2\n3\n4\n5\n' }, { 'a b': '1\n2\n3\nfour\n5\n' });
    expect(workspace.diff({ context: 1, full: true })).toEqual([
      {
        path: 'a b',
        status: 'modified',
        old_mode: '100644',
        new_mode: '100644',
        format: 'unified',
        truncated: false,
        diff: 'diff --git a/a b b/a b\nindex 8a1218a1024a212bb3db30becd860315f9f3ac52..0742a5ac1c61bd2bd93399a8c2f3f23578dbcc57 100644\n--- a/a b\t\n+++ b/a b\t\n@@ -3,3 +3,3 @@\n 3\n-4\n+four\n 5\n',
        binary: false,
        lines_added: 1,
        lines_removed: 1,
        context_lines: 1,
        full_file: true,
        file_content: '1\n2\n3\nfour\n5\n',
        hunks: [
          {
            old_start: 3,
            old_lines: 3,
            new_start: 3,
            new_lines: 3,
            content: '@@ -3,3 +3,3 @@\n 3\n-4\n+four\n 5\n',
          },
        ],
      },
    ]);
    expect(workspace.diff({ ...plain, paths: ['other'] })).toEqual([]);
  });
});

describe('git', () => {
  const root = mkdtempSync(join(tmpdir(), 'scenario-diff-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  let count = 0;
  /** Windows has no such names. */
  const awkward = process.platform === 'win32' ? 'ünïcode' : 'ünïcode "quoted"\ttab';

  /** The diff of the workspace, applied by git to the base. */
  const applied = (texts: Record<string, string>, edits: Record<string, string | null>) => {
    const directory = join(root, String(++count));
    const workspace = open(texts, edits);
    mkdirSync(directory);
    for (const [path, text] of Object.entries(texts)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
    const patch = workspace.patch({ message: 'Change it', at });
    writeFileSync(join(root, 'patch'), patch);
    if (patch !== '')
      execFileSync(
        'git',
        ['-c', 'core.autocrlf=false', 'apply', '--unsafe-paths', '--', join(root, 'patch')],
        {
          cwd: directory,
          stdio: 'pipe',
        },
      );
    return Object.fromEntries(
      [...workspace.files.keys()].map((path) => [path, readFileSync(join(directory, path), 'utf8')]),
    );
  };

  it('applies the diffs, whatever is in names and texts', () => {
    const edits = {
      changed: 'one\ntwo\n',
      'no line end': 'x',
      [`added/${awkward}`]: 'n\nm',
      gone: null,
      crlf: 'a\r\nB\r\nc\r\n',
    };
    const base = {
      changed: 'one\n',
      'no line end': 'y\n',
      gone: 'bye\n',
      crlf: 'a\r\nb\r\nc\r\n',
      kept: 'k',
    };
    expect(applied(base, edits)).toEqual({
      changed: 'one\ntwo\n',
      'no line end': 'x',
      [`added/${awkward}`]: 'n\nm',
      crlf: 'a\r\nB\r\nc\r\n',
      kept: 'k',
    });
  });

  it('applies the diff of texts that have nothing in common', () => {
    const long = (word: string) => Array.from({ length: 6_000 }, (_, index) => `${word} ${index}`).join('\n');
    expect(applied({ f: long('old') }, { f: long('new') })).toEqual({ f: long('new') });
  });

  it('applies the diff of any two texts', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', '', 'c\r'), { maxLength: 12 })
      .map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(applied({ f: before }, { f: after })).toEqual({ f: after });
      }),
      { numRuns: 25 },
    );
  });
});
