import { type Metrics, Problem, type SpanStart, type Tracer, uncounted } from '@agent-harbor/core';
import { afterEach, expect, test, vi } from 'vitest';
import { incoming } from '../testing/incoming.ts';
import { readStream } from '../testing/read-stream.ts';
import { keyOf, type Served, serve } from '../testing/serve.ts';

const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const [, traceId] = parent.split('-');

let server: Served;
afterEach(() => server.close());

const recordMetrics = () => {
  const told: unknown[][] = [];
  const metrics: Metrics = new Proxy(uncounted, {
    get:
      (_, fact) =>
      (...numbers: unknown[]) =>
        told.push([fact, ...numbers]),
  });
  return { metrics, told, of: (fact: keyof Metrics) => told.filter(([name]) => name === fact) };
};

const recordSpans = () => {
  const spans: (SpanStart & { readonly end: unknown; readonly failure: unknown })[] = [];
  const tracer: Tracer = {
    begin: (start) => ({
      traceparent: start.parent?.replace('b7ad', 'c0de'),
      end: (end, failure) => spans.push({ ...start, end, failure }),
    }),
  };
  return { tracer, spans };
};

test('every request is counted once, by the name of its route and never by its path', async () => {
  const { metrics, of } = recordMetrics();
  server = await serve({ metrics });
  const id = await server.launch();
  const asked: [path: string, init?: Parameters<Served['call']>[1]][] = [
    [`/api/v1/sessions/${id}`],
    ['/api/v1/sessions/nobody'],
    ['/healthz', { method: 'HEAD' }],
    ['/api/v1/nothing'],
    ['/api/v1/sessions', { key: 'wrong' }],
    ['/api/v1/tasks', { method: 'POST', body: '{' }],
    ['/api/v1/agents', { method: 'PATCH' }],
  ];
  for (const [path, init] of asked) await (await server.call(path, init)).arrayBuffer();
  expect(of('requestEnded').map(([, , ...about]) => about)).toEqual([
    ['sessions.get', 'GET', 200],
    ['sessions.get', 'GET', 404],
    ['service.healthz', 'HEAD', 200],
    ['', 'GET', 404],
    ['sessions.list', 'GET', 401],
    ['tasks.create', 'POST', 415],
    ['', 'PATCH', 405],
  ]);
  // What came back is what was given when it began: each has its own.
  const given = of('requestEnded').map(([, began]) => began);
  expect(new Set(given).size).toBe(asked.length);
  expect(of('requestBegan')).toHaveLength(asked.length);
});

test('an answer that breaks while it is written is not counted, traced or logged again', async () => {
  const { metrics, of } = recordMetrics();
  const { tracer, spans } = recordSpans();
  server = await serve({ metrics, tracer });
  const { api } = server;
  const headers = { host: 'localhost', authorization: `ApiKey ${keyOf('viewer')}` };
  const exchange = api.begin(incoming('GET', '/api/v1/agents', headers));
  const entered = await api.enter(exchange);
  if (!('route' in entered)) throw new Error('it was not let in');
  await api.answer(entered);
  api.fail(exchange, new Error('the socket is gone'));
  expect(of('requestEnded').map(([, , ...about]) => about)).toEqual([['catalogue.agents', 'GET', 200]]);
  expect(spans).toMatchObject([{ end: { 'http.response.status_code': 200 } }]);
  expect(server.logged.filter(([, message]) => message === 'request')).toHaveLength(1);
});

test('a stream counts as answered when it begins, and tells how it ended', async () => {
  const { metrics, told, of } = recordMetrics();
  server = await serve({ metrics });
  const id = await server.launch();
  const leaving = new AbortController();
  const live = await server.call(`/api/v1/sessions/${id}/events`, { signal: leaving.signal });
  expect(told.map(([fact]) => fact)).toEqual(['requestBegan', 'requestEnded', 'streamBegan']);
  leaving.abort();
  await live.text().catch(() => undefined);
  await vi.waitFor(() => expect(of('streamEnded')).toEqual([['streamEnded', 'left', expect.anything()]]));

  const whole = await server.call(`/api/v1/sessions/${id}/events`);
  server.agents.exit(id);
  await readStream(whole);
  await vi.waitFor(() =>
    expect(of('streamEnded').at(-1)).toEqual(['streamEnded', 'ended', expect.anything()]),
  );
});

