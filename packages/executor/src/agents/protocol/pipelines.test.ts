import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { pipelinesOf, shellLineOf } from './pipelines.ts';

/** A line as it was understood: operators and commands. */
const understood = (line: string): string | undefined =>
  pipelinesOf(line)
    ?.map(({ operator, steps }) => `${operator ?? ''}[${steps.map(({ command }) => command).join(' | ')}]`)
    .join('');

test.each([
  ['cat a | grep b | wc -l', '[cat a | grep b | wc -l]'],
  [
    'cd shop && npm ci; npm test 2>&1 | tail -n 5 || true',
    '[cd shop]&&[npm ci];[npm test 2>&1 | tail -n 5]||[true]',
  ],
  ['a & b', '[a]&[b]'],
  ['a;b;', '[a];[b]'],
  ['\na\n\nb |\n c &&\nd\n', '[a];[b | c]&&[d]'],
  [`grep 'a|b' x | sed "s/;/&&/"`, `[grep 'a|b' x | sed "s/;/&&/"]`],
  ['echo a\\|b | cat', '[echo a\\|b | cat]'],
  [`echo "\\"|" $HOME \${HOME} $? | cat`, `[echo "\\"|" $HOME \${HOME} $? | cat]`],
  [
    'LC_ALL=C sort <in >out >>log 2>/dev/null >&2 <&- | uniq',
    '[LC_ALL=C sort <in >out >>log 2>/dev/null >&2 <&- | uniq]',
  ],
  ['ls *.ts {a,b}#c | wc', '[ls *.ts {a,b}#c | wc]'],
])('%j is understood', (line, pipelines) => {
  expect(understood(line)).toBe(pipelines);
});

test('each step has its words, where the shell makes nothing else of them', () => {
  expect(pipelinesOf(`cd 'my shop' && X=1 env | grep "a b"|wc $FLAGS`)).toEqual([
    { steps: [{ command: "cd 'my shop'", argv: ['cd', 'my shop'] }] },
    {
      operator: '&&',
      steps: [
        { command: 'X=1 env' },
        { command: 'grep "a b"', argv: ['grep', 'a b'] },
        { command: 'wc $FLAGS' },
      ],
    },
  ]);
});

test.each([
  'one command',
  '',
  '   ',
  'a | $(b)',
  'a | `b`',
  'a | "$(b)"',
  'a | "`b`"',
  'a | b <<E\nx|y\nE',
  'a | b <<< c',
  'a | (b; c)',
  'f() { a | b; }',
  '{ a | b; }',
  'if a; then b | c; fi',
  'for f in *; do cat $f | wc; done',
  'while a | b; do c; done',
  'case x in x) a | b;; esac',
  '! a | b',
  'time a | b',
  '[[ a ]] | b',
  'a | b # | c',
  '# a | b',
  'a |& b',
  'a &> x | b',
  'a | | b',
  'a |',
  '| a',
  'a &&',
  'a && || b',
  'a ;; b',
  "a | 'b",
  'a | "b',
  'a | b\\',
  "a | $'b|c'",
  `a | \${b:-c|d}`,
  'a | b >(c)',
  'a | b >&file',
  'a\r\nb | c',
])('%j is left alone', (line) => {
  expect(pipelinesOf(line)).toBeUndefined();
});

test('a line too long to read step by step is left alone', () => {
  const steps = (count: number) => Array.from({ length: count }, () => 'a').join('|');
  expect(pipelinesOf(steps(64))).toHaveLength(1);
  expect(pipelinesOf(steps(65))).toBeUndefined();
  expect(pipelinesOf(`a ${'x'.repeat(9_000)} | b`)).toBeUndefined();
});

test.skipIf(process.platform === 'win32')('a shell takes the same steps', () => {
  const line =
    `printf 'a|b\\nc;d\\n' | grep "a|" | tr a\\| xy && echo "&&" ';' | cat; echo \\; | cat # `.slice(0, -3);
  const pipelines = pipelinesOf(line);
  expect(pipelines?.map(({ steps }) => steps.length)).toEqual([3, 2, 2]);
  // Each command in a group of its own: what a shell reads out of that is the same.
  const grouped = pipelines
    ?.map(
      ({ operator = '', steps }) =>
        `${operator} ${steps.map(({ command }) => `{ ${command}\n}`).join(' | ')}`,
    )
    .join('');
  const run = (words: string) => execFileSync('/bin/sh', ['-c', words], { encoding: 'utf8' });
  expect(run(grouped ?? '')).toBe(run(line));
  expect(run(line)).toBe('xyb\n&& ;\n;\n');
});

test.each([
  [['sh', '-c', 'a | b'], 'a | b'],
  [['/bin/bash', '-lc', 'a | b', 'name', 'x'], 'a | b'],
  [['/usr/bin/zsh', '-l', '-e', '-c', 'a | b'], 'a | b'],
  [['bash', 'script.sh', '-c', 'a | b'], undefined],
  [['bash', '--norc', '-c', 'a | b'], undefined],
  [['node', '-c', 'a | b'], undefined],
  [['sh'], undefined],
  [['sh', '-c'], undefined],
  [[], undefined],
])('the line in %j', (argv, line) => {
  expect(shellLineOf(argv)).toBe(line);
});
