import { expect } from 'vitest';
import { faultTest } from './harness/fault-test.ts';
import { slowness } from './harness/slowness.ts';
import { byTier } from './harness/tier.ts';
import { gather, type Member } from './streams/crowd.ts';
import { figureOf, memoryOf } from './streams/figures.ts';
import { appendMarked, endOf, liveSession } from './streams/session.ts';

const sum = (members: readonly Member[], of: (member: Member) => number): number =>
  members.reduce((total, member) => total + of(member), 0);

/** Nobody of them missed an event, or was shown one twice. */
const expectWhole = (members: readonly Member[]): void =>
  expect({
    lost: sum(members, ({ lost }) => lost),
    doubled: sum(members, ({ doubled }) => doubled),
    resyncs: sum(members, ({ resyncs }) => resyncs),
  }).toEqual({ lost: 0, doubled: 0, resyncs: 0 });

const p99 = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? 0;

faultTest('F16: a crowd of subscribers, of whom some come and go', { needs: ['linux'] }, async (run) => {
  const [size, rounds] = [byTier(300, 10_000), byTier(4, 60)];
  const server = run.server();
  await server.start();
  const sessionId = await liveSession(run, server);
  const before = memoryOf(server.pid);
  const crowd = await gather(server, sessionId, size);
  run.finally(() => crowd.leave());
  const each = (memoryOf(server.pid) - before) / size;
  const delays: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const gone = Array.from({ length: Math.ceil(size / 100) }, () => run.between(0, size - 1));
    for (const index of new Set(gone)) crowd.members[index]?.cut();
    const since = performance.now();
    await appendMarked(run, server, sessionId, run.between(1, 5));
    for (const index of new Set(gone)) crowd.members[index]?.comeBack();
    run.struck(new Set(gone).size);
    await crowd.reached((await endOf(server, sessionId)).number);
    delays.push(performance.now() - since);
  }
  expectWhole(crowd.members);
  expect(await figureOf(server, 'agent_harbor_streams_ended_total', 'reason="cut"')).toBe(0);
  const verdict = await run.expectSound(server, [sessionId]);
  run.tell(
    `${size} subscribers, ${verdict.stored} events, ${Math.round(each / 1024)} KiB each, all had an event after ${Math.round(p99(delays))} ms`,
  );
});

faultTest('F17: subscribers that do not read, among some that do', { needs: ['linux'] }, async (run) => {
  const [size, stalled, drainMs] = [byTier(40, 1_000), byTier(20, 100), byTier(1_000, 5_000)];
  const server = run.server({ settings: { streams: { drainMs } } });
  await server.start();
  const sessionId = await liveSession(run, server);
  const crowd = await gather(server, sessionId, size);
  run.finally(() => crowd.leave());
  const slow = crowd.members.slice(0, stalled);
  const fast = crowd.members.slice(stalled);
  await crowd.reached((await endOf(server, sessionId)).number);
  const before = memoryOf(server.pid);

  // More than the system takes in for a reader who does not read, and many times what the ring holds.
  for (const member of slow) member.stall();
  let most = 0;
  for (let part = 0; part < 8; part++) {
    await appendMarked(run, server, sessionId, 4, 'x'.repeat(200_000));
    most = Math.max(most, memoryOf(server.pid) - before);
  }
  const newest = await endOf(server, sessionId);
  await crowd.reached(newest.number, fast);
  expect(fast.every(({ connections }) => connections === 1)).toBe(true);
  // One ring for the session and one for all sessions, each with what it may hold and an event.
  expect(await figureOf(server, 'agent_harbor_ring_bytes')).toBeLessThan(2 * (1024 * 1024 + 256 * 1024));

  const cuts = () => figureOf(server, 'agent_harbor_streams_ended_total', 'reason="cut"');
  await expect.poll(cuts, { timeout: drainMs + 20_000, interval: 200 }).toBe(stalled);
  run.struck(await cuts());
  expect(await figureOf(server, 'agent_harbor_subscribers')).toBe(fast.length);
  expect(most).toBeLessThan(stalled * 1024 * 1024 + 128 * 1024 * 1024);

  for (const member of slow) member.resume();
  await crowd.reached(newest.number);
  expect(slow.every(({ connections }) => connections > 1)).toBe(true);
  expectWhole(crowd.members);
  await run.expectSound(server, [sessionId]);
  run.tell(`${Math.round(most / 1024 / 1024)} MiB more at most while ${stalled} stalled`);
});

faultTest('F19: all subscribers are cut at once and come back at once', { needs: ['linux'] }, async (run) => {
  const [size, missed] = [byTier(300, 5_000), byTier(1_500, 600)];
  const server = run.server();
  await server.start();
  const sessionId = await liveSession(run, server);
  const crowd = await gather(server, sessionId, size);
  run.finally(() => crowd.leave());
  await crowd.reached((await endOf(server, sessionId)).number);
  for (const member of crowd.members) member.cut();
  await appendMarked(run, server, sessionId, missed, 'x'.repeat(200));
  // A server that begins anew has nothing in memory of what they missed.
  await server.kill();
  await server.start();
  run.struck(size);

  const newest = await endOf(server, sessionId);
  const limitMs = 10_000 * (await slowness());
  const readBefore = await figureOf(server, 'agent_harbor_page_reads_total');
  const since = performance.now();
  for (const member of crowd.members) member.comeBack();
  await crowd.reached(newest.number, crowd.members, 6 * limitMs);
  const tookMs = performance.now() - since;
  const pages = (await figureOf(server, 'agent_harbor_page_reads_total')) - readBefore;
  expectWhole(crowd.members);
  if (tookMs > limitMs) expect(tookMs).toBeLessThan(10_000 * (await slowness()));
  // At most a MB in pages of 128 KiB. A few are read twice, since who comes later finds the first ones forgotten.
  expect(pages).toBeLessThan(100);
  expect(await figureOf(server, 'agent_harbor_events_read_total', 'from="store"')).toBeGreaterThanOrEqual(
    size * missed,
  );
  const retries = crowd.members.map(({ retries }) => retries.at(-1) ?? 0);
  expect(Math.min(...retries)).toBeGreaterThanOrEqual(1_000);
  expect(Math.max(...retries)).toBeLessThanOrEqual(3_000);
  expect(new Set(retries).size).toBeGreaterThan(size / 4);
  await run.expectSound(server, [sessionId]);
  run.tell(`${size} were whole again after ${Math.round(tookMs)} ms and ${pages} pages`);
});
