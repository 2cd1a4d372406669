import { EventPage } from '@agent-harbor/api-contract/schemas';
import { NotApplicable } from '../check.ts';
import { holds, same } from '../expect.ts';
import { bodyOf, hasStatus, member } from './answer.ts';
import { check, type WireBench } from './bench.ts';
import type { Message } from './events.ts';
import { eventsOf, readStream, streamOf } from './streaming.ts';

const levels: readonly string[] = ['debug', 'info', 'warn', 'error'];

/** Every event of a session. */
const allOf = async (bench: WireBench, id: string): Promise<readonly unknown[]> =>
  eventsOf(await readStream(bench, streamOf(id)));

/** Fails unless stream and history give exactly these for a filter. */
const givesBoth = async (
  bench: WireBench,
  id: string,
  filter: string,
  events: readonly unknown[],
): Promise<void> => {
  const streamed = eventsOf(await readStream(bench, `${streamOf(id)}?${filter}`));
  same(streamed, events, `the stream with ${filter}`);
  const answer = await bench.get(`${streamOf(id)}?${filter}&perPage=200&sort=asc`);
  same(bodyOf(EventPage, answer, 'the history').items, events, `the history with ${filter}`);
};

export const eventFilters = [
  check(
    'a filtered stream keeps its place',
    'only what was asked for, and a cursor over the rest',
    async (bench) => {
      const id = await bench.ended();
      const whole = await readStream(bench, streamOf(id));
      const filtered = await readStream(bench, `${streamOf(id)}?type=thought,tool_use`);
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

  check('a filter of types is a list', 'any of them, in stream and history', async (bench) => {
    const id = await bench.ended();
    const all = await allOf(bench, id);
    for (const types of [['status'], ['status', 'thought', 'file_edit']]) {
      const wanted = all.filter((event) => types.includes(String(member(event, 'type'))));
      holds(wanted.length > 0, `there is no ${types}`);
      await givesBoth(bench, id, `type=${types.join(',')}`, wanted);
    }
  }),

  check('a level is a floor', 'that level and everything graver, in stream and history', async (bench) => {
    let left = 0;
    for (const behaviour of ['edits', 'fails'] as const) {
      const id = await bench.ended(behaviour);
      const logs = (await allOf(bench, id)).filter((event) => member(event, 'type') === 'log');
      for (const [place, level] of levels.entries()) {
        const wanted = logs.filter((event) => levels.indexOf(String(member(event, 'level'))) >= place);
        left += logs.length - wanted.length;
        await givesBoth(bench, id, `level=${level}&type=log`, wanted);
      }
    }
    if (left === 0) throw new NotApplicable('the agents of the checks logged nothing below error');
  }),

  check('a tool execution is a filter', 'its log lines only, in stream and history', async (bench) => {
    const id = await bench.ended();
    const logs = (await allOf(bench, id)).filter((event) => member(event, 'type') === 'log');
    const tools = new Set(logs.map((event) => String(member(event, 'tool_execution_id') ?? 'nothing')));
    for (const tool of tools.add('nothing')) {
      const wanted = logs.filter((event) => member(event, 'tool_execution_id') === tool);
      await givesBoth(bench, id, `tool_execution_id=${encodeURIComponent(tool)}`, wanted);
    }
  }),

  check('since and until bound the time', 'both included, in stream and history', async (bench) => {
    const id = await bench.ended();
    const all = await allOf(bench, id);
    const timeOf = (event: unknown) => String(member(event, 'ts'));
    const [first, last] = [timeOf(all[2]), timeOf(all.at(-2))];
    const after = all.filter((event) => timeOf(event) >= first);
    await givesBoth(bench, id, `since=${encodeURIComponent(first)}`, after);
    const before = all.filter((event) => timeOf(event) <= first);
    await givesBoth(bench, id, `until=${encodeURIComponent(first)}`, before);
    const within = after.filter((event) => timeOf(event) <= last);
    const window = `since=${encodeURIComponent(first)}&until=${encodeURIComponent(last)}`;
    await givesBoth(bench, id, window, within);
    await givesBoth(bench, id, 'since=2999-01-01T00:00:00Z', []);
    await givesBoth(bench, id, 'until=2000-01-01T00:00:00Z', []);
  }),

  check('a filtered stream goes on from any id', 'exactly the rest of what was asked for', async (bench) => {
    const path = `${streamOf(await bench.ended())}?type=status`;
    const whole = await readStream(bench, path);
    for (const [place, { id }] of whole.slice(0, -1).entries()) {
      const rest = await readStream(bench, path, { 'last-event-id': id });
      same(eventsOf(rest), eventsOf(whole.slice(place + 1)), `after ${id}`);
    }
  }),
];
