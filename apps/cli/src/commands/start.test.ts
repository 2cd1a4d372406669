import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Session } from '@agent-harbor/api-contract/schemas';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { prepareDemo } from '../demo.ts';
import { run } from '../run.ts';
import { createFakeIo } from '../testing/fake-io.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ah-start-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  return rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

const git = (repository: string, ...args: readonly string[]): string =>
  execFileSync('git', ['-C', repository, ...args], { encoding: 'utf8' }).trim();

const ah = async (...argv: readonly string[]) => {
  const io = createFakeIo({ env: { AH_HOME: join(folder, 'state') }, cwd: folder });
  const code = await run(argv, io);
  return { code, out: io.out(), err: io.err() };
};

test('the demonstration ends with a branch on which the tests pass', { timeout: 60_000 }, async () => {
  const { code, out, err } = await ah(
    'start',
    '--once',
    '--port',
    '0',
    '--agent',
    'mock',
    '--setting',
    'speed=0.01',
    '--setting',
    'scenario=fix-failing-test',
  );
  expect({ code, err }).toEqual({ code: 0, err: 'Stopping the server …\n' });
  for (const sight of [
    'status    queued',
    'thought',
    'tool',
    'edit',
    'delivery',
    'completed',
    '+++ b/src/cart.js',
  ]) {
    expect(out).toContain(sight);
  }
  const demo = join(folder, 'state', 'demo');
  expect(git(demo, 'status', '--porcelain')).toBe('');
  expect(git(demo, 'branch', '--show-current')).toBe('main');
  const branch = git(demo, 'for-each-ref', '--format=%(refname:short)', 'refs/heads/ah');
  expect(branch).toMatch(/^ah\/fix-the-failing-test-/);
  const copy = join(folder, 'copy');
  git(folder, 'clone', '--quiet', '--branch', branch, demo, copy);
  execFileSync(process.execPath, ['--test'], {
    cwd: copy,
    env: { ...process.env, NODE_TEST_CONTEXT: undefined },
  });
});

test('the own task on the own repository, and its exit code', { timeout: 60_000 }, async () => {
  const { url: repository } = await prepareDemo(folder);
  const failing = ['--agent', 'command', '--', 'sh', '-c', 'echo tried; exit 4'];
  const failed = await ah(
    'start',
    '--once',
    '--port',
    '0',
    '--repo',
    repository,
    '--prompt',
    'Try',
    ...failing,
  );
  expect(failed).toMatchObject({ code: 1, out: expect.stringContaining('failed') });
});

test('goes on serving until Ctrl-C, and says what to type next', { timeout: 60_000 }, async () => {
  const io = createFakeIo({ env: { AH_HOME: join(folder, 'state') } });
  const argv = [
    'start',
    '--port',
    '0',
    '--agent',
    'mock',
    '--setting',
    'scenario=quick-edit',
    '--setting',
    'speed=0',
  ];
  const running = run(argv, io);
  await io.seen('What next?');
  expect(io.out()).toContain('/api/docs');
  expect(io.out()).toMatch(/^ {2}git -C \S+demo merge ah\//m);
  expect(io.out()).toMatch(/^ {2}curl -N -H "X-API-Key: \$\(cat \S+api-key\)" http:/m);
  // A second one gives its task to the server that is there.
  const second = await ah(
    'start',
    '--agent',
    'mock',
    '--setting',
    'scenario=failing',
    '--setting',
    'speed=0',
  );
  expect(second).toMatchObject({
    code: 1,
    out: expect.stringMatching(/^● Agent Harbor runs already: http:\S+ \(process \d+\) takes the task/),
  });
  // Other commands find the server and its key by the state directory.
  expect(await ah('health')).toMatchObject({ code: 0, out: expect.stringContaining('ready') });
  io.interrupt();
  expect(await running).toBe(0);
  expect(await ah('health')).toMatchObject({ code: 5 });
});

/** Starts a session that runs until the file `go` is there, and waits until it does. */
const startWaiting = async (...flags: readonly string[]) => {
  const { url: repository } = await prepareDemo(folder);
  const io = createFakeIo({ env: { AH_HOME: join(folder, 'state') }, cwd: folder });
  const script = 'echo started; while [ ! -e "$1" ]; do sleep 0.05; done; echo 1 > done.txt';
  const task = ['--repo', repository, '--prompt', 'Wait', '--agent', 'command'];
  const argv = [
    'start',
    '--port',
    '0',
    ...flags,
    ...task,
    '--',
    'sh',
    '-c',
    script,
    'sh',
    join(folder, 'go'),
  ];
  const running = run(argv, io);
  await io.seen('stdout    started');
  return { io, running, repository };
};

/** What a server that is started on the state directory says of the newest session, once that has ended. */
const endOfLatest = async (): Promise<Session> => {
  const server = createFakeIo({ env: { AH_HOME: join(folder, 'state') } });
  const serving = run(['agent', 'access-point', '--port', '0'], server);
  await server.seen('serves');
  await ah('session', 'events', 'latest', '--follow');
  const { out } = await ah('session', 'get', 'latest', '--json');
  server.interrupt();
  await serving;
  return Session.parse(JSON.parse(out));
};

test('Ctrl-C while a session runs: its recorder goes on, and the next server takes it up', {
  timeout: 60_000,
}, async () => {
  const { io, running, repository } = await startWaiting();
  io.interrupt();
  expect(await running).toBe(130);
  expect(io.err()).toMatch(
    /^Stopping the server …\nSession [0-9A-Z]{26} goes on under its recorder\. .*ah agent access-point/,
  );
  await writeFile(join(folder, 'go'), '');
  const { status, delivered } = await endOfLatest();
  expect(status).toBe('completed');
  expect(git(repository, 'show', `${delivered?.branch}:done.txt`)).toBe('1');
});

test('with --stop-sessions Ctrl-C stops the session, too', { timeout: 60_000 }, async () => {
  const { io, running } = await startWaiting('--stop-sessions');
  io.interrupt();
  expect(await running).toBe(130);
  expect(io.err()).toBe('Stopping the server and its sessions …\n');
  expect((await endOfLatest()).status).toBe('stopped');
});

test('a reader that goes away ends the server in good order', { timeout: 60_000 }, async () => {
  const { io, running } = await startWaiting();
  io.closeOutput();
  await writeFile(join(folder, 'go'), '');
  expect(await running).toBe(130);
  expect(io.err()).toMatch(/^Stopping the server …\nSession \S+ goes on/);
  expect((await endOfLatest()).status).toBe('completed');
});

test('says who holds the port, and what to do', { timeout: 60_000 }, async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  if (address === null || typeof address === 'string') throw new Error('There is no port.');
  try {
    const { code, err } = await ah('start', '--once', '--port', String(address.port));
    expect(code).toBe(5);
    const holder = process.platform === 'linux' ? `process ${process.pid} ` : 'another program';
    expect(err).toContain('ah: The server cannot start\n');
    expect(err).toContain(`Port ${address.port} on 127.0.0.1 is held by ${holder}`);
    expect(err).toContain('Stop it, or choose another port with --port (0 takes a free one).');
  } finally {
    await new Promise((resolve) => other.close(resolve));
  }
});

