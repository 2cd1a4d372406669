import fc from 'fast-check';
import { expect, test } from 'vitest';
import { oneLine, safeJson, sanitise } from './sanitise.ts';

test.each([
  ['colour', 'a\u001b[31mred\u001b[0mb', 'aredb'],
  ['cursor and clear', '\u001b[2J\u001b[1;1Hgone', 'gone'],
  ['clipboard (OSC 52)', 'x\u001b]52;c;c2VjcmV0\u0007y', 'xy'],
  ['title, ended by ST', 'x\u001b]0;owned\u001b\\y', 'xy'],
  ['link (OSC 8)', '\u001b]8;;http://evil\u0007click\u001b]8;;\u0007', 'click'],
  ['device control string', 'a\u001bP+q544e\u001b\\b', 'ab'],
  ['8-bit CSI', 'a\u009b31mb', 'ab'],
  ['8-bit OSC', 'a\u009d0;t\u009cb', 'ab'],
  ['a sequence that was cut off', 'a\u001b]0;title without end', 'a'],
  ['a lone escape at the end', 'a\u001b', 'a'],
  ['reset', 'a\u001bcb', 'ab'],
  ['charset selection', 'a\u001b(0b', 'ab'],
  ['backspaces over text', 'safe\b\b\b\bevil', 'safeevil'],
  ['carriage return over text', 'good\rbad', 'good\nbad'],
  ['bell and NUL', 'a\u0007\u0000b', 'ab'],
  ['text that turns around', 'a\u202egpj.exe\u202c', 'agpj.exe'],
  ['invisible text', 'a\u200b\u2066b\u2069\ufeff', 'ab'],
  ['newlines and tabs', 'a\n\tb\r\nc', 'a\n\tb\nc'],
  ['other languages', 'ünïcödé 日本 🚢', 'ünïcödé 日本 🚢'],
])('%s', (_what, text, expected) => {
  expect(sanitise(text)).toBe(expected);
});

test('nothing a terminal acts on is left of anything', () => {
  const nasty = fc.string({
    unit: fc.constantFrom(
      '\u001b',
      '[',
      ']',
      '5',
      ';',
      'm',
      '\u0007',
      '\\',
      '\u009b',
      '\r',
      'a',
      '\u009c',
      'P',
    ),
  });
  fc.assert(
    fc.property(fc.oneof(nasty, fc.string({ unit: 'binary' })), (text) => {
      expect(sanitise(text)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
      expect(sanitise(sanitise(text))).toBe(sanitise(text));
    }),
  );
});

test('one line is one line', () => {
  expect(oneLine('  a\n\n b\tc \u2028 d ')).toBe('a b c d');
});

test('JSON stays the same value and holds no control character', () => {
  const value = { text: '\u009b31m\u202e\u007f\u2028"\n', list: [1, null] };
  const json = safeJson(value);
  expect(JSON.parse(json)).toEqual(value);
  expect(json).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
});
