import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { EventBody } from '@agent-harbor/api-contract/schemas';
import type { Clock } from '@agent-harbor/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ChangeWatcher, type ChangeWatcherOptions, createChangeWatcher } from './change-watcher.ts';
import { createGit } from './git.ts';
import { git, type Lab, openLab, runOn, systemClock, write } from './testing/lab.ts';
import { createTreeView } from './tree-view.ts';
import { workspacePaths } from './workspace-paths.ts';

let lab: Lab;
let watcher: ChangeWatcher | undefined;
beforeEach(() => {
  lab = openLab();
});
afterEach(async () => {
  await watcher?.close();
  lab.close();
});

const sessionId = 'S1';

/** A watched session: its tree, what was reported, and a way to wait for more. */
const watch = async (files: Record<string, string | Buffer>, options: Partial<ChangeWatcherOptions> = {}) => {
  const url = lab.repository('source', files);
  const { path } = await lab.workspaces.provision(runOn({ mode: 'git', url }, { sessionId }));
  const events: EventBody[] = [];
  const waiting: (() => void)[] = [];
  watcher = createChangeWatcher({
    stateDir: lab.stateDir,
    sessionId,
    clock: systemClock,
    debounceMs: 20,
    onEvents: (reported) => {
      events.push(...reported.map((event) => EventBody.parse(event)));
      for (const wake of waiting.splice(0)) wake();
    },
    ...options,
  });
  return {
    tree: path,
    events,
    watcher,
    async until(isThere: (events: readonly EventBody[]) => boolean) {
      while (!isThere(events)) await new Promise<void>((resolve) => waiting.push(resolve));
    },
  };
};

const editOf = (path: string) => (event: EventBody) => event.type === 'file_edit' && event.file_path === path;
const diffOf = (events: readonly EventBody[], path: string) =>
  events.findLast((event) => event.type === 'diff' && event.path === path);