test('what a killed server left is not taken for a server', { timeout: 60_000 }, async () => {
  await mkdir(join(folder, 'state'));
  // Its process id is somebody else's by now. Port 9 (discard) is never served here.
  const left = { url: 'http://127.0.0.1:9', pid: process.pid };
  await writeFile(join(folder, 'state', 'server.json'), JSON.stringify(left));
  const agent = ['--agent', 'mock', '--setting', 'scenario=quick-edit', '--setting', 'speed=0'];
  const { code, out } = await ah('start', '--once', '--port', '0', ...agent);
  expect(code).toBe(0);
  expect(out).toMatch(/^● Agent Harbor serves/);
});

test('an agent that is run by hand has the keys of who runs it, and what else is named', {
  timeout: 60_000,
}, async () => {
  const { url: repository } = await prepareDemo(folder);
  vi.stubEnv('OPENAI_API_KEY', 'mine');
  vi.stubEnv('MY_KEY', 'too');
  vi.stubEnv('OTHER_KEY', 'not');
  const env = { AH_AGENT_LENDS: '{"codex":{"variables":["MY_KEY"]}}' };
  const io = createFakeIo({ cwd: repository, env });
  const script = 'echo "keys: $OPENAI_API_KEY $MY_KEY $OTHER_KEY." >&2';
  const setting = `command=${JSON.stringify(['sh', '-c', script])}`;
  await run(['agent', 'start', '--prompt', 'Work', '--agent', 'codex', '--setting', setting], io);
  expect(io.out()).toContain('keys: mine too .');

  // Others may come to a server, so that there it is said by a flag.
  const start = ['start', '--once', '--port', '0', '--repo', repository, '--prompt', 'Work'];
  const codex = ['--agent', 'codex', '--setting', setting];
  expect((await ah(...start, ...codex)).out).toContain('keys:   .');
  expect((await ah(...start, ...codex, '--agent-credentials', 'codex')).out).toContain('keys: mine  .');
});

test.each([
  [[], 'denied'],
  [['--approve', 'allow'], 'allowed'],
])(
  'where nobody can be asked, what an agent asks leave for is answered: with %j it is %s',
  { timeout: 60_000 },
  async (flags, outcome) => {
    const { url: repository } = await prepareDemo(folder);
    const io = createFakeIo({ cwd: repository });
    const timeline = [{ agentPermissionRequest: { toolCall: { title: 'Remove it all' } } }];
    const scenario = `scenario=${JSON.stringify({ name: 'asks', timeline })}`;
    const agent = ['--agent', 'mock', '--setting', scenario];
    expect(await run(['agent', 'start', '--prompt', 'Work', ...agent, ...flags], io)).toBe(0);
    expect(io.out()).toMatch(new RegExp(`approval .*${outcome}`));
  },
);

test('an agent runs without a server, and Ctrl-C stops it', { timeout: 60_000 }, async () => {
  const { url: repository } = await prepareDemo(folder);
  const io = createFakeIo({ cwd: repository });
  const script = 'echo half > half.txt; echo started; sleep 60';
  const agent = ['--agent', 'command', '--', 'sh', '-c', script];
  const running = run(['agent', 'start', '--prompt', 'Work', '--target-branch', 'half-done', ...agent], io);
  await io.seen('started');
  await io.seen('half.txt');
  io.interrupt();
  expect(await running).toBe(130);
  expect(git(repository, 'show', 'half-done:half.txt')).toBe('half');
});
