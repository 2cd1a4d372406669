import { existsSync } from 'node:fs';
import type { TerminalFrame } from '@agent-harbor/api-contract/schemas';
import type { Executor } from '@agent-harbor/core';
import { describe, expect, test, vi } from 'vitest';
import { identityOf, isRunning } from '../process/identity.ts';
import { sessionDirectory } from '../recorder/session-directory.ts';
import { cpuTicks } from '../testing/cpu-time.ts';
import { detached, node } from '../testing/programs.ts';
import { begin, bodies, follow, lines, openExecutor, runOf } from '../testing/sessions.ts';
import { temporaryDirectory } from '../testing/temporary.ts';

// Real processes on a host that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const textOf = (frames: readonly TerminalFrame[]): string =>
  Buffer.concat(
    frames.map((frame) => Buffer.from(frame.type === 'terminal' ? frame.data : '', 'base64')),
  ).toString();

/** The frames from `after` on, to the terminal's end or until what was shown has `text`. */
const watch = async (executor: Executor, sessionId: string, text?: string, after = 0) => {
  const frames: TerminalFrame[] = [];
  const seen = new AbortController();
  let number = after;
  for await (const batch of executor.terminal(sessionId, after, { signal: seen.signal })) {
    expect(batch.first).toBe(number + 1);
    number += batch.frames.length;
    frames.push(...batch.frames);
    if (text !== undefined && textOf(frames).includes(text)) break;
  }
  seen.abort();
  return { frames, number, text: textOf(frames) };
};

const start = async (command: readonly string[], terminal: unknown = true) => {
  const stateDir = await temporaryDirectory();
  const executor = await openExecutor(stateDir);
  const run = runOf({ settings: { command, terminal } });
  await begin(executor, run);
  const { sessionId } = run;
  let typed = 0;
  const type = (text: string, id?: string) => {
    typed += 1;
    return executor.type(sessionId, { id: id ?? `t${typed}`, data: Buffer.from(text).toString('base64') });
  };
  return { stateDir, executor, run, sessionId, type };
};

