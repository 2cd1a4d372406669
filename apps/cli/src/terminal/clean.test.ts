import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clean, cleanLine, oneLine, reveal, safeJson } from './clean.ts';

test.each([
  ['colour', 'a\u001b[31mred\u001b[0mb', 'aredb'],
  ['cursor and clear', '\u001b[2J\u001b[1;1Hgone', 'gone'],
  ['clipboard (OSC 52)', 'x\u001b]52;c;c2VjcmV0\u0007y', 'xy'],
  ['title, ended by ST', 'x\u001b]0;owned\u001b\\y', 'xy'],
  ['link (OSC 8)', '\u001b]8;;http://evil\u0007click\u001b]8;;\u0007', 'click'],
  ['device control string', 'a\u001bP+q544e\u001b\\b', 'ab'],
  ['8-bit CSI', 'a\u009b31mb', 'ab'],
  ['8-bit OSC', 'a\u009d0;t\u009cb', 'ab'],
  ['a string without an end hides nothing', 'a\u001b]0;title\nnext', 'a0;title\nnext'],
  ['nor does one that ends lines later', 'a\u001b]0;b\nc\u0007d', 'a0;b\ncd'],
  ['nor an 8-bit one', 'a\u009d0;b\nc', 'a0;b\nc'],
  ['nor one that another begins in', 'a\u001b]0;b\u001b[31mc\u0007', 'a0;bc'],
  ['a sequence without an end hides nothing', 'a\u001b[31', 'a31'],
  ['a lone escape at the end', 'a\u001b', 'a'],
  ['reset', 'a\u001bcb', 'ab'],
  ['charset selection', 'a\u001b(0b', 'ab'],
  ['backspaces over text', 'safe\b\b\b\bevil', 'safeevil'],
  ['carriage return over text', 'good\rbad', 'good\nbad'],
  ['bell and NUL', 'a\u0007\u0000b', 'ab'],
  ['text that turns around', 'a\u202egpj.exe\u202c', 'agpj.exe'],
  ['invisible text', 'a\u200b\u2066b\u2069\ufeff', 'ab'],
  ['soft hyphens', 'pay\u00adpal', 'paypal'],
  ['tag letters', 'a\u{e0041}\u{e0020}\u{e007f}b', 'ab'],
  ['variation selectors that carry data', 'a\ufe01\u{e0100}\u{e01ef}b', 'ab'],
  ['fillers that look like nothing', 'a\u3164\u115f\uffa0\u034fb', 'ab'],
  ['annotations', 'a\ufff9b\ufffbc', 'abc'],
  ['half a character', 'a\ud83d', 'a\ufffd'],
  ['line breaks of all kinds', 'a\u000bb\u000cc\u0085d\u2028e\u2029f', 'a\nb\nc\nd\ne\nf'],
  ['newlines and tabs', 'a\n\tb\r\nc', 'a\n\tb\nc'],
  ['other languages', 'ünïcödé 日本 🚢 👩‍🚀 ⚠️', 'ünïcödé 日本 🚢 👩‍🚀 ⚠️'],
  ['a joiner between letters', 'a\u200db', 'ab'],
])('%s', (_what, text, expected) => {
  expect(clean(text)).toBe(expected);
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
      expect(clean(text)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
      expect(reveal(text)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
      expect(cleanLine(text)).not.toContain('\n');
      expect(clean(clean(text))).toBe(clean(text));
    }),
  );
});

test('one line is one line', () => {
  expect(oneLine('  a\n\n b\tc \u2028 d ')).toBe('a b c d');
});

test('what is printable stays, whatever stands before it', () => {
  const opening = fc.constantFrom(
    '\u001b]0;',
    '\u001bP',
    '\u001b[',
    '\u001b_x',
    '\u009d',
    '\u0090',
    '\u001b[8m',
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), opening, (text, start) => {
      expect(clean(`${text}${start}\nthe rest`)).toMatch(/\nthe rest$/);
      expect(reveal(`${text}${start}the rest`)).toMatch(/the rest$/);
    }),
  );
});

test('a reviewer sees everything', () => {
  expect(reveal('a\u001b]0;x\u0007\u00ad\u200d\u{e0041}\n\tb')).toBe(
    'a<U+001B>]0;x<U+0007><U+00AD><U+200D><U+E0041>\n\tb',
  );
  expect(reveal('ünïcödé 日本 🚢 👩‍🚀 ⚠️')).toBe('ünïcödé 日本 🚢 👩‍🚀 ⚠️');
});

test('JSON stays the same value and holds no control character', () => {
  const value = { text: '\u009b31m\u202e\u007f\u2028"\n\u00ad\u{e0041}', list: [1, null] };
  const json = safeJson(value);
  expect(JSON.parse(json)).toEqual(value);
  expect(json).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u00ad\u2028\u202e\u{e0041}]/u);
});
