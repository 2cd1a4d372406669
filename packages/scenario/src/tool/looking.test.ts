import { expect, test } from 'vitest';
import { ToolUse } from '../format/tool-use.ts';
import { globOf } from './glob.ts';
import { filesOf, matchingLines, placesOf, see } from './look.ts';
import { editNotebook } from './notebook.ts';
import { planTool } from './plan-tool.ts';
import { sed } from './sed.ts';

const files = new Map([
  ['a.ts', 'one\ntwo\nthree\n'],
  ['src/b.ts', 'Two\nfour\n'],
  ['src/deep/c.md', 'two\n'],
]);
const look = (toolName: string, args: Record<string, unknown>) => {
  const plan = planTool(ToolUse.parse({ toolName, args }));
  if (plan.kind !== 'look') return plan;
  const places = placesOf([...files.keys()]);
  const read = new Map(filesOf(plan.look, places).map((path) => [path, files.get(path) ?? '']));
  const { output, failed } = see(plan.look, places, read);
  return failed ? { failed: output } : output.split('\n');
};

test.each([
  ['listDir', {}, ['a.ts', 'src/']],
  ['listDir', { path: 'src' }, ['b.ts', 'deep/']],
  ['listDir', { path: './', recursive: true, pattern: '*.ts' }, ['a.ts', 'src/b.ts']],
  ['find', { name: '*.md' }, ['src/deep/c.md']],
  ['find', { path: 'src', type: 'dir' }, ['src/deep']],
  ['find', { path: 'src', type: 'file' }, ['src/b.ts', 'src/deep/c.md']],
  ['find', { name: 'nothing' }, ['Nothing found.']],
  ['grep', { pattern: 't.o' }, ['a.ts', 'src/deep/c.md']],
  [
    'grep',
    { pattern: 'two', '-i': true, path: 'src', output_mode: 'count' },
    ['src/b.ts:1', 'src/deep/c.md:1'],
  ],
  [
    'grep',
    { pattern: 'two', glob: '*.ts', output_mode: 'content', '-C': 1 },
    ['a.ts-1-one', 'a.ts:2:two', 'a.ts-3-three'],
  ],
  [
    'grep',
    { pattern: 'two', path: 'a.ts', output_mode: 'content', '-n': false, '-A': 1 },
    ['a.ts:two', 'a.ts-three'],
  ],
  ['grep', { pattern: 'o$', type: 'ts', '-i': true, head_limit: 1 }, ['a.ts']],
  ['grep', { pattern: 'one.two', multiline: true, output_mode: 'content' }, ['a.ts:1:one']],
])('%s %j', (toolName, args, lines) => {
  expect(look(toolName, args)).toEqual(lines);
});

test('a look says what is wrong with it', () => {
  expect(look('grep', { pattern: '(' })).toEqual({ failed: expect.stringMatching(/no regular expression/) });
  expect(look('listDir', { path: 'no/such' })).toEqual({
    failed: 'no/such: there is no such file or directory',
  });
  for (const path of ['..', '/etc', 'a/../..']) {
    expect(look('grep', { pattern: 'x', path })).toMatchObject({ kind: 'refused' });
    expect(look('find', { path })).toMatchObject({ kind: 'refused' });
  }
  expect(look('find', { type: 'socket' })).toMatchObject({ kind: 'refused' });
});

test('an expression that makes others wait takes no time', () => {
  const text = `${'a'.repeat(50_000)}!`;
  const begun = performance.now();
  expect(matchingLines(text, '^(a+)+$')).toBe('');
  expect(sed('s/^(a+)+$/x/', text)).toEqual({ done: true, text });
  expect(performance.now() - begun).toBeLessThan(5_000);
});

test.each([
  ['*.ts', 'deep/x.ts', true],
  ['src/*.ts', 'src/deep/x.ts', false],
  ['src/**/*.ts', 'src/deep/er/x.ts', true],
  ['src/**/*.ts', 'src/x.ts', true],
  ['{a,b}?.m[dk]', 'a1.md', true],
  ['[!a]', 'a', false],
  ['a.b', 'axb', false],
  ['[z-a]', '[z-a]', true],
])('the pattern %s and the path %s', (pattern, path, fits) => {
  expect(globOf(pattern)(path)).toBe(fits);
});

test.each([
  ['s/o/0/', '0ne\ntw0\nthree\n'],
  ['s/(t)(.)/\\2\\1&/g', 'one\nwttwo\nhtthree\n'],
  ['2s/two/2/; $d', 'one\n2\n'],
  ['1,2d', 'three\n'],
  ['/^t/s|e|-|gI', 'one\ntwo\nthr--\n'],
  ['2,$s/^/> /', 'one\n> two\n> three\n'],
])('sed %s', (expression, text) => {
  expect(sed(expression, 'one\ntwo\nthree\n')).toEqual({ done: true, text });
});

test.each(['', 's/a', 's/a/b', 's/a/b/w out', 'w /etc/passwd', 'e id', 's/(/x/', '1q'])(
  'sed does not take %j',
  (expression) => {
    expect(sed(expression, 'one\n')).toEqual({ done: false, reason: expect.stringContaining(': ') });
  },
);

test('cells of a notebook are replaced, inserted and deleted', () => {
  const cell = (id: string, source: string) => ({
    id,
    cell_type: 'code',
    metadata: {},
    outputs: [1],
    source,
  });
  const text = JSON.stringify({ cells: [cell('a', 'x'), cell('b', 'y')], nbformat: 4 });
  const edit = (change: Partial<Parameters<typeof editNotebook>[0]>) => {
    const base = { cellId: 'a', source: 'new\nlines', type: undefined, mode: 'replace' } as const;
    const changed = editNotebook({ ...base, ...change }, text);
    return changed.done ? JSON.parse(changed.text) : changed.reason;
  };
  expect(edit({})).toMatchObject({
    nbformat: 4,
    cells: [{ id: 'a', source: ['new\n', 'lines'], outputs: [] }, { id: 'b' }],
  });
  expect(edit({ mode: 'insert', type: 'markdown' }).cells).toMatchObject([
    { id: 'a' },
    { cell_type: 'markdown', source: ['new\n', 'lines'] },
    { id: 'b' },
  ]);
  expect(edit({ mode: 'insert', cellId: undefined }).cells[0].source).toEqual(['new\n', 'lines']);
  expect(edit({ mode: 'delete', cellId: 'b' }).cells).toMatchObject([{ id: 'a' }]);
  expect(edit({ cellId: 'no' })).toBe('there is no cell no');
  expect(edit({ cellId: undefined })).toBe('cell_id: is required');
  expect(editNotebook({ cellId: 'a', source: '', type: undefined, mode: 'delete' }, 'no')).toMatchObject({
    reason: 'is no notebook',
  });
});
