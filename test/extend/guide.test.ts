import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../e2e/program.ts';
import { apply } from './apply.ts';
import { readCommand } from './command.ts';
import { readGuide } from './guide.ts';

const fence = (info: string, text: string): string => `\`\`\`${info}\n${text}\n\`\`\`\n`;
const changeOf = (info: string, text = 'new') => {
  const [step] = readGuide(fence(info, text)).steps;
  if (step?.kind !== 'change') throw new Error(`${info} is no change`);
  return step.change;
};

describe('a guide', () => {
  test('is its blocks and the files of its table, in order', () => {
    const page = [
      '| file | why |\n| --- | --- |\n| `a.ts` | one |\n| `b/c.json` | two |\n',
      fence('ts file=a.ts after="x: {"', '  y,'),
      fence('text red', 'b.ts'),
      fence('ts', 'prose'),
      fence('sh', '# first\npnpm \\\n  typecheck\n'),
    ].join('\n');
    expect(readGuide(page)).toEqual({
      files: ['a.ts', 'b/c.json'],
      steps: [
        { kind: 'change', change: { file: 'a.ts', place: { kind: 'after', line: 'x: {' }, text: '  y,\n' } },
        { kind: 'red', files: ['b.ts'] },
        { kind: 'commands', commands: ['pnpm typecheck'] },
      ],
    });
  });

  test.each([
    'ts file=a.ts',
    'ts file=a.ts new after="x"',
    'ts file=a.ts after=',
    'ts file=a.ts after="x" to="y"',
    'ts file=a.ts between="x"',
    'ts file=../a.ts new',
    'ts file=/etc/passwd new',
  ])('that says %s is refused', (info) => {
    expect(() => changeOf(info)).toThrow();
  });

  test.each(['pnpm release', 'rm -rf .', 'pnpm --filter x'])('does not get to run %s', (line) => {
    expect(() => readCommand(line)).toThrow(line);
  });
});

describe('a change', () => {
  let tree: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    tree = await temporaryFolder();
    await writeFile(join(tree.path, 'a.ts'), 'one\n  two(x);\nthree\n  two(y);\nfour\n');
  });
  afterEach(() => tree.remove());

  test.each([
    ['after="one"', 'one\nnew\n  two(x);\nthree\n  two(y);\nfour\n'],
    ['before="four"', 'one\n  two(x);\nthree\n  two(y);\nnew\nfour\n'],
    ['replace="two(x);"', 'one\nnew\nthree\n  two(y);\nfour\n'],
    ['replace="…x…" to="two…"', 'one\nnew\nfour\n'],
  ])('%s', async (place, text) => {
    await apply(tree.path, changeOf(`ts file=a.ts ${place}`));
    expect(await readFile(join(tree.path, 'a.ts'), 'utf8')).toBe(text);
  });

  test.each(['after="five"', 'after="two…"', 'replace="four" to="one"', 'new'])(
    'not at %s',
    async (place) => {
      await expect(apply(tree.path, changeOf(`ts file=a.ts ${place}`))).rejects.toThrow('a.ts');
    },
  );

  test('makes folders for a new file', async () => {
    await apply(tree.path, changeOf('ts file=deep/er/b.ts new'));
    expect(await readFile(join(tree.path, 'deep/er/b.ts'), 'utf8')).toBe('new\n');
  });
});
