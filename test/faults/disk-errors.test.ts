import { cpSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect } from 'vitest';
import { endedTask } from './harness/agents.ts';
import { append, startWriter } from './harness/clients.ts';
import { type FaultRun, faultTest } from './harness/fault-test.ts';
import { integrityOf } from './harness/integrity.ts';
import { endedSessions, isOver, untilStatus } from './harness/launch.ts';
import { openOracle } from './harness/oracle.ts';
import { replay } from './harness/replay.ts';
import { EndedEarly, type ServerUnderTest } from './harness/server.ts';
import { hasStruck, injecting } from './harness/strace.ts';
import { byTier } from './harness/tier.ts';

/** Several calls in a row, so that what is done after the first failure meets it too. */
const faults = [
  { name: 'EIO at fsyncs', calls: ['fsync', 'fdatasync'], what: 'error=EIO', tier: undefined },
  { name: 'ENOSPC at fsyncs', calls: ['fsync', 'fdatasync'], what: 'error=ENOSPC', tier: 'long' },
  { name: 'EIO at writes', calls: ['pwrite64'], what: 'error=EIO', tier: 'long' },
] as const;
const answered: ReadonlySet<number> = new Set([201, 500, 503, 507]);

/** Asks for a task under a key until there is an answer that is no refusal; gives its session and what was told. */
const insist = async (server: ServerUnderTest, key: string) => {
  const told: { status: number; detail: string }[] = [];
  for (;;) {
    const task = { ...endedTask(), labels: { key } };
    const response = await server
      .call('POST', '/api/v1/tasks', task, { 'idempotency-key': key })
      .catch(() => undefined);
    // It has ended with a word: what it said is asked for below.
    if (response === undefined) return { told, id: undefined };
    const body = await response.json();
    told.push({ status: response.status, detail: String(body.detail) });
    if (response.status === 201) return { told, id: String(body.id) };
    if (response.status !== 409) expect(answered, JSON.stringify(body)).toContain(response.status);
    expect(told.length, JSON.stringify(told)).toBeLessThan(200);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

for (const { name, calls, what, tier } of faults) {
  faultTest(`F5: ${name}`, { needs: ['linux', 'strace'], tier }, async (run) => {
    const before = run.server();
    await before.start();
    const [target = ''] = await endedSessions(before, 1);
    await before.stop();
    let unknown = 0;
    const strikeAt = (place: number): Promise<number> => {
      const stateDir = join(run.folder, `at-${place}`);
      cpSync(before.stateDir, stateDir, { recursive: true });
      return strike(run, { stateDir, target, calls, what, at: run.between(1, byTier(6, 20)) });
    };
    if (byTier(true, false)) unknown += await strikeAt(0);
    // Two at a time, each with a server and a disk of its own.
    else {
      for (let place = 0; place < 30; place += 2) {
        const pair = await Promise.all([strikeAt(place), strikeAt(place + 1)]);
        unknown += pair[0] + pair[1];
      }
    }
    run.tell(`${unknown} times the outcome was unknown`);
  });
}

interface Strike {
  readonly stateDir: string;
  readonly target: string;
  readonly calls: readonly string[];
  readonly what: string;
  readonly at: number;
}

/** One server whose disk fails three times from some call on; how often it said that it does not know. */
const strike = async (run: FaultRun, { stateDir, target, calls, what, at }: Strike): Promise<number> => {
  const log = `${stateDir}.strace`;
  const server = run.server({ stateDir });
  const injection = { calls, what, at, until: at + 2 };
  try {
    await server.start({ wrap: injecting(injection, log) });
  } catch (error) {
    if (!(error instanceof EndedEarly)) throw error;
    // It would not start on such a disk, and says so.
    expect(error.message).toMatch(/disk|database|IOERR|EIO|ENOSPC/);
    if (hasStruck(log)) run.struck();
    await server.start();
  }
  // Every server has a copy of its own: what another was told is not asked of this one.
  const oracle = openOracle(`${stateDir}.jsonl`);
  run.finally(() => oracle.close());
  const writer = startWriter({ server, oracle, name: 'writer' }, target);
  const keys = Array.from({ length: 2 }, (_, index) => `${basename(stateDir)}-${index}`);
  const asked: Awaited<ReturnType<typeof insist>>[] = [];
  for (const key of keys) asked.push(await insist(server, key));
  await writer.stop();
  if (hasStruck(log)) run.struck();
  // Killed, so that nothing of it is made good on the way out.
  if (server.isUp) await server.kill();
  else expect(server.stderr()).toMatch(/disk|database|IOERR/);

  await server.start();
  for (const [index, key] of keys.entries()) {
    const again = await insist(server, key);
    expect(again.id).toBe(asked[index]?.id ?? again.id);
    const { items } = await server.json('GET', `/api/v1/sessions?label=${encodeURIComponent(`key:${key}`)}`);
    expect(Array.isArray(items) && items.map(({ id }) => id), key).toEqual([again.id]);
    expect(await untilStatus(server, again.id ?? '', isOver, 60_000)).toBe('completed');
  }
  expect(await append(server, target, ['it goes on'])).toBe(201);
  const { lost, doubled, disordered } = oracle.judge(new Map([[target, await replay(server, target)]]));
  expect({ at, lost, doubled, disordered }).toEqual({ at, lost: [], doubled: [], disordered: [] });
  await server.stop();
  expect(integrityOf(stateDir)).toBe('ok');
  return asked.flatMap(({ told }) => told).filter(({ detail }) => /may have been written/.test(detail))
    .length;
};
