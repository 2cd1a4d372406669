import { readdirSync, readlinkSync } from 'node:fs';
import { expect } from 'vitest';
import { type FaultRun, faultTest } from './harness/fault-test.ts';
import { byTier, isLong } from './harness/tier.ts';
import { createFarNetwork } from './streams/far-network.ts';
import { figureOf } from './streams/figures.ts';
import { appendMarked, liveSession } from './streams/session.ts';

/** How many sockets a process has open. */
const socketsOf = (pid: number): number =>
  readdirSync(`/proc/${pid}/fd`).filter((name) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${name}`).startsWith('socket:');
    } catch {
      return false;
    }
  }).length;

const count = byTier(20, 200);

/** Streams whose readers are gone and whose machine does not say so. */
const open = async (run: FaultRun, streams: Record<string, number>) => {
  const network = createFarNetwork(run);
  const server = run.server({
    settings: {
      host: network.address,
      publicHosts: [network.address],
      apiKey: 'a key to serve beyond loopback',
      streams,
    },
  });
  await server.start();
  const sessionId = await liveSession(run, server);
  const before = socketsOf(server.pid);
  const headers = { accept: 'text/event-stream', authorization: `ApiKey ${await server.key()}` };
  await network.openStreams(`${server.url}/api/v1/sessions/${sessionId}/events`, headers, count);
  expect(await subscribers()).toBe(count);
  expect(socketsOf(server.pid)).toBeGreaterThanOrEqual(before + count);
  network.loseAll();
  run.struck(count);
  const since = performance.now();

  async function subscribers() {
    return figureOf(server, 'agent_harbor_subscribers');
  }
  /** Resolves when streams and sockets are gone; at most so long after the network failed. */
  const freed = async (withinMs: number): Promise<number> => {
    const timeout = Math.max(1, withinMs - (performance.now() - since));
    await expect.poll(subscribers, { timeout, interval: 100 }).toBe(0);
    // Those of this test to the server are kept alive for a while.
    await expect.poll(() => socketsOf(server.pid), { timeout: 5_000, interval: 50 }).toBeLessThan(before + 5);
    return performance.now() - since;
  };
  const ended = (reason: string) =>
    figureOf(server, 'agent_harbor_streams_ended_total', `reason="${reason}"`);
  return { server, sessionId, freed, ended };
};

const needs = ['linux', 'root', 'netns', 'iptables'] as const;

// In the long tier with the rotation of every day: ten minutes at most.
faultTest(
  'F18: half-open readers of a quiet stream are freed by rotation',
  { needs, patience: isLong ? 900_000 : 120_000 },
  async (run) => {
    const rotateMs = byTier(4_000, 600_000);
    const { freed, ended } = await open(run, { rotateMs });
    const tookMs = await freed(rotateMs + 2_000);
    expect(await ended('rotated')).toBe(count);
    run.tell(`freed after ${Math.round(tookMs)} ms of at most ${rotateMs}`);
  },
);

const cut = 'F18: half-open readers of a stream that goes on are cut';

faultTest(cut, { needs, tier: 'long' }, async (run) => {
  const drainMs = 1_000;
  const { server, sessionId, freed, ended } = await open(run, { drainMs });
  // More than the system keeps for a reader that is not there.
  for (let part = 0; part < 8; part++) await appendMarked(run, server, sessionId, 4, 'x'.repeat(200_000));
  const tookMs = await freed(60_000);
  expect(await ended('cut')).toBe(count);
  await run.expectSound(server, [sessionId]);
  run.tell(`freed after ${Math.round(tookMs)} ms`);
});
