import { AsyncLocalStorage } from 'node:async_hooks';
import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import type { ClientOptions } from './client.ts';
import { connect as connectByFetch } from './index.ts';
import type { LogEntry } from './log.ts';
import { connect as connectByUndici } from './node.ts';
import { trustingReader } from './replies.ts';
import { createEagerClock } from './testing/eager-clock.ts';
import { createEventServer, sessionLog } from './testing/event-server.ts';
import { type Handler, problemAnswer, startStub } from './testing/stub-server.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

describe.each([
  ['fetch', connectByFetch],
  ['undici', connectByUndici],
])('hooks by %s', (_, connect) => {
  const setup = async (handler: Handler, options: Partial<ClientOptions> = {}) => {
    const stub = await startStub(handler);
    const client = connect({
      base: `${stub.base}/harbor`,
      apiKey: 'key',
      clock: createEagerClock(),
      random: () => 1,
      reader: trustingReader,
      ...options,
    });
    opened.push(client, stub);
    return { stub, client };
  };

  test('the log tells of every attempt, its answer and the wait before the next', async () => {
    const log: LogEntry[] = [];
    let call = 0;
    const { client } = await setup(
      () => {
        call += 1;
        const id = { 'x-request-id': `r${call}` };
        return call === 1 ? problemAnswer(503, 'not-ready', id) : { headers: id, body: '{"items":[]}' };
      },
      { log: (entry) => log.push(entry) },
    );
    await client.api.catalogue.agents();
    const about = { route: 'catalogue.agents', method: 'GET', path: '/api/v1/agents' };
    const durationMs = expect.any(Number);
    expect(log).toEqual([
      { kind: 'request', ...about },
      { kind: 'response', ...about, status: 503, durationMs, requestId: 'r1' },
      { kind: 'retry', ...about, waitMs: 250, problem: expect.objectContaining({ code: 'not-ready' }) },
      { kind: 'request', ...about },
      { kind: 'response', ...about, status: 200, durationMs, requestId: 'r2' },
    ]);
  });

  test('the log tells why a stream is opened anew', async () => {
    const log: LogEntry[] = [];
    let connection = 0;
    const events = createEventServer(sessionLog(3), (text, response, socket) => {
      connection += 1;
      if (connection > 1) response.end(text);
      else response.write(text.slice(0, text.indexOf('\n\n') + 2), () => socket.destroy());
    });
    const { client } = await setup(events.handler, { log: (entry) => log.push(entry) });
    for await (const _event of client.api.sessions.events('S1'));
    const reconnects = log.filter(({ kind }) => kind === 'reconnect');
    expect(reconnects).toMatchObject([
      { route: 'sessions.events', waitMs: 250, problem: { code: 'connection-failed' } },
      { route: 'sessions.events', waitMs: 0, problem: undefined },
    ]);
  });

  test('a log that throws breaks nothing', async () => {
    const { client } = await setup(() => ({ body: '{"items":[]}' }), {
      log: () => {
        throw new Error('full');
      },
    });
    expect(await client.catalogue.agents()).toEqual([]);
  });

  test('headers are asked for every attempt, where the caller is, and do not replace our own', async () => {
    // What a tracer does: the span lives in the context of whoever calls.
    const spans = new AsyncLocalStorage<string>();
    let call = 0;
    const { client, stub } = await setup(
      () => {
        call += 1;
        return call === 1 ? problemAnswer(429, 'rate-limited') : { body: '{"items":[]}' };
      },
      {
        headers: ({ route }) => ({
          traceparent: `00-${spans.getStore()}-${route === 'catalogue.agents' ? '01' : '00'}`,
          accept: 'image/png',
          authorization: 'Basic x',
        }),
      },
    );
    await spans.run('span-1', () => client.catalogue.agents());
    expect(stub.seen).toHaveLength(2);
    for (const { headers } of stub.seen) {
      expect(headers.traceparent).toBe('00-span-1-01');
      expect(headers.accept).toBe('application/json');
      expect(headers.authorization).toBe('ApiKey key');
    }
  });

  test('no secret reaches the log or an error', async () => {
    const canary = 'canary-0123456789';
    const told: unknown[] = [];
    const secrets: Partial<ClientOptions> = {
      apiKey: undefined,
      credential: () => ({ token: `${canary}-token` }),
      headers: () => ({ cookie: `session=${canary}` }),
      log: (entry) => told.push(entry),
      attempts: 2,
    };
    const answers: Handler[] = [
      () => problemAnswer(401, 'unauthorized'),
      () => problemAnswer(503, 'not-ready', { 'set-cookie': canary }),
      () => ({ status: 302, headers: { location: `https://elsewhere/?ticket=${canary}` } }),
      () => ({ status: 200, body: '<html>' }),
      // Somebody repeats what it was sent.
      ({ headers }) => ({ ...problemAnswer(400, `invalid ${headers.authorization}`) }),
      ({ headers }) => ({ status: 502, body: `<pre>${headers.authorization}` }),
      (_seen, _response, socket) => {
        socket.destroy();
        return undefined;
      },
    ];
    for (const answer of answers) {
      const { client } = await setup(answer, secrets);
      // A prompt is as private as a key, and a ticket is one.
      const query = { q: canary, ticket: canary } as object;
      told.push(await client.api.sessions.list(query).catch((error: unknown) => error));
      told.push(
        await client.api.tasks
          .create({ prompt: canary, repo: { mode: 'none' } })
          .catch((error: unknown) => error),
      );
      const leaving = new AbortController();
      const stream = client.api.sessions.events('S1', { ...query, signal: leaving.signal });
      const first = stream.next().catch((error: unknown) => error);
      leaving.abort();
      told.push(await first);
    }
    expect(told.length).toBeGreaterThan(30);
    expect(inspect(told, { depth: 12, showHidden: true })).not.toContain(canary);
  });

  test('a secret that cannot be sent is not repeated', async () => {
    const { client } = await setup(() => ({}), { apiKey: 'canary\n' });
    const error: unknown = await client.catalogue.agents().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'invalid-request' });
    expect(inspect(error)).not.toContain('canary');
  });
});
