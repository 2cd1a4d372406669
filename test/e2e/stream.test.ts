import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, apiOf, type Frame, story } from './api.ts';
import { type RunningServer, startServer, temporaryFolder } from './program.ts';
import { createRepository } from './repository.ts';

const quickEdit = { type: 'mock', settings: { scenario: 'fix-failing-test', speed: 0.2 } };

describe('the stream of a session', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let stateDir: string;
  let server: RunningServer;
  let api: Api;
  let repo: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    stateDir = join(folder.path, 'state');
    server = await startServer(stateDir);
    api = await apiOf(server);
    repo = await createRepository(join(folder.path, 'repo'), { 'readme.md': 'Hello\n' });
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    await folder.remove();
  });

  const command = (script: string) => ({
    prompt: 'Go',
    repo: { mode: 'git', url: repo },
    agent: { type: 'command', settings: { command: ['sh', '-c', script] } },
  });

  it('is the same for a reader that leaves and comes back ten times', async () => {
    const script = 'for i in $(seq 1 200); do echo "line $i"; done; echo done > done.txt';
    const sessionId = await api.launch(command(script));
    const whole = await api.frames(sessionId);
    const pieces: Frame[] = [];
    const size = Math.ceil(whole.length / 10);
    for (let visit = 0; visit < 10; visit++) {
      const goal = pieces.length + size;
      let seen = pieces.length;
      pieces.push(...(await api.frames(sessionId, pieces.at(-1)?.id, () => ++seen >= goal)));
    }
    expect(pieces).toEqual(whole);
    expect(story(whole).at(-1)).toBe('completed');
    expect(await api.frames(sessionId, whole.at(-1)?.id)).toEqual([]);
  }, 60_000);

  it.each(['kill', 'stop'] as const)(
    'has no gap and no double when the server meets a %s in the middle, and the agent has not noticed',
    async (end) => {
      const go = join(folder.path, `go-${end}`);
      const script = `for i in 1 2 3; do echo "before $i"; done; while [ ! -e '${go}' ]; do sleep 0.05; done; for i in 1 2 3; do echo "after $i"; done; echo done > done.txt`;
      const sessionId = await api.launch(command(script));
      const before = await api.frames(
        sessionId,
        undefined,
        ({ event }) => event.type === 'log' && event.message === 'before 3',
      );
      await server[end]();
      await writeFile(go, '');
      server = await startServer(stateDir);
      api = await apiOf(server);
      const after = await api.frames(sessionId, before.at(-1)?.id);
      const frames = [...before, ...after];
      expect(frames.map(({ event }) => event.seq)).toEqual(frames.map((_, index) => index + 1));
      expect(
        frames.flatMap(({ event }) =>
          event.type === 'log' && event.stream === 'stdout' ? [event.message] : [],
        ),
      ).toEqual(['before 1', 'before 2', 'before 3', 'after 1', 'after 2', 'after 3']);
      expect(story(frames).slice(-2)).toEqual(['delivery', 'completed']);
      expect(await api.frames(sessionId)).toEqual(frames);
    },
    60_000,
  );

  it('goes on for a scenario agent as well when the server is killed', async () => {
    const sessionId = await api.launch({ prompt: 'Fix', repo: { mode: 'git', url: repo }, agent: quickEdit });
    await api.frames(sessionId, undefined, ({ event }) => event.type === 'thought');
    await server.kill();
    server = await startServer(stateDir);
    api = await apiOf(server);
    const frames = await api.frames(sessionId);
    expect(frames.map(({ event }) => event.seq)).toEqual(frames.map((_, index) => index + 1));
    expect(story(frames).filter((word) => word === 'completed')).toHaveLength(1);
    expect(story(frames).filter((word) => word === 'delivery')).toHaveLength(1);
  }, 60_000);
});
