import { createMockClient, createVirtualClock } from '@agent-harbor/mock-client';
import { setupServer } from 'msw/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readStream } from '../testing/read-stream.ts';
import { createMockHandlers, type MockHandlersOptions } from './mock-handlers.ts';

const base = 'http://harbor.test';

describe('a mock as handlers of MSW', () => {
  const network = setupServer();
  beforeEach(() => network.listen({ onUnhandledFrame: 'error' }));
  afterEach(() => {
    network.resetHandlers();
    network.close();
  });

  const open = (options: MockHandlersOptions = {}) => {
    const clock = createVirtualClock();
    const mock = createMockClient({ clock, seed: 'msw' });
    network.use(...createMockHandlers(mock, { base, ...options }));
    return { ...mock, clock };
  };

  it('answers a page without a credential', async () => {
    const mock = open();
    const answer = await fetch(`${base}/api/v1/agents`);
    expect((await answer.json()).items).toContainEqual(expect.objectContaining({ type: 'mock' }));
    expect((await fetch(`${base}/version`)).status).toBe(200);
    await mock.close();
  });

  it('asks for one when it is told to', async () => {
    const mock = open({ credentials: { verify: async () => undefined } });
    expect((await fetch(`${base}/api/v1/agents`)).status).toBe(401);
    await mock.close();
  });

  it('says what to do for a document, and gives the one it has', async () => {
    const mock = open();
    const answer = await fetch(`${base}/api/v1/openapi.json`);
    expect([answer.status, (await answer.json()).detail]).toEqual([
      404,
      expect.stringContaining('`openapi`'),
    ]);
    const other = open({ openapi: () => ({ openapi: '3.1.0' }) });
    expect((await fetch(`${base}/api/v1/openapi.json`)).status).toBe(200);
    await mock.close();
    await other.close();
  });

  it('fails, breaks and goes on as its control says', async () => {
    const mock = open();
    const post = (body: object) =>
      fetch(`${base}/api/v1/tasks`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const agents = [{ type: 'mock', settings: { scenario: 'quick-edit' } }];
    const task = { prompt: 'Hello', repo: { mode: 'none' }, agents };
    mock.control.fail('launch', { problem: 'storage-full', times: 1 });
    expect((await post(task)).status).toBe(507);
    const { id, links } = await (await post(task)).json();
    await mock.clock.advance(60_000);

    const read = async (after?: string) => {
      const headers = {
        accept: 'text/event-stream',
        ...(after === undefined ? {} : { 'last-event-id': after }),
      };
      const answer = await fetch(base + links.events, { headers });
      return answer.status === 204
        ? undefined
        : (await readStream(answer)).messages.map((each) => each.id ?? '');
    };
    const whole = await read();
    mock.control.fail('subscribe', { problem: 'connection-failed', afterItems: 2, times: 3 });
    const seen: string[] = [];
    for (let part = await read(); part !== undefined; part = await read(seen.at(-1))) {
      if (seen.length < 6) expect(part).toHaveLength(2);
      seen.push(...part);
    }
    expect(seen).toEqual(whole);
    expect((await mock.tasks.getSession(id)).status).toBe('completed');
    await mock.close();
  });
});
