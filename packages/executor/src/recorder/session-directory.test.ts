import { mkdir, readdir, readFile, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { temporaryDirectory } from '../testing/temporary.ts';
import { claimSession, readIdentity } from './claim.ts';
import { sessionDirectory, sessionDirectoryAt, writeDurably } from './session-directory.ts';
import { socketPath, stateDirName } from './socket-path.ts';

test('only ids name a session', () => {
  expect(sessionDirectory('/s', '01ABC').journal).toBe('/s/sessions/01ABC/journal.jsonl');
  for (const id of ['..', '../x', 'a/b', '', '.', 'a\0', '-x', 'x'.repeat(200)]) {
    expect(() => sessionDirectory('/s', id)).toThrow('session-not-found');
  }
});

test('a small file is written whole, for its owner only', async () => {
  const directory = await temporaryDirectory();
  const path = join(directory, 'file');
  writeDurably(path, 'one');
  writeDurably(path, 'two');
  expect(await readFile(path, 'utf8')).toBe('two');
  expect(await readdir(directory)).toEqual(['file']);
  if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('a session is claimed once', async () => {
  const directory = sessionDirectoryAt(await temporaryDirectory());
  expect(readIdentity(directory.recorder)).toBeUndefined();
  expect(claimSession(directory)).toBe(true);
  expect(claimSession(directory)).toBe(false);
  expect(readIdentity(directory.recorder)).toMatchObject({ pid: process.pid });
  expect(await readdir(directory.root)).toEqual(['recorder.json']);
});

test.skipIf(process.platform === 'win32')('sockets have short names in a private directory', async () => {
  const base = await temporaryDirectory();
  vi.stubEnv('TMPDIR', base);
  const deep = `/state/${'deep/'.repeat(40)}`;
  const path = socketPath(deep, '01ABC');
  expect(Buffer.byteLength(path)).toBeLessThan(104);
  expect(path).not.toBe(socketPath(deep, '01ABD'));
  expect((await stat(join(path, '..'))).mode & 0o777).toBe(0o700);
  vi.stubEnv('TMPDIR', join(base, 'x'.repeat(100)));
  expect(socketPath(deep, '01ABC')).toMatch(/^\/tmp\/ah-/);
  vi.unstubAllEnvs();
});

test.skipIf(process.platform === 'win32')(
  'a directory that is not ours is not used for sockets',
  async () => {
    const base = await temporaryDirectory();
    vi.stubEnv('TMPDIR', base);
    const owner = process.getuid?.();
    await mkdir(join(base, `${stateDirName('/open')}-${owner}`), { mode: 0o777 });
    await symlink('/tmp', join(base, `${stateDirName('/link')}-${owner}`));
    for (const stateDir of ['/open', '/link']) {
      expect(() => socketPath(stateDir, 'one')).toThrow('only this user can enter');
    }
    vi.unstubAllEnvs();
  },
);
