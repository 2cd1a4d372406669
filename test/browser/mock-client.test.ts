import { managerSuite } from '@agent-harbor/conformance';
import { expect, test } from 'vitest';
import { describeInBrowser } from './browser.ts';

describeInBrowser('mock-client', (stage) => {
  test('the mock client keeps every promise of a task manager in a page', async () => {
    expect(await stage.call('judgeOnVirtualClock')).toEqual({ held: managerSuite.checks.length, failed: [] });
  });

  test('the mock client moves with the fake timers of a page', async () => {
    const played = await stage.call('playOnFakeTimers');
    expect(played).toMatchObject({ before: 'running', after: 'completed' });
    expect(played).toHaveProperty('types', expect.arrayContaining(['status', 'file_edit', 'diff']));
    // The same seed gives the same ids, wherever it plays.
    expect(await stage.call('playOnFakeTimers')).toEqual(played);
  });
});
