import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { createTestApi, keyOf } from '../testing/serve.ts';
import { type Listening, listen } from './listen.ts';

const start = async (): Promise<
  Listening & { stream: () => Promise<Response>; stop: () => Promise<void> }
> => {
  const { api, harbor } = await createTestApi();
  const server = await listen(api, { host: '127.0.0.1', port: 0 });
  const task = { prompt: 'do it', repo: { mode: 'none' }, agent: { type: 'mock' } } as const;
  const { id } = await harbor.tasks.launch(task);
  const headers = { authorization: `ApiKey ${keyOf('viewer')}` };
  return {
    ...server,
    stream: () => fetch(`${server.url}/api/v1/sessions/${id}/events`, { headers }),
    async stop() {
      // Without a wish of its own the grace period is longer than a test may take.
      await server.close();
      await harbor.close();
    },
  };
};

it('stops without waiting for a connection that was kept alive after its stream', {
  timeout: 10_000,
}, async () => {
  const { stream, stop } = await start();
  const reading = (await stream()).text();
  await stop();
  expect(await reading).toContain('retry:');
});

it('stops without waiting for a connection on which nothing was asked', { timeout: 10_000 }, async () => {
  const { port, stop } = await start();
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const closed = once(socket, 'close');
  await stop();
  await closed;
});
