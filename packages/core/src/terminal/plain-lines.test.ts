import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createPlainLines } from './plain-lines.ts';

const linesOf = (...chunks: readonly string[]): string[] => {
  const lines: string[] = [];
  const plain = createPlainLines(1000, (line) => lines.push(line));
  for (const chunk of chunks) plain.push(chunk);
  plain.end();
  return lines;
};

it.each([
  ['colours', '\u001b[1;31mred\u001b[0m text\r\n', ['red text']],
  ['titles and links', '\u001b]0;title\u0007a\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\\n', ['alink']],
  ['the clipboard', '\u001b]52;c;aGk=\u0007ok\n', ['ok']],
  ['device strings', 'a\u001bP+q544e\u001b\\b\n', ['ab']],
  ['C1 forms', '\u009b31mred\u009d0;t\u009c!\n', ['red!']],
  ['character sets', '\u001b(Bplain\u001b>\n', ['plain']],
  ['what was written over', '10%\r20%\rdone\r\n', ['done']],
  ['a return before the end', 'kept\r\r\n', ['kept']],
  ['what was taken back', 'helo\blo\u0007\n', ['hello']],
  ['tabs', 'a\tb\n', ['a\tb']],
  [
    'the other screen',
    'before\n\u001b[?1049h\u001b[2Jpicture\nmore\u001b[?1049lafter\n',
    ['before', 'after'],
  ],
  ['no line end', 'prompt> ', ['prompt> ']],
  ['empty lines', 'a\n\nb\n', ['a', '', 'b']],
  ['an unfinished sequence', 'a\n\u001b[31', ['a']],
])('%s are told as text', (_, output, lines) => {
  expect(linesOf(output)).toEqual(lines);
});

it('is the same however the output is cut', () => {
  const part = fc.constantFrom(
    'a',
    'é',
    '😀',
    '\u001b',
    '[',
    ']',
    '0;',
    'm',
    '?1049h',
    '?47l',
    '\r',
    '\n',
    '\b',
    '\\',
    '\u0007',
    '\u009b',
    'P',
  );
  fc.assert(
    fc.property(fc.array(part), fc.integer({ min: 1, max: 5 }), (parts, size) => {
      const output = parts.join('');
      const characters = [...output];
      const chunks: string[] = [];
      while (characters.length > 0) chunks.push(characters.splice(0, size).join(''));
      const lines = linesOf(...chunks);
      expect(lines).toEqual(linesOf(output));
      // Nothing that a terminal would obey is left.
      expect(lines.join('')).not.toMatch(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/);
    }),
  );
});

it('gives long lines in pieces', () => {
  const pieces: [number, boolean][] = [];
  const plain = createPlainLines(10, (line, continued) => pieces.push([line.length, continued]));
  plain.push(`${'x'.repeat(25)}\n`);
  expect(pieces).toEqual([
    [10, true],
    [10, true],
    [5, false],
  ]);
});
