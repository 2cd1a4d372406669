import { expect, test } from 'vitest';
import { handClock } from '../testing/hand-clock.ts';
import { createPausableClock } from './pausable-clock.ts';

const open = () => {
  const { clock, advance } = handClock();
  const paused = createPausableClock(clock);
  const rung: string[] = [];
  const schedule = (ms: number, name: string) => paused.schedule(ms, () => rung.push(name));
  return { paused, advance, rung, schedule };
};

test('what waits waits longer by the time it stood still', () => {
  const { paused, advance, rung, schedule } = open();
  schedule(100, 'a');
  advance(60);
  paused.pause();
  paused.pause();
  advance(1_000);
  schedule(10, 'b');
  expect(paused.now()).toBe(60);
  paused.resume();
  paused.resume();
  advance(9);
  expect(rung).toEqual([]);
  advance(1);
  expect(rung).toEqual(['b']);
  advance(29);
  expect(rung).toEqual(['b']);
  advance(1);
  expect(rung).toEqual(['b', 'a']);
  expect(paused.now()).toBe(100);
});

test('what was prevented stays so', () => {
  const { paused, advance, rung, schedule } = open();
  const cancels = [schedule(10, 'a')];
  paused.pause();
  cancels.push(schedule(10, 'b'));
  for (const cancel of cancels) cancel();
  paused.resume();
  advance(100);
  expect(rung).toEqual([]);
});
