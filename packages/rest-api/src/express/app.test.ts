import { contract } from '@agent-harbor/api-contract';
import { ProblemDocument, Session } from '@agent-harbor/api-contract/schemas';
import { Problem } from '@agent-harbor/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createManualClock } from '../testing/manual-clock.ts';
import { raw } from '../testing/raw.ts';
import { keyOf, type Served, serve } from '../testing/serve.ts';
import { createSwaggerUiReader } from './assets.ts';

const task = { prompt: 'do it', repo: { mode: 'none' }, agents: [{ type: 'mock' }] };
const json = { 'content-type': 'application/json' };
const post = (body: unknown, headers: Record<string, string> = {}) => ({
  method: 'POST',
  body: typeof body === 'string' ? body : JSON.stringify(body),
  headers: { ...json, ...headers },
});

describe('the API over Express', () => {
  let server: Served;
  beforeAll(async () => {
    server = await serve({ assets: createSwaggerUiReader(), allowedOrigins: ['https://ui.example'] });
  });
  afterAll(() => server.close());

  const problem = async (answer: Response) => {
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    const document = ProblemDocument.parse(await answer.json());
    expect(document.status).toBe(answer.status);
    expect(document.requestId).toBe(answer.headers.get('x-request-id'));
    return document;
  };

  it('says what every answer says', async () => {
    const answer = await server.call('/healthz', { key: null });
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'cache-control': 'no-store',
      'content-type': 'application/json; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'ratelimit-policy': '"default";q=6000;w=60',
      ratelimit: expect.stringMatching(/^"default";r=\d+;t=\d+$/),
      'x-request-id': expect.stringMatching(/^[0-9A-Z]{26}$/),
    });
    expect(answer.headers.get('x-powered-by')).toBeNull();
  });

  it('answers every route of the contract, and no stranger where the route is not public', async () => {
    const routes = Object.values(contract).flatMap((area) => Object.values(area));
    const bodies = new Set<string>();
    for (const { method, path, metadata } of routes) {
      const target = path.replaceAll(/:\w+/g, 'x');
      for (const key of [null, 'wrong', 'wrong wrong', '', `${keyOf('admin')}x`]) {
        const answer = await server.call(target, { method, key });
        if (metadata.role === 'public') {
          expect(answer.status, `${method} ${path}`).not.toBe(401);
        } else {
          expect(answer.status, `${method} ${path}`).toBe(401);
          expect(answer.headers.get('www-authenticate')).toBe('ApiKey realm="agent-harbor"');
          const { requestId: _, instance: __, ...rest } = await problem(answer);
          bodies.add(JSON.stringify(rest));
        }
      }
      expect((await server.call(target, { method })).status, `${method} ${path}`).not.toBe(500);
    }
    expect(bodies.size).toBe(1);
  });

  it('lets a viewer read and not act', async () => {
    const key = keyOf('viewer');
    expect((await server.call('/api/v1/sessions', { key })).status).toBe(200);
    const refused = await server.call('/api/v1/tasks', { key, ...post(task) });
    expect(await problem(refused)).toMatchObject({
      status: 403,
      detail: expect.stringContaining('operator'),
    });
  });

  it('takes a request id that is one, and makes its own otherwise', async () => {
    for (const id of ['01ARZ3NDEKTSV4RRFFQ69G5FAV', '123e4567-e89b-42d3-a456-426614174000']) {
      const answer = await server.call('/api/v1/nothing', { headers: { 'x-request-id': id } });
      expect((await problem(answer)).requestId).toBe(id);
    }
    const made = await server.call('/healthz', { headers: { 'x-request-id': 'x","level":"fatal' } });
    expect(made.headers.get('x-request-id')).toMatch(/^[0-9A-Z]{26}$/);
  });

  it('answers only for its own names, except to probes', async () => {
    const ask = async (path: string) =>
      (await raw(server.port, `GET ${path} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`))[0];
    expect((await ask('/api/v1/sessions'))?.status).toBe(421);
    expect((await ask('/api/v1/nothing'))?.status).toBe(421);
    expect((await ask('/api/docs'))?.status).toBe(421);
    for (const probe of ['/healthz', '/readyz', '/version']) expect((await ask(probe))?.status).toBe(200);
  });

  it('lets pages of an allowed origin call, and tells others nothing', async () => {
    const origin = 'https://ui.example';
    const preflight = await server.call('/api/v1/tasks', {
      method: 'OPTIONS',
      key: null,
      headers: { origin, 'access-control-request-method': 'POST' },
    });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, origin]);
    const allowed = await server.call('/api/v1/drafts', post({}, { origin }));
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([201, origin]);
    const foreign = { origin: 'https://evil.example' };
    expect((await server.call('/api/v1/drafts', post({}, foreign))).status).toBe(403);
    const read = await server.call('/api/v1/drafts', { headers: foreign });
    expect([read.status, read.headers.get('access-control-allow-origin')]).toEqual([200, null]);
    // A cache must keep what differs by origin apart, and what differs by media type too.
    expect(allowed.headers.get('vary')).toBe('Origin');
    const history = await server.call('/api/v1/events?perPage=1', { headers: { origin } });
    expect(history.headers.get('vary')).toBe('Origin, Accept');
    const simple = { method: 'POST', body: '{}', headers: { 'content-type': 'text/plain', ...foreign } };
    expect((await server.call('/api/v1/drafts', simple)).status).toBe(403);
  });

  it('tells an unknown path from a wrong method', async () => {
    expect(await problem(await server.call('/api/v1/nothing'))).toMatchObject({
      code: 'route-not-found',
      instance: '/api/v1/nothing',
      detail: expect.stringContaining('/api/v1/openapi.json'),
    });
    for (const method of ['PATCH', 'PUT', 'OPTIONS', 'PROPFIND']) {
      const answer = await server.call('/api/v1/sessions', { method });
      expect(await problem(answer)).toMatchObject({ code: 'method-not-allowed' });
      expect(answer.headers.get('allow')).toBe('GET, HEAD');
    }
    const [trace] = await raw(server.port, 'TRACE /api/v1/sessions HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(trace?.status).toBe(405);
    for (const path of ['/api/v1/sessions/', '/API/v1/sessions', '//api/v1/sessions', '/']) {
      expect((await server.call(path)).status).toBe(404);
    }
  });

  it('answers HEAD as GET without the body', async () => {
    const get = await server.call('/api/v1/sessions');
    const head = await server.call('/api/v1/sessions', { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(await head.text()).toBe('');
    expect(head.headers.get('content-length')).toBe(get.headers.get('content-length'));
    const id = await server.launch();
    const stream = await server.call(`/api/v1/sessions/${id}/events`, { method: 'HEAD' });
    expect([stream.status, stream.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    expect(await stream.text()).toBe('');
  });

  it('refuses what it cannot produce, before it does anything', async () => {
    const before = (await server.harbor.tasks.listSessions()).total;
    const answer = await server.call('/api/v1/tasks', post(task, { accept: 'text/csv' }));
    expect(await problem(answer)).toMatchObject({
      status: 406,
      detail: expect.stringContaining('application/json'),
    });
    expect((await server.harbor.tasks.listSessions()).total).toBe(before);
    expect((await server.call('/api/docs', { headers: { accept: 'application/json' } })).status).toBe(200);
  });

  it.each<[string, unknown, string]>([
    ['a missing prompt', { ...task, prompt: undefined }, 'prompt'],
    ['an unknown member', { ...task, promt: 'x' }, 'promt'],
    ['an unknown member further in', { ...task, agents: [{ type: 'mock', nmae: 'x' }] }, 'agents.0.nmae'],
    ['a value outside its list', { ...task, agents: [{ type: 'mok' }] }, 'agents.0.type'],
    ['a url git must not see', { ...task, repo: { mode: 'git', url: 'ext::sh -c id' } }, 'repo.url'],
    ['NUL', { ...task, labels: { a: 'x\0' } }, 'labels.a'],
    ['no body at all', '', 'body'],
    ['a list', '[]', 'body'],
  ])('names the field: %s', async (_name, body, field) => {
    const document = await problem(await server.call('/api/v1/tasks', post(body)));
    expect(document.code).toBe('invalid-request');
    expect(Object.keys(document.errors ?? {})).toContain(field);
    expect(document.detail).toContain(field);
  });

  it('names the field of query, path and header too', async () => {
    const fieldsOf = async (path: string, init = {}) =>
      Object.keys((await problem(await server.call(path, init))).errors ?? {});
    expect(await fieldsOf('/api/v1/sessions?perPage=201&stauts=x')).toEqual(['perPage', 'stauts']);
    expect(await fieldsOf('/api/v1/sessions?q=%00')).toEqual(['q']);
    expect(await fieldsOf('/api/v1/sessions?q=%ff')).toEqual(['q']);
    expect(await fieldsOf('/api/v1/sessions?cursor=nonsense')).toEqual(['cursor']);
    expect(await fieldsOf('/api/v1/sessions?page=2&page=3')).toEqual(['page']);
    expect(await fieldsOf(`/api/v1/sessions/x/files/${encodeURIComponent('a\0b')}`)).toEqual(['path']);
    expect(await fieldsOf('/api/v1/drafts', post({}, { 'idempotency-key': 'a b' }))).toEqual([
      'idempotency-key',
    ]);
  });

  it('tells broken, mistyped and oversized bodies apart', async () => {
    const codes = [
      post('{"prompt": '),
      post('{}', { 'content-type': 'text/plain' }),
      post('{}', { 'content-encoding': 'br' }),
      post(JSON.stringify({ ...task, prompt: 'x'.repeat(17 * 1024 * 1024) })),
    ].map(async (init) => (await problem(await server.call('/api/v1/tasks', init))).code);
    expect(await Promise.all(codes)).toEqual([
      'malformed-body',
      'unsupported-media-type',
      'unsupported-media-type',
      'payload-too-large',
    ]);
  });

  it('takes no body where the route has none', async () => {
    const id = await server.launch();
    const stop = (body: string) => server.call(`/api/v1/sessions/${id}/stop`, post(body));
    expect(await problem(await stop('{"force":true}'))).toMatchObject({
      errors: { body: [expect.any(String)] },
    });
    expect((await stop('{}')).status).toBe(202);
  });

  it('launches, shows, stops and deletes', async () => {
    const launched = await server.call(
      '/api/v1/tasks',
      post({ ...task, agents: [{ type: 'mock', count: 2 }] }),
    );
    expect(launched.status).toBe(201);
    const { id, task_id, session_ids, links } = await launched.json();
    expect(launched.headers.get('location')).toBe(links.task);
    expect(session_ids).toHaveLength(2);
    expect((await (await server.call(links.task)).json()).sessions).toHaveLength(2);
    const session = Session.parse(await (await server.call(links.self)).json());
    expect(session).toMatchObject({ id, taskId: task_id, prompt: 'do it' });
    const listed = await (await server.call(`/api/v1/sessions?taskId=${task_id}&perPage=1`)).json();
    expect(listed).toMatchObject({ total: 2, nextPage: 2, nextCursor: expect.any(String) });
    expect((await server.call(links.self, { method: 'DELETE' })).status).toBe(204);
    expect(await problem(await server.call(links.self))).toMatchObject({ code: 'session-not-found' });
    expect((await server.call(`${links.self}?archived=true`)).status).toBe(200);
    expect((await server.call(links.self, { method: 'DELETE' })).status).toBe(204);
  });

  it('does once what is asked fifty times', async () => {
    const headers = { 'idempotency-key': '"fifty"' };
    const answers = await Promise.all(
      Array.from({ length: 50 }, async () => {
        for (;;) {
          const answer = await server.call(
            '/api/v1/tasks',
            post({ ...task, labels: { fifty: '1' } }, headers),
          );
          if (answer.status !== 409) return answer;
          expect(answer.headers.get('retry-after')).toBe('1');
          expect((await problem(answer)).code).toBe('idempotency-in-progress');
        }
      }),
    );
    const bodies = new Set(await Promise.all(answers.map((answer) => answer.text())));
    expect([bodies.size, ...new Set(answers.map(({ status }) => status))]).toEqual([1, 201]);
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === null)).toHaveLength(1);
    expect((await server.harbor.tasks.listSessions({ label: 'fifty:1' })).total).toBe(1);
    const changed = await server.call('/api/v1/tasks', post({ ...task, prompt: 'other' }, headers));
    expect(await problem(changed)).toMatchObject({ code: 'idempotency-key-reused' });
    const other = await server.call('/api/v1/tasks', { key: keyOf('admin'), ...post(task, headers) });
    expect([other.status, other.headers.get('idempotency-replayed')]).toEqual([201, null]);
  });

  it('keeps no refusal under a key', async () => {
    const headers = { 'idempotency-key': 'refused-first' };
    expect((await server.call('/api/v1/tasks', post({}, headers))).status).toBe(400);
    const answer = await server.call('/api/v1/tasks', post(task, headers));
    expect([answer.status, answer.headers.get('idempotency-replayed')]).toEqual([201, null]);
  });

  it('repeats a stop under its key, and refuses a second one without', async () => {
    const id = await server.launch();
    const stop = (headers = {}) => server.call(`/api/v1/sessions/${id}/stop`, { method: 'POST', headers });
    const first = await stop({ 'idempotency-key': 'stop-1' });
    const again = await stop({ 'idempotency-key': 'stop-1' });
    expect([first.status, again.status, again.headers.get('idempotency-replayed')]).toEqual([
      202,
      202,
      'true',
    ]);
    expect(await again.json()).toEqual({ status: 'accepted' });
  });

  it('answers a reader who has it already with 304', async () => {
    const { links } = await (await server.call('/api/v1/tasks', post(task))).json();
    await server.call(`${links.self}/stop`, { method: 'POST' });
    await expect.poll(async () => (await (await server.call(links.self)).json()).status).toBe('stopped');
    const first = await server.call(links.self);
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]+"$/);
    for (const known of [etag, `"x", ${etag}`, `W/${etag}`, '*']) {
      const again = await server.call(links.self, { headers: { 'if-none-match': known } });
      expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, etag, '']);
    }
    expect((await server.call(links.self, { headers: { 'if-none-match': '"x"' } })).status).toBe(200);
  });

  it('refuses a lost update of a draft', async () => {
    const created = await server.call('/api/v1/drafts', post({ prompt: 'one' }));
    const path = created.headers.get('location') ?? '';
    const etag = (await server.call(path)).headers.get('etag') ?? '';
    const put = (body: unknown, headers = {}) => server.call(path, { ...post(body, headers), method: 'PUT' });
    const updated = await put({ prompt: 'two' }, { 'if-match': etag });
    expect([updated.status, (await updated.json()).prompt]).toEqual([200, 'two']);
    const next = updated.headers.get('etag') ?? '';
    expect((await server.call(path)).headers.get('etag')).toBe(next);
    expect(await problem(await put({ prompt: 'three' }, { 'if-match': etag }))).toMatchObject({
      status: 412,
    });
    expect((await put({ prompt: 'three' }, { 'if-match': `"x", ${next}` })).status).toBe(200);
    expect((await put({ prompt: 'four' }, { 'if-match': '*' })).status).toBe(200);
    expect((await put({ prompt: 'five' })).status).toBe(200);
    const gone = await server.call('/api/v1/drafts/draft-x', {
      ...post({}, { 'if-match': etag }),
      method: 'PUT',
    });
    expect(gone.status).toBe(404);
  });

  it('decodes a file path once, and passes it on as it is', async () => {
    const id = await server.launch();
    await expect.poll(async () => (await server.harbor.tasks.getSession(id)).status).toBe('running');
    for (const path of ['a/b c.txt', "--x'\n$(id)", '%2e%2e', '../etc/passwd', '日本', '…']) {
      server.agents.contents.set(path, `content of ${path}`);
      const answer = await server.call(`/api/v1/sessions/${id}/files/${encodeURIComponent(path)}/content`);
      expect((await answer.json()).path).toBe(path);
    }
    expect((await server.call(`/api/v1/sessions/${id}/files/nothing/content`)).status).toBe(404);
  });

  it('serves the catalogue', async () => {
    for (const path of ['agents', 'runtimes', 'executors', 'repos', 'repositories']) {
      expect(await (await server.call(`/api/v1/${path}`)).json()).toMatchObject({ items: expect.any(Array) });
    }
    expect(await (await server.call('/api/v1/schemas/agents/mock.json')).json()).toEqual({ type: 'object' });
    for (const path of ['schemas/agents/nothing.json', 'repositories/x', 'repositories/x/branches']) {
      expect((await problem(await server.call(`/api/v1/${path}`))).status).toBe(404);
    }
    expect((await problem(await server.call('/api/v1/schemas/agents/mock.yaml'))).status).toBe(400);
  });

  it('serves its own documentation, assets included', async () => {
    expect(await (await server.call('/api/v1/openapi.json', { key: null })).json()).toMatchObject({
      openapi: '3.1.0',
    });
    const page = await server.call('/api/docs', { key: null });
    const html = await page.text();
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    const assets = [...html.matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g)].map(([, path]) => path ?? '');
    expect(assets).toHaveLength(3);
    for (const asset of assets) {
      expect(asset).toMatch(/^\/api\/docs\//);
      const file = await server.call(asset, { key: null });
      expect([file.status, file.headers.get('content-type')]).toEqual([
        200,
        asset.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8',
      ]);
      expect((await file.arrayBuffer()).byteLength).toBe(Number(file.headers.get('content-length')));
    }
    expect((await server.call('/api/docs/package.json', { key: null })).status).toBe(404);
    expect((await server.call('/api/docs/start.js', { key: null, method: 'POST' })).status).toBe(405);
  });

  it('serves a page for every problem, and none besides', async () => {
    const page = await server.call('/problems/precondition-failed', { key: null });
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await page.text()).toContain('<code>If-Match</code>');
    for (const code of ['nothing', '__proto__', 'toString', '%3Cscript%3E']) {
      expect((await problem(await server.call(`/problems/${code}`, { key: null }))).code).toBe(
        'problem-not-found',
      );
    }
  });

  it('writes one line per request, without secrets', async () => {
    server.logged.length = 0;
    await server.call(
      '/api/v1/drafts?perPage=1',
      post({ prompt: 'a secret prompt' }, { 'x-api-key': 'a secret key' }),
    );
    await server.call('/api/v1/drafts?cursor=a-secret-cursor');
    expect(
      server.logged.map(([level, message, { method, path, status, caller }]) => [
        level,
        message,
        method,
        path,
        status,
        caller,
      ]),
    ).toEqual([
      ['info', 'request', 'POST', '/api/v1/drafts', 400, 'operator'],
      ['info', 'request', 'GET', '/api/v1/drafts', 400, 'operator'],
    ]);
    const text = JSON.stringify(server.logged);
    expect(text).not.toMatch(/secret|test-key/);
  });

  it('tells a caller nothing of its own failures, and the log everything', async () => {
    server.logged.length = 0;
    server.agents.describe = async () => {
      throw new Error('the database password is 1234');
    };
    const document = await problem(await server.call('/api/v1/executors'));
    expect(document).toMatchObject({ status: 500, code: 'internal' });
    expect(JSON.stringify(document)).not.toContain('1234');
    const [line] = server.logged.filter(([level]) => level === 'error');
    expect(line?.[2]).toMatchObject({
      requestId: document.requestId,
      error: { message: 'the database password is 1234' },
    });
  });

  it('does not send what breaks the contract', async () => {
    server.agents.runtimes = () => [{ type: 'local', description: 'x' } as never];
    expect((await problem(await server.call('/api/v1/runtimes'))).code).toBe('internal');
  });
});

