import { expect, it } from 'vitest';
import { createTestApi, keyOf } from '../testing/serve.ts';
import { listen } from './listen.ts';

it('stops without waiting for a connection that was kept alive after its stream', {
  timeout: 10_000,
}, async () => {
  const { api, harbor } = await createTestApi();
  const server = await listen(api, { host: '127.0.0.1', port: 0 });
  const { id } = await harbor.tasks.launch({
    prompt: 'do it',
    repo: { mode: 'none' },
    agent: { type: 'mock' },
  });
  const answer = await fetch(`${server.url}/api/v1/sessions/${id}/events`, {
    headers: { authorization: `ApiKey ${keyOf('viewer')}` },
  });
  const reading = answer.text();
  // The grace period is longer than this test may take.
  await server.close();
  expect(await reading).toContain('retry:');
  await harbor.close();
});
