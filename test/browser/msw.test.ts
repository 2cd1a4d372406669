import { managerSuite } from '@agent-harbor/conformance';
import { beforeAll, expect, test } from 'vitest';
import { describeInBrowser } from './browser.ts';

const inOrder = (count: number) =>
  Array.from({ length: count }, (_, index) => expect.stringMatching(new RegExp(`-${index + 1}$`)));

/** Milliseconds for a whole suite on a busy machine. */
const wholeSuite = 300_000;

describeInBrowser('msw', (stage) => {
  beforeAll(async () => {
    await stage.call('start');
  });

  test(
    'the client keeps every promise of a task manager when a service worker answers',
    async () => {
      const { length } = managerSuite.checks;
      expect(await stage.call('judgeThroughWorker')).toEqual({ held: length, failed: [] });
    },
    wholeSuite,
  );

  test('a stream goes on where it broke, and gives every event once', async () => {
    const followed = await stage.call('followBrokenStream');
    expect(followed).toMatchObject({ status: 'completed' });
    const { seen, all } = Object(followed);
    expect(seen).toEqual(inOrder(seen.length));
    expect(seen).toEqual(all);
    expect(seen.length).toBeGreaterThan(8);
  });

  test('what happens later reaches a reader who waits', async () => {
    const { first, early, late } = Object(await stage.call('streamLive'));
    expect(first).toBe(false);
    expect([early, late].every((count) => count > 1)).toBe(true);
  });

  test('the handlers hear of a reader who left', async () => {
    expect(await stage.call('leaveStream')).toEqual({ before: [], ended: [200] });
  });

  test('an EventSource is served, goes on after an id, and is told when nothing is left', async () => {
    const { first, rest, last } = Object(await stage.call('followByEventSource'));
    expect([first.ids.length, first.isOver]).toEqual([3, false]);
    const ids = [...first.ids, ...rest.ids];
    expect(ids).toEqual(inOrder(ids.length));
    expect(ids.length).toBeGreaterThan(8);
    expect(last).toEqual({ ids: [], isOver: true });
  });
});
