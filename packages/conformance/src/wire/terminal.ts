import {
  Accepted,
  Session,
  SessionPage,
  TerminalFrame,
  TerminalPage,
} from '@agent-harbor/api-contract/schemas';
import { holds, same } from '../expect.ts';
import { bodyOf, hasStatus, isProblem, type WireAnswer } from './answer.ts';
import { check, type WireBench } from './bench.ts';
import { type Message, readEvents } from './events.ts';
import { readStream } from './streaming.ts';

const pathOf = (id: string, rest = ''): string => `/api/v1/sessions/${id}/pty${rest}`;

const frameIn = ({ data }: Message) => TerminalFrame.parse(JSON.parse(data));

const shownBy = (messages: readonly Message[]): string =>
  messages
    .map(frameIn)
    .map((frame) => (frame.type === 'terminal' ? atob(frame.data) : ''))
    .join('');

/** Reads the terminal until it shows this. */
const until = async (bench: WireBench, id: string, text: string): Promise<readonly Message[]> => {
  const answer = await bench.send({
    path: pathOf(id),
    headers: { accept: 'text/event-stream' },
    isEnough: ({ text: received }) => shownBy(readEvents(received).messages).includes(text),
  });
  hasStatus(answer, 200, 'the terminal');
  const { messages } = readEvents(answer.text);
  holds(shownBy(messages).includes(text), `the terminal never showed ${text}`, answer.evidence);
  return messages;
};

const ready = async (bench: WireBench): Promise<string> => {
  const { id } = await bench.launch({ agents: [bench.agent('types')] });
  await until(bench, id, 'ready');
  return id;
};

const type = (
  bench: WireBench,
  id: string,
  text: string,
  headers?: Record<string, string>,
): Promise<WireAnswer> => bench.post(pathOf(id, '/input'), { text }, headers);

export const terminal = [
  check('a terminal is a stream of its own', 'frames named pty, resumable, also as JSON', async (bench) => {
    const id = await ready(bench);
    hasStatus(await type(bench, id, 'bye\r'), 202, 'the input');
    const messages = await readStream(bench, pathOf(id));
    same([...new Set(messages.map(({ event }) => event))], ['pty'], 'the names of frames');
    same(new Set(messages.map(({ id: frame }) => frame)).size, messages.length, 'distinct ids');
    const frames = messages.map(frameIn);
    same(
      [frames[0]?.type, frames.at(-1)?.type],
      ['terminal_resize', 'terminal_exit'],
      'first and last frame',
    );
    const rest = await readStream(bench, pathOf(id), { 'last-event-id': messages[1]?.id ?? '' });
    same(rest, messages.slice(2), 'what comes after a frame');
    const page = bodyOf(
      TerminalPage,
      await bench.get(pathOf(id), { accept: 'application/json' }),
      'the page',
    );
    same([page.items, page.after], [frames, messages.at(-1)?.id], 'the page');
    // The session is over a moment after its terminal.
    await readStream(bench, `/api/v1/sessions/${id}/events`);
    const after = await bench.get(pathOf(id), {
      accept: 'text/event-stream',
      'last-event-id': messages.at(-1)?.id ?? '',
    });
    hasStatus(after, 204, 'the reconnect');
  }),

  check(
    'a session links to its terminal',
    'where its agent runs in one, and only there; the link leads to it',
    async (bench) => {
      const id = await ready(bench);
      const { links } = bodyOf(Session, await bench.get(`/api/v1/sessions/${id}`), 'the session');
      same(links.pty, pathOf(id), 'the link');
      const page = await bench.get(links.pty ?? '', { accept: 'application/json' });
      bodyOf(TerminalPage, page, 'what is there');
      const list = bodyOf(
        SessionPage,
        await bench.get('/api/v1/sessions?status=running&perPage=200'),
        'a list',
      );
      same(list.items.find((item) => item.id === id)?.links.pty, pathOf(id), 'the link in a list');
      const other = await bench.launch();
      const without = bodyOf(Session, await bench.get(`/api/v1/sessions/${other.id}`), 'another session');
      same(without.links.pty, undefined, 'the link of one without');
    },
  ),

  check('typing is accepted and done once', 'with its key, as text and as bytes', async (bench) => {
    const id = await ready(bench);
    const key = { 'idempotency-key': await bench.mark() };
    const first = await type(bench, id, 'once', key);
    hasStatus(first, 202, 'the input');
    bodyOf(Accepted, first, 'the input');
    const again = await type(bench, id, 'once', key);
    same(again.headers['idempotency-replayed'], 'true', 'Idempotency-Replayed');
    hasStatus(await bench.post(pathOf(id, '/input'), { data: btoa('twice\r') }), 202, 'the bytes');
    const shown = shownBy(await until(bench, id, 'twice'));
    same(shown.split('once').length - 1, 1, 'how often it was typed');
  }),

  check('a terminal is resized', 'its program is told', async (bench) => {
    const id = await ready(bench);
    hasStatus(await bench.post(pathOf(id, '/resize'), { cols: 100, rows: 30 }), 202, 'the new size');
    hasStatus(await type(bench, id, 'size\r'), 202, 'the input');
    await until(bench, id, '100x30');
  }),

  check('terminals say what they refuse', 'who has none, what is too much, what is over', async (bench) => {
    const ended = await bench.ended();
    for (const answer of [
      await type(bench, ended, 'x'),
      await bench.post(pathOf(ended, '/resize'), { cols: 1, rows: 1 }),
      await bench.get(pathOf(ended), { accept: 'text/event-stream' }),
    ])
      isProblem(answer, 'terminal-not-found', 'without a terminal');
    const id = await ready(bench);
    isProblem(await type(bench, id, 'x'.repeat(64 * 1024 + 1)), 'payload-too-large', 'too much');
    isProblem(await bench.post(pathOf(id, '/input'), { data: '****' }), 'invalid-request', 'a wrong wish');
    isProblem(
      await bench.post(pathOf(id, '/resize'), { cols: 0, rows: 1 }),
      'invalid-request',
      'a wrong wish',
    );
    hasStatus(await type(bench, id, 'bye\r'), 202, 'the input');
    await readStream(bench, `/api/v1/sessions/${id}/events`);
    isProblem(await type(bench, id, 'x'), 'session-ended', 'too late');
  }),
];
