import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Finished, type RunningServer, runAh, startMock, temporaryFolder } from './program.ts';

// What people do on a machine without a real agent: the whole command line on the mock server. It needs no cgroups, no
// git and no shell, so it says the same on every system.
describe('the command line on the mock server', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let server: RunningServer;
  let sessionId: string;

  const ah = (...args: readonly string[]): Promise<Finished> =>
    runAh(args, { AH_HOME: server.stateDir, AH_REST_BASE: server.url });
  const json = async (...args: readonly string[]): Promise<ReturnType<typeof JSON.parse>> => {
    const { code, stdout, stderr } = await ah(...args, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout);
  };

  beforeAll(async () => {
    folder = await temporaryFolder();
    server = await startMock(folder.path, ['--speed', '0']);
    const url = 'https://example.test/demo.git';
    const prompt = ['--prompt', 'Fix the failing test', '--setting', 'scenario=fix-failing-test'];
    const { code, stdout, stderr } = await ah(
      'task',
      '--repo',
      url,
      '--agent',
      'mock',
      ...prompt,
      '--follow',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('completed');
    const { items } = await json('session', 'list');
    expect(items).toMatchObject([{ status: 'completed' }]);
    sessionId = items[0].id;
  }, 60_000);
  afterAll(async () => {
    await server?.stop();
    await folder?.remove();
  });

  it('finds the session by a part of its id', async () => {
    const { stdout } = await ah('session', 'get', sessionId.slice(0, -6));
    expect(stdout).toContain(sessionId);
  });

  it('shows every event once', async () => {
    const { code, stdout } = await ah('session', 'events', sessionId, '--json');
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(code).toBe(0);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  });

  it('shows what changed', async () => {
    const { items } = await json('session', 'files', sessionId);
    expect((await ah('session', 'diff', sessionId)).stdout).toContain(items[0].path);
    expect((await ah('session', 'logs', sessionId)).code).toBe(0);
  });

  it.each(['agents', 'runtimes', 'executors', 'repos'])('lists %s', async (noun) => {
    expect((await json('remote', noun)).items).not.toEqual([]);
  });

  it('stops a session, and cancels it', async () => {
    const agent = ['--agent', 'mock', '--setting', 'scenario=long-running', '--setting', 'speed=1'];
    const { session_ids: ids } = await json('task', '--repo', 'none', ...agent, '--prompt', 'Wait');
    const stopped = await ah('session', 'stop', ids[0], '--wait');
    expect(stopped.stdout).toContain('stopped');
    expect((await ah('session', 'cancel', ids[0])).code).toBe(0);
    expect((await ah('session', 'get', ids[0])).code).toBe(0);
  });
});
