import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMockServer } from '@agent-harbor/mock-server/start';
import { spawn } from '@lydell/node-pty';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { fromSource } from '../../programs/from-source.ts';
import { run } from '../../run.ts';
import { createClipboardGuard } from '../../terminal/clipboard.ts';
import { createKeyFilter, readKeys } from '../../terminal/detach-keys.ts';
import { createRawOutput } from '../../terminal/raw-output.ts';
import { createFakeIo } from '../../testing/fake-io.ts';

let folder: string;
let server: Awaited<ReturnType<typeof startMockServer>>;
let env: Record<string, string>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ah-attach-'));
  server = await startMockServer({ port: 0, stateDir: folder });
  env = { AH_REST_BASE: server.url, AH_HOME: folder };
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const ah = async (...argv: readonly string[]) => {
  const io = createFakeIo({ env, cwd: folder });
  const code = await run(argv, io);
  return { code, out: io.out(), err: io.err() };
};

/** A session in a simulated terminal: `size` tells its size, `exit` ends it. */
const launch = async (...settings: readonly string[]): Promise<string> => {
  const wishes = ['terminal=true', 'scenario=long-running', ...settings].flatMap((wish) => [
    '--setting',
    wish,
  ]);
  const launched = await ah(
    'task',
    '--repo',
    'none',
    '--prompt',
    'Do',
    '--agent',
    'mock',
    ...wishes,
    '--json',
  );
  return JSON.parse(launched.out).id;
};

/** `ah` in a terminal of its own, run by a shell that tells how that terminal is set before and after. */
const sit = (...argv: readonly string[]) => {
  const program = join(import.meta.dirname, '../../main.ts');
  const terminal = spawn(
    'sh',
    [
      '-c',
      'stty -g > "$0/before"; "$@"; echo "left with $?"; stty -g > "$0/after"',
      folder,
      ...fromSource(program),
      'session',
      'attach',
      ...argv,
    ],
    { name: 'xterm', cols: 90, rows: 30, cwd: folder, env: { PATH: process.env.PATH ?? '', ...env } },
  );
  let text = '';
  const looks = new Set<() => void>();
  terminal.onData((data) => {
    text += data;
    for (const look of [...looks]) look();
  });
  const ended = new Promise<void>((resolve) => terminal.onExit(() => resolve()));
  onTestFinished(async () => {
    terminal.kill('SIGKILL');
    await ended;
  });
  const seen = (wanted: string) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!text.includes(wanted)) return;
        looks.delete(look);
        resolve();
      };
      looks.add(look);
      look();
    });
  const isAsItWas = async () => {
    const [before, after] = await Promise.all(
      ['before', 'after'].map((name) => readFile(join(folder, name), 'utf8')),
    );
    return before !== '' && before === after;
  };
  return { terminal, seen, ended, text: () => text, isAsItWas };
};

