import { Bytes, contract } from '@agent-harbor/api-contract';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connect } from './index.ts';
import { type StubServer, startStub } from './testing/stub-server.ts';

interface Leaf {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly responses: Readonly<Record<number, unknown>>;
}

/** Pages and metrics are text for people and scrapers. */
const isText = ({ responses }: Leaf): boolean =>
  'contentType' in Object(responses[200]) && Object(responses[200]).body !== Bytes;

const routes = Object.entries(contract).flatMap(([group, leaves]) =>
  Object.entries<Leaf>(leaves).map(([name, route]) => ({ group, name, route })),
);
const called = routes.filter(({ route }) => !isText(route));

let stub: StubServer;
beforeEach(async () => {
  stub = await startStub((seen) =>
    seen.headers.accept === 'text/event-stream' ? { status: 204 } : { body: '{"it":"works"}' },
  );
});
afterEach(() => stub.close());

type Method = (...input: unknown[]) => Promise<unknown> & AsyncIterable<unknown>;

test.each(called)('api.$group.$name calls its route', async ({ group, name, route }) => {
  const client = connect({ base: stub.base, apiKey: 'key' });
  const api: Record<string, Record<string, Method>> = { ...client.api } as never;
  const parameters = [...route.path.matchAll(/:\w+/g)].map((_, index) => `p/${index}`);
  const body = typeof route.body === 'object' ? [{ some: 'body' }] : [];
  const answer = api[group]?.[name]?.(...parameters, ...body, { label: ['a', 'b'] });
  if (answer === undefined) throw new Error('there is no such method');
  if (Symbol.asyncIterator in answer) for await (const _event of answer) throw new Error('an event');
  else expect(typeof (await answer)).toBe('object');

  const [seen] = stub.seen;
  let next = 0;
  const path = route.path.replace(/:\w+/g, () => `p%2F${next++}`);
  expect(`${seen?.method} ${seen?.url}`).toBe(`${route.method} ${path}?label=a&label=b`);
  expect(seen?.body).toBe(body.length === 1 ? '{"some":"body"}' : '');
  expect(seen?.headers['idempotency-key'] !== undefined).toBe(route.method === 'POST');
  await client.close();
});

test('what is text for people and scrapers is no method', async () => {
  const { service } = connect({ base: stub.base, apiKey: 'key' }).api;
  const pages = routes.filter(({ route }) => isText(route)).map(({ name }) => name);
  expect(pages).toEqual(['docs', 'metrics', 'problem']);
  for (const name of pages) expect(Object.keys(service)).not.toContain(name);
});

describe('what a method is given', () => {
  const open = () => connect({ base: stub.base, apiKey: 'key' }).api;

  test('a query and options may come apart or together', async () => {
    const { signal } = new AbortController();
    await open().sessions.list({ status: ['queued', 'running'], archived: true }, { signal });
    await open().sessions.list({ status: 'queued,running', archived: 'true', signal, timeoutMs: 1000 });
    const url = '/api/v1/sessions?status=queued%2Crunning&archived=true';
    expect(stub.seen.map((seen) => seen.url)).toEqual([url, url]);
  });

  test('headers have options of their own', async () => {
    await open().drafts.update('d', {}, { ifMatch: '"v1"' });
    await open().tasks.create({ prompt: 'x', repo: { mode: 'none' } }, { idempotencyKey: 'mine' });
    expect(stub.seen[0]?.headers['if-match']).toBe('"v1"');
    expect(stub.seen[1]?.headers['idempotency-key']).toBe('mine');
  });

  test('a body that may be left out is left out', async () => {
    await open().sessions.resume('s');
    expect(stub.seen[0]).toMatchObject({ body: '', url: '/api/v1/sessions/s/resume' });
    expect(stub.seen[0]?.headers['content-type']).toBeUndefined();
  });

  test.each([
    ['session-not-found', () => open().sessions.get('..')],
    ['session-not-found', () => open().files.get('', 'a')],
    ['file-not-found', () => open().files.get('s', '.')],
    ['draft-not-found', () => open().drafts.get('\ud800')],
    ['repository-not-found', () => open().catalogue.repository('')],
    ['approval-not-found', () => open().approvals.answer('s', '', { outcome: 'allow' } as never)],
    ['task-not-found', () => open().tasks.get('..')],
  ])('what cannot be addressed names nothing: %s', async (code, call) => {
    await expect(call()).rejects.toMatchObject({ code, status: 404 });
    expect(stub.seen).toHaveLength(0);
  });
});

test('call gives status and ETag, and 304 for what the caller has', async () => {
  const tagged = await startStub(({ headers }) =>
    headers['if-none-match'] === '"v1"' ? { status: 304 } : { headers: { etag: '"v1"' }, body: '{"id":"d"}' },
  );
  const { call, close } = connect({ base: tagged.base, apiKey: 'key' });
  expect(await call('drafts.get', 'd')).toEqual({ status: 200, etag: '"v1"', body: { id: 'd' } });
  expect(await call('drafts.get', 'd', { ifNoneMatch: '"v1"' })).toMatchObject({
    status: 304,
    body: undefined,
  });
  await close();
  await tagged.close();
});
