import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { keyFile } from './local-key.ts';
import { connect } from './node.ts';
import { startStub } from './testing/stub-server.ts';

afterEach(() => vi.unstubAllEnvs());

const wrong = '{"items":[{"type":7}]}';
const ask = async (options: object) => {
  const stub = await startStub(() => ({ body: wrong }));
  const client = connect({ base: stub.base, apiKey: 'key', ...options });
  try {
    return await client.catalogue.agents().catch((error: unknown) => error);
  } finally {
    await client.close();
    await stub.close();
  }
};

test('in development an answer that breaks the contract is refused', async () => {
  vi.stubEnv('NODE_ENV', '');
  expect(await ask({})).toMatchObject({ code: 'internal', detail: expect.stringContaining('items.0.type') });
});

test('in production the server is trusted, unless it shall not be', async () => {
  vi.stubEnv('NODE_ENV', 'production');
  expect(await ask({})).toEqual([{ type: 7 }]);
  expect(await ask({ validate: true })).toMatchObject({ code: 'internal' });
});

test('who says so trusts the server', async () => {
  expect(await ask({ validate: false })).toEqual([{ type: 7 }]);
});

test('the key of this machine is found, and goes to this machine only', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'ah-node-'));
  await writeFile(keyFile(stateDir), 'local-key\n');
  const stub = await startStub(() => ({ body: '{"items":[]}' }));
  const client = connect({ base: stub.base, stateDir });
  await client.catalogue.agents();
  expect(stub.seen[0]?.headers.authorization).toBe('ApiKey local-key');
  await client.close();
  await stub.close();
  await rm(stateDir, { recursive: true });
});
