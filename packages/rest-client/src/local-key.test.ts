import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isLoopback, keyFile, readLocalKey, stateDirectory } from './local-key.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ah-key-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test.each([
  [{}, 'linux', join('/home/u', '.local', 'state', 'agent-harbor')],
  [{ XDG_STATE_HOME: '/xdg' }, 'linux', join('/xdg', 'agent-harbor')],
  [{ XDG_STATE_HOME: '' }, 'linux', join('/home/u', '.local', 'state', 'agent-harbor')],
  [{ AH_HOME: '/ah', XDG_STATE_HOME: '/xdg' }, 'linux', '/ah'],
  [{}, 'darwin', join('/home/u', 'Library', 'Application Support', 'agent-harbor')],
  [{ LOCALAPPDATA: '/local' }, 'win32', join('/local', 'agent-harbor')],
] as const)('state directory with %j on %s', (env, platform, expected) => {
  expect(stateDirectory({ env, platform, home: '/home/u' })).toBe(expected);
});

test('reads the key without its newline', async () => {
  await writeFile(keyFile(folder), 'the-key\n');
  expect(await readLocalKey(folder)).toEqual({ apiKey: 'the-key' });
});

test('no key file is no credential', async () => {
  expect(await readLocalKey(folder)).toBeUndefined();
});

test.each([
  ['http://127.0.0.1:3001', true],
  ['http://127.1.2.3', true],
  ['http://localhost:1', true],
  ['http://a.localhost', true],
  ['http://[::1]:3001', true],
  ['http://127.0.0.1.example.com', false],
  ['http://10.0.0.1', false],
  ['https://localhost.example.com', false],
])('%s is on this machine: %s', (base, local) => {
  expect(isLoopback(base)).toBe(local);
});
