import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { missing } from './harness/needs.ts';
import { isLong, seed } from './harness/tier.ts';
import { type Mutation, mutations } from './mutations/mutations.ts';
import { takeOut } from './mutations/take-out.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const patience = 300_000;

/** The tests of a file whose titles have these words, with the guard taken out of the sources they run. */
const runWithout = async (name: string, { noticedBy }: Mutation) => {
  const folder = await mkdtemp(join(tmpdir(), 'ah-mutation-'));
  const report = join(folder, 'report.json');
  try {
    const args = ['run', '--reporter=json', `--outputFile=${report}`, '--no-cache'];
    const { file, title, isLong: isOfLongTier } = noticedBy;
    const inherited = Object.entries(process.env).filter(
      ([key]) => !/^(?:VITEST|AH_FAULTS|NODE_ENV|TEST$)/.test(key),
    );
    const child = spawn(
      process.execPath,
      [join(root, 'node_modules/vitest/vitest.mjs'), ...args, '-t', title, file],
      {
        cwd: root,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          ...Object.fromEntries(inherited),
          SEED: String(seed),
          AH_FAULTS_MUTATION: name,
          ...(isOfLongTier ? { AH_FAULTS: 'long' } : {}),
        },
      },
    );
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => {
        said += text;
      });
    await new Promise((resolve) => child.once('close', resolve));
    const told: { testResults: { assertionResults: { status: string; failureMessages: string[] }[] }[] } =
      JSON.parse(
        await readFile(report, 'utf8').catch(() => {
          throw new Error(said);
        }),
      );
    return { results: told.testResults.flatMap(({ assertionResults }) => assertionResults), said };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

test.each(Object.entries(mutations))('%s stands in the sources', async (_, mutation) => {
  const path = join(root, mutation.file);
  expect(takeOut(mutation, path, await readFile(path, 'utf8'))).toBeDefined();
});

describe('a guard that is taken out is missed', () => {
  for (const [name, mutation] of Object.entries(mutations)) {
    const { noticedBy, needs = [], isQuick = false } = mutation;
    const lacks = missing(needs);
    const title = `${name}: by "${noticedBy.title}" of ${noticedBy.file}`;
    if (!isLong && !isQuick) continue;
    if (lacks.length > 0 && process.env.AH_FAULTS_SKIP !== 'never') {
      test.skip(`${title} (skipped: this machine lacks ${lacks.join(', ')})`, () => undefined);
      continue;
    }
    test(title, { timeout: patience }, async () => {
      const { results, said } = await runWithout(name, mutation);
      const failures = results
        .filter(({ status }) => status === 'failed')
        .flatMap(({ failureMessages }) => failureMessages);
      expect(failures.length, `nobody missed it: ${JSON.stringify(results)} ${said}`).toBeGreaterThan(0);
      // Red for what is missing, and not because nothing worked.
      for (const failure of failures) expect(failure).toMatch(noticedBy.saying);
    });
  }
});
