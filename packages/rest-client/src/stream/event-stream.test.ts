import type { StreamItem } from '@agent-harbor/core';
import { describe, expect, test } from 'vitest';
import { connect as connectByFetch } from '../index.ts';
import { connect as connectByUndici } from '../node.ts';
import { createEagerClock } from '../testing/eager-clock.ts';
import { createEventServer, sessionLog } from '../testing/event-server.ts';
import { opener, serve } from '../testing/open.ts';
import { collect, rejection } from '../testing/outcomes.ts';
import { openStream, problemAnswer } from '../testing/stub-server.ts';
import { contractReader } from '../validation.ts';

const idsOf = (items: readonly StreamItem[]) => items.map(({ id }) => id);
const ids = (count: number, from = 1) => Array.from({ length: count }, (_, index) => `e1-${from + index}`);

describe.each([
  ['fetch', connectByFetch],
  ['undici', connectByUndici],
])('streams by %s', (_, connect) => {
  const open = opener(connect, contractReader);

  test('gives every event with its id and ends at 204', async () => {
    const log = sessionLog(5);
    const events = createEventServer(log, (text, response) => response.end(text));
    const stub = await serve(events.handler);
    const items = await collect(open(stub.base).tasks.subscribe('S1'));
    expect(items.map(({ event }) => event)).toEqual(log.map((json) => JSON.parse(json)));
    expect(idsOf(items)).toEqual(ids(5));
    expect(stub.seen[0]).toMatchObject({ method: 'GET', url: '/api/v1/sessions/S1/events' });
    expect(stub.seen[0]?.headers.accept).toBe('text/event-stream');
  });

  test('goes on from any id', async () => {
    const events = createEventServer(sessionLog(6), (text, response) => response.end(text));
    const stub = await serve(events.handler);
    const items = await collect(open(stub.base).tasks.subscribe('S1', { after: 'e1-4' }));
    expect(idsOf(items)).toEqual(['e1-5', 'e1-6']);
    expect(await collect(open(stub.base).tasks.subscribe('S1', { after: 'e1-6' }))).toEqual([]);
  });

  test('cut at every byte, delivers each event once and in order', { timeout: 60_000 }, async () => {
    const log = sessionLog(12);
    let cutAt = 0;
    // Each connection lives a little longer than the one before, so the cuts fall everywhere in the frames.
    const events = createEventServer(log, (text, response, socket) => {
      const bytes = Buffer.from(text);
      cutAt += 7;
      const part = bytes.subarray(0, Math.min(bytes.length, cutAt % 1500));
      response.write(part, () => socket.destroy());
    });
    const stub = await serve(events.handler);
    const items = await collect(open(stub.base).tasks.subscribe('S1'));
    expect(idsOf(items)).toEqual(ids(12));
    expect(items.map(({ event }) => event)).toEqual(log.map((json) => JSON.parse(json)));
    expect(events.resumed.length).toBeGreaterThan(12);
  });

  test('arriving byte by byte makes no difference', async () => {
    const log = sessionLog(3);
    const events = createEventServer(log, async (text, response) => {
      for (const byte of Buffer.from(text)) {
        await new Promise<void>((resolve) => response.write(Buffer.of(byte), () => resolve()));
      }
      response.end();
    });
    const stub = await serve(events.handler);
    const items = await collect(open(stub.base).tasks.subscribe('S1'));
    expect(items.map(({ event }) => event)).toEqual(log.map((json) => JSON.parse(json)));
  });

  test('comes back after a rotation when the server said, from where it stopped', async () => {
    const clock = createEagerClock();
    const events = createEventServer(sessionLog(4), (text, response) => {
      const frames = text.split('\n\n').filter((frame) => frame !== '');
      response.end(`retry: 1234\n\n: hello\n\n${frames.slice(0, 2).join('\n\n')}\n\n`);
    });
    const stub = await serve(events.handler);
    const items = await collect(open(stub.base, { clock }).tasks.subscribe('S1'));
    expect(idsOf(items)).toEqual(ids(4));
    expect(events.resumed).toEqual([undefined, 'e1-2', 'e1-4']);
    // The last one only confirms the end, so it need not wait.
    expect(clock.waited).toEqual([1234]);
  });

  test('comes back sooner when the connection broke than the server says to those it sends away', async () => {
    const clock = createEagerClock();
    const log = sessionLog(3);
    const events = createEventServer(log, (text, response, socket) => {
      const [first, ...rest] = text.split('\n\n').filter((frame) => frame !== '');
      if (rest.length === 0) response.end(text);
      else response.write(`retry: 9000\n\n${first}\n\n`, () => setImmediate(() => socket.destroy()));
    });
    const stub = await serve(events.handler);
    const items = await collect(
      open(stub.base, { clock, backoff: { baseMs: 5, maxMs: 5 } }).tasks.subscribe('S1'),
    );
    expect(idsOf(items)).toEqual(ids(3));
    expect(Math.max(...clock.waited)).toBeLessThanOrEqual(5);
  });

  test('outlives a restart of the server', async () => {
    const log = sessionLog(4);
    let port = 0;
    const second = createEventServer(log, (text, response) => response.end(text));
    const first = createEventServer(log, (text, response) => {
      response.write(`${text.split('\n\n').slice(0, 2).join('\n\n')}\n\n`, () => {
        void stub.close().then(async () => {
          // Nobody listens for a while; then the same port answers again.
          await new Promise((resolve) => setImmediate(resolve));
          await serve(second.handler, port);
        });
      });
    });
    const stub = await serve(first.handler);
    port = stub.port;
    expect(idsOf(await collect(open(stub.base).tasks.subscribe('S1')))).toEqual(ids(4));
    expect(second.resumed[0]).toBe('e1-2');
  });

  test('a server in trouble is asked again, with growing waits', async () => {
    const clock = createEagerClock();
    let call = 0;
    const events = createEventServer(sessionLog(2), (text, response) => response.end(text));
    const stub = await serve((seen, response, socket) => {
      call += 1;
      if (call === 1) return problemAnswer(503, 'not-ready', { 'retry-after': '3' });
      if (call === 2) return problemAnswer(500, 'internal');
      if (call === 3) return { status: 429, body: 'slow down' };
      return events.handler(seen, response, socket);
    });
    const items = await collect(open(stub.base, { clock }).tasks.subscribe('S1'));
    expect(idsOf(items)).toEqual(ids(2));
    expect(clock.waited.slice(0, 3)).toEqual([3250, 500, 1000]);
  });

  test.each([
    [404, 'session-not-found'],
    [400, 'invalid-request'],
    [401, 'unauthorized'],
    [406, 'not-acceptable'],
  ])('%i cannot heal', async (status, code) => {
    const stub = await serve(() => problemAnswer(status, code));
    expect(await rejection(collect(open(stub.base).tasks.subscribe('S1')))).toMatchObject({ code });
    expect(stub.seen).toHaveLength(1);
  });

  test('a page where a stream should be is a problem', async () => {
    const stub = await serve(() => ({ headers: { 'content-type': 'text/html' }, body: '<h1>log in' }));
    expect(await rejection(collect(open(stub.base).tasks.subscribe('S1')))).toMatchObject({
      code: 'internal',
    });
  });

  test.each(['data: {"type":\n\n', 'data: 7\n\n', 'data: {"seq":1}\n\n', 'data: {"type":"status"}\n\n'])(
    'an event that is none is a problem: %j',
    async (frame) => {
      const stub = await serve((_seen, response) => {
        openStream(response).end(frame);
        return undefined;
      });
      const problem = await rejection(collect(open(stub.base).tasks.subscribe('S1')));
      expect(problem).toMatchObject({ code: 'internal' });
    },
  );

  test('opens a connection anew that has gone silent, but not one whose reader is slow', async () => {
    const clock = createEagerClock();
    let connection = 0;
    const events = createEventServer(sessionLog(3), (text, response) => {
      connection += 1;
      const frames = text.split('\n\n').filter((frame) => frame !== '');
      // The first connection goes silent after one event.
      if (connection === 1) response.write(`${frames[0]}\n\n`);
      else response.end(text);
    });
    const stub = await serve(events.handler);
    const items: StreamItem[] = [];
    const iterator = open(stub.base, { clock }).tasks.subscribe('S1')[Symbol.asyncIterator]();
    const first = await iterator.next();
    if (first.done !== true) items.push(first.value);
    clock.expire();
    const next = iterator.next();
    await new Promise((resolve) => setImmediate(resolve));
    expect(connection).toBe(1);
    clock.expire();
    for (let step = await next; step.done !== true; step = await iterator.next()) items.push(step.value);
    expect(idsOf(items)).toEqual(ids(3));
    expect(events.resumed).toEqual([undefined, 'e1-1', 'e1-3']);
  });

  test('surfaces resync and goes on where the server says', async () => {
    let connection = 0;
    const stub = await serve((seen, response) => {
      connection += 1;
      if (connection > 1) {
        response.writeHead(204).end();
        return undefined;
      }
      expect(seen.headers['last-event-id']).toBe('old-77');
      const [one = '', two = ''] = sessionLog(2);
      openStream(response).end(
        `id: new-0\ndata: {"type":"resync","oldest":"new-1","epoch":"new","reason":"foreign-epoch"}\n\n` +
          `id: new-1\ndata: ${one}\n\nid: new-2\ndata: ${two}\n\n`,
      );
      return undefined;
    });
    const items = await collect(open(stub.base).tasks.subscribe('S1', { after: 'old-77' }));
    expect(items.map(({ id, event }) => [id, event.type])).toEqual([
      ['new-0', 'resync'],
      ['new-1', 'log'],
      ['new-2', 'status'],
    ]);
    expect(stub.seen.at(-1)?.headers['last-event-id']).toBe('new-2');
  });

  test('cursor frames move the cursor of a filtered stream unseen', async () => {
    let connection = 0;
    const stub = await serve((_seen, response) => {
      connection += 1;
      if (connection > 1) response.writeHead(204).end();
      else openStream(response).end('event: cursor\nid: e1-900\ndata: {}\n\n');
      return undefined;
    });
    const stream = open(stub.base).tasks.subscribe('S1', { types: ['status', 'log'], level: 'warn' });
    expect(await collect(stream)).toEqual([]);
    expect(stub.seen.map(({ url }) => url)).toEqual(
      Array(2).fill('/api/v1/sessions/S1/events?level=warn&type=status%2Clog'),
    );
    expect(stub.seen[1]?.headers['last-event-id']).toBe('e1-900');
  });

  test('an event of a newer server passes untouched', async () => {
    const place = { seq: 1, ts: '2026-01-02T03:04:05.678Z', sessionId: '01HVZ6K9T1N8S6M3V3Q3F0X000' };
    const event = { type: 'teleport', ...place, where: { x: [1, 2] } };
    let connection = 0;
    const stub = await serve((_seen, response) => {
      connection += 1;
      if (connection > 1) response.writeHead(204).end();
      else openStream(response).end(`id: e1-1\ndata: ${JSON.stringify(event)}\n\n`);
      return undefined;
    });
    expect(await collect(open(stub.base).tasks.subscribe('S1'))).toEqual([{ id: 'e1-1', event }]);
  });

  test('a server that repeats itself is not believed', async () => {
    let connection = 0;
    const stub = await serve((_seen, response) => {
      connection += 1;
      const frames = sessionLog(3).map((json, index) => `id: e1-${index + 1}\ndata: ${json}\n\n`);
      if (connection > 2) response.writeHead(204).end();
      else openStream(response).end(connection === 1 ? frames.slice(0, 2).join('') : frames.join(''));
      return undefined;
    });
    expect(idsOf(await collect(open(stub.base).tasks.subscribe('S1')))).toEqual(ids(3));
  });

  test('ends without an error when the signal fires, and closes the connection', async () => {
    const controller = new AbortController();
    let closed: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const stub = await serve((_seen, response) => {
      response.on('close', closed);
      openStream(response).write(`id: e1-1\ndata: ${sessionLog(2)[0]}\n\n`);
      return undefined;
    });
    const items: StreamItem[] = [];
    for await (const item of open(stub.base).tasks.subscribe('S1', { signal: controller.signal })) {
      items.push(item);
      controller.abort();
    }
    expect(idsOf(items)).toEqual(['e1-1']);
    await gone;
    expect(await collect(open(stub.base).tasks.subscribe('S1', { signal: controller.signal }))).toEqual([]);
    expect(stub.seen).toHaveLength(1);
  });

  test('leaving the loop closes the connection', async () => {
    let closed: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const stub = await serve((_seen, response) => {
      response.on('close', closed);
      openStream(response).write(`id: e1-1\ndata: ${sessionLog(2)[0]}\n\n`);
      return undefined;
    });
    for await (const _item of open(stub.base).tasks.subscribe('S1')) break;
    await gone;
  });

  test('closing the client ends its streams', async () => {
    const stub = await serve((_seen, response) => {
      openStream(response).write(': hello\n\n');
      void client.close();
      return undefined;
    });
    const client = open(stub.base);
    expect(await rejection(collect(client.tasks.subscribe('S1')))).toMatchObject({ code: 'aborted' });
  });

  test('a session that ended with its server is over', async () => {
    const log = sessionLog(2);
    const stub = await serve((_seen, response) => {
      openStream(response).end(
        log.map((json, index) => `id: e1-${index + 1}\ndata: ${json}\n\n`).join(''),
        () => {
          void stub.close();
        },
      );
      return undefined;
    });
    expect(idsOf(await collect(open(stub.base).tasks.subscribe('S1')))).toEqual(ids(2));
  });

  test('the stream of all sessions does not end with one of them', async () => {
    const controller = new AbortController();
    let connection = 0;
    const stub = await serve((_seen, response) => {
      connection += 1;
      if (connection === 4) controller.abort();
      openStream(response).end(`id: e1-${connection}\ndata: ${sessionLog(1)[0]}\n\n`);
      return undefined;
    });
    const items = await collect(open(stub.base).events.subscribe({ signal: controller.signal }));
    expect(idsOf(items)).toEqual(['e1-1', 'e1-2', 'e1-3']);
    expect(stub.seen[0]?.url).toBe('/api/v1/events');
  });

  test.each(['', 'a b', 'x\r\ny: z', 'ü', 'x'.repeat(129)])('a bad id never leaves: %j', async (after) => {
    const stub = await serve(() => ({ status: 204 }));
    const problem = await rejection(collect(open(stub.base).tasks.subscribe('S1', { after })));
    expect(problem).toMatchObject({ code: 'invalid-request', errors: { after: expect.anything() } });
    expect(stub.seen).toHaveLength(0);
  });
});
