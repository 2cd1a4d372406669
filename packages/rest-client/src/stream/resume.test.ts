import type { ServerResponse } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connect as connectByFetch } from '../index.ts';
import { connect as connectByUndici } from '../node.ts';
import { createEagerClock } from '../testing/eager-clock.ts';
import { createEventServer, sessionLog } from '../testing/event-server.ts';
import { opener, serve } from '../testing/open.ts';
import { collect, rejection } from '../testing/outcomes.ts';
import {
  type Answer,
  openStream,
  problemAnswer,
  type StubServer,
  startStub,
} from '../testing/stub-server.ts';
import { contractReader } from '../validation.ts';

/** A generator of numbers in [0, 1) that gives the same ones for a seed. */
const randomOf = (seed: number) => () => {
  seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32;
  return seed / 2 ** 32;
};
const log = sessionLog(6);
const parsed = log.map((json): unknown => JSON.parse(json));
const frame = (number: number, epoch = 'e1') => `id: ${epoch}-${number}\ndata: ${log[number - 1]}\n\n`;

describe.each([
  ['fetch', connectByFetch],
  ['undici', connectByUndici],
])('a stream by %s', (_, connect) => {
  const open = opener(connect, contractReader);
  /** One step for each connection, the last one for all that follow. */
  const script = (...steps: ((response: ServerResponse) => Answer | undefined)[]): Promise<StubServer> => {
    let at = 0;
    return serve((_seen, response, socket) => {
      const step = steps[Math.min(at, steps.length - 1)];
      at += 1;
      return step === undefined ? void socket.destroy() : step(response);
    });
  };
  const says = (text: string) => (response: ServerResponse) => {
    openStream(response).end(text);
    return undefined;
  };
  const isOver = (): Answer => ({ status: 204 });

  test('gives the events themselves, and knows how far it was read', async () => {
    const stub = await script(
      says(frame(1) + frame(2)),
      says(
        log
          .slice(2)
          .map((__, at) => frame(at + 3))
          .join(''),
      ),
      isOver,
    );
    const stream = open(stub.base).api.sessions.events('S1', { after: 'e1-0' });
    expect(stub.seen).toHaveLength(0);
    const events: unknown[] = [];
    for await (const event of stream) {
      events.push(event);
      expect(stream.cursor).toBe(`e1-${events.length}`);
    }
    expect(events).toEqual(parsed);
    expect(stub.seen.map(({ headers }) => headers['last-event-id'])).toEqual(['e1-0', 'e1-2', 'e1-6']);
    expect(stub.seen[0]?.url).toBe('/api/v1/sessions/S1/events');
  });

  test('repeats a request with its body and its key, also while a twin is under way', async () => {
    const reply = [
      { type: 'message_start', id: 'msg-4', timestamp: '2026-01-02T03:04:05.678Z', busy: false },
      { type: 'content_delta', delta: 'a', message_id: 'msg-5', timestamp: '2026-01-02T03:04:05.678Z' },
      {
        type: 'message_complete',
        id: 'msg-4',
        timestamp: '2026-01-02T03:04:05.678Z',
        reason: 'idle',
        status: 'running',
        final_content: 'a',
        shared: false,
      },
    ];
    const named = (at: number) =>
      `event: ${reply[at]?.type}\nid: e1-${at + 4}\ndata: ${JSON.stringify(reply[at])}\n\n`;
    const stub = await script(
      () => problemAnswer(409, 'idempotency-in-progress', { 'retry-after': '1' }),
      says(named(0)),
      says(named(1) + named(2)),
      isOver,
    );
    const stream = open(stub.base).conversations.streamMessage('S1', { content: 'How far?' });
    const items = await collect(stream);
    expect(items).toEqual(reply.map((told, at) => ({ id: `e1-${at + 4}`, frame: told })));
    expect(new Set(stub.seen.map(({ body }) => body))).toEqual(new Set(['{"content":"How far?"}']));
    expect(new Set(stub.seen.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(stub.seen.map(({ headers }) => headers['last-event-id'])).toEqual([
      undefined,
      undefined,
      'e1-4',
      'e1-6',
    ]);
  });

  test('survives 200 cuts at random bytes', { timeout: 120_000 }, async () => {
    const long = sessionLog(400);
    const random = randomOf(7);
    let cuts = 0;
    const events = createEventServer(long, (text, response, socket) => {
      const bytes = Buffer.from(text);
      if (cuts === 200) response.end(bytes);
      else {
        cuts += 1;
        // Often within one frame, within its id, within a character.
        response.write(bytes.subarray(0, Math.ceil(random() * 700)), () => socket.destroy());
      }
    });
    const stub = await serve(events.handler);
    const seen = await collect(open(stub.base, { random: randomOf(1) }).api.sessions.events('S1'));
    expect(seen).toEqual(long.map((json) => JSON.parse(json)));
    expect(cuts).toBe(200);
  });

  test('survives 20 restarts of the server', async () => {
    let restarts = 0;
    let stub: StubServer;
    const events = createEventServer(sessionLog(100), (text, response) => {
      if (restarts === 20) {
        response.end(text);
        return;
      }
      restarts += 1;
      const part = text.split('\n\n').slice(0, 3).join('\n\n');
      response.write(`${part}\n\n${text.slice(part.length + 2, part.length + 40)}`, async () => {
        const { port } = stub;
        await stub.close();
        // Nobody listens for a while.
        await new Promise((resolve) => setImmediate(resolve));
        stub = await startStub(events.handler, port);
      });
    });
    stub = await startStub(events.handler);
    onTestFinished(() => stub.close());
    const seen = await collect(open(stub.base).api.sessions.events('S1'));
    expect(seen).toEqual(sessionLog(100).map((json) => JSON.parse(json)));
    expect(restarts).toBe(20);
  });

  test.each(['\r\n', '\r'])('reads lines that end in %j', async (end) => {
    const text = (frame(1) + frame(2)).replaceAll('\n', end);
    const stub = await script(says(text), isOver);
    expect(await collect(open(stub.base).api.sessions.events('S1'))).toEqual(parsed.slice(0, 2));
  });

  test('frames that come twice are given once, and do not turn the stream back', async () => {
    const controller = new AbortController();
    const stub = await script(
      says(frame(1) + frame(1) + frame(2) + frame(1)),
      says(frame(1) + frame(2) + frame(3)),
      (response) => {
        openStream(response).write(': nothing more\n\n', () => controller.abort());
        return undefined;
      },
    );
    // Of all sessions: there the events themselves do not tell that they came before.
    const stream = open(stub.base).events.subscribe({ signal: controller.signal });
    expect((await collect(stream)).map(({ id }) => id)).toEqual(['e1-1', 'e1-2', 'e1-3']);
    expect(stub.seen.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, 'e1-2', 'e1-3']);
  });

  test('10 comes after 9', async () => {
    const ids = [8, 9, 10, 11, 9, 100].map((id) => `id: e-${id}\ndata: ${log[0]}\n\n`).join('');
    const stub = await script(says(ids), isOver);
    const items = await collect(open(stub.base).events.subscribe());
    expect(items.map(({ id }) => id)).toEqual(['e-8', 'e-9', 'e-10', 'e-11', 'e-100']);
  });

  test('a new epoch counts anew, also where nobody says so', async () => {
    const stub = await script(
      says(frame(1) + frame(2) + frame(3)),
      says(frame(1, 'e2') + frame(2, 'e2')),
      isOver,
    );
    const items = await collect(open(stub.base).tasks.subscribe('S1'));
    expect(items.map(({ id }) => id)).toEqual(['e1-1', 'e1-2', 'e1-3', 'e2-1', 'e2-2']);
    expect(stub.seen.at(-1)?.headers['last-event-id']).toBe('e2-2');
  });

  test('a resync may lead back within its epoch, and is given once', async () => {
    const resync = (reason: string) =>
      `id: e1-0\ndata: ${JSON.stringify({ type: 'resync', oldest: 'e1-1', epoch: 'e1', reason })}\n\n`;
    const stub = await script(says(resync('future') + resync('future') + frame(1)), isOver);
    const items = await collect(open(stub.base).tasks.subscribe('S1', { after: 'e1-500' }));
    expect(items.map(({ id, event }) => [id, event.type])).toEqual([
      ['e1-0', 'resync'],
      ['e1-1', 'log'],
    ]);
  });

  describe('once it has begun, nothing but the word of the server ends it', () => {
    const rest = log
      .slice(1)
      .map((__, at) => frame(at + 2))
      .join('');
    const page = { headers: { 'content-type': 'text/html' }, body: '<h1>back soon' };

    test.each<[string, Answer]>([
      ['the page of a proxy', page],
      ['a 404 of a proxy', { ...page, status: 404 }],
      ['a 401 of a proxy', { ...page, status: 401 }],
      ['a redirect', { status: 302, headers: { location: '/login' } }],
      ['a 502', { ...page, status: 502 }],
      ['a 503', problemAnswer(503, 'not-ready')],
      ['a 429', problemAnswer(429, 'rate-limited')],
      ['a 500', problemAnswer(500, 'internal')],
    ])('not %s', async (__, answer) => {
      const stub = await script(
        says(frame(1)),
        () => answer,
        () => answer,
        says(rest),
        isOver,
      );
      expect(await collect(open(stub.base).api.sessions.events('S1'))).toEqual(parsed);
    });

    test('not a credential that cannot be had for a while', async () => {
      let asked = 0;
      const credential = () => {
        asked += 1;
        if (asked === 2 || asked === 3) throw new Error('the network is down');
        return { token: `t${asked}` };
      };
      const stub = await script(says(frame(1)), () => problemAnswer(401, 'unauthorized'), says(rest), isOver);
      const client = open(stub.base, { apiKey: undefined, credential });
      expect(await collect(client.api.sessions.events('S1'))).toEqual(parsed);
      expect(stub.seen.map(({ headers }) => headers.authorization)).toEqual(
        ['t1', 't1', 't4', 't4'].map((t) => `Bearer ${t}`),
      );
    });

    test.each([
      [404, 'session-not-found'],
      [401, 'unauthorized'],
      [403, 'forbidden'],
    ])('but a %i of the server', async (status, code) => {
      const stub = await script(says(frame(1)), () => problemAnswer(status, code));
      const events: unknown[] = [];
      const reading = (async () => {
        for await (const event of open(stub.base).api.sessions.events('S1')) events.push(event);
      })();
      expect(await rejection(reading)).toMatchObject({ code });
      expect(events).toEqual(parsed.slice(0, 1));
    });
  });

  test.each(['7', 'date'])('waits as long as Retry-After asks: %s', async (asked) => {
    const clock = createEagerClock();
    const stub = await script(
      says(frame(1)),
      () =>
        problemAnswer(503, 'not-ready', {
          'retry-after': asked === 'date' ? new Date(clock.now() + 7_000).toUTCString() : asked,
        }),
      says(frame(2)),
      isOver,
    );
    await collect(open(stub.base, { clock, random: () => 0 }).api.sessions.events('S1'));
    // A date has no milliseconds.
    expect(Math.ceil(Math.max(...clock.waited) / 1000)).toBe(7);
  });

  test('items asked for at once come in order', async () => {
    const stub = await script(says(frame(1)), says(frame(2) + frame(3)), isOver);
    const stream = open(stub.base).tasks.subscribe('S1')[Symbol.asyncIterator]();
    const steps = await Promise.all([stream.next(), stream.next(), stream.next(), stream.next()]);
    expect(steps.map((step) => (step.done ? 'over' : step.value.id))).toEqual([
      'e1-1',
      'e1-2',
      'e1-3',
      'over',
    ]);
  });

  test('what was read but not handed out when the signal fires is not handed out', async () => {
    const controller = new AbortController();
    const stub = await script(says(frame(1) + frame(2) + frame(3)), isOver);
    const events: unknown[] = [];
    for await (const event of open(stub.base).api.sessions.events('S1', { signal: controller.signal })) {
      events.push(event);
      controller.abort();
    }
    expect(events).toEqual(parsed.slice(0, 1));
  });

  test('an event of more than 16 MiB ends it', { timeout: 60_000 }, async () => {
    const stub = await script(says(`data: ${'x'.repeat(17 * 1024 * 1024)}`));
    expect(await rejection(collect(open(stub.base).api.sessions.events('S1')))).toMatchObject({
      code: 'internal',
    });
  });

  test('after an error it is over', async () => {
    const stub = await script(says('data: {}\n\n'));
    const stream = open(stub.base).api.sessions.events('S1');
    expect(await rejection(stream.next())).toMatchObject({ code: 'internal' });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });
});
