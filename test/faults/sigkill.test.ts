import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { answeringTask, countingTask, waitingTask } from './harness/agents.ts';
import { type Reader, startPrompter, startReader, startWriter } from './harness/clients.ts';
import { faultTest } from './harness/fault-test.ts';
import { integrityOf } from './harness/integrity.ts';
import { countedIn, isOver, launch, numberOf, untilStatus } from './harness/launch.ts';
import { type Frame, replay } from './harness/replay.ts';
import { slowness } from './harness/slowness.ts';
import { byTier } from './harness/tier.ts';

const kills = byTier(4, 200);
const heardWithinMs = 10_000;
/** Sessions that wait for their turn while they are written to, and agents that talk meanwhile. */
const [waiting, counting] = [byTier(3, 6), 2];

faultTest('F1: SIGKILL of the server at random points', {}, async (run) => {
  const { folder, oracle } = run;
  const stop = join(folder, 'stop');
  const server = run.server({ settings: { maxConcurrentTasks: counting + 1 } });
  run.finally(() => writeFile(stop, ''));
  await server.start();

  const agents: string[] = [];
  for (let one = 0; one < counting; one++) agents.push(await launch(server, countingTask(stop, 20)));
  const talker = await launch(server, answeringTask());
  await untilStatus(server, talker, (status) => status === 'running', 30_000);
  const targets: string[] = [];
  for (let one = 0; one < waiting; one++) targets.push(await launch(server, waitingTask(stop)));
  const sessions = [...agents, talker, ...targets];

  const writers = [
    ...targets.map((sessionId, index) =>
      startWriter({ server, oracle, name: `writer-${index}` }, sessionId, () => run.between(0, 600)),
    ),
    startPrompter({ server, oracle, name: 'prompter' }, talker),
  ];
  const readerOf = (name: string, sessionId?: string): Reader =>
    startReader({ server, oracle, name }, sessionId);
  const perSession = new Map(sessions.map((id, index) => [id, readerOf(`reader-${index}`, id)]));
  const all = readerOf('reader-of-all');
  // A task that is asked for while the server dies is made once.
  const asked: { key: string; id: Promise<string> }[] = [];

  let longestMs = 0;
  for (let kill = 0; kill < kills; kill++) {
    if (kill % 5 === 0) {
      const key = `task-${kill}`;
      asked.push({ key, id: launch(server, waitingTask(stop, { key }), key) });
    }
    await new Promise((resolve) => setTimeout(resolve, run.between(5, byTier(250, 500))));
    expect((await server.kill()).signal).toBe('SIGKILL');
    run.struck();
    const died = performance.now();
    const again = agents.map((id) => heardAgain(died, perSession.get(id)));
    await server.start();
    // Every agent is heard of again: its next line is one that nobody has seen before.
    const tookMs = Math.max(...(await Promise.all(again)));
    longestMs = Math.max(longestMs, tookMs);
    if (tookMs > heardWithinMs) expect(tookMs).toBeLessThan(heardWithinMs * (await slowness()));
    for (const id of agents) expectCounting(perSession.get(id)?.seen ?? []);
  }

  await Promise.all(writers.map((writer) => writer.stop()));
  await writeFile(stop, '');
  const tasks = await Promise.all(asked.map(async ({ key, id }) => ({ key, id: await id })));
  const everyone = [...sessions, ...tasks.map(({ id }) => id)];
  await server.call('POST', `/api/v1/sessions/${talker}/stop`);
  for (const id of everyone)
    expect(await untilStatus(server, id, isOver, 60_000), id).toBe(id === talker ? 'stopped' : 'completed');
  for (const { key, id } of tasks) {
    const { items } = await server.json('GET', `/api/v1/sessions?label=key:${key}`);
    expect(Array.isArray(items) && items.map((item) => item.id)).toEqual([id]);
  }

  const verdict = await run.expectSound(server, everyone);
  expect(verdict.acknowledged).toBeGreaterThan(kills);
  for (const [id, reader] of perSession) {
    const frames = await replay(server, id);
    await reader.until(({ event }) => event.seq === frames.length);
    expectCounting(frames);
    expect(countedIn(frames).length > 0).toBe(agents.includes(id));
    await reader.stop();
  }
  await all.stop();
  await server.stop();
  expect(integrityOf(server.stateDir)).toBe('ok');
  run.tell(`heard again within ${Math.round(longestMs)} ms`);
  run.tell(`${verdict.acknowledged} acknowledged, ${verdict.stored} stored, ${verdict.seen} seen`);
});

/** What an agent counted is there from its first line on, each line once. */
const expectCounting = (frames: readonly Frame[]): void => {
  const said = countedIn(frames);
  expect(said, 'the lines of an agent').toEqual(said.map((_, index) => index + 1));
};

/** How long it took from the end of the server to a line that came after it, milliseconds. */
const heardAgain = async (died: number, reader: Reader | undefined): Promise<number> => {
  if (reader === undefined) throw new Error('Nobody reads this session.');
  const before = reader.seen.findLast(({ event }) => numberOf(event) !== undefined)?.event.seq ?? 0;
  await reader.until(({ event }) => event.seq > before && numberOf(event) !== undefined);
  return performance.now() - died;
};
