import { EventPage, ResyncEvent, SessionEvent } from '@agent-harbor/api-contract/schemas';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readStream } from '../testing/read-stream.ts';
import { keyOf, type Served, serve } from '../testing/serve.ts';

const stream = { accept: 'text/event-stream' };

describe('streams over Express', () => {
  let server: Served;
  beforeEach(async () => {
    server = await serve();
  });
  afterEach(() => server.close());

  const events = (id: string, headers: Record<string, string> = {}, query = '') =>
    server.call(`/api/v1/sessions/${id}/events${query}`, { headers: { ...stream, ...headers } });
  const say = (id: string, count: number, from = 0) =>
    server.agents.say(
      id,
      ...Array.from(
        { length: count },
        (_, index) => ({ type: 'thought', thought: `thought ${from + index}` }) as const,
      ),
    );
  const launchRunning = async () => {
    const id = await server.launch();
    await expect.poll(async () => (await server.harbor.tasks.getSession(id)).status).toBe('running');
    return id;
  };
  const finish = async (id: string) => {
    server.agents.exit(id);
    await expect.poll(async () => (await server.harbor.tasks.getSession(id)).status).toBe('completed');
  };
  const runWhole = async (count = 5) => {
    const id = await launchRunning();
    say(id, count);
    await finish(id);
    return id;
  };

  it('gives every event once, in order and without a gap, and ends with the session', async () => {
    const id = await launchRunning();
    const answer = await events(id);
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
    });
    const reading = readStream(answer);
    say(id, 50);
    await finish(id);
    const { messages, retries } = await reading;
    const read = messages.map(({ data }) => SessionEvent.parse(JSON.parse(data)));
    expect(read.map(({ seq }) => seq)).toEqual(messages.map((_, index) => index + 1));
    expect(messages.map((message) => message.id)).toEqual(messages.map((_, index) => `test-${index + 1}`));
    expect(messages.every(({ event }) => event === undefined)).toBe(true);
    expect(read.map(({ type }) => type).filter((type) => type === 'thought')).toHaveLength(50);
    expect(read.at(-1)).toMatchObject({ type: 'status', status: 'completed' });
    expect(retries).toHaveLength(1);
  });

  it('gives a reader who comes back ten times the identical list', async () => {
    const id = await runWhole(30);
    const whole = (await readStream(await events(id))).messages;
    const pieces: typeof whole = [];
    for (let visit = 0; visit < 10; visit++) {
      const last = pieces.at(-1)?.id;
      const answer = await events(id, last === undefined ? {} : { 'last-event-id': last });
      const enough = visit === 9 ? undefined : 3;
      pieces.push(...(await readStream(answer, enough)).messages);
    }
    expect(pieces).toEqual(whole);
  });

  it('resumes by query, and prefers the header, which is newer', async () => {
    const id = await runWhole();
    const ids = async (answer: Response) => (await readStream(answer)).messages.map((message) => message.id);
    const all = await ids(await events(id));
    expect(await ids(await events(id, {}, '?after=test-3'))).toEqual(all.slice(3));
    expect(await ids(await events(id, { 'last-event-id': 'test-5' }, '?after=test-3'))).toEqual(all.slice(5));
    expect(await ids(await events(id, { 'last-event-id': '' }, '?after=test-3'))).toEqual(all.slice(3));
  });

  it('tells a reader who has everything that nothing more will come', async () => {
    const id = await runWhole();
    const last = (await readStream(await events(id))).messages.at(-1)?.id ?? '';
    expect((await events(id, { 'last-event-id': last })).status).toBe(204);
    const filtered = (await readStream(await events(id, {}, '?type=thought'))).messages;
    expect(filtered.at(-1)).toMatchObject({ event: 'cursor', id: last, data: '{}' });
    expect((await events(id, { 'last-event-id': last }, '?type=thought')).status).toBe(204);
  });

  it.each([
    ['other-3', 'foreign-epoch'],
    ['test-999999', 'future'],
  ])('says so when it cannot go on from %s', async (after, reason) => {
    const id = await runWhole();
    const { messages } = await readStream(await events(id, { 'last-event-id': after }));
    expect(ResyncEvent.parse(JSON.parse(messages[0]?.data ?? ''))).toEqual({
      type: 'resync',
      oldest: 'test-1',
      epoch: 'test',
      reason,
    });
    expect(messages[1]?.id).toBe('test-1');
    const again = await readStream(await events(id, { 'last-event-id': messages[0]?.id ?? '' }));
    expect(again.messages).toEqual(messages.slice(1));
  });

  it.each([
    '-1',
    'test--1',
    'test-',
    'x',
    'test-1.5',
    'test-01',
    'test-9999999999999999999',
    'ü'.repeat(3),
    'a'.repeat(200),
  ])('refuses %j as an event id', async (after) => {
    const id = await runWhole();
    const answer = await events(id, {}, `?after=${encodeURIComponent(after)}`);
    expect(answer.status).toBe(400);
    expect(Object.keys((await answer.json()).errors)).toEqual(['after']);
  });

  it('refuses a Last-Event-ID that is too long, and a session nobody knows', async () => {
    const id = await runWhole();
    const long = await events(id, { 'last-event-id': 'a'.repeat(10_000) });
    expect([long.status, Object.keys((await long.json()).errors)]).toEqual([400, ['last-event-id']]);
    expect((await events('01ARZ3NDEKTSV4RRFFQ69G5FAV')).status).toBe(404);
  });

  it('filters the stream and the history alike', async () => {
    const id = await launchRunning();
    server.agents.say(
      id,
      { type: 'log', level: 'debug', message: 'a' },
      { type: 'log', level: 'error', message: 'b' },
    );
    await finish(id);
    const streamed = (await readStream(await events(id, {}, '?type=log&level=warn'))).messages
      .filter(({ event }) => event === undefined)
      .map(({ data }) => JSON.parse(data));
    const paged = await server.call(`/api/v1/sessions/${id}/events?type=log&level=warn&sort=asc`);
    const { items } = EventPage.parse(await paged.json());
    expect(streamed).toEqual(items);
    expect(items).toMatchObject([{ message: 'b' }]);
  });

  it('gives JSON to those who prefer it or ask for pages, newest first', async () => {
    const id = await runWhole();
    const path = `/api/v1/sessions/${id}/events`;
    for (const [query, accept] of [
      ['', 'application/json'],
      ['?perPage=3', '*/*'],
      ['?sort=desc', 'text/html, */*;q=0.1'],
    ]) {
      const answer = await server.call(path + query, { headers: { accept: accept ?? '' } });
      expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(answer.headers.get('vary')).toBe('Accept');
      const { items, total } = EventPage.parse(await answer.json());
      expect(items[0]?.seq).toBe(total);
    }
    expect((await server.call(`${path}?page=1`, { headers: stream })).status).toBe(406);
    expect((await server.call(path, { headers: { accept: 'text/html' } })).status).toBe(406);
  });

  it('walks the history by cursor', async () => {
    const id = await runWhole(20);
    const seqs: number[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const answer = await server.call(`/api/v1/sessions/${id}/events?perPage=7&sort=asc${query}`);
      const page = EventPage.parse(await answer.json());
      seqs.push(...page.items.map(({ seq }) => seq));
      cursor = page.nextCursor;
    }
    expect(seqs).toEqual(seqs.map((_, index) => index + 1));
  });

  it('gives the events of all sessions on one connection', async () => {
    const [one, two] = [await launchRunning(), await launchRunning()];
    const answer = await server.call('/api/v1/events', { headers: stream });
    const reading = readStream(answer, 12);
    say(one, 3);
    say(two, 3);
    const { messages } = await reading;
    const read = messages.map(({ data }) => SessionEvent.parse(JSON.parse(data)));
    for (const id of [one, two]) {
      const seqs = read.filter(({ sessionId }) => sessionId === id).map(({ seq }) => seq);
      expect(seqs).toEqual(seqs.map((_, index) => index + 1));
    }
    const resumed = await server.call('/api/v1/events', {
      headers: { ...stream, 'last-event-id': messages[5]?.id ?? '' },
    });
    expect((await readStream(resumed, 6)).messages).toEqual(messages.slice(6));
  });

  it('cannot be made to carry events that nobody wrote', async () => {
    const id = await launchRunning();
    const texts = [
      'a\n\nevent: cursor\r\nid: test-99\rdata: {}\n\n\u2028\ufeff',
      '\0\nid: \0\n\n',
      'half a pair \ud800, and the other half \udfff',
    ];
    server.agents.say(id, ...texts.map((thought) => ({ type: 'thought', thought }) as const));
    await finish(id);
    const { messages } = await readStream(await events(id));
    const thoughts = messages.map(({ data }) => JSON.parse(data)).filter(({ type }) => type === 'thought');
    expect(thoughts.map(({ thought }) => thought)).toEqual(texts);
    expect(messages.every(({ event }) => event === undefined)).toBe(true);
  });

  it('lets go of everything when the reader leaves', async () => {
    const id = await launchRunning();
    const signals: AbortSignal[] = [];
    const { open } = server.harbor.events;
    Object.assign(server.harbor.events, {
      open: (request: Parameters<typeof open>[0]) => {
        if (request.signal) signals.push(request.signal);
        return open(request);
      },
    });
    await readStream(await events(id), 1);
    await expect.poll(() => signals.map(({ aborted }) => aborted)).toEqual([true]);
    await expect
      .poll(() =>
        server.logged.filter(
          ([, message, { path }]) => message === 'request' && String(path).endsWith('/events'),
        ),
      )
      .toHaveLength(1);
  });

  it('sends readers away at a shutdown, with a time to come back', async () => {
    const id = await launchRunning();
    const answer = await events(id);
    const reading = readStream(answer);
    say(id, 3);
    await server.close();
    const { messages, retries } = await reading;
    expect(messages.length).toBeGreaterThan(0);
    expect(retries).toHaveLength(2);
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
    server = await serve();
  });

  it('costs a reader who does not read nothing but its own time', async () => {
    const id = await launchRunning();
    const slow = await events(id);
    const reading = readStream(await events(id));
    const big = 'x'.repeat(100_000);
    for (let count = 0; count < 100; count++)
      server.agents.say(id, { type: 'thought', thought: `${count}${big}` });
    await finish(id);
    const fast = (await reading).messages;
    expect(fast.filter(({ data }) => data.includes('"thought"'))).toHaveLength(100);
    expect((await readStream(slow)).messages).toEqual(fast);
  });

  it('gives logs as JSON, as lines, and as lines that go on', async () => {
    const id = await launchRunning();
    const path = `/api/v1/sessions/${id}/logs`;
    server.agents.say(
      id,
      { type: 'log', level: 'info', message: 'one\ntwo\n' },
      { type: 'log', level: 'error', message: 'three' },
    );
    await expect.poll(async () => (await (await server.call(path)).json()).logs.length).toBe(2);
    const page = await (await server.call(`${path}?tail=1`)).json();
    expect(page).toMatchObject({
      logs: [{ message: 'three', level: 'error' }],
      nextCursor: expect.any(String),
    });

    const text = await server.call(path, { headers: { accept: 'text/plain' } });
    expect(text.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    const lines = (await text.text()).split('\n').map((line) => line.replace(/^\S+Z /, ''));
    expect(lines).toEqual(['info  one', 'info  two', 'error three', '']);

    const followed = await server.call(`${path}?follow=true&tail=1`, { key: keyOf('viewer') });
    server.agents.say(id, { type: 'log', level: 'warn', message: 'four' });
    await finish(id);
    expect((await followed.text()).split('\n').map((line) => line.replace(/^\S+Z /, ''))).toEqual([
      'error three',
      'warn  four',
      '',
    ]);
    const onlyJson = { headers: { accept: 'application/json' } };
    expect((await server.call(`${path}?follow=true`, onlyJson)).status).toBe(406);
    expect((await server.call(`${path}?follow=true&cursor=x`)).status).toBe(400);
  });

  it('follows one tool alone, from before and live', async () => {
    const id = await server.launch();
    const path = `/api/v1/sessions/${id}/logs?follow=true&tool_execution_id=x`;
    const line = (message: string, tool_execution_id?: string) =>
      server.agents.say(id, { type: 'log', level: 'info', message, tool_execution_id });
    line('one', 'x');
    line('two', 'y');
    line('three');
    await expect
      .poll(async () => (await (await server.call(`/api/v1/sessions/${id}/logs`)).json()).logs.length)
      .toBe(3);
    const followed = await server.call(path, { key: keyOf('viewer') });
    line('four', 'y');
    line('"tool_execution_id":"x"');
    line('five', 'x');
    await finish(id);
    expect((await followed.text()).split('\n').map((text) => text.replace(/^\S+Z /, ''))).toEqual([
      'info  one',
      'info  five',
      '',
    ]);
  });
});