describe('reports', () => {
  test('changes as they happen, also in directories that are new', async () => {
    const { tree, events, watcher, until } = await watch({ 'a.txt': 'one\n' });
    await watcher.ready;
    write(tree, { 'a.txt': 'one\ntwo\n' });
    await until((all) => all.some(editOf('a.txt')));
    expect(events).toEqual([
      { type: 'file_edit', file_path: 'a.txt', lines_added: 1, lines_removed: 0 },
      { type: 'diff', path: 'a.txt', oldText: 'one\n', newText: 'one\ntwo\n' },
    ]);
    write(tree, { 'new/deep/b.txt': 'x' });
    await until((all) => all.some(editOf('new/deep/b.txt')));
    write(tree, { 'new/deep/er/c.txt': 'x' });
    await until((all) => all.some(editOf('new/deep/er/c.txt')));
    rmSync(join(tree, 'new'), { recursive: true });
    await until((all) => all.some((event) => event.type === 'file_edit' && event.description === 'deleted'));
    mkdirSync(join(tree, 'new/deep'), { recursive: true });
    await watcher.flush();
    write(tree, { 'new/deep/d.txt': 'x' });
    await until((all) => all.some(editOf('new/deep/d.txt')));
  });

  test('each difference to the last look once, at a flush at the latest', async () => {
    const { tree, events, watcher } = await watch({
      'a.txt': 'one\n',
      'b.txt': 'b\n',
      'run.sh': 'x\n',
      old: 'x\n',
    });
    write(tree, { 'a.txt': 'two\n' });
    write(tree, { 'a.txt': 'three\n' });
    await watcher.flush();
    await watcher.flush();
    expect(events).toEqual([
      { type: 'file_edit', file_path: 'a.txt', lines_added: 1, lines_removed: 1 },
      { type: 'diff', path: 'a.txt', oldText: 'one\n', newText: 'three\n' },
    ]);
    events.length = 0;
    write(tree, { 'a.txt': 'one\n', 'b.bin': Buffer.from([0, 1]), 'l.txt': Buffer.from('\xe9\n', 'latin1') });
    chmodSync(join(tree, 'run.sh'), 0o755);
    renameSync(join(tree, 'old'), join(tree, 'moved'));
    symlinkSync('/etc/passwd', join(tree, 'link'));
    await watcher.flush();
    expect(events).toEqual([
      { type: 'file_edit', file_path: 'a.txt', lines_added: 1, lines_removed: 1 },
      { type: 'diff', path: 'a.txt', oldText: 'three\n', newText: 'one\n' },
      { type: 'file_edit', file_path: 'b.bin', lines_added: 0, lines_removed: 0, description: 'created' },
      { type: 'diff', path: 'b.bin', oldText: null, newText: null, binary: true },
      { type: 'file_edit', file_path: 'l.txt', lines_added: 1, lines_removed: 0, description: 'created' },
      { type: 'diff', path: 'l.txt', oldText: null, newText: null, binary: true },
      { type: 'file_edit', file_path: 'link', lines_added: 1, lines_removed: 0, description: 'created' },
      { type: 'diff', path: 'link', oldText: null, newText: '/etc/passwd' },
      { type: 'file_edit', file_path: 'moved', lines_added: 1, lines_removed: 0, description: 'created' },
      { type: 'diff', path: 'moved', oldText: null, newText: 'x\n' },
      { type: 'file_edit', file_path: 'old', lines_added: 0, lines_removed: 1, description: 'deleted' },
      { type: 'diff', path: 'old', oldText: 'x\n', newText: null },
      {
        type: 'file_edit',
        file_path: 'run.sh',
        lines_added: 0,
        lines_removed: 0,
        description: 'mode 100644 → 100755',
      },
    ]);
  });

  test('nothing that is ignored or the agent’s own repository, and what it committed', async () => {
    const { tree, events, watcher } = await watch({ '.gitignore': 'node_modules/\n*.log\n', 'a.txt': 'x\n' });
    await watcher.ready;
    write(tree, { 'node_modules/x/y.js': 'x', 'a.log': 'x', 'a.txt': 'y\n' });
    git(tree, 'commit', '--quiet', '--all', '--message=mine');
    await watcher.flush();
    expect(events.filter(({ type }) => type === 'file_edit')).toEqual([
      expect.objectContaining({ file_path: 'a.txt' }),
    ]);
  });

  test('in order, one portion after the other, however slow the reader', async () => {
    let inside = 0;
    const paths: string[] = [];
    const { tree, watcher } = await watch(
      { a: 'x' },
      {
        onEvents: async (events) => {
          expect(++inside).toBe(1);
          for (let turn = 0; turn < 5; turn += 1) await setImmediate();
          paths.push(...events.flatMap((event) => (event.type === 'file_edit' ? [event.file_path] : [])));
          inside -= 1;
        },
      },
    );
    const names = Array.from({ length: 450 }, (_, index) => `f${String(index).padStart(3, '0')}`);
    write(tree, Object.fromEntries(names.map((name) => [name, 'x'])));
    await watcher.flush();
    expect(paths).toEqual(names);
  });
});

describe('long texts', () => {
  const lines = (count: number) =>
    Array.from({ length: count }, (_, index) => `line ${index + 1}\n`).join('');

  test('stay whole up to 64 KiB and 2,000 lines', async () => {
    const { tree, events, watcher } = await watch({ a: 'x' });
    write(tree, { bytes: 'x'.repeat(64 * 1024), lines: lines(2000) });
    await watcher.flush();
    expect(diffOf(events, 'bytes')).toEqual({
      type: 'diff',
      path: 'bytes',
      oldText: null,
      newText: 'x'.repeat(65_536),
    });
    expect(diffOf(events, 'lines')).toEqual({
      type: 'diff',
      path: 'lines',
      oldText: null,
      newText: lines(2000),
    });
  });

  test('keep first and last lines beyond, and lead to the whole', async () => {
    const { tree, events, watcher } = await watch({ 'ü?/long #1': 'short\n' });
    write(tree, { 'ü?/long #1': lines(2001) });
    await watcher.flush();
    const all = lines(2001).split(/(?<=\n)/);
    expect(diffOf(events, 'ü?/long #1')).toEqual({
      type: 'diff',
      path: 'ü?/long #1',
      oldText: 'short\n',
      newText: all.slice(0, 200).join('') + all.slice(-50).join(''),
      truncated: true,
      fullDiffUrl: `/api/v1/sessions/${sessionId}/diff/%C3%BC%3F%2Flong%20%231`,
    });
  });

  test('fit into one event, whatever they are made of', async () => {
    const { tree, events, watcher } = await watch({ a: 'x' });
    write(tree, {
      'one-line': 'ü'.repeat(50_000),
      control: '\u0001'.repeat(60_000),
      'two-megabytes': lines(200_000),
      'two-megabytes-on-one-line': '€'.repeat(700_000),
      'almost-binary': Buffer.concat([Buffer.from(lines(200_000)), Buffer.from([0xff])]),
    });
    await watcher.flush();
    for (const event of events) expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(250_000);
    expect(diffOf(events, 'one-line')).toMatchObject({
      truncated: true,
      newText: expect.stringMatching(/^ü+$/),
    });
    expect(diffOf(events, 'control')).toMatchObject({ truncated: true });
    const all = lines(200_000).split(/(?<=\n)/);
    expect(diffOf(events, 'two-megabytes')).toMatchObject({
      newText: all.slice(0, 200).join('') + all.slice(-50).join(''),
    });
    expect(diffOf(events, 'two-megabytes-on-one-line')).toMatchObject({
      newText: expect.stringMatching(/^€+$/),
    });
    expect(diffOf(events, 'almost-binary')).toMatchObject({ binary: true, newText: null });
    events.length = 0;
    appendFileSync(join(tree, 'two-megabytes'), 'more\n');
    await watcher.flush();
    expect(events[0]).toMatchObject({ lines_added: 1, lines_removed: 0 });
    expect(diffOf(events, 'two-megabytes')).toMatchObject({
      newText: expect.stringMatching(/line 200000\nmore\n$/),
    });
  });

  test('are bounded together in one look', async () => {
    const { tree, events, watcher } = await watch({ a: 'x' });
    write(
      tree,
      Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`f${index}`, 'x'.repeat(60_000)])),
    );
    await watcher.flush();
    const diffs = events.filter((event) => event.type === 'diff');
    expect(diffs).toHaveLength(300);
    expect(diffs.reduce((sum, { newText }) => sum + (newText?.length ?? 0), 0)).toBeLessThan(9_000_000);
    expect(diffs.some(({ newText, truncated }) => newText === '' && truncated === true)).toBe(true);
  });
});