describe.skipIf(process.platform === 'win32')('a program in a terminal', () => {
  test('is shown as it is, and its lines are told as text', async () => {
    const code = `process.stdout.write('\\x1b[1;32mgreen\\x1b[0m \\x1b]0;title\\x07line\\n' + process.stdout.isTTY + process.stdout.columns + 'x' + process.stdout.rows + process.env.TERM); process.exitCode = 3`;
    const { executor, sessionId } = await start(node(code), { cols: 100, rows: 30 });
    const { frames, text } = await watch(executor, sessionId);
    expect(text).toBe('\u001b[1;32mgreen\u001b[0m \u001b]0;title\u0007line\r\ntrue100x30xterm-256color');
    expect(frames[0]).toMatchObject({ type: 'terminal_resize', cols: 100, rows: 30 });
    expect(frames.at(-1)).toMatchObject({ type: 'terminal_exit', exitCode: 3 });
    const recorded = await follow(executor, sessionId);
    expect(lines(recorded)).toEqual(['green line', 'true100x30xterm-256color']);
    expect(recorded.exit).toMatchObject({ kind: 'exited', code: 3 });
    // What was dropped or is over reads the same.
    expect((await watch(executor, sessionId)).frames).toEqual(frames);
    expect((await watch(executor, sessionId, undefined, 2)).frames).toEqual(frames.slice(2));
  });

  test('is typed at, once for an id, and resized', async () => {
    const { executor, sessionId, type } = await start(['sh']);
    await type('stty size; echo one$((1+1))\r', 'a');
    await type('stty size; echo one$((1+1))\r', 'a');
    await watch(executor, sessionId, 'one2');
    await executor.resize(sessionId, { id: 'r', cols: 132, rows: 43 });
    await type('stty size; exit 4\r');
    const { frames, text } = await watch(executor, sessionId);
    expect(text).toContain('24 80');
    expect(text).toContain('43 132');
    expect(text.match(/one2/g)).toHaveLength(1);
    expect(frames.filter(({ type: kind }) => kind === 'terminal_resize')).toMatchObject([
      { cols: 80, rows: 24 },
      { cols: 132, rows: 43 },
    ]);
    expect((await follow(executor, sessionId)).exit).toMatchObject({ kind: 'exited', code: 4 });
    await expect(type('late')).rejects.toMatchObject({ code: 'session-ended' });
    await expect(executor.resize(sessionId, { id: 'q', cols: 1, rows: 1 })).rejects.toMatchObject({
      code: 'session-ended',
    });
  });

  test('goes on without its server, and is found again by the next one', async () => {
    const { stateDir, executor, sessionId, type } = await start(['cat']);
    await type('before\r');
    const { number } = await watch(executor, sessionId, 'before\r\nbefore');
    await executor.close();
    const next = await openExecutor(stateDir);
    const data = Buffer.from('after\r').toString('base64');
    await next.type(sessionId, { id: 'next', data });
    const { text } = await watch(next, sessionId, 'after\r\nafter', number);
    expect(text).not.toContain('before');
    const whole = await watch(next, sessionId, 'after\r\nafter');
    expect(whole.text).toContain('before');
  });

  test('is hung up when it is stopped, with all it started', async () => {
    const child = `process.on('SIGHUP', () => { console.log('hung up'); process.exit(0); }); setInterval(() => {}, 1000); console.log('child ' + process.pid);`;
    const code = `${detached(`setInterval(() => {}, 1000); console.log('grandchild ' + process.pid + '.');`)} ${child}`;
    const { executor, sessionId } = await start(node(code));
    const { text } = await watch(executor, sessionId, 'grandchild ');
    await watch(executor, sessionId, 'child ');
    const pids = [...text.matchAll(/child (\d+)/g)].map(([, pid]) => identityOf(Number(pid)));
    await executor.stop(sessionId, 10_000);
    const { exit } = await follow(executor, sessionId);
    expect(exit).toEqual({ kind: 'ended-by-us' });
    expect((await watch(executor, sessionId)).text).toContain('hung up');
    for (const identity of pids) expect(identity !== undefined && isRunning(identity)).toBe(false);
  });

  test('does not outlive a kill, nor ends by being hung up when it does not want to', async () => {
    const { executor, sessionId } = await start(
      node(
        `for (const s of ['SIGHUP', 'SIGTERM']) process.on(s, () => console.log(s)); setInterval(() => {}, 1000); console.log('there')`,
      ),
    );
    await watch(executor, sessionId, 'there');
    await executor.stop(sessionId, 1_000);
    expect((await follow(executor, sessionId)).exit).toEqual({ kind: 'ended-by-us' });
    const { text, frames } = await watch(executor, sessionId);
    expect(text).toContain('SIGHUP');
    expect(text).toContain('SIGTERM');
    expect(frames.at(-1)).toMatchObject({ type: 'terminal_exit', signal: 'SIGKILL' });
  });

  test('stands still when it is paused', async () => {
    const { executor, sessionId } = await start(node(`console.log('pid ' + process.pid + '.'); for (;;);`));
    const { text } = await watch(executor, sessionId, '.');
    const pid = Number(/pid (\d+)/.exec(text)?.[1]);
    await executor.pause(sessionId);
    const before = cpuTicks(pid);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(cpuTicks(pid)).toBe(before);
    await executor.resume(sessionId);
    await vi.waitFor(() => expect(cpuTicks(pid)).toBeGreaterThan(before), 10_000);
  });

  test('keeps the end of a flood, and tells where what is kept begins', async () => {
    const code = `let left = 300; const more = () => { if (left-- > 0) process.stdout.write('x'.repeat(65535) + '\\n', more); else process.stdout.write('the end'); }; more();`;
    const { executor, sessionId, stateDir } = await start(node(code));
    const recorded = await follow(executor, sessionId);
    expect(recorded.exit).toMatchObject({ kind: 'exited', code: 0 });
    const batches = [];
    for await (const batch of executor.terminal(sessionId, 1)) batches.push(batch);
    expect(batches[0]?.first).toBeGreaterThan(2);
    expect(textOf(batches.flatMap(({ frames }) => frames))).toMatch(/the end$/);
    const bytes = batches.flatMap(({ frames }) => frames).length;
    expect(bytes).toBeGreaterThan(10);
    // A number it never had is none: reading begins at the oldest frame.
    for await (const batch of executor.terminal(sessionId, 1_000_000)) {
      expect(batch.first).toBe(batches[0]?.first);
      break;
    }
    // It goes with the journal.
    const { terminal } = sessionDirectory(stateDir, sessionId);
    expect(existsSync(terminal)).toBe(true);
    await vi.waitFor(
      async () => expect(await executor.forget(sessionId, recorded.offset)).toBe('dropped'),
      10_000,
    );
    expect(existsSync(terminal)).toBe(false);
  });

  test('that cannot be started says why', async () => {
    const { executor, sessionId } = await start(['no-such-program']);
    expect((await follow(executor, sessionId)).exit).toMatchObject({
      kind: 'lost',
      reason: expect.stringContaining('"no-such-program" was not found'),
    });
    expect((await watch(executor, sessionId)).frames.at(-1)).toMatchObject({ type: 'terminal_exit' });
  });

  test('may be the mock agent, which plays what its scenario has for one', async () => {
    const stateDir = await temporaryDirectory();
    const executor = await openExecutor(stateDir);
    const scenario = {
      name: 'shown',
      timeline: [],
      'x-terminal': {
        output: [
          [0, 'ready\r\n'],
          [10, '{cols}x{rows}\r\n'],
        ],
        answers: [{ input: 'bye', output: 'so long\r\n', exitCode: 7 }],
      },
    };
    const run = runOf({ type: 'mock', settings: { scenario, terminal: { cols: 90, rows: 20 } } });
    await begin(executor, run);
    await watch(executor, run.sessionId, '90x20');
    await executor.type(run.sessionId, { id: '1', data: Buffer.from('bye\r').toString('base64') });
    const { text } = await watch(executor, run.sessionId);
    expect(text).toBe('ready\r\n90x20\r\nbye\r\nso long\r\n');
    expect((await follow(executor, run.sessionId)).exit).toMatchObject({ kind: 'exited', code: 7 });
  });
});

test('a session without a terminal has nothing to show and takes nothing', async () => {
  const stateDir = await temporaryDirectory();
  const executor = await openExecutor(stateDir);
  const run = runOf({ settings: { command: node('setInterval(() => {}, 1000)') } });
  await begin(executor, run);
  await expect(executor.type(run.sessionId, { id: '1', data: 'YQ==' })).rejects.toMatchObject({
    code: 'terminal-not-found',
  });
  await executor.kill(run.sessionId);
  expect((await watch(executor, run.sessionId)).frames).toEqual([]);
  expect(bodies(await follow(executor, run.sessionId))).toEqual([]);
});
