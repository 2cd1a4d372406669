import type { FileDiff } from '@agent-harbor/api-contract/schemas';
import { expect, test } from 'vitest';
import { renderLine } from '../terminal/text.ts';
import { renderDiff, renderSplit } from './diff.ts';

const file = (members: Partial<FileDiff>): FileDiff => ({
  path: 'a.txt',
  status: 'modified',
  format: 'unified',
  diff: '',
  truncated: false,
  binary: false,
  lines_added: 1,
  lines_removed: 1,
  context_lines: 3,
  full_file: false,
  file_content: null,
  hunks: [],
  ...members,
});

const plain = (...files: readonly FileDiff[]): string[] =>
  files.flatMap(renderDiff).map((line) => renderLine(line, false));

test('a diff is painted by line', () => {
  const lines = renderDiff(file({ diff: '--- a\n+++ b\n@@ -1 +1 @@\n-old\n+new\n same\n' }));
  expect(lines.map((line) => renderLine(line, true))).toEqual([
    '\u001b[1mmodified a.txt (+1 -1)\u001b[22m',
    '\u001b[2m--- a\u001b[22m',
    '\u001b[2m+++ b\u001b[22m',
    '\u001b[36m@@ -1 +1 @@\u001b[39m',
    '\u001b[31m-old\u001b[39m',
    '\u001b[32m+new\u001b[39m',
    ' same',
  ]);
  const binary = file({ binary: true });
  expect(plain(binary, binary)).toEqual([
    'modified a.txt (+1 -1)',
    'binary',
    'modified a.txt (+1 -1)',
    'binary',
  ]);
});

test('a changed line cannot pass for the head of a file', () => {
  const [, , , , removed, added] = renderDiff(
    file({ diff: '--- a\n+++ b\n@@ -1 +1 @@\n--- a/other\n+++ b/other\n' }),
  );
  expect([removed, added]).toEqual([
    { look: 'red', text: '--- a/other' },
    { look: 'green', text: '+++ b/other' },
  ]);
});

test('what is not printable is spelt out, and nothing behind it is hidden', () => {
  const lines = plain(
    file({
      path: 'a\u001b[31m\n\u202etxt',
      diff: '@@ -1 +9 @@\n+x\u001b]0;no end\n+\u001b[8mhidden\u001b[0m\n+soft\u00adhyphen\n+if (\u202etrue\u2069)\n+tag\u{e0041}\n+rub\b\bout\n+seen\n',
    }),
  );
  expect(lines).toEqual([
    'modified a<U+001B>[31m<U+000A><U+202E>txt (+1 -1)',
    '@@ -1 +9 @@',
    '+x<U+001B>]0;no end',
    '+<U+001B>[8mhidden<U+001B>[0m',
    '+soft<U+00AD>hyphen',
    '+if (<U+202E>true<U+2069>)',
    '+tag<U+E0041>',
    '+rub<U+0008><U+0008>out',
    '+seen',
  ]);
});

test('no character but the newline begins a line', () => {
  const breaks = ['\r', '\u000b', '\u000c', '\u0085', '\u2028', '\u2029'];
  for (const character of breaks) {
    const lines = plain(file({ diff: `@@ -1 +1 @@\n+a${character}-b\n` }));
    expect(lines).toHaveLength(3);
    expect(lines[2]).toMatch(/^\+a<U\+[0-9A-F]{4}>-b$/);
  }
});

test('a return at the end of a line is shown where it is the change', () => {
  expect(plain(file({ diff: '@@ -1,2 +1,2 @@\n same\r\n-old\r\n+old\n' })).slice(2)).toEqual([
    ' same',
    '-old<U+000D>',
    '+old',
  ]);
});

test('what is cut, too large or not UTF-8 says so', () => {
  expect(plain(file({ truncated: true }))).toEqual([
    'modified a.txt (+1 -1)',
    'The diff goes on: `ah session patch` has all of it.',
  ]);
  expect(plain(file({ lossy: true }))[1]).toMatch(/^not UTF-8/);
  expect(plain(file({ binary: true, truncated: true }))[1]).toMatch(/^too large/);
});

test('side by side, every line is where it belongs, spelt out and cut to its half', () => {
  const row = (line: number, kind: 'removed' | 'added' | 'unchanged', text: string) => ({ line, kind, text });
  const lines = renderSplit(
    file({
      format: 'split',
      hunks: [
        {
          old_start: 9,
          old_lines: 2,
          new_start: 9,
          new_lines: 2,
          content: '@@ -9,2 +9,2 @@\n same\n-old\n+\u001b[2Jnew\n',
          rows: [
            { left: row(9, 'unchanged', 'same\r'), right: row(9, 'unchanged', 'same\r') },
            { left: row(10, 'removed', 'an old line that is long'), right: row(10, 'added', '\u001b[2Jnew') },
            { left: null, right: row(11, 'added', 'more') },
          ],
        },
      ],
    }),
    43,
  ).map((line) => renderLine(line, false));
  expect(lines).toEqual([
    'modified a.txt (+1 -1)',
    '@@ -9,2 +9,2 @@',
    ' 9   same            │  9   same',
    '10 - an old line th… │ 10 + <U+001B>[2Jnew',
    '                     │ 11 + more',
  ]);
});
