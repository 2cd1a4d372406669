import type { CreateTask } from '@agent-harbor/api-contract/schemas';
import { createMockClient, type MockClientOptions } from '@agent-harbor/mock-client';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createSessionList } from './session-list.ts';

const task = (prompt: string): CreateTask => ({ prompt, repo: { mode: 'none' }, agents: [{ type: 'mock' }] });

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

const open = (options: MockClientOptions = {}) => {
  const mock = createMockClient(options);
  let keys = 0;
  const list = createSessionList(mock.tasks, () => `key-${++keys}`);
  onTestFinished(async () => {
    list.close();
    await mock.close();
  });
  /** What the page shows of the sessions. */
  const prompts = () => list.state.sessions?.map(({ prompt }) => prompt);
  return { ...mock, list, prompts };
};

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('a page of sessions', () => {
  test('shows that it loads, and then what there is', async () => {
    const { list, prompts, tasks } = open({ delays: { listSessions: 300 } });
    await tasks.launch(task('Fix the cart'));
    const seen: boolean[] = [];
    list.subscribe(() => seen.push(list.state.isLoading));
    void list.load();
    await pass(299);
    expect([list.state.isLoading, prompts()]).toEqual([true, undefined]);
    await pass(1);
    expect([seen, prompts()]).toEqual([[true, false], ['Fix the cart']]);
  });

  test('says what to do when the server does not answer, and loads again', async () => {
    const { list, prompts } = open({
      failures: { listSessions: { problem: 'connection-failed', times: 1 } },
    });
    await list.load();
    expect(list.state).toMatchObject({ isLoading: false, notice: expect.stringMatching(/server/i) });
    await list.load();
    expect([list.state.notice, prompts()]).toEqual([undefined, []]);
  });

  test('looks once the user rests', async () => {
    const { list, tasks, prompts } = open();
    await tasks.launch(task('Fix the cart'));
    await tasks.launch(task('Fix the door'));
    const looks = vi.spyOn(tasks, 'listSessions');
    for (const text of ['c', 'ca', 'cart']) {
      list.search(text);
      await pass(100);
    }
    expect(looks).not.toHaveBeenCalled();
    await pass(100);
    expect(looks).toHaveBeenCalledOnce();
    expect(prompts()).toEqual(['Fix the cart']);
  });

  test('shows what was asked for last, whatever is answered last', async () => {
    const { list, tasks, prompts, control } = open();
    await tasks.launch(task('Fix the cart'));
    await tasks.launch(task('Fix the door'));
    const held = control.hold('listSessions');
    list.search('cart');
    await pass(200);
    list.search('door');
    await pass(200);
    const [first, second] = held.calls;
    second?.release();
    await pass(0);
    expect(prompts()).toEqual(['Fix the door']);
    first?.release();
    await pass(0);
    expect(prompts()).toEqual(['Fix the door']);
    expect(list.state.isLoading).toBe(false);
  });

  test('shows beside each field what is wrong with it', async () => {
    const { list } = open();
    expect(await list.launch(task(''))).toBe(false);
    expect(list.state.fields).toEqual({ prompt: [expect.any(String)] });
    expect(list.state.notice).toBeUndefined();
    expect(await list.launch(task('Fix the cart'))).toBe(true);
    expect(list.state.fields).toEqual({});
  });

  test('launches once, also when the answer was lost', async () => {
    const { list, tasks, prompts, control } = open();
    control.fail('launch', { problem: 'connection-failed', at: 'answer', times: 1 });
    expect(await list.launch(task('Fix the cart'))).toBe(false);
    expect(list.state.notice).toBeDefined();
    expect(await list.launch(task('Fix the cart'))).toBe(true);
    expect(prompts()).toEqual(['Fix the cart']);
    await list.launch(task('Fix the cart'));
    expect((await tasks.listSessions()).items).toHaveLength(2);
  });

  test('launches once, however often the button is pressed', async () => {
    const { list, tasks } = open({ delays: { launch: 500 } });
    void list.launch(task('Fix the cart'));
    expect(await list.launch(task('Fix the cart'))).toBe(false);
    await pass(500);
    expect((await tasks.listSessions()).items).toHaveLength(1);
  });

  test('asks for nothing any more once it is closed', async () => {
    const { list, tasks } = open();
    const looks = vi.spyOn(tasks, 'listSessions');
    list.search('cart');
    list.close();
    await pass(1_000);
    expect(looks).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});
