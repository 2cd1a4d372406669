import { once } from 'node:events';
import { createServer } from 'node:http';
import express from 'express';
import { expect, it, onTestFinished } from 'vitest';
import { createTestApi, keyOf } from '../testing/serve.ts';
import { createExpressApp } from './app.ts';

it('answers as an app within another one', async () => {
  const { api, harbor } = await createTestApi();
  const around = express();
  around.get('/mine', (_request, response) => void response.send('mine'));
  around.use(createExpressApp(api));
  const server = createServer(around).listen(0, '127.0.0.1');
  onTestFinished(async () => {
    server.close();
    await harbor.close();
  });
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const call = (path: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      ...init,
      headers: { authorization: `ApiKey ${keyOf('operator')}`, 'content-type': 'application/json' },
    });
  expect(await (await call('/mine')).text()).toBe('mine');
  const task = { prompt: 'do it', repo: { mode: 'none' }, agents: [{ type: 'mock' }] };
  const launched = await call('/api/v1/tasks', { method: 'POST', body: JSON.stringify(task) });
  expect(launched.status).toBe(201);
  const { id } = await launched.json();
  expect(await (await call(`/api/v1/sessions/${id}`)).json()).toMatchObject({ id, prompt: 'do it' });
  const refused = await call('/api/v1/tasks', { method: 'POST', body: '{}' });
  expect([refused.status, (await refused.json()).code]).toEqual([400, 'invalid-request']);
  expect((await call('/api/v1/nothing')).status).toBe(404);
});
