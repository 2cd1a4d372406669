import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { runAh, temporaryFolder } from '../e2e/program.ts';
import { blocksOf } from './guide.ts';
import { growingPages } from './pages.ts';
import { proofs, read } from './proofs.ts';
import { openShell } from './shell.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const guides = globSync('docs/guides/*.md', { cwd: root }).map((page) => page.replaceAll('\\', '/'));

// What these say is done by `extend.test.ts`.
const growing: readonly string[] = growingPages;
const others = guides.filter((page) => !growing.includes(basename(page, '.md')));
const pages = ['README.md', 'bench/README.md', ...others];

const commandBlocks = (page: string): string[] =>
  blocksOf(read(page)).flatMap(({ info, text }) => (info === 'sh' || info === 'ini' ? [text.trim()] : []));

// The pages are written for the shell of Linux and macOS.
const isForThisShell = process.platform !== 'win32';

test('every option that a page names is one of the program', async () => {
  const helps = [
    ['start'],
    ['task'],
    ['agent', 'access-point'],
    ['mock-server'],
    ['repo', 'branches'],
    ['draft', 'launch'],
    ['webhook', 'create'],
    ['mock-llm'],
    ['session', 'attach'],
    ['session', 'chat'],
    ['session', 'threads'],
    ['session', 'search'],
    ['session', 'patch'],
    ['contract', 'diff'],
    ['scenario', 'check'],
    ['conformance'],
    ['backup'],
    ['restore'],
  ];
  const answers = await Promise.all(helps.map((words) => runAh([...words, '--help'])));
  const known = new Set(answers.flatMap(({ stdout }) => stdout.match(/--[a-z][a-z-]+/g) ?? []));
  for (const page of ['README.md', ...others]) {
    const named = [...read(page).matchAll(/`(--[a-z][a-z-]+)/g)].map(([, option]) => option ?? '');
    expect(
      named.filter((option) => !known.has(option)),
      page,
    ).toEqual([]);
  }
});

describe.each(pages)('%s', (page) => {
  let close = async (): Promise<void> => {};
  afterEach(() => close());

  test('has no command that nobody tries', () => {
    expect((proofs[page] ?? []).map(([block]) => block)).toEqual(commandBlocks(page));
  });

  test.runIf(isForThisShell)(
    'says what works',
    async () => {
      const folder = await temporaryFolder();
      const shell = await openShell(folder.path);
      close = async () => {
        await shell.interrupt();
        await folder.remove();
      };
      for (const [block, proof] of proofs[page] ?? []) {
        if (typeof proof === 'function') await proof(shell, block);
        else expect(read(proof.file)).toContain(proof.saying);
      }
    },
    120_000,
  );
});
