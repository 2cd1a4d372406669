import { connect } from 'node:net';
import { expect } from 'vitest';
import { append } from './harness/clients.ts';
import { type FaultRun, faultTest } from './harness/fault-test.ts';
import { type Aside, type Frame, readStream, replay } from './harness/replay.ts';
import type { ServerUnderTest } from './harness/server.ts';
import { appendMarked, endOf, liveSession } from './streams/session.ts';

const open = async (run: FaultRun) => {
  const server = run.server();
  await server.start();
  const sessionId = await liveSession(run, server);
  await appendMarked(run, server, sessionId, 40);
  return { server, sessionId, ...(await endOf(server, sessionId)) };
};

/** What a reader is told who goes on after this id, up to the newest event. */
const resume = async (server: ServerUnderTest, sessionId: string, after: string, newest: number) => {
  const frames: Frame[] = [];
  const asides: Aside[] = [];
  await readStream(server, {
    sessionId,
    after,
    onFrame: (frame) => {
      frames.push(frame);
      return frame.event.seq >= newest;
    },
    onAside: (aside) => asides.push(aside),
  });
  return { frames, asides };
};

const statusFor = async (server: ServerUnderTest, sessionId: string, after: string) => {
  const response = await server.call('GET', `/api/v1/sessions/${sessionId}/events`, undefined, {
    accept: 'text/event-stream',
    'last-event-id': after,
  });
  const { status, body } = response;
  const type = response.headers.get('content-type') ?? '';
  if (type.startsWith('text/event-stream')) {
    await body?.cancel();
    return { status, code: undefined };
  }
  const { code } = Object(await response.json());
  return { status, code };
};

/** An answer to bytes that no client library sends. */
const rawStatus = (server: ServerUnderTest, head: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname, () => socket.write(head));
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      if (text.includes('\r\n')) socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text.split('\r\n', 1)[0] ?? ''));
  });

faultTest('F20: every place to go on from is answered, and none is skipped', {}, async (run) => {
  const { server, sessionId, epoch, number } = await open(run);
  const whole = await replay(server, sessionId);
  expect(whole.map(({ event }) => event.seq)).toEqual(whole.map((_, index) => index + 1));

  // Places there are: exactly what is behind them comes.
  for (const place of [0, 1, 7, number - 1]) {
    const { frames, asides } = await resume(server, sessionId, `${epoch}-${place}`, number);
    expect(asides).toEqual([]);
    expect(frames).toEqual(whole.slice(place));
    run.struck();
  }
  // Places there are not: the reader is told so, and then everything that is there comes.
  for (const [place, reason] of [
    [`${epoch}-${number + 1000}`, 'future'],
    [`${epoch}-99999999999999`, 'future'],
    [`x${epoch}-3`, 'foreign-epoch'],
    ['0-0', 'foreign-epoch'],
  ] as const) {
    const { frames, asides } = await resume(server, sessionId, place, number);
    const told = [{ id: `${epoch}-0`, data: { reason, oldest: `${epoch}-1`, epoch } }];
    expect(asides, `${place}: ${reason}`).toMatchObject(told);
    expect(frames).toEqual(whole);
    run.struck();
  }
  // No places: refused, before anything is read.
  for (const place of [
    `${epoch}--1`,
    '-1',
    `${epoch}-`,
    epoch,
    `${epoch}-01`,
    `${epoch}-1e3`,
    `${epoch}-1.0`,
    `${epoch}-9999999999999999999`,
    `${epoch}-1, ${epoch}-2`,
    '*',
    'earliest',
    'é-1',
    'x'.repeat(10_000),
  ]) {
    expect(await statusFor(server, sessionId, place), place.slice(0, 40)).toEqual({
      status: 400,
      code: 'invalid-request',
    });
    run.struck();
  }
  const head = (id: string) =>
    `GET /api/v1/sessions/${sessionId}/events HTTP/1.1\r\nhost: ${new URL(server.url).host}\r\naccept: text/event-stream\r\nlast-event-id: ${id}\r\n\r\n`;
  for (const id of [`${epoch}-1\0`, `\0`, `${epoch}-1\u0001`]) {
    expect(await rawStatus(server, head(id))).toMatch(/^HTTP\/1\.1 400 /);
    run.struck();
  }
  // The newest place: nothing is due, and what comes next comes once.
  const waiting = resume(server, sessionId, `${epoch}-${number}`, number + 1);
  expect(await append(server, sessionId, ['next'])).toBe(201);
  expect((await waiting).frames.map(({ event }) => event.seq)).toEqual([number + 1]);
  // A session nobody knows answers alike whatever the place.
  const answers = await Promise.all(
    [`${epoch}-1`, `${epoch}-999999`, 'other-1'].map((place) =>
      statusFor(server, '01ARZ3NDEKTSV4RRFFQ69G5FAV', place),
    ),
  );
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(answers[0]).toEqual({ status: 404, code: 'session-not-found' });
});

faultTest('F20: a place that is too old', { tier: 'long' }, async (run) => {
  const kept = 50;
  const server = run.server({ settings: { retention: { events: { count: kept } } } });
  await server.start();
  const sessionId = await liveSession(run, server);
  await appendMarked(run, server, sessionId, 300, 'x'.repeat(100));
  const { epoch, number } = await endOf(server, sessionId);
  // Retention runs soon after a start, and then by and by.
  await server.stop();
  await server.start();
  const oldest = async () => Number((await firstOf(server, sessionId, epoch)) ?? 0);
  // Its last step, not its first: what is gone stays as it is from then on.
  await expect.poll(oldest, { timeout: 30_000, interval: 100 }).toBeGreaterThan(number - kept);
  const first = await oldest();
  for (const place of [0, 1, Math.floor(first / 2), first - 2]) {
    const { frames, asides } = await resume(server, sessionId, `${epoch}-${place}`, number);
    expect(asides).toMatchObject([
      { id: `${epoch}-${first - 1}`, data: { reason: 'pruned', oldest: `${epoch}-${first}` } },
    ]);
    expect(frames.map(({ event }) => event.seq).slice(0, number - first + 1)).toEqual(
      Array.from({ length: number - first + 1 }, (_, index) => first + index),
    );
    run.struck();
  }
  const { asides } = await resume(server, sessionId, `${epoch}-${first - 1}`, number);
  expect(asides).toEqual([]);
});

/** The number of the oldest event a reader from the beginning is shown or told of. */
const firstOf = async (server: ServerUnderTest, sessionId: string, epoch: string) => {
  let first: number | undefined;
  await readStream(server, {
    sessionId,
    after: `${epoch}-0`,
    onFrame: ({ event }) => {
      first ??= event.seq;
      return true;
    },
  });
  return first;
};
