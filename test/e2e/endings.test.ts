import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, apiOf, story } from './api.ts';
import { isRunning, processesOf } from './processes.ts';
import { type RunningServer, startServer, temporaryFolder } from './program.ts';
import { createRepository } from './repository.ts';

const onLinux = process.platform === 'linux';

describe('how a session ends', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let server: RunningServer;
  let api: Api;
  let repo: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    server = await startServer(join(folder.path, 'state'));
    api = await apiOf(server);
    repo = await createRepository(join(folder.path, 'repo'), { 'readme.md': 'Hello\n' });
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    await folder.remove();
  });

  const launch = (script: string) =>
    api.launch({
      prompt: 'Go',
      repo: { mode: 'git', url: repo },
      agent: { type: 'command', settings: { command: ['sh', '-c', script] } },
    });
  const session = (id: string) => api.json('GET', `/api/v1/sessions/${id}?archived=true`);

  it('exit 3 is failed, with the code and the last output', async () => {
    const id = await launch('echo working; echo "it broke" >&2; exit 3');
    expect(story(await api.frames(id)).at(-1)).toBe('failed');
    expect(await session(id)).toMatchObject({
      status: 'failed',
      exitCode: 3,
      statusReason: expect.stringContaining('it broke'),
    });
  }, 30_000);

  it.skipIf(!onLinux)(
    'stop is stopped, and detached children are gone too',
    async () => {
      const pids = join(folder.path, 'stop-pids');
      const id = await launch(detaching(pids));
      await api.frames(id, undefined, ({ event }) => event.type === 'log' && event.message === 'ready');
      expect((await api.call('POST', `/api/v1/sessions/${id}/stop`)).status).toBe(202);
      expect(story(await api.frames(id)).at(-1)).toBe('stopped');
      await expectGone(id, pids);
    },
    30_000,
  );

  it.skipIf(!onLinux)(
    'delete is cancelled, and detached children are gone too',
    async () => {
      const pids = join(folder.path, 'delete-pids');
      const id = await launch(detaching(pids));
      await api.frames(id, undefined, ({ event }) => event.type === 'log' && event.message === 'ready');
      expect((await api.call('DELETE', `/api/v1/sessions/${id}`)).status).toBe(204);
      await expectGone(id, pids);
      expect(await session(id)).toMatchObject({ status: 'cancelled' });
      expect((await api.call('GET', `/api/v1/sessions/${id}`)).status).toBe(404);
      expect((await api.call('DELETE', `/api/v1/sessions/${id}`)).status).toBe(204);
      expect(story(await api.frames(id)).at(-1)).toBe('cancelled');
    },
    30_000,
  );

  it.skipIf(!onLinux)(
    'an agent that ends by itself leaves no detached child behind',
    async () => {
      const pids = join(folder.path, 'exit-pids');
      const id = await launch(detaching(pids, 'exit 0'));
      expect(story(await api.frames(id)).at(-1)).toBe('completed');
      await expectGone(id, pids);
    },
    30_000,
  );
});

/** A child in a session of its own with a grandchild, both of which outlive their parent; then a wait. */
const detaching = (pids: string, then = 'sleep 600'): string =>
  `setsid sh -c 'echo $$ >> "${pids}"; sleep 600 & echo $! >> "${pids}"; wait' > /dev/null 2>&1 & ` +
  `while [ "$(wc -l < "${pids}" 2> /dev/null || echo 0)" -lt 2 ]; do sleep 0.02; done; echo ready; ${then}`;

const expectGone = async (sessionId: string, file: string): Promise<void> => {
  const pids = (await readFile(file, 'utf8')).trim().split('\n').map(Number);
  expect(pids).toHaveLength(2);
  expect(pids.filter(isRunning)).toEqual([]);
  expect(processesOf(sessionId).filter(isRunning)).toEqual([]);
};
