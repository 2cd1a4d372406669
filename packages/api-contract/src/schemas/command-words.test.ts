import { expect, test } from 'vitest';
import { commandWords } from './command-words.ts';

test.each([
  ['npm test', ['npm', 'test']],
  ['  a \t b  ', ['a', 'b']],
  [`grep -n 'def main' "a b.py"`, ['grep', '-n', 'def main', 'a b.py']],
  [`a'b'"c"d`, ['abcd']],
  [`echo '' ""`, ['echo', '', '']],
  ['a\\ b \\"', ['a b', '"']],
  [`"a \\" b \\n"`, ['a " b \\n']],
  [`'$(rm -rf /)' '|;&'`, ['$(rm -rf /)', '|;&']],
])('%s', (line, words) => {
  expect(commandWords(line)).toEqual(words);
});

test.each([
  'echo hi > file',
  'a | b',
  'a && b',
  'a; b',
  'echo $HOME',
  'echo "$HOME"',
  'echo "`id`"',
  '$(id)',
  'rm *.txt',
  'cat ~/x',
  "echo 'open",
  'echo "open',
  'a\nb',
  'end\\',
  '',
  '   ',
])('%j needs a shell or is no command', (line) => {
  expect(commandWords(line)).toBeUndefined();
});