test('looks now and then where it cannot watch everything', async () => {
  const { tree, watcher, until } = await watch({ 'a/b/c.txt': 'x' }, { maxDirectories: 1 });
  await watcher.ready;
  write(tree, { 'a/b/c.txt': 'y' });
  await until((all) => all.some(editOf('a/b/c.txt')));
});

/** A clock that tells which waits it was asked for, and holds those of the length of a large tree's. */
const watchedClock = () => {
  const delays: number[] = [];
  const held: (() => void)[] = [];
  let tell = () => {};
  /** Resolves when something was waited for. */
  const next = () =>
    new Promise<void>((resolve) => {
      tell = resolve;
    });
  const clock: Clock = {
    now: systemClock.now,
    schedule(delayMs, wake) {
      delays.push(delayMs);
      if (delayMs === 5_000) held.push(wake);
      tell();
      if (delayMs !== 5_000) return systemClock.schedule(delayMs, wake);
      return () => {
        held.splice(held.indexOf(wake), 1);
      };
    },
  };
  const isHeld = async () => {
    while (held.length === 0) await next();
  };
  const hasAsked = async (times: number) => {
    while (delays.length < times) await next();
  };
  return { clock, delays, held, isHeld, hasAsked };
};

test('never waits long in a tree of usual size, however often a look was in vain', async () => {
  const { clock, delays, hasAsked } = watchedClock();
  const { tree, watcher, until } = await watch({ '.gitignore': '*.log\n', a: 'x' }, { clock });
  await watcher.ready;
  for (let round = 0; round < 9; round += 1) {
    write(tree, { 'noise.log': `${round}` });
    const before = delays.length;
    // The look that the noise brought about.
    await hasAsked(before + 2);
  }
  write(tree, { a: 'y' });
  await until((all) => all.some(editOf('a')));
  // What git itself is given to end is no pause: two minutes and more, and a second for its last words.
  const pauses = delays.filter((delay) => delay < 60_000 && delay !== 1_000);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(700);
  expect(pauses.length).toBeGreaterThan(3);
});

test('looks at a large tree when a tool has ended, and every five seconds', async () => {
  const { clock, held, isHeld } = watchedClock();
  const { tree, events, watcher, until } = await watch({ a: '1', b: '2', c: '3' }, { clock, promptFiles: 2 });
  await watcher.ready;
  // The first look tells how large it is.
  write(tree, { a: 'one' });
  await watcher.flush();
  expect(events.some(editOf('a'))).toBe(true);
  events.length = 0;
  write(tree, { b: 'two' });
  await isHeld();
  write(tree, { b: 'three' });
  expect(events).toEqual([]);
  watcher.toolEnded();
  await until((all) => all.some(editOf('b')));
  // Two writes, told as one.
  expect(events).toEqual([
    { type: 'file_edit', file_path: 'b', lines_added: 1, lines_removed: 1 },
    { type: 'diff', path: 'b', oldText: '2', newText: 'three' },
  ]);
  write(tree, { c: 'three' });
  await isHeld();
  for (const wake of [...held]) wake();
  await until((all) => all.some(editOf('c')));
});

