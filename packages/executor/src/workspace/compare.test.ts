import { expect, test } from 'vitest';
import { compareTrees } from './compare.ts';
import type { Git } from './git.ts';
import { countTurns } from './testing/turns-between.ts';

/** A git that has compared trees, and printed at once what it found. */
const printed = (stdout: string): Git => ({
  run: async () => ({ stdout: Buffer.from(stdout), exitCode: 0 }),
  text: async () => stdout,
  with: () => printed(stdout),
});

test('a long list of differences is read in portions, and so are the counts of their lines', async () => {
  const paths = Array.from({ length: 3_500 }, (_, at) => `file-${at}`);
  const id = 'a'.repeat(40);
  const raw = paths.map((path) => `:100644 100644 ${id} ${id} M\0${path}\0`);
  const counts = paths.map((path, at) => `${at}\t1\t${path}\0`);
  const turns = countTurns();
  turns.mark();
  const differences = await compareTrees(printed([...raw, ...counts].join('')), 'one', 'other', {
    renames: false,
  });
  turns.mark();
  // After each thousand of each.
  expect(turns.between()).toEqual([6]);
  expect(differences.map(({ path, linesAdded }) => `${path} ${linesAdded}`)).toEqual(
    paths.map((path, at) => `${path} ${at}`),
  );
});
