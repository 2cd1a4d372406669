import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { append } from './harness/clients.ts';
import { type FaultRun, faultTest } from './harness/fault-test.ts';
import { integrityOf } from './harness/integrity.ts';
import { endedSessions } from './harness/launch.ts';
import { folderPrefix } from './harness/leftovers.ts';
import { type Oracle, openOracle } from './harness/oracle.ts';
import { replay } from './harness/replay.ts';
import { EndedEarly, type ServerUnderTest } from './harness/server.ts';
import { hasStruck, type Injection, injecting } from './harness/strace.ts';
import { byTier } from './harness/tier.ts';

/** Each is one answered request, one commit and one fsync. */
const appends = 8;
const syncs = ['fsync', 'fdatasync'];
const writes = ['pwrite64', 'write', 'writev', 'ftruncate'];

/** Ways for a call to fail, and how many places of the workload the short tier tries. The long one tries each, or one of three. */
const faults = [
  { name: 'SIGKILL at the Nth fsync', calls: syncs, what: 'signal=SIGKILL', short: 1 },
  { name: 'SIGKILL at the Nth write', calls: writes, what: 'signal=SIGKILL', short: 1 },
  { name: 'EIO at the Nth fsync', calls: syncs, what: 'error=EIO', short: 1 },
  { name: 'EIO at the Nth write to a file', calls: ['pwrite64'], what: 'error=EIO', short: 1 },
  {
    name: 'ENOSPC at the Nth write to a file',
    calls: ['pwrite64'],
    what: 'error=ENOSPC',
    short: 1,
    every: 3,
  },
];

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

let left: Promise<{ readonly stateDir: string; readonly sessionId: string }> | undefined;

/** What every run of the workload begins with: a server that had one session and was stopped. */
const begin = async (run: FaultRun) => {
  const folder = await mkdtemp(join(tmpdir(), folderPrefix));
  folders.push(folder);
  const server = run.server({ stateDir: join(folder, 'state') });
  await server.start();
  const [sessionId = ''] = await endedSessions(server, 1);
  expect(await server.stop()).toEqual({ code: 0, signal: null });
  return { stateDir: server.stateDir, sessionId };
};

for (const { name, calls, what, short, every = 1 } of faults) {
  faultTest(`F2: ${name}`, { needs: ['linux', 'strace'] }, async (run) => {
    left ??= begin(run);
    const { stateDir: before, sessionId } = await left;

    /** One run of the workload in which call number `at` meets the fault; whether there was such a call. */
    const strike = async (at: number): Promise<boolean> => {
      const stateDir = join(run.folder, `at-${at}`);
      await cp(before, stateDir, { recursive: true });
      const server = run.server({ stateDir });
      // Every run writes to a copy of its own: what another was told is not asked of this one.
      const oracle = openOracle(`${stateDir}.jsonl`);
      const has = await suffer(oracle, server, sessionId, { calls, what, at });
      // Whatever happened: it starts by itself, and has what it said it has.
      await server.start();
      const { lost, doubled, disordered } = oracle.judge(
        new Map([[sessionId, await replay(server, sessionId)]]),
      );
      oracle.close();
      expect({ at, lost, doubled, disordered }).toEqual({ at, lost: [], doubled: [], disordered: [] });
      expect(await append(server, sessionId, ['it goes on'])).toBe(201);
      await server.stop();
      expect(integrityOf(stateDir)).toBe('ok');
      if (has) run.struck();
      return has;
    };
    const places = byTier(short, Number.POSITIVE_INFINITY);
    // The short tier looks at a few of the first ones: every workload has so many.
    if (places === short) for (let place = 0; place < short; place++) await strike(run.between(1, 12));
    else {
      // Two at a time, each with a server and a disk of its own.
      for (let at = run.between(1, every), goesOn = true; goesOn; at += 2 * every)
        goesOn = (await Promise.all([strike(at), strike(at + every)])).every(Boolean);
    }
    run.tell(`${run.strikes} places`);
  });
}

/** Start, append, stop, with the fault on the way. */
const suffer = async (
  oracle: Oracle,
  server: ServerUnderTest,
  sessionId: string,
  injection: Injection,
): Promise<boolean> => {
  const log = `${server.stateDir}.strace`;
  try {
    await server.start({ wrap: injecting(injection, log) });
  } catch (error) {
    if (!(error instanceof EndedEarly)) throw error;
    return hasStruck(log);
  }
  for (let count = 0; count < appends && server.isUp; count++) {
    const mark = oracle.send(sessionId, 'writer');
    const status = await append(server, sessionId, [mark]).catch(() => undefined);
    if (status === 201) oracle.acknowledge(sessionId, mark);
  }
  if (server.isUp) await server.stop();
  else await server.exited();
  return hasStruck(log);
};
