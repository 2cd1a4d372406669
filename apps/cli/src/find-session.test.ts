import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMockServer } from '@agent-harbor/mock-server/start';
import { connect } from '@agent-harbor/rest-client/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findSession } from './find-session.ts';

const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

let client: ReturnType<typeof connect>;
beforeAll(async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'ah-find-'));
  closing.push(() => rm(stateDir, { recursive: true, force: true }));
  const server = await startMockServer({ port: 0, stateDir });
  closing.push(() => server.close());
  client = connect({ base: server.url, stateDir });
  closing.push(() => client.close());
});

test('a session is named by its id, its beginning, or latest', async () => {
  await expect(findSession(client, 'latest')).rejects.toMatchObject({ message: 'There is no session yet' });
  const agent = { type: 'mock', settings: { scenario: 'long-running' }, count: 2 } as const;
  const request = { prompt: 'Work', repo: { mode: 'none' }, agent } as const;
  const { session_ids: ids } = await client.tasks.launch({ ...request, repo: { mode: 'none' } });
  const [one = '', two = ''] = ids;
  expect(ids).toContain(await findSession(client, 'LATEST'));
  expect(await findSession(client, one.toLowerCase())).toBe(one);
  // As many letters as tell the two apart.
  let length = 1;
  while (one.slice(0, length) === two.slice(0, length)) length += 1;
  expect(await findSession(client, one.slice(0, length))).toBe(one);
  expect(await findSession(client, two.slice(0, length).toLowerCase())).toBe(two);
  await expect(findSession(client, one.slice(0, length - 1))).rejects.toMatchObject({
    message: expect.stringContaining('More than one'),
    detail: expect.stringContaining(two),
  });
  const launch = (url: string, targetBranch: string) =>
    client.tasks.launch({
      ...request,
      repo: { mode: 'git', url },
      delivery: { mode: 'branch', targetBranch },
      agent: { ...agent, count: 1 },
    });
  const shop = await launch('https://example.test/acme/shop.git', 'agent/fix');
  expect(await findSession(client, 'agent/fix')).toBe(shop.id);
  const site = await launch('/srv/site/', 'agent/fix');
  await expect(findSession(client, 'agent/fix')).rejects.toMatchObject({
    message: 'More than one session is named agent/fix',
    detail: expect.stringContaining(shop.id),
  });
  expect(await findSession(client, 'shop/agent/fix')).toBe(shop.id);
  expect(await findSession(client, 'site/agent/fix')).toBe(site.id);
  for (const name of ['', '../x', 'zzzz', 'no-such']) {
    await expect(findSession(client, name)).rejects.toMatchObject({ code: 'session-not-found' });
  }
});
