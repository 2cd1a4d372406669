import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'vitest';
import { programs } from './harness/bundle.ts';
import { faultTest } from './harness/fault-test.ts';
import { isOver, launch, untilStatus } from './harness/launch.ts';
import { processesIn } from './harness/leftovers.ts';
import { byTier } from './harness/tier.ts';
import { countingTask, shortTask } from './recorder/agents.ts';
import { agentsIn, reasonOf, recorderOf, untilNoneIsLeft, wholeLog } from './recorder/sessions.ts';

/** Many processes start and end; on a machine that has others to run, too, that takes its time. */
const patience = byTier(240_000, 1_800_000);

const failAt = pathToFileURL(join(import.meta.dirname, 'recorder/fail-at.ts')).href;

faultTest('a recorder is killed at each of its steps', { needs: ['linux'], patience }, async (run) => {
  const plans = join(run.folder, 'plans');
  mkdirSync(plans);
  const [node = '', ...program] = (await programs()).recorderCommand;
  const server = run.server({
    settings: {
      maxConcurrentTasks: 3,
      recorderPool: 0,
      recorderCommand: [node, '--import', `${failAt}?${encodeURIComponent(plans)}`, ...program],
    },
  });
  await server.start();

  const plan = (name: string, kill: number) => writeFileSync(join(plans, `${name}.plan`), `kill ${kill}`);
  const marks = new Map<string, string>();
  const launchOne = async (name: string) => {
    const mark = join(run.folder, `mark-${name}`);
    const id = await launch(server, shortTask(mark));
    marks.set(id, mark);
    return id;
  };

  // The first one runs to its end and counts the steps there are.
  plan('0000', 0);
  expect(await untilStatus(server, await launchOne('0000'), isOver, 30_000)).toBe('completed');
  const counted = join(plans, '0000.plan.calls');
  while (!existsSync(counted)) await new Promise((resolve) => setTimeout(resolve, 10));
  const steps = Number(readFileSync(counted, 'utf8'));
  expect(steps).toBeGreaterThan(15);

  const all = Array.from({ length: steps }, (_, index) => index + 1);
  // On a busy machine a recorder takes fewer steps than were counted, but not fewer than these.
  const some = new Set(Array.from({ length: 3 }, () => run.between(1, 15)));
  const chosen = byTier(
    all.filter((step) => some.has(step)),
    all,
  );
  for (const step of chosen) plan(String(step).padStart(4, '0'), step);
  const sessions: string[] = [];
  for (const step of chosen) sessions.push(await launchOne(String(step).padStart(4, '0')));
  // The server dies in the midst of it, more than once where there is time.
  for (let kill = 0; kill < byTier(1, 6); kill++) {
    await new Promise((resolve) => setTimeout(resolve, run.between(100, byTier(500, 1_500))));
    await server.kill();
    await server.start();
  }

  const ends = { completed: 0, failed: 0 };
  for (const id of sessions) {
    const status = await untilStatus(server, id, isOver, 60_000);
    await wholeLog(server, id);
    if (status === 'failed') {
      ends.failed += 1;
      expect(await reasonOf(server, id)).toMatch(/recorder/);
    } else {
      expect(status).toBe('completed');
      ends.completed += 1;
    }
    await untilNoneIsLeft(marks.get(id) ?? '');
  }
  const struck = readdirSync(plans).filter((name) => name.endsWith('.struck'));
  run.struck(struck.length);
  expect(struck.length).toBeGreaterThan(chosen.length / 2);
  // Who was not killed at its step ended before: a recorder takes fewer where lines come in heaps.
  for (const step of chosen) {
    const name = `${String(step).padStart(4, '0')}.plan`;
    if (struck.includes(`${name}.struck`)) continue;
    const calls = join(plans, `${name}.calls`);
    while (!existsSync(calls)) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(Number(readFileSync(calls, 'utf8')), `steps of a recorder to be killed at ${step}`).toBeLessThan(
      step,
    );
  }
  const places = new Set(struck.map((name) => readFileSync(join(plans, name), 'utf8')));
  run.tell(`${steps} steps, ${ends.failed} failed, ${ends.completed} completed, at ${[...places].join(' ')}`);
});

/** Who dies, in this order; who is not named lives. */
const orders = byTier(
  ['SRA', 'ASR', 'RAS', 'S'],
  ['SRA', 'SAR', 'RSA', 'ASR', 'RAS', 'ARS', 'S', 'SA', 'AS', 'SR', 'RS'],
);
const rounds = byTier(1, 15);

faultTest(
  'server, recorder and agent are killed in every order',
  { needs: ['linux'], patience },
  async (run) => {
    const server = run.server({ settings: { maxConcurrentTasks: orders.length } });
    await server.start();
    for (let round = 0; round < rounds; round++) {
      const stop = join(run.folder, `stop-${round}`);
      const cast = await Promise.all(
        orders.map(async (order, index) => {
          const mark = join(run.folder, `mark-${round}-${index}`);
          return { order, mark, id: await launch(server, countingTask(stop, mark)) };
        }),
      );
      const known = new Map<string, { R: number; A: number }>();
      for (const { id, mark } of cast) {
        let agent: number | undefined;
        while (agent === undefined) {
          await new Promise((resolve) => setTimeout(resolve, 10));
          [agent] = agentsIn(await wholeLog(server, id).catch(() => []));
        }
        known.set(id, { R: recorderOf(server, id), A: agent });
        expect(processesIn(mark).length, 'the agent and what it left').toBeGreaterThan(0);
      }
      const strike = async (phase: (order: string) => string) => {
        const blows = cast.flatMap(({ order, id }) => [...phase(order)].map((who) => ({ who, id })));
        for (const { who, id } of blows) {
          await new Promise((resolve) => setTimeout(resolve, run.between(0, 15)));
          try {
            process.kill(known.get(id)?.[who === 'R' ? 'R' : 'A'] ?? 0, 'SIGKILL');
            run.struck();
          } catch {
            // It ended by itself when its recorder was gone.
          }
        }
      };
      await strike((order) => order.slice(0, order.indexOf('S')));
      expect((await server.kill()).signal).toBe('SIGKILL');
      run.struck();
      await strike((order) => order.slice(order.indexOf('S') + 1));
      await server.start();
      const restarted = performance.now();

      for (const { id, order, mark } of cast) {
        if (order === 'S') continue;
        expect(await untilStatus(server, id, isOver, 30_000), order).toBe('failed');
        expect(await reasonOf(server, id), order).toMatch(
          order.startsWith('A') || order === 'SA' ? /./ : /recorder|signal|SIGKILL/,
        );
        await untilNoneIsLeft(mark);
        await wholeLog(server, id);
      }
      expect(performance.now() - restarted).toBeLessThan(30_000);
      writeFileSync(stop, '');
      for (const { id, order } of cast.filter(({ order }) => order === 'S')) {
        expect(await untilStatus(server, id, isOver, 30_000), order).toBe('completed');
        expect(agentsIn(await wholeLog(server, id))).toEqual([known.get(id)?.A]);
      }
    }
    await server.stop();
  },
);
