import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openInside, segmentsOf } from './resolve-inside.ts';
import { makePipe } from './testing/lab.ts';
import { raceSwaps, roundsOf, tellRace } from './testing/swap-race.ts';

let outer: string;
let root: string;
beforeEach(() => {
  outer = mkdtempSync(join(realpathSync(tmpdir()), 'harbor-inside-'));
  root = join(outer, 'root');
  mkdirSync(join(root, 'a/.git'), { recursive: true });
  mkdirSync(join(root, '.git'));
  writeFileSync(join(root, 'a/file'), 'inside');
  writeFileSync(join(root, '.git/config'), 'secret');
  writeFileSync(join(root, 'a/.git/config'), 'secret');
  writeFileSync(join(outer, 'secret'), 'secret');
});
afterEach(() => rmSync(outer, { recursive: true, force: true }));

const read = async (path: string): Promise<string> => {
  const { handle } = await openInside(root, path);
  try {
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
};

test('reads what is inside', async () => {
  expect(await read('a/file')).toBe('inside');
  expect(segmentsOf("-x/..a/'$(x)'\n")).toEqual(['-x', '..a', "'$(x)'\n"]);
});

const attacks = [
  '../secret',
  'a/../../secret',
  '/etc/passwd',
  '//etc/passwd',
  './a/file',
  'a//file',
  'a/',
  '',
  '.',
  '..',
  'a/file\0',
  'a\0/../../secret',
  '.git/config',
  '.GIT/config',
  'a/.git/config',
  '/proc/self/root/etc/passwd',
  '..\\secret',
  '%2e%2e/secret',
  '..%2fsecret',
  '\uff0e\uff0e/secret',
  'a',
  `${'x'.repeat(300)}/y`,
  `${'a/'.repeat(3000)}file`,
];
test.each(attacks)('refuses %j', async (path) => {
  await expect(read(path)).rejects.toMatchObject({ code: 'file-not-found' });
});

test('refuses whatever is put together from such parts', async () => {
  symlinkSync(outer, join(root, 'up'));
  symlinkSync('../..', join(root, 'a/up'));
  symlinkSync('.git', join(root, 'git'));
  const part = fc.constantFrom(
    '..',
    '.',
    '',
    'a',
    'up',
    'git',
    '.git',
    'secret',
    'config',
    'file',
    'root',
    '%2e',
    '\0',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 8 }), async (parts) => {
      const found = await read(parts.join('/')).catch((error: unknown) => error);
      if (typeof found === 'string') expect(found).toBe('inside');
      else expect(found).toMatchObject({ code: 'file-not-found' });
    }),
    { numRuns: 500 },
  );
});

test.skipIf(process.platform === 'win32')('does not wait for pipes or read devices', async () => {
  makePipe(join(root, 'pipe'));
  symlinkSync('/dev/zero', join(root, 'zero'));
  for (const path of ['pipe', 'zero'])
    await expect(read(path)).rejects.toMatchObject({ code: 'file-not-found' });
});

test('refuses a root that was exchanged for a link', async () => {
  renameSync(root, `${root}-moved`);
  symlinkSync(outer, root);
  await expect(read('secret')).rejects.toMatchObject({ code: 'file-not-found' });
});

test.skipIf(process.platform !== 'linux')(
  'never reads outside while links are exchanged',
  { timeout: 3_600_000 },
  async () => {
    mkdirSync(join(root, 'd'));
    writeFileSync(join(root, 'd/secret'), 'inside');
    const race = await raceSwaps(root, outer);
    try {
      const seen = { inside: 0, refused: 0 };
      for (let attempt = 0; attempt < roundsOf(10_000); attempt++) {
        const text = await read('d/secret').catch(() => undefined);
        if (text === undefined) seen.refused += 1;
        else if (text === 'inside') seen.inside += 1;
        else expect.fail('read outside');
      }
      tellRace('opened', seen);
      // Otherwise the race never took place.
      expect(seen.inside).toBeGreaterThan(0);
      expect(seen.refused).toBeGreaterThan(0);
    } finally {
      race.stop();
    }
  },
);
