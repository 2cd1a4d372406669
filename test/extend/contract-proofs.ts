import { expect } from 'vitest';
import { blocksOf } from './guide.ts';
import type { Shell } from './shell.ts';

type Trial = (shell: Shell, block: string) => Promise<void>;
type Read = (path: string) => string;

const page = 'docs/guides/gate-contract-changes.md';
const served = 'http://127.0.0.1:3001';

/** The reader stands in a repository on a branch that changed nothing of the contract. */
const standInRepository = async (shell: Shell, read: Read): Promise<void> => {
  await shell.put('openapi.json', read('openapi.json'));
  const { code, output } = await shell.type(`
    git init --quiet --initial-branch main . && mkdir -p .changeset
    git config user.name A && git config user.email a@example.test
    git add openapi.json && git commit --quiet --message one
    git commit --quiet --allow-empty --message two
    git update-ref refs/remotes/origin/main main`);
  expect(code, output).toBe(0);
};

/** How the commands of the page about the contract are tried; `read` gives a file of the project. */
export const contractTrials = (read: Read) => {
  const nothingChanged =
    (isFirst: boolean): Trial =>
    async (shell, block) => {
      if (isFirst) await standInRepository(shell, read);
      const { code, output } = await shell.type(block);
      expect(code, output).toBe(0);
      expect(output).toContain('Nothing changed.');
    };

  const comparesTheShops: Trial = async (shell, block) => {
    const blocks = blocksOf(read(page));
    await shell.put('shop-1.yaml', blocks.find(({ text }) => text.includes('title: Shop'))?.text ?? '');
    const { code, output } = await shell.type(block);
    expect(code, output).toBe(1);
    const shown = blocks.find(({ info }) => info === 'text')?.text ?? '';
    expect(output.replace('shop-1.yaml → shop-2.yaml\n', '')).toBe(shown);
  };

  const asksTheServer: Trial = async (shell, block) => {
    const url = await shell.serve('ah mock-server');
    await shell.put('known.json', await (await fetch(`${url}/api/v1/openapi.json`)).text());
    await nothingChanged(false)(shell, block.replace(served, url));
  };

  const tellsTheRule: Trial = async (shell, block) => {
    const { code, output } = await shell.type(block);
    expect(code, output).toBe(0);
    expect(output).toContain('Readers were told the list is whole');
  };

  return { nothingChanged, comparesTheShops, asksTheServer, tellsTheRule };
};
