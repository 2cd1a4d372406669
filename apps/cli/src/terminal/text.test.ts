import { expect, test } from 'vitest';
import { shellWord } from './shell-word.ts';
import { table } from './table.ts';
import { fit, isColoured, paint, renderLine, widthOf } from './text.ts';

const terminal = { isTTY: true };
const pipe = {};

test.each([
  ['a terminal', terminal, {}, true, true],
  ['a pipe', pipe, {}, true, false],
  ['NO_COLOR', terminal, { NO_COLOR: '1' }, true, false],
  ['an empty NO_COLOR', terminal, { NO_COLOR: '' }, true, true],
  ['--no-color', terminal, {}, false, false],
  ['--no-color against FORCE_COLOR', terminal, { FORCE_COLOR: '1' }, false, false],
  ['a dumb terminal', terminal, { TERM: 'dumb' }, true, false],
  ['FORCE_COLOR into a pipe', pipe, { FORCE_COLOR: '1' }, true, true],
  ['FORCE_COLOR=0 at a terminal', terminal, { FORCE_COLOR: '0' }, true, false],
])('colours: %s', (_what, stdout, env, wanted, isOn) => {
  expect(isColoured(stdout, env, wanted)).toBe(isOn);
});

test('every string is cleaned, looks are added after that', () => {
  const text = ['a\u001b[5m', paint('red', ['b\u001b]52;c;x', paint('bold', 'c\nd')]), paint(undefined, 'e')];
  expect(renderLine(text, false)).toBe('ab52;c;xc de');
  expect(renderLine(text, true)).toBe('a\u001b[31mb52;c;x\u001b[1mc d\u001b[22m\u001b[39me');
  expect(renderLine(paint('red', '\u001b[0m'), true)).toBe('');
});

test('text is cut to columns, wide characters count twice', () => {
  expect(fit('abcdef', 6)).toBe('abcdef');
  expect(fit('abcdefg', 6)).toBe('abcde…');
  expect(fit('日本語です', 6)).toBe('日本…');
  expect(widthOf('日本🚢a')).toBe(7);
  // Marks sit on the letter before them.
  expect(widthOf('e\u0301')).toBe(1);
});

test('a table lines up, and its flexible column gives way', () => {
  const rows = [
    { id: 'one', text: 'a \u001b[31mlong\u001b[0m text that\nneeds room' },
    { id: 'longer', text: 'b' },
  ];
  const columns = [
    { title: 'ID', cell: (row: { id: string }) => row.id },
    { title: 'TEXT', cell: (row: { text: string }) => row.text, flexible: true },
  ];
  const lines = (width?: number) => table(columns, rows, width).map((line) => renderLine(line, false));
  expect(lines(20)).toEqual(['ID      TEXT', 'one     a long text…', 'longer  b']);
  expect(lines()[1]).toBe('one     a long text that needs room');
});

test('words for a shell are quoted where they must be', () => {
  expect(shellWord('/a/b-c_1.txt')).toBe('/a/b-c_1.txt');
  expect(shellWord("it's $(x)")).toBe(`'it'\\''s $(x)'`);
  expect(shellWord('')).toBe(`''`);
  expect(shellWord("a\u001b[2J'\\\u202e\u{e0041}\n")).toBe("$'a\\u001b[2J\\'\\\\\\u202e\\U000e0041\\u000a'");
});
