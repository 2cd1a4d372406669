import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { ClientOptions, HarborClient } from './client.ts';
import { connect as connectByFetch } from './index.ts';
import { connect as connectByUndici } from './node.ts';
import { trustingReader } from './replies.ts';
import { systemClock } from './system-clock.ts';
import { createEagerClock } from './testing/eager-clock.ts';
import { opener, serve } from './testing/open.ts';
import { rejection } from './testing/outcomes.ts';
import { type Handler, problemAnswer } from './testing/stub-server.ts';

describe.each([
  ['fetch', connectByFetch],
  ['undici', connectByUndici],
])('calls by %s', (_, connect) => {
  const open = opener(connect, trustingReader);
  const setup = async (handle: Handler, options: Partial<ClientOptions> = {}) => {
    const clock = createEagerClock();
    const stub = await serve(handle);
    return { clock, stub, client: open(stub.base, { clock, ...options }) };
  };
  const agents = { body: JSON.stringify({ items: [] }) };

  test('sends what the contract says', async () => {
    const { stub, client } = await setup(() => ({ status: 201, body: '{"id":"d"}' }));
    await client.tasks.createDraft({ prompt: 'fïx' }, { idempotencyKey: 'k-1' });
    expect(stub.seen).toHaveLength(1);
    const [request] = stub.seen;
    expect(request).toMatchObject({ method: 'POST', url: '/api/v1/drafts', body: '{"prompt":"fïx"}' });
    expect(request?.headers).toMatchObject({
      authorization: 'ApiKey key',
      accept: 'application/json',
      'content-type': 'application/json',
      'idempotency-key': 'k-1',
    });
  });

  test('keeps the path of the base', async () => {
    const stub = await serve(() => agents);
    const client = open(`${stub.base}/harbor/`);
    await client.catalogue.agents();
    expect(client.base).toBe(`${stub.base}/harbor`);
    expect(stub.seen[0]?.url).toBe('/harbor/api/v1/agents');
  });

  test('rebuilds the problem', async () => {
    const { client, stub } = await setup(() => ({
      status: 400,
      headers: { 'content-type': 'application/problem+json' },
      body: JSON.stringify({
        ...JSON.parse(problemAnswer(400, 'invalid-request').body ?? ''),
        errors: { 'repo.url': ['is required'] },
      }),
    }));
    const problem = await rejection(client.tasks.getTask('T1'));
    expect(problem).toMatchObject({
      code: 'invalid-request',
      status: 400,
      detail: 'because of invalid-request',
      errors: { 'repo.url': ['is required'] },
      requestId: 'r1',
    });
    expect(stub.seen).toHaveLength(1);
  });

  test.each([
    [401, 'unauthorized'],
    [404, 'route-not-found'],
    [418, 'internal'],
  ])('an answer %i of something else is a problem too', async (status, code) => {
    const { client } = await setup(() => ({
      status,
      headers: { 'content-type': 'text/html' },
      body: '<h1>no',
    }));
    expect(await rejection(client.catalogue.agents())).toMatchObject({ code });
  });

  test('an answer that is not JSON is a problem', async () => {
    const { client } = await setup(() => ({ body: '<html>' }));
    expect(await rejection(client.catalogue.agents())).toMatchObject({ code: 'internal' });
  });

  test('does not follow a redirect, which could carry the key away', async () => {
    const { client, stub } = await setup(() => ({ status: 307, headers: { location: '/elsewhere' } }));
    expect(await rejection(client.catalogue.agents())).toMatchObject({ code: 'internal' });
    expect(stub.seen).toHaveLength(1);
  });

  test('repeats a GET with growing waits, and after what Retry-After asks for', async () => {
    let call = 0;
    const { client, clock } = await setup(() => {
      call += 1;
      if (call === 1) return problemAnswer(503, 'not-ready');
      if (call === 2) return { status: 502, body: 'bad gateway' };
      if (call === 3) return problemAnswer(429, 'rate-limited', { 'retry-after': '7' });
      return agents;
    });
    expect(await client.catalogue.agents()).toEqual([]);
    expect(clock.waited).toEqual([250, 500, 8000]);
  });

  test('gives up after the allowed attempts', async () => {
    const { client, stub } = await setup(() => problemAnswer(503, 'not-ready'), { attempts: 3 });
    expect(await rejection(client.catalogue.agents())).toMatchObject({ code: 'not-ready' });
    expect(stub.seen).toHaveLength(3);
  });

  test('does not wait longer than the call may take', async () => {
    const { client, stub } = await setup(() => problemAnswer(503, 'not-ready', { 'retry-after': '61' }));
    expect(await rejection(client.catalogue.agents())).toMatchObject({ retryAfterSeconds: 61 });
    expect(stub.seen).toHaveLength(1);
  });

  test('repeats a POST after a cut connection, under one key that it made', async () => {
    let call = 0;
    const { client, stub } = await setup((_seen, _response, socket) => {
      call += 1;
      if (call < 3) {
        socket.destroy();
        return undefined;
      }
      return { status: 202, body: '{"status":"accepted"}' };
    });
    await client.tasks.stopSession('S1');
    const keys = stub.seen.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
  });

  test('waits for the twin that is still running as long as it takes', async () => {
    let call = 0;
    const { client, clock } = await setup(
      () => {
        call += 1;
        return call <= 8
          ? problemAnswer(409, 'idempotency-in-progress', { 'retry-after': '1' })
          : { status: 201, body: '{"id":"d"}' };
      },
      { timeoutMs: 3_600_000 },
    );
    expect(await client.tasks.createDraft({})).toEqual({ id: 'd' });
    expect(clock.waited).toHaveLength(8);
  });

  test.each([
    ['PUT', (client: HarborClient) => client.tasks.updateDraft('d', {})],
    ['DELETE', (client: HarborClient) => client.tasks.cancelSession('s')],
  ])('does not repeat %s', async (_method, call) => {
    const { client, stub } = await setup(() => problemAnswer(503, 'not-ready'));
    await rejection(call(client));
    expect(stub.seen).toHaveLength(1);
  });

  test('a server that is not there is connection-failed', async () => {
    const { client, stub } = await setup(() => agents);
    await stub.close();
    const problem = await rejection(client.catalogue.agents());
    expect(problem).toMatchObject({ code: 'connection-failed' });
    expect(problem.detail).toContain(stub.base);
    // A fetch only says that it failed, and why in its cause.
    expect(inspect(problem)).toContain('ECONNREFUSED');
  });

  test('a server that never answers is connection-failed once the time is over', async () => {
    const { client, clock } = await setup(() => {
      setImmediate(() => clock.expire());
      return undefined;
    });
    const problem = await rejection(client.catalogue.agents());
    expect(problem).toMatchObject({ code: 'connection-failed' });
    expect(problem.detail).toContain('60 s');
  });

  test('waits until the date that Retry-After names', async () => {
    let call = 0;
    const { client, clock } = await setup(
      () => {
        call += 1;
        const date = new Date(clock.now() + 7_000).toUTCString();
        return call === 1 ? problemAnswer(429, 'rate-limited', { 'retry-after': date }) : agents;
      },
      { random: () => 0 },
    );
    await client.catalogue.agents();
    // A date has no milliseconds.
    expect(clock.waited.map((ms) => Math.ceil(ms / 1000))).toEqual([7]);
  });

  test('every route may have its own time, and every call', async () => {
    const { client } = await setup(() => undefined, {
      clock: systemClock,
      timeoutMs: 60_000,
      timeouts: { 'catalogue.agents': 20 },
    });
    const ofRoute = await rejection(client.api.catalogue.agents());
    const ofCall = await rejection(client.api.catalogue.runtimes({ timeoutMs: 30 }));
    expect(ofRoute).toMatchObject({ code: 'connection-failed', detail: expect.stringMatching(/0\.0\d+ s/) });
    expect(ofCall).toMatchObject({ code: 'connection-failed', detail: expect.stringMatching(/0\.0\d+ s/) });
  });

  test('a wait that does not fit a timer does not pass at once', async () => {
    const { client } = await setup(() => agents, { clock: systemClock, timeoutMs: 2 ** 40 });
    expect(await client.catalogue.agents()).toEqual([]);
    expect(await client.api.catalogue.agents({ timeoutMs: Infinity })).toEqual({ items: [] });
  });

  test('a credential that never comes does not outlast the call', async () => {
    const controller = new AbortController();
    const { client, stub } = await setup(() => agents, {
      apiKey: undefined,
      credential: () => new Promise(() => undefined),
      clock: systemClock,
    });
    const late = rejection(client.api.catalogue.agents({ timeoutMs: 20 }));
    const left = rejection(client.catalogue.agents({ signal: controller.signal }));
    controller.abort();
    expect(await left).toMatchObject({ code: 'aborted' });
    expect(await late).toMatchObject({ code: 'connection-failed' });
    expect(stub.seen).toHaveLength(0);
  });

  test('what an aborted call leaves behind is let go of', async () => {
    const controller = new AbortController();
    const { client } = await setup(() => problemAnswer(503, 'not-ready', { 'retry-after': '30' }), {
      clock: systemClock,
    });
    const left = rejection(client.catalogue.agents({ signal: controller.signal }));
    setTimeout(() => controller.abort(), 50);
    expect(await left).toMatchObject({ code: 'aborted', status: 499 });
  });

  test('abort rejects with aborted, before, during and between attempts', async () => {
    const controller = new AbortController();
    const { client, stub } = await setup(() => {
      controller.abort();
      return undefined;
    });
    const { signal } = controller;
    expect(await rejection(client.catalogue.agents({ signal }))).toMatchObject({ code: 'aborted' });
    expect(await rejection(client.catalogue.agents({ signal }))).toMatchObject({ code: 'aborted' });
    expect(stub.seen).toHaveLength(1);
  });

  test('closing ends what is under way', async () => {
    const { client } = await setup(() => {
      void client.close();
      return undefined;
    });
    expect(await rejection(client.catalogue.agents())).toMatchObject({ code: 'aborted' });
    expect(await rejection(client.catalogue.agents())).toMatchObject({ code: 'aborted' });
  });

  test('renews a refused credential once', async () => {
    const keys = ['old', 'new'];
    const { client, stub } = await setup(
      ({ headers }) => (headers.authorization === 'ApiKey new' ? agents : problemAnswer(401, 'unauthorized')),
      { apiKey: undefined, credential: () => ({ apiKey: keys.shift() ?? 'none' }) },
    );
    await client.catalogue.agents();
    await client.catalogue.agents();
    expect(stub.seen.map(({ headers }) => headers.authorization)).toEqual([
      'ApiKey old',
      'ApiKey new',
      'ApiKey new',
    ]);
  });

  test('not being ready is an answer', async () => {
    const { client, stub } = await setup(() => ({
      ...problemAnswer(503, 'not-ready', { 'retry-after': '2' }),
      body: JSON.stringify({ code: 'not-ready', status: 503, errors: { reasons: ['disk'] } }),
    }));
    expect(await client.service.readiness()).toEqual({ status: 'not-ready', reasons: ['disk'] });
    expect(stub.seen).toHaveLength(1);
  });

  test('a proxy without a server behind it is no answer to whether it is ready', async () => {
    const { client } = await setup(() => problemAnswer(503, 'not-ready'), { attempts: 1 });
    expect(await rejection(client.service.readiness())).toMatchObject({ code: 'not-ready' });
  });

  test('a bad idempotency key or body never leaves', async () => {
    const { client, stub } = await setup(() => agents);
    const bad = await rejection(client.tasks.createDraft({}, { idempotencyKey: 'a b\n' }));
    expect(bad).toMatchObject({ code: 'invalid-request' });
    const labels: Record<string, string> = {};
    Object.defineProperty(labels, 'x', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    expect(await rejection(client.tasks.createDraft({ labels }))).toMatchObject({ code: 'invalid-request' });
    expect(stub.seen).toHaveLength(0);
  });

  test('updates a draft only if it is the one the caller knows', async () => {
    const stored = { id: 'd', prompt: 'one', agents: [], labels: {} };
    const { client, stub } = await setup(({ method }) =>
      method === 'GET'
        ? { headers: { etag: '"v1"' }, body: JSON.stringify(stored) }
        : { body: JSON.stringify({ ...stored, prompt: 'two' }) },
    );
    const known = await client.tasks.getDraft('d');
    await client.tasks.updateDraft('d', { prompt: 'two' }, { ifUnchanged: known });
    expect(stub.seen.at(-1)?.headers['if-match']).toBe('"v1"');
    const other = { ...known, prompt: 'zero' };
    const problem = await rejection(client.tasks.updateDraft('d', {}, { ifUnchanged: other }));
    expect(problem).toMatchObject({ code: 'precondition-failed' });
    expect(stub.seen.filter(({ method }) => method === 'PUT')).toHaveLength(1);
  });
});

test.each(['nonsense', 'ftp://host', 'http://user:pw@host'])('a base like %s is refused', (base) => {
  expect(() => connectByFetch({ base })).toThrow(expect.objectContaining({ code: 'invalid-request' }));
});
