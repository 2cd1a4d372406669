import { SessionEvent } from '@agent-harbor/api-contract/schemas';
import { connect } from '@agent-harbor/rest-client/node';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { expect } from 'vitest';
import { describeInBrowser } from '../browser/browser.ts';
import { append } from './harness/clients.ts';
import { type FaultRun, faultTest } from './harness/fault-test.ts';
import type { ServerUnderTest } from './harness/server.ts';
import { byTier } from './harness/tier.ts';
import { liveSession } from './streams/session.ts';

/** What ends lines, fields and events for some reader, or means something to a parser of streams. */
const pieces = [
  '\r',
  '\n',
  '\r\n',
  '\n\n',
  '\r\r',
  '\ufeff',
  '\u2028',
  '\u2029',
  '\u0085',
  '\v',
  '\f',
  '\u001b[2J',
  '\nevent: x\n',
  '\r\nevent: forged\r\n',
  '\rid: nobody-9\r',
  '\nretry: 1\n',
  '\n\ndata: {"type":"status","status":"completed"}\n\n',
  ':',
  ': comment\n',
  'data:',
  ' ',
  '\\n',
  '\\u000a',
  '"',
  '\\',
  '</script>',
  '😀',
  '\u202e',
  'é',
  'e\u0301',
  '%0a',
] as const;
/** What no request may bring; how streams carry it when an agent does is tried beside them. */
const refused = ['\0', '\nid:\0\n', '\ud800', '\udc00\ud800'] as const;

const hostileTexts = (run: FaultRun): string[] => [
  ...pieces,
  ...pieces.map((piece) => `${piece}text${piece}`),
  ...Array.from({ length: byTier(200, 5_000) }, () =>
    Array.from({ length: run.between(1, 12) }, () => pieces[run.between(0, pieces.length - 1)]).join(''),
  ),
];

/** A session in whose log stand all of these, and they alone as log entries. */
const tell = async (run: FaultRun, server: ServerUnderTest, texts: readonly string[]): Promise<string> => {
  const sessionId = await liveSession(run, server);
  for (let first = 0; first < texts.length; first += 100) {
    expect(await append(server, sessionId, texts.slice(first, first + 100))).toBe(201);
    run.struck(Math.min(100, texts.length - first));
  }
  for (const text of refused) expect(await append(server, sessionId, [text])).toBe(400);
  return sessionId;
};

const messagesIn = (events: readonly unknown[]): string[] =>
  events.flatMap((told) => {
    const event = SessionEvent.parse(told);
    return event.type === 'log' ? [event.message] : [];
  });

faultTest('F21: text that looks like a stream stays text', {}, async (run) => {
  const server = run.server();
  await server.start();
  const texts = hostileTexts(run);
  const sessionId = await tell(run, server, texts);
  const page = await server.json('GET', `/api/v1/sessions/${sessionId}/events?perPage=1&page=1`);
  const newest = Number(Array.isArray(page.items) ? page.items[0]?.seq : 0);

  // Twice: from memory, and from the store as a new server reads it. Once more with a filter, which takes another way.
  for (const way of ['', 'restart', '?type=log,status']) {
    if (way === 'restart') {
      await server.kill();
      await server.start();
    }
    const blocks = await read(server, sessionId, way.startsWith('?') ? way : '', newest);
    expect(blocks.filter(({ event }) => event !== undefined)).toEqual([]);
    expect(blocks.map(({ id }) => Number(id?.split('-')[1]))).toEqual(blocks.map((_, index) => index + 1));
    expect(messagesIn(blocks.map(({ data }) => JSON.parse(data)))).toEqual(texts);
  }

  const client = connect({ base: server.url, apiKey: await server.key() });
  const shown: unknown[] = [];
  for await (const { event } of client.tasks.subscribe(sessionId)) {
    shown.push(event);
    if ('seq' in event && event.seq >= newest) break;
  }
  await client.close();
  expect(messagesIn(shown)).toEqual(texts);
});

const read = async (
  server: ServerUnderTest,
  sessionId: string,
  query: string,
  newest: number,
): Promise<EventSourceMessage[]> => {
  const response = await server.call('GET', `/api/v1/sessions/${sessionId}/events${query}`, undefined, {
    accept: 'text/event-stream',
  });
  const blocks: EventSourceMessage[] = [];
  const parser = createParser({
    onEvent: (block) => blocks.push(block),
    onError: (error) => {
      throw error;
    },
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  while (blocks.length < newest) {
    const { value, done } = (await reader?.read()) ?? { value: undefined, done: true };
    if (done || value === undefined) throw new Error(`The stream ended after ${blocks.length} events.`);
    parser.feed(value);
  }
  await reader?.cancel();
  return blocks;
};

describeInBrowser('hostile-text', (stage) => {
  faultTest("F21: text that looks like a stream stays text for a browser's EventSource", {}, async (run) => {
    // An EventSource sends no key.
    const server = run.server({ settings: { noAuth: true, allowedOrigins: [stage.origin] } });
    await server.start();
    const texts = hostileTexts(run);
    const sessionId = await tell(run, server, texts);
    const page = await server.json('GET', `/api/v1/sessions/${sessionId}/events?perPage=1&page=1`);
    const newest = Number(Array.isArray(page.items) ? page.items[0]?.seq : 0);
    const { messages, ids, named } = Object(
      await stage.call('collect', `${server.url}/api/v1/sessions/${sessionId}/events`, newest),
    );
    expect(named).toEqual([]);
    expect(ids.map((id: string) => Number(id.split('-')[1]))).toEqual(
      Array.from({ length: newest }, (_, index) => index + 1),
    );
    expect(messagesIn(messages.map((data: string) => JSON.parse(data)))).toEqual(texts);
  });
});
