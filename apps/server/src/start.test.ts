import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { connect } from '@agent-harbor/rest-client/node';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startServer } from './start.ts';
import { createRealHost, type RealHost } from './testing/real-host.ts';

let host: RealHost;
beforeAll(async () => {
  host = await createRealHost();
});
afterAll(() => host?.remove());

test('a state directory that cannot be made is a setting that is wrong', async () => {
  const file = join(dirname(host.repository), 'file');
  await writeFile(file, '');
  await expect(
    startServer({ port: 0, stateDir: join(file, 'state'), ...host.programs }),
  ).rejects.toMatchObject({
    code: 'invalid-request',
    errors: { stateDir: [expect.stringContaining('choose a directory')] },
  });
});

test('closing twice is closing once, and a start that failed holds nothing', {
  timeout: 30_000,
}, async () => {
  const { stateDir, programs } = host;
  const held = createServer();
  const port = await new Promise<number>((resolve) => {
    held.listen(0, '127.0.0.1', () => {
      const address = held.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  await expect(startServer({ port, stateDir, ...programs })).rejects.toMatchObject({ code: 'not-ready' });
  await new Promise((resolve) => held.close(resolve));

  const server = await startServer({ port: 0, stateDir, ...programs });
  const settled: string[] = [];
  await Promise.all([
    server.close().then(() => settled.push('first')),
    server.close().then(() => settled.push('second')),
  ]);
  expect(settled).toEqual(['first', 'second']);
  // The second did not come back while the first was still at it: the directory is free now.
  await (await startServer({ port: 0, stateDir, ...programs })).close();
  await expect(readFile(join(stateDir, 'server.json'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a running server counts tokens by the table of a tokenizer', { timeout: 60_000 }, async () => {
  const { stateDir, programs } = host;
  const server = await startServer({ port: 0, stateDir, ...programs });
  const client = connect({ base: server.url, stateDir });
  onTestFinished(async () => {
    await client.close();
    await server.close();
  });
  const { id } = await client.tasks.launch({
    prompt: 'hello world',
    repo: { mode: 'none' },
    agents: [{ type: 'command', settings: { command: ['sleep', '600'] } }],
  });
  expect((await client.conversations.context(id)).context_window).toMatchObject({
    estimate: true,
    estimated_by: 'o200k_base',
    input_tokens: 2,
  });
  await client.tasks.cancelSession(id);
});
