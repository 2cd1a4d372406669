import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apply } from './apply.ts';
import { readCommand } from './command.ts';
import { readGuide } from './guide.ts';
import { growingPages } from './pages.ts';
import { type Copy, copyTree, differences, type Inventory, takeInventory } from './tree.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Whole builds on a busy machine. */
const patience = 600_000;

describe('a newcomer who follows the guides', () => {
  let copy: Copy;
  let workbench: Workbench;
  let original: Inventory;
  const listed = new Set<string>();
  const suites = new Set<string>();

  beforeAll(async () => {
    copy = await copyTree(root);
    workbench = await openWorkbench(copy.path);
    original = await takeInventory(copy.path);
  }, patience);
  afterAll(() => copy?.remove());

  /** Does what a page says, step by step; the files that differ then. */
  const follow = async (page: string): Promise<readonly string[]> => {
    const guide = readGuide(await readFile(`${root}docs/guides/${page}.md`, 'utf8'));
    const before = await takeInventory(copy.path);
    for (const step of guide.steps) {
      if (step.kind === 'change') await apply(copy.path, step.change);
      else if (step.kind === 'red') {
        const { files, said } = await workbench.compile();
        expect(files, said).toEqual([...step.files].sort());
      } else for (const command of step.commands) await type(command);
    }
    const changed = differences(before, await takeInventory(copy.path));
    expect(changed).toEqual([...guide.files].sort());
    for (const file of changed) listed.add(file);
    return changed;
  };

  const type = async (line: string): Promise<void> => {
    const command = readCommand(line);
    if (command.kind === 'script') return workbench.script(command.package, command.script);
    // Run once for all pages: most of them are the same.
    if (command.kind === 'vitest') for (const path of command.paths) suites.add(path);
    if (command.kind === 'typecheck') expect((await workbench.compile()).said).toBe('');
  };

  /** Each stage stands on the one before; after a failure the others would only fail for its reason. */
  let failed: string | undefined;
  const stage = (name: string, work: () => Promise<void>) =>
    test(
      name,
      async () => {
        if (failed !== undefined) throw new Error(`Not tried: "${failed}" failed.`);
        failed = name;
        await work();
        failed = undefined;
      },
      patience,
    );

  for (const page of growingPages) {
    stage(`${page}: changes the files it lists, compiles and is in good form`, async () => {
      const changed = await follow(page);
      await workbench.review(changed.filter((file) => file !== 'openapi.json'));
    });
  }

  stage('the grown product builds, and its program runs the new agent', async () => {
    await workbench.build();
    const said = await workbench.ah(
      'agent',
      'start',
      '--agent',
      'echo',
      '--repo',
      'none',
      '--prompt',
      'Grown!',
    );
    expect(said).toContain('stdout    Grown!');
  });

  stage('the grown product passes the tests the guides name', async () => {
    expect(suites.size).toBeGreaterThan(0);
    await workbench.test([...suites]);
  });

  stage('nothing but what the guides list has changed in the end', async () => {
    const changed = differences(original, await takeInventory(copy.path));
    expect(changed).toEqual([...listed].sort());
  });
});
