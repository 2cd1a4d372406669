import { setupServer } from 'msw/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readStream } from '../testing/read-stream.ts';
import { createTestApi, keyOf, type TestApi } from '../testing/serve.ts';
import { createHandlers } from './handlers.ts';

describe('the API as handlers of MSW', () => {
  let test: TestApi;
  const network = setupServer();
  beforeAll(async () => {
    test = await createTestApi();
    network.use(...createHandlers(test.api, { base: 'http://harbor.test' }));
    network.listen();
  });
  afterAll(async () => {
    network.close();
    await test.harbor.close();
  });

  const call = (path: string, init: RequestInit = {}) =>
    fetch(`http://harbor.test${path}`, {
      ...init,
      headers: { authorization: `ApiKey ${keyOf('operator')}`, ...Object(init.headers) },
    });
  const post = (path: string, body: unknown, headers = {}) =>
    call(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });
  const task = { prompt: 'do it', repo: { mode: 'none' }, agents: [{ type: 'mock' }] };

  it('answers as a server does', async () => {
    expect(await (await call('/healthz')).json()).toEqual({ status: 'ok' });
    expect((await fetch('http://harbor.test/api/v1/sessions')).status).toBe(401);
    const refused = await post('/api/v1/tasks', { ...task, prompt: undefined });
    expect([refused.status, Object.keys((await refused.json()).errors)]).toEqual([400, ['prompt']]);
    expect((await call('/api/v1/nothing')).status).toBe(404);
    expect((await call('/api/v1/drafts', { method: 'HEAD' })).status).toBe(200);
    expect((await call('/problems/forbidden')).headers.get('content-type')).toBe('text/html; charset=utf-8');
  });

  it('refuses a body in the middle', async () => {
    const refused = await call('/api/v1/tasks', {
      method: 'POST',
      body: '['.repeat(1_000),
      headers: { 'content-type': 'application/json' },
    });
    expect([refused.status, (await refused.json()).code]).toEqual([400, 'malformed-body']);
  });

  it('takes an empty body for none, as a service worker makes one of none', async () => {
    const { id } = await (await post('/api/v1/tasks', task)).json();
    const deleted = await call(`/api/v1/sessions/${id}`, { method: 'DELETE', body: new Uint8Array() });
    expect(deleted.status).toBe(204);
  });

  it('launches once per key, and streams what happens', async () => {
    const headers = { 'idempotency-key': 'k' };
    const launched = await post('/api/v1/tasks', task, headers);
    expect(launched.status).toBe(201);
    const { id, links } = await launched.json();
    const again = await post('/api/v1/tasks', task, headers);
    expect([again.headers.get('idempotency-replayed'), (await again.json()).id]).toEqual(['true', id]);

    const reading = readStream(await call(links.events, { headers: { accept: 'text/event-stream' } }));
    test.agents.say(id, { type: 'thought', thought: 'hm' });
    test.agents.exit(id);
    const { messages } = await reading;
    expect(messages.map((message) => message.id)).toEqual(messages.map((_, index) => `test-${index + 1}`));
    expect(messages.at(-1)?.data).toContain('"completed"');
    const last = { accept: 'text/event-stream', 'last-event-id': messages.at(-1)?.id ?? '' };
    expect((await call(links.events, { headers: last })).status).toBe(204);
  });

  it('lets go of a stream whose reader leaves', async () => {
    const { id, links } = await (await post('/api/v1/tasks', task)).json();
    const leaving = new AbortController();
    const answer = await call(links.events, {
      headers: { accept: 'text/event-stream' },
      signal: leaving.signal,
    });
    await answer.body?.getReader().read();
    test.logged.length = 0;
    leaving.abort();
    await expect.poll(() => test.logged.filter(([, message]) => message === 'request')).toHaveLength(1);
    test.agents.exit(id);
  });
});
