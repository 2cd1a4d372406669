import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { pipelinesOf, pipelinesRun, shellLineOf } from './pipelines.ts';

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

/** What is told of each pipeline: its exit code, that it was skipped, or nothing. */
const told = (line: string, exitCode: number) =>
  pipelinesOf(line, exitCode)?.map(({ exit_code, skipped }) => (skipped ? 'skipped' : (exit_code ?? '?')));

test.each([
  ['a | b', 3, [3]],
  ['a && b', 0, [0, 0]],
  // The first or the second failed.
  ['a && b', 1, ['?', '?']],
  ['a || b', 0, ['?', '?']],
  ['a || b', 2, ['?', 2]],
  ['a; b', 4, ['?', 4]],
  ['a & b', 4, ['?', 4]],
  ['a; b &', 0, ['?', '?']],
  ['a && b; c | d && e', 0, ['?', '?', 0, 0]],
  ['a && b || c', 1, ['?', '?', 1]],
  ['a || b && c', 5, ['?', '?', '?']],
  ['a && exit 3; b', 3, ['?', '?', '?']],
  ['X=1 exec a; b', 3, ['?', '?']],
  ['$GO; b', 3, ['?', '?']],
])('of %j a shell that exits with %i tells %j', (line, exitCode, expected) => {
  expect(told(line, exitCode)).toEqual(expected);
});

test.skipIf(process.platform === 'win32')('what is told of a line is so when a shell runs it', () => {
  const ends = ['true', 'false', '(exit 3)'];
  for (const [one, two, three] of ends.flatMap((a) =>
    ends.flatMap((b) => ends.map((c) => [a, b, c] as const)),
  ))
    for (const [first, second] of ['&&', '||', ';'].flatMap((f) =>
      ['&&', '||', ';'].map((s) => [f, s] as const),
    )) {
      const seen: (number | 'skipped')[] = ['skipped', 'skipped', 'skipped'];
      const noted = [one, two, three].map((command, at) => `{ ${command}; r=$?; echo ${at} $r; (exit $r); }`);
      const script = `${noted[0]} ${first} ${noted[1]} ${second} ${noted[2]}; echo = $?`;
      const lines = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).trim().split('\n');
      const exitCode = Number(lines.pop()?.slice(2));
      for (const line of lines) seen[Number(line[0])] = Number(line.slice(2));
      const plain = `a ${first} b ${second} c`;
      for (const [at, word] of (told(plain, exitCode) ?? []).entries())
        if (word !== '?')
          expect([plain, one, two, three, at, word]).toEqual([plain, one, two, three, at, seen[at]]);
    }
});

test.each([
  [['sh', '-c', 'a; b'], 1, [undefined, 1]],
  [['bash', '-lc', 'a; b'], 1, [undefined, 1]],
  [['sh', '-ec', 'a; b'], 1, [undefined, undefined]],
  [['sh', '-e', '-c', 'a; b'], 1, [undefined, undefined]],
  [['sh', '-c', 'a; b'], null, [undefined, undefined]],
  [['echo', 'a; b'], 1, undefined],
])('what %j ran that exits with %j', (argv, exitCode, expected) => {
  expect(pipelinesRun(argv, exitCode)?.map(({ exit_code }) => exit_code)).toEqual(expected);
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
