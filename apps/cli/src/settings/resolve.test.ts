import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { resolveSettings } from './resolve.ts';

let cwd: string;
let env: Record<string, string>;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'ah-settings-'));
  env = { XDG_CONFIG_HOME: join(cwd, 'config'), APPDATA: join(cwd, 'config'), AH_HOME: join(cwd, 'state') };
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

const write = async (path: string, value: unknown) => {
  const { mkdir } = await import('node:fs/promises');
  await mkdir(join(cwd, path, '..'), { recursive: true });
  await writeFile(join(cwd, path), typeof value === 'string' ? value : JSON.stringify(value));
};

test('without a word everything has its usual value', async () => {
  const settings = await resolveSettings({}, { env, cwd });
  expect(settings).toMatchObject({
    restBase: 'http://127.0.0.1:3001',
    restBaseIsChosen: false,
    apiKey: undefined,
    stateDir: join(cwd, 'state'),
  });
  expect(settings.server('server', {})).toEqual({});
});

test('flags come before the named file, that before the environment, that before the own file', async () => {
  await write('config/agent-harbor/config.json', {
    restBase: 'http://own:1',
    apiKey: 'own',
    server: { port: 1, host: 'own' },
  });
  await write('named.json', { apiKey: 'named', server: { port: 3 } });
  const own = await resolveSettings({}, { env, cwd });
  expect([own.restBase, own.apiKey]).toEqual(['http://own:1', 'own']);

  const withEnv = { ...env, AH_API_KEY: 'env', AH_PORT: '2', AH_NO_AUTH: 'true', AH_PUBLIC_HOSTS: 'a, b' };
  const environment = await resolveSettings({}, { env: withEnv, cwd });
  expect([environment.restBase, environment.apiKey]).toEqual(['http://own:1', 'env']);
  expect(environment.server('server', {})).toEqual({
    port: 2,
    host: 'own',
    noAuth: true,
    publicHosts: ['a', 'b'],
  });

  const named = await resolveSettings({ config: 'named.json' }, { env: withEnv, cwd });
  expect(named.apiKey).toBe('named');
  expect(named.server('server', {})).toMatchObject({ port: 3, noAuth: true });

  const flags = await resolveSettings({ config: 'named.json', apiKey: 'flag' }, { env: withEnv, cwd });
  expect(flags.apiKey).toBe('flag');
  expect(flags.server('server', { port: 4, host: undefined })).toMatchObject({ port: 4 });
});

test('the mock server is set up apart from the server', async () => {
  await write('named.json', { mockServer: { seed: 'file' } });
  const settings = await resolveSettings(
    { config: 'named.json' },
    { env: { ...env, AH_PORT: '1', AH_MOCK_PORT: '2', AH_MOCK_SPEED: '0.5' }, cwd },
  );
  expect(settings.server('mockServer', {})).toEqual({ port: 2, speed: 0.5, seed: 'file' });
});

test.each([
  ['not JSON', '{', 'it is not JSON'],
  ['a misspelt member', { restbase: 'x' }, 'restbase'],
  ['a wrong type', { apiKey: 7 }, 'apiKey'],
])('a file with %s is refused by name', async (_what, content, named) => {
  await write('bad.json', content);
  const refused = resolveSettings({ config: 'bad.json' }, { env, cwd });
  await expect(refused).rejects.toMatchObject({ exitCode: 8, detail: expect.stringContaining(named) });
});

test('a named file must be there', async () => {
  await expect(resolveSettings({ config: 'none.json' }, { env, cwd })).rejects.toMatchObject({ exitCode: 8 });
  await expect(resolveSettings({}, { env: { ...env, AH_CONFIG: 'none.json' }, cwd })).rejects.toMatchObject({
    exitCode: 8,
  });
});

test('the server on the state directory is found, while it lives', async () => {
  await write('state/server.json', { url: 'http://127.0.0.1:4567', pid: process.pid });
  expect((await resolveSettings({}, { env, cwd })).restBase).toBe('http://127.0.0.1:4567');
  expect((await resolveSettings({ restBase: 'http://x:1' }, { env, cwd })).restBase).toBe('http://x:1');
  // Above the largest process id Linux gives (4194304).
  await write('state/server.json', { url: 'http://127.0.0.1:4567', pid: 99_999_999 });
  expect((await resolveSettings({}, { env, cwd })).restBase).toBe('http://127.0.0.1:3001');
  await write('state/server.json', '{"url":');
  expect((await resolveSettings({}, { env, cwd })).restBase).toBe('http://127.0.0.1:3001');
});
