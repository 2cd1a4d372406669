import { holds, present, rejectsWith, same } from '../expect.ts';
import { check, eventsOf, idsOf, statusesOf, story, unknownIds } from './bench.ts';

export const subscribe = [
  check('a stream tells the whole life', 'from queued to the end, numbered without a gap', async (bench) => {
    const { id, items } = await bench.finished('edits');
    const events = eventsOf(items);
    same(
      events.map(({ seq }) => seq),
      events.map((_, index) => index + 1),
      'sequence',
    );
    same(statusesOf(items), ['queued', 'provisioning', 'running', 'completed'], 'statuses');
    holds(
      events.every((event) => event.sessionId === id),
      'an event of another session came',
    );
    same(new Set(idsOf(items)).size, items.length, 'distinct ids');
  }),

  check(
    'a stream shows the work',
    'thoughts, tools, edits and delivery come before the end',
    async (bench) => {
      const { items } = await bench.finished('edits');
      const types = eventsOf(items).map(({ type }) => type);
      for (const type of ['thought', 'tool_use', 'tool_result', 'file_edit', 'delivery'] as const) {
        holds(types.includes(type), `there is no ${type} in: ${story(items)}`);
      }
      same(types.at(-1), 'status', 'the last event');
      same(types.indexOf('delivery') < types.length - 1, true, 'delivery before the end');
      const use = eventsOf(items).find((event) => event.type === 'tool_use');
      const result = eventsOf(items).find((event) => event.type === 'tool_result');
      same(
        result?.type === 'tool_result' && result.tool_execution_id,
        use?.tool_execution_id,
        'tool_execution_id',
      );
      const { duration_ms: took = -1, output_bytes: size = -1 } =
        result?.type === 'tool_result' ? result : {};
      holds(took >= 0, 'the tool has no duration_ms');
      holds(size > 0, 'the tool has no output_bytes');
    },
  ),

  check('times never go back', 'the events of a session are in the order they happened', async (bench) => {
    const { items } = await bench.finished('edits');
    const times = eventsOf(items).map(({ ts }) => ts);
    same(times, [...times].sort(), 'times');
  }),

  check('a stream can be read again', 'after the end every reader gets the identical list', async (bench) => {
    const { id, items } = await bench.finished('edits');
    same(await bench.read(id), items, 'the second reading');
  }),

  check('a stream goes on after any id', 'exactly the rest comes, in order', async (bench) => {
    const { id, items } = await bench.finished('edits');
    const places = new Set([0, 1, Math.floor(items.length / 2), items.length - 2, items.length - 1]);
    for (const place of places) {
      const after = present(items[place], `item ${place}`).id;
      same(await bench.read(id, { after }), items.slice(place + 1), `after ${after}`);
    }
  }),

  check(
    'a stream of a tool has its lines',
    'the log of one tool execution, and nothing else',
    async (bench) => {
      const { id, items } = await bench.finished('edits');
      const tools = new Set(
        eventsOf(items).flatMap((event) =>
          event.type === 'log' ? [event.tool_execution_id ?? 'no-tool'] : [],
        ),
      );
      for (const toolExecutionId of tools.add('no-tool')) {
        const wanted = items.filter(
          ({ event }) =>
            event.type === 'log' &&
            'tool_execution_id' in event &&
            event.tool_execution_id === toolExecutionId,
        );
        same(await bench.read(id, { toolExecutionId }), wanted, `the lines of ${toolExecutionId}`);
      }
    },
  ),

  check('two subscribers see the same', 'one that came first and one in the middle', async (bench) => {
    const id = await bench.start('edits');
    const first = bench.collect(id);
    const [one, two] = await bench.settle(
      Promise.all([first, bench.manager.getSession(id).then(() => bench.collect(id))]),
    );
    same(two, one, 'the second subscriber');
    same(await bench.read(id), one, 'a later one');
  }),

  check('a stream is live', 'what happens is seen before the session ends', async (bench) => {
    const id = await bench.start('waits');
    const items = await bench.readUntil(
      id,
      ({ event }) => event.type === 'status' && event.status === 'running',
    );
    same(statusesOf(items), ['queued', 'provisioning', 'running'], 'statuses');
    same((await bench.manager.getSession(id)).status, 'running', 'status meanwhile');
  }),

  check('a stream goes on where it was left', 'reading in pieces gives every event once', async (bench) => {
    const id = await bench.start('edits');
    const items = [];
    for (let after: string | undefined; ; after = items.at(-1)?.id) {
      let taken = 0;
      const piece = await bench.readUntil(
        id,
        ({ event }) => {
          taken += 1;
          return taken === 2 || (event.type === 'status' && event.status === 'completed');
        },
        { after },
      );
      items.push(...piece);
      const last = piece.at(-1)?.event;
      if (last?.type === 'status' && last.status === 'completed') break;
    }
    same(items, await bench.read(id), 'the pieces');
  }),

  check('nothing comes after the end', 'a stream after the last id ends at once', async (bench) => {
    const { id, items } = await bench.finished('edits');
    same(await bench.read(id, { after: items.at(-1)?.id }), [], 'items');
  }),

  check('abort ends a stream without an error', 'a reader that gives up is not told off', async (bench) => {
    const id = await bench.start('waits');
    const controller = new AbortController();
    const reading = (async () => {
      const seen = [];
      for await (const item of bench.manager.subscribe(id, { signal: controller.signal })) {
        seen.push(item);
        if (item.event.type === 'status' && item.event.status === 'running') controller.abort();
      }
      return seen;
    })();
    const seen = await bench.settle(reading);
    same(statusesOf(seen).at(-1), 'running', 'the last status before the abort');
    same((await bench.manager.getSession(id)).status, 'running', 'the session goes on');
  }),

  check('an aborted signal opens no stream', 'nothing comes and nothing is thrown', async (bench) => {
    const { id } = await bench.finished('edits');
    same(await bench.read(id, { signal: AbortSignal.abort() }), [], 'items');
  }),

  check('another epoch is told', 'an id of lost history gives resync, then everything', async (bench) => {
    const { id, items } = await bench.finished('edits');
    const [first, ...rest] = await bench.read(id, { after: 'anotherEpoch-3' });
    const resync = present(first, 'the first item').event;
    same(resync.type, 'resync', 'the first item');
    same('reason' in resync && resync.reason, 'foreign-epoch', 'reason');
    same('oldest' in resync && resync.oldest, items[0]?.id, 'oldest');
    same(rest, items, 'what follows');
  }),

  check(
    'an id from the future is told',
    'history behind the reader gives resync, then everything',
    async (bench) => {
      const { id, items } = await bench.finished('edits');
      const last = present(items.at(-1), 'the last item').id;
      const [first, ...rest] = await bench.read(id, { after: `${last}00` });
      const resync = present(first, 'the first item').event;
      same('reason' in resync && resync.reason, 'future', 'reason');
      same(rest, items, 'what follows');
    },
  ),

  check('a resync can be resumed from', 'its id leads to the event after it', async (bench) => {
    const { id, items } = await bench.finished('edits');
    const [first] = await bench.read(id, { after: 'anotherEpoch-3' });
    const { id: after } = present(first, 'the first item');
    same(await bench.read(id, { after }), items, 'what follows');
  }),

  check('a bad id is refused', 'what is no event id is invalid-request and names after', async (bench) => {
    const { id } = await bench.finished('edits');
    for (const after of ['', 'nonsense', '-1', 'a-b', '1', 'e-1.5', 'a b-1', `${'x'.repeat(200)}-1`]) {
      const problem = await rejectsWith('invalid-request', bench.read(id, { after }), JSON.stringify(after));
      holds('after' in (problem.errors ?? {}), `${JSON.stringify(after)}: after is not named`);
    }
  }),

  check(
    'subscribe knows no unknown session',
    'whatever is no session is session-not-found',
    async (bench) => {
      for (const id of unknownIds) {
        await rejectsWith('session-not-found', bench.read(id), JSON.stringify(id));
      }
    },
  ),

  check('a stream can be filtered by type', 'the chosen types come as in the whole stream', async (bench) => {
    const { id, items } = await bench.finished('edits');
    for (const types of [['status'], ['thought', 'file_edit']] as const) {
      const chosen = items.filter(({ event }) => types.some((type) => type === event.type));
      same(await bench.read(id, { types }), chosen, types.join());
    }
  }),

  check('a stream can be filtered by level', 'a level and everything graver', async (bench) => {
    const { id, items } = await bench.finished('fails');
    const grave = await bench.read(id, { level: 'error' });
    same(statusesOf(grave), ['failed'], 'the statuses that are errors');
    same(await bench.read(id, { level: 'debug' }), items, 'everything');
  }),

  check(
    'a filtered stream goes on after any id',
    'also after an event that was filtered out',
    async (bench) => {
      const { id, items } = await bench.finished('edits');
      const place = items.findIndex(({ event }) => event.type === 'tool_use');
      const after = present(items[place], 'a tool_use').id;
      const chosen = items.slice(place + 1).filter(({ event }) => event.type === 'status');
      same(await bench.read(id, { after, types: ['status'] }), chosen, 'statuses');
    },
  ),
];
