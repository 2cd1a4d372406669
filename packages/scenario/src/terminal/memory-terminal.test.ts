import type { TerminalFrame } from '@agent-harbor/api-contract/schemas';
import { expect, test } from 'vitest';
import { createMemoryJournal } from '../executor/journal.ts';
import { ScenarioTerminal, usualTerminal } from '../format/terminal.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import { createMemoryTerminal } from './memory-terminal.ts';

const open = (script: ScenarioTerminal = usualTerminal) => {
  const clock = createVirtualClock();
  const journal = createMemoryJournal();
  const terminal = createMemoryTerminal({ script, size: { cols: 80, rows: 24 }, speed: 1, clock, journal });
  const type = (text: string, id = text) => terminal.type({ id, data: btoa(text) });
  const frames = async (after = 0): Promise<TerminalFrame[]> => {
    const found: TerminalFrame[] = [];
    for await (const batch of terminal.read(after, { live: false })) found.push(...batch.frames);
    return found;
  };
  const shown = async () =>
    (await frames()).map((frame) => (frame.type === 'terminal' ? atob(frame.data) : '')).join('');
  const logged = () => journal.events.flatMap(({ body }) => (body.type === 'log' ? [body.message] : []));
  return { clock, journal, terminal, type, frames, shown, logged };
};

test('a simulated terminal shows what is typed, once for an id, and ends by it', async () => {
  const { terminal, type, shown, frames, journal, logged } = open();
  type('sizf');
  type('\u007fe\r');
  type('\u007fe\r');
  terminal.resize({ id: 'r', cols: 100, rows: 30 });
  type('size\r');
  type('exit\r');
  expect(await shown()).toContain('sizf\b \be\r\n80 x 24\r\n$ size\r\n100 x 30\r\n$ exit\r\n');
  expect((await frames()).at(-1)).toMatchObject({ type: 'terminal_exit', exitCode: 0 });
  expect(journal.ended).toBe(true);
  expect(logged()).toEqual(expect.arrayContaining(['$ size', '80 x 24', '100 x 30']));
  expect(() => type('more')).toThrow('has ended');
});

test('a scripted terminal shows its output at its times, which stand still while it is paused', async () => {
  const script = ScenarioTerminal.parse({
    output: [
      [100, 'one\n'],
      [200, '\u001b[1mtwo'],
    ],
    echo: false,
  });
  const { clock, terminal, shown, logged, type, journal } = open(script);
  expect(await shown()).toBe('');
  await clock.advance(100);
  expect(await shown()).toBe('one\r\n');
  terminal.pause();
  await clock.advance(1000);
  expect(await shown()).toBe('one\r\n');
  terminal.resume();
  await clock.advance(100);
  expect(await shown()).toBe('one\r\n\u001b[1mtwo');
  type('\u0003');
  expect(journal.ended).toBe(true);
  expect(logged()).toEqual(['one', 'two']);
});

test('a reader goes on where it was, live, and begins at the oldest frame where it never was', async () => {
  const { terminal, type, frames } = open();
  const whole = await frames();
  expect(await frames(1)).toEqual(whole.slice(1));
  expect(await frames(99)).toEqual(whole);
  const reading = terminal.read(whole.length, {})[Symbol.asyncIterator]();
  const next = reading.next();
  type('x');
  expect(await next).toMatchObject({ value: { first: whole.length + 1, frames: [{ data: btoa('x') }] } });
  terminal.halt();
  expect((await reading.next()).done).toBe(true);
});
