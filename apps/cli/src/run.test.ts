import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commands } from './commands/index.ts';
import { run } from './run.ts';
import { createFakeIo, type FakeIoOptions } from './testing/fake-io.ts';

const ah = async (argv: readonly string[], options: FakeIoOptions = {}) => {
  const io = createFakeIo(options);
  const code = await run(argv, io);
  return { code, out: io.out(), err: io.err() };
};

// Never made: whatever fails before it needs a state directory leaves none behind.
const unused = join(tmpdir(), 'ah-never-made');

describe('the command line', () => {
  test('without a word it says what there is', async () => {
    const { code, out } = await ah([]);
    expect(code).toBe(0);
    for (const { path } of commands) expect(out).toContain(path.join(' '));
    expect(await ah(['--help'])).toEqual({ code, out, err: '' });
    expect(await ah(['help'])).toEqual({ code, out, err: '' });
  });

  test.each(commands.map(({ path }) => [path]))('%j has a help with examples', async (path) => {
    const { code, out, err } = await ah([...path, '--help']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(`ah ${path.join(' ')}`);
    expect(out).toContain('Examples:');
    // Prose is broken by hand; an example is one line, so that it can be copied.
    const prose = out.split('\n').filter((line) => !/^ {2}(?:\$| {4})/.test(line));
    expect(prose.filter((line) => line.length > 120)).toEqual([]);
    expect((await ah(['help', ...path])).out).toBe(out);
  });

  test('a noun alone says which verbs it has', async () => {
    expect(await ah(['session'])).toMatchObject({
      code: 7,
      out: '',
      err: expect.stringContaining('session diff'),
    });
    expect(await ah(['session', '--help'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('session diff'),
    });
  });

  test('says its version', async () => {
    expect(await ah(['--version'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });

  test.each([
    [['sesion', 'list'], 'ah session list'],
    [['session', 'lst'], 'ah session list'],
    [['helth'], 'ah health'],
  ])('%j is met with a suggestion', async (argv, suggestion) => {
    expect(await ah(argv)).toMatchObject({
      code: 7,
      out: '',
      err: expect.stringContaining(`Did you mean "${suggestion}"`),
    });
  });

  test.each([
    [['session', 'list', '--limit', '0'], '--limit: must be at least 1'],
    [['session', 'list', '--limit', 'x'], '--limit: must be a number'],
    [['session', 'list', '--status', 'dancing'], '--status'],
    [['session', 'list', '--cursor', ''], '--cursor: must be the cursor'],
    [['session', 'logs', 'latest', '--cursor', 'x', '-f'], 'leave --follow out'],
    [['session', 'list', '--bogus'], "unknown option '--bogus'"],
    [['session', 'list', '--jsno'], 'Did you mean --json?'],
    [['session', 'list', 'x'], 'too many arguments'],
    [['agent', 'access-point', '--port', 'x'], '--port: must be a number'],
    [['agent', 'access-point', '--rate-limit', '5'], '--rate-limit: must be requests per seconds'],
    [['agent', 'access-point', '--stop-grace', '601'], '--stop-grace: '],
    [['agent', 'access-point', '--allow-origin', 'x'], '--allow-origin (number 1): '],
    [['mock-server', '--speed', '-1'], '--speed: '],
    [['mock-server', '--host', '0.0.0.0'], '--host: must be a loopback address'],
    [['health', '--rest-base', 'x'], '--rest-base: must be an http: or https: url'],
    [['task', '--prompt', 'x', '--repo', 'none', '--', 'sh'], 'Put --agent acp or command before it'],
    [['start', '--agent', 'mock', '--', 'sh'], 'Put --agent acp or command before it'],
    [['task', '--prompt', 'a', '--agent', 'mock', '--idempotency-key', 'a b'], '--idempotency-key: '],
    [['session', 'get'], "missing required argument 'session'"],
    [['task', '--prompt', 'x', '--repo', 'none'], 'There is no agent'],
    [['task', '--agent', 'mock', '--repo', 'none'], 'There is no prompt'],
    [['task', '--prompt', 'a', '--prompt-file', 'b', '--agent', 'mock'], 'two prompts'],
    [['task', '--prompt', 'a', '--agent', 'hal', '--repo', 'none'], '--agent'],
    [['start', '--repo', '/x'], 'The task is not complete'],
    [['completion', 'csh'], 'no completion for csh'],
  ])('%j is refused with its reason', async (argv, reason) => {
    expect(await ah(argv)).toMatchObject({ code: 7, out: '', err: expect.stringContaining(reason) });
  });

  test('a failure for programs is JSON on standard output', async () => {
    for (const argv of [
      ['session', 'list', '--limit', '0', '--json'],
      ['--json', 'nonsense'],
      ['session', 'get', '--json'],
    ]) {
      const { code, out } = await ah(argv);
      expect(code).toBe(7);
      expect(JSON.parse(out)).toMatchObject({ error: { title: expect.any(String) } });
    }
  });

  test('a server that is not there is said so, with what to do', async () => {
    // Port 9 (discard) is never served here; a refused connection answers at once.
    const { code, err } = await ah(['session', 'list', '--rest-base', 'http://127.0.0.1:9']);
    expect(code).toBe(5);
    expect(err).toContain('http://127.0.0.1:9');
    expect(err).toContain('ah agent access-point');
  });

  test('--json is a wish only where it is a flag of ours', async () => {
    const argv = [
      'task',
      '--repo',
      'none',
      '--prompt',
      '--json',
      '--agent',
      'mock',
      '--rest-base',
      'http://127.0.0.1:9',
    ];
    expect(await ah(argv)).toMatchObject({
      code: 5,
      out: '',
      err: expect.stringContaining('cannot be reached'),
    });
    expect(await ah(['task', '--', 'x', '--json'])).toMatchObject({ code: 7, out: '' });
    expect(await ah(['nonsense', '--', '--json'])).toMatchObject({ code: 7, out: '' });
  });

  test('a wrong setting is named where it was said', async () => {
    const port = await ah(['agent', 'access-point'], { env: { AH_PORT: '70000' } });
    expect(port).toMatchObject({ code: 8, err: expect.stringContaining('AH_PORT: ') });
    const rate = await ah(['mock-server'], { env: { AH_MOCK_RATE_LIMIT: 'x' } });
    expect(rate).toMatchObject({ code: 8, err: expect.stringContaining('AH_MOCK_RATE_LIMIT: must be') });
    const open = await ah(['agent', 'access-point', '--host', '0.0.0.0'], { env: { AH_HOME: unused } });
    expect(open).toMatchObject({ code: 8, err: expect.stringContaining('--api-key') });
  });

  test('a reader that goes away is no failure', async () => {
    const io = createFakeIo();
    io.closeOutput();
    expect(await run(['--help'], io)).toBe(0);
    expect(io.err()).toBe('');
  });
});