test('looks again after the second of the checkout, so that others need not read every file', async () => {
  const files = Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`f${at}`, `${at}`]));
  const { index, settledIndex } = workspacePaths(lab.stateDir, sessionId);
  const { watcher } = await watch(files);
  const young = new Date(Date.now() + 2_000);
  utimesSync(index, young, young);
  await watcher.ready;
  await vi.waitFor(() => expect(existsSync(settledIndex)).toBe(true), { timeout: 20_000, interval: 50 });
});

test('looks again after a look that failed', async () => {
  const troubles: unknown[] = [];
  const { tree, watcher, until } = await watch(
    { 'a.txt': 'x' },
    { onTrouble: (error) => troubles.push(error) },
  );
  await watcher.ready;
  await watcher.flush();
  renameSync(tree, `${tree}-moved`);
  await expect(watcher.flush()).rejects.toThrow('the working tree is not there');
  renameSync(`${tree}-moved`, tree);
  write(tree, { 'a.txt': 'y' });
  await until((all) => all.some(editOf('a.txt')));
});

test('leaves what its last look has found to the server, unless that has looked itself', async () => {
  const { tree, watcher } = await watch({ 'a.txt': 'x', 'b.txt': 'x' });
  write(tree, { 'a.txt': 'y' });
  await watcher.flush();
  await watcher.close();
  const paths = workspacePaths(lab.stateDir, sessionId);
  const serverView = () =>
    createTreeView({ git: createGit({ clock: systemClock }), paths, scratch: paths.serverScratch });
  const view = serverView();
  const seen = await view.snapshot();
  expect(await view.git.text(['cat-file', 'blob', `${seen}:a.txt`])).toBe('y');
  if (existsSync('/proc/sys/kernel/random/boot_id')) expect(view.version).toBe(0);

  const late = createChangeWatcher({
    stateDir: lab.stateDir,
    sessionId,
    clock: systemClock,
    onEvents: () => {},
  });
  await late.flush();
  write(tree, { 'b.txt': 'y' });
  const changed = await view.snapshot();
  await late.close();
  expect(existsSync(paths.recorderScratch)).toBe(false);
  const next = serverView();
  expect(await next.snapshot()).toBe(changed);
  if (existsSync('/proc/sys/kernel/random/boot_id')) expect(next.version).toBe(0);
});

test('leaves nothing behind when it is closed', async () => {
  const { tree, watcher } = await watch({ 'a.txt': 'x' });
  write(tree, { 'a.txt': 'y' });
  await watcher.flush();
  write(tree, { 'a.txt': 'z' });
  await watcher.close();
  expect(existsSync(join(lab.stateDir, 'sessions', sessionId, 'watch'))).toBe(false);
  await expect(watcher.flush()).rejects.toThrow('aborted');
});

test('leaves nothing to anybody of a tree that was dropped meanwhile', async () => {
  const { tree, watcher } = await watch({ 'a.txt': 'x' });
  await watcher.flush();
  rmSync(tree, { recursive: true });
  await watcher.close();
  expect(readdirSync(join(lab.stateDir, 'sessions', sessionId))).toEqual(['git']);
});

test('loads no schemas and starts no framework: it lives in every recorder', () => {
  const module = fileURLToPath(new URL('./change-watcher.ts', import.meta.url));
  const program = `
    import { registerHooks } from 'node:module';
    registerHooks({ load(url, context, next) { console.log(url); return next(url, context); } });
    await import(process.argv[1]);`;
  const loaded = execFileSync(
    process.execPath,
    ['--conditions=@agent-harbor/source', '--input-type=module', '--eval', program, module],
    { encoding: 'utf8', env: { PATH: process.env.PATH, NODE_NO_WARNINGS: '1' } },
  ).split('\n');
  const ours = loaded.filter((url) => url.startsWith('file:'));
  expect(ours.length).toBeGreaterThan(3);
  expect(ours.filter((url) => !url.includes('/packages/executor/src/'))).toEqual([]);
});
