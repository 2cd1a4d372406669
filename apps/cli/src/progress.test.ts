import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createProgress } from './progress.ts';
import { run } from './run.ts';
import { createFakeIo, type FakeIo } from './testing/fake-io.ts';

/** What stands on the screen: what a carriage return and an erased line leave of a text. */
const screen = (text: string): string =>
  text
    .split('\n')
    .map((line) =>
      line
        .split('\r')
        .at(-1)
        ?.replace(/^.*\u001b\[K/, ''),
    )
    .join('\n');

describe('the line about the work', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const terminal = (): FakeIo => createFakeIo({ isErrTTY: true });

  test('comes after a second of silence, tells how far it is, and goes before the output', async () => {
    const outer = terminal();
    const { io, doing } = createProgress(outer, true);
    doing('Searching');
    await vi.advanceTimersByTimeAsync(999);
    expect(outer.err()).toBe('');
    await vi.advanceTimersByTimeAsync(1);
    expect(screen(outer.err())).toBe('Searching … 1 s');
    doing('Searching, 3 MiB');
    await vi.advanceTimersByTimeAsync(2000);
    expect(screen(outer.err())).toBe('Searching, 3 MiB … 3 s');
    await Promise.all([io.stdout.write('one\n'), io.stdout.write('two\n')]);
    expect(screen(outer.err())).toBe('');
    expect(outer.out()).toBe('one\ntwo\n');
    const before = outer.err();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(outer.err()).toBe(before);
  });

  test('begins anew with the next work, and is gone at the end', async () => {
    const outer = terminal();
    const { io, doing, end } = createProgress(outer, true);
    doing('Launching');
    await io.stderr.write('launched\n');
    await vi.advanceTimersByTimeAsync(5000);
    expect(outer.err()).toBe('launched\n');
    doing('Waiting');
    await vi.advanceTimersByTimeAsync(1000);
    expect(screen(outer.err())).toBe('launched\nWaiting … 1 s');
    await end();
    expect(screen(outer.err())).toBe('launched\n');
    await vi.advanceTimersByTimeAsync(5000);
    expect(screen(outer.err())).toBe('launched\n');
  });

  test.each([
    [12, 'Searching …'],
    [0, 'Searching … 1 s'],
  ])('fits a terminal of %i columns', async (columns, line) => {
    const outer = createFakeIo({ isErrTTY: true, columns });
    const { doing, end } = createProgress(outer, true);
    doing('Searching');
    await vi.advanceTimersByTimeAsync(1000);
    expect(screen(outer.err())).toBe(line);
    await end();
  });

  test('leaves the screen to a pager', async () => {
    const outer = terminal();
    const { io, doing } = createProgress(outer, true);
    doing('Comparing');
    await vi.advanceTimersByTimeAsync(1000);
    await io.openPager();
    expect(screen(outer.err())).toBe('');
  });

  test.each([
    ['where standard error is no terminal', {}, true],
    ['for a program', { isErrTTY: true }, false],
  ])('is not there %s', async (_why, options, isWanted) => {
    const outer = createFakeIo(options);
    const { doing } = createProgress(outer, isWanted);
    doing('Searching');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(outer.err()).toBe('');
  });

  test('does not look at interrupts, which would catch them', () => {
    const outer = terminal();
    let looked = 0;
    const interrupted = AbortSignal.abort();
    Object.defineProperty(outer, 'interrupted', {
      get: () => {
        looked += 1;
        return interrupted;
      },
    });
    const { io } = createProgress(outer, true);
    expect(looked).toBe(0);
    expect(io.interrupted).toBe(interrupted);
  });
});

/** Runs a command against a server that answers only when the command has been silent for three seconds. */
const againstSlowServer = async (
  argv: readonly string[],
  answer: unknown,
  options: { readonly isErrTTY?: boolean },
): Promise<{ code: number; during: string; io: FakeIo }> => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const io = createFakeIo({ ...options, env: { AH_API_KEY: 'any' } });
  let during = '';
  const server = createServer((_request, response) => {
    vi.advanceTimersByTime(3000);
    during = io.err();
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const code = await run([...argv, '--rest-base', `http://127.0.0.1:${port}`], io);
    return { code, during, io };
  } finally {
    vi.useRealTimers();
    server.closeAllConnections();
    server.close();
  }
};

const sessionId = '01JD0000000000000000000000';
const facets = { languages: {}, file_types: {}, directories: {} };
const nothing = { results: [], facets, total: 0, cut_by: null, skipped_large: 0 };
const search = ['session', 'search', sessionId, 'x'];

describe('a slow command', () => {
  test('tells a person at a terminal that it goes on, and leaves nothing of it', async () => {
    const { code, during, io } = await againstSlowServer(search, nothing, { isErrTTY: true });
    expect(io.err()).not.toContain('error');
    expect({ code, during: screen(during) }).toEqual({ code: 0, during: 'Searching the files … 3 s' });
    expect(screen(io.err())).toBe('');
    expect(io.out()).toBe('Nothing was found.\n');
  });

  test.each([
    ['a pipe', [], {}],
    ['a program', ['--json'], { isErrTTY: true }],
  ])('says nothing beside its result to %s', async (_to, flags, options) => {
    const { code, during, io } = await againstSlowServer([...search, ...flags], nothing, options);
    expect({ code, during, err: io.err() }).toEqual({ code: 0, during: '', err: '' });
  });
});
