import { EventPage, LogPage, SessionEvent } from '@agent-harbor/api-contract/schemas';
import { holds, present, same } from '../expect.ts';
import { bodyOf, hasStatus, isProblem, member, names, shaped } from './answer.ts';
import { check, type WireBench } from './bench.ts';
import { type Message, readEvents } from './events.ts';
import type { WireRequest } from './request.ts';

const streamOf = (id: string): string => `/api/v1/sessions/${id}/events`;

/** The messages of a stream, until it ends or there are enough. */
const read = async (
  bench: WireBench,
  path: string,
  headers: WireRequest['headers'] = {},
  enough = Number.POSITIVE_INFINITY,
): Promise<readonly Message[]> => {
  const answer = await bench.send({
    path,
    headers: { accept: 'text/event-stream', ...headers },
    isEnough: ({ text }) => readEvents(text).messages.length >= enough,
  });
  hasStatus(answer, 200, path);
  return readEvents(answer.text).messages.slice(0, enough);
};

const ids = (messages: readonly Message[]): readonly (string | undefined)[] => messages.map(({ id }) => id);

export const streams = [
  check(
    'a stream gives every event once',
    'ids unique, sequence without a gap, one JSON object per frame',
    async (bench) => {
      const id = await bench.ended();
      const messages = await read(bench, streamOf(id));
      const events = messages.map(({ data }) => shaped(SessionEvent, JSON.parse(data), 'an event'));
      same(
        events.map(({ seq }) => seq),
        events.map((_, index) => index + 1),
        'the sequence',
      );
      same(new Set(ids(messages)).size, messages.length, 'distinct ids');
      holds(
        ids(messages).every((each) => /^[\x21-\x7e]{1,128}$/.test(each ?? '')),
        'an id is not short ASCII',
      );
      holds(
        messages.every(({ event }) => event === undefined),
        'an event has a name of its own',
      );
      holds(
        events.every(({ sessionId }) => sessionId === id),
        'an event belongs to another session',
      );
      const last = events.at(-1);
      holds(
        last?.type === 'status' && last.status === 'completed',
        `the last event is ${JSON.stringify(last)}`,
      );
    },
  ),

  check(
    'a reader who comes back ten times reads the same',
    'Last-Event-ID goes on exactly after it',
    async (bench) => {
      const id = await bench.ended();
      const whole = await read(bench, streamOf(id));
      holds(whole.length >= 10, `the session has ${whole.length} events only`);
      const pieces: Message[] = [];
      for (let visit = 0; visit < 10; visit++) {
        const last = pieces.at(-1)?.id;
        const headers = last === undefined ? {} : { 'last-event-id': last };
        pieces.push(...(await read(bench, streamOf(id), headers, visit === 9 ? undefined : 1)));
      }
      same(pieces, whole, 'what ten visits gave');
    },
  ),

  check(
    'a live stream is the stored one',
    'a reader who was there from the first second sees the same list',
    async (bench) => {
      const { id } = await bench.launch({ agents: [bench.agent('edits')] });
      const live = await read(bench, streamOf(id));
      same(await read(bench, streamOf(id)), live, 'the stored events');
    },
  ),

  check(
    'a stream resumes by query too',
    '?after= for those who cannot send the header, which wins',
    async (bench) => {
      const id = await bench.ended();
      const whole = await read(bench, streamOf(id));
      const [third, fifth] = [present(whole[2]?.id, 'a third event'), present(whole[4]?.id, 'a fifth event')];
      same(ids(await read(bench, `${streamOf(id)}?after=${third}`)), ids(whole).slice(3), 'after the third');
      const both = await read(bench, `${streamOf(id)}?after=${third}`, { 'last-event-id': fifth });
      same(ids(both), ids(whole).slice(5), 'after the fifth');
    },
  ),

  check(
    'a reader who has everything is sent home',
    '204 ends the reconnecting of an EventSource',
    async (bench) => {
      const id = await bench.ended();
      const last = present((await read(bench, streamOf(id))).at(-1)?.id, 'a last event');
      const answer = await bench.get(streamOf(id), { accept: 'text/event-stream', 'last-event-id': last });
      same([answer.status, answer.text], [204, ''], 'the reconnect');
    },
  ),

  check(
    'a place that is gone is said, never skipped',
    'a resync event for a foreign epoch and for the future',
    async (bench) => {
      const id = await bench.ended();
      const whole = await read(bench, streamOf(id));
      const [epoch = ''] = present(whole[0]?.id, 'a first event').split('-');
      for (const [after, reason] of [
        ['otherepoch-3', 'foreign-epoch'],
        [`${epoch}-999999`, 'future'],
      ] as const) {
        const [first, ...rest] = await read(bench, streamOf(id), { 'last-event-id': after });
        const resync: unknown = JSON.parse(first?.data ?? 'null');
        same(
          [member(resync, 'type'), member(resync, 'reason')],
          ['resync', reason],
          `the answer to ${after}`,
        );
        same(
          [member(resync, 'epoch'), member(resync, 'oldest')],
          [epoch, whole[0]?.id],
          'where the stream goes on',
        );
        same(rest, whole, 'what follows');
      }
    },
  ),

  check(
    'an event id that is none is refused',
    '400 about it, and no word about what exists',
    async (bench) => {
      const id = await bench.ended();
      for (const after of ['-1', 'x', 'x-', 'x--1', 'x-1.5', `x-${'9'.repeat(30)}`, "' OR 1=1 --"]) {
        const answer = await bench.get(`${streamOf(id)}?after=${encodeURIComponent(after)}`);
        names(isProblem(answer, 'invalid-request', after), 'after', after);
      }
      const long = await bench.get(streamOf(id), { 'last-event-id': 'a'.repeat(10_000) });
      isProblem(long, 'invalid-request', 'an id of 10,000 characters');
    },
  ),

  check(
    'a stream is made for proxies',
    'event-stream, uncached, unbuffered, with a time to come back',
    async (bench) => {
      const { id } = await bench.launch();
      const answer = await bench.send({
        path: streamOf(id),
        headers: { accept: 'text/event-stream' },
        isEnough: ({ text }) => readEvents(text).messages.length > 0,
      });
      same(answer.headers['content-type']?.split(';')[0], 'text/event-stream', 'Content-Type');
      same(answer.headers['cache-control'], 'no-cache', 'Cache-Control');
      same(answer.headers['x-accel-buffering'], 'no', 'X-Accel-Buffering');
      const { retries } = readEvents(answer.text);
      holds(
        retries.length > 0 && retries.every((retry) => retry > 0 && retry < 60_000),
        `retry is ${retries}`,
      );
    },
  ),

  check(
    'one address, two answers',
    'a stream for those who take one, JSON for those who prefer it or page',
    async (bench) => {
      const id = await bench.ended();
      const typeOf = async (accept: string | null, query = '') =>
        (await bench.get(streamOf(id) + query, accept === null ? {} : { accept })).headers[
          'content-type'
        ]?.split(';')[0];
      for (const accept of [null, '*/*', 'text/event-stream', 'text/event-stream, application/json;q=0.5']) {
        same(await typeOf(accept), 'text/event-stream', `Accept: ${accept}`);
      }
      for (const accept of [
        'application/json',
        'application/json, text/plain, */*',
        'text/event-stream;q=0.1, application/json',
      ]) {
        same(await typeOf(accept), 'application/json', `Accept: ${accept}`);
      }
      for (const query of ['?page=1', '?perPage=5', '?sort=asc']) {
        same(await typeOf(null, query), 'application/json', query);
      }
      isProblem(
        await bench.get(streamOf(id), { accept: 'text/html' }),
        'not-acceptable',
        'Accept: text/html',
      );
    },
  ),

  check('history is what the stream gave', 'newest first by default, page by page', async (bench) => {
    const id = await bench.ended();
    const streamed = (await read(bench, streamOf(id))).map(({ data }) => JSON.parse(data));
    const paged: unknown[] = [];
    let query = '?perPage=3';
    for (let turn = 0; turn < 100; turn++) {
      const page = bodyOf(EventPage, await bench.get(streamOf(id) + query), 'the history');
      same(page.total, streamed.length, 'the total');
      paged.push(...page.items);
      if (page.nextCursor === null) break;
      query = `?perPage=3&cursor=${encodeURIComponent(page.nextCursor)}`;
    }
    same(paged.reverse(), streamed, 'the history');
  }),

  check(
    'a filtered stream keeps its place',
    'only what was asked for, and a cursor over the rest',
    async (bench) => {
      const id = await bench.ended();
      const whole = await read(bench, streamOf(id));
      const filtered = await read(bench, `${streamOf(id)}?type=thought,tool_use`);
      const types = (messages: readonly Message[]) =>
        messages.map(({ data }) => String(member(JSON.parse(data), 'type')));
      const wanted = whole.filter((message) => ['thought', 'tool_use'].includes(String(types([message])[0])));
      same(
        filtered.filter(({ event }) => event === undefined),
        wanted,
        'the filtered events',
      );
      const last = filtered.at(-1);
      same([last?.event, last?.data, last?.id], ['cursor', '{}', whole.at(-1)?.id], 'the last frame');
      const again = await bench.get(`${streamOf(id)}?type=thought,tool_use`, {
        accept: 'text/event-stream',
        'last-event-id': last?.id ?? '',
      });
      hasStatus(again, 204, 'the reconnect');
    },
  ),

  check(
    'all sessions come over one connection',
    'each in its own order, resumable by its own cursor',
    async (bench) => {
      const two = [await bench.finished('edits'), await bench.finished('edits')];
      const streams = await Promise.all(two.map((id) => read(bench, streamOf(id))));
      const total = streams.flat().length;
      const since = String(member(JSON.parse(streams[0]?.[0]?.data ?? '{}'), 'ts'));
      const path = `/api/v1/events?since=${encodeURIComponent(since)}`;
      const isTheirs = ({ data, event }: Message) =>
        event === undefined && two.includes(String(member(JSON.parse(data), 'sessionId')));
      const answer = await bench.send({
        path,
        headers: { accept: 'text/event-stream' },
        isEnough: ({ text }) => readEvents(text).messages.filter(isTheirs).length >= total,
      });
      const theirs = readEvents(answer.text).messages.filter(isTheirs);
      for (const id of two) {
        const seqs = theirs.flatMap(({ data }) => {
          const event = shaped(SessionEvent, JSON.parse(data), 'an event');
          return event.sessionId === id ? [event.seq] : [];
        });
        same(
          seqs,
          seqs.map((_, index) => index + 1),
          `the sequence of ${id}`,
        );
      }
      const middle = present(theirs[3]?.id, 'a fourth event');
      const all = readEvents(answer.text).messages;
      const next = all[all.findIndex(({ id }) => id === middle) + 1];
      const resumed = await read(bench, path, { 'last-event-id': middle }, 1);
      same(resumed[0], next, 'the event after the fourth');
    },
  ),

  check('logs come as JSON and as lines', 'by what the caller accepts', async (bench) => {
    const id = await bench.ended();
    const path = `/api/v1/sessions/${id}/logs`;
    const json = await bench.get(path, { accept: 'application/json' });
    bodyOf(LogPage, json, 'the logs');
    const text = await bench.get(path, { accept: 'text/plain' });
    same(text.headers['content-type']?.split(';')[0], 'text/plain', 'Content-Type');
    const followed = await bench.get(`${path}?follow=true`, { accept: 'text/plain' });
    same(followed.text, text.text, 'following what has ended');
  }),
];
