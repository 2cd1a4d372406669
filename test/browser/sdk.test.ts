import { join } from 'node:path';
import { managerSuite } from '@agent-harbor/conformance';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, startMock, temporaryFolder } from '../e2e/program.ts';
import { describeInBrowser } from './browser.ts';

/** Milliseconds for a whole suite on a busy machine. */
const wholeSuite = 300_000;

describeInBrowser('sdk', (stage) => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let mock: RunningServer;
  let key: string;
  beforeAll(async () => {
    folder = await temporaryFolder();
    const how = ['--cors', stage.origin, '--speed', '0.05', '--data', 'empty', '--max-concurrent-tasks', '2'];
    mock = await startMock(join(folder.path, 'state'), how);
    key = await mock.key();
  });
  afterAll(async () => {
    await mock?.stop();
    await folder?.remove();
  });

  test(
    'a page keeps every promise of a task manager, over a server of another origin',
    async () => {
      const { length } = managerSuite.checks;
      expect(await stage.call('judgeOverNetwork', mock.url, key)).toEqual({ held: length, failed: [] });
    },
    wholeSuite,
  );

  test('its stream survives every way to lose a connection, and gives every event once', async () => {
    const { seen, all, status } = Object(await stage.call('followThroughFaults', mock.url, key));
    expect(status).toBe('completed');
    expect(seen.length).toBeGreaterThan(8);
    expect(seen).toEqual(all);
  });

  test('a page of an origin that the server does not know gets nothing', async () => {
    const call = await stage.stranger();
    expect(await stage.call('tryToCall', mock.url, key)).toBe('answered');
    expect(await call('tryToCall', mock.url, key)).toBe('connection-failed');
  });
});
