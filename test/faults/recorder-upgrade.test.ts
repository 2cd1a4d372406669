import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { startReader } from './harness/clients.ts';
import { faultTest } from './harness/fault-test.ts';
import { countedIn, isOver, launch, numberOf, untilStatus } from './harness/launch.ts';
import { byTier } from './harness/tier.ts';
import { countingTask } from './recorder/agents.ts';
import { agentsIn, recorderOf, untilNoneIsLeft, wholeLog } from './recorder/sessions.ts';

/** Many processes start and end; on a machine that has others to run, too, that takes its time. */
const patience = byTier(240_000, 1_800_000);

const sessions = byTier(3, 20);

faultTest(
  `a server is replaced under ${sessions} live sessions`,
  { needs: ['linux'], patience },
  async (run) => {
    const { oracle } = run;
    const stop = join(run.folder, 'stop');
    const server = run.server({ settings: { maxConcurrentTasks: sessions } });
    await server.start();
    const cast = await Promise.all(
      Array.from({ length: sessions }, async (_, index) => {
        const mark = join(run.folder, `mark-${index}`);
        const id = await launch(server, countingTask(stop, mark));
        const reader = startReader({ server, oracle, name: `reader-${index}` }, id);
        return { id, mark, reader };
      }),
    );
    const said = (reader: (typeof cast)[number]['reader'], beyond: number) =>
      reader.until(({ event }) => (numberOf(event) ?? 0) > beyond);
    await Promise.all(cast.map(({ reader }) => said(reader, 10)));
    const before = new Map(
      cast.map(({ id, reader }) => [id, { recorder: recorderOf(server, id), agents: agentsIn(reader.seen) }]),
    );

    for (const leave of [() => server.stop(), () => server.kill()]) {
      const first = server.pid;
      const latest = cast.map(({ reader }) =>
        Math.max(...reader.seen.map(({ event }) => numberOf(event) ?? 0)),
      );
      await leave();
      run.struck();
      // What is said while there is no server is told by the next one.
      await new Promise((resolve) => setTimeout(resolve, run.between(byTier(50, 200), byTier(200, 800))));
      await server.start();
      expect(server.pid).not.toBe(first);
      await Promise.all(cast.map(({ reader }, index) => said(reader, (latest[index] ?? 0) + byTier(20, 50))));
    }

    writeFileSync(stop, '');
    let counted = 0;
    for (const { id, mark, reader } of cast) {
      expect(await untilStatus(server, id, isOver, 60_000)).toBe('completed');
      const frames = await wholeLog(server, id);
      counted += countedIn(frames).length;
      const { recorder, agents } = before.get(id) ?? {};
      expect(agents?.length).toBe(1);
      // One agent from the beginning to the end, under one recorder: it said its pid once, and its counter went on.
      expect(agentsIn(frames)).toEqual(agents);
      expect(recorderOf(server, id)).toBe(recorder);
      expect(countedIn(frames).length).toBe(Math.max(...countedIn(frames)));
      await reader.until(({ event }) => event.seq === frames.length);
      await reader.stop();
      await untilNoneIsLeft(mark);
    }
    const verdict = await run.expectSound(
      server,
      cast.map(({ id }) => id),
    );
    expect(verdict.seen).toBeGreaterThan(counted - 1);
    await server.stop();
    run.tell(`${counted} lines, ${verdict.seen} seen`);
  },
);
