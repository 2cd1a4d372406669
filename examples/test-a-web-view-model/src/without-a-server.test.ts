import { createMockClient, createVirtualClock } from '@agent-harbor/mock-client';
import { createMockHandlers } from '@agent-harbor/rest-api/msw';
import { connect } from '@agent-harbor/rest-client';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createSessionList } from './session-list.ts';

const base = 'http://harbor.test';

const network = setupServer();
beforeAll(() => network.listen({ onUnhandledFrame: 'error' }));
afterEach(() => network.resetHandlers());
afterAll(() => network.close());

test('the page works over HTTP, without a server', async () => {
  const clock = createVirtualClock(Date.parse('2026-01-01'));
  const mock = createMockClient({ clock, seed: 'page' });
  network.use(...createMockHandlers(mock, { base }));
  const harbor = connect({ base });
  const list = createSessionList(harbor.tasks, () => 'key-1');

  await list.launch({ prompt: '', repo: { mode: 'none' }, agents: [{ type: 'mock' }] });
  expect(Object.keys(list.state.fields)).toEqual(['prompt']);
  const agents = [{ type: 'mock' as const, settings: { scenario: 'quick-edit' } }];
  await list.launch({ prompt: 'Fix the cart', repo: { mode: 'none' }, agents });
  await clock.advance(60_000);
  await list.load();
  expect(list.state.sessions).toMatchObject([{ prompt: 'Fix the cart', status: 'completed' }]);

  // What the control does to calls, the page meets as answers of a server.
  mock.control.fail('listSessions', 'forbidden');
  await list.load();
  expect(list.state.notice).toContain('role');

  list.close();
  await harbor.close();
  await mock.close();
});
