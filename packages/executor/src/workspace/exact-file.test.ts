import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readExact } from './exact-file.ts';
import { type Lab, makePipe, openLab, runOn, write } from './testing/lab.ts';
import { raceSwaps, roundsOf, type SwapRace, tellRace } from './testing/swap-race.ts';

let lab: Lab;
let race: SwapRace | undefined;
beforeEach(() => {
  lab = openLab();
});
afterEach(() => {
  race?.stop();
  lab.close();
});

const sessionId = 'S1';
const rounds = roundsOf(120);

test.skipIf(process.platform !== 'linux')(
  'no look shows a file outside, while an agent exchanges directories for links',
  { timeout: 3_600_000 },
  async () => {
    const url = lab.repository('source', { 'd/secret': 'inside!', 'd/link-target': 'x' });
    const { path: tree } = await lab.workspaces.provision(runOn({ mode: 'git', url }, { sessionId }));
    const outer = join(lab.root, 'outer');
    mkdirSync(outer);
    writeFileSync(join(outer, 'secret'), 'CANARY!');
    writeFileSync(join(outer, 'other'), 'CANARY2');
    race = await raceSwaps(tree, outer, 'inside');
    let inside = 0;
    let otherwise = 0;
    for (let round = 0; round < rounds; round += 1) {
      const found = await lab.workspaces.files
        .diff(sessionId, { context: 3, full: true })
        .catch(() => undefined);
      const text = JSON.stringify(found) ?? '';
      expect(text).not.toContain('CANARY');
      if (/inside\d/.test(text)) inside += 1;
      else otherwise += 1;
    }
    tellRace('diffs', { inside, otherwise });
    // Otherwise the race never took place.
    expect(inside).toBeGreaterThan(0);
    expect(otherwise + inside).toBe(rounds);
  },
);

test('a file that is too large to be copied is read where it is, with its mode', async () => {
  const url = lab.repository('source', { a: 'x' });
  const { path: tree } = await lab.workspaces.provision(runOn({ mode: 'git', url }, { sessionId }));
  write(tree, { 'large ü\n.txt': Buffer.alloc(40 * 1024 * 1024, 'line\n') });
  const [file] = await lab.workspaces.files.changes(sessionId);
  expect(file).toMatchObject({ path: 'large ü\n.txt', status: 'added', new_mode: '100644' });
  expect(file?.size_bytes).toBe(40 * 1024 * 1024);
  // It is known now: nothing is read again.
  expect(await lab.workspaces.files.changes(sessionId)).toHaveLength(1);
});

test.skipIf(process.platform === 'win32')('a name counts only where it is, and as what it is', async () => {
  const outer = join(lab.root, 'outer');
  const root = join(lab.root, 'inner');
  write(outer, { secret: 'CANARY' });
  write(root, { 'd/file': 'inside', 'large/file': Buffer.alloc(100_000) });
  symlinkSync(outer, join(root, 'out'));
  symlinkSync('d', join(root, 'in'));
  symlinkSync('file', join(root, 'd/link'));
  makePipe(join(root, 'pipe'));
  const read = (name: string) => readExact(root, Buffer.from(name));
  expect(await read('d/file')).toMatchObject({ kind: 'small', bytes: Buffer.from('inside') });
  expect(await read('d/link')).toMatchObject({ kind: 'link', bytes: Buffer.from('file') });
  expect(await read('out')).toMatchObject({ kind: 'link', bytes: Buffer.from(outer) });
  for (const name of [
    'out/secret',
    'in/file',
    'in/link',
    'd',
    'pipe',
    'd/none',
    'd/file/none',
    '../outer/secret',
  ]) {
    expect(await read(name), name).toEqual({ kind: 'gone' });
  }
  const large = await read('large/file');
  expect(large.kind).toBe('large');
  if (large.kind === 'large') await large.handle.close();
});
