import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningServer, startMock, temporaryFolder } from '../e2e/program.ts';
import { blocksOf } from './guide.ts';
import { type Copy, copyTree } from './tree.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Whole compilations on a busy machine. */
const patience = 600_000;

interface Example {
  readonly name: string;
  /** Where it lies in the copy: among the tests of the package it is about, where its imports resolve. */
  readonly file: string;
  readonly text: string;
  readonly isTest: boolean;
}

/** The blocks of a page that say `ts in=<package>`. */
const examplesOf = (page: string): Example[] =>
  blocksOf(readFileSync(`${root}docs/guides/${page}.md`, 'utf8')).flatMap(({ info, text }, index) => {
    const [, folder] = /^ts in=(\S+)$/.exec(info) ?? [];
    if (folder === undefined) return [];
    const isTest = text.includes("from 'vitest'");
    const file = `${folder}/src/testing/${page}-${index}${isTest ? '.test' : ''}.ts`;
    return [{ name: `${page}: block ${index + 1}`, file, text, isTest }];
  });

const examples = ['use-the-sdk', 'run-the-mock', 'gate-contract-changes', 'check-a-server'].flatMap(
  examplesOf,
);

describe('the code in the guides', () => {
  let copy: Copy;
  let workbench: Workbench;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let mock: RunningServer;

  beforeAll(async () => {
    folder = await temporaryFolder();
    mock = await startMock(join(folder.path, 'state'), ['--speed', '0']);
    copy = await copyTree(root);
    workbench = await openWorkbench(
      copy.path,
      examples.map(({ file }) => file),
    );
    for (const { file, text } of examples) {
      await mkdir(dirname(join(copy.path, file)), { recursive: true });
      await writeFile(join(copy.path, file), text);
    }
  }, patience);
  afterAll(async () => {
    await mock?.stop();
    await folder?.remove();
    await copy?.remove();
  });

  test(
    'compiles and is in good form',
    async () => {
      expect(examples.length).toBeGreaterThan(3);
      expect((await workbench.compile()).said).toBe('');
      await workbench.review(examples.map(({ file }) => file));
    },
    patience,
  );

  test(
    'its tests pass',
    async () => {
      const tests = examples.filter(({ isTest }) => isTest);
      expect(tests.length).toBeGreaterThan(0);
      await workbench.test(tests.map(({ file }) => file));
    },
    patience,
  );

  test.each(examples.filter(({ isTest }) => !isTest))(
    '$name runs',
    async ({ file }) => {
      const said = await workbench.play(file, { AH_REST_BASE: mock.url, AH_HOME: mock.stateDir });
      expect(said).not.toBe('');
      if (said.includes('completed')) expect(said).toContain('src/cart.js');
    },
    patience,
  );
});
