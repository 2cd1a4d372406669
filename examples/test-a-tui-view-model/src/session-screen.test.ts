import type { CreateTask } from '@agent-harbor/api-contract/schemas';
import { createMockClient, type MockClientOptions } from '@agent-harbor/mock-client';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { render } from './render.ts';
import { createSessionScreen, type ScreenState } from './session-screen.ts';

const task: CreateTask = {
  prompt: 'Fix the failing test',
  repo: { mode: 'git', url: 'https://example.test/shop.git' },
  agents: [{ type: 'mock', settings: { scenario: 'fix-failing-test' } }],
};

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

const open = (options: MockClientOptions = {}) => {
  const mock = createMockClient(options);
  const drawn: ScreenState[] = [];
  const screen = createSessionScreen(mock.tasks, (state) => drawn.push(state));
  onTestFinished(async () => {
    screen.close();
    await mock.close();
  });
  return { ...mock, screen, drawn };
};

/** Lets so many milliseconds pass, for the screen and the mock alike. */
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('a session in a terminal', () => {
  test('is told as it happens', async () => {
    const { screen } = open();
    void screen.launch(task);
    await pass(0);
    expect(screen.state.status).toBe('running');
    const early = screen.state.lines.length;
    await pass(3_000);
    expect(screen.state.lines.length).toBeGreaterThan(early);
    expect(screen.state.seconds).toBe(3);
    await pass(120_000);
    expect(screen.state.status).toBe('completed');
    expect(screen.state.lines).toContain('~ src/cart.js');
  });

  test('is launched once, however often Enter is pressed', async () => {
    const { screen, tasks } = open({ delays: { launch: 500 } });
    void screen.launch(task);
    void screen.launch(task);
    await pass(499);
    expect(screen.state.status).toBe('launching');
    await pass(1);
    expect((await tasks.listSessions()).items).toHaveLength(1);
  });

  test('can be launched again when the launch was refused', async () => {
    const { screen } = open({ failures: { launch: { problem: 'rate-limited', times: 1 } } });
    await screen.launch(task);
    expect(screen.state).toMatchObject({ status: 'ready', notice: expect.stringContaining('Wait') });
    void screen.launch(task);
    await pass(0);
    expect(screen.state).toMatchObject({ status: 'running', notice: undefined });
  });

  test('goes on where its stream broke, and shows every line once', async () => {
    const calm = open();
    void calm.screen.launch(task);
    await pass(120_000);

    const { screen, drawn, control } = open();
    control.fail('subscribe', { problem: 'connection-failed', afterItems: 4, times: 2 });
    void screen.launch(task);
    await pass(120_000);
    expect(drawn.some(({ notice }) => notice?.endsWith('Trying again …'))).toBe(true);
    expect(screen.state).toMatchObject({ status: 'completed', notice: undefined });
    expect(screen.state.lines).toEqual(calm.screen.state.lines);
  });

  test('says so when the connection is lost in the middle', async () => {
    const { screen, control } = open();
    void screen.launch(task);
    await pass(1_000);
    const repair = control.fail('subscribe', 'connection-failed');
    control.cut();
    await pass(10_000);
    expect(screen.state.notice).toContain('Trying again');
    const { length } = screen.state.lines;
    repair();
    await pass(2_000);
    expect(screen.state.notice).toBeUndefined();
    expect(screen.state.lines.length).toBeGreaterThan(length);
  });

  test('is stopped', async () => {
    const { screen } = open();
    void screen.launch(task);
    await pass(1_000);
    await screen.stop();
    await pass(0);
    expect(screen.state.status).toBe('stopped');
  });

  test('tells why it could not be stopped', async () => {
    const { screen, control } = open();
    void screen.launch(task);
    await pass(0);
    control.fail('stopSession', 'forbidden');
    await screen.stop();
    expect(screen.state.notice).toContain('role');
  });

  test('leaves nothing behind when the screen is left', async () => {
    const { screen, close } = open({ failures: { subscribe: 'connection-failed' } });
    void screen.launch(task);
    await pass(100);
    screen.close();
    await close();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('fits the terminal', async () => {
    const { screen } = open();
    void screen.launch(task);
    await pass(65_000);
    const lines = render(screen.state, 30, 4);
    expect(lines[0]).toMatch(/^\[completed\] \d:\d\d$/);
    expect([lines.length, lines.every((line) => line.length <= 30)]).toEqual([4, true]);
    expect(lines.at(-1)).toBe(screen.state.lines.at(-1)?.slice(0, 30));
  });
});
