import type { TerminalItem } from '@agent-harbor/core';
import { CheckFailed, holds, present, rejectsWith, same } from '../expect.ts';
import { type Bench, check, eventsOf, unknownIds } from './bench.ts';

/** What the frames show, byte by byte. */
const shownBy = (items: readonly TerminalItem[]): string =>
  items.map(({ frame }) => (frame.type === 'terminal' ? atob(frame.data) : '')).join('');

/** The frames after `after`, to the terminal's end or until what they show has `text`. */
const watch = (bench: Bench, id: string, text?: string, after?: string): Promise<TerminalItem[]> =>
  bench.settle(
    (async () => {
      const items: TerminalItem[] = [];
      for await (const item of bench.terminals.watchTerminal(id, { after })) {
        items.push(item);
        if (text !== undefined && shownBy(items).includes(text)) return items;
      }
      if (text === undefined) return items;
      throw new CheckFailed(
        `the terminal ended without ${JSON.stringify(text)}: ${JSON.stringify(shownBy(items))}`,
      );
    })(),
  );

/** A session whose terminal says that it is ready. */
const ready = async (bench: Bench): Promise<string> => {
  const id = await bench.start('types');
  await watch(bench, id, 'ready');
  return id;
};

const type = (bench: Bench, id: string, text: string, idempotencyKey?: string): Promise<void> =>
  bench.settle(bench.terminals.typeTerminal(id, text, { idempotencyKey }));

export const terminals = [
  check('a terminal is shown as it is', 'its size, then its bytes, then its end', async (bench) => {
    const id = await ready(bench);
    await type(bench, id, 'size\r');
    await watch(bench, id, '80x24');
    await type(bench, id, 'bye\r');
    const items = await watch(bench, id);
    const frames = items.map(({ frame }) => frame);
    holds(frames[0]?.type === 'terminal_resize', 'the first frame is no size');
    same([frames[0].cols, frames[0].rows], [80, 24], 'the size');
    holds(shownBy(items).includes('\u001b[1mready\u001b[0m\r\n'), 'escape sequences are lost');
    const last = frames.at(-1);
    holds(last?.type === 'terminal_exit', 'the last frame is no end');
    same(last.exitCode, 0, 'exitCode');
    same(await watch(bench, id), items, 'the second reading');
    for (const place of [0, 1, items.length - 2, items.length - 1]) {
      const after = present(items[place], `item ${place}`).id;
      same(await watch(bench, id, undefined, after), items.slice(place + 1), `after ${after}`);
    }
    await bench.reach(id, 'completed');
  }),

  check('what a terminal shows is logged as text', 'without escape sequences', async (bench) => {
    const id = await ready(bench);
    await type(bench, id, 'bye\r');
    const logs = eventsOf(await bench.read(id, { types: ['log'] })).flatMap((event) =>
      event.type === 'log' ? [event.message] : [],
    );
    holds(logs.includes('ready'), `the log has no line "ready": ${JSON.stringify(logs)}`);
    holds(!logs.join('').includes('\u001b'), 'an escape sequence is in the log');
  }),

  check('what is typed with one key is typed once', 'however often it is sent', async (bench) => {
    const id = await ready(bench);
    await type(bench, id, 'once', 'key-of-typing');
    await type(bench, id, 'once', 'key-of-typing');
    await bench.settle(bench.terminals.typeTerminal(id, new TextEncoder().encode('\r')));
    await type(bench, id, 'bye\r');
    same(shownBy(await watch(bench, id)).split('once').length - 1, 1, 'how often it was shown');
  }),

  check('a terminal gets another size', 'its program and its watchers are told', async (bench) => {
    const id = await ready(bench);
    await bench.settle(bench.terminals.resizeTerminal(id, { cols: 100, rows: 30 }));
    await type(bench, id, 'size\r');
    const items = await watch(bench, id, '100x30');
    const sizes = items.flatMap(({ frame }) =>
      frame.type === 'terminal_resize' ? [[frame.cols, frame.rows]] : [],
    );
    same(
      sizes,
      [
        [80, 24],
        [100, 30],
      ],
      'the sizes',
    );
  }),

  check(
    'a terminal is told where it is not kept',
    'an id of something else gives resync, then all',
    async (bench) => {
      const id = await ready(bench);
      const [first, second] = await watch(bench, id, 'ready', 'another-7');
      same(first?.frame.type, 'resync', 'the first item');
      same(second?.frame.type, 'terminal_resize', 'what follows');
    },
  ),

  check('terminals refuse', 'who has none, what is too much, what is over', async (bench) => {
    const { terminals: port, settle } = bench;
    const id = await bench.start('waits');
    await bench.reach(id, 'running');
    await rejectsWith('terminal-not-found', settle(port.typeTerminal(id, 'x')), 'typing');
    await rejectsWith(
      'terminal-not-found',
      settle(port.resizeTerminal(id, { cols: 80, rows: 24 })),
      'a size',
    );
    await rejectsWith('terminal-not-found', watch(bench, id), 'watching');
    for (const unknown of unknownIds.slice(0, 2))
      await rejectsWith('session-not-found', settle(port.typeTerminal(unknown, 'x')), unknown);
    const typed = await ready(bench);
    await rejectsWith(
      'payload-too-large',
      settle(port.typeTerminal(typed, 'x'.repeat(64 * 1024 + 1))),
      'too much',
    );
    await rejectsWith(
      'invalid-request',
      settle(port.resizeTerminal(typed, { cols: 0, rows: 24 })),
      'no size',
    );
    await type(bench, typed, 'bye\r');
    await bench.reach(typed, 'completed');
    await rejectsWith('session-ended', settle(port.typeTerminal(typed, 'x')), 'too late');
  }),
];
