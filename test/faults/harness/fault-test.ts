import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { endLeftovers, folderPrefix, sweepLeftovers } from './leftovers.ts';
import { missing, type Need } from './needs.ts';
import { type Oracle, openOracle } from './oracle.ts';
import { replayAll } from './replay.ts';
import { createServerUnderTest, type ServerSetting, type ServerUnderTest } from './server.ts';
import { chanceOf, isLong, seed } from './tier.ts';
import type { Verdict } from './verdict.ts';

sweepLeftovers();

/** One run of a fault test, and what it stands on. */
export interface FaultRun {
  /** A folder of its own, removed at the end with every process that was started in it. */
  readonly folder: string;
  /** Numbers in [0, 1) that `SEED=` repeats. */
  readonly chance: () => number;
  /** A whole number between both, both included. */
  between(least: number, most: number): number;
  /** Says that the fault struck, so many times. A run in which none did fails. */
  struck(times?: number): void;
  readonly strikes: number;
  /** A server that is not started yet; `stateDir` is in the folder unless it is given. */
  server(setting?: Partial<ServerSetting>): ServerUnderTest;
  readonly oracle: Oracle;
  /** Does this at the end, whatever happens, when no process is left; what was added last is done first. */
  finally(act: () => unknown): void;
  /** Prints a line of figures beside the seed. */
  tell(figures: string): void;
  /** Holds the whole log of these sessions against what clients know: lost 0, doubled 0, order exact. */
  expectSound(server: ServerUnderTest, sessionIds: Iterable<string>): Promise<Verdict>;
}

export interface FaultOptions {
  /** What it needs of the machine; without it the test is skipped, and its title says why. */
  readonly needs?: readonly Need[];
  /** Only in the long tier: it is left out of the short one altogether. */
  readonly tier?: 'long';
  /** How long it may take on a busy machine, milliseconds. */
  readonly patience?: number;
}

/**
 * A test that lets a fault strike. It fails when the fault never struck. With `AH_FAULTS_SKIP=never` it also fails
 * where it would be skipped.
 */
export const faultTest = (
  title: string,
  { needs = [], tier, patience = isLong ? 1_800_000 : 120_000 }: FaultOptions,
  body: (run: FaultRun) => Promise<void>,
): void => {
  if (tier === 'long' && !isLong) return;
  const lacks = missing(needs);
  if (lacks.length > 0 && process.env.AH_FAULTS_SKIP !== 'never') {
    test.skip(`${title} (skipped: this machine lacks ${lacks.join(', ')})`, () => undefined);
    return;
  }
  test(`${title} (seed ${seed})`, { timeout: patience }, async () => {
    expect(lacks, 'what this machine lacks').toEqual([]);
    await play(title, (run) => Promise.race([body(run), late(patience - 30_000)]));
  });
};

/** Before the test runner gives up, so that what the server said is told and its processes are ended. */
const late = (patience: number): Promise<never> =>
  new Promise((_, reject) => {
    const tooLong = new Error(`It is not done after ${patience} ms.`);
    setTimeout(() => reject(tooLong), patience).unref();
  });

const play = async (title: string, body: (run: FaultRun) => Promise<void>): Promise<void> => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), folderPrefix)));
  const chance = chanceOf(title);
  const oracle = openOracle(join(folder, 'clients.jsonl'));
  const servers: ServerUnderTest[] = [];
  const endings: (() => unknown)[] = [];
  const figures: string[] = [];
  let strikes = 0;
  const run: FaultRun = {
    folder,
    chance,
    between: (least, most) => least + Math.floor(chance() * (most - least + 1)),
    struck(times = 1) {
      strikes += times;
    },
    get strikes() {
      return strikes;
    },
    server(setting = {}) {
      const server = createServerUnderTest({ stateDir: join(folder, `state-${servers.length}`), ...setting });
      servers.push(server);
      return server;
    },
    oracle,
    finally: (act) => endings.unshift(act),
    tell: (line) => figures.push(line),
    async expectSound(server, sessionIds) {
      const verdict = oracle.judge(await replayAll(server, sessionIds));
      const { lost, doubled, disordered, misled } = verdict;
      const none = { lost: [], doubled: [], disordered: [], misled: [] };
      const first = (list: readonly string[]) =>
        list.length > 10 ? [...list.slice(0, 10), `… ${list.length} in all`] : list;
      expect({
        lost: first(lost),
        doubled: first(doubled),
        disordered: first(disordered),
        misled: first(misled),
      }).toEqual(none);
      return verdict;
    },
  };
  let failed = true;
  try {
    await body(run);
    expect(strikes, `the fault of "${title}" never struck`).toBeGreaterThan(0);
    failed = false;
  } finally {
    const said = servers.map((server) => server.stderr().slice(-8_000)).filter((text) => text !== '');
    if (failed && said.length > 0)
      console.error(`${title}: the server said\n${said.join('\n— another —\n')}`);
    if (failed) console.error(`Repeat it with SEED=${seed}`);
    else
      console.log(`${title}: seed ${seed}, ${strikes} strikes${figures.map((line) => `, ${line}`).join('')}`);
    for (const server of servers) if (server.isUp) await server.kill().catch(() => undefined);
    endLeftovers(folder);
    for (const act of endings) await attempt(act);
    oracle.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  }
};

/** What cannot be put away is told, and keeps nothing else. */
const attempt = async (act: () => unknown): Promise<void> => {
  try {
    await act();
  } catch (error) {
    console.error(error);
  }
};
