import { expect, test } from 'vitest';
import { shellWord } from './shell-word.ts';
import { coloured, fit, plain, styleFor, widthOf } from './style.ts';
import { table } from './table.ts';

const terminal = { write: () => true, isTTY: true };
const pipe = { write: () => true };

test.each([
  ['a terminal', terminal, {}, true, coloured],
  ['a pipe', pipe, {}, true, plain],
  ['NO_COLOR', terminal, { NO_COLOR: '1' }, true, plain],
  ['an empty NO_COLOR', terminal, { NO_COLOR: '' }, true, coloured],
  ['--no-color', terminal, {}, false, plain],
  ['a dumb terminal', terminal, { TERM: 'dumb' }, true, plain],
  ['FORCE_COLOR into a pipe', pipe, { FORCE_COLOR: '1' }, true, coloured],
])('colours: %s', (_what, stdout, env, wanted, style) => {
  expect(styleFor({ stdout, env }, wanted)).toBe(style);
});

test('text is cut to columns, wide characters count twice', () => {
  expect(fit('abcdef', 6)).toBe('abcdef');
  expect(fit('abcdefg', 6)).toBe('abcde…');
  expect(fit('日本語です', 6)).toBe('日本…');
  expect(widthOf('日本🚢a')).toBe(7);
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
  expect(table(columns, rows, plain, 20)).toBe('ID      TEXT\none     a long text…\nlonger  b');
  expect(table(columns, rows, plain, undefined)).toContain('a long text that needs room');
});

test('words for a shell are quoted where they must be', () => {
  expect(shellWord('/a/b-c_1.txt')).toBe('/a/b-c_1.txt');
  expect(shellWord("it's $(x)")).toBe(`'it'\\''s $(x)'`);
  expect(shellWord('')).toBe(`''`);
});
