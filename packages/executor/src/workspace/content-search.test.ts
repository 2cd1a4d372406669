import { once } from 'node:events';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { StartProgram } from '../process/start-program.ts';
import { searchFiles } from './content-search.ts';
import { systemClock } from './testing/lab.ts';
import { countTurns } from './testing/turns-between.ts';

test('every command line is put together in a turn of its own', async () => {
  const stderr = new Readable({ read: () => {} });
  stderr.destroy();
  await once(stderr, 'close');
  const turns = countTurns();
  const searched: number[] = [];
  // Ends at once, so that only what is between two of them takes a turn.
  const start: StartProgram = async ({ argv }) => {
    searched.push(argv.filter((each) => each.startsWith('./')).length);
    turns.mark();
    return { stdin: undefined, stdout: undefined, stderr, ended: Promise.resolve(1), signal: () => {} };
  };
  const paths = Array.from({ length: 450 }, (_, at) => `${at}-${'x'.repeat(1_000)}`);
  const entries = paths.map((path) => ({
    path,
    kind: 'file' as const,
    isModified: false,
    id: '',
    isExecutable: false,
  }));
  turns.mark();
  await searchFiles({
    ripgrep: 'rg',
    start,
    clock: systemClock,
    directory: '/',
    entries,
    large: new Set(),
    wish: { pattern: 'x', isLiteral: true, isCaseSensitive: true, accepts: () => true, limit: 1 },
  });
  expect(searched.length).toBeGreaterThan(1);
  expect(searched.reduce((sum, count) => sum + count)).toBe(paths.length);
  expect(turns.between()).toEqual(searched.map(() => 1));
});