describe('limits and modes', () => {
  it('refuses with 429 and the time to wait, per caller', async () => {
    const clock = createManualClock();
    const server = await serve({
      clock,
      rateLimit: { quota: 3, windowSeconds: 60 },
      trustedProxies: ['127.0.0.1'],
    });
    try {
      const statuses = [];
      for (let count = 0; count < 4; count++) statuses.push((await server.call('/api/v1/drafts')).status);
      expect(statuses).toEqual([200, 200, 200, 429]);
      const refused = await server.call('/api/v1/drafts');
      expect(refused.headers.get('retry-after')).toBe('60');
      expect(refused.headers.get('ratelimit')).toBe('"default";r=0;t=60');
      expect((await refused.json()).code).toBe('rate-limited');
      expect((await server.call('/api/v1/drafts', { key: keyOf('viewer') })).status).toBe(200);
      expect((await server.call('/healthz')).status).toBe(200);
      const from = (address: string) =>
        server.call('/api/v1/drafts', { key: 'guess', headers: { 'x-forwarded-for': address } });
      const guesses = [];
      for (let count = 0; count < 4; count++) guesses.push((await from('203.0.113.1')).status);
      expect(guesses).toEqual([401, 401, 401, 429]);
      expect((await from('203.0.113.2')).status).toBe(401);
      await clock.advance(60_000);
      expect((await server.call('/api/v1/drafts')).status).toBe(200);
    } finally {
      await server.close();
    }
  });

  it('asks nobody for a credential when it has none to ask for', async () => {
    const server = await serve({ credentials: null });
    try {
      expect((await server.call('/api/v1/tasks', { key: null, ...post(task) })).status).toBe(201);
      const foreign = post(task, { origin: 'https://evil.example' });
      expect((await server.call('/api/v1/tasks', { key: null, ...foreign })).status).toBe(403);
    } finally {
      await server.close();
    }
  });

  it('says why it is not ready', async () => {
    const server = await serve();
    try {
      expect(await (await server.call('/readyz', { key: null })).json()).toEqual({
        status: 'ready',
        reasons: [],
      });
      server.harbor.readiness = async () => ['the disk is full'];
      const answer = await server.call('/readyz', { key: null });
      expect(answer.status).toBe(503);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect(answer.headers.get('retry-after')).toBe('2');
      expect(await answer.json()).toMatchObject({
        code: 'not-ready',
        detail: expect.stringContaining('the disk is full'),
        errors: { reasons: ['the disk is full'] },
      });
    } finally {
      await server.close();
    }
  });

  it('passes problems of the ports on as they are', async () => {
    const server = await serve();
    try {
      server.agents.check = async () => {
        throw new Problem('storage-full', { detail: 'No space left in the state directory.' });
      };
      const answer = await server.call('/api/v1/tasks', post(task));
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([507, '30']);
      expect((await answer.json()).detail).toContain('No space left');
    } finally {
      await server.close();
    }
  });
});
