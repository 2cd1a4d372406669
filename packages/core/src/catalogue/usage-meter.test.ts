import { expect, test } from 'vitest';
import { timestamp } from '../clock.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { createUsageMeter } from './usage-meter.ts';

test('measures one after another, once a minute, and remembers', async () => {
  const clock = createManualClock();
  let running = 0;
  const measured: string[] = [];
  const meter = createUsageMeter(async (sessionId) => {
    expect(running++).toBe(0);
    await Promise.resolve();
    running--;
    measured.push(sessionId);
    return { bytes: measured.length, files: 1, isComplete: true };
  }, clock);
  expect(meter.last('a')).toBeUndefined();
  const [one, same, other] = await Promise.all([meter.measure('a'), meter.measure('a'), meter.measure('b')]);
  expect(one).toEqual({ bytes: 1, files: 1, isComplete: true, measuredAt: timestamp(clock.now()) });
  expect(same).toBe(one);
  expect(other.bytes).toBe(2);
  expect(meter.last('a')).toBe(one);
  await clock.advance(59_999);
  expect(await meter.measure('a')).toBe(one);
  expect((await meter.measure('a', { refresh: true })).bytes).toBe(3);
  expect((await meter.measure('a', { refresh: true })).bytes).toBe(3);
  await clock.advance(60_000);
  expect((await meter.measure('a')).bytes).toBe(4);
  await expect(meter.measure('c', { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'aborted',
  });
});

test('a failure is not remembered, and holds nobody up', async () => {
  const clock = createManualClock();
  let fails = true;
  const meter = createUsageMeter(async () => {
    if (fails) throw new Error('gone');
    return { bytes: 1, files: 1, isComplete: true };
  }, clock);
  await expect(meter.measure('a')).rejects.toThrow('gone');
  fails = false;
  expect((await meter.measure('b')).bytes).toBe(1);
  expect((await meter.measure('a')).bytes).toBe(1);
});
