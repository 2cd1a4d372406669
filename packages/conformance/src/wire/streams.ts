import { SessionEvent } from '@agent-harbor/api-contract/schemas';
import { holds, present, same } from '../expect.ts';
import { isProblem, member, names, shaped } from './answer.ts';
import { check } from './bench.ts';
import { type Message, readEvents } from './events.ts';
import { sessionOf } from './session-of.ts';
import { idsOf, readStream, streamOf } from './streaming.ts';

export const streams = [
  check(
    'a stream gives every event once',
    'ids unique, sequence without a gap, one JSON object per frame',
    async (bench) => {
      const id = await bench.ended();
      const messages = await readStream(bench, streamOf(id));
      const events = messages.map(({ data }) => shaped(SessionEvent, JSON.parse(data), 'an event'));
      same(
        events.map(({ seq }) => seq),
        events.map((_, index) => index + 1),
        'the sequence',
      );
      same(new Set(idsOf(messages)).size, messages.length, 'distinct ids');
      holds(
        idsOf(messages).every((each) => /^[\x21-\x7e]{1,128}$/.test(each ?? '')),
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
      const whole = await readStream(bench, streamOf(id));
      holds(whole.length >= 10, `the session has ${whole.length} events only`);
      const pieces: Message[] = [];
      for (let visit = 0; visit < 10; visit++) {
        const last = pieces.at(-1)?.id;
        const headers = last === undefined ? {} : { 'last-event-id': last };
        pieces.push(...(await readStream(bench, streamOf(id), headers, visit === 9 ? undefined : 1)));
      }
      same(pieces, whole, 'what ten visits gave');
    },
  ),

  check(
    'a live stream is the stored one',
    'a reader who was there from the first second sees the same list',
    async (bench) => {
      const { id } = await bench.launch({ agents: [bench.agent('edits')] });
      const live = await readStream(bench, streamOf(id));
      same(await readStream(bench, streamOf(id)), live, 'the stored events');
    },
  ),

  check(
    'a stream resumes by query too',
    '?after= for those who cannot send the header, which wins',
    async (bench) => {
      const id = await bench.ended();
      const whole = await readStream(bench, streamOf(id));
      const [third, fifth] = [present(whole[2]?.id, 'a third event'), present(whole[4]?.id, 'a fifth event')];
      same(
        idsOf(await readStream(bench, `${streamOf(id)}?after=${third}`)),
        idsOf(whole).slice(3),
        'after the third',
      );
      const both = await readStream(bench, `${streamOf(id)}?after=${third}`, { 'last-event-id': fifth });
      same(idsOf(both), idsOf(whole).slice(5), 'after the fifth');
    },
  ),

  check(
    'a reader who has everything is sent home',
    '204 ends the reconnecting of an EventSource',
    async (bench) => {
      const id = await bench.ended();
      const last = present((await readStream(bench, streamOf(id))).at(-1)?.id, 'a last event');
      const answer = await bench.get(streamOf(id), { accept: 'text/event-stream', 'last-event-id': last });
      same([answer.status, answer.text], [204, ''], 'the reconnect');
    },
  ),

  check(
    'a place that is gone is said, never skipped',
    'a resync event for a foreign epoch and for the future',
    async (bench) => {
      const id = await bench.ended();
      const whole = await readStream(bench, streamOf(id));
      const [epoch = ''] = present(whole[0]?.id, 'a first event').split('-');
      for (const [after, reason] of [
        ['otherepoch-3', 'foreign-epoch'],
        [`${epoch}-999999`, 'future'],
      ] as const) {
        const [first, ...rest] = await readStream(bench, streamOf(id), { 'last-event-id': after });
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
    'all sessions come over one connection',
    'each in its own order, resumable by its own cursor',
    async (bench) => {
      const two = [await bench.finished('edits'), await bench.finished('edits')];
      const streams = await Promise.all(two.map((id) => readStream(bench, streamOf(id))));
      const since = String(member(JSON.parse(streams[0]?.[0]?.data ?? '{}'), 'ts'));
      const path = `/api/v1/events?since=${encodeURIComponent(since)}`;
      const isTheirs = ({ data, event }: Message) =>
        event === undefined && two.includes(String(member(JSON.parse(data), 'sessionId')));
      const isEnd = ({ data }: Message) => member(JSON.parse(data), 'status') === 'completed';
      const theirsIn = (text: string) => readEvents(text).messages.filter(isTheirs);
      const answer = await bench.send({
        path,
        headers: { accept: 'text/event-stream' },
        isEnough: ({ text }) => theirsIn(text).filter(isEnd).length >= two.length,
      });
      const theirs = theirsIn(answer.text);
      for (const [place, id] of two.entries()) {
        const seqs = theirs.flatMap(({ data }) => {
          const event = shaped(SessionEvent, JSON.parse(data), 'an event');
          return event.sessionId === id ? [event.seq] : [];
        });
        same(
          seqs,
          streams[place]?.map((_, index) => index + 1),
          `the sequence of ${id}`,
        );
      }
      const middle = present(theirs[3]?.id, 'a fourth event');
      const all = readEvents(answer.text).messages;
      const next = all[all.findIndex(({ id }) => id === middle) + 1];
      const resumed = await readStream(bench, path, { 'last-event-id': middle }, 1);
      same(resumed[0], next, 'the event after the fourth');
    },
  ),

  check('a stream is live', 'what happens is told while the session goes on', async (bench) => {
    const { id } = await bench.launch();
    const answer = await bench.send({
      path: streamOf(id),
      headers: { accept: 'text/event-stream' },
      isEnough: ({ text }) => readEvents(text).messages.some(({ data }) => data.includes('"running"')),
    });
    const [first] = readEvents(answer.text).messages;
    same(member(JSON.parse(first?.data ?? 'null'), 'status'), 'queued', 'the first status');
    same((await sessionOf(bench, id)).status, 'running', 'the session, when the stream said so');
  }),

  check('two readers see the same', 'nobody takes an event away from another', async (bench) => {
    const { id } = await bench.launch({ agents: [bench.agent('edits')] });
    const [one, two] = await Promise.all([readStream(bench, streamOf(id)), readStream(bench, streamOf(id))]);
    same(two, one, 'what the second reader saw');
    holds(one.length > 0, 'they saw nothing');
  }),

  check('tools are told from beginning to end', 'a result names the use it belongs to', async (bench) => {
    const messages = await readStream(bench, streamOf(await bench.ended()));
    const uses: unknown[] = [];
    const results: unknown[] = [];
    for (const { data } of messages) {
      const event: unknown = JSON.parse(data);
      const id = member(event, 'tool_execution_id');
      if (member(event, 'type') === 'tool_use') uses.push(id);
      if (member(event, 'type') !== 'tool_result') continue;
      holds(uses.includes(id), `the result of ${id} comes before its use`);
      results.push(id);
    }
    holds(uses.length > 0, 'no tool was used');
    same(results.sort(), uses.sort(), 'the tools that came to an end');
  }),

  check(
    'a reader of all sessions is told of lost places too',
    'resync for a foreign epoch',
    async (bench) => {
      await bench.ended();
      const [first] = await readStream(bench, '/api/v1/events', { 'last-event-id': 'otherepoch-3' }, 1);
      const resync: unknown = JSON.parse(first?.data ?? 'null');
      same(
        [member(resync, 'type'), member(resync, 'reason')],
        ['resync', 'foreign-epoch'],
        'the first message',
      );
    },
  ),

  check('HEAD of a stream opens none', 'the headers of the stream, and the end', async (bench) => {
    const { id } = await bench.launch();
    const head = await bench.send({
      method: 'HEAD',
      path: streamOf(id),
      headers: { accept: 'text/event-stream' },
    });
    same([head.status, head.text], [200, ''], 'HEAD');
    same(head.headers['content-type']?.split(';')[0], 'text/event-stream', 'Content-Type');
  }),
];
