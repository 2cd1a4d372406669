import { expect } from 'vitest';
import { append, startReader, startWriter } from './harness/clients.ts';
import { faultTest } from './harness/fault-test.ts';
import { firstWord } from './harness/first-word.ts';
import { endedSessions } from './harness/launch.ts';
import { type Frame, readStream } from './harness/replay.ts';

const batches = 400;
/** More than a writer comes to while the long log is dropped: nothing is to go from its own. */
const kept = 30_000;

const title = 'retention drops a long log under writers and readers';

faultTest(title, { needs: ['linux'], tier: 'long' }, async (run) => {
  const { oracle } = run;
  const server = run.server();
  await server.start();
  const [long = '', busy = ''] = await endedSessions(server, 2);
  const lines = Array.from({ length: 500 }, (_, index) => `${index} ${'x'.repeat(200)}`);
  for (let batch = 0; batch < batches; batch++) expect(await append(server, long, lines)).toBe(201);
  const early: Frame[] = [];
  await readStream(server, { sessionId: undefined, onFrame: (frame) => early.push(frame) > 20 });
  const ofLong = early.find(({ event }) => event.sessionId === long)?.id ?? '';
  const first: Frame[] = [];
  await readStream(server, { sessionId: long, onFrame: (frame) => first.push(frame) > 2 });
  await server.kill();

  // Its first pass comes a few seconds after the start.
  await server.start({ settings: { retention: { events: { count: kept } } } });
  const writer = startWriter({ server, oracle, name: 'writer' }, busy);
  const reader = startReader({ server, oracle, name: 'reader' }, busy);
  const waits: number[] = [];
  const left = async () => {
    const response = await server.call('GET', `/api/v1/sessions/${long}/events?perPage=1&sort=asc`);
    const page: { items: { seq: number }[] } = JSON.parse(await response.text());
    return page.items[0]?.seq ?? 0;
  };
  const total = batches * 500;
  for (let oldest = 1; oldest <= total - kept; ) {
    const began = performance.now();
    await server.json('GET', `/api/v1/sessions/${busy}`);
    waits.push(performance.now() - began);
    const now = await left();
    if (now > oldest) run.struck();
    oldest = now;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await writer.stop();
  await reader.stop();
  await run.expectSound(server, [busy]);

  // Who comes back with an id of before is told, on either stream, and goes on where nothing is missing.
  for (const [sessionId, id] of [
    [long, first[0]?.id ?? ''],
    [undefined, ofLong],
  ] as const) {
    const { resync, frame } = await firstWord(server, sessionId, id);
    expect(resync).toMatchObject({ type: 'resync', reason: 'pruned' });
    expect(frame?.id).toBe(resync?.oldest);
    const last = String(resync?.oldest).replace(/\d+$/, (digits) => String(Number(digits) - 1));
    expect((await firstWord(server, sessionId, last)).resync).toBeUndefined();
  }
  const page = `/api/v1/sessions/${long}/events?after=${first[0]?.id}`;
  const refused = await server.call('GET', page, undefined, { accept: 'application/json' });
  expect(refused.status).toBe(400);
  expect(await refused.text()).toContain('before what is kept');
  await server.stop();
  const sorted = waits.toSorted((a, b) => a - b);
  const at = (part: number) => (sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(1);
  run.tell(
    `${total} events, a session asked for meanwhile p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(0.9999)} ms`,
  );
});
