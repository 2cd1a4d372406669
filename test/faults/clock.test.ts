import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { countingTask } from './harness/agents.ts';
import { append, startReader, startWriter } from './harness/clients.ts';
import { faultTest } from './harness/fault-test.ts';
import { countedIn, endedSessions, isOver, launch, numberOf, untilStatus } from './harness/launch.ts';
import { faketimeLibrary } from './harness/needs.ts';
import { type Frame, replay } from './harness/replay.ts';
import { slowness } from './harness/slowness.ts';
import { byTier } from './harness/tier.ts';

/** What the time of day does while the server runs, as libfaketime reads it: a jump, or another pace. */
const jumps = byTier(
  ['+1d', '-1h', '+0 x10'],
  ['+1d', '+0', '-1h', '+0 x10', '+0', '-2d', '+30d', '+0 x0.1', '+0'],
);
/** How long everything is left to react to each, milliseconds. */
const settleMs = byTier(500, 4_000);

faultTest('F8: the time of day jumps', { needs: ['linux', 'faketime'] }, async (run) => {
  const { folder, oracle } = run;
  const stop = join(folder, 'stop');
  const time = join(folder, 'time');
  run.finally(() => writeFile(stop, ''));
  await writeFile(time, '+0');
  const windowSeconds = 60;
  const server = run.server({
    settings: { rateLimit: { requests: 1_000_000, windowSeconds }, maxConcurrentTasks: 4 },
  });
  const env = {
    LD_PRELOAD: faketimeLibrary() ?? '',
    FAKETIME_TIMESTAMP_FILE: time,
    FAKETIME_NO_CACHE: '1',
    // Jumps are those of the time of day: what goes by evenly goes on.
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
  };
  await server.start({ env });
  const agent = await launch(server, countingTask(stop, 20));
  const [written = ''] = await endedSessions(server, 1);
  const sessions = [agent, written];
  const ofAgent = startReader({ server, oracle, name: 'reader-of-agent' }, agent);
  const ofAll = startReader({ server, oracle, name: 'reader-of-all' }, undefined);
  const writer = startWriter({ server, oracle, name: 'writer' }, written);
  await ofAgent.until(({ event }) => numberOf(event) !== undefined);

  const key = 'one-task';
  const first = await launch(server, countingTask(stop, 100), key);
  for (const jump of jumps) {
    await writeFile(time, jump);
    const since = performance.now();
    // Whatever the time of day is, the agent is heard of at once.
    const heard = ofAgent.seen.length;
    await ofAgent.until(
      (frame) => numberOf(frame.event) !== undefined && ofAgent.seen.indexOf(frame) >= heard + 5,
    );
    const tookMs = performance.now() - since;
    if (tookMs > 10_000) expect(tookMs, `after ${jump}`).toBeLessThan(10_000 * (await slowness()));
    run.struck();
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    // Asked again under its key after a jump that does not outlive it, a task is the one that is there.
    if (!jump.endsWith('d')) expect(await launch(server, countingTask(stop, 100), key)).toBe(first);
    expect(await append(server, written, [`after ${jump}`])).toBe(201);
    const { event } = await ofAll.until((frame) => isSaying(frame, `after ${jump}`));
    // The jump was one for the server, and times only ever go forward in a log.
    if (jump === '+1d') expect(Date.parse(event.ts) - Date.now()).toBeGreaterThan(23 * 3_600_000);
    // No window of the rate limit is longer than it was.
    const { headers } = await server.call('GET', '/api/v1/sessions?perPage=1');
    const [, reset] = /;t=(\d+)/.exec(headers.get('ratelimit') ?? '') ?? [];
    expect(Number(reset), `after ${jump}`).toBeLessThanOrEqual(windowSeconds);
  }
  // No stream was ended early, and none was ended for being late.
  expect([ofAgent.connections, ofAll.connections]).toEqual([1, 1]);

  await writer.stop();
  await writeFile(stop, '');
  for (const id of [agent, first]) expect(await untilStatus(server, id, isOver, 30_000)).toBe('completed');
  const verdict = await run.expectSound(server, [...sessions, first]);
  const said = countedIn(await replay(server, agent));
  expect(said).toEqual(said.map((_, index) => index + 1));
  for (const reader of [ofAgent, ofAll]) await reader.stop();
  await server.stop();
  run.tell(`${jumps.join(', ')}: ${verdict.acknowledged} acknowledged, ${verdict.stored} stored`);
});

const isSaying = ({ event }: Frame, words: string): boolean =>
  event.type === 'log' && event.message === words;