describe.skipIf(process.platform === 'win32')('sitting at a terminal', { timeout: 60_000 }, () => {
  test('shows it, types into it, resizes it and leaves it running', async () => {
    const id = await launch();
    const { terminal, seen, ended, text, isAsItWas } = sit(id);
    await seen('Ctrl-]');
    await seen('"exit" ends it.');
    terminal.write('size\r');
    await seen('90 x 30');
    terminal.resize(101, 31);
    // The new size is sent as soon as it is known; the question may come before it.
    const asking = setInterval(() => terminal.write('size\r'), 200);
    await seen('101 x 31');
    clearInterval(asking);
    terminal.write('\u001d');
    await ended;
    expect(text()).toContain('goes on');
    expect(text()).toContain('left with 0');
    expect(await isAsItWas()).toBe(true);
    expect(JSON.parse((await ah('session', 'get', id, '--json')).out).status).toBe('running');
  });

  test('ends with its program, and gives the terminal back', async () => {
    const { terminal, seen, ended, text, isAsItWas } = sit(await launch());
    await seen('"exit" ends it.');
    terminal.write('exit\r');
    await ended;
    expect(text()).toContain('has ended with code 0');
    expect(await isAsItWas()).toBe(true);
  });

  test('watches only, when that is all that is wanted, and other keys leave it', async () => {
    const id = await launch();
    const { terminal, seen, ended, text, isAsItWas } = sit(
      id,
      '--read-only',
      '--detach-keys',
      'ctrl-p,ctrl-q',
    );
    await seen('Ctrl-P Ctrl-Q');
    await seen('"exit" ends it.');
    terminal.write('exit\r\u001d\u0010x\u0010\u0011');
    await ended;
    expect(text()).toContain('goes on');
    expect(await isAsItWas()).toBe(true);
    expect(JSON.parse((await ah('session', 'get', id, '--json')).out).status).toBe('running');
  });

  test('goes on over a lost connection, with everything once', async () => {
    const apiKey = (await readFile(server.keyFile, 'utf8')).trim();
    const fault = { kind: 'half-frame', route: 'terminal.pty', frame: 2, count: 1 };
    const headers = { 'x-api-key': apiKey, 'content-type': 'application/json' };
    const body = JSON.stringify(fault);
    expect((await fetch(`${server.url}/mock/faults`, { method: 'POST', headers, body })).status).toBe(201);
    const { terminal, seen, ended, text } = sit(await launch());
    await seen('"exit" ends it.');
    terminal.write('size\r');
    await seen('90 x 30');
    expect(text().match(/ends it\./g)).toHaveLength(1);
    terminal.write('\u001d');
    await ended;
    expect((await (await fetch(`${server.url}/mock/faults`, { headers })).json()).items).toMatchObject([
      { struck: 1 },
    ]);
  });

  test('gives the terminal back when somebody ends it by a signal', async () => {
    const { terminal, seen, ended, text, isAsItWas } = sit(await launch());
    await seen('"exit" ends it.');
    execFileSync('pkill', ['-TERM', '-P', String(terminal.pid)]);
    await ended;
    expect(text()).toContain('left with 130');
    expect(await isAsItWas()).toBe(true);
  });

  test('ends with a program that is interrupted, and gives the terminal back', async () => {
    const { terminal, seen, ended, text, isAsItWas } = sit(await launch());
    await seen('"exit" ends it.');
    terminal.write('\u0003');
    await seen('has ended with code 130');
    await ended;
    expect(text()).toContain('left with 0');
    expect(await isAsItWas()).toBe(true);
  });
});

test('who has no terminal is told so, and what to do', async () => {
  const { code, err } = await ah('session', 'attach', 'latest');
  expect(code).toBe(7);
  expect(err).toContain('This is no terminal');
  expect(err).toContain('ah session logs --follow');
  expect((await ah('session', 'attach', 'latest', '--detach-keys', 'shift-x')).err).toContain(
    'ctrl-p,ctrl-q',
  );
});

test('keys to leave with are held back until it is clear whether they are meant', () => {
  expect(readKeys('ctrl-]')).toEqual({ name: 'Ctrl-]', bytes: [0x1d] });
  expect(readKeys('ctrl-p,q')).toEqual({ name: 'Ctrl-P q', bytes: [0x10, 0x71] });
  for (const bad of ['', 'ctrl-', 'ctrl-1', 'ab', 'ctrl-p,,q']) expect(readKeys(bad)).toBeUndefined();
  const filter = createKeyFilter({ name: '', bytes: [1, 2] });
  const push = (...keys: number[]) => {
    const { keys: passed, isDetached } = filter.push(Uint8Array.from(keys));
    return [...passed, isDetached];
  };
  expect(push(5, 1)).toEqual([5, false]);
  expect(push(1)).toEqual([1, false]);
  expect(push(3)).toEqual([1, 3, false]);
  expect(push(1, 2, 9)).toEqual([true]);
});

test('a line feed alone stays in its column', () => {
  const raw = createRawOutput();
  const shown = (text: string) => Buffer.from(raw(Buffer.from(text))).toString();
  expect(shown('a\r\nb\nc\r')).toBe('a\r\nb\u001bDc\r');
  expect(shown('\nd\n\n')).toBe('\nd\u001bD\u001bD');
});

test('nobody in a session gets at the clipboard of who watches it', () => {
  const pieces = (size: number, text: string) => {
    const guard = createClipboardGuard();
    const bytes = Buffer.from(text);
    let shown = '';
    for (let start = 0; start < bytes.length; start += size)
      shown += Buffer.from(guard(bytes.subarray(start, start + size))).toString();
    return shown;
  };
  for (const size of [1, 2, 3, 100]) {
    const kept = 'a\u001b]0;title\u0007\u001b[1mb\u001b]523;x\u0007';
    expect(pieces(size, kept)).toBe(kept);
    expect(pieces(size, 'a\u001b]52;c;aGk=\u0007b')).toBe('ab');
    expect(pieces(size, 'a\u001b]52;c;?\u001b\\b\u001b\u001b]52;c;x\u001b[mz')).toBe('ab\u001b\u001b[mz');
  }
});
