import type { CreateTask } from '@agent-harbor/api-contract/schemas';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMockClient } from './mock-client.ts';

const request: CreateTask = {
  prompt: 'Fix the failing test',
  repo: { mode: 'git', url: 'https://example.test/demo.git' },
  agent: { type: 'mock', settings: { scenario: 'fix-failing-test' } },
};

/** The JSON of every event of one session, from a client made anew. */
const play = async (seed: string): Promise<string[]> => {
  vi.setSystemTime(0);
  const client = createMockClient({ seed });
  const { id } = await client.tasks.launch(request);
  await vi.advanceTimersByTimeAsync(120_000);
  const events: string[] = [];
  for await (const item of client.tasks.subscribe(id)) events.push(JSON.stringify(item));
  await client.close();
  return events;
};

describe('the mock client', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('moves only when the test moves time', async () => {
    const { tasks, close } = createMockClient();
    const { id } = await tasks.launch(request);
    await vi.advanceTimersByTimeAsync(0);
    expect((await tasks.getSession(id)).status).toBe('running');
    await vi.advanceTimersByTimeAsync(120_000);
    expect((await tasks.getSession(id)).status).toBe('completed');
    await close();
  });

  it('gives the same events for the same seed, to the byte, and other ids for another', async () => {
    const first = await play('one');
    expect(first.length).toBeGreaterThan(8);
    expect(await play('one')).toEqual(first);
    expect((await play('two'))[0]).not.toBe(first[0]);
  });

  it('streams live while time passes', async () => {
    const { tasks, close } = createMockClient();
    const { id } = await tasks.launch(request);
    const seen: string[] = [];
    const reading = (async () => {
      for await (const { event } of tasks.subscribe(id)) seen.push(event.type);
    })();
    await vi.advanceTimersByTimeAsync(0);
    const early = seen.length;
    await vi.advanceTimersByTimeAsync(120_000);
    await reading;
    expect(early).toBeGreaterThan(0);
    expect(seen.length).toBeGreaterThan(early);
    expect(seen).toEqual(
      expect.arrayContaining(['thought', 'tool_use', 'tool_result', 'file_edit', 'diff', 'delivery']),
    );
    await close();
  });

  it('waits as long as a scenario says, also longer than a timer can', async () => {
    const { tasks, close } = createMockClient();
    const timeline = [{ baseTimeDelta: 86_400_000 }, { llmResponse: [{ assistant: [[0, 'At last.']] }] }];
    const settings = { scenario: { name: 'slow', timeline }, speed: 100 };
    const { id } = await tasks.launch({ ...request, agent: { type: 'mock', settings } });
    const until = 100 * 86_400_000;
    await vi.advanceTimersByTimeAsync(until - 1);
    expect((await tasks.getSession(id)).status).toBe('running');
    await vi.advanceTimersByTimeAsync(1);
    expect((await tasks.getSession(id)).status).toBe('completed');
    await close();
  });

  it('leaves no timer behind', async () => {
    const { tasks, close } = createMockClient();
    await tasks.launch(request);
    await vi.advanceTimersByTimeAsync(1_000);
    await close();
    expect(vi.getTimerCount()).toBe(0);
  });
});
