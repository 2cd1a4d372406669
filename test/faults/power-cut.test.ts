import { join } from 'node:path';
import { expect } from 'vitest';
import { startReader, startWriter } from './harness/clients.ts';
import { type FaultRun, faultTest } from './harness/fault-test.ts';
import { integrityOf } from './harness/integrity.ts';
import { endedSessions } from './harness/launch.ts';
import { type CutDisk, type FileSystem, mountCuttableDisk } from './harness/mounts.ts';
import { replayAll } from './harness/replay.ts';
import { byTier } from './harness/tier.ts';

const needs = ['linux', 'root', 'loop', 'ext4', 'xfs'] as const;
/** Without the guard not every cut takes something back, for a checkpoint may have just been made: then it takes more. */
const cuts = byTier(process.env.AH_FAULTS_MUTATION === undefined ? 2 : 6, 25);
const lossyCuts = 25;

/** A disk after the power went, and where the journal of clients was just before. */
interface Moment {
  readonly disk: CutDisk;
  readonly moment: number;
}

/** A server on such a disk, and what cuts the power again and again while clients write and read. */
const startToCut = async (run: FaultRun, fileSystem: FileSystem, mutation?: string) => {
  const { oracle } = run;
  const disk = await mountCuttableDisk(run, fileSystem);
  const server = run.server({ stateDir: join(disk.path, 'state'), settings: { maxConcurrentTasks: 8 } });
  await server.start(mutation === undefined ? {} : { mutation });
  const sessions = await endedSessions(server, byTier(2, 4));
  const cut = async (times: number): Promise<Moment[]> => {
    const clients = [
      ...sessions.map((id, index) =>
        startWriter({ server, oracle, name: `writer-${index}` }, id, () => run.between(0, 2_000)),
      ),
      startReader({ server, oracle, name: 'reader' }, undefined),
    ];
    const moments: Moment[] = [];
    for (let time = 0; time < times; time++) {
      await new Promise((resolve) => setTimeout(resolve, run.between(50, 700)));
      const moment = oracle.moment();
      moments.push({ disk: await disk.cut(), moment });
    }
    await Promise.all(clients.map((client) => client.stop()));
    return moments;
  };
  return { sessions, cut };
};

/** Starts the server, whole again, on what the disk held. */
const openAfter = (run: FaultRun, { disk, moment }: Moment, sessions: readonly string[]) =>
  disk.mounted(async (path) => {
    const stateDir = join(path, 'state');
    const server = run.server({ stateDir });
    await server.start();
    try {
      return run.oracle.judge(await replayAll(server, sessions), moment);
    } finally {
      await server.stop();
      expect(integrityOf(stateDir)).toBe('ok');
    }
  });

for (const fileSystem of byTier<FileSystem[]>(['ext4'], ['ext4', 'xfs'])) {
  faultTest(`F3: the power is cut, on ${fileSystem}`, { needs }, async (run) => {
    const { sessions, cut } = await startToCut(run, fileSystem);
    let acknowledged = 0;
    for (const moment of await cut(cuts)) {
      const verdict = await openAfter(run, moment, sessions);
      const { lost, doubled, disordered, misled } = verdict;
      expect({ lost, doubled, disordered, misled }).toEqual({
        lost: [],
        doubled: [],
        disordered: [],
        misled: [],
      });
      acknowledged = verdict.acknowledged;
      run.struck();
    }
    expect(acknowledged).toBeGreaterThan(cuts);
    run.tell(`${acknowledged} acknowledged before the last cut, 0 lost`);
  });
}

// Without it the test above would prove nothing: the disk might simply have had everything.
faultTest(
  'F3: with synchronous=NORMAL a power cut takes back what was acknowledged',
  { needs, tier: 'long' },
  async (run) => {
    const { sessions, cut } = await startToCut(run, 'ext4', 'full');
    const losses: number[] = [];
    for (const moment of await cut(lossyCuts)) {
      const { lost } = await openAfter(run, moment, sessions);
      losses.push(lost.length);
      if (lost.length > 0) run.struck();
    }
    run.tell(`lost ${losses.join(', ')} in ${losses.length} cuts`);
  },
);