test('a request goes on with the trace it came with, and hands it to what it launches', async () => {
  const { tracer, spans } = recordSpans();
  server = await serve({ tracer });
  const launch = vi.spyOn(server.harbor.tasks, 'launch');
  const body = JSON.stringify({ prompt: 'secret', repo: { mode: 'none' }, agents: [{ type: 'mock' }] });
  const headers = {
    traceparent: parent,
    'content-type': 'application/json',
    'x-request-id': '01ARZ3NDEKTSV4RRFFQ69G5FAV',
  };
  for (const key of [undefined, 'k']) {
    await server.call('/api/v1/tasks', {
      method: 'POST',
      headers: { ...headers, ...(key && { 'idempotency-key': key }) },
      body,
    });
    expect(launch.mock.lastCall?.[1]).toMatchObject({ traceparent: parent.replace('b7ad', 'c0de') });
  }
  await server.call('/api/v1/sessions/secret?q=secret', { headers });
  await server.call('/readyz', { headers });
  expect(spans.map(({ name, parent: of, kind }) => [name, of, kind])).toEqual([
    ['POST /api/v1/tasks', parent, 'server'],
    ['POST /api/v1/tasks', parent, 'server'],
    ['GET /api/v1/sessions/:id', parent, 'server'],
  ]);
  expect(spans.at(-1)?.end).toEqual({
    'http.request.method': 'GET',
    'http.response.status_code': 400,
    'http.route': '/api/v1/sessions/:id',
    'agent_harbor.request.id': headers['x-request-id'],
  });
  expect(JSON.stringify(spans)).not.toContain('secret');
  // Without a route there is a span too, which says nothing of what was sent.
  await server.call('/secret', { headers });
  expect(spans.at(-1)).toMatchObject({ name: 'HTTP', parent, end: { 'http.response.status_code': 404 } });
});

test('log lines have the ids of request and trace', async () => {
  server = await serve();
  const answer = await server.call('/api/v1/agents', { headers: { traceparent: parent } });
  const fields = { requestId: answer.headers.get('x-request-id'), traceId, route: 'catalogue.agents' };
  expect(server.logged).toContainEqual(['info', 'request', expect.objectContaining(fields)]);

  vi.spyOn(server.harbor.catalogue, 'agents').mockRejectedValue(new Error('broken'));
  await server.call('/api/v1/agents', { headers: { traceparent: parent } });
  expect(server.logged).toContainEqual(['error', 'request failed', expect.objectContaining({ traceId })]);

  // What is known is told without a stack: it may come with every request.
  const full = new Problem('storage-full', { detail: 'The disk is full.' });
  vi.spyOn(server.harbor.catalogue, 'agents').mockRejectedValue(full);
  await server.call('/api/v1/agents', { headers: { traceparent: parent } });
  const told = expect.objectContaining({ traceId, code: 'storage-full', detail: 'The disk is full.' });
  expect(server.logged).toContainEqual(['warn', 'request could not be served', told]);
  expect(server.logged.filter(([level]) => level === 'error')).toHaveLength(1);
});

test.each([
  '',
  'garbage',
  `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
  `${parent}, ${parent}`,
  'x'.repeat(4000),
])('a traceparent that says nothing is as if none had come: %.20s', async (sent) => {
  const { tracer, spans } = recordSpans();
  server = await serve({ tracer });
  const answer = await server.call('/api/v1/agents', { headers: { traceparent: sent } });
  expect(answer.status).toBe(200);
  expect(spans).toMatchObject([{ parent: undefined }]);
  expect(JSON.stringify(server.logged)).not.toContain('garbage');
});

test('what is counted is there for whoever may read', async () => {
  server = await serve({
    figures: async () => [{ name: 'x_total', help: 'X', type: 'counter', samples: [{ value: 1 }] }],
  });
  const answer = await server.call('/metrics');
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(await answer.text()).toBe('# HELP x_total X\n# TYPE x_total counter\nx_total 1\n');
  expect((await server.call('/metrics', { key: null })).status).toBe(401);
  expect((await server.call('/metrics', { headers: { accept: 'application/json' } })).status).toBe(406);
});
