import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { describe, expect, test, vi } from 'vitest';
import { systemClock } from '../recorder/system-clock.ts';
import { cpuTicks } from '../testing/cpu-time.ts';
import { busy, detached, inChild, multiply } from '../testing/programs.ts';
import { randomFrom, seed } from '../testing/random.ts';
import { openTestTree, treePlaces } from '../testing/trees.ts';
import { identityOf } from './identity.ts';
import { motionOf } from './proc.ts';
import { wait } from './wait.ts';

// Real processes on a host that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const isLinux = process.platform === 'linux';
/** Few, as each takes its time on a host that is busy; ROUNDS=200 is the long run. */
const rounds = Number(process.env.ROUNDS ?? 40);
const unhurried = () => new AbortController().signal;

const pidsOf = async (output: Readable | null, count: number): Promise<number[]> => {
  if (output === null) throw new Error('No output.');
  const pids: number[] = [];
  for await (const line of createInterface(output)) if (pids.push(Number(line)) === count) break;
  return pids;
};

const ticksOf = (pids: readonly number[]) => pids.map(cpuTicks);

const isStopped = (pid: number) => motionOf(pid) === 'stopped';

/** Resolves once every one of them used the processor again. */
const goOn = async (pids: readonly number[]) => {
  const before = ticksOf(pids);
  while (ticksOf(pids).some((ticks, index) => ticks <= (before[index] ?? 0))) await wait(systemClock, 10);
};

/** The escape of the process group driver is written in its file. */
const family = (kind: string) =>
  kind === 'process-group'
    ? [inChild(busy)]
    : [inChild(busy), inChild(busy, { detached: true }), detached(busy)];

for (const { name, kind, place } of treePlaces()) {
  describe.skipIf(place === undefined || !isLinux)(`a tree by ${name}`, () => {
    if (place === undefined) return;

    const startFamily = async () => {
      const { tree, start } = openTestTree(place);
      const members = family(kind);
      const root = start(`${members.join(';')}; ${busy}`);
      const pids = await pidsOf(root.stdout, members.length + 1);
      return { tree, pids };
    };

    test('stands still and goes on', async () => {
      const { tree, pids } = await startFamily();
      await goOn(pids);

      await tree.freeze(unhurried());
      const before = ticksOf(pids);
      await tree.freeze(unhurried());
      await wait(systemClock, 2_000);
      expect(ticksOf(pids)).toEqual(before);

      tree.thaw();
      await goOn(pids);
      tree.thaw();
    });

    test('dies where it stands', async () => {
      const { tree, pids } = await startFamily();
      await tree.freeze(unhurried());
      await tree.kill();
      expect(tree.pids()).toEqual([]);
      expect(pids.map(identityOf)).toEqual(pids.map(() => undefined));
    });

    test('goes on to meet a signal', async () => {
      const { tree, start } = openTestTree(place);
      const root = start(
        `process.on('SIGTERM', () => process.exit(7)); setInterval(() => {}, 5); console.log(process.pid)`,
      );
      await pidsOf(root.stdout, 1);
      await tree.freeze(unhurried());
      tree.signal('SIGTERM');
      expect(await once(root, 'exit')).toEqual([7, null]);
    });

    test('stands still although it multiplies', async () => {
      const { tree, start } = openTestTree(place);
      const root = start(multiply(400, 300));
      await pidsOf(root.stdout, 1);
      await tree.freeze(unhurried());
      const pids = tree.pids();
      const before = ticksOf(pids);
      await wait(systemClock, 300);
      expect(tree.pids()).toEqual(pids);
      expect(ticksOf(pids)).toEqual(before);
    });

    test('never gets stuck', async () => {
      const random = randomFrom(seed);
      const { tree, pids } = await startFamily();
      for (let round = 0; round < rounds; round++) {
        const ending = new AbortController();
        const frozen = tree.freeze(ending.signal);
        // Some are called off before everybody stands still.
        if (random() < 0.3) ending.abort();
        else await frozen;
        if (random() < 0.3) await wait(systemClock, random() * 5);
        tree.thaw();
        await frozen;
        expect(pids.filter(isStopped), `round ${round}`).toEqual([]);
        if (random() < 0.05) await goOn(pids);
      }
      await goOn(pids);
    });
  });
}

test.skipIf(!isLinux)('who had stopped by himself stays so', async () => {
  const { tree, start } = openTestTree({ kind: 'environment' });
  const child = inChild(`console.log(process.pid); process.kill(process.pid, 'SIGSTOP'); ${busy}`);
  const root = start(`${child}; ${busy}`);
  const [first = 0, second = 0] = await pidsOf(root.stdout, 2);
  const stopped = first === root.pid ? second : first;
  while (!isStopped(stopped)) await wait(systemClock, 5);
  await tree.freeze(unhurried());
  tree.thaw();
  await goOn([root.pid ?? 0]);
  expect(isStopped(stopped)).toBe(true);
});
