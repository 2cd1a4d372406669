import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMockServer } from '@agent-harbor/mock-server/start';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../run.ts';
import { createFakeIo, type FakeIoOptions } from '../testing/fake-io.ts';

const ah = async (argv: readonly string[], options: FakeIoOptions = {}) => {
  const io = createFakeIo(options);
  const code = await run(argv, io);
  return { code, out: io.out(), err: io.err() };
};

describe('against the mock server', () => {
  const closing: (() => Promise<void>)[] = [];
  let env: Record<string, string>;
  let session: string;
  beforeAll(async () => {
    const stateDir = await mkdtemp(join(tmpdir(), 'ah-run-'));
    closing.push(() => rm(stateDir, { recursive: true, force: true }));
    const server = await startMockServer({ port: 0, stateDir, speed: 0.05 });
    closing.push(() => server.close());
    // No key anywhere: it is found by the state directory.
    env = { AH_REST_BASE: server.url, AH_HOME: stateDir };
    const launched = await ah(
      [
        ...[
          'task',
          '--repo',
          'https://example.test/shop.git',
          '--prompt-file',
          '-',
          '--label',
          'team=web:1',
          '--json',
        ],
        ...['--agent', 'mock', '--setting', 'scenario=fix-failing-test'],
      ],
      { env, stdin: 'Fix it,\nplease' },
    );
    expect(launched).toMatchObject({ code: 0, err: '' });
    session = JSON.parse(launched.out).id;
    await ah(['session', 'events', session, '--follow'], { env });
  });
  afterAll(async () => {
    for (const close of closing.reverse()) await close();
  });

  test('a task can be followed to its end', async () => {
    const argv = [
      'task',
      '--repo',
      'none',
      '--prompt',
      'Do',
      '--agent',
      'mock',
      '--setting',
      'scenario=quick-edit',
      '--follow',
    ];
    const { code, out } = await ah(argv, { env });
    expect(code).toBe(0);
    const [first, ...lines] = out.trimEnd().split('\n');
    expect(first).toMatch(/^[0-9A-Z]{26} queued$/);
    expect(lines.map((line) => line.slice(10).trim().replace(/ +/g, ' '))).toEqual(
      expect.arrayContaining([
        'status queued',
        'status running',
        'edit notes/hello.md (+3 -0)',
        'status completed',
      ]),
    );
  });

  test('a task that fails ends with 1', async () => {
    const argv = [
      'task',
      '--repo',
      'none',
      '--prompt',
      'Do',
      '--agent',
      'mock',
      '--setting',
      'scenario=failing',
      '--follow',
    ];
    expect(await ah(argv, { env })).toMatchObject({
      code: 1,
      out: expect.stringContaining('failed (exit code 3)'),
    });
  });

  test('several sessions are told apart', async () => {
    const argv = [
      'task',
      '--repo',
      'none',
      '--prompt',
      'Do',
      '-f',
      '--agent',
      'mock',
      '--instances',
      '2',
      '--setting',
      'scenario=quick-edit',
    ];
    const { code, out } = await ah(argv, { env });
    expect(code).toBe(0);
    expect(out).toContain('[1] ');
    expect(out).toContain('[2] ');
  });

  test('Ctrl-C ends the watching and not the session', async () => {
    const io = createFakeIo({ env });
    const argv = [
      'task',
      '--repo',
      'none',
      '--prompt',
      'Long',
      '-f',
      '--agent',
      'mock',
      '--setting',
      'scenario=long-running',
    ];
    const running = run(argv, io);
    await io.seen('running');
    io.interrupt();
    expect(await running).toBe(130);
    const id = io.out().slice(0, 26);
    expect(io.err()).toContain(`Session ${id} goes on: ah session events ${id} --follow`);
    expect(JSON.parse((await ah(['session', 'get', id, '--json'], { env })).out)).toMatchObject({
      status: 'running',
    });
    expect(await ah(['session', 'stop', id, '--wait'], { env })).toMatchObject({
      code: 0,
      out: expect.stringContaining('stopped'),
    });
    expect(await ah(['session', 'stop', id], { env })).toMatchObject({
      code: 1,
      err: expect.stringContaining('stopped'),
    });
    expect(await ah(['session', 'cancel', id], { env })).toMatchObject({
      code: 0,
      out: expect.stringContaining('archived'),
    });
    expect((await ah(['session', 'list'], { env })).out).not.toContain(id);
    expect((await ah(['session', 'list', '--archived'], { env })).out).toContain(id);
  });

  test('a reader that goes away leaves the session alone, and does not hear that it went well', async () => {
    const io = createFakeIo({ env });
    const argv = ['task', '--repo', 'none', '--prompt', 'Long', '-f', '--agent', 'mock'];
    const running = run([...argv, '--setting', 'scenario=long-running'], io);
    await io.seen('running');
    io.closeOutput();
    expect(await running).toBe(130);
    expect(io.err()).toBe('');
    const id = io.out().slice(0, 26);
    expect((await ah(['session', 'get', id, '--json'], { env })).out).toContain('"status":"running"');
    await ah(['session', 'cancel', id], { env });
  });

  test('the same key launches once', async () => {
    const argv = [
      'task',
      '--repo',
      'none',
      '--prompt',
      'Once',
      '--agent',
      'mock',
      '--idempotency-key',
      'k1',
      '--json',
    ];
    const first = await ah(argv, { env });
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse((await ah(argv, { env })).out).id).toBe(JSON.parse(first.out).id);
    const other = await ah([...argv, '--label', 'a=b'], { env });
    expect(other).toMatchObject({ code: 7, out: expect.stringContaining('idempotency-key-reused') });
  });

  test('what stands behind -- is the program of the agent', async () => {
    const argv = ['task', '--repo', 'none', '--prompt', 'x', '--agent', 'command', '--json'];
    const program = ['sh', '-c', 'echo "$1"', 'sh', '{prompt}', '--json', '--', ''];
    const { code, out } = await ah([...argv, '--', ...program], { env });
    expect(code).toBe(0);
    const got = await ah(['session', 'get', JSON.parse(out).id, '--json'], { env });
    expect(JSON.parse(got.out).agent.settings).toEqual({ command: program });
  });

  test('sessions are listed and filtered', async () => {
    const { out } = await ah(['session', 'list', '--label', 'team=web:1', '--status', 'completed,failed'], {
      env,
    });
    const [head, line, ...rest] = out.trimEnd().split('\n');
    expect(head).toMatch(/^ID +STATUS +AGENT +AGE +CHANGES +PROMPT$/);
    expect(line).toContain(session);
    expect(line).toContain('Fix it, please');
    expect(rest).toEqual([]);
    const none = await ah(['session', 'list', '--search', 'elephant'], { env });
    expect(none).toMatchObject({ code: 0, out: expect.stringContaining('No sessions') });
    const json = JSON.parse((await ah(['--json', 'session', 'list', '--label', 'team=web:1'], { env })).out);
    expect(json.items[0].prompt).toBe('Fix it,\nplease');
    const ids = await ah(['session', 'list', '--label', 'team=web:1', '--ids'], { env });
    expect(ids.out).toBe(`${session}\n`);
  });

  test('a session is shown with what came of it', async () => {
    const { out } = await ah(['session', 'get', session], { env });
    expect(out).toMatch(/^status +completed/);
    expect(out).toMatch(/delivery +delivered ah\//);
    expect(out).toContain('  Fix it,\n  please\n');
  });

  test('events are shown as history or followed, for people and programs', async () => {
    const history = await ah(['session', 'events', session], { env });
    const followed = await ah(['session', 'events', session, '-f'], { env });
    expect(history).toMatchObject({ code: 0, err: '' });
    expect(followed.out).toBe(history.out);
    const items = (await ah(['session', 'events', session, '-f', '--json'], { env })).out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(items.map(({ seq }) => seq)).toEqual(items.map((_, index) => index + 1));
    const rest = await ah(['session', 'events', session, '--after', items[4].id, '--json'], { env });
    expect(rest.out.trimEnd().split('\n')).toHaveLength(items.length - 5);
    const statuses = await ah(['session', 'events', session, '--type', 'status'], { env });
    expect(statuses.out.trimEnd().split('\n')).toHaveLength(4);
  });

  test('logs are shown by their tail, or followed', async () => {
    const tail = await ah(['session', 'logs', session, '--tail', '2'], { env });
    expect(tail.out.trimEnd().split('\n')).toHaveLength(2);
    const json = JSON.parse((await ah(['session', 'logs', session, '--json'], { env })).out);
    const followed = await ah(['session', 'logs', session, '-f', '--json'], { env });
    const lines = followed.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual(json.logs);
  });

  test('the logs of one tool are shown, or followed', async () => {
    const { logs } = JSON.parse((await ah(['session', 'logs', session, '--json'], { env })).out);
    const tool = logs.findLast(
      (line: { tool_execution_id: string | null }) => line.tool_execution_id !== null,
    );
    const of = ['session', 'logs', session, '--tool-execution', tool.tool_execution_id, '--json'];
    const wanted = logs.filter(
      (line: { tool_execution_id: string | null }) => line.tool_execution_id === tool.tool_execution_id,
    );
    expect(wanted.length).toBeLessThan(logs.length);
    expect(JSON.parse((await ah(of, { env })).out).logs).toEqual(wanted);
    const followed = (await ah([...of, '--follow'], { env })).out.trimEnd().split('\n');
    expect(followed.map((line) => JSON.parse(line))).toEqual(wanted);
  });

  test('files and diffs are shown', async () => {
    expect((await ah(['session', 'files', session], { env })).out).toMatch(
      /modified +\+1 -1 +\d+s +content +src\/cart\.js/,
    );
    const whole = await ah(['session', 'diff', session], { env });
    expect(whole.out).toContain('+++ b/src/cart.js');
    expect(whole.out).toContain('CHANGELOG.md');
    const one = await ah(['session', 'diff', session, 'src/cart.js', '--context', '0'], { env });
    expect(one.out).not.toContain('CHANGELOG.md');
    expect(await ah(['session', 'diff', session, 'no/such'], { env })).toMatchObject({ code: 1 });
    expect(await ah(['session', 'files', session, '--path', 'nothing*'], { env })).toMatchObject({
      out: 'No changed files.\n',
    });
  });

  test('the server says what it has', async () => {
    expect((await ah(['remote', 'agents'], { env })).out).toContain('mock');
    expect(JSON.parse((await ah(['remote', 'agents', 'mock'], { env })).out)).toMatchObject({
      type: 'object',
    });
    expect((await ah(['remote', 'runtimes'], { env })).out).toContain('local');
    expect((await ah(['remote', 'executors'], { env })).out).toContain('scripted');
    const repos = JSON.parse((await ah(['remote', 'repos', '--json'], { env })).out);
    expect(repos.items[0]).toMatchObject({ remoteUrl: 'https://example.test/shop.git' });
    expect((await ah(['repo', 'branches', repos.items[0].id], { env })).out).toContain('main');
    expect(await ah(['health'], { env })).toMatchObject({ code: 0, out: expect.stringContaining('ready') });
    // Nothing really runs here, so no vendor's program is here.
    expect(await ah(['health', '--supported-agents'], { env })).toMatchObject({ code: 0 });
    expect(await ah(['health', '--supported-agents', 'Claude,codex'], { env })).toMatchObject({ code: 3 });
    expect(await ah(['health', '--supported-agents', 'nobody'], { env })).toMatchObject({
      code: 7,
      err: expect.stringContaining('--supported-agents nobody'),
    });
  });

  test('a wrong key is told apart from a server that is not there', async () => {
    const { code, err } = await ah(['health', '--api-key', 'wrong-wrong-wrong-wrong'], { env });
    expect(code).toBe(4);
    expect(err).toContain('credential');
    expect(err).not.toContain('wrong-wrong');
  });

  test('what the server refuses is said by its field', async () => {
    const argv = [
      'task',
      '--repo',
      'https://example.test/a.git',
      '--prompt',
      'x',
      '--agent',
      'mock',
      '--setting',
      'scenario=nonsense',
    ];
    const { code, err } = await ah(argv, { env });
    expect(code).toBe(3);
    expect(err).toContain('nonsense');
  });
});
